"""The visible facts, indexed so that "the last X before here" is a look-up, not a search.

A *lane* is the ordered list of the facts that match one question about one subject. Lanes are made
on demand, shared by every clause that asks the same, and grow as facts arrive in date order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from ifthen.dates import Instant
from ifthen.record.model import Fact
from ifthen.ruling.order import SAME_DAY, Point, ordered, precedes, sort_key

COMPUTE = "*compute"
"""Pseudo-kind of every fact that states effective compute, absolute or as a ratio."""
RATIO_MEASURE = "effective_compute_ratio"

MODELS = "*models"
"""Pseudo-kind of the first fact about a model."""

Interest: TypeAlias = tuple[str, str | None]
"""A kind of fact, and the model it must concern; None for any."""
Match: TypeAlias = Callable[[Fact], bool | None]


@dataclass(frozen=True, slots=True)
class Last:
    """Which facts may be the last of a lane at a point."""

    candidates: tuple[Fact, ...]
    """Each fact that is the last one under some order the dates allow; latest first."""
    surely: bool
    """Whether at least one has certainly happened."""
    assumes: tuple[str, ...]


@dataclass(slots=True)
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

    def append(self, fact: Fact, certain: bool) -> None:
        """Add a fact that sorts after every fact so far."""
        self.facts.append(fact)
        self.certain.append(certain)
        self.starts.append(fact.earliest)
        self.reach.append(max(fact.latest, self.reach[-1]) if self.reach else fact.latest)

    def insert(self, fact: Fact, certain: bool) -> None:
        """Add a fact at its place."""
        place = bisect_left(self.facts, sort_key(fact), key=sort_key)
        self.facts.insert(place, fact)
        self.certain.insert(place, certain)
        self._restate()

    def remove(self, fact: Fact) -> None:
        """Take a fact out."""
        place = next(i for i, other in enumerate(self.facts) if other is fact)
        del self.facts[place], self.certain[place]
        self._restate()

    def _restate(self) -> None:
        self.starts = [fact.earliest for fact in self.facts]
        self.reach = list(accumulate((fact.latest for fact in self.facts), max))

    def last(self, point: Point) -> Last:
        """The facts that may be the last one at a point."""
        index = bisect_right(self.starts, point.latest) - 1
        candidates: list[Fact] = []
        sure: list[Fact] = []
        assumed = False
        while index >= 0 and (not sure or self.reach[index] >= sure[0].earliest):
            fact = self.facts[index]
            order = precedes(fact, point)
            assumed = assumed or order.assumed
            if order.before is not False:
                if not any(ordered(fact, later).before for later in sure):
                    candidates.append(fact)
                if order.before and self.certain[index]:
                    sure.append(fact)
            index -= 1
        return Last(tuple(candidates), bool(sure), (SAME_DAY,) if assumed else ())

    def since(self, fact: Fact) -> Iterable[tuple[Fact, bool]]:
        """Facts not certainly before ``fact``'s day, in order, each with its certainty."""
        start = bisect_right(self.reach, fact.earliest - 1)
        for index in range(start, len(self.facts)):
            if self.facts[index].latest >= fact.earliest:
                yield self.facts[index], self.certain[index]


class Timeline:
    """Visible facts in order, with lanes."""

    def __init__(self, complete: frozenset[str], begins: Instant) -> None:
        self.complete = complete
        self.begins = begins
        """Start of the record: its first fact."""
        self._last: tuple[Instant, int, int] | None = None
        self._reach: Instant = -(10**12)
        self.by_id: dict[str, Fact] = {}
        self.births: dict[str, Fact] = {}
        """Each model's first fact."""
        self._models: dict[str, None] = {}
        """Each model that any fact of the organisation concerns, in order of introduction."""
        self.mentioned: set[str] = set()
        """Ids and keys that facts are about."""
        self._index: dict[Interest, list[Fact]] = {}
        self._lanes: dict[Hashable, Lane] = {}
        self._watch: dict[Interest, list[tuple[Lane, Match]]] = {}

    def in_order(self, fact: Fact) -> bool:
        """Whether a fact sorts after every fact so far, so that nothing earlier can change."""
        return self._last is None or (
            not fact.coarse
            and self._reach < fact.latest
            and sort_key(fact) > self._last
            and not (fact.precision == "second" and self._reach >= fact.earliest)
        )

    def add(self, fact: Fact) -> bool:
        """Add a fact; tell whether it came in order."""
        at_end = self.in_order(fact)
        self._name(fact)
        for interest in self.interests(fact):
            self._place(self._index.setdefault(interest, []), fact, at_end)
            for lane, match in self._watch.get(interest, ()):
                verdict = match(fact)
                if verdict is not False:
                    (lane.append if at_end else lane.insert)(fact, verdict is True)
        if at_end:
            self._last = sort_key(fact)
        self._reach = max(self._reach, fact.latest)
        return at_end

    def remove(self, fact: Fact) -> None:
        """Take out a fact that a correction replaced."""
        for interest in self.interests(fact):
            facts = self._index.get(interest, [])
            if any(other is fact for other in facts):
                facts[:] = [other for other in facts if other is not fact]
            for lane, _ in self._watch.get(interest, ()):
                if any(other is fact for other in lane.facts):
                    lane.remove(fact)

    @staticmethod
    def _place(facts: list[Fact], fact: Fact, at_end: bool) -> None:
        if at_end:
            facts.append(fact)
        else:
            facts.insert(bisect_left(facts, sort_key(fact), key=sort_key), fact)

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
        if any(self.births.get(model) is fact for model in fact.models):
            kinds.append(MODELS)
        models: tuple[str | None, ...] = self.concerns(fact) or tuple(self._models)
        return [(kind, model) for kind in kinds for model in (None, *models)]

    def scoped(self, models: Iterable[str]) -> list[Interest]:
        """Every (kind, model) on record about some models."""
        wanted = set(models)
        return [interest for interest in self._index if interest[1] in wanted] if wanted else []

    def introduce(self, model: str) -> None:
        """A new model is concerned by what the organisation did before it, and from now on.

        So it is by a notice, given before, of what is now its first fact.
        """
        if model in self._models:
            return
        self._models[model] = None
        for (kind, scope), facts in list(self._index.items()):
            if scope is None and kind != MODELS:
                for fact in [fact for fact in facts if not self.concerns(fact)]:
                    self._place(self._index.setdefault((kind, model), []), fact, False)
                    for lane, match in self._watch.get((kind, model), ()):
                        verdict = match(fact)
                        if verdict is not False and fact not in lane.facts:
                            lane.insert(fact, verdict is True)

    def birth(self, model: str) -> Fact | None:
        """The model's start of training where recorded, else the first fact about it."""
        started = self._index.get(("training_started", model))
        return started[0] if started else self.births.get(model)

    def facts(self, kind: str, model: str | None) -> list[Fact]:
        """Facts of a kind that concern a model (or any), in order."""
        return self._index.get((kind, model), [])

    def lane(self, key: Hashable, kinds: tuple[str, ...], model: str | None, match: Match) -> Lane:
        """The lane of a question, made once per ``key``."""
        lane = self._lanes.get(key)
        if lane is not None:
            return lane
        lane = Lane(all(kind in self.complete for kind in kinds), kinds)
        if len(kinds) == 1:
            found = self.facts(kinds[0], model)
        else:
            found = sorted(
                (fact for kind in kinds for fact in self.facts(kind, model)), key=sort_key
            )
        for fact in found:
            verdict = match(fact)
            if verdict is not False:
                lane.append(fact, verdict is True)
        self._lanes[key] = lane
        for kind in kinds:
            self._watch.setdefault((kind, model), []).append((lane, match))
        return lane


def states_compute(fact: Fact) -> bool:
    """Whether a fact states effective compute, absolute or as a ratio to the last assessment."""
    if "effective_compute" in fact.attributes:
        return True
    values = fact.attributes.get("values")
    return isinstance(values, tuple) and any(
        value.get("measure") == RATIO_MEASURE for value in values
    )
