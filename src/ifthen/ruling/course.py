"""What conditions come to, day by day, asked only on the days on which they may change.

Whoever asks on one day notes what was read; the next day worth asking is the first on which a
fact of a lane that was read begins or ends, or on which time alone may turn the answer. Of days
in a row with the same answers only the first and the last two are kept: asking can go on from
there, and from any day on which something changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ifthen.dates import Instant, day_of, end_of, start_of
from ifthen.ruling.order import Point, closing
from ifthen.ruling.reading import Noting, Since
from ifthen.ruling.reasons import Because
from ifthen.ruling.timeline import LAST_INSTANT, Reading, Timeline

Found = tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The answers at the end of one day."""

    moment: Instant
    """The end of the day."""
    point: Point
    """Where it was asked: the end of the day, or the moment of the ruling."""
    found: Found
    read: Reading

    @property
    def values(self) -> tuple[bool | None, ...]:
        """What the conditions came to."""
        return tuple(because.value for because in self.found)

    def next(self) -> Instant | None:
        """The end of the next day on which an answer may be another."""
        changes = [lane.next_change(self.moment) for lane in self.read.lanes]
        changes += [turn for turn in self.read.turns if turn > self.moment]
        first = min((change for change in changes if change is not None), default=None)
        return None if first is None else end_of(day_of(first))


class Course:
    """The answers of one question over the days from ``start``."""

    def __init__(self, timeline: Timeline, start: Instant, ask: Callable[[Point], Found]) -> None:
        self._timeline = timeline
        self._first = end_of(day_of(start))
        self._ask = ask
        self._steps: list[Step] = []
        self._read = Since()

    def walk(self, until: Instant) -> Iterator[tuple[Point, Found]]:
        """The answers up to an instant: of a run of the same ones the first and the last."""
        self._rewind()
        moment = self._steps[-1].next() if self._steps else self._first
        while moment is not None and start_of(day_of(moment)) <= until:
            point = closing(min(moment, until))
            with Noting(self._timeline) as reading:
                found = self._ask(point)
            step = Step(moment, point, found, reading)
            self._append(step)
            moment = step.next()
            # What was read also says which day is asked next: a fact before that makes it another.
            self._read.add(reading, LAST_INSTANT if moment is None else moment)
        for lane in self._read.lanes():
            self._timeline.read(lane)
        for step in self._steps:
            yield step.point, step.found

    def turns(self) -> list[Instant]:
        """When time alone may next change the last answer, or make its day another."""
        if not self._steps:
            return []
        step = self._steps[-1]
        ends = [lane.next_change(step.point.latest) for lane in step.read.lanes]
        # Until its day is over, what it came to goes on up to the moment of the ruling.
        over = step.moment if step.point.latest == step.moment else step.point.latest + 1
        return [*step.read.turns, *(end for end in ends if end is not None), over]

    def _rewind(self) -> None:
        """Forget the days since the first change, and one that was not over when it was asked."""
        changed = self._read.changed()
        steps = self._steps
        while steps and (
            steps[-1].point.latest != steps[-1].moment
            or (changed is not None and steps[-1].moment >= changed)
        ):
            steps.pop()

    def _append(self, step: Step) -> None:
        steps = self._steps
        if len(steps) > 2 and all(kept.values == step.values for kept in steps[-3:]):
            del steps[-2]
        steps.append(step)
