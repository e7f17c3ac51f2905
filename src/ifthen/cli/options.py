"""Options that several commands share, and how errors end a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])
Decorator: TypeAlias = Callable[[_F], _F]


class Commands(click.Group):
    """Commands that end with 2 on bad input, each problem shown with its place."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; bad input is printed, never raised."""
        from ifthen.policy.source import InputError

        try:
            return super().invoke(ctx)
        except InputError as error:
            for number, diagnostic in enumerate(error.diagnostics):
                click.echo(("\n" if number else "") + diagnostic.render(), err=True)
            ctx.exit(2)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added, not by name."""
        return list(self.commands)


def example(command: str) -> str:
    """The end of a help text: how the command is used."""
    return f"\b\nExample:\n  {command}"


def records(command: _F) -> _F:
    """The files of the record."""
    return click.argument("records", metavar="RECORD...", nargs=-1, required=True)(command)


def policies(command: _F) -> _F:
    """Policies that override those the record says are in force."""
    return click.option(
        "--policy",
        "policies",
        metavar="P|FILE",
        multiple=True,
        help="Rule the whole record under this policy, an id or a file, instead of those it says "
        "are in force. May be repeated.",
    )(command)


def at(command: _F) -> _F:
    """The moment of the ruling."""
    return click.option(
        "--at",
        metavar="DATE",
        help="The moment of the ruling: a date (its end) or a datetime, UTC. Default: now.",
    )(command)


def known(command: _F) -> _F:
    """What was known."""
    return click.option(
        "--known",
        metavar="DATE|all",
        help="See only what the record had learned by then. Default: the moment of the ruling.",
    )(command)


def model(*, required: bool = False, help: str) -> Decorator[Any]:
    """The model in question."""
    return click.option("--model", metavar="M", required=required, help=help)


def as_json(command: _F) -> _F:
    """JSON instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def everything(command: _F) -> _F:
    """Leave nothing out."""
    return click.option("--all", "everything", is_flag=True, help="Leave nothing out.")(command)
