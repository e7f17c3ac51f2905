"""Records: dated facts, corrections, and the two times."""
