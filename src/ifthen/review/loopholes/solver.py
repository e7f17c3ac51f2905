"""A solver apart from all that was asked before, so that one question always has one answer."""

from __future__ import annotations

from typing import Any

import z3


class Solver:
    """z3 in a context of its own: terms are taken over, and solutions given back."""

    def __init__(self, timeout: float) -> None:
        """A solver that takes at most so many seconds for a question."""
        self._context = z3.Context()
        self._solver = z3.Solver(ctx=self._context)
        self._solver.set("timeout", int(timeout * 1000))
        self._solver.set("smt.arith.solver", 2)  # the older simplex takes half the time here

    def add(self, *terms: Any) -> None:
        """Ask for terms to hold."""
        for term in terms:
            if term is not True:
                own = z3.BoolVal(False) if term is False else term
                self._solver.add(own.translate(self._context))

    def check(self) -> str:
        """``sat``, ``unsat`` or ``unknown``."""
        return str(self._solver.check())

    def model(self) -> Any:
        """The solution after ``sat``."""
        return self._solver.model().translate(z3.main_ctx())

    def push(self) -> None:
        """Begin something that can be taken back."""
        self._solver.push()

    def pop(self) -> None:
        """Take back what was asked since the last beginning."""
        self._solver.pop()

    def clear(self) -> None:
        """Take back everything but what was asked at first."""
        self._solver.pop(self._solver.num_scopes())
