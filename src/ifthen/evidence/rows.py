"""Evaluation results as columns: one row for each attempt at a question, and the logs they are from.

Columns rather than objects, because a million attempts must fit in memory: about 60 bytes a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ifthen.evidence.questions import Question

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = NDArray[np.object_]
"""Text, or None; equal texts share one object."""

LogStatus: TypeAlias = Literal["success", "error", "cancelled", "started"]


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many attempts of a log there are of each status."""

    scored: int = 0
    errored: int = 0
    invalidated: int = 0
    unscored: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.scored + self.errored + self.invalidated + self.unscored


@dataclass(frozen=True, slots=True)
class Log:
    """One run of one task by one model, as one file tells it."""

    location: str
    """The path or URL it was read from."""
    digest: str
    """``sha256:`` and the hexadecimal SHA-256 of the whole file."""
    form: str
    """``eval``, ``json`` (Inspect), ``csv``, ``jsonl`` or ``parquet``."""
    version: int | None
    """Of Inspect's format; None for a table."""
    task: str
    task_version: str | None
    model: str
    scorer: str | None
    """The score that was read, where there may be several: its name, or ``NAME.KEY``."""
    status: LogStatus
    created: str | None
    """When the run began: ISO 8601, in UTC; None where the file does not say."""
    invalidated: bool
    """Whether the log says that attempts were withdrawn."""
    counts: Counts
    eval_id: str | None = None
    """Inspect's id of the run."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Attempts as columns of equal length."""

    logs: tuple[Log, ...]
    log: Ints
    """Which of ``logs`` the attempt is from."""
    question: Texts
    epoch: Ints
    """Which attempt at the question, from 1."""
    status: NDArray[np.int8]
    """A ``Status``."""
    score: Floats
    """In the unit of the scorer; NaN unless the status is ``SCORED``."""
    cluster: Texts | None = None
    """Questions that depend on one another, such as those about one text."""
    family: Texts | None = None
    """A coarser group, such as a family of tasks."""

    def __len__(self) -> int:
        return len(self.score)
