"""Every benchmark runs, and what it asks of several ways to answer comes out alike.

No time is asserted: how fast a machine is says nothing about the code.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def quick(name: str) -> str:
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["calibration", "cold_start", "load_policy", "decide", "peers"])
def test_it_states_its_data_machine_and_versions(name: str) -> None:
    printed = quick(name)
    assert printed.startswith("data: ")
    assert "\nmachine: " in printed
    assert "\nversions: Python " in printed


def test_what_a_session_keeps_up_is_what_a_new_one_finds() -> None:
    sizes = [line.split()[:2] for line in quick("decide").splitlines()[5:]]
    assert sizes == [["10", "1,000"], ["100", "1,000"]]


def test_peers_give_the_same_answers() -> None:
    absent = [name for name in ("cedarpy", "reelay") if find_spec(name) is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}")
    assert "ifthen, cedarpy, reelay agree on every day" in quick("peers")


def test_stress_is_the_same_whoever_does_the_work() -> None:
    printed = quick("stress")
    assert printed.startswith("data: ")
    assert "the same result whoever does the work: True" in printed


def test_loading_records_runs() -> None:
    assert "facts/s" in quick("load_record")


def test_reading_logs_gives_what_inspect_gives() -> None:
    if find_spec("inspect_ai") is None:
        pytest.skip("not installed: inspect-ai")
    printed = quick("read_logs")
    assert printed.count("\nsame values; ") == 1
    assert "\ncolumns            120" in printed
