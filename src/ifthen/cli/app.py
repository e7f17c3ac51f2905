"""The commands, put together."""

from __future__ import annotations

import click

from ifthen.cli.check import may, rule, why
from ifthen.cli.compare import compare
from ifthen.cli.evidence import evidence
from ifthen.cli.options import Commands
from ifthen.cli.policies import policy
from ifthen.cli.review import review
from ifthen.cli.start import init
from ifthen.cli.timeline import due, replay

_HELP = """Run a responsible scaling policy: what was promised, what happened, what follows.

A RECORD is a file of dated facts (YAML, or JSONL for size), or example:anthropic, a public record
that comes with the package. Several files make one record.

\b
Exit codes of rule and may:
  0  nothing wrong; or permitted
  1  a breach, something late, a violation or a void decision; or held
  2  bad input
  3  something cannot be told from the record

\b
Examples:
  ifthen init my-lab
  ifthen rule example:anthropic --at 2025-08-05
  ifthen may deploy my-lab/record.yaml --model example-1
"""


@click.group(cls=Commands, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ifthen")
def app() -> None:
    """Run the command line."""


for command in (rule, replay, may, due, why, compare, policy, review, evidence, init):
    app.add_command(command)
