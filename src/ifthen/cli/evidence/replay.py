"""``evidence replay``: every past finding made again, and what a correction changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ifthen.cli import options
from ifthen.cli.inputs import known_of, moment_of, refuse

if TYPE_CHECKING:
    from ifthen.evidence.filing.replay import Again, Checked, State
    from ifthen.evidence.filing.work import Outcome
    from ifthen.reports.page import Page, Tone

_COLUMN = 12
_LABELS: dict[State, tuple[str, Tone]] = {
    "same": ("same", "good"),
    "moved": ("moved", "warn"),
    "changed": ("CHANGED", "bad"),
    "gone": ("gone", "warn"),
    "failed": ("failed", "bad"),
}


@click.command(
    "replay",
    short_help="Make every past finding again.",
    epilog=options.example(
        "ifthen evidence replay record.yaml findings.jsonl --replace runs.jsonl=runs-2.jsonl"
    ),
)
@options.records
@click.option(
    "--replace",
    "replaced",
    metavar="OLD=NEW",
    multiple=True,
    help="Read the file NEW in place of the input OLD, a location or digest as the record gives "
    "it. May be repeated.",
)
@options.at
@options.known
@click.option(
    "--out",
    metavar="FILE",
    help="Append an amendment for every finding that differs to this JSONL file.",
)
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    records: tuple[str, ...],
    replaced: tuple[str, ...],
    at: str | None,
    known: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Make every finding of a record again, from its recorded inputs and parameters.

    The record is only read. Each finding is the same, moved (a value differs), changed (the finding
    differs), gone (an input is not there) or failed; the decisions about it are named. --out files
    the differences as amendments known from --at on.

    Exits with 1 where something changed or moved, with 3 where something is gone or failed, and
    else with 0.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.cli.progress import progress
    from ifthen.evidence.filing.replay import replay
    from ifthen.record.load import load_record

    swaps = dict(_swap(text) for text in replaced)
    moment = moment_of("--at", at)
    record = load_record(*records)
    with progress("making findings again") as report:
        found = replay(
            record,
            moment,
            known_of(known, moment, record),
            folder=Path(records[0]).parent,
            replaced=swaps,
            progress=report,
        )
    written = _amend(out, found, moment)
    if as_json:
        show_json({"findings": [each.as_json() for each in found], "written": list(written)})
    else:
        text = page()
        for each in found:
            _write_again(text, each)
        text.blank()
        text.write(_total(found))
        if out is not None:
            text.write(f"Appended {len(written)} amendments to {out}.")
        show(text)
    states = {each.state for each in found}
    ctx.exit(1 if states & {"changed", "moved"} else 3 if states & {"gone", "failed"} else 0)


def _swap(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        refuse("--replace", f"'{text}' does not say what stands for what", "write OLD=NEW")
    return old, new


def _amend(out: str | None, found: tuple[Again, ...], moment: int) -> tuple[str, ...]:
    """Append an amendment for each finding that differs; the ids of those that are new."""
    from ifthen.dates import day_of, format_day
    from ifthen.evidence.filing.append import append
    from ifthen.evidence.filing.facts import amendment

    if out is None:
        return ()
    facts = []
    for each in found:
        work = each.amended_work()
        if work is not None:
            facts.append(amendment(work, each.fact, date=format_day(day_of(moment))))
    return append(out, facts)


def _write_again(page: Page, again: Again) -> None:
    label, tone = _LABELS[again.state]
    models = ", ".join(again.fact.models)
    page.item(
        label, f"{again.fact.id}: {again.work.function} of {models}", column=_COLUMN, tone=tone
    )
    then, now = again.work.outcome, again.now
    if now is not None and again.state != "same":
        if then.finding != now.finding:
            page.item("", f"was {then.finding}, is {now.finding}", column=_COLUMN, tone="strong")
        for name in again.differs:
            page.item(
                "", f"{name}: was {_shown(then, name)}, is {_shown(now, name)}", column=_COLUMN
            )
    if again.problem:
        page.item("", again.problem, column=_COLUMN)
    for each in again.inputs:
        said = _input(each)
        if said:
            page.item("", said, column=_COLUMN, tone="dim")
    if again.libraries:
        page.item("", "; ".join(again.libraries), column=_COLUMN, tone="dim")
    if again.rests and again.state != "same":
        named = ", ".join(f"{fact.id} ({fact.kind})" for fact in again.rests)
        page.item("", f"rests on it: {named}", column=_COLUMN, tone="warn")


def _shown(outcome: Outcome, name: str) -> str:
    """A measured value in short: the value and its ends."""
    for measure in outcome.measures:
        if measure["measure"] != name:
            continue
        low, high = (
            next((measure[key] for key in keys if measure.get(key) is not None), None)
            for keys in (("lower_bound", "low"), ("upper_bound", "high"))
        )
        value = _number(measure.get("value", "no value"))
        ends = "" if low is None or high is None else f" [{_number(low)} to {_number(high)}]"
        return value + ends
    return "not measured"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)


def _input(checked: Checked) -> str:
    name = checked.recorded.location
    if checked.state == "differs":
        return f"{name} is another file than then"
    if checked.state == "replaced" and checked.read is not None:
        return f"{checked.read.location} read in place of {name}"
    return ""


def _total(found: tuple[Again, ...]) -> str:
    if not found:
        return "The record has no finding that says how it was made."
    counts = [
        f"{sum(each.state == state for each in found)} {label.lower()}"
        for state, (label, _) in _LABELS.items()
    ]
    return f"{len(found)} findings: {', '.join(counts)}."
