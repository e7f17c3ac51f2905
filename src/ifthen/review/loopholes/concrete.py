"""A timeline in plain facts: what a solver chose as a record that ``rule`` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import z3

from ifthen.dates import Day, end_of, format_day, start_of, to_date
from ifthen.policy.source import Source
from ifthen.record.load import parse_record
from ifthen.record.model import Fact, Record
from ifthen.review.loopholes.calendar import day_number
from ifthen.review.loopholes.full import OWN_DAY, Full
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.slots import NOBODY, SINGLE, UNSAID, Free, Slots
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

    @property
    def key(self) -> tuple[str, Day, str | None]:
        """What another fact names it by in ``about``."""
        return (self.kind, self.day, self.model)

    def raw(self, name: str, names: Mapping[Any, str]) -> dict[str, Any]:
        """The fact as a record writes it; ``names`` has the ids of facts by their ``key``."""
        found: dict[str, Any] = {"id": name, "date": format_day(self.day), "kind": self.kind}
        if self.model is not None:
            found["model"] = self.model
        own = format_day(self.day)
        found |= {k: own if v == OWN_DAY else v for k, v in self.attributes.items()}
        if "about" in found:
            found["about"] = names[found["about"]]
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


def spoken(value: Day) -> str:
    """A day as people write it: 5 June 2025."""
    date = to_date(value)
    return f"{date.day} {date:%B} {date.year}"


def written(facts: Sequence[Plain]) -> list[dict[str, Any]]:
    """The facts as a record writes them, hidden ones included, named in their order."""
    named = [f"t{n + 1}" for n in range(len(facts))]
    names = {fact.key: name for fact, name in zip(facts, named, strict=True)}
    return [fact.raw(name, names) for fact, name in zip(facts, named, strict=True)]


def record_of(facts: Sequence[Plain]) -> Record:
    """A complete record of the facts, hidden ones included, in their order."""
    rows = written(facts)
    shown = [(n, rows[n]) for n, f in enumerate(facts) if not f.hidden]
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
