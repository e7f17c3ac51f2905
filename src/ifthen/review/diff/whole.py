"""Whether a whole new version still keeps what one clause of the old one promised.

A clause that is gone may be covered by another. The solver is asked for a record that breaks the
old clause; the clauses of the new version that this record breaks are taken up one after another,
until a record breaks none of them, or there is none left. An aim that is missed breaks nothing.
What keeps the rest of the new version is paperwork, and added; the ruling has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ifthen.dates import Day, end_of
from ifthen.policy.model import Clause, Forbid, Policy, Power
from ifthen.record.model import Record
from ifthen.review.diff.bounded import counted, pinned, raw_fact
from ifthen.review.diff.replay import (
    OFFENCES,
    Plain,
    Side,
    Witness,
    begins,
    built_of,
    former,
    gravest,
    status_of,
)
from ifthen.review.diff.timelines import BINDING, Timelines, hollow
from ifthen.review.diff.ways import Bounds, Way, Whole
from ifthen.review.loopholes.calendar import FIRST, Unsupported
from ifthen.review.loopholes.concrete import Plain as Chosen
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.kleene import K, conj
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.stance import Stretch, Taken
from ifthen.ruling.finding import FAULTS, Finding
from ifthen.ruling.rule import rule
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import KINDS

_MOST = 12
"""Clauses of the new version that are taken up for one of the old."""


class Successor:
    """A new version, asked again and again what it still keeps of the old one."""

    def __init__(self, new: Policy, names: Mapping[str, str], bounds: Bounds) -> None:
        """What is asked.

        Args:
            new: the newer version.
            names: old ids to new ones.
            bounds: how far to look.
        """
        self._new = new
        self._names = names
        self._former = former(names)
        self._bounds = bounds
        self._full = Full(new)
        words = {Stretch("word", name) for name in new.terms}
        steps = (f"{c.common.id}/{s.id}" for c in new.clauses for s in getattr(c, "steps", ()))
        aims = {Stretch("aim", name) for name in (*(c.common.id for c in new.clauses), *steps)}
        self._taken = Taken(frozenset(words | aims))
        self._kinds = {clause.common.id: clause for clause in new.clauses}

    def keeps(self, old: Side) -> Whole:
        """Whether the whole new version permits what a clause of the old one does not."""
        if old.clause.common.force not in BINDING:
            return Whole(Way("no", "structure", why="the old version does not bind"))
        taken: dict[str, Clause] = {}
        while len(taken) <= _MOST:
            try:
                found = self._ask(old, taken)
            except Unsupported as why:
                return _open(f"the solver is not told of {why}", taken)
            if found is not None:
                return found
        return _open(f"more than {_MOST} clauses bear on it", taken)

    def _ask(self, old: Side, taken: dict[str, Clause]) -> Whole | None:
        """The answer under the clauses taken up; None where more of them are to be."""
        sides = [Side(self._new, clause) for clause in taken.values()]
        timelines = Timelines([old, *sides], self._new, self._names, self._bounds)
        keeps = conj(value.t for side in sides for value in _values(timelines, side))
        breaks = conj(value.f for value in _values(timelines, old))
        answer, solution = timelines.ask(keeps, breaks, literal=True)
        if answer == "unknown":
            return _open("the solver gave no answer in the time it had", taken)
        if solution is None:
            few = f"{counted(self._bounds.events)} too few to"
            if not taken:
                return _open(f"{few} break the old version", taken)
            emptied = replace(old, clause=hollow(old.clause))
            tested = conj(value.f for value in _values(timelines, emptied))
            if timelines.ask(keeps, tested, literal=True)[0] != "sat":
                return _open(f"{few} keep {', '.join(taken)} where it is put to the test", taken)
            for why in (why for side in (old, *sides) for why in pinned(side)):
                return _open(why, taken)
            return Whole(Way("no", "bounded", self._bounds.events), tuple(taken))
        facts, end = timelines.facts(solution)
        return self._ruled(old, facts, end, taken)

    def _ruled(
        self, old: Side, facts: Sequence[Chosen], end: Day, taken: dict[str, Clause]
    ) -> Whole | None:
        """What comes of a record that breaks the old clause, all else done that can be."""
        said = {**self._full.lists("policy_adopted"), "policy": self._new.id}
        said = self._full.stated("policy_adopted", said)
        adopted = Chosen("policy_adopted", FIRST, None, said)
        avoid = frozenset(kinds_of([old.clause], old.policy))
        done, verdict = complete(
            self._new, self._taken, [adopted, *facts[1:]], end, None, self._full, avoid
        )
        if verdict.broken:
            own = {finding.clause.partition("#")[2].partition("/")[0] for finding in verdict.broken}
            more = [clause for clause in self._new.clauses if clause.common.id in own - {*taken}]
            if not more:
                return _open(f"the record found breaks {', '.join(sorted(own))}", taken)
            taken[more[0].common.id] = more[0]
            return None
        raw = [raw_fact(fact) for fact in (facts[0], *done[1:])]
        witness = self._smallest(old.alone(), raw, end - FIRST)
        if witness is None:
            return _open("the ruling does not confirm the record that was found", taken)
        return Whole(Way("yes", "record", witness=witness), tuple(taken))

    def _smallest(self, old: Side, facts: list[Plain], days: int) -> Witness | None:
        """The record without any fact that it can do without; None where it shows nothing."""
        found, kept, index = self._witness(old, facts, days), facts, 0
        while found is not None and index < len(kept):
            rest = kept[:index] + kept[index + 1 :]
            smaller = None if begins(kept[index], rest) else self._witness(old, rest, days)
            if smaller is None:
                index += 1
            else:
                found, kept = smaller, rest
        return found

    def _witness(self, old: Side, facts: Sequence[Plain], days: int) -> Witness | None:
        built = built_of(facts, self._former)
        if built is None:
            return None
        record = Record("witness", False, frozenset(KINDS), built)
        at = end_of(FIRST + days)
        status = status_of(old, record, at)
        if status not in OFFENCES:
            return None
        ruled = gravest(rule([self._new], record, at, throughout=True).findings, self._stands)
        if ruled in FAULTS or ruled == "undetermined":
            return None
        return Witness(record, at, "old", status, "")

    def _stands(self, finding: Finding) -> bool:
        clause = self._kinds[finding.clause.partition("#")[2].partition("/")[0]]
        return isinstance(clause, Forbid | Power) and finding.outcome.key == "now"


def _values(timelines: Timelines, side: Side) -> list[K]:
    """A clause by every parse of its text."""
    return [timelines.kept(side, own) for own in Anatomy(side.policy, side.clause).assignments]


def _open(why: str, taken: Iterable[str]) -> Whole:
    return Whole(Way("open", why=why), tuple(taken))
