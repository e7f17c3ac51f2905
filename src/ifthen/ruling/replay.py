"""``replay``: every change of status, as known on each day; ``due``: what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ifthen.dates import Day, Instant, Moment, day_of, end_of, format_day, format_instant, moment
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.ruling.finding import Finding, Ruling
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Status
from ifthen.ruling.rule import rule
from ifthen.ruling.session import Session


@dataclass(frozen=True, slots=True)
class Change:
    """A finding whose status changed on a day."""

    at: Instant
    was: Status | None
    """None: the finding is new."""
    finding: Finding

    def as_json(self) -> dict[str, Any]:
        """``{"date", "was", …}`` and the finding."""
        return {"date": format_instant(self.at), "was": self.was, **self.finding.as_json()}


@dataclass(frozen=True, slots=True)
class Replay:
    """The history of a ruling."""

    start: Instant
    end: Instant
    changes: tuple[Change, ...]
    ruling: Ruling
    """The ruling at the end."""

    def as_json(self) -> dict[str, Any]:
        """The replay in JSON: the changes in order, and the final ruling."""
        return {
            "from": format_instant(self.start),
            "to": format_instant(self.end),
            "changes": [change.as_json() for change in self.changes],
            **self.ruling.as_json(),
        }


def replay(
    policies: Sequence[Policy],
    record: Record,
    start: Moment | None,
    end: Moment,
    *,
    throughout: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Rule a record day by day, each day as it was known on that day.

    Args:
        policies: as for ``rule``.
        record: the facts.
        start: changes before this are not listed; None for the first fact.
        end: the last moment.
        throughout: as for ``rule``.
        progress: called with (days done, days in all) as the replay goes on.
    """
    end = moment(end)
    session = Session(policies, record, throughout=throughout)
    days = sorted(
        {
            day_of(instant)
            for fact in record.facts
            for instant in (fact.earliest, fact.latest, fact.known)
            if instant <= end
        }
        | {day_of(end)}
    )
    first = end_of(days[0]) if start is None else moment(start)
    statuses: dict[tuple[str, Subject, str], Status] = {}
    changes: list[Change] = []
    for number, day in enumerate(days):
        until = min(end_of(day), end)
        while (wake := session.next_change()) is not None and day_of(wake) < day:
            _step(session, end_of(day_of(wake)), statuses, changes, first)
        _step(session, until, statuses, changes, first)
        if progress is not None:
            progress(number + 1, len(days))
    # Ruled anew, so that every explanation speaks of the end and not of the day it last changed.
    ruling = rule(policies, record, end, throughout=throughout)
    return Replay(first, end, tuple(changes), ruling)


def _step(
    session: Session,
    at: Instant,
    statuses: dict[tuple[str, Subject, str], Status],
    changes: list[Change],
    start: Instant,
) -> None:
    session.advance(at)
    for finding in session.ruling().findings:
        was = statuses.get(finding.key)
        if was == finding.status:
            continue
        statuses[finding.key] = finding.status
        if at >= start and not (was is None and finding.status == "dormant"):
            changes.append(Change(at, was, finding))


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that falls due."""

    day: Day
    finding: Finding

    @property
    def says(self) -> str:
        """The finding's sentence."""
        return self.finding.says

    def as_json(self) -> dict[str, Any]:
        """``{"due", …}`` and the finding."""
        return {**self.finding.as_json(), "date": format_day(self.day)}


def due(
    policies: Sequence[Policy],
    record: Record,
    at: Moment,
    days: int,
    known: Moment | None = None,
    *,
    throughout: bool = False,
) -> tuple[DueItem, ...]:
    """What is overdue at ``at`` and what falls due within ``days`` days, planned facts included.

    A planned fact is taken as if it happened on its day: what must be done before a planned
    release, for example, is due on that day.
    """
    at = moment(at)
    known = at if known is None else moment(known)
    horizon = end_of(day_of(at) + days)
    found: dict[tuple[str, Subject, str], DueItem] = {}
    for until, planned in ((at, False), (horizon, True)):
        session = Session(policies, record, throughout=throughout, planned=planned)
        session.advance(until, known)
        for finding in session.ruling().findings:
            interval = finding.outcome.due
            waiting = finding.status in ("pending", "breached", "missed", "undetermined")
            if waiting and interval is not None and finding.outcome.done is None:
                overdue = finding.status in ("breached", "missed") and not planned
                upcoming = day_of(at) <= day_of(interval[1]) <= day_of(horizon)
                if overdue or upcoming:
                    found.setdefault(finding.key, DueItem(day_of(interval[0]), finding))
    return tuple(sorted(found.values(), key=lambda item: (item.day, item.finding.clause)))
