"""``evidence line``: whether an alert line is sound."""

from __future__ import annotations

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse


@click.command(
    "line",
    short_help="Say whether a score below the alert line rules the limit out.",
    epilog=options.example(
        "ifthen evidence line --limit 0.5 --tasks 5 --scoring 'at least 1 of 10' --confidence 0.9 "
        "--alert 0.5"
    ),
)
@click.option(
    "--limit",
    type=float,
    required=True,
    metavar="RATE",
    help="The rate of passed tasks from which the capability counts as there (the red line).",
)
@click.option("--tasks", type=int, required=True, metavar="N", help="Tasks in the evaluation.")
@click.option(
    "--scoring",
    metavar="RULE",
    default="at least 1 of 1",
    show_default=True,
    help="How a task is passed.",
)
@click.option(
    "--confidence",
    type=float,
    metavar="C",
    default=0.95,
    show_default=True,
    help="At which the limit must be ruled out.",
)
@click.option(
    "--alert",
    type=float,
    metavar="RATE",
    help="An alert line in question: a smaller share of passes counts as safe (the yellow line).",
)
@click.option(
    "--rate", type=float, metavar="RATE", help="The true rate of a model that should be ruled out."
)
@click.option(
    "--power",
    type=float,
    metavar="P",
    help="How often it should be: find the number of tasks that it takes.",
)
@click.option(
    "--false-pass",
    type=float,
    metavar="P",
    help="How often a model at the limit may be ruled out. Default: one minus the confidence.",
)
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    limit: float,
    tasks: int,
    scoring: str,
    confidence: float,
    alert: float | None,
    rate: float | None,
    power: float | None,
    false_pass: float | None,
    as_json: bool,
) -> None:
    """Say whether a score below the alert line rules the limit out.

    Exits with 1 where a score below --alert may fail to rule it out, or where no result of so
    many tasks can; else with 0.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.evidence.line import examine
    from ifthen.evidence.statistics.attempts import parse_scoring
    from ifthen.reports.line_text import write_line

    try:
        line = examine(
            limit,
            tasks,
            parse_scoring(scoring),
            confidence,
            alert=alert,
            rate=rate,
            power=power,
            false_pass=false_pass,
        )
    except ValueError as error:
        refuse("evidence line", str(error))
    if as_json:
        show_json(line.as_json())
    else:
        text = page()
        write_line(text, line)
        show(text)
    ctx.exit(1 if line.unsound or line.sound.most is None else 0)
