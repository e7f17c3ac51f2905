"""Tables of attempts: tidy CSV, JSONL and Parquet, one row an attempt.

``COLUMNS`` says what a table may hold. Anything else is refused rather than passed over, because a
misspelt ``cluster`` would change a decision in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ifthen.evidence.cells import CHUNK, Cells, Place, open_table, write_cells
from ifthen.evidence.files import opened, refuse
from ifthen.evidence.reading import Reading
from ifthen.evidence.rows import LOG_STATUSES, STATUS_NAMES, Counts, Log, Rows, Status
from ifthen.policy.source import Diagnostic, InputError, did_you_mean

REQUIRED = ("task", "model", "question", "score")
"""Columns that every table has; a score may be empty."""
COLUMNS = {
    "task": "name of the task",
    "model": "name of the model",
    "question": "id of the question; an attempt is one question and epoch",
    "epoch": "which attempt at the question, from 1; 1 where it is left out",
    "score": "a number, true or false, or C, P, I, N; empty where there is none",
    "status": "scored, errored, invalidated or unscored; scored where there is a score",
    "cluster": "questions that depend on one another",
    "family": "the kind of task",
    "task_version": "version of the task",
    "scorer": "name of the score",
    "started": "when the run began: ISO 8601, or seconds or milliseconds since 1970, not both",
    "run": "id of the run; rows with the same one are of one run",
    "run_status": "success, error, cancelled or started; success where it is left out",
    "origin": "digest and place of the log that the row was taken from",
}
"""Every column of a table."""

_MOST_REPORTED = 50


def read_table(location: str, form: str) -> Rows:
    """The attempts in a table.

    Raises:
        InputError: everything wrong with it, each with its row and column.
    """
    with opened(location) as (file, digest):
        cells = open_table(file, location, form)
        _check_columns(cells, location)
        reading = Reading()
        for chunk, numbers in cells.chunks():
            reading.take(chunk, numbers)
            if len(reading.problems) >= _MOST_REPORTED:
                break
        if not reading.problems:
            reading.refuse_twice_given()
        if reading.problems:
            kept = sorted(reading.problems, key=lambda found: found.place.row)[:_MOST_REPORTED]
            raise InputError(
                [cells.diagnostic(found.place, found.message, found.hint) for found in kept]
            )
    return _rows(reading, location, digest, form)


def _check_columns(cells: Cells, location: str) -> None:
    """Refuse a table that lacks a column or has one that is not known."""
    problems: list[Diagnostic] = []
    for name in cells.columns:
        if name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS) or f"known: {', '.join(COLUMNS)}; drop any other"
            problems.append(
                cells.diagnostic(Place(cells.head, name), f"unknown column '{name}'", hint)
            )
    if problems:
        raise InputError(problems)
    missing = [name for name in REQUIRED if name not in cells.columns]
    if missing:
        named = " and ".join(f"'{name}'" for name in missing)
        refuse(location, f"the table has no column {named}", f"needed: {', '.join(REQUIRED)}")


def _rows(reading: Reading, location: str, digest: str, form: str) -> Rows:
    """What was read, as rows."""
    columns = reading.columns()
    totals = np.zeros((len(reading.runs), len(Status)), np.int64)
    np.add.at(totals, (columns.log, columns.status), 1)
    logs = []
    for run, index in reading.runs.items():
        counts = Counts(*totals[index].tolist())
        logs.append(
            Log(
                location=location,
                digest=digest,
                form=form,
                version=None,
                task=run.task or "",
                task_version=run.task_version,
                model=run.model or "",
                scorer=run.scorer,
                status=next(each for each in LOG_STATUSES if each == run.run_status),
                created=reading.started.get(index),
                invalidated=counts.invalidated > 0,
                counts=counts,
                origin=run.origin,
                run=run.run,
            )
        )
    return Rows(
        tuple(logs),
        columns.log,
        columns.question,
        columns.epoch,
        columns.status,
        columns.score,
        columns.cluster,
        columns.family,
    )


def records(rows: Rows, start: int, stop: int) -> Iterator[dict[str, Any]]:
    """Some rows as the cells of a table, in the order of ``COLUMNS``; empty cells as None."""
    for at in range(start, min(stop, len(rows))):
        log = rows.logs[rows.log[at]]
        status = Status(rows.status[at])
        yield {
            "task": log.task,
            "model": log.model,
            "question": rows.question[at],
            "epoch": int(rows.epoch[at]),
            "score": float(rows.score[at]) if status is Status.SCORED else None,
            "status": STATUS_NAMES[status],
            "cluster": None if rows.cluster is None else rows.cluster[at],
            "family": None if rows.family is None else rows.family[at],
            "task_version": log.task_version,
            "scorer": log.scorer,
            "started": log.created,
            "run": log.run,
            "run_status": log.status,
            "origin": log.origin or f"{log.digest} {log.location}",
        }


def write_table(rows: Rows, path: str, form: str) -> None:
    """Write rows as a table that ``read_table`` reads as the same rows.

    Raises:
        OSError: it cannot be written.
    """
    chunks = (list(records(rows, at, at + CHUNK)) for at in range(0, len(rows), CHUNK))
    write_cells(Path(path), form, COLUMNS, chunks, kept=REQUIRED)
