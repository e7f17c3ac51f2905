"""The facts that two clauses speak of: what records that tell them apart are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ifthen.dates import BUSINESS_DAY, Duration
from ifthen.policy.model import (
    Attribute,
    Cadence,
    Call,
    Clause,
    Compare,
    Constant,
    DurationLiteral,
    Events,
    Expression,
    Forbid,
    Maintain,
    Pattern,
    Policy,
    Power,
    Procedure,
    Quantified,
    TermRef,
    Whenever,
)
from ifthen.review.diff.canonical import Canon, TooLarge
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import Action, attributes_of
from ifthen.vocabulary import Attribute as Stated

Template = Mapping[str, Any]
"""A fact without its id and date."""
MODEL = "model-1"
OTHER = "model-2"
_ACTS: Mapping[Action, Template] = {
    "train": {"kind": "training_started", "model": MODEL},
    "deploy": {"kind": "model_released", "model": MODEL},
    "use-inside": {"kind": "model_released", "model": MODEL, "stage": "internal"},
    "store": {"kind": "training_started", "model": MODEL},
}
_DAYS = {"second": 0, "minute": 0, "hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """What a record about one clause, or about two, can be made of."""

    acts: tuple[Template, ...]
    """What sets the clauses off, or is held."""
    deeds: tuple[Template, ...]
    """What they ask for."""
    other: tuple[Template, ...]
    """What their conditions speak of."""
    thresholds: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]
    """The categories of risk whose levels matter, each with its scale."""
    standards: tuple[str, ...]
    lengths: tuple[int, ...]
    """Lengths of time, in days."""
    factors: tuple[float, ...]
    """Growths in compute."""
    models: tuple[str, ...] = (MODEL,)
    """A second one where a condition goes through all models."""

    def __or__(self, other: Alphabet) -> Alphabet:
        """The alphabet of both; thresholds of only one come first."""
        shared = {*self.thresholds} & {*other.thresholds}

        def both(name: str) -> tuple[Any, ...]:
            found: list[Any] = []
            for item in (*getattr(self, name), *getattr(other, name)):
                if item not in found:
                    found.append(item)
            return tuple(found)

        return Alphabet(
            both("acts"),
            both("deeds"),
            both("other"),
            tuple(sorted(both("thresholds"), key=lambda t: t in shared)),
            {**self.categories, **other.categories},
            both("standards"),
            both("lengths"),
            both("factors"),
            both("models"),
        )


def alphabet(policy: Policy, clause: Clause, canon: Canon) -> Alphabet:
    """The facts that a clause speaks of, by names of the newer version where it has others."""
    return _Gatherer(policy, clause, canon).alphabet()


class _Gatherer:
    def __init__(self, policy: Policy, clause: Clause, canon: Canon) -> None:
        self._policy = policy
        self._clause = clause
        self._canon = canon
        self._nodes = [node for root in roots(clause) for node in below(self._written_out(root))]

    def _written_out(self, expression: Expression) -> Expression:
        try:
            return self._canon.form(expression)
        except TooLarge:
            return expression

    def alphabet(self) -> Alphabet:
        """Everything the clause speaks of."""
        acts, deeds = self._parts()
        said = [*acts, *deeds]
        conditions = (
            template
            for node in self._nodes
            if isinstance(node, Events)
            for template in self._templates([node])
            if template not in said
        )
        thresholds, levels = self._risks()
        return Alphabet(
            tuple(acts),
            tuple(deeds),
            tuple(conditions),
            thresholds,
            levels,
            self._standards(),
            tuple(sorted(set(self._lengths()))),
            tuple(sorted(set(self._factors()))),
            (MODEL, OTHER) if any(isinstance(n, Quantified) for n in self._nodes) else (MODEL,),
        )

    def _parts(self) -> tuple[list[Template], list[Template]]:
        """What sets the clause off, and what it asks for."""
        match self._clause:
            case Cadence(do=do):
                return [], self._templates([do])
            case Whenever(when=when, duty=duty):
                limits = () if duty is None else duty.deadlines
                ends = [getattr(limit, "events", None) for limit in limits]
                then = () if duty is None else duty.then
                acts = [t for template in self._templates([when]) for t in self._told(template)]
                return acts, self._templates([*then, *ends])
            case Forbid(action=action):
                return list(self._told(_ACTS[action])), []
            case Maintain():
                return [], []
            case Procedure(decision=decision, steps=steps, gates=gates):
                by = tuple(self._canon.words(dict.fromkeys(r for s in steps for r in s.by)))
                decisions: list[Template] = []
                for template in self._templates([decision]):
                    decisions += [{**template, "by": by[:n]} for n in range(1, len(by) + 1)]
                    decisions += [template] if not by else []
                asked = [deed for step in steps for deed in (*step.do, step.before)]
                return [*decisions, *(_ACTS[gate] for gate in gates)], self._templates(asked)
            case Power(exercised=exercised, by=by, price=price):
                acts = [
                    {**template, "by": (role,)}
                    for template in self._templates([exercised])
                    for role in self._canon.words(by)
                ]
                return acts, self._templates([] if price is None else price.then)

    def _templates(self, expressions: Iterable[Expression | None]) -> list[Template]:
        """A fact for every pattern of the expressions, as bare as the pattern lets it be."""
        return [
            template
            for expression in expressions
            if expression is not None
            for node in below(self._written_out(expression))
            if isinstance(node, Events)
            for pattern in node.patterns
            for template in self._template(pattern)
        ]

    def _template(self, pattern: Pattern) -> Iterator[Template]:
        known = attributes_of(pattern.kind)
        needs_model = self._clause.common.for_each == "model"
        found: dict[str, Any] = {"kind": pattern.kind}
        if needs_model or pattern.kind.startswith(("training", "model_", "assessment", "evalu")):
            found["model"] = MODEL
        if pattern.kind == "threshold_decision":
            found["model"] = MODEL
        for test in pattern.tests:
            attribute = known.get(test.attribute)
            if attribute is None or test.operator == "!=":
                continue
            value = test.values[0]
            if test.bound and test.attribute not in ("about",):
                continue
            if test.attribute == "about":
                found["about"] = "$trigger"
            elif attribute.type == "words":
                found[test.attribute] = (*found.get(test.attribute, ()), value)
            elif attribute.type == "boolean":
                found[test.attribute] = value == "true"
            elif attribute.type in ("word", "text"):
                found[test.attribute] = value
        yield found
        for test in pattern.tests:
            attribute, said = known.get(test.attribute), found.get(test.attribute)
            if attribute is not None and attribute.type in ("word", "words", "text", "boolean"):
                for other in _others(attribute, said):
                    yield {**found, test.attribute: other}

    def _told(self, template: Template) -> Iterator[Template]:
        """A trigger that says nothing more; one that says all it should; each without one thing."""
        told: dict[str, Any] = {}
        known = attributes_of(str(template["kind"]))
        for node in self._nodes:
            name = _named(node)
            attribute = known.get(name or "")
            if name is None or attribute is None:
                continue
            if isinstance(node, Compare) and attribute.type in ("words", "word", "text"):
                values = getattr(node.right, "values", (getattr(node.right, "value", ""),))
                if attribute.type == "words":
                    told[name] = tuple(dict.fromkeys((*told.get(name, ()), *map(str, values))))
                else:
                    told.setdefault(name, str(values[0]))
            elif attribute.type == "boolean":
                told[name] = True
            elif attribute.type == "date":
                told[name] = "$before"
        yield template
        if not told:
            return
        yield {**template, **told}
        for name, value in told.items():
            if isinstance(value, tuple) and len(value) > 1:
                for member in value:
                    rest = tuple(other for other in value if other != member)
                    yield {**template, **told, name: rest}
            elif name in known and value != "$before":
                yield {**template, **told, name: _others(known[name], value)[0]}
            else:
                yield {**template, **{k: v for k, v in told.items() if k != name}}

    def _risks(self) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
        """Thresholds and categories that its conditions read."""
        thresholds: dict[str, None] = {}
        levels: dict[str, tuple[str, ...]] = {}
        for node in self._nodes:
            if isinstance(node, Call) and node.function == "status":
                thresholds.update(dict.fromkeys(_words(node.arguments[0])[:1]))
                if not _words(node.arguments[0]):
                    every = (t.id for t in self._policy.thresholds.values() if not t.checkpoint)
                    thresholds.update(dict.fromkeys(self._canon.words(every)))
            if isinstance(node, Call) and node.function in ("level", "forecast"):
                category, *scale = _words(node.arguments[0]) or ("",)
                if category:
                    levels[category] = tuple(scale)
        return tuple(thresholds), levels

    def _standards(self) -> tuple[str, ...]:
        named: dict[str, None] = {}
        for node in self._nodes:
            if isinstance(node, Call) and node.function in ("in_place", "approved"):
                named.update(dict.fromkeys(_words(node.arguments[0])[:1]))
        return tuple(named)

    def _lengths(self) -> Iterator[int]:
        for node in self._nodes:
            if isinstance(node, DurationLiteral):
                unit = node.value.unit
                yield node.value.count * (1 if unit == BUSINESS_DAY else _DAYS[unit])
        for node in (n for root in roots(self._clause) for n in below(root)):
            bound = self._policy.terms[node.term].literal if isinstance(node, TermRef) else None
            length = None if bound is None else bound.value
            if isinstance(length, Duration) and length.unit in _DAYS:
                yield length.count * _DAYS[length.unit]

    def _factors(self) -> Iterator[float]:
        if isinstance(self._clause, Cadence) and self._clause.growth is not None:
            yield float(self._clause.growth[1])
        for node in self._nodes:
            if isinstance(node, Compare) and isinstance(node.left, Call):
                value = getattr(node.right, "value", None)
                if node.left.function == "growth" and value is not None:
                    yield float(value)


def _others(attribute: Stated, value: Any) -> tuple[Any, ...]:
    """Other values of an attribute than the one given, or than none."""
    if attribute.type == "boolean":
        return (not value,)
    said = value if isinstance(value, tuple) else (value,)
    words = [word for word in attribute.options if word not in said][:3] or ["another"]
    return tuple((word,) if attribute.type == "words" else word for word in words)


def _named(node: Expression) -> str | None:
    """The attribute of the trigger that a condition is about."""
    if isinstance(node, Compare):
        node = node.left
    return node.name if isinstance(node, Attribute) and node.of is None else None


def _words(node: Expression) -> tuple[str, ...]:
    values = getattr(node, "values", None)
    if isinstance(values, tuple):
        return values
    return (str(node.value),) if isinstance(node, Constant) else ()
