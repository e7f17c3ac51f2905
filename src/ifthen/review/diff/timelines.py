"""Timelines that two policies read alike: events the solver may choose, and what is kept on them.

Either policy reads the events through its own names: what the older one calls by another name is
the same word of the same event. Nothing is assumed of the world but that a record makes sense: its
facts are in order; the first about a model is the start of its training; what has not begun does
not go on; compute never shrinks; a finding speaks of every threshold or category of which the
clauses speak; and a fact says what follows from what else it says, as that a model below one
threshold is below another that lies in its shadow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from ifthen.dates import Duration
from ifthen.policy.model import (
    Cadence,
    Call,
    Clause,
    DurationLiteral,
    Duty,
    Events,
    Expression,
    Forbid,
    Maintain,
    Policy,
    Power,
    Procedure,
    Quantified,
    TermRef,
    Whenever,
    Within,
)
from ifthen.review.diff.canonical import FALSE
from ifthen.review.diff.replay import Side
from ifthen.review.diff.ways import Bounds
from ifthen.review.loopholes.calendar import FIRST, Date, Unsupported, day_number, symbolic
from ifthen.review.loopholes.concrete import Plain, plain_facts
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.encode import kept
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.kleene import TRUE, Bit, K, conj, disj, neg
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.slots import NOBODY, Fixed, Free, Slot, Slots, phase
from ifthen.review.loopholes.stance import Sort, Stance
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import KINDS

Readings = Mapping[str, str]
BINDING = ("commitment", "aim")
"""Forces of what can be broken."""
_IDLE = ("roles", "framework_confirmed", "classification_notified", "organisation", "bug_bounty")
"""Kinds of fact that begin a timeline and fill it up, unless a clause speaks of them."""
_GOES_ON = ("training_progress", "training_paused", "training_ended")
"""What happens only to training that is under way."""
_BEYOND = 3
"""Months that a timeline may last beyond the longest length of time in the clauses."""
_SOON = Within(DurationLiteral(Duration(30, "day")))
"""The deadline that a duty is given where it has none."""
_MONTHS = {"month": 1, "year": 12}


class _Pinned(Stance):
    """Every word taken as widely as the words allow, or every one as a charitable reader does."""

    def stretched(self, sort: Sort, name: str) -> Any:
        """Whether something is stretched: every word, where words are taken literally."""
        del name
        return _LITERAL if sort == "word" else False


_LITERAL = z3.Bool("literal")
"""Whether words that leave room mean what the words alone allow."""


class _Read:
    """A slot in the names of a policy in which some things are called otherwise."""

    def __init__(self, slot: Slot, names: Mapping[str, str]) -> None:
        self.index, self.date, self.compute = slot.index, slot.date, slot.compute
        self._slot = slot
        self._names = names

    def is_kind(self, kind: str) -> Bit:
        """Whether it is of a kind."""
        return self._slot.is_kind(kind)

    def model_is(self, model: int) -> Bit:
        """Whether it names a model."""
        return self._slot.model_is(model)

    def says(self, attribute: str, word: str) -> Bit:
        """Whether an attribute states a word."""
        return self._slot.says(attribute, self._names.get(word, word))

    def unsaid(self, attribute: str) -> Bit:
        """Whether an attribute is left out."""
        return self._slot.unsaid(attribute)

    def number(self, attribute: str) -> Fraction | None:
        """The number that an attribute states."""
        return self._slot.number(attribute)

    def rank(self, attribute: str, name: str) -> Any:
        """The rank of a finding or level."""
        return self._slot.rank(attribute, self._names.get(name, name))


class Timelines:
    """Every timeline of at most so many events, and whether it keeps a clause."""

    def __init__(
        self,
        sides: Sequence[Side],
        new: Policy,
        names: Mapping[str, str],
        bounds: Bounds,
    ) -> None:
        """Timelines in what some clauses speak of.

        Args:
            sides: the clauses.
            new: the newer policy, whose names are used.
            names: ids of the older policy to those of the newer.
            bounds: how many events there may be, and how long a question may take.

        Raises:
            Unsupported: the clauses speak of what cannot be read alike.
        """
        self._new = new
        self._policies = list({side.policy.id: side.policy for side in sides}.values())
        self._names = names
        self._terms: list[Any] = []
        self._reading: dict[str, tuple[Slots, _Pinned, Names]] = {}
        self._asked: dict[Any, Conditions] = {}
        _same_scale(sides)
        spoken = sorted({k for side in sides for k in kinds_of([side.clause], side.policy)})
        self._idle = next((kind for kind in _IDLE if kind not in spoken), "")
        if not self._idle:
            raise Unsupported("every kind of fact that could begin a timeline")
        self._months = _months(sides)
        self.slots = self._slots(bounds.events, (*spoken, self._idle), _models(sides))
        self.given = (Plain(self._idle, FIRST, None),)
        clauses = tuple(clause for side in sides for clause in side.with_counted())
        self.full = Full(replace(self._new, clauses=clauses))
        self._world()
        self._asked_words = -1
        # Apart from all that was asked before, so that one question always has one answer.
        self._apart = z3.Context()
        self._solver = z3.Solver(ctx=self._apart)
        self._solver.set("timeout", int(bounds.timeout * 1000))
        self._add(self._terms)

    # --- what it is made of ----------------------------------------------------------------

    def _slots(self, events: int, kinds: Sequence[str], models: int) -> Slots:
        given = [Fixed(0, self._idle, NOBODY, Date.at(FIRST), 0, {}, self._new.scale)]
        start = ("training_started", self._idle)
        free = [
            Free(n, symbolic(f"at{n}", self._months, self._terms), own, self._new)
            for n, own in enumerate([start, *[kinds] * events], start=1)
        ]
        end = symbolic("end", self._months, self._terms)
        return Slots(given, free, models, Date.at(FIRST), end)

    def _world(self) -> None:
        """What holds of every record that makes sense."""
        conditions = self._conditions(self._new, None, {})
        add = self._terms.append
        for one, two in pairwise(self.slots.all):
            same = conj((one.date.key == two.date.key, phase(one) <= phase(two)))
            add(disj((one.date.key < two.date.key, same)))
        add(self.slots.all[-1].date.key <= self.slots.end.key)
        first, *rest = self.slots.free
        add(disj((neg(first.is_kind(self._idle)), first.date.key == Date.at(FIRST).key)))
        for one, two in pairwise(rest):  # what fills up comes last
            add(disj((neg(one.is_kind(self._idle)), two.is_kind(self._idle))))
        for slot in self.slots.free:
            idle = slot.is_kind(self._idle)
            needs = disj(slot.is_kind(kind) for kind in slot.kinds if KINDS[kind].needs_model)
            add(z3.And(slot.model >= NOBODY, slot.model < len(self.slots.models)))
            add(disj((neg(needs), slot.model >= 0)))
            add(
                disj(
                    (
                        neg(idle),
                        conj(
                            (
                                slot.model == NOBODY,
                                slot is first or slot.date.key == self.slots.end.key,
                            )
                        ),
                    )
                )
            )
            states = disj(slot.is_kind(kind) for kind in FIGURES)
            add(z3.And(slot.compute >= 0, slot.compute <= 40_000))
            add(disj((states, slot.compute == 0)))
            for model in self.slots.models:
                own, born = slot.model_is(model), conditions.born(slot.index, model)
                add(disj((neg(own), born, slot.is_kind("training_started"))))
                grown = slot.compute >= conditions.compute(model, slot.index)
                add(disj((neg(conj((own, states))), grown)))
                running = conditions.running("train", model, slot.index)
                goes_on = disj(map(slot.is_kind, _GOES_ON))
                add(neg(conj((own, goes_on, neg(running)))))
                begins = disj(map(slot.is_kind, ("training_started", "training_resumed")))
                add(neg(conj((own, begins, running))))

    def _consistent(self, slot: Free) -> Iterator[Bit]:
        """What a fact says that either policy has follow from what else it says."""
        decides = slot.is_kind("threshold_decision")
        yield from (disj((neg(decides), rank >= 0)) for rank in slot.ranks.values())
        for policy in self._policies:
            names = self._names if policy is not self._new else {}
            for standard in policy.standards.values():
                for other in standard.includes:
                    one, two = (
                        ("standard", names.get(name, name)) for name in (standard.id, other)
                    )
                    if one in slot.words and two in slot.words:
                        lapses = slot.is_kind("standard_lapsed")
                        yield disj((lapses, neg(slot.words[one]), slot.words[two]))
            for threshold in policy.thresholds.values():
                for other in threshold.above:
                    one, two = (
                        ("findings", names.get(name, name)) for name in (threshold.id, other)
                    )
                    if one in slot.ranks and two in slot.ranks:
                        yield disj((slot.ranks[two] != 0, slot.ranks[one] <= 0))

    def _conditions(self, policy: Policy, subject: int | None, readings: Readings) -> Conditions:
        if policy.id not in self._reading:
            renamed = policy is not self._new and self._names
            slots = self.slots
            if renamed:
                read = [_Read(slot, self._names) for slot in slots.all]
                slots = _seen(slots, read)
            names = Names(policy)
            self._reading[policy.id] = (slots, _Pinned(policy), names)
        slots, stance, names = self._reading[policy.id]
        key = (policy.id, subject, tuple(readings.items()))
        if key not in self._asked:
            self._asked[key] = Conditions(policy, slots, stance, subject, readings, names)
        return self._asked[key]

    def kept(self, side: Side, readings: Readings) -> K:
        """Whether a clause is kept about every subject, by some parses.

        Raises:
            Unsupported: it speaks of something the solver is not told about.
        """
        clause = side.clause
        if clause.common.force not in BINDING:
            return TRUE
        if clause.common.for_each == "standard":
            raise Unsupported("a clause for each standard")
        subjects: Iterable[int | None] = (None,)
        if clause.common.for_each == "model":
            subjects = self.slots.models
        t, f = [], []
        for subject in subjects:
            conditions = self._conditions(side.policy, subject, readings)
            value = kept(clause, conditions, lambda _: True)
            born = True if subject is None else conditions.born(len(self.slots), subject)
            t.append(disj((neg(born), value.t)))
            f.append(conj((born, value.f)))
        return K(conj(t), disj(f))

    # --- asking ----------------------------------------------------------------------------

    def ask(self, *terms: Bit, literal: bool) -> tuple[str, Any]:
        """``sat`` with a solution, ``unsat`` or ``unknown``; by the words, or charitably."""
        self._settle()
        self._solver.push()
        try:
            self._add((literal == _LITERAL, *terms))
            answer = str(self._solver.check())
            solution = self._solver.model().translate(z3.main_ctx()) if answer == "sat" else None
            return answer, solution
        finally:
            self._solver.pop()

    def _settle(self) -> None:
        """Tell the solver what holds of the words by which facts have been asked so far."""
        asked = sum(len(slot.words) + len(slot.ranks) for slot in self.slots.free)
        if asked != self._asked_words:
            self._asked_words = asked
            for slot in self.slots.free:
                self._add((*slot.constraints(), *self._consistent(slot)))

    def _add(self, terms: Iterable[Bit]) -> None:
        told = (z3.BoolVal(term) if isinstance(term, bool) else term for term in terms)
        self._solver.add(*(term.translate(self._apart) for term in told))

    def facts(self, solution: Any) -> tuple[list[Plain], int]:
        """A solution as facts, and the day of the ruling."""
        found = plain_facts(solution, self.slots, self.given, self.full)
        end = int(solution.eval(self.slots.end.key, True).as_long())
        return [f for f in found if f.part == "given" or f.kind != self._idle], day_number(end)


def _seen(slots: Slots, read: Sequence[Slot]) -> Slots:
    """The same timeline, its facts read in other names."""
    given = len(slots.all) - len(slots.free)
    return Slots(read[:given], read[given:], len(slots.models), slots.start, slots.end)  # type: ignore[arg-type]


# --- what the clauses speak of ----------------------------------------------------------------


def _nodes(side: Side) -> Iterator[Expression]:
    for clause in side.with_counted():
        for root in roots(clause):
            yield from below(root)


def _same_scale(sides: Sequence[Side]) -> None:
    """Levels of one scale are no levels of another."""
    for side in sides:
        levels = any(
            isinstance(node, Call) and node.function in ("level", "forecast")
            for node in _nodes(side)
        )
        if levels and any(other.policy.scale != side.policy.scale for other in sides):
            raise Unsupported("levels of risk, which the other version counts on another scale")


def _months(sides: Sequence[Side]) -> int:
    """How many months a timeline may last: beyond the longest length of time."""
    longest = 0
    for side in sides:
        for node in _nodes(side):
            lengths: tuple[Any, ...] = ()
            if isinstance(node, DurationLiteral):
                lengths = (node.value,)
            elif isinstance(node, TermRef):
                term = side.policy.terms[node.term]
                lengths = (term.literal.value, term.charitable.value)
            for length in lengths:
                if isinstance(length, Duration):
                    per_unit = _MONTHS.get(length.unit)
                    months = length.count * per_unit if per_unit else length.count * 7 // 28 + 1
                    longest = max(longest, months)
    return longest + _BEYOND


def _models(sides: Sequence[Side]) -> int:
    """Two where models may matter to each other, else one."""
    for side in sides:
        for node in _nodes(side):
            if isinstance(node, Quantified) and _is_models(node.domain):
                return 2
            if isinstance(node, Events) and any(
                test.attribute == "model" and "any" in test.values
                for pattern in node.patterns
                for test in pattern.tests
            ):
                return 2
    return 1 if len({side.clause.common.for_each for side in sides}) == 1 else 2


def _is_models(domain: Expression) -> bool:
    return isinstance(domain, Call) and domain.function == "models"


def due(side: Side) -> Side | None:
    """The version as if what has no deadline were due; None where something else is so."""
    clause = side.clause
    if not isinstance(clause, Whenever) or clause.duty is None or clause.duty.deadlines:
        return None
    asked = replace(clause, duty=replace(clause.duty, deadlines=(_SOON,)))
    clauses = tuple(asked if c.common.id == clause.common.id else c for c in side.policy.clauses)
    return Side(replace(side.policy, clauses=clauses), asked)


def hollow(clause: Clause) -> Clause:
    """The clause with nothing that could satisfy it: broken wherever it is put to the test."""
    nothing = Events(())

    def undone(duty: Duty) -> Duty:
        return replace(duty, then=tuple(nothing for _ in duty.then))

    match clause:
        case Cadence():
            return replace(clause, do=nothing)
        case Whenever(duty=None):
            return replace(clause, require=FALSE)
        case Whenever(duty=duty) if duty is not None:
            return replace(clause, duty=undone(duty))
        case Forbid():
            return replace(clause, unless=FALSE)
        case Maintain():
            return replace(clause, keep=FALSE)
        case Procedure(steps=steps):
            # A decision is put to the test by being made.
            return replace(clause, steps=tuple(replace(s, by=(), do=(nothing,)) for s in steps))
        case Power():
            return replace(clause, if_=FALSE)
    return clause
