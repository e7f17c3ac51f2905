"""``ifthen evidence horizon``: what it prints, writes and exits with."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_up_runs import row, rows, write

from ifthen.cli.app import app
from ifthen.evidence.horizon.checkpoint import duration

CURVES = {"weak": (5.0, 1.0), "middling": (240.0, 1.0), "strong": (8_000.0, 1.0)}
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, in a folder with runs; an exception that is no exit fails the test."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "runs.jsonl", rows(CURVES, families=40, runs=4))
    (tmp_path / "dates.yaml").write_text(
        "date:\n  weak: 2023-01-01\n  middling: 2024-01-01\n  strong: 2025-01-01\n"
    )

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["evidence", "horizon", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


QUICK = ("runs.jsonl", "--bootstrap", "200")


@pytest.mark.parametrize(("agent", "code"), [("weak", 0), ("middling", 3), ("strong", 1)])
def test_the_exit_code_is_the_checkpoints_answer(run: Run, agent: str, code: int) -> None:
    result = run(*QUICK, "--agent", agent, "--checkpoint")
    assert result.exit_code == code
    assert agent in result.output
    assert run(*QUICK, "--agent", agent).exit_code == 0


def test_several_agents_end_as_the_worst_of_them(run: Run) -> None:
    assert run(*QUICK, "--checkpoint").exit_code == 1
    assert run(*QUICK, "--checkpoint", "--agent", "weak", "--agent", "middling").exit_code == 3


def test_lines_fit_the_page(run: Run) -> None:
    result = run(*QUICK, "--checkpoint", "--released", "dates.yaml")
    assert max(map(len, result.output.splitlines())) <= 80
    assert "doubles every" in result.output


def test_json_holds_everything_and_is_strict(run: Run) -> None:
    result = run(*QUICK, "--checkpoint", "--released", "dates.yaml", "--seed", "4", "--json")
    found = json.loads(result.output, parse_constant=lambda text: pytest.fail(text))
    assert (found["seed"], found["bootstrap"], found["lambda"]) == (4, 200, 1e-5)
    assert [agent["agent"] for agent in found["agents"]] == ["middling", "strong", "weak"]
    assert {entry["answer"] for entry in found["checkpoint"]} == {
        "below",
        "cannot_rule_out",
        "crossed",
    }
    assert found["trend"]["doubling_days"]["low"] < found["trend"]["doubling_days"]["high"]
    assert len(found["inputs"][0]["digest"]) == len("sha256:") + 64


def test_another_version_of_the_table_is_compared(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "old.jsonl", rows({"middling": (4.0, 1.0)}, families=40, runs=4))
    options = ("--agent", "middling", "--versus", "old.jsonl")
    result = run(*QUICK, *options)
    assert result.exit_code == 3
    assert "It depends on the version of the data." in result.output
    found = json.loads(run(*QUICK, *options, "--json").output)["dependence"]
    assert [(each["agent"], each["depends_on"]) for each in found] == [("middling", "data")]
    assert len(found[0]["cases"]) == 4


class _Loaded(HTMLParser):
    """What a page would load, and what it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            v or "" for k, v in attrs if k in ("src", "href") and v not in ("data:,", "#picture")
        ]


@pytest.mark.parametrize("more", [(), ("--released", "dates.yaml", "--checkpoint")])
def test_the_page_needs_nothing_else(run: Run, tmp_path: Path, more: tuple[str, ...]) -> None:
    run(*QUICK, *more, "--html", "page.html")
    parser = _Loaded()
    text = (tmp_path / "page.html").read_text()
    parser.feed(text)
    assert parser.loads == []
    assert "script" not in parser.tags
    assert parser.tags.count("svg") == 1
    assert parser.tags.count("circle") == 3
    assert "nan" not in text.replace("finance", "")


def test_an_end_that_is_not_known_is_drawn_as_no_limit(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "runs.jsonl", [row(f"{n}", "a", f"f{n}/t", 9.0, 0) for n in range(3)])
    result = run("runs.jsonl", "--bootstrap", "50", "--html", "page.html", "--checkpoint")
    assert result.exit_code == 3
    assert "0 (0–not known)" in result.output
    text = (tmp_path / "page.html").read_text()
    (bar,) = re.findall(r'class="bar" x1="[\d.]+" x2="[\d.]+" y1="([\d.]+)" y2="([\d.]+)"', text)
    assert float(bar[0]) - float(bar[1]) > 300


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.0, "0"),
        (1e-9, "<0.01 s"),
        (0.5, "30 s"),
        (45.0, "45 min"),
        (480.0, "8 h"),
        (90_000.0, "1,500 h"),
        (1e300, ">1,000 years"),
        (math.inf, "no limit"),
        (math.nan, "not known"),
    ],
)
def test_lengths_are_written_for_people(minutes: float, said: str) -> None:
    assert duration(minutes) == said


def test_markup_in_names_is_shown_and_not_run(run: Run, tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    write(tmp_path / "runs.jsonl", [row("1", bad, "f/t", 5.0, 1), row("2", bad, "g/t", 9.0, 0)])
    run("runs.jsonl", "--bootstrap", "50", "--html", "page.html")
    assert "<script" not in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.jsonl",), "none.jsonl: error: there is no such file"),
        ((*QUICK, "--agent", "week"), "did you mean 'weak'?"),
        ((*QUICK, "--lambda", "-1"), "lambda is not below zero"),
        ((*QUICK, "--quantile", "1.5"), "a chance of success lies between 0 and 1"),
        ((*QUICK, "--level", "2"), "a level lies between 0 and 1"),
        ((*QUICK, "--bootstrap", "1"), "--bootstrap"),
        ((*QUICK, "--released", "dates.yaml", "--trend-from", "soon"), "write YYYY-MM-DD"),
        ((*QUICK, "--html", "no/such/folder.html"), "cannot be written"),
        ((*QUICK, "--jobs", "2", "--backend", "abacus"), "abacus"),
        (("dates.yaml",), "this line is not JSON"),
    ],
)
def test_bad_input_ends_with_2_and_says_what(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
