"""What is read of an Inspect log: the fields that say who ran what, and what came of each sample.

Follows inspect_ai 0.3.285, ``log/_log.py`` and ``log/_recorders/eval.py``. Everything else in a
log is passed over by the decoder without being built.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from ifthen.evidence.files import refusal, refuse

T = TypeVar("T")

VERSIONS = (2, 3)
"""Of the format: 3 keeps the messages of a sample in pools, which changes nothing here."""


class Dataset(msgspec.Struct):
    """``eval.dataset``."""

    samples: int | None = None
    """Of the whole data set, before any limit."""
    sample_ids: list[int | str] | None = None
    """Of the samples that were to be run."""


class Config(msgspec.Struct):
    """``eval.config``."""

    epochs: int | None = None


class Spec(msgspec.Struct):
    """``eval``: the task and how it was run."""

    task: str
    model: str
    created: str
    dataset: Dataset
    config: Config = msgspec.field(default_factory=Config)
    task_version: int | str = 0
    task_id: str = ""
    eval_id: str = ""
    run_id: str = ""


class Results(msgspec.Struct):
    """``results``."""

    total_samples: int | None = None
    """Attempts that were planned: samples times epochs."""


class Header(msgspec.Struct):
    """``header.json``, or the ``_journal/start.json`` of a run without one."""

    version: int
    eval: Spec
    status: str = "started"
    invalidated: bool = False
    results: Results | None = None


class Score(msgspec.Struct):
    """One score of a sample."""

    value: Any = None


class Sample(msgspec.Struct):
    """A sample or its summary."""

    id: int | str
    epoch: int = 1
    scores: dict[str, Score] | None = None
    error: msgspec.Raw = msgspec.Raw(b"null")
    invalidation: msgspec.Raw = msgspec.Raw(b"null")


class SampleWithMetadata(Sample):
    """A sample whose metadata says which cluster or family it is of."""

    metadata: dict[str, Any] | None = None


class Document(Header):
    """A whole ``.json`` log."""

    samples: list[Sample] | None = None


class DocumentWithMetadata(Header):
    """A whole ``.json`` log, the metadata of its samples included."""

    samples: list[SampleWithMetadata] | None = None


class _Version(msgspec.Struct):
    version: int


_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|(NaN|-?Infinity)')


def decode(data: Any, form: type[T], location: str, member: str = "") -> T:
    """JSON as one of the forms above; ``NaN`` is read as null and ``Infinity`` as that word.

    Args:
        data: bytes, or a view of them.
        form: what to read.
        location: the file, for messages.
        member: the part of it, for messages.

    Raises:
        InputError: it is not JSON, or not of that form.
    """
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        problem: Exception = error
    if not isinstance(problem, msgspec.ValidationError):
        plain = without_constants(bytes(data))
        if plain is not None:
            return decode(plain, form, location, member)
    where = f"its {member} " if member else "it "
    if isinstance(problem, msgspec.ValidationError):
        _check_version_of(data, location)
        raise refusal(location, f"{where}is not as Inspect writes it: {problem}")
    reason = str(problem).removeprefix("JSON is malformed: ")
    if "truncated" in reason:
        hint = "copy the log again, or recover it with 'inspect log recover'"
        raise refusal(location, f"{where}ends too early", hint)
    raise refusal(location, f"{where}is not JSON: {reason}")


def check_version(version: int, location: str) -> None:
    """Refuse a version that is not known.

    Raises:
        InputError: it is not one of ``VERSIONS``.
    """
    if version not in VERSIONS:
        known = " and ".join(str(each) for each in VERSIONS)
        refuse(
            location,
            f"this log has version {version} of Inspect's format",
            f"versions {known} are read; 'inspect log convert' writes a log anew",
        )


def without_constants(data: bytes) -> bytes | None:
    """JSON without the constants ``NaN`` and ``Infinity``; None where it has none.

    Inspect writes them bare, which strict JSON forbids. Texts that contain the words are untouched.
    """
    found = [match for match in _TOKEN.finditer(data) if match.group(1) is not None]
    if not found:
        return None
    parts = []
    end = 0
    for match in found:
        word = match.group(1)
        parts += [data[end : match.start()], b"null" if word == b"NaN" else b'"%s"' % word]
        end = match.end()
    return b"".join([*parts, data[end:]])


def _check_version_of(data: Any, location: str) -> None:
    """Refuse data whose form is unknown because its version is."""
    try:
        version = msgspec.json.decode(data, type=_Version).version
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    check_version(version, location)
