"""A ledger of training runs: what was spent, and what algorithms and post-training made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ifthen.dates import Day, format_day
from ifthen.evidence.compute.uncertain import Uncertain
from ifthen.evidence.inputs import Input
from ifthen.policy.yaml import shorten

GRADES: dict[str, float] = {"confident": 3.0, "likely": 10.0, "speculative": 30.0}
"""Epoch's grade of an estimate to the factor within which it lies, either way, with 90 %. Our
reading of the grades: half an order of magnitude for each step. Without a grade, nothing is known
of the error, and nothing is decided."""


def uncertain_grade(flop: float, grade: str) -> Uncertain:
    """An estimate of training compute by its grade; an unknown grade bounds nothing."""
    times = GRADES.get(grade.strip().lower())
    return Uncertain(flop, float("inf")) if times is None else Uncertain.within(flop, times)


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One run as it stood at a snapshot."""

    model: str
    day: Day
    """Of the snapshot."""
    flop: Uncertain
    algorithms: Uncertain | None = None
    """What better algorithms multiply compute by; None where it is not known."""
    post_training: Uncertain | None = None
    """What post-training multiplies it by; None where it is not known."""
    assessed: bool = False
    """Whether a completed comprehensive assessment rests on this snapshot."""
    flop_per_day: Uncertain | None = None
    """For a run in flight."""
    ends: Day | None = None
    """For a run in flight: its last day as planned."""
    measured: tuple[tuple[str, float], ...] = ()
    """Its loss, or its scores by benchmark, for the inversion of a scaling law."""
    source: str = ""
    place: str = ""
    """Where it stands: file, line, column."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Runs of a baseline family, from small to large, on which a scaling law is fitted."""

    measure: str
    """``loss``, or ``score`` for a weighted mean of benchmark scores."""
    weights: tuple[tuple[str, float], ...]
    """Of the benchmarks, for ``score``; they sum to 1."""
    runs: tuple[tuple[float, float], ...]
    """Training compute (FLOP) and the measure."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Runs in order of date."""

    name: str
    runs: tuple[TrainingRun, ...]
    reference: Reference | None = None
    inputs: tuple[Input, ...] = field(default=())

    def run(self, model: str) -> TrainingRun | None:
        """The latest snapshot of a model, or None."""
        found = [run for run in self.runs if run.model == model]
        return found[-1] if found else None

    def until(self, day: Day) -> Ledger:
        """The ledger as it stood on a day: without later snapshots."""
        return replace(self, runs=tuple(run for run in self.runs if run.day <= day))


def aggregate(
    measured: Sequence[tuple[str, float]], measure: str, weights: Sequence[tuple[str, float]]
) -> float:
    """The loss, or the weighted mean of the scores.

    Raises:
        KeyError: a benchmark with a weight was not measured.
    """
    found = dict(measured)
    if measure == "loss":
        if "loss" not in found:
            raise KeyError("'loss'")
        return found["loss"]
    for name, _ in weights:
        if name not in found:
            raise KeyError(f"score on '{shorten(name)}'")
    return sum(weight * found[name] for name, weight in weights)


def plain_run(run: TrainingRun) -> dict[str, Any]:
    """A run as plain data, with 90 % ranges."""

    def quantity(value: Uncertain | None) -> dict[str, Any] | None:
        return None if value is None else value.interval(0.9).as_json()

    return {
        "model": run.model,
        "date": format_day(run.day),
        "flop": quantity(run.flop),
        "algorithms": quantity(run.algorithms),
        "post_training": quantity(run.post_training),
        "assessed": run.assessed,
        "source": run.source,
    }
