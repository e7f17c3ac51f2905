"""The search: first the harm alone, then clause by clause what a solution would break.

Fewer commitments make a stronger adversary, so that none under some clauses is none under all. A
solution is shown only if ``rule`` confirms it under the whole policy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ifthen.dates import Day
from ifthen.policy.model import Cadence, Clause, DurationLiteral, Expression, Forbid, Maintain
from ifthen.review.loopholes.arbiter import Verdict
from ifthen.review.loopholes.calendar import Unsupported, day_number, days_of
from ifthen.review.loopholes.concrete import Plain, plain_facts
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.problem import Problem, Setting, kinds_of
from ifthen.review.loopholes.sight import owed
from ifthen.review.loopholes.stance import Taken

_NAMED = 6
"""How many clauses are named in a reason."""
_OTHERS = 4
"""How many solutions that are not confirmed are passed over."""
Progress = Callable[[int, int], None]
Assumed = Callable[[Problem], list[Any]]
"""What is asked of the stretches of a question."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A timeline that breaks nothing and ends in the harm, confirmed by ``rule``."""

    length: int
    """How many events were chosen."""
    facts: tuple[Plain, ...]
    end: Day
    taken: Taken
    verdict: Verdict
    owed: tuple[Plain, ...] = ()
    """What the policy has the developer tell outsiders soon after."""


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
    need: int = 0
    """Days that the harm needs to happen at all."""


@dataclass(slots=True)
class Search:
    """Questions about one harm under one setting; what was learned serves the next question."""

    setting: Setting
    harm: Harm
    full: Full
    clauses: dict[str, Clause] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    _problems: dict[int, tuple[int, Problem]] = field(default_factory=dict)
    """By length, the last problem built, and how many clauses it keeps."""

    def run(
        self, assumed: Assumed, lengths: Sequence[int], progress: Progress | None = None
    ) -> Outcome:
        """The shortest timeline under some assumptions; or that there is none, and how far."""
        unclear: Outcome | None = None
        found = Outcome("none", -1)
        for number, length in enumerate(lengths):
            if progress is not None:
                progress(number, len(lengths))
            found = self.at(length, assumed)
            if found.status == "found":
                return found
            if found.status == "undetermined":
                unclear = unclear or found
        if found.why:  # none so long keeps the clauses at all: that says nothing of longer ones
            unclear = unclear or self._open(found.length, found.why)
        return unclear or self._none(lengths[-1], assumed)

    def at(self, length: int, assumed: Assumed) -> Outcome:
        """A timeline of exactly so many events.

        Where ``rule`` does not confirm a solution and no clause is left to learn from it, a few
        others are tried: with findings on every model, then of other kinds of fact.
        """
        why_not, policy = "", self.setting.policy
        kept_off = frozenset(kinds_of([self.harm.clause], policy))
        problem: Problem | None = None
        others: list[Any] = []
        while True:
            last = problem
            try:
                problem = self._problem(length)
            except Unsupported as why:
                return self._open(length, f"the harm asks for {why}, which is not searched")
            self.skipped.update(problem.skipped)
            if problem is not last:
                others = []
            assumptions = assumed(problem)
            answer, model = problem.solve([*assumptions, *others])
            if answer == "unsat" and others:
                return self._open(length, why_not)
            if answer == "unsat":
                if not problem.possible(assumptions):
                    told = f"no timeline of {length} events keeps {self._named()}"
                    return Outcome("none", length, why=told)
                return Outcome("none", length)
            if answer != "sat":
                return self._open(length, "the solver gave no answer in the time it had")
            taken = problem.stance.taken(model)
            facts = plain_facts(model, problem.slots, self.setting.given, self.full)
            end = day_number(int(model.eval(problem.slots.end.key, True).as_long()))
            done, verdict = complete(policy, taken, facts, end, self.harm, self.full, kept_off)
            if verdict.confirmed:
                after = owed(policy, taken, done, end, self.full)
                witness = Witness(length, tuple(done), end, taken, verdict, after)
                return replace(self._open(length, ""), status="found", witness=witness)
            if not self._learn(verdict):
                why_not = _unconfirmed(verdict, self.skipped)
                if len(others) == _OTHERS:
                    return self._open(length, why_not)
                others.append(problem.decided() if not others else problem.unlike(model))

    def _problem(self, length: int) -> Problem:
        """The timelines of a length under the clauses taken up so far."""
        count, found = self._problems.get(length, (-1, None))
        if found is None or count != len(self.clauses):
            found = Problem(self.setting, length, tuple(self.clauses.values()), self.harm)
            self._problems[length] = (len(self.clauses), found)
        return found

    def _named(self) -> str:
        """The clauses taken up, a few of them by name."""
        names = list(self.clauses)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return ", ".join(names[:_NAMED]) + more

    def _learn(self, verdict: Verdict) -> bool:
        """Take up the clauses that a solution broke; False where none of them is new."""
        names = {finding.clause.partition("#")[2].partition("/")[0] for finding in verdict.broken}
        new = names - set(self.clauses)
        for clause in self.setting.policy.clauses:
            if clause.common.id in new:
                self.clauses[clause.common.id] = clause
        return bool(new)

    def _none(self, length: int, assumed: Assumed) -> Outcome:
        """None up to a length: said only where so many events last long enough for the harm."""
        problem = Problem(self.setting, length, tuple(self.clauses.values()), None)
        span, needed = problem.longest(assumed(problem)), need(self.harm, self.setting)
        found = replace(self._open(length, ""), status="none", span=span, need=needed)
        if span >= needed:
            return found
        why = f"{length} events last {span} days at most, and the harm needs {needed}"
        return replace(found, status="undetermined", why=why)

    def _open(self, length: int, why: str) -> Outcome:
        clauses, skipped = tuple(self.clauses), tuple(self.skipped.items())
        return Outcome("undetermined", length, None, clauses, skipped, why)


def literally(problem: Problem) -> list[Any]:
    """Everything may be stretched but what is assumed of the world."""
    return [~var for one, var in problem.stance.stretches.items() if one.sort == "world"]


def charitably(problem: Problem) -> list[Any]:
    """Nothing is stretched."""
    return problem.only(())


def need(harm: Harm, setting: Setting) -> int:
    """Days a harm takes at least: its own length, and for a hidden one growth past the margin."""
    clause = harm.clause
    length: Expression | None = None
    match clause:
        case Cadence(every=every):
            length = every
        case Maintain(grace=grace) | Forbid(grace=grace):
            length = grace
    own = 0
    if isinstance(length, DurationLiteral):
        try:
            own = days_of(length.value)
        except Unsupported:
            own = 31 * length.value.count
    grows = math.ceil(1000 * math.log2(setting.world.margin) / setting.world.rate)
    return own + 1 + (grows if harm.hidden else 0)


def _unconfirmed(verdict: Verdict, skipped: dict[str, str]) -> str:
    if verdict.broken:
        named = []
        for finding in verdict.broken:
            own = finding.clause.partition("#")[2]
            why = skipped.get(own.partition("/")[0])
            named.append(f"{own} ({finding.status}{f': {why}' if why else ''})")
        return f"a solution was not confirmed: it breaks {', '.join(dict.fromkeys(named))}"
    return "a solution was not confirmed: the harm did not happen"
