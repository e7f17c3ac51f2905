"""A decision as a page: the paragraph, and the forest plot against the alert and limit lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ifthen.evidence.decide import Decision, Estimate
from ifthen.evidence.says import percent, score
from ifthen.reports.findings import TONES, findings_page
from ifthen.reports.forest import axis_end, bounds, caption, rows, split
from ifthen.reports.markup import NOTHING, Html, join, tag

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
    heading, paragraph = split(decision)
    return findings_page(
        f"{heading}: {subject}",
        heading,
        TONES[decision.finding],
        [paragraph],
        [(draw(decision), caption(decision))],
        [tag("dl", *listed)],
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
        tag("title", f"{split(decision)[0]}: estimates and bounds against the lines"),
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
            f"{score(estimate)}   ({bounds(estimate)})",
            class_="whole" if whole else None,
            x=_LABEL + _PLOT + 14,
            y=y + 4,
        ),
    )
    return tag("g", *parts)
