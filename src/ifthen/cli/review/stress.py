"""``review stress``: many futures of a developer who keeps a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.review.stress.under import Level


@click.command(
    short_help="Simulate futures in which a policy is kept.",
    epilog=options.example("ifthen review stress anthropic/rsp@2.0 --under '1 day'"),
)
@click.argument("policies", metavar="POLICY...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every policy that comes with the package.")
@click.option("--house", "chosen", metavar="ID", multiple=True, help="Only this house. Repeatable.")
@click.option("--houses", "path", metavar="FILE", help="Houses and a world of your own.")
@click.option(
    "--under",
    metavar="LEVEL",
    help="Also look for the cadence, buffer and wording that bring exposure under this: '1 day' a "
    "year in 95 % of futures, or a probability of '5 %'.",
)
@click.option("--futures", type=click.IntRange(100, 1_000_000), default=4096, show_default=True)
@click.option(
    "--years", type=click.FloatRange(0.25, 20), default=3.0, show_default=True, help="Of a future."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--jobs", metavar="N", type=int, default=1, show_default=True, help="Workers; -1: all cores."
)
@click.option("--backend", metavar="NAME", help="A joblib backend: loky, threading, dask, ray.")
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def stress(
    ctx: click.Context,
    policies: tuple[str, ...],
    everything: bool,
    chosen: tuple[str, ...],
    path: str | None,
    under: str | None,
    futures: int,
    years: float,
    seed: int,
    jobs: int,
    backend: str | None,
    html: str | None,
    as_json: bool,
) -> None:
    """Simulate futures in which houses keep a policy: exposure, overshoot, false alarms, pauses.

    What a policy promises is read off its clauses; what cannot be simulated is listed. An honest, a
    hurried and a literal-minded house keep it. It is a model with stated assumptions, not a
    prediction: see docs/stress.md. Exits with 0; with --under, with 1 where a house is over the
    level as things stand, else with 3 where that is undetermined.
    """
    if bool(policies) == everything:
        refuse("POLICY", "name a policy, or ask for --all of them", "ifthen policy list")
    if jobs == 0:
        refuse("--jobs", "there is no work without workers", "write 1, 2 … or -1 for all cores")
    _need_numpy()
    from ifthen import policy_ids
    from ifthen.cli.inputs import load_policies
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress
    from ifthen.evidence.forecast import TREND
    from ifthen.reports.stress_text import write_study
    from ifthen.review.stress.houses import choose, load_houses
    from ifthen.review.stress.run import Futures, Workers
    from ifthen.review.stress.study import stress as study

    level = None if under is None else _level(under)
    houses = load_houses(path)
    kept_by = choose(houses, chosen)
    loaded = load_policies(policy_ids() if everything else policies)
    which = Futures(houses.setting, TREND, years, futures, seed)
    try:
        with progress("Hundredths of the policies") as report:
            found = study(
                loaded,
                kept_by,
                which,
                level=level,
                workers=Workers(jobs, backend),
                progress=report,
            )
    except (ValueError, ImportError) as error:
        refuse("stress", str(error), "see ifthen review stress --help")
    if html is not None:
        from ifthen.reports.stress_html import write_stress_page

        write("--html", html, write_stress_page(found))
    if as_json:
        show_json(found.as_json())
    else:
        text = page()
        write_study(text, found)
        show(text)
        if html is not None:
            click.echo(f"Wrote {html}.", err=True)
    ctx.exit({"over": 1, "undetermined": 3}.get(found.verdict or "under", 0))


def _level(text: str) -> Level:
    from ifthen.review.stress.under import parse_level

    try:
        return parse_level(text)
    except ValueError as error:
        refuse("--under", str(error), "write '1 day' or '5 %'")


def _need_numpy() -> None:
    try:
        import numpy  # noqa: F401
        import scipy  # noqa: F401
    except ImportError:
        refuse("review stress", "NumPy and SciPy are not installed", "pip install 'ifthen[evals]'")
