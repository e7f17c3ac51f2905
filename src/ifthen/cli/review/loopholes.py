"""``review loopholes``: whether a policy can be kept and a harm still happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from ifthen.cli import options
from ifthen.cli.inputs import load_policies, refuse


@click.command(
    short_help="Search timelines that keep a policy and still end in a harm.",
    epilog=options.example("ifthen review loopholes anthropic/rsp@2.0 --harm stale"),
)
@click.argument("policies", metavar="POLICY...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every policy of the package: a scorecard.")
@click.option("--harm", "chosen", metavar="ID", multiple=True, help="Only this harm. Repeatable.")
@click.option("--harms", "path", metavar="FILE", help="Harms of your own instead of the package's.")
@click.option(
    "--events",
    type=click.IntRange(0, 20),
    default=6,
    show_default=True,
    help="The most events of a timeline, beside those with which it begins.",
)
@click.option("--models", type=click.IntRange(1, 4), default=1, show_default=True)
@click.option(
    "--stretches",
    type=click.IntRange(0, 4),
    default=2,
    show_default=True,
    help="The most words stretched together when blame is laid.",
)
@click.option("--growth", metavar="X", default="35x", show_default=True, help="Growth in a year.")
@click.option("--margin", metavar="X", help="How far ahead a finding of below reaches: 6x.")
@click.option("--pauses", is_flag=True, help="Let training pause and models be withdrawn.")
@click.option(
    "--start",
    type=click.Choice(("assessed", "nothing", "both")),
    default="both",
    show_default=True,
    help="Begin with a model that was just assessed, or with none.",
)
@click.option("--prove", is_flag=True, help="Where none is found, try to prove it for any number.")
@click.option("--repairs", is_flag=True, help="Also try changes of the text. Takes much longer.")
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Cores to work on."
)
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def loopholes(
    ctx: click.Context,
    policies: tuple[str, ...],
    everything: bool,
    chosen: tuple[str, ...],
    path: str | None,
    events: int,
    models: int,
    stretches: int,
    growth: str,
    margin: str | None,
    pauses: bool,
    start: str,
    prove: bool,
    repairs: bool,
    jobs: int,
    html: str | None,
    as_json: bool,
) -> None:
    """Search timelines that break no commitment of a policy and still end in a harm.

    Imagine that somebody adopts the policy who thinks the risk is nonsense. Every timeline that is
    shown has been ruled under the whole policy. "None" means none of so many events, under the
    assumptions printed; --prove tries to exclude it for any number. Exits with 1 where a harm needs
    no stretching or some, with 3 where something is undetermined, else with 0.
    """
    _need_solver()
    from ifthen import policy_ids
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress
    from ifthen.reports.loopholes_text import write_scorecard, write_study
    from ifthen.review.loopholes.harms import choose, load_harms
    from ifthen.review.loopholes.study import Bounds, study, world_for
    from ifthen.review.loopholes.world import World

    if bool(policies) == everything:
        refuse("POLICY", "name a policy, or ask for --all of them", "ifthen policy list")
    loaded = load_policies(policy_ids() if everything else policies)
    if html is not None and not Path(html).absolute().parent.is_dir():
        refuse("--html", f"'{html}' cannot be written: there is no such folder")
    starts = ("assessed", "nothing") if start == "both" else (start,)
    world = World(growth=_factor("--growth", growth), pauses=pauses)
    bounds = Bounds(events, models, stretches)
    asked = None if margin is None else _factor("--margin", margin)
    found = []
    with progress("Harms tested") as report, _workers(jobs) as each:
        for number, policy in enumerate(loaded):
            harms = load_harms(policy, path)

            def told(done: int, total: int, number: int = number) -> None:
                report(number * total + done, len(loaded) * total)

            found.append(
                study(
                    policy,
                    choose(harms.harms, chosen),
                    harms.goods,
                    world_for(policy, asked or harms.margin, world),
                    bounds,
                    starts,  # type: ignore[arg-type]
                    repair=repairs,
                    prove=prove,
                    each=each,
                    progress=told,
                )
            )
    if html is not None:
        from ifthen.reports.loopholes_html import write_loopholes_page

        write("--html", html, write_loopholes_page(found))
    if as_json:
        show_json([one.as_json() for one in found])
    else:
        text = page()
        if len(found) > 1:
            write_scorecard(text, found)
        else:
            write_study(text, found[0])
        if html is not None:
            text.blank()
            text.write(f"The web page is in {html}.")
        show(text)
    verdicts = {one.verdict for one_study in found for one in one_study.tested}
    ctx.exit(1 if verdicts & {"open", "stretched"} else 3 if "undetermined" in verdicts else 0)


@contextmanager
def _workers(jobs: int) -> Iterator[Any]:
    """``map``, or the same on several cores."""
    if jobs == 1:
        yield map
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    with ProcessPoolExecutor(jobs, get_context("spawn")) as executor:
        try:
            yield executor.map
        except BaseException:  # an interruption: a solver at work would be waited for
            for worker in active_children():
                worker.terminate()
            raise


def _factor(option: str, text: str) -> Fraction:
    from ifthen.review.loopholes.harms import parse_factor

    found = parse_factor(text)
    if found is None:
        refuse(option, f"'{text}' is not a factor above 1", "write 6x")
    return found


def _need_solver() -> None:
    try:
        import z3  # noqa: F401
    except ImportError:
        refuse("review loopholes", "the solver is not installed", "pip install 'ifthen[loopholes]'")
