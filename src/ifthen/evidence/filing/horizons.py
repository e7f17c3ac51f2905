"""``horizon``: an agent's time horizon, and where it stands against the autonomy checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.evidence.filing.work import Outcome, cleaned
from ifthen.evidence.horizon.checkpoint import checkpoint
from ifthen.evidence.horizon.estimate import Horizons, time_horizons
from ifthen.evidence.horizon.runs import read_runs


def horizon(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Find the horizon of one agent.

    Args:
        locations: the files of runs.
        parameters: as ``parameters_of`` gives them.

    Raises:
        InputError: the runs cannot be used.
        ValueError: a parameter is out of its range.
    """
    agent = parameters["agent"]
    table = read_runs(*locations, measure=parameters["measure"])
    horizons = time_horizons(
        table,
        ridge=parameters["lambda"],
        weighting=parameters["weighting"],
        quantiles=[float(chance) for chance in parameters["chances"]],
        replicates=parameters["bootstrap"],
        seed=parameters["seed"],
        level=parameters["level"],
    )
    return outcome_of(horizons, agent)


def outcome_of(horizons: Horizons, agent: str) -> Outcome:
    """The horizons of one agent as what a fact says of them.

    Raises:
        KeyError: there is no such agent, or its 50 % horizon was not asked for.
    """
    judged = checkpoint(horizons, agent)
    found = horizons.of(agent)
    measures = [
        cleaned(
            {
                "measure": f"time_horizon_{chance * 100:g}",
                "unit": "minutes",
                "value": interval.value,
                "low": interval.low,
                "high": interval.high,
                "level": interval.level,
                "n": found.tasks,
                "attempts": found.runs,
            }
        )
        for chance, interval in found.intervals
    ]
    return Outcome(tuple(measures), judged.says, judged.answer)


def parameters_of(horizons: Horizons, agent: str) -> dict[str, Any]:
    """The parameters with which ``horizon`` finds the same again."""
    return {
        "agent": agent,
        "measure": horizons.measure,
        "lambda": horizons.ridge,
        "weighting": horizons.weighting,
        "chances": list(horizons.quantiles),
        "bootstrap": horizons.replicates,
        "seed": horizons.seed,
        "level": horizons.level,
    }
