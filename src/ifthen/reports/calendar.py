"""What falls due as a calendar file (iCalendar, RFC 5545), for any calendar program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from ifthen.dates import Instant, to_date
from ifthen.ruling.replay import DueItem

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def calendar(items: Sequence[DueItem], name: str, at: Instant) -> bytes:
    """A calendar with one whole-day entry per item.

    The same item keeps its identity from one export to the next, so that a calendar program that
    imports the file again updates its entries.
    """
    result = Calendar()
    result.add("prodid", "-//ifthen//due//EN")
    result.add("version", "2.0")
    result.add("x-wr-calname", f"{name}: what falls due")
    for item in items:
        finding = item.finding
        event = Event()
        key = "\n".join((finding.clause, str(finding.subject), finding.outcome.key))
        event.add("uid", f"{sha256(key.encode()).hexdigest()[:32]}@ifthen")
        event.add("dtstamp", _EPOCH + timedelta(seconds=at))
        event.add("dtstart", to_date(item.day))
        event.add("dtend", to_date(item.day + 1))
        event.add("summary", finding.title)
        event.add("description", f"{item.says}\n{finding.clause}, {finding.section}")
        event.add("categories", [finding.status, finding.policy])
        event.add("transp", "TRANSPARENT")
        result.add_component(event)
    return bytes(result.to_ical())
