"""Runs (one agent, one task, one attempt), counted by agent and task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ifthen.dates import Instant
from ifthen.evidence.inputs import Input

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

Measure: TypeAlias = Literal["score_binarized", "score"]
Weighting: TypeAlias = Literal["invsqrt", "equal"]


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was wrong with the rows, and the rule by which it was handled."""

    name: str
    count: int
    """How many rows it concerns."""
    rule: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "count": self.count, "rule": self.rule}


@dataclass(frozen=True, slots=True, eq=False)
class RunTable:
    """Runs counted by agent and task: all that the curve and its bootstrap depend on."""

    agents: tuple[str, ...]
    tasks: tuple[str, ...]
    families: tuple[str, ...]
    family_of: Ints
    """Of each task, the place of its family."""
    minutes: Floats
    """Of each task, how long it takes an expert."""
    runs: Ints
    """By agent and task, the number of runs."""
    successes: Floats
    """By agent and task, the sum of scores."""
    partial: dict[tuple[int, int], tuple[Floats, Ints]]
    """By agent and task, where scores lie between 0 and 1: the distinct scores and their counts."""
    periods: tuple[tuple[Instant, Instant] | None, ...]
    """Of each agent, when its first and last run started, where that is known."""
    measure: Measure
    inputs: tuple[Input, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def weights(self, weighting: Weighting) -> Floats:
        """The weight of one run, by agent and task; the runs of an agent sum to 1.

        ``equal``: tasks count alike. ``invsqrt``: a family counts as the square root of its number
        of tasks, so that many alike do not drown the rest (METR's choice). Tasks and families are
        those the agent attempted.
        """
        attempted = self.runs > 0
        weight = attempted / np.maximum(self.runs, 1)
        if weighting == "invsqrt":
            in_family = np.zeros((len(self.agents), len(self.families)))
            for agent in range(len(self.agents)):
                in_family[agent] = np.bincount(
                    self.family_of[attempted[agent]], minlength=len(self.families)
                )
            weight = weight / np.sqrt(np.maximum(in_family[:, self.family_of], 1))
        total = (weight * self.runs).sum(axis=1, keepdims=True)
        return np.asarray(weight / np.maximum(total, 1e-300), dtype=np.float64)

    def only(self, agents: Iterable[str]) -> RunTable:
        """The table of these agents alone, with every task kept.

        Raises:
            KeyError: an agent that the table lacks.
        """
        places = []
        for name in agents:
            if name not in self.agents:
                raise KeyError(name)
            places.append(self.agents.index(name))
        new = {old: place for place, old in enumerate(places)}
        return RunTable(
            agents=tuple(self.agents[place] for place in places),
            tasks=self.tasks,
            families=self.families,
            family_of=self.family_of,
            minutes=self.minutes,
            runs=self.runs[places],
            successes=self.successes[places],
            partial={(new[a], t): cell for (a, t), cell in self.partial.items() if a in new},
            periods=tuple(self.periods[place] for place in places),
            measure=self.measure,
            inputs=self.inputs,
            repairs=self.repairs,
        )
