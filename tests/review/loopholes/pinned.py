"""A timeline told to the solver whole: every slot open, then pinned to what a record says.

What is tested is what the search asks: days that are a month and a day of it, kinds, models, words
and ranks that are variables, and one term for each clause. The solver, told the values of a
record, must then say *kept* and *broken* as ``rule`` does, and must have no other answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

import texts
import z3
from timelines import Pinned, Stock, by_ruling, fixed, timeline

from ifthen import Policy, load_policy, policy_ids
from ifthen.dates import format_day
from ifthen.policy.model import Clause
from ifthen.review.loopholes.calendar import FIRST, Date, Unsupported, day_number, symbolic
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.encode import kept
from ifthen.review.loopholes.kleene import conj, disj, neg
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.slots import Fixed, Free, Slots
from ifthen.review.loopholes.stance import Stance
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import Anatomy

MONTHS = 36
"""How far a day may lie from the first."""
ENDS = [month * 31 + day for month in range(18) for day in (1, 2, 15, 28)]
"""Days of the ruling, as keys."""


class Told:
    """One clause under one choice of parses, over so many facts that the solver may choose."""

    def __init__(
        self, policy: Policy, clause: Clause, readings: Mapping[str, str], facts: Sequence[Plain]
    ) -> None:
        """``facts``: a timeline of that length; only its first is given."""
        given, rest = fixed(policy, list(facts[:1])), facts[1:]
        self.kinds = sorted({*kinds_of([clause], policy), *(fact.kind for fact in rest)})
        terms: list[Any] = []
        self.free = [
            Free(n, symbolic(f"at{n}", MONTHS, terms), self.kinds, policy)
            for n in range(1, len(facts))
        ]
        self.end = symbolic("end", MONTHS, terms)
        self.stance = Stance(policy)
        slots = Slots(given, self.free, len(MODELS[:2]), Date.at(FIRST), self.end)
        names, true, false = Names(policy), [], []
        for subject in slots.models if clause.common.for_each == "model" else (None,):
            asked = Conditions(policy, slots, self.stance, subject, readings, names)
            value = kept(clause, asked, lambda _: True)
            born = True if subject is None else asked.born(len(slots), subject)
            true.append(disj((neg(born), value.t)))
            false.append(conj((born, value.f)))
        self.kept, self.broken = z3.Bool("kept"), z3.Bool("broken")
        self.solver = z3.Solver()
        self.solver.add(self.kept == conj(true), self.broken == disj(false), *terms)
        for slot in self.free:
            self.solver.add(*slot.constraints())

    def says(self, facts: Sequence[Fixed], end: Date, wide: bool) -> tuple[bool, bool] | None:
        """Whether the clause is kept, and broken; None where a record like this is left out.

        Raises:
            AssertionError: the solver could answer otherwise.
        """
        self.solver.push()
        self.solver.add(*self._pins(facts, end, wide))
        found = None
        if self.solver.check() == z3.sat:
            model = self.solver.model()
            values = [z3.is_true(model.eval(one, True)) for one in (self.kept, self.broken)]
            found = (values[0], values[1])
            self.solver.add(z3.Or(self.kept != found[0], self.broken != found[1]))
            assert self.solver.check() == z3.unsat
        self.solver.pop()
        return found

    def _pins(self, facts: Sequence[Fixed], end: Date, wide: bool) -> Iterable[Any]:
        yield self.end.key == end.key
        for stretch, variable in self.stance.stretches.items():
            yield variable == (wide if stretch.sort == "word" else False)
        for slot, fact in zip(self.free, facts[1:], strict=True):
            yield slot.kind == self.kinds.index(fact.kind)
            yield slot.model == fact.model
            yield slot.date.key == fact.date.key
            yield slot.compute == fact.compute
            for word, variable in slot.words.items():
                yield variable == fact.says(*word)
            for name, variable in slot.ranks.items():
                yield variable == fact.rank(*name)


class Judged(NamedTuple):
    """One clause on one record."""

    kind: str
    verdict: str
    """``kept``, ``broken``, or ``open``, as the ruling has it."""
    apart: str | None
    """What the solver says, where it is something else."""


def case(seed: int, number: int, records: int = 10) -> list[Judged]:
    """Some random records of a clause, of a random policy or of one that comes with the package."""
    random = Random(f"{seed}/{number}")
    if number % 2:
        policy = texts.policy(random, clauses=1)
        try:
            return judged(policy, policy.clauses[0], random, records)
        except Unsupported:
            return []
    policy = _loaded(random.choice(policy_ids()))
    clauses = [c for c in policy.clauses if c.common.for_each != "standard" and binds(c)]
    for clause in random.sample(clauses, len(clauses)):
        try:
            return judged(policy, clause, random, records)
        except Unsupported:
            continue
    return []


_loaded = cache(load_policy)


def binds(clause: Clause) -> bool:
    """Whether a clause can be broken: what is only recommended or said is noted, never a fault."""
    return clause.common.force in ("commitment", "aim")


def judged(policy: Policy, clause: Clause, random: Random, records: int) -> list[Judged]:
    """One clause, told to the solver once, on some random records of one length.

    The ruling may find a fault where the solver leaves it open: it never is kept then.

    Raises:
        Unsupported: the solver cannot be told of the clause.
    """
    readings = random.choice(Anatomy(policy, clause).assignments)
    stock = Stock(policy, numbers=False)
    facts = timeline(stock, clause, random)
    told, found = Told(policy, clause, readings, facts), list[Judged]()
    for number in range(records):
        if number:
            facts = timeline(stock, clause, random, most=len(facts), length=len(facts))
        end = max(facts[-1].day, day_number(random.choice(ENDS)))
        stance = Pinned(policy, random.random() < 0.5, {})
        said = told.says(fixed(policy, facts), Date.at(end), stance.wide)
        keeps, fault = by_ruling(policy, clause, facts, end, stance, readings)
        apart = None
        if said is None or said[0] != keeps or (said[1] and not fault):
            words = f"words {'literal' if stance.wide else 'charitable'}, parses {dict(readings)}"
            name = f"{policy.id}#{clause.common.id}, {words}, up to {format_day(end)}"
            apart = f"{name}: solver {said}, ruling {keeps, fault}: {facts}"
        verdict = "kept" if keeps else "broken" if fault else "open"
        found.append(Judged(clause.kind, verdict, apart))
    return found
