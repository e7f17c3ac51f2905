"""A session that keeps up says exactly what a fresh ruling says, whatever arrives in what order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from worlds import (
    LAST_DAY,
    adopted,
    choices,
    close_of,
    differences,
    facts,
    record_of,
)

from ifthen import Session, moment, parse_policy, parse_record, rule
from ifthen.policy.source import Source

MOMENTS = st.lists(
    st.tuples(st.integers(0, LAST_DAY + 40), st.sampled_from([0, 0, 0, -43_199, -86_399])),
    min_size=1,
    max_size=6,
)


@st.composite
def records(draw):
    """Facts, the second version of the policy at some point or never."""
    change = draw(st.none() | st.integers(1, LAST_DAY))
    found = draw(facts(recall=True, corrections=True))
    later = [] if change is None else [adopted(change, 2)]
    return [adopted(), *found, *later]


@given(choices(), records(), MOMENTS)
def test_advancing_equals_ruling_afresh(chosen, found, moments):
    record = record_of(found)
    session = Session(chosen.policies, record)
    for at in sorted(close_of(day) + shift for day, shift in moments):
        session.advance(at)
        assert differences(session.ruling(), rule(chosen.policies, record, at)) == [], f"at {at}"


@given(choices(), records(), MOMENTS)
def test_what_is_known_may_move_either_way(chosen, found, moments):
    record = record_of(found)
    session = Session(chosen.policies, record)
    end = close_of(LAST_DAY)
    for day, shift in moments:
        known = close_of(day) + shift
        session.advance(end, known)
        assert differences(session.ruling(), rule(chosen.policies, record, end, known)) == []


@given(choices(), records(), st.randoms(use_true_random=False))
def test_adding_facts_in_any_order_equals_ruling_afresh(chosen, found, random):
    record = record_of(found)
    arriving = list(record.facts[1:])
    before = [fact for fact in arriving if not (fact.amends or fact.supersedes)]
    random.shuffle(before)
    arriving = [*before, *(fact for fact in arriving if fact.amends or fact.supersedes)]
    start = replace(record, facts=record.facts[:1])
    session = Session(chosen.policies, start)
    session.advance(close_of(0))
    so_far = list(start.facts)
    for fact in arriving:
        so_far.append(replace(fact, order=len(so_far)))
        session.add(fact)
        fresh = rule(
            chosen.policies, replace(record, facts=tuple(so_far)), session.at, session.known
        )
        assert differences(session.ruling(), fresh) == [], f"after {fact.id}"


@given(choices(), records(), st.integers(1, LAST_DAY))
def test_adding_then_advancing_loses_nothing(chosen, found, later):
    record = record_of(found)
    start = replace(record, facts=record.facts[:1])
    session = Session(chosen.policies, start)
    session.advance(close_of(0))
    for fact in record.facts[1:]:
        session.add(fact)
    at = session.at + later * 86_400
    session.advance(at)
    assert differences(session.ruling(), rule(chosen.policies, record, at)) == []


def test_the_record_begins_with_the_first_fact_added_to_an_empty_one():
    policy = parse_policy(
        Source(
            "policy.yaml",
            "policy: lab/p@1\ntitle: T\neffective: 2024-01-01\nsource: s\nclauses:\n"
            "- {id: c, kind: cadence, title: t, source: s, do: published, every: 10 days}\n",
        )
    )
    text = "record: L\nfacts:\n- {id: a, date: 2024-03-01, kind: incident}\n"
    record = parse_record(Source("record.yaml", text))
    session = Session([policy], replace(record, facts=()), throughout=True)
    session.advance(moment("2024-01-01"))
    session.add(record.facts[0])
    fresh = rule([policy], record, session.at, throughout=True)
    assert differences(session.ruling(), fresh) == []


def test_a_back_dated_fact_between_two_days_that_were_asked_is_asked_about():
    text = (
        "policy: lab/safety@1\ntitle: t\nsource: s\nrows: [R-1]\nclauses:\n"
        "  - {id: c, kind: maintain, title: t, source: s, encodes: [R-1], for_each: model,"
        " while: running(train) and did(forecast), keep: did(drill_held)}\n"
    )
    policy = parse_policy(Source("policy.yaml", text))
    told = [
        {"id": "r", "kind": "model_released", "model": "alpha", "date": "2025-01-08"},
        {"id": "e", "kind": "training_ended", "model": "alpha", "date": "2025-03-12"},
        {"id": "f", "kind": "forecast", "date": "2025-02-20", "known": "2025-04-17"},
    ]
    record = record_of([adopted(), *told], complete=["forecast", "drill_held", "training_ended"])
    session = Session([policy], record)
    for at in (moment("2025-03-28"), moment("2025-04-23")):
        session.advance(at)
        assert differences(session.ruling(), rule([policy], record, at)) == []
    assert [f.status for f in session.ruling().findings] == ["undetermined"]


def test_what_began_today_goes_on_up_to_the_moment_of_the_ruling():
    text = (
        "policy: lab/safety@1\ntitle: t\nsource: s\nrows: [R-1]\nclauses:\n"
        "  - {id: c, kind: maintain, title: t, source: s, encodes: [R-1],"
        " while: did(forecast), keep: did(drill_held), grace: 1 week}\n"
    )
    policy = parse_policy(Source("policy.yaml", text))
    record = record_of([adopted(), {"id": "f", "kind": "forecast", "date": "2025-02-20"}])
    session = Session([policy], record)
    for at in (moment("2025-02-20T00:00:01Z"), moment("2025-02-20T12:00:00Z")):
        session.advance(at)
        assert differences(session.ruling(), rule([policy], record, at)) == []
        assert session.ruling().findings[0].outcome.triggered == (
            moment("2025-02-20T00:00:00Z"),
            at,
        )
