"""The six kinds of clause by their definition."""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.dates import Instant
from ifthen.policy.model import (
    Cadence,
    Clause,
    Forbid,
    Maintain,
    Power,
    Procedure,
    Whenever,
)
from ifthen.ruling.definitional.cadence import Turns
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.holds import Held
from ifthen.ruling.definitional.maintain import Kept
from ifthen.ruling.definitional.procedures import Decided, Exercised
from ifthen.ruling.definitional.settling import Window
from ifthen.ruling.definitional.whenever import Triggered
from ifthen.ruling.outcome import Outcome


def outcomes(
    clause: Clause, conditions: Conditions, window: Window, at: Instant
) -> Iterator[Outcome]:
    """Every outcome of a clause about a subject, under one choice of readings."""
    match clause:
        case Whenever():
            return Triggered(conditions, window, at).outcomes(clause)
        case Cadence():
            return Turns(clause, conditions, window, at).outcomes()
        case Maintain():
            return Kept(conditions, window, at).outcomes(clause)
        case Forbid():
            return Held(conditions, window, at).outcomes(clause)
        case Procedure():
            return Decided(conditions, window, at).outcomes(clause)
        case Power():
            return Exercised(conditions, window, at).outcomes(clause)
