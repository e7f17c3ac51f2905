"""The question in CP-SAT: the terms that z3 is given, one by one, as reified constraints.

Nothing is encoded anew: what differs is the engine alone. A constraint programmer who starts from
the text may well find a better model; this one says how CP-SAT does with ours. Days stay days. One
worker, so that its seconds are those of one core like the others'.
"""

from __future__ import annotations

import time
from typing import Any

import z3

WIDEST = 200_000
"""The range of a number that nothing else bounds."""


class Translation:
    """Terms of z3 as a model of CP-SAT."""

    def __init__(self, terms: list[Any]) -> None:
        from ortools.sat.python import cp_model

        self.model = cp_model.CpModel()
        self.variables: dict[str, tuple[Any, Any]] = {}
        """By name: the constant of z3, and what stands for it here."""
        self._bits: dict[int, Any] = {}
        self._numbers: dict[int, tuple[Any, int, int]] = {}
        self._bounds = _bounds(terms)
        for term in terms:
            self.model.add_bool_or(self.bit(term))

    def bit(self, term: Any) -> Any:
        """A truth value as a literal."""
        key = term.get_id()
        if key not in self._bits:
            self._bits[key] = self._bit(term)
        return self._bits[key]

    def _bit(self, term: Any) -> Any:
        kind, parts = term.decl().kind(), term.children()
        if kind in (z3.Z3_OP_TRUE, z3.Z3_OP_FALSE):
            return self.model.new_constant(kind == z3.Z3_OP_TRUE)
        if kind == z3.Z3_OP_UNINTERPRETED:
            made = self.model.new_bool_var(str(term))
            self.variables[str(term)] = term, made
            return made
        if kind == z3.Z3_OP_NOT:
            return ~self.bit(parts[0])
        if kind in (z3.Z3_OP_AND, z3.Z3_OP_OR):
            return self._junction([self.bit(part) for part in parts], kind == z3.Z3_OP_AND)
        if kind == z3.Z3_OP_IMPLIES:
            return self._junction([~self.bit(parts[0]), self.bit(parts[1])], False)
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT) and z3.is_bool(parts[0]):
            one, two = (self.bit(part) for part in parts)
            held = self._reified(one + 0 == two + 0, one + two == 1)
            return held if kind == z3.Z3_OP_EQ else ~held
        if kind == z3.Z3_OP_ITE:
            asked, yes, no = (self.bit(part) for part in parts)
            both = [self._junction([asked, yes], True), self._junction([~asked, no], True)]
            return self._junction(both, False)
        if kind == z3.Z3_OP_PB_AT_MOST:
            most = term.decl().params()[0]
            total = sum(self.bit(part) for part in parts)
            return self._reified(total <= most, total >= most + 1)
        one, two = (self.number(part)[0] for part in parts)
        return {
            z3.Z3_OP_LE: lambda: self._reified(one <= two, one >= two + 1),
            z3.Z3_OP_GE: lambda: self._reified(one >= two, one <= two - 1),
            z3.Z3_OP_LT: lambda: self._reified(one <= two - 1, one >= two),
            z3.Z3_OP_GT: lambda: self._reified(one >= two + 1, one <= two),
            z3.Z3_OP_EQ: lambda: self._reified(one == two, one != two),
            z3.Z3_OP_DISTINCT: lambda: self._reified(one != two, one == two),
        }[kind]()

    def _junction(self, bits: list[Any], every: bool) -> Any:
        made = self.model.new_bool_var("")
        if every:
            self.model.add_bool_and(bits).only_enforce_if(made)
            self.model.add_bool_or([~bit for bit in bits] + [made])
        else:
            self.model.add_bool_or(bits).only_enforce_if(made)
            self.model.add_bool_and([~bit for bit in bits]).only_enforce_if(~made)
        return made

    def _reified(self, held: Any, fails: Any) -> Any:
        if isinstance(held, bool):
            return self.model.new_constant(held)
        made = self.model.new_bool_var("")
        self.model.add(held).only_enforce_if(made)
        self.model.add(fails).only_enforce_if(~made)
        return made

    def number(self, term: Any) -> tuple[Any, int, int]:
        """A number as a linear expression, with its range."""
        key = term.get_id()
        if key not in self._numbers:
            self._numbers[key] = self._number(term)
        return self._numbers[key]

    def _number(self, term: Any) -> tuple[Any, int, int]:
        kind, parts = term.decl().kind(), term.children()
        if z3.is_int_value(term):
            value = term.as_long()
            return value, value, value
        if kind == z3.Z3_OP_UNINTERPRETED:
            low, high = self._bounds.get(str(term), (-WIDEST, WIDEST))
            made = self.model.new_int_var(low, high, str(term))
            self.variables[str(term)] = term, made
            return made, low, high
        if kind == z3.Z3_OP_ITE:
            asked = self.bit(parts[0])
            (yes, a, b), (no, c, d) = (self.number(part) for part in parts[1:])
            made = self.model.new_int_var(min(a, c), max(b, d), "")
            self.model.add(made == yes).only_enforce_if(asked)
            self.model.add(made == no).only_enforce_if(~asked)
            return made, min(a, c), max(b, d)
        given = [self.number(part) for part in parts]
        if kind == z3.Z3_OP_ADD:
            return sum(g[0] for g in given), sum(g[1] for g in given), sum(g[2] for g in given)
        if kind == z3.Z3_OP_SUB:
            (one, a, b), (two, c, d) = given
            return one - two, a - d, b - c
        if kind == z3.Z3_OP_UMINUS:
            ((one, a, b),) = given
            return -one, -b, -a
        if kind == z3.Z3_OP_MUL:
            (one, a, b), (two, c, d) = given
            ends = (a * c, a * d, b * c, b * d)
            return one * two, min(ends), max(ends)
        raise ValueError(f"a term of this form: {term.decl()}")


def _bounds(terms: list[Any]) -> dict[str, tuple[int, int]]:
    """The ranges that top-level comparisons of a constant with a numeral state."""
    found: dict[str, list[int]] = {}
    todo = list(terms)
    for term in todo:
        kind, parts = term.decl().kind(), term.children()
        if kind == z3.Z3_OP_AND:
            todo += parts
        if len(parts) != 2 or not z3.is_int_value(parts[1]) or not z3.is_const(parts[0]):
            continue
        own, value = found.setdefault(str(parts[0]), [-WIDEST, WIDEST]), parts[1].as_long()
        if kind in (z3.Z3_OP_GE, z3.Z3_OP_GT):
            own[0] = max(own[0], value + (kind == z3.Z3_OP_GT))
        elif kind in (z3.Z3_OP_LE, z3.Z3_OP_LT):
            own[1] = min(own[1], value - (kind == z3.Z3_OP_LT))
    return {name: (low, high) for name, (low, high) in found.items()}


def solve(terms: list[Any], limit: float) -> tuple[str, Any, float, float]:
    """The answer, a solution as a model of z3 (or None), seconds to translate and to solve.

    A solution is pinned in z3 under the same terms: a translation that were wrong would show.
    """
    from ortools.sat.python import cp_model

    before = time.process_time()
    made = Translation(terms)
    after = time.process_time()
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20 * limit  # wall; who asks limits own seconds
    status = solver.solve(made.model)
    seconds = after - before, time.process_time() - after
    if status == cp_model.INFEASIBLE:
        return "none", None, *seconds
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "undetermined", None, *seconds
    check = z3.Solver()
    check.add(*terms)
    for term, variable in made.variables.values():
        value = solver.value(variable)
        check.add(term == (bool(value) if z3.is_bool(term) else int(value)))
    if check.check() != z3.sat:
        raise RuntimeError("a solution of CP-SAT is none of z3: the translation is wrong")
    return "found", check.model(), *seconds
