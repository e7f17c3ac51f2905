"""Effective compute and forecasts for people: text, and pages with their pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ifthen.dates import format_day
from ifthen.evidence.compute.ratio import Ratio, Trigger, course
from ifthen.evidence.compute.rnd import Acceleration
from ifthen.evidence.compute.scaling import MeasuredRatio
from ifthen.evidence.finding import WORDS
from ifthen.evidence.forecast import Forecast
from ifthen.evidence.futures import MONTH
from ifthen.evidence.interval import Interval
from ifthen.evidence.says import listed, percent
from ifthen.reports.charts import Band, Chart, Dot, Limit, page
from ifthen.reports.findings import TONES, WORST_FIRST
from ifthen.reports.page import Page

_OF = {
    "effective": "effective compute",
    "pretraining": "effective compute without post-training",
    "training": "training compute",
}
_STEPS = tuple(m * 10.0**p for p in range(-6, 9) for m in (1, 2, 5))


def times(value: float) -> str:
    """A factor for people: ``4.2x``."""
    if np.isnan(value):
        return "not known"
    if np.isinf(value):
        return "no limit"
    return f"{value:.3g}x" if value < 1_000 else f"{value:,.0f}x"


def ratio_says(found: Ratio) -> str:
    """The ratio in words."""
    what, last = _OF[found.of], ", the snapshot last assessed" if found.runs[0].assessed else ""
    return (
        f"{what[0].upper()}{what[1:]} of {found.model} is {_interval(found.interval)} that of "
        f"{found.since}{last}."
    )


def _interval(interval: Interval) -> str:
    ends = f"{times(interval.low)} to {times(interval.high)}"
    return f"{times(interval.value)} ({ends} at {percent(interval.level)})"


def write_ratio(text: Page, found: Ratio) -> None:
    """Write the growth since the last assessment, and when triggers will be reached."""
    text.write(ratio_says(found))
    _write_triggers(text, found.triggers)
    if found.unknown:
        text.write(
            f"Not known for one of the two: {', '.join(found.unknown).replace('_', '-')}. What is "
            "left out only adds, so a trigger can be shown to be crossed, but not ruled out.",
            tone="warn",
        )
    if found.arrivals:
        text.heading("The run in flight")
    for arrival in found.arrivals:
        days = [
            (f"{name} {format_day(day)}")
            for name, day in (
                ("cannot be ruled out from", arrival.from_day),
                ("even odds on", arrival.likely_day),
                ("crossed from", arrival.surely_day),
            )
            if day is not None
        ]
        if arrival.by_end is not None:
            days.append(f"reached by the end with {percent(arrival.by_end)}")
        text.item(times(arrival.factor), "; ".join(days) + ".", column=8)


def _write_triggers(text: Page, triggers: Sequence[Trigger]) -> None:
    for trigger in triggers:
        odds = "probability not known"
        if trigger.probability is not None:
            odds = f"reached with {percent(trigger.probability)}"
        text.item(
            times(trigger.factor),
            f"{WORDS[trigger.answer]}: {odds}",
            column=8,
            tone=TONES[trigger.answer],
        )


def write_measured(text: Page, found: MeasuredRatio) -> None:
    """Write the growth as the scaling law of the reference family shows it."""
    text.heading(f"As the {found.measure} of the reference family shows it")
    for each in (found.base, found.now):
        ends = each.interval
        beyond = ", beyond the family's sizes" if each.extrapolated else ""
        never = (
            ""
            if not each.unreachable
            else (f"; out of the baseline's reach in {percent(each.unreachable)} of replicates")
        )
        text.write(
            f"{each.model}: {found.measure} {each.measure:g} is that of {ends.value:.3g} FLOP of "
            f"the baseline ({ends.low:.3g} to {ends.high:.3g}{beyond}{never}).",
            indent=2,
        )
    text.write(f"The ratio is {_interval(found.ratio)}.", indent=2)
    _write_triggers(text, found.triggers)


def write_acceleration(text: Page, found: Acceleration) -> None:
    """Write where a year's growth stands against two years of progress in one."""
    text.heading("AI R&D: two years of progress in one")
    text.write(f"Growth a year, {found.basis}: {_interval(found.growth)}.")
    for words, limit, probability, answer in found.limits:
        label = f"{words} ({limit:,.0f}x)"
        text.write(
            f"{label}: {WORDS[answer]}, reached with {percent(probability)}.",
            indent=2,
            tone=TONES[answer],
        )
    text.write("What it takes, the other factors at their average:", tone="dim")
    for needed in found.needed:
        if needed.limit == 1_225:
            text.write(
                f"{listed(needed.rising)}: {needed.growth:.3g}x a year, "
                f"{needed.faster:.2f} times the rate",
                indent=2,
                tone="dim",
            )
    shares = [f"{name} {percent(share)}" for name, share in found.shares if share]
    if shares:
        text.write(f"Of the uncertainty: {', '.join(shares)}.", tone="dim")


def ratio_page(found: Ratio, measured: MeasuredRatio | None) -> str:
    """The page: the growth of the run against the triggers."""
    base, now = found.runs
    limits = tuple(Limit(times(trigger.factor), trigger.factor) for trigger in found.triggers)
    dots = [Dot(base.model, base.day, 1.0, 1.0, 1.0)]
    ends = found.interval
    dots.append(Dot(now.model, now.day, ends.low, ends.value, ends.high))
    bands: tuple[Band, ...] = ()
    if now.flop_per_day is not None and not found.unknown:
        last = now.ends if now.ends is not None else now.day + 180
        days = [now.day + (last - now.day) * step // 40 for step in range(41)]
        at = course(base, now, found.of, ends.level, days)
        bands = (
            Band(
                tuple(map(float, days)),
                tuple(i.low for i in at),
                tuple(i.value for i in at),
                tuple(i.high for i in at),
            ),
        )
    chart = Chart(
        f"Growth of {_OF[found.of]} since {found.since}",
        tuple(dots),
        bands,
        limits,
        times,
        _STEPS,
    )
    answers = {trigger.answer for trigger in found.triggers}
    worst = next(answer for answer in WORST_FIRST if answer in answers)
    rows = [
        [
            times(trigger.factor),
            WORDS[trigger.answer],
            "" if trigger.probability is None else percent(trigger.probability),
        ]
        for trigger in found.triggers
    ]
    says = [ratio_says(found)]
    if measured is not None:
        says.append(
            f"As the {measured.measure} of the reference family shows it: "
            f"{_interval(measured.ratio)}."
        )
    under = f"Bars and band: {percent(ends.level)} interval. Dashed: triggers."
    inputs = [("input", f"{i.location}, {i.digest}") for i in found.inputs]
    return page(
        f"Compute of {found.model}",
        says,
        TONES[worst],
        [(chart, under)],
        [("Triggers", ["growth", "answer", "probability"], rows)],
        [("seed", str(found.seed)), ("draws", f"{found.draws:,}"), *inputs],
    )


def forecast_says(found: Forecast) -> str:
    """The forecast in words."""
    months = found.worst_days / MONTH
    return (
        f"From the last assessed snapshot to the next result it grows {times(found.median)} in the "
        f"middle future ({found.median_days / MONTH:.1f} months). Only "
        f"{percent(found.tolerated)} of futures exceed {times(found.quantile)}, the buffer. "
        f"At trend, with every delay used in full: {months:.1f} months, "
        f"{times(found.worst_growth)}."
    )


def write_forecast(text: Page, found: Forecast) -> None:
    """Write what may be crossed before the next assessment is done."""
    if found.answer is not None:
        buffer, probability = found.crossings[0]
        text.write(
            f"{WORDS[found.answer].capitalize()}: a threshold {times(buffer)} away is crossed "
            f"unseen with {percent(probability)}.",
            tone=TONES[found.answer],
        )
    text.write(forecast_says(found))
    text.blank()
    for buffer, probability in found.crossings:
        text.item(f"{times(buffer)} away", f"crossed unseen with {percent(probability)}", column=12)
    text.blank()
    for line in _assumed(found):
        text.write(line, tone="dim")


def _assumed(found: Forecast) -> list[str]:
    grows = []
    for each in found.growth:
        lumps = f" in {each.lumps:g} jumps a year" if each.lumps else ""
        aside = "" if each.counted else ", not counted by the trigger"
        grows.append(f"{each.name} {each.low:.3g}x to {each.high:.3g}x a year{lumps}{aside}")
    cadence = found.cadence
    triggers = []
    if cadence.every_days is not None:
        triggers.append(f"every {cadence.every_days / MONTH:.1f} months")
    if cadence.every_growth is not None:
        triggers.append(f"every {times(cadence.every_growth)}")
    low, high = found.quantile_between
    return [
        f"Grows, 90 % ranges: {'; '.join(grows)}.",
        f"Assessed {' or '.join(triggers)} from {cadence.clock}; noticed within "
        f"{cadence.poll_days:.0f} days, started within {cadence.delay_days:.0f}, done in "
        f"{cadence.assessment_days:.0f} (9 of 10 in {cadence.assessment_high_days:.0f}).",
        f"{found.runs:,} futures, seed {found.seed}: the buffer to within {times(low)} and "
        f"{times(high)}, probabilities to {percent(found.error)} near {percent(found.tolerated)}.",
    ]


def forecast_page(found: Forecast) -> str:
    """The page: how much the threshold's distance matters."""
    shares = np.linspace(0.02, 0.98, 49)
    at = np.quantile(found.futures, shares)
    dots = tuple(
        Dot(f"{share:.0%}", float(share * 100), *(float(np.quantile(found.futures, share)),) * 3)
        for share in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    line = tuple(float(v) for v in at)
    chart = Chart(
        "Growth before the next result, by share of futures",
        dots,
        (Band(tuple(float(s * 100) for s in shares), line, line, line),),
        tuple(Limit(f"{times(buffer)} buffer", buffer) for buffer, _ in found.crossings),
        times,
        _STEPS,
        dates=False,
    )
    rows = [[times(buffer), percent(probability)] for buffer, probability in found.crossings]
    tone = None if found.answer is None else TONES[found.answer]
    return page(
        "Forecast",
        [forecast_says(found), *_assumed(found)],
        tone,
        [(chart, "The share of futures that have grown less. Dashed: where a threshold may lie.")],
        [("Crossed before the next result", ["threshold away", "probability"], rows)],
        [("seed", str(found.seed)), ("futures", f"{found.runs:,}")],
    )
