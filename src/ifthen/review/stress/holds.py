"""Holds: what stops, and which safeguards are owed, where a model is not below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ifthen.policy.model import Clause, Duty, Events, Forbid, Maintain, Policy, Whenever
from ifthen.review.hidden import mentions
from ifthen.review.stress.circumstance import RANKS, RUNNING, STALE, Circumstance
from ifthen.review.stress.judge import Judge
from ifthen.review.stress.lengths import Length, lengths_of, within
from ifthen.review.stress.promises import Hold
from ifthen.vocabulary import Action

_STOPS: tuple[Action, ...] = ("train", "deploy", "use-inside")
_ENDS = frozenset({"model_withdrawn", "standard_activated", "weights_deleted"})
"""Deeds of which each ends exposure by deployment."""


def holds_of(policy: Policy, clause: Clause) -> Iterable[Hold]:
    """The holds of a clause, and the safeguards it has owed; nothing where there are none."""
    match clause:
        case Forbid():
            return _forbid(policy, clause)
        case Maintain():
            return _maintain(policy, clause)
        case Whenever(duty=Duty() as duty):
            return _withdrawal(policy, clause, duty)
    return ()


def ages(policy: Policy, clause: Forbid) -> bool:
    """Whether a hold closes because the last assessment is old."""
    judge = _judge(policy, STALE, literal=False)
    return judge.holds(clause.if_, relief=False) and not judge.holds(clause.unless, relief=True)


def _judge(policy: Policy, here: Circumstance, literal: bool) -> Judge:
    return Judge(policy, here, "favour" if literal else "finding")


def _ranks(
    policy: Policy, offends: Callable[[Circumstance, bool], bool], running: frozenset[str]
) -> Hold | None:
    """The findings at which something offends while safeguards are missing, and not with them."""
    found = []
    known = [rank for rank in RANKS if rank != 1 or mentions(policy, "alert")]
    for literal in (False, True):
        ranks = set()
        for rank in known:
            bare = Circumstance(rank=rank, running=running)
            safe = Circumstance(rank=rank, running=running, safeguarded=True)
            if offends(bare, literal) and not offends(safe, literal):
                ranks.add(rank)
        found.append(frozenset(ranks))
    charitably, literally = found
    if not charitably or 0 in charitably:  # what is owed whatever is found waits for no finding
        return None
    return Hold("", "commitment", None, charitably, literally & charitably)


def _forbid(policy: Policy, clause: Forbid) -> Iterable[Hold]:
    def offends(here: Circumstance, literal: bool) -> bool:
        judge = _judge(policy, here, literal)
        return judge.holds(clause.if_, relief=False) and not judge.holds(clause.unless, relief=True)

    found = _ranks(policy, offends, RUNNING)
    if found is not None and clause.action in _STOPS:
        common = clause.common
        grace = lengths_of(clause.grace)
        yield replace(
            found, clause=common.id, force=common.force, action=clause.action, grace=grace
        )


def _maintain(policy: Policy, clause: Maintain) -> Iterable[Hold]:
    def offends(here: Circumstance, literal: bool) -> bool:
        judge = _judge(policy, here, literal)
        return judge.holds(clause.while_, relief=False) and not judge.holds(
            clause.keep, relief=True
        )

    common, grace = clause.common, lengths_of(clause.grace)
    owed = _ranks(policy, offends, frozenset({"store"}))
    if owed is not None:  # it is owed whatever is stopped
        yield replace(owed, clause=common.id, force=common.force, grace=grace)
        return
    for action in _STOPS:
        found = _ranks(policy, offends, frozenset({"store", action}))
        if found is not None:
            yield replace(found, clause=common.id, force=common.force, action=action, grace=grace)


def _withdrawal(policy: Policy, clause: Whenever, duty: Duty) -> Iterable[Hold]:
    """A finding after which a model is withdrawn or its safeguards are put in place."""
    if isinstance(clause.when, Events) and not any(
        pattern.kind == "threshold_decision" for pattern in clause.when.patterns
    ):
        return
    for then in duty.then:
        kinds = {p.kind for p in then.patterns} if isinstance(then, Events) else set()
        if not kinds or not kinds <= _ENDS:
            continue

        def offends(here: Circumstance, literal: bool) -> bool:
            judge = _judge(policy, here, literal)
            state = clause.becomes if clause.becomes is not None else None
            fired = judge.holds(state, relief=False) and judge.holds(clause.if_, relief=False)
            return fired and not here.safeguarded

        found = _ranks(policy, offends, RUNNING)
        if found is not None:
            grace = within(duty)
            open_ended = (Length(None),) if not duty.deadlines else grace
            action: Action | None = "deploy" if "model_withdrawn" in kinds else None
            common = clause.common
            yield replace(
                found, clause=common.id, force=common.force, action=action, grace=open_ended
            )
