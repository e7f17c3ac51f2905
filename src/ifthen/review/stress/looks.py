"""Looks: the assessments that clauses ask for, and when each is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

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
    Policy,
    Procedure,
    Quantified,
    Whenever,
)
from ifthen.review.stress.circumstance import STALE, Circumstance, looks_at
from ifthen.review.stress.judge import Judge
from ifthen.review.stress.lengths import YEAR, Length, lengths_of, within
from ifthen.review.stress.promises import Anchor, Look
from ifthen.ruling.variants import below


def looks_of(policy: Policy, clause: Clause) -> Iterable[Look]:
    """The looks that a clause asks for; nothing where it asks for none."""
    match clause:
        case Cadence():
            return _cadence(policy, clause)
        case Procedure():
            return _procedure(policy, clause)
        case Whenever(duty=Duty() as duty) if _preliminary(clause.when):
            return _follow_up(policy, clause, duty)
        case Whenever() if _releases(clause.when) or _ends_before_release(clause):
            return _before_release(policy, clause)
    return ()


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
        _fires(policy, clause.if_, STALE, literal=True),
        () if every is None else (Length(every),),
        growth,
        tuple(anchors) or ("done",),
        within(duty),
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
