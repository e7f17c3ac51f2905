"""Which values may be compared."""

from __future__ import annotations

from ifthen.policy.describe import describe
from ifthen.policy.model import (
    Apart,
    Attribute,
    Call,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Expression,
)
from ifthen.policy.names import Problems
from ifthen.policy.syntax import Name
from ifthen.policy.values import ADVICE, CLOCKS, NAMED, ORDERED, WORDLIKE, Type
from ifthen.policy.yaml import shorten

_RISING = frozenset({"<", "<=", ">", ">="})


def operator_fits(problems: Problems, compare: Compare, left: Type, right: Type) -> bool:
    """Whether values of these types may stand beside this operator at all; reports if not."""
    operator = compare.operator
    if "unknown" in (left.name, right.name):
        return False
    for bad in (left, right):
        if bad.name in ("events", "standards", "mapping"):
            message = f"{NAMED[bad.name]} cannot be compared"
            hint = ADVICE.get(bad.name, "write status(THRESHOLD)")
            problems.add(compare.span, message, hint)
            return False
    if operator == "includes":
        if left.name != "words":
            message = f"'includes' needs a list on its left, but this is {NAMED[left.name]}"
            problems.add(compare.left.span, message)
        return left.name == "words"
    if left.name == "words":
        hint = "write 'LIST includes WORD'"
        problems.add(compare.span, f"a list cannot be compared with '{operator}'", hint)
        return False
    if operator in _RISING and left.name not in ORDERED:
        message = f"{NAMED[left.name]} cannot be compared with '{operator}'"
        problems.add(compare.span, message, "use '=' or '!='")
        return False
    return True


def check_comparable(problems: Problems, compare: Compare, left: Type, right: Type) -> None:
    """Report a comparison between values of different types, or of types without comparison."""
    if {left.name, right.name} == {"level", "rung"}:
        message = "a level of the scale cannot be compared with a standing against a threshold"
        problems.add(compare.span, message)
        return
    if left.name == "words" and right.name not in WORDLIKE:
        message = f"{NAMED[left.name]} holds words, but this is {NAMED[right.name]}"
        problems.add(compare.right.span, message, "quote it if a word is meant")
    if left.name == "words" or (left.name in WORDLIKE and right.name in WORDLIKE):
        return
    if left.name != right.name:
        message = f"{NAMED[left.name]} cannot be compared with {NAMED[right.name]}"
        hint = {
            "duration": "write a duration such as '6 months'",
            "factor": "write a factor such as 4x",
            "level": f"levels are {', '.join(left.options)}",
            "rung": "write a level of the scale",
        }.get(left.name, "")
        is_compute = isinstance(compare.left, Call) and compare.left.function == "compute"
        if is_compute and right.name == "factor":
            hint = "write '4x of compute(MODEL)'"
        problems.add(compare.span, message, hint)
    elif left.name == "truth":
        for side in (compare.left, compare.right):
            if not isinstance(side, (Attribute, Constant)) or isinstance(side, Name):
                message = "a condition cannot be compared"
                problems.add(side.span, message, "join conditions with 'and', 'or' and 'not'")
    elif left.name == "duration":
        _check_durations(problems, compare)


def check_apart(problems: Problems, apart: Apart) -> None:
    """Report a least distance that is longer than the greatest."""
    least, most = apart.least, apart.most
    if (
        isinstance(least, DurationLiteral)
        and isinstance(most, DurationLiteral)
        and least.value.unit == most.value.unit
        and least.value.count > most.value.count
    ):
        problems.add(least.span, "'min' is longer than 'max'")


def _check_durations(problems: Problems, compare: Compare) -> None:
    if is_clock(compare.left) and is_clock(compare.right):
        message = (
            f"{shorten(describe(compare.left))} and {shorten(describe(compare.right))} count from "
            "different events, so they are not comparable as numbers"
        )
        hint = "compare dates: between(last(EVENTS).date, last(EVENTS).date) <= 6 months"
        problems.add(compare.span, message, hint)
    elif not is_clock(compare.left):
        message = "a length of time is compared as in since(EVENTS) >= 6 months"
        problems.add(compare.span, message, "since() stands on the left, and only there")
    elif compare.operator not in _RISING:
        message = f"a length of time cannot be compared with '{compare.operator}'"
        problems.add(compare.span, message, "use '<', '<=', '>' or '>='")


def is_clock(expression: Expression) -> bool:
    """Whether an expression is a length of time that the record gives."""
    while isinstance(expression, Defined):
        expression = expression.expression
    return isinstance(expression, Call) and expression.function in CLOCKS
