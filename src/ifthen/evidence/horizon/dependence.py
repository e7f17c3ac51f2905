"""Whether a decision hangs on a choice of method or on a correction of the data.

METR's table was corrected in February 2025 (359 runs were another model's) and its penalty in March
2026. A decision that any of this would change must say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.evidence.finding import Answer
from ifthen.evidence.horizon.estimate import Horizons, time_horizons
from ifthen.evidence.horizon.runs import RunTable
from ifthen.evidence.interval import Interval, together

DependsOn: TypeAlias = Literal["neither", "lambda", "data", "both"]


@dataclass(frozen=True, slots=True)
class Case:
    """What one version of the data and one lambda give."""

    data: str
    ridge: float
    horizon: Interval
    """At the first of the chances asked for."""
    answer: Answer


@dataclass(frozen=True, slots=True)
class Dependence:
    """What a decision about one agent depends on."""

    agent: str
    depends_on: DependsOn
    """``lambda`` where, for some version of the data, the answer changes with lambda; ``data``
    where, for some lambda, it changes with the version; ``both``, ``neither``."""
    answer: Answer
    """The answer of every case where they agree, else that it cannot be ruled out."""
    cases: tuple[Case, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "agent": self.agent,
            "depends_on": self.depends_on,
            "answer": self.answer,
            "cases": [
                {
                    "data": case.data,
                    "lambda": case.ridge,
                    "horizon": {"unit": "minutes", **case.horizon.as_json()},
                    "answer": case.answer,
                }
                for case in self.cases
            ],
        }


def dependence(
    tables: Mapping[str, RunTable],
    ridges: Sequence[float],
    agent: str,
    decide: Callable[[Horizons, str], Answer],
    **options: Any,
) -> Dependence:
    """Decide under every version of the data and every lambda, and say what makes a difference.

    Args:
        tables: versions of the data, by name.
        ridges: the values of lambda to try.
        agent: whom the decision is about.
        decide: the decision, from horizons and the agent.
        options: of ``time_horizons``; the seed is the same for every case.

    Raises:
        KeyError: a version of the data lacks the agent.
        ValueError: nothing to compare.
    """
    if not tables or not ridges:
        raise ValueError("a comparison needs a table and a lambda")
    cases = []
    for name, table in tables.items():
        for ridge in ridges:
            horizons = time_horizons(table, ridge=ridge, **options)
            first = horizons.of(agent).intervals[0][1]
            cases.append(Case(name, ridge, first, decide(horizons, agent)))
    answers = {(case.data, case.ridge): case.answer for case in cases}
    by_ridge = any(len({answers[name, ridge] for ridge in ridges}) > 1 for name in tables)
    by_data = any(len({answers[name, ridge] for name in tables}) > 1 for ridge in ridges)
    names: dict[tuple[bool, bool], DependsOn] = {
        (False, False): "neither",
        (True, False): "lambda",
        (False, True): "data",
        (True, True): "both",
    }
    return Dependence(
        agent,
        names[by_ridge, by_data],
        together(tuple(answers.values())),
        tuple(cases),
    )
