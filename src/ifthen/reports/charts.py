"""Pictures of growth on a page: points, bands and limits on a log scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ifthen.dates import format_day, from_date, to_date
from ifthen.reports.findings import findings_page
from ifthen.reports.markup import Html, join, tag
from ifthen.reports.page import Tone

_WIDTH, _HEIGHT = 900.0, 420.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 78.0, 120.0, 16.0, 34.0
_DECADES = 8.0
"""At most so many powers of ten are drawn; what lies below is drawn at the edge."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One estimate with its interval."""

    name: str
    x: float
    low: float
    value: float
    high: float
    minor: bool = False
    """Drawn fainter: it does not make the line."""


@dataclass(frozen=True, slots=True)
class Band:
    """A line and the interval about it."""

    x: tuple[float, ...]
    low: tuple[float, ...]
    value: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that matters, or two ends of a range that does."""

    name: str
    low: float
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn; x in days, y positive and on a log scale."""

    title: str
    dots: tuple[Dot, ...]
    bands: tuple[Band, ...]
    limits: tuple[Limit, ...]
    ticks: Callable[[float], str]
    """How a value of y is written."""
    steps: tuple[float, ...]
    """Values of y that may be marked."""
    dates: bool = True
    """Whether x are dates; else names of the dots stand under them."""


def draw(chart: Chart) -> Html:
    """The chart, as SVG."""
    scale = _Scale(chart)
    parts: list[Html] = [tag("title", chart.title)]
    for tick in scale.y_ticks():
        y = scale.y(tick)
        parts.append(tag("line", class_="axis", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y))
        parts.append(_text(chart.ticks(tick), _LEFT - 8, y + 4, "soft", "end"))
    for x, name in scale.x_ticks():
        parts.append(_text(name, x, _HEIGHT - _BOTTOM + 20, "soft", "middle"))
        parts.append(tag("line", class_="axis", x1=x, x2=x, y1=_TOP, y2=_HEIGHT - _BOTTOM))
    parts += [part for limit in chart.limits for part in _limit(limit, scale)]
    for band in chart.bands:
        edge = [*zip(band.x, band.low, strict=True)]
        edge += reversed([*zip(band.x, band.high, strict=True)])
        parts.append(tag("path", d=_path(edge, scale) + "Z", class_="band"))
        line = [*zip(band.x, band.value, strict=True)]
        parts.append(tag("path", d=_path(line, scale), class_="trend"))
    parts += [_dot(dot, scale) for dot in chart.dots]
    if chart.dates:
        parts += _names(chart.dots, scale)
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        role="img",
        aria_label=chart.title,
    )


class _Scale:
    """Places on the picture."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        values = [v for dot in chart.dots for v in (dot.low, dot.value, dot.high)]
        values += [v for band in chart.bands for v in (*band.low, *band.high)]
        limits = [v for limit in chart.limits for v in (limit.low, limit.high or limit.low)]
        drawn = [math.log10(v) for v in (*values, *limits) if 0 < v < math.inf]
        top = min(max(drawn, default=1.0), max(map(math.log10, limits), default=1.0) + 3) + 0.15
        self.top = top
        self.bottom = max(min(drawn, default=0.0) - 0.15, top - _DECADES)
        xs = [dot.x for dot in chart.dots] + [x for band in chart.bands for x in band.x]
        first, last = min(xs, default=0.0), max(xs, default=1.0)
        margin = (last - first) * 0.04 or 1.0
        self.first, self.last = first - margin, last + margin

    def x(self, value: float) -> float:
        share = (value - self.first) / (self.last - self.first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """The place of a value; one off the scale at its edge."""
        log = -math.inf if not value > 0 else math.log10(value)
        log = min(self.top, max(self.bottom, log))
        share = (self.top - log) / (self.top - self.bottom)
        return _TOP + share * (_HEIGHT - _TOP - _BOTTOM)

    def y_ticks(self) -> Iterator[float]:
        shown = [s for s in self.chart.steps if self.bottom <= math.log10(s) <= self.top]
        every = max(1, -(-len(shown) // 9))
        yield from shown[::every]

    def x_ticks(self) -> Iterator[tuple[float, str]]:
        if not self.chart.dates:
            for dot in self.chart.dots:
                yield self.x(dot.x), dot.name if len(dot.name) < 16 else dot.name[:15] + "…"
            return
        first, last = math.ceil(self.first), math.floor(self.last)
        months = next(m for m in (1, 3, 6, 12, 24, 60, 600) if (last - first) / 30.4 / m <= 10)
        start = to_date(first)
        month = start.year * 12 + start.month - 1
        month += -month % months
        while True:
            day = from_date(start.replace(year=month // 12, month=month % 12 + 1, day=1))
            if day > last:
                return
            if day >= first:
                text = format_day(day)
                yield self.x(day), text[:4] if months >= 12 else text[:7]
            month += months


def _path(points: Sequence[tuple[float, float]], scale: _Scale) -> str:
    places = (f"{scale.x(x):.1f} {scale.y(y):.1f}" for x, y in points)
    return "M" + "L".join(places)


def _limit(limit: Limit, scale: _Scale) -> Iterator[Html]:
    y, right = scale.y(limit.low), _WIDTH - _RIGHT
    if limit.high is not None:
        top = scale.y(limit.high)
        yield tag("rect", class_="range", x=_LEFT, y=top, width=right - _LEFT, height=y - top)
        y = (y + top) / 2
    else:
        yield tag("line", class_="trigger", x1=_LEFT, x2=right, y1=y, y2=y)
    yield _text(limit.name, right + 6, y + 4, "limit-name")


def _dot(dot: Dot, scale: _Scale) -> Html:
    # An end that is not known is drawn as one without limit.
    top = math.inf if math.isnan(dot.high) else dot.high
    x, low, high = scale.x(dot.x), scale.y(dot.low), scale.y(top)
    ends = f"{dot.name}: {scale.chart.ticks(dot.value)}"
    ends += f" ({scale.chart.ticks(dot.low)} to {scale.chart.ticks(dot.high)})"
    parts = [tag("title", ends), tag("line", class_="bar", x1=x, x2=x, y1=low, y2=high)]
    if not math.isnan(dot.value):
        parts.append(tag("circle", class_="dot", cx=x, cy=scale.y(dot.value), r=4))
    return tag("g", *parts, class_="minor" if dot.minor else None)


def _names(dots: Sequence[Dot], scale: _Scale) -> Iterator[Html]:
    """The name beside each dot, moved down where it would lie over another."""
    taken: list[tuple[float, float, float]] = []
    for dot in sorted(dots, key=lambda each: (-each.value, each.x)):
        left, y = scale.x(dot.x) + 7, scale.y(dot.value) - 6
        right = left + 7 * len(dot.name)
        while any(left < end and right > start and abs(y - at) < 13 for start, end, at in taken):
            y += 4
        taken.append((left, right, y))
        yield _text(dot.name, left, y, "soft")


def _text(words: str, x: float, y: float, class_: str, anchor: str | None = None) -> Html:
    return tag("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def page(
    title: str,
    says: Sequence[str],
    tone: Tone | None,
    pictures: Sequence[tuple[Chart, str]],
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]],
    method: Sequence[tuple[str, str]],
) -> str:
    """A whole HTML document.

    Args:
        title: the heading.
        tone: of the heading.
        says: paragraphs under it.
        pictures: charts, each with what is to be said under it.
        tables: caption, head and rows.
        method: names and values of what it takes to make it again.
    """
    drawn = [(draw(each), under) for each, under in pictures]
    body: list[Html] = []
    for caption, head, rows in tables:
        heads = tag("tr", *(tag("th", words, scope="col") for words in head))
        lines = (tag("tr", *(tag("td", words) for words in row)) for row in rows)
        body.append(tag("table", tag("caption", caption), heads, *lines))
    listed = join(f"{name}: {value}. " for name, value in method)
    body.append(tag("p", listed, class_="soft"))
    return findings_page(title, title, tone, says, drawn, body)
