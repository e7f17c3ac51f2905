"""Proofs from the parts of others: what holds of a policy helps with more than one harm.

Two harms of one policy are often excluded for one reason. The parts of the invariants on file are
candidates for another harm; those that do not hold at the start, or that a step does not preserve,
are left out until the rest is preserved (the method is known as Houdini).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import z3

from ifthen.review.loopholes.proof.spacer import breaks, failing
from ifthen.review.loopholes.proof.system import System


def known_parts(system: System, texts: Iterable[str]) -> list[Any]:
    """Parts of invariants, in SMT-LIB, that speak of nothing but registers of this system."""
    known, found = {one.name: one.term for one in system.registers}, []
    for text in dict.fromkeys(texts):
        try:
            found += z3.parse_smt2_string(f"(assert {text})", decls=known)
        except z3.Z3Exception:
            continue
    return found


def preserved(system: System, candidates: Sequence[Any], timeout: float) -> tuple[Any, ...]:
    """The most of some candidates that hold at the start and that every step preserves together.

    Those of which the solver does not know in time are left out.
    """
    kept = [one for one in candidates if _never(z3.And(system.init, z3.Not(one)), timeout)]
    halves = (
        (system.event.asked, system.event.next),
        (system.tick, system.close.next),
    )
    while True:
        holds = z3.And(*kept) if kept else z3.BoolVal(True)
        left = [
            one
            for one in kept
            if all(_never(breaks(system, holds, one, *half), timeout) for half in halves)
        ]
        if len(left) == len(kept):
            return tuple(kept)
        kept = left


def from_siblings(system: System, texts: Iterable[str], timeout: float) -> tuple[Any, ...] | None:
    """An invariant that excludes the harm, from the parts of others; None where they do not do."""
    parts = preserved(system, known_parts(system, texts), timeout)
    return parts if parts and failing(system, parts, timeout) is None else None


def _never(term: Any, timeout: float) -> bool:
    solver = z3.Solver()
    solver.set("timeout", max(1, int(timeout * 1000)))
    solver.add(term)
    return bool(solver.check() == z3.unsat)
