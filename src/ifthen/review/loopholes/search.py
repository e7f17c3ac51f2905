"""The search: first the harm alone, then clause by clause what a solution would break.

Fewer commitments make a stronger adversary, so that none under some clauses is none under all. A
solution is shown only if ``rule`` confirms it under the whole policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ifthen.dates import Day
from ifthen.policy.model import Clause
from ifthen.review.loopholes.arbiter import Verdict
from ifthen.review.loopholes.calendar import Unsupported, day_number
from ifthen.review.loopholes.concrete import Full, Plain, plain_facts
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.problem import Problem, Setting, kinds_of
from ifthen.review.loopholes.stance import Stretch, Taken

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Witness:
    """A timeline that breaks nothing and ends in the harm, confirmed by ``rule``."""

    length: int
    """How many events were chosen."""
    facts: tuple[Plain, ...]
    end: Day
    taken: Taken
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search came to."""

    status: Literal["found", "none", "undetermined"]
    length: int
    """The length found, or up to which there is none."""
    witness: Witness | None = None
    clauses: tuple[str, ...] = ()
    """The clauses the solver was told to keep."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Clauses that a solution broke and that cannot be told to the solver, and why."""
    why: str = ""
    """Why it is undetermined."""
    span: int | None = None
    """Where there is none: days of the longest timeline that so many events reach."""


@dataclass(slots=True)
class Search:
    """Questions about one harm under one setting; what was learned serves the next question."""

    setting: Setting
    harm: Harm
    full: Full
    clauses: dict[str, Clause] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        allowed: Iterable[Stretch] | None,
        lengths: Sequence[int],
        progress: Progress | None = None,
    ) -> Outcome:
        """The shortest timeline in which nothing but what is allowed is stretched."""
        free = None if allowed is None else frozenset(allowed)
        last = 0
        for number, length in enumerate(lengths):
            if progress is not None:
                progress(number, len(lengths))
            found = self._at(length, free)
            if found.status != "none":
                return found
            last = length
        return Outcome("none", last, None, tuple(self.clauses), tuple(self.skipped.items()))

    def _at(self, length: int, allowed: frozenset[Stretch] | None) -> Outcome:
        while True:
            try:
                problem = Problem(self.setting, length, tuple(self.clauses.values()), self.harm)
            except Unsupported as why:
                return self._open(length, f"the harm asks for {why}, which is not searched")
            self.skipped.update(problem.skipped)
            assumptions = problem.only(allowed)
            answer = problem.ask(assumptions)
            if answer == "unsat":
                return Outcome("none", length)
            if answer != "sat":
                return self._open(length, "the solver gave no answer in the time it had")
            model = problem.tidy(assumptions)
            taken = problem.stance.taken(model)
            allowed_taken = taken if allowed is None else _within(taken, allowed)
            facts = plain_facts(model, problem.slots, self.setting.given, self.full)
            end = day_number(int(model.eval(problem.slots.end.key, True).as_long()))
            policy = self.setting.policy
            avoid = frozenset(kinds_of([self.harm.clause], policy))  # never made or unmade on the side
            done, verdict = complete(
                policy, allowed_taken, facts, end, self.harm, self.full, avoid
            )
            if verdict.confirmed:
                witness = Witness(length, tuple(done), end, allowed_taken, verdict)
                return Outcome(
                    "found", length, witness, tuple(self.clauses), tuple(self.skipped.items())
                )
            if not self._learn(verdict):
                return self._open(length, _unconfirmed(verdict, self.skipped))

    def _learn(self, verdict: Verdict) -> bool:
        """Take up the clauses that a solution broke; False where none of them is new."""
        names = {finding.clause.partition("#")[2].partition("/")[0] for finding in verdict.broken}
        new = names - set(self.clauses)
        for clause in self.setting.policy.clauses:
            if clause.common.id in new:
                self.clauses[clause.common.id] = clause
        return bool(new)

    def _open(self, length: int, why: str) -> Outcome:
        return Outcome(
            "undetermined",
            length,
            None,
            tuple(self.clauses),
            tuple(self.skipped.items()),
            why,
        )


def _within(taken: Taken, allowed: frozenset[Stretch]) -> Taken:
    kept = taken.stretched & allowed
    parses = {n: o for n, o in taken.parses.items() if Stretch("reading", n) in kept}
    return Taken(kept, parses)


def _unconfirmed(verdict: Verdict, skipped: dict[str, str]) -> str:
    if verdict.broken:
        named = []
        for finding in verdict.broken:
            own = finding.clause.partition("#")[2]
            why = skipped.get(own.partition("/")[0])
            named.append(f"{own} ({finding.status}{f': {why}' if why else ''})")
        return f"a solution was not confirmed: it breaks {', '.join(dict.fromkeys(named))}"
    return "a solution was not confirmed: the harm did not happen"
