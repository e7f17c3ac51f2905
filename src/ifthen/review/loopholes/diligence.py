"""What a developer does on the side to keep every other promise: reports, notices, drills.

A timeline chosen under some clauses may break others that only ask for paperwork. Here that is
added, fact by fact, until ``rule`` is content; training, releases, assessments and decisions are
never added, for they decide what the timeline is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ifthen.dates import Day, day_of
from ifthen.policy.model import (
    Before,
    Cadence,
    Call,
    Choice,
    Clause,
    Duty,
    Events,
    Expression,
    Maintain,
    Pattern,
    Policy,
    Power,
    Procedure,
    Whenever,
)
from ifthen.review.loopholes.arbiter import Verdict, judge
from ifthen.review.loopholes.concrete import Full, Plain
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.stance import Taken
from ifthen.ruling.finding import Finding
from ifthen.ruling.variants import below
from ifthen.vocabulary import KINDS, attributes_of

ROUTINE = frozenset(
    name
    for name, kind in KINDS.items()
    if kind.group in ("reports", "people told", "outside checks")
    or name in ("drill_held", "roles", "forecast", "bug_bounty", "procedural_review")
) - {"documents_destroyed"}
"""Kinds that may be added; an evaluation too, where it is of one named thing."""
_ROUNDS = 40


def complete(
    policy: Policy,
    taken: Taken,
    facts: Sequence[Plain],
    end: Day,
    harm: Harm | None,
    full: Full,
    avoid: frozenset[str] = frozenset(),
) -> tuple[list[Plain], Verdict]:
    """The facts with what else has to be done, and what the whole comes to."""
    found = list(facts)
    for _ in range(_ROUNDS):
        verdict = judge(policy, taken, found, end, harm)
        more = _mended(policy, found, verdict, full, avoid) if verdict.broken else None
        if more is None:
            return found, verdict
        found = more
    return found, judge(policy, taken, found, end, harm)


def _mended(
    policy: Policy, facts: list[Plain], verdict: Verdict, full: Full, avoid: frozenset[str]
) -> list[Plain] | None:
    """The facts with what one round adds; None where nothing can be mended so."""
    clauses = {clause.common.id: clause for clause in policy.clauses}
    before: dict[int, list[Plain]] = {}
    after: list[Plain] = []
    for finding in verdict.broken:
        own, _, part = finding.clause.partition("#")[2].partition("/")
        clause = clauses[own]
        owed = list(_owed(clause, part, finding))
        index = _index(finding)
        day = _day(clause, finding, facts)
        model = finding.subject.model
        for events, ahead in owed:
            pattern = _routine(events, avoid)
            if pattern is None:
                continue
            fact = _fact(pattern, day, model, full)
            if ahead and index is not None:
                later = KINDS[fact.kind].phase > KINDS[facts[index].kind].phase
                fact = replace(fact, day=facts[index].day - later)
                if fact not in facts[:index] and fact not in before.setdefault(index, []):
                    before[index].append(fact)
            elif fact not in facts and fact not in after:
                after.append(fact)
    if not any(before.values()) and not after:
        return None
    found: list[Plain] = []
    for number, fact in enumerate(facts):
        found += [*before.get(number, ()), fact]
    return _in_order([*found, *after])


def _in_order(facts: Iterable[Plain]) -> list[Plain]:
    return sorted(facts, key=lambda fact: (fact.day, KINDS[fact.kind].phase))


def _owed(clause: Clause, part: str, finding: Finding) -> Iterable[tuple[Expression, bool]]:
    """Events that are missing, each with whether they come before the trigger."""
    if isinstance(clause, Cadence):
        yield clause.do, False
    elif isinstance(clause, Maintain):
        for node in below(clause.keep):
            if isinstance(node, Call) and node.function == "did":
                yield node.arguments[0], False
            elif getattr(node, "of", None) is not None and isinstance(node.of, Events):  # type: ignore[union-attr]
                yield node.of, False  # type: ignore[union-attr]
    elif isinstance(clause, Whenever) and clause.duty is not None:
        yield from _of(clause.duty)
    elif isinstance(clause, Whenever) and clause.require is not None:
        for node in below(clause.require):
            if isinstance(node, Call) and node.function == "did":
                yield node.arguments[0], True
    elif isinstance(clause, Power) and part == "price" and clause.price is not None:
        yield from _of(clause.price)
    elif isinstance(clause, Procedure):
        for step in clause.steps:
            if part in ("", step.id) and step.do:
                yield from ((events, not step.follows) for events in step.do)


def _of(duty: Duty) -> Iterable[tuple[Expression, bool]]:
    back = any(isinstance(d, Before) and d.events is None for d in duty.deadlines)
    yield from ((events, back) for events in duty.then)


def _index(finding: Finding) -> int | None:
    name = finding.outcome.instance
    return int(name[1:]) - 1 if name is not None and name.startswith("t") else None


def _day(clause: Clause, finding: Finding, facts: Sequence[Plain]) -> Day:
    outcome = finding.outcome
    if isinstance(clause, Cadence) and outcome.due is not None:
        return day_of(outcome.due[0])
    if outcome.triggered is not None:
        return day_of(outcome.triggered[0])
    return facts[0].day


def _routine(events: Expression, avoid: frozenset[str]) -> Pattern | None:
    """The first pattern that may be added."""
    while isinstance(events, Choice):
        events = next(iter(events.options.values()))
    if not isinstance(events, Events):
        return None
    for pattern in events.patterns:
        named = pattern.kind == "evaluation_result" and pattern.tests
        if (pattern.kind in ROUTINE or named) and pattern.kind not in avoid:
            return pattern
    return None


def _fact(pattern: Pattern, day: Day, model: str | None, full: Full) -> Plain:
    """A fact that matches a pattern, its lists in full."""
    said: dict[str, Any] = full.lists(pattern.kind)
    known = attributes_of(pattern.kind)
    for test in pattern.tests:
        if test.attribute == "model" or test.bound or test.attribute == "about":
            continue
        if test.operator == "!=":
            continue
        type_ = known[test.attribute].type
        value: Any = test.values[0] if test.operator == "in" else list(test.values)
        if type_ in ("word", "text"):
            value = test.values[0]
        elif type_ == "boolean":
            value = test.values[0] == "true"
        elif isinstance(value, list):
            value = list(dict.fromkeys([*said.get(test.attribute, ()), *value]))
        said[test.attribute] = value
    if pattern.kind == "feedback_received":
        said.setdefault("from", "external")
    return Plain(pattern.kind, day, model, full.stated(pattern.kind, said), None, "routine")
