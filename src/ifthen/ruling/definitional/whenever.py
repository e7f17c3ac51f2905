"""``whenever``: one outcome for each trigger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ifthen.dates import day_of, end_of, start_of
from ifthen.policy.model import Whenever
from ifthen.ruling.definitional.ruled import (
    ASKED,
    KEPT,
    Ruled,
    elsewhere,
    explained,
    unsure,
    valued,
)
from ifthen.ruling.definitional.view import Found
from ifthen.ruling.order import Point, after_fact, before_fact
from ifthen.ruling.outcome import Outcome
from ifthen.ruling.reasons import Because, kleene_and


class Triggered(Ruled):
    """What follows when an event happens, or a condition becomes true."""

    def outcomes(self, clause: Whenever) -> Iterator[Outcome]:
        """One outcome for each trigger."""
        return self._becoming(clause) if clause.when is None else self._events(clause)

    def _events(self, clause: Whenever) -> Iterator[Outcome]:
        assert clause.when is not None
        found = self.triggers(clause.when)
        for each in found:
            yield elsewhere(self.window.rules(each.fact), self._on(clause, each))
        if not found:
            yield self.nothing(clause.when)

    def _on(self, clause: Whenever, trigger: Found) -> Outcome:
        fact, steps = trigger.fact, []
        asked: bool | None = True if trigger.certain else None
        if clause.if_ is not None:
            steps.append(self.binds("if", clause.if_, after_fact(fact), fact))
            asked = kleene_and((asked, steps[0].value))
        outcome = Outcome(fact.id, "dormant", instance=fact.id, facts=(fact.id,))
        if asked is None:
            return explained(unsure(replace(outcome, status="undetermined")), steps)
        if asked is False:
            return explained(outcome, steps)
        when = (fact.earliest, fact.latest)
        if clause.require is not None:
            steps.append(self.relieves("require", clause.require, before_fact(fact), fact))
            done = when if steps[-1].value else None
            outcome = replace(outcome, triggered=when, due=when, done=done)
            return valued(outcome, KEPT, steps[-1].value, steps)
        assert clause.duty is not None
        return explained(self.settling.duty(clause.duty, fact.id, "", fact, when), steps)

    def _becoming(self, clause: Whenever) -> Iterator[Outcome]:
        """One outcome for each day on which the condition turned true."""
        condition = clause.becomes
        assert condition is not None
        handed = self.window.handed
        if handed.pending is not None and handed.since is not None:
            point = self.before_begun(handed.since)
            state = self.binds("becomes", condition, point)
            yield self._turned(clause, handed.pending, point, state, in_doubt=False)
        was: bool | None = handed.value
        doubted = was is None
        doubt: Because | None = None
        number = handed.number
        for point, (state,) in self.days.walk(
            [condition], lambda p: (self.binds("becomes", condition, p),)
        ):
            if state.value is True and was is not True:
                number += 1
                doubt = None if was is None else doubt
                yield self._turned(clause, f"#{number}", point, state, was is None)
            elif state.value is None and (was is False or doubted):
                doubt = doubt or state
            was, doubted = state.value, False
        if doubt is not None:
            yield explained(unsure(Outcome("?", "undetermined")), [doubt])
        elif number == handed.number and handed.pending is None:
            yield Outcome("-", "dormant")

    def _turned(
        self, clause: Whenever, key: str, point: Point, state: Because, in_doubt: bool
    ) -> Outcome:
        day = day_of(point.latest)
        when = (start_of(day), end_of(day))
        if clause.if_ is not None:
            asked = self.binds("if", clause.if_, point)
            if asked.value is not True:
                blank = Outcome(key, "dormant", triggered=when)
                return valued(blank, ASKED, asked.value, [state, asked])
        if clause.require is not None:
            kept = self.relieves("require", clause.require, point)
            blank = Outcome(key, "met", triggered=when, due=when)
            return valued(blank, KEPT, kept.value, [state, kept])
        assert clause.duty is not None
        outcome = self.settling.duty(clause.duty, key, "", None, when)
        return explained(unsure(outcome) if in_doubt else outcome, [state])
