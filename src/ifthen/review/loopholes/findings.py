"""What is assumed of findings, and of the truth they are about."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import z3

from ifthen.policy.model import Policy
from ifthen.review.hidden import REACHED, high, mentions, target
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg
from ifthen.review.loopholes.models import Models
from ifthen.review.loopholes.slots import UNSAID, Free, Slots
from ifthen.review.loopholes.stance import Stance
from ifthen.vocabulary import FINDINGS

ASSUMPTIONS = {
    "honest-findings": "a finding is true on the day it is made",
    "fresh-findings": "a finding speaks of the model of that day, not of the one last assessed",
    "margin": "a finding of below leaves a margin: the threshold lies further off in compute",
    "findings-follow": "a completed assessment or evaluation leads to a finding within 30 days",
}
"""Assumptions that a bad-faith developer may be let out of, each as a stretch of its own."""
FOLLOWS = 30


def reached(slots: Slots, model: int, prefix: int) -> Bit:
    """Whether a model has really crossed the threshold."""
    return disj(
        conj((slots.all[i].is_kind(REACHED), slots.all[i].model_is(model))) for i in range(prefix)
    )


def truth(
    found: list[Any],
    slot: Free,
    slots: Slots,
    conditions: Models,
    ahead: Fraction,
    policy: Policy,
    stance: Stance,
) -> None:
    """A model crosses once, in training, and beyond the margin of the last finding of below."""
    crosses = slot.is_kind(REACHED)
    if crosses is False:
        return
    margin = math.ceil(1000 * math.log2(ahead))
    for model in slots.models:
        here = conj((crosses, slot.model_is(model)))
        found.append(disj((neg(here), conditions.running("train", model, slot.index))))
        found.append(disj((neg(here), neg(reached(slots, model, slot.index)))))
        base: Any = z3.IntVal(-100_000)
        for i in range(slot.index):
            below = conj(
                (
                    conditions.names_kind(i, "threshold_decision", model),
                    found_below(slots.all[i], policy),
                )
            )
            base = z3.If(as_term(below), conditions.compute(model, i + 1), base)
        far = conditions.compute(model, slot.index) >= base + margin
        found.append(disj((neg(here), stance.stretched("world", "margin"), far)))


def found_below(slot: Any, policy: Policy) -> Bit:
    """Whether a fact says that a model is below what is hidden."""
    name = target(policy)
    if name is None:
        return False
    if name in policy.thresholds:
        return slot.rank("findings", name) == 0
    return conj((slot.rank("levels", name) >= 0, slot.rank("levels", name) < high(policy)))


def findings(found: list[Any], slot: Free, slots: Slots, policy: Policy, stance: Stance) -> None:
    """Findings follow the truth; others than the one that is hidden say below."""
    decides = slot.is_kind("threshold_decision")
    name = target(policy)
    if decides is False or name is None:
        return
    thresholds = name in policy.thresholds
    attribute = "findings" if thresholds else "levels"
    rank, past = slot.rank(attribute, name), 2 if thresholds else high(policy)
    for (kind, other), one in list(slot.ranks.items()):
        found.append(disj((neg(decides), one != UNSAID)))
        if (kind, other) != (attribute, name):
            found.append(one <= 0)
    if thresholds and not mentions(policy, "alert"):
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
        says_high = rank >= past
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
                    same_model(other, slot),
                    other.date.day <= slot.date.day + FOLLOWS,
                )
            )
            for other in slots.all[slot.index + 1 :]
        ]
        soon = slots.end.day <= slot.date.day + FOLLOWS
        found.append(disj((neg(asked), stance.stretched("world", "findings-follow"), soon, *later)))
    return found


def same_model(one: Any, other: Free) -> Bit:
    """Whether two facts name the same model."""
    return one.model == other.model


def as_term(bit: Bit) -> Any:
    """A truth value as a term of the solver."""
    return z3.BoolVal(bit) if isinstance(bit, bool) else bit
