"""The proof: from no clause at all, one more where a run to the harm would break it.

Fewer clauses make a stronger adversary, so what is proved of some is proved of the policy, and the
few that are left in the end are what it rests on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Cadence, Clause, DurationLiteral
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.problem import kinds_of
from ifthen.review.loopholes.proof.ages import bounds
from ifthen.review.loopholes.proof.runs import Step, admits, lasts, shortest
from ifthen.review.loopholes.proof.siblings import from_siblings
from ifthen.review.loopholes.proof.spacer import Found, failing, invariant, smaller
from ifthen.review.loopholes.proof.system import Question, System, system

Reason: TypeAlias = Literal["time", "run", "unsupported"]
_DEPTH = 16
"""The most steps of a run by which a clause is chosen."""
_LEAST = 0.5
"""Seconds below which nothing more is asked."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What an attempt came to."""

    question: Question
    """What was asked; growth is bounded in it only where that was needed."""
    status: Literal["proved", "not proved"]
    clauses: tuple[str, ...] = ()
    """Those it rests on, or those taken up when it was given up."""
    invariant: tuple[Any, ...] = ()
    """Its parts, over the registers of the system."""
    reason: Reason | None = None
    """Why it is not proved."""
    why: str = ""
    """The same in words."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Clauses that a proof cannot be told, and why."""
    run: tuple[Step, ...] = ()
    """A run that ends in the harm, where there is one; it need not be a timeline."""
    seconds: float = 0.0
    """Time of the processor that it took."""

    @property
    def proved(self) -> bool:
        """Whether the harm is excluded for any number of events."""
        return self.status == "proved"


def prove(question: Question, timeout: float = 60.0, prefer: Sequence[str] = ()) -> Proof:
    """Try to prove that no timeline keeps the policy and ends in the harm.

    First at any growth in compute; where a run to a hidden harm then remains, once more at the
    growth that the world allows.

    Args:
        question: policy, harm, beginning, how words are taken, and the world.
        timeout: seconds it may take.
        prefer: clauses to take up first, for instance those that a search rested on.
    """
    found = _Attempt(question, timeout, prefer).run()
    if found.proved or found.reason != "run" or not question.harm.hidden:
        return found
    left, prefer = timeout - found.seconds, (*prefer, *found.clauses)
    return _Attempt(replace(question, bounded=True), max(_LEAST, left), prefer).run()


class _Attempt:
    def __init__(self, question: Question, timeout: float, prefer: Sequence[str]) -> None:
        self.question = question
        self.began = time.process_time()
        self.until = self.began + timeout
        self.prefer = prefer
        self.kept: list[Clause] = []
        self.untold: dict[str, str] = {}
        self.alone: dict[str, System] = {}
        """For each clause that can be told, the system of it alone."""

    @property
    def left(self) -> float:
        return max(_LEAST, self.until - time.process_time())

    def run(self) -> Proof:
        try:
            system(self.question, ())
        except Unsupported as why:
            return self._given_up("unsupported", f"the harm asks for {why}")
        while True:
            now = system(self.question, self.kept)
            found = invariant(now, self.left)
            if found.answer == "yes":
                return self._settle(found)
            run = shortest(now, _DEPTH, self.left)
            if self.left <= _LEAST or (run is None and found.answer == "unknown"):
                return self._given_up("time", "time ran out", run or ())
            if run is None:
                return self._given_up("run", f"a run of over {_DEPTH} steps ends in the harm")
            if not self._refine(run):
                if self.left <= _LEAST:
                    return self._given_up("time", "time ran out", run)
                return self._given_up("run", "a run of the system ends in the harm", run)

    def _refine(self, run: Sequence[Step]) -> bool:
        """Take up a clause that a run breaks; False where there is none.

        Of several, the one with which the harm takes longest: further facts make up for the rest.
        """
        best: Clause | None = None
        longest = 0
        for clause in self._breaking(run):
            again = shortest(system(self.question, [*self.kept, clause]), len(run) + 2, self.left)
            length = len(run) + 3 if again is None else len(again)
            if length > longest:
                best, longest = clause, length
            if again is None or self.left <= _LEAST:
                break
        if best is not None:
            self.kept.append(best)
        return best is not None

    def _breaking(self, run: Sequence[Step]) -> Iterator[Clause]:
        """Clauses that a run breaks; those first that speak of nothing new."""
        policy, harm = self.question.policy, self.question.harm
        known = set(kinds_of([harm.clause, *self.kept], policy))

        def rank(clause: Clause) -> tuple[bool, int]:
            new = set(kinds_of([clause], policy)) - known
            return (clause.common.id not in self.prefer, len(new))

        binding = [c for c in policy.clauses if c.common.force in ("commitment", "aim")]
        for clause in sorted(binding, key=rank):
            if self.left <= _LEAST:
                return
            alone = None if clause in self.kept else self._alone(clause)
            if alone is not None and admits(alone, run, self.left) is False:
                yield clause

    def _alone(self, clause: Clause) -> System | None:
        """The system of one clause; None where a proof cannot be told it."""
        name = clause.common.id
        if name not in self.alone and name not in self.untold:
            try:
                self.alone[name] = system(self.question, [clause])
            except Unsupported as why:
                self.untold[name] = str(why)
        return self.alone.get(name)

    def _settle(self, found: Found) -> Proof:
        """Leave out every clause that is not needed, and every part of the invariant."""
        for clause in tuple(self.kept):
            rest = [one for one in self.kept if one is not clause]
            again = invariant(system(self.question, rest), min(10.0, self.left))
            if again.answer == "yes":
                self.kept, found = rest, again
        whole = system(self.question, self.kept)
        broken = failing(whole, found.conjuncts, 30.0)
        if broken is not None:
            return self._given_up("time", f"the invariant found was not confirmed: {broken}")
        if not lasts(whole, _days(self.question.harm), _DEPTH, 30.0):
            return self._given_up("run", "no run was found that keeps the clauses for long enough")
        parts = smaller(whole, found.conjuncts, 10.0)
        return Proof(
            self.question,
            "proved",
            _names(self.kept),
            parts,
            untold=self.untold,
            seconds=time.process_time() - self.began,
        )

    def _given_up(self, reason: Reason, why: str, run: Iterable[Step] = ()) -> Proof:
        return Proof(
            self.question,
            "not proved",
            _names(self.kept),
            (),
            reason,
            why,
            self.untold,
            tuple(run),
            time.process_time() - self.began,
        )


def by_siblings(question: Question, names: Sequence[str], texts: Iterable[str]) -> Proof | None:
    """A proof from the parts of invariants of other harms; None where they do not suffice.

    Args:
        question: what is to be proved.
        names: the clauses that those invariants rest on.
        texts: their parts, in SMT-LIB.
    """
    began = time.process_time()
    clauses = [one for one in question.policy.clauses if one.common.id in names]
    try:
        whole = system(question, clauses)
    except Unsupported:
        return None
    parts = from_siblings(whole, texts, 5.0)
    if parts is None or not lasts(whole, _days(question.harm), _DEPTH, 30.0):
        return None
    found = smaller(whole, parts, 5.0)
    seconds = time.process_time() - began
    return Proof(question, "proved", _names(clauses), found, seconds=seconds)


def _days(harm: Harm) -> int:
    """Days for which there must be a run at all, or that none ends in the harm says nothing."""
    clause = harm.clause
    length = clause.every if isinstance(clause, Cadence) else getattr(clause, "grace", None)
    return bounds(length.value)[1] + 1 if isinstance(length, DurationLiteral) else 1


def _names(clauses: Iterable[Clause]) -> tuple[str, ...]:
    return tuple(clause.common.id for clause in clauses)
