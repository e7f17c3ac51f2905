"""Words, numbers and signs of the policy language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias

MAX_LENGTH = 5_000
"""Longest text of one condition, in characters."""

Kind: TypeAlias = Literal["name", "number", "factor", "string", "date", "sign", "end"]
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?P<times>x(?![\w-]))?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<string>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign><=|>=|!=|[=<>()\[\],:.]))"
)

_HINTS = {
    "!": "write '!=' or 'not'",
    "&": "write 'and'",
    "|": "write 'or'",
    "-": "a name starts with a letter, and there is no subtraction",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign, and where it stands in the text."""

    kind: Kind
    text: str
    start: int
    end: int


class LexicalError(Exception):
    """A text that cannot be cut into tokens."""

    def __init__(self, start: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.message = message
        self.hint = hint


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, closed by one of kind ``end``.

    Raises:
        LexicalError: a character that means nothing, an open quote, or a text too long to read.

    """
    if len(text) > MAX_LENGTH:
        raise LexicalError(0, f"this has {len(text)} characters; at most {MAX_LENGTH} are read")
    tokens: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            _refuse(text, position)
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        start = match.start(kind)
        position = match.end()
        if kind == "number" and match.group("times"):
            kind = "factor"
        tokens.append(Token(kind, text[start:position], start, position))
    tokens.append(Token("end", "", end, end))
    return tokens


def _refuse(text: str, position: int) -> NoReturn:
    start = position + len(text[position:]) - len(text[position:].lstrip())
    character = text[start]
    if character in "\"'":
        raise LexicalError(start, "this quote is never closed")
    message = f"the character '{character}' means nothing here"
    raise LexicalError(start, message, _HINTS.get(character, ""))
