"""Effective compute: how far training has grown since the last assessment, and how surely.

Effective compute is training compute multiplied by what better algorithms, and better use after
training, are worth in compute (Anthropic RSP v2.0, footnote 4).
"""
