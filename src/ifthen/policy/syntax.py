"""The written form of events, conditions, durations, growth bounds and ranges.

A lexer and a recursive-descent parser turn the text of one YAML scalar into the syntax tree of
``model``. Bare words stay ``Name`` and factors stay ``Factor`` until ``types`` gives them their
meaning; both are constants that only the checker ever sees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from ifthen.dates import BUSINESS_DAY, CALENDARS, UNITS, Duration
from ifthen.policy.lexer import Token, TokenReader
from ifthen.policy.model import (
    Attribute,
    Bound,
    Call,
    Compare,
    Constant,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Quantified,
    Test,
    Times,
    Variable,
    Words,
)
from ifthen.policy.source import Source, Span, did_you_mean
from ifthen.policy.yaml import Scalar, shorten

MAX_DIGITS = 40
"""Longest number, in characters."""

FUNCTIONS: dict[str, tuple[int, int]] = {
    "did": (1, 1),
    "count": (1, 1),
    "since": (1, 1),
    "between": (2, 2),
    "growth": (1, 1),
    "gain": (2, 3),
    "last": (1, 1),
    "status": (1, 2),
    "level": (1, 3),
    "forecast": (1, 1),
    "in_place": (1, 2),
    "approved": (1, 2),
    "compute": (1, 1),
    "flop": (1, 1),
    "running": (1, 2),
    "counts": (1, 1),
    "required": (1, 2),
    "criteria": (1, 1),
}
"""Every primitive, with the fewest and the most arguments it takes."""
OVER_EVENTS = frozenset({"did", "count", "since", "growth", "gain", "last"})
"""Primitives whose first argument is events."""
KEYWORDS = frozenset(
    {"and", "or", "not", "otherwise", "every", "some", "in", "includes", "of"}
    | {"true", "false", "this"}
)
"""Words that cannot name a definition, a term or a variable."""

_T = TypeVar("_T")
_LOGIC: tuple[Literal["and", "or", "otherwise"], ...] = ("otherwise", "or", "and")
"""Logical operators, loosest first."""
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "in", "includes"})


_LONGEST = {BUSINESS_DAY: 10_000, "day": 365_000, "week": 52_000, "month": 12_000, "year": 1_000}
"""How many of each unit at most: a thousand years of it, or what business days are counted for."""


@dataclass(frozen=True, slots=True)
class Name(Constant):
    """A bare word whose meaning is not known yet."""


class _OfTrigger(str):
    """``this.NAME``, told from a quoted word that reads the same."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Factor(Constant):
    """A number written as a factor, such as ``4x``."""


def text_of(text: str, name: str = "text") -> tuple[Source, Scalar]:
    """A source and a scalar for a text that stands in no file."""
    return Source(name, text), Scalar(text, False, Span(1, 1, max(1, len(text))))


def parse_condition(source: Source, scalar: Scalar) -> Expression:
    """A condition or any other expression, names unresolved.

    Raises:
        InputError: it does not follow the grammar; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.expression)


def parse_events(source: Source, scalar: Scalar) -> Events:
    """Event patterns: ``kind[test, test] or kind``.

    Raises:
        InputError: they do not follow the grammar; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.events)


def parse_length(source: Source, scalar: Scalar) -> Expression:
    """A duration or the name of a term.

    Raises:
        InputError: it is neither; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.length)


def parse_growth(source: Source, scalar: Scalar) -> tuple[Literal[">", ">="], Fraction]:
    """A bound on growth: ``>= 4x`` or ``> 2x``.

    Raises:
        InputError: it is not of that form; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.growth)


def parse_more(source: Source, scalar: Scalar) -> tuple[Literal[">", ">="], Fraction]:
    """How much more: ``>= 3`` or ``> 2``.

    Raises:
        InputError: it is not of that form; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.more)


def parse_bound(source: Source, scalar: Scalar) -> Bound:
    """A range of a term: ``any``, ``at most 2 months``, ``at least 4x``, ``true``, a single value.

    Raises:
        InputError: it is not of that form; one diagnostic.

    """
    return _Parser(source, scalar).whole(_Parser.bound)


class _Parser(TokenReader):
    """Recursive descent over the tokens of one scalar."""

    def whole(self, rule: Callable[[_Parser], _T]) -> _T:
        """Parse the whole text by one rule."""
        result = rule(self)
        if self.token.kind != "end":
            if self.token.text in _COMPARISONS:
                self.unexpected("the end", "comparisons do not chain: join them with 'and'")
            self.unexpected(
                "the end" if rule is not _Parser.expression else "'and', 'or' or the end"
            )
        return result

    # --- expressions ---

    def expression(self) -> Expression:
        """``otherwise`` over ``or`` over ``and``; a quantifier is a primary that reaches right."""
        self.deeper(1)
        result = self._chain(0)
        self.depth -= 1
        return result

    def _chain(self, level: int) -> Expression:
        """Operands joined by the operator of this level, which binds tighter the higher it is."""
        first = self.token
        operand = self._not() if level == len(_LOGIC) - 1 else self._chain(level + 1)
        operator = _LOGIC[level]
        if not self.at(operator):
            return operand
        operands = [operand]
        while self.accept(operator):
            operands.append(self._not() if level == len(_LOGIC) - 1 else self._chain(level + 1))
        return Logic(operator, tuple(operands), self.since(first))

    def _not(self) -> Expression:
        outer: list[Token] = []
        while self.at("not"):
            outer.append(self.take())
        self.deeper(len(outer))
        result = self._comparison()
        self.depth -= len(outer)
        for token in reversed(outer):
            result = Not(result, self.since(token))
        return result

    def _comparison(self) -> Expression:
        first = self.token
        left = self._primary()
        operator = self.token.text
        if self.token.kind == "string" or operator not in _COMPARISONS:
            return left
        self.take()
        if operator == "in" and not self.at("["):
            self.unexpected("a list such as [below, alert]")
        right = self._primary()
        return Compare(operator, left, right, self.since(first))  # type: ignore[arg-type]

    def _primary(self) -> Expression:
        token = self.token
        if token.kind == "name":
            return self._word()
        if token.kind == "number":
            self.take()
            if self.token.kind == "name" and self.token.text not in KEYWORDS:
                return self._duration(token)
            return Constant(self._fraction(token), self.since(token))
        if token.kind == "factor":
            self.take()
            factor = self._fraction(token)
            if self.accept("of"):
                self.deeper(1)
                operand = self._primary()
                self.depth -= 1
                return Times(factor, operand, self.since(token))
            return Factor(factor, self.since(token))
        if token.kind == "string":
            self.take()
            return Constant(token.text[1:-1], self.since(token))
        if token.kind == "date":
            self.fail(
                token.start,
                token.end,
                "a date cannot stand in a condition",
                "a deadline takes it: 'by: DATE'",
            )
        if token.text == "(":
            self.take()
            inner = self.expression()
            self.close(")", token)
            return inner
        if token.text == "[":
            return self._words()
        return self.unexpected("a condition, a name or a number")

    def _word(self) -> Expression:
        """A primary that starts with a word."""
        token = self.token
        following = self.peek()
        if token.text in ("every", "some") and following.kind == "name":
            return self._quantified()
        self.take()
        if token.text in ("true", "false"):
            return Constant(token.text == "true", self.since(token))
        if token.text == "this":
            if self.accept("."):
                name = self.name("the name of an attribute")
                return Attribute(name.text, None, self.since(token))
            return Variable("this", self.since(token))
        if token.text in KEYWORDS:
            self.position -= 1
            self.unexpected("a condition, a name or a number")
        if self.at("("):
            return self._call(token)
        if self.at("["):
            self.position -= 1
            return self.events()
        return Name(token.text, self.since(token))

    def _call(self, token: Token) -> Expression:
        function = token.text
        if function not in FUNCTIONS:
            hint = did_you_mean(shorten(function), FUNCTIONS)
            self.fail(token.start, token.end, f"unknown function '{shorten(function)}'", hint)
        opened = self.take()
        if self.at(")"):
            self.unexpected("events" if function in OVER_EVENTS else "an argument")
        arguments: list[Expression] = []
        if function == "growth" and self.at("result") and self.peek().text == ")":
            word = self.take()
            arguments.append(Constant("result", self.since(word)))
        elif function in OVER_EVENTS:
            arguments.append(self.events())
        else:
            arguments.append(self.expression())
        while FUNCTIONS[function][1] > 1 and self.accept(","):
            arguments.append(self.expression())
        least, most = FUNCTIONS[function]
        self.close(")", opened)
        if not least <= len(arguments) <= most:
            between = " to " if most - least > 1 else " or "
            takes = f"{least}" if least == most else f"{least}{between}{most}"
            plural = "" if most == 1 else "s"
            given = f"{len(arguments)} {'is' if len(arguments) == 1 else 'are'} given"
            message = f"{function}() takes {takes} argument{plural}, but {given}"
            self.fail(token.start, self.tokens[self.position - 1].end, message)
        if function == "last":
            if not self.accept("."):
                self.unexpected("'.' and the name of an attribute", "write last(EVENTS).NAME")
            name = self.name("the name of an attribute")
            (events,) = arguments
            assert isinstance(events, Events)
            return Attribute(name.text, events, self.since(token))
        return Call(function, tuple(arguments), self.since(token))

    def _quantified(self) -> Expression:
        first = self.take()
        quantifier: Literal["every", "some"] = "every" if first.text == "every" else "some"
        variable = self.name("a name for each member")
        if variable.text in KEYWORDS:
            self.fail(variable.start, variable.end, f"'{variable.text}' cannot name a member")
        if not self.accept("in"):
            self.unexpected("'in'", f"write {quantifier} t in thresholds: CONDITION")
        domain: Expression
        if self.at("["):
            domain = self._words()
        else:
            name = self.name(
                "thresholds, categories, models, required(t), criteria(standard) or a list"
            )
            if self.at("("):
                domain = self._call(name)
            elif name.text in ("thresholds", "categories", "models"):
                domain = Call(name.text, (), self.since(name))
            else:
                domain = Name(name.text, self.since(name))
        if not self.accept(":"):
            self.unexpected("':' before what must hold for each member")
        body = self.expression()
        return Quantified(quantifier, variable.text, domain, body, self.since(first))

    def _words(self) -> Words:
        opened = self.take()
        return Words(self._values(opened), self.since(opened))

    def _values(self, opened: Token, one: Callable[[], str] | None = None) -> tuple[str, ...]:
        """Values up to the closing square bracket."""
        read = one or self._value
        values = [read()]
        while self.accept(","):
            values.append(read())
        self.close("]", opened)
        return tuple(values)

    def _value(self) -> str:
        token = self.token
        if token.kind in ("name", "number", "date"):
            return self.take().text
        if token.kind == "string":
            return self.take().text[1:-1]
        return self.unexpected("a word")

    # --- events ---

    def events(self) -> Events:
        """``pattern or pattern``."""
        first = self.token
        patterns = [self._pattern()]
        while self.accept("or"):
            patterns.append(self._pattern())
        return Events(tuple(patterns), self.since(first))

    def _pattern(self) -> Pattern:
        kind = self.name("an event")
        tests: list[Test] = []
        if self.at("["):
            opened = self.take()
            tests.append(self._test())
            while self.accept(","):
                tests.append(self._test())
            self.close("]", opened)
        return Pattern(kind.text, tuple(tests), self.since(kind))

    def _test(self) -> Test:
        attribute = self.name("a test such as model=any")
        operator = self.token.text
        if operator not in ("=", "!=", "includes", "in"):
            self.unexpected("'=', '!=', 'includes' or 'in'")
        self.take()
        if operator == "in":
            if not self.at("["):
                self.unexpected("a list such as [a, b]")
            values = self._values(self.take(), self._tested)
        else:
            values = (self._tested(),)
        bound = tuple(v for v in values if isinstance(v, _OfTrigger))
        span = self.since(attribute)
        return Test(attribute.text, operator, values, bound, span)  # type: ignore[arg-type]

    def _tested(self) -> str:
        """A value of a test, which may be an attribute of the triggering fact: ``this.about``."""
        if self.at("this") and self.peek().text == ".":
            self.take()
            self.take()
            return _OfTrigger(f"this.{self.name('the name of an attribute').text}")
        return self._value()

    # --- durations, factors, ranges ---

    def length(self) -> Expression:
        """A duration or the name of a term."""
        token = self.token
        if token.kind == "number":
            self.take()
            return self._duration(token)
        if token.kind == "name" and token.text not in KEYWORDS:
            self.take()
            return Name(token.text, self.since(token))
        return self.unexpected("a duration such as '6 months', or a term")

    def growth(self) -> tuple[Literal[">", ">="], Fraction]:
        """``>= 4x`` or ``> 2x``."""
        operator: Literal[">", ">="] = ">=" if self.at(">=") else ">"
        if not self.accept(operator):
            self.unexpected("'>=' or '>'", "write the strictness out: '>= 4x' or '> 4x'")
        if self.token.kind != "factor":
            self.unexpected("a factor such as 4x")
        return operator, self._fraction(self.take())

    def more(self) -> tuple[Literal[">", ">="], Fraction]:
        """``>= 3`` or ``> 2``."""
        operator: Literal[">", ">="] = ">=" if self.at(">=") else ">"
        if not self.accept(operator):
            self.unexpected("'>=' or '>'", "write the strictness out: '>= 3' or '> 3'")
        if self.token.kind != "number":
            self.unexpected("a number such as 3")
        return operator, self._fraction(self.take())

    def bound(self) -> Bound:
        """A range of a term."""
        if self.at("any") and self.peek().kind == "end":
            self.take()
            return Bound("any")
        if self.at("at"):
            self.take()
            side = self.token.text
            if side not in ("most", "least"):
                self.unexpected("'most' or 'least'")
            self.take()
            return Bound("at_most" if side == "most" else "at_least", self._bound_value())
        return Bound("value", self._bound_value())

    def _bound_value(self) -> Duration | Fraction | bool | str:
        token = self.token
        if token.kind == "number":
            self.take()
            return self._duration(token).value
        if token.kind == "factor":
            return self._fraction(self.take())
        if token.kind == "name":
            self.take()
            return {"true": True, "false": False}.get(token.text, token.text)
        return self.unexpected("'any', 'at most', 'at least' or a value")

    def _duration(self, count: Token) -> DurationLiteral:
        """The rest of a duration whose number is just taken."""
        if self.token.kind != "name":
            self.unexpected(f"a unit: {', '.join(unit + 's' for unit in UNITS)}")
        word = self.token
        unit = word.text.removesuffix("s")
        if unit not in (*UNITS, BUSINESS_DAY):
            hint = did_you_mean(shorten(word.text), [u + "s" for u in (*UNITS, BUSINESS_DAY)])
            self.fail(word.start, word.end, f"unknown unit of time '{shorten(word.text)}'", hint)
        if not count.text.isdigit() or len(count.text) > 6:
            self.fail(
                count.start, count.end, "a duration is a whole number of units, below a million"
            )
        if int(count.text) > _LONGEST.get(unit, 999_999):
            most = "10000 business days" if unit == BUSINESS_DAY else "1000 years"
            self.fail(count.start, word.end, f"a duration is at most {most}")
        self.take()
        calendar = self._calendar(word) if unit == BUSINESS_DAY else ""
        return DurationLiteral(Duration(int(count.text), unit, calendar), self.since(count))

    def _calendar(self, unit: Token) -> str:
        """Whose business days are meant: ``(eu)``."""
        known = ", ".join(CALENDARS)
        if not self.at("("):
            message = "business days need a calendar"
            hint = f"write business-days(eu); known: {known}"
            self.fail(unit.start, unit.end, message, hint)
        opened = self.take()
        name = self.name("a calendar of business days")
        if name.text not in CALENDARS:
            hint = did_you_mean(shorten(name.text), CALENDARS) or f"known: {known}"
            message = f"unknown calendar of business days '{shorten(name.text)}'"
            self.fail(name.start, name.end, message, hint)
        self.close(")", opened)
        return name.text

    def _fraction(self, token: Token) -> Fraction:
        text = token.text.removesuffix("x")
        exponent = text.lower().partition("e")[2].lstrip("+-").lstrip("0")
        if len(text) > MAX_DIGITS or len(exponent) > 3:
            self.fail(token.start, token.end, "this number is too long")
        return Fraction(text)
