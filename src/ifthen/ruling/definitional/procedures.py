"""``procedure`` and ``power``: who decides, in what order, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ifthen.policy.model import Before, Duty, Power, Procedure, Step
from ifthen.record.model import Fact
from ifthen.ruling.definitional.ruled import ASKED, KEPT, Ruled, elsewhere, explained, valued
from ifthen.ruling.definitional.settling import forced
from ifthen.ruling.definitional.view import Found
from ifthen.ruling.order import after_fact, before_fact, closing
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import kleene_and

_COUNTS: dict[bool | None, Status] = {True: "counts", False: "void", None: "undetermined"}
_USED: dict[bool | None, Status] = {True: "exercised", False: "abused", None: "undetermined"}
_MAY: dict[bool | None, Status] = {True: "available", False: "dormant", None: "undetermined"}


class Decided(Ruled):
    """A decision that counts only if taken in order by the right roles."""

    def outcomes(self, clause: Procedure) -> Iterator[Outcome]:
        """Every decision and each of its steps."""
        found = self.triggers(clause.decision)
        for each in found:
            ruled = self.window.rules(each.fact)
            yield from (elsewhere(ruled, outcome) for outcome in self._decided(clause, each))
        if not found:
            yield self.nothing(clause.decision)

    def _decided(self, clause: Procedure, decision: Found) -> Iterator[Outcome]:
        fact, steps = decision.fact, []
        applies: bool | None = True if decision.certain else None
        if clause.if_ is not None:
            steps.append(self.binds("if", clause.if_, after_fact(fact), fact))
            applies = kleene_and((applies, steps[0].value))
        when = (fact.earliest, fact.latest)
        outcome = Outcome(fact.id, "dormant", instance=fact.id, facts=(fact.id,))
        if applies is False:
            yield explained(outcome, steps)
            return
        counts = self.conditions.decision(clause, fact)
        value = counts.value if applies else None
        yield valued(replace(outcome, triggered=when), _COUNTS, value, [*steps, counts])
        for step in clause.steps:
            found = forced(self._step(step, fact), step.force)
            if applies is None and found.status not in ("met", "dormant", "noted"):
                found = replace(found, status="undetermined")
            yield found

    def _step(self, step: Step, fact: Fact) -> Outcome:
        when = (fact.earliest, fact.latest)
        asked = self.conditions.asked(step, fact)
        if asked is not None and asked.value is not True:
            blank = Outcome(fact.id, "dormant", step.id, fact.id, facts=(fact.id,))
            return valued(blank, ASKED, asked.value, [asked])
        if step.by:
            taken = self.conditions.taken_by(fact, step.by, step.by_least)
            blank = Outcome(fact.id, "met", step.id, fact.id, when, when, facts=(fact.id,))
            return valued(blank, KEPT, taken.value, [taken])
        limits = (Before(step.before),) if step.before is not None and step.follows else ()
        duty = Duty(step.do, limits if step.follows else (Before(None),))
        return self.settling.duty(duty, fact.id, step.id, fact, when)


class Exercised(Ruled):
    """What a role may do, under conditions, at a price."""

    def outcomes(self, clause: Power) -> Iterator[Outcome]:
        """Every exercise and its price; without one, whether the power is available."""
        found = self.triggers(clause.exercised)
        for each in found:
            fact, ruled = each.fact, self.window.rules(each.fact)
            yield elsewhere(ruled, self._exercise(clause, each))
            if clause.price is not None:
                when = (fact.earliest, fact.latest)
                price = self.settling.duty(clause.price, fact.id, "price", fact, when)
                yield elsewhere(ruled, price)
        if not found and not self.window.closed(self.at):
            if clause.if_ is None:
                yield Outcome("now", "available")
            else:
                may = self.relieves("if", clause.if_, closing(self.at))
                yield valued(Outcome("now", "available"), _MAY, may.value, [may])

    def _exercise(self, clause: Power, exercise: Found) -> Outcome:
        fact, steps = exercise.fact, []
        if clause.by:
            steps.append(self.conditions.taken_by(fact, clause.by, 1))
        if clause.if_ is not None:
            steps.append(self.relieves("if", clause.if_, before_fact(fact), fact))
        sure = True if exercise.certain else None
        value = kleene_and([sure, *(step.value for step in steps)])
        when = (fact.earliest, fact.latest)
        outcome = Outcome(fact.id, "exercised", instance=fact.id, triggered=when, facts=(fact.id,))
        return valued(outcome, _USED, value, steps)
