"""What is taken for granted about the world: how fast models grow, and that findings are honest.

``capability_reached`` is the hidden truth: the day a model really crosses a threshold. No policy
can ask for it and no record states it; harms do, and honest findings follow it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from ifthen.policy.model import Policy
from ifthen.review.hidden import assessments, powers
from ifthen.review.loopholes.findings import as_term, findings, same_model, truth
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg
from ifthen.review.loopholes.models import FIGURES, Models
from ifthen.review.loopholes.slots import NOBODY, Free, Slots, phase
from ifthen.review.loopholes.stance import Stance
from ifthen.vocabulary import KINDS

PAUSES = frozenset(
    {
        "training_paused",
        "training_resumed",
        "training_ended",
        "weights_deleted",
        "weights_locked",
        "model_withdrawn",
        "model_restricted",
    }
)
"""What stops something that goes on."""


@dataclass(frozen=True, slots=True)
class World:
    """How the world is bounded."""

    growth: Fraction = Fraction(35)
    """The most by which the effective compute of a model grows in a year."""
    margin: Fraction = Fraction(4)
    """How far in effective compute a finding of below reaches ahead."""
    assessment_days: int = 7
    """The least time between the start and the completion of an assessment."""
    months: int = 24
    """How long a timeline may be."""
    pauses: bool = False
    """Whether training may pause, and what is released or kept may be withdrawn or deleted."""

    @property
    def rate(self) -> int:
        """Growth a day in thousandths of a doubling, rounded up."""
        return math.ceil(1000 * math.log2(self.growth) / 365)

    def says(self) -> tuple[str, ...]:
        """Its bounds in words."""
        return (
            f"effective compute grows by at most {float(self.growth):g}x a year "
            f"({self.rate} thousandths of a doubling a day)",
            f"a finding of below leaves a margin of {float(self.margin):g}x, where margins hold",
            f"an assessment that is not preliminary takes {self.assessment_days} days or more",
            f"a timeline lasts {self.months} months at most",
            "no event falls on the 29th, 30th or 31st of a month",
            "training may pause or end, and models may be withdrawn or deleted"
            if self.pauses
            else "training once begun goes on, and nothing is withdrawn or deleted",
            "facts give a day; those of one day are taken in the order of a record",
            "the first fact about a model is the start of its training",
            "a change of policy is published the day before it applies",
            "any other date that a fact states is its own day",
            "a new model has no margin, for nothing was found on it yet",
            "a finding speaks of every threshold or category",
            "assessments and findings are of the kinds that the policy tells apart",
            "no power is used but those of which the policy speaks",
            "every training run is larger in FLOP than any law asks about",
            "progress in units of its own, such as fine-tuning, stays at nothing",
            "thresholds other than the one that is hidden are not crossed",
            "what would be undetermined counts as not kept",
        )


def constraints(
    world: World, policy: Policy, slots: Slots, conditions: Models, stance: Stance
) -> list[Any]:
    """Everything that holds of a timeline whatever a policy says."""
    found: list[Any] = []
    add = found.append
    every = slots.all
    for one, two in pairwise(every):
        if isinstance(two, Free):
            same = conj((one.date.key == two.date.key, phase(one) <= phase(two)))
            add(disj((one.date.key < two.date.key, same)))
    add(every[-1].date.key <= slots.end.key)
    for slot in slots.free:
        _model(found, slot, slots, conditions)
        _compute(found, slot, slots, conditions, world)
        _assessment(found, slot, slots, world)
        truth(found, slot, slots, conditions, world.margin, policy, stance)
        findings(found, slot, slots, policy, stance)
        for (name, word), var in slot.words.items():
            if name == "assessment" and word not in assessments(policy):
                add(z3.Not(var))
            if name == "power" and word not in powers(policy):
                add(z3.Not(var))
    return [bit for bit in found if bit is not True]


def _model(found: list[Any], slot: Free, slots: Slots, conditions: Models) -> None:
    needs = disj(slot.is_kind(kind) for kind in slot.kinds if KINDS[kind].needs_model)
    found += [slot.model >= NOBODY, slot.model < len(slots.models)]
    found.append(disj((neg(needs), slot.model >= 0)))
    starts = slot.is_kind("training_started")
    for model in slots.models:
        born = conditions.born(slot.index, model)
        found.append(disj((neg(slot.model_is(model)), born, starts)))
        running = conditions.running("train", model, slot.index)
        own = slot.model_is(model)
        found.append(neg(conj((own, starts, running))))
        goes_on = disj(
            slot.is_kind(k) for k in ("training_progress", "training_paused", "training_ended")
        )
        found.append(neg(conj((own, goes_on, neg(running)))))
        found.append(neg(conj((own, slot.is_kind("training_resumed"), running))))
        if model > 0:
            found.append(disj((neg(slot.model_is(model)), conditions.born(slot.index, model - 1))))


def _compute(found: list[Any], slot: Free, slots: Slots, conditions: Models, world: World) -> None:
    """Compute grows only in training, and no faster than the world allows."""
    states = disj(slot.is_kind(kind) for kind in FIGURES)
    found.append(z3.And(slot.compute >= 0, slot.compute <= 40_000))
    for model in slots.models:
        own = conj((states, slot.model_is(model)))
        if own is False:
            continue
        since: Any = slot.date.day
        for earlier in slots.all[: slot.index]:
            figure = conj((disj(earlier.is_kind(k) for k in FIGURES), earlier.model_is(model)))
            since = z3.If(as_term(figure), earlier.date.day, since)
        now = conditions.compute(model, slot.index)
        born = conditions.born(slot.index, model)
        most = now + world.rate * (slot.date.day - since)
        running = conditions.running("train", model, slot.index)
        trained = z3.And(slot.compute >= now, slot.compute <= most)
        still = disj((running, slot.is_kind("training_started")))
        grows = disj((conj((still, trained)), slot.compute == now))
        found.append(disj((neg(own), neg(born), grows)))
    found.append(disj((states, slot.compute == 0)))


def _assessment(found: list[Any], slot: Free, slots: Slots, world: World) -> None:
    """Where starts are told, an assessment is completed no sooner than so long after its start.

    A preliminary one is a test of a day.
    """
    done = conj((slot.is_kind("assessment_completed"), neg(slot.says("assessment", "preliminary"))))
    if done is False or not any("assessment_started" in free.kinds for free in slots.free):
        return
    started: Bit = False
    for earlier in slots.all[: slot.index]:
        same = same_model(earlier, slot)
        begins = conj((earlier.is_kind("assessment_started"), same))
        ends = conj((earlier.is_kind("assessment_completed"), same))
        long_enough = slot.date.day - earlier.date.day >= world.assessment_days
        started = disj((conj((begins, long_enough)), conj((started, neg(ends)))))
    found.append(disj((neg(done), started)))
