"""Which way a part of a policy went, dimension by dimension, as far as its structure proves it.

Each dimension of a clause is judged by putting the new version's fields of that dimension, alone,
into the old clause: proved to ask no more, it is weaker; no less, stronger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ifthen.dates import Duration
from ifthen.policy.describe import describe, describe_deadline, describe_gain, describe_growth
from ifthen.policy.describe import number as number_text
from ifthen.policy.model import (
    Bound,
    Cadence,
    Category,
    Clause,
    Criterion,
    Expression,
    Forbid,
    Level,
    Maintain,
    Power,
    Procedure,
    Reading,
    Role,
    Standard,
    Step,
    Term,
    Threshold,
    Whenever,
)
from ifthen.review.diff.ask import Ask, asks_no_more
from ifthen.review.diff.lengths import no_shorter
from ifthen.ruling.wording import bound_text

Direction: TypeAlias = Literal["stronger", "weaker"]
Dimension: TypeAlias = Literal[
    "scope", "trigger", "actor", "force", "disclosure", "consequence", "clock"
]
DIMENSIONS: tuple[Dimension, ...] = (
    "scope",
    "trigger",
    "actor",
    "force",
    "disclosure",
    "consequence",
    "clock",
)
"""What a change can be about; a number that sets a clock or a growth off is of the clock."""


@dataclass(frozen=True, slots=True)
class Change:
    """One dimension in which a part differs."""

    dimension: Dimension
    direction: Direction | None
    """None where its structure proves neither."""
    before: str
    after: str
    lost: tuple[str, ...] = ()
    """Members of a list that are gone, where the change is one of a list."""
    gained: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The change in JSON."""
        return {
            "dimension": self.dimension,
            "direction": self.direction,
            "before": self.before or None,
            "after": self.after or None,
            "lost": list(self.lost),
            "gained": list(self.gained),
        }


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "scope": ("for_each", "condition"),
    "trigger": ("trigger", "becomes", "action"),
    "actor": ("by", "by_least"),
    "force": ("force",),
    "asked": ("must", "deeds", "after", "gates", "steps", "price", "readings"),
    "clock": (
        "month_end",
        "never_due",
        "limits",
        "every",
        "least",
        "growth",
        "gain",
        "grace",
    ),
}
"""The fields of an ask by dimension; what is asked is disclosure or consequence."""
_TOLD = ("notice", "publication")


def clause_changes(old: Clause, new: Clause, before: Ask, after: Ask) -> tuple[Change, ...]:
    """The dimensions in which two clauses differ, each with its direction where that is proved."""
    return tuple(_clause_changes(old, new, before, after))


def _clause_changes(old: Clause, new: Clause, before: Ask, after: Ask) -> Iterator[Change]:
    if before.kind != after.kind:
        yield Change("trigger", None, f"{old.kind}: {_said(old)}", f"{new.kind}: {_said(new)}")
    else:
        for name, fields in _FIELDS.items():
            moved = {field: getattr(after, field) for field in fields}
            hybrid = replace(before, **moved)
            if hybrid != before:
                said, says = _texts(old)[name], _texts(new)[name]
                yield Change(_named(name, new), direction(before, hybrid), said, says)
    one, other = old.common.owner, new.common.owner
    if {*one} != {*other}:
        lost = tuple(role for role in one if role not in other)
        gained = tuple(role for role in other if role not in one)
        yield Change("actor", None, ", ".join(one), ", ".join(other), lost, gained)


def direction(before: Ask, after: Ask) -> Direction | None:
    """Weaker where the new is proved to ask no more, stronger where the old is."""
    no_more, no_less = asks_no_more(after, before), asks_no_more(before, after)
    if no_more == no_less:
        return None
    return "weaker" if no_more else "stronger"


def _named(name: str, clause: Clause) -> Dimension:
    if name != "asked":
        return name  # type: ignore[return-value]
    return "disclosure" if clause.common.family in _TOLD else "consequence"


# --- clauses in words -------------------------------------------------------------------------


def _texts(clause: Clause) -> dict[str, str]:
    """What a clause says, by the names of ``_FIELDS``."""
    found: dict[str, list[str]] = {name: [] for name in _FIELDS}

    def say(name: str, label: str, *expressions: Expression | None) -> None:
        told = "; ".join(describe(e) for e in expressions if e is not None)
        if told:
            found[name].append(f"{label} {told}".strip())

    if clause.common.for_each != "organisation":
        found["scope"].append(f"for each {clause.common.for_each}")
    found["force"].append(clause.common.force)
    match clause:
        case Cadence():
            say("scope", "while", clause.while_)
            say("asked", "", clause.do)
            say("clock", "every", clause.every)
            if clause.growth is not None:
                found["clock"].append(describe_growth(clause.growth))
            if clause.gain is not None:
                found["clock"].append(describe_gain(clause.gain))
        case Whenever(duty=duty):
            say("trigger", "when", clause.when)
            say("trigger", "when it becomes so that", clause.becomes)
            say("scope", "if", clause.if_)
            say("asked", "require", clause.require)
            if duty is not None:
                say("asked", "", *duty.then)
                say("asked", "after", duty.after)
                limits = [describe_deadline(limit) for limit in duty.deadlines]
                found["clock"].append(", ".join(limits) or "no deadline")
        case Forbid():
            found["trigger"].append(clause.action)
            say("scope", "if", clause.if_)
            say("asked", "unless", clause.unless)
            say("clock", "grace", clause.grace)
        case Maintain():
            say("scope", "while", clause.while_)
            say("asked", "keep", clause.keep)
            say("clock", "grace", clause.grace)
        case Procedure():
            say("trigger", "decision", clause.decision)
            say("scope", "if", clause.if_)
            found["asked"].append("; ".join(map(_step, clause.steps)))
            if clause.gates:
                found["asked"].append(f"gates {', '.join(clause.gates)}")
        case Power(price=price):
            say("trigger", "", clause.exercised)
            found["actor"].append(", ".join(clause.by))
            say("asked", "if", clause.if_)
            if price is not None:
                say("asked", "price", *price.then)
                limits = [describe_deadline(limit) for limit in price.deadlines]
                found["asked"].append(", ".join(limits) or "no deadline")
    if clause.common.month_end is not None:
        found["clock"].append(f"months end {clause.common.month_end}")
    return {name: "; ".join(said) for name, said in found.items()}


def _step(step: Step) -> str:
    who = f" by {', '.join(step.by)}" if step.by else ""
    deeds = ", ".join(describe(deed) for deed in step.do)
    before = f" before {describe(step.before)}" if step.before is not None else ""
    force = "" if step.force == "commitment" else f" ({step.force})"
    return f"{step.id}: {deeds}{who}{before}{force}".replace(":  by", ": by")


def _said(clause: Clause) -> str:
    texts = _texts(clause)
    return "; ".join(filter(None, (texts[name] for name in _FIELDS if name != "force")))


# --- other parts ------------------------------------------------------------------------------


def part_changes(old: object, new: object, names: Mapping[str, str]) -> tuple[Change, ...]:
    """The same for a threshold, category, level, standard, criterion, term, reading or role.

    What a text in words says is compared only where nothing in the structure differs: it is our
    paraphrase, and restates the structure.
    """
    found: list[Change]
    match old, new:
        case Threshold(), Threshold():
            found = _threshold(old, new, names)
        case Standard(), Standard():
            found = _standard(old, new, names)
        case Level(), Level():
            found = _list("consequence", _now(old.requires, names), new.requires, "stronger")
        case Term(), Term():
            return tuple(_term(old, new))
        case Category(), Category():
            more: Direction = "stronger" if new.tracked else "weaker"
            found = (
                [Change("scope", more, _tracked(old), _tracked(new))]
                if old.tracked != new.tracked
                else []
            )
        case Reading(), Reading():
            options = tuple(old.options), tuple(new.options)
            return tuple(_list("trigger", *options, None))
        case Role(), Role():
            return ()
        case _ if type(old) is not type(new):
            before, after = (f"a {type(part).__name__.lower()}" for part in (old, new))
            return (Change("trigger", None, before, after),)
        case _:
            found = []
    if found:
        return tuple(found)
    before, after = _words(old), _words(new)
    return (Change("trigger", None, before, after),) if before != after else ()


def _threshold(old: Threshold, new: Threshold, names: Mapping[str, str]) -> list[Change]:
    found = _list("consequence", _now(old.requires, names), new.requires, "stronger")
    found += _list("trigger", _now(old.above, names), new.above, "weaker")
    if old.checkpoint != new.checkpoint:
        what = {True: "a checkpoint, which gates nothing", False: "a threshold"}
        way: Direction = "weaker" if new.checkpoint else "stronger"
        found.append(Change("consequence", way, what[old.checkpoint], what[new.checkpoint]))
    if old.numbers != new.numbers:
        before, after = _numbers(old), _numbers(new)
        found.append(
            Change("trigger", None, "; ".join(before), "; ".join(after), *_moved(before, after))
        )
    return found


def _standard(old: Standard, new: Standard, names: Mapping[str, str]) -> list[Change]:
    found = _list("scope", old.in_scope, new.in_scope, "stronger")
    if not found:
        found = _list("scope", old.out_of_scope, new.out_of_scope, "weaker")
    found += _list("consequence", _now(old.includes, names), new.includes, "stronger")
    if old.defined != new.defined:
        what = {True: "written", False: "named, not written"}
        way: Direction = "stronger" if new.defined else "weaker"
        found.append(Change("consequence", way, what[old.defined], what[new.defined]))
    return found


def _list(
    dimension: Dimension, old: Iterable[str], new: Iterable[str], more: Direction | None
) -> list[Change]:
    """The change of a list, of which more members go one way."""
    before, after = tuple(old), tuple(new)
    lost, gained = _moved(before, after)
    if not lost and not gained:
        return []
    fewer: Direction | None = {"stronger": "weaker", "weaker": "stronger"}.get(more or "")  # type: ignore[assignment]
    way = more if not lost else fewer if not gained else None
    return [Change(dimension, way, ", ".join(before), ", ".join(after), lost, gained)]


def _moved(
    before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    lost = tuple(member for member in before if member not in after)
    return lost, tuple(member for member in after if member not in before)


def _term(old: Term, new: Term) -> Iterator[Change]:
    for label in ("literal", "charitable"):
        before: Bound = getattr(old, label)
        after: Bound = getattr(new, label)
        if before != after:
            yield Change(
                "clock" if new.type == "duration" else "trigger",
                _bound_direction(before, after),
                f"{label}: {bound_text(before)}",
                f"{label}: {bound_text(after)}",
            )


def _bound_direction(before: Bound, after: Bound) -> Direction | None:
    """A shorter length of time is stronger; of other words the clause that uses them decides."""
    one, other = before.value, after.value
    if after.kind == "any" and before.kind == "at_most" and isinstance(one, Duration):
        return "weaker"
    if before.kind == "any" and after.kind == "at_most" and isinstance(other, Duration):
        return "stronger"
    if before.kind != "at_most" or after.kind != "at_most":
        return None
    if not isinstance(one, Duration) or not isinstance(other, Duration):
        return None
    longer, shorter = no_shorter(other, one), no_shorter(one, other)
    return None if longer == shorter else "weaker" if longer else "stronger"


def _now(members: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(member, member) for member in members)


def _numbers(threshold: Threshold) -> tuple[str, ...]:
    return tuple(f"{name}={number_text(n)}" for name, n in threshold.numbers.items())


def _tracked(category: Category) -> str:
    return "tracked" if category.tracked else "described, not tracked"


def _words(part: object) -> str:
    if isinstance(part, Threshold | Category | Level | Standard | Criterion):
        return " ".join(part.text.split())
    return ""


def directions(changes: Iterable[Change]) -> Set[Direction | None]:
    """The directions of several changes."""
    return {change.direction for change in changes}
