"""The time horizons of a table of runs, with all that is needed to file and to replay them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal, TypeAlias

import numpy as np

from ifthen.dates import Instant, format_second
from ifthen.evidence.horizon.bootstrap import BLOCK, Replicates, Report, replicate, summary
from ifthen.evidence.horizon.fit import Curves, Floats, fit
from ifthen.evidence.horizon.runs import Measure, Repair, RunTable, Weighting
from ifthen.evidence.inputs import Input
from ifthen.evidence.interval import Interval, plain

Outcomes: TypeAlias = Literal["both", "all failed", "all succeeded"]

LAMBDA = 1e-5
"""Next to no penalty. METR used 0.1 until March 2026, which is a strong prior because weights sum
to 1 (it lowered weak models and raised strong ones by up to 20 %); then corrected it."""
METR_LAMBDA = 0.1
"""METR's until then, to compare with."""
REPLICATES = 10_000
"""With 1,000, the ends of an interval carry 5 to 7 % of Monte-Carlo error."""
QUANTILES = (0.5, 0.8)
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class AgentHorizon:
    """The horizons of one agent, in minutes."""

    agent: str
    intervals: tuple[tuple[float, Interval], ...]
    """By chance of success."""
    intercept: float
    slope: float
    """Of the curve in log2 minutes; not numbers where all runs failed or succeeded."""
    converged: bool
    """Whether the curve is exact to rounding; true where there is none to fit."""
    outcomes: Outcomes
    """Whether there were both successes and failures; else the bootstrap cannot bound the horizon
    and an exact bound over families stands in its place."""
    runs: int
    tasks: int
    families: int
    successes: float
    shortest: float
    longest: float
    """Lengths of the tasks attempted, in minutes: a horizon outside of them is extrapolated."""
    replicates: dict[str, int]
    """How many replicates came out in each way."""
    period: tuple[Instant, Instant] | None
    """When the first and the last run started, where that is known."""

    def at(self, quantile: float) -> Interval:
        """The horizon at a chance of success.

        Raises:
            KeyError: it was not asked for.
        """
        return dict(self.intervals)[quantile]

    def extrapolated(self, quantile: float) -> bool:
        """Whether the estimate lies outside of the lengths that were tried."""
        return not self.shortest <= self.at(quantile).value <= self.longest

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "agent": self.agent,
            "horizons": [
                {"chance": quantile, "unit": "minutes", **interval.as_json()}
                | {"extrapolated": self.extrapolated(quantile)}
                for quantile, interval in self.intervals
            ],
            "intercept": plain(self.intercept),
            "slope": plain(self.slope),
            "converged": self.converged,
            "outcomes": self.outcomes,
            "runs": self.runs,
            "tasks": self.tasks,
            "families": self.families,
            "successes": self.successes,
            "task_minutes": [self.shortest, self.longest],
            "replicates": self.replicates,
            "runs_started": self.period and [format_second(moment) for moment in self.period],
        }


@dataclass(frozen=True, slots=True)
class Horizons:
    """The horizons of every agent of a table, and how they were found."""

    agents: tuple[AgentHorizon, ...]
    quantiles: tuple[float, ...]
    ridge: float
    """Lambda."""
    weighting: Weighting
    measure: Measure
    replicates: int
    block: int
    """Replicates per random stream: part of what the seed means."""
    seed: int
    level: float
    inputs: tuple[Input, ...]
    repairs: tuple[Repair, ...]
    versions: dict[str, str]
    table: RunTable = field(repr=False, compare=False)
    draws: Replicates = field(repr=False, compare=False)

    @property
    def converged(self) -> bool:
        """Whether every curve, and every replicate of it, was found exactly."""
        return all(a.converged and not a.replicates["not converged"] for a in self.agents)

    def of(self, agent: str) -> AgentHorizon:
        """One agent.

        Raises:
            KeyError: the table has no such agent.
        """
        return {found.agent: found for found in self.agents}[agent]

    def as_json(self) -> dict[str, Any]:
        """Plain data: all but the replicates, which the seed brings back."""
        return {
            "method": "weighted logistic, bootstrap of families, tasks and runs",
            "lambda": self.ridge,
            "weighting": self.weighting,
            "measure": self.measure,
            "bootstrap": self.replicates,
            "block": self.block,
            "seed": self.seed,
            "level": self.level,
            "converged": self.converged,
            "inputs": [found.as_json() for found in self.inputs],
            "repairs": [found.as_json() for found in self.repairs],
            "versions": self.versions,
            "agents": [found.as_json() for found in self.agents],
        }


def time_horizons(
    table: RunTable,
    *,
    ridge: float = LAMBDA,
    weighting: Weighting = "invsqrt",
    quantiles: Sequence[float] = QUANTILES,
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
    jobs: int = 1,
    backend: str | None = None,
    progress: Report | None = None,
) -> Horizons:
    """The time horizon of every agent, with a bootstrap interval.

    Args:
        table: the runs, as ``read_runs`` gives them.
        ridge: lambda, the penalty on the slope; a part of the result that must be recorded.
        weighting: how runs are weighted; the weights of an agent sum to 1.
        quantiles: the chances of success whose lengths are wanted.
        replicates: bootstrap replicates.
        seed: of the bootstrap.
        level: of the intervals, both sides together.
        jobs: workers; -1 means every core. The result is the same for any number.
        backend: a joblib backend (``loky``, ``threading``, ``dask``, ``ray``).
        progress: called with replicates done and in all.

    Raises:
        ValueError: an argument outside of its range, or a table without agents.
    """
    _check(table, ridge, quantiles, replicates, level)
    point = _curves(table, weighting, ridge)
    draws = replicate(
        table,
        point,
        weighting=weighting,
        ridge=ridge,
        replicates=replicates,
        seed=seed,
        jobs=jobs,
        backend=backend,
        progress=progress,
    )
    ends = {quantile: draws.ends(quantile, level) for quantile in quantiles}
    agents = tuple(
        _agent(table, place, point, draws, ends, level) for place in range(len(table.agents))
    )
    return Horizons(
        agents=agents,
        quantiles=tuple(quantiles),
        ridge=ridge,
        weighting=weighting,
        measure=table.measure,
        replicates=replicates,
        block=BLOCK,
        seed=seed,
        level=level,
        inputs=table.inputs,
        repairs=table.repairs,
        versions={name: version(name) for name in ("ifthen", "numpy")},
        table=table,
        draws=draws,
    )


def point_horizons(
    table: RunTable, quantile: float, *, ridge: float = LAMBDA, weighting: Weighting = "invsqrt"
) -> dict[str, float]:
    """The horizon of every agent, in minutes, without intervals."""
    horizon = _curves(table, weighting, ridge).horizon(quantile)
    named = zip(table.agents, range(len(table.agents)), strict=True)
    return {name: _value(_outcomes(table, place), float(horizon[place])) for name, place in named}


def _check(
    table: RunTable, ridge: float, quantiles: Sequence[float], replicates: int, level: float
) -> None:
    if not table.agents:
        raise ValueError("the table has no agent")
    if not (math.isfinite(ridge) and ridge >= 0):
        raise ValueError(f"lambda is not below zero, and not {ridge}")
    if not quantiles or not all(0 < quantile < 1 for quantile in quantiles):
        raise ValueError("a chance of success lies between 0 and 1")
    if replicates < 2:
        raise ValueError("a bootstrap needs at least two replicates")
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")


def _curves(table: RunTable, weighting: Weighting, ridge: float) -> Curves:
    weights = table.weights(weighting)
    return fit(np.log2(table.minutes), weights * table.runs, weights * table.successes, ridge)


def _outcomes(table: RunTable, place: int) -> Outcomes:
    won, runs = table.successes[place].sum(), table.runs[place].sum()
    if won <= 0:
        return "all failed"
    return "all succeeded" if won >= runs else "both"


def _value(outcomes: Outcomes, fitted: float) -> float:
    return {"both": fitted, "all failed": 0.0, "all succeeded": math.inf}[outcomes]


def _agent(
    table: RunTable,
    place: int,
    point: Curves,
    draws: Replicates,
    ends: dict[float, tuple[Floats, Floats]],
    level: float,
) -> AgentHorizon:
    outcomes = _outcomes(table, place)
    both = outcomes == "both"
    attempted = table.runs[place] > 0
    intervals = []
    for quantile, (lows, highs) in ends.items():
        low, high = float(lows[place]), float(highs[place])
        value = _value(outcomes, float(point.horizon(quantile)[place]))
        if not both:
            low, high = _exact(table, place, outcomes, quantile, (1 - level) / 2)
        elif point.slope[place] >= 0 or not point.converged[place]:
            low, value, high = 0.0, math.nan, math.inf
        intervals.append((quantile, Interval(low, value, high, level)))
    return AgentHorizon(
        agent=table.agents[place],
        intervals=tuple(intervals),
        intercept=float(point.intercept[place]) if both else math.nan,
        slope=float(point.slope[place]) if both else math.nan,
        converged=bool(point.converged[place]) or not both,
        outcomes=outcomes,
        runs=int(table.runs[place].sum()),
        tasks=int(attempted.sum()),
        families=len(np.unique(table.family_of[attempted])),
        successes=float(table.successes[place].sum()),
        shortest=float(table.minutes[attempted].min()),
        longest=float(table.minutes[attempted].max()),
        replicates=summary(draws.code[place]),
        period=table.periods[place],
    )


def _exact(
    table: RunTable, place: int, outcomes: Outcomes, quantile: float, tail: float
) -> tuple[float, float]:
    """Ends of an interval where every run came out the same, and a bootstrap would have no width.

    If success never rises with length, ``m`` families that all failed at tasks no longer than L
    bound the chance of success at L by ``1 - tail^(1/m)``; the upper end is the shortest L where
    that is under the quantile. Families, one run each, because the runs of one share their fate.
    Where there are too few families the end is not known.
    """
    attempted = table.runs[place] > 0
    lengths: dict[int, list[float]] = {}
    for family, length in zip(table.family_of[attempted], table.minutes[attempted], strict=True):
        lengths.setdefault(int(family), []).append(float(length))
    failed = outcomes == "all failed"
    needed = math.floor(math.log(tail) / math.log(1 - quantile if failed else quantile)) + 1
    if failed:
        ordered = sorted(min(each) for each in lengths.values())
    else:
        ordered = sorted((max(each) for each in lengths.values()), reverse=True)
    end = ordered[needed - 1] if len(ordered) >= needed else math.nan
    return (0.0, end) if failed else (end, math.inf)
