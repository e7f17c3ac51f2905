"""The cells of a table, checked column by column and kept as arrays.

A chunk of rows is checked at a time, so that a table of any size leaves behind only its arrays.
What is wrong is collected; a table with anything wrong is refused whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.cells import Place
from ifthen.evidence.files import in_utc
from ifthen.evidence.rows import LOG_STATUSES, STATUS_NAMES, Status, Texts, texts
from ifthen.evidence.scores import HOW, NotANumber, number

_STATUS = {name: Status(index) for index, name in enumerate(STATUS_NAMES)}
_MOST_EPOCHS = 2**31
_SECONDS_FROM, _MILLISECONDS_FROM, _TOO_LATE = 1e8, 1e11, 1e14
"""Numbers from 1973 on: of seconds up to 5138, of milliseconds from 1973."""


class Problem(NamedTuple):
    """Something wrong with a cell."""

    place: Place
    message: str
    hint: str


class Run(NamedTuple):
    """What makes rows of a table rows of one log."""

    task: str | None
    task_version: str | None
    model: str | None
    scorer: str | None
    run: str | None
    run_status: str | None
    origin: str | None


class Columns(NamedTuple):
    """Checked columns of equal length."""

    log: NDArray[np.int32]
    question: Texts
    epoch: NDArray[np.int32]
    status: NDArray[np.int8]
    score: NDArray[np.float64]
    cluster: Texts | None
    family: Texts | None
    row: NDArray[np.int64]
    """The number of the row in the file."""


@dataclass(slots=True)
class Reading:
    """A table as far as it was read."""

    runs: dict[Run, int] = field(default_factory=dict)
    started: dict[int, str] = field(default_factory=dict)
    """By run, when its first row began."""
    problems: list[Problem] = field(default_factory=list)
    _parts: list[Columns] = field(default_factory=list)
    _shared: dict[str, str] = field(default_factory=dict)
    _unit: tuple[str, int] | None = None
    """Seconds or milliseconds, and the row that says so first."""

    def take(self, chunk: Mapping[str, Sequence[Any]], numbers: Sequence[int]) -> None:
        """Check some rows and keep them."""
        nothing = [None] * len(numbers)

        def column(name: str) -> Sequence[Any]:
            return chunk.get(name, nothing)

        def text(name: str, *, needed: bool = False) -> Sequence[str | None]:
            return self._text(name, column(name), numbers, needed) if name in chunk else nothing

        run_status = self._run_status(text("run_status"), numbers)
        run_columns = {
            name: text(name, needed=name in ("task", "model"))
            for name in Run._fields
            if name != "run_status"
        } | {"run_status": run_status}
        keys = zip(*(run_columns[name] for name in Run._fields), strict=True)
        runs = self.runs
        log = [runs.setdefault(Run(*key), len(runs)) for key in keys]
        question = text("question", needed=True)
        epoch = self._each("epoch", column("epoch"), numbers, _epoch, 1)
        score = self._each("score", column("score"), numbers, _score, math.nan)
        status = self._status(text("status"), score, numbers)
        if "started" in chunk:
            self._take_started(column("started"), log, numbers)
        kept_score = np.array(score, np.float64)
        kept_status = np.array(status, np.int8)
        kept_score[kept_status != Status.SCORED] = np.nan
        self._parts.append(
            Columns(
                np.array(log, np.int32),
                texts(question),
                np.array(epoch, np.int32),
                kept_status,
                kept_score,
                texts(text("cluster")) if "cluster" in chunk else None,
                texts(text("family")) if "family" in chunk else None,
                np.array(numbers, np.int64),
            )
        )

    def columns(self) -> Columns:
        """Everything that was kept; a column without any text is None."""
        parts = self._parts or [_NOTHING]

        def joined(place: int) -> Any:
            found: list[Any] = [part[place] for part in parts]
            return None if found[0] is None else np.concatenate(found)

        result = Columns(*(joined(place) for place in range(len(Columns._fields))))
        return result._replace(
            cluster=_unless_empty(result.cluster), family=_unless_empty(result.family)
        )

    def refuse_twice_given(self) -> None:
        """Add a problem for each attempt that two rows of one run tell of."""
        columns = self.columns()
        seen: dict[str, int] = {}
        codes = np.fromiter(
            (seen.setdefault(each, len(seen)) for each in columns.question), np.int64
        )
        order = np.lexsort((columns.row, columns.epoch, codes, columns.log))
        keys = (columns.log[order], codes[order], columns.epoch[order])
        again = np.all([key[1:] == key[:-1] for key in keys], axis=0)
        for place in np.flatnonzero(again).tolist():
            first, second = int(order[place]), int(order[place + 1])
            self._wrong(
                int(columns.row[second]),
                "question",
                f"question '{columns.question[second]}', epoch {columns.epoch[second]} is given "
                f"twice, first in row {columns.row[first]}",
                "number the attempts in 'epoch', or tell runs apart in 'run'",
            )

    def _wrong(self, row: int, column: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(Place(row, column), message, hint))

    def _text(
        self, name: str, cells: Sequence[Any], numbers: Sequence[int], needed: bool
    ) -> list[str | None]:
        """A column of texts, equal ones shared; numbers as they are written."""
        shared = self._shared
        found: list[str | None] = []
        for row, value in zip(numbers, cells, strict=True):
            if type(value) is not str:
                if isinstance(value, bool) or not isinstance(value, (int, float, type(None))):
                    self._wrong(row, name, f"'{name}' must be text, not {value!r}"[:120])
                    found.append("")
                    continue
                value = "" if value is None else str(value)
            if value:
                found.append(shared.setdefault(value, value))
                continue
            found.append(None)
            if needed:
                self._wrong(row, name, f"'{name}' is empty", "every row needs one")
        return found

    def _each(
        self,
        name: str,
        cells: Sequence[Any],
        numbers: Sequence[int],
        convert: Callable[[Any], Any],
        default: Any,
    ) -> list[Any]:
        """A column of numbers; the default where a cell is empty or wrong."""
        found = []
        for row, value in zip(numbers, cells, strict=True):
            if value is None or value == "":
                found.append(default)
                continue
            try:
                found.append(convert(value))
            except _Wrong as wrong:
                self._wrong(row, name, wrong.message, wrong.hint)
                found.append(default)
        return found

    def _status(
        self, cells: Sequence[str | None], score: Sequence[float], numbers: Sequence[int]
    ) -> list[Status]:
        """What became of each attempt, by its word or else by whether it has a score."""
        wrong_scores = {found.place.row for found in self.problems if found.place.column == "score"}
        states = []
        for row, word, value in zip(numbers, cells, score, strict=True):
            has_one = not math.isnan(value)
            state = Status.SCORED if has_one else Status.UNSCORED
            if word is not None:
                known = _STATUS.get(word)
                if known is None:
                    wrong = f"'{word}' is no status of an attempt"
                    self._wrong(row, "status", wrong, f"known: {', '.join(STATUS_NAMES)}")
                elif known is Status.SCORED and not has_one and row not in wrong_scores:
                    wrong = "the attempt is 'scored' and has no score"
                    self._wrong(row, "score", wrong, "give its score")
                elif has_one and known in (Status.ERRORED, Status.UNSCORED):
                    wrong = f"the attempt is '{word}' and has a score"
                    self._wrong(row, "status", wrong, "drop one of them")
                state = state if known is None else known
            states.append(state)
        return states

    def _run_status(
        self, cells: Sequence[str | None], numbers: Sequence[int]
    ) -> Sequence[str | None]:
        """How each run ended; success where it is not said."""
        for row, word in zip(numbers, cells, strict=True):
            if word is not None and word not in LOG_STATUSES:
                wrong = f"'{word}' is no status of a run"
                self._wrong(row, "run_status", wrong, f"known: {', '.join(LOG_STATUSES)}")
        return [word or "success" for word in cells]

    def _take_started(
        self, cells: Sequence[Any], log: Sequence[int], numbers: Sequence[int]
    ) -> None:
        """Keep the first time of each run."""
        for row, value, index in zip(numbers, cells, log, strict=True):
            if value is None or value == "":
                continue
            try:
                time, unit = _time(value)
            except _Wrong as wrong:
                self._wrong(row, "started", wrong.message, wrong.hint)
                continue
            if unit is not None:
                self._unit = self._unit or (unit, row)
                if unit != self._unit[0]:
                    wrong_unit = f"{value} are {unit}, and row {self._unit[1]} gives"
                    self._wrong(
                        row,
                        "started",
                        f"{wrong_unit} {self._unit[0]}",
                        "give all times of a table in one unit",
                    )
            self.started[index] = min(time, self.started.get(index, time))


class _Wrong(ValueError):
    """A cell that cannot be read."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


_NOTHING = Columns(
    np.empty(0, np.int32),
    texts([]),
    np.empty(0, np.int32),
    np.empty(0, np.int8),
    np.empty(0),
    None,
    None,
    np.empty(0, np.int64),
)


def _unless_empty(column: Texts | None) -> Texts | None:
    return column if column is not None and any(each is not None for each in column) else None


def _epoch(value: Any) -> int:
    try:
        epoch = int(value)
    except (TypeError, ValueError, OverflowError):
        epoch = 0
    if not 0 < epoch < _MOST_EPOCHS or (not isinstance(value, str) and epoch != value):
        raise _Wrong(f"'{value}' is no epoch", "epochs are counted from 1")
    return epoch


def _score(value: Any) -> float:
    if isinstance(value, str) and value.lower() == "nan":
        return math.nan
    try:
        return number(value)
    except NotANumber as error:
        raise _Wrong(f"the score is {error}, which is not a number", HOW) from None


def _time(value: Any) -> tuple[str, str | None]:
    """A time in UTC, and the unit of a number."""
    if isinstance(value, datetime):
        value = value.isoformat()
    try:
        amount = float(value)
    except (TypeError, ValueError):
        text = in_utc(str(value))
        if text is None:
            raise _Wrong(f"'{value}' is no time", "write it as 2025-05-22T17:30:00Z") from None
        return text, None
    if not _SECONDS_FROM <= amount < _TOO_LATE:
        hint = "a number is seconds or milliseconds since 1970, and after 1973"
        raise _Wrong(f"{value} is no time", hint)
    unit = "seconds" if amount < _MILLISECONDS_FROM else "milliseconds"
    seconds = amount / 1000 if unit == "milliseconds" else amount
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), unit
