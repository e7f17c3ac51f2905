"""What the record shows of a model at a point: standing, safeguards, what runs, compute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import cast

from ifthen.policy.model import Policy
from ifthen.record.model import Fact
from ifthen.ruling.definitional.view import Found, Latest, View, latest
from ifthen.ruling.matching import Names, attribute
from ifthen.ruling.order import Point, after_fact, precedes
from ifthen.ruling.quantities import Range, Value, stated
from ifthen.ruling.reasons import Because, agree
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, Action

NO_MODEL = "no model is in question"
_RATIO = "effective_compute_ratio"
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
        """Whether a standard is in place: the last word on it is its activation.

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
        """Whether a standard has been approved."""
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
            return None if words is None else standard in words

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
    values = fact.attributes.get("values")
    listed = values if isinstance(values, tuple) else ()
    return [value for value in listed if value.get("measure") == _RATIO]


def _said(fact: Fact) -> tuple[object, ...]:
    """What a fact says of compute."""
    return tuple(fact.attributes.get(name) for name in ("effective_compute", "values"))


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _for(model: str | None) -> str:
    return f" for {model}" if model else ""
