"""Whether one version of a clause permits what the other does not, on records of a few events.

The solver is asked for a timeline that keeps the one and breaks the other. What it finds is ruled
under both and is a witness only if the ruling says so. Where there is none, whatever keeps the one
keeps the other, and whatever breaks the other breaks the one, on every record of at most so many
events. That is no proof for longer ones, and it is said only where so few events can put both
clauses to the test at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Attribute, Call
from ifthen.review.diff.replay import Pair, Side, Witness
from ifthen.review.diff.replay import Plain as Raw
from ifthen.review.diff.timelines import BINDING, Readings, Timelines, hollow
from ifthen.review.diff.ways import BY_PARSE, UNTOLD, Bounds, Way, Ways
from ifthen.review.loopholes.calendar import FIRST, Unsupported
from ifthen.review.loopholes.concrete import Plain, figure
from ifthen.review.loopholes.kleene import K, conj, disj, neg
from ifthen.ruling.variants import Anatomy, below, roots
from ifthen.vocabulary import KINDS, attributes_of

_SAME = "every record tried says the same of "
_PINNED = {"flop": f"{_SAME}FLOP", "gain": f"{_SAME}progress in units of its own"}
"""Measures that every timeline has alike, and so why none among them is no answer."""
_DATES = frozenset(
    name for kind in KINDS for name, said in attributes_of(kind).items() if said.type == "date"
) - {"published"}
"""What states a day: in every timeline that of the fact itself."""


Which: TypeAlias = Literal["old", "new"]


class Comparison:
    """Two versions of a clause over the same records of a few events."""

    def __init__(self, old: Side, new: Side, names: Mapping[str, str], bounds: Bounds) -> None:
        """Both versions as the solver sees them.

        Args:
            old: the clause in the old version.
            new: the clause in the new version.
            names: old ids to new ones.
            bounds: how far to look.
        """
        self._sides: dict[Which, Side] = {"old": old, "new": new}
        self._names = names
        self._events = bounds.events
        self._unsupported = ""
        self._parses = {which: _parses(side, names) for which, side in self._sides.items()}
        self._pinned = next((why for s in (old, new) for why in pinned(s)), "")
        if old.clause.common.month_end != new.clause.common.month_end:
            self._pinned = "no record tried falls on a day that only some months have"
        try:
            self._timelines = Timelines((old, new), new.policy, names, bounds)
            self._kept = {
                which: [self._timelines.kept(side, own) for own, _ in self._parses[which]]
                for which, side in self._sides.items()
            }
        except Unsupported as why:
            self._unsupported = f"the solver is not told of {why}"

    def ways(self, *, literal: bool) -> Ways:
        """Whether the new version permits what the old does not, and the other way round.

        Args:
            literal: whether words that leave room mean what the words alone allow, or what a
                charitable reader assumes.
        """
        return Ways(self._permits("new", literal), self._permits("old", literal))

    def _permits(self, which: Which, literal: bool) -> Way:
        """Whether one version permits what the other does not."""
        other: Which = "old" if which == "new" else "new"
        if self._sides[other].clause.common.force not in BINDING:
            return Way("no", "structure", why=f"the {other} version does not bind")
        if self._unsupported:
            return Way("open", why=self._unsupported)
        keeps = conj(value.t for value in self._kept[which])
        breaks = conj(value.f for value in self._kept[other])
        unbroken = neg(disj(value.f for value in self._kept[which]))
        apart = disj(conj((one.t, neg(two.t))) for one, two in self._alike(which, other))
        differ = disj((apart, conj((breaks, unbroken))))
        answer, solution = self._timelines.ask(differ, literal=literal)
        if answer == "unsat":
            return self._none(which, other, literal)
        witness = self._ruled(solution, other, literal)
        if witness is None:  # it is open under one of them: is there any that is not
            answer, solution = self._timelines.ask(keeps, breaks, literal=literal)
            witness = self._ruled(solution, other, literal)
        if witness is not None:
            return Way("yes", "record", witness=witness)
        if answer == "unknown":
            return Way("open", why="the solver gave no answer in the time it had")
        if solution is not None:
            return Way("open", why="the ruling does not confirm the record that was found")
        parsed = disj(conj((one.t, two.f)) for one, two in self._alike(which, other))
        by_parse = self._timelines.ask(parsed, literal=literal)[0] != "unsat"
        return Way("open", why=BY_PARSE if by_parse else UNTOLD)

    def _none(self, which: Which, other: Which, literal: bool) -> Way:
        """None: said only where so few events can put both versions to the test."""
        few = f"{counted(self._events)} too few to"
        breaks = disj(value.f for value in self._kept[other])
        if self._timelines.ask(breaks, literal=literal)[0] != "sat":
            return Way("open", why=f"{few} break the {other} version")
        side, (own, _) = self._sides[which], self._parses[which][0]
        tested = self._timelines.kept(replace(side, clause=hollow(side.clause)), own)
        keeps = conj(value.t for value in self._kept[which])
        if self._timelines.ask(keeps, tested.f, literal=literal)[0] != "sat":
            return Way("open", why=f"{few} keep the {which} version where it is put to the test")
        return Way("open", why=self._pinned) if self._pinned else Way("no", "bounded", self._events)

    def _alike(self, which: Which, other: Which) -> Iterator[tuple[K, K]]:
        """Both versions by parses that agree wherever both texts have them."""
        for (_, one), mine in zip(self._parses[which], self._kept[which], strict=True):
            for (_, two), theirs in zip(self._parses[other], self._kept[other], strict=True):
                if all(two.get(reading, option) == option for reading, option in one.items()):
                    yield mine, theirs

    def _ruled(self, solution: Any, offended: Which, literal: bool) -> Witness | None:
        """The witness that a solution makes, if there is one and the ruling confirms it."""
        if solution is None:
            return None
        old, new = self._sides["old"], self._sides["new"]
        if not literal:
            old, new = old.charitably(), new.charitably()
        pair = Pair(old, new, self._names)
        facts, end = self._timelines.facts(solution)
        raw = [raw_fact(fact) for fact in facts]
        witness = pair.differ(raw, end - FIRST)
        if witness is None or witness.offends != offended:
            return None
        return pair.smallest(raw, end - FIRST, witness)


def counted(events: int) -> str:
    """``3 events are``."""
    return "1 event is" if events == 1 else f"{events} events are"


def _parses(side: Side, names: Mapping[str, str]) -> list[tuple[Readings, Readings]]:
    """Every combination of parses, in the names of either version."""
    assignments = Anatomy(side.policy, side.clause).assignments
    return [(own, {names.get(r, r): option for r, option in own.items()}) for own in assignments]


def pinned(side: Side) -> Iterator[str]:
    """What a clause asks that every timeline has alike, so that none among them is no answer."""
    for clause in side.with_counted():
        for root in roots(clause):
            for node in below(root):
                if isinstance(node, Call) and node.function in _PINNED:
                    yield _PINNED[node.function]
                if isinstance(node, Attribute) and node.name == "published":
                    yield f"{_SAME}when a change of policy is published"
                elif isinstance(node, Attribute) and node.name in _DATES:
                    yield f"in every record tried {node.name} is the day of the fact itself"


def raw_fact(fact: Plain) -> Raw:
    """A fact of a timeline as plain data; a change of policy is published the day before."""
    found: Raw = {"kind": fact.kind, "date": fact.day - FIRST, **fact.attributes}
    if KINDS[fact.kind].group == "policy" and fact.kind != "power_exercised":
        found["published"] = "$before"
    if fact.model is not None:
        found["model"] = fact.model
    if fact.compute is not None:
        found["effective_compute"] = figure(fact.compute)
    return found
