"""Holds: ``forbid`` clauses about one subject."""

from __future__ import annotations

from dataclasses import replace

from ifthen.dates import Instant, day_of, deadline, start_of
from ifthen.policy.model import Call, Constant, Forbid
from ifthen.record.model import Fact
from ifthen.ruling.cells import Cell, Window, binds, extended, relieves
from ifthen.ruling.duties import states
from ifthen.ruling.judge import Judge
from ifthen.ruling.order import SAME_DAY, Point, before_fact, closing, turning_fact
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import Because, kleene_not, kleene_or
from ifthen.ruling.timeline import Lane
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

_STATUS: dict[bool | None, Status] = {True: "open", False: "held", None: "undetermined"}
_ACTS: dict[bool | None, Status] = {True: "open", False: "violated", None: "undetermined"}
NOW = "now"
"""Key of the outcome that says how the hold stands at the moment of the ruling."""


class ForbidCell(Cell):
    """An action is held unless a condition is true."""

    clause: Forbid

    def __init__(
        self,
        clause: Forbid,
        judge: Judge,
        window: Window,
        carried: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self.seen = 0

    def permits(self, point: Point, trigger: Fact | None = None) -> Because:
        """Whether the action is permitted at a point, with the explanation."""
        steps = []
        applies: bool | None = True
        if self.clause.if_ is not None:
            steps.append(binds("if", self.clause.if_, self.judge, point, trigger))
            applies = steps[0].value
        if applies is not False:
            steps.append(relieves("unless", self.clause.unless, self.judge, point, trigger))
        unless = steps[-1].value if applies is not False else None
        value = kleene_or((kleene_not(applies), unless)) if applies is not False else True
        return Because("hold", self.clause.action, value, children=tuple(steps))

    def update(self, at: Instant) -> None:
        """Judge every act, every day the hold stood closed over a running action, and now."""
        self.wake = None
        self.live.clear()
        lane = self._acts()
        for index in range(self.seen, len(lane.facts)):
            fact = lane.facts[index]
            if self.window.owns(fact):
                self.keep(self._act(fact), final=True)
        self.seen = len(lane.facts)
        self._running(at)
        if not self.window.closed_by(at):
            self.keep(self.standing(at), final=False)

    def _acts(self) -> Lane:
        """Facts that begin or take up the action; mere progress is a sign that it is running."""
        action, model = self.clause.action, self.judge.subject.model
        starts, _ = MODEL_EVENTS_OF_ACTION[action]
        kinds = tuple(sorted(starts - {"training_progress"}))
        if action == "store":
            kinds = ()

        def begins(fact: Fact) -> bool:
            internal = fact.attributes.get("stage") == "internal"
            return fact.kind != "model_released" or internal == (action == "use-inside")

        return self.judge.timeline.lane(("acts", action, model), kinds, model, begins)

    def _act(self, fact: Fact) -> Outcome:
        because = self.permits(before_fact(fact), fact)
        outcome = Outcome(
            fact.id,
            _ACTS[because.value],
            instance=fact.id,
            triggered=(fact.earliest, fact.latest),
            facts=(fact.id,),
        )
        return extended(outcome, [because], because.all_unknown())

    def standing(self, at: Instant) -> Outcome:
        """How the hold stands at ``at``: open, held or undetermined."""
        because = self.permits(closing(at))
        outcome = extended(Outcome(NOW, _STATUS[because.value]), [because], because.all_unknown())
        day = day_of(at)
        by_id = self.judge.timeline.by_id
        today = (by_id[id] for id in because.all_facts() if id in by_id)
        if any(fact.precision == "day" and day_of(fact.earliest) == day for fact in today):
            outcome = replace(outcome, assumes=tuple(dict.fromkeys([*outcome.assumes, SAME_DAY])))
            self.wake_at(start_of(day + 1), at)
        return outcome

    def _running(self, at: Instant) -> None:
        """Find every stretch in which the action went on although the hold was closed."""
        action = self.clause.action
        running = Call("running", (Constant(action),))
        number = 0
        since: Instant | None = None
        doubt: tuple[Because, ...] = ()
        conditions = [self.clause.unless]
        if self.clause.if_ is not None:
            conditions.append(self.clause.if_)
        for point, under_way in states(self, "running", running, at, *conditions):
            if under_way.value is not True:
                if under_way.value is False and since is not None:
                    self._stretch(number, since, point.latest, (under_way,), at)
                    since = None
                continue
            permit = self.permits(point)
            failing = kleene_not(permit.value)
            if failing is None and not doubt:
                doubt = (under_way, permit)
            if failing is True and since is None:
                number, since = number + 1, point.latest
                self._stretch(number, since, None, (under_way, permit), at)
            elif failing is False and since is not None:
                self._stretch(number, since, point.latest, (under_way, permit), at)
                since = None

        if doubt and number == 0 and self._act_outcomes_are_sure():
            outcome = Outcome("running", "undetermined")
            why = (reason for step in doubt for reason in step.all_unknown())
            self.keep(extended(outcome, doubt, why), final=False)

    def _act_outcomes_are_sure(self) -> bool:
        """Whether no act already says that the hold cannot be determined."""
        return all(outcome.status != "undetermined" for outcome in self.settled.values())

    def _stretch(
        self,
        number: int,
        since: Instant,
        until: Instant | None,
        because: tuple[Because, ...],
        at: Instant,
    ) -> None:
        limit = since
        if self.clause.grace is not None:
            length = self.judge.duration(self.clause.grace)
            if length is None:
                self._unbounded(number, since, until, because)
                return
            limit = deadline(since, since, length, self.judge.month_end)[1]
            self.wake_at(limit + 1, at)
        ended_in_time = until is not None and until <= limit and self.clause.grace is not None
        key = f"stretch {number}"
        if ended_in_time or (until or at) < limit or self._act_was_judged(since):
            self.live.pop(f"{key}/", None)
            return
        if until is not None and f"{key}/" in self.live:
            self.keep(replace(self.live[f"{key}/"], done=(start_of(day_of(until)), until)), False)
            return
        facts = [id for step in because for id in step.all_facts()]
        outcome = Outcome(
            key,
            "violated",
            instance=turning_fact(facts, self.judge.timeline.by_id, day_of(since)),
            triggered=(start_of(day_of(since)), since),
            due=(limit, limit),
            done=None if until is None else (start_of(day_of(until)), until),
        )
        self.keep(extended(outcome, because), final=False)

    def _unbounded(
        self, number: int, since: Instant, until: Instant | None, because: tuple[Because, ...]
    ) -> None:
        """A stretch within a grace that the words leave without end: held, never a violation."""
        outcome = Outcome(
            f"stretch {number}",
            "held" if until is None else "open",
            triggered=(start_of(day_of(since)), since),
            done=None if until is None else (start_of(day_of(until)), until),
        )
        self.keep(extended(outcome, because), final=False)

    def _act_was_judged(self, since: Instant) -> bool:
        """Whether the stretch began with an act that is itself judged a violation."""
        day = day_of(since)
        return any(
            outcome.status == "violated"
            and outcome.triggered is not None
            and day_of(outcome.triggered[0]) <= day <= day_of(outcome.triggered[1])
            for outcome in self.settled.values()
        )
