"""Source text, places in it, and diagnostics that show the line with a caret.

Modelled on how graphql-core and Catala print places: what, where, why, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """A text with a name, usually a file path."""

    name: str
    text: str
    _lines: list[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lines", self.text.split("\n"))

    @property
    def last_line(self) -> int:
        """The number of the last line, counted from 1."""
        return len(self._lines)

    def line(self, number: int) -> str:
        """Line ``number``, counted from 1; empty beyond the end."""
        return self._lines[number - 1].rstrip("\r") if 1 <= number <= len(self._lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A place: line and column counted from 1, and how many characters the caret underlines."""

    line: int
    column: int
    length: int = 1


NOWHERE = Span(0, 0, 0)
"""The place of something that has no source text, such as a fact made in code."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing wrong with an input, where, and what to do about it."""

    source: Source
    span: Span
    message: str
    hint: str = ""
    severity: str = "error"

    @property
    def place(self) -> str:
        """``file:line:column``."""
        if self.span.line == 0:
            return self.source.name
        return f"{self.source.name}:{self.span.line}:{self.span.column}"

    def render(self) -> str:
        """The diagnostic as text: place and message, the line, a caret, a hint."""
        parts = [f"{self.place}: {self.severity}: {self.message}"]
        if self.span.line:
            text = self.source.line(self.span.line)
            first = max(0, self.span.column - 1 - 60)
            shown = "".join(c if c.isprintable() else " " for c in text[first : first + 120])
            start = self.span.column - 1 - first
            width = max(1, min(self.span.length, len(shown) - start))
            lead = "…" if first else ""
            parts.append(f"  {lead}{shown}")
            parts.append("  " + " " * (start + len(lead)) + "^" * width)
        if self.hint:
            parts.append(f"  {self.hint}")
        return "\n".join(parts)


class InputError(Exception):
    """Input that cannot be used: every diagnostic of it at once.

    Raised by the loaders; the command line prints it and exits with 2.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n\n".join(d.render() for d in self.diagnostics))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the nearest known word, or the empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
