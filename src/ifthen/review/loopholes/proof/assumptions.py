"""What is assumed of the world, as conditions on single steps: the same as in ``world``, or less.

Less, where a proof does without: an assessment may take no time, facts of a day may come in any
order, and a timeline may be of any length. Growth in compute is bounded only where a proof without
a bound fails, and findings are assumed of only where the harm asks for the hidden truth.
"""

from __future__ import annotations

import math
from typing import Any

import z3

from ifthen.review.hidden import REACHED, assessments, high, mentions, target
from ifthen.review.loopholes.findings import FOLLOWS, as_term, found_below
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg, pick
from ifthen.review.loopholes.proof.registers import OTHER, SUBJECT, Registers
from ifthen.review.loopholes.slots import NOBODY, UNSAID, Free
from ifthen.review.loopholes.world import PAUSES, World
from ifthen.vocabulary import FINDINGS, KINDS


def says(world: World, *, hidden: bool, bounded: bool) -> tuple[str, ...]:
    """What a proof assumes, in words.

    Args:
        world: the world it was made in.
        hidden: whether the harm asks for the hidden truth.
        bounded: whether it rests on a bound on growth.
    """
    found = [
        "events of any number, over any time",
        f"effective compute grows by at most {float(world.growth):g}x a year"
        if bounded
        else "effective compute may grow at any speed",
        "training may pause or end, and models may be withdrawn or deleted"
        if world.pauses
        else "training once begun goes on, and nothing is withdrawn or deleted",
        "facts give a day; the first fact about a model is the start of its training",
        "a fact is about one model, or about none",
        "assessments and findings are of the kinds that the policy tells apart",
        "a change of policy is published the day before it applies",
        "every training run is larger in FLOP than any law asks about",
        "progress in units of its own, such as fine-tuning, stays at nothing",
        "what would be undetermined counts as not kept",
    ]
    if hidden:
        found += [
            "a finding is true on the day it is made, and speaks of every threshold or category",
            f"a finding of below leaves a margin of {float(world.margin):g}x",
            f"a completed assessment or evaluation leads to a finding within {FOLLOWS} days",
            "thresholds other than the one that is hidden are not crossed",
        ]
    return tuple(found)


def kinds(spoken: tuple[str, ...], world: World) -> tuple[str, ...]:
    """The kinds of fact there may be."""
    return spoken if world.pauses else tuple(kind for kind in spoken if kind not in PAUSES)


def on_growth(slot: Free, past: Registers, world: World) -> list[Any]:
    """Compute grows no faster, since its last figure, than the world allows."""
    states = conj((slot.model_is(SUBJECT), past.states_figure()))
    bank = past.bank
    days = bank.make(
        "days since a figure",
        0,
        lambda old: pick(states, z3.IntVal(0), old),
        lambda old: old + bank.elapsed,
        occurs=as_term(states),
    )
    return [disj((neg(past.born(0, SUBJECT)), bank.gain <= world.rate * days))]


def on_facts(slot: Free, past: Registers) -> list[Any]:
    """What holds of every fact, whatever harm is in question."""
    running, born = past.running("train", SUBJECT, 0), past.born(0, SUBJECT)
    own = slot.model_is(SUBJECT)
    starts = slot.is_kind("training_started")
    needs = disj(slot.is_kind(kind) for kind in slot.kinds if KINDS[kind].needs_model)
    goes_on = disj(
        slot.is_kind(kind) for kind in ("training_progress", "training_paused", "training_ended")
    )
    trains = conj((own, past.states_figure(), disj((running, starts))))
    untold = [
        neg(told)
        for (attribute, word), told in slot.words.items()
        if attribute == "assessment" and word not in assessments(past.policy)
    ]
    if not mentions(past.policy, "alert"):
        untold += [
            rank != FINDINGS.index("alert")
            for (attribute, _), rank in slot.ranks.items()
            if attribute == "findings"
        ]
    return [
        *untold,
        z3.And(slot.model >= NOBODY, slot.model <= OTHER),
        disj((neg(needs), slot.model != NOBODY)),
        disj((neg(own), born, starts)),
        neg(conj((own, starts, running))),
        neg(conj((own, goes_on, neg(running)))),
        neg(conj((own, slot.is_kind("training_resumed"), running))),
        past.bank.gain >= 0,
        disj((past.bank.gain == 0, trains)),
    ]


def on_findings(slot: Free, past: Registers, world: World) -> tuple[list[Any], list[Any]]:
    """What holds of the hidden truth and of findings: of a fact, and of the end of a day."""
    policy, make = past.policy, past.bank.make
    name = target(policy)
    crosses = conj((slot.is_kind(REACHED), slot.model_is(SUBJECT)))
    reached = make("reached", False, lambda old: disj((old, crosses)))
    event: list[Any] = [
        disj((neg(crosses), past.running("train", SUBJECT, 0))),
        disj((neg(crosses), neg(reached))),
    ]
    if name is None:
        return event, []
    found = conj((past.names_kind(0, "threshold_decision", SUBJECT), found_below(slot, policy)))
    ever = make("found below", False, lambda old: disj((old, found)))
    ahead = make("growth since found below", 0, lambda old: past.growing(old, found))
    margin = math.ceil(1000 * math.log2(world.margin))
    event.append(disj((neg(crosses), neg(ever), ahead >= margin)))
    event += _honest(slot, past, name, reached)
    return event, [_follows(slot, past)]


def _honest(slot: Free, past: Registers, name: str, reached: Bit) -> list[Any]:
    """Findings say what is true; of other thresholds than the hidden one, below."""
    policy, decides = past.policy, slot.is_kind("threshold_decision")
    if decides is False:
        return []
    thresholds = name in policy.thresholds
    attribute = "findings" if thresholds else "levels"
    rank, least = slot.rank(attribute, name), 2 if thresholds else high(policy)
    about = conj((decides, slot.model_is(SUBJECT)))
    event: list[Any] = []
    for (kind, other), one in list(slot.ranks.items()):
        event.append(disj((neg(about), one != UNSAID)))
        if (kind, other) != (attribute, name):
            event.append(disj((neg(about), one <= 0)))
    right = disj((conj((rank >= least, reached)), conj((rank < least, neg(reached)))))
    event.append(disj((neg(about), rank == UNSAID, right)))
    return event


def _follows(slot: Free, past: Registers) -> Bit:
    """A completed assessment that is not preliminary leads to a finding within 30 days."""
    make, bank = past.bank.make, past.bank
    own = slot.model_is(SUBJECT)
    looked = disj(slot.is_kind(kind) for kind in ("assessment_completed", "evaluation_result"))
    asked = conj((own, looked, neg(slot.says("assessment", "preliminary"))))
    found = conj((own, slot.is_kind("threshold_decision")))

    def event(old: Any) -> Any:
        return disj((conj((old, neg(found))), asked))

    awaited = make("finding awaited", False, event, since="chosen")

    def afresh(old: Any) -> Any:
        return pick(conj((asked, neg(conj((awaited, neg(found)))))), z3.IntVal(0), old)

    days = make("finding awaited, days", 0, afresh, lambda old: old + bank.elapsed, since="chosen")
    return disj((neg(awaited), days + bank.elapsed <= FOLLOWS))
