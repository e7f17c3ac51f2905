"""Random timelines in the words of a policy, and the two ways of judging a clause on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from ifthen.dates import end_of, to_date
from ifthen.policy.model import (
    Attribute,
    Clause,
    Compare,
    Constant,
    Events,
    Forbid,
    Policy,
    Power,
    Words,
)
from ifthen.review.loopholes.calendar import FIRST, Date, day_number
from ifthen.review.loopholes.concrete import MODELS, Plain, record_of
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.encode import kept
from ifthen.review.loopholes.full import OWN_DAY, Full
from ifthen.review.loopholes.kleene import K, conj, disj
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.slots import NOBODY, Fixed, Slots
from ifthen.review.loopholes.stance import Stretch, Taken
from ifthen.ruling.finding import FAULTS
from ifthen.ruling.matching import Names
from ifthen.ruling.rule import rule
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import FINDINGS, KINDS, attributes_of

_DAYS = [month * 31 + dom for month in range(16) for dom in (1, 2, 15, 16, 28)]


class Stock:
    """What random timelines of a policy are made of, worked out once."""

    def __init__(self, policy: Policy, *, numbers: bool = True) -> None:
        self.policy = policy
        self.numbers = numbers
        """Whether facts state numbers, which only given facts do."""
        self.full = Full(policy)
        self.words = _words(policy)
        """By kind and attribute, the words by which the policy tells facts apart."""


def timeline(
    stock: Stock, clause: Clause, random: Random, most: int = 9, length: int | None = None
) -> list[Plain]:
    """A random timeline of the kinds of fact that a clause can tell apart.

    Args:
        stock: of the policy.
        clause: the clause.
        random: where chance comes from.
        most: the most events that are drawn, beside the first training of each model.
        length: how many facts there must be, the adoption of the policy included.
    """
    while True:
        facts = _timeline(stock, clause, random, most)
        if length is None or len(facts) == length:
            return facts


def _timeline(stock: Stock, clause: Clause, random: Random, most: int) -> list[Plain]:
    policy = stock.policy
    kinds = [k for k in kinds_of([clause], policy) if k not in ("policy_adopted",)]
    facts = [Plain("policy_adopted", FIRST, None, {"policy": policy.id})]
    models = MODELS[: random.choice((1, 1, 2))]
    days = _days(random, random.randint(1, most))
    drawn: list[tuple[int, str, str | None]] = []
    for key in days:
        kind, model = random.choice(kinds), random.choice(models)
        named = model if KINDS[kind].needs_model or random.random() < 0.8 else None
        drawn.append((day_number(key), kind, named))
    for model in models:  # the first fact about a model is the start of its training
        own = [day for day, _, named in drawn if named == model]
        if own:
            first = min(own)
            drawn = [
                one
                for one in drawn
                if one[2] != model or one[0] > first or KINDS[one[1]].phase == 2
            ]
            drawn.insert(0, (first, "training_started", model))
    compute = dict.fromkeys(models, 0)
    for day, kind, model in sorted(drawn, key=lambda one: (one[0], KINDS[one[1]].phase)):
        said = _attributes(stock, kind, random)
        figure = None
        if kind in FIGURES and model is not None:
            compute[model] += random.choice((0, 0, 500, 1000, 1000, 2000, 2585))
            figure = compute[model]
        facts.append(Plain(kind, day, model, said, figure))
    return facts


def _days(random: Random, count: int) -> list[int]:
    """Days as keys, many of them just at, or a day off, a usual length after another."""
    found = [random.choice(_DAYS)]
    while len(found) < count:
        if random.random() < 0.4:
            found.append(random.choice(_DAYS))
            continue
        base = random.choice(found)
        months = random.choice((0, 0, 1, 2, 3, 6))
        day = day_number(base + 31 * months)
        day += random.choice((0, 0, 1, -1)) if months else random.choice((0, 1, 10, 11, 21, 22))
        if to_date(day).day <= 28 and day >= FIRST:
            found.append(Date.at(day).key)
    return sorted(found)


def _words(policy: Policy) -> Mapping[tuple[str, str], list[str]]:
    """By kind and attribute, the words by which a policy tells facts apart."""
    found: dict[tuple[str, str], list[str]] = {one: [] for one in Full(policy).tested}
    nodes = [n for c in policy.clauses for root in roots(c) for n in below(root)]
    for node in nodes:
        if isinstance(node, Events):
            for pattern in node.patterns:
                for test in pattern.tests:
                    if not test.bound and test.attribute not in ("model", "about"):
                        found.setdefault((pattern.kind, test.attribute), []).extend(test.values)
        if isinstance(node, Compare) and isinstance(node.left, Attribute):
            right = node.right
            values: tuple[object, ...] = ()
            if isinstance(right, Words):
                values = right.values
            elif isinstance(right, Constant):
                values = (right.value,)
            for (_, attribute), into in found.items():
                if attribute == node.left.name:
                    into.extend(value for value in values if isinstance(value, str))
    for kind in ("standard_activated", "standard_lapsed", "standard_approved"):
        found[kind, "standard"] = list(policy.standards) or ["none"]
    for (_, name), into in found.items():
        if name == "by":
            into += list(policy.roles)
    if policy.categories:
        found["forecast", "threshold"] = list(policy.categories)
        found["forecast", "level"] = list(policy.scale)
    return found


def _attributes(stock: Stock, kind: str, random: Random) -> dict[str, Any]:
    policy, said = stock.policy, dict[str, Any]()
    for (of, name), options in sorted(stock.words.items()):
        known = attributes_of(kind).get(name)
        if of != kind or known is None:
            continue
        options = [o for o in dict.fromkeys(options) if o != "this"]
        if known.type == "boolean":
            said[name] = random.random() < 0.5
        elif known.type in ("word", "text"):
            rest = [o for o in known.options if o != "unstated"] or ["other"]
            if (kind, name) == ("forecast", "level"):
                rest = []
            options = [o for o in options if not known.options or o in known.options]
            said[name] = random.choice([*options, *rest])
        elif known.type == "date" and KINDS[kind].group != "policy":
            said[name] = OWN_DAY
        elif stock.numbers and known.type == "number" and name not in ("flop", "effective_compute"):
            said[name] = random.choice((0, 10**12))
        elif known.type == "words":
            said[name] = [o for o in options if random.random() < 0.75] or ["other"]
    if kind == "threshold_decision":
        if policy.thresholds:
            said["findings"] = {
                t: random.choice((*FINDINGS, "below", "below"))
                for t in policy.thresholds
                if random.random() < 0.9
            } or {next(iter(policy.thresholds)): "below"}
        if policy.categories:
            said["levels"] = {
                c.id: random.choice((*policy.scale, policy.scale[0]))
                for c in policy.categories.values()
                if random.random() < 0.9
            } or {next(iter(policy.categories)): policy.scale[0]}
            said["mitigation"] = random.choice(("pre", "post"))
    if kind == "training_started":
        said["flop"] = stock.full.lists(kind)["flop"]
    if kind in FIGURES:
        said |= {n: v for n, v in stock.full.lists(kind).items() if n == "values"}
    return said


@dataclass(frozen=True)
class Pinned:
    """A stance that is chosen: every word stretched or none, every parse taken."""

    policy: Policy
    wide: bool
    parses: Mapping[str, str]

    def stretched(self, sort: str, name: str) -> bool:
        del name
        return self.wide if sort == "word" else False

    def excused(self, readings: Mapping[str, str]) -> bool:
        del readings
        return False


def by_encoding(
    policy: Policy,
    clause: Clause,
    facts: list[Plain],
    end: int,
    stance: Pinned,
    readings: Mapping[str, str],
) -> K:
    """What the encoding says of a clause on a timeline, every subject together."""
    slots = Slots(fixed(policy, facts), [], len(MODELS[:2]), Date.at(FIRST), Date.at(end))
    names = Names(policy)
    values = []
    subjects = range(2) if clause.common.for_each == "model" else (None,)
    for subject in subjects:
        conditions = Conditions(policy, slots, stance, subject, readings, names)  # type: ignore[arg-type]
        value = kept(clause, conditions, lambda _: True)
        born = True if subject is None else conditions.born(len(slots), subject)
        if born:
            values.append(value)
    return K(conj(v.t for v in values), disj(v.f for v in values))


def fixed(policy: Policy, facts: list[Plain]) -> list[Fixed]:
    """Facts as slots that are given."""
    return [
        Fixed(
            n,
            f.kind,
            NOBODY if f.model is None else MODELS.index(f.model),
            Date.at(f.day),
            f.compute or 0,
            f.attributes,
            policy.scale,
        )
        for n, f in enumerate(facts)
    ]


def by_ruling(
    policy: Policy,
    clause: Clause,
    facts: list[Plain],
    end: int,
    stance: Pinned,
    readings: Mapping[str, str],
) -> tuple[bool, bool]:
    """Whether ``rule`` finds the clause kept, and whether it finds a fault."""
    wide = frozenset(Stretch("word", name) for name in policy.terms) if stance.wide else frozenset()
    asked = Taken(wide, {}).policy(policy)
    asked = replace(
        asked,
        clauses=tuple(c for c in asked.clauses if c is clause or c.kind == "procedure"),
    )
    ruling = rule([asked], record_of(facts), end_of(end))
    kept_, fault = True, False
    standing = isinstance(clause, Forbid | Power)
    for finding in ruling.findings:
        if finding.clause.partition("#")[2].partition("/")[0] != clause.common.id:
            continue
        statuses = (
            [finding.outcome.status]
            if not finding.readings
            else [
                r.outcome.status
                for r in finding.readings
                if all(readings.get(n, o) == o for n, o in r.readings.items())
            ]
        )
        for status in statuses:
            bad = status in FAULTS or status == "missed"
            open_ = status == "undetermined" and not (standing and finding.outcome.key == "now")
            fault = fault or bad
            kept_ = kept_ and not bad and not open_
    return kept_, fault
