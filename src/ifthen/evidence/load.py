"""Evaluation results from files: Inspect logs and tables, many at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ifthen.evidence.files import LOG_FORMS, find, form_of
from ifthen.evidence.rows import Log, Rows, joined
from ifthen.policy.source import NOWHERE, Diagnostic, InputError

MOST_REPORTED = 50
"""How many errors are reported in full; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What to read where a file leaves a choice."""

    scorer: str | None = None
    """Name of the score, ``NAME`` or ``NAME.KEY``; needed only where there are several."""
    cluster: str | None = None
    """Key of an Inspect sample's metadata that says which cluster it is of."""
    family: str | None = None
    """Key of its metadata that says which family it is of."""


def load(
    paths: Sequence[str],
    choices: Choices | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Rows:
    """The attempts in logs, tables, and folders of logs, given as paths or fsspec URLs.

    Files are read by several threads: hashing, decompression and waiting for a network go on side
    by side. At most a few files are held at a time.

    Args:
        paths: ``.eval``, ``.json``, ``.csv``, ``.jsonl``, ``.parquet``, or folders.
        choices: which score, cluster and family.
        progress: called with the files done and in all.

    Raises:
        InputError: everything wrong with all of the files.
    """
    locations = find(paths)
    wanted = choices or Choices()
    parts: list[Rows] = []
    problems: list[Diagnostic] = []
    shared: dict[str, str] = {}
    for done, future in enumerate(_read_all(locations, wanted), 1):
        try:
            parts.append(_sharing_texts(future.result(), shared))
        except InputError as error:
            problems.extend(error.diagnostics)
        if progress is not None:
            progress(done, len(locations))
    if problems:
        more = len(problems) - MOST_REPORTED
        if more > 0:
            last = problems[MOST_REPORTED - 1].source
            more_said = Diagnostic(last, NOWHERE, f"… and {more} more")
            problems = [*problems[:MOST_REPORTED], more_said]
        raise InputError(problems)
    rows = joined(parts)
    return replace(rows, logs=_with_scores_of_siblings(rows.logs))


def read_one(location: str, choices: Choices) -> Rows:
    """The attempts in one file.

    Raises:
        InputError: what is wrong with it.
    """
    form = form_of(location)
    if form in LOG_FORMS:
        from ifthen.evidence.logs.read import read_log

        return read_log(location, form, choices)
    from ifthen.evidence.tables import read_table

    assert form is not None
    return read_table(location, form)


def _read_all(locations: Sequence[str], choices: Choices) -> Iterator[Future[Rows]]:
    """Every file being read, in order; no more than a few ahead of what was asked for."""
    workers = min(8, (os.cpu_count() or 1) + 2, max(1, len(locations)))
    waiting: deque[Future[Rows]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for location in locations:
            waiting.append(pool.submit(read_one, location, choices))
            if len(waiting) > 2 * workers:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def _sharing_texts(rows: Rows, shared: dict[str, str]) -> Rows:
    """The same rows, texts that were seen before shared with those: a question is in many logs."""
    for column in (rows.question, rows.cluster, rows.family):
        if column is not None:
            known = (None if text is None else shared.setdefault(text, text) for text in column)
            column[:] = list(known)
    return rows


def _with_scores_of_siblings(logs: Sequence[Log]) -> tuple[Log, ...]:
    """The logs, one without any score taken to be about the one score of the same evaluation.

    A run whose samples all errored names no score, and belongs with the retry that completed it.
    """
    named: dict[tuple[str, str | None, str], set[str]] = {}
    for log in logs:
        if log.scorer is not None:
            named.setdefault(log.subject[:3], set()).add(log.scorer)
    return tuple(
        replace(log, scorer=next(iter(found)))
        if log.scorer is None and not log.counts.scored and len(found) == 1
        else log
        for log in logs
        for found in [named.get(log.subject[:3], set())]
    )
