"""Options that are factors, ranges and lengths of time, read as people write them."""

from __future__ import annotations

import re

from ifthen.cli.inputs import refuse

_NUMBER = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})x?\s*(?:\.\.|to)\s*({_NUMBER})x?")
_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_LENGTH = re.compile(rf"({_NUMBER})\s*([a-z]+)")


def factor(option: str, text: str) -> float:
    """A factor such as ``4x``.

    Raises:
        InputError: it is none.
    """
    match = re.fullmatch(rf"({_NUMBER})x?", text.strip())
    if match is None or not float(match[1]) > 0:
        refuse(option, f"'{text}' is not a factor", "write 4x")
    return float(match[1])


def between(option: str, text: str) -> tuple[float, float]:
    """A range such as ``3.6..4.9``.

    Raises:
        InputError: it is none, or runs downwards.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        refuse(option, f"'{text}' is not a range", "write LOW..HIGH, as in 3.6..4.9")
    low, high = float(match[1]), float(match[2])
    if not 0 < low <= high:
        refuse(option, f"the range '{text}' is not positive, or runs downwards", "write LOW..HIGH")
    return low, high


def days(option: str, text: str) -> float:
    """A length of time such as ``6 months``, in days of the mean calendar.

    Raises:
        InputError: it is none.
    """
    match = _LENGTH.fullmatch(text.strip())
    unit = match[2].removesuffix("s") if match else ""
    if match is None or unit not in _DAYS:
        refuse(option, f"'{text}' is not a length of time", "write 6 months, 2 weeks or 10 days")
    return float(match[1]) * _DAYS[unit]


def named(option: str, text: str, example: str) -> tuple[str, str]:
    """A name and what it is: ``NAME=VALUE``.

    Raises:
        InputError: it has no name or no value.
    """
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        refuse(option, f"'{text}' has no name or no value", f"write {example}")
    return name.strip(), value.strip()
