"""Facts at the end of a JSONL record, each once, and nothing else of it ever changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from ifthen.evidence.files import refusal, refuse
from ifthen.evidence.filing.facts import checked
from ifthen.record.files import JSONL_SUFFIXES


class _Named(msgspec.Struct):
    id: str | None = None
    key: str | None = None


def append(path: str | Path, facts: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Append facts whose ids the file does not have yet; the others are there already.

    A file that is not there is begun without a head: give it after the one with the record's head.
    Programs that append at the same time wait for one another, and a line is on the disk when this
    returns.

    Args:
        path: a record in its JSONL form.
        facts: the fields of each fact.

    Returns:
        The ids that were appended.

    Raises:
        InputError: a record would not accept a fact, or the file is no JSONL record, or cannot be
            read or written. Nothing is written then.
    """
    name = str(path)
    if not name.lower().endswith(JSONL_SUFFIXES):
        known = " or ".join(JSONL_SUFFIXES)
        raise refusal(
            name, "facts are appended only to a JSONL record", f"its name ends in {known}"
        )
    for fact in facts:
        checked(fact)
    with _alone(Path(path)) as file:
        known_ids, ended = _names(file, name)
        fresh = [fact for fact in facts if fact["id"] not in known_ids]
        if fresh:
            lines = "".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in fresh)
            file.write((("" if ended else "\n") + lines).encode())
            file.flush()
            os.fsync(file.fileno())
    return tuple(fact["id"] for fact in fresh)


@contextmanager
def _alone(path: Path) -> Iterator[IO[bytes]]:
    """A file to append to, while no other program does."""
    try:
        import fcntl
    except ImportError:  # a system without it
        lock = None
    else:
        lock = fcntl
    try:
        with path.open("a+b") as file:
            if lock is not None:
                lock.flock(file, lock.LOCK_EX)
            yield file
    except OSError as error:
        refuse(str(path), f"the record cannot be written: {(error.strerror or str(error)).lower()}")


def _names(file: IO[bytes], name: str) -> tuple[set[str], bool]:
    """Every id and key in the file, and whether its last line is ended."""
    file.seek(0)
    found: set[str] = set()
    line = b"\n"
    decoder = msgspec.json.Decoder(_Named)
    for number, line in enumerate(file, 1):
        if line.isspace():
            continue
        try:
            named = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            refuse(f"{name}:{number}", f"this line is no fact: {error}", "nothing was appended")
        found.update(each for each in (named.id, named.key) if each is not None)
    return found, line.endswith(b"\n")
