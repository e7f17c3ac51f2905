"""Many futures of many cases, shared out to workers block by block.

All cases live through the same futures. What comes out depends on the seed and the number of
futures alone. Memory holds the draws of one block a worker, and nine numbers a future and case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from ifthen.evidence.blocks import in_blocks
from ifthen.evidence.futures import Growth
from ifthen.policy.model import Policy
from ifthen.review.stress.draws import BLOCK, Draws, draw
from ifthen.review.stress.houses import House, Setting
from ifthen.review.stress.plan import Change, Plan, make_plan
from ifthen.review.stress.promises import Promises
from ifthen.review.stress.simulate import Outcome, joined, simulate


@dataclass(frozen=True, slots=True)
class Case:
    """A policy as one house keeps it: with its aims, and without them."""

    with_aims: Plan
    without_aims: Plan
    share: float
    """Of futures in which aims are kept."""


@dataclass(frozen=True, slots=True)
class Futures:
    """Which futures."""

    setting: Setting
    growth: tuple[Growth, ...]
    years: float
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work."""

    jobs: int = 1
    """-1 means every core."""
    backend: str | None = None
    """A joblib backend: ``loky``, ``threading``, ``dask``, ``ray``."""


def case_of(policy: Policy, promises: Promises, house: House, change: Change | None = None) -> Case:
    """What a house does about a policy, perhaps changed first."""
    kept, slipped = (
        make_plan(policy, promises, house, aims=aims, change=change) for aims in (True, False)
    )
    return Case(kept, slipped, house.aims)


def run(
    cases: Sequence[Case],
    futures: Futures,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Live through all futures of all cases.

    Args:
        cases: who keeps what.
        futures: which futures.
        workers: who does the work.
        progress: called with futures done and in all.

    Raises:
        ValueError: there is no such backend, or no future.
        ImportError: the backend is not installed.
    """
    if futures.count < 1 or not futures.years > 0:
        raise ValueError("there is no future to live through")
    workers = workers or Workers()
    blocks = -(-futures.count // BLOCK)
    parts: list[list[Outcome]] = [[] for _ in cases]
    work = partial(_block, tuple(cases), futures)
    for number, outcomes in enumerate(in_blocks(work, blocks, workers.jobs, workers.backend)):
        for own, outcome in zip(parts, outcomes, strict=True):
            own.append(outcome)
        if progress is not None:
            progress(min(futures.count, (number + 1) * BLOCK), futures.count)
    return [joined(own) for own in parts]


def _block(cases: tuple[Case, ...], futures: Futures, number: int) -> list[Outcome]:
    """One block; a short last block is the start of a whole one."""
    draws = draw(futures.setting, futures.growth, futures.years, futures.seed, number)
    first = np.arange(BLOCK) < futures.count - number * BLOCK
    draws = draws.chosen(first)
    return [_live(case, futures.setting.release_days, draws) for case in cases]


def _live(case: Case, release_days: float, draws: Draws) -> Outcome:
    kept = draws.aims < case.share
    if kept.all() or case.with_aims == case.without_aims:
        return simulate(case.with_aims, release_days, draws)
    if not kept.any():
        return simulate(case.without_aims, release_days, draws)
    found = [
        simulate(plan, release_days, draws.chosen(which))
        for plan, which in ((case.with_aims, kept), (case.without_aims, ~kept))
    ]
    order = np.argsort(np.concatenate([np.flatnonzero(kept), np.flatnonzero(~kept)]))
    both = joined(found)
    return Outcome(*(getattr(both, field.name)[order] for field in fields(Outcome)))
