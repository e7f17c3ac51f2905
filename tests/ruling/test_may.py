"""``may``: an action is permitted only if nothing holds it, and what is missing really opens it."""

from __future__ import annotations

from functools import cache
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st
from worlds import LAST_DAY, adopted, close_of, day, facts, laws, part, record_of

from ifthen import Policy, Source, may, parse_policy

TEXT = """
policy: lab/may@1
title: One hold
source: made up
thresholds:
  bio: {{title: Biology, text: t, source: "1", requires: [strong]}}
  cyber: {{title: Cyber, text: t, source: "1", requires: [strong-security]}}
standards:
  strong-security: {{title: Security, group: strong, text: t, source: "1"}}
  strong-deployment: {{title: Deployment, group: strong, text: t, source: "1"}}
clauses:
  - {{id: hold, kind: forbid, title: A hold, source: "1", for_each: model, action: deploy,
     unless: "{condition}"}}
"""
LEAVES = st.sampled_from([
    "status(bio) = below",
    "status(cyber) = below",
    "in_place(strong)",
    "in_place(strong-security)",
    "in_place(strong-deployment)",
    "did(capability_report)",
    "did(external_review)",
    "every t in thresholds: (status(t) = below or in_place(required(t)))",
    "some t in thresholds: in_place(required(t))",
    "some t in [bio, cyber]: status(t) = below",
])  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES.map(lambda leaf: f"({leaf})"),
    lambda inner: st.builds(
        lambda one, word, other: f"({one} {word} {other})",
        inner,
        st.sampled_from(["and", "or"]),
        inner,
    ),
    max_leaves=4,
)
KINDS = ("threshold_decision", "standard_activated", "standard_lapsed", "capability_report",
         "external_review")  # fmt: skip


@cache
def policy(condition: str) -> Policy:
    return parse_policy(Source("may.yaml", TEXT.format(condition=condition)))


def fact_of(missing, number):
    """What was missing, done on the last day: as a fact of its own."""
    fact = {"id": f"r{number}", "kind": missing.kind, "date": day(LAST_DAY + 20)}
    if missing.model is not None:
        fact["model"] = missing.model
    if missing.standard is not None:
        fact["standard"] = [missing.standard]
    if missing.threshold is not None:
        fact["findings"] = {missing.threshold: "below"}
    if missing.by:
        fact["by"] = list(missing.by)
    if missing.to:
        fact["to"] = list(missing.to)
    return fact


def answer(condition, found):
    return may([policy(condition)], record_of(found), "deploy", "alpha",
               close_of(LAST_DAY + 21), throughout=True)  # fmt: skip


@given(CONDITIONS, facts(least=0, most=6, coarse=False, kinds=KINDS))
def test_what_is_missing_opens_the_hold_and_nothing_less_does(condition, found):
    asked = answer(condition, found)
    assume(asked.answer != "permitted" and asked.missing)
    repair = [fact_of(missing, number) for number, missing in enumerate(asked.missing)]
    assert answer(condition, [*found, *repair]).answer == "permitted"
    for size in range(len(repair)):
        for some in combinations(repair, size):
            assert answer(condition, [*found, *some]).answer != "permitted"


@given(CONDITIONS)
def test_on_an_empty_record_something_is_missing_wherever_it_is_held(condition):
    asked = answer(condition, [])
    assert asked.answer == "permitted" or asked.missing


@given(facts(), st.sampled_from(["train", "deploy", "use-inside"]), st.integers(0, LAST_DAY))
def test_permitted_only_if_every_hold_is_open_and_every_gate_passed(found, action, number):
    record = record_of([adopted(), *found])
    ids = ["deploy-gate", "train-gate", "inside-gate", "counting-gate", "capability-decision"]
    asked = may([part(laws(), ids)], record, action, "alpha", close_of(number))
    binding = [finding.status for finding in asked.clauses if finding.force == "commitment"]
    assert (asked.answer == "permitted") == all(status == "open" for status in binding)
    assert (asked.answer == "held") == ("held" in binding)
    assert asked.answer != "permitted" or not asked.missing
    assert asked.exit_code == {"permitted": 0, "held": 1, "undetermined": 3}[asked.answer]


def test_a_gate_names_the_steps_that_are_missing():
    decided = {"id": "d", "kind": "threshold_decision", "date": day(3), "model": "alpha",
               "by": ["ceo", "rso"], "findings": {"bio": "below"}}  # fmt: skip
    gate = [part(laws(), ["capability-decision"])]
    asked = may(gate, record_of([adopted(), decided]), "deploy", "alpha", close_of(9))
    assert asked.answer == "held"
    assert {missing.step for missing in asked.missing} >= {"report", "tell"}
    done = [
        {"id": "r", "kind": "capability_report", "date": day(2), "model": "alpha"},
        {"id": "t", "kind": "board_or_trust_notice", "date": day(4), "to": ["board"]},
    ]
    ready = may(gate, record_of([adopted(), decided, *done]), "deploy", "alpha", close_of(9))
    assert ready.answer == "permitted"
