"""The benchmark runs, and says on what. No time is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "horizon.py"


def test_it_runs_small() -> None:
    command = [sys.executable, str(BENCHMARK), "--quick", "--iterations", "25"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("data: ")
    assert "700 rows, 4 agents, 30 tasks" in done.stdout
    assert "all converged: True" in done.stdout
    assert "METR's method in a loop of our own" in done.stdout
