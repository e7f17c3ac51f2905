"""Asking solvers: for an invariant of a system, and whether one holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import z3

from ifthen.review.loopholes.proof.system import System

Answer: TypeAlias = Literal["yes", "no", "unknown"]
Condition: TypeAlias = Literal["initiation", "consecution", "safety"]
_AS_WRITTEN = ("xform.slice", "xform.inline_linear", "xform.inline_eager")
"""Rewritings that would leave an invariant of another system than the one asked about."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for an invariant came to."""

    answer: Answer
    """Whether there is one: ``no`` where a run of the system reaches the harm."""
    conjuncts: tuple[Any, ...] = ()
    """The parts of the invariant, over the registers."""


def invariant(system: System, timeout: float) -> Found:
    """An invariant that excludes the harm, from the solver of Horn clauses.

    Args:
        system: the system.
        timeout: seconds it may take.
    """
    solver = z3.Fixedpoint()
    solver.set(engine="spacer", timeout=max(1, int(timeout * 1000)))
    for one in _AS_WRITTEN:
        solver.set(one, False)
    state = system.state
    holds = z3.Function("holds", *(term.sort() for term in state), z3.BoolSort())
    harm = z3.Function("harm", z3.BoolSort())
    for relation in (holds, harm):
        solver.register_relation(relation)
    solver.declare_var(*state, *system.inputs)
    solver.rule(holds(*state), [system.init])
    for asked, after in ((system.event.asked, system.event.next), (system.tick, system.close.next)):
        then = holds(*(after[one.name] for one in system.registers))
        solver.rule(then, [holds(*state), asked])
    solver.rule(harm(), [holds(*state), system.bad])
    try:
        answer = solver.query(harm())
        if answer != z3.unsat:
            return Found("no" if answer == z3.sat else "unknown")
        return Found("yes", _read(solver.get_answer(), holds, state))
    except z3.Z3Exception:
        return Found("unknown")


def _read(answer: Any, holds: Any, state: Sequence[Any]) -> tuple[Any, ...]:
    """The invariant in the answer: ``forall x: holds(x) = …`` with the registers for ``x``."""
    for part in answer.children() if z3.is_and(answer) else [answer]:
        if not z3.is_quantifier(part):
            continue
        head, body = part.body().children()
        if head.decl().eq(holds):
            given = [(child, term) for child, term in zip(head.children(), state, strict=True)]
            size = part.num_vars()
            order: list[Any] = [None] * size
            for child, term in given:
                order[z3.get_var_index(child)] = term
            return conjuncts(z3.substitute_vars(body, *order))
    return ()


def conjuncts(term: Any) -> tuple[Any, ...]:
    """The parts of a conjunction."""
    if z3.is_and(term):
        return tuple(part for each in term.children() for part in conjuncts(each))
    return () if z3.is_true(term) else (term,)


def failing(system: System, parts: Sequence[Any], timeout: float) -> Condition | None:
    """Which of the three conditions of an invariant does not hold; None where all do.

    ``initiation``: it holds where every run begins. ``consecution``: every step preserves it.
    ``safety``: no step from where it holds ends in the harm. A plain solver decides each; what it
    does not decide in time counts as failing.
    """
    holds = z3.And(*parts) if parts else z3.BoolVal(True)
    asked: tuple[tuple[Condition, Any], ...] = (
        ("initiation", z3.And(system.init, z3.Not(holds))),
        ("consecution", breaks(system, holds, holds, system.event.asked, system.event.next)),
        ("consecution", breaks(system, holds, holds, system.tick, system.close.next)),
        ("safety", z3.And(holds, system.bad)),
    )
    for name, term in asked:
        solver = z3.Solver()
        solver.set("timeout", max(1, int(timeout * 1000)))
        solver.add(term)
        if solver.check() != z3.unsat:
            return name
    return None


def breaks(system: System, holds: Any, then: Any, asked: Any, after: Any) -> Any:
    """That a step from where something holds leads to where something else does not."""
    given = [(one.term, after[one.name]) for one in system.registers]
    return z3.And(holds, asked, z3.Not(z3.substitute(then, *given)))


def smaller(system: System, parts: Sequence[Any], timeout: float) -> tuple[Any, ...]:
    """An invariant without the parts that are not needed: each that is left is needed."""
    kept = list(parts)
    for one in sorted(parts, key=lambda each: -len(each.sexpr())):
        rest = [each for each in kept if each is not one]
        if failing(system, rest, timeout) is None:
            kept = rest
    return tuple(kept)
