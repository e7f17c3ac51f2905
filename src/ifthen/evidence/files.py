"""Files of evaluation results, on this machine or behind any URL that fsspec knows."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NoReturn, cast
from urllib.parse import unquote

from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source

TABLE_FORMS = ("csv", "jsonl", "parquet")
"""Ends of the names of tables."""
LOG_FORMS = ("eval", "json")
"""Ends of the names of Inspect's logs."""
FORMS = (*LOG_FORMS, *TABLE_FORMS)
_IN_MEMORY = 1 << 26
"""Bytes of a remote file that are kept in memory; a larger one goes to a temporary file."""
_CHUNK = 1 << 20
_LOCAL = "file://"
_DATED = re.compile(r"\d{4}-\d\d-\d\dT")
"""Inspect's own start of the name of a log; a folder of logs holds other JSON too."""


def refusal(location: str, message: str, hint: str = "") -> InputError:
    """What is wrong with a whole file, to be raised."""
    return InputError([Diagnostic(Source(location, ""), NOWHERE, message, hint)])


def refuse(location: str, message: str, hint: str = "") -> NoReturn:
    """Say what is wrong with a whole file.

    Raises:
        InputError: always.
    """
    raise refusal(location, message, hint)


def form_of(location: str) -> str | None:
    """Which of ``FORMS`` the end of a name promises."""
    end = location.rsplit(".", 1)[-1].lower()
    return {"ndjson": "jsonl"}.get(end, end if end in FORMS else None)


def find(names: Sequence[str]) -> tuple[str, ...]:
    """The files behind paths and URLs, each once, those of a folder sorted by name.

    A folder stands for the logs of Inspect in it and below: every ``.eval``, and each ``.json``
    whose name begins with a date, as Inspect writes it. Tables are named one by one.

    Raises:
        InputError: something is missing, is no such file, or is a folder without logs; all at once.
    """
    found: dict[str, None] = {}
    problems: list[Diagnostic] = []
    for name in names:
        try:
            found.update(dict.fromkeys(_found(name)))
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return tuple(found)


@contextmanager
def opened(location: str) -> Iterator[tuple[BinaryIO, str]]:
    """A file to read and to seek in, and the digest of all its bytes.

    Raises:
        InputError: it cannot be read.
    """
    with _reading(location) as file:
        digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
        file.seek(0)
        yield file, f"sha256:{digest.hexdigest()}"


def in_utc(text: str) -> str | None:
    """An ISO 8601 time as ``2025-05-22T17:30:00Z``, UTC where it names no zone; None if it is none.

    Seconds and milliseconds since 1970 are no ISO 8601.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return zoned.strftime("%Y-%m-%dT%H:%M:%SZ")


def _found(name: str) -> list[str]:
    if name.startswith(_LOCAL):
        name = unquote(name.removeprefix(_LOCAL))
    if "://" in name:
        return _found_remotely(name)
    path = Path(name)
    if path.is_dir():
        return _of_folder(name, [str(each) for each in path.rglob("*") if each.is_file()])
    if not path.exists():
        refuse(name, "there is no such file")
    return [_checked(name)]


def _found_remotely(name: str) -> list[str]:
    import fsspec

    with _explained(name):
        system, path = fsspec.core.url_to_fs(name)
        if system.isdir(path):
            return _of_folder(name, [system.unstrip_protocol(each) for each in system.find(path)])
        if not system.exists(path):
            refuse(name, "there is no such file")
    return [_checked(name)]


def _of_folder(name: str, files: list[str]) -> list[str]:
    logs = sorted(each for each in files if _is_log(each.rsplit("/", 1)[-1]))
    if not logs:
        refuse(name, "there is no log in this folder", "tables are named one by one")
    return logs


def _is_log(name: str) -> bool:
    return name.endswith(".eval") or (name.endswith(".json") and bool(_DATED.match(name)))


def _checked(name: str) -> str:
    if form_of(name) is None:
        known = ", ".join(f".{form}" for form in FORMS)
        refuse(name, "this is no log and no table, by the end of its name", f"known: {known}")
    return name


@contextmanager
def _reading(location: str) -> Iterator[BinaryIO]:
    if "://" not in location:
        try:
            with Path(location).open("rb") as file:
                yield file
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            refuse(location, f"the file cannot be read: {reason}")
        return
    import fsspec

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        with _explained(location), fsspec.open(location, "rb") as file:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
        copy.seek(0)
        yield cast(BinaryIO, copy)


@contextmanager
def _explained(location: str) -> Iterator[None]:
    """Say in one line what a file system could not do; each has errors of its own kind."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        refuse(location, f"the file cannot be read: {reason}")
