"""``ifthen evidence compute`` and ``forecast``: what they print, write and exit with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_compute_ledger import GOOD

from ifthen import load_record
from ifthen.cli.app import app

Run = Callable[..., Result]
REFERENCE = """\
reference:
  measure: loss
  source: scaling study
  runs:
    - {flop: 1e21, loss: 2.83}
    - {flop: 1e22, loss: 2.545}
    - {flop: 1e23, loss: 2.345}
    - {flop: 1e24, loss: 2.196}
    - {flop: 1e25, loss: 2.093}
    - {flop: 1e26, loss: 2.015}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command of the group, in a folder with a ledger."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.yaml").write_text(GOOD)

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["evidence", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.mark.parametrize(
    ("trigger", "code"), [("4x", 0), ("2x", 3), ("1.01x", 1), ("6", 0), ("1.5x", 3)]
)
def test_the_exit_code_is_the_triggers_answer(run: Run, trigger: str, code: int) -> None:
    assert run("compute", "ledger.yaml", "--trigger", trigger).exit_code == code


def test_it_says_how_far_how_surely_and_when(run: Run) -> None:
    output = run("compute", "ledger.yaml").output
    assert "is 1.73x (1.02x to 2.95x at 95 %) that of" in output
    assert "2x      cannot rule out: reached with 29.9 %" in output
    assert "cannot be ruled out from 2025-06-25" in output
    assert max(map(len, output.splitlines())) <= 80


def test_json_is_strict_and_whole(run: Run) -> None:
    result = run("compute", "ledger.yaml", "--json", "--rnd", "compute=3.6..4.9")
    found = json.loads(result.output, parse_constant=lambda text: pytest.fail(text))
    assert found["growth"]["ratio"]["value"] == pytest.approx(1.7333, rel=1e-4)
    assert [mark["factor"] for mark in found["growth"]["triggers"]] == [2, 4, 6]
    assert found["measured"] is None
    assert found["rnd"]["answer"] == "below"


def test_a_reference_family_measures_too_and_the_worse_answer_decides(
    run: Run, tmp_path: Path
) -> None:
    text = GOOD.replace("    assessed: true", "    assessed: true\n    loss: 2.09")
    (tmp_path / "ledger.yaml").write_text(text + "    loss: 2.0\n" + REFERENCE)
    result = run("compute", "ledger.yaml")
    assert "As the loss of the reference family shows it" in result.output
    assert result.exit_code == 1
    measured = json.loads(run("compute", "ledger.yaml", "--json").output)["measured"]
    assert measured["ratio"]["low"] > 4


def test_a_ratio_is_filed_as_a_fact_that_a_record_accepts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_text('{"record": "Example Lab"}\n')
    assert run("compute", "ledger.yaml", "--file", "record.jsonl").exit_code == 0
    assert "Filed before" in run("compute", "ledger.yaml", "--file", "record.jsonl").output
    (fact,) = load_record(tmp_path / "record.jsonl").facts
    assert (fact.kind, fact.models) == ("training_progress", ("example-2",))
    values = fact.attributes["values"]
    assert [entry["measure"] for entry in values] == ["effective_compute_ratio", "evidence"]


def test_a_ratio_that_lacks_a_multiplier_is_not_filed_as_effective(
    run: Run, tmp_path: Path
) -> None:
    lacking = GOOD.replace("    algorithms: {value: 1.3, times: 1.2}\n", "")
    (tmp_path / "ledger.yaml").write_text(lacking)
    (tmp_path / "record.jsonl").write_text('{"record": "Example Lab"}\n')
    assert run("compute", "ledger.yaml", "--file", "record.jsonl").exit_code == 3
    (fact,) = load_record(tmp_path / "record.jsonl").facts
    assert fact.attributes["values"][0]["measure"] == "effective_ratio"


def test_the_ai_rnd_limb_shows_its_arithmetic(run: Run) -> None:
    result = run("compute", "--rnd", "algorithms=2.8..2.8")
    assert result.exit_code == 0
    assert "algorithms and post-training: 292x a year, 2.67 times the rate" in result.output
    fast = run("compute", "--rnd", "algorithms=10..60", "--rnd", "post-training=2..20")
    assert fast.exit_code == 3


@pytest.mark.parametrize(
    "command",
    [
        ("compute", "ledger.yaml"),
        ("forecast", "--every", "6 months", "--buffer", "6x", "--futures", "2000"),
    ],
)
def test_pages_need_nothing_else(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    run(*command, "--html", "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "<svg" in text
    assert "http" not in text.replace("http-equiv", "")
    assert "nan" not in text


FORECAST = ("forecast", "--futures", "4000", "--every", "3 months", "--growth", "4x")


@pytest.mark.parametrize(("buffer", "code"), [("30x", 0), ("6x", 3), ("1.5x", 3)])
def test_the_exit_code_of_a_forecast_is_about_its_buffer(run: Run, buffer: str, code: int) -> None:
    assert run(*FORECAST, "--buffer", buffer).exit_code == code
    assert run(*FORECAST).exit_code == 0


def test_a_forecast_says_its_assumptions_and_its_error(run: Run) -> None:
    output = run(*FORECAST, "--not-counted", "post-training", "--poll", "2 weeks").output
    assert "post-training 1.5x to 6x a year in 4 jumps a year, not counted" in output
    assert "noticed within 14 days" in output
    assert "4,000 futures, seed 0" in output
    assert max(map(len, output.splitlines())) <= 80


def test_a_horizon_can_be_what_grows(run: Run) -> None:
    found = json.loads(
        run("forecast", "--every", "6 months", "--doubling", "105..157", "--json").output
    )
    assert [each["name"] for each in found["growth"]] == ["time horizon"]
    assert found["answer"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compute",), "there is nothing to judge"),
        (("compute", "none.yaml"), "there is no such file"),
        (("compute", "ledger.yaml", "--trigger", "much"), "'much' is not a factor"),
        (("compute", "ledger.yaml", "--model", "exampel-1"), "did you mean 'example-1'?"),
        (("compute", "ledger.yaml", "--model", "example-1"), "is marked assessed"),
        (("compute", "ledger.yaml", "--level", "95"), "a level lies between 0 and 1"),
        (("compute", "--rnd", "chips=2..3"), "there is no factor 'chips'"),
        (("compute", "--rnd", "compute"), "write compute=3.6..4.9"),
        (("compute", "--rnd", "compute=5..4"), "runs downwards"),
        (("compute", "--rnd", "compute=3..4", "--html", "x.html"), "no ledger to draw"),
        (("forecast",), "a cadence needs a time, a growth, or both"),
        (("forecast", "--every", "soon"), "'soon' is not a length of time"),
        (("forecast", "--every", "1 month", "--lumps", "chips=2"), "nothing grows that is called"),
        (("forecast", "--every", "1 month", "--growth", "0.5x"), "more than 1x"),
        (("forecast", "--every", "1 month", "--tolerated", "0"), "a share lies between 0 and 1"),
        (("forecast", "--every", "1 month", "--factor", "x=2..3", "--doubling", "1..2"), "itself"),
    ],
)
def test_bad_input_ends_with_2_and_says_what(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.split())
    assert "Traceback" not in result.output
