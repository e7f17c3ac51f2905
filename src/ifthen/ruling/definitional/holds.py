"""``forbid``: acts, stretches of going on while held, and how the hold stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ifthen.dates import Instant, day_of, end_of
from ifthen.policy.model import Call, Constant, Forbid
from ifthen.record.model import Fact
from ifthen.ruling.definitional.days import States
from ifthen.ruling.definitional.ruled import Ruled, elsewhere, explained, unsure, valued
from ifthen.ruling.definitional.settling import once
from ifthen.ruling.definitional.state import concerns_action
from ifthen.ruling.order import SAME_DAY, Point, before_fact, closing
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import Because, kleene_not, kleene_or
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

_OPEN: dict[bool | None, Status] = {True: "open", False: "held", None: "undetermined"}
_ACTED: dict[bool | None, Status] = {True: "open", False: "violated", None: "undetermined"}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of days on which an action went on while it was held."""

    key: str
    since: Instant
    until: Instant | None
    opened: States
    """What it came to at its beginning."""
    closed: States
    """What it came to at its end."""


class Held(Ruled):
    """An action that is held unless a condition is true."""

    def outcomes(self, clause: Forbid) -> Iterator[Outcome]:
        """Every act, every stretch of going on while held, and how the hold stands."""
        acts = [self._act(clause, fact) for fact in self._acts(clause)]
        yield from acts
        yield from self._stretches(clause, acts)
        if not self.window.closed(self.at):
            yield self._standing(clause)

    def _permits(self, clause: Forbid, point: Point, trigger: Fact | None = None) -> Because:
        steps = []
        if clause.if_ is not None:
            steps.append(self.binds("if", clause.if_, point, trigger))
        applies = steps[0].value if steps else True
        value: bool | None = True
        if applies is not False:
            steps.append(self.relieves("unless", clause.unless, point, trigger))
            value = kleene_or((kleene_not(applies), steps[-1].value))
        return Because("hold", clause.action, value, children=tuple(steps))

    def _acts(self, clause: Forbid) -> list[Fact]:
        """What begins or takes up the action; to go on storing is no act."""
        if clause.action == "store":
            return []
        starts = MODEL_EVENTS_OF_ACTION[clause.action][0] - {"training_progress"}
        return [
            fact
            for fact in self.conditions.view.of(starts, self.conditions.subject.model)
            if self.window.owns(fact) is not False and concerns_action(fact, clause.action)
        ]

    def _act(self, clause: Forbid, fact: Fact) -> Outcome:
        permit = self._permits(clause, before_fact(fact), fact)
        when = (fact.earliest, fact.latest)
        outcome = Outcome(fact.id, "open", instance=fact.id, triggered=when, facts=(fact.id,))
        found = valued(outcome, _ACTED, permit.value, [permit])
        return elsewhere(self.window.owns(fact), found)

    def _standing(self, clause: Forbid) -> Outcome:
        permit = self._permits(clause, closing(self.at))
        outcome = valued(Outcome("now", "open"), _OPEN, permit.value, [permit])
        named = self.conditions.view.named
        today = day_of(self.at)
        cited = [named[id] for id in permit.all_facts() if id in named]
        if any(f.precision == "day" and day_of(f.earliest) == today for f in cited):
            return replace(outcome, assumes=once((*outcome.assumes, SAME_DAY)))
        return outcome

    def _stretches(self, clause: Forbid, acts: Sequence[Outcome]) -> Iterator[Outcome]:
        running = Call("running", (Constant(clause.action),))

        def ask(point: Point) -> States:
            under_way = self.binds("running", running, point)
            if under_way.value is not True:
                return (under_way,)
            return (under_way, self._permits(clause, point))

        found: list[_Stretch] = []
        doubt: States = ()
        watched = [running, clause.unless, *([clause.if_] if clause.if_ is not None else [])]
        for point, steps in self.days.walk(watched, ask):
            going = bool(found) and found[-1].until is None
            failing = kleene_not(steps[-1].value) if len(steps) > 1 else steps[0].value
            if failing is None and len(steps) > 1:
                doubt = doubt or steps
            elif failing is True and not going:
                found.append(_Stretch(f"stretch {len(found) + 1}", point.latest, None, steps, ()))
            elif failing is False and going:
                found[-1] = replace(found[-1], until=point.latest, closed=steps)
        for stretch in found:
            yield from self._went_on(clause, acts, stretch)
        if doubt and not found and all(act.status != "undetermined" for act in acts):
            yield explained(unsure(Outcome("running", "undetermined")), doubt)

    def _went_on(
        self, clause: Forbid, acts: Sequence[Outcome], stretch: _Stretch
    ) -> Iterator[Outcome]:
        """A stretch, unless it ended within the grace or began with an act that is a violation.

        Within a grace that has no bound it is held, never violated.
        """
        key, since, until = stretch.key, stretch.since, stretch.until
        end_of_day = end_of(day_of(since))
        due = self.grace(clause.grace, since) if clause.grace is not None else (since, end_of_day)
        if due is None:
            outcome = Outcome(key, "held" if until is None else "open")
            steps = stretch.opened if until is None else stretch.closed
            yield replace(self.stretch(outcome, since, until, steps), instance=None)
            return
        in_time = until is not None and until <= due[1] and clause.grace is not None
        spans = [a.triggered for a in acts if a.status == "violated" and a.triggered is not None]
        judged = any(day_of(low) <= day_of(since) <= day_of(high) for low, high in spans)
        if not in_time and not judged and due[1] <= (until or self.at):
            assumes = self.graced(clause.grace)
            outcome = Outcome(key, "violated", due=(due[1], due[1]), assumes=assumes)
            yield self.stretch(outcome, since, until, stretch.opened)
