"""What each kind of fact states where a developer leaves nothing out that anybody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ifthen.policy.model import (
    Attribute,
    Cadence,
    Clause,
    Compare,
    Constant,
    Events,
    Expression,
    Policy,
    Test,
)
from ifthen.review.loopholes.models import FIGURES, FLOP
from ifthen.review.loopholes.slots import SINGLE
from ifthen.review.loopholes.wants import Bound, Deed, asked
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import KINDS, attributes_of

OWN_DAY = "(its own day)"
"""Stands for the day of the fact itself, in an attribute that is a date."""
_CHOSEN = frozenset(
    {"threshold_decision", "forecast", "standard_activated", "standard_approved", "standard_lapsed"}
)
"""Kinds whose thresholds and standards are what the timeline is about: never stated in full."""
_LARGE = 10**12
"""Revenue and employees of a developer that every law reaches."""


class Full:
    """The lists of a policy's facts in full, and what else it asks them to state."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._lists: dict[str, dict[str, list[str]]] = {}
        self.tested: set[tuple[str, str]] = {("model_released", "stage")}
        """Kinds of fact and attributes by which the policy tells them apart."""
        # A fact that names no standard leaves it open which one it is about.
        self.tested |= {(kind, "standard") for kind in KINDS if kind.startswith("standard_")}
        self.measures: dict[str, str] = {}
        """Measures of progress in a unit of its own, with the unit."""
        self._developer: dict[str, list[str]] = {}
        for clause in policy.clauses:
            if isinstance(clause, Cadence) and clause.gain is not None:
                self.measures[clause.gain.measure] = clause.gain.unit
            self._tested(clause)
        for clause, want in asked(policy):
            if isinstance(want, Deed):
                for pattern in want.patterns:
                    for test in pattern.tests:
                        self._add(pattern.kind, test.attribute, words_of(test, want.bound))
            else:
                for kind in kinds_in(want.of) if want.of is not None else triggers(clause):
                    self.tested.add((kind, want.attribute))
                    self._add(kind, want.attribute, want.words)
        self._add("roles", "holders", policy.roles or ("nobody",))

    def stated(self, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What a fact says, and of whatever else the policy asks of its kind, the plainest."""
        found = dict(said)
        for name in sorted(name for of, name in self.tested if of == kind):
            known = attributes_of(kind).get(name)
            if known is None or name in found:
                continue
            if known.type == "date" and KINDS[kind].group != "policy":
                found[name] = OWN_DAY
            elif known.type in ("boolean", "words", *SINGLE):
                options = [o for o in known.options if o != "unstated"] or ["other"]
                usual = "comprehensive" if "comprehensive" in options else options[-1]
                plain = {"boolean": name == "go", "words": ["other"]}
                found[name] = plain.get(known.type, usual)
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

    def developer(self) -> dict[str, Any] | None:
        """What is on file of a developer that every law reaches; None where no clause asks."""
        found: dict[str, Any] = {}
        for kind, name in sorted(self.tested):
            if kind == "organisation":
                type_ = attributes_of(kind)[name].type
                words = list(dict.fromkeys(self._developer.get(name, ()))) or ["other"]
                found[name] = {"number": _LARGE, "boolean": False}.get(type_, words)
        return found or None

    def _tested(self, clause: Clause) -> None:
        nodes = [node for root in roots(clause) for node in below(root)]
        for node in nodes:
            if isinstance(node, Events):
                for pattern in node.patterns:
                    self.tested |= {(pattern.kind, test.attribute) for test in pattern.tests}
            elif isinstance(node, Attribute):
                named = triggers(clause) if node.of is None else kinds_in(node.of)
                self.tested |= {(k, node.name) for k in named if node.name in attributes_of(k)}
            elif isinstance(node, Compare) and isinstance(node.left, Attribute):
                of, right = node.left.of, node.right
                if of is not None and "organisation" in kinds_in(of):
                    words = [right.value] if isinstance(right, Constant) else []
                    self._developer.setdefault(node.left.name, []).extend(map(str, words))

    def _add(self, kind: str, attribute: str, words: Iterable[str]) -> None:
        known = attributes_of(kind).get(attribute)
        if known is None or known.type != "words":
            return
        if attribute in ("threshold", "standard") and kind in _CHOSEN:
            return
        into = self._lists.setdefault(kind, {}).setdefault(attribute, [])
        into += [word for word in words if word not in into]


def words_of(test: Test, bound: Bound) -> list[str]:
    """The words that a test wants, those that stand for another put in; none where it is not."""
    if test.operator == "!=":
        return []
    found = [bound.get(word) if word in test.bound else word for word in test.values]
    return [word for word in found if word is not None and word != "this"]


def kinds_in(events: Expression) -> set[str]:
    """The kinds of fact that some events mean."""
    return {p.kind for node in below(events) if isinstance(node, Events) for p in node.patterns}


def triggers(clause: Clause) -> set[str]:
    """The kinds of fact that set a clause off."""
    found = [getattr(clause, name, None) for name in ("when", "decision", "exercised")]
    return {kind for events in found if events is not None for kind in kinds_in(events)}
