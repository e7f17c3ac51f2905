"""One semantics: what the solver is told of a clause is what ``rule`` says of it."""

from random import Random

import pytest
import texts
import z3
from timelines import Pinned, by_encoding, by_ruling, fixed, timeline

from ifthen import Policy, load_policy, policy_ids
from ifthen.policy.model import Clause
from ifthen.review.loopholes import calendar, conditions, encode
from ifthen.review.loopholes.calendar import FIRST, Date, Unsupported, day_number, symbolic
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.encode import kept
from ifthen.review.loopholes.kleene import conj
from ifthen.review.loopholes.slots import NOBODY, UNSAID, Free, Slots
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

ENDS = [month * 31 + day for month in range(18) for day in (1, 2, 15, 28)]


def disagreement(policy: Policy, clause: Clause, random: Random) -> str | None:
    """What encoding and ruling say, where they differ; None where they agree.

    The ruling may find a fault where the encoding is open: it never is kept then.
    """
    facts = timeline(policy, clause, random)
    end = max(facts[-1].day, day_number(random.choice(ENDS)))
    stance = Pinned(policy, random.random() < 0.5, {})
    readings = random.choice(Anatomy(policy, clause).assignments)
    value = by_encoding(policy, clause, facts, end, stance, readings)
    keeps, fault = by_ruling(policy, clause, facts, end, stance, readings)
    if value.t == keeps and (fault or not value.f):
        return None
    return f"{policy.id}#{clause.common.id}: {value} but kept {keeps}, fault {fault}: {facts}"


def binds(clause: Clause) -> bool:
    """Whether a clause can be broken: what is only recommended or said is noted, never a fault."""
    return clause.common.force in ("commitment", "aim")


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


def test_a_solver_that_is_told_every_fact_says_the_same() -> None:
    random, judged = Random(5), 0
    while judged < 15:
        policy = texts.policy(random, clauses=1)
        (clause,) = policy.clauses
        facts = timeline(policy, clause, random, most=5)
        end = max(facts[-1].day, day_number(random.choice(ENDS)))
        stance = Pinned(policy, random.random() < 0.5, {})
        readings = random.choice(Anatomy(policy, clause).assignments)
        try:
            expected = by_encoding(policy, clause, facts, end, stance, readings)
        except Unsupported:
            continue
        given, told = fixed(policy, facts), []
        kinds = sorted({one.kind for one in given})
        free = [Free(n, symbolic(f"at{n}", 40, told), kinds, policy) for n in range(len(given))]
        slots = Slots([], free, 2, Date.at(FIRST), Date.at(end))
        values = []
        for subject in range(2) if clause.common.for_each == "model" else (None,):
            asked = Conditions(policy, slots, stance, subject, readings, Names(policy))  # type: ignore[arg-type]
            value = kept(clause, asked, lambda _: True)
            born = True if subject is None else asked.born(len(slots), subject)
            values.append(z3.Or(z3.Not(_term(born)), _term(value.t)))
        for slot, one in zip(free, given, strict=True):
            told += [slot.kind == kinds.index(one.kind), slot.model == one.model]
            told += [slot.date.key == one.date.key, slot.compute == one.compute]
            told += [var == one.says(*key) for key, var in slot.words.items()]
            told += [var == one.rank(*key) for key, var in slot.ranks.items()]
        solver = z3.Solver()
        solver.add(*told)
        assert solver.check() == z3.sat
        answer = solver.check(conj(values))
        assert (answer == z3.sat) == bool(expected.t), (policy, facts)
        judged += 1
    assert NOBODY == UNSAID == -1


def _term(bit: object) -> object:
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit


BUGS = {
    "a deadline is a day longer": (calendar.Date, "not_after", lambda s, o: s.key <= o.key + 1),
    "months are counted as 30 days": (
        calendar.Date,
        "by",
        lambda s, start, length: (
            s.day
            <= start.day + length.count * {"month": 30, "week": 7, "year": 365}.get(length.unit, 1)
        ),
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
        lambda s, i, lenient=False: encode.Here(i, s.slots.all[i].date, i, lenient=lenient),
    ),
    "one role is enough": (
        conditions.Conditions,
        "taken_by",
        lambda s, index, roles, least: any(s.slots.all[index].says("by", r) for r in roles),
    ),
    "growth counts from birth": (
        conditions.Conditions,
        "grown",
        lambda s, model, events, here: s.compute(model, here.prefix) - s.first_compute(model),
    ),
    "what is open is kept": (
        encode,
        "owing",
        lambda trigger, asked, state: encode.k_or(
            (encode.k_not(encode.sure(trigger)), encode.k_not(asked), state)
        ),
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, wrong = BUGS[bug]
    monkeypatch.setattr(where, name, wrong)
    assert any(rounds(25, seed) for seed in range(1, 20))
