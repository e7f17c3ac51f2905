"""Commands that study a promise before anything happens: the group ``review``."""

from __future__ import annotations

import click

from ifthen.cli import options
from ifthen.cli.review.diff import diff
from ifthen.cli.review.lint import lint
from ifthen.cli.review.loopholes import loopholes
from ifthen.cli.review.stress import stress


@click.group(
    cls=options.Commands,
    short_help="Study a policy: what it leaves open, what became of it.",
)
def review() -> None:
    """Study a policy before anything has happened: what it leaves open, and what became of it."""


review.add_command(lint)
review.add_command(diff)
review.add_command(loopholes)
review.add_command(stress)
