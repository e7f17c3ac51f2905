"""A replay and what falls due, as text."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.dates import Day, Instant, day_of, end_of, format_day, format_instant
from ifthen.reports.page import Page, Tone
from ifthen.reports.ruling_text import TONES, counted, reason_of, write_policies
from ifthen.ruling.finding import FAULTS, InForce, unruled
from ifthen.ruling.judge import Subject
from ifthen.ruling.replay import Change, DueItem, Replay
from ifthen.ruling.wording import happens

_QUIET = frozenset({"dormant", "open", "available", "noted", "undetermined", "lapsed"})
"""New findings of these statuses are counted rather than listed, unless all is asked for."""


def write_replay(page: Page, replay: Replay, name: str, *, everything: bool = False) -> None:
    """Write every change of status by day, as known on that day."""
    span = f"{format_instant(replay.start)} to {format_instant(replay.end)}"
    page.heading(f"{name}, {span}, as known on each day")
    write_policies(page, replay.ruling.policies, replay.end)
    by_day: dict[str, list[Change]] = {}
    for change in replay.changes:
        by_day.setdefault(format_instant(change.at), []).append(change)
    for day, changes in by_day.items():
        _write_day(page, day, changes, everything=everything)
    page.blank()
    if not replay.changes:
        page.write("No status changed.")
    page.write(f"At the end: {counted(replay.ruling.findings) or 'no finding'}.")


def _write_day(page: Page, day: str, changes: Sequence[Change], *, everything: bool) -> None:
    listed = [change for change in changes if everything or not _is_quiet(change)]
    quiet = [change.finding for change in changes if not everything and _is_quiet(change)]
    page.heading(day)
    for change in listed:
        status = change.finding.status
        was = f"{change.was} → " if change.was else ""
        label = f"{was}{status}"
        page.item(label, change.finding.says, column=14, tone=TONES.get(status))
        page.item("", change.finding.clause, column=14)
    if quiet:
        page.item("", f"{'Also ' if listed else ''}{counted(quiet)}.", column=14)


def _is_quiet(change: Change) -> bool:
    return change.finding.status in _QUIET and change.was not in FAULTS | {"held", "pending"}


def write_due(
    page: Page,
    items: Sequence[DueItem],
    policies: Sequence[InForce],
    name: str,
    at: Instant,
    days: int,
) -> None:
    """Write what is overdue and what falls due, in order, and what no policy here tells of."""
    page.heading(f"{name}, from {format_instant(at)}, {days} days ahead")
    untold = unruled(policies, at)
    if untold:
        write_policies(page, policies, at)
        page.write(f"Not told: {'; '.join(untold)}.", indent=2, tone="warn")
    unsure = [item for item in items if item.finding.status == "undetermined"]
    overdue = [item for item in items if item not in unsure and _limit(item) < at]
    coming = [item for item in items if item not in unsure and _limit(item) >= at]
    for title, chosen, tone in (
        ("Overdue", overdue, TONES["breached"]),
        ("Coming", coming, None),
        ("Perhaps due: the record does not tell", unsure, TONES["undetermined"]),
    ):
        if chosen:
            page.heading(f"{title}: {len(chosen)}")
            for item in chosen:
                _write_item(page, item, at, tone)
    if not items:
        page.blank()
        page.write("Nothing is known to fall due." if untold else "Nothing with a date falls due.")


def _limit(item: DueItem) -> Instant:
    """The last moment for it: the end of the day, or the second where it is due to the second."""
    due = item.finding.outcome.due
    to_the_second = due is not None and due[0] == due[1] and day_of(due[0]) == item.day
    return due[0] if due is not None and to_the_second else end_of(item.day)


def _write_item(page: Page, item: DueItem, at: Instant, tone: Tone | None) -> None:
    finding = item.finding
    about = f" ({finding.subject})" if finding.subject != Subject() else ""
    limit = _limit(item)
    distance = _distance(item.day - day_of(at))
    if limit != end_of(item.day):
        distance = f"by {format_instant(limit)[11:]}, {distance}"
    page.item(format_day(item.day), f"{finding.title}{about}, {distance}", column=12, tone=tone)
    if finding.status == "undetermined":
        page.item("", reason_of(finding), column=12)
    plans = [assumed for assumed in finding.assumes if assumed.endswith(happens(""))]
    if plans:
        page.item("", f"assumes: {'; '.join(plans)}", column=12)
    page.item("", ", ".join(filter(None, (finding.clause, finding.section))), column=12)


def _distance(days: Day) -> str:
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return "today" if days == 0 else f"in {count}" if days > 0 else f"{count} ago"
