"""What ``docs/evidence.md`` shows of horizons, compute and forecasts is what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifthen.cli.app import app
from ifthen.evidence.compute.rnd import BASE, needed
from ifthen.evidence.horizon.checkpoint import LEAST_FAMILIES
from ifthen.evidence.horizon.estimate import LAMBDA, REPLICATES

PAGE = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def block(text: str, form: str) -> str:
    return re.findall(rf"^```{form}\n(.*?)^```$", text, re.S | re.M)[0]


def test_the_ledger_shown_gives_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = section("Effective compute")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.yaml").write_text(block(shown, "yaml"))
    result = CliRunner().invoke(app, ["evidence", "compute", "ledger.yaml", "--trigger", "4x"])
    assert result.stdout == block(shown, "text")
    assert result.exit_code == 0


def test_the_forecast_shown_is_what_is_printed() -> None:
    shown = section("Forecast and buffer")
    command = shlex.split(block(shown, ""))
    result = CliRunner().invoke(app, command[1:])
    assert result.stdout == block(shown, "text")


def test_the_arithmetic_of_two_years_in_one_is_that_of_the_code() -> None:
    shown = " ".join(section("Effective compute").split())
    for rising, words in (
        (("compute",), "compute alone to {0:.0f}x a year ({1:.2f} times its rate"),
        (("algorithms",), "algorithms alone to {0:.0f}x ({1:.2f})"),
        (("post-training",), "post-training alone to {0:.0f}x ({1:.2f})"),
        (("algorithms", "post-training"), "together to {0:.0f}x where they made 8.4x ({1:.2f})"),
        (tuple(BASE), "all three to twice their rate ({1:.2f})"),
    ):
        found = needed(1_225, rising)
        assert words.format(found.growth, found.faster) in shown


def test_the_defaults_are_those_of_the_code() -> None:
    shown = " ".join(section("Time horizons").split())
    assert f"{LAMBDA:g}".replace("e-05", "e-5") in shown
    assert f"counts drawn, {REPLICATES:,} times" in shown
    assert LEAST_FAMILIES == 6
    assert "fewer than six families" in shown
