"""What clauses share, and what is shown to each, changes nothing that is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ifthen import Session, Source, moment, parse_policy, parse_record, rule

HEAD = """policy: lab/policy@1
title: A policy
effective: 2024-01-01
month_end: down
source: nothing
"""
RECORD = """record: Lab
facts:
- {id: adopted, date: 2024-01-01, kind: policy_adopted, policy: lab/policy@1}
"""
STARTED = "- {id: started, date: 2024-01-02, kind: training_started, model: m}\n"


def policy(rest: str):
    return parse_policy(Source("policy.yaml", HEAD + rest))


def record(facts: str):
    return parse_record(Source("record.yaml", RECORD + facts))


def statuses(ruling) -> dict[tuple[str, str], str]:
    return {(f.clause.partition("#")[2], f.outcome.key): f.status for f in ruling.findings}


def test_a_hold_whose_grace_ends_is_violated_at_that_very_second():
    holds = policy(
        "clauses:\n- {id: hold, kind: forbid, title: Hold, source: s, for_each: model, "
        "action: train, unless: 'since(assessment_completed) <= 30 days', grace: 2 days}\n"
    )
    lab = record(STARTED)
    session = Session([holds], lab)
    for day in range(2, 60):
        at = moment("2024-01-01") + day * 86_400
        session.advance(at)
        assert statuses(session.ruling()) == statuses(rule([holds], lab, at)), f"day {day}"
    assert "violated" in statuses(session.ruling()).values()


ALIASES = policy("""thresholds:
  bio: {title: Bio, text: Able., source: s, aliases: [cbrn], requires: [shield]}
standards:
  shield: {title: Shield, text: Safe., source: s, aliases: [asl-3], group: walls}
clauses:
- {id: result, kind: whenever, title: Result, source: s, for_each: model,
   when: "evaluation_result[threshold=bio]", then: "published[what=result]", within: 9 days}
- {id: hold, kind: forbid, title: Hold, source: s, for_each: model, action: deploy,
   unless: "status(bio) = below or in_place(shield)"}
""")


@pytest.mark.parametrize("threshold", ["bio", "cbrn", "other"])
@pytest.mark.parametrize("standard", ["shield", "asl-3", "walls", "other"])
@pytest.mark.parametrize("late", [False, True])
def test_a_fact_is_found_under_every_name_of_what_it_is_about(threshold, standard, late):
    about = (
        ("r", "2024-02-01", f"kind: evaluation_result, threshold: {threshold}"),
        ("d", "2024-02-02", f"kind: threshold_decision, findings: {{{threshold}: crossed}}"),
        ("s", "2024-02-03", f"kind: standard_activated, standard: {standard}"),
    )
    lines = [f"- {{id: {id}, date: {date}, model: m, {says}}}\n" for id, date, says in about]
    whole = record(STARTED + "".join(lines))
    at = moment("2024-03-01")
    session = Session([ALIASES], replace(whole, facts=whole.facts[: 2 if late else None]))
    session.advance(at)
    for fact in whole.facts[2:] if late else ():
        session.add(fact)
    found = statuses(session.ruling())
    assert found.get(("result", "r")) == (None if threshold == "other" else "breached")
    closed = "undetermined" if threshold == "other" else "held"
    assert found["hold", "now"] == (closed if standard == "other" else "open")
