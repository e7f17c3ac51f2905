"""Effective compute: what a model has now, and how much more than at its last assessment."""

from __future__ import annotations

from fractions import Fraction

from ifthen.record.model import Fact
from ifthen.ruling.order import Point, after_fact, precedes
from ifthen.ruling.quantities import Range, Value, stated
from ifthen.ruling.standing import Standing
from ifthen.ruling.timeline import COMPUTE, Lane, Last, Timeline
from ifthen.vocabulary import RATIO_MEASURE

_TRAINING = ("training_started", "training_progress", "training_resumed")


class Compute:
    """Effective compute of models on one timeline."""

    def __init__(self, timeline: Timeline, standing: Standing) -> None:
        self.timeline = timeline
        self.standing = standing

    def lane(self, model: str) -> Lane:
        """Every fact that states compute of a model."""
        return self.timeline.lane(("compute", model), (COMPUTE,), model, lambda _fact: True)

    def of(self, model: str | None, point: Point) -> Value:
        """Effective compute at a point, in FLOP-equivalents."""
        if model is None:
            return Value((), unknown=("no model is in question",))
        last = self.lane(model).last(point)
        ids = tuple(fact.id for fact in last.candidates)
        values = [fact.attributes.get("effective_compute") for fact in last.candidates]
        if not last.surely or not all(isinstance(value, Fraction) for value in values):
            return Value((), ids, (f"the effective compute of {model} is not recorded",))
        return Value(
            tuple(Range.exactly(value) for value in values if isinstance(value, Fraction)),
            ids,
            assumes=last.assumed(lambda fact: fact.attributes.get("effective_compute")),
        )

    def growth(self, model: str | None, base: Last, point: Point) -> Value:
        """Effective compute at a point over that at the last event (at the snapshot it used).

        Args:
            model: whose compute.
            base: the events that may be the last one; empty means growth since the first figure.
            point: when.
        """
        if model is None:
            return Value((), unknown=("no model is in question",))
        now = self.lane(model).last(point)
        ratio = self._stated_ratio(now, base)
        if ratio is not None:
            return ratio
        figures = self.lane(model).last(point).candidates
        if base.surely and not figures and self.untrained(model, base, point):
            assumes = base.assumed(lambda fact: model in fact.models)
            return Value((Range.exactly(Fraction(1)),), assumes=assumes)
        top = self.of(model, point)
        bottoms = [self._compute_at(fact) for fact in base.candidates]
        if not base.surely:
            bottoms.append(self._first_compute(model, point))
        unknown = tuple(dict.fromkeys(u for v in (top, *bottoms) for u in v.unknown))
        facts = tuple(dict.fromkeys(f for v in (top, *bottoms) for f in v.facts))
        ratios = [
            quotient
            for bottom in bottoms
            for b in bottom.possible
            for t in top.possible
            if isinstance(t, Range) and isinstance(b, Range)
            if (quotient := t.over(b)) is not None
        ]
        assumes = base.assumed(lambda fact: self._compute_at(fact).possible)
        for value in (top, *bottoms):
            assumes += value.assumes
        return Value(tuple(ratios), facts, unknown, tuple(dict.fromkeys(assumes)))

    def untrained(self, model: str, base: Last, point: Point) -> bool:
        """Whether a complete record shows no training since the last event.

        What no training could have changed is unchanged.
        """
        if any(model not in fact.models for fact in base.candidates):
            return False
        since = base.candidates[-1]
        trained = any(
            fact.latest >= since.earliest and precedes(fact, point).before is not False
            for kind in _TRAINING
            for fact in self.timeline.facts(kind, model)
        )
        return not trained and self.standing.running("train", model, point, "").value is False

    def _stated_ratio(self, now: Last, base: Last) -> Value | None:
        """A ratio to the last assessment that the newest fact on compute states itself."""
        if len(now.candidates) != 1 or len(base.candidates) > 1:
            return None
        fact = now.candidates[0]
        values = fact.attributes.get("values")
        if "effective_compute" in fact.attributes or not isinstance(values, tuple):
            return None
        if base.candidates and base.candidates[0].earliest > fact.earliest:
            return None
        assumes = now.assumed(_figure) or base.assumed(lambda other: other.id == fact.id)
        if base.candidates and base.candidates[0].id == fact.id:
            return Value((Range.exactly(Fraction(1)),), (fact.id,), assumes=assumes)
        for value in values:
            if value.get("measure") == RATIO_MEASURE and (range_ := stated(value)) is not None:
                return Value((range_,), (fact.id,), assumes=assumes)
        return None

    def _compute_at(self, fact: Fact) -> Value:
        own = fact.attributes.get("effective_compute")
        if isinstance(own, Fraction):
            return Value((Range.exactly(own),), (fact.id,))
        found = [self.of(model, after_fact(fact)) for model in fact.models]
        if not found:
            return Value((), (fact.id,), (f"{fact.id} states no effective compute",))
        return Value(
            tuple(v for value in found for v in value.possible),
            (fact.id, *(f for value in found for f in value.facts)),
            tuple(u for value in found for u in value.unknown),
            tuple(a for value in found for a in value.assumes),
        )

    def _first_compute(self, model: str, point: Point) -> Value:
        for fact in self.lane(model).facts:
            if precedes(fact, point).before is False:
                continue
            own = fact.attributes.get("effective_compute")
            if isinstance(own, Fraction):
                return Value((Range.exactly(own),), (fact.id,))
        return Value((), unknown=(f"the effective compute of {model} is not recorded",))


def _figure(fact: Fact) -> object:
    """What a fact states of compute."""
    return fact.attributes.get("effective_compute"), fact.attributes.get("values")
