"""Each version rules its own time; what is pending goes on only where the text continues."""

from __future__ import annotations

from dataclasses import replace

import mutants
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import LAST_DAY, Chosen, adopted, continuing, day, facts, laws, part, record_of

from ifthen import load_policy, moment, parse_record, rule
from ifthen.policy.model import Constant
from ifthen.policy.source import Source
from ifthen.ruling.check import Checker, check

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


# --- what may fall under either version ---------------------------------------------------------


def coarse(fact, first, last):
    return {**fact, "date": day(first), "earliest": day(first), "latest": day(last)}


INCIDENT = {"id": "i", "kind": "incident"}
ACROSS = "whether i falls under this version is not known"


def about_it(clause, found, *, continued=False, switch=SWITCH, at=60):
    """Status and reasons of what is found about ``i``, by version; all of it is confirmed."""
    chosen = Chosen((clause,), (clause,) if continued else ())
    record, when = record_of([adopted(), *found, adopted(switch, 2)]), moment(day(at))
    policies = {policy.id: policy for policy in chosen.policies}
    findings = rule(chosen.policies, record, when).findings
    for finding in findings:
        assert check(finding, policies[finding.policy], record, when, when) == ()
    return {
        f.policy[-1]: (f.status, ACROSS in f.unknown)
        for f in findings
        if f.outcome.instance == "i" and not f.outcome.key.startswith("stretch")
    }


def test_an_incident_of_either_version_is_left_open_in_both():
    found = about_it("report-incident", [coarse(INCIDENT, 8, 12)])
    assert found == {"1": ("undetermined", True), "2": ("undetermined", True)}


@pytest.mark.parametrize(("first", "last", "version"), [(5, 9, "1"), (10, 14, "2")])
def test_an_incident_of_one_version_is_ruled_by_that_one(first, last, version):
    found = about_it("report-incident", [coarse(INCIDENT, first, last)], switch=10, at=17)
    assert list(found) == [version]
    assert not found[version][1]


def test_what_asks_nothing_under_either_stays_dormant():
    checked = {"id": "i", "kind": "assessment_completed", "model": "alpha",
               "assessment": "preliminary", "effective_compute": 1e24}  # fmt: skip
    began = {"id": "t", "kind": "training_started", "date": day(1), "model": "alpha",
             "effective_compute": 1e24}  # fmt: skip
    found = about_it("follow-up", [began, coarse(checked, 8, 12)])
    assert found == {"1": ("dormant", False), "2": ("dormant", False)}


def test_a_duty_that_goes_on_is_the_same_under_either():
    found = about_it("report-incident", [coarse(INCIDENT, 8, 12)], continued=True)
    assert found == {"2": ("breached", False)}


def test_a_release_of_either_version_is_open_only_where_both_permit_it():
    release = coarse({"id": "i", "kind": "model_released", "model": "alpha"}, 8, 12)
    assessed = {"id": "d", "kind": "threshold_decision", "date": day(2), "model": "alpha"}
    safe = {**assessed, "findings": {"bio": "below", "cyber": "below"}}
    risky = {**assessed, "findings": {"bio": "crossed", "cyber": "below"}}
    permitted = about_it("deploy-gate", [safe, release])
    assert permitted == {"1": ("open", False), "2": ("open", False)}
    held = about_it("deploy-gate", [risky, release])
    assert held == {"1": ("undetermined", True), "2": ("undetermined", True)}


def test_a_turn_that_may_have_begun_under_either_is_left_open_in_both():
    assessed = {"id": "i", "kind": "assessment_completed", "model": "alpha"}
    began = {**TRAINED, "date": day(1)}
    found = about_it("every-fortnight", [began, coarse(assessed, 8, 12)])
    assert found == {"1": ("undetermined", True), "2": ("undetermined", True)}
    found = about_it("every-fortnight", [began, coarse(assessed, 8, 12)], continued=True)
    assert found == {"2": ("breached", False)}


@pytest.mark.parametrize(
    ("switch", "status"), [(15, "lapsed"), (17, "undetermined"), (25, "breached")]
)
def test_what_may_have_fallen_due_before_the_version_ended_is_open(switch, status):
    chosen = Chosen(("every-fortnight",), ())
    began = coarse({**TRAINED, "id": "i"}, 2, 4)
    record, at = record_of([adopted(), began, adopted(switch, 2)]), moment(day(60))
    first = next(f for f in rule(chosen.policies, record, at).findings if f.policy[-1] == "1")
    assert first.status == status
    assert check(first, chosen.policies[0], record, at, at) == ()


# --- what a condition triggers ------------------------------------------------------------------

RISKY = {"id": "d", "kind": "threshold_decision", "date": day(5), "model": "alpha",
         "findings": {"bio": "crossed"}}  # fmt: skip
SAFE = {**RISKY, "id": "s", "date": day(20), "findings": {"bio": "below", "cyber": "below"}}
AGAIN = {**RISKY, "id": "e", "date": day(25)}
TOLD = [
    {"id": "n", "kind": "board_or_trust_notice", "date": day(7), "to": ["board"]},
    {"id": "o", "kind": "published", "date": day(7)},
]


def own(found):
    return {key: status for (version, key), (status, _) in found.items() if version == "2"}


def test_what_had_become_true_before_does_not_trigger_again():
    found = ruled("becomes-risky", [RISKY, *TOLD], day(60), switch=30)
    assert found == {("1", "#1"): ("met", day(12)), ("2", "-"): ("dormant", None)}


def test_without_continues_it_triggers_on_the_first_day():
    found = ruled("becomes-risky", [RISKY, *TOLD], day(60), switch=30, continued=False)
    assert found == {("1", "#1"): ("met", day(12)), ("2", "#1"): ("breached", day(37))}


def test_only_a_fresh_turn_triggers_under_the_later_version():
    found = ruled("becomes-risky", [RISKY, *TOLD, SAFE, AGAIN], day(60), switch=15)
    assert found == {("1", "#1"): ("met", day(12)), ("2", "#2"): ("breached", day(32))}


def test_what_the_older_version_found_false_and_the_later_finds_true_is_a_fresh_turn():
    narrow = part(laws(1), ["becomes-risky"])
    (clause,) = narrow.clauses
    (later,) = continuing(part(laws(2), ["becomes-risky"]), ["becomes-risky"]).clauses
    never = replace(clause, becomes=Constant(False))
    policies = [replace(narrow, clauses=(never,)), replace(laws(2), clauses=(later,))]
    record = record_of([adopted(), RISKY, adopted(10, 2)])
    findings = {f.policy[-1]: f for f in rule(policies, record, moment(day(12))).findings}
    assert findings["1"].status == "dormant"
    assert (findings["2"].status, findings["2"].as_json()["triggered"]) == ("pending", day(10))


@pytest.mark.parametrize(("at", "status"), [(11, "pending"), (12, "pending"), (13, "breached")])
def test_a_pending_duty_goes_on_with_its_clock(at, status):
    assert ruled("becomes-risky", [RISKY], day(at), switch=8) == {("2", "#1"): (status, day(12))}


def test_a_pending_duty_lapses_where_nothing_continues_it():
    found = ruled("becomes-risky", [RISKY], day(60), switch=8, continued=False)
    assert found[("1", "#1")] == ("lapsed", day(12))


def test_a_deed_before_the_change_counts_for_a_duty_that_goes_on():
    done = [{**fact, "date": day(number)} for fact, number in zip(TOLD, (7, 11), strict=True)]
    assert own(ruled("becomes-risky", [RISKY, *done], day(60), switch=8)) == {"#1": "met"}


OUT = {"id": "r", "kind": "model_released", "date": day(6), "model": "alpha"}
GUARDED = {"id": "g", "kind": "standard_activated", "model": "alpha",
           "standard": ["strong-security", "strong-deployment"]}  # fmt: skip


def test_a_gap_that_was_open_before_is_no_new_one():
    found = ruled("keep-strong", [RISKY, OUT], day(60), switch=30)
    assert found == {("1", "gap 1"): ("breached", day(6))}
    apart = ruled("keep-strong", [RISKY, OUT], day(60), switch=30, continued=False)
    assert apart == {
        ("1", "gap 1"): ("breached", day(6)),
        ("2", "gap 1"): ("breached", day(30)),
    }


def test_a_gap_that_opens_again_is_a_new_one():
    mended = {**GUARDED, "date": day(32)}
    broken = {**GUARDED, "id": "h", "kind": "standard_lapsed", "date": day(40)}
    found = ruled("keep-strong", [RISKY, OUT, mended], day(60), switch=30)
    assert found == {("1", "gap 1"): ("breached", day(6)), ("2", "now"): ("met", None)}
    found = ruled("keep-strong", [RISKY, OUT, mended, broken], day(60), switch=30)
    assert found == {
        ("1", "gap 1"): ("breached", day(6)),
        ("2", "gap 2"): ("breached", day(40)),
    }


ASSESSED = {"id": "a", "kind": "assessment_completed", "date": day(0), "model": "alpha"}
"""Three weeks later, on day 21, a gap opens; its grace of three days ends on day 24."""


@pytest.mark.parametrize(
    ("switch", "at", "expected"),
    [
        (22, 23, {("2", "gap 1"): ("pending", day(24))}),
        (22, 60, {("2", "gap 1"): ("breached", day(24))}),
        (40, 60, {("1", "gap 1"): ("breached", day(24))}),
    ],
)
def test_a_gap_within_its_grace_goes_on(switch, at, expected):
    assert ruled("keep-with-grace", [ASSESSED, OUT], day(at), switch=switch) == expected


def test_a_gap_within_its_grace_lapses_where_nothing_continues_it():
    found = ruled("keep-with-grace", [ASSESSED, OUT], day(60), switch=22, continued=False)
    assert found[("1", "gap 1")] == ("lapsed", day(24))


CONDITIONS = ("becomes-risky", "clock-condition", "keep-strong", "keep-with-grace", "keep-a-list")


@given(
    st.sampled_from(CONDITIONS),
    facts(most=8),
    st.integers(1, LAST_DAY),
    st.integers(1, LAST_DAY + 30),
)
def test_what_is_taken_over_is_confirmed(clause, found, switch, at):
    chosen = Chosen((clause,), (clause,))
    record, when = record_of([adopted(), *found, adopted(switch, 2)]), moment(day(at))
    policies = {policy.id: policy for policy in chosen.policies}
    for finding in rule(chosen.policies, record, when).findings:
        assert check(finding, policies[finding.policy], record, when, when) == ()


@pytest.mark.parametrize(
    ("clause", "found", "switch"),
    [("becomes-risky", [RISKY], 8), ("keep-with-grace", [ASSESSED, OUT], 22)],
)
def test_no_false_account_of_what_is_taken_over_is_confirmed(clause, found, switch):
    chosen = Chosen((clause,), (clause,))
    record, at = record_of([adopted(), *found, adopted(switch, 2)]), moment(day(60))
    (finding,) = rule(chosen.policies, record, at).findings
    checker = Checker(chosen.policies[1], record, at, at)
    assert checker.check(finding) == ()
    for label, mutant in mutants.findings(finding, ["v1", "unheard-of"]):
        if mutant != finding:
            assert checker.check(mutant), (label, mutant)


GOING_ON = st.sampled_from(
    ["every-fortnight", "report-incident", "follow-up", "before-release", *CONDITIONS]
)
SOME_DAY = st.integers(1, LAST_DAY)


@given(GOING_ON, facts(most=8, coarse=False), SOME_DAY, st.integers(1, LAST_DAY + 30))
def test_exactly_one_version_tells_of_each_duty_that_goes_on(clause, found, switch, at):
    chosen = Chosen((clause,), (clause,))
    record = record_of([adopted(), *found, adopted(switch, 2)])
    findings = rule(chosen.policies, record, moment(day(at))).findings
    told = [(f.subject, f.outcome.key) for f in findings if f.outcome.key not in ("-", "?", "now")]
    assert len(told) == len(set(told))
    assert not any(f.status == "lapsed" for f in findings)


@given(facts(most=8, coarse=False), st.integers(1, LAST_DAY))
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


def test_what_one_reading_leaves_to_the_next_version_is_confirmed():
    text = """
developer: Lab
facts:
- {id: a0, date: 2023-12-01, kind: policy_adopted, policy: deepmind/fsf@1.0}
- {id: a1, date: 2024-04-21, kind: policy_adopted, policy: deepmind/fsf@2.0}
- {id: f1, kind: assessment_started, date: 2024-04-09, model: n}
"""
    record = parse_record(Source("record.yaml", text))
    policies = [load_policy("deepmind/fsf@1.0"), load_policy("deepmind/fsf@2.0")]
    ruling = rule(policies, record, "2024-09-21")
    (finding,) = [
        f for f in ruling.findings if f.clause.endswith("#compute-cadence") and f.readings
    ]
    assert [dict(reading.readings) for reading in finding.readings] == [{"counted-from": "start"}]
    assert check(finding, policies[0], record, ruling.at, ruling.known) == ()
