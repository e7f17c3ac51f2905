"""An Inspect hook: the result of every evaluation that succeeds is filed into a record.

Inspect finds it by the entry point ``inspect_ai``; installing ifthen beside Inspect is enough. It
does nothing unless a record is named. Where a value may come from two places, the first wins:

- the record, a JSONL file: ``ifthen_record`` in the metadata of the task or run, or the environment
  variable ``IFTHEN_RECORD``;
- the record's name of the model: ``ifthen_model`` in the metadata, or Inspect's;
- the threshold that was evaluated, a name or a list: ``ifthen_threshold`` in the metadata; or none.

A run is filed once: its id is made from Inspect's ``eval_id``. A run that failed or was cancelled
is no result and is not filed. Whatever goes wrong is logged as a warning; the evaluation goes on.
"""

from __future__ import annotations

import os
from logging import getLogger
from typing import Any

from inspect_ai.hooks import Hooks, TaskEnd, hooks

RECORD = "IFTHEN_RECORD"
"""The environment variable that names the record."""

_log = getLogger(__name__)


@hooks(name="ifthen", description="Files the result of an evaluation into a record of facts.")
class FileResults(Hooks):
    """Files one ``evaluation_result`` for each task that ends in success."""

    async def on_task_end(self, data: TaskEnd) -> None:
        """File the result of a task.

        Args:
            data: the log of the task, on disk by now.
        """
        log = data.log
        metadata = log.eval.metadata or {}
        record = metadata.get("ifthen_record") or os.environ.get(RECORD)
        if not record or log.status != "success":
            return
        try:
            # Inspect may run in a loop of its own; the file is small, and is written at once.
            file_result(str(record), log.location, log.stats.completed_at, metadata)
        except Exception as error:
            _log.warning(f"ifthen did not file the result of {log.eval.task}: {error}")


def file_result(
    record: str, location: str, completed: str, metadata: dict[str, Any]
) -> tuple[str, ...]:
    """File the result in a log.

    Args:
        record: a JSONL record.
        location: of the log.
        completed: when the run ended, ISO 8601.
        metadata: of the run.

    Returns:
        The id of the fact, or nothing where it was filed before.

    Raises:
        InputError: the log cannot be read, or the record cannot be written.
        ValueError: the log does not say when the run ended, or has no score that is a number.
    """
    from ifthen.evidence.files import find, in_utc
    from ifthen.evidence.filing.append import append
    from ifthen.evidence.filing.facts import evaluation_result
    from ifthen.evidence.filing.functions import work
    from ifthen.evidence.inputs import Input
    from ifthen.evidence.load import Choices, load
    from ifthen.evidence.logs.read import scores_of
    from ifthen.policy.source import InputError

    date = in_utc(completed)
    if date is None:
        raise ValueError(f"'{completed}' is no time at which the run ended")
    [place] = find([location])
    scorers = []
    for name in scores_of(place):
        try:
            [log] = load([place], Choices(scorer=name)).logs
        except InputError as error:
            _log.warning(f"ifthen did not file the score {name}: {error}")
        else:
            scorers.append(name)
    if not scorers:
        raise ValueError("it has no score that is a number")
    found = work("mean", [Input(place, log.digest)], {"scorers": scorers})
    fact = evaluation_result(
        found,
        date=date,
        model=str(metadata.get("ifthen_model") or log.model),
        threshold=metadata.get("ifthen_threshold"),
        task=log.task,
        id=f"inspect-{log.run}",
    )
    return append(record, [fact])
