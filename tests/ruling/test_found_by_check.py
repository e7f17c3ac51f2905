"""Small records on which the ruling once differed from its definition."""

from __future__ import annotations

import json
from pathlib import Path

from fold_agreement import Case, compare

from ifthen import Finding, load_policy, moment, parse_policy, parse_record, rule
from ifthen.dates import day_of, format_day
from ifthen.policy.source import Source
from ifthen.ruling.check import check

POLICY = load_policy(Path(__file__).parent / "small.yaml")
ADOPTED = "- {id: p, kind: policy_adopted, policy: example/small@1.0, date: 2024-01-01}\n"
COMPLETE = "record: Example"


def found(
    clause: str, facts: str, at: str, model: str | None = None, head: str = COMPLETE
) -> list[Finding]:
    """What a clause finds about a subject; every finding is confirmed."""
    record = parse_record(Source("record.yaml", f"{head}\nfacts:\n{ADOPTED}{facts}"))
    findings = rule([POLICY], record, moment(at)).findings
    for finding in findings:
        assert check(finding, POLICY, record, moment(at), moment(at)) == ()
    return [f for f in findings if f.clause.endswith(f"#{clause}") and f.subject.model == model]


def day(instant: int) -> str:
    return format_day(day_of(instant))


def test_more_than_so_many_hours_have_passed_a_second_later_not_a_day() -> None:
    (finding,) = found("aged", "", "2024-02-01")
    assert finding.outcome.triggered is not None
    assert day(finding.outcome.triggered[0]) == "2024-01-03"


def test_what_a_model_is_based_on_turns_a_condition() -> None:
    facts = (
        "- {id: m, kind: model_announced, model: b, date: 2024-02-01, based_on: [a]}\n"
        "- {id: d, kind: threshold_decision, model: a, date: 2024-03-01,"
        " findings: {cyber: crossed, cbrn: below}}\n"
    )
    (finding,) = found("turned", facts, "2024-10-01", "b")
    assert finding.outcome.triggered is not None
    assert day(finding.outcome.triggered[0]) == "2024-03-01"


def test_the_first_mention_of_a_model_turns_a_condition_over_all_models() -> None:
    facts = (
        "- {id: t, kind: training_started, model: b, date: 2024-01-02, effective_compute: 40}\n"
        "- {id: e, kind: training_ended, model: a, date: 2024-07-02}\n"
        "- {id: n, kind: model_announced, model: b, date: 2024-10-01}\n"
    )
    doubt = next(f for f in found("store-gate", facts, "2024-10-01", "b") if f.outcome.because)
    assert doubt.outcome.because[0].detail["at"] == f"close {moment('2024-07-02')}"


def test_a_notice_may_come_before_the_first_fact_it_is_about() -> None:
    facts = (
        "- {id: n, kind: board_or_trust_notice, date: 2024-02-01, to: [board], about: [m]}\n"
        "- {id: m, kind: model_released, model: a, date: 2024-03-01}\n"
    )
    (finding,) = found("noticed-before", facts, "2024-04-01", "a")
    assert (finding.status, finding.outcome.facts) == ("met", ("m", "n"))


def test_a_recalled_correction_leaves_the_fact_it_corrects() -> None:
    facts = (
        "- {id: m, kind: model_released, model: a, date: 2024-03-01}\n"
        "- {id: c, kind: model_released, model: a, date: 2024-03-02, amends: m,"
        " known: 2024-03-02, confidence: recall}\n"
    )
    statuses = {f.status for f in found("kept", facts, "2024-10-01", "a")}
    assert statuses == {"breached"}


def test_what_the_organisation_did_counts_for_a_model_known_from_memory() -> None:
    facts = (
        "- {id: r, kind: capability_report, date: 2024-03-01}\n"
        "- {id: m, kind: model_announced, model: a, date: 2024-02-01, confidence: recall}\n"
    )
    assert found("promptly-report", facts, "2024-04-01", "a")[0].status == "met"


def test_done_is_the_day_of_what_certainly_counts() -> None:
    facts = (
        "- {id: maybe, kind: published, date: 2024-02-01}\n"
        "- {id: sure, kind: published, what: policy, date: 2024-03-01}\n"
    )
    (finding,) = found("dated", facts, "2024-10-01")
    assert finding.outcome.done is not None
    assert day(finding.outcome.done[0]) == "2024-03-01"


def test_a_count_cites_nothing_that_came_later() -> None:
    facts = "".join(
        f"- {{id: k{n}, kind: risk_report, model: a, date: 2024-0{n}-01,"
        f" coverage_date: 2024-0{n}-01}}\n"
        for n in (2, 3, 4)
    )
    cited = {f.outcome.key: f.outcome.facts for f in found("coverage", facts, "2024-10-01", "a")}
    assert cited == {"k2": ("k2",), "k3": ("k3", "k2"), "k4": ("k4", "k2", "k3")}


def test_whatever_is_undetermined_says_why() -> None:
    facts = (
        "- {id: d, kind: threshold_decision, model: a, date: 2024-02-01,"
        " findings: {cyber: crossed}}\n"
        "- {id: g, kind: decision, date: 2024-03-01, by: [board]}\n"
        "- {id: x, kind: power_exercised, date: 2024-03-01, by: [board]}\n"
        "- {id: w, kind: rival_passed_threshold, date: 2024-02-01}\n"
    )
    for clause, model in (("turned", "a"), ("go", None), ("go/by", None), ("exit", None)):
        for finding in found(clause, facts, "2024-10-01", model):
            assert finding.status != "undetermined" or finding.unknown, clause


def test_what_memory_would_change_under_one_reading_is_open_under_every_place() -> None:
    facts = (
        "- {id: f1, kind: assessment_started, model: a, date: 2024-01-02, confidence: recall}\n"
        "- {id: f2, kind: assessment_started, model: a, date: 2024-02-01}\n"
    )
    first, *_ = found("cadence", facts, "2024-04-15", "a")
    assert first.status == "undetermined"
    assert any("memory" in reason for reason in first.unknown)


# --- found by comparing the fold with the whole of the definition ------------------------------


def same(clause: dict[str, object], facts: str, at: str, known: str | None = None) -> list[Finding]:
    """What a clause that is given finds, which must be all that its definition finds."""
    text = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
    common = {"id": "asked", "title": "t", "source": "s", "encodes": ["SM-01"]}
    document = text.partition("clauses:\n")[0] + f"clauses: [{json.dumps(common | clause)}]\n"
    policy = parse_policy(Source("policy.yaml", document))
    record = parse_record(Source("record.yaml", f"{COMPLETE}\nfacts:\n{ADOPTED}{facts}"))
    when = (moment(at), moment(known or at))
    tally = compare(Case([policy], record, [when], throughout=False))
    assert tally.comparisons
    assert tally.apart == []
    return list(rule([policy], record, *when).findings)


def test_nothing_is_said_of_a_reading_without_triggers_where_another_has_some() -> None:
    when = {
        "reading": "anchor",
        "start": "assessment_started",
        "completion": "assessment_completed",
    }
    clause = {"kind": "whenever", "when": when, "then": "drill_held", "within": "1 month"}
    facts = "- {id: a, kind: assessment_started, model: a, date: 2024-02-01}\n"
    (finding,) = same(clause, facts, "2024-02-15")
    assert (finding.outcome.key, finding.status) == ("a", "undetermined")


def test_memory_alone_clears_no_aim_and_says_nothing_of_a_recommendation() -> None:
    clause = {"kind": "forbid", "for_each": "model", "action": "train", "unless": "did(drill_held)"}
    facts = (
        "- {id: t, kind: training_started, model: a, date: 2024-02-01}\n"
        "- {id: c, kind: training_ended, model: a, date: 2024-03-01, supersedes: t,"
        " known: 2024-03-01, confidence: recall}\n"
    )
    said = {
        force: [
            (f.outcome.key, f.status) for f in same({**clause, "force": force}, facts, "2024-04-01")
        ]
        for force in ("commitment", "aim", "recommendation")
    }
    assert said["commitment"] == said["aim"] == [("t", "undetermined"), ("now", "held")]
    assert [key for key, _ in said["recommendation"]] == ["now"]


def test_a_turn_that_lapsed_is_compared_with_the_other_open_one() -> None:
    do = {"reading": "anchor", "start": "assessment_started", "completion": "assessment_completed"}
    clause = {"kind": "cadence", "for_each": "model", "do": do, "growth": "> 2x"}
    facts = (
        "- {id: s, kind: assessment_started, model: a, date: 2024-02-01}\n"
        "- {id: q, kind: policy_amended, policy: example/small@2.0, date: 2024-03-01}\n"
        "- {id: c, kind: assessment_completed, model: a, date: 2024-04-01}\n"
    )
    first, last = same(clause, facts, "2024-05-01")
    assert [r.outcome.status for r in last.readings] == ["lapsed", "lapsed"]
    assert first.readings[0].outcome.status == "met"


def test_versions_that_are_all_ruled_throughout_carry_nothing_on() -> None:
    policies = [
        parse_policy(
            Source(
                "policy.yaml",
                f"policy: example/small@{version}\ntitle: t\nsource: s\nrows: [R-1]\nclauses:\n"
                "  - {id: c, kind: whenever, title: t, source: s, encodes: [R-1],"
                f" becomes: did(drill_held), then: published, within: 1 week{more}}}\n",
            )
        )
        for version, more in (("1.0", ""), ("2.0", ", continues: example/small@1.0#c"))
    ]
    facts = "- {id: d, kind: drill_held, date: 2024-02-01}\n"
    record = parse_record(Source("record.yaml", f"{COMPLETE}\nfacts:\n{ADOPTED}{facts}"))
    at = moment("2024-02-03")
    tally = compare(Case(policies, record, [(at, at)], throughout=True))
    assert tally.apart == []
    keys = [f.outcome.key for f in rule(policies, record, at, throughout=True).findings]
    assert keys == ["#1", "#1"]


def test_memory_that_hides_a_fact_alone_clears_nothing() -> None:
    clause = {"kind": "forbid", "for_each": "model", "action": "train", "unless": "did(drill_held)"}
    facts = (
        "- {id: t, kind: training_started, model: a, date: 2024-02-01}\n"
        "- {id: m, kind: incident, model: a, date: 2024-02-01}\n"
        "- {id: c, kind: training_started, date: 2024-06-01, amends: t,"
        " known: 2024-06-01, confidence: recall}\n"
    )
    said = same(clause, facts, "2024-03-01", known="2024-06-02")
    assert ("t", "undetermined") in [(f.outcome.key, f.status) for f in said]


def test_a_model_that_memory_alone_hides_is_ruled() -> None:
    clause = {"kind": "forbid", "for_each": "model", "action": "train", "unless": "did(drill_held)"}
    facts = (
        "- {id: t, kind: training_started, model: a, date: 2024-02-01}\n"
        "- {id: c, kind: training_started, date: 2024-06-01, amends: t,"
        " known: 2024-06-01, confidence: recall}\n"
    )
    said = same(clause, facts, "2024-03-01", known="2024-06-02")
    assert ("t", "undetermined") in [(f.outcome.key, f.status) for f in said]


def test_whom_a_notice_is_about_may_rest_on_memory() -> None:
    clause = {"kind": "maintain", "for_each": "model", "while": "did(incident)"}
    facts = (
        "- {id: a, kind: training_started, model: a, date: 2024-02-01, confidence: recall}\n"
        "- {id: b, kind: training_started, model: b, date: 2024-02-01}\n"
        "- {id: i, kind: incident, date: 2024-02-02, about: [a]}\n"
    )
    said = same({**clause, "keep": "did(drill_held)"}, facts, "2024-03-01")
    assert {f.subject.model: f.status for f in said} == {"a": "breached", "b": "undetermined"}
