"""Where the characters of a scalar's text stand in the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from ifthen.policy.source import NOWHERE, Source, Span
from ifthen.policy.yaml import Scalar, Style


class Places:
    """Finds the places of parts of one scalar's text.

    Exact for text on one line. In a scalar of several lines, or with escapes, characters other
    than spaces are counted off against the file, which is exact wherever such a character stands.
    """

    def __init__(self, source: Source, scalar: Scalar) -> None:
        self._source = source
        self._scalar = scalar
        self._letters: list[Span] | None = None
        self._before: list[int] = []
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
        if self._letters is None:
            self._letters = list(_letters(self._source, self._scalar))
            solid = (not character.isspace() for character in self._scalar.text)
            self._before = list(accumulate(solid, initial=0))
        if not self._letters:
            return self._scalar.span
        index = self._before[min(offset, len(self._before) - 1)]
        if index >= len(self._letters):
            last = self._letters[-1]
            return Span(last.line, last.column + last.length, 1)
        first = self._letters[index]
        return Span(first.line, first.column, max(length, first.length))


def _letters(source: Source, scalar: Scalar) -> Iterator[Span]:
    """Places of the characters other than spaces, in order, as written in the file."""
    line, at = scalar.span.line, scalar.span.column - 1
    if scalar.style in ("literal", "folded"):
        line, at = line + 1, 0
    elif scalar.style != "plain":
        at += 1
    remaining = sum(1 for character in scalar.text if not character.isspace())
    while remaining and line <= source.last_line:
        text = source.line(line)
        while at < len(text) and remaining:
            width = _width(text, at, scalar.style)
            if not _is_space(text, at, width, scalar.style):
                yield Span(line, at + 1, width)
                remaining -= 1
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
