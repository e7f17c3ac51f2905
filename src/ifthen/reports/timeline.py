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

MARGIN = 92
"""Room at the right for the words beside what is still going on."""
PAD = 8
AXIS = 34
FAMILY_ROW = 20
MARK_ROW = 12
BAR_ROW = 11
BAR_GAP = 3
BAR = 6
LANE_PAD = 5
LEAST_LANE = 25

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
    height = head + sum(heights) + PAD * 2
    width = _x(chart, chart.end) + MARGIN
    label = (
        f"Timeline from {format_instant(chart.start)} to {format_instant(chart.now)}: "
        f"{plural(len(chart.lanes), 'lane')}. Every mark and bar is listed in words below it."
    )
    tops = [head + sum(heights[:number]) for number in range(len(heights))]
    svg = tag(
        "svg",
        tag("title", label, id="timeline-title"),
        _definitions(),
        *_backdrop(chart, head, height),
        *_axis(chart, height),
        *_families(chart),
        *(_lane(chart, lane, top, width) for lane, top in zip(chart.lanes, tops, strict=True)),
        _now(chart, head, height),
        viewBox=f"0 0 {width:.0f} {height}",
        xmlns="http://www.w3.org/2000/svg",
        role="group",
        aria_labelledby="timeline-title",
        style=f"min-width:{width:.0f}px",
    )
    grid = tag("div", _labels(chart, heights), svg, class_="lanes")
    frame = tag(
        "div",
        grid,
        class_="timeline",
        tabindex=0,
        role="region",
        aria_label="Timeline, scrolls sideways",
        style=f"--ratio:{(width + 150) / height:.3f}",
    )
    return join((frame, _legend(chart)))


def _x(chart: Chart, instant: Instant) -> float:
    return (instant - chart.start) / SECONDS_PER_DAY * chart.per_day + PAD


def _lane_height(lane: Lane) -> int:
    inside = lane.mark_rows * MARK_ROW + BAR_GAP + lane.bar_rows * BAR_ROW
    inside += BAR_ROW if lane.left_out else 0
    return max(LEAST_LANE, inside + 2 * LANE_PAD)


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
    begin = chart.start if policy.start is None else max(policy.start, chart.start)
    end = chart.end if policy.end is None else min(policy.end, chart.end)
    return (_x(chart, begin), _x(chart, end)) if begin < end else None


def _tint(number: int, policy: InForce) -> str:
    return f"tint-{number % 4}" if policy.encoded else "unencoded"


def _backdrop(chart: Chart, head: int, height: int) -> Iterator[Html]:
    """The versions of the family ruled under, faintly across all lanes."""
    for _, versions in chart.families[:1]:
        for number, policy in enumerate(versions):
            span = _span(chart, policy)
            if span is not None:
                left, right = span
                box = {"x": left, "y": head - PAD, "width": right - left, "height": height - head}
                yield tag("rect", **box, class_=f"backdrop {_tint(number, policy)}")
                if not policy.encoded:
                    yield tag("rect", **box, fill="url(#hatch-band)")
                yield tag("line", x1=left, x2=left, y1=head - PAD, y2=height - PAD, class_="edge")


def _families(chart: Chart) -> Iterator[Html]:
    for row, (family, versions) in enumerate(chart.families):
        top = AXIS + row * FAMILY_ROW
        for number, policy in enumerate(versions):
            span = _span(chart, policy)
            if span is None:
                continue
            left, right = span
            name = policy.policy.rpartition("@")[2]
            if right - left > 120 and not policy.encoded:
                name += " · not encoded"
            until = "" if policy.end is None else f" to {format_instant(policy.end)}"
            since = "" if policy.start is None else f" from {format_instant(policy.start)}"
            missing = "" if policy.encoded else ", not encoded: nothing is ruled under it"
            box = {
                "x": left,
                "y": top,
                "width": right - left - 1,
                "height": FAMILY_ROW - 3,
                "rx": 2,
            }
            fits = (right - left) > 6.4 * len(name) + 4
            yield tag(
                "g",
                tag("title", f"{family}@{policy.policy.rpartition('@')[2]}{since}{until}{missing}"),
                tag("rect", **box, class_=f"version {_tint(number, policy)}"),
                NOTHING if policy.encoded else tag("rect", **box, fill="url(#hatch)"),
                tag("text", name, x=left + 5, y=top + 12.5, class_="version-name")
                if fits
                else NOTHING,
            )


def _axis(chart: Chart, height: int) -> Iterator[Html]:
    months = 3 if chart.per_day * 30 < 60 else 1
    if chart.per_day * 91 < 34:
        months = 12
    for day in _months(chart, months):
        left = _x(chart, start_of(from_date(day)))
        first = day.month == 1
        yield tag(
            "line", x1=left, x2=left, y1=16, y2=height - PAD, class_="year" if first else "tick"
        )
        if first:
            yield tag("text", day.year, x=left + 4, y=13, class_="year-name")
        if months != 12:
            name = f"Q{day.month // 3 + 1}" if months == 3 else _MONTHS[day.month - 1]
            yield tag("text", name, x=left + 4, y=28, class_="tick-name")
    begin = to_date(chart.start // SECONDS_PER_DAY)
    if 1 < begin.month < 11:
        yield tag("text", begin.year, x=_x(chart, chart.start), y=13, class_="year-name")


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


def _now(chart: Chart, head: int, height: int) -> Html:
    left = _x(chart, chart.now)
    return tag(
        "g",
        tag("title", f"The ruling: {format_instant(chart.now)}"),
        tag("line", x1=left, x2=left, y1=16, y2=height - PAD, class_="now"),
        tag("text", format_instant(chart.now)[:10], x=left + 4, y=13, class_="now-name"),
    )


def _labels(chart: Chart, heights: Iterable[int]) -> Html:
    cells = [tag("div", style=f"flex:{AXIS}")]
    cells += [
        tag(
            "div",
            tag("span", family.rpartition("/")[2]),
            title=family,
            class_="family",
            style=f"flex:{FAMILY_ROW}",
        )
        for family, _ in chart.families
    ]
    cells.append(tag("div", style=f"flex:{PAD}"))
    cells += [
        tag("div", tag("span", lane.name), class_="lane-name", style=f"flex:{height}")
        for lane, height in zip(chart.lanes, heights, strict=True)
    ]
    cells.append(tag("div", style=f"flex:{PAD * 2}"))
    return tag("div", *cells, class_="lane-names", aria_hidden="true")


# --- lanes -------------------------------------------------------------------------------------


def _lane(chart: Chart, lane: Lane, top: int, width: float) -> Html:
    parts = [
        tag("line", x1=0, x2=width - MARGIN + PAD, y1=top, y2=top, class_="lane-line"),
    ]
    below = top + LANE_PAD + lane.mark_rows * MARK_ROW + BAR_GAP
    parts += [_bar(chart, bar, below + bar.row * BAR_ROW) for bar in lane.bars]
    parts += [
        _mark(chart, mark, top + LANE_PAD + mark.row * MARK_ROW + MARK_ROW // 2)
        for mark in lane.marks
    ]
    if lane.left_out:
        more = f"and {plural(lane.left_out, 'more duty', 'more duties')}, listed below"
        parts.append(tag("text", more, x=PAD, y=below + lane.bar_rows * BAR_ROW + 8, class_="more"))
    return tag("g", *parts, role="group", aria_label=lane.name)


def _mark(chart: Chart, mark: Mark, y: float) -> Html:
    left, right = _x(chart, mark.low), _x(chart, mark.high)
    day = (left + right) / 2
    middle = day + mark.shift
    parts: list[Html] = [tag("title", mark.title)]
    if mark.coarse:
        parts.append(tag("path", d=f"M{left:.1f} {y - 3}v6m0-3H{right:.1f}m0-3v6", class_="range"))
    elif mark.shift:
        parts.append(tag("line", x1=day, x2=day, y1=y - 6, y2=y + 6, class_="range"))
    parts.append(tag("use", href=f"#mark-{mark.shape}", x=middle, y=y))
    if mark.count > 1:
        parts.append(tag("text", mark.count, x=middle + 7, y=y - 1, class_="count"))
    return anchor(
        mark.place,
        *parts,
        class_=f"mark {mark.shape}{' coarse' if mark.coarse else ''}",
        aria_label=mark.title,
    )


def _bar(chart: Chart, bar: Bar, y: int) -> Html:
    left, right = _x(chart, bar.low), _x(chart, min(bar.high, chart.end))
    left, right = max(left, 0.0), max(right, left + 3)
    due = None if bar.due is None else _x(chart, min(bar.due, chart.end))
    fault = bar.status in FAULTS
    turns = min(max(left if due is None else due, left), right) if fault else right
    parts: list[Html] = [tag("title", bar.title)]
    if turns > left:
        class_ = "before" if fault else f"bar-{bar.status}"
        parts.append(tag("rect", x=left, y=y, width=turns - left, height=BAR, rx=1, class_=class_))
    if bar.status == "undetermined":
        parts.append(tag("rect", x=left, y=y, width=turns - left, height=BAR, fill="url(#hatch)"))
    if fault:
        start = min(turns, right - 3)
        parts.append(
            tag("rect", x=start, y=y - 1, width=right - start, height=BAR + 2, class_="fault-bar")
        )
        if bar.open:
            tip = f"M{right:.1f} {y - 3}l6 {BAR / 2 + 3:.0f}l-6 {BAR / 2 + 3:.0f}z"
            parts.append(tag("path", d=tip, class_="fault-bar"))
    if due is not None:
        if due > right:
            parts.append(tag("line", x1=right, x2=due, y1=y + 3, y2=y + 3, class_="spare"))
        parts.append(tag("line", x1=due, x2=due, y1=y - 2, y2=y + BAR + 2, class_="due"))
    note = bar.label or (f"×{bar.count}" if bar.count > 1 else "")
    if note:
        end = max(right, due or right) + (9 if bar.open and fault else 4)
        class_ = "fault-name" if fault else "count"
        parts.append(tag("text", note, x=end, y=y + BAR, class_=class_))
    return anchor(bar.place, *parts, class_="bar", aria_label=bar.title)


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
