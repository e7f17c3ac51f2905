"""What a policy requires, part by part: force, clocks, numbers, and words that leave room.

This is the policy alone, without a record. A clock keeps its anchor: fifteen days from discovery
and seventy-two hours from determination count from different events, and no number says which of
them ends first (CRIT-03). Only a record can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ifthen.dates import Duration, format_day
from ifthen.policy.describe import describe, describe_gain, describe_growth, number
from ifthen.policy.model import (
    Apart,
    Attribute,
    Before,
    By,
    Cadence,
    Call,
    Choice,
    Clause,
    Compare,
    DurationLiteral,
    Expression,
    Forbid,
    Maintain,
    Policy,
    Power,
    Procedure,
    TermRef,
    Whenever,
    Within,
)
from ifthen.review.diff.lengths import no_shorter
from ifthen.ruling.variants import below, roots
from ifthen.ruling.wording import bound_text
from ifthen.vocabulary import FAMILIES, Family, Force

Way: TypeAlias = Literal["from", "before"]
"""Whether a clock runs from its anchor, or ends so long before it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A length of time that a clause sets, and what it counts from."""

    length: str
    """In the words of the policy: ``15 days``, or the word that leaves room; may be empty."""
    anchor: str
    """What it counts from: ``discovered``, ``assessment_completed``."""
    duration: Duration | None
    """The length as a duration; None where a word leaves it open."""
    way: Way = "from"

    def __str__(self) -> str:
        return " ".join(filter(None, (self.length, self.way, self.anchor)))

    def as_json(self) -> dict[str, Any]:
        """``{"length", "way", "anchor"}``."""
        return {"length": self.length, "way": self.way, "anchor": self.anchor}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that leaves room, with what it allows."""

    phrase: str
    literal: str
    charitable: str

    def as_json(self) -> dict[str, str]:
        """The phrase and its two ranges."""
        return {"phrase": self.phrase, "literal": self.literal, "charitable": self.charitable}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One clause, threshold, category or standard, to be read beside those of other policies."""

    policy: str
    clause: str
    """``developer/family@version#id``."""
    family: Family
    kind: str
    """The kind of clause; or ``threshold``, ``category``, ``standard``."""
    force: Force
    title: str
    section: str
    encodes: tuple[str, ...]
    clocks: tuple[Clock, ...]
    numbers: tuple[str, ...]
    """Comparisons with a number in them, as the policy writes them: ``growth(result) >= 4x``."""
    words: tuple[Word, ...]
    readings: tuple[str, ...]
    """Phrases of which it has several readings."""

    def as_json(self) -> dict[str, Any]:
        """The requirement in JSON."""
        return {
            "clause": self.clause,
            "kind": self.kind,
            "force": self.force,
            "title": self.title,
            "section": self.section,
            "encodes": list(self.encodes),
            "clocks": [clock.as_json() for clock in self.clocks],
            "numbers": list(self.numbers),
            "words": [word.as_json() for word in self.words],
            "readings": list(self.readings),
        }


def requirements(policy: Policy) -> dict[Family, tuple[Requirement, ...]]:
    """What a policy requires, by family of clause, in the order of the policy."""
    found: dict[Family, list[Requirement]] = {family: [] for family in FAMILIES}
    for requirement in _elements(policy):
        found[requirement.family].append(requirement)
    for clause in policy.clauses:
        found[clause.common.family].append(_requirement(policy, clause))
    return {family: tuple(listed) for family, listed in found.items()}


def _elements(policy: Policy) -> Iterator[Requirement]:
    """Thresholds, categories and standards: what the clauses speak of."""

    def element(
        id: str, family: Family, kind: str, title: str, source: str, encodes: tuple[str, ...]
    ) -> Requirement:
        name = f"{policy.id}#{id}"
        return Requirement(
            policy.id, name, family, kind, "statement", title, source, encodes, (), (), (), ()
        )

    for threshold in policy.thresholds.values():
        numbers = (f"{name} {number(value)}" for name, value in threshold.numbers.items())
        requires = (f"requires {', '.join(threshold.requires)}",) if threshold.requires else ()
        yield replace(
            element(
                threshold.id,
                "thresholds",
                "threshold",
                threshold.title,
                threshold.source,
                threshold.encodes,
            ),
            numbers=(*numbers, *requires),
        )
    for category in policy.categories.values():
        levels = ", ".join(category.levels or policy.scale)
        yield replace(
            element(
                category.id,
                "thresholds",
                "category",
                category.title,
                category.source,
                category.encodes,
            ),
            numbers=(f"levels {levels}",),
        )
    for standard in policy.standards.values():
        criteria = len(standard.criteria)
        said = f"{criteria} criteria" if standard.defined else "named, not yet written"
        yield replace(
            element(
                standard.id,
                standard.family,
                "standard",
                standard.title,
                standard.source,
                standard.encodes,
            ),
            numbers=(said,) if criteria or not standard.defined else (),
        )


def _requirement(policy: Policy, clause: Clause) -> Requirement:
    nodes = [node for root in roots(clause) for node in below(root)]
    terms = dict.fromkeys(node.term for node in nodes if isinstance(node, TermRef))
    named = dict.fromkeys(node.reading for node in nodes if isinstance(node, Choice))
    common = clause.common
    return Requirement(
        policy.id,
        f"{policy.id}#{common.id}",
        common.family,
        clause.kind,
        common.force,
        common.title,
        common.source,
        common.encodes,
        tuple(dict.fromkeys(_clocks(policy, clause, nodes))),
        tuple(dict.fromkeys(_numbers(clause, nodes))),
        tuple(
            Word(term.phrase, bound_text(term.literal), bound_text(term.charitable))
            for term in (policy.terms[name] for name in terms)
        ),
        tuple(policy.readings[name].phrase for name in named),
    )


def _clocks(policy: Policy, clause: Clause, nodes: list[Expression]) -> Iterator[Clock]:
    match clause:
        case Cadence(do=do, every=every) if every is not None:
            for option in _parses(do):
                yield from _clock(policy, every, f"the last {describe(option)}")
        case Whenever(duty=duty) if duty is not None:
            start = _start(clause)
            yield from _deadlines(policy, duty.deadlines, start)
        case Power(price=price) if price is not None:
            yield from _deadlines(policy, price.deadlines, describe(clause.exercised))
        case Forbid(grace=grace) | Maintain(grace=grace) if grace is not None:
            yield from _clock(policy, grace, "the day it is no longer so")
        case Procedure():
            pass
    for node in nodes:
        if isinstance(node, Compare) and isinstance(node.left, Call):
            call = node.left
            if call.function in ("since", "between"):
                yield from _clock(policy, node.right, describe(call.arguments[0]))


def _start(clause: Whenever) -> str:
    trigger = clause.when if clause.when is not None else clause.becomes
    return "" if trigger is None else describe(trigger)


def _deadlines(
    policy: Policy, deadlines: tuple[Within | Before | By, ...], start: str
) -> Iterator[Clock]:
    for limit in deadlines:
        match limit:
            case Within(duration=duration, of=of):
                yield from _clock(policy, duration, " or ".join(of) or start)
            case Before(events=events, ahead=ahead):
                anchor = start if events is None else describe(events)
                if ahead is None:
                    yield Clock("", anchor, None, "before")
                else:
                    yield from _clock(policy, ahead, anchor, "before")
            case By(day=day):
                yield Clock(f"by {format_day(day)}", start, None)


def _clock(policy: Policy, length: Expression, anchor: str, way: Way = "from") -> Iterator[Clock]:
    for option in _parses(length):
        match option:
            case DurationLiteral(value=value):
                yield Clock(str(value), anchor, value, way)
            case TermRef(term=term):
                yield Clock(f"“{policy.terms[term].phrase}”", anchor, None, way)
            case Apart(least=least, most=most):
                for clock in _clock(policy, least, anchor, way):
                    yield replace(clock, length=f"no sooner than {clock.length}")
                yield from _clock(policy, most, anchor, way)


def _parses(expression: Expression) -> tuple[Expression, ...]:
    """The expression, or its options where the text has several readings."""
    return tuple(expression.options.values()) if isinstance(expression, Choice) else (expression,)


def _numbers(clause: Clause, nodes: list[Expression]) -> Iterator[str]:
    if isinstance(clause, Cadence) and clause.growth is not None:
        yield describe_growth(clause.growth)
    if isinstance(clause, Cadence) and clause.gain is not None:
        yield describe_gain(clause.gain)
    for node in nodes:
        if isinstance(node, Compare) and _counts(node):
            yield describe(node)


def _counts(node: Compare) -> bool:
    """Whether a comparison is about a number rather than a length of time or a word."""
    left = node.left
    if isinstance(left, Call):
        return left.function in ("growth", "compute", "count", "flop", "gain", "level", "forecast")
    return isinstance(left, Attribute) and node.operator in ("<", "<=", ">", ">=")


class NotComparable(ValueError):
    """Two clocks that no number compares, with the reason."""


def shorter(one: Clock, other: Clock) -> Clock | None:
    """The clock that ends first wherever both run; None where they are the same length.

    Raises:
        NotComparable: they count from different events, a word leaves one open, or months and
            days do not say which is longer.
    """
    if (one.anchor, one.way) != (other.anchor, other.way):
        raise NotComparable(
            f"one counts {one.way} {one.anchor}, the other {other.way} {other.anchor}: clocks with "
            "different anchors are not comparable as numbers, since which ends first depends on "
            "what happened"
        )
    for clock in (one, other):
        if clock.duration is None:
            raise NotComparable(f"{clock.length} sets no length of time")
    assert one.duration is not None
    assert other.duration is not None
    lasts = no_shorter(one.duration, other.duration)
    if no_shorter(other.duration, one.duration):
        return None if lasts else one
    if lasts:
        return other
    raise NotComparable(f"whether {one.length} or {other.length} is longer depends on the calendar")
