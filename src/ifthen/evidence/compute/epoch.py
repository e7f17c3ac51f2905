"""Epoch AI's table of notable models (CSV, CC BY 4.0, credit "Epoch AI") as a ledger.

Columns come and go between its versions (the size of the training data is counted in datapoints in
one, in gradients in another), so only four are read, by name: model, publication date, training
compute, and the grade of the estimate. Models without compute or date are left out.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ifthen.dates import Day, parse_day
from ifthen.evidence.compute.ledger import Ledger, TrainingRun, uncertain_grade
from ifthen.policy.source import Diagnostic, InputError, Source, Span, did_you_mean

_MODEL, _DATE, _FLOP, _GRADE = (
    "Model",
    "Publication date",
    "Training compute (FLOP)",
    "Confidence",
)


def read_epoch(source: Source) -> Ledger:
    """The models of the table whose training compute is known, without any multiplier.

    Raises:
        InputError: a column is missing, or a figure is none; every problem at once.
    """
    reader = csv.DictReader(io.StringIO(source.text, newline=""))
    columns = reader.fieldnames or []
    problems = [
        Diagnostic(
            source,
            Span(1, 1),
            f"there is no column '{name}'",
            did_you_mean(name, columns) or "this is read as Epoch AI's table of notable models",
        )
        for name in (_MODEL, _DATE, _FLOP, _GRADE)
        if name not in columns
    ]
    if problems:
        raise InputError(problems)
    runs = []
    before = 1
    for row in reader:
        line, before = before + 1, reader.line_num
        flop_text, date_text = (row[_FLOP] or "").strip(), (row[_DATE] or "").strip()
        if not flop_text or not date_text:
            continue
        day, flop = _day(date_text), _number(flop_text)
        if day is None or flop is None:
            name, text = (_DATE, date_text) if day is None else (_FLOP, flop_text)
            column = source.line(line).find(text) + 1
            problems.append(
                Diagnostic(
                    source,
                    Span(line, max(1, column), len(text)),
                    f"'{text}' under '{name}' cannot be read",
                    "write a date as 2025-02-17, compute as 4.64e+26",
                )
            )
            continue
        grade = (row[_GRADE] or "").strip() or "Unknown"
        runs.append(
            TrainingRun(
                model=(row[_MODEL] or "").strip(),
                day=day,
                flop=uncertain_grade(flop, grade),
                source=f"Epoch AI, graded {grade}",
                place=f"{source.name}:{line}",
            )
        )
    if problems:
        raise InputError(problems)
    return Ledger("Epoch AI, notable models", tuple(sorted(runs, key=lambda run: run.day)))


def _day(text: str) -> Day | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


@dataclass(frozen=True, slots=True)
class Revision:
    """A model whose training compute two versions of a table give differently."""

    model: str
    before: float | None
    """FLOP; None where the earlier version has none."""
    after: float | None


def revised(before: Sequence[TrainingRun], after: Sequence[TrainingRun]) -> tuple[Revision, ...]:
    """What changed between two versions, for the models of the earlier one or of both."""
    old, new = ({run.model: run.flop.median for run in runs} for runs in (before, after))
    return tuple(
        Revision(model, flop, new.get(model))
        for model, flop in sorted(old.items())
        if new.get(model) != flop
    )
