"""Progress that a policy measures in its own unit: how much a model gained since the last event."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ifthen.record.model import Fact
from ifthen.ruling.compute import Compute
from ifthen.ruling.order import Point, after_fact
from ifthen.ruling.quantities import Range, Value, stated
from ifthen.ruling.timeline import Lane, Last, Timeline, measure_kind


class Progress:
    """Cumulative measures of models on one timeline."""

    def __init__(self, timeline: Timeline, compute: Compute) -> None:
        self.timeline = timeline
        self.compute = compute

    def gain(
        self, model: str | None, measure: str, unit: str | None, base: Last, point: Point
    ) -> Value:
        """What a cumulative measure is at a point, less what it was at the last event.

        Args:
            model: whose progress.
            measure: the measure, as ``values`` of facts name it.
            unit: the unit it must be stated in; None for any.
            base: the events that may be the last one; empty means progress from the start.
            point: when.
        """
        if model is None:
            return Value((), unknown=("no model is in question",))
        recorded = self._lane(model, measure).last(point).candidates
        if base.surely and not recorded and self.compute.untrained(model, base, point):
            return Value((Range.exactly(Fraction(0)),), assumes=base.assumes)
        top = self._at(model, measure, unit, point)
        bottoms = [
            self._at(model, measure, unit, after_fact(fact), fact) for fact in base.candidates
        ]
        if not base.surely:
            bottoms.append(Value((Range.exactly(Fraction(0)),)))
        parts = (top, *bottoms)
        gains = [
            t.minus(b)
            for bottom in bottoms
            for b in bottom.possible
            for t in top.possible
            if isinstance(t, Range) and isinstance(b, Range)
        ]
        return Value(
            tuple(gains),
            tuple(dict.fromkeys(id for part in parts for id in part.facts)),
            tuple(dict.fromkeys(why for part in parts for why in part.unknown)),
            tuple(dict.fromkeys(base.assumes + top.assumes)),
        )

    def _lane(self, model: str, measure: str) -> Lane:
        kind = measure_kind(measure)
        return self.timeline.lane(("measure", measure, model), (kind,), model, lambda _fact: True)

    def _at(
        self, model: str, measure: str, unit: str | None, point: Point, event: Fact | None = None
    ) -> Value:
        """The last figure at a point; ``event``, where one counts from it, is named as well."""
        last = self._lane(model, measure).last(point)
        named = () if event is None else (event.id,)
        ids = tuple(dict.fromkeys((*named, *(fact.id for fact in last.candidates))))
        unknown: list[str] = []
        ranges: list[Range] = []
        for fact in last.candidates:
            entry = _entry(fact, measure)
            range_ = stated(entry)
            if unit is not None and entry.get("unit") != unit:
                unknown.append(f"{fact.id} states {measure} in {entry.get('unit')}, not {unit}")
            elif range_ is None:
                unknown.append(f"{fact.id} gives no figure of {measure}")
            else:
                ranges.append(range_)
        if not last.surely:
            unknown.append(f"no {measure} of {model} is recorded")
        return Value(tuple(ranges), ids, tuple(unknown), last.assumes)


def _entry(fact: Fact, measure: str) -> Mapping[str, object]:
    """What a fact states of a measure."""
    values = fact.attributes.get("values")
    assert isinstance(values, tuple)
    return next(value for value in values if value.get("measure") == measure)
