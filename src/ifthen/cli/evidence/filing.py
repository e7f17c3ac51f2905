"""What the commands that find something share to file it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.cli.options import _F
    from ifthen.evidence.filing.work import Work


def filing(command: _F) -> _F:
    """Where the finding is filed, on which day, and about whom."""
    for option in (
        click.option(
            "--as",
            "filed_as",
            metavar="MODEL",
            help="The record's name of the model, where it is not the one used here.",
        ),
        click.option("--date", metavar="DATE", help="When the evaluation was done; for --file."),
        click.option(
            "--file",
            "record",
            metavar="RECORD",
            help="Append the finding to this JSONL record, with all it takes to make it again.",
        ),
    ):
        command = option(command)
    return command


def check_filing(record: str | None, date: str | None) -> None:
    """Refuse to file without a day, before anything is computed.

    Raises:
        InputError: the day is missing or is none.
    """
    from ifthen.cli.inputs import moment_of

    if record is None:
        if date is not None:
            refuse("--date", "nothing is filed", "name the record with --file")
        return
    if date is None:
        refuse("--date", "a fact needs the day on which it happened", "give --date YYYY-MM-DD")
    moment_of("--date", date)


def file_result(
    record: str | None,
    date: str | None,
    work: Work,
    model: str,
    *,
    threshold: str | None = None,
    task: str | None = None,
    elicitation: Sequence[str] = (),
) -> dict[str, Any] | None:
    """File work as an ``evaluation_result``, and propose a decision where a threshold is named.

    Returns:
        What was filed, for ``--json``; None where nothing was to be filed.

    Raises:
        InputError: the record cannot be written.
    """
    from ifthen.evidence.filing.append import append
    from ifthen.evidence.filing.facts import evaluation_result, proposal

    if record is None or date is None:
        return None
    fact = evaluation_result(
        work, date=date, model=model, threshold=threshold, task=task, elicitation=elicitation
    )
    fresh = append(record, [fact])
    finding = work.outcome.finding
    return {
        "record": record,
        "id": fact["id"],
        "new": bool(fresh),
        "proposal": None
        if threshold is None or finding is None
        else proposal(fact, threshold, finding),
    }


def say_filed(filed: dict[str, Any] | None) -> None:
    """Say what was filed, and print what is left to people as it goes into a record."""
    if filed is None:
        return
    done = "Filed" if filed["new"] else "Filed before"
    click.echo(f"\n{done} as {filed['id']} in {filed['record']}.")
    if filed["proposal"]:
        click.echo(filed["proposal"], nl=False)
