"""The command ``review diff``: what became of a policy in another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ifthen.cli import options

if TYPE_CHECKING:
    from ifthen.policy.model import Policy
    from ifthen.policy.source import Diagnostic


@click.command(
    short_help="Say what became of each promise in another version.",
    epilog=options.example("ifthen review diff anthropic/rsp@2.0 anthropic/rsp@2.1"),
)
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--log", metavar="FILE", help="The developer's own account of what changed.")
@click.option("--html", metavar="FILE", help="Write a page that loads nothing from anywhere.")
@click.option(
    "--events",
    metavar="K",
    type=click.IntRange(0, 12),
    default=3,
    show_default=True,
    help="How many events a record has at most in which the versions are told apart.",
)
@click.option(
    "--whole", is_flag=True, help="Ask of what is gone whether the rest of B still keeps it (slow)."
)
@options.as_json
def diff(
    old: str,
    new: str,
    log: str | None,
    html: str | None,
    events: int,
    whole: bool,
    as_json: bool,
) -> None:
    """Say of every part of A what became of it in B, which way it went, and who said so.

    A and B are ids or files. The direction is proved by structure, or shown by a record that one
    version permits and the other does not, or there is no such record of up to K events; else it is
    undetermined. Change logs of Anthropic, OpenAI and Google DeepMind come with the package.
    """
    from ifthen.cli.output import page, show, show_json, write
    from ifthen.cli.progress import progress
    from ifthen.reports.diff_text import write_diff
    from ifthen.review.diff.announce import load_log, packaged_log
    from ifthen.review.diff.diff import diff as compute
    from ifthen.review.diff.diff import lost_in
    from ifthen.review.diff.ways import Bounds

    before, after = _load(old, new)
    account = packaged_log(before, after) if log is None else load_log(log, before, after)
    bounds = Bounds(events)
    found = compute(before, after, account, bounds)
    if whole:
        _need_solver(events)
        with progress("Clauses asked about") as report:
            found = lost_in(found, before, after, bounds, report)
    if html is not None:
        from ifthen.reports.diff_html import write_diff_page

        write("--html", html, write_diff_page(found, before, after))
    if as_json:
        show_json(found.as_json())
        return
    text = page()
    write_diff(text, found)
    show(text)
    if html is not None:
        click.echo(f"Wrote {html}.", err=True)


def _need_solver(events: int) -> None:
    """Whether the whole of B can be asked about at all."""
    from ifthen.cli.inputs import refuse

    if not events:
        refuse(
            "--whole", "there is nothing to ask on records of no event", "give --events 1 or more"
        )
    try:
        import z3  # noqa: F401
    except ImportError:
        refuse("--whole", "the solver is not installed", "pip install 'ifthen[loopholes]'")


def _load(*names: str) -> list[Policy]:
    """Both policies, or everything wrong with either."""
    from ifthen import InputError, load_policy

    loaded: list[Policy] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            loaded.append(load_policy(name))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return loaded
