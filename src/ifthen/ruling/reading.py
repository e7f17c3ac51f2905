"""What a judgement has read, so that it is made again only where that has changed.

While something is judged, the timeline notes each lane it reads, and up to which instant. A lane
logs from which day on it changed. So what was judged stands until a lane it read changes at or
before the instant up to which it was read, or until its time comes; that holds for facts in date
order, back-dated ones and corrections alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ifthen.dates import Instant
from ifthen.ruling.timeline import FIRST_INSTANT, Lane, Reading, Timeline

T = TypeVar("T")


class Noting:
    """Note apart what is read within; the surroundings have read it too."""

    __slots__ = ("_outer", "_timeline")

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __enter__(self) -> Reading:
        self._outer = self._timeline.reading
        self._timeline.reading = reading = Reading()
        return reading

    def __exit__(self, *_: object) -> None:
        reading, outer = self._timeline.reading, self._outer
        self._timeline.reading = outer
        if outer is not None and reading is not None:
            for lane, until in reading.lanes.items():
                outer.note(lane, until)


def up_to(timeline: Timeline, until: Instant, judged: Callable[[], T]) -> T:
    """Judge something that facts after ``until`` cannot change."""
    reading = timeline.reading
    if reading is None:
        return judged()
    before, reading.until = reading.until, until
    try:
        return judged()
    finally:
        reading.until = before


class Since:
    """Lanes, and how much each had changed when they were read."""

    __slots__ = ("_lanes",)

    def __init__(self, lanes: Iterable[tuple[Lane, Instant]] = ()) -> None:
        self._lanes = {lane: (len(lane.log), until) for lane, until in lanes}

    def add(self, reading: Reading, least: Instant = FIRST_INSTANT) -> list[tuple[Lane, Instant]]:
        """Watch what was read as well; tell what of it was not watched, or not as far.

        Args:
            reading: what was read.
            least: watch all of it at least up to this instant.
        """
        new = [
            (lane, until)
            for lane, until in ((lane, max(until, least)) for lane, until in reading.lanes.items())
            if (known := self._lanes.get(lane)) is None or known[1] < until
        ]
        for lane, until in new:
            self._lanes[lane] = (len(lane.log), until)
        return new

    def lanes(self) -> Iterable[Lane]:
        """The lanes."""
        return self._lanes

    def changed(self) -> Instant | None:
        """From when on any of them has changed, where that can matter; then starts anew."""
        found: Instant | None = None
        for lane, (seen, until) in self._lanes.items():
            log = lane.log
            if len(log) != seen:
                first = min(log[seen:])
                self._lanes[lane] = (len(log), until)
                if first <= until and (found is None or first < found):
                    found = first
        return found


@dataclass(slots=True)
class Kept(Generic[T]):
    """Something judged, what it was about, and until when it stands."""

    value: T
    about: object
    since: Since
    until: Instant
    """Up to when anything was read."""
    wake: Instant | None

    def stands(self, about: object, at: Instant, changed: Instant) -> bool:
        """Whether judging again would give the same.

        Args:
            about: what it is about now.
            at: the moment of the ruling.
            changed: nothing before this has changed since it was last asked.
        """
        if about is not self.about or (self.wake is not None and at >= self.wake):
            return False
        return self.until < changed or self.since.changed() is None
