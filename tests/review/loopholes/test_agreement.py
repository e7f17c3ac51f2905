"""One semantics: what the solver is told of a clause is what ``rule`` says of it."""

from random import Random

import pytest
import texts
from pinned import ENDS, binds
from timelines import Pinned, Stock, by_encoding, by_ruling, timeline

from ifthen import Policy, load_policy, policy_ids
from ifthen.policy.model import Clause
from ifthen.review.loopholes import calendar, conditions, encode
from ifthen.review.loopholes.calendar import Unsupported, day_number
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
        "_owed",
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
