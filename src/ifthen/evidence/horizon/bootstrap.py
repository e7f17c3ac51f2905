"""METR's hierarchical bootstrap, vectorised: families, then tasks, then runs.

One replicate draws families with replacement; within each drawn copy of a family it draws as many
tasks as the family has, with replacement; then, for each agent and task, it pools the runs of all
drawn copies and redraws as many of them. The draw of families and tasks is shared by all agents.
Weights are not renormalised: a task drawn twice counts twice.

Only counts matter to the curve, so rows are never copied: a task drawn ``m`` times by an agent with
``k`` successes in ``n`` runs gives ``m n`` runs of which Binomial(``m n``, ``k / n``) succeed
(multinomial where scores lie between 0 and 1).

Replicates come in blocks of fixed size, each with a random stream of its own, so that the result
depends on the seed alone, and not on how many workers there are or which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.blocks import in_blocks
from ifthen.evidence.horizon.fit import Curves, Floats, fit
from ifthen.evidence.horizon.runs import RunTable, Weighting

Ints: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Report: TypeAlias = Callable[[int, int], None]

BLOCK = 64
"""Replicates drawn from one random stream; part of what a seed means."""
_CELLS = 120_000
"""Curves times tasks that are fitted at once, so that the arrays stay in the processor's cache."""

SOUND, ALL_FAILED, ALL_SUCCEEDED, RISING, NOT_CONVERGED = range(5)
"""What became of a replicate: only a sound one has a horizon."""


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Refitted curves, by agent and replicate."""

    intercept: Floats
    slope: Floats
    code: Codes
    """``SOUND``, or why the replicate has no horizon."""

    def horizon(self, quantile: float) -> Floats:
        """The horizon of every replicate; meaningless where the code is not ``SOUND``."""
        converged = np.ones(self.code.shape, dtype=np.bool_)
        return Curves(self.intercept, self.slope, converged).horizon(quantile)

    def ends(self, quantile: float, level: float) -> tuple[Floats, Floats]:
        """Both ends of the interval of each agent's horizon.

        A replicate in which every run failed counts as 0 at the lower end and is left out at the
        upper; where every run succeeded, as infinite at the upper end and left out at the lower.
        A rising curve, or one not found, counts as 0 below and as infinite above. So what a
        replicate cannot tell only ever widens the interval. METR leaves out the replicates in
        which all runs failed or succeeded, at both ends.
        """
        horizon = self.horizon(quantile)
        low = np.where(self.code == SOUND, horizon, 0.0)
        high = np.where(self.code == SOUND, horizon, np.inf)
        low[self.code == ALL_SUCCEEDED] = np.nan
        high[self.code == ALL_FAILED] = np.nan
        tail = (1 - level) / 2
        return quantile_of_rows(low, tail), quantile_of_rows(high, 1 - tail)

    def count(self, code: int) -> Ints:
        """How many replicates of each agent came out so."""
        return np.asarray((self.code == code).sum(axis=1), dtype=np.int64)


def quantile_of_rows(values: Floats, share: float) -> Floats:
    """Row by row, what is not a number left out; infinity is a value like any other."""
    result = np.full(len(values), np.nan)
    for row, line in enumerate(values):
        kept = np.sort(line[~np.isnan(line)])
        if len(kept):
            place = share * (len(kept) - 1)
            below, above = int(np.floor(place)), int(np.ceil(place))
            part = place - below
            first, second = kept[below], kept[above]
            result[row] = first if part == 0 or first == second else first + part * (second - first)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """All that a block needs, small enough to send to a worker."""

    runs: Ints
    successes: Floats
    partial: dict[tuple[int, int], tuple[Floats, Ints]]
    weight: Floats
    x: Floats
    tasks_of: tuple[Ints, ...]
    """Of each family, its tasks."""
    ridge: float
    start: tuple[Floats, Floats]
    seed: int


def replicate(
    table: RunTable,
    point: Curves,
    *,
    weighting: Weighting,
    ridge: float,
    replicates: int,
    seed: int,
    jobs: int = 1,
    backend: str | None = None,
    progress: Report | None = None,
) -> Replicates:
    """Draw and refit.

    Args:
        table: the runs.
        point: the curves of the whole table, to start from.
        weighting: how runs are weighted.
        ridge: lambda.
        replicates: how many; memory grows with this times the number of agents, nothing else.
        seed: the same seed gives the same replicates, whatever the workers.
        jobs: workers; -1 means every core.
        backend: a joblib backend: ``loky``, ``threading``, ``dask``, ``ray``. By default joblib's
            own choice, and none at all for one job.
        progress: called with replicates done and in all.
    """
    known = point.converged & np.isfinite(point.intercept) & np.isfinite(point.slope)
    plan = _Plan(
        table.runs,
        table.successes,
        table.partial,
        table.weights(weighting),
        np.log2(table.minutes),
        tuple(np.flatnonzero(table.family_of == family) for family in range(len(table.families))),
        ridge,
        (np.where(known, point.intercept, 0.0), np.where(known, point.slope, 0.0)),
        seed,
    )
    shape = (len(table.agents), replicates)
    result = Replicates(np.empty(shape), np.empty(shape), np.empty(shape, dtype=np.int8))
    done = 0
    work = partial(_numbered, plan, replicates)
    for intercept, slope, code in in_blocks(work, -(-replicates // BLOCK), jobs, backend):
        more = slice(done, done + code.shape[1])
        result.intercept[:, more] = intercept
        result.slope[:, more] = slope
        result.code[:, more] = code
        done += code.shape[1]
        if progress is not None:
            progress(done, replicates)
    return result


_Block: TypeAlias = tuple[Floats, Floats, Codes]


def _numbered(plan: _Plan, replicates: int, number: int) -> _Block:
    return _block(plan, number, min(BLOCK, replicates - number * BLOCK))


def _block(plan: _Plan, number: int, size: int) -> _Block:
    """Draw and refit one block of replicates; a short last block is the start of a whole one."""
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(number,)))
    times = _times_drawn(plan, rng)
    agents, tasks = plan.runs.shape
    drawn = times[:, None, :] * plan.runs
    success = _successes(plan, rng, drawn)
    weight = (drawn * plan.weight)[:size].reshape(-1, tasks)
    success = (success * plan.weight)[:size].reshape(-1, tasks)
    a, b, code = _fit(plan, weight, success, size)
    by_agent = (size, agents)
    return a.reshape(by_agent).T, b.reshape(by_agent).T, code.reshape(by_agent).T


def _times_drawn(plan: _Plan, rng: np.random.Generator) -> Ints:
    """By replicate and task, how often the task was drawn."""
    families = len(plan.tasks_of)
    copies = rng.multinomial(families, np.full(families, 1 / families), size=BLOCK)
    times = np.zeros((BLOCK, len(plan.x)), dtype=np.int64)
    for family, tasks in enumerate(plan.tasks_of):
        # Drawing n of n tasks in each of c copies is one multinomial of c n draws.
        size = len(tasks)
        if size == 1:
            times[:, tasks[0]] = copies[:, family]
        else:
            times[:, tasks] = rng.multinomial(copies[:, family] * size, np.full(size, 1 / size))
    return times


def _successes(plan: _Plan, rng: np.random.Generator, drawn: Ints) -> Floats:
    """By replicate, agent and task, the sum of scores of the redrawn runs."""
    share = plan.successes / np.maximum(plan.runs, 1)
    result = drawn * share
    mixed = (share > 0) & (share < 1)
    for agent, task in plan.partial:
        mixed[agent, task] = False
    agents, tasks = np.nonzero(mixed)
    result[:, agents, tasks] = rng.binomial(drawn[:, agents, tasks], share[agents, tasks])
    for (agent, task), (scores, counts) in plan.partial.items():
        redrawn = rng.multinomial(drawn[:, agent, task], counts / counts.sum())
        result[:, agent, task] = redrawn @ scores
    return np.asarray(result, dtype=np.float64)


def _fit(plan: _Plan, weight: Floats, success: Floats, size: int) -> _Block:
    """Fit every curve that has both outcomes; say of the others why not."""
    total, won = weight.sum(axis=1), success.sum(axis=1)
    curves = len(total)
    code = np.full(curves, SOUND, dtype=np.int8)
    # An agent none of whose tasks was drawn has shown nothing: neither failure nor success.
    code[won >= total * (1 - 1e-12)] = ALL_SUCCEEDED
    code[won <= total * 1e-12] = ALL_FAILED
    code[total <= 0] = NOT_CONVERGED
    a, b = np.full(curves, np.nan), np.full(curves, np.nan)
    start_a, start_b = np.tile(plan.start[0], size), np.tile(plan.start[1], size)
    open_ = np.flatnonzero(code == SOUND)
    at_once = max(1, _CELLS // len(plan.x))
    for first in range(0, len(open_), at_once):
        rows = open_[first : first + at_once]
        curve = fit(plan.x, weight[rows], success[rows], plan.ridge, (start_a[rows], start_b[rows]))
        a[rows], b[rows] = curve.intercept, curve.slope
        code[rows[~curve.converged]] = NOT_CONVERGED
        code[rows[curve.converged & (curve.slope >= 0)]] = RISING
    return a, b, code


def summary(codes: Codes) -> dict[str, Any]:
    """How many replicates came out in each way."""
    names = ("sound", "all failed", "all succeeded", "rising", "not converged")
    return {name: int((codes == number).sum()) for number, name in enumerate(names)}
