"""Time horizons for people: a table, the checkpoint, the trend; and the page with its picture."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.dates import format_day
from ifthen.evidence.finding import WORDS
from ifthen.evidence.horizon.checkpoint import LONGEST, SHORTEST, Checkpoint, duration
from ifthen.evidence.horizon.dependence import Dependence
from ifthen.evidence.horizon.estimate import AgentHorizon, Horizons
from ifthen.evidence.horizon.trend import Trend
from ifthen.evidence.interval import Interval
from ifthen.evidence.says import percent
from ifthen.reports.charts import Band, Chart, Dot, Limit, page
from ifthen.reports.findings import TONES, WORST_FIRST
from ifthen.reports.markup import plural
from ifthen.reports.page import Page

_STEPS = (
    *(s / 60 for s in (0.01, 0.1, 1, 4, 15)),
    *(1.0, 4.0, 15.0, 60.0, 240.0, 960.0, 2_880.0, 11_520.0, 46_080.0),
)


def write_horizons(
    text: Page,
    horizons: Horizons,
    checkpoints: Sequence[Checkpoint],
    trend: Trend | None,
    dependences: Sequence[Dependence],
) -> None:
    """Write what was found, and how."""
    cells = [[_cell(interval) for _, interval in found.intervals] for found in horizons.agents]
    head = ["agent", *(f"{percent(quantile)} horizon" for quantile in horizons.quantiles)]
    rows = [[found.agent, *row] for found, row in zip(horizons.agents, cells, strict=True)]
    widths = [max(map(len, column)) + 2 for column in zip(head, *rows, strict=True)]
    text.write(_row(head, widths), tone="strong")
    for found, row in zip(horizons.agents, rows, strict=True):
        text.write(_row(row, widths))
        notes = _notes(found)
        if notes:
            text.write(notes, indent=widths[0], tone="dim")
    if checkpoints:
        text.heading("Autonomy checkpoint: tasks of 2 to 8 expert hours")
    for judged in checkpoints:
        text.item(WORDS[judged.answer], judged.says, column=17, tone=TONES[judged.answer])
    for each in dependences:
        _write_dependence(text, each)
    if trend is not None:
        text.heading("Trend")
        text.write(trend_says(trend))
    text.blank()
    text.write(" ".join(f"{name}: {value}." for name, value in method(horizons)), tone="dim")
    for repair in horizons.repairs:
        text.write(f"{repair.name}, {repair.count:,} rows: {repair.rule}.", tone="dim")


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"{cell:<{wide}}" for cell, wide in zip(cells, widths, strict=True)).rstrip()


def _cell(interval: Interval) -> str:
    ends = f"{duration(interval.low)}–{duration(interval.high)}"
    return f"{duration(interval.value)} ({ends})"


def _notes(found: AgentHorizon) -> str:
    notes = []
    if found.outcomes != "both":
        notes.append(f"every run {found.outcomes.removeprefix('all ')}: bound over families")
    elif found.extrapolated(found.intervals[0][0]):
        notes.append("outside of the lengths that were tried")
    odd = sum(found.replicates[name] for name in ("all failed", "all succeeded", "rising"))
    if found.outcomes == "both" and odd:
        notes.append(
            f"{plural(odd, 'replicate')} without a horizon, taken as widening the interval"
        )
    if not found.converged or found.replicates["not converged"]:
        notes.append("not converged")
    return "; ".join(notes)


def trend_says(trend: Trend) -> str:
    """The trend in words."""
    best = sum(point.frontier for point in trend.points)
    days = trend.doubling
    two, eight = (trend.reaches(minutes) for minutes in (SHORTEST, LONGEST))
    reached = "; ".join(
        f"{name} on {_day(at.value)} ({_day(at.low)} to {_day(at.high)})"
        for name, at in (("2 hours", two), ("8 hours", eight))
    )
    level = percent(days.level)
    lacking = trend.replicates - trend.used
    aside = ""
    if lacking * 100 > trend.replicates:
        aside = f" In {percent(lacking / trend.replicates)} of replicates one of them had no "
        aside += "horizon; those are left out, so the interval is too narrow."
    return (
        f"The {percent(trend.quantile)} horizon of the best {best} models doubles every "
        f"{days.value:.0f} days ({days.low:.0f} to {days.high:.0f} at {level}); models "
        f"scatter by {trend.scatter:.1f} doublings about it. The line reaches {reached}.{aside}"
    )


def _day(day: float) -> str:
    return format_day(round(day)) if -100_000 < day < 200_000 else "never"


def _write_dependence(text: Page, found: Dependence) -> None:
    text.heading(f"{found.agent}: what the answer depends on")
    says = {
        "neither": "neither on lambda nor on the version of the data",
        "lambda": "on lambda",
        "data": "on the version of the data",
        "both": "on lambda and on the version of the data",
    }[found.depends_on]
    text.write(f"It depends {says}.", tone="good" if found.depends_on == "neither" else "warn")
    for case in found.cases:
        label = f"{case.data}, lambda {case.ridge:g}"
        text.write(
            f"{label}: {_cell(case.horizon)}, {WORDS[case.answer]}",
            indent=2,
            tone=TONES[case.answer],
        )


def method(horizons: Horizons) -> list[tuple[str, str]]:
    """What it takes to make the result again."""
    return [
        ("lambda", f"{horizons.ridge:g}"),
        ("weights", horizons.weighting),
        ("bootstrap", f"{horizons.replicates:,} of families, tasks and runs"),
        ("seed", str(horizons.seed)),
        ("level", percent(horizons.level)),
        ("converged", "yes" if horizons.converged else "no"),
    ]


def horizon_page(horizons: Horizons, checkpoints: Sequence[Checkpoint], trend: Trend | None) -> str:
    """The page: every agent against the checkpoint, by release date where there is a trend."""
    judged = {found.agent: found for found in checkpoints}
    first = horizons.quantiles[0]
    if trend is not None:
        dots = tuple(
            Dot(p.agent, p.day, p.horizon.low, p.horizon.value, p.horizon.high, not p.frontier)
            for p in trend.points
        )
        bands: tuple[Band, ...] = (_trend_band(trend),)
    else:
        shown = sorted(horizons.agents, key=lambda found: found.at(first).value)
        dots = tuple(
            Dot(found.agent, place, *_ends(found.at(first))) for place, found in enumerate(shown)
        )
        bands = ()
    chart = Chart(
        f"{percent(first)} time horizon of each agent",
        dots,
        bands,
        (Limit("2 to 8 hours", SHORTEST, LONGEST),),
        duration,
        _STEPS,
        dates=trend is not None,
    )
    under = f"Points and bars: estimate and {percent(horizons.level)} interval. "
    if trend is not None:
        under += "Faint: not the best at its release. Line: least squares through the best."
    says = [_summary(checkpoints)] if checkpoints else []
    if trend is not None:
        says.append(trend_says(trend))
    answers = {found.answer for found in checkpoints}
    worst = next((answer for answer in WORST_FIRST if answer in answers), None)
    tone = TONES[worst] if worst else None
    head = ["agent", *(f"{percent(q)} horizon" for q in horizons.quantiles), "runs", "tasks"]
    rows = [
        [
            found.agent,
            *(_cell(interval) for _, interval in found.intervals),
            f"{found.runs:,}",
            f"{found.tasks:,}",
            *([WORDS[judged[found.agent].answer]] if found.agent in judged else []),
        ]
        for found in horizons.agents
    ]
    inputs = [("input", f"{i.location}, {i.digest}") for i in horizons.inputs]
    return page(
        "Time horizon",
        says,
        tone,
        [(chart, under)],
        [("Horizons", head + (["checkpoint"] if judged else []), rows)],
        [*method(horizons), *inputs],
    )


def _summary(checkpoints: Sequence[Checkpoint]) -> str:
    if len(checkpoints) == 1:
        return checkpoints[0].says
    parts = []
    for answer in WORST_FIRST:
        named = [found.agent for found in checkpoints if found.answer == answer]
        if named:
            parts.append(f"{WORDS[answer]}: {', '.join(named)}")
    return f"Autonomy checkpoint, tasks of 2 to 8 expert hours. {'; '.join(parts)}."


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.low, interval.value, interval.high


def _trend_band(trend: Trend) -> Band:
    first, last = trend.points[0].day, trend.points[-1].day
    days = [first + (last + 180 - first) * step / 40 for step in range(41)]
    at = [trend.at(round(day)) for day in days]
    return Band(
        tuple(days),
        tuple(i.low for i in at),
        tuple(i.value for i in at),
        tuple(i.high for i in at),
    )
