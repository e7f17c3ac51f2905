"""Words, numbers and signs of the policy language, and a reader that walks over them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from ifthen.policy.places import Places
from ifthen.policy.source import Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import Scalar, shorten

MAX_LENGTH = 5_000
"""Longest text of one condition, in characters."""

MAX_DEPTH = 50
"""Deepest nesting of one condition."""

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


class Token(NamedTuple):
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


@lru_cache(maxsize=2_048)
def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a text, closed by one of kind ``end``; kept, since versions repeat texts.

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
    return tuple(tokens)


def _refuse(text: str, position: int) -> NoReturn:
    start = position + len(text[position:]) - len(text[position:].lstrip())
    character = text[start]
    if character in "\"'":
        raise LexicalError(start, "this quote is never closed")
    message = f"the character '{character}' means nothing here"
    raise LexicalError(start, message, _HINTS.get(character, ""))


class TokenReader:
    """Walks over the tokens of one scalar, and says what is wrong with them and where."""

    def __init__(self, source: Source, scalar: Scalar) -> None:
        self.source = source
        self.places = Places(source, scalar)
        try:
            self.tokens = tokenize(scalar.text)
        except LexicalError as error:
            self.fail(error.start, error.start + 1, error.message, error.hint)
        self.position = 0
        self.depth = 0

    # --- places and errors ---

    def span(self, start: int, end: int) -> Span:
        """The place of a part of the text."""
        return self.places.span(start, max(1, end - start))

    def since(self, first: Token) -> Span:
        """From the first character of a token to the last of the token just taken."""
        return self.span(first.start, self.tokens[self.position - 1].end)

    def fail(self, start: int, end: int, message: str, hint: str = "") -> NoReturn:
        """Give up with one diagnostic.

        Raises:
            InputError: always.

        """
        raise InputError([Diagnostic(self.source, self.span(start, end), message, hint)])

    def unexpected(self, expected: str, hint: str = "") -> NoReturn:
        """Give up because the next token is not what was expected.

        Raises:
            InputError: always.

        """
        token = self.token
        if token.text == "=" and not hint:
            hint = "equality is a single '='"
        if token.kind == "end":
            self.fail(token.start, token.end, f"expected {expected}, but the text ends here", hint)
        self.fail(
            token.start,
            token.end,
            f"expected {expected}, but found '{shorten(token.text)}'",
            hint,
        )

    # --- tokens ---

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def at(self, text: str) -> bool:
        """Whether the next token is this word or sign."""
        token = self.tokens[self.position]
        return token.text == text and token.kind in ("name", "sign")

    def accept(self, text: str) -> bool:
        """Take this word or sign if it comes next."""
        if self.at(text):
            self.position += 1
            return True
        return False

    def close(self, text: str, opened: Token) -> None:
        """Take a closing bracket, or say which bracket stays open."""
        if self.accept(text):
            return
        if self.token.kind == "end":
            self.fail(
                opened.start,
                opened.end,
                f"this '{opened.text}' is never closed",
                f"expected '{text}'",
            )
        self.unexpected(f"'{text}'" if text == ")" else f"',' or '{text}'")

    def name(self, expected: str) -> Token:
        """Take a name, or say what was expected."""
        if self.token.kind != "name":
            self.unexpected(expected)
        return self.take()

    def deeper(self, levels: int) -> None:
        """Enter so many levels of nesting, or refuse to."""
        self.depth += levels
        if self.depth > MAX_DEPTH:
            token = self.token
            message = f"this is nested more than {MAX_DEPTH} deep"
            self.fail(token.start, token.end, message, "name a part of it under 'define'")
