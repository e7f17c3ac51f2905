"""What a deed after the due date proves, and what it does not."""

from __future__ import annotations

from importlib.resources import files

import pytest

from ifthen import (
    Finding,
    Source,
    load_policy,
    load_record,
    moment,
    parse_policy,
    parse_record,
    rule,
)
from ifthen.ruling.check import check

POLICY = parse_policy(
    Source(
        "late.yaml",
        """
policy: lab/late@1
title: One duty by a day, one every quarter
effective: 2024-01-01
source: made up
standards:
  guarded: {title: Guarded, text: t, source: "3"}
clauses:
  - {id: plan, kind: whenever, title: plan published, source: "1", when: policy_adopted,
     then: "published[what=plan]", by: 2024-03-31}
  - {id: guard, kind: maintain, title: guarded, source: "3", for_each: model,
     while: running(deploy), keep: in_place(guarded), grace: 1 week}
  - {id: review, kind: cadence, title: reviewed, source: "2", do: external_review, every: 3 months}
""",
    )
)
EXAMPLE = str(files("ifthen") / "examples" / "anthropic.yaml")
OWN = "record: Lab"
PUBLIC = "developer: Lab\ncomplete: [policy_adopted, policy_amended]"
ACKNOWLEDGED = (
    "- {id: k, kind: noncompliance_acknowledged, date: 2024-05-01, policy: lab/late@1, "
    "about: [%s], values: [{measure: days_late, value: 3}]}\n"
)


def found(clause: str, facts: str, head: str = OWN) -> list[Finding]:
    """What a clause finds; every finding is confirmed."""
    adopted = "- {id: p, kind: policy_adopted, policy: lab/late@1, date: 2024-01-01}\n"
    record = parse_record(Source("record.yaml", f"{head}\nfacts:\n{adopted}{facts}"))
    at = moment("2024-06-01")
    findings = rule([POLICY], record, at).findings
    for finding in findings:
        assert check(finding, POLICY, record, at, at) == ()
    return [finding for finding in findings if finding.clause.endswith(f"#{clause}")]


def published(day: str, what: str = ", what: plan") -> str:
    return f"- {{id: d{day}, kind: published, date: {day}{what}}}\n"


@pytest.mark.parametrize(
    ("facts", "status", "late_by"),
    [
        (published("2024-03-01"), "met", None),
        (published("2024-04-03"), "late", "3 days"),
        (published("2024-04-03", ", what: card"), "breached", None),
        (published("2024-03-01", ""), "undetermined", None),
        (published("2024-04-03", ""), "undetermined", None),
        (published("2024-04-01", "") + published("2024-04-03"), "late", None),
    ],
)
def test_a_deed_that_may_not_count_leaves_it_open_in_time_or_not(facts, status, late_by):
    (finding,) = found("plan", facts)
    assert (finding.status, finding.as_json()["late_by"]) == (status, late_by)


def test_between_late_and_breached_both_ends_are_told():
    (finding,) = found("plan", published("2024-04-03", ""))
    assert finding.as_json()["between"] == [
        {"date": "2024-04-03", "status": "late"},
        {"date": "2024-03-31", "status": "breached"},
    ]
    assert finding.unknown == ("whether d2024-04-03 counts is not known",)


# --- on a public record ------------------------------------------------------------------------


@pytest.mark.parametrize("clause", ["plan", "review"])
def test_a_late_deed_proves_lateness_only_on_a_record_that_lists_every_such_deed(clause):
    facts = published("2024-04-03") + "- {id: r, kind: external_review, date: 2024-04-03}\n"
    listed = PUBLIC.replace("]", ", published, external_review]")
    own, all_listed, public = (found(clause, facts, head)[0] for head in (OWN, listed, PUBLIC))
    assert [f.status for f in (own, all_listed, public)] == ["late", "late", "undetermined"]
    assert (
        own.as_json()["late_by"] == all_listed.as_json()["late_by"] != public.as_json()["late_by"]
    )
    assert public.as_json()["done"] == "2024-04-03"
    (reason,) = public.unknown
    assert reason.startswith("an earlier ")
    assert "may have gone unrecorded" in reason


@pytest.mark.parametrize("head", [OWN, PUBLIC])
def test_a_deed_in_time_is_in_time_on_any_record(head):
    assert found("plan", published("2024-03-01"), head)[0].status == "met"


@pytest.mark.parametrize("clause", ["plan", "review"])
def test_the_developers_own_word_settles_what_a_late_deed_does_not(clause):
    facts = published("2024-04-03") + "- {id: r, kind: external_review, date: 2024-04-03}\n"
    settled = [
        f
        for f in found(clause, facts + ACKNOWLEDGED % clause, PUBLIC)
        if f.status != "undetermined"
    ]
    assert [(f.status, f.as_json()["late_by_days"]) for f in settled] == [("late", 3)]
    assert settled[0].assumes == ("the developer's own acknowledgement",)


# --- a gap that may have ended -----------------------------------------------------------------

OUT = "- {id: r, kind: model_released, date: 2024-03-01, model: m}\n"
IN_PLACE = "- {{id: g, kind: standard_activated, standard: guarded, model: m, {}}}\n"


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("date: 2024-03-05", "met"),
        ("date: 2024-03-20", "late"),
        ("date: 2024-03-05, earliest: 2024-03-03, latest: 2024-03-07", "met"),
        ("date: 2024-03-10, earliest: 2024-03-10, latest: 2024-03-20", "late"),
        ("date: 2024-03-05, earliest: 2024-03-05, latest: 2024-03-20", "undetermined"),
        ("date: 2024-03-05, earliest: 2024-03-05, latest: 2024-06-20", "undetermined"),
    ],
)
def test_a_gap_is_met_or_late_only_if_it_is_so_whenever_it_ended(date, status):
    (finding,) = found("guard", OUT + IN_PLACE.format(date))
    assert finding.status == status
    assert (status == "undetermined") == bool(finding.unknown)


def test_what_fails_after_a_gap_that_may_have_ended_is_counted_anew():
    lapsed = "- {id: l, kind: standard_lapsed, standard: guarded, model: m, date: 2024-04-01}\n"
    coarse = IN_PLACE.format("date: 2024-03-05, earliest: 2024-03-05, latest: 2024-04-20")
    statuses = {f.outcome.key: f.status for f in found("guard", OUT + coarse)}
    assert statuses == {"gap 1": "undetermined"}
    again = "- {id: s, kind: standard_lapsed, standard: guarded, model: m, date: 2024-04-25}\n"
    exact = {f.outcome.key: f.status for f in found("guard", OUT + coarse + lapsed + again)}
    assert exact["gap 1"] == "undetermined"
    assert exact["gap 2"] == "breached"


def test_what_is_not_published_is_the_day_that_the_limit_counts_back_from():
    """Where the deed has a day and the event two weeks after it only a month."""
    policy = parse_policy(
        Source(
            "policy.yaml",
            "policy: lab/p@1\ntitle: T\neffective: 2024-01-01\nsource: s\nclauses:\n"
            "- {id: w, kind: whenever, title: t, source: s, when: incident, then: published,"
            " within: 1 year, before: {time: 2 weeks, of: model_released}}\n",
        )
    )
    record = parse_record(
        Source(
            "record.yaml",
            "record: L\nfacts:\n"
            "- {id: a, date: 2024-03-01, kind: incident}\n"
            "- {id: p, date: 2024-05-28, kind: published, what: x}\n"
            "- {id: r, date: 2024-06-01, date_precision: month, kind: model_released, model: m}\n",
        )
    )
    (finding,) = rule([policy], record, "2024-08-01", throughout=True).findings
    assert finding.unknown == ("the day of r is not published",)


def test_an_acknowledgement_is_explained_by_what_had_arisen_before_it():
    policy, record = load_policy("anthropic/rsp@1.0"), load_record(EXAMPLE)
    ruling = rule([policy], record, "2025-08-05", throughout=True)
    (late,) = [f for f in ruling.findings if f.outcome.instance == "ant-017" and f.unknown]
    assert "Claude 3.5 Sonnet is under training" in late.says
    assert check(late, policy, record, ruling.at, ruling.known, throughout=True) == ()
