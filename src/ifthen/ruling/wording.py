"""Findings in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.policy.model import Bound
from ifthen.ruling.finding import ReadingStatus, ends, lateness_text, when
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Limit, Outcome, Status


def bound_text(bound: Bound) -> str:
    """A range of a term in words: ``any``, ``at most 2 months``."""
    if bound.kind == "any":
        return "any"
    value = str(bound.value).lower() if isinstance(bound.value, bool) else str(bound.value)
    return value if bound.kind == "value" else f"{bound.kind.replace('_', ' ')} {value}"


def happens(plan: str) -> str:
    """What a finding takes for granted that rests on a planned fact."""
    return f"{plan} happens as planned"


def sentence(
    title: str,
    subject: Subject,
    outcome: Outcome,
    status: Status,
    readings: Sequence[ReadingStatus],
    unknown: Sequence[str],
    remark: str,
) -> str:
    """What a finding says, in one sentence for people."""
    whom = "" if subject.model is None and subject.standard is None else f" ({subject})"
    text = f"{title}{whom}: {_tail(outcome, status, readings, unknown)}.{_limits(outcome, status)}"
    return f"{text} {remark[0].upper()}{remark[1:]}." if remark and status == "met" else text


def _limits(outcome: Outcome, status: Status) -> str:
    """Which of several limits counts, and the others."""
    if status not in ("pending", "met", "late", "breached", "missed") or not outcome.limits:
        return ""
    binding = [_limit(limit) for limit in outcome.limits if limit.binds]
    others = [_limit(limit) for limit in outcome.limits if not limit.binds]
    told = f" What counts is {' and '.join(binding)}" if binding else " No limit has a date yet"
    return f"{told}; beside it: {'; '.join(others)}." if others else f"{told}."


def _limit(limit: Limit) -> str:
    return limit.text if limit.due is None else f"{limit.text} ({when(limit.due, latest=True)})"


def _tail(
    outcome: Outcome,
    status: Status,
    readings: Sequence[ReadingStatus],
    unknown: Sequence[str],
) -> str:
    due, done = when(outcome.due, latest=True), when(outcome.done)
    triggered = when(outcome.triggered)
    late = lateness_text(outcome.late_seconds)
    if outcome.early_seconds is not None and status in ("breached", "missed"):
        aim = "an aim missed: " if status == "missed" else ""
        return f"{aim}done {done}, {lateness_text(outcome.early_seconds)} too early"
    match status:
        case "dormant":
            return "nothing is asked" + (f" on {outcome.instance}" if outcome.instance else "")
        case "pending":
            since = f" since {triggered}" if triggered else ""
            by = due or _either(readings)
            return f"asked{since}, due by {by}" if by else f"asked{since}, with no date set"
        case "met":
            return f"done {done}" + (f", due by {due}" if due else "") if done else "kept"
        case "late":
            by = f"late by {late}" if late else "late, by how much the dates do not tell"
            return f"due by {due}, done {done}, {by}"
        case "breached":
            by = due or _either(readings)
            if not by or outcome.due == outcome.triggered:
                return f"not so on {triggered}" if triggered else "not done"
            return f"due by {by} and not done"
        case "missed":
            by = f", late by {late}" if late else ""
            return f"an aim missed: due by {due}{by}" if due else "an aim missed"
        case "noted":
            return "noted; the text does not bind here"
        case "lapsed":
            return "no longer asked: the version that asked it ended first"
        case "open":
            return f"permitted on {triggered}" if triggered else "permitted"
        case "held":
            return "held"
        case "violated":
            return f"done or going on while held, from {triggered}"
        case "counts":
            return f"the decision of {triggered} counts"
        case "void":
            return f"the decision of {triggered} does not count"
        case "available":
            return "may be used"
        case "exercised":
            return f"used {triggered}"
        case "abused":
            return f"used {triggered} without what it requires"
        case "undetermined":
            return _undetermined(outcome, readings, unknown)
    raise ValueError(f"no wording for status {status}")


def _either(readings: Sequence[ReadingStatus]) -> str:
    """The days on which it is due under one reading or another."""
    dues = dict.fromkeys(when(reading.outcome.due, latest=True) for reading in readings)
    return " or ".join(day for day in dues if day is not None)


def _undetermined(
    outcome: Outcome, readings: Sequence[ReadingStatus], unknown: Sequence[str]
) -> str:
    if len({reading.outcome.status for reading in readings}) > 1:
        return "undetermined: " + "; ".join(
            f"{_status_text(reading.outcome)} if {reading.says}" for reading in readings
        )
    if outcome.between:
        (low, first), (high, second) = ends(outcome.between)
        told = f"{first} if {low}, {second} if {high}"
        return f"undetermined: {told}" + (f" ({'; '.join(unknown)})" if unknown else "")
    return f"undetermined: {'; '.join(unknown[:3])}" if unknown else "undetermined"


def _status_text(outcome: Outcome) -> str:
    late = lateness_text(outcome.late_seconds)
    return f"{outcome.status} by {late}" if late else outcome.status
