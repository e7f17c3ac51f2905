"""Policies side by side: what each demands of the same facts, and what each requires."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ifthen import compare, load_policy, parse_record
from ifthen.cli.app import app
from ifthen.policy.source import Source
from ifthen.review.compare import Comparison
from ifthen.review.requirements import Clock, NotComparable, requirements, shorter
from ifthen.ruling.finding import when

SIDES = Path(__file__).parent / "sides"
ONE, OTHER = (load_policy(SIDES / f"{name}.yaml") for name in ("one", "other"))
RECORD = """
record: Example Lab
facts:
  - {id: f1, date: 2025-01-01, kind: training_started, model: m}
  - {id: f2, date: 2025-01-10, kind: assessment_completed, model: m, effective_compute: 1e25}
  - {id: f5, date: 2025-01-11, kind: threshold_decision, model: m, findings: {bio: crossed}}
  - id: f3
    date: 2025-03-01
    kind: incident
    discovered: 2025-03-01
    determined: 2025-03-03T12:00:00Z
    imminent: false
  - {id: f4, date: 2025-03-02, kind: model_released, model: m}
"""


def compared(at: str = "2025-04-01") -> Comparison:
    record = parse_record(Source("record.yaml", RECORD))
    return compare([ONE, OTHER], record, at)


def statuses(comparison: Comparison) -> dict[str, list[str | None]]:
    return {family: [cell.status for cell in cells] for family, cells in comparison.rows}


def test_each_policy_rules_the_same_facts_on_its_own() -> None:
    assert statuses(compared()) == {
        "cadence": ["pending", "missed"],
        "thresholds": ["dormant", None],
        "deployment-gate": ["violated", None],
        "security": ["dormant", None],
        "incident": ["breached", "breached"],
    }


def test_one_fact_starts_every_clock_and_the_first_to_end_binds() -> None:
    (clocks,) = compared("2025-03-04").clocks
    dates = [
        (limit.finding.clause, when(limit.finding.outcome.due, latest=True))
        for limit in clocks.limits
    ]
    assert clocks.fact == "f3"
    assert dates == [
        ("other/framework@2#tell", "2025-03-06T12:00:00Z"),
        ("one/safety@1#report", "2025-03-16"),
    ]
    assert [limit.finding.clause for limit in clocks.binding] == ["other/framework@2#tell"]


def test_requirements_keep_force_clocks_numbers_and_open_words() -> None:
    table = requirements(ONE)
    (assess,) = table["cadence"]
    assert [str(clock) for clock in assess.clocks] == [
        "3 months from the last assessment_completed"
    ]
    assert assess.numbers == ("growth >= 4x",)
    report, fix = table["incident"]
    assert [str(clock) for clock in report.clocks] == ["15 days from discovered"]
    assert [(word.phrase, word.literal, word.charitable) for word in fix.words] == [
        ("promptly", "any", "at most 1 week")
    ]
    (bio,) = table["thresholds"]
    assert (bio.kind, bio.numbers) == ("threshold", ("uplift 2", "requires hardened"))
    assert [one.title for one in table["security"]] == ["Hardened security"]


def clock(length: str, anchor: str = "discovered") -> Clock:
    from ifthen.dates import parse_duration

    return Clock(length, anchor, parse_duration(length))


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [
        ("15 days", "10 days", "10 days"),
        ("72 hours", "2 days", "2 days"),
        ("1 month", "4 weeks", None),
        ("1 month", "5 weeks", "1 month"),
        ("2 months", "2 months", ""),
        ("5 business-days(eu)", "10 business-days(eu)", "5 business-days(eu)"),
        ("5 business-days(eu)", "15 days", None),
    ],
)
def test_clocks_of_one_anchor_are_compared_where_the_calendar_allows(
    one: str, other: str, first: str | None
) -> None:
    if first is None:
        with pytest.raises(NotComparable, match="depends on the calendar"):
            shorter(clock(one), clock(other))
        return
    found = shorter(clock(one), clock(other))
    assert (found.length if found else "") == first


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def record(tmp_path: Path) -> str:
    path = tmp_path / "record.yaml"
    path.write_text(RECORD, encoding="utf-8")
    return str(path)


ONE_FILE, OTHER_FILE = str(SIDES / "one.yaml"), str(SIDES / "other.yaml")


def test_the_command_takes_several_policies_after_one_option(record: str) -> None:
    arguments = (record, "--policies", ONE_FILE, OTHER_FILE, "--at", "2025-04-01")
    told = json.loads(run("compare", *arguments, "--json").stdout)
    assert told == json.loads(json.dumps(compared().as_json()))
    assert told["policies"] == ["one/safety@1", "other/framework@2"]
    text = run("compare", *arguments).stdout
    assert "Deployment gate" in text
    assert "says nothing of this kind" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_matrix_needs_no_record() -> None:
    told = json.loads(run("compare", "--matrix", "--policies", ONE_FILE, "--json").stdout)
    assert [table["policy"] for table in told] == ["one/safety@1"]
    assert told[0]["families"]["incident"][0]["clocks"] == [
        {"length": "15 days", "way": "from", "anchor": "discovered"}
    ]
    text = run("compare", "--matrix", "--policies", ONE_FILE, OTHER_FILE).stdout
    assert "15 days from discovered" in text


@pytest.mark.parametrize("form", ["record", "matrix"])
def test_the_page_is_whole_and_loads_nothing(form: str, record: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    chosen = (record, "--at", "2025-04-01") if form == "record" else ("--matrix",)
    run("compare", *chosen, "--html", str(page), "--policies", ONE_FILE, OTHER_FILE)
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "script-src 'none'" in html
    assert "Report an incident within fifteen days of discovery" in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html, target


def test_clocks_with_different_anchors_are_not_compared_as_numbers() -> None:
    result = run("compare", "--clocks", f"{ONE_FILE}#report", f"{OTHER_FILE}#tell")
    assert result.exit_code == 2
    assert "one counts from discovered, the other from determined" in result.stderr
    assert "ifthen compare RECORD --policies" in result.stderr


def test_clocks_with_one_anchor_are() -> None:
    arguments = ("compare", "--clocks", f"{ONE_FILE}#report", f"{OTHER_FILE}#tell-soon")
    result = run(*arguments, "--json")
    assert json.loads(result.stdout)["shorter"] == f"{OTHER_FILE}#tell-soon"
    assert "Shorter: " in run(*arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no record is given"),
        (("--matrix", "record.yaml"), "takes no record"),
        (("record.yaml", "--clocks", "a#b", "c#d"), "compares two clauses alone"),
        (("--clocks", "nothing", "a#b"), "names no clause"),
        (("--clocks", f"{ONE_FILE}#reprot", f"{ONE_FILE}#fix"), "did you mean"),
        (("--clocks", f"{ONE_FILE}#gate", f"{ONE_FILE}#fix"), "does not set exactly one clock"),
        (("--clocks", f"{ONE_FILE}#fix", f"{ONE_FILE}#fix"), "sets no length of time"),
        (("nowhere.yaml", "--policies", ONE_FILE), "there is no such file"),
        (("--matrix", "--policies", "anthropic/rsp@9"), "there is no such policy"),
        (("--matrix", "--policies"), "requires an argument"),
    ],
)
def test_bad_input_ends_with_2_and_says_why(arguments: tuple[str, ...], message: str) -> None:
    result = run("compare", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
