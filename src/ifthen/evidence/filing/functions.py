"""The functions by which findings are made, by the names under which records keep them.

Each is called with the locations of its inputs and with its parameters, as plain data, and gives an
``Outcome``. It reads no clock and draws no number that its parameters do not fix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from ifthen.evidence.filing.work import Outcome, Work, versions
from ifthen.evidence.inputs import Input
from ifthen.policy.source import did_you_mean

Function: TypeAlias = Callable[[Sequence[str], Mapping[str, Any]], Outcome]

FUNCTIONS: dict[str, str] = {
    "mean": "ifthen.evidence.filing.means:mean",
    "decide": "ifthen.evidence.filing.decisions:decide",
    "horizon": "ifthen.evidence.filing.horizons:horizon",
    "ratio": "ifthen.evidence.filing.ratios:ratio",
}
"""Where each function is, as ``module:name``; a module is imported when its function is called."""


def run(name: str, locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Call a function by its name.

    Raises:
        InputError: the inputs cannot be used.
        ValueError: there is no such function, no input, or the parameters are none of its.
    """
    place = FUNCTIONS.get(name)
    if place is None:
        hint = did_you_mean(name, FUNCTIONS) or f"known: {', '.join(FUNCTIONS)}"
        raise ValueError(f"there is no function '{name}' ({hint})")
    if not locations:
        raise ValueError(f"{name} needs at least one input")
    module, function = place.split(":")
    called: Function = getattr(import_module(module), function)
    try:
        return called(locations, parameters)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name} cannot use its parameters: {error}") from error


def work(name: str, inputs: Sequence[Input], parameters: Mapping[str, Any]) -> Work:
    """Call a function, and keep what it takes to call it again.

    Raises:
        InputError: the inputs cannot be used.
        ValueError: there is no such function, or the parameters are none of its.
    """
    outcome = run(name, [found.location for found in inputs], parameters)
    return Work(name, parameters, tuple(inputs), versions(), outcome)
