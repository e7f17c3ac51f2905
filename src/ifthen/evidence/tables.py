"""Tables of attempts: tidy CSV, JSONL and Parquet, one row an attempt.

``COLUMNS`` says what a table may hold. Anything else is refused rather than passed over, because a
misspelt ``cluster`` would change a decision in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ifthen.evidence.cells import CHUNK, Cells, Place, open_table, write_cells
from ifthen.evidence.files import in_utc, opened, refuse
from ifthen.evidence.rows import (
    LOG_STATUSES,
    STATUS_NAMES,
    Log,
    LogStatus,
    Rows,
    Status,
    count,
    texts,
)
from ifthen.evidence.scores import HOW, NotANumber, number
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
_STATUS = {name: Status(index) for index, name in enumerate(STATUS_NAMES)}
_SECONDS_FROM, _MILLISECONDS_FROM, _TOO_LATE = 1e8, 1e11, 1e14
"""Numbers from 1973 on: of seconds up to 5138, of milliseconds from 1973."""


def read_table(location: str, form: str) -> Rows:
    """The attempts in a table.

    Raises:
        InputError: everything wrong with it, each with its row and column.
    """
    with opened(location) as (file, digest):
        cells = open_table(file, location, form)
        _check_columns(cells, location)
        table = _Table()
        for chunk, places in cells.chunks():
            _read_chunk(chunk, places, table)
            if len(table.problems) >= _MOST_REPORTED:
                break
        if not table.problems:
            table.refuse_twice_given()
        if table.problems:
            kept = table.problems[:_MOST_REPORTED]
            raise InputError([cells.diagnostic(problem.place, *problem.says) for problem in kept])
    return table.rows(location, digest, form)


@dataclass(frozen=True, slots=True)
class _Problem:
    place: Place
    says: tuple[str, str]
    """Message and hint."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What makes rows of a table rows of one log."""

    task: str
    task_version: str | None
    model: str
    scorer: str | None
    run: str | None
    status: str
    origin: str | None


@dataclass(slots=True)
class _Table:
    """A table as far as it was read."""

    runs: dict[_Run, int] = field(default_factory=dict)
    started: dict[int, str] = field(default_factory=dict)
    unit: tuple[str, int] | None = None
    """Seconds or milliseconds, and the row that says so first."""
    log: list[int] = field(default_factory=list)
    question: list[str] = field(default_factory=list)
    epoch: list[int] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    cluster: list[str | None] = field(default_factory=list)
    family: list[str | None] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    problems: list[_Problem] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)

    def refuse_twice_given(self) -> None:
        """Add a problem for each attempt that two rows of one run tell of."""
        first: dict[tuple[int, str, int], int] = {}
        for at, key in enumerate(zip(self.log, self.question, self.epoch, strict=True)):
            before = first.setdefault(key, at)
            if before != at:
                self.problems.append(
                    _Problem(
                        Place(self.row[at], "question"),
                        (
                            f"question '{key[1]}', epoch {key[2]} is given twice, "
                            f"first in row {self.row[before]}",
                            "number the attempts in 'epoch', or tell runs apart in 'run'",
                        ),
                    )
                )

    def rows(self, location: str, digest: str, form: str) -> Rows:
        """What was read, as rows."""
        log = np.array(self.log, np.int32)
        status = np.array(self.status, np.int8)
        logs = []
        for run, index in self.runs.items():
            counts = count(status[log == index])
            logs.append(
                Log(
                    location=location,
                    digest=digest,
                    form=form,
                    version=None,
                    task=run.task,
                    task_version=run.task_version,
                    model=run.model,
                    scorer=run.scorer,
                    status=_status_of(run.status),
                    created=self.started.get(index),
                    invalidated=counts.invalidated > 0,
                    counts=counts,
                    origin=run.origin,
                    run=run.run,
                )
            )
        return Rows(
            tuple(logs),
            log,
            texts(self.question),
            np.array(self.epoch, np.int32),
            status,
            np.array(self.score, np.float64),
            texts(self.cluster) if any(value is not None for value in self.cluster) else None,
            texts(self.family) if any(value is not None for value in self.family) else None,
        )


def _status_of(text: str) -> LogStatus:
    return next(status for status in LOG_STATUSES if status == text)


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


def _read_chunk(chunk: dict[str, list[Any]], numbers: list[int], table: _Table) -> None:
    """Append some rows to the table, or what is wrong with them to its problems."""
    nothing = [None] * len(numbers)
    columns = [chunk.get(name, nothing) for name in COLUMNS]
    for row, cells in zip(numbers, zip(*columns, strict=True), strict=True):
        values = dict(zip(COLUMNS, cells, strict=True))
        reader = _RowReader(values, row, table)
        reader.read()


class _RowReader:
    """One row, each cell checked."""

    def __init__(self, values: dict[str, Any], row: int, table: _Table) -> None:
        self.values = values
        self.row = row
        self.table = table
        self.problems = table.problems

    def read(self) -> None:
        before = len(self.problems)
        task, model, question = (self._needed(name) for name in ("task", "model", "question"))
        epoch = self._epoch()
        score, status = self._score_and_status()
        run_status = self._text("run_status") or "success"
        if run_status not in LOG_STATUSES:
            self._wrong("run_status", f"'{run_status}' is no status of a run", LOG_STATUSES)
        run = _Run(
            task,
            self._text("task_version"),
            model,
            self._text("scorer"),
            self._text("run"),
            run_status,
            self._text("origin"),
        )
        started = self._started()
        if len(self.problems) > before:
            return
        table = self.table
        index = table.runs.setdefault(run, len(table.runs))
        if started is not None:
            table.started[index] = min(started, table.started.get(index, started))
        table.log.append(index)
        table.question.append(table.shared.setdefault(question, question))
        table.epoch.append(epoch)
        table.status.append(status)
        table.score.append(score)
        table.cluster.append(self._text("cluster"))
        table.family.append(self._text("family"))
        table.row.append(self.row)

    def _wrong(
        self, column: str, message: str, known: tuple[str, ...] = (), hint: str = ""
    ) -> None:
        hint = hint or (f"known: {', '.join(known)}" if known else "")
        self.problems.append(_Problem(Place(self.row, column), (message, hint)))

    def _text(self, column: str) -> str | None:
        value = self.values[column]
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self._wrong(column, f"'{column}' must be text, not {value!r}"[:120])
            return None
        text = str(value)
        return self.table.shared.setdefault(text, text)

    def _needed(self, column: str) -> str:
        text = self._text(column)
        if text is None:
            self._wrong(column, f"'{column}' is empty", hint="every row needs one")
        return text or ""

    def _epoch(self) -> int:
        value = self.values["epoch"]
        if value is None or value == "":
            return 1
        try:
            epoch = int(value)
        except (TypeError, ValueError, OverflowError):
            epoch = 0
        if epoch < 1 or epoch >= 2**31 or (not isinstance(value, str) and epoch != value):
            self._wrong("epoch", f"'{value}' is no epoch", hint="epochs are counted from 1")
        return epoch

    def _score_and_status(self) -> tuple[float, Status]:
        score = self._score()
        has_one = score is not None and not math.isnan(score)
        text = self._text("status")
        if text is None:
            status = Status.SCORED if has_one else Status.UNSCORED
        elif text in _STATUS:
            status = _STATUS[text]
            if score is not None and status is Status.SCORED and not has_one:
                wrong = "the attempt is 'scored' and has no score"
                self._wrong("score", wrong, hint="give its score")
            elif has_one and status in (Status.ERRORED, Status.UNSCORED):
                wrong = f"the attempt is '{text}' and has a score"
                self._wrong("status", wrong, hint="drop one of them")
        else:
            status = Status.UNSCORED
            self._wrong("status", f"'{text}' is no status of an attempt", STATUS_NAMES)
        return score if score is not None and status is Status.SCORED else math.nan, status

    def _score(self) -> float | None:
        """The score, NaN where the cell is empty; None where it is none, which is a problem."""
        value = self.values["score"]
        if isinstance(value, str) and (value == "" or value.lower() == "nan"):
            value = None
        try:
            return number(value)
        except NotANumber as error:
            self._wrong("score", f"the score is {error}, which is not a number", hint=HOW)
            return None

    def _started(self) -> str | None:
        value = self.values["started"]
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return in_utc(value.isoformat())
        try:
            amount = float(value)
        except (TypeError, ValueError):
            text = in_utc(str(value))
            if text is None:
                self._wrong(
                    "started", f"'{value}' is no time", hint="write it as 2025-05-22T17:30:00Z"
                )
            return text
        if not _SECONDS_FROM <= amount < _TOO_LATE:
            hint = "a number is seconds or milliseconds since 1970, and after 1973"
            self._wrong("started", f"{value} is no time", hint=hint)
            return None
        unit = "seconds" if amount < _MILLISECONDS_FROM else "milliseconds"
        if self.table.unit is None:
            self.table.unit = (unit, self.row)
        elif self.table.unit[0] != unit:
            self._wrong(
                "started",
                f"{value} are {unit}, and row {self.table.unit[1]} gives {self.table.unit[0]}",
                hint="give all times of a table in one unit",
            )
        seconds = amount / 1000 if unit == "milliseconds" else amount
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
