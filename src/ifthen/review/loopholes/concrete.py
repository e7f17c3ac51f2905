"""A timeline in plain facts: what a solver chose as a record that ``rule`` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import z3

from ifthen.dates import Day, end_of, format_day, start_of
from ifthen.policy.model import Events, Expression, Policy
from ifthen.policy.source import Source
from ifthen.record.load import parse_record
from ifthen.record.model import Fact, Record
from ifthen.review.loopholes.calendar import day_number
from ifthen.review.loopholes.models import FIGURES, FLOP
from ifthen.review.loopholes.slots import NOBODY, SINGLE, UNSAID, Free, Slots
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import FINDINGS, HIDDEN, KINDS, attributes_of

MODELS = ("model-a", "model-b", "model-c", "model-d")
"""Names of the models of a timeline, by number."""
_UNIT = 10**12


@dataclass(frozen=True, slots=True)
class Plain:
    """One fact of a timeline."""

    kind: str
    day: Day
    model: str | None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    compute: int | None = None
    """Thousandths of a doubling over the first."""
    part: str = "given"
    """``given``, ``chosen`` by the solver, or ``routine``: done to keep what else is promised."""

    @property
    def hidden(self) -> bool:
        """Whether nobody sees it."""
        return self.kind in HIDDEN

    def raw(self, name: str) -> dict[str, Any]:
        """The fact as a record writes it."""
        found: dict[str, Any] = {"id": name, "date": format_day(self.day), "kind": self.kind}
        if self.model is not None:
            found["model"] = self.model
        found |= self.attributes
        if KINDS[self.kind].group == "policy" and self.kind != "power_exercised":
            found["published"] = format_day(self.day - 1)
        if self.compute is not None:
            found["effective_compute"] = figure(self.compute)
        return found


def figure(doublings: int) -> str:
    """Effective compute as an exact number: whole doublings stay exact against each other."""
    whole, rest = divmod(doublings, 1000)
    value = Fraction(round(2 ** (rest / 1000) * _UNIT)) * Fraction(2) ** whole
    return str(value.numerator)


def record_of(facts: Sequence[Plain]) -> Record:
    """A complete record of the facts, hidden ones included, in their order."""
    shown = [(n, f.raw(f"t{n + 1}")) for n, f in enumerate(facts) if not f.hidden]
    text = json.dumps({"record": "a timeline", "facts": [raw for _, raw in shown]})
    record = parse_record(Source("timeline", text))
    made = {n: replace(f, order=n) for (n, _), f in zip(shown, record.facts, strict=True)}
    for n, fact in enumerate(facts):
        if fact.hidden:
            first, last = start_of(fact.day), end_of(fact.day)
            models = (fact.model,) if fact.model else ()
            made[n] = Fact(f"t{n + 1}", fact.kind, first, last, "day", last, models, {}, n)
    whole = tuple(made[n] for n in range(len(facts)))
    return replace(record, facts=whole, complete=frozenset(KINDS))


def plain_facts(model: Any, slots: Slots, given: Sequence[Plain], full: Full) -> list[Plain]:
    """What a solution says, after the facts that were given."""
    facts = list(given)
    for slot in slots.free:
        kind = slot.kinds[_number(model, slot.kind)]
        about = _number(model, slot.model)
        facts.append(
            Plain(
                kind,
                day_number(_number(model, slot.date.key)),
                None if about == NOBODY else MODELS[about],
                _attributes(model, slot, kind, full),
                _number(model, slot.compute) if kind in FIGURES else None,
                "chosen",
            )
        )
    return facts


def _attributes(model: Any, slot: Free, kind: str, full: Full) -> dict[str, Any]:
    """What a fact states: what was asked as the solver chose it, lists else in full."""
    known, found = attributes_of(kind), dict(full.lists(kind))
    asked: dict[str, dict[str, bool]] = {}
    for (name, word), var in slot.words.items():
        if name in known:
            asked.setdefault(name, {})[word] = z3.is_true(model.eval(var, True))
    for name, said in asked.items():
        true = [word for word, value in said.items() if value]
        if not true and (kind, name) not in full.tested:
            continue
        if known[name].type == "boolean":
            found[name] = "true" in true
        elif known[name].type in SINGLE:
            options = [o for o in known[name].options if o not in said and o != "unstated"]
            usual = [o for o in options if o == "comprehensive"] or options or ["other"]
            found[name] = true[0] if true else usual[-1]
        else:
            rest = [word for word in found.get(name, ()) if word not in said]
            found[name] = [*true, *rest] or ["other"]
    if kind == "threshold_decision":
        for attribute in ("findings", "levels"):
            ranks = {
                name: _number(model, var)
                for (which, name), var in slot.ranks.items()
                if which == attribute
            }
            scale = FINDINGS if attribute == "findings" else full.policy.scale
            stated = {name: scale[rank] for name, rank in ranks.items() if rank != UNSAID}
            if stated or ranks:
                found[attribute] = stated
        if not found.get("findings"):
            found.pop("findings", None)
        if not found.get("levels"):
            found.pop("levels", None)
    return full.stated(kind, found)


def _number(model: Any, term: Any) -> int:
    return term if isinstance(term, int) else int(model.eval(term, True).as_long())


class Full:
    """What each kind of fact states where a developer leaves nothing out of a list."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._lists: dict[str, dict[str, list[str]]] = {}
        self.tested: set[tuple[str, str]] = {("model_released", "stage")}
        """Kinds of fact and attributes by which the policy tells them apart."""
        self.measures: dict[str, str] = {}
        """Measures of progress in a unit of its own, with the unit."""
        for clause in policy.clauses:
            gain = getattr(clause, "gain", None)
            if gain is not None:
                self.measures[gain.measure] = gain.unit
            nodes = [node for root in roots(clause) for node in below(root)]
            for node in nodes:
                if isinstance(node, Events):
                    self._patterns(node)
            triggers = [getattr(clause, n, None) for n in ("when", "decision", "exercised")]
            kinds = {k for t in triggers if t is not None for k in _kinds(t)}
            self._required(nodes, kinds)
            for roles in _roles(clause):
                for kind in kinds:
                    self.tested.add((kind, "by"))
                    self._add(kind, "by", roles)
        self._lists.setdefault("roles", {})["holders"] = list(policy.roles) or ["nobody"]

    def stated(self, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What a fact says, and of whatever else the policy asks of its kind, the plainest."""
        found = dict(said)
        for name in sorted(name for of, name in self.tested if of == kind):
            known = attributes_of(kind).get(name)
            if known is None or name in found or known.type not in ("boolean", "words", *SINGLE):
                continue
            options = [o for o in known.options if o != "unstated"] or ["other"]
            usual = "comprehensive" if "comprehensive" in options else options[-1]
            found[name] = {"boolean": False, "words": ["other"]}.get(known.type, usual)
        return found

    def lists(self, kind: str) -> dict[str, Any]:
        """The lists that a fact of a kind states; progress in other units stays at nothing."""
        found: dict[str, Any] = {n: list(words) for n, words in self._lists.get(kind, {}).items()}
        if kind == "forecast" and self.policy.scale:
            found["threshold"] = [c.id for c in self.policy.categories.values()]
            found["level"] = self.policy.scale[0]
        if kind == "training_started":
            found["flop"] = str(FLOP)
        if kind in FIGURES and self.measures:
            found["values"] = [
                {"measure": m, "value": 0, "unit": unit} for m, unit in self.measures.items()
            ]
        return found

    def _patterns(self, events: Events) -> None:
        for pattern in events.patterns:
            for test in pattern.tests:
                self.tested.add((pattern.kind, test.attribute))
                if not test.bound and test.operator != "!=":
                    self._add(pattern.kind, test.attribute, test.values)

    def _required(self, nodes: Iterable[Expression], kinds: Iterable[str]) -> None:
        from ifthen.policy.model import Attribute, Compare, Constant, Quantified

        found = list(nodes)
        for node in found:
            if isinstance(node, Attribute):
                named = kinds if node.of is None else _kinds(node.of)
                self.tested |= {(k, node.name) for k in named if node.name in attributes_of(k)}
        quantified = {n.variable: n for n in found if isinstance(n, Quantified)}
        for node in found:
            if not (isinstance(node, Compare) and isinstance(node.left, Attribute)):
                continue
            right = node.right
            words: tuple[str, ...] = ()
            if isinstance(right, Constant) and isinstance(right.value, str):
                words = (right.value,)
            elif getattr(right, "name", None) in quantified:
                words = tuple(c.id for s in self.policy.standards.values() for c in s.criteria)
            named = kinds if node.left.of is None else _kinds(node.left.of)
            for kind in named:
                self.tested.add((kind, node.left.name))
                self._add(kind, node.left.name, words)

    def _add(self, kind: str, attribute: str, words: Iterable[str]) -> None:
        known = attributes_of(kind).get(attribute)
        covers = attribute == "threshold" and kind == "assessment_completed"
        listed = known is not None and known.type == "words"
        if not listed or (attribute in ("threshold", "standard") and not covers):
            return
        meant = [word for word in words if word != "this"]
        if meant:
            into = self._lists.setdefault(kind, {}).setdefault(attribute, [])
            into += [word for word in meant if word not in into]


def _kinds(events: Expression) -> set[str]:
    return {p.kind for node in below(events) if isinstance(node, Events) for p in node.patterns}


def _roles(clause: Any) -> list[tuple[str, ...]]:
    steps = [step.by for step in getattr(clause, "steps", ()) if step.by]
    own = getattr(clause, "by", None)
    return [*steps, *([own] if own else [])]
