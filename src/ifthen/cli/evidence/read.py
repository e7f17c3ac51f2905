"""``evidence read``: what logs and tables say, and what is missing from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

if TYPE_CHECKING:
    from ifthen.evidence.load import Choices
    from ifthen.evidence.rows import Counts, Log, Rows
    from ifthen.evidence.summary import Evaluation
    from ifthen.reports.page import Page, Tone

_MOST_CONFLICTS = 5
_COLUMN = 12


def choices(command: options._F) -> options._F:
    """Which score, cluster and family to read."""
    for option in (
        click.option(
            "--family",
            metavar="KEY",
            help="Take the family of a question from this key of its metadata (Inspect logs).",
        ),
        click.option(
            "--cluster",
            metavar="KEY",
            help="Take the cluster of a question from this key of its metadata (Inspect logs).",
        ),
        click.option(
            "--scorer",
            metavar="NAME",
            help="Which score to read, where there are several: NAME, or NAME.KEY of a score that "
            "is a mapping.",
        ),
    ):
        command = option(command)
    return command


def read_rows(paths: tuple[str, ...], wanted: Choices) -> Rows:
    """The attempts in logs and tables, with progress.

    Raises:
        InputError: everything wrong with them.
    """
    from ifthen.cli.progress import progress
    from ifthen.evidence.load import load

    with progress("reading logs") as report:
        return load(paths, wanted, progress=report)


@click.command(
    "read",
    short_help="Read logs and tables, and say what is missing.",
    epilog=options.example("ifthen evidence read logs/ --scorer match --out attempts.parquet"),
)
@click.argument("logs", metavar="LOGS...", nargs=-1, required=True)
@choices
@click.option(
    "--out",
    metavar="FILE",
    help="Write the attempts as a table: .csv, .jsonl or .parquet.",
)
@options.as_json
def command(
    logs: tuple[str, ...],
    scorer: str | None,
    cluster: str | None,
    family: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Read evaluation logs and tables: what became of every attempt, and the mean.

    LOGS are logs of Inspect (.eval, .json), tables (.csv, .jsonl, .parquet), folders of logs, or
    URLs of any of them. Invalidated attempts are left out and counted. Errored attempts and those
    that never ran stay in the denominator: the mean is bounded as if they had all failed, and as if
    they had all succeeded.
    """
    from ifthen.cli.output import page, show, show_json
    from ifthen.evidence.load import Choices
    from ifthen.evidence.summary import evaluations

    form = _form(out, logs)
    rows = read_rows(logs, Choices(scorer, cluster, family))
    found = evaluations(rows)
    if out is not None and form is not None:
        _write(rows, out, form)
    if as_json:
        show_json(
            {
                "logs": [asdict(log) for log in rows.logs],
                "evaluations": [each.as_json() for each in found],
                "written": out,
            }
        )
        return
    text = page()
    for each in found:
        _write_evaluation(text, each)
    if out is not None:
        text.blank()
        text.write(f"Wrote {_of(len(rows), 'attempt')} to {out}.")
    show(text)


def _form(out: str | None, logs: tuple[str, ...]) -> str | None:
    from ifthen.evidence.files import TABLE_FORMS, form_of

    if out is None:
        return None
    form = form_of(out)
    if form not in TABLE_FORMS:
        refuse("--out", f"'{out}' names no kind of table", "end it in .csv, .jsonl or .parquet")
    if out in logs:
        refuse("--out", f"'{out}' is also read", "name another file")
    return form


def _write(rows: Rows, out: str, form: str) -> None:
    from ifthen.evidence.tables import write_table

    try:
        write_table(rows, out, form)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        refuse("--out", f"'{out}' cannot be written: {reason}")


def _write_evaluation(page: Page, found: Evaluation) -> None:
    page.heading(str(found.subject))
    counts = found.resolved.counts
    page.item("mean", _mean(found), column=_COLUMN)
    page.item(
        "attempts",
        f"{found.mean.attempts:,} at {_of(found.mean.questions, 'question')}: {_counted(counts)}",
        column=_COLUMN,
    )
    if counts.invalidated:
        page.item("left out", f"{counts.invalidated:,} invalidated", column=_COLUMN, tone="warn")
    if found.resolved.superseded:
        text = f"{found.resolved.superseded:,} told of by another log too"
        page.item("superseded", text, column=_COLUMN)
    conflicts = found.resolved.conflicts
    for conflict in conflicts[:_MOST_CONFLICTS]:
        page.item("conflict", str(conflict), column=_COLUMN, tone="warn")
    if len(conflicts) > _MOST_CONFLICTS:
        page.item("", f"and {len(conflicts) - _MOST_CONFLICTS:,} more conflicts", column=_COLUMN)
    for log in found.logs:
        label, tone = _label(log)
        page.item(label, f"{log.location} ({_about(log)})", column=_COLUMN, tone=tone)


def _mean(found: Evaluation) -> str:
    mean = found.mean
    if mean.mean is None:
        return "none: no attempt has a score"
    if mean.low is None or mean.high is None:
        return f"{mean.mean:.4g}, not bounded: scores lie outside 0 to 1"
    if mean.low == mean.high:
        return f"{mean.mean:.4f}"
    return (
        f"{mean.mean:.4f} of the scored; {mean.low:.4f} to {mean.high:.4f} whatever the missing "
        "attempts would have been"
    )


def _counted(counts: Counts) -> str:
    parts = [f"{counts.scored:,} scored"]
    if counts.errored:
        parts.append(f"{counts.errored:,} errored")
    if counts.unscored:
        parts.append(f"{counts.unscored:,} unscored or never run")
    return ", ".join(parts)


def _of(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _label(log: Log) -> tuple[str, Tone | None]:
    return ("log", None) if log.status == "success" else (log.status, "warn")


def _about(log: Log) -> str:
    parts = [log.created or "no date", _of(log.counts.total, "attempt")]
    if log.counts.invalidated:
        parts.append(f"{log.counts.invalidated:,} invalidated")
    return ", ".join([*parts, log.digest[: len("sha256:") + 12]])
