"""The visible facts, indexed so that "the last X before here" is a look-up, not a search.

A *lane* is the ordered list of the facts that match one question about one subject. Lanes are made
on demand, shared by every clause that asks the same, and kept up as facts come and go. Each logs
from which day on it changed, and the timeline notes which ones are read: see ``reading``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from ifthen.dates import Instant, day_of, start_of
from ifthen.record.model import Fact
from ifthen.ruling.order import SAME_DAY, Point, ordered, precedes, sort_key
from ifthen.ruling.sieves import Sieve, Watchers
from ifthen.vocabulary import RATIO_MEASURE

COMPUTE = "*compute"
"""Pseudo-kind of every fact that states effective compute, absolute or as a ratio."""


def measure_kind(measure: str) -> str:
    """Pseudo-kind of every fact that states a measure in its ``values``."""
    return f"*measure {measure}"


MODELS = "*models"
"""Pseudo-kind of the first fact about a model."""

Interest: TypeAlias = tuple[str, str | None]
"""A kind of fact, and the model it must concern; None for any."""
Match: TypeAlias = Callable[[Fact], bool | None]
_NO_SIEVES: Mapping[str, Sieve] = {}


@dataclass(frozen=True, slots=True)
class Last:
    """Which facts may be the last of a lane at a point."""

    candidates: tuple[Fact, ...]
    """Each fact that is the last one under some order the dates allow; latest first."""
    surely: bool
    """Whether at least one has certainly happened."""
    assumes: tuple[str, ...]
    rivals: tuple[Fact, ...] = ()
    """Each fact that is not the last one only by the order assumed within a day."""

    def assumed(self, answer: Callable[[Fact], object]) -> tuple[str, ...]:
        """What an answer read off the last fact assumes: nothing more where all rivals agree."""
        if self.assumes or not self.rivals:
            return self.assumes
        first = answer(self.candidates[0])
        others = (*self.candidates[1:], *self.rivals)
        return () if all(answer(fact) == first for fact in others) else (SAME_DAY,)


FIRST_INSTANT: Instant = -(10**15)
LAST_INSTANT: Instant = 10**15
"""Before and after every instant."""


@dataclass(slots=True, eq=False)
class Lane:
    """The facts that match, or may match, one question."""

    complete: bool
    """Whether absence means that it did not happen."""
    kinds: tuple[str, ...]
    facts: list[Fact] = field(default_factory=list)
    certain: list[bool] = field(default_factory=list)
    starts: list[Instant] = field(default_factory=list)
    reach: list[Instant] = field(default_factory=list)
    """Latest end among the facts up to each place: where a backward search may stop."""
    log: list[Instant] = field(default_factory=list)
    """For each change, the start of the first day on which it can matter."""

    def put(self, fact: Fact, certain: bool) -> None:
        """Add a fact at its place."""
        key, place = sort_key(fact), len(self.facts)
        if not place or key >= sort_key(self.facts[-1]):
            self.facts.append(fact)
            self.certain.append(certain)
            self.starts.append(fact.earliest)
            self.reach.append(max(fact.latest, self.reach[-1]) if place else fact.latest)
            self.log.append(start_of(day_of(fact.earliest)))
            return
        place = bisect_left(self.facts, key, key=sort_key)
        self.facts.insert(place, fact)
        self.certain.insert(place, certain)
        self.starts.insert(place, fact.earliest)
        self.reach.insert(place, fact.latest)
        self._restate(place, fact)

    def remove(self, fact: Fact) -> None:
        """Take a fact out, if it is here."""
        for place in range(bisect_left(self.starts, fact.earliest), len(self.facts)):
            if self.facts[place] is fact:
                for column in (self.facts, self.certain, self.starts, self.reach):
                    del column[place]
                self._restate(place, fact)
                return

    def _restate(self, place: int, fact: Fact) -> None:
        self.log.append(start_of(day_of(fact.earliest)))
        before = self.reach[place - 1] if place else FIRST_INSTANT
        for index in range(place, len(self.facts)):
            self.reach[index] = before = max(before, self.facts[index].latest)

    def holds(self, fact: Fact) -> bool:
        """Whether a fact is here."""
        first = bisect_left(self.starts, fact.earliest)
        last = bisect_right(self.starts, fact.earliest)
        return any(self.facts[place] is fact for place in range(first, last))

    def next_change(self, after: Instant) -> Instant | None:
        """The next instant at which a fact begins or, where its day is not known, ends."""
        place = bisect_right(self.starts, after)
        found = self.starts[place] if place < len(self.starts) else None
        for index in range(bisect_right(self.reach, after), place):
            end = self.facts[index].latest
            if end > after and (found is None or end < found):
                found = end
        return found

    def last(self, point: Point) -> Last:
        """The facts that may be the last one at a point."""
        index = bisect_right(self.starts, point.latest) - 1
        candidates: list[Fact] = []
        rivals: list[Fact] = []
        sure: list[Fact] = []
        assumed = False
        while index >= 0 and (not sure or self.reach[index] >= sure[0].earliest):
            fact = self.facts[index]
            order = precedes(fact, point)
            assumed = assumed or order.assumed
            if order.before is not False:
                followed = [found for later in sure if (found := ordered(fact, later)).before]
                if not followed:
                    candidates.append(fact)
                elif all(found.assumed for found in followed):
                    rivals.append(fact)
                if order.before and self.certain[index]:
                    sure.append(fact)
            index -= 1
        assumes = (SAME_DAY,) if assumed else ()
        return Last(tuple(candidates), bool(sure), assumes, tuple(rivals))

    def not_before(self, instant: Instant) -> Iterable[tuple[Fact, bool]]:
        """Facts not certainly before an instant, in order, each with its certainty."""
        for index in range(bisect_right(self.reach, instant - 1), len(self.facts)):
            if self.facts[index].latest >= instant:
                yield self.facts[index], self.certain[index]


class Reading:
    """What a judgement reads: lanes, each up to an instant, and when time alone may change it."""

    __slots__ = ("lanes", "turns", "until")

    def __init__(self) -> None:
        self.lanes: dict[Lane, Instant] = {}
        self.turns: list[Instant] = []
        self.until = LAST_INSTANT

    def note(self, lane: Lane, until: Instant) -> None:
        """Note that a lane is read up to an instant."""
        if self.lanes.get(lane, FIRST_INSTANT) < until:
            self.lanes[lane] = until

    def end(self, until: Instant) -> None:
        """Note that nothing was read beyond an instant after all."""
        for lane, end in self.lanes.items():
            if end > until:
                self.lanes[lane] = until


class Timeline:
    """Visible facts in order, with lanes."""

    def __init__(self, complete: frozenset[str], begins: Instant) -> None:
        self.complete = complete
        self.begins = begins
        """Start of the record: its first fact."""
        self.by_id: dict[str, Fact] = {}
        self.births: dict[str, Fact] = {}
        """Each model's first fact."""
        self._models: dict[str, None] = {}
        """Each model that any fact of the organisation concerns, in order of introduction."""
        self.mentioned: set[str] = set()
        """Ids and keys that facts are about."""
        self._index: dict[Interest, Lane] = {}
        self._lanes: dict[Hashable, Lane] = {}
        self._watch: dict[Interest, Watchers[tuple[Lane, Match]]] = {}
        self.reading: Reading | None = None
        """Where it is noted what is read."""
        self.changed: dict[Lane, Instant] = {}
        """Lanes that changed since this was last emptied, and from which day on."""

    def add(self, fact: Fact) -> None:
        """Add a fact."""
        self._name(fact)
        for interest in self.interests(fact):
            self._enter(interest, fact)

    def remove(self, fact: Fact) -> None:
        """Take out a fact that a correction replaced."""
        for interest in self.interests(fact):
            watchers = self._watchers(interest)
            for lane in (self._indexed(interest), *(one for one, _ in watchers.watching(fact))):
                lane.remove(fact)
                self._note(lane)
            watchers.remove(fact)

    def _enter(self, interest: Interest, fact: Fact) -> None:
        index = self._indexed(interest)
        index.put(fact, True)
        if interest[0] == MODELS:
            index.log.append(FIRST_INSTANT)
        self._note(index)
        watchers = self._watchers(interest)
        watchers.put(fact)
        for lane, match in watchers.watching(fact):
            verdict = match(fact)
            if verdict is not False:
                lane.put(fact, verdict is True)
                self._note(lane)

    def _note(self, lane: Lane) -> None:
        if lane.log:
            self.changed[lane] = min(lane.log[-1], self.changed.get(lane, LAST_INSTANT))

    def _watchers(self, interest: Interest) -> Watchers[tuple[Lane, Match]]:
        watchers = self._watch.get(interest)
        if watchers is None:
            watchers = self._watch[interest] = Watchers(self._indexed(interest).facts)
        return watchers

    def _indexed(self, interest: Interest) -> Lane:
        lane = self._index.get(interest)
        if lane is None:
            lane = self._index[interest] = Lane(False, interest[:1])
        return lane

    def _name(self, fact: Fact) -> None:
        self.by_id[fact.id] = fact
        if fact.key is not None:
            self.by_id[fact.key] = fact
        about = fact.attributes.get("about")
        if isinstance(about, tuple):
            self.mentioned.update(about)
        for model in fact.models:
            if model not in self.births:
                self.births[model] = fact
                self.introduce(model)

    def leans_on(self, fact: Fact) -> bool:
        """Whether taking a fact out would change more than the lanes it lies in."""
        return (
            any(fact in (self.births[model], self.birth(model)) for model in fact.models)
            or "based_on" in fact.attributes
        )

    def unsettled_by(self, fact: Fact) -> bool:
        """Whether putting a fact in would change more than the lanes it falls in."""
        born = [birth for model in fact.models if (birth := self.birth(model)) is not None]
        return (
            fact.earliest < self.begins
            or not self.mentioned.isdisjoint((fact.id, fact.key))
            or "based_on" in fact.attributes
            or any(
                sort_key(fact) < sort_key(self.births[model])
                for model in fact.models
                if model in self.births
            )
            or (
                fact.kind == "training_started"
                and any(
                    birth.kind != fact.kind or sort_key(fact) < sort_key(birth) for birth in born
                )
            )
        )

    def concerns(self, fact: Fact) -> tuple[str, ...]:
        """The models a fact is about: its own, else those of the facts it names; () for all."""
        if fact.models:
            return fact.models
        about = fact.attributes.get("about")
        if isinstance(about, tuple):
            named = (self.by_id.get(name) for name in about)
            return tuple(
                dict.fromkeys(
                    model for other in named if other is not None for model in other.models
                )
            )
        return ()

    def interests(self, fact: Fact) -> list[Interest]:
        """Every (kind, model) under which the fact is looked up."""
        kinds = [fact.kind]
        if states_compute(fact):
            kinds.append(COMPUTE)
        values = fact.attributes.get("values")
        for value in values if isinstance(values, tuple) else ():
            kind = measure_kind(str(value.get("measure")))
            if kind not in kinds:
                kinds.append(kind)
        if any(self.births.get(model) is fact for model in fact.models):
            kinds.append(MODELS)
        models: tuple[str | None, ...] = self.concerns(fact) or tuple(self._models)
        return [(kind, model) for kind in kinds for model in (None, *models)]

    def introduce(self, model: str) -> None:
        """A new model is concerned by what the organisation did before it, and from now on.

        So it is by a notice, given before, of what is now its first fact.
        """
        if model in self._models:
            return
        self._models[model] = None
        for (kind, scope), lane in list(self._index.items()):
            if scope is None and kind != MODELS:
                for fact in lane.facts:
                    if not self.concerns(fact) and not self._indexed((kind, model)).holds(fact):
                        self._enter((kind, model), fact)

    def birth(self, model: str) -> Fact | None:
        """The model's start of training where recorded, else the first fact about it."""
        self.every(MODELS, model)
        started = self.facts("training_started", model)
        return started[0] if started else self.births.get(model)

    def models(self, at: Instant) -> list[str]:
        """The models of which something is on record at an instant, sorted."""
        self.facts(MODELS, None)
        for fact in self.births.values():
            self.turn(fact.earliest)
        return sorted(model for model, fact in self.births.items() if fact.earliest <= at)

    def every(self, kind: str, model: str | None) -> Lane:
        """Every fact of a kind that concerns a model (or any)."""
        return self.read(self._indexed((kind, model)))

    def facts(self, kind: str, model: str | None) -> list[Fact]:
        """Facts of a kind that concern a model (or any), in order."""
        return self.every(kind, model).facts

    def lane(
        self,
        key: Hashable,
        kinds: tuple[str, ...],
        model: str | None,
        match: Match,
        sieves: Mapping[str, Sieve] = _NO_SIEVES,
    ) -> Lane:
        """The lane of a question, made once per ``key``.

        Args:
            key: what tells the question from others.
            kinds: of which kinds facts may match.
            model: which model they concern; None for any.
            match: whether a fact matches, or may.
            sieves: by kind, what a fact must state to match at all.
        """
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = self._new_lane(kinds, model, match, sieves)
        return self.read(lane)

    def _new_lane(
        self, kinds: tuple[str, ...], model: str | None, match: Match, sieves: Mapping[str, Sieve]
    ) -> Lane:
        lane = Lane(all(kind in self.complete for kind in kinds), kinds)
        shown = [self._watchers((kind, model)).sifted(sieves.get(kind)) for kind in kinds]
        for fact in sorted(chain(*shown), key=sort_key):
            verdict = match(fact)
            if verdict is not False:
                lane.put(fact, verdict is True)
        for kind in kinds:
            self._watchers((kind, model)).watch((lane, match), sieves.get(kind))
        return lane

    def read(self, lane: Lane) -> Lane:
        """Note that a lane is read."""
        reading = self.reading
        if reading is not None:
            reading.note(lane, reading.until)
        return lane

    def turn(self, instant: Instant) -> None:
        """Note that time alone may change at an instant what is being judged."""
        if self.reading is not None:
            self.reading.turns.append(instant)


def states_compute(fact: Fact) -> bool:
    """Whether a fact states effective compute, absolute or as a ratio to the last assessment."""
    if "effective_compute" in fact.attributes:
        return True
    values = fact.attributes.get("values")
    return isinstance(values, tuple) and any(
        value.get("measure") == RATIO_MEASURE for value in values
    )
