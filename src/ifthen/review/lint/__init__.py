"""Lint: where a policy, read by itself, leaves room. One rule, one file, one page."""
