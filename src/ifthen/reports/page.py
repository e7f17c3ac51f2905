"""Plain text for people: wrapped, indented, and coloured only where asked."""

from __future__ import annotations

import textwrap
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["bad", "warn", "good", "dim", "strong"]
_CODES: dict[Tone, str] = {"bad": "31", "warn": "33", "good": "32", "dim": "2", "strong": "1"}


class Page:
    """Lines of text, no longer than ``width`` where words allow it."""

    def __init__(self, width: int = 80, *, colour: bool = False) -> None:
        self.width = max(30, width)
        self.colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        """Everything written so far."""
        return "".join(f"{line}\n" for line in self._lines)

    def blank(self) -> None:
        """An empty line, unless the page starts or ends with one."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def heading(self, text: str) -> None:
        """A line that stands out, set off from what came before."""
        self.blank()
        self.write(text, tone="strong")

    def write(self, text: str, *, indent: int = 0, tone: Tone | None = None) -> None:
        """A paragraph."""
        for line in self._wrapped(text, self.width - indent):
            self._lines.append(" " * indent + self._painted(line, tone))

    def verbatim(self, text: str) -> None:
        """Lines as they are, such as a line of a file with a caret below it."""
        self._lines.extend(text.split("\n"))

    def item(
        self, label: str, text: str, *, column: int, indent: int = 2, tone: Tone | None = None
    ) -> None:
        """A label, in its tone, and a text that wraps beside it from ``column`` on."""
        start = indent + column
        lines = self._wrapped(text, self.width - start) or [""]
        if len(label) >= column:
            self._lines.append((" " * indent + self._painted(label, tone)).rstrip())
        else:
            first = " " * indent + self._painted(label, tone) + " " * (column - len(label))
            self._lines.append((first + lines.pop(0)).rstrip())
        self._lines.extend(" " * start + line for line in lines)

    def branch(self, lead: str, follow: str, text: str, *, tone: Tone | None = None) -> None:
        """A line of a tree: ``lead`` before its first line, ``follow`` before the others."""
        for number, line in enumerate(self._wrapped(text, max(24, self.width - len(lead)))):
            self._lines.append((follow if number else lead) + self._painted(line, tone))

    def _painted(self, text: str, tone: Tone | None) -> str:
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if self.colour and tone and text else text

    @staticmethod
    def _wrapped(text: str, width: int) -> list[str]:
        return textwrap.wrap(text, max(20, width), break_on_hyphens=False)
