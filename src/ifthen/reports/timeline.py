"""The timeline as inline SVG: a lane for the organisation and one for each model.

A mark differs from the others in shape as well as colour, a bar in pattern, so that nothing rests
on colour alone. Colours are CSS classes: see ``style.css``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ifthen.dates import SECONDS_PER_DAY, Instant, format_instant, from_date, start_of, to_date
from ifthen.reports.lanes import SHAPES, Bar, Chart, Lane, Mark
from ifthen.reports.markup import NOTHING, Html, anchor, join, plural, tag
from ifthen.ruling.finding import FAULTS, InForce

PRINTED = {"a4": 490, "a3": 780}
"""Pixels of height to which a tall timeline shrinks, to fit the first page of paper lying down."""
PAD = 8
AXIS = 34
FAMILY_ROW = 20
MARK_ROW = 12
BAR_ROW = 11
BAR_GAP = 3
BAR = 6
LEAST_BAR = 3
LANE_PAD = 5
LEAST_LANE = 25
NAME_LINE = 15
NAME_WIDTH = 19
"""Characters of a lane's name that surely fit on one line."""

_PATHS = {
    "release": "M0-6 6 5H-6Z",
    "training": "M-5-5.5 6 0-5 5.5Z",
    "decision": "M0-6.4 6.4 0 0 6.4-6.4 0Z",
    "assessment": "M-5.4 0a5.4 5.4 0 1 0 10.8 0a5.4 5.4 0 1 0-10.8 0Z",
    "outside": "M-4.4 0a4.4 4.4 0 1 0 8.8 0a4.4 4.4 0 1 0-8.8 0ZM-1 0h2",
    "report": "M-4.4-5.4H2L4.4-3V5.4H-4.4Z",
    "safeguard": "M0-6 5.4-4V.6C5.4 3.6 2.8 5.4 0 6.4-2.8 5.4-5.4 3.6-5.4.6V-4Z",
    "notice": "M-6-4.4H6V4.4H-6ZM-6-4.4 0 1 6-4.4",
    "trouble": "M-5.6-5.6 0-1.8 5.6-5.6 1.8 0 5.6 5.6 0 1.8-5.6 5.6-1.8 0Z",
    "tip": f"M0-3l6 {BAR / 2 + 3:.0f}l-6 {BAR / 2 + 3:.0f}z",
    "other": "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BAR_LEGEND = (
    ("late", "late: done after it was due, red from the due date"),
    ("breached", "breached, or done while held"),
    ("missed", "aim missed"),
    ("held", "held"),
    ("pending", "pending until due"),
    ("undetermined", "undetermined"),
    ("met", "met"),
)


def draw(chart: Chart) -> Html:
    """The timeline with its legend."""
    heights = [_lane_height(lane) for lane in chart.lanes]
    head = AXIS + FAMILY_ROW * len(chart.families) + PAD
    height = head + sum(heights) + PAD
    tops = [head + sum(heights[:number]) for number in range(len(heights))]
    label = (
        f"Timeline from {format_instant(chart.start)} to {format_instant(chart.now)}: "
        f"{plural(len(chart.lanes), 'lane')}. Every mark and bar is listed in words below it."
    )
    svg = tag(
        "svg",
        tag("title", label, id="timeline-title"),
        _definitions(),
        *_backdrop(chart, head, height),
        *_axis(chart, height),
        *_families(chart),
        *(_lane(chart, lane, top) for lane, top in zip(chart.lanes, tops, strict=True)),
        _now(chart, height),
        width="100%",
        height=height,
        xmlns="http://www.w3.org/2000/svg",
        role="group",
        aria_labelledby="timeline-title",
        style=f"min-width:{_pixels(chart):.0f}px",
    )
    frame = tag(
        "div",
        tag("div", _labels(chart, heights), tag("div", svg, class_="plot"), class_="lanes"),
        class_="timeline",
        tabindex=0,
        role="region",
        aria_label="Timeline, scrolls sideways",
        style=";".join(
            f"--{paper}:{min(1.0, most / height):.3f}" for paper, most in PRINTED.items()
        ),
    )
    return join((frame, _legend(chart)))


def _pixels(chart: Chart) -> float:
    """The least width of the axis; places on it are percentages, so that it can be wider."""
    return (chart.end - chart.start) / SECONDS_PER_DAY * chart.per_day


def _share(chart: Chart, instant: Instant) -> float:
    """How far along the axis an instant lies: 0 to 1."""
    return (min(max(instant, chart.start), chart.end) - chart.start) / (chart.end - chart.start)


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"


def _lane_height(lane: Lane) -> int:
    inside = lane.mark_rows * MARK_ROW + BAR_GAP + lane.bar_rows * BAR_ROW
    inside += BAR_ROW if lane.left_out else 0
    name = LEAST_LANE + NAME_LINE * (len(lane.name) // NAME_WIDTH)
    return max(name, inside + 2 * LANE_PAD)


# --- frame -------------------------------------------------------------------------------------


def _definitions() -> Html:
    shapes = (tag("path", id=f"mark-{name}", d=path) for name, path in _PATHS.items())
    return tag(
        "defs", *shapes, _hatch("hatch", 5, "hatch-line"), _hatch("hatch-band", 9, "band-line")
    )


def _hatch(identifier: str, size: int, class_: str) -> Html:
    line = tag("line", x1=0, y1=0, x2=0, y2=size, class_=class_)
    return tag(
        "pattern",
        line,
        id=identifier,
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _span(chart: Chart, policy: InForce) -> tuple[float, float] | None:
    """Where a version's band begins and ends; None where it lies outside."""
    begin = _share(chart, chart.start if policy.start is None else policy.start)
    end = _share(chart, chart.end if policy.end is None else policy.end)
    return (begin, end) if begin < end else None


def _tint(number: int, policy: InForce) -> str:
    return f"tint-{number % 4}" if policy.encoded else "unencoded"


def _band(left: float, right: float, top: int, height: int, class_: str, hatch: str | None) -> Html:
    """A rectangle along the axis, hatched where asked."""
    box: dict[str, str | int] = {
        "x": _percent(left),
        "y": top,
        "width": _percent(right - left),
        "height": height,
    }
    over = NOTHING if hatch is None else tag("rect", **box, fill=f"url(#{hatch})")
    return join((tag("rect", **box, class_=class_), over))


def _upright(share: float, top: int, bottom: int, class_: str) -> Html:
    place = _percent(share)
    return tag("line", x1=place, x2=place, y1=top, y2=bottom, class_=class_)


def _backdrop(chart: Chart, head: int, height: int) -> Iterator[Html]:
    """The versions of the family ruled under, faintly across all lanes."""
    for _, versions in chart.families[:1]:
        for number, policy in enumerate(versions):
            span = _span(chart, policy)
            if span is not None:
                class_ = f"backdrop {_tint(number, policy)}"
                hatch = None if policy.encoded else "hatch-band"
                yield _band(*span, head - PAD, height - head, class_, hatch)
                yield _upright(span[0], head - PAD, height - PAD, "edge")


def _families(chart: Chart) -> Iterator[Html]:
    for row, (_, versions) in enumerate(chart.families):
        top = AXIS + row * FAMILY_ROW
        for number, policy in enumerate(versions):
            span = _span(chart, policy)
            if span is None:
                continue
            left, right = span
            room = (right - left) * _pixels(chart)
            name = policy.policy.rpartition("@")[2]
            if room > 120 and not policy.encoded:
                name += " · not encoded"
            until = "" if policy.end is None else f" to {format_instant(policy.end)}"
            since = "" if policy.start is None else f" from {format_instant(policy.start)}"
            missing = "" if policy.encoded else ", not encoded: nothing is ruled under it"
            class_ = f"version {_tint(number, policy)}"
            hatch = None if policy.encoded else "hatch"
            yield tag(
                "g",
                tag("title", f"{policy.policy}{since}{until}{missing}"),
                _band(left, right, top, FAMILY_ROW - 3, class_, hatch),
                _note(left, 3, top + 12, name, "version-name") if room > 6 * len(name) else NOTHING,
            )


def _note(share: float, shift: float, y: float, words: object, class_: str) -> Html:
    """Words beside a place on the axis."""
    return tag("text", words, x=_percent(share), dx=shift, y=y, class_=class_)


def _axis(chart: Chart, height: int) -> Iterator[Html]:
    months = 3 if chart.per_day * 30 < 60 else 1
    if chart.per_day * 91 < 34:
        months = 12
    for day in _months(chart, months):
        left = _share(chart, start_of(from_date(day)))
        first = day.month == 1
        yield _upright(left, 16, height - PAD, "year" if first else "tick")
        if first:
            yield _note(left, 4, 13, day.year, "year-name")
        if months != 12:
            name = f"Q{day.month // 3 + 1}" if months == 3 else _MONTHS[day.month - 1]
            yield _note(left, 4, 28, name, "tick-name")
    begin = to_date(chart.start // SECONDS_PER_DAY)
    if 1 < begin.month < 11:
        yield _note(0, 0, 13, begin.year, "year-name")


def _months(chart: Chart, step: int) -> Iterator[date]:
    """The first day of every month, quarter or year on the axis."""
    day = to_date(chart.start // SECONDS_PER_DAY)
    month = day.year * 12 + day.month - 1
    month += -month % step
    while True:
        first = date(month // 12, month % 12 + 1, 1)
        if start_of(from_date(first)) > chart.end:
            return
        if start_of(from_date(first)) >= chart.start:
            yield first
        month += step


def _now(chart: Chart, height: int) -> Html:
    left = _share(chart, chart.now)
    return tag(
        "g",
        tag("title", f"The ruling: {format_instant(chart.now)}"),
        _upright(left, 16, height - PAD, "now"),
        _note(left, 4, 13, format_instant(chart.now)[:10], "now-name"),
    )


def _labels(chart: Chart, heights: Iterable[int]) -> Html:
    cells = [tag("div", style=f"height:{AXIS}px")]
    cells += [
        tag(
            "div",
            tag("span", family.rpartition("/")[2]),
            title=family,
            class_="family",
            style=f"height:{FAMILY_ROW}px",
        )
        for family, _ in chart.families
    ]
    cells.append(tag("div", style=f"height:{PAD}px"))
    cells += [
        tag("div", tag("span", lane.name), class_="lane-name", style=f"height:{height}px")
        for lane, height in zip(chart.lanes, heights, strict=True)
    ]
    return tag("div", *cells, class_="lane-names", aria_hidden="true")


# --- lanes -------------------------------------------------------------------------------------


def _lane(chart: Chart, lane: Lane, top: int) -> Html:
    below = top + LANE_PAD + lane.mark_rows * MARK_ROW + BAR_GAP
    parts = [tag("line", x1=0, x2="100%", y1=top, y2=top, class_="lane-line")]
    parts += [_bar(chart, bar, below + bar.row * BAR_ROW) for bar in lane.bars]
    parts += [
        _mark(chart, mark, top + LANE_PAD + mark.row * MARK_ROW + MARK_ROW // 2)
        for mark in lane.marks
    ]
    if lane.left_out:
        more = f"and {plural(lane.left_out, 'more duty', 'more duties')}, listed below"
        parts.append(_note(0, PAD, below + lane.bar_rows * BAR_ROW + 8, more, "count"))
    return tag("g", *parts, role="group", aria_label=lane.name)


def _mark(chart: Chart, mark: Mark, y: int) -> Html:
    left, right = _share(chart, mark.low), _share(chart, mark.high)
    middle = (left + right) / 2
    parts: list[Html] = [tag("title", mark.title)]
    if mark.coarse:
        parts += [
            tag("line", x1=_percent(left), x2=_percent(right), y1=y, y2=y, class_="range"),
            _upright(left, y - 3, y + 3, "range"),
            _upright(right, y - 3, y + 3, "range"),
        ]
    elif mark.shift:
        parts.append(_upright(middle, y - 6, y + 6, "range"))
    beside = f"translate({mark.shift:.0f})" if mark.shift else None
    parts.append(tag("use", href=f"#mark-{mark.shape}", x=_percent(middle), y=y, transform=beside))
    if mark.count > 1:
        parts.append(_note(middle, mark.shift + 7, y - 1, mark.count, "count"))
    return anchor(
        mark.place,
        *parts,
        class_=f"mark {mark.shape}{' coarse' if mark.coarse else ''}",
    )


def _bar(chart: Chart, bar: Bar, y: int) -> Html:
    left, right = _share(chart, bar.low), _share(chart, bar.high)
    due = None if bar.due is None else _share(chart, bar.due)
    fault = bar.status in FAULTS
    turns = min(max(left if due is None else due, left), right) if fault else right
    parts: list[Html] = [tag("title", bar.title)]
    if turns > left:
        class_ = "before" if fault else f"bar-{bar.status}"
        hatch = "hatch" if bar.status == "undetermined" else None
        parts.append(_band(left, turns, y, BAR, class_, hatch))
    if fault:
        seen = (right - turns) * _pixels(chart) >= LEAST_BAR
        width = _percent(right - turns) if seen else str(LEAST_BAR)
        parts.append(
            tag("rect", x=_percent(turns), y=y - 1, width=width, height=BAR + 2, class_="fault-bar")
        )
        if bar.open:
            parts.append(tag("use", href="#mark-tip", x=_percent(right), y=y, class_="fault-bar"))
    if due is not None:
        if due > right:
            ends = {"x1": _percent(right), "x2": _percent(due)}
            parts.append(tag("line", **ends, y1=y + 3, y2=y + 3, class_="spare"))
        parts.append(_upright(due, y - 2, y + BAR + 2, "due"))
    note = bar.label or (f"×{bar.count}" if bar.count > 1 else "")
    if note:
        beside = 10 if bar.open and fault else 5
        class_ = "fault-name" if fault else "count"
        parts.append(_note(max(right, due or right), beside, y + BAR, note, class_))
    return anchor(bar.place, *parts, class_="bar")


# --- legend ------------------------------------------------------------------------------------


def _legend(chart: Chart) -> Html:
    used = {mark.shape for lane in chart.lanes for mark in lane.marks}
    bars = {bar.status for lane in chart.lanes for bar in lane.bars}
    items = [
        tag("li", _sample(tag("use", href=f"#mark-{shape}", x=8, y=8), f"mark {shape}", 16), name)
        for shape, name in SHAPES.items()
        if shape in used
    ]
    if any(mark.coarse for lane in chart.lanes for mark in lane.marks):
        drawn = join(
            (
                tag("path", d="M2 5v6m0-3H28m0-3v6", class_="range"),
                tag("use", href="#mark-release", x=15, y=8),
            )
        )
        items.append(tag("li", _sample(drawn, "mark release coarse", 30), "day not known exactly"))
    for status, name in _BAR_LEGEND:
        if status in bars or (status == "breached" and bars & {"violated", "void", "abused"}):
            items.append(tag("li", _sample(_bar_sample(status), "bar", 34), name))
    if any(not policy.encoded for _, versions in chart.families for policy in versions):
        band = join(
            (
                tag("rect", width=30, height=14, x=1, y=1, class_="version unencoded"),
                tag("rect", width=30, height=14, x=1, y=1, fill="url(#hatch)"),
            )
        )
        items.append(tag("li", _sample(band, "", 32), "version not encoded: nothing is ruled"))
    return tag("ul", *items, class_="legend", aria_label="Legend of the timeline")


def _bar_sample(status: str) -> Html:
    if status in FAULTS:
        turns = 18 if status == "late" else 2
        before = tag("rect", x=2, y=5, width=16, height=BAR, class_="before")
        red = tag("rect", x=turns, y=4, width=32 - turns, height=BAR + 2, class_="fault-bar")
        return join((before if status == "late" else NOTHING, red))
    box = {"x": 2, "y": 5, "width": 30, "height": BAR}
    hatched = tag("rect", **box, fill="url(#hatch)") if status == "undetermined" else NOTHING
    return join((tag("rect", **box, rx=1, class_=f"bar-{status}"), hatched))


def _sample(drawing: Html, class_: str, width: int) -> Html:
    group = tag("g", drawing, class_=class_)
    return tag("svg", group, width=width, height=16, viewBox=f"0 0 {width} 16", aria_hidden="true")
