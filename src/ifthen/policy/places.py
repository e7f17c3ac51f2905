"""Where the characters of a scalar's text stand in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ifthen.policy.source import NOWHERE, Source, Span
from ifthen.policy.yaml import Scalar, Style

_WORD = re.compile(r"\S+")
_SOLID = re.compile(r"\S")


class Places:
    """Finds the places of parts of one scalar's text.

    Exact for text on one line. In a scalar of several lines, or with escapes, its words are
    counted off against the file, which is exact wherever a word stands.
    """

    def __init__(self, source: Source, scalar: Scalar) -> None:
        self._source = source
        self._scalar = scalar
        self._starts: list[int] = []
        self._pieces: list[Span] | None = None
        start = scalar.span.column - 1 + (scalar.style in ("single", "double"))
        on_one_line = scalar.style not in ("literal", "folded") and source.line(
            scalar.span.line
        ).startswith(scalar.text, start)
        self._column = start + 1 if on_one_line else None

    def span(self, offset: int, length: int) -> Span:
        """Where ``length`` characters from ``offset`` of the text stand."""
        line = self._scalar.span.line
        if line == 0:
            return NOWHERE
        if self._column is not None:
            return Span(line, self._column + offset, length)
        if self._pieces is None:
            self._pieces = self._find_pieces()
        if not self._pieces:
            return self._scalar.span
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return self._pieces[0]
        piece = self._pieces[min(index, len(self._pieces) - 1)]
        return Span(piece.line, piece.column + offset - self._starts[index], length)

    def _find_pieces(self) -> list[Span]:
        """Places of the words of the text or, in quotes, of each of its solid characters."""
        quoted = self._scalar.style in ("single", "double")
        pattern = _SOLID if quoted else _WORD
        places = (_characters if quoted else _words)(self._source, self._scalar)
        self._starts = [match.start() for match in pattern.finditer(self._scalar.text)]
        return [place for _, place in zip(self._starts, places, strict=False)]


def _words(source: Source, scalar: Scalar) -> Iterator[Span]:
    """Places of words, from the start of an unquoted scalar on."""
    line, at = scalar.span.line, scalar.span.column - 1
    if scalar.style != "plain":
        line, at = line + 1, 0
    while line <= source.last_line:
        for match in _WORD.finditer(source.line(line), at):
            yield Span(line, match.start() + 1, match.end() - match.start())
        line, at = line + 1, 0


def _characters(source: Source, scalar: Scalar) -> Iterator[Span]:
    """Places of characters other than spaces, from the start of a quoted scalar on."""
    line, at = scalar.span.line, scalar.span.column
    while line <= source.last_line:
        text = source.line(line)
        while at < len(text):
            width = _width(text, at, scalar.style)
            if not _is_space(text, at, width, scalar.style):
                yield Span(line, at + 1, width)
            at += width
        line, at = line + 1, 0


def _width(text: str, at: int, style: Style) -> int:
    """How many characters of the file write the one character that starts here."""
    if style == "single" and text.startswith("''", at):
        return 2
    if style == "double" and text[at] == "\\" and at + 1 < len(text):
        return {"x": 4, "u": 6, "U": 10}.get(text[at + 1], 2)
    return 1


def _is_space(text: str, at: int, width: int, style: Style) -> bool:
    """Whether what is written here stands for no character, or for a space."""
    if style == "double" and text[at] == "\\":
        return width == 1 or text[at + 1 : at + 2] in tuple(" ntr")
    return text[at].isspace()
