"""The state of models after so many facts: what runs, standing, safeguards, compute."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ifthen.policy.model import Expression
from ifthen.review.loopholes.events import Here, Matched
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg, pick
from ifthen.review.loopholes.slots import NOBODY, UNSAID
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

FIGURES = (
    "training_started",
    "training_progress",
    "training_resumed",
    "training_paused",
    "training_ended",
    "assessment_started",
    "assessment_completed",
    "evaluation_result",
    "model_released",
)
"""Kinds of fact that state the effective compute of their model."""


FLOP = 10**27
"""Training compute that every run states: more than any law asks about."""


class Models(Matched):
    """What a timeline shows of models."""

    def running(self, action: str, model: int, prefix: int) -> Bit:
        """Whether an action is under way: the last fact about it began it."""
        memory = ("running", action, model, prefix)
        if memory not in self._memory:
            starts, ends = MODEL_EVENTS_OF_ACTION[action]  # type: ignore[index]
            found: Bit = False
            for i in range(prefix):
                begun = conj((self.concerns(i, starts, action, model),))
                over = self.concerns(i, ends, action, model)
                found = disj((begun, conj((found, neg(over)))))
            self._memory[memory] = found
        return self._memory[memory]

    def concerns(self, index: int, kinds: frozenset[str], action: str, model: int) -> Bit:
        """Whether a fact of some kinds is about an action on a model."""
        memory = ("concerns", index, kinds, action, model)
        if memory not in self._memory:
            self._memory[memory] = self._concerns(index, kinds, action, model)
        return self._memory[memory]

    def _concerns(self, index: int, kinds: frozenset[str], action: str, model: int) -> Bit:
        slot = self.slots.all[index]
        found = []
        for kind in sorted(kinds):
            of_kind = slot.is_kind(kind)
            if of_kind is False:
                continue
            if kind == "model_withdrawn" or (kind == "model_released" and action != "store"):
                inside = slot.says("stage", "internal")
                if kind == "model_withdrawn":  # one that does not say ends either use
                    inside = (
                        disj((inside, slot.unsaid("stage"))) if action == "use-inside" else inside
                    )
                of_kind = conj((of_kind, inside if action == "use-inside" else neg(inside)))
            found.append(of_kind)
        return conj((disj(found), self.slots.about(index, model)))

    def in_place(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard is in place, by itself or by another that includes it."""
        memory = ("in_place", standard, model, prefix)
        if memory not in self._memory:
            own: Bit = False
            for index in range(prefix):
                slot = self.slots.all[index]
                names = conj((slot.says("standard", standard), self.slots.about(index, model)))
                on = conj((slot.is_kind("standard_activated"), names))
                off = conj((slot.is_kind("standard_lapsed"), names))
                own = disj((on, conj((own, neg(off)))))
            others = (self.in_place(o, model, prefix) for o in self._including(standard))
            self._memory[memory] = disj((own, *others))
        return self._memory[memory]

    def approved(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard has been approved, or another that includes it."""
        own = disj(
            conj(
                (
                    self.slots.all[i].is_kind("standard_approved"),
                    self.slots.all[i].says("standard", standard),
                    self.slots.about(i, model),
                )
            )
            for i in range(prefix)
        )
        return disj((own, *(self.approved(o, model, prefix) for o in self._including(standard))))

    def _including(self, standard: str) -> list[str]:
        return [s.id for s in self.policy.standards.values() if standard in s.includes]

    def status(self, threshold: str, model: int, prefix: int) -> Any:
        """The rank of the last finding, or ``UNSAID`` where it was never decided."""
        memory = ("status", threshold, model, prefix)
        if memory not in self._memory:
            found: Any = UNSAID
            for index in range(prefix):
                rank = self.slots.all[index].rank("findings", threshold)
                decides = conj(
                    (self.names_kind(index, "threshold_decision", model), rank != UNSAID)
                )
                found = pick(decides, rank, found)
            known = self.policy.thresholds.get(threshold)
            for other in known.above if known else ():
                below = conj((found == UNSAID, self.status(other, model, prefix) == 0))
                found = pick(below, 0, found)
            self._memory[memory] = found
        return self._memory[memory]

    def level(self, category: str, mitigation: str | None, model: int, prefix: int) -> Any:
        """The rank of the last score, or ``UNSAID`` where there is none."""
        found: Any = UNSAID
        for index in range(prefix):
            slot = self.slots.all[index]
            rank = slot.rank("levels", category)
            decides = [self.names_kind(index, "threshold_decision", model), rank != UNSAID]
            if mitigation is not None:
                decides.append(slot.says("mitigation", mitigation))
            found = pick(conj(decides), rank, found)
        return found

    def forecast(self, category: str, model: int | None, prefix: int) -> Any:
        """The rank of the last forecast; lower than every level where there is none."""
        found: Any = UNSAID
        for index in range(prefix):
            slot = self.slots.all[index]
            rank: Any = 0
            for number, level in enumerate(self.policy.scale):
                rank = pick(slot.says("level", level), number, rank)
            made = [slot.is_kind("forecast"), slot.says("threshold", category)]
            found = pick(conj((*made, self.slots.about(index, model))), rank, found)
        return found

    def names_kind(self, index: int, kind: str, model: int | None) -> Bit:
        """Whether a fact of a kind is about a model."""
        return conj((self.slots.all[index].is_kind(kind), self.slots.about(index, model)))

    def compute(self, model: int, prefix: int) -> Any:
        """Effective compute, in thousandths of a doubling: what the last figure says; else None."""
        memory = ("compute", model, prefix)
        if memory not in self._memory:
            found: Any = 0
            for index in range(prefix):
                slot = self.slots.all[index]
                states = conj((disj(slot.is_kind(k) for k in FIGURES), slot.model_is(model)))
                found = pick(states, slot.compute, found)
            self._memory[memory] = found
        return self._memory[memory]

    def grown(self, model: int, events: Expression, here: Here) -> tuple[Any, Bit]:
        """Growth in compute since the last such event, in thousandths of a doubling.

        And whether it is known: an event that names no model tells nothing of compute.
        """

        def at(index: int) -> Any:
            found: Any = 0
            for other in self.slots.models:
                own = self.slots.all[index].model_is(other)
                found = pick(own, self.compute(other, index + 1), found)
            return found

        def named(index: int) -> Bit:
            return neg(self.slots.all[index].model_is(NOBODY))

        base = self.last(events, here, "compute", at, self.first_compute(model))
        known = self.last(events, here, "named", named, True)
        return self.compute(model, here.prefix) - base, known

    def first_compute(self, model: int) -> Any:
        """The first figure of a model."""
        found: Any = 0
        for slot in reversed(self.slots.all):
            found = pick(slot.model_is(model), slot.compute, found)
        return found


def by_factor(operator: str, grown: Any, factor: Fraction) -> Bit:
    """Whether a growth in thousandths of a doubling compares so with a factor."""
    exact = 1000 * math.log2(factor)
    up, down = math.ceil(exact - 1e-9), math.floor(exact + 1e-9)
    return {
        ">=": grown >= up,
        ">": grown > down,
        "<": grown < up,
        "<=": grown <= down,
        "=": grown == up if up == down else False,
        "!=": grown != up if up == down else True,
    }[operator]
