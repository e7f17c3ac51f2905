"""``evidence``: from evaluation logs and training compute to findings for the record.

Each command is a module of this folder and is imported only when it is run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

_COMMANDS = {
    "read": "read",
    "decide": "decide",
    "line": "line",
    "compare": "compare",
    "horizon": "horizon",
    "compute": "compute",
    "forecast": "forecast",
    "replay": "replay",
}
"""Each command by name, and the module of this folder that defines it, as ``command``."""


class _Evidence(options.Commands):
    """A group whose commands are found by name, so that the libraries of one burden no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which they are used."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, its module imported now."""
        module = _COMMANDS.get(name)
        if module is None:
            return None
        command: click.Command = import_module(f"ifthen.cli.evidence.{module}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a library of the extra that is not there is bad input too."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if (error.name or "ifthen").split(".")[0] == "ifthen":
                raise
            refuse(
                "ifthen evidence",
                f"this needs the library '{error.name}', which is not installed",
                "install it with: pip install 'ifthen[evals]'",
            )


@click.group(
    cls=_Evidence,
    short_help="From evaluation logs and compute to findings.",
    epilog=options.example("ifthen evidence read logs/"),
)
def evidence() -> None:
    """From evaluation logs and training compute to findings for the record."""
