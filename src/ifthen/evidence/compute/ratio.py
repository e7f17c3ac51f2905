"""How far compute has grown since the last assessment: a ratio, probabilities, dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.dates import Day, format_day
from ifthen.evidence.compute.ledger import Ledger, TrainingRun, plain_run
from ifthen.evidence.compute.uncertain import Uncertain
from ifthen.evidence.finding import Answer
from ifthen.evidence.inputs import Input
from ifthen.evidence.interval import Interval, plain

Of: TypeAlias = Literal["effective", "pretraining", "training"]
"""What is compared: compute with algorithms and post-training; without post-training, as RSP v2.0
counts its 4x; or training compute alone."""

TRIGGERS = (2.0, 4.0, 6.0)
LEVEL = 0.95
DRAWS = 200_000


@dataclass(frozen=True, slots=True)
class Trigger:
    """One growth at which a policy asks for an assessment."""

    factor: float
    probability: float | None
    """That the ratio has reached it; None where nothing is known of a part of it."""
    answer: Answer

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"factor": self.factor, "probability": self.probability, "answer": self.answer}


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a run in flight reaches a trigger."""

    factor: float
    from_day: Day | None
    """The first day on which it cannot be ruled out; None where that is not before the end."""
    likely_day: Day | None
    """The day on which the probability reaches a half."""
    surely_day: Day | None
    """The first day on which it is crossed."""
    by_end: float | None
    """The probability that it is reached by the planned end; None without one."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        days = (self.from_day, self.likely_day, self.surely_day)
        first, likely, surely = (None if day is None else format_day(day) for day in days)
        return {
            "factor": self.factor,
            "cannot_rule_out_from": first,
            "even_odds": likely,
            "crossed_from": surely,
            "probability_by_end": self.by_end,
        }


@dataclass(frozen=True, slots=True)
class Ratio:
    """The growth of one model since an assessed snapshot."""

    model: str
    since: str
    of: Of
    interval: Interval
    spread: float
    """Standard deviation of the natural logarithm of the ratio."""
    triggers: tuple[Trigger, ...]
    arrivals: tuple[Arrival, ...]
    unknown: tuple[str, ...]
    """Multipliers that are not given for one of the runs: the ratio is then without them, which
    can show that a trigger is crossed (they only add), and cannot show that it is not."""
    runs: tuple[TrainingRun, TrainingRun]
    """The assessed snapshot and the one compared with it."""
    inputs: tuple[Input, ...]
    seed: int
    draws: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "model": self.model,
            "since": self.since,
            "of": self.of,
            "ratio": self.interval.as_json(),
            "spread": plain(self.spread),
            "triggers": [trigger.as_json() for trigger in self.triggers],
            "arrivals": [arrival.as_json() for arrival in self.arrivals],
            "unknown": list(self.unknown),
            "runs": [plain_run(run) for run in self.runs],
            "assumes": "independent lognormal errors",
            "inputs": [found.as_json() for found in self.inputs],
            "seed": self.seed,
            "draws": self.draws,
        }


class NothingToCompare(ValueError):
    """A ledger in which there is no run to compare with, or none to compare."""


def choose(
    ledger: Ledger, model: str | None = None, since: str | None = None
) -> tuple[TrainingRun, TrainingRun]:
    """The assessed snapshot and the one to compare with it.

    Args:
        ledger: the runs.
        model: the model in question; by default that of the latest snapshot.
        since: the model assessed last: its latest assessed snapshot before, or its latest one
            before where none is marked. By default the latest assessed snapshot before, of any.

    Raises:
        NothingToCompare: the ledger names no such model, or has nothing to compare with before.
    """
    if not ledger.runs:
        raise NothingToCompare("the ledger has no run")
    now = ledger.run(model) if model is not None else ledger.runs[-1]
    if now is None:
        raise NothingToCompare(f"the ledger has no model '{model}'")
    earlier = [run for run in ledger.runs if run.day <= now.day and run is not now]
    assessed = [run for run in earlier if run.assessed]
    if since is None:
        if not assessed:
            reason = f"nothing before the snapshot of '{now.model}' is marked assessed"
            raise NothingToCompare(reason)
        return assessed[-1], now
    named = [run for run in assessed if run.model == since]
    named = named or [run for run in earlier if run.model == since]
    if not named:
        raise NothingToCompare(
            f"the ledger has no snapshot of '{since}' before that of '{now.model}' on "
            f"{format_day(now.day)}"
        )
    return named[-1], now


def ratio(
    ledger: Ledger,
    model: str | None = None,
    since: str | None = None,
    *,
    of: Of = "effective",
    triggers: Sequence[float] = TRIGGERS,
    level: float = LEVEL,
    seed: int = 0,
    draws: int = DRAWS,
) -> Ratio:
    """How far compute has grown, and whether it has reached each trigger.

    A trigger inside the interval cannot be ruled out. For a run in flight it is also said when
    each trigger will be reached; that is by simulation, everything else is exact.

    Raises:
        NothingToCompare: see ``choose``.
        ValueError: a level or trigger outside of its range.
    """
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")
    if not all(trigger > 0 for trigger in triggers):
        raise ValueError("a trigger is above zero")
    base, now = choose(ledger, model, since)
    grown, unknown = growth(base, now, of)
    interval = grown.interval(level)
    found = tuple(_trigger(grown, interval, factor, unknown) for factor in triggers)
    arrivals: tuple[Arrival, ...] = ()
    if now.flop_per_day is not None and not unknown:
        arrivals = _arrivals(base, now, of, triggers, level, seed, draws)
    return Ratio(
        now.model,
        base.model,
        of,
        interval,
        grown.spread,
        found,
        arrivals,
        unknown,
        (base, now),
        ledger.inputs,
        seed,
        draws,
    )


def growth(base: TrainingRun, now: TrainingRun, of: Of) -> tuple[Uncertain, tuple[str, ...]]:
    """The ratio, and the multipliers that it lacks because one of the runs does not give them."""
    result = now.flop / base.flop
    unknown = []
    for name in _multipliers(of):
        first, second = getattr(base, name), getattr(now, name)
        if first is None or second is None:
            unknown.append(name)
        else:
            result = result * (second / first)
    return result, tuple(unknown)


def _multipliers(of: Of) -> tuple[str, ...]:
    kinds: dict[Of, tuple[str, ...]] = {
        "effective": ("algorithms", "post_training"),
        "pretraining": ("algorithms",),
        "training": (),
    }
    return kinds[of]


def _trigger(
    grown: Uncertain, interval: Interval, factor: float, unknown: tuple[str, ...]
) -> Trigger:
    answer = interval.against(factor)
    if unknown and answer == "below":
        answer = "cannot_rule_out"
    known = not unknown and math.isfinite(grown.spread)
    return Trigger(factor, grown.reaches(factor) if known else None, answer)


def _arrivals(
    base: TrainingRun,
    now: TrainingRun,
    of: Of,
    triggers: Sequence[float],
    level: float,
    seed: int,
    draws: int,
) -> tuple[Arrival, ...]:
    """Days on which the run in flight reaches each trigger, by simulation."""
    import numpy as np

    assert now.flop_per_day is not None
    rng = np.random.default_rng(seed)

    def draw(quantity: Uncertain) -> Any:
        return quantity.median * np.exp(quantity.spread * rng.standard_normal(draws))

    then = draw(base.flop)
    made_of = np.ones(draws)
    for name in _multipliers(of):
        then = then * draw(getattr(base, name))
        made_of = made_of * draw(getattr(now, name))
    spent, rate = draw(now.flop), draw(now.flop_per_day)
    arrivals = []
    for factor in triggers:
        days = np.maximum(0.0, (factor * then / made_of - spent) / rate)
        tail = (1 - level) / 2
        first, likely, surely = (
            now.day + math.ceil(value - 1e-6) for value in np.quantile(days, (tail, 0.5, 1 - tail))
        )
        left = math.inf if now.ends is None else now.ends - now.day
        by_end = None if now.ends is None else float((days <= left).mean())
        kept = [day if day - now.day <= left else None for day in (first, likely, surely)]
        arrivals.append(Arrival(factor, kept[0], kept[1], kept[2], by_end))
    return tuple(arrivals)


def course(
    base: TrainingRun, now: TrainingRun, of: Of, level: float, days: Sequence[Day]
) -> tuple[Interval, ...]:
    """The ratio of a run in flight on each day, for a picture.

    What is spent later is added to what is spent by the snapshot with the same relative error.
    """
    rate = now.flop_per_day.median if now.flop_per_day else 0.0
    intervals = []
    for day in days:
        more = 1 + rate * max(0, day - now.day) / now.flop.median
        grown, _ = growth(base, now, of)
        intervals.append(Uncertain(grown.median * more, grown.spread).interval(level))
    return tuple(intervals)
