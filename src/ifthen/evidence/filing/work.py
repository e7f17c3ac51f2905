"""A finding with everything it takes to make it again: the work that a fact carries.

A fact of the record has no field of its own for that. It stands among the fact's ``values``, as the
entry whose measure is ``evidence``; the other entries are what was measured. ``values`` is open,
rulings pass over measures that they do not know, and a correction replaces single measures, so a
finding can be filed, ruled on, and amended by the record's own rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ifthen.evidence.inputs import Input

MEASURE = "evidence"
"""The measure that carries the work."""
_EXACT = 2**53
"""Whole numbers beyond this were written as the shortest text of a float."""
_LIBRARIES = ("ifthen", "numpy", "scipy")
"""Whose versions a result can depend on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a function found in its inputs."""

    measures: tuple[Mapping[str, Any], ...]
    """Entries for ``values``, each with its ``measure``."""
    says: str
    """One sentence."""
    finding: str | None = None
    """``below``, ``alert``, ``cannot_rule_out`` or ``crossed``; None where nothing is found."""


@dataclass(frozen=True, slots=True)
class Work:
    """How an outcome came about."""

    function: str
    """A name in ``functions.FUNCTIONS``."""
    parameters: Mapping[str, Any]
    """Everything the function was given beside its inputs, the seed included."""
    inputs: tuple[Input, ...]
    versions: Mapping[str, str]
    """Of the libraries that did it."""
    outcome: Outcome

    def values(self) -> list[dict[str, Any]]:
        """The entries of ``values`` for a fact: what was measured, then the work."""
        entry = {
            "measure": MEASURE,
            "function": self.function,
            "finding": self.outcome.finding,
            "parameters": self.parameters,
            "inputs": [found.as_json() for found in self.inputs],
            "versions": self.versions,
        }
        return [cleaned(dict(measure)) for measure in (*self.outcome.measures, entry)]


def versions() -> dict[str, str]:
    """The versions of the libraries that a result can depend on, as installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def work_of(values: object, says: str = "") -> Work | None:
    """The work among the ``values`` of a fact, or None.

    Raises:
        ValueError: there is such an entry, and it does not say what a replay needs.
    """
    if not isinstance(values, Sequence):
        return None
    entries = [plain(entry) for entry in values]
    found = [entry for entry in entries if entry.get("measure") == MEASURE]
    if not found:
        return None
    entry = found[0]
    inputs = entry.get("inputs")
    function = entry.get("function")
    if not isinstance(function, str) or not isinstance(inputs, list) or len(found) > 1:
        raise ValueError("its evidence names no function and inputs, once")
    if not all(isinstance(each, dict) and {"location", "digest"} <= set(each) for each in inputs):
        raise ValueError("an input of its evidence has no location or no digest")
    measures = tuple(each for each in entries if each.get("measure") != MEASURE)
    return Work(
        function,
        entry.get("parameters") or {},
        tuple(Input(str(each["location"]), str(each["digest"])) for each in inputs),
        entry.get("versions") or {},
        Outcome(measures, says, entry.get("finding")),
    )


def cleaned(value: Any) -> Any:
    """Plain data as a record can hold it: without nothings; ``inf`` for what has no bound."""
    if isinstance(value, Mapping):
        kept = ((str(name), cleaned(item)) for name, item in value.items())
        return {name: item for name, item in kept if item is not None}
    if isinstance(value, (list, tuple)):
        return [item for item in map(cleaned, value) if item is not None]
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
    return value


def plain(value: Any) -> Any:
    """A value of a fact as plain data, its exact numbers as int or float."""
    if isinstance(value, Fraction):
        is_whole = value.denominator == 1 and abs(value) <= _EXACT
        return value.numerator if is_whole else float(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
