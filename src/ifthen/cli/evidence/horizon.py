"""``evidence horizon``: time horizons from runs, and the autonomy checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ifthen.cli import options
from ifthen.cli.evidence.filing import check_filing, file_result, filing, say_filed
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.finding import Answer
    from ifthen.evidence.horizon.checkpoint import Checkpoint
    from ifthen.evidence.horizon.dependence import Dependence
    from ifthen.evidence.horizon.runs import RunTable


@click.command(
    "horizon",
    short_help="Estimate time horizons, and judge the autonomy checkpoint.",
    epilog=options.example(
        "ifthen evidence horizon runs.jsonl --agent o1 --checkpoint --html horizon.html"
    ),
)
@click.argument("runs", metavar="RUNS...", nargs=-1, required=True)
@click.option("--agent", "agents", metavar="A", multiple=True, help="Only this agent; repeatable.")
@click.option(
    "--quantile",
    "quantiles",
    metavar="Q",
    type=float,
    multiple=True,
    help="A chance of success whose length is wanted; repeatable. Default: 0.5 and 0.8.",
)
@click.option(
    "--lambda",
    "ridge",
    metavar="L",
    type=float,
    help="The penalty on the slope. Default: 1e-5, as good as none; METR had 0.1 until March 2026.",
)
@click.option(
    "--weights",
    type=click.Choice(("invsqrt", "equal")),
    default="invsqrt",
    show_default=True,
    help="How tasks of one family count.",
)
@click.option(
    "--bootstrap",
    metavar="B",
    type=click.IntRange(2, 1_000_000),
    default=10_000,
    show_default=True,
    help="Replicates.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--checkpoint", is_flag=True, help="Judge tasks of 2 to 8 hours; sets the exit code.")
@click.option("--released", metavar="FILE", help="Release dates (YAML), for the trend.")
@click.option("--trend-from", metavar="DATE", help="Leave models released before out of the trend.")
@click.option(
    "--versus",
    metavar="FILE",
    multiple=True,
    help="Another version of the table: say whether the checkpoint's answer depends on it, or on "
    "lambda. Repeatable.",
)
@click.option(
    "--jobs", metavar="N", type=int, default=1, show_default=True, help="Workers; -1: all."
)
@click.option("--backend", metavar="NAME", help="A joblib backend: loky, threading, dask, ray.")
@filing
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    runs: tuple[str, ...],
    agents: tuple[str, ...],
    quantiles: tuple[float, ...],
    ridge: float | None,
    weights: Any,
    bootstrap: int,
    seed: int,
    level: float,
    checkpoint: bool,
    released: str | None,
    trend_from: str | None,
    versus: tuple[str, ...],
    jobs: int,
    backend: str | None,
    record: str | None,
    date: str | None,
    filed_as: str | None,
    html: str | None,
    as_json: bool,
) -> None:
    """Estimate how long a task may take a person before an agent fails as often as it succeeds.

    RUNS are rows in METR's form (JSONL: run_id, task_id, task_family, alias, human_minutes,
    score_binarized). The curve is METR's weighted logistic, taken to convergence; its interval is
    their bootstrap of families, tasks and runs. What is wrong with the rows is refused with its
    place, or repaired by a rule that is printed.

    With --checkpoint, exits with 0 where all agents are below it, with 1 where one has crossed it,
    and with 3 where it cannot be ruled out. Exits with 2 on bad input.
    """
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress
    from ifthen.evidence.horizon.checkpoint import checkpoint as judge
    from ifthen.evidence.horizon.estimate import LAMBDA, QUANTILES, time_horizons
    from ifthen.evidence.horizon.runs_file import read_runs
    from ifthen.evidence.horizon.trend import read_release_dates, trend

    check_filing(record, date)
    wanted = quantiles or QUANTILES
    if (checkpoint or versus or record) and 0.5 not in wanted:
        wanted = (0.5, *wanted)
    table = _chosen(read_runs(*runs), agents)
    days = None if released is None else read_release_dates(released)
    since = None if trend_from is None else _day(trend_from)
    setting: dict[str, Any] = {
        "weighting": weights,
        "quantiles": tuple(dict.fromkeys(wanted)),
        "replicates": bootstrap,
        "seed": seed,
        "level": level,
        "jobs": jobs,
        "backend": backend,
    }
    chosen = LAMBDA if ridge is None else ridge
    try:
        with progress("Replicates") as report:
            horizons = time_horizons(table, ridge=chosen, progress=report, **setting)
    except (ValueError, ImportError) as error:
        refuse("horizon", str(error), "see ifthen evidence horizon --help")
    judged: list[Checkpoint] = []
    if checkpoint or versus:
        judged = [judge(horizons, found.agent) for found in horizons.agents]
    line = None if days is None else trend(horizons, days, wanted[0], since)
    dependences = _dependences(runs, table, versus, chosen, setting)
    filed = None
    if record is not None:
        from ifthen.evidence.filing.horizons import work_of

        if len(horizons.agents) != 1:
            refuse("--file", f"there are {len(horizons.agents)} agents", "name one with --agent")
        [agent] = [found.agent for found in horizons.agents]
        work = work_of(horizons, agent, agents)
        filed = file_result(record, date, work, filed_as or agent, threshold="autonomy-checkpoint")
    if html is not None:
        from ifthen.reports.horizon_text import horizon_page

        write("--html", html, horizon_page(horizons, judged, line))
    if as_json:
        result = horizons.as_json()
        result["checkpoint"] = [found.as_json() for found in judged]
        result["trend"] = None if line is None else line.as_json()
        result["dependence"] = [found.as_json() for found in dependences]
        result["filed"] = filed
        show_json(result)
    else:
        from ifthen.reports.horizon_text import write_horizons

        text = page()
        write_horizons(text, horizons, judged, line, dependences)
        if days is not None and line is None:
            text.write("No trend: fewer than three models were the best at their release.")
        if html is not None:
            text.write(f"The web page is in {html}.")
        show(text)
        say_filed(filed)
    answers = [found.answer for found in judged] + [found.answer for found in dependences]
    ctx.exit(exit_code(answers))


def exit_code(answers: list[Answer]) -> int:
    """1 where one has crossed, else 3 where one cannot be ruled out, else 0."""
    if "crossed" in answers:
        return 1
    return 3 if "cannot_rule_out" in answers else 0


def _chosen(table: RunTable, agents: tuple[str, ...]) -> RunTable:
    from ifthen.policy.source import did_you_mean

    for agent in agents:
        if agent not in table.agents:
            hint = did_you_mean(agent, table.agents) or f"known: {', '.join(table.agents[:12])}"
            refuse("--agent", f"the runs have no agent '{agent}'", hint)
    return table.only(dict.fromkeys(agents)) if agents else table


def _day(text: str) -> int:
    from ifthen.dates import parse_day

    try:
        return parse_day(text)
    except ValueError as error:
        refuse("--trend-from", str(error), "write YYYY-MM-DD")


def _dependences(
    runs: tuple[str, ...],
    table: RunTable,
    versus: tuple[str, ...],
    ridge: float,
    setting: dict[str, Any],
) -> list[Dependence]:
    """For every agent that all versions have, what the checkpoint's answer depends on."""
    if not versus:
        return []
    from ifthen.evidence.horizon.checkpoint import checkpoint as judge
    from ifthen.evidence.horizon.dependence import dependence
    from ifthen.evidence.horizon.estimate import LAMBDA, METR_LAMBDA
    from ifthen.evidence.horizon.runs_file import read_runs

    others = {name: read_runs(name) for name in versus}
    found = []
    for agent in table.agents:
        lacking = [name for name, other in others.items() if agent not in other.agents]
        if lacking:
            refuse("--versus", f"{lacking[0]} has no agent '{agent}'", "name agents with --agent")
        tables = {", ".join(runs): table.only([agent])}
        tables |= {name: other.only([agent]) for name, other in others.items()}
        ridges = tuple(dict.fromkeys((ridge, LAMBDA, METR_LAMBDA)))
        found.append(dependence(tables, ridges, agent, lambda h, a: judge(h, a).answer, **setting))
    return found
