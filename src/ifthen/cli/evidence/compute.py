"""``evidence compute``: how far compute has grown since the last assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ifthen.cli import options
from ifthen.cli.evidence.horizon import exit_code
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.compute.ledger import Ledger
    from ifthen.evidence.compute.ratio import Ratio
    from ifthen.evidence.compute.rnd import Acceleration
    from ifthen.evidence.compute.scaling import MeasuredRatio
    from ifthen.evidence.finding import Answer


@click.command(
    "compute",
    short_help="Say how far compute has grown since the last assessment.",
    epilog=options.example("ifthen evidence compute ledger.yaml --trigger 4x --html compute.html"),
)
@click.argument("ledgers", metavar="[LEDGER...]", nargs=-1)
@click.option("--model", metavar="M", help="The model in question. Default: the latest snapshot.")
@click.option("--since", metavar="M", help="The model last assessed. Default: as the ledger marks.")
@click.option(
    "--of",
    type=click.Choice(("effective", "pretraining", "training")),
    default="effective",
    show_default=True,
    help="Compute with algorithms and post-training, without post-training, or by itself.",
)
@click.option(
    "--trigger",
    metavar="4x",
    default="4x",
    show_default=True,
    help="The growth that the exit code is about; 2x, 4x and 6x are shown in any case.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--rnd",
    metavar="FACTOR=LOW..HIGH",
    multiple=True,
    help="Growth a year of the world's frontier, 90 % range, for the AI R&D threshold: FACTOR is "
    "compute, algorithms or post-training. Repeatable; the others at their average.",
)
@click.option("--projected", is_flag=True, help="The growth of --rnd is projected, not observed.")
@click.option(
    "--file",
    "record",
    metavar="RECORD",
    help="Append the ratio to this JSONL record, dated as its snapshot, with all it takes to make "
    "it again.",
)
@click.option(
    "--as",
    "filed_as",
    metavar="MODEL",
    help="The record's name of the model, where it is not the ledger's.",
)
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    ledgers: tuple[str, ...],
    model: str | None,
    since: str | None,
    of: Any,
    trigger: str,
    level: float,
    seed: int,
    rnd: tuple[str, ...],
    projected: bool,
    record: str | None,
    filed_as: str | None,
    html: str | None,
    as_json: bool,
) -> None:
    """Say how far compute has grown since the last assessment, and whether a trigger is reached.

    LEDGER is a ledger of training runs (YAML; see docs/evidence.md), outsiders' estimates, or Epoch
    AI's table of notable models (CSV). A trigger inside the interval cannot be ruled out. Where the
    ledger has a reference family and the losses or scores of the models, effective compute is also
    read off its scaling law.

    Exits with 0 where the trigger is not reached, with 1 where it is crossed, with 3 where it
    cannot be ruled out, and with 2 on bad input. --rnd is judged too.
    """
    from ifthen.cli.evidence.quantities import factor
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.evidence.compute.ledger_file import load_ledger

    if not ledgers and not rnd:
        refuse("LEDGER", "there is nothing to judge", "name a ledger, or give --rnd")
    if not 0 < level < 1:
        refuse("--level", "a level lies between 0 and 1", "as in 0.95")
    wanted = factor("--trigger", trigger)
    judged = _acceleration(rnd, projected, level)
    found: Ratio | None = None
    measured: MeasuredRatio | None = None
    if ledgers:
        ledger = load_ledger(*ledgers)
        found, measured = _grown(ledger, model, since, of, wanted, level, seed)
    if html is not None:
        if found is None:
            refuse("--html", "there is no ledger to draw", "name one")
        from ifthen.reports.growth_text import ratio_page

        write("--html", html, ratio_page(found, measured))
    filed = None
    if record is not None:
        if found is None:
            refuse("--file", "there is no ratio to file", "name a ledger")
        filed = _filed(record, found, wanted, filed_as or found.model)
    if as_json:
        parts = {"growth": found, "measured": measured, "rnd": judged}
        shown = {name: None if part is None else part.as_json() for name, part in parts.items()}
        show_json(shown | {"filed": filed})
    else:
        from ifthen.reports.growth_text import write_acceleration, write_measured, write_ratio

        text = page()
        if found is not None:
            write_ratio(text, found)
        if measured is not None:
            write_measured(text, measured)
        if judged is not None:
            write_acceleration(text, judged)
        if html is not None:
            text.write(f"The web page is in {html}.")
        if filed is not None:
            done = "Filed" if filed["new"] else "Filed before"
            text.write(f"{done} as {filed['id']} in {record}.")
        show(text)
    answers: list[Answer] = []
    for each in (found, measured):
        if each is not None:
            answers += [mark.answer for mark in each.triggers if mark.factor == wanted]
    if judged is not None:
        answers.append(judged.answer)
    ctx.exit(exit_code(answers))


def _filed(record: str, found: Ratio, trigger: float, model: str) -> dict[str, Any]:
    from ifthen.dates import format_day
    from ifthen.evidence.filing.append import append
    from ifthen.evidence.filing.facts import training_progress
    from ifthen.evidence.filing.ratios import work_of

    snapshot = format_day(found.runs[1].day)
    fact = training_progress(work_of(found, trigger), date=snapshot, model=model)
    return {"record": record, "id": fact["id"], "new": bool(append(record, [fact]))}


def _grown(
    ledger: Ledger,
    model: str | None,
    since: str | None,
    of: Any,
    wanted: float,
    level: float,
    seed: int,
) -> tuple[Ratio, MeasuredRatio | None]:
    from ifthen.evidence.compute.ratio import TRIGGERS, NothingToCompare, choose, ratio
    from ifthen.policy.source import did_you_mean

    triggers = tuple(sorted({*TRIGGERS, wanted}))
    names = dict.fromkeys(run.model for run in ledger.runs)
    for option, name in (("--model", model), ("--since", since)):
        if name is not None and name not in names:
            hint = did_you_mean(name, names)
            refuse(option, f"the ledger has no model '{name}'", hint)
    try:
        base, now = choose(ledger, model, since)
        setting: dict[str, Any] = {"triggers": triggers, "level": level, "seed": seed}
        found = ratio(ledger, model, since, of=of, **setting)
    except NothingToCompare as error:
        refuse("LEDGER", str(error), "mark a run 'assessed: true', or give --since")
    if ledger.reference is None or not (base.measured and now.measured) or of == "training":
        return found, None
    from ifthen.evidence.compute.scaling import measured_ratio

    try:
        return found, measured_ratio(ledger, model, since, **setting)
    except NothingToCompare as error:
        refuse("LEDGER", str(error), "measure both models as the reference is")


def _acceleration(rnd: tuple[str, ...], projected: bool, level: float) -> Acceleration | None:
    if not rnd:
        return None
    from ifthen.cli.evidence.quantities import between, named
    from ifthen.evidence.compute.rnd import acceleration
    from ifthen.evidence.compute.uncertain import Uncertain

    factors = {}
    for text in rnd:
        name, value = named("--rnd", text, "compute=3.6..4.9")
        factors[name] = Uncertain.between(*between("--rnd", value))
    try:
        basis = "projected" if projected else "observed"
        return acceleration(factors, basis=basis, level=level)
    except ValueError as error:
        refuse("--rnd", str(error))
