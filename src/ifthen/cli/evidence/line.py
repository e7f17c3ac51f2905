"""``evidence line``: whether a yellow line is sound."""

from __future__ import annotations

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse


@click.command(
    "line",
    short_help="Say whether passing below a yellow line rules the red line out.",
    epilog=options.example(
        "ifthen evidence line --red 0.5 --tasks 5 --scoring 'at least 1 of 10' --confidence 0.9 "
        "--yellow 3"
    ),
)
@click.option(
    "--red",
    type=float,
    required=True,
    metavar="RATE",
    help="The red line: the rate of passed tasks that must be ruled out.",
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
    help="At which the red line must be ruled out.",
)
@click.option(
    "--yellow",
    type=int,
    metavar="K",
    help="A yellow line in question: fewer passes than K count as safe.",
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
    help="How often a model at the red line may be ruled out. Default: one minus the confidence.",
)
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    red: float,
    tasks: int,
    scoring: str,
    confidence: float,
    yellow: int | None,
    rate: float | None,
    power: float | None,
    false_pass: float | None,
    as_json: bool,
) -> None:
    """Say whether passing below a yellow line rules the red line out.

    Exits with 1 where fewer passes than --yellow may fail to rule it out, or where no result of so
    many tasks can; else with 0.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.evidence.line import examine
    from ifthen.evidence.statistics.attempts import parse_scoring
    from ifthen.reports.line_text import write_line

    try:
        line = examine(
            red,
            tasks,
            parse_scoring(scoring),
            confidence,
            yellow=yellow,
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
