"""Runs of a system, step by step: one that ends in the harm; whether a system admits one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import z3

from ifthen.review.loopholes.findings import as_term
from ifthen.review.loopholes.kleene import neg
from ifthen.review.loopholes.proof.system import System


@dataclass(frozen=True, slots=True)
class Deed:
    """A fact of a run, as far as the system it is of can tell it apart."""

    kind: str
    model: int
    gain: int
    words: Mapping[tuple[str, str], bool]
    ranks: Mapping[tuple[str, str], int]

    def inputs(self, system: System) -> list[tuple[Any, Any]] | None:
        """Its values in another system; None where that cannot tell it from none."""
        slot = system.slot
        if self.kind not in slot.kinds:
            return None
        found = [
            (slot.kind, z3.IntVal(slot.kinds.index(self.kind))),
            (slot.model, z3.IntVal(self.model)),
            (system.gain, z3.IntVal(self.gain)),
        ]
        words = ((term, self.words.get(key)) for key, term in slot.words.items())
        found += [(term, z3.BoolVal(value)) for term, value in words if value is not None]
        ranks = ((term, self.ranks.get(key)) for key, term in slot.ranks.items())
        return found + [(term, z3.IntVal(value)) for term, value in ranks if value is not None]


class Fact(Protocol):
    """A fact of a run."""

    def inputs(self, system: System) -> list[tuple[Any, Any]] | None:
        """Its values in a system; None where that cannot tell it from none."""


Step: TypeAlias = int | Fact
"""Days that pass, or a fact."""


class Unrolled:
    """A system followed from its start, step by step."""

    def __init__(self, system: System, timeout: float) -> None:
        self.system = system
        self.solver = z3.Solver()
        self.solver.set("timeout", max(1, int(timeout * 1000)))
        self.steps = 0
        self._later = [z3.Const(f"{t.decl().name()}'", t.sort()) for t in system.state]
        self._fact = self._whole(system.event.asked, system.event.next)
        self._day = self._whole(system.tick, system.close.next)
        self._from = self._state()
        self._inputs = self._chosen()
        self.solver.add(self.now(system.init))

    def _whole(self, asked: Any, after: Mapping[str, Any]) -> Any:
        """A step as one term over the state, the inputs and the state after it."""
        named = zip(self._later, self.system.registers, strict=True)
        return z3.And(asked, *(later == after[one.name] for later, one in named))

    def _state(self) -> list[tuple[Any, Any]]:
        return [
            (t, z3.Const(f"{t.decl().name()}@{self.steps}", t.sort())) for t in self.system.state
        ]

    def _chosen(self) -> list[tuple[Any, Any]]:
        return [(t, self.input(t)) for t in self.system.inputs]

    def now(self, term: Any) -> Any:
        """A term about the state and the inputs of this step."""
        return z3.substitute(as_term(term), *self._from, *self._inputs)

    def input(self, term: Any) -> Any:
        """An input at this step."""
        return z3.Const(f"{term.decl().name()}#{self.steps}", term.sort())

    def step(self, fact: Any) -> None:
        """Take a step: a fact where ``fact`` holds, else the end of a day."""
        before, chosen = self._from, self._inputs
        self.steps += 1
        self._from, self._inputs = self._state(), self._chosen()
        after = [(later, now) for later, (_, now) in zip(self._later, self._from, strict=True)]
        for taken, whole in ((fact, self._fact), (neg(fact), self._day)):
            if taken is not False:
                term = z3.substitute(whole, *before, *chosen, *after)
                self.solver.add(term if taken is True else z3.Implies(taken, term))

    def pin(self, values: Sequence[tuple[Any, Any]]) -> None:
        """Fix inputs of this step."""
        self.solver.add(*(self.input(term) == value for term, value in values))

    def possible(self, *more: Any) -> bool | None:
        """Whether such a run exists; None where the solver gives no answer."""
        answer = self.solver.check(*more)
        return None if answer == z3.unknown else bool(answer == z3.sat)

    def harmed(self) -> Any:
        """That the next step ends in the harm."""
        return self.now(self.system.bad)


def shortest(system: System, most: int, timeout: float) -> list[Step] | None:
    """The shortest run of at most so many steps that ends in the harm; None where none is found."""
    found = Unrolled(system, timeout)
    facts: list[Any] = []
    for _ in range(most + 1):
        goal = z3.Bool(f"goal{found.steps}")
        found.solver.add(z3.Implies(goal, found.harmed()))
        if found.possible(goal):
            model = found.solver.model()
            return [_read(found, model, n, fact) for n, fact in enumerate([*facts, None])]
        fact = z3.Bool(f"fact{found.steps}")
        if facts:
            found.solver.add(z3.Or(fact, facts[-1]))  # days that pass are one step
        facts.append(fact)
        found.step(fact)
    return None


def lasts(system: System, days: int, most: int, timeout: float) -> bool:
    """Whether some run of at most so many steps keeps every clause for so many days."""
    found, total = Unrolled(system, timeout), z3.IntVal(0)
    for _ in range(most + 1):
        closed = z3.And(found.now(system.close.asked), found.input(system.elapsed) >= 0)
        if found.possible(closed, total + found.input(system.elapsed) >= days):
            return True
        fact, passed = z3.Bool(f"fact{found.steps}"), found.input(system.elapsed)
        total = total + z3.If(fact, 0, passed)
        found.step(fact)
    return False


def _read(found: Unrolled, model: Any, number: int, fact: Any) -> Step:
    system = found.system

    def value(term: Any) -> Any:
        return model.eval(z3.Const(f"{term.decl().name()}#{number}", term.sort()), True)

    is_fact = z3.is_true(model.eval(fact, True)) if fact is not None else _by_fact(found, model)
    if not is_fact:
        return int(value(system.elapsed).as_long())
    slot = system.slot
    return Deed(
        slot.kinds[value(slot.kind).as_long()],
        value(slot.model).as_long(),
        value(system.gain).as_long(),
        {key: z3.is_true(value(term)) for key, term in slot.words.items()},
        {key: value(term).as_long() for key, term in slot.ranks.items()},
    )


def _by_fact(found: Unrolled, model: Any) -> bool:
    """Whether the last step of a run that ends badly is a fact."""
    part = z3.And(found.system.event.asked, found.system.event.harm)
    return bool(z3.is_true(model.eval(found.now(part), True)))


def admits(system: System, run: Sequence[Step], timeout: float) -> bool | None:
    """Whether a system admits a run: at each of its steps every clause may be kept."""
    return _followed(system, run, timeout, badly=False)


def ends_badly(system: System, run: Sequence[Step], timeout: float) -> bool | None:
    """Whether a system admits a run at whose last step the harm may happen."""
    return _followed(system, run, timeout, badly=True)


def _followed(system: System, run: Sequence[Step], timeout: float, *, badly: bool) -> bool | None:
    found = Unrolled(system, timeout)
    for number, step in enumerate(run, 1):
        day = isinstance(step, int)
        values = _values(system, step)
        if values is None:  # nothing here can tell such a fact from none
            if badly and number == len(run):
                return False
            continue
        found.pin(values)
        if number < len(run) and step != 0:
            found.step(not day)
        elif number == len(run):
            half = system.close if day else system.event
            found.solver.add(found.now(half.asked), found.now(half.harm) if badly else True)
    return found.possible()


def _values(system: System, step: Step) -> list[tuple[Any, Any]] | None:
    if isinstance(step, int):
        return [(system.elapsed, z3.IntVal(step))]
    return step.inputs(system)
