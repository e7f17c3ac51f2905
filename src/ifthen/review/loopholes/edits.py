"""Small changes of a text: bound a word, settle a reading, set a deadline, shorten a clock, add."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ifthen.dates import Duration
from ifthen.policy.model import (
    Bound,
    Call,
    Choice,
    Clause,
    Compare,
    DurationLiteral,
    Policy,
    TermRef,
    Whenever,
    Within,
)
from ifthen.review.loopholes.harms import PREFIX, Harm
from ifthen.ruling.variants import below, roots

Sort: TypeAlias = Literal["bound", "settle", "deadline", "clock", "add"]
LENGTHS: tuple[Sort, ...] = ("bound", "deadline", "clock")
"""Those whose value is a number of days."""
_LEAVES = ("Span", "Common", "Duration")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change."""

    kind: Sort
    name: str
    """The word, the reading, the clause, or the harm whose clause is added."""
    value: str = ""
    """Days, or the parse of a reading; empty for a clause that is added."""

    def days(self, days: int) -> Edit:
        """The same change with another length."""
        return replace(self, value=str(days))

    def as_json(self) -> dict[str, str | None]:
        """The change in JSON."""
        return {"kind": self.kind, "name": self.name, "value": self.value or None}


def edited(policy: Policy, edits: Sequence[Edit], harm: Harm) -> Policy:
    """A policy with some changes made."""
    for edit in edits:
        match edit.kind:
            case "bound":
                bound = Bound("at_most", Duration(int(edit.value), "day"))
                term = replace(policy.terms[edit.name], literal=bound, charitable=bound)
                policy = replace(policy, terms={**policy.terms, edit.name: term})
            case "settle":
                policy = _each(policy, _settled(edit.name, edit.value))
            case "deadline":
                limit = Within(DurationLiteral(Duration(int(edit.value), "day")))
                policy = _each(policy, _limited(limit), edit.name)
            case "clock":
                length = DurationLiteral(Duration(int(edit.value), "day"))
                policy = _each(policy, _shortened(length), edit.name)
            case "add":
                policy = replace(policy, clauses=(*policy.clauses, _own(harm)))
    return policy


def candidates(policy: Policy, clauses: Sequence[str]) -> Iterator[Edit]:
    """The changes that some clauses allow, lengths without a value yet."""
    asked = [clause for clause in policy.clauses if clause.common.id in clauses]
    nodes = [n for clause in asked for root in roots(clause) for n in below(root)]
    words = [n.term for n in nodes if isinstance(n, TermRef)]
    for name in dict.fromkeys(words):
        if policy.terms[name].type == "duration":
            yield Edit("bound", name)
    for name in dict.fromkeys(n.reading for n in nodes if isinstance(n, Choice)):
        yield from (Edit("settle", name, option) for option in policy.readings[name].options)
    for clause in asked:
        if isinstance(clause, Whenever) and clause.duty and not clause.duty.deadlines:
            yield Edit("deadline", clause.common.id)
        if any(_clock(n) for root in roots(clause) for n in below(root)):
            yield Edit("clock", clause.common.id)


def _each(policy: Policy, change: Callable[[Any], Any], name: str | None = None) -> Policy:
    """A policy with every clause, or one, changed in all its parts."""
    clauses = tuple(
        _changed(clause, change) if name in (None, clause.common.id) else clause
        for clause in policy.clauses
    )
    return replace(policy, clauses=clauses)


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """A part of a clause after a change from the outside in."""
    value = change(value)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if isinstance(value, dict):
        return {key: _changed(each, change) for key, each in value.items()}
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None or type(value).__name__ in _LEAVES:
        return value
    parts = {n: _changed(getattr(value, n), change) for n in fields if n != "kind"}
    kept = {n: part for n, part in parts.items() if part is not getattr(value, n)}
    return replace(value, **kept) if kept else value


def _settled(name: str, option: str) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        while isinstance(value, Choice) and value.reading == name:
            value = value.options[option]
        return value

    return change


def _limited(limit: Within) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        if isinstance(value, Whenever) and value.duty is not None and not value.duty.deadlines:
            return replace(value, duty=replace(value.duty, deadlines=(limit,)))
        return value

    return change


def _shortened(length: DurationLiteral) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        return replace(value, right=length) if _clock(value) else value

    return change


def _clock(node: Any) -> bool:
    """Whether it asks that so long has passed since something: what makes a duty wait."""
    return (
        isinstance(node, Compare)
        and node.operator in (">", ">=")
        and isinstance(node.left, Call)
        and node.left.function == "since"
        and isinstance(node.right, DurationLiteral)
    )


def _own(harm: Harm) -> Clause:
    """The clause of a harm as one of the policy."""
    common = harm.clause.common
    own = replace(common, id=f"added-{common.id.removeprefix(PREFIX)}", force="commitment")
    return replace(harm.clause, common=own)
