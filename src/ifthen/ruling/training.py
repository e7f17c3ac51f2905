"""Training compute in FLOP: what the runs of a model, and of those it is based on, add up to.

A run begins with ``training_started`` and counts the last figure stated of it. A figure that is
missing leaves the sum open above, so that the rest can still pass a limit but never stay below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ifthen.record.model import Fact
from ifthen.ruling.order import SAME_DAY, Point, ordered, precedes
from ifthen.ruling.quantities import Range, Value
from ifthen.ruling.timeline import Timeline

KINDS = (
    "training_started",
    "training_progress",
    "training_paused",
    "training_resumed",
    "training_ended",
)
"""Kinds of fact that may state FLOP."""
_RELEASES = ("model_released", "model_announced")


@dataclass(frozen=True, slots=True)
class _Sum:
    """What figures add up to."""

    flop: Fraction
    whole: bool
    """Whether every run states its figure."""
    stated: bool
    """Whether any does."""

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(self.flop + other.flop, self.whole and other.whole, self.stated or other.stated)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Every sum that the dates allow, and what it rests on."""

    possible: tuple[_Sum, ...]
    facts: tuple[str, ...]
    assumed: bool
    unordered: tuple[str, ...] = ()
    """Models of whose training the dates do not tell the order."""


class Training:
    """Training compute of models on one timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def flop(self, model: str | None, point: Point) -> Value:
        """Cumulative training compute at a point, in FLOP."""
        if model is None:
            return Value((), unknown=("no model is in question",))
        sums = self._sums(model, point, ())
        unknown = [
            f"the dates do not tell in which order the training of {name} was reported"
            for name in sums.unordered
        ]
        if not all(one.stated for one in sums.possible):
            unknown.append(f"the training compute of {model} is not stated")
        ranges = dict.fromkeys(
            Range(one.flop, one.flop if one.whole else None) for one in sums.possible if one.stated
        )
        assumes = (SAME_DAY,) if sums.assumed else ()
        return Value(tuple(ranges), sums.facts, tuple(unknown), assumes)

    def _sums(self, model: str, point: Point, seen: tuple[str, ...]) -> _Sums:
        lane = self.timeline.lane(
            ("flop", model),
            KINDS,
            model,
            lambda fact: fact.kind == "training_started" or "flop" in fact.attributes,
        )
        happened: list[tuple[Fact, bool]] = []
        assumed = False
        for fact in lane.facts:
            if fact.earliest > point.latest:
                break
            order = precedes(fact, point)
            assumed = assumed or order.assumed
            if order.before is not False:
                happened.append((fact, order.before is True))
        facts = [fact.id for fact, _ in happened]
        unordered = [model] if _any_unordered([fact for fact, _ in happened]) else []
        bases, based_assumed = self._bases(model, point, seen)
        assumed = assumed or based_assumed
        own = _own(happened)
        if not happened and lane.complete and any(sure for _, sure in bases.values()):
            own = (_Sum(Fraction(0), True, False),)
        for base, (named, sure) in bases.items():
            other = self._sums(base, point, (*seen, model))
            facts += [named, *other.facts]
            unordered += other.unordered
            assumed = assumed or other.assumed
            without = () if sure else own
            own = tuple(dict.fromkeys((*(a + b for a in own for b in other.possible), *without)))
        return _Sums(own, tuple(dict.fromkeys(facts)), assumed, tuple(dict.fromkeys(unordered)))

    def _bases(
        self, model: str, point: Point, seen: tuple[str, ...]
    ) -> tuple[dict[str, tuple[str, bool]], bool]:
        """The models that a model is based on, each with the fact that says so, and if surely."""
        found: dict[str, tuple[str, bool]] = {}
        assumed = False
        for kind in _RELEASES:
            for fact in self.timeline.facts(kind, model):
                based = fact.attributes.get("based_on")
                order = precedes(fact, point)
                if not isinstance(based, tuple) or order.before is False:
                    continue
                assumed = assumed or order.assumed
                sure = order.before is True
                for base in map(str, based):
                    if base == model or base in seen:
                        continue
                    if base not in found or (sure and not found[base][1]):
                        found[base] = (fact.id, sure)
        return found, assumed


def _own(happened: Sequence[tuple[Fact, bool]]) -> tuple[_Sum, ...]:
    """What a model's own runs add up to, for each number of the unsure facts that happened."""
    unsure = [fact for fact, sure in happened if not sure]
    sums = []
    for count in range(len(unsure) + 1):
        left_out = unsure[count:]
        sums.append(_total(fact for fact, _ in happened if fact not in left_out))
    return tuple(dict.fromkeys(sums))


def _total(facts: Iterable[Fact]) -> _Sum:
    runs: list[Fraction | None] = []
    for fact in facts:
        if fact.kind == "training_started" or not runs:
            runs.append(None)
        figure = fact.attributes.get("flop")
        if isinstance(figure, Fraction):
            runs[-1] = figure
    known = [figure for figure in runs if figure is not None]
    return _Sum(sum(known, Fraction(0)), bool(runs) and len(known) == len(runs), bool(known))


def _any_unordered(facts: Sequence[Fact]) -> bool:
    """Whether the dates leave open which of two facts came first."""
    going: list[Fact] = []
    for fact in facts:
        going = [other for other in going if other.latest >= fact.earliest]
        if any(ordered(other, fact).before is None for other in going):
            return True
        going.append(fact)
    return False
