"""The transition system of a harm and of the clauses that are to keep it from happening.

A run begins with the given facts. Each step is a fact on the same day, or the end of a day after
which at least one more passes. Every timeline that keeps the clauses is a run, of the subject model
beside any number of others: where no run reaches the harm, no timeline does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import z3

from ifthen.policy.model import Clause, Events, Policy
from ifthen.review.hidden import REACHED
from ifthen.review.loopholes.calendar import FIRST, Unsupported
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.findings import as_term
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.kleene import conj, disj
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.proof.assumptions import kinds, on_facts, on_findings, on_growth
from ifthen.review.loopholes.proof.monitors import Steps, steps
from ifthen.review.loopholes.proof.registers import OTHER, SUBJECT, Bank, Register, Registers
from ifthen.review.loopholes.proof.stances import Taken, Taking
from ifthen.review.loopholes.slots import NOBODY, Free, Slots
from ifthen.review.loopholes.start import Start, beginning
from ifthen.review.loopholes.world import World
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import Anatomy, below, roots
from ifthen.vocabulary import DEFAULTS, FINDINGS


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be proved."""

    policy: Policy
    harm: Harm
    start: Start
    taking: Taking
    world: World
    bounded: bool = False
    """Whether growth in compute is bounded as the world bounds it."""


@dataclass(frozen=True, slots=True)
class Half:
    """One kind of step."""

    asked: Any
    """What holds of such a step: what is assumed, and every clause kept."""
    next: Mapping[str, Any]
    """What each register becomes."""
    harm: Any
    """Whether the harm happens at it."""


@dataclass(frozen=True, slots=True)
class System:
    """A system whose state is its registers."""

    registers: tuple[Register, ...]
    inputs: tuple[Any, ...]
    """What is chosen anew at each step."""
    init: Any
    event: Half
    close: Half
    """The end of a day; it is followed by another day where ``elapsed`` is one or more."""
    elapsed: Any
    slot: Free
    gain: Any
    policy: Policy

    @property
    def state(self) -> tuple[Any, ...]:
        """The registers as terms."""
        return tuple(one.term for one in self.registers)

    @property
    def tick(self) -> Any:
        """What holds of the end of a day that is not the last."""
        return z3.And(self.close.asked, self.elapsed >= 1)

    @property
    def bad(self) -> Any:
        """Whether, from a state, a step at which every clause is kept ends in the harm."""
        closed = z3.And(self.close.asked, self.elapsed >= 0, self.close.harm)
        return z3.Or(closed, z3.And(self.event.asked, self.event.harm))

    @property
    def crossing(self) -> System:
        """The system whose harm is that the model passes the threshold at all."""
        crosses = z3.And(as_term(self.slot.is_kind(REACHED)), as_term(self.slot.model_is(SUBJECT)))
        return replace(
            self,
            event=replace(self.event, harm=crosses),
            close=replace(self.close, harm=z3.BoolVal(False)),
        )

    def inputs_of(self, fact: Plain, gain: int) -> list[tuple[Any, Any]] | None:
        """A given fact as values of the inputs; None where nothing can tell it from none."""
        return _inputs(self.slot, self.gain, self.policy, fact, gain)


def system(
    question: Question,
    clauses: Sequence[Clause],
    *,
    world: bool = True,
    given: Sequence[Plain] | None = None,
) -> System:
    """The system of a harm and some clauses.

    Args:
        question: what is to be proved.
        clauses: the clauses that are kept.
        world: whether what is assumed of the world holds; tests leave it out.
        given: the facts with which every run begins; those of the question's beginning if None.

    Raises:
        Unsupported: the harm or a clause speaks of something a proof is not told about.
    """
    policy, harm = question.policy, question.harm
    for clause in (*clauses, harm.clause):
        _not_progress(clause)
    bank, names = Bank(), Names(policy)
    stance = Taken(policy, question.taking, bank)
    spoken = kinds(kinds_of([*clauses, harm.clause], policy), question.world)
    slot = Free(0, bank.ago(0), spoken, policy)  # type: ignore[arg-type]
    slots = Slots([], [slot], 1, bank.ago(0), bank.ago(0))  # type: ignore[arg-type]

    def past(clause: Clause, readings: Mapping[str, str]) -> Registers:
        if clause.common.for_each == "standard":
            raise Unsupported("a clause for each standard")
        model = SUBJECT if clause.common.for_each == "model" else None
        found = Registers(policy, slots, stance, model, readings, names)
        found.bank = bank
        return found

    event: list[Any] = []
    close: list[Any] = []
    for clause in clauses:
        if clause.common.force == "aim" and not stance.aims:
            raise Unsupported("an aim, which binds nothing as words are taken here")
        for readings in Anatomy(policy, clause).assignments:
            asked = steps(clause, past(clause, readings), readings, aims=stance.aims)
            excused = stance.excused(readings)
            event += [disj((excused, one.t)) for one in asked.event]
            close += [disj((excused, one.t)) for one in asked.close]
    if Anatomy(policy, harm.clause).readings:
        raise Unsupported("a harm of several parses")
    about = past(harm.clause, {})
    happens: Steps = steps(harm.clause, about, {}, aims=True)
    subject = Registers(policy, slots, stance, SUBJECT, {}, names)
    subject.bank = bank
    if world:
        if question.bounded:
            event += on_growth(slot, subject, question.world)
        if harm.hidden:
            of_fact, of_day = on_findings(slot, subject, question.world)
            event, close = event + of_fact, close + of_day
        event += on_facts(slot, subject)  # last: it speaks of every word that is asked
    event += slot.constraints()
    event, close = event + bank.facts, close + bank.facts
    registers = tuple(bank.registers[name] for name in sorted(bank.registers))
    inputs = (
        bank.elapsed,
        bank.gain,
        bank.apart,
        slot.kind,
        slot.model,
        *slot.words.values(),
        *slot.ranks.values(),
        *bank.choices,
    )
    born = True if harm.clause.common.for_each != "model" else about.born(0, SUBJECT)
    after = True if harm.clause.common.for_each != "model" else about.born(1, SUBJECT)
    found = System(
        registers,
        inputs,
        True,
        Half(
            as_term(conj(event)),
            {one.name: one.event for one in registers},
            as_term(conj((after, disj(one.f for one in happens.event)))),
        ),
        Half(
            as_term(conj((bank.elapsed >= 0, *close))),
            {one.name: one.tick for one in registers},
            as_term(conj((born, disj(one.f for one in happens.close)))),
        ),
        bank.elapsed,
        slot,
        bank.gain,
        policy,
    )
    if given is None:
        given = beginning(policy, question.start, Full(policy))
    return _begun(found, given, stance.constraints())


def _not_progress(clause: Clause) -> None:
    """Refuse a clause that progress in training sets off.

    A fact of a kind that no clause tells apart may state a figure of compute. Progress stands for
    it in a run, which is the same only where nothing hangs on progress itself.
    """
    nodes = [node for root in roots(clause) for node in below(root) if isinstance(node, Events)]
    if any(pattern.kind == "training_progress" for node in nodes for pattern in node.patterns):
        raise Unsupported("progress in training as an event")


def _begun(found: System, given: Sequence[Plain], ranges: Sequence[Any]) -> System:
    """The system with the state that the given facts lead to."""
    state = {one.name: one.blank for one in found.registers if one.blank is not None}
    for fact in given:
        adopted = fact.day >= FIRST
        values = found.inputs_of(fact, 0)
        if values is not None:
            state = _apply(found, state, values, adopted=adopted)
        if not adopted:
            state = _days_before(found, state, values, FIRST - fact.day)
    terms = [one.term == state[one.name] for one in found.registers if one.name in state]
    return replace(found, init=as_term(conj((*terms, *ranges))))


def _apply(
    found: System, state: Mapping[str, Any], values: list[tuple[Any, Any]], *, adopted: bool
) -> dict[str, Any]:
    given = [(one.term, _value(state[one.name])) for one in found.registers if one.name in state]
    after = {}
    for one in found.registers:
        if one.name not in state:
            continue
        if one.since == "chosen" or (one.since == "adopted" and not adopted):
            after[one.name] = state[one.name]
        else:
            after[one.name] = z3.simplify(z3.substitute(one.event, *given, *values))
    return after


def _days_before(
    found: System, state: Mapping[str, Any], values: list[tuple[Any, Any]] | None, days: int
) -> dict[str, Any]:
    """Days pass before the adoption: for what counts from an event, not from a birth."""
    after = dict(state)
    for one in found.registers:
        if one.occurs is None or values is None:
            continue
        given = [(r.term, _value(state[r.name])) for r in found.registers if r.name in state]
        if z3.is_true(z3.simplify(z3.substitute(one.occurs, *given, *values))):
            after[one.name] = z3.IntVal(days)
    return after


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return z3.BoolVal(value)
    return z3.IntVal(value) if isinstance(value, int) else value


def _inputs(
    slot: Free, gain: Any, policy: Policy, fact: Plain, more: int
) -> list[tuple[Any, Any]] | None:
    if fact.kind not in slot.kinds:
        return None
    about = NOBODY if fact.model is None else min(MODELS.index(fact.model), OTHER)
    found = [
        (slot.kind, z3.IntVal(slot.kinds.index(fact.kind))),
        (slot.model, z3.IntVal(about)),
        (gain, z3.IntVal(more if fact.kind in FIGURES else 0)),
    ]
    for (attribute, word), term in slot.words.items():
        value = fact.attributes.get(attribute, DEFAULTS.get((fact.kind, attribute)))
        if isinstance(value, bool):
            said = word == ("true" if value else "false")
        else:
            said = word == value if isinstance(value, str) else word in (value or ())
        found.append((term, z3.BoolVal(said)))
    for (attribute, name), term in slot.ranks.items():
        stated = fact.attributes.get(attribute, {}).get(name)
        scale = FINDINGS if attribute == "findings" else policy.scale
        found.append((term, z3.IntVal(-1 if stated is None else scale.index(stated))))
    return found
