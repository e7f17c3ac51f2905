"""Which way clauses of made-up policies went, through ``ifthen review diff``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ifthen.cli.app import app

FRAME = """
policy: example/policy@{version}
title: A policy
effective: 2025-01-01
source: "Example"
rows: []
month_end: down
terms:
  promptly:
    {{phrase: promptly, type: duration, literal: any, charitable: at most {days} days, source: s.1}}
readings:
  anchor: {{phrase: every so often, options: {{start: from starts, end: from ends}}, source: s.1}}
thresholds:
  low: {{title: Low, text: First., source: s.1, requires: [guard]}}
  high: {{title: High, text: Second., source: s.1, requires: [wall], above: [low]}}
standards:
  guard: {{title: Guard, text: Guarded., source: s.1}}
  wall: {{title: Wall, text: Walled., source: s.1, includes: [guard]}}
roles:
  ceo: {{title: CEO}}
  rso: {{title: RSO}}
  board: {{title: Board}}
clauses:
{clauses}
"""


def text(clauses: Mapping[str, str], version: int, days: int = 9) -> str:
    """A policy with some clauses, each as the lines after its title."""
    written = []
    for name, body in clauses.items():
        lines = [f"id: {name}", f"title: {name}", "source: s.1", *body.strip().split("\n")]
        written.append("  - " + "\n    ".join(lines))
    return FRAME.format(version=version, days=days, clauses="\n".join(written))


def diff(
    old: Mapping[str, str], new: Mapping[str, str], *more: str, days: tuple[int, int] = (9, 9)
) -> dict[str, Any]:
    """The diff of two policies, by the command line."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for version, (clauses, most) in enumerate(zip((old, new), days, strict=True), start=1):
            path = Path(folder, f"{version}.yaml")
            path.write_text(text(clauses, version, most), encoding="utf-8")
            paths.append(str(path))
        result = CliRunner().invoke(app, ["review", "diff", *paths, "--json", *more])
    assert (result.exit_code, result.stderr) == (0, ""), result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def clause(found: dict[str, Any], name: str = "one") -> dict[str, Any]:
    (entry,) = (e for e in found["entries"] if e["part"] == "clause" and name in (e["old"],))
    return dict(entry)


def answers(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["ways"]["weaker"]["answer"], entry["ways"]["stronger"]["answer"]


# --- loosened bounds --------------------------------------------------------------------------

CADENCE = "kind: cadence\nfor_each: model\ndo: evaluation_result\nevery: {} days"
WITHIN = "kind: whenever\nwhen: incident\nthen: drill_held\nwithin: {} days"
GRACE = (
    "kind: maintain\nfor_each: model\nwhile: running(deploy)\nkeep: in_place(guard)\ngrace: {} days"
)
HELD = "kind: forbid\nfor_each: model\naction: deploy\nunless: in_place(guard)\ngrace: {} days"
PRICE = (
    "kind: power\nby: [board]\nexercised: power_exercised\n"
    "price: {{then: published, within: {} days}}"
)
SINCE = (
    "kind: whenever\nfor_each: model\nwhen: model_released\n"
    "require: since(evaluation_result) < {} days"
)


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from([CADENCE, WITHIN, GRACE, HELD, PRICE, SINCE]),
    st.integers(2, 40),
    st.integers(1, 40),
)
def test_a_looser_bound_is_weaker_and_shown(shape: str, least: int, more: int) -> None:
    tight, loose = {"one": shape.format(least)}, {"one": shape.format(least + more)}
    there, back = clause(diff(tight, loose)), clause(diff(loose, tight))
    assert (there["outcome"], back["outcome"]) == ("weakened", "strengthened")
    assert (answers(there), answers(back)) == (("yes", "no"), ("no", "yes"))
    (witness,) = there["witnesses"]
    assert witness["offends"] == "old"
    assert [w["offends"] for w in back["witnesses"]] == ["new"]


# --- pairs that no structure compares ---------------------------------------------------------

GATE = "kind: forbid\nfor_each: model\naction: deploy\nunless: {}"
PAIRS = {
    "another kind of clause": (
        "kind: whenever\nfor_each: model\nwhen: model_released[stage!=internal]\n"
        "require: in_place(guard)",
        GATE.format("in_place(guard)"),
        ("no", "yes"),  # a hold binds as long as the model is out
    ),
    "two conditions in place of one": (
        GATE.format("did(drill_held)"),
        GATE.format("did(drill_held) and (in_place(guard) or did(bug_bounty))"),
        ("no", "yes"),
    ),
    "what one standard includes": (
        GATE.format("in_place(guard) and in_place(wall)"),
        GATE.format("in_place(wall)"),
        ("no", "no"),
    ),
    "what one threshold implies": (
        GATE.format("status(low) = below and status(high) = below"),
        GATE.format("status(low) = below"),
        ("no", "no"),
    ),
    "each in its way": (
        GATE.format("did(drill_held)"),
        GATE.format("did(bug_bounty)"),
        ("yes", "yes"),
    ),
    "a clock from another event": (
        "kind: cadence\nfor_each: model\ndo: assessment_started\nevery: 20 days",
        "kind: cadence\nfor_each: model\ndo: assessment_completed\nevery: 20 days",
        ("yes", "yes"),
    ),
    "months and days": (
        "kind: whenever\nwhen: incident\nthen: drill_held\nwithin: 3 months",
        "kind: whenever\nwhen: incident\nthen: drill_held\nwithin: 88 days",
        ("no", "yes"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_records_tell_what_structure_does_not(name: str) -> None:
    old, new, expected = PAIRS[name]
    there, back = clause(diff({"one": old}, {"one": new})), clause(diff({"one": new}, {"one": old}))
    assert answers(there) == expected
    assert answers(back) == expected[::-1]
    for entry in (there, back):
        for way in entry["ways"].values():
            assert way["by"] is not None
            assert way["events"] == (3 if way["by"] == "bounded" else None)
        shown = {w["offends"] for w in entry["witnesses"]}
        assert shown == {
            s for s, a in zip(("old", "new"), answers(entry), strict=True) if a == "yes"
        }


def test_no_answer_is_given_where_so_few_events_decide_nothing() -> None:
    three = "did(drill_held) and did(bug_bounty) and did(external_review)"
    once = f"kind: whenever\nfor_each: model\nwhen: model_released\nrequire: {three}"
    held = GATE.format(three)
    few = clause(diff({"one": held}, {"one": once}, "--events", "1"))
    assert few["ways"]["weaker"]["why"].startswith("1 event is too few to keep the new version")
    enough = clause(diff({"one": held}, {"one": once}, "--events", "4"))
    assert (answers(enough)[0], enough["ways"]["weaker"]["events"]) == ("no", 4)


# --- how words are taken ----------------------------------------------------------------------

PROMPTLY = "kind: whenever\nwhen: incident\n{}then: drill_held\nwithin: promptly"


def test_where_the_words_bind_nobody_a_charitable_reader_is_asked() -> None:
    old, new = PROMPTLY.format(""), PROMPTLY.format("if: did(bug_bounty)\n")
    entry = clause(diff({"one": old}, {"one": new}))
    assert entry["meaning"] in ("literal", "charitable")
    assert entry["outcome"] == "weakened"
    swapped = PROMPTLY.format("if: did(forecast)\n")
    entry = clause(diff({"one": new}, {"one": swapped}))
    assert (entry["meaning"], answers(entry)) == ("charitable", ("yes", "yes"))


def test_a_duty_without_a_deadline_is_compared_as_if_it_had_one() -> None:
    duty = "kind: whenever\nwhen: incident\nif: {}\nthen: drill_held"
    entry = clause(
        diff({"one": duty.format("did(bug_bounty)")}, {"one": duty.format("did(forecast)")})
    )
    assert (entry["meaning"], answers(entry)) == ("due", ("yes", "yes"))


def test_charitable_words_may_say_otherwise() -> None:
    fixed = "kind: whenever\nwhen: incident\nthen: drill_held\nwithin: 9 days"
    entry = clause(diff({"one": fixed}, {"one": PROMPTLY.format("")}, days=(5, 5)))
    assert (entry["outcome"], entry["meaning"]) == ("weakened", "literal")
    assert entry["charitable"]["weaker"]["answer"] == "no"
    assert entry["charitable"]["stronger"]["answer"] == "yes"


def test_a_text_with_two_parses_leaves_it_open_where_they_differ() -> None:
    old = (
        "kind: cadence\nfor_each: model\nevery: 20 days\n"
        "do: {reading: anchor, start: assessment_started, end: assessment_completed}"
    )
    new = "kind: cadence\nfor_each: model\nevery: 20 days\ndo: assessment_completed"
    way = clause(diff({"one": old}, {"one": new}))["ways"]["weaker"]
    assert (way["answer"], way["why"]) == (
        "open",
        "it does by one parse of the text and not by another",
    )


def test_a_day_that_facts_state_is_never_called_the_same() -> None:
    covers = "kind: whenever\nfor_each: model\nwhen: risk_report\nrequire: >-\n  {}"
    old = covers.format("not did(model_released)")
    new = covers.format(
        "not (did(model_released) and between(last(model_released).date, this.coverage_date)"
        " >= 0 days)"
    )
    # A release after the day that the report covers offends against the old text alone, and no
    # record in which a report covers its own day can show it.
    entry = clause(diff({"one": old}, {"one": new}))
    assert (entry["outcome"], answers(entry)) == ("weakened", ("yes", "no"))
    # Nor may the question be closed where structure does not answer it.
    other = covers.format("not did(model_released) or did(drill_held)")
    way = clause(diff({"one": other}, {"one": new}))["ways"]["weaker"]
    assert way["answer"] != "no"


# --- the whole policy -------------------------------------------------------------------------


def test_what_is_gone_may_still_be_kept_by_another_clause() -> None:
    gate, more = GATE.format("in_place(guard)"), GATE.format("in_place(guard) and did(drill_held)")
    report = WITHIN.format(9).replace("drill_held", "government_notice")
    kept = clause(diff({"one": gate, "two": more, "six": report}, {"two": more}, "--whole"))
    assert kept["outcome"] == "removed"
    assert (kept["whole"]["answer"], kept["whole"]["by"]) == ("no", "bounded")
    assert kept["whole"]["rests_on"] == ["two"]


def test_what_is_lost_is_shown_by_a_record_that_breaks_nothing_else() -> None:
    gate = GATE.format("in_place(guard)")
    notice = (
        "kind: whenever\nfor_each: model\nwhen: model_released\n"
        "then: government_notice[direction=to]\nwithin: 9 days"
    )
    found = diff({"one": gate, "two": notice}, {"two": notice}, "--whole")
    lost = clause(found)["whole"]
    assert (lost["answer"], lost["by"]) == ("yes", "record")
    assert lost["witness"]["old"] == "violated"
    kinds = {fact["kind"] for fact in lost["witness"]["facts"]}
    assert "model_released" in kinds
    assert clause(found, "two")["whole"] is None


def test_the_whole_cannot_be_asked_about_without_events() -> None:
    result = CliRunner().invoke(
        app,
        ["review", "diff", "anthropic/rsp@2.1", "anthropic/rsp@2.2", "--whole", "--events", "0"],
    )
    assert (result.exit_code, result.stdout) == (2, "")


# --- what people read -------------------------------------------------------------------------

SAYS = {
    "proved": ["weaker yes, proved; by", "stronger no, proved", "whole lost: by"],
    "shown": ["shown by a record; stronger in one way, weaker in another", "is released."],
    "bounded": [
        "weaker no, on records of up to 3 events",
        "without a difference on records of a few",
    ],
    "as-due": ["as if both were due within 30 days: neither has a deadline"],
    "charitable": ["for a charitable reader: by the words alone neither can be broken"],
    "by-parse": ["weaker undetermined: it does by one parse of the text and not by another"],
    "gone": ["whole lost: by", "breaks no commitment in all of the new:"],
}


def test_the_text_says_how_each_direction_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    duty = "kind: whenever\nwhen: incident\nif: {}\nthen: drill_held"
    two = "{reading: anchor, start: assessment_started, end: assessment_completed}"
    cadence = "kind: cadence\nfor_each: model\nevery: 20 days\ndo: {}"
    old = {
        "proved": WITHIN.format(3),
        "shown": GATE.format("did(drill_held)"),
        "bounded": GATE.format("in_place(guard) and in_place(wall)"),
        "as-due": duty.format("did(bug_bounty)"),
        "charitable": PROMPTLY.format("if: did(forecast)\n"),
        "by-parse": cadence.format(two),
        "gone": GATE.format("did(external_review)"),
    }
    new = {
        "proved": WITHIN.format(5),
        "shown": GATE.format("did(bug_bounty)"),
        "bounded": GATE.format("in_place(wall)"),
        "as-due": duty.format("did(forecast)"),
        "charitable": PROMPTLY.format("if: did(bug_bounty)\n"),
        "by-parse": cadence.format("assessment_completed"),
    }
    Path("old.yaml").write_text(text(old, 1), encoding="utf-8")
    Path("new.yaml").write_text(text(new, 2), encoding="utf-8")
    arguments = ["review", "diff", "old.yaml", "new.yaml", "--whole", "--html", "page.html"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    parts = " ".join(result.stdout.split()).split(" clause ")
    told = {part.partition(":")[0]: part for part in parts[1:]}
    page = Path("page.html").read_text(encoding="utf-8")
    for name, lines in SAYS.items():
        for line in lines:
            assert line in told[name], (name, told[name])
    assert page.count("<dt>weaker</dt>") == 6
    assert page.count("<dt>whole</dt>") == 5
    assert "Of the 6 that both versions have: 1 proved by structure" in " ".join(
        result.stdout.split()
    )
