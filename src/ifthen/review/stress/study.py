"""Policies under stress: what each comes to in many futures, house by house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from ifthen.evidence.blocks import connected
from ifthen.policy.model import Policy
from ifthen.review.stress.derive import derive
from ifthen.review.stress.estimate import Estimates, estimate
from ifthen.review.stress.houses import House
from ifthen.review.stress.plan import IDLE
from ifthen.review.stress.promises import Promises
from ifthen.review.stress.run import Case, Futures, Workers, case_of, run
from ifthen.review.stress.under import Level, Remedy, Verdict, remedies


@dataclass(frozen=True, slots=True)
class Kept:
    """A policy as one house keeps it."""

    house: House
    estimates: Estimates
    verdict: Verdict | None
    """Against the level, where one is asked for."""
    remedies: tuple[Remedy, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        result: dict[str, Any] = {"house": self.house.id, **self.estimates.as_json()}
        if self.verdict is not None:
            result["verdict"] = self.verdict
            result["remedies"] = [one.as_json() for one in self.remedies]
        return result


@dataclass(frozen=True, slots=True)
class Stressed:
    """One policy: what it promises, and what came of it."""

    policy: str
    title: str
    promises: Promises
    kept: tuple[Kept, ...]
    """By house; empty where there is nothing to simulate, and ``promises.nothing`` says why."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "policy": self.policy,
            "title": self.title,
            "nothing": self.promises.nothing,
            "promises": self.promises.as_json(),
            "houses": [one.as_json() for one in self.kept],
        }


@dataclass(frozen=True, slots=True)
class Study:
    """All policies, with what it takes to make the study again."""

    policies: tuple[Stressed, ...]
    houses: tuple[House, ...]
    futures: Futures
    baseline: Estimates
    """Of a developer who promises nothing."""
    level: Level | None
    versions: dict[str, str]

    @property
    def verdict(self) -> Verdict | None:
        """Over where any house is; under only where all are, and all could be simulated."""
        if self.level is None:
            return None
        found = {kept.verdict for one in self.policies for kept in one.kept}
        if "over" in found:
            return "over"
        simulated = all(one.promises.nothing is None for one in self.policies)
        return "under" if simulated and found == {"under"} else "undetermined"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "futures": self.futures.count,
            "years": self.futures.years,
            "seed": self.futures.seed,
            "under": None if self.level is None else self.level.as_json(),
            "growth": [
                {
                    "name": each.name,
                    "per_year_90": [each.low, each.high],
                    "lumps_per_year": each.lumps,
                    "counted": each.counted,
                }
                for each in self.futures.growth
            ],
            "world": self.futures.setting.as_json(),
            "houses": [house.as_json() for house in self.houses],
            "nothing_promised": self.baseline.as_json(),
            "policies": [one.as_json() for one in self.policies],
            "versions": self.versions,
        }


def stress(
    policies: Sequence[Policy],
    houses: Sequence[House],
    futures: Futures,
    *,
    level: Level | None = None,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Live through futures of every policy and house.

    Args:
        policies: which policies.
        houses: who keeps them.
        futures: which futures; all policies and houses live through the same.
        level: a level that exposure is to stay under; what would bring it there is looked for.
        workers: who does the work.
        progress: called with parts of the work done and in all.

    Raises:
        ValueError: there is no such backend, or no future.
        ImportError: the backend is not installed.
    """
    workers = workers or Workers()
    found = []
    with connected(workers.backend):
        for number, policy in enumerate(policies):

            def report(done: int, total: int, number: int = number) -> None:
                if progress is not None:
                    progress(number * 100 + 100 * done // total, len(policies) * 100)

            found.append(_one(policy, houses, futures, level, workers, report))
        [idle] = run([Case(IDLE, IDLE, 1.0)], futures, workers)
    versions = {name: version(name) for name in ("ifthen", "numpy", "scipy")}
    baseline = estimate(idle, futures.years)
    return Study(tuple(found), tuple(houses), futures, baseline, level, versions)


def _one(
    policy: Policy,
    houses: Sequence[House],
    futures: Futures,
    level: Level | None,
    workers: Workers | None,
    report: Callable[[int, int], None],
) -> Stressed:
    promises = derive(policy)
    if promises.nothing is not None:
        return Stressed(policy.id, policy.title, promises, ())
    cases = [case_of(policy, promises, house) for house in houses]
    first = report if level is None else None
    estimates = [estimate(one, futures.years) for one in run(cases, futures, workers, first)]
    found: list[list[Remedy]] = [[] for _ in houses]
    if level is not None:
        found = remedies(policy, promises, houses, level, futures, workers, report)
    kept = tuple(
        Kept(house, own, None if level is None else level.verdict(own.exposed), tuple(more))
        for house, own, more in zip(houses, estimates, found, strict=True)
    )
    return Stressed(policy.id, policy.title, promises, kept)
