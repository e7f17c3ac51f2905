"""What holds of every ruling, whatever the record and the policy."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from worlds import (
    CLAUSES,
    END,
    HERE,
    LAST_DAY,
    Chosen,
    adopted,
    by_key,
    choices,
    close_of,
    day,
    differences,
    facts,
    laws,
    part,
    record_of,
    statuses,
)

from ifthen import Record, Ruling, Source, parse_policy, rule
from ifthen.ruling.finding import FAULTS

CHANGES = st.none() | st.integers(1, LAST_DAY)


def world(found, change=None) -> Record:
    later = [] if change is None else [adopted(change, 2)]
    return record_of([adopted(), *found, *later])


def ruled(chosen: Chosen, record: Record, at: int = END, known: int | None = None) -> Ruling:
    return rule(chosen.policies, record, at, known)


# --- totality, purity, order ---------------------------------------------------------------------

MESSY = ("training_ended", "training_paused", "training_started", "model_released",
         "model_withdrawn", "weights_deleted", "threshold_decision", "standard_lapsed",
         "standard_activated", "assessment_completed")  # fmt: skip


@given(
    facts(most=14, recall=True, corrections=True, kinds=MESSY), CHANGES, st.integers(0, LAST_DAY)
)
def test_no_record_is_too_messy(found, change, at):
    record = world(found, change)
    for moment in (close_of(at), END):
        rule([laws(1), laws(2)], record, moment)


@given(facts(most=10))
def test_what_is_not_on_a_public_record_may_still_have_been_done_in_time(found):
    cadences = [clause.common.id for clause in laws().clauses if clause.kind == "cadence"]
    record = record_of([adopted(), *found], complete=[])
    for finding in rule([part(laws(), cadences)], record, END).findings:
        assert finding.status not in ("breached", "late", "missed"), finding.clause


@given(choices(), facts(recall=True, corrections=True), CHANGES)
def test_the_same_arguments_give_the_same_ruling(chosen, found, change):
    record = world(found, change)
    assert differences(ruled(chosen, record), ruled(chosen, record)) == []


@given(choices(), facts(coarse=False), st.randoms(use_true_random=False))
def test_order_of_writing_is_nothing_where_every_moment_differs(chosen, found, random):
    for number, fact in enumerate(found):
        fact["date"] = f"{fact['date'][:10]}T08:{number:02}:00Z"
    shuffled = found[:]
    random.shuffle(shuffled)
    assert differences(ruled(chosen, world(found)), ruled(chosen, world(shuffled))) == []


# --- what does not matter ------------------------------------------------------------------------


@given(choices(), facts(), CHANGES, st.integers(0, LAST_DAY), st.booleans())
def test_a_fact_of_a_kind_not_mentioned_changes_nothing(chosen, found, change, number, general):
    extra = {"id": "x", "kind": "third_party_evaluation", "date": day(number)}
    if not general:
        extra["model"] = "alpha"
        born = [f["date"][:10] for f in found if "alpha" in f.get("model", ())]
        assume(born and min(born) < day(number))
    without, extended = world(found, change), world([*found, extra], change)
    assert differences(ruled(chosen, without), ruled(chosen, extended)) == []


@given(choices(), facts(), st.sampled_from(["note", "summary"]))
def test_a_stated_explanation_changes_no_status(chosen, found, name):
    said = [{**fact, name: "we were late in order to look more closely"} for fact in found]
    assert differences(ruled(chosen, world(found)), ruled(chosen, world(said))) == []


@given(choices(), facts(recall=True, corrections=True), CHANGES, st.integers(0, LAST_DAY + 20))
def test_nothing_learned_later_is_seen(chosen, found, change, number):
    record, known = world(found, change), close_of(number)
    hidden = {fact.id for fact in record.facts if fact.known > known}
    seen = tuple(
        fact
        for fact in record.facts
        if fact.id not in hidden and (fact.amends or fact.supersedes) not in hidden
    )
    fresh = ruled(chosen, replace(record, facts=seen), END, known)
    assert differences(ruled(chosen, record, END, known), fresh) == []


@given(choices(), facts(recall=True), CHANGES, st.integers(0, LAST_DAY))
def test_nothing_that_happens_later_is_seen(chosen, found, change, number):
    record, at = world(found, change), close_of(number)
    seen = tuple(fact for fact in record.facts if fact.earliest <= at)
    fresh = ruled(chosen, replace(record, facts=seen), at, END)
    assert differences(ruled(chosen, record, at, END), fresh) == []


# --- what the record leaves open -----------------------------------------------------------------


@given(choices(), facts(most=7, coarse=False), CHANGES, st.data())
def test_what_a_coarse_date_leaves_determined_holds_on_every_day(chosen, found, change, data):
    place = data.draw(st.integers(0, len(found) - 1))
    low = data.draw(st.integers(0, LAST_DAY - 12))
    width = data.draw(st.integers(1, 12))
    blurred = {"date": day(low), "earliest": day(low), "latest": day(low + width)}
    record = world([*found[:place], {**found[place], **blurred}, *found[place + 1 :]], change)
    coarse = statuses(ruled(chosen, record))
    for number in {low, low + 1, low + width // 2, low + width - 1, low + width}:
        exact = {**found[place], "date": day(number)}
        days = statuses(ruled(chosen, world([*found[:place], exact, *found[place + 1 :]], change)))
        for key, status in coarse.items():
            if status != "undetermined" and key in days:
                assert days[key] == status, (key, day(number))


@given(choices(), facts(most=7, recall=True, corrections=True))
def test_memory_alone_decides_nothing(chosen, found):
    record = world(found)
    recalled = {fact.id for fact in record.facts if fact.confidence == "recall"}
    assume(recalled)
    assume(not any((fact.amends or fact.supersedes) in recalled for fact in record.facts))
    sure = tuple(fact for fact in record.facts if fact.id not in recalled)
    with_, without = ruled(chosen, record), ruled(chosen, replace(record, facts=sure))
    known = {finding.subject for finding in without.findings}
    for finding in with_.findings:
        if finding.status != "undetermined" and finding.subject in known:
            assert finding.status in statuses_there(without, finding), finding.key
    mine = {there(finding) for finding in with_.findings}
    for finding in without.faults:
        assert there(finding) in mine, f"{finding.key} is hidden by what rests on memory"


def there(finding):
    """What identifies a finding, less the number of a turn: a fact more or less shifts these."""
    clause, subject, key = finding.key
    return clause, subject, re.sub(r"^(turn |gap |#)\d+$", r"\1", key)


def statuses_there(ruling, finding):
    """The statuses of the same findings in another ruling."""
    return {f.status for f in ruling.findings if there(f) == there(finding)} or {"dormant"}


@cache
def one_reading(anchor: str, scope: str):
    """The policy of the laws, with one parse chosen of each ambiguous text."""
    text = (HERE / "laws.yaml").read_text(encoding="utf-8")
    done = {"start": "assessment_started", "completion": "assessment_completed"}[anchor]
    since = {"this": "assessment_completed", "any": "assessment_completed[model=any]"}[scope]
    text = text.replace(
        "do: {reading: anchor, start: assessment_started, completion: assessment_completed}",
        f"do: {done}",
    )
    start = text.index("if: {reading: scope")
    end = text.index("}, then", start) + 1
    text = text[:start] + f'if: "since({since}) >= 2 weeks"' + text[end:]
    return parse_policy(Source("one-reading.yaml", text))


@given(facts(most=7, kinds=("assessment_started", "assessment_completed", "model_released")))
def test_a_definite_answer_is_that_of_every_reading(found):
    record, ids = world(found), ["read-two-ways", "of-any-model"]
    together = rule([part(laws(), ids)], record, END)
    for anchor in ("start", "completion"):
        for scope in ("this", "any"):
            alone = rule([part(one_reading(anchor, scope), ids)], record, END)
            for finding in together.findings:
                if finding.status != "undetermined":
                    (outcome,) = (
                        reading.outcome
                        for reading in finding.readings
                        if set(reading.readings.values()) <= {anchor, scope}
                    )
                    same = [
                        (f.status, f.outcome.triggered, f.outcome.due, f.outcome.done)
                        for f in alone.findings
                        if there(f) == there(finding)
                    ]
                    mine = (finding.status, outcome.triggered, outcome.due, outcome.done)
                    assert mine in same or finding.status == "dormant", finding.key


# --- force and acknowledgement -------------------------------------------------------------------

ALLOWED = {
    "aim": {"missed", "met", "pending", "dormant", "lapsed", "undetermined", "open", "held"},
    "option": {"noted", "dormant", "lapsed", "undetermined"},
}


@given(facts(most=10), st.sampled_from(sorted(ALLOWED)), CHANGES)
def test_aims_are_never_breached_and_options_only_noted(found, force, change):
    weak = replace(
        laws(),
        clauses=tuple(
            replace(clause, common=replace(clause.common, force=force))
            for clause in laws().clauses
            if clause.kind not in ("procedure", "power") and clause.common.id != "counting-gate"
        ),
    )
    for finding in rule([weak], world(found, change), END).findings:
        assert finding.status in ALLOWED[force], finding.clause


@given(choices(most=2), facts(most=8), st.booleans(), st.integers(0, 9))
def test_an_acknowledgement_never_turns_a_breach_into_less(chosen, found, counted, late):
    told = {"id": "x", "kind": "noncompliance_acknowledged", "date": day(LAST_DAY + 20),
            "policy": "lab/safety@1", "about": [chosen.ids[0]]}  # fmt: skip
    if counted:
        told["values"] = [{"measure": "days_late", "value": late, "unit": "days"}]
    before = by_key(ruled(chosen, world(found)))
    after = by_key(ruled(chosen, world([*found, told])))
    for key, finding in before.items():
        if finding.status != "undetermined":
            assert after[key] == finding
        elif key in after and after[key].status != "undetermined":
            assert after[key].status in {*FAULTS, "missed", "noted"}
            assert "the developer's own acknowledgement" in after[key].assumes


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_rules_an_empty_record(clause):
    assert rule([part(laws(), [clause])], world([]), END).exit_code in (0, 1, 3)
