"""What the six kinds of clause share: conditions asked at points, days, duties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ifthen.dates import Instant, day_of, deadline, end_of, start_of
from ifthen.policy.model import Expression
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.days import Days, States
from ifthen.ruling.definitional.settling import Settling, Window, once
from ifthen.ruling.definitional.values import UNTOLD, Here
from ifthen.ruling.definitional.view import Found
from ifthen.ruling.order import Point, closing, turning_fact
from ifthen.ruling.outcome import Interval, Outcome, Status
from ifthen.ruling.reasons import Because

KEPT: dict[bool | None, Status] = {True: "met", False: "breached", None: "undetermined"}
ASKED: dict[bool | None, Status] = {False: "dormant", None: "undetermined"}


class Ruled:
    """Conditions, days and duties of one clause."""

    def __init__(self, conditions: Conditions, window: Window, at: Instant) -> None:
        self.conditions = conditions
        self.window = window
        self.at = at
        self.settling = Settling(conditions, window, at)
        self.days = Days(conditions, window, at)

    def binds(
        self, role: str, condition: Expression, point: Point, trigger: Fact | None = None
    ) -> Because:
        """A condition whose truth asks something of the developer."""
        return self.conditions.judged(role, condition, Here(point, trigger))

    def relieves(
        self, role: str, condition: Expression, point: Point, trigger: Fact | None = None
    ) -> Because:
        """A condition whose truth relieves the developer."""
        return self.conditions.judged(role, condition, Here(point, trigger, lenient=True))

    def triggers(self, events: Expression) -> list[Found]:
        """The facts that match and are ruled under this version."""
        found = self.conditions.found(events)
        return [each for each in found if self.window.rules(each.fact) is not False]

    def nothing(self, events: Expression) -> Outcome:
        """Where no trigger is on record."""
        listed = self.conditions.listed(events)
        return Outcome("-", "dormant") if listed else unsure(Outcome("-", "undetermined"))

    def before_begun(self, when: Interval) -> Point:
        """The end of a day before this version was in force."""
        return closing(min(end_of(day_of(when[1])), self.window.start - 1))

    def grace(self, grace: Expression | None, since: Instant) -> Interval | None:
        """Until when a state may go on; None where the grace has no bound."""
        if grace is None:
            return since, since
        length = self.conditions.duration(grace)
        if length is None:
            return None
        return deadline(since, since, length, self.conditions.month_end)

    def graced(self, grace: Expression | None) -> tuple[str, ...]:
        """What counting a grace takes for granted."""
        length = None if grace is None else self.conditions.duration(grace)
        return () if length is None else length.assumes

    def stretch(
        self, outcome: Outcome, since: Instant, until: Instant | None, steps: States
    ) -> Outcome:
        """A stretch of days, from the end of the first to the end of the last."""
        cited = [fact for step in steps for fact in step.all_facts()]
        stretch = replace(
            outcome,
            instance=turning_fact(cited, self.conditions.view.named, day_of(since)),
            triggered=(start_of(day_of(since)), since),
            done=None if until is None else (start_of(day_of(until)), until),
        )
        return explained(stretch, steps)


def elsewhere(ruled: bool | None, outcome: Outcome) -> Outcome:
    """An outcome; where it is not known whether it is ruled here, only that nothing is asked."""
    if ruled is not None or outcome.status in ("dormant", "open"):
        return outcome
    ends = outcome.between if outcome.status == "undetermined" else ()
    return unsure(replace(outcome, status="undetermined", late_seconds=None, between=ends))


def explained(outcome: Outcome, steps: Iterable[Because]) -> Outcome:
    """An outcome with its explanation, and the facts and assumptions that names."""
    taken = tuple(steps)
    return replace(
        outcome,
        because=(*outcome.because, *taken),
        facts=once((*outcome.facts, *(f for step in taken for f in step.all_facts()))),
        assumes=once((*outcome.assumes, *(a for step in taken for a in step.all_assumes()))),
    )


def unsure(outcome: Outcome) -> Outcome:
    """An outcome that gives a reason why something is not known."""
    return replace(outcome, unknown=UNTOLD)


def valued(
    outcome: Outcome,
    statuses: Mapping[bool | None, Status],
    value: bool | None,
    steps: Sequence[Because],
) -> Outcome:
    """An outcome whose status is what a truth value stands for."""
    found = explained(replace(outcome, status=statuses[value]), steps)
    return unsure(found) if value is None else found
