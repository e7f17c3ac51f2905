"""Holds: ``forbid`` clauses about one subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ifthen.dates import Instant, day_of, deadline, end_of, start_of
from ifthen.policy.model import Call, Constant, Forbid
from ifthen.record.model import Fact
from ifthen.ruling.cells import NOTHING, Cell, Handover, Window, binds, extended, relieves
from ifthen.ruling.course import Course
from ifthen.ruling.judge import Judge
from ifthen.ruling.order import SAME_DAY, Point, before_fact, closing, turning_fact
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import Because, kleene_not, kleene_or
from ifthen.ruling.timeline import Lane
from ifthen.vocabulary import ACTIONS, acts_of

_STATUS: dict[bool | None, Status] = {True: "open", False: "held", None: "undetermined"}
_ACTS: dict[bool | None, Status] = {True: "open", False: "violated", None: "undetermined"}
_RUNNING = {action: Call("running", (Constant(action),)) for action in ACTIONS}
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
        carried: Handover = NOTHING,
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self._action = _RUNNING[clause.action]
        self._course = Course(judge.timeline, window.start, self._under_way)

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

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """Every act, every stretch of days the action went on while held, and how it stands now."""
        acts = [
            outcome
            for fact in self._acts().facts
            if self.window.owns(fact) is not False
            for outcome in self.arising(fact, at, partial(self._act, fact))
        ]
        yield from acts
        yield from self._running(acts, at)
        if not self.window.closed_by(at):
            yield from self.once((NOW,), None, at, lambda: (self.standing(at),))

    def _acts(self) -> Lane:
        """Facts that begin or take up the action; mere progress is a sign that it is running."""
        action, model = self.clause.action, self.judge.subject.model
        kinds = tuple(sorted(acts_of(action)))

        def begins(fact: Fact) -> bool:
            internal = fact.attributes.get("stage") == "internal"
            return fact.kind != "model_released" or internal == (action == "use-inside")

        return self.judge.timeline.lane(("acts", action, model), kinds, model, begins)

    def _act(self, fact: Fact) -> tuple[Outcome, ...]:
        because = self.permits(before_fact(fact), fact)
        outcome = Outcome(
            fact.id,
            _ACTS[because.value],
            instance=fact.id,
            triggered=(fact.earliest, fact.latest),
            facts=(fact.id,),
        )
        return (extended(outcome, [because], because.all_unknown()),)

    def standing(self, at: Instant) -> Outcome:
        """How the hold stands at ``at``: open, held or undetermined."""
        because = self.now(at, lambda: self.permits(closing(at)))
        outcome = extended(Outcome(NOW, _STATUS[because.value]), [because], because.all_unknown())
        day = day_of(at)
        by_id = self.judge.timeline.by_id
        today = (by_id[id] for id in because.all_facts() if id in by_id)
        if any(fact.precision == "day" and day_of(fact.earliest) == day for fact in today):
            outcome = replace(outcome, assumes=tuple(dict.fromkeys([*outcome.assumes, SAME_DAY])))
            self.wake_at(start_of(day + 1), at)
        return outcome

    def _under_way(self, point: Point) -> tuple[Because, ...]:
        """Whether the action is under way, and if so whether it is permitted."""
        running = binds("running", self._action, self.judge, point)
        return (running, self.permits(point)) if running.value is True else (running,)

    def _running(self, acts: Sequence[Outcome], at: Instant) -> Iterator[Outcome]:
        """Every stretch in which the action went on although the hold was closed."""
        stretches: list[_Stretch] = []
        doubt: tuple[Because, ...] = ()
        for point, steps in self.walk(self._course, at):
            under_way, permit = steps[0], steps[-1]
            going = bool(stretches) and stretches[-1].until is None
            if under_way.value is not True:
                if under_way.value is False and going:
                    stretches[-1].end(point, steps)
            elif permit.value is None:
                doubt = doubt or steps
            elif permit.value is False and not going:
                stretches.append(_Stretch(point.latest, steps))
            elif permit.value is True and going:
                stretches[-1].end(point, steps)
        for number, stretch in enumerate(stretches, 1):
            judged = _was_judged(acts, stretch.since)
            yield from self.once(
                (number, stretch.since, stretch.until, judged),
                stretch.closed or stretch.opened,
                at,
                partial(self._stretch, f"stretch {number}", stretch, judged, at),
            )
        sure = all(outcome.status != "undetermined" for outcome in acts)
        if doubt and not stretches and sure:
            why = (reason for step in doubt for reason in step.all_unknown())
            yield extended(Outcome("running", "undetermined"), doubt, why)

    def _stretch(self, key: str, stretch: _Stretch, judged: bool, at: Instant) -> Iterator[Outcome]:
        since, until = stretch.since, stretch.until
        done = None if until is None else (start_of(day_of(until)), until)
        triggered = (start_of(day_of(since)), since)
        limit = end_of(day_of(since))
        assumes: tuple[str, ...] = ()
        self.wake_at(limit, at)
        if self.clause.grace is not None:
            length = self.judge.duration(self.clause.grace)
            if length is None:
                # The words leave the grace without end: held, never a violation.
                status: Status = "held" if until is None else "open"
                outcome = Outcome(key, status, triggered=triggered, done=done)
                yield extended(outcome, stretch.closed or stretch.opened)
                return
            limit = deadline(since, since, length, self.judge.month_end)[1]
            assumes = length.assumes
            self.wake_at(limit, at)
        ended_in_time = until is not None and until <= limit and self.clause.grace is not None
        if ended_in_time or (until or at) < limit or judged:
            return
        facts = [id for step in stretch.opened for id in step.all_facts()]
        outcome = Outcome(
            key,
            "violated",
            instance=turning_fact(facts, self.judge.timeline.by_id, day_of(since)),
            triggered=triggered,
            due=(limit, limit),
            done=done,
            assumes=assumes,
        )
        yield extended(outcome, stretch.opened)


@dataclass(slots=True)
class _Stretch:
    """Days in a row on which an action went on although it was held."""

    since: Instant
    opened: tuple[Because, ...]
    until: Instant | None = None
    closed: tuple[Because, ...] = ()

    def end(self, point: Point, steps: tuple[Because, ...]) -> None:
        """It ends here."""
        self.until, self.closed = point.latest, steps


def _was_judged(acts: Sequence[Outcome], since: Instant) -> bool:
    """Whether a stretch began with an act that is itself judged a violation."""
    day = day_of(since)
    return any(
        outcome.status == "violated"
        and outcome.triggered is not None
        and day_of(outcome.triggered[0]) <= day <= day_of(outcome.triggered[1])
        for outcome in acts
    )
