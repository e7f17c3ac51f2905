"""Expressions as readable text, as written in the policy language.

For everything but a choice between readings, parsing the text gives the expression back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from ifthen.dates import format_day
from ifthen.policy.model import (
    Apart,
    Attribute,
    Before,
    By,
    Call,
    Choice,
    Compare,
    Constant,
    Deadline,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Gain,
    Logic,
    Not,
    Pattern,
    Quantified,
    TermRef,
    Test,
    Times,
    Variable,
    Within,
    Words,
)
from ifthen.policy.syntax import KEYWORDS, Factor

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_BARE_VALUE = re.compile(
    r"[A-Za-z_][A-Za-z0-9_-]*|\d{4}-\d{2}-\d{2}|\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?"
)


def describe(expression: Expression | Pattern | Test) -> str:
    """The expression as text; a choice reads ``start: …; completion: … (clock-anchor)``."""
    match expression:
        case Constant():
            return _constant(expression)
        case DurationLiteral(value=value):
            return str(value)
        case TermRef(term=name) | Variable(name=name) | Defined(name=name):
            return name
        case Attribute(name=name, of=None):
            return f"this.{name}"
        case Attribute(name=name, of=Events() as events):
            return f"last({describe(events)}).{name}"
        case Test():
            return _test(expression)
        case Pattern(kind=kind, tests=tests):
            return f"{kind}[{', '.join(_test(test) for test in tests)}]" if tests else kind
        case Events(patterns=patterns):
            return " or ".join(describe(pattern) for pattern in patterns)
        case Call(function=function, arguments=arguments):
            if function in ("thresholds", "categories", "models"):
                return function
            return f"{function}({', '.join(describe(argument) for argument in arguments)})"
        case Not(operand=operand):
            return f"not {_inside(operand, (Logic, Quantified))}"
        case Logic(operator=operator, operands=operands):
            looser = _looser(operator)
            return f" {operator} ".join(_inside_logic(operand, looser) for operand in operands)
        case Compare(operator=operator, left=left, right=right):
            return f"{_side(left, right)} {operator} {_side(right, left)}"
        case Words(values=values):
            return f"[{', '.join(_value(value) for value in values)}]"
        case Times(factor=factor, operand=operand):
            return f"{number(factor)}x of {_inside(operand, _COMPOUND)}"
        case Quantified(quantifier=quantifier, variable=variable, domain=domain, body=body):
            return f"{quantifier} {variable} in {describe(domain)}: {describe(body)}"
        case Apart(least=least, most=most):
            return f"{describe(least)} to {describe(most)}"
        case Choice(reading=reading, options=options):
            listed = "; ".join(f"{key}: {describe(option)}" for key, option in options.items())
            return f"{listed} ({reading})"
    raise TypeError(f"not an expression: {expression!r}")


def describe_deadline(
    limit: Deadline, chosen: Callable[[Expression], Expression] = lambda expression: expression
) -> str:
    """A deadline as text: ``within 72 hours of discovered``; ``chosen`` decides readings."""
    match limit:
        case Within(duration=duration, of=names):
            of = f" of {' or '.join(names)}" if names else ""
            return f"within {describe(chosen(duration))}{of}"
        case Before(events=events, ahead=ahead):
            what = "this" if events is None else describe(chosen(events))
            return f"before {what}" if ahead is None else f"{describe(chosen(ahead))} before {what}"
        case By(day=day):
            return f"by {format_day(day)}"
    raise TypeError(f"not a deadline: {limit!r}")


def describe_growth(growth: tuple[str, Fraction]) -> str:
    """A bound on growth as text: ``growth >= 4x``."""
    return f"growth {growth[0]} {number(growth[1])}x"


def describe_gain(gain: Gain) -> str:
    """Progress as text: ``gain >= 3 months of fine-tuning progress``."""
    return f"gain {gain.operator} {number(gain.by)} {gain.unit}"


def number(value: Fraction) -> str:
    """A number in decimal notation where it has one, else to six significant digits."""
    if value.denominator == 1:
        digits = str(value.numerator)
        stripped = digits.rstrip("0")
        zeros = len(digits) - len(stripped)
        return f"{stripped}e{zeros}" if zeros > 6 and stripped else digits
    places, scaled = 0, value
    while scaled.denominator != 1 and places < 1_000:
        places, scaled = places + 1, scaled * 10
    if scaled.denominator != 1:
        return f"{float(value):.6g}"
    if places > 15:
        return f"{scaled.numerator}e-{places}"
    digits = str(scaled.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


_COMPOUND = (Not, Logic, Compare, Quantified, Events)
_ORDER = ("otherwise", "or", "and")


def _looser(operator: str) -> tuple[str, ...]:
    """Operators that need brackets inside this one, itself included."""
    return _ORDER[: _ORDER.index(operator) + 1]


def _inside_logic(operand: Expression, looser: tuple[str, ...]) -> str:
    if isinstance(operand, Logic) and operand.operator in looser:
        return f"({describe(operand)})"
    return _inside(operand, (Quantified,))


def _inside(operand: Expression, bracketed: tuple[type, ...]) -> str:
    """An operand, in brackets where it binds more loosely than what surrounds it."""
    needs = isinstance(operand, (*bracketed, Choice))
    return f"({describe(operand)})" if needs else describe(operand)


def _side(side: Expression, other: Expression) -> str:
    """One side of a comparison; a number beside a growth is written as a factor."""
    beside_growth = isinstance(other, Call) and other.function == "growth"
    if beside_growth and isinstance(side, Constant) and isinstance(side.value, Fraction):
        return f"{number(side.value)}x"
    return _inside(side, _COMPOUND)


def _constant(constant: Constant) -> str:
    value = constant.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return number(value) + ("x" if isinstance(constant, Factor) else "")
    if _BARE.fullmatch(value) and value not in KEYWORDS:
        return value
    return _quoted(value)


def _value(value: str) -> str:
    return value if _BARE_VALUE.fullmatch(value) else _quoted(value)


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'


def _test(test: Test) -> str:
    values = [value if value in test.bound else _value(value) for value in test.values]
    if test.operator == "in":
        return f"{test.attribute} in [{', '.join(values)}]"
    joined = test.operator if test.operator in ("=", "!=") else f" {test.operator} "
    return f"{test.attribute}{joined}{values[0]}"
