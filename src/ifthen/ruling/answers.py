"""Answers that clauses share: one question about one subject at one point is judged once.

Many clauses ask the same: whether a model is deployed, where it stands on a threshold, how long ago
it was assessed. An answer given at the close of a day holds until a fact that was looked for
begins or ends, or time alone may turn it; it is kept for as long as that. So on a day that changes
one part of a condition, or one member of what it quantifies over, only that part is judged anew.
Answers just before and just after a fact are kept too.

Every answer is kept with the lanes that were read for it. A lane logs from which day on it changed,
and no answer survives from that day on: that holds for facts in date order, back-dated ones and
corrections alike.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from ifthen.dates import Instant
from ifthen.policy.model import (
    Attribute,
    Call,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Quantified,
    Times,
    Variable,
    Words,
)
from ifthen.record.model import Fact
from ifthen.ruling.order import Point
from ifthen.ruling.reading import Noting
from ifthen.ruling.reasons import Because
from ifthen.ruling.timeline import LAST_INSTANT, Lane, Timeline

_OF_RECORD = frozenset(
    {"did", "in_place", "approved", "running", "since", "growth", "compute", "status", "count"}
    | {"level", "forecast", "flop", "gain", "between"}
    | {"required", "criteria", "thresholds", "models", "categories"}
)
"""Calls that look at the record and at nothing else."""


def free_variables(expression: Expression) -> frozenset[str] | None:
    """The quantified variables that an expression names but does not bind itself.

    None where its answer rests on more than them, the record, the subject and the point: on what
    triggered the clause, on a reading, or on a word that leaves room.
    """
    parts: tuple[Expression, ...] = ()
    match expression:
        case Constant() | Words() | DurationLiteral():
            pass
        case Variable(name=name):
            return frozenset() if name == "this" else frozenset((name,))
        case Defined(expression=inner) | Not(operand=inner) | Times(operand=inner):
            parts = (inner,)
        case Logic(operands=operands):
            parts = operands
        case Compare(left=left, right=right):
            parts = (left, right)
        case Quantified(variable=variable, domain=domain, body=body):
            inside, outside = free_variables(body), free_variables(domain)
            if inside is None or outside is None:
                return None
            return (inside - {variable}) | outside
        case Attribute(of=Events() as events):
            parts = (events,)
        case Events(patterns=patterns):
            tests = [test for pattern in patterns for test in pattern.tests]
            bound = frozenset(name for test in tests for name in test.bound)
            if any(name.startswith("this.") for name in bound) or any(
                test.attribute == "about" and "this" in test.values for test in tests
            ):
                return None
            return bound
        case Call(function=function, arguments=arguments) if function in _OF_RECORD:
            parts = arguments
        case _:
            return None
    found = [free_variables(part) for part in parts]
    if None in found:
        return None
    return frozenset(name for names in found if names is not None for name in names)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and what was read for it."""

    because: Because
    lanes: tuple[Lane, ...]
    turns: tuple[Instant, ...]
    """When time alone may turn it."""
    until: Instant
    """When it ends: the first instant at which it may be another."""
    fact: Fact | None = None
    """The fact just before or just after which it was given."""


class _Question:
    """One question, with its answers so far."""

    __slots__ = ("_around", "_ends", "_lanes", "_spells", "_starts")

    def __init__(self) -> None:
        self._lanes: dict[Lane, int] = {}
        """Every lane read for any answer, and how much it had changed then."""
        self._starts: list[Instant] = []
        self._spells: list[_Answer] = []
        """Answers at the close of days, in order, and from when on each holds."""
        self._around: dict[tuple[str, bool], _Answer] = {}
        """Answers just before and just after facts."""
        self._ends: list[tuple[Instant, tuple[str, bool]]] = []
        """The ends of those facts, in order."""

    def refresh(self) -> None:
        """Forget what lanes that changed have put in question."""
        for lane, seen in self._lanes.items():
            if len(lane.log) != seen:
                break
        else:
            return
        since = LAST_INSTANT
        for lane, seen in self._lanes.items():
            since = min(since, *lane.log[seen:], LAST_INSTANT)
            self._lanes[lane] = len(lane.log)
        place = bisect_left(self._starts, since)
        del self._starts[place:], self._spells[place:]
        if self._spells and self._spells[-1].until > since:
            last = self._spells[-1]
            self._spells[-1] = _Answer(last.because, last.lanes, last.turns, since)
        place = bisect_left(self._ends, (since,))
        for _, key in self._ends[place:]:
            self._around.pop(key, None)
        del self._ends[place:]

    def known(self, point: Point) -> _Answer | None:
        """The answer at a point, if it was given there or still held."""
        fact = point.fact
        if fact is not None:
            answer = self._around.get((fact.id, point.after))
            return answer if answer is not None and answer.fact is fact else None
        place = bisect_right(self._starts, point.latest) - 1
        if place >= 0 and point.latest < self._spells[place].until:
            return self._spells[place]
        return None

    def keep(
        self, point: Point, because: Because, lanes: Iterable[Lane], turns: Iterable[Instant]
    ) -> None:
        """Keep an answer for as long as it holds."""
        read, later = tuple(lanes), tuple(turns)
        for lane in read:
            self._lanes.setdefault(lane, len(lane.log))
        if point.fact is not None:
            answer = _Answer(because, read, later, point.latest, point.fact)
            key = (point.fact.id, point.after)
            self._around[key] = answer
            insort(self._ends, (point.latest, key))
            return
        at = point.latest
        ends = [end for lane in read if (end := lane.next_change(at)) is not None]
        until = min((*ends, *(turn for turn in later if turn > at)), default=LAST_INSTANT)
        place = bisect_right(self._starts, at)
        same = place < len(self._starts) and self._starts[place] < until
        self._starts[place : place + same] = [at]
        self._spells[place : place + same] = [_Answer(because, read, later, until)]


class Answers:
    """What questions of one policy came to for one subject whose clocks start alike."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._questions: dict[Hashable, _Question] = {}

    def ask(self, key: Hashable, point: Point, judge: Callable[[], Because]) -> Because:
        """The answer to a question at the close of a day, or just before or after a fact."""
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = _Question()
        question.refresh()
        reading = self._timeline.reading
        answer = question.known(point)
        if answer is not None:
            if reading is not None:
                for lane in answer.lanes:
                    reading.note(lane, reading.until)
                reading.turns += answer.turns
            return answer.because
        with Noting(self._timeline) as inner:
            inner.until = point.latest if reading is None else reading.until
            because = judge()
        if reading is not None:
            reading.turns += inner.turns
        question.keep(point, because, inner.lanes, inner.turns)
        return because
