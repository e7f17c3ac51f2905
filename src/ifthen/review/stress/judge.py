"""What a condition of a policy comes to in a simulated circumstance.

A circumstance is all that a future knows of a model: its finding, whether the safeguards are in
place, what is running, and how far away the last assessment is. Conditions ask for more than that.
What they ask for beyond it is *taken*:

- ``favour``: as suits who has to keep the policy. Every paper that relieves is there, none that
  burdens, and of several parses the best counts.
- ``finding``: decisions and safeguards follow the finding, so that while a threshold is not below
  and its safeguards are missing, no decision says that all is well. Other papers are as they
  should be. Of several parses all are kept.
- ``against``: as burdens most. Whatever could bring a duty about has happened.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Policy,
    Quantified,
    TermRef,
    Variable,
    Words,
)
from ifthen.review.hidden import high, target
from ifthen.review.stress.circumstance import LOOKS, Circumstance, looks_at
from ifthen.review.stress.lengths import days_of
from ifthen.vocabulary import FINDINGS, KINDS

Attitude: TypeAlias = Literal["favour", "finding", "against"]
ACT: Mapping[str, Any] = {
    "purpose": "capability",
    "stage": "general",
    "frontier": True,
    "large_scale": True,
}
"""What is known of every act in a future: work on capability, release to all, at the frontier."""
_FLOP = Fraction(10) ** 27
_NEVER = frozenset(
    {
        "policy_amended",
        "power_exercised",
        "algorithmic_breakthrough",
        "training_paused",
        "training_ended",
        "weights_deleted",
        "weights_locked",
        "model_withdrawn",
        "model_restricted",
        "documents_destroyed",
        "standard_lapsed",
        "interim_measures_found_inadequate",
        "rival_passed_threshold",
        "rival_assessed",
    }
) | {name for name, kind in KINDS.items() if kind.group == "trouble"}
"""Kinds that no future holds: rivals, incidents, powers, changes of the policy."""
_ALWAYS = frozenset({"policy_adopted", "training_started", "training_progress", "model_released"})
_FOLLOW = frozenset({"findings", "safeguards"})
"""Groups of kinds that a charitable house takes by the finding; other papers it always has."""
_SAFE = frozenset({"standard_activated", "standard_approved"})
_PLAIN = frozenset({"assessment", "mitigation", "model", "stage"})
"""Tests that a look or a finding of a future always passes."""
_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the conditions of one policy in one circumstance."""

    policy: Policy
    here: Circumstance
    attitude: Attitude
    bound: Mapping[str, str] = field(default_factory=dict)
    """Quantified variables, by name."""

    def holds(self, expression: Expression | None, *, relief: bool) -> bool:
        """Whether a condition is true.

        Args:
            expression: the condition; none is true.
            relief: whether it would relieve the house if it were.
        """
        return True if expression is None else self._value(expression, relief)[0]

    def _value(self, e: Expression, relief: bool) -> tuple[bool, bool]:
        """The value, and whether it is known rather than taken."""
        match e:
            case Constant(value=bool(value)):
                return value, True
            case Defined(expression=inner):
                return self._value(inner, relief)
            case Not(operand=inner):
                value, known = self._value(inner, not relief)
                return not value, known
            case Logic(operator=joined, operands=operands):
                return self._logic(joined, [self._value(each, relief) for each in operands], relief)
            case Choice(options=options):
                return self._parses([self._value(o, relief) for o in options.values()], relief)
            case Quantified(quantifier=quantifier, variable=name, domain=domain, body=body):
                values = [
                    replace(self, bound={**self.bound, name: member})._value(body, relief)
                    for member in self._members(domain)
                ]
                return _all(values) if quantifier == "every" else _any(values)
            case TermRef(term=name):
                said = self.policy.terms[name].charitable.value
                if self.attitude == "favour" or not isinstance(said, bool):
                    return self._taken(relief)
                return said, False
            case Compare():
                return self._compare(e, relief)
            case Call():
                return self._call(e, relief)
        return self._taken(relief, _events(e))

    def _taken(self, relief: bool, events: Expression | None = None) -> tuple[bool, bool]:
        """What a future does not know; a paper where the events are no decision or safeguard.

        Whom a policy is about is never left to it: whatever makes it apply is so.
        """
        kinds = events.patterns if isinstance(events, Events) else ()
        if any(KINDS[pattern.kind].group == "world" for pattern in kinds):
            return not relief, False
        if self.attitude == "finding":
            paper = isinstance(events, Events) and not any(
                KINDS[p.kind].group in _FOLLOW for p in events.patterns
            )
            return (relief if paper or self.here.calm else not relief), False
        return (relief if self.attitude == "favour" else not relief), False

    def _logic(
        self, joined: str, values: list[tuple[bool, bool]], relief: bool
    ) -> tuple[bool, bool]:
        if joined == "and":
            return _all(values)
        if joined == "or":
            return _any(values)
        known = next((each for each in values if each[1]), None)
        if values[0][1] or self.attitude != "favour":
            return values[0]
        told = [values[0], *([known] if known is not None else [])]
        return self._parses(told, relief)

    def _parses(self, values: list[tuple[bool, bool]], relief: bool) -> tuple[bool, bool]:
        """One text, several parses: in one's own favour the best counts, else all are kept."""
        return _any(values) if (self.attitude == "favour") == relief else _all(values)

    def _members(self, domain: Expression) -> Iterable[str]:
        match domain:
            case Words(values=words):
                return words
            case Call(function="thresholds"):
                return [t.id for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [c.id for c in self.policy.categories.values() if c.tracked]
            case Call(function="models"):
                return ["this"]
            case Call(function="required", arguments=arguments):
                return self._required(self._word(arguments[0]))
            case Call(function="criteria", arguments=arguments):
                standard = self.policy.standards.get(self._word(arguments[0]) or "")
                return [c.id for c in standard.criteria] if standard is not None else []
        return []

    def _required(self, name: str | None) -> Iterable[str]:
        threshold = self.policy.thresholds.get(name or "")
        if threshold is not None:
            return threshold.requires
        category = self.policy.categories.get(name or "")
        levels = category.levels.values() if category is not None else ()
        return tuple(dict.fromkeys(s for level in levels for s in level.requires))

    def _word(self, e: Expression) -> str | None:
        """A word, a name or a quantified variable."""
        if isinstance(e, Variable):
            return self.bound.get(e.name, e.name)
        if isinstance(e, Constant) and isinstance(e.value, str):
            return self.bound.get(e.value, e.value)
        return None

    # --- comparisons ---

    def _compare(self, e: Compare, relief: bool) -> tuple[bool, bool]:
        left, right = e.left, e.right
        ranked = self._rank(left)
        if ranked is not None:
            place, order = ranked
            return _ranked(e.operator, place, order, right, self._word(right)), True
        if isinstance(left, Call) and isinstance(left.arguments[0:1], tuple) and left.arguments:
            known = self._measured(left, right)
            if known is not None and e.operator in _COMPARE:
                return bool(_COMPARE[e.operator](*known)), True
        said = self._said(left)
        if said is not None and e.operator == "in" and isinstance(right, Words):
            return said in right.values, True
        if said is not None and e.operator in ("=", "!="):
            other = right.value if isinstance(right, Constant) else self._word(right)
            return (said == other) == (e.operator == "="), True
        one, two = self._word(left), self._word(right)
        if e.operator in ("=", "!=") and one is not None and two is not None:
            return (one == two) == (e.operator == "="), True
        return self._taken(relief, _events(left))

    def _rank(self, e: Expression) -> tuple[int, tuple[str, ...]] | None:
        """The rank of a standing, score or forecast, and the words in their order."""
        if not isinstance(e, Call) or e.function not in ("status", "level", "forecast"):
            return None
        name, hidden = self._word(e.arguments[0]), target(self.policy)
        here = self.here
        if e.function == "status":
            return (here.rank if name == hidden else 0), FINDINGS
        scale = self.policy.scale
        if not scale:
            return None
        if name != hidden:
            return (-1 if e.function == "forecast" else 0), scale
        past = high(self.policy)
        if e.function == "forecast":
            return (past if here.rank >= 1 else -1), scale
        mitigated = here.safeguarded and "pre" not in map(self._word, e.arguments[1:])
        return (past if here.rank >= 2 and not mitigated else max(0, past - 1)), scale

    def _measured(self, left: Call, right: Expression) -> tuple[Any, Any] | None:
        """Both sides of a comparison of time, growth or training compute, where they are known."""
        if left.function == "flop" and isinstance(right, Constant):
            return _FLOP, right.value
        events = left.arguments[0]
        if left.function == "growth" and isinstance(right, Constant):
            result = isinstance(events, Constant) and events.value == "result"
            if result or (isinstance(events, Events) and looks_at(events, self.policy)):
                return self.here.grown, right.value
        if left.function == "since" and isinstance(right, DurationLiteral):
            found = looks_at(events, self.policy) if isinstance(events, Events) else frozenset()
            if found:
                start = found <= {"assessment_started"}
                since = self.here.since_start if start else self.here.since_done
                return since, days_of(right.value)
        return None

    def _said(self, e: Expression) -> Any:
        """An attribute of an act, or of the act under way, as far as every future knows it."""
        if isinstance(e, Attribute) and (
            e.of is None or all(p.kind in _ALWAYS for p in e.of.patterns)
        ):
            return ACT.get(e.name)
        return None

    # --- primitives ---

    def _call(self, e: Call, relief: bool) -> tuple[bool, bool]:
        match e.function:
            case "in_place" | "approved":
                return self.here.safeguarded, True
            case "running":
                return self._word(e.arguments[0]) in self.here.running, True
            case "counts":
                return relief, False
            case "did" if isinstance(e.arguments[0], Events):
                return _any([self._did(p, relief) for p in e.arguments[0].patterns])
        return self._taken(relief, _events(e))

    def _did(self, pattern: Pattern, relief: bool) -> tuple[bool, bool]:
        if pattern.kind in _NEVER:
            return False, True
        if pattern.kind in _ALWAYS:
            return True, True
        plain = all(test.attribute in _PLAIN for test in pattern.tests)
        if plain and pattern.kind in LOOKS | {"threshold_decision"}:
            return True, True
        if any(t.attribute == "threshold" and self._elsewhere(t.values) for t in pattern.tests):
            return relief, False
        if pattern.kind in _SAFE:
            return self.here.safeguarded, True
        return self._taken(relief, Events((pattern,)))

    def _elsewhere(self, names: Iterable[str]) -> bool:
        """Whether only thresholds are named of which nothing is hidden."""
        meant = {self.bound.get(name, name) for name in names}
        return bool(meant) and target(self.policy) not in meant


def _events(e: Expression) -> Events | None:
    """The events that a primitive or an attribute is about; an act's own attributes are papers."""
    if isinstance(e, Attribute):
        return e.of if e.of is not None else Events(())
    if isinstance(e, Call) and e.arguments:
        first = e.arguments[0]
        return first if isinstance(first, Events) else _events(first)
    return None


def _ranked(
    compared: str, place: int, order: tuple[str, ...], right: Expression, word: str | None
) -> bool:
    if isinstance(right, Words):
        return place >= 0 and order[place] in right.values
    if word not in order:
        return False
    return bool(_COMPARE[compared](place, order.index(word)))


def _all(values: list[tuple[bool, bool]]) -> tuple[bool, bool]:
    if any(known and not value for value, known in values):
        return False, True
    return all(value for value, _ in values), all(known for _, known in values)


def _any(values: list[tuple[bool, bool]]) -> tuple[bool, bool]:
    if any(known and value for value, known in values):
        return True, True
    return any(value for value, _ in values), all(known for _, known in values)
