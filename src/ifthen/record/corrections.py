"""Names and corrections of a record, checked across all its facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

from ifthen.dates import day_of, format_day
from ifthen.record.facts import Problem
from ifthen.record.model import Fact
from ifthen.record.values import shown, suggest

Report: TypeAlias = Callable[[Fact, Problem], None]
"""Takes a problem of a fact."""


def correction_target(fact: Fact) -> str | None:
    """The id or key of the fact that this one corrects, or None."""
    return fact.supersedes if fact.supersedes is not None else fact.amends


def names_of(facts: Sequence[Fact]) -> dict[str, Fact]:
    """Every id and key, and the fact it names; where a name is used twice, the first."""
    names: dict[str, Fact] = {}
    for fact in facts:
        names.setdefault(fact.id, fact)
    for fact in facts:
        if fact.key is not None:
            names.setdefault(fact.key, fact)
    return names


def check_names(facts: Sequence[Fact], report: Report) -> None:
    """Report every id and key that is used twice."""
    ids: dict[str, Fact] = {}
    for fact in facts:
        first = ids.setdefault(fact.id, fact)
        if first is not fact:
            report(
                fact,
                Problem(
                    ("id",),
                    False,
                    f"the id {shown(fact.id)} is given twice",
                    f"it is first given on line {first.span.line}; every fact has its own id",
                ),
            )
    keys: dict[str, Fact] = {}
    for fact in facts:
        if fact.key is None:
            continue
        other = ids.get(fact.key)
        if other is not None and other is not fact:
            hint = f"it is the id of the fact on line {other.span.line}"
        else:
            other = keys.setdefault(fact.key, fact)
            hint = f"it is first given on line {other.span.line}; every key names one fact"
        if other is not fact:
            report(fact, Problem(("key",), False, f"the key {shown(fact.key)} is taken", hint))


def check_corrections(facts: Sequence[Fact], unread: Collection[str], report: Report) -> None:
    """Report every correction that cannot be applied.

    Args:
        facts: the facts that could be read.
        unread: ids and keys of others, already reported; to correct one of these is no error.
        report: called with each problem.
    """
    corrections = [fact for fact in facts if correction_target(fact) is not None]
    if not corrections:
        return
    names = names_of(facts)
    replaced_by: dict[str, Fact] = {}
    for fact in corrections:
        written = correction_target(fact)
        assert written is not None
        target = names.get(written)
        field = "amends" if fact.supersedes is None else "supersedes"
        if target is None and written in unread:
            continue
        if target is None:
            hint = suggest(written, names)
            report(
                fact,
                Problem((field,), False, f"there is no fact {shown(written)} to correct", hint),
            )
            continue
        if target is fact:
            report(fact, Problem((field,), False, "a fact cannot correct itself"))
            continue
        for message, hint in _misfits(fact, target, field):
            report(fact, Problem((field,), False, message, hint))
        if field == "supersedes":
            first = replaced_by.setdefault(target.id, fact)
            if first is not fact:
                report(
                    fact,
                    Problem(
                        (field,),
                        False,
                        f"'{target.id}' is already superseded by '{first.id}', "
                        "and nothing says which comes last",
                        f"if this one does, write 'supersedes: {first.id}'",
                    ),
                )
    for chain in _cycles(corrections, names):
        shown_chain = " → ".join([fact.id for fact in chain] + [chain[0].id])
        first = chain[0]
        field = "amends" if first.supersedes is None else "supersedes"
        report(
            first,
            Problem(
                (field,),
                False,
                f"corrections in a circle: {shown_chain}",
                "a correction names an earlier fact",
            ),
        )


def _misfits(fact: Fact, target: Fact, field: str) -> Iterator[tuple[str, str]]:
    """Why a correction does not fit its target."""
    planned_day_is_no_learning_day = target.planned and not target.known_stated
    if fact.known < target.known and not planned_day_is_no_learning_day:
        yield (
            f"a correction before its fact: known on {format_day(day_of(fact.known))}, "
            f"while '{target.id}' became known on {format_day(day_of(target.known))}",
            "give 'known:', the day the correction was learned",
        )
    if field != "amends":
        return
    if fact.kind != target.kind:
        yield (
            f"'{target.id}' is a '{target.kind}'; a fact amends one of its own kind",
            "use 'supersedes' to replace it by a fact of another kind",
        )
    if fact.models and frozenset(fact.models) != frozenset(target.models):
        yield (
            f"'{target.id}' is about {', '.join(target.models) or 'the organisation'}; "
            "to amend a fact does not move it to another model",
            "leave 'model' out, or use 'supersedes'",
        )


def _cycles(corrections: Sequence[Fact], names: dict[str, Fact]) -> Iterator[list[Fact]]:
    """Every circle of two or more corrections, once, from its first fact."""
    settled: set[str] = set()
    for start in corrections:
        path: list[Fact] = []
        places: dict[str, int] = {}
        fact: Fact | None = start
        while fact is not None and fact.id not in settled and fact.id not in places:
            places[fact.id] = len(path)
            path.append(fact)
            written = correction_target(fact)
            target = names.get(written) if written is not None else None
            fact = None if target is fact else target
        if fact is not None and fact.id in places:
            circle = path[places[fact.id] :]
            first = min(range(len(circle)), key=lambda index: circle[index].order)
            yield circle[first:] + circle[:first]
        settled.update(places)
