"""A decision as a forest plot: each estimate with its bounds, against the alert and limit lines.

One drawing for the terminal, one as a page that loads nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ifthen.evidence.decide import Decision, Estimate, Finding
from ifthen.evidence.says import WORDS, percent, score
from ifthen.reports.markup import NOTHING, Html, join, tag
from ifthen.reports.page import Page, Tone

TONES: dict[Finding, Tone] = {
    "below": "good",
    "alert": "warn",
    "cannot_rule_out": "warn",
    "crossed": "bad",
}
_ENDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_MOST_ROWS = 40


def rows(decision: Decision) -> tuple[Estimate, ...]:
    """The rows of the picture: every family, then all tasks."""
    return (*decision.families, decision.whole)


def axis_end(decision: Decision) -> float:
    """Where the axis ends, so that everything is on it and small rates are not squeezed."""
    rule = decision.rule
    most = max(rule.limit * 1.15, *(estimate.moved for estimate in rows(decision)))
    return next((end for end in _ENDS if end >= most), 1.0)


# --- terminal ----------------------------------------------------------------------------------


def write_forest(page: Page, decision: Decision) -> None:
    """Draw the decision as text."""
    shown = rows(decision)
    label = min(18, max(9, *(len(estimate.name) for estimate in shown)))
    seen = max(4, *(len(score(estimate)) for estimate in shown))
    bounds = max(len(_bounds(estimate)) for estimate in shown)
    width = max(16, page.width - label - seen - bounds - 7)
    end = axis_end(decision)
    rule = decision.rule
    left = " " * (label + 2)
    for name, line in (("alert", rule.alert), ("limit", rule.limit)):
        if line is not None:
            text = f"{name} {percent(line)}"
            at = _column(line, end, width)
            before = at + 1 >= len(text) + 1
            mark = f"{' ' * (at - len(text) - 1)}{text} ▾" if before else f"{' ' * at}▾ {text}"
            page.write(left + mark, tone="dim")
    for estimate in shown[:-1][:_MOST_ROWS]:
        page.write(_row(estimate, decision, label, seen, width))
    if len(shown) - 1 > _MOST_ROWS:
        page.write(f"… and {len(shown) - 1 - _MOST_ROWS} more families", tone="dim")
    page.write(_row(decision.whole, decision, label, seen, width), tone=TONES[decision.finding])
    scale = f"0{percent(end):>{width - 1}}"
    page.write(left + scale, tone="dim")


def _row(estimate: Estimate, decision: Decision, label: int, seen: int, width: int) -> str:
    end = axis_end(decision)
    cells = [" "] * width
    rule = decision.rule

    def at(rate: float) -> int:
        """The column of a rate, on the side of the limit on which it lies."""
        column, limit = _column(rate, end, width), _column(rule.limit, end, width)
        return min(column, limit - 1) if rate < rule.limit else max(column, limit)

    if rule.alert is not None:
        cells[at(rule.alert)] = "┊"
    cells[at(rule.limit)] = "│"
    for column in range(at(estimate.upper), at(estimate.moved) + 1):
        cells[column] = "┄"
    if estimate.moved > estimate.upper:
        cells[at(estimate.moved)] = "▷"
    for column in range(at(estimate.lower), at(estimate.upper) + 1):
        cells[column] = "─"
    cells[at(estimate.lower)], cells[at(estimate.upper)] = "├", "┤"
    for column in range(at(estimate.low), at(estimate.high) + 1):
        cells[column] = "━"
    cells[at(estimate.low)] = cells[at(estimate.high)] = "●"
    name = estimate.name if len(estimate.name) <= label else estimate.name[: label - 1] + "…"
    drawn = "".join(cells)
    return f"{name:<{label}}  {drawn}  {score(estimate):<{seen}}  {_bounds(estimate)}"


def _column(rate: float, end: float, width: int) -> int:
    return min(width - 1, max(0, round(rate / end * (width - 1))))


def _bounds(estimate: Estimate) -> str:
    return f"{percent(estimate.lower).removesuffix(' %')} to {percent(estimate.upper)}"


def write_decision(page: Page, decision: Decision) -> None:
    """Write a decision for the terminal: the finding, the paragraph, the picture, the bounds."""
    rule = decision.rule
    if rule.threshold or rule.source:
        page.write(", ".join(part for part in (rule.threshold, rule.source) if part), tone="dim")
    head, _, rest = decision.says.partition(" ")
    words = WORDS[decision.finding]
    page.write(f"{words}.", tone=TONES[decision.finding])
    page.write(decision.says.removeprefix(f"{words}.").strip() or f"{head} {rest}")
    page.blank()
    write_forest(page, decision)
    page.blank()
    page.write(caption(decision), tone="dim")


def caption(decision: Decision) -> str:
    """How to read the picture."""
    parts = [
        f"Bars: {percent(decision.level)} bounds on each side, {decision.method}; "
        "filled: what was seen."
    ]
    if decision.whole.missing:
        parts.append("Its two ends: every missing attempt failed, and succeeded.")
    if decision.whole.moved > decision.whole.upper:
        parts.append("Dotted: the margin for better elicitation.")
    if decision.others:
        listed = ", ".join(f"{name} {percent(bound)}" for name, bound in decision.others)
        parts.append(f"Other upper bounds, which decide nothing: {listed}.")
    return " ".join(parts)


# --- page --------------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; --paper: #fcfbf8; --ink: #1d1f22; --soft: #575c63;
  --line: #dedbd3; --bar: #26508c; --limit: #b3201c; --alert: #80580e; --good: #3f7358; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e9e7e2; --soft: #a6abb2;
  --line: #363a40; --bar: #93b9ee; --limit: #ff7a70; --alert: #d9ab5c; --good: #7fbf9d; } }
body { margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem); max-width: 62rem;
  background: var(--paper); color: var(--ink); font: 400 1rem/1.55 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { margin: 0 0 .4rem; font: 600 2rem/1.15 ui-serif, Georgia, serif; }
.good { color: var(--good); } .warn { color: var(--alert); } .bad { color: var(--limit); }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
figure { margin: 1.6rem 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; font-size: 13px; }
svg text { fill: var(--ink); } svg .soft { fill: var(--soft); }
.axis { stroke: var(--line); } .bar { stroke: var(--bar); stroke-width: 2; }
.seen { stroke: var(--bar); stroke-width: 6; } .dot { fill: var(--bar); }
.margin { stroke: var(--bar); stroke-width: 2; stroke-dasharray: 2 4; }
.limit { stroke: var(--limit); stroke-width: 1.5; } svg .limit-name { fill: var(--limit); }
.alert { stroke: var(--alert); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .alert-name { fill: var(--alert); } svg .whole { font-weight: 650; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt { color: var(--soft); } dd { margin: 0; }
"""
_LABEL, _PLOT, _RIGHT, _STEP, _TOP = 190.0, 480.0, 250.0, 30.0, 46.0


def write_page(decision: Decision, subject: str) -> str:
    """The decision as a whole HTML document.

    Args:
        decision: what was decided.
        subject: the model and the evaluation, for the title.
    """
    rule = decision.rule
    facts = [
        ("About", subject),
        ("Threshold", rule.threshold),
        ("Drawn by", rule.source),
        ("Scoring", str(rule.scoring)),
        ("Families", None if rule.families is None else str(rule.families)),
        ("Tasks", f"{decision.n}, attempts missing: {decision.missing}"),
        ("Bounds", f"{decision.method}, at {percent(decision.level)}"),
        ("Elicitation", _elicitation(decision)),
    ]
    listed = (join((tag("dt", name), tag("dd", value))) for name, value in facts if value)
    return (
        "<!doctype html>\n"
        + tag(
            "html",
            tag(
                "head",
                tag("meta", charset="utf-8"),
                tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
                tag(
                    "meta",
                    http_equiv="Content-Security-Policy",
                    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:",
                ),
                tag("title", f"{WORDS[decision.finding]}: {subject}"),
                tag("link", rel="icon", href="data:,"),
                tag("style", Html(_STYLE)),
            ),
            tag(
                "body",
                tag("h1", WORDS[decision.finding], class_=TONES[decision.finding]),
                tag("p", decision.says.removeprefix(f"{WORDS[decision.finding]}.").strip()),
                tag("figure", draw(decision), tag("figcaption", caption(decision))),
                tag("dl", *listed),
            ),
            lang="en",
        )
        + "\n"
    )


def _elicitation(decision: Decision) -> str:
    used = sorted(decision.elicitation.used) if decision.elicitation else []
    parts = [f"used {', '.join(used)}" if used else "nothing recorded"]
    if decision.gaps.expected:
        parts.append(f"left out {', '.join(decision.gaps.expected)}")
    return "; ".join(parts)


def draw(decision: Decision) -> Html:
    """The forest plot, as SVG."""
    shown, rule, end = rows(decision), decision.rule, axis_end(decision)
    bottom = _TOP + _STEP * len(shown)

    def x(rate: float) -> float:
        return _LABEL + min(1.0, rate / end) * _PLOT

    ticks = [end * step / 4 for step in range(5)]
    grid = [
        tag("line", class_="axis", x1=x(tick), x2=x(tick), y1=_TOP, y2=bottom) for tick in ticks
    ]
    scale = [
        tag("text", percent(tick), class_="soft", x=x(tick), y=bottom + 18, text_anchor="middle")
        for tick in ticks
    ]
    lines = [_line("limit", rule.limit, x(rule.limit), bottom, 14.0)]
    if rule.alert is not None:
        lines.append(_line("alert", rule.alert, x(rule.alert), bottom, 32.0))
    drawn = [
        _drawn(estimate, _TOP + _STEP * (place + 0.5), x, whole=place == len(shown) - 1)
        for place, estimate in enumerate(shown)
    ]
    return tag(
        "svg",
        tag("title", f"{WORDS[decision.finding]}: estimates and bounds against the lines"),
        *grid,
        *lines,
        *drawn,
        *scale,
        viewBox=f"0 0 {_LABEL + _PLOT + _RIGHT:.0f} {bottom + 28:.0f}",
        role="img",
        aria_label=decision.says,
    )


def _line(name: str, rate: float, at: float, bottom: float, height: float) -> Html:
    return join(
        (
            tag("line", class_=name, x1=at, x2=at, y1=height + 4, y2=bottom),
            tag(
                "text",
                f"{name} {percent(rate)}",
                class_=f"{name}-name",
                x=at,
                y=height,
                text_anchor="middle",
            ),
        )
    )


def _drawn(estimate: Estimate, y: float, x: Callable[[float], float], *, whole: bool) -> Html:
    low, high = x(estimate.low), x(estimate.high)
    parts: Sequence[Html] = (
        tag(
            "text",
            estimate.name if len(estimate.name) <= 22 else estimate.name[:21] + "…",
            class_="whole" if whole else None,
            x=_LABEL - 14,
            y=y + 4,
            text_anchor="end",
        ),
        tag("line", class_="margin", x1=x(estimate.upper), x2=x(estimate.moved), y1=y, y2=y)
        if estimate.moved > estimate.upper
        else NOTHING,
        *(
            tag("line", class_="bar", x1=x(a), x2=x(b), y1=y - h, y2=y + h)
            for a, b, h in (
                (estimate.lower, estimate.upper, 0.0),
                (estimate.lower, estimate.lower, 5.0),
                (estimate.upper, estimate.upper, 5.0),
                (estimate.moved, estimate.moved, 3.0),
            )
        ),
        tag("line", class_="seen", x1=low, x2=high, y1=y, y2=y) if high > low else NOTHING,
        tag("circle", class_="dot", cx=low, cy=y, r=5 if whole else 4),
        tag("circle", class_="dot", cx=high, cy=y, r=5 if whole else 4),
        tag(
            "text",
            f"{score(estimate)}   ({_bounds(estimate)})",
            class_="whole" if whole else None,
            x=_LABEL + _PLOT + 14,
            y=y + 4,
        ),
    )
    return tag("g", *parts)
