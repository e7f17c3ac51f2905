"""Each version rules its own time; what is pending goes on only where the text continues."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import LAST_DAY, Chosen, adopted, day, facts, record_of

from ifthen import moment, rule

SWITCH = 10
"""The day of the second version, which allows three weeks where the first allowed two."""


def ruled(clause, found, at, *, continued=True, switch=SWITCH):
    chosen = Chosen((clause,), (clause,) if continued else ())
    record = record_of([adopted(), *found, adopted(switch, 2)])
    findings = rule(chosen.policies, record, moment(at)).findings
    return {(f.policy[-1], f.outcome.key): (f.status, f.as_json()["due"]) for f in findings}


TRAINED = {"id": "t", "kind": "training_started", "date": "2025-01-03", "model": "alpha"}


def test_a_pending_turn_goes_on_under_the_later_version_with_its_own_clock():
    assert ruled("every-fortnight", [TRAINED], "2025-01-20") == {
        ("2", "turn 0"): ("pending", "2025-01-24")
    }
    assert ruled("every-fortnight", [TRAINED], "2025-02-20") == {
        ("2", "turn 0"): ("breached", "2025-01-24")
    }


def test_without_continues_what_is_pending_lapses():
    found = ruled("every-fortnight", [TRAINED], "2025-01-20", continued=False)
    assert found[("1", "turn 0")][0] == "lapsed"
    assert found[("2", "turn 0")] == ("pending", "2025-02-01")


@pytest.mark.parametrize("continued", [True, False])
def test_what_was_breached_before_stays_with_the_old_version(continued):
    found = ruled("every-fortnight", [TRAINED], "2025-03-20", switch=30, continued=continued)
    assert found[("1", "turn 0")] == ("breached", "2025-01-17")
    assert [status for (version, key), (status, _) in found.items() if key == "turn 0"].count(
        "breached"
    ) == (1 if continued else 2)


def test_an_incident_goes_on_being_reported_under_the_later_version():
    incident = {"id": "i", "kind": "incident", "date": day(8)}
    done = {"id": "r", "kind": "incident_reported", "date": day(11), "about": ["i"]}
    assert ruled("report-incident", [incident], "2025-01-11") == {
        ("2", "i"): ("pending", day(11)),
    }
    assert ruled("report-incident", [incident, done], "2025-02-01") == {
        ("2", "i"): ("met", day(11)),
    }
    lapsed = ruled("report-incident", [incident, done], "2025-02-01", continued=False)
    assert lapsed[("1", "i")][0] == "lapsed"


GOING_ON = st.sampled_from(["every-fortnight", "report-incident", "follow-up", "before-release"])
SOME_DAY = st.integers(1, LAST_DAY)


@given(GOING_ON, facts(most=8, coarse=False), SOME_DAY, st.integers(1, LAST_DAY + 30))
def test_exactly_one_version_tells_of_each_duty_that_goes_on(clause, found, switch, at):
    chosen = Chosen((clause,), (clause,))
    record = record_of([adopted(), *found, adopted(switch, 2)])
    findings = rule(chosen.policies, record, moment(day(at))).findings
    told = [(f.subject, f.outcome.key) for f in findings if f.outcome.key != "-"]
    assert len(told) == len(set(told))
    assert not any(f.status == "lapsed" for f in findings)


@given(facts(most=8), st.integers(1, LAST_DAY))
def test_a_version_sees_no_act_outside_its_time(found, switch):
    record = record_of([adopted(), *found, adopted(switch, 2)])
    chosen = Chosen(("state-required", "deploy-gate", "exit"), ())
    starts = {fact.id: fact.earliest for fact in record.facts}
    begins = moment(f"{day(switch)}T00:00:00Z")
    for finding in rule(chosen.policies, record, moment("2025-06-01")).findings:
        if finding.outcome.key in starts and not finding.outcome.part:
            later = starts[finding.outcome.key] >= begins
            assert later == finding.policy.endswith("@2")


def test_only_the_next_version_of_its_own_family_ends_a_version():
    other = {**adopted(20, 2), "id": "v7", "policy": "lab/security@7"}
    record = record_of([adopted(), other])
    ruling = rule(Chosen(("every-fortnight",), ()).policies, record, moment("2025-02-01"))
    assert [(p.policy, p.end, p.encoded) for p in ruling.policies] == [
        ("lab/safety@1", None, True),
        ("lab/security@7", None, False),
    ]
    later = replace(record, facts=(*record.facts, record_of([adopted(25, 2)]).facts[0]))
    ruling = rule(Chosen(("every-fortnight",), ()).policies, later, moment("2025-02-01"))
    assert [p.policy for p in ruling.policies if p.covers(ruling.at)] == [
        "lab/security@7",
        "lab/safety@2",
    ]
