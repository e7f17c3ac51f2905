"""Evaluation results as columns: a row for each attempt at a question, and the logs they are from.

Columns rather than objects, because a million attempts must fit in memory: 25 bytes a row, and 8
more for each of ``cluster`` and ``family``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Texts: TypeAlias = NDArray[np.object_]
"""Text, or None; equal texts share one object."""

LogStatus: TypeAlias = Literal["success", "error", "cancelled", "started"]
LOG_STATUSES: tuple[LogStatus, ...] = ("success", "error", "cancelled", "started")
"""How a run ended; ``started`` is one that crashed, or still goes on."""


class Status(IntEnum):
    """What became of an attempt."""

    SCORED = 0
    """It has a score."""
    ERRORED = 1
    """It ended in an error. It stays in the denominator."""
    INVALIDATED = 2
    """Somebody withdrew it. It is excluded, and counted."""
    UNSCORED = 3
    """Cancelled, never run, or without a score. It stays in the denominator."""


STATUS_NAMES = tuple(status.name.lower() for status in Status)
"""``scored``, ``errored``, ``invalidated``, ``unscored``: by the number of the status."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many attempts there are of each status."""

    scored: int = 0
    errored: int = 0
    invalidated: int = 0
    unscored: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.scored + self.errored + self.invalidated + self.unscored


def count(status: NDArray[np.int8]) -> Counts:
    """The counts of a column of statuses."""
    return Counts(*(int(number) for number in np.bincount(status, minlength=len(Status))))


class Subject(NamedTuple):
    """What a mean may be taken over: one task, at one version, by one model, in one score."""

    task: str
    task_version: str | None
    model: str
    scorer: str | None

    def __str__(self) -> str:
        version = f" version {self.task_version}" if self.task_version is not None else ""
        scorer = f", score {self.scorer}" if self.scorer is not None else ""
        return f"{self.task}{version} by {self.model}{scorer}"


@dataclass(frozen=True, slots=True)
class Log:
    """One run of one task by one model, as one file tells it."""

    location: str
    """The path or URL it was read from."""
    digest: str
    """``sha256:`` and the hexadecimal SHA-256 of the whole file."""
    form: str
    """``eval`` or ``json`` (Inspect's two), ``csv``, ``jsonl`` or ``parquet``."""
    version: int | None
    """Of Inspect's format; None for a table."""
    task: str
    task_version: str | None
    model: str
    scorer: str | None
    """The score that was read: its name, or ``NAME.KEY``; None where there is only one unnamed."""
    status: LogStatus
    created: str | None
    """When the run began, as ``2025-05-22T17:30:00Z``; None where the file does not say."""
    invalidated: bool
    """Whether attempts were withdrawn."""
    counts: Counts
    origin: str | None = None
    """Of a table: the log it says its rows were taken from, as ``DIGEST LOCATION``."""
    run: str | None = None
    """Inspect's ``eval_id``: two files with the same one are copies of one run."""

    @property
    def subject(self) -> Subject:
        """What its mean is of."""
        return Subject(self.task, self.task_version, self.model, self.scorer)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Attempts as columns of equal length."""

    logs: tuple[Log, ...]
    log: NDArray[np.int32]
    """Which of ``logs`` the attempt is from."""
    question: Texts
    """The id of the sample."""
    epoch: NDArray[np.int32]
    """Which attempt at the question, from 1."""
    status: NDArray[np.int8]
    """A ``Status``."""
    score: NDArray[np.float64]
    """As the scorer gives it, letters as 1, 0.5 and 0; NaN unless the status is ``SCORED``."""
    cluster: Texts | None = None
    """Questions that depend on one another, such as those about one text."""
    family: Texts | None = None
    """The kind of task."""

    def __len__(self) -> int:
        return len(self.score)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Rows:
        """The chosen rows, with all the logs."""
        return Rows(
            self.logs,
            self.log[chosen],
            self.question[chosen],
            self.epoch[chosen],
            self.status[chosen],
            self.score[chosen],
            None if self.cluster is None else self.cluster[chosen],
            None if self.family is None else self.family[chosen],
        )

    def subjects(self) -> tuple[Subject, ...]:
        """What the rows are about, in the order of the logs."""
        return tuple(dict.fromkeys(log.subject for log in self.logs))

    def about(self, subject: Subject) -> Rows:
        """The rows about one subject, with the logs they are from."""
        kept = [index for index, log in enumerate(self.logs) if log.subject == subject]
        places = np.full(len(self.logs), -1, np.int32)
        places[kept] = np.arange(len(kept), dtype=np.int32)
        rows = self.take(places[self.log] >= 0)
        logs = tuple(self.logs[index] for index in kept)
        columns = rows.question, rows.epoch, rows.status, rows.score, rows.cluster, rows.family
        return Rows(logs, places[rows.log], *columns)


def texts(values: Sequence[str | None]) -> Texts:
    """A column of texts."""
    column = np.empty(len(values), np.object_)
    column[:] = values
    return column


def joined(parts: Sequence[Rows]) -> Rows:
    """Several tables as one, in this order; a column that only some have is None in the others."""
    first = np.cumsum([0, *(len(part.logs) for part in parts)])
    logs = tuple(log for part in parts for log in part.logs)
    if not parts:
        empty = np.empty(0, np.int32)
        return Rows(logs, empty, texts([]), empty, np.empty(0, np.int8), np.empty(0))

    def column(name: Literal["cluster", "family"]) -> Texts | None:
        found: list[Texts | None] = [getattr(part, name) for part in parts]
        if all(values is None for values in found):
            return None
        pairs = zip(found, parts, strict=True)
        return np.concatenate(
            [texts([None] * len(part)) if values is None else values for values, part in pairs]
        )

    return Rows(
        logs,
        np.concatenate([part.log + np.int32(first[at]) for at, part in enumerate(parts)]),
        np.concatenate([part.question for part in parts]),
        np.concatenate([part.epoch for part in parts]),
        np.concatenate([part.status for part in parts]),
        np.concatenate([part.score for part in parts]),
        column("cluster"),
        column("family"),
    )
