"""``evidence compare``: two models on the same questions."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ifthen.cli import options
from ifthen.cli.evidence.read import choices, read_rows
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.questions import LeftOut
    from ifthen.evidence.rows import Rows
    from ifthen.evidence.statistics.paired import Comparison
    from ifthen.reports.page import Page

_COLUMN = 12


@click.command(
    "compare",
    short_help="Compare two models on the same questions.",
    epilog=options.example(
        "ifthen evidence compare logs/ --first example-1 --second example-2 --scoring mean"
    ),
)
@click.argument("logs", metavar="LOGS...", nargs=-1, required=True)
@click.option("--first", metavar="M", required=True, help="One model.")
@click.option("--second", metavar="M", required=True, help="The other: how much better is it?")
@click.option(
    "--task",
    "tasks",
    metavar="T",
    multiple=True,
    help="The tasks to compare them on, each by itself. Default: those both were given.",
)
@click.option(
    "--scoring",
    metavar="RULE",
    default="at least 1 of 1",
    show_default=True,
    help="'at least 1 of 10', or mean.",
)
@click.option(
    "--success",
    type=float,
    metavar="SCORE",
    help="The score from which an attempt succeeds, where some are partial.",
)
@click.option("--confidence", type=float, metavar="C", default=0.95, show_default=True)
@click.option(
    "--power",
    type=float,
    metavar="P",
    default=0.8,
    show_default=True,
    help="For the difference that so many questions would show, and the questions needed.",
)
@click.option(
    "--control",
    type=click.Choice(["holm", "bh"]),
    default="holm",
    show_default=True,
    help="For several tasks: any false difference, or the share of false ones.",
)
@choices
@options.as_json
def command(
    logs: tuple[str, ...],
    first: str,
    second: str,
    tasks: tuple[str, ...],
    scoring: str,
    success: float | None,
    confidence: float,
    power: float,
    control: str,
    scorer: str | None,
    cluster: str | None,
    family: str | None,
    as_json: bool,
) -> None:
    """Compare two models question by question, exactly where questions are passed or failed.

    Bounds of the difference are one-sided, each at the confidence. P-values are two-sided, and
    adjusted where there are several tasks. Missing attempts are at their worst for every bound and
    p-value.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.evidence.load import Choices
    from ifthen.evidence.says import left_out_says
    from ifthen.evidence.statistics.attempts import parse_scoring
    from ifthen.evidence.statistics.paired import adjusted, compare
    from ifthen.evidence.suite import suite

    try:
        rule = parse_scoring(scoring, success)
    except ValueError as error:
        refuse("--scoring", str(error))
    for option, value in (("--confidence", confidence), ("--power", power)):
        if not 0.5 <= value < 1:
            refuse(option, f"this is from 0.5 to below 1, not {value:g}")
    rows = read_rows(logs, Choices(scorer, cluster, family))
    shared = tasks or _shared(rows, first, second)
    found: dict[str, Comparison] = {}
    left_out: dict[str, LeftOut] = {}
    for task in shared:
        one, other = (suite(rows, (task,), model) for model in (first, second))
        left_out[task] = one.left_out + other.left_out
        try:
            found[task] = compare(one.questions, other.questions, rule, confidence)
        except ValueError as error:
            refuse("LOGS", f"task '{task}': {error}")
    corrected = adjusted({task: each.p_value for task, each in found.items()}, control)
    planned = {task: _planned(each, 1 - confidence, power) for task, each in found.items()}
    if as_json:
        shown = [
            {
                "task": task,
                **_plain(each),
                "adjusted_p_value": corrected[task],
                **planned[task],
                "left_out": asdict(left_out[task]),
            }
            for task, each in found.items()
        ]
        about = {"first": first, "second": second, "scoring": str(rule), "confidence": confidence}
        show_json({**about, "power": power, "control": control, "tasks": shown})
        return
    text = page()
    text.write(f"{second} against {first}, {rule}", tone="strong")
    for task, each in found.items():
        _write(text, task, each, corrected[task], planned[task], confidence, power)
        said = left_out_says(left_out[task])
        if said:
            text.item("left out", " ".join(said), column=_COLUMN, tone="warn")
    show(text)


def _shared(rows: Rows, first: str, second: str) -> tuple[str, ...]:
    """The tasks that both models were given."""
    from ifthen.policy.source import did_you_mean

    given: dict[str, set[str]] = {}
    for subject in rows.subjects():
        given.setdefault(subject.model, set()).add(subject.task)
    for option, model in (("--first", first), ("--second", second)):
        if model not in given:
            hint = did_you_mean(model, given) or f"they are about {', '.join(sorted(given))}"
            refuse(option, f"no log is about the model '{model}'", hint)
    shared = given[first] & given[second]
    if not shared:
        refuse("LOGS", f"no task was given to both '{first}' and '{second}'")
    return tuple(sorted(shared))


def _planned(found: Comparison, alpha: float, power: float) -> dict[str, Any]:
    """What so many questions would show, and how many it takes to show what was seen."""
    from ifthen.evidence.statistics.paired import detectable, needed

    if not found.deviation > 0:
        return {"detectable": None, "needed": None}
    return {
        "detectable": detectable(found.units, found.deviation, alpha, power),
        "needed": needed(found.difference, found.deviation, alpha, power)
        if found.difference
        else None,
    }


def _plain(found: Comparison) -> dict[str, Any]:
    values = asdict(found)
    return {name: None if value != value else value for name, value in values.items()}


def _write(
    page: Page,
    task: str,
    found: Comparison,
    p_value: float,
    planned: dict[str, Any],
    confidence: float,
    power: float,
) -> None:
    from ifthen.evidence.says import percent

    page.heading(task)
    alone = ""
    if found.only_first is not None:
        alone = f"; passed by one alone: {found.only_second} against {found.only_first}"
    groups = "" if found.units == found.n else f" in {found.units} groups"
    page.item("questions", f"{found.n} shared{groups}{alone}", column=_COLUMN)
    page.item(
        "difference",
        f"{100 * found.difference:+.1f} points, {100 * found.lower:+.1f} to "
        f"{100 * found.upper:+.1f} at {percent(confidence)} each side",
        column=_COLUMN,
    )
    sure = p_value <= 1 - confidence
    page.item(
        "p-value",
        f"{found.p_value:.2g}, adjusted {p_value:.2g} ({found.method})",
        column=_COLUMN,
        tone="strong" if sure else None,
    )
    if planned["detectable"] is not None and math.isfinite(planned["detectable"]):
        needed = planned["needed"]
        what = "questions" if found.units == found.n else "such groups"
        enough = "" if needed is None else f"; the difference seen takes {needed:,} {what}"
        page.item(
            "power",
            f"so many questions show {100 * planned['detectable']:.1f} points {percent(power)} of "
            f"the time{enough}",
            column=_COLUMN,
        )
