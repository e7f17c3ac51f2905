"""The search on encoded policies; every witness is ruled again, from its JSON, under the policy."""

import json
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ifthen import InputError, Source, load_policy, parse_policy, parse_record, rule
from ifthen.cli.app import app
from ifthen.cli.review.loopholes import _workers
from ifthen.ruling.finding import FAULTS


def asked(*arguments: str) -> tuple[Any, int]:
    result = CliRunner().invoke(app, ["review", "loopholes", *arguments, "--json"])
    return (json.loads(result.stdout) if result.exit_code != 2 else result.output), result.exit_code


def harm(policy: str, name: str, *more: str) -> dict[str, Any]:
    ((study,), _) = asked(policy, "--harm", name, "--start", "assessed", *more)
    return study["harms"][0]


def stretches(found: dict[str, Any]) -> list[set[str]]:
    return [{one["name"] for one in each["stretches"]} for each in found["blame"]["sets"]]


def test_routine_checks_every_two_months_leave_a_gap() -> None:
    found = harm("anthropic/rsp@2.0", "stale", "--events", "3")
    assert found["verdict"] == "open"
    assert found["literal"]["events"] == 0
    assert found["charitable"]["events"] == 3
    assert stretches(found) == [set()]
    preliminary = [
        fact
        for fact in found["charitable"]["timeline"]["facts"]
        if fact["part"] == "chosen" and fact["kind"] == "assessment_completed"
    ]
    assert [fact["assessment"] for fact in preliminary] == ["preliminary"] * 3


def test_a_gap_needs_the_start_to_be_meant_or_else_nothing_is_found() -> None:
    found = harm("anthropic/rsp@1.0", "stale", "--events", "7", "--stretches", "1")
    assert found["verdict"] == "stretched"
    assert found["charitable"]["status"] == "none"
    assert found["charitable"]["span_days"] >= found["charitable"]["need_days"]
    assert stretches(found) == [{"interval-anchor"}]
    assert found["blame"]["sets"][0]["timeline"]["readings"] == {"interval-anchor": "start"}


def test_growth_in_training_passes_a_buffer_that_is_not_kept() -> None:
    found = harm("anthropic/rsp@1.0", "deployed", "--events", "3", "--stretches", "1")
    assert {"margin"} in stretches(found)


def test_too_few_events_are_no_answer() -> None:
    found = harm("anthropic/rsp@1.0", "stale", "--events", "1", "--stretches", "0")
    assert found["charitable"]["status"] == "undetermined"
    assert "the harm needs 191" in found["charitable"]["why"]


def test_an_aim_binds_nothing() -> None:
    found = harm("deepmind/fsf@1.0", "deployed", "--events", "3", "--margin", "2x")
    assert found["literal"]["status"] == "found"
    sets = stretches(harm("deepmind/fsf@1.0", "stale", "--events", "1"))
    assert sets == [set()]  # an interval in compute alone is no interval in time


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        ("anthropic/rsp@2.0", "untold"),
        ("anthropic/rsp@2.0", "exit-unpaid"),
        ("openai/preparedness@beta", "untold"),
        ("deepmind/fsf@1.0", "deployed"),
    ],
)
def test_every_witness_breaks_nothing_when_it_is_ruled_again(policy: str, name: str) -> None:
    found = harm(policy, name, "--events", "4")
    shown = found["charitable"]["timeline"] or found["literal"]["timeline"]
    facts = [
        {key: value for key, value in fact.items() if key not in ("part", "hidden")}
        for fact in shown["facts"]
        if not fact["hidden"]
    ]
    record = parse_record(Source("t", json.dumps({"record": "t", "facts": facts})))
    loaded = load_policy(policy)
    if found["charitable"]["timeline"]:
        terms = {n: replace(t, literal=t.charitable) for n, t in loaded.terms.items()}
        loaded = replace(loaded, terms=terms)
    ruling = rule([loaded], record, at=shown["end"])
    assert not [f for f in ruling.findings if f.status in FAULTS]


@pytest.mark.parametrize(
    ("policy", "power"),
    [
        ("anthropic/rsp@2.0", "lower-safeguards"),
        ("openai/preparedness@2", "adjust-safeguards"),
        ("us-ca/sb53@2025", None),
    ],
)
def test_only_powers_that_a_policy_gives_are_used(policy: str, power: str | None) -> None:
    found = harm(policy, "exit-unpaid", "--events", "3", "--stretches", "0")
    facts = (found["charitable"]["timeline"] or {"facts": []})["facts"]
    used = {fact["power"] for fact in facts if fact["kind"] == "power_exercised"}
    assert (found["verdict"], used) == (("open", {power}) if power else ("none", set()))


def test_a_policy_can_be_kept_and_work_goes_on() -> None:
    ((study,), _) = asked("anthropic/rsp@2.0", "--harm", "untold", "--start", "assessed")
    assert [one["status"] for one in study["able"]] == ["found"]
    assert study["amendment"]["possible"]
    assert "policy-change" in study["amendment"]["clauses"]


def test_the_clause_a_reader_wants_repairs_it() -> None:
    found = harm("deepmind/fsf@1.0", "stale", "--events", "0", "--repairs")
    tried = {
        (edit["kind"], edit["name"]): one["safe"]
        for one in found["repairs"]
        for edit in one["edits"]
    }
    assert tried == {("add", "stale"): True}


def test_exit_codes_tell_open_from_bad_input() -> None:
    assert asked("anthropic/rsp@2.0", "--harm", "untold", "--events", "1")[1] == 1
    output, code = asked("anthropic/rsp@2.0", "--harm", "stael")
    assert code == 2
    assert "did you mean 'stale'" in output.lower()
    assert asked("anthropic/rsp@2.0", "--growth", "fast")[1] == 2
    assert asked()[1] == 2


def test_no_worker_outlives_an_interruption() -> None:
    def interrupted() -> None:
        with _workers(2) as each:
            each(time.sleep, [600, 600])  # stands for a solver at work: nobody waits for it
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not active_children()


def test_a_file_without_harms_has_nothing_to_test(tmp_path: Any) -> None:
    path = tmp_path / "harms.yaml"
    path.write_text("harms: []\n", encoding="utf-8")
    arguments = ["review", "loopholes", "anthropic/rsp@2.0", "--harms", str(path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert f"{path}:1:1: error: there is no harm" in result.stderr


def test_harms_of_ones_own_are_read_with_places(tmp_path: Any) -> None:
    path = tmp_path / "harms.yaml"
    path.write_text(
        "harms:\n"
        "  - id: gone\n"
        "    kind: forbid\n"
        "    title: t\n"
        "    source: s\n"
        "    encodes: [X-1]\n"
        "    for_each: model\n"
        "    action: deploy\n"
        "    unless: in_place(asl-9)\n"
    )
    output, code = asked("anthropic/rsp@2.0", "--harms", str(path))
    assert code == 2
    assert f"{path}:9:22" in output
    assert "asl-9" in output


def test_what_nobody_sees_is_for_harms_alone() -> None:
    text = (
        "policy: a/b@1\ntitle: t\nsource: s\nrows: [X-1]\nclauses:\n"
        "  - {id: c, kind: maintain, title: t, source: s, encodes: [X-1], for_each: model,"
        " while: did(capability_reached), keep: running(train)}\n"
    )
    with pytest.raises(InputError, match="capability_reached"):
        parse_policy(Source("p.yaml", text))
    fact = "record: a\nfacts:\n- {id: f, date: 2025-01-01, kind: capability_reached, model: m}\n"
    with pytest.raises(InputError, match="unknown kind of fact"):
        parse_record(Source("r.yaml", fact))


REPAIRED = Path(__file__).parent / "repaired.yaml"
"""RSP v2.0's assessments, repaired but for the word "routinely"."""


@pytest.mark.parametrize(("days", "status"), [(40, "none"), (41, "found")])
def test_routinely_is_forty_days_at_most_in_the_repaired_text(
    days: int, status: str, tmp_path: Path
) -> None:
    text = REPAIRED.read_text()
    assert "charitable: at most 2 months" in text
    path = tmp_path / "repaired.yaml"
    path.write_text(text.replace("at most 2 months", f"at most {days} days"))
    found = harm(str(path), "stale", "--events", "7", "--stretches", "0")
    assert found["charitable"]["status"] == status


def test_lengths_are_changed_together_where_no_one_of_them_is_enough() -> None:
    path = str(REPAIRED.parent / "together.yaml")
    found = harm(path, "stale", "--events", "1", "--stretches", "0", "--repairs")
    safe = [
        {edit["kind"] + " " + edit["name"]: int(edit["value"]) for edit in one["edits"]}
        for one in found["repairs"]
        if one["safe"] and one["edits"][0]["kind"] != "add"
    ]
    assert all(len(one) == 3 for one in safe)
    loosest = [max(one.values()) for one in safe]
    share = min(safe[0].values())
    assert loosest == [97, 97, 97]  # 97 and twice 47 days, less the one on which a clock is not up
    assert share == 47


def test_two_harms_of_one_name_are_told_apart_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "harms.yaml"
    one = "  - {id: same, kind: whenever, title: t, source: s, encodes: [CRIT-02], for_each: model,"
    path.write_text(f"harms:\n{one} when: model_released, require: 'false'}}\n" * 1)
    path.write_text(path.read_text() + f"{one} when: model_withdrawn, require: 'false'}}\n")
    output, code = asked("anthropic/rsp@1.0", "--harms", str(path))
    assert code == 2
    assert "another harm is named 'same'" in output
