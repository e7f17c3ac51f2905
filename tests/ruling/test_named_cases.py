"""Named cases of the real world, as the policies of the package rule them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest

from ifthen import (
    Record,
    Ruling,
    Source,
    load_policy,
    load_record,
    may,
    moment,
    parse_record,
    policy_ids,
    rule,
)

ACKNOWLEDGED = "the developer's own acknowledgement"


@cache
def public_record() -> Record:
    return load_record(str(files("ifthen") / "examples" / "anthropic.yaml"))


@cache
def policies():
    return [load_policy(name) for name in policy_ids() if name.startswith("anthropic/")]


def less(record: Record, *ids: str) -> Record:
    return replace(record, facts=tuple(fact for fact in record.facts if fact.id not in ids))


def ruled(at: str, known: str | None = None, record: Record | None = None) -> Ruling:
    seen = None if known is None else moment(known)
    return rule(policies(), record or public_record(), moment(at), seen)


def found(ruling: Ruling, clause: str, model: str | None = None, instance: str | None = None):
    return [
        finding
        for finding in ruling.findings
        if finding.clause == f"anthropic/rsp@{clause}"
        and (model is None or finding.subject.model == model)
        and (instance is None or finding.outcome.instance == instance)
    ]


def lab(policy: str, *facts: str) -> Record:
    text = "\n".join([f"record: Lab\nfacts:\n- {{id: p, kind: policy_adopted, policy: {policy}, "
                      "date: 2024-01-01}", *(f"- {{{fact}}}" for fact in facts)])  # fmt: skip
    return parse_record(Source("lab.yaml", text + "\n"))


# --- RSP v1.0: completed three days late, started in time -----------------------------------------


def test_three_days_late_or_in_time_depends_on_the_reading():
    record = lab(
        "anthropic/rsp@1.0",
        "id: s0, kind: assessment_started, date: 2024-01-05, model: m",
        "id: c0, kind: assessment_completed, date: 2024-01-10, model: m",
        "id: s1, kind: assessment_started, date: 2024-03-21, model: m",
        "id: c1, kind: assessment_completed, date: 2024-04-13, model: m",
        "id: t, kind: training_started, date: 2024-01-02, model: m",
    )
    findings = rule([load_policy("anthropic/rsp@1.0")], record, moment("2024-04-30")).findings
    late = [f for f in findings if f.clause.endswith("#time-cadence") and f.outcome.key == "turn 1"]
    (finding,) = late
    assert finding.status == "undetermined"
    readings = {r["reading"].split(": ")[1]: r for r in finding.as_json()["readings"]}
    assert readings["start"]["status"] == "met"
    assert (readings["completion"]["status"], readings["completion"]["late_by_days"]) == ("late", 3)
    assert "3 months" in " ".join(finding.unknown)


def test_the_developers_own_word_settles_the_clock_of_version_1():
    (finding,) = [f for f in found(ruled("2024-12-31"), "1.0#time-cadence") if f.status == "late"]
    assert finding.as_json()["late_by_days"] == 3
    assert ACKNOWLEDGED in finding.assumes
    assert "ant-017" in finding.outcome.facts
    untold = found(ruled("2024-12-31", record=less(public_record(), "ant-017")), "1.0#time-cadence")
    assert {f.status for f in untold} == {"undetermined"}


# --- RSP v2.0: routinely -------------------------------------------------------------------------


def schedule(*days: str):
    """The comprehensive duty after preliminary assessments on some days, six months at issue."""
    facts = [
        f"id: n{number}, kind: assessment_completed, assessment: preliminary, model: m, "
        f"effective_compute: 1e25, date: {day}"
        for number, day in enumerate(days)
    ]
    record = lab(
        "anthropic/rsp@2.0",
        "id: t, kind: training_started, date: 2024-01-01, model: m, effective_compute: 1e25",
        "id: s, kind: assessment_started, assessment: comprehensive, date: 2024-01-01, model: m",
        "id: c, kind: assessment_completed, assessment: comprehensive, date: 2024-01-01, "
        "model: m, effective_compute: 1e25",
        *facts,
    )
    ruling = rule([load_policy("anthropic/rsp@2.0")], record, moment("2024-09-01"))
    return [
        finding
        for finding in ruling.findings
        if finding.clause == "anthropic/rsp@2.0#comprehensive"
        and str(finding.outcome.instance).startswith("n")
    ], ruling


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("2024-02-15", "2024-04-15", "2024-06-15", "2024-08-15"), 3),
        (("2024-03-01", "2024-05-01", "2024-07-01"), 2),
        (("2024-06-30", "2024-07-01"), 1),
    ],
)
def test_a_routine_check_first_finds_six_months_elapsed(days, first):
    findings, ruling = schedule(*days)
    statuses = [finding.status for finding in findings]
    assert statuses[:first] == ["dormant"] * first
    assert statuses[first] == "pending"
    assert not [f for f in ruling.faults if f.clause.endswith(("#comprehensive", "#preliminary"))]
    assert "routinely" in [word.term for word in findings[first].words]


# --- the public record ---------------------------------------------------------------------------


def test_opus_4_was_released_through_an_open_gate_on_the_day_its_safeguards_began():
    (act,) = found(ruled("2025-05-22"), "2.2#deploy-gate", "Claude Opus 4", "ant-034")
    assert act.status == "open"
    assert "same-day order" in act.assumes


def test_without_the_activation_both_standards_are_missing():
    bare = less(public_record(), "ant-036")
    asked = may(policies(), bare, "deploy", "Claude Opus 4", moment("2025-05-22"))
    gate = [m for m in asked.missing if m.clause == "anthropic/rsp@2.2#deploy-gate"]
    assert asked.answer == "held"
    assert sorted(str(missing.standard) for missing in gate) == [
        "asl-3-deployment",
        "asl-3-security",
    ]


def test_when_the_board_was_told_of_opus_4_is_not_published():
    tell = found(ruled("2025-05-31"), "2.2#capability-decision/tell", "Claude Opus 4")
    (finding,) = [f for f in tell if f.outcome.instance == "ant-041"]
    assert finding.status == "undetermined"
    assert "ant-040n" in finding.outcome.facts


def test_opus_4_1_was_not_notably_more_capable():
    (finding,) = found(ruled("2025-08-05"), "2.2#comprehensive", "Claude Opus 4.1", "ant-051")
    assert finding.status == "dormant"


def test_the_six_months_before_opus_4_5_cannot_be_told():
    ruling = ruled("2025-12-31")
    comprehensive = found(ruling, "2.2#comprehensive", "Claude Opus 4.5")
    assert {finding.status for finding in comprehensive} == {"undetermined"}
    assert any("ant-040 is not published" in why for f in comprehensive for why in f.unknown)
    assert not [f for f in ruling.faults if f.clause.startswith("anthropic/rsp@2.2#comprehensive")]


def test_thresholds_of_version_2_1_are_judged_from_its_day_and_not_before():
    before, after = ruled("2025-03-30"), ruled("2025-03-31")
    assert not [f for f in before.findings if f.policy == "anthropic/rsp@2.1"]
    assert [f for f in after.findings if f.policy == "anthropic/rsp@2.1"]
    released = found(ruled("2025-05-01"), "2.1#deploy-gate", "Claude 3.7 Sonnet", "ant-030")
    assert not released, "a release before its day is judged by the version then in force"


def test_a_correction_is_seen_from_its_day_and_not_before():
    from ifthen import Session

    def measure(known: str):
        session = Session(policies(), public_record())
        session.advance(moment("2025-12-31"), moment(known))
        values = session.timeline.by_id["ant-043"].attributes["values"]
        name = "opus4_impossible_tasks_anti_hack_rate"
        return [float(v["value"]) for v in values if v["measure"] == name]

    assert measure("2025-08-04") != measure("2025-08-05") == [0.19]


def test_from_version_3_on_the_policy_in_force_is_named_as_not_encoded():
    listed = {p.policy: p for p in ruled("2026-03-01").policies}
    assert listed["anthropic/rsp@2.2"].as_json()["to"] == "2026-02-24"
    assert listed["anthropic/rsp@3.0"].as_json() == {
        "policy": "anthropic/rsp@3.0", "from": "2026-02-24", "to": None, "encoded": False,
    }  # fmt: skip
    assert "anthropic/rsp@3.0" not in {p.policy for p in ruled("2026-02-23").policies}


@pytest.mark.parametrize(
    ("told", "status", "late"),
    [
        ("2024-06-01T09:59:00Z", "met", None),
        ("2024-06-01T10:01:00Z", "late", "1 minute"),
        (None, "breached", None),
    ],
)
def test_the_board_and_the_trust_are_told_before_deployment_to_the_minute(told, status, late):
    facts = [
        "id: d, kind: threshold_decision, date: 2024-05-20, model: m, by: [ceo, rso], "
        "findings: {cbrn: below}",
        "id: r, kind: model_released, date: 2024-06-01T10:00:00Z, model: m",
    ]
    if told is not None:
        facts.append(
            f"id: n, kind: board_or_trust_notice, date: {told}, model: m, to: [board, ltbt]"
        )
    record = lab("anthropic/rsp@2.0", *facts)
    findings = rule([load_policy("anthropic/rsp@2.0")], record, moment("2024-06-30")).findings
    (tell,) = [f for f in findings if f.clause.endswith("#capability-decision/tell")]
    assert (tell.status, tell.as_json()["late_by"]) == (status, late)
