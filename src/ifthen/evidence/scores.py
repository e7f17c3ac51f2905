"""Scores as numbers, and which of several scores is meant."""

from __future__ import annotations

import math
from collections.abc import Iterable

LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's grades: correct, partial, incorrect, no answer."""
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
HOW = "a score is a number, true or false, or one of the letters C, P, I and N"
"""What is read as a score."""


class NotANumber(ValueError):
    """A score that nothing makes a number of; says which."""


class Ambiguous(ValueError):
    """Several scores, and nothing says which is meant; or the one that was named is not there."""

    def __init__(self, message: str, choices: Iterable[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(message)


def number(value: object) -> float:
    """A score as a number; NaN where there is none (``NaN`` or null, which Inspect leaves out).

    Text is read as Inspect's ``value_to_float`` reads it, except that what it takes for 0 with a
    warning is refused.

    Raises:
        NotANumber: the score is a list, a mapping, infinite, or other text.
    """
    if value is None:
        return math.nan
    if isinstance(value, (bool, int, float)):
        result = float(value)
    elif isinstance(value, str):
        result = _of_text(value)
    else:
        raise NotANumber("a list" if isinstance(value, list) else "a mapping of several scores")
    if math.isinf(result):
        raise NotANumber("infinite")
    return result


def _of_text(value: str) -> float:
    known = LETTERS.get(value, _WORDS.get(value.lower()))
    if known is not None:
        return known
    try:
        result = float(value)
    except ValueError:
        raise NotANumber(f"'{value if len(value) < 40 else value[:39] + '…'}'") from None
    if math.isnan(result):
        raise NotANumber(f"'{value}'")
    return result


def names(scores: Iterable[dict[str, object]]) -> tuple[str, ...]:
    """Every score that samples have: ``NAME``, or ``NAME.KEY`` for each key of a mapping."""
    found: dict[str, None] = {}
    for sample in scores:
        for name, value in sample.items():
            if isinstance(value, dict):
                found.update(dict.fromkeys(f"{name}.{key}" for key in value))
            else:
                found[name] = None
    return tuple(found)


def choose(asked: str | None, present: tuple[str, ...]) -> str | None:
    """Which score is meant; None where no sample has any.

    Raises:
        Ambiguous: there are several and none was asked for, or the one asked for is not there.
    """
    if asked is None:
        if len(present) > 1:
            raise Ambiguous(f"there are {len(present)} scores", present)
        return present[0] if present else None
    if present and asked not in present:
        raise Ambiguous(f"there is no score '{asked}'", present)
    return asked


def pick(sample: dict[str, object], name: str) -> object:
    """The value of the score that ``choose`` chose; None where the sample does not have it."""
    if name in sample and not isinstance(sample[name], dict):
        return sample[name]
    for scorer, value in sample.items():
        if isinstance(value, dict) and name.startswith(scorer + "."):
            found: object = value.get(name[len(scorer) + 1 :])
            if found is not None:
                return found
    return None
