"""Diff: what became of every part of a promise in another version, and which way it went."""
