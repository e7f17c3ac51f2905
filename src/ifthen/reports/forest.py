"""A decision as a forest plot in the terminal: each estimate with its bounds, against the lines."""

from __future__ import annotations

from ifthen.evidence.decide import Decision, Estimate
from ifthen.evidence.finding import WORDS
from ifthen.evidence.says import percent, score
from ifthen.reports.findings import TONES
from ifthen.reports.page import Page

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


def write_forest(page: Page, decision: Decision) -> None:
    """Draw the decision as text."""
    shown = rows(decision)
    label = min(18, max(9, *(len(estimate.name) for estimate in shown)))
    seen = max(4, *(len(score(estimate)) for estimate in shown))
    last = max(len(bounds(estimate)) for estimate in shown)
    width = max(16, page.width - label - seen - last - 7)
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
    return f"{name:<{label}}  {drawn}  {score(estimate):<{seen}}  {bounds(estimate)}"


def _column(rate: float, end: float, width: int) -> int:
    return min(width - 1, max(0, round(rate / end * (width - 1))))


def bounds(estimate: Estimate) -> str:
    """Both bounds of an estimate: ``8.2 to 27 %``."""
    return f"{percent(estimate.lower).removesuffix(' %')} to {percent(estimate.upper)}"


def write_decision(page: Page, decision: Decision) -> None:
    """Write a decision for the terminal: the finding, the paragraph, the picture, the bounds."""
    rule = decision.rule
    if rule.threshold or rule.source:
        page.write(", ".join(part for part in (rule.threshold, rule.source) if part), tone="dim")
    heading, paragraph = split(decision)
    page.write(f"{heading}.", tone=TONES[decision.finding])
    page.write(paragraph)
    page.blank()
    write_forest(page, decision)
    page.blank()
    page.write(caption(decision), tone="dim")


def split(decision: Decision) -> tuple[str, str]:
    """The finding as a heading, and the rest of what the decision says."""
    heading = WORDS[decision.finding].capitalize()
    return heading, decision.says.removeprefix(f"{heading}.").strip()


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
