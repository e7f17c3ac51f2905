"""What a ruling says: findings, and the policies in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ifthen.dates import (
    SECONDS_PER_DAY,
    Instant,
    day_of,
    format_day,
    format_instant,
    format_moment,
    format_second,
)
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Interval, Outcome, Status
from ifthen.vocabulary import Force

FAULTS: frozenset[Status] = frozenset({"breached", "late", "violated", "void", "abused"})
"""Statuses that make ``rule`` exit with 1."""
NOT_KEPT: frozenset[Status] = FAULTS | {"missed"}
"""Faults, and what an aim comes to in the place of one."""

STATUSES: tuple[Status, ...] = (
    "violated",
    "breached",
    "late",
    "void",
    "abused",
    "held",
    "missed",
    "pending",
    "undetermined",
    "met",
    "counts",
    "open",
    "exercised",
    "noted",
    "available",
    "lapsed",
    "dormant",
)
"""Every status, gravest first."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A version of a policy, and when it is in force."""

    policy: str
    start: Instant | None
    """None: throughout the record, because the user named the policy."""
    end: Instant | None
    encoded: bool = True

    def covers(self, at: Instant) -> bool:
        """Whether it is in force at an instant."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def as_json(self) -> dict[str, Any]:
        """``{"policy", "from", "to", "encoded"}``; ``to`` is the day its successor begins."""
        return {
            "policy": self.policy,
            "from": None if self.start is None else format_instant(self.start),
            "to": None if self.end is None else format_instant(self.end),
            "encoded": self.encoded,
        }


@dataclass(frozen=True, slots=True)
class ReadingStatus:
    """What one reading of an ambiguous text comes to."""

    readings: Mapping[str, str]
    """Reading id to the option taken."""
    says: str
    """The options in words, and the phrase that decides."""
    outcome: Outcome

    def as_json(self) -> dict[str, Any]:
        """``{"reading", "status", "due", "late_by_days", "says"}``."""
        return {
            "reading": ", ".join(f"{key}: {value}" for key, value in self.readings.items()),
            "status": self.outcome.status,
            "triggered": when(self.outcome.triggered),
            "due": when(self.outcome.due, latest=True),
            "done": when(self.outcome.done),
            "late_by_days": days(self.outcome.late_seconds),
            "says": self.says,
        }


@dataclass(frozen=True, slots=True)
class WordStatus:
    """A word that leaves room, and what a charitable reader would have said."""

    term: str
    phrase: str
    literal: str
    charitable: str
    charitable_status: Status
    charitable_due: Interval | None

    def as_json(self) -> dict[str, Any]:
        """The word, its two ranges, and what the charitable one comes to."""
        return {
            "term": self.term,
            "phrase": self.phrase,
            "literal": self.literal,
            "charitable": self.charitable,
            "charitable_status": self.charitable_status,
            "charitable_due": when(self.charitable_due, latest=True),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What one clause says about one subject and one triggering fact."""

    policy: str
    clause: str
    """``developer/family@version#id``, with ``/step`` for a step and ``/price`` for a price."""
    title: str
    section: str
    encodes: tuple[str, ...]
    kind: str
    force: Force
    subject: Subject
    outcome: Outcome
    """The outcome under the literal words (and the first reading, where they agree)."""
    status: Status
    says: str
    readings: tuple[ReadingStatus, ...] = ()
    words: tuple[WordStatus, ...] = ()
    assumes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Why it is undetermined."""

    @property
    def key(self) -> tuple[str, Subject, str]:
        """What identifies the finding from one ruling to the next."""
        return (self.clause, self.subject, self.outcome.key)

    def as_json(self) -> dict[str, Any]:
        """The finding in the documented JSON form."""
        outcome = self.outcome
        return {
            "clause": self.clause,
            "encodes": list(self.encodes),
            "kind": self.kind,
            "force": self.force,
            "title": self.title,
            "section": self.section,
            "subject": self.subject.as_json(),
            "instance": outcome.instance,
            "status": self.status,
            "triggered": when(outcome.triggered),
            "due": when(outcome.due, latest=True),
            "done": when(outcome.done),
            "late_by": lateness_text(outcome.late_seconds),
            "late_by_days": days(outcome.late_seconds),
            "early_by_days": days(outcome.early_seconds),
            "limits": [
                {"limit": one.text, "due": when(one.due, latest=True), "binds": one.binds}
                for one in outcome.limits
            ],
            "between": (
                [{"date": date, "status": status} for date, status in ends(outcome.between)] or None
            ),
            "words": [word.as_json() for word in self.words],
            "assumes": list(self.assumes),
            "readings": [reading.as_json() for reading in self.readings],
            "because": list(outcome.facts),
            "unknown": list(self.unknown),
            "says": self.says,
        }


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the promises say about the record at a moment."""

    at: Instant
    known: Instant
    policies: tuple[InForce, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings of a breach, lateness, violation, void decision or abused power."""
        return tuple(finding for finding in self.findings if finding.status in FAULTS)

    @property
    def exit_code(self) -> int:
        """1 where there is a fault, else 3 where something is undetermined, else 0.

        A policy that is not encoded leaves undetermined whatever it asks; so does none at all.
        """
        if self.faults:
            return 1
        unsure = any(finding.status == "undetermined" for finding in self.findings)
        return 3 if unsure or unruled(self.policies, self.at) else 0

    def as_json(self) -> dict[str, Any]:
        """The ruling in the documented JSON form."""
        return {
            "at": format_moment(self.at),
            "known": format_moment(self.known),
            "policies": [policy.as_json() for policy in self.policies],
            "findings": [finding.as_json() for finding in self.findings],
        }


def unruled(policies: Iterable[InForce], at: Instant) -> tuple[str, ...]:
    """Why no ruling covers an instant whole: what is in force is not encoded, or nothing is."""
    here = [policy for policy in policies if policy.covers(at)]
    if not here:
        return (f"what is promised: no policy is in force on {format_moment(at)}",)
    unread = [policy.policy for policy in here if not policy.encoded]
    return (f"what {' and '.join(unread)} asks, which is not encoded",) if unread else ()


def when(interval: Interval | None, *, latest: bool = False) -> str | None:
    """A day, a second, or an ISO 8601 interval ``from/to`` where it is known only within one."""
    if interval is None:
        return None
    low, high = interval
    if low == high:
        return format_instant(low)
    if day_of(low) == day_of(high) and (high - low == SECONDS_PER_DAY - 1 or latest):
        return format_day(day_of(low))
    return f"{format_instant(low)}/{format_instant(high)}"


def days(seconds: int | None) -> int | float | None:
    """Seconds as days: whole where they are."""
    if seconds is None:
        return None
    whole, rest = divmod(seconds, SECONDS_PER_DAY)
    return whole if rest == 0 else round(seconds / SECONDS_PER_DAY, 6)


def ends(between: tuple[tuple[Instant, Status], ...]) -> tuple[tuple[str, Status], ...]:
    """The two ends, each with its date; with the time too where the day alone would not do."""
    apart = len({day_of(at) for at, _ in between}) == len(between)
    return tuple(
        (format_day(day_of(at)) if apart else format_second(at), status) for at, status in between
    )


def lateness_text(seconds: int | None) -> str | None:
    """``3 days``, ``1 minute``, ``2 days 3 hours``."""
    if seconds is None:
        return None
    parts = []
    for size, unit in ((SECONDS_PER_DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "less than a day"
