"""Tables of runs that are made up: a known curve per agent, families, tasks and runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

SHARED = Path(__file__).parents[4] / "shared" / "data" / "metr"
ABSENT = "the real runs (../shared/data/metr) are not here"


def rows(
    curves: Mapping[str, tuple[float, float]],
    *,
    families: int = 12,
    tasks: int = 3,
    runs: int = 4,
    seed: int = 0,
    family_spread: float = 0.0,
    task_spread: float = 0.0,
) -> list[dict[str, Any]]:
    """Runs whose chance is logistic in log2 minutes: horizon in minutes and slope, by agent."""
    rng = np.random.default_rng(seed)
    found = []
    for family in range(families):
        for task in range(tasks):
            minutes = float(np.round(2 ** rng.uniform(0, 11), 3))
            shift = rng.normal(0, family_spread) if task == 0 else shift  # noqa: F821
            hardness = shift + rng.normal(0, task_spread)
            for agent, (horizon, slope) in curves.items():
                z = slope * (np.log2(horizon) - np.log2(minutes)) + hardness
                for run in range(runs):
                    found.append(
                        row(
                            f"{agent}-{family}-{task}-{run}",
                            agent,
                            f"family{family}/task{task}",
                            minutes,
                            int(rng.random() < 1 / (1 + np.exp(-z))),
                        )
                    )
    return found


def row(run: str, agent: str, task: str, minutes: float, won: float, **more: Any) -> dict:
    return {
        "run_id": run,
        "alias": agent,
        "task_id": task,
        "task_family": task.partition("/")[0],
        "human_minutes": minutes,
        "score_binarized": won,
        **more,
    }


def write(path: Path, found: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return path
