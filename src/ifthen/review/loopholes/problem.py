"""One question to the solver: a timeline of so many events, clauses kept, a harm at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from ifthen.policy.model import (
    Call,
    Clause,
    Constant,
    Events,
    Expression,
    Policy,
)
from ifthen.review.hidden import REACHED, target
from ifthen.review.loopholes.calendar import FIRST, Date, Unsupported, symbolic
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.encode import kept
from ifthen.review.loopholes.findings import findings_follow
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.kleene import conj, disj, neg
from ifthen.review.loopholes.slots import NOBODY, Fixed, Free, Slots
from ifthen.review.loopholes.solver import Solver
from ifthen.review.loopholes.stance import Stance, Stretch
from ifthen.review.loopholes.world import PAUSES, World, constraints
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import Anatomy, below, counted, roots
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

_KINDS_OF_CALL: Mapping[str, tuple[str, ...]] = {
    "in_place": ("standard_activated", "standard_lapsed"),
    "approved": ("standard_approved",),
    "status": ("threshold_decision",),
    "level": ("threshold_decision",),
    "forecast": ("forecast",),
    "growth": ("training_progress", "assessment_completed"),
    "compute": ("training_progress",),
}
_ALWAYS = ("training_started", "training_progress")
_LEADING = ("assessment_completed", "evaluation_result", REACHED)
"""Kinds of fact of which the world assumes something about findings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not change from question to question."""

    policy: Policy
    world: World
    given: tuple[Plain, ...]
    """The facts with which every timeline begins."""
    models: int
    timeout: float
    """Seconds the solver may take for one question."""


class Problem:
    """A timeline of ``length`` events beyond those given, as terms of the solver."""

    def __init__(
        self, setting: Setting, length: int, clauses: Sequence[Clause], harm: Harm | None
    ) -> None:
        self.setting = setting
        self.policy = setting.policy
        self.stance = Stance(self.policy)
        self.names = Names(self.policy)
        self.skipped: dict[str, str] = {}
        """Clauses that cannot be told to the solver, and why."""
        self.terms: list[Any] = []
        spoken = kinds_of([*clauses, *([harm.clause] if harm else [])], self.policy)
        left_out = {"organisation"} | (frozenset() if setting.world.pauses else PAUSES)
        self.slots = self._slots(length, tuple(k for k in spoken if k not in left_out))
        for clause in clauses:
            self._keep(clause)
        self.harm = disj(self._broken(harm)) if harm is not None else True
        base = Conditions(self.policy, self.slots, self.stance, None, {}, self.names)
        self.terms += findings_follow(self.slots, self.policy, self.stance)
        self.terms += constraints(setting.world, self.policy, self.slots, base, self.stance)
        self.terms += self.stance.constraints()
        for slot in self.slots.free:
            self.terms += slot.constraints()
        self.solver = Solver(setting.timeout)
        self.solver.add(*self.terms)

    # --- what it is made of ----------------------------------------------------------------

    def _slots(self, length: int, kinds: Sequence[str]) -> Slots:
        given = [
            Fixed(
                n,
                fact.kind,
                NOBODY if fact.model is None else MODELS.index(fact.model),
                Date.at(fact.day),
                fact.compute or 0,
                fact.attributes,
                self.policy.scale,
            )
            for n, fact in enumerate(self.setting.given)
        ]
        months = self.setting.world.months
        free = [
            Free(n, symbolic(f"at{n}", months, self.terms), kinds, self.policy)
            for n in range(len(given), len(given) + length)
        ]
        return Slots(
            given, free, self.setting.models, Date.at(FIRST), symbolic("end", months, self.terms)
        )

    def _subjects(self, clause: Clause) -> Iterable[int | None]:
        if clause.common.for_each == "model":
            return self.slots.models
        if clause.common.for_each == "standard":
            raise Unsupported("a clause for each standard")
        return (None,)

    def _keep(self, clause: Clause) -> None:
        """Tell the solver to keep a clause under every parse that is not excused."""
        found = []
        try:
            for readings in Anatomy(self.policy, clause).assignments:
                for subject in self._subjects(clause):
                    conditions = Conditions(
                        self.policy, self.slots, self.stance, subject, readings, self.names
                    )
                    value = kept(clause, conditions, self._binds)
                    found.append(disj((self.stance.excused(readings), value.t)))
        except Unsupported as why:
            self.skipped[clause.common.id] = str(why)
            return
        self.terms += [term for term in found if term is not True]

    def _binds(self, name: str) -> Any:
        return z3.Not(self.stance.stretched("aim", name))

    def _broken(self, harm: Harm) -> list[Any]:
        """For each model, whether the harm has happened.

        Raises:
            Unsupported: the harm speaks of something the solver is not told about.
        """
        found = []
        for subject in self._subjects(harm.clause):
            conditions = Conditions(self.policy, self.slots, self.stance, subject, {}, self.names)
            value = kept(harm.clause, conditions, lambda _: True)
            born = True if subject is None else conditions.born(len(self.slots), subject)
            found.append(conj((born, value.f)))
        return found

    # --- asking ----------------------------------------------------------------------------

    def only(self, allowed: Iterable[Stretch] | None) -> list[Any]:
        """Assumptions under which nothing but some things is stretched; None allows all."""
        if allowed is None:
            return []
        free = set(allowed)
        return [z3.Not(var) for one, var in self.stance.stretches.items() if one not in free]

    def at_most(self, count: int, besides: Iterable[frozenset[Stretch]]) -> list[Any]:
        """Assumptions: no more than so many are stretched, and none of some sets whole."""
        known = self.stance.stretches
        found: list[Any] = []
        if known and count < len(known):
            found.append(z3.AtMost(*known.values(), count))
        for one in besides:
            if all(each in known for each in one):
                found.append(z3.Or(*(z3.Not(known[each]) for each in one)))
        return found

    def solve(self, assumptions: Sequence[Any]) -> tuple[str, Any]:
        """``sat`` and a tidy solution; ``unsat`` or ``unknown`` and None."""
        self.solver.push()
        self.solver.add(self.harm, *assumptions)
        answer = self.solver.check()
        model = self._tidy() if answer == "sat" else None
        self.solver.clear()
        return answer, model

    def unlike(self, model: Any) -> Any:
        """That the facts are of other kinds than in a solution."""
        kinds = [(slot.kind, model.eval(slot.kind, True)) for slot in self.slots.free]
        return z3.Or(*(var != value for var, value in kinds))

    def decided(self) -> Any:
        """That every model is found to be above or below what is hidden, if only once."""
        found = []
        for model in self.slots.models:
            decides = [
                conj((slot.is_kind("threshold_decision"), slot.model_is(model)))
                for slot in self.slots.all
            ]
            asked = neg(disj(slot.model_is(model) for slot in self.slots.free))
            found.append(disj((asked, *decides)))
        return conj(found)

    def possible(self, assumptions: Sequence[Any]) -> bool:
        """Whether any timeline keeps the clauses, whatever comes of it."""
        self.solver.push()
        self.solver.add(*assumptions)
        answer = self.solver.check()
        self.solver.pop()
        return answer == "sat"

    def _tidy(self) -> Any:
        """A solution after ``sat``: as little stretched, as soon over and as round as it can be."""
        model = self.solver.model()

        def prefer(*terms: Any) -> None:
            nonlocal model
            self.solver.push()
            self.solver.add(*terms)
            if self.solver.check() == "sat":
                model = self.solver.model()
            else:
                self.solver.pop()

        for var in self.stance.stretches.values():
            if z3.is_true(model.eval(var, True)):
                prefer(z3.Not(var))
        for months in (6, 9, 12, 18):
            if model.eval(self.slots.end.key, True).as_long() > months * 31:
                prefer(self.slots.end.key <= months * 31)
        prefer(*(z3.Or(s.date.key % 31 == 1, s.date.key % 31 == 15) for s in self.slots.free))
        for slot in self.slots.free:
            if z3.is_false(model.eval(slot.compute % 100 == 0, True)):
                prefer(slot.compute % 100 == 0)
        return model

    def longest(self, assumptions: Sequence[Any], model: int = 0) -> int:
        """The most days, up to the end, for which a model may have been in training."""
        conditions = Conditions(self.policy, self.slots, self.stance, model, {}, self.names)
        trains = conditions.running("train", model, len(self.slots))
        trains = z3.BoolVal(trains) if isinstance(trains, bool) else trains
        low, high = 0, self.setting.world.months * 31
        while low < high:
            middle = (low + high + 1) // 2
            longer = self.slots.end.day - conditions.birth().day >= middle
            self.solver.push()
            self.solver.add(*assumptions, trains, longer)
            reached = self.solver.check() == "sat"
            if reached:
                low = middle
            else:
                high = middle - 1
            self.solver.pop()
        return low


def kinds_of(clauses: Iterable[Clause], policy: Policy) -> tuple[str, ...]:
    """The kinds of fact that some clauses can tell apart at all."""
    found: dict[str, None] = dict.fromkeys(_ALWAYS)
    for clause in clauses:
        nodes = [node for root in roots(clause) for node in below(root)]
        for node in list(nodes):
            if isinstance(node, Call) and node.function == "counts":
                nodes += counted(policy, node)
        for node in nodes:
            found |= dict.fromkeys(_named(node))
        action = getattr(clause, "action", None)
        if action is not None:
            found |= dict.fromkeys(_of_action(action))
    if target(policy) is not None and not found.keys().isdisjoint(_LEADING):
        found["threshold_decision"] = None  # what is assumed of findings speaks of it
    if "assessment_completed" in found and "assessment_started" in spoken_of(policy):
        found["assessment_started"] = None  # and what is assumed of how long assessments take
    return tuple(sorted(found))


def spoken_of(policy: Policy) -> frozenset[str]:
    """Every kind of fact that a policy speaks of."""
    nodes = (node for clause in policy.clauses for root in roots(clause) for node in below(root))
    return frozenset(kind for node in nodes for kind in _named(node))


def _named(node: Expression) -> Iterable[str]:
    if isinstance(node, Events):
        return [pattern.kind for pattern in node.patterns]
    if isinstance(node, Call) and node.function == "running":
        first = node.arguments[0]
        return _of_action(str(first.value)) if isinstance(first, Constant) else ()
    return _KINDS_OF_CALL.get(node.function, ()) if isinstance(node, Call) else ()


def _of_action(action: str) -> list[str]:
    starts, ends = MODEL_EVENTS_OF_ACTION[action]  # type: ignore[index]
    return sorted(starts | ends)
