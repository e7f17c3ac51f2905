"""Runs from METR's ``runs.jsonl``, checked and counted.

What real tables get wrong is either refused with its place, or repaired by a rule that is named in
the result; nothing is repaired silently.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np

from ifthen.dates import Instant
from ifthen.evidence.horizon.runs import Measure, Repair, RunTable, Weighting
from ifthen.evidence.inputs import Input, input_of
from ifthen.policy.source import Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import read_source, shorten

_MILLISECONDS_FROM = 10**11
"""A time at or above this is in milliseconds: as seconds it would lie beyond the year 5000."""
_MOST_REPORTED = 50
_SAME_WEIGHT = 1e-3
"""Stated weights may differ by so much, relatively, from those of the rule before it is said."""


class _Row(msgspec.Struct):
    """What is read of one row; other columns are ignored."""

    run_id: str | int
    task_id: str
    task_family: str
    alias: str
    human_minutes: float
    score: float | None = None
    score_binarized: float | None = None
    started_at: float | None = None
    equal_task_weight: float | None = None
    invsqrt_task_weight: float | None = None
    fatal_error_from: str | None = None


@dataclass(slots=True)
class _Reading:
    """What is gathered while files are read."""

    rows: list[_Row] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    seen: dict[str, tuple[Source, int]] = field(default_factory=dict)
    """Where each run id stands first."""
    tasks: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Of each task, its family and length."""
    counts: Counter[str] = field(default_factory=Counter)


def read_runs(*paths: str | Path, measure: Measure = "score_binarized") -> RunTable:
    """The runs in one or more JSONL files, as one table.

    Raises:
        InputError: a file cannot be read, or a row cannot be used; every problem at once.
        ValueError: no path is given.
    """
    if not paths:
        raise ValueError("read_runs needs at least one path")
    reading = _Reading()
    inputs = []
    for path in paths:
        source = read_source(path)
        for diagnostic in _read(source, measure, reading):
            reading.problems.append(diagnostic)
            if len(reading.problems) >= _MOST_REPORTED:
                raise InputError(reading.problems)
        inputs.append(input_of(path))
        if not source.text.strip():
            message = "there is no run in this file"
            reading.problems.append(Diagnostic(source, Span(1, 1), message))
    if reading.problems:
        raise InputError(reading.problems)
    return _table(reading, measure, tuple(inputs))


def _read(source: Source, measure: Measure, reading: _Reading) -> Iterator[Diagnostic]:
    """Take the rows of one file, giving what is wrong with them."""
    decoder = msgspec.json.Decoder(_Row)
    for number, line in enumerate(source.text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except msgspec.ValidationError as error:
            yield _wrong_shape(source, number, line, str(error))
            continue
        except msgspec.DecodeError as error:
            yield Diagnostic(source, Span(number, 1), f"this line is not JSON: {error}")
            continue
        run = str(row.run_id)
        here = (source, number)
        earlier = reading.seen.setdefault(run, here)
        if earlier is not here:
            first = earlier[0].line(earlier[1])
            if json.loads(first) == json.loads(line):
                reading.counts["repeated"] += 1
                continue
            place = Diagnostic(earlier[0], _at(first, earlier[1], "run_id"), "").place
            yield Diagnostic(
                source,
                _at(line, number, "run_id"),
                f"the run '{shorten(run)}' is given twice, and the two rows differ",
                f"it is first given at {place}; two versions of a table are read apart",
            )
            continue
        problem = _unusable(row, measure, reading)
        if problem is not None:
            name, message, hint = problem
            yield Diagnostic(source, _at(line, number, name), message, hint)
            continue
        reading.rows.append(row)


def _at(line: str, number: int, name: str) -> Span:
    """Where a field of a row stands."""
    start = line.find(f'"{name}"')
    return Span(number, start + 1, len(name) + 2) if start >= 0 else Span(number, 1)


def _wrong_shape(source: Source, number: int, line: str, error: str) -> Diagnostic:
    """A row that lacks a column or holds the wrong type, in our words."""
    lacks = error.partition("required field `")[2].partition("`")[0]
    if lacks:
        message = f"the row lacks '{lacks}'"
        return Diagnostic(source, Span(number, 1), message, "every run needs " + ", ".join(_NEEDED))
    name = error.partition("`$.")[2].partition("`")[0]
    if name:
        wanted = "a number" if name in _NUMBERS else "a text"
        return Diagnostic(source, _at(line, number, name), f"'{name}' must be {wanted}")
    return Diagnostic(source, Span(number, 1), "a row is one JSON object")


_NEEDED = ("run_id", "task_id", "task_family", "alias", "human_minutes", "a score")
_NUMBERS = ("human_minutes", "score", "score_binarized", "started_at")


def _unusable(row: _Row, measure: Measure, reading: _Reading) -> tuple[str, str, str] | None:
    """Why a row cannot be used: a field, a message and a hint; repairs are made and counted."""
    if not math.isfinite(row.human_minutes) or row.human_minutes <= 0:
        return (
            "human_minutes",
            f"a task takes more than no time, not {row.human_minutes:g} minutes",
            "leave out tasks whose length is not known",
        )
    family, minutes = reading.tasks.setdefault(row.task_id, (row.task_family, row.human_minutes))
    if family != row.task_family:
        message = f"the task '{shorten(row.task_id)}' is elsewhere of the family '{family}'"
        return "task_family", message, "a task is of one family"
    if minutes != row.human_minutes:
        message = f"the task '{shorten(row.task_id)}' is elsewhere {minutes:g} minutes long"
        return "human_minutes", message, "a task has one length, the same for every run"
    for name in ("equal_task_weight", "invsqrt_task_weight"):
        weight = getattr(row, name)
        if weight is not None and not (math.isfinite(weight) and weight >= 0):
            return name, f"a weight is not below zero, and not {weight}", ""
    score = getattr(row, measure)
    if score is None and measure == "score_binarized" and row.score is not None:
        score = row.score
        reading.counts["not binarized"] += 1
    if score is None:
        return "score", f"the run has no '{measure}'", "a run that failed has the score 0"
    if not math.isfinite(score) or score < 0:
        return measure, f"a score is from 0 to 1, not {score:g}", ""
    if score > 1 or (row.score is not None and row.score > 1):
        reading.counts["score above 1"] += 1
    row.score = min(score, 1.0)
    if row.started_at is not None and row.started_at == 0:
        reading.counts["no start"] += 1
    elif row.started_at is not None and row.started_at < _MILLISECONDS_FROM:
        reading.counts["seconds"] += 1
    if row.fatal_error_from:
        reading.counts["ended early"] += 1
    return None


def _table(reading: _Reading, measure: Measure, inputs: tuple[Input, ...]) -> RunTable:
    """Count the rows by agent and task."""
    rows = reading.rows
    agents = sorted({row.alias for row in rows})
    tasks = sorted({row.task_id for row in rows})
    families = sorted({reading.tasks[task][0] for task in tasks})
    agent_at = {name: place for place, name in enumerate(agents)}
    task_at = {name: place for place, name in enumerate(tasks)}
    family_at = {name: place for place, name in enumerate(families)}
    shape = (len(agents), len(tasks))
    runs = np.zeros(shape, dtype=np.int64)
    successes = np.zeros(shape)
    cells: dict[tuple[int, int], Counter[float]] = {}
    starts: dict[str, list[Instant]] = {name: [] for name in agents}
    for row in rows:
        assert row.score is not None
        place = agent_at[row.alias], task_at[row.task_id]
        runs[place] += 1
        successes[place] += row.score
        cells.setdefault(place, Counter())[row.score] += 1
        if row.started_at:
            in_milliseconds = row.started_at >= _MILLISECONDS_FROM
            starts[row.alias].append(int(row.started_at / (1000 if in_milliseconds else 1)))
    table = RunTable(
        agents=tuple(agents),
        tasks=tuple(tasks),
        families=tuple(families),
        family_of=np.array([family_at[reading.tasks[task][0]] for task in tasks], dtype=np.int64),
        minutes=np.array([reading.tasks[task][1] for task in tasks]),
        runs=runs,
        successes=successes,
        partial={
            place: (
                np.array(sorted(cell)),
                np.array([cell[score] for score in sorted(cell)], dtype=np.int64),
            )
            for place, cell in cells.items()
            if any(0 < score < 1 for score in cell)
        },
        periods=tuple((min(days), max(days)) if days else None for days in starts.values()),
        measure=measure,
        inputs=inputs,
    )
    repairs = (*_counted(reading.counts), *_weight_repairs(rows, table, agent_at, task_at))
    return replace(table, repairs=repairs)


_RULES = {
    "repeated": "a row given again, the same in every column, is counted once",
    "not binarized": "where there is no 'score_binarized', the score itself is used, up to 1",
    "score above 1": "a score above 1 counts as 1",
    "no start": "a start of 0 is no date: such runs count, but say nothing about when",
    "seconds": "a start below 10^11 is in seconds, else in milliseconds",
    "ended early": "a run that hit a limit or an error keeps its score; it is neither dropped nor "
    "set to 0",
}


def _counted(counts: Counter[str]) -> Iterator[Repair]:
    for name, rule in _RULES.items():
        if counts[name]:
            yield Repair(name, counts[name], rule)


def _weight_repairs(
    rows: list[_Row], table: RunTable, agent_at: dict[str, int], task_at: dict[str, int]
) -> Iterator[Repair]:
    """Where stated weights are not those of the rule; the rule's are used in any case."""
    columns: tuple[tuple[str, Weighting], ...] = (
        ("equal_task_weight", "equal"),
        ("invsqrt_task_weight", "invsqrt"),
    )
    for column, weighting in columns:
        stated = [(row, getattr(row, column)) for row in rows]
        stated = [(row, weight) for row, weight in stated if weight is not None]
        if not stated:
            continue
        right = table.weights(weighting)
        sums: Counter[str] = Counter()
        off = 0
        for row, weight in stated:
            sums[row.alias] += weight
            expected = right[agent_at[row.alias], task_at[row.task_id]]
            off += abs(weight - expected) > _SAME_WEIGHT * expected
        unsummed = [name for name, total in sums.items() if abs(total - 1) > _SAME_WEIGHT]
        rule = "weights are computed from the rows by their rule, not read"
        if unsummed:
            named = ", ".join(unsummed[:5])
            count = sum(row.alias in unsummed for row, _ in stated)
            yield Repair(f"'{column}' does not sum to 1 for {named}", count, rule)
        if off:
            yield Repair(f"'{column}' differs from its rule", off, rule)
