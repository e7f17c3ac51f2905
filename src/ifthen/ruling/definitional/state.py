"""What the record shows of a model at a point: standing, safeguards, what runs, compute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TypeAlias, cast

from ifthen.policy.model import Policy
from ifthen.record.model import Fact
from ifthen.ruling.definitional.view import Found, Latest, View, latest
from ifthen.ruling.matching import Names, attribute
from ifthen.ruling.order import SAME_DAY, Point, after_fact, ordered, precedes
from ifthen.ruling.quantities import Range, Value, stated
from ifthen.ruling.reasons import Because, agree
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, Action

NO_MODEL = "no model is in question"
NONE_FORECAST = "no forecast"
_RATIO = "effective_compute_ratio"
_Flop: TypeAlias = tuple[Fraction | None, bool]
"""The least that figures add up to, None where there is none, and whether that is all."""
RUNS = (
    "training_started",
    "training_progress",
    "training_paused",
    "training_resumed",
    "training_ended",
)
"""Facts that may state the FLOP of a run."""
_TRAINING = ("training_started", "training_progress", "training_resumed")


class State:
    """The state of models and standards, in one policy's names."""

    def __init__(self, policy: Policy, names: Names, view: View) -> None:
        self.policy = policy
        self.names = names
        self.view = view

    # --- safeguards ------------------------------------------------------------------------

    def in_place(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Because:
        """Whether a standard is in place, by itself or by another that includes it."""
        own = self._in_place(standard, model, point, seen)
        others = (self.in_place(s, model, point, seen) for s in self._including(standard))
        return _or_included(own, others)

    def _including(self, standard: str) -> list[str]:
        return [s.id for s in self.policy.standards.values() if standard in s.includes]

    def _in_place(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...]
    ) -> Because:
        """Whether a standard is itself in place: the last word on it is its activation.

        Where nothing certain is said of a model, what it is based on speaks for it.
        """
        last = latest(
            self._naming(standard, ("standard_activated", "standard_lapsed"), model), point
        )
        text = f"{standard} in place{_for(model)}"
        detail = {"standard": standard, "model": model}
        if not last.facts:
            for base in self._bases(model, point, seen):
                child = self.in_place(standard, base, point, (*seen, str(model)))
                if child.value is not None:
                    same_day = last.assumes
                    return Because(
                        "in_place", text, child.value, (), detail, (), same_day, (child,)
                    )
        said: list[bool | None] = [fact.kind == "standard_activated" for fact in last.facts]
        by_order = last.by_order(lambda fact: fact.kind == "standard_activated")
        if not last.surely:
            said.append(False if self.view.lists(["standard_activated"]) else None)
        return _state("in_place", text, said, last.ids, by_order, detail)

    def approved(self, standard: str, model: str | None, point: Point) -> Because:
        """Whether a standard has been approved, or another that includes it."""
        own = self._approved(standard, model, point)
        others = (self.approved(s, model, point) for s in self._including(standard))
        return _or_included(own, others)

    def _approved(self, standard: str, model: str | None, point: Point) -> Because:
        """Whether a standard itself has been approved."""
        kinds = ("standard_approved",)
        last = latest(self._naming(standard, kinds, model), point)
        nothing = not last.facts and self.view.lists(kinds)
        said: list[bool | None] = [True if last.surely else False if nothing else None]
        detail = {"standard": standard, "model": model}
        text = f"{standard} approved{_for(model)}"
        return _state("approved", text, said, last.ids, last.assumes, detail)

    def _naming(
        self, standard: str, kinds: tuple[str, ...], model: str | None
    ) -> tuple[Found, ...]:
        def names_it(fact: Fact) -> bool | None:
            words = self.names.words(fact, "standard")
            return None if words is None else _named(standard, words)

        return self.view.find(kinds, model, names_it)

    def _bases(self, model: str | None, point: Point, seen: tuple[str, ...]) -> Iterator[str]:
        """The models a model is said to be based on."""
        if model is None:
            return
        for kind in ("model_released", "model_announced"):
            for fact in self.view.of([kind], model):
                based = fact.attributes.get("based_on")
                if isinstance(based, tuple) and fact.earliest <= point.latest:
                    yield from (base for base in based if base != model and base not in seen)

    # --- standing --------------------------------------------------------------------------

    def status(
        self, threshold: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Value:
        """The last finding; else below where a threshold it lies above is; else inherited."""
        if model is None:
            return Value((), unknown=(NO_MODEL,))
        decided = self.view.find(
            ["threshold_decision"], model, lambda fact: self._finding(fact, threshold) is not None
        )
        last = latest(decided, point)
        values = tuple(self._finding(fact, threshold) for fact in last.facts)
        if last.surely:
            by_order = last.by_order(lambda fact: self._finding(fact, threshold))
            return Value(values, last.ids, assumes=by_order)
        lower = (
            self.policy.thresholds[threshold].above if threshold in self.policy.thresholds else ()
        )
        for other in lower:
            value = self.status(other, model, point, seen)
            if not value.unknown and all(found == "below" for found in value.possible):
                return value
        for base in self._bases(model, point, seen):
            value = self.status(threshold, base, point, (*seen, model))
            if not value.unknown:
                return value
        return Value(values, last.ids, (f"{threshold} was never decided",))

    def _finding(self, fact: Fact, threshold: str) -> str | None:
        findings = fact.attributes.get("findings")
        said = findings.items() if isinstance(findings, Mapping) else ()
        return next((str(v) for name, v in said if self.names.threshold(name) == threshold), None)

    def level(
        self, category: str, mitigation: str | None, model: str | None, point: Point
    ) -> Value:
        """The last score in a category; one that does not say when may be before or after."""
        if model is None:
            return Value((), unknown=(NO_MODEL,))

        def test(fact: Fact) -> bool | None:
            if self._score(fact, category) is None:
                return False
            said = fact.attributes.get("mitigation", "unstated")
            if mitigation in (None, said):
                return True
            return None if said == "unstated" else False

        last = latest(self.view.find(["threshold_decision"], model, test), point)
        scores = tuple(str(self._score(fact, category)) for fact in last.facts)
        known = self.policy.categories.get(category)
        levels = set() if known is None else set(self.policy.scale) - set(known.lacks)
        told = last.surely and levels.issuperset(scores)
        return Value(scores, last.ids, () if told else (f"no level of {category}",), last.assumes)

    def _score(self, fact: Fact, category: str) -> str | None:
        levels = fact.attributes.get("levels")
        said = levels.items() if isinstance(levels, Mapping) else ()
        return next((str(v) for name, v in said if self.names.threshold(name) == category), None)

    def forecast(self, category: str, model: str | None, point: Point) -> Value:
        """The level of the last forecast about a category."""

        def test(fact: Fact) -> bool | None:
            named = self.names.words(fact, "threshold")
            return None if named is None else _named(category, named)

        last = latest(self.view.find(["forecast"], model, test), point)
        said = [fact.attributes.get("level") for fact in last.facts]
        nothing = not last.surely and self.view.lists(["forecast"])
        levels = tuple(str(level) for level in said if level is not None)
        told = (last.surely or nothing) and set(self.policy.scale).issuperset(said)
        return Value(
            (*levels, NONE_FORECAST) if nothing else levels,
            last.ids,
            () if told else (f"no forecast of {category}",),
            last.assumes,
        )

    # --- what runs -------------------------------------------------------------------------

    def running(self, action: str, model: str | None, point: Point, text: str) -> Because:
        """Whether an action is under way: the last fact about it began it."""
        detail = {"action": action, "model": model}
        if model is None:
            return Because("running", text, None, detail=detail, unknown=(NO_MODEL,))
        starts, ends = MODEL_EVENTS_OF_ACTION[cast(Action, action)]
        last = latest(
            self.view.find(starts | ends, model, lambda fact: concerns_action(fact, action)), point
        )
        said: list[bool | None] = [fact.kind in starts for fact in last.facts]
        if not last.surely:
            said.append(False if self.view.lists(starts) else None)
        by_order = last.by_order(lambda fact: fact.kind in starts)
        return _state("running", text, said, last.ids, by_order, detail)

    # --- compute ---------------------------------------------------------------------------

    def figures(self, model: str | None) -> tuple[Found, ...]:
        """Every fact that states effective compute of a model, absolute or as a ratio."""
        return tuple(
            Found(fact, True)
            for fact in self.view.facts
            if self.view.touches(fact, model)
            if "effective_compute" in fact.attributes or _ratios(fact)
        )

    def compute(self, model: str | None, point: Point) -> Value:
        """Effective compute at a point."""
        if model is None:
            return Value((), unknown=(NO_MODEL,))
        last = latest(self.figures(model), point)
        stated_here = [fact.attributes.get("effective_compute") for fact in last.facts]
        exact = [Range.exactly(v) for v in stated_here if isinstance(v, Fraction)]
        if not last.surely or len(exact) < len(stated_here):
            return Value((), last.ids, (f"the compute of {model} is not recorded",))
        by_order = last.by_order(lambda fact: fact.attributes.get("effective_compute"))
        return Value(tuple(exact), last.ids, assumes=by_order)

    def flop(self, model: str | None, point: Point) -> Value:
        """Training compute: the last figure of every run, of the model and what it is based on.

        Where some figures are missing, those that are there are the least it can be.
        """
        if model is None:
            return Value((), unknown=(NO_MODEL,))
        sums, ids, clear, assumed = self._flop(model, point, ())
        told = clear and all(low is not None for low, _ in sums)
        found = [Range(low, low if whole else None) for low, whole in sums if low is not None]
        unknown = () if told else (f"the FLOP of {model} are not stated",)
        return Value(
            tuple(dict.fromkeys(found)), _once(iter(ids)), unknown, (SAME_DAY,) if assumed else ()
        )

    def _flop(
        self, model: str, point: Point, seen: tuple[str, ...]
    ) -> tuple[list[_Flop], list[str], bool, bool]:
        """Every sum possible, its facts, if their order is clear, if same-day order is assumed."""
        runs = [
            (fact, precedes(fact, point))
            for fact in self.view.of(RUNS, model)
            if fact.kind == "training_started" or "flop" in fact.attributes
        ]
        assumed = any(order.assumed for _, order in runs)
        runs = [(fact, order) for fact, order in runs if order.before is not False]
        clear = all(ordered(a, b).before is not None for (a, _), (b, _) in combinations(runs, 2))
        ids = [fact.id for fact, _ in runs]
        bases: dict[str, list[tuple[Fact, bool]]] = {}
        for fact in [
            f for k in ("model_released", "model_announced") for f in self.view.of([k], model)
        ]:
            order = precedes(fact, point)
            based = fact.attributes.get("based_on")
            if order.before is not False and isinstance(based, tuple):
                assumed = assumed or order.assumed
                for base in set(map(str, based)) - {model, *seen}:
                    bases.setdefault(base, []).append((fact, order.before is True))
        perhaps = [fact for fact, order in runs if order.before is None]
        sums = [
            _runs([fact for fact, _ in runs if fact not in perhaps[n:]])
            for n in range(len(perhaps) + 1)
        ]
        based_surely = any(sure for said in bases.values() for _, sure in said)
        if not runs and based_surely and self.view.lists(RUNS):
            sums = [(None, True)]
        for base in self._in_order(bases, point, model):
            said = bases[base]
            surely = [fact for fact, sure in said if sure]
            more, others, clearly, same_day = self._flop(base, point, (*seen, model))
            ids += [(surely[0] if surely else said[0][0]).id, *others]
            clear, assumed = clear and clearly, assumed or same_day
            joined = [_plus(one, other) for one in sums for other in more]
            sums = list(dict.fromkeys(joined if surely else joined + sums))
        return sums, ids, clear, assumed

    def _in_order(self, bases: Iterable[str], point: Point, model: str) -> list[str]:
        """Bases in the order in which releases, then announcements, name them."""
        named = [
            str(base)
            for kind in ("model_released", "model_announced")
            for fact in self.view.of([kind], model)
            if precedes(fact, point).before is not False
            for base in cast(tuple[str, ...], fact.attributes.get("based_on", ()))
        ]
        return [base for base in dict.fromkeys(named) if base in bases]

    def growth(self, model: str | None, base: Latest, point: Point) -> Value:
        """Effective compute at a point over that at the last such event.

        A ratio that the newest figure itself states is taken; without training since, and without
        any figure, nothing grew; else one figure over the other.
        """
        if model is None:
            return Value((), unknown=(NO_MODEL,))
        now = latest(self.figures(model), point)
        ratio = self._stated(now, base)
        if ratio is not None:
            return ratio
        if base.surely and not now.facts and self._untrained(model, base, point):
            by_order = base.by_order(lambda fact: model in fact.models)
            return Value((Range.exactly(Fraction(1)),), assumes=by_order)
        top = self.compute(model, point)
        bottoms = [self._compute_at(fact) for fact in base.facts]
        if not base.surely:
            bottoms.append(self._first(model, point))
        parts = (top, *bottoms)
        by_order = base.by_order(lambda fact: self._compute_at(fact).possible)
        quotients = [
            a.over(b)
            for bottom in bottoms
            for b in bottom.possible
            for a in top.possible
            if isinstance(a, Range) and isinstance(b, Range)
        ]
        return Value(
            tuple(quotient for quotient in quotients if quotient is not None),
            _once(id for part in parts for id in part.facts),
            _once(why for part in parts for why in part.unknown),
            _once((*by_order, *(a for part in parts for a in part.assumes))),
        )

    def stating(self, measure: str, model: str | None) -> tuple[Found, ...]:
        """Every fact about a model that states a measure."""
        return tuple(
            Found(fact, True)
            for fact in self.view.facts
            if self.view.touches(fact, model) and _entries(fact, measure)
        )

    def gain(
        self, model: str | None, measure: str, unit: str | None, base: Latest, point: Point
    ) -> Value:
        """A cumulative measure at a point less that at the last event, or less nothing."""
        if model is None:
            return Value((), unknown=(NO_MODEL,))
        zero = Value((Range.exactly(Fraction(0)),))
        if (
            base.surely
            and not latest(self.stating(measure, model), point).facts
            and self._untrained(model, base, point)
        ):
            return replace(zero, assumes=base.assumes)
        top = self._progress(model, measure, unit, point)
        bottoms = []
        for fact in base.facts:
            then = self._progress(model, measure, unit, after_fact(fact))
            bottoms.append(replace(then, facts=_once(iter((fact.id, *then.facts)))))
        if not base.surely:
            bottoms.append(zero)
        return Value(
            tuple(
                a.minus(b)
                for bottom in bottoms
                for b in bottom.possible
                for a in top.possible
                if isinstance(a, Range) and isinstance(b, Range)
            ),
            _once(id for part in (top, *bottoms) for id in part.facts),
            _once(why for part in (top, *bottoms) for why in part.unknown),
            _once(a for part in (base, top) for a in part.assumes),
        )

    def _progress(self, model: str, measure: str, unit: str | None, point: Point) -> Value:
        last = latest(self.stating(measure, model), point)
        entries = [_entries(fact, measure)[0] for fact in last.facts]
        right = [entry for entry in entries if unit is None or entry.get("unit") == unit]
        ranges = [range_ for entry in right if (range_ := stated(entry)) is not None]
        told = last.surely and len(ranges) == len(entries)
        unknown = () if told else (f"the {measure} of {model} is not recorded",)
        return Value(tuple(ranges), last.ids, unknown, last.assumes)

    def _stated(self, now: Latest, base: Latest) -> Value | None:
        if len(now.facts) != 1 or len(base.facts) > 1:
            return None
        (fact,) = now.facts
        older = not base.facts or base.facts[0].earliest <= fact.earliest
        ranges = [range_ for value in _ratios(fact) if (range_ := stated(value)) is not None]
        if "effective_compute" in fact.attributes or not older or not ranges:
            return None
        if base.facts and base.facts[0].id == fact.id:
            ranges = [Range.exactly(Fraction(1))]
        by_order = now.by_order(_said) or base.by_order(lambda other: other.id == fact.id)
        return Value((ranges[0],), (fact.id,), assumes=by_order)

    def _untrained(self, model: str, base: Latest, point: Point) -> bool:
        """Whether a complete record shows no training since the last such event."""
        trained = any(
            fact.latest >= base.facts[-1].earliest and precedes(fact, point).before is not False
            for fact in self.view.of(_TRAINING, model)
        )
        own = all(model in fact.models for fact in base.facts)
        return own and not trained and self.running("train", model, point, "").value is False

    def _compute_at(self, fact: Fact) -> Value:
        own = fact.attributes.get("effective_compute")
        if isinstance(own, Fraction):
            return Value((Range.exactly(own),), (fact.id,))
        found = [self.compute(model, after_fact(fact)) for model in fact.models]
        return Value(
            tuple(v for value in found for v in value.possible),
            (fact.id, *(id for value in found for id in value.facts)),
            tuple(why for value in found for why in value.unknown)
            or (() if found else (f"{fact.id} states no compute",)),
            tuple(a for value in found for a in value.assumes),
        )

    def _first(self, model: str, point: Point) -> Value:
        for each in self.figures(model):
            if precedes(each.fact, point).before is False:
                continue
            own = each.fact.attributes.get("effective_compute")
            if isinstance(own, Fraction):
                return Value((Range.exactly(own),), (each.fact.id,))
        return Value((), unknown=(f"the compute of {model} is not recorded",))


def concerns_action(fact: Fact, action: str) -> bool:
    """Whether a fact about a model is about one action: an internal release is internal use."""
    stage = attribute(fact, "stage")
    if fact.kind == "model_released" and action == "store":
        return True
    if fact.kind in ("model_released", "model_withdrawn") and stage is not None:
        return (stage == "internal") == (action == "use-inside")
    return True


def _runs(facts: list[Fact]) -> _Flop:
    """The last figures of runs, added up: None where there is none; and whether all have one."""
    starts = [n for n, fact in enumerate(facts) if n == 0 or fact.kind == "training_started"]
    figures = []
    for first, after in pairwise([*starts, len(facts)]):
        said = [fact.attributes.get("flop") for fact in facts[first:after]]
        figures.append(next((f for f in reversed(said) if isinstance(f, Fraction)), None))
    stated = [figure for figure in figures if figure is not None]
    whole = bool(figures) and len(stated) == len(figures)
    return (sum(stated, Fraction(0)) if stated else None), whole


def _plus(one: _Flop, other: _Flop) -> _Flop:
    figures = [low for low, _ in (one, other) if low is not None]
    return (sum(figures, Fraction(0)) if figures else None), one[1] and other[1]


def _or_included(own: Because, others: Iterable[Because]) -> Because:
    """A state by itself or by the first of others that brings it about."""
    steps = [own]
    for other in () if own.value is True else others:
        steps.append(other)
        if other.value is True:
            break
    if len(steps) == 1:
        return own
    values = [step.value for step in steps]
    value = True if True in values else None if None in values else False
    return Because("included", own.text, value, (), own.detail, children=tuple(steps))


def _state(
    rule: str,
    text: str,
    said: list[bool | None],
    ids: tuple[str, ...],
    assumes: tuple[str, ...],
    detail: Mapping[str, str | None],
) -> Because:
    """A state on which every fact that may be the last must agree."""
    value = agree(said)
    unknown = ("the record does not tell",) if value is None else ()
    return Because(rule, text, value, ids, detail, unknown, assumes)


def _ratios(fact: Fact) -> list[Mapping[str, object]]:
    return _entries(fact, _RATIO)


def _entries(fact: Fact, measure: str) -> list[Mapping[str, object]]:
    """What a fact states of a measure."""
    values = fact.attributes.get("values")
    listed = values if isinstance(values, tuple) else ()
    return [value for value in listed if value.get("measure") == measure]


def _said(fact: Fact) -> tuple[object, ...]:
    """What a fact says of compute."""
    return tuple(fact.attributes.get(name) for name in ("effective_compute", "values"))


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _for(model: str | None) -> str:
    return f" for {model}" if model else ""


def _named(name: str, words: Sequence[str]) -> bool | None:
    """Whether words name something; what is unstated may."""
    return True if name in words else None if "unstated" in words else False
