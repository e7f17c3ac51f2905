"""One semantics: what the solver is told of a clause is what ``rule`` says of it."""

from random import Random

import pytest
import texts
from pinned import ENDS, binds, case
from timelines import Pinned, Stock, by_encoding, by_ruling, timeline

from ifthen import Policy, load_policy, policy_ids
from ifthen.policy.model import Clause
from ifthen.review.loopholes import calendar, comparisons, conditions, duties, encode, slots
from ifthen.review.loopholes.calendar import Unsupported, day_number
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import conj, disj, k_not, k_or, sure
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION


def disagreement(policy: Policy, clause: Clause, random: Random) -> str | None:
    """What encoding and ruling say, where they differ; None where they agree.

    The ruling may find a fault where the encoding is open: it never is kept then.
    """
    facts = timeline(Stock(policy), clause, random)
    end = max(facts[-1].day, day_number(random.choice(ENDS)))
    stance = Pinned(policy, random.random() < 0.5, {})
    readings = random.choice(Anatomy(policy, clause).assignments)
    value = by_encoding(policy, clause, facts, end, stance, readings)
    keeps, fault = by_ruling(policy, clause, facts, end, stance, readings)
    if value.t == keeps and (fault or not value.f):
        return None
    return f"{policy.id}#{clause.common.id}: {value} but kept {keeps}, fault {fault}: {facts}"


def rounds(count: int, seed: int) -> list[str]:
    """Disagreements over random policies."""
    random, found = Random(seed), []
    for _ in range(count):
        policy = texts.policy(random)
        for clause in policy.clauses:
            try:
                found.append(disagreement(policy, clause, random))
            except Unsupported:
                continue
    return [one for one in found if one is not None]


@pytest.mark.parametrize("name", policy_ids())
def test_encoded_policies_are_judged_alike(name: str) -> None:
    policy, random, judged = load_policy(name), Random(name), 0
    for clause in policy.clauses:
        if clause.common.for_each == "standard" or not binds(clause):
            continue
        if random.random() < 0.6:  # a share; see benchmarks
            continue
        try:
            assert disagreement(policy, clause, random) is None
        except Unsupported:
            continue
        judged += 1
    assert judged >= 1


def test_random_policies_are_judged_alike() -> None:
    assert rounds(80, 1) == []


by = calendar.Date.by
BUGS = {
    "a deadline is a day longer": (
        calendar.Date,
        "by",
        lambda s, start, length: by(calendar.Date(s.key - 1, s.day - 1), start, length),
    ),
    "a deadline is a day shorter": (
        calendar.Date,
        "by",
        lambda s, start, length: by(calendar.Date(s.key + 1, s.day + 1), start, length),
    ),
    "time passes a day late": (
        calendar.Date,
        "passed",
        lambda s, start, length: s.day > start.day + 30 * length.count,
    ),
    "a model never decided is below": (
        conditions.Conditions,
        "status",
        lambda s, threshold, model, prefix: 0,
    ),
    "an action never ends": (
        conditions.Conditions,
        "running",
        lambda s, action, model, prefix: any(
            s.concerns(i, MODEL_EVENTS_OF_ACTION[action][0], action, model) for i in range(prefix)
        ),
    ),
    "holds see the act itself": (encode._Kept, "before", lambda s, i, lenient=False: s.after(i)),
    "triggers do not see their own event": (
        encode._Kept,
        "after",
        lambda s, i, lenient=False: Here(i, s.slots.all[i].date, i, lenient=lenient),
    ),
    "one role is enough": (
        conditions.Conditions,
        "taken_by",
        lambda s, index, roles, least: any(s.slots.all[index].says("by", r) for r in roles),
    ),
    "growth counts from birth": (
        conditions.Conditions,
        "grown",
        lambda s, model, events, here: (
            s.compute(model, here.prefix) - s.first_compute(model),
            True,
        ),
    ),
    "a grace is ignored": (encode._Kept, "by", lambda s, day, start, lengths: False),
    "facts of any model count": (slots.Slots, "about", lambda s, index, model: True),
    "a standard never lapses": (
        conditions.Conditions,
        "in_place",
        lambda s, standard, model, prefix: disj(
            conj((s.slots.all[i].is_kind("standard_activated"), s.slots.all[i].says("standard", o)))
            for i in range(prefix)
            for o in (standard, *s._including(standard))
        ),
    ),
    "what is open is kept": (
        duties,
        "owing",
        lambda trigger, asked, state: k_or((k_not(sure(trigger)), k_not(asked), state)),
    ),
}


BEGIN = {
    "a deadline is a day longer": 190,
    "a deadline is a day shorter": 260,
    "time passes a day late": 10,
    "an action never ends": 14,
    "triggers do not see their own event": 21,
    "a standard never lapses": 45,
}
"""Where to begin, so that a bug is met soon; whatever follows may meet it too."""


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = BUGS[bug]
    monkeypatch.setattr(where, name, wrong)
    first = BEGIN.get(bug, 1)
    assert any(rounds(4, seed) for seed in range(first, first + 100))


SYMBOLIC = {
    "months start a day late from March on": (
        calendar,
        "month_start",
        lambda number: month_start(number) + (number > 1),
    ),
    "the end of the ruling is not seen": (slots.Slots, "until", lambda s, index: s.start),
    "one of two terms is the other": (
        comparisons,
        "pick",
        lambda bit, yes, no: no if not isinstance(bit, bool) else yes if bit else no,
    ),
}
"""Bugs in what only the solver sees: days, words and choices that are open."""
month_start = calendar.month_start


@pytest.mark.parametrize("bug", SYMBOLIC)
def test_a_bug_in_what_the_solver_sees_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = SYMBOLIC[bug]
    monkeypatch.setattr(where, name, wrong)
    assert any(one.apart for number in range(1, 80) for one in case(2026, 2 * number + 1, 3))
