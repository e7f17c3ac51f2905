"""``.eval`` logs: a zip of a header, summaries of the samples, and each sample whole.

Only the header and the summaries are opened. The samples themselves are opened where the header
says that some were withdrawn, since nothing else says which, and in a run that ended before its
summaries were put together, for those that the journal has no summary of.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from ifthen.evidence.files import refuse
from ifthen.evidence.logs.form import Header, Sample, SampleWithMetadata, decode

if TYPE_CHECKING or sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile

HEADER = "header.json"
START = "_journal/start.json"
SUMMARIES = "summaries.json"
_JOURNAL = "_journal/summaries/"
_SAMPLES = "samples/"
_SHELL = "/sample.json"
"""End of the member of a sample that is kept in pieces."""


def read_archive(
    file: BinaryIO, location: str, *, metadata: bool
) -> tuple[Header, Iterable[Sample]]:
    """The header and the samples of an ``.eval`` log.

    Raises:
        InputError: the zip is cut off or damaged, or is no Inspect log.
    """
    form = SampleWithMetadata if metadata else Sample
    with _archive(file, location) as archive:
        members = archive.NameToInfo
        first = HEADER if HEADER in members else START
        if first not in members:
            refuse(location, f"this is no log of Inspect: it has neither {HEADER} nor {START}")
        header = decode(archive.read(first), Header, location, first)
        names = [SUMMARIES] if SUMMARIES in members else _journal(members)
        samples: list[Sample] = []
        for name in names:
            samples += decode(archive.read(name), list[form], location, name)  # type: ignore[valid-type]
        if SUMMARIES not in members:
            known = {_member(sample) for sample in samples}
            missing = (name for name in _sample_members(members) if name not in known)
            samples += (decode(archive.read(name), form, location, name) for name in missing)
        if header.invalidated:
            samples = _with_invalidations(archive, samples, location)
    return header, samples


@contextmanager
def _archive(file: BinaryIO, location: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        refuse(
            location,
            f"this is not a whole .eval log: {' '.join(str(error).split()) or 'it ends too early'}",
            "it was cut off, damaged, or is being written: copy it again, or recover it with "
            "'inspect log recover'",
        )
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        refuse(location, f"this .eval log is damaged: {error}", "copy it again")


def _journal(members: Iterable[str]) -> list[str]:
    """The summaries that were written while the run went on, in order."""
    found = []
    for name in members:
        stem = name.removeprefix(_JOURNAL).removesuffix(".json")
        if name.startswith(_JOURNAL) and stem.isdigit():
            found.append((int(stem), name))
    return [name for _, name in sorted(found)]


def _sample_members(members: Iterable[str]) -> Iterator[str]:
    """The members that say what became of a sample: whole, or the shell of one in pieces."""
    for name in members:
        if name.startswith(_SAMPLES) and name.endswith(".json"):
            inside = name.removeprefix(_SAMPLES)
            if "_epoch_" in inside and (name.endswith(_SHELL) or "/" not in _tail(inside)):
                yield name


def _tail(name: str) -> str:
    """What follows the id, which may itself contain a slash."""
    return name.rsplit("_epoch_", 1)[-1]


def _member(sample: Sample) -> str:
    return f"{_SAMPLES}{sample.id}_epoch_{sample.epoch}.json"


def _with_invalidations(
    archive: zipfile.ZipFile, samples: list[Sample], location: str
) -> list[Sample]:
    """The samples, each marked as its own member marks it."""
    members = archive.NameToInfo
    withdrawn = False
    for sample in samples:
        name = _member(sample)
        if name not in members:
            name = name.removesuffix(".json") + _SHELL
        if name not in members:
            continue
        whole = decode(archive.read(name), Sample, location, name)
        sample.invalidation = whole.invalidation
        withdrawn = withdrawn or bytes(whole.invalidation) != b"null"
    if not withdrawn:
        refuse(
            location,
            "its header says that samples were invalidated, but no sample in it says that it was",
            "without that nothing says which scores still count",
        )
    return samples
