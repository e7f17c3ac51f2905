"""``replay``: every change of status, as known on each day; ``due``: what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from ifthen.dates import Day, Instant, Moment, day_of, end_of, format_day, format_instant, moment
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.ruling.finding import Finding, InForce, Ruling
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Status
from ifthen.ruling.rule import rule
from ifthen.ruling.session import Session
from ifthen.ruling.wording import happens

_Key: TypeAlias = tuple[str, Subject, str]
"""What identifies a finding from one ruling to the next."""


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
    statuses: dict[_Key, Status] = {}
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
    statuses: dict[_Key, Status],
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
    release, for example, is due on that day, and overdue where that day has passed. Where a plan
    sets an earlier limit than the record without plans, the earlier one counts.
    """
    at = moment(at)
    known = at if known is None else moment(known)
    today, last = day_of(at), day_of(at) + days
    horizon = moment(end_of(last))

    def ruled(record: Record, until: Instant, *, planned: bool) -> dict[_Key, Finding]:
        session = Session(policies, record, throughout=throughout, planned=planned)
        session.advance(until, known)
        return {finding.key: finding for finding in session.ruling().findings}

    found: dict[_Key, DueItem] = {}
    for key, finding in ruled(record, at, planned=False).items():
        interval = finding.outcome.due
        if interval is not None and _waits(finding):
            overdue = finding.status in ("breached", "missed")
            if overdue or today <= day_of(interval[1]) <= last:
                found[key] = DueItem(day_of(interval[0]), finding)
    # A plan beyond the days asked about may set a limit that lies within them.
    for until in sorted({horizon, *(f.latest for f in record.facts if f.planned)}):
        if until < horizon:
            continue
        plain = ruled(record, until, planned=False)
        plans = _Plans(record, partial(ruled, until=until, planned=True))
        for key, finding in plans.found.items():
            interval, now = finding.outcome.due, found.get(key)
            if interval is None or not (_waits(finding) or now is not None):
                continue
            by_plan = key not in plain or plain[key].outcome.due != interval
            past = by_plan and finding.status != "pending" and day_of(interval[1]) < today
            sooner = now is None or day_of(interval[0]) < now.day
            if sooner and (past or today <= day_of(interval[1]) <= last):
                assumed = plans.behind(finding) if by_plan else finding
                found[key] = DueItem(day_of(interval[0]), assumed)
    return tuple(sorted(found.values(), key=lambda item: (item.day, item.finding.clause)))


def in_force(
    policies: Sequence[Policy],
    record: Record,
    at: Moment,
    known: Moment | None = None,
    *,
    throughout: bool = False,
) -> tuple[InForce, ...]:
    """The versions adopted by ``at``, as a ruling lists them; the arguments are as for ``due``."""
    session = Session(policies, record, throughout=throughout, lazy=True)
    session.advance(moment(at), None if known is None else moment(known))
    return session.in_force


def _waits(finding: Finding) -> bool:
    """Whether something is still to be done, or may be."""
    waiting = finding.status in ("pending", "breached", "missed", "undetermined")
    return waiting and finding.outcome.done is None


class _Plans:
    """What is found with every plan carried out, and on which plans it rests."""

    def __init__(self, record: Record, ask: Callable[[Record], dict[_Key, Finding]]) -> None:
        self.found = ask(record)
        self._record = record
        self._ask = ask
        self._plans = [fact.id for fact in record.facts if fact.planned]
        self._without: dict[str, dict[_Key, Finding]] = {}

    def behind(self, finding: Finding) -> Finding:
        """A finding that says which plans set when it is due: those without which it is not."""
        plans = [id for id in self._plans if self._due_without(id, finding) != finding.outcome.due]
        assumes = (*finding.assumes, *(happens(id) for id in plans))
        return replace(finding, assumes=tuple(dict.fromkeys(assumes)))

    def _due_without(self, id: str, finding: Finding) -> object:
        if id not in self._without:
            facts = tuple(
                fact
                for fact in self._record.facts
                if id not in (fact.id, fact.amends, fact.supersedes)
            )
            self._without[id] = self._ask(replace(self._record, facts=facts))
        other = self._without[id].get(finding.key)
        return None if other is None else other.outcome.due
