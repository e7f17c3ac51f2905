"""Policies: the promise as data."""
