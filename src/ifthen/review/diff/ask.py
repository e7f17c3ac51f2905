"""What a clause asks, in one form for all six kinds, and when it is proved to ask no more.

A clause *asks no more* than another if every record that offends against it offends against the
other: leaves a duty undone, acts while held, lets a standard lapse, decides out of order, uses a
power without what it needs. The proof goes field by field; for each the comment at ``_RULES`` says
why it is sound. What is not proved is not denied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ifthen.policy.model import (
    Apart,
    Before,
    By,
    Cadence,
    Choice,
    Clause,
    Deadline,
    Duty,
    Expression,
    Forbid,
    Gain,
    Maintain,
    Pattern,
    Policy,
    Power,
    Procedure,
    Step,
    Whenever,
    Within,
)
from ifthen.review.diff.canonical import FALSE, TRUE, Canon
from ifthen.review.diff.entail import entails, fewer, refutes
from ifthen.review.diff.lengths import Length, lengths_of
from ifthen.vocabulary import FORCES, Force

Patterns = frozenset[Pattern]


@dataclass(frozen=True, slots=True)
class Limit:
    """One deadline of a duty."""

    anchor: tuple[str, ...]
    """``within`` and the date attributes it counts from; ``before``; ``before this``; ``by``."""
    lengths: tuple[Length, ...] = ()
    """How long from the anchor, or ahead of it; one for each reading."""
    events: Patterns = frozenset()
    """Events before which it is due."""
    day: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """What one clause, step or price asks."""

    kind: str
    for_each: str
    force: Force
    month_end: str | None
    action: str = ""
    trigger: Patterns = frozenset()
    """Events that set it off."""
    becomes: Expression = FALSE
    """The condition whose becoming true sets it off."""
    condition: Expression = TRUE
    """Where this is not true, nothing is asked."""
    must: Expression = TRUE
    """What has to be true: it offends where this is false."""
    deeds: tuple[Patterns, ...] = ()
    """Events of which each has to happen."""
    never_due: bool = False
    """Whether the deeds have no deadline."""
    limits: tuple[Limit, ...] = ()
    after: Patterns = frozenset()
    every: tuple[Length, ...] = ()
    least: tuple[Length, ...] = ()
    growth: tuple[str, Fraction] | None = None
    gain: Gain | None = None
    grace: tuple[Length, ...] = ()
    by: frozenset[str] = frozenset()
    by_least: int = 0
    gates: frozenset[str] = frozenset()
    steps: tuple[Ask, ...] = ()
    price: Ask | None = None
    readings: bool = False
    """Whether it asks different things by different readings of its deed or trigger."""


def ask_of(policy: Policy, clause: Clause, canon: Canon) -> Ask:
    """A clause in the common form.

    Raises:
        TooLarge: an expression of it is too large to write out.
    """
    return _Builder(policy, canon).clause(clause)


class _Builder:
    def __init__(self, policy: Policy, canon: Canon) -> None:
        self._policy = policy
        self._canon = canon

    def clause(self, clause: Clause) -> Ask:
        common = clause.common
        start: dict[str, Any] = {
            "kind": clause.kind,
            "for_each": common.for_each,
            "force": common.force,
            "month_end": common.month_end,
        }
        match clause:
            case Cadence():
                return self._cadence(clause, start)
            case Whenever(duty=duty):
                asked = {} if duty is None else self._duty(duty)
                return Ask(
                    **start,
                    **asked,
                    trigger=self._canon.events(clause.when),
                    becomes=FALSE if clause.becomes is None else self._form(clause.becomes),
                    condition=self._condition(clause.if_),
                    must=self._condition(clause.require),
                    readings=isinstance(clause.when, Choice)
                    or (duty is not None and any(isinstance(deed, Choice) for deed in duty.then)),
                )
            case Forbid():
                return Ask(
                    **start,
                    action=clause.action,
                    condition=self._condition(clause.if_),
                    must=self._form(clause.unless),
                    grace=self._lengths(clause.grace),
                )
            case Maintain():
                return Ask(
                    **start,
                    condition=self._form(clause.while_),
                    must=self._form(clause.keep),
                    grace=self._lengths(clause.grace),
                )
            case Procedure():
                steps = tuple(self._step(step) for step in clause.steps)
                return Ask(
                    **start,
                    trigger=self._canon.events(clause.decision),
                    condition=self._condition(clause.if_),
                    gates=frozenset(clause.gates),
                    steps=steps,
                    readings=isinstance(clause.decision, Choice),
                )
            case Power(price=price):
                owed = None if price is None else self._price(price, clause, start)
                return Ask(
                    **start,
                    trigger=self._canon.events(clause.exercised),
                    must=self._condition(clause.if_),
                    by=frozenset(self._canon.words(clause.by)),
                    price=owed,
                    readings=isinstance(clause.exercised, Choice),
                )

    def _cadence(self, clause: Cadence, start: dict[str, Any]) -> Ask:
        every = clause.every
        options = tuple(every.options.values()) if isinstance(every, Choice) else (every,)
        most = tuple(
            length
            for option in options
            if option is not None
            for length in self._lengths(option.most if isinstance(option, Apart) else option)
        )
        least = tuple(
            length
            for option in options
            if isinstance(option, Apart)
            for length in self._lengths(option.least)
        )
        return Ask(
            **start,
            deeds=(self._canon.events(clause.do),),
            condition=self._condition(clause.while_),
            every=most,
            least=least,
            growth=clause.growth,
            gain=clause.gain,
            readings=isinstance(clause.do, Choice),
        )

    def _step(self, step: Step) -> Ask:
        return Ask(
            "step",
            "",
            step.force,
            None,
            condition=self._condition(step.if_),
            deeds=tuple(self._canon.events(deed) for deed in step.do),
            limits=(Limit(("step",), events=self._canon.events(step.before)),),
            by=frozenset(self._canon.words(step.by)),
            by_least=step.by_least,
            readings=any(isinstance(deed, Choice) for deed in (*step.do, step.before)),
        )

    def _price(self, price: Duty, clause: Power, start: dict[str, Any]) -> Ask:
        asked = self._duty(price)
        trigger = self._canon.events(clause.exercised)
        return Ask(**{**start, "kind": "price"}, **asked, trigger=trigger)

    def _duty(self, duty: Duty) -> dict[str, Any]:
        return {
            "deeds": tuple(self._canon.events(deed) for deed in duty.then),
            "never_due": not duty.deadlines,
            "limits": tuple(map(self._limit, duty.deadlines)),
            "after": self._canon.events(duty.after),
        }

    def _limit(self, limit: Deadline) -> Limit:
        match limit:
            case Within(duration=duration, of=of):
                return Limit(("within", *of), self._lengths(duration))
            case Before(events=None):
                return Limit(("before this",))
            case Before(events=events, ahead=ahead):
                return Limit(("before",), self._lengths(ahead), self._canon.events(events))
            case By(day=day):
                return Limit(("by",), day=day)

    def _condition(self, expression: Expression | None) -> Expression:
        return TRUE if expression is None else self._form(expression)

    def _form(self, expression: Expression) -> Expression:
        return self._canon.form(expression)

    def _lengths(self, expression: Expression | None) -> tuple[Length, ...]:
        return () if expression is None else lengths_of(self._policy, expression)


def can_offend(ask: Ask) -> bool:
    """Whether some record may offend, by the words alone: what is never due is never failed."""
    match ask.kind:
        case "whenever" if ask.deeds:
            return not all(
                limit.anchor[0] == "within" and _endless(limit.lengths) for limit in ask.limits
            )
        case "maintain":
            return not (ask.grace and _endless(ask.grace))
        case "cadence":
            counted = ask.growth is not None or ask.gain is not None or bool(ask.least)
            return counted or not _endless(ask.every)
    return True


def _endless(lengths: tuple[Length, ...]) -> bool:
    return all(length.literal is None for length in lengths)


# --- the proof --------------------------------------------------------------------------------


def asks_no_more(one: Ask, other: Ask) -> bool:
    """Whether every record that offends against one clause is proved to offend against another."""
    if one == other:
        return True
    return all(rule(one, other) for rule in _RULES)


def _no_shorter(one: tuple[Length, ...], other: tuple[Length, ...]) -> bool:
    """By every reading of each; nothing is no time at all."""
    if not other:
        return True
    return bool(one) and all(first.no_shorter(second) for first in one for second in other)


def _frame(one: Ask, other: Ask) -> bool:
    """Same sort of thing about same subjects; months, if counted, are rounded alike."""
    if (one.kind, one.for_each, one.action) != (other.kind, other.for_each, other.action):
        return False
    if (one.readings or other.readings) and (one.trigger, one.deeds, one.after) != (
        other.trigger,
        other.deeds,
        other.after,
    ):
        return False
    if one.month_end == other.month_end:
        return True
    counted = (*one.every, *one.least, *one.grace, *(n for x in one.limits for n in x.lengths))
    return not any(length.months for length in counted)


def _force(one: Ask, other: Ask) -> bool:
    """What binds no more strongly offends no more."""
    return FORCES.index(one.force) >= FORCES.index(other.force)


def _trigger(one: Ask, other: Ask) -> bool:
    """It is set off only where the other is.

    A condition becomes true at other moments than one it entails, so that it has to be the same.
    """
    return fewer(one.trigger, other.trigger) and one.becomes == other.becomes


def _condition(one: Ask, other: Ask) -> bool:
    """It asks something only where the other does."""
    return entails(one.condition, other.condition)


def _must(one: Ask, other: Ask) -> bool:
    """What it needs is false only where what the other needs is false."""
    return refutes(one.must, other.must)


def _deeds(one: Ask, other: Ask) -> bool:
    """Whoever fails to do one of its deeds fails one of the other's.

    That is no wider, and due no later. A duty that is never due is never failed.
    """
    if one.kind == "cadence":
        return fewer(other.deeds[0], one.deeds[0])
    if one.never_due:
        return True
    if one.kind not in ("step", "price", "whenever"):
        return True
    if other.never_due and one.deeds:
        return False
    same_after = one.after == other.after
    covered = all(any(fewer(narrow, deed) for narrow in other.deeds) for deed in one.deeds)
    return covered and same_after and _due(one, other)


def _due(one: Ask, other: Ask) -> bool:
    """The earliest limit counts: each of its own ends no sooner than some limit of the other."""
    return all(any(_later(limit, earlier) for earlier in other.limits) for limit in one.limits)


def _later(one: Limit, other: Limit) -> bool:
    if one == other:
        return True
    if one.anchor != other.anchor:
        return False
    if one.anchor[0] == "within":
        return _no_shorter(one.lengths, other.lengths)
    if one.anchor == ("before",):
        return fewer(one.events, other.events) and _no_shorter(other.lengths, one.lengths)
    return one.anchor == ("by",) and one.day >= other.day


def _cadence(one: Ask, other: Ask) -> bool:
    """Each of its clocks runs out no sooner than the same clock of the other.

    A lower bound is no higher, beside the same growth, which may lift it.
    """
    if one.every and not (other.every and _no_shorter(one.every, other.every)):
        return False
    if one.growth is not None and (
        other.growth is None or not _no_sooner(one.growth, other.growth)
    ):
        return False
    if one.gain is not None:
        if other.gain is None or (one.gain.measure, one.gain.unit) != (
            other.gain.measure,
            other.gain.unit,
        ):
            return False
        if not _no_sooner((one.gain.operator, one.gain.by), (other.gain.operator, other.gain.by)):
            return False
    if one.least:
        same = (one.growth, one.gain) == (other.growth, other.gain)
        return same and bool(other.least) and _no_shorter(other.least, one.least)
    return True


def _no_sooner(one: tuple[str, Fraction], other: tuple[str, Fraction]) -> bool:
    """Whether growth reaches one bound no sooner than the other."""
    (first, amount), (second, bound) = one, other
    return amount > bound or (amount == bound and (first == ">" or second == ">="))


def _grace(one: Ask, other: Ask) -> bool:
    """It gives at least as much time to end what it no longer allows."""
    return _no_shorter(one.grace, other.grace)


def _people(one: Ask, other: Ask) -> bool:
    """Whoever approves enough for the other approves enough for it; a power: may use it too.

    Of a step that needs j roles beside one that needs k: at most ``k - j`` roles of the other are
    strangers to it.
    """
    if one.kind == "power":
        return other.by <= one.by
    if not one.by:
        return True
    return len(other.by - one.by) <= other.by_least - one.by_least


def _procedure(one: Ask, other: Ask) -> bool:
    """It gates no more, and each of its binding steps is no more than a step of the other."""
    if not one.gates <= other.gates:
        return False
    binding = [step for step in one.steps if step.force in ("commitment", "aim")]
    return all(any(asks_no_more(step, more) for more in other.steps) for step in binding)


def _price(one: Ask, other: Ask) -> bool:
    """What its use costs is no more than what the use of the other costs."""
    if one.price is None:
        return True
    return other.price is not None and asks_no_more(one.price, other.price)


_RULES: tuple[Callable[[Ask, Ask], bool], ...] = (
    _frame,
    _force,
    _trigger,
    _condition,
    _must,
    _deeds,
    _cadence,
    _grace,
    _people,
    _procedure,
    _price,
)
"""All of them together prove it: each leaves the offences of one among those of the other."""
