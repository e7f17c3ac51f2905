"""Random records in the words of a policy: few days, coarse dates, late and corrected facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from ifthen import Policy, Record, Source, moment, parse_record
from ifthen.policy.model import Attribute, Compare, Constant, Events, Words
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import FINDINGS, KINDS, attributes_of

Raw = dict[str, Any]
START = date(2025, 1, 1)
LAST_DAY = 100
MODELS = ("alpha", "beta")
_STATES = (
    "training_started",
    "training_progress",
    "training_ended",
    "assessment_started",
    "assessment_completed",
    "threshold_decision",
    "standard_activated",
    "standard_lapsed",
    "model_released",
    "model_withdrawn",
)
"""What conditions ask about without naming an event."""
_RARE = (
    "training_paused",
    "training_resumed",
    "weights_deleted",
    "standard_approved",
    "forecast",
    "capability_report",
    "drill_held",
    "published",
    "power_exercised",
    "noncompliance_acknowledged",
)
_NAMES = ("model", "policy")
"""Tests that are about something other than what a fact says."""


def day(number: int) -> str:
    """The date so many days after the first."""
    return (START + timedelta(days=number)).isoformat()


class Lives:
    """Random records for the policies of one family."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self.words: dict[tuple[str, str], list[str]] = {}
        """By kind and attribute, the words by which the policies tell facts apart."""
        self.kinds: list[str] = []
        for policy in policies:
            self._read(policy)
        self.carried_on = any(c.common.continues for p in policies for c in p.clauses)
        """Whether a version carries on what another left.

        The definition does not work out what that was, so nothing that would count it is drawn.
        """
        first = policies[0]
        self.thresholds = [
            name for t in first.thresholds.values() for name in (t.id, *t.aliases)
        ] or ["none"]
        self.categories = [
            name for c in first.categories.values() for name in (c.id, *c.aliases)
        ] or ["none"]
        self.standards = [*first.standards, *first.groups] or ["none"]
        self.scale = list(first.scale) or ["low"]
        self.roles = list(first.roles) or ["ceo"]
        self.clauses = [c.common.id for c in first.clauses]

    def _read(self, policy: Policy) -> None:
        for clause in policy.clauses:
            for node in (node for root in roots(clause) for node in below(root)):
                if isinstance(node, Events):
                    for pattern in node.patterns:
                        self.kinds.append(pattern.kind)
                        for test in pattern.tests:
                            if test.attribute not in _NAMES and not test.bound:
                                key = (pattern.kind, test.attribute)
                                self.words.setdefault(key, []).extend(test.values)
                if isinstance(node, Compare) and isinstance(node.left, Attribute):
                    self._compared(node.left, node.right)

    def _compared(self, left: Attribute, right: object) -> None:
        values: tuple[object, ...] = ()
        if isinstance(right, Words):
            values = right.values
        elif isinstance(right, Constant):
            values = (right.value,)
        kinds = [p.kind for p in left.of.patterns] if isinstance(left.of, Events) else self.kinds
        for kind in dict.fromkeys(kinds):
            said = [value for value in values if isinstance(value, str)]
            self.words.setdefault((kind, left.name), []).extend(said)

    def record(self, random: Random, most: int = 9) -> Record:
        """A record: complete or public, the policies adopted, some facts corrected or late."""
        recall, late = random.random() < 0.2, random.random() < 0.4
        recall = recall and not self.carried_on
        found: list[Raw] = []
        for number in range(random.randint(2, most)):
            fact = self._fact(random, number, found)
            if recall and random.random() < 0.3:
                fact["confidence"] = "recall"
            if late and random.random() < 0.4:
                known = random.randint(LAST_DAY // 2, LAST_DAY + 20)
                fact["known"] = max(day(known), fact.get("latest", fact["date"])[:10])
            found.append(fact)
        if random.random() < 0.3:
            for number in range(random.choice((1, 1, 2))):
                found.append(self._correction(random, found, number))
        head: Raw = {"record": "lab"}
        if random.random() < 0.3:
            listed = sorted({*_STATES, *_RARE, *self.kinds, "policy_adopted"})
            head = {"developer": "lab", "complete": [k for k in listed if random.random() < 0.8]}
            head["complete"] = head["complete"] or ["drill_held"]
        lines = [head, *self._adopted(random), *found]
        text = "\n".join(json.dumps(line) for line in lines)
        return parse_record(Source("random.jsonl", text + "\n"))

    def _adopted(self, random: Random) -> list[Raw]:
        days = sorted(random.sample(range(1, LAST_DAY), len(self.policies) - 1))
        names = [policy.id for policy in self.policies]
        if len(names) == 1 and random.random() < 0.1:
            days, names = (
                [random.randint(20, LAST_DAY)],
                [*names, f"{self.policies[0].family}@unheard"],
            )
        found = []
        for number, (name, when) in enumerate(zip(names, [0, *days], strict=True)):
            kind = "policy_adopted" if number == 0 else "policy_amended"
            fact: Raw = {"id": f"p{number}", "kind": kind, "date": day(when), "policy": name}
            if number and random.random() < 0.2:
                fact["latest"] = day(when + random.randint(1, 9))
                fact["earliest"] = fact["date"]
            found.append(fact)
        return found

    def _fact(self, random: Random, number: int, before: Sequence[Raw]) -> Raw:
        own = self.kinds or _STATES
        stock = random.choice((own, own, own, own, _STATES, _STATES, _STATES, _RARE))
        kind = random.choice(stock)
        if self.carried_on and kind == "noncompliance_acknowledged":
            kind = "drill_held"
        fact: Raw = {"id": f"f{number}", "kind": kind, **_when(random, before)}
        if KINDS[kind].needs_model or random.random() < 0.6:
            fact["model"] = random.choice((["alpha"], ["alpha"], ["beta"], [*MODELS]))
        fact |= self._says(random, kind)
        if before and kind not in _STATES and random.random() < 0.5:
            named = [*(one["id"] for one in before), *self.thresholds]
            fact["about"] = random.sample(named, random.choice((1, 1, 2)))
        if kind == "noncompliance_acknowledged":
            fact["about"] = [random.choice(self.clauses)]
        return fact

    def _says(self, random: Random, kind: str) -> Raw:
        """What a fact of a kind states: the words that policies test, and the usual figures."""
        found: Raw = {}
        for name, make in _SAYS.get(kind, {}).items():
            if random.random() < 0.7:
                found[name] = make(self, random)
        for (of, name), options in self.words.items():
            known = attributes_of(kind).get(name)
            if of != kind or known is None or random.random() < 0.2:
                continue
            if known.type == "boolean":
                found[name] = random.random() < 0.5
            elif known.type in ("word", "text"):
                rest = [o for o in known.options if o != "unstated"] or ["other"]
                said = [o for o in options if not known.options or o in known.options]
                found[name] = random.choice((*said, *said, *rest))
            elif known.type == "words" and name not in found:
                said = [o for o in dict.fromkeys(options) if random.random() < 0.7]
                found[name] = said or ["other"]
        return found

    def _correction(self, random: Random, found: Sequence[Raw], number: int) -> Raw:
        corrected = {fact.get("amends") or fact.get("supersedes") for fact in found}
        target = random.choice(
            [f for f in found if f["id"].startswith("f") and f["id"] not in corrected]
        )
        way = random.choice(("amends", "supersedes"))
        learned = day(LAST_DAY + 21 + number)
        fact: Raw = {"id": f"c{number}", "kind": target["kind"], way: target["id"]}
        fact |= {"date": learned, **self._says(random, target["kind"])}
        if random.random() < 0.5:
            fact |= {"date": day(random.randint(0, LAST_DAY)), "known": learned}
        if "model" in target and way == "supersedes":
            fact["model"] = target["model"]
        if random.random() < 0.2 and not self.carried_on:
            fact["confidence"] = "recall"
        return fact


_LENGTHS = (0, 0, 1, 2, 3, 4, 7, 7, 9, 10, 11, 13, 14, 15, 20, 21, 22, 28, 30, 31, 32)
"""Days after another fact, at which, or next to which, something often falls due."""


def _when(random: Random, before: Sequence[Raw]) -> Raw:
    """A day, often so long after another; less often a second, a month or an interval."""
    number = random.choice((random.randint(0, LAST_DAY), 7 * random.randint(0, 10)))
    if before and random.random() < 0.5:
        other = date.fromisoformat(random.choice(before)["date"][:10]) - START
        number = min(other.days + random.choice(_LENGTHS), LAST_DAY)
    form = random.random()
    if form < 0.12:
        clock = random.choice(("00:00:00", "09:30:00", "23:59:59"))
        return {"date": f"{day(number)}T{clock}Z"}
    if form < 0.18:
        return {"date": day(number), "date_precision": "month"}
    if form < 0.26:
        latest = number + random.randint(1, 12)
        return {"date": day(number), "earliest": day(number), "latest": day(latest)}
    return {"date": day(number)}


_Make = Callable[[Lives, Random], Any]


def _compute(lives: Lives, random: Random) -> float:
    return random.choice((1e24, 2e24, 4e24, 9e24))


def _findings(lives: Lives, random: Random) -> Raw:
    named = random.sample(lives.thresholds, random.randint(1, len(lives.thresholds)))
    return {name: random.choice((*FINDINGS, "below", "below")) for name in named}


def _levels(lives: Lives, random: Random) -> Raw:
    named = random.sample(lives.categories, random.randint(1, len(lives.categories)))
    return {name: random.choice((*lives.scale, *lives.scale, "odd")) for name in named}


def _progress(lives: Lives, random: Random) -> list[Raw]:
    entry: Raw = {"measure": "progress", "value": random.randint(1, 6)}
    entry["unit"] = random.choice(("months", "months", "weeks"))
    if random.random() < 0.2:
        entry["comparison"] = "at least"
    if random.random() < 0.2:
        entry = {"measure": "effective_compute_ratio", "value": random.choice((2, 5))}
    return [entry]


def _among(*options: Any) -> _Make:
    return lambda lives, random: random.choice(options)


def _date(lives: Lives, random: Random) -> str:
    return day(random.randint(0, LAST_DAY))


def _by(lives: Lives, random: Random) -> list[str]:
    return random.sample(lives.roles, random.randint(1, min(2, len(lives.roles))))


_TRAINING: Mapping[str, _Make] = {"effective_compute": _compute, "flop": _compute}
_ASSESSMENT: Mapping[str, _Make] = {
    "effective_compute": _compute,
    "assessment": _among("comprehensive", "preliminary"),
}
_STANDARD: Mapping[str, _Make] = {
    "standard": lambda lives, random: [random.choice(lives.standards)]
}
_SAYS: Mapping[str, Mapping[str, _Make]] = {
    "training_started": _TRAINING,
    "training_progress": {**_TRAINING, "values": _progress},
    "training_ended": _TRAINING,
    "assessment_started": _ASSESSMENT,
    "assessment_completed": {**_ASSESSMENT, "values": _progress},
    "threshold_decision": {
        "findings": _findings,
        "levels": _levels,
        "mitigation": _among("pre", "post", "post", "unstated"),
        "by": _by,
    },
    "forecast": {
        "threshold": lambda lives, random: [random.choice(lives.categories)],
        "level": lambda lives, random: random.choice(lives.scale),
    },
    "standard_activated": _STANDARD,
    "standard_lapsed": _STANDARD,
    "standard_approved": _STANDARD,
    "model_released": {
        "stage": _among("internal", "limited", "general"),
        "based_on": _among(["alpha"]),
    },
    "incident": {
        "discovered": _date,
        "aware": _date,
        "imminent": _among(True, False),
        "injury": _among(True, False),
    },
    "incident_reported": {"stage": _among("initial", "final")},
    "risk_report": {"coverage_date": _date},
    "published": {"what": _among("card", "plan", "tried", "watched")},
    "decision": {"go": _among(True, False), "by": _by},
    "power_exercised": {"power": _among("lower", "lower", "other"), "by": _by},
    "noncompliance_acknowledged": {
        "values": _among([{"measure": "days_late", "value": 3}]),
    },
}
"""What facts of a kind usually state, and how it is drawn."""


def moments(random: Random, record: Record, count: int) -> list[int]:
    """Instants in order, most of them at or next to a day on which something happened."""
    days = sorted({d for fact in record.facts for d in (fact.earliest, fact.latest, fact.known)})
    found = {moment(day(LAST_DAY + 40))}
    while len(found) < count:
        if random.random() < 0.5:
            found.add(moment(day(random.randint(0, LAST_DAY + 30))))
            continue
        near = random.choice(days)
        shift = random.choice((0, 1, 7, 10, 14, 21, 28, 30, 31)) + random.choice((0, 0, 1, -1))
        exact = random.choice((0, 0, 0, -43_199, -86_399, 1))
        found.add(near + shift * 86_400 + exact)
    return sorted(found)
