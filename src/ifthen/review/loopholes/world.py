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

from ifthen.policy.model import Cadence, Call, Compare, Constant, Events, Policy, Words
from ifthen.review.loopholes.conditions import FIGURES, Conditions
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg
from ifthen.review.loopholes.slots import NOBODY, UNSAID, Free, Slots, phase
from ifthen.review.loopholes.stance import Stance
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import FINDINGS, HIDDEN, KINDS

REACHED = "capability_reached"
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
ASSUMPTIONS = {
    "honest-findings": "a finding is true on the day it is made",
    "fresh-findings": "a finding speaks of the model of that day, not of the one last assessed",
    "margin": "a finding of below leaves a margin: the threshold lies further off in compute",
    "findings-follow": "a completed assessment or evaluation leads to a finding within 30 days",
}
"""Assumptions that a bad-faith developer may be let out of, each as a stretch of its own."""
_FOLLOWS = 30


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
            "a finding speaks of every threshold or category",
            "assessments and findings are of the kinds that the policy tells apart",
            "every training run is larger in FLOP than any law asks about",
            "progress in units of its own, such as fine-tuning, stays at nothing",
            "thresholds other than the one that is hidden are not crossed",
            "what would be undetermined counts as not kept",
        )


def margin_of(policy: Policy) -> Fraction:
    """The longest interval in effective compute by which a policy counts; else four times."""
    found = [Fraction(0)]
    for clause in policy.clauses:
        if isinstance(clause, Cadence) and clause.growth is not None:
            found.append(clause.growth[1])
        for root in roots(clause):
            found += [
                node.right.value
                for node in below(root)
                if isinstance(node, Compare)
                and isinstance(node.left, Call)
                and node.left.function == "growth"
                and isinstance(node.right, Constant)
                and isinstance(node.right.value, Fraction)
            ]
    return max(found) if max(found) > 1 else Fraction(4)


def target(policy: Policy) -> str | None:
    """The threshold, or category, whose crossing is hidden: the first that requires safeguards."""
    own = [t for t in policy.thresholds.values() if not t.checkpoint]
    own.sort(key=lambda t: not t.requires)
    if own:
        return own[0].id
    return next((c.id for c in policy.categories.values() if c.tracked), None)


def constraints(
    world: World, policy: Policy, slots: Slots, conditions: Conditions, stance: Stance
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
        _truth(found, slot, slots, conditions, world, policy, stance)
        _findings(found, slot, slots, policy, stance)
        for (name, word), var in slot.words.items():
            if name == "assessment" and word not in assessments(policy):
                add(z3.Not(var))
    return [bit for bit in found if bit is not True]


def assessments(policy: Policy) -> tuple[str, ...]:
    """The assessments that the policy tells apart, preliminary ones first."""
    named = {
        value
        for clause in policy.clauses
        for root in roots(clause)
        for node in below(root)
        if isinstance(node, Events)
        for pattern in node.patterns
        if pattern.kind == "assessment_completed"
        for test in pattern.tests
        if test.attribute == "assessment"
        for value in test.values
    }
    rest = sorted(named - {"preliminary", "comprehensive"})
    first = [name for name in ("preliminary", "comprehensive") if name in named]
    return (*first, *rest) or ("comprehensive",)


def _model(found: list[Any], slot: Free, slots: Slots, conditions: Conditions) -> None:
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


def _compute(
    found: list[Any], slot: Free, slots: Slots, conditions: Conditions, world: World
) -> None:
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
            since = z3.If(_term(figure), earlier.date.day, since)
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
        same = (
            earlier.model_is_of(slot) if hasattr(earlier, "model_is_of") else _same(earlier, slot)
        )
        begins = conj((earlier.is_kind("assessment_started"), same))
        ends = conj((earlier.is_kind("assessment_completed"), same))
        long_enough = slot.date.day - earlier.date.day >= world.assessment_days
        started = disj((conj((begins, long_enough)), conj((started, neg(ends)))))
    found.append(disj((neg(done), started)))


def _same(one: Any, other: Free) -> Bit:
    return one.model == other.model


def _term(bit: Bit) -> Any:
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit


def reached(slots: Slots, model: int, prefix: int) -> Bit:
    """Whether a model has really crossed the threshold."""
    return disj(
        conj((slots.all[i].is_kind(REACHED), slots.all[i].model_is(model))) for i in range(prefix)
    )


def _truth(
    found: list[Any],
    slot: Free,
    slots: Slots,
    conditions: Conditions,
    world: World,
    policy: Policy,
    stance: Stance,
) -> None:
    """A model crosses once, in training, and beyond the margin of the last finding of below."""
    crosses = slot.is_kind(REACHED)
    if crosses is False:
        return
    margin = math.ceil(1000 * math.log2(world.margin))
    for model in slots.models:
        here = conj((crosses, slot.model_is(model)))
        found.append(disj((neg(here), conditions.running("train", model, slot.index))))
        found.append(disj((neg(here), neg(reached(slots, model, slot.index)))))
        base: Any = z3.IntVal(-100_000)
        for i in range(slot.index):
            below = conj(
                (
                    conditions.names_kind(i, "threshold_decision", model),
                    _below(slots.all[i], policy),
                )
            )
            base = z3.If(_term(below), conditions.compute(model, i + 1), base)
        far = conditions.compute(model, slot.index) >= base + margin
        found.append(disj((neg(here), stance.stretched("world", "margin"), far)))


def _mentions(policy: Policy, word: str) -> bool:
    """Whether any clause tells a finding apart by a word."""
    nodes = (node for c in policy.clauses for root in roots(c) for node in below(root))
    return any(
        (isinstance(node, Constant) and node.value == word)
        or (isinstance(node, Words) and word in node.values)
        for node in nodes
    )


def _below(slot: Any, policy: Policy) -> Bit:
    name = target(policy)
    if name is None:
        return False
    if name in policy.thresholds:
        return slot.rank("findings", name) == 0
    return conj((slot.rank("levels", name) >= 0, slot.rank("levels", name) < _high(policy)))


def _high(policy: Policy) -> int:
    return policy.scale.index("high") if "high" in policy.scale else len(policy.scale) - 1


def _findings(found: list[Any], slot: Free, slots: Slots, policy: Policy, stance: Stance) -> None:
    """Findings follow the truth; others than the one that is hidden say below."""
    decides = slot.is_kind("threshold_decision")
    name = target(policy)
    if decides is False or name is None:
        return
    thresholds = name in policy.thresholds
    attribute = "findings" if thresholds else "levels"
    rank, high = slot.rank(attribute, name), 2 if thresholds else _high(policy)
    for (kind, other), one in list(slot.ranks.items()):
        found.append(disj((neg(decides), one != UNSAID)))
        if (kind, other) != (attribute, name):
            found.append(one <= 0)
    if thresholds and not _mentions(policy, "alert"):
        found.append(rank != FINDINGS.index("alert"))
    false = stance.stretched("world", "honest-findings")
    stale = stance.stretched("world", "fresh-findings")
    for model in slots.models:
        own = conj((decides, slot.model_is(model), rank != UNSAID))
        truth = reached(slots, model, slot.index)
        assessed: Bit = False
        for i, earlier in enumerate(slots.all[: slot.index]):
            kinds = ("assessment_started", "assessment_completed", "evaluation_result")
            looked = conj((disj(earlier.is_kind(k) for k in kinds), earlier.model_is(model)))
            assessed = disj(
                (conj((looked, neg(reached(slots, model, i)))), conj((assessed, neg(looked))))
            )
        says_high = rank >= high
        right = disj((conj((says_high, truth)), conj((neg(says_high), neg(truth)))))
        old = conj((stale, neg(says_high), assessed))
        found.append(disj((neg(own), right, false, old)))


def findings_follow(slots: Slots, policy: Policy, stance: Stance) -> list[Any]:
    """A completed assessment that is not preliminary leads to a finding within 30 days."""
    if target(policy) is None:
        return []
    found = []
    for slot in slots.free:
        kinds = ("assessment_completed", "evaluation_result")
        looked = disj(slot.is_kind(kind) for kind in kinds)
        if looked is False:
            continue
        asked = conj((looked, neg(slot.says("assessment", "preliminary"))))
        later = [
            conj(
                (
                    other.is_kind("threshold_decision"),
                    _same(other, slot),
                    other.date.day <= slot.date.day + _FOLLOWS,
                )
            )
            for other in slots.all[slot.index + 1 :]
        ]
        soon = slots.end.day <= slot.date.day + _FOLLOWS
        found.append(disj((neg(asked), stance.stretched("world", "findings-follow"), soon, *later)))
    return found


__all__ = ["ASSUMPTIONS", "HIDDEN", "REACHED", "World", "constraints", "target"]
