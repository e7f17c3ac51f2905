"""Policies under stress for the terminal: in full for one policy, as a table for several."""

from __future__ import annotations

from ifthen.reports.page import Page, Tone
from ifthen.reports.stress_words import (
    LIMITS,
    ROWS,
    alarms,
    by_reason,
    factor,
    figured,
    interval,
    made_of,
    overshoot,
    percent,
    promised,
    promises_nothing,
    short,
    told,
    verdict_words,
)
from ifthen.review.stress.estimate import Days, Estimates
from ifthen.review.stress.lengths import YEAR
from ifthen.review.stress.study import Kept, Stressed, Study
from ifthen.review.stress.under import Verdict

TONES: dict[Verdict | None, Tone | None] = {
    "under": "good",
    "over": "bad",
    "undetermined": "warn",
    None: None,
}


def write_study(page: Page, study: Study) -> None:
    """Write a study: in full for one policy, as a table for several."""
    if len(study.policies) == 1:
        _write_whole(page, study, study.policies[0])
    else:
        _write_table(page, study)
    page.blank()
    page.write(promises_nothing(study))
    page.write(made_of(study), tone="dim")
    page.write(LIMITS, tone="dim")


def _write_whole(page: Page, study: Study, one: Stressed) -> None:
    page.heading(f"{one.policy}: {one.title}")
    if one.promises.nothing is not None:
        page.write(f"Nothing to simulate: {one.promises.nothing}.")
    else:
        threshold = one.promises.threshold or "unnamed"
        page.write(
            f"Days a year really past the threshold ({threshold}) without its safeguards, and what "
            "was paid for it. In brackets: 95 % intervals."
        )
    for kept in one.kept:
        page.blank()
        page.write(f"{kept.house.id}: {kept.house.title}", tone="strong")
        _write_days(page, kept.estimates)
        page.write(overshoot(kept.estimates), indent=2)
        page.write(f"False alarms: {alarms(kept.estimates)}", indent=2)
        _write_verdict(page, study, kept)
    if one.kept:
        page.heading("What is simulated")
        for line in promised(one.promises):
            page.write(line, indent=2)
    left = one.promises.not_simulated
    if left:
        page.heading("Not simulated, though it may matter")
        for why, names in by_reason(left):
            page.write(f"{', '.join(names)}: {why}", indent=2)
    page.blank()
    count = len(one.promises.paperwork)
    page.write(f"{count} further clauses ask for what changes no exposure: papers, notices, votes.")


def _write_days(page: Page, estimates: Estimates) -> None:
    width = max(8, min(24, page.width - 69))
    page.write(f"{'':17}{'mean':>21}{'95 % of futures':>22}    any", tone="dim")
    for name, label in ROWS:
        days: Days = getattr(estimates, name)
        shown = f"  {label:<15}{interval(days.mean):>21}{interval(days.upper):>22}"
        page.verbatim(f"{shown}{percent(days.any.value):>7} {bar(days, width)}".rstrip())


def bar(days: Days, width: int) -> str:
    """A bar over a whole year: to the mean, and on to the 95 % quantile."""
    mean = min(width, round(days.mean.value / YEAR * width))
    upper = min(width, round(days.upper.value / YEAR * width))
    return "━" * mean + "─" * max(0, upper - mean) if upper or mean else ""


def _write_verdict(page: Page, study: Study, kept: Kept) -> None:
    if study.level is None or kept.verdict is None:
        return
    figure = study.level.of(kept.estimates.exposed)
    said = figured(figure, study.level.share is not None)
    words = f"{verdict_words(kept.verdict)} {study.level}: {said}"
    page.write(words, indent=2, tone=TONES[kept.verdict])
    for remedy in kept.remedies:
        page.write(told(remedy, study.level.share is not None), indent=4)


def _write_table(page: Page, study: Study) -> None:
    page.heading("Days a year past the threshold without its safeguards: mean, and 95 % of futures")
    page.blank()
    head = f"{'':17}{'trained':>13}{'used inside':>13}{'deployed':>13}{'any':>7}"
    page.write(f"{head}{'past by':>8}{'held':>7}", tone="dim")
    for one in study.policies:
        page.write(one.policy, tone="strong")
        if one.promises.nothing is not None:
            page.write(f"nothing to simulate: {one.promises.nothing}", indent=2)
        for kept in one.kept:
            page.verbatim(_line(kept))
            if study.level is not None and kept.verdict is not None:
                figure = figured(
                    study.level.of(kept.estimates.exposed), study.level.share is not None
                )
                page.write(
                    f"{verdict_words(kept.verdict)} {study.level}: {figure}",
                    indent=4,
                    tone=TONES[kept.verdict],
                )
                for remedy in kept.remedies:
                    page.write(told(remedy, study.level.share is not None), indent=6)
        if one.kept and one.promises.not_simulated:
            count = len(one.promises.not_simulated)
            page.write(f"{count} clauses that may matter are not simulated", indent=2, tone="dim")
    page.blank()
    page.write(
        "any: the probability of any such day; past by: the overshoot that 95 % of crossings do "
        "not exceed when found; held: days a year on which training waits. Intervals, and the "
        "clauses that are not simulated: --json, --html, or one policy alone.",
        tone="dim",
    )


def _line(kept: Kept) -> str:
    found = kept.estimates
    pairs = "".join(
        f"{pair(days):>13}" for days in (found.trained, found.used_inside, found.deployed)
    )
    past = factor(found.overshoot.upper.value) if found.overshoot.crossings else "none"
    held = found.paused.mean.value
    name = kept.house.id if len(kept.house.id) < 15 else kept.house.id[:13] + "…"
    return f"  {name:<15}{pairs}{percent(found.exposed.any.value):>7}{past:>8}{held:>7.1f}"


def pair(days: Days) -> str:
    """Mean and 95 % quantile."""
    return f"{short(days.mean.value)} {short(days.upper.value):>5}"
