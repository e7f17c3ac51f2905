"""``evidence forecast``: what may be crossed before the next assessment is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ifthen.cli import options
from ifthen.cli.evidence.quantities import between, days, factor, named
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.futures import Growth


@click.command(
    "forecast",
    short_help="Forecast what may be crossed before the next assessment is done.",
    epilog=options.example(
        "ifthen evidence forecast --every '6 months' --growth 4x --poll '1 month' "
        "--delay '2 weeks' --buffer 6x"
    ),
)
@click.option("--every", metavar="TIME", help="The time trigger: 6 months.")
@click.option("--growth", metavar="4x", help="The growth trigger.")
@click.option(
    "--clock",
    type=click.Choice(("start", "completion")),
    default="start",
    show_default=True,
    help="Whether triggers count from the start of the last assessment or from its completion.",
)
@click.option("--poll", metavar="TIME", default="0 days", help="How often anyone looks.")
@click.option("--delay", metavar="TIME", default="0 days", help="The longest wait before a start.")
@click.option("--assessment", metavar="TIME", default="1 month", show_default=True)
@click.option(
    "--assessment-high",
    metavar="TIME",
    help="What 9 of 10 assessments do not exceed. Default: 1.6 times --assessment.",
)
@click.option(
    "--factor",
    "factors",
    metavar="NAME=LOW..HIGH",
    multiple=True,
    help="What grows, times a year, 90 % range; repeatable. Default: compute=3.6..4.9, "
    "algorithms=1.8..4.5, post-training=1.5..6.",
)
@click.option(
    "--lumps",
    metavar="NAME=N",
    multiple=True,
    help="A factor that comes in N jumps a year; 0: smoothly. Default: post-training=4.",
)
@click.option(
    "--not-counted",
    metavar="NAME",
    multiple=True,
    help="A factor that the growth trigger leaves out.",
)
@click.option(
    "--doubling",
    metavar="LOW..HIGH",
    help="Instead of factors, a time horizon that doubles in so many days, as the trend of "
    "'evidence horizon' gives it at 95 %.",
)
@click.option(
    "--buffer",
    "buffers",
    metavar="4x",
    multiple=True,
    help="How far away the threshold is from the last assessed snapshot; the answer is about the "
    "first. Repeatable. Default: 4x, 6x, 10x, and no answer.",
)
@click.option("--tolerated", type=float, default=0.05, show_default=True, help="Share of futures.")
@click.option("--futures", type=click.IntRange(100, 10_000_000), default=40_000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--html", metavar="FILE", help="Also write a web page that needs nothing else.")
@options.as_json
@click.pass_context
def command(
    ctx: click.Context,
    every: str | None,
    growth: str | None,
    clock: Any,
    poll: str,
    delay: str,
    assessment: str,
    assessment_high: str | None,
    factors: tuple[str, ...],
    lumps: tuple[str, ...],
    not_counted: tuple[str, ...],
    doubling: str | None,
    buffers: tuple[str, ...],
    tolerated: float,
    futures: int,
    seed: int,
    html: str | None,
    as_json: bool,
) -> None:
    """Forecast whether a threshold is crossed before the next assessment is done.

    Growth goes on while an assessment is due, noticed, started and done. Many futures are drawn
    from what is assumed of it, and the buffer is what only --tolerated of them exceed.

    With --buffer, exits with 0 where its threshold is crossed unseen in no more futures than
    tolerated, and else with 3. Exits with 2 on bad input.
    """
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress
    from ifthen.evidence.finding import EXIT_CODES
    from ifthen.evidence.forecast import forecast
    from ifthen.evidence.futures import Cadence

    growing = _growing(factors, lumps, not_counted, doubling)
    middle = days("--assessment", assessment)
    high = 1.6 * middle if assessment_high is None else days("--assessment-high", assessment_high)
    wanted = tuple(factor("--buffer", text) for text in buffers)
    try:
        cadence = Cadence(
            None if every is None else days("--every", every),
            None if growth is None else factor("--growth", growth),
            clock,
            days("--poll", poll),
            days("--delay", delay),
            middle,
            high,
        )
        with progress("Futures") as report:
            found = forecast(
                cadence,
                growing,
                buffers=wanted or (4.0, 6.0, 10.0),
                tolerated=tolerated,
                runs=futures,
                seed=seed,
                progress=report,
            )
    except ValueError as error:
        refuse("forecast", str(error), "see ifthen evidence forecast --help")
    if not wanted:
        found = replace(found, answer=None)
    if html is not None:
        from ifthen.reports.growth_text import forecast_page

        write("--html", html, forecast_page(found))
    if as_json:
        show_json(found.as_json())
    else:
        from ifthen.reports.growth_text import write_forecast

        text = page()
        write_forecast(text, found)
        if html is not None:
            text.write(f"The web page is in {html}.")
        show(text)
    ctx.exit(0 if found.answer is None else EXIT_CODES[found.answer])


def _growing(
    factors: tuple[str, ...],
    lumps: tuple[str, ...],
    not_counted: tuple[str, ...],
    doubling: str | None,
) -> tuple[Growth, ...]:
    """What grows, from the options that say so."""
    from ifthen.evidence.forecast import TREND, horizon_growth
    from ifthen.evidence.futures import Growth
    from ifthen.policy.source import did_you_mean

    if doubling is not None:
        if factors or lumps or not_counted:
            refuse("--doubling", "a horizon grows by itself", "leave out --factor, --lumps")
        return (horizon_growth(*between("--doubling", doubling), 0.95),)
    growing = {each.name: replace(each, counted=True) for each in TREND}
    if factors:
        growing = {}
        for text in factors:
            name, value = named("--factor", text, "compute=3.6..4.9")
            growing[name] = Growth(name, *between("--factor", value))

    def known(option: str, name: str) -> Growth:
        if name not in growing:
            refuse(option, f"nothing grows that is called '{name}'", did_you_mean(name, growing))
        return growing[name]

    for text in lumps:
        name, value = named("--lumps", text, "post-training=4")
        count = 0.0 if value == "0" else factor("--lumps", value)
        growing[name] = replace(known("--lumps", name), lumps=count)
    for name in not_counted:
        growing[name] = replace(known("--not-counted", name), counted=False)
    return tuple(growing.values())
