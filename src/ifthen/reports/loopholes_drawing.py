"""A timeline that keeps a policy and ends in a harm, drawn as SVG.

Numbers are those of the sentences beside the drawing, which say everything that it shows. Places
along the axis are percentages, so that the drawing is as wide as the page and its words stay as
large. Colours are CSS classes: see ``loopholes.css``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ifthen.dates import Day, from_date, to_date
from ifthen.reports.markup import Html, plural, tag
from ifthen.review.loopholes.calendar import FIRST
from ifthen.review.loopholes.concrete import Plain, spoken
from ifthen.review.loopholes.search import Witness
from ifthen.review.loopholes.sight import harm_days

AXIS, LANE, ROW, NAME, SIDE, FOOT = 22, 40, 19, 13, 28, 16
"""Pixels: of the axis, of a lane with one row of marks, of each further row, of a lane's name, of
what is done on the side, and of the name of the harm below."""
_EDGE = 4.0
"""Per cent left free at both ends."""
_APART = 6.5
"""Per cent between marks that do not touch on a phone."""
_MOST_TICKS = 5
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOBODY_SEES, ON_THE_SIDE, DEVELOPER = "seen by nobody", "on the side", "the developer"


@dataclass(frozen=True, slots=True)
class Mark:
    """One event, with the number of its sentence."""

    number: int
    day: Day
    row: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Events of one sort, one below the other where they would touch."""

    name: str
    marks: tuple[Mark, ...]

    @property
    def height(self) -> int:
        """In pixels."""
        return LANE + ROW * max((mark.row for mark in self.marks), default=0)


def draw(witness: Witness) -> Html:
    """The events that were chosen, the hidden truth apart, and the days of the harm."""
    lanes, sides = _lanes(witness), _sides(witness)
    place = _Axis(FIRST, witness.end)
    tops = [AXIS]
    for lane in lanes:
        tops.append(tops[-1] + lane.height)
    bottom = tops[-1]
    height = bottom + (SIDE if sides else 0) + FOOT
    clock, happens = harm_days(witness)
    chosen = sum(len(lane.marks) for lane in lanes)
    label = (
        f"Timeline from {spoken(FIRST)} to {spoken(witness.end)}: {plural(chosen, 'event')}, "
        f"and the harm from {spoken(happens)}. The list beside it says the same in words."
    )
    return tag(
        "svg",
        tag("title", label),
        *_ticks(place, height),
        *_harm(place, clock, happens, height),
        *(part for lane, top in zip(lanes, tops, strict=False) for part in _lane(lane, top, place)),
        *(_side(sides, bottom, place) if sides else ()),
        width="100%",
        height=height,
        role="img",
        aria_label=label,
        class_="drawn",
    )


class _Axis:
    """Where a day lies, in per cent."""

    def __init__(self, first: Day, last: Day) -> None:
        self.first, self.last = first, max(last, first + 1)

    def __call__(self, value: Day) -> float:
        inside = min(max(value, self.first), self.last) - self.first
        return _EDGE + (100 - 2 * _EDGE) * inside / (self.last - self.first)


def _lanes(witness: Witness) -> list[Lane]:
    """A lane for the developer, one for each model, and one for what nobody sees."""
    found: dict[str, list[tuple[int, Plain]]] = {}
    chosen = [fact for fact in witness.facts if fact.part == "chosen"]
    for number, fact in enumerate(chosen, 1):
        name = NOBODY_SEES if fact.hidden else fact.model or DEVELOPER
        found.setdefault(name, []).append((number, fact))
    place = _Axis(FIRST, witness.end)
    order = sorted(found, key=lambda name: (name == NOBODY_SEES, name != DEVELOPER, name))
    return [Lane(name, tuple(_rows(found[name], place))) for name in order]


def _rows(numbered: Iterable[tuple[int, Plain]], place: _Axis) -> Iterator[Mark]:
    ends: list[float] = []
    for number, fact in numbered:
        at = place(fact.day)
        row = next((row for row, end in enumerate(ends) if at - end >= _APART), len(ends))
        ends[row : row + 1] = [at]
        yield Mark(number, fact.day, row)


def _sides(witness: Witness) -> list[tuple[Day, str]]:
    """The days on which something else was done to keep every other promise."""
    found: dict[Day, list[str]] = {}
    for fact in witness.facts:
        if fact.part == "routine":
            found.setdefault(fact.day, []).append(fact.kind.replace("_", " "))
    return [(value, ", ".join(dict.fromkeys(kinds))) for value, kinds in sorted(found.items())]


def _lane(lane: Lane, top: int, place: _Axis) -> Iterator[Html]:
    hidden = lane.name == NOBODY_SEES
    yield tag("line", x1="0", x2="100%", y1=top, y2=top, class_="lane-line")
    yield tag("text", lane.name, x=0, y=top + NAME, class_="lane-title")
    for mark in lane.marks:
        x, y = f"{place(mark.day):.2f}%", top + 27 + ROW * mark.row
        yield tag("circle", cx=x, cy=y, r=8.5, class_="event hidden" if hidden else "event")
        class_ = "event-number hidden" if hidden else "event-number"
        yield tag("text", mark.number, x=x, y=y + 4, class_=class_, text_anchor="middle")


def _side(sides: Sequence[tuple[Day, str]], top: int, place: _Axis) -> Iterator[Html]:
    yield tag("line", x1="0", x2="100%", y1=top, y2=top, class_="lane-line")
    yield tag("text", ON_THE_SIDE, x=0, y=top + NAME, class_="lane-title")
    for value, kinds in sides:
        x = f"{place(value):.2f}%"
        named = tag("title", f"{spoken(value)}: {kinds}")
        yield tag("g", named, tag("line", x1=x, x2=x, y1=top + 17, y2=top + 26, class_="side"))


def _harm(place: _Axis, clock: Day, happens: Day, height: int) -> Iterator[Html]:
    """The time in which the clock of the harm runs, then that in which it has happened."""
    starts, from_, to = place(clock), place(happens), place(place.last)
    if from_ > starts:
        yield _band(starts, from_, height, "harm-clock")
    yield _band(from_, to, height, "harm-band")
    edge = f"{from_:.2f}%"
    yield tag("line", x1=edge, x2=edge, y1=AXIS - 4, y2=height, class_="harm-edge")
    late = from_ > 70
    yield tag(
        "text",
        "the harm",
        x=edge,
        dx=-4 if late else 4,
        y=height - 5,
        class_="harm-name",
        text_anchor="end" if late else None,
    )


def _band(left: float, right: float, height: int, class_: str) -> Html:
    width = f"{max(right - left, 0.4):.2f}%"
    return tag("rect", x=f"{left:.2f}%", y=AXIS, width=width, height=height - AXIS, class_=class_)


def _ticks(place: _Axis, height: int) -> Iterator[Html]:
    months = list(_months(place))
    step = next(n for n in (1, 2, 3, 6, 12, 24, 60) if len(months) / n <= _MOST_TICKS)
    for number, (first, value) in enumerate(months):
        x = f"{place(value):.2f}%"
        yield tag("line", x1=x, x2=x, y1=AXIS - 4, y2=height, class_="tick")
        if number % step == 0:
            year = f" {first.year}" if number == 0 or first.month <= step else ""
            name = f"{_MONTHS[first.month - 1]}{year}"
            anchor = "start" if number == 0 else "middle"
            yield tag("text", name, x=x, y=AXIS - 9, class_="tick-name", text_anchor=anchor)


def _months(place: _Axis) -> Iterator[tuple[date, Day]]:
    start = to_date(place.first)
    month = start.year * 12 + start.month - 1
    while True:
        first = date(month // 12, month % 12 + 1, 1)
        value = from_date(first)
        if value > place.last:
            return
        if value >= place.first:
            yield first, value
        month += 1
