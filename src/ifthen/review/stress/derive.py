"""From the clauses of a policy to what a future can keep of them. Nothing is written by hand.

Every clause ends in one of three places: it is simulated, it is paperwork that changes no
exposure, or it is listed as not simulated with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from ifthen.policy.model import (
    Attribute,
    Before,
    Cadence,
    Call,
    Choice,
    Clause,
    Compare,
    Constant,
    Duty,
    Events,
    Expression,
    Forbid,
    Maintain,
    Policy,
    Procedure,
    Quantified,
    Whenever,
    Within,
)
from ifthen.review.hidden import longest_interval, mentions, target
from ifthen.review.loopholes.harms import load_harms
from ifthen.review.stress.circumstance import LOOKS, RANKS, RUNNING, Circumstance, Judge, looks_at
from ifthen.review.stress.lengths import YEAR, Length, lengths_of
from ifthen.review.stress.promises import Anchor, Hold, Look, Margin, Promises
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import Action, Family

Found: TypeAlias = Look | Hold
_BINDING = ("commitment", "aim")
_STOPS: tuple[Action, ...] = ("train", "deploy", "use-inside")
_ENDS = frozenset({"model_withdrawn", "standard_activated", "weights_deleted"})
"""Deeds of which each ends exposure by deployment."""
_MATTER: frozenset[Family] = frozenset(
    {"cadence", "thresholds", "deployment-gate", "training-gate", "internal-use", "security"}
)
_TRIGGERS = LOOKS | {"threshold_decision", "model_released", "training_started"}
"""Kinds that futures have."""
_STALE = Circumstance(grown=Fraction(10) ** 9, since_start=1e9, since_done=1e9)


def derive(policy: Policy) -> Promises:
    """What a policy promises about assessments, holds and safeguards."""
    found: list[Found] = []
    papers: list[str] = []
    left: list[tuple[str, str]] = []
    margin = _margin(policy)
    for clause in policy.clauses:
        name = clause.common.id
        if clause.common.force not in _BINDING:
            continue
        own = list(_read(policy, clause))
        found += own
        if own or name == margin.clause:
            continue
        why = _why(policy, clause)
        if why is None:
            papers.append(name)
        else:
            left.append((name, why))
    looks = tuple(one for one in found if isinstance(one, Look))
    if not any(one.sort == "preliminary" for one in looks):
        left += [(one.clause, "nothing leads to it") for one in looks if one.sort == "follow-up"]
        looks = tuple(one for one in looks if one.sort != "follow-up")
    holds = tuple(one for one in found if isinstance(one, Hold))
    lengths = [one for look in looks for one in (*look.every, *look.within)]
    lengths += [one for hold in holds for one in hold.grace]
    words = dict.fromkeys(one.word for one in lengths if one.word is not None)
    return Promises(
        policy.id,
        target(policy),
        looks,
        holds,
        margin,
        mentions(policy, "alert"),
        tuple(words),
        tuple(papers),
        tuple(left),
    )


def _read(policy: Policy, clause: Clause) -> Iterable[Found]:
    match clause:
        case Cadence():
            return _cadence(policy, clause)
        case Whenever():
            return _whenever(policy, clause)
        case Forbid():
            return _forbid(policy, clause)
        case Maintain():
            return _maintain(policy, clause)
        case Procedure():
            return _procedure(policy, clause)
    return ()


# --- looks -------------------------------------------------------------------------------------


def _cadence(policy: Policy, clause: Cadence) -> Iterable[Look]:
    options = clause.do.options.values() if isinstance(clause.do, Choice) else (clause.do,)
    kinds = [_looking(policy, option) for option in options]
    every = lengths_of(clause.every)
    if clause.gain is not None and clause.gain.unit.startswith("months"):
        # Progress is taken to pass at the rate of the calendar.
        every = (*every, Length(float(clause.gain.by) * YEAR / 12))
    if not all(kinds) or not (every or clause.growth):
        return
    charitably, literally = (
        _fires(policy, clause.while_, Circumstance(), literal=literal) for literal in (False, True)
    )
    if not charitably:
        return
    anchors: tuple[Anchor, ...] = tuple(
        dict.fromkeys("start" if each <= {"assessment_started"} else "done" for each in kinds)
    )
    yield Look(
        clause.common.id,
        clause.common.force,
        "preliminary" if all(map(_preliminary, options)) else "cadence",
        literally,
        every,
        None if clause.growth is None else float(clause.growth[1]),
        anchors,
    )


def _looking(policy: Policy, events: Expression) -> frozenset[str]:
    """The kinds of look; a report counts where the policy has it speak of every threshold."""
    found = looks_at(events, policy)
    reports = isinstance(events, Events) and all(
        p.kind == "risk_report" and not p.tests for p in events.patterns
    )
    if not found and reports and any(map(_speaks_of_thresholds, policy.clauses)):
        return frozenset({"risk_report"})
    return found


def _speaks_of_thresholds(clause: Clause) -> bool:
    if not isinstance(clause, Whenever) or clause.require is None:
        return False
    when = clause.when.patterns if isinstance(clause.when, Events) else ()
    return any(p.kind == "risk_report" for p in when) and any(
        isinstance(node, Quantified)
        and isinstance(node.domain, Call)
        and node.domain.function == "thresholds"
        and any(isinstance(n, Attribute) and n.name == "threshold" for n in below(node.body))
        for node in below(clause.require)
    )


def _preliminary(events: Expression | None) -> bool:
    return isinstance(events, Events) and any(
        test.attribute == "assessment" and test.values == ("preliminary",)
        for pattern in events.patterns
        for test in pattern.tests
    )


def _whenever(policy: Policy, clause: Whenever) -> Iterable[Found]:
    if _preliminary(clause.when) and clause.duty is not None:
        yield from _follow_up(policy, clause, clause.duty)
    elif _releases(clause.when) or _ends_before_release(clause):
        yield from _before_release(policy, clause)
    elif clause.duty is not None:
        yield from _withdrawal(policy, clause, clause.duty)


def _follow_up(policy: Policy, clause: Whenever, duty: Duty) -> Iterable[Look]:
    """An assessment owed once a preliminary test finds so much growth, or so long a time."""
    if not any(looks_at(then, policy) and not _preliminary(then) for then in duty.then):
        return
    nodes = list(below(clause.if_)) if clause.if_ is not None else []
    growth, every = None, None
    for factor in sorted({f for node in nodes for f in _factors(node)}, reverse=True):
        if _fires(policy, clause.if_, Circumstance(grown=factor)):
            growth = float(factor)
    anchors: dict[Anchor, None] = {}
    for days in sorted({d for node in nodes for d in _spans(node)}, reverse=True):
        start = _fires(policy, clause.if_, Circumstance(since_start=days))
        done = _fires(policy, clause.if_, Circumstance(since_done=days))
        if start or done:
            every = days
            anchors |= {"start": None} if start else {}
            anchors |= {"done": None} if done else {}
    yield Look(
        clause.common.id,
        clause.common.force,
        "follow-up",
        _fires(policy, clause.if_, _STALE, literal=True),
        () if every is None else (Length(every),),
        growth,
        tuple(anchors) or ("done",),
        tuple(one for limit in _within(duty) for one in lengths_of(limit.duration)),
    )


def _fires(
    policy: Policy, condition: Expression | None, here: Circumstance, *, literal: bool = False
) -> bool:
    """Whether a duty arises, as far as anyone could have it."""
    return Judge(policy, here, "favour" if literal else "against").holds(condition, relief=False)


def _factors(node: Expression) -> Iterable[Fraction]:
    if not isinstance(node, Compare) or not isinstance(node.right, Constant):
        return
    grows = isinstance(node.left, Call) and node.left.function == "growth"
    if grows and isinstance(node.right.value, Fraction):
        yield node.right.value


def _spans(node: Expression) -> Iterable[float]:
    if isinstance(node, Compare) and isinstance(node.left, Call) and node.left.function == "since":
        yield from (one.days for one in lengths_of(node.right) if one.days is not None)


def _releases(when: Expression | None) -> bool:
    """Whether every release to others triggers it."""
    return isinstance(when, Events) and any(
        pattern.kind == "model_released"
        and all(test.attribute in ("stage", "market") for test in pattern.tests)
        and not any(t.operator == "=" and t.values == ("internal",) for t in pattern.tests)
        for pattern in when.patterns
    )


def _ends_before_release(clause: Whenever) -> bool:
    """Whether it is triggered by the end of training and due before what was trained goes out."""
    ends = isinstance(clause.when, Events) and all(
        pattern.kind == "training_ended" and not pattern.tests for pattern in clause.when.patterns
    )
    limits = clause.duty.deadlines if clause.duty is not None else ()
    return ends and any(isinstance(one, Before) and _releases(one.events) for one in limits)


def _before_release(policy: Policy, clause: Whenever) -> Iterable[Look]:
    asked: list[tuple[Events, bool]] = []
    if clause.duty is not None and any(isinstance(d, Before) for d in clause.duty.deadlines):
        again = clause.duty.after is not None
        asked = [(then, again) for then in clause.duty.then if isinstance(then, Events)]
    elif clause.require is not None:
        calls = [n for n in below(clause.require) if isinstance(n, Call) and n.function == "did"]
        asked = [(n.arguments[0], False) for n in calls if isinstance(n.arguments[0], Events)]
    for events, again in asked:
        alone = [looks_at(replace(events, patterns=(p,)), policy) for p in events.patterns]
        if any(alone) and _fires(policy, clause.if_, Circumstance()):
            literally = again and all(alone)
            literally = literally and _fires(policy, clause.if_, Circumstance(), literal=True)
            yield Look(clause.common.id, clause.common.force, "release", literally)
            return


def _procedure(policy: Policy, clause: Procedure) -> Iterable[Look]:
    """A decision about a model before it is released needs a look at it; once, by the letter."""
    if "deploy" not in clause.gates or not _fires(policy, clause.if_, Circumstance()):
        return
    decides = isinstance(clause.decision, Events) and all(
        pattern.kind == "threshold_decision" for pattern in clause.decision.patterns
    )
    if decides or any(looks_at(do, policy) for step in clause.steps for do in step.do):
        yield Look(clause.common.id, clause.common.force, "release", literally=False)


# --- holds -------------------------------------------------------------------------------------


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
            grace = tuple(one for limit in _within(duty) for one in lengths_of(limit.duration))
            open_ended = (Length(None),) if not duty.deadlines else grace
            action: Action | None = "deploy" if "model_withdrawn" in kinds else None
            common = clause.common
            yield replace(
                found, clause=common.id, force=common.force, action=action, grace=open_ended
            )


def _within(duty: Duty) -> Iterable[Within]:
    return [limit for limit in duty.deadlines if isinstance(limit, Within)]


# --- the rest ----------------------------------------------------------------------------------


def _margin(policy: Policy) -> Margin:
    stated = load_harms(policy)
    if stated.margin is not None:
        forces = {clause.common.id: clause.common.force for clause in policy.clauses}
        force = forces.get(stated.margin_clause or "")
        return Margin(float(stated.margin), stated.margin_clause, force)
    interval = longest_interval(policy)
    return Margin() if interval is None else Margin(float(interval))


def _why(policy: Policy, clause: Clause) -> str | None:
    """Why a clause that matters is not simulated; None where it is paperwork."""
    if clause.common.family not in _MATTER:
        return None
    match clause:
        case Forbid(action="store"):
            return "where weights are kept is not simulated"
        case Forbid():
            return _hold_why(policy, clause)
        case Cadence():
            return "what is done at its intervals is no look at the threshold"
        case Maintain():
            return "what it keeps does not hang on the finding"
        case Whenever(when=when) if when is not None:
            kinds = {p.kind for n in below(when) if isinstance(n, Events) for p in n.patterns}
            if not kinds & _TRIGGERS:
                return f"no future has its trigger ({', '.join(sorted(kinds))})"
    return "what it asks is no look at the threshold, no hold, and no safeguard that a hold awaits"


def _hold_why(policy: Policy, clause: Forbid) -> str:
    aged = _judge(policy, _STALE, literal=False)
    if aged.holds(clause.if_, relief=False) and not aged.holds(clause.unless, relief=True):
        return "it hangs on how old the last assessment is"
    nodes = [node for root in roots(clause) for node in below(root)]
    kinds = sorted({p.kind for n in nodes if isinstance(n, Events) for p in n.patterns})
    asked = f" (it asks about {', '.join(kinds)})" if kinds else ""
    return f"no finding of a future closes it{asked}"
