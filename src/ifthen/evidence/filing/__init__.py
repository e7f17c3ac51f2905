"""Findings out into the record, and made again after a correction."""
