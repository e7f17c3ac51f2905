"""The ruling: what the promises say about the record. Pure; no I/O."""
