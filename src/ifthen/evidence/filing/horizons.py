"""``horizon``: an agent's time horizon, and where it stands against the autonomy checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.evidence.filing.work import Outcome, Work, cleaned, versions
from ifthen.evidence.horizon.checkpoint import checkpoint
from ifthen.evidence.horizon.estimate import Horizons, time_horizons
from ifthen.evidence.horizon.runs_file import read_runs


def horizon(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Find the horizon of one agent.

    Args:
        locations: the files of runs.
        parameters: as ``work_of`` gives them.

    Raises:
        InputError: the runs cannot be used.
        ValueError: a parameter is out of its range.
    """
    agent = parameters["agent"]
    table = read_runs(*locations, measure=parameters["measure"])
    only = parameters.get("agents") or table.agents
    if not {agent, *only} <= set(table.agents):
        raise ValueError(f"the runs do not have all of {', '.join(dict.fromkeys((agent, *only)))}")
    table = table.only(only)
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


def work_of(horizons: Horizons, agent: str, only: Sequence[str] = ()) -> Work:
    """The horizon of one agent with what it takes to find it again.

    Args:
        horizons: as they were found.
        agent: the one in question.
        only: the agents that were kept of the table; all of them where none is named.
    """
    parameters = {
        "agent": agent,
        "agents": list(only) or None,
        "measure": horizons.measure,
        "lambda": horizons.ridge,
        "weighting": horizons.weighting,
        "chances": list(horizons.quantiles),
        "bootstrap": horizons.replicates,
        "seed": horizons.seed,
        "level": horizons.level,
    }
    outcome = outcome_of(horizons, agent)
    return Work("horizon", cleaned(parameters), horizons.inputs, versions(), outcome)
