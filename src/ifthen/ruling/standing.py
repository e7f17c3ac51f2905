"""Where a model stands on record: findings, safeguards, and what is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ifthen.policy.model import Policy
from ifthen.record.model import Fact
from ifthen.ruling.matching import Names, among, attribute
from ifthen.ruling.order import Point
from ifthen.ruling.quantities import Value
from ifthen.ruling.reasons import Because, agree, kleene_or
from ifthen.ruling.timeline import Lane, Timeline
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, UNSTATED, Action


class Standing:
    """Latest-wins state of models and standards under one policy's names."""

    def __init__(self, policy: Policy, names: Names, timeline: Timeline) -> None:
        self.policy = policy
        self.names = names
        self.timeline = timeline
        self._including: dict[str, tuple[str, ...]] = {}
        """For each standard, those that include it."""
        for standard in policy.standards.values():
            for name in standard.includes:
                self._including[name] = (*self._including.get(name, ()), standard.id)

    def in_place(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Because:
        """Whether a standard, or one that includes it, is activated and has not lapsed."""
        own = self._in_place(standard, model, point, seen)
        return self._included(own, standard, lambda s: self.in_place(s, model, point, seen))

    def _included(self, own: Because, standard: str, ask: Callable[[str], Because]) -> Because:
        """The state of a standard by itself, or by one that includes it."""
        including = self._including.get(standard, ())
        if own.value is True or not including:
            return own
        children = [own]
        for other in including:
            children.append(ask(other))
            if children[-1].value is True:
                break
        value = kleene_or(child.value for child in children)
        return Because("included", own.text, value, detail=own.detail, children=tuple(children))

    def _in_place(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Because:
        """Whether a standard is itself activated and has not lapsed."""
        kinds = ("standard_activated", "standard_lapsed")
        lane = self._named_lane("in_place", kinds, standard, model)
        last = lane.last(point)
        text = f"{standard} in place" + (f" for {model}" if model else "")
        detail = {"standard": standard, "model": model}
        ids = tuple(fact.id for fact in last.candidates)
        if not last.surely and model is not None:
            for base in self._based_on(model, point, seen):
                child = self.in_place(standard, base, point, (*seen, model))
                if child.value is not None and not last.candidates:
                    return Because(
                        "in_place", text, child.value, ids, detail, (), last.assumes, (child,)
                    )
        values: list[bool | None] = [f.kind == "standard_activated" for f in last.candidates]
        assumes = last.assumed(lambda fact: fact.kind == "standard_activated")
        unknown: tuple[str, ...] = ()
        if not last.surely:
            if "standard_activated" in self.timeline.complete:
                values.append(False)
            else:
                unknown = (f"no activation of {standard} is recorded" + _for(model),)
                values.append(None)
        value = agree(values)
        if value is None and not unknown:
            unknown = tuple(f"the day of {id} does not tell" for id in ids)
        return Because(
            "in_place", text, value, ids, detail, unknown if value is None else (), assumes
        )

    def approved(self, standard: str, model: str | None, point: Point) -> Because:
        """Whether a standard, or one that includes it, has been approved."""
        own = self._approved(standard, model, point)
        return self._included(own, standard, lambda s: self.approved(s, model, point))

    def _approved(self, standard: str, model: str | None, point: Point) -> Because:
        """Whether a standard itself has been approved."""
        lane = self._named_lane("approved", ("standard_approved",), standard, model)
        last = lane.last(point)
        text = f"{standard} approved{_for(model)}"
        ids = tuple(fact.id for fact in last.candidates)
        value = True if last.surely else None if last.candidates or not lane.complete else False
        unknown = (
            () if value is not None else (f"no approval of {standard} is recorded{_for(model)}",)
        )
        detail = {"standard": standard, "model": model}
        return Because("approved", text, value, ids, detail, unknown, last.assumes)

    def _named_lane(
        self, rule: str, kinds: tuple[str, ...], standard: str, model: str | None
    ) -> Lane:
        def names_it(fact: Fact) -> bool | None:
            words = self.names.words(fact, "standard")
            if words is None:
                return None
            concerned = self.timeline.concerns(fact)
            if concerned and model is not None and model not in concerned:
                return False
            return among(standard, words)

        sieve = self.names.sieve("standard", (standard,))
        return self.timeline.lane(
            (rule, standard, model, self.policy.id),
            kinds,
            model,
            names_it,
            dict.fromkeys(kinds, sieve),
        )

    def _based_on(self, model: str, point: Point, seen: tuple[str, ...]) -> Iterable[str]:
        for kind in ("model_released", "model_announced"):
            for fact in self.timeline.facts(kind, model):
                based = fact.attributes.get("based_on")
                if fact.earliest <= point.latest and isinstance(based, tuple):
                    yield from (str(base) for base in based if base != model and base not in seen)

    def status(
        self, threshold: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Value:
        """Standing against a threshold: its finding, else what lies below it or is inherited."""
        if model is None:
            return Value((), unknown=("no model is in question",))
        lane = self.timeline.lane(
            ("status", threshold, model, self.policy.id),
            ("threshold_decision",),
            model,
            lambda fact: self._finding(fact, threshold) is not None,
            {"threshold_decision": self.names.sieve("findings", (threshold,))},
        )
        last = lane.last(point)
        ids = tuple(fact.id for fact in last.candidates)
        values = tuple(self._finding(fact, threshold) for fact in last.candidates)
        if last.surely:
            assumes = last.assumed(lambda fact: self._finding(fact, threshold))
            return Value(values, ids, assumes=assumes)
        known = self.policy.thresholds.get(threshold)
        for lower in known.above if known is not None else ():
            below = self.status(lower, model, point, seen)
            if not below.unknown and set(below.possible) == {"below"}:
                return below
        for base in self._based_on(model, point, seen):
            inherited = self.status(threshold, base, point, (*seen, model))
            if not inherited.unknown:
                return inherited
        return Value(
            values, ids, (f"threshold {threshold} was never decided for {model} on this record",)
        )

    def _finding(self, fact: Fact, threshold: str) -> str | None:
        findings = fact.attributes.get("findings")
        if not isinstance(findings, Mapping):
            return None
        for name, value in findings.items():
            if self.names.threshold(str(name)) == threshold:
                return str(value)
        return None

    def level(
        self, category: str, mitigation: str | None, model: str | None, point: Point
    ) -> Value:
        """The last score of a model in a category; before or after mitigation, or either.

        A score that does not say whether it is before or after may be either.
        """
        if model is None:
            return Value((), unknown=("no model is in question",))

        def scores(fact: Fact) -> bool | None:
            said = fact.attributes.get("mitigation")
            if self._score(fact, category) is None:
                return False
            if mitigation is None or said == mitigation:
                return True
            return None if said in (None, UNSTATED) else False

        key = ("level", category, mitigation, model, self.policy.id)
        last = self.timeline.lane(key, ("threshold_decision",), model, scores).last(point)
        ids = tuple(fact.id for fact in last.candidates)
        found = [(fact.id, str(self._score(fact, category))) for fact in last.candidates]
        known = self.policy.categories.get(category)
        lacks = () if known is None else known.lacks
        unknown = tuple(
            f"{id} scores {category} as {level}, which is no level of {self.policy.id}"
            for id, level in found
            if known is None or level not in self.policy.scale or level in lacks
        )
        if not last.surely:
            unsaid = [
                f"{fact.id} does not say whether it is before or after mitigation"
                for fact in last.candidates
                if scores(fact) is None
            ]
            never = f"{category} was never scored{_when(mitigation)} for {model} on this record"
            unknown += tuple(unsaid) or (never,)
        return Value(tuple(level for _, level in found), ids, unknown, last.assumes)

    def _score(self, fact: Fact, category: str) -> str | None:
        levels = fact.attributes.get("levels")
        for name, value in levels.items() if isinstance(levels, Mapping) else ():
            if self.names.threshold(str(name)) == category:
                return str(value)
        return None

    def forecast(self, category: str, model: str | None, point: Point) -> Value:
        """The level of the last forecast about a category; lower than every level without one."""

        def about(fact: Fact) -> bool | None:
            words = self.names.words(fact, "threshold")
            return None if words is None else among(category, words)

        lane = self.timeline.lane(
            ("forecast", category, model, self.policy.id), ("forecast",), model, about
        )
        last = lane.last(point)
        ids = tuple(fact.id for fact in last.candidates)
        found = [(fact.id, fact.attributes.get("level")) for fact in last.candidates]
        unknown = tuple(
            f"{id} states no level of {self.policy.id}"
            for id, level in found
            if level not in self.policy.scale
        )
        values = [str(level) for _, level in found if level is not None]
        if not last.surely and lane.complete:
            values.append(NO_FORECAST)
        elif not last.surely:
            unknown += (f"no forecast about {category} is recorded",)
        return Value(tuple(values), ids, unknown, last.assumes)

    def running(self, action: Action, model: str | None, point: Point, text: str) -> Because:
        """Whether an action is under way for a model."""
        detail = {"action": action, "model": model}
        if model is None:
            return Because(
                "running", text, None, detail=detail, unknown=("no model is in question",)
            )
        starts, ends = MODEL_EVENTS_OF_ACTION[action]
        lane = self.timeline.lane(
            ("running", action, model),
            tuple(sorted(starts | ends)),
            model,
            lambda fact: _concerns_action(fact, action),
        )
        last = lane.last(point)
        ids = tuple(fact.id for fact in last.candidates)
        values: list[bool | None] = [fact.kind in starts for fact in last.candidates]
        unknown: tuple[str, ...] = ()
        if not last.surely:
            missing = sorted(kind for kind in starts if kind not in self.timeline.complete)
            if missing:
                values.append(None)
                unknown = (
                    f"whether {model} is under {_NOUN[action]} is not known: the record does not "
                    f"say that it lists every {missing[0]}",
                )
            else:
                values.append(False)
        value = agree(values)
        if value is None and not unknown:
            unknown = tuple(f"the day of {id} does not tell" for id in ids)
        assumes = last.assumed(lambda fact: fact.kind in starts)
        return Because(
            "running", text, value, ids, detail, unknown if value is None else (), assumes
        )


NO_FORECAST = "no forecast"
"""Stands for a forecast that was never made: lower than every level."""
_NOUN = {
    "train": "training",
    "deploy": "deployment",
    "use-inside": "internal use",
    "store": "storage",
}


def _when(mitigation: str | None) -> str:
    return {"pre": " before mitigation", "post": " after mitigation"}.get(mitigation or "", "")


def _for(model: str | None) -> str:
    return f" for {model}" if model else ""


def _concerns_action(fact: Fact, action: Action) -> bool:
    stage = attribute(fact, "stage")
    if fact.kind == "model_released":
        return (stage == "internal") == (action == "use-inside") or action == "store"
    if fact.kind == "model_withdrawn" and stage is not None:
        return (stage == "internal") == (action == "use-inside")
    return True
