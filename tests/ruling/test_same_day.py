"""Of two facts of one day the record's order chooses the last: named where it decides."""

from __future__ import annotations

import pytest

from ifthen import Finding, Source, moment, parse_policy, parse_record, rule
from ifthen.ruling.check import check

POLICY = parse_policy(
    Source(
        "same-day.yaml",
        """
policy: lab/days@1
title: Whatever looks back to the last fact of a kind
effective: 2024-01-01
source: made up
thresholds:
  bio: {title: Biology, text: t, source: "1"}
standards:
  guarded: {title: Guarded, text: t, source: "1"}
roles:
  ceo: {title: Chief executive}
clauses:
  - {id: status, kind: whenever, title: harmless, source: "1", for_each: model,
     when: drill_held, require: status(bio) = below}
  - {id: in-place, kind: whenever, title: guarded, source: "1", for_each: model,
     when: drill_held, require: in_place(guarded)}
  - {id: running, kind: whenever, title: not deployed, source: "1", for_each: model,
     when: drill_held, require: not running(deploy)}
  - {id: attribute, kind: whenever, title: go, source: "1", for_each: model,
     when: drill_held, require: last(decision).go = true}
  - {id: compute, kind: whenever, title: small, source: "1", for_each: model,
     when: drill_held, require: compute(this) < 50}
  - {id: growth, kind: whenever, title: little grown, source: "1", for_each: model,
     when: drill_held, require: growth(assessment_completed) < 4x}
  - {id: decided, kind: procedure, title: decided, source: "1", for_each: model,
     decision: threshold_decision, steps: [{id: by, title: by, by: [ceo]}]}
  - {id: counts, kind: whenever, title: it counts, source: "1", for_each: model,
     when: drill_held, require: counts(decided)}
""",
    )
)
SAME_DAY = ("same-day order",)
ON = "date: 2024-03-01, model: m"
DECIDED = "{{id: {}, kind: threshold_decision, {}, findings: {{bio: {}}}, by: [{}]}}"


def required(clause: str, *facts: str) -> Finding:
    """Whether what a clause requires held at the drill; every finding is confirmed."""
    first = (
        "{id: p, kind: policy_adopted, policy: lab/days@1, date: 2024-01-01}",
        "{id: t, kind: training_started, date: 2024-01-01, model: m, effective_compute: 10}",
    )
    drill = "{id: x, kind: drill_held, date: 2024-04-01, model: m}"
    lines = "".join(f"- {fact}\n" for fact in (*first, *facts, drill))
    record = parse_record(Source("record.yaml", f"record: Lab\nfacts:\n{lines}"))
    at = moment("2024-06-01")
    findings = rule([POLICY], record, at).findings
    for finding in findings:
        assert check(finding, POLICY, record, at, at) == ()
    (found,) = (f for f in findings if f.clause == f"lab/days@1#{clause}")
    return found


def decided(id: str, level: str, by: str = "ceo", on: str = ON) -> str:
    return DECIDED.format(id, on, level, by)


def fact(kind: str, id: str, more: str = "", on: str = ON) -> str:
    return f"{{id: {id}, kind: {kind}, {on}{more}}}"


GUARDED, LAPSED = (f"standard_{what}" for what in ("activated", "lapsed"))
DIFFERENT = {
    "status": [decided("a", "crossed"), decided("b", "below")],
    "in-place": [
        fact(LAPSED, "a", ", standard: guarded"),
        fact(GUARDED, "b", ", standard: guarded"),
    ],
    "running": [fact("model_released", "a"), fact("model_withdrawn", "b")],
    "attribute": [fact("decision", "a", ", go: false"), fact("decision", "b", ", go: true")],
    "compute": [
        fact("training_progress", "a", ", effective_compute: 90"),
        fact("training_progress", "b", ", effective_compute: 20"),
    ],
    "growth": [
        fact("assessment_completed", "a", ", effective_compute: 10"),
        fact("assessment_completed", "b", ", effective_compute: 90"),
    ],
    "counts": [decided("a", "below", "board"), decided("b", "below")],
}


@pytest.mark.parametrize("clause", DIFFERENT)
def test_the_order_of_the_record_is_named_where_it_chooses(clause: str) -> None:
    finding = required(clause, *DIFFERENT[clause])
    assert finding.assumes == SAME_DAY


@pytest.mark.parametrize("clause", DIFFERENT)
def test_it_is_not_named_where_the_facts_have_days_of_their_own(clause: str) -> None:
    first, second = DIFFERENT[clause]
    finding = required(clause, first.replace("2024-03-01", "2024-02-28"), second)
    assert finding.assumes == ()


@pytest.mark.parametrize("clause", DIFFERENT)
def test_it_is_not_named_where_the_facts_agree(clause: str) -> None:
    second = DIFFERENT[clause][1]
    finding = required(clause, second.replace("id: b", "id: a"), second)
    assert finding.assumes == ()
