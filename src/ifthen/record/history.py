"""What a record showed at a moment: two times, corrections applied.

``at`` moves valid time, ``known`` the time of knowing. A fact and all corrections of it, and of
those corrections, form one *case*; at every moment a case shows at most one fact. Corrections
known by then are applied in the order in which they became known:

- ``amends`` changes the attributes it names, its own ``summary`` and ``note`` apart: single
  measures of ``values``, single members of ``findings`` and ``levels``, anything else whole. Id,
  key, kind, models and place stay. The weaker confidence of the two stands, so that a recalled
  correction decides nothing alone.
- ``supersedes`` replaces the fact whole, under its own id, in the place of the original.
- Without a stated ``known``, the date of a correction is the day it became known, and the valid
  date of the original stands. With one, its date is the corrected valid date. What supersedes a
  plan is the event itself, or a new plan, so its own date stands.

Nothing that became known later changes what was visible before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ifthen.dates import Instant, day_of, end_of
from ifthen.record.corrections import correction_target, names_of
from ifthen.record.model import Confidence, Fact, Record
from ifthen.vocabulary import KINDS, attributes_of

_Corrections: TypeAlias = Mapping[str, tuple[Fact, ...]]

_DATES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name, found in attributes_of(kind).items() if found.type == "date")
    for kind in KINDS
}
_MERGED = frozenset({"findings", "levels"})
_OWN = frozenset({"summary", "note"})
"""What a correction says of itself, not of the fact it amends."""
_STRENGTH: Mapping[Confidence, int] = {"found": 0, "seed": 1, "recall": 2}


@dataclass(frozen=True, slots=True)
class History:
    """A record with its corrections looked up once, so that each question of it is cheap.

    Build it once for a record with ``history_of`` and ask it as often as needed.
    """

    plain: tuple[Fact, ...]
    """Facts that are never corrected, carry no date attribute and did happen, in record order."""
    special: tuple[Fact, ...]
    """The other facts that are no corrections themselves, in record order."""
    corrections: _Corrections
    """For the id of a fact, its direct corrections in the order in which they became known."""
    names: Mapping[str, Fact]
    """Every id and key, and the fact as it was written."""
    roots: Mapping[str, str]
    """For the id of a fact that is corrected or a correction, that of the first of its case."""

    def visible(
        self,
        at: Instant,
        known: Instant,
        planned: bool = False,
        recall: bool = True,
    ) -> tuple[Fact, ...]:
        """The facts that a ruling at (``at``, ``known``) may see, in record order.

        Args:
            at: nothing that begins after it is visible, date attributes included.
            known: nothing learned after it is visible.
            planned: whether planned facts are visible. One without a stated ``known`` counts
                as known from the start, since its date is the planned one.
            recall: whether facts of confidence ``recall`` are visible and correct others.
        """
        today = end_of(day_of(known))
        found = [
            fact
            for fact in self.plain
            if (fact.known <= known or fact.known == today) and fact.earliest <= at
        ]
        if not recall:
            found = [fact for fact in found if fact.confidence != "recall"]
        cases = [
            shown
            for fact in self.special
            if (shown := self._shown(fact, at, known, planned, recall)) is not None
        ]
        if cases:
            found.extend(cases)
            found.sort(key=_order)
        return tuple(found)

    def standing(
        self,
        name: str,
        at: Instant,
        known: Instant,
        planned: bool = False,
        recall: bool = True,
    ) -> Fact | None:
        """What the case of one fact shows, as ``visible`` would, or None.

        Args:
            name: an id or key of any fact of the case.
            at: as in ``visible``.
            known: as in ``visible``.
            planned: as in ``visible``.
            recall: as in ``visible``.
        """
        fact = self.names.get(name)
        if fact is None:
            return None
        first = self.names[self.roots.get(fact.id, fact.id)]
        return self._shown(first, at, known, planned, recall)

    def resolve(self, facts: Iterable[Fact], known: Instant) -> Mapping[str, Fact]:
        """Every id and key known by ``known``, old and new, and the visible fact it now names.

        Args:
            facts: what ``visible`` gave.
            known: the ``known`` it was asked with.
        """
        found: dict[str, Fact] = {}
        for fact in facts:
            found[fact.id] = fact
            if fact.key is not None:
                found[fact.key] = fact
            first = self.roots.get(fact.id, fact.id)
            for other in self._case(self.names[first]) if first in self.corrections else ():
                if _is_known(other, known):
                    found[other.id] = fact
                    if other.key is not None:
                        found[other.key] = fact
        return found

    def _case(self, first: Fact) -> list[Fact]:
        """A fact, its corrections, theirs, and so on: each after the one it corrects."""
        case = [first]
        for fact in case:
            case.extend(self.corrections.get(fact.id, ()))
        return case

    def _shown(
        self, fact: Fact, at: Instant, known: Instant, planned: bool, recall: bool
    ) -> Fact | None:
        if fact.id in self.corrections:
            shown = self._corrected(fact, known, recall)
        else:
            shown = fact if _is_known(fact, known) else None
        if shown is None or shown.earliest > at or (shown.planned and not planned):
            return None
        if shown.confidence == "recall" and not recall:
            return None
        return _without_later_dates(shown, at)

    def _corrected(self, first: Fact, known: Instant, recall: bool) -> Fact | None:
        """A fact with every correction of it that was known by then; None if it was not known."""
        standing: dict[str, Fact] = {}
        for fact in reversed(self._case(first)):
            if not _is_known(fact, known):
                continue
            shown = fact
            for written in self.corrections.get(fact.id, ()):
                correction = standing.get(written.id)
                if correction is None or (correction.confidence == "recall" and not recall):
                    continue
                change = _superseded if written.amends is None else _amended
                shown = change(shown, correction)
            standing[fact.id] = shown
        return standing.get(first.id)


def history_of(record: Record) -> History:
    """The history of a record, its corrections looked up."""
    names = names_of(record.facts)
    direct: dict[str, list[Fact]] = {}
    corrections: set[str] = set()
    for fact in record.facts:
        written = correction_target(fact)
        if written is not None and written in names:
            direct.setdefault(names[written].id, []).append(fact)
            corrections.add(fact.id)
    plain: list[Fact] = []
    special: list[Fact] = []
    for fact in record.facts:
        if fact.id in corrections:
            continue
        simple = not fact.planned and fact.id not in direct
        if simple and fact.attributes.keys().isdisjoint(_DATES[fact.kind]):
            plain.append(fact)
        else:
            special.append(fact)
    roots: dict[str, str] = {}
    history = History(
        plain=tuple(plain),
        special=tuple(special),
        corrections={
            target: tuple(sorted(found, key=lambda fact: (fact.known, fact.order)))
            for target, found in direct.items()
        },
        names=names,
        roots=roots,
    )
    for first in special:
        roots.update((fact.id, first.id) for fact in history._case(first))
    return history


def visible(record: Record, at: Instant, known: Instant, planned: bool = False) -> tuple[Fact, ...]:
    """The facts of a record that a ruling at (``at``, ``known``) may see, corrections applied.

    To ask more than once, build ``history_of(record)`` once and ask that.
    """
    return history_of(record).visible(at, known, planned)


def resolve(record: Record, facts: Iterable[Fact], known: Instant) -> Mapping[str, Fact]:
    """Every id and key known by ``known``, old and new, and the visible fact it now names."""
    return history_of(record).resolve(facts, known)


def _order(fact: Fact) -> int:
    return fact.order


def _is_known(fact: Fact, known: Instant) -> bool:
    """Whether it was learned by then, or on a day not over; a plan's date is not that day."""
    learned = fact.known <= known or fact.known == end_of(day_of(known))
    return learned or (fact.planned and not fact.known_stated)


def _weaker(one: Confidence, other: Confidence) -> Confidence:
    return max(one, other, key=_STRENGTH.__getitem__)


def _amended(fact: Fact, correction: Fact) -> Fact:
    """A fact with what an amendment names changed."""
    attributes = dict(fact.attributes)
    for name, value in correction.attributes.items():
        if name in _OWN:
            continue
        before = attributes.get(name)
        if name == "values" and isinstance(before, tuple) and isinstance(value, tuple):
            attributes[name] = _merged_values(before, value)
        elif name in _MERGED and isinstance(before, Mapping) and isinstance(value, Mapping):
            attributes[name] = {**before, **value}
        else:
            attributes[name] = value
    dated = correction if correction.known_stated else fact
    return replace(
        fact,
        earliest=dated.earliest,
        latest=dated.latest,
        precision=dated.precision,
        known_stated=fact.known_stated or correction.known_stated,
        attributes=attributes,
        confidence=_weaker(fact.confidence, correction.confidence),
        corrected_by=(*fact.corrected_by, correction.id, *correction.corrected_by),
        sources=(*fact.sources, *(s for s in correction.sources if s not in fact.sources)),
    )


def _superseded(fact: Fact, correction: Fact) -> Fact:
    """The fact that stands in the place of another."""
    dated = correction if correction.known_stated or fact.planned else fact
    return replace(
        correction,
        earliest=dated.earliest,
        latest=dated.latest,
        precision=dated.precision,
        known_stated=fact.known_stated or correction.known_stated,
        order=fact.order,
    )


def _merged_values(
    before: tuple[Mapping[str, object], ...], after: tuple[Mapping[str, object], ...]
) -> tuple[Mapping[str, object], ...]:
    """Measured values with every measure that ``after`` names replaced, in its old place."""
    named: dict[object, list[Mapping[str, object]]] = {}
    for value in after:
        named.setdefault(value.get("measure"), []).append(value)
    merged: list[Mapping[str, object]] = []
    placed: set[object] = set()
    for value in before:
        measure = value.get("measure")
        if measure not in named:
            merged.append(value)
        elif measure not in placed:
            placed.add(measure)
            merged.extend(named[measure])
    for measure, values in named.items():
        if measure not in placed:
            merged.extend(values)
    return tuple(merged)


def _without_later_dates(fact: Fact, at: Instant) -> Fact:
    """A fact without the date attributes that lie after ``at``."""
    later = {
        name
        for name in _DATES[fact.kind]
        if isinstance(found := fact.attributes.get(name), tuple) and found[0] > at
    }
    if not later:
        return fact
    kept = {name: value for name, value in fact.attributes.items() if name not in later}
    return replace(fact, attributes=kept)
