"""Logs of Inspect evaluations, ``.eval`` and ``.json``, read without Inspect."""
