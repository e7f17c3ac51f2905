"""One Inspect log as rows."""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ifthen.evidence.files import form_of, in_utc, opened, refuse
from ifthen.evidence.logs.archive import read_archive
from ifthen.evidence.logs.form import (
    Document,
    DocumentWithMetadata,
    Header,
    Sample,
    SampleWithMetadata,
    check_version,
    decode,
)
from ifthen.evidence.rows import LOG_STATUSES, Log, Rows, Status, count, texts
from ifthen.evidence.scores import HOW, Ambiguous, NotANumber, choose, names, number, pick

if TYPE_CHECKING:
    from ifthen.evidence.load import Choices

_NULL = b"null"


def read_log(location: str, form: str, choices: Choices) -> Rows:
    """The attempts of an Inspect log, those that were planned and never ran included.

    Raises:
        InputError: it cannot be read, or its scores cannot.
    """
    metadata = choices.cluster is not None or choices.family is not None
    with opened(location) as (file, digest):
        header, samples = _read(file, location, form, metadata=metadata)
    check_version(header.version, location)
    if header.status not in LOG_STATUSES:
        refuse(location, f"its status is '{header.status}'", f"known: {', '.join(LOG_STATUSES)}")
    # As in Inspect, of several entries of one sample and epoch the last one counts.
    kept = {(str(sample.id), sample.epoch): sample for sample in samples}
    scorer, columns = _scored(kept.values(), location, choices.scorer)
    questions = [question for question, _ in kept]
    epochs = [epoch for _, epoch in kept]
    _add_never_run(header, kept, questions, epochs)
    more = len(questions) - len(kept)
    status = np.array(columns[0] + [Status.UNSCORED] * more, np.int8)
    score = np.array(columns[1] + [math.nan] * more, np.float64)
    spec = header.eval
    log = Log(
        location=location,
        digest=digest,
        form=form,
        version=header.version,
        task=spec.task,
        task_version=str(spec.task_version),
        model=spec.model,
        scorer=scorer,
        status=header.status,
        created=in_utc(spec.created),
        invalidated=header.invalidated,
        counts=count(status),
        run=spec.eval_id or f"{spec.run_id}/{spec.task_id}/{spec.created}",
    )
    return Rows(
        (log,),
        np.zeros(len(questions), np.int32),
        texts(questions),
        np.array(epochs, np.int32),
        status,
        score,
        _grouped(kept.values(), choices.cluster, more, location),
        _grouped(kept.values(), choices.family, more, location),
    )


def scores_of(location: str) -> tuple[str, ...]:
    """The scores that an Inspect log gives a choice of, as ``Choices.scorer`` names them.

    Raises:
        InputError: it cannot be read.
    """
    with opened(location) as (file, _):
        _, samples = _read(file, location, form_of(location) or "eval", metadata=False)
    return names(_values(samples))


def _read(
    file: BinaryIO, location: str, form: str, *, metadata: bool
) -> tuple[Header, Iterable[Sample]]:
    if form == "eval":
        return read_archive(file, location, metadata=metadata)
    return _read_document(file, location, metadata=metadata)


def _read_document(
    file: BinaryIO, location: str, *, metadata: bool
) -> tuple[Header, Iterable[Sample]]:
    form: type[Document | DocumentWithMetadata] = DocumentWithMetadata if metadata else Document
    try:
        view: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # not a file of the system, or empty
        document = decode(file.read(), form, location)
    else:
        # Not closed here: what is kept of a sample may still point into it.
        document = decode(view, form, location)
    if document.invalidated and not any(_is_withdrawn(each) for each in document.samples or ()):
        refuse(
            location,
            "it says that samples were invalidated, but no sample in it says that it was",
            "without that nothing says which scores still count",
        )
    return document, document.samples or ()


def _is_withdrawn(sample: Sample) -> bool:
    return bytes(sample.invalidation) != _NULL


def _scored(
    samples: Iterable[Sample], location: str, asked: str | None
) -> tuple[str | None, tuple[list[int], list[float]]]:
    """The name of the score, and the columns of statuses and scores."""
    scores = _values(samples)
    try:
        scorer = choose(asked, names(scores))
    except Ambiguous as error:
        refuse(location, str(error), f"choose with --scorer: {', '.join(error.choices)}")
    status: list[int] = []
    score: list[float] = []
    for sample, values in zip(samples, scores, strict=True):
        value = math.nan
        state = Status.UNSCORED
        if _is_withdrawn(sample):
            state = Status.INVALIDATED
        elif bytes(sample.error) != _NULL:
            state = Status.ERRORED
        elif scorer is not None and values:
            try:
                value = number(pick(values, scorer))
            except NotANumber as error:
                refuse(
                    location,
                    f"sample '{sample.id}', epoch {sample.epoch}: the score '{scorer}' is {error}, "
                    "which is not a number",
                    f"{HOW}; another score is chosen with --scorer",
                )
            if not math.isnan(value):
                state = Status.SCORED
        status.append(state)
        score.append(value)
    return scorer, (status, score)


def _values(samples: Iterable[Sample]) -> list[dict[str, object]]:
    """The values of the scores of each sample, by name."""
    return [
        {name: score.value for name, score in sample.scores.items()} if sample.scores else {}
        for sample in samples
    ]


def _add_never_run(
    header: Header,
    kept: dict[tuple[str, int], Sample],
    questions: list[str],
    epochs: list[int],
) -> None:
    """Append the attempts that were planned and are not in the log.

    A log that does not name its samples says at most how many there were; each attempt that is
    missing then stands as a question of its own, which can only widen the bounds.
    """
    runs = header.eval.config.epochs or 1
    planned = header.eval.dataset.sample_ids
    if planned is not None:
        for question in map(str, planned):
            for epoch in range(1, runs + 1):
                if (question, epoch) not in kept:
                    questions.append(question)
                    epochs.append(epoch)
        return
    total = header.results.total_samples if header.results else None
    if total is None:
        total = (header.eval.dataset.samples or 0) * runs
    for place in range(1, total - len(kept) + 1):
        questions.append(f"(never run, not named: {place})")
        epochs.append(1)


def _grouped(samples: Iterable[Sample], key: str | None, more: int, location: str) -> Any:
    """The column of one key of the metadata.

    Raises:
        InputError: a sample does not have it, or it is no plain value.
    """
    if key is None:
        return None
    values: list[str | None] = []
    for sample in samples:
        assert isinstance(sample, SampleWithMetadata)
        value = (sample.metadata or {}).get(key)
        if not isinstance(value, (str, int, float)):
            refuse(
                location,
                f"sample '{sample.id}', epoch {sample.epoch} has no '{key}' in its metadata",
                "every sample needs one; its summary keeps plain values only",
            )
        values.append(str(value))
    return texts([*values, *[None] * more])
