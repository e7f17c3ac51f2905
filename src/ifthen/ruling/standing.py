"""Where a model stands on record: findings, safeguards, and what is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ifthen.policy.model import Policy
from ifthen.record.model import Fact
from ifthen.ruling.matching import Names, attribute
from ifthen.ruling.order import Point
from ifthen.ruling.quantities import Value
from ifthen.ruling.reasons import Because, agree
from ifthen.ruling.timeline import Lane, Timeline
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, Action


class Standing:
    """Latest-wins state of models and standards under one policy's names."""

    def __init__(self, policy: Policy, names: Names, timeline: Timeline) -> None:
        self.policy = policy
        self.names = names
        self.timeline = timeline

    def in_place(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Because:
        """Whether a standard is activated and has not lapsed."""
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
            "in_place", text, value, ids, detail, unknown if value is None else (), last.assumes
        )

    def approved(
        self, standard: str, model: str | None, point: Point, seen: tuple[str, ...] = ()
    ) -> Because:
        """Whether a standard has been approved."""
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
            return standard in words and (not concerned or model is None or model in concerned)

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
            return Value(values, ids, assumes=last.assumes)
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
        return Because(
            "running", text, value, ids, detail, unknown if value is None else (), last.assumes
        )


_NOUN = {
    "train": "training",
    "deploy": "deployment",
    "use-inside": "internal use",
    "store": "storage",
}


def _for(model: str | None) -> str:
    return f" for {model}" if model else ""


def _concerns_action(fact: Fact, action: Action) -> bool:
    stage = attribute(fact, "stage")
    if fact.kind == "model_released":
        return (stage == "internal") == (action == "use-inside") or action == "store"
    if fact.kind == "model_withdrawn" and stage is not None:
        return (stage == "internal") == (action == "use-inside")
    return True
