"""The cells of a table file, whatever its form, and where each stands.

A file is read in chunks of rows, so that its size does not matter. Its text is read again only to
show what is wrong with it.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import msgspec

from ifthen.evidence.files import refuse
from ifthen.evidence.logs.form import without_constants
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, Span

CHUNK = 10_000
"""Rows that are read at a time."""
_MOST_SHOWN = 1 << 26
"""Bytes of a file whose lines are shown in messages."""


class Place(NamedTuple):
    """Where a cell stands."""

    row: int
    """The line of a text file; of Parquet the row, from 1."""
    column: str


class Cells(Protocol):
    """A table file that is open."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def head(self) -> int:
        """The row that names the columns."""

    def chunks(self) -> Iterator[tuple[dict[str, list[Any]], list[int]]]:
        """Some rows at a time: the cells by column, and the number of each row."""

    def diagnostic(self, place: Place, message: str, hint: str) -> Diagnostic:
        """Something wrong with a cell."""


def open_table(file: BinaryIO, location: str, form: str) -> Cells:
    """The cells of a file.

    Raises:
        InputError: it is empty or not of that form.
    """
    if form == "parquet":
        return _Parquet(file, location)
    return _Csv(file, location) if form == "csv" else _Jsonl(file, location)


@dataclass(slots=True)
class _Text:
    """What CSV and JSONL have in common."""

    file: BinaryIO
    location: str

    def _lines(self) -> Iterator[str]:
        """The lines of the file, from its start.

        Raises:
            InputError: it is not UTF-8.
        """
        self.file.seek(0)
        for number, line in enumerate(self.file, 1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                reason = f"line {number} is not UTF-8 text: byte 0x{line[error.start]:02x}"
                refuse(self.location, reason, "save the file as UTF-8")

    def _shown(self, line: int, span: tuple[int, int], message: str, hint: str) -> Diagnostic:
        if self.file.seek(0, io.SEEK_END) > _MOST_SHOWN:
            source = Source(f"{self.location}:{line}:{span[0]}", "")
            return Diagnostic(source, NOWHERE, message, hint)
        source = Source(self.location, "".join(self._lines()).replace("\r\n", "\n"))
        return Diagnostic(source, Span(line, *span), message, hint)

    def _line(self, number: int) -> str:
        return next(itertools.islice(self._lines(), number - 1, None), "")


class _Csv(_Text):
    head = 1

    def __init__(self, file: BinaryIO, location: str) -> None:
        super().__init__(file, location)
        self.columns = tuple(name.strip() for name in next(csv.reader(self._lines()), ()))
        if not self.columns:
            refuse(location, "the table is empty", "the first line names the columns")
        twice = next((name for name in self.columns if self.columns.count(name) > 1), None)
        if twice is not None:
            raise InputError(
                [self.diagnostic(Place(1, twice), f"the column '{twice}' is given twice", "")]
            )

    def chunks(self) -> Iterator[tuple[dict[str, list[Any]], list[int]]]:
        reader = csv.reader(self._lines(), strict=True)
        try:
            next(reader)
            while taken := list(self._rows(reader)):
                numbers, rows = zip(*taken, strict=True)
                columns = zip(*rows, strict=True)
                yield (
                    {name: list(cells) for name, cells in zip(self.columns, columns, strict=True)},
                    list(numbers),
                )
        except csv.Error as error:
            shown = self._shown(reader.line_num, (1, 1), f"this line is not CSV: {error}", "")
            raise InputError([shown]) from None

    def _rows(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        """The next rows, at most a chunk of them."""
        width = len(self.columns)
        for row in itertools.islice(reader, CHUNK):
            if len(row) != width:
                if not row:
                    continue
                message = f"this row has {len(row)} cells, and there are {width} columns"
                raise InputError([self._shown(reader.line_num, (1, 1), message, "")])
            yield reader.line_num, row

    def diagnostic(self, place: Place, message: str, hint: str) -> Diagnostic:
        """Something wrong with a cell."""
        line = self._line(place.row).rstrip("\r\n")
        index = self.columns.index(place.column) if place.column in self.columns else 0
        return self._shown(place.row, _csv_span(line, index), message, hint)


def _csv_span(line: str, index: int) -> tuple[int, int]:
    """Column and length of a cell of a line; the start of the line where a cell spans lines."""
    starts = [0]
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            starts.append(at + 1)
    if quoted or index >= len(starts):
        return 1, 1
    end = starts[index + 1] - 1 if index + 1 < len(starts) else len(line)
    return starts[index] + 1, max(1, end - starts[index])


class _Jsonl(_Text):
    head = 1

    def __init__(self, file: BinaryIO, location: str) -> None:
        super().__init__(file, location)
        names: dict[str, int] = {}
        for number, row in self._objects():
            for name in row:
                names.setdefault(name, number)
        if not names:
            refuse(location, "the table is empty", "write one JSON object per line")
        self._first = names
        self.columns = tuple(names)

    def chunks(self) -> Iterator[tuple[dict[str, list[Any]], list[int]]]:
        objects = self._objects()
        while taken := list(itertools.islice(objects, CHUNK)):
            rows = [row for _, row in taken]
            yield (
                {name: [row.get(name) for row in rows] for name in self.columns},
                [number for number, _ in taken],
            )

    def _objects(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        decoder = msgspec.json.Decoder(dict[str, Any])
        for number, line in enumerate(self._lines(), 1):
            if line.isspace():
                continue
            try:
                yield number, decoder.decode(line)
            except msgspec.MsgspecError as error:
                plain = without_constants(line.encode())
                try:
                    if plain is None:
                        raise error
                    yield number, decoder.decode(plain)
                except msgspec.MsgspecError as problem:
                    reason = str(problem).removeprefix("JSON is malformed: ")
                    message = f"this line is no JSON object: {reason}"
                    hint = 'write one per line, such as {"task": "t", "model": "m", …}'
                    raise InputError([self._shown(number, (1, 1), message, hint)]) from None

    def diagnostic(self, place: Place, message: str, hint: str) -> Diagnostic:
        """Something wrong with a cell."""
        row = place.row if place.row > self.head else self._first.get(place.column, 1)
        line = self._line(row)
        found = re.search(
            re.escape(json.dumps(place.column, ensure_ascii=False)) + r"\s*:\s*", line
        )
        span = (1, 1) if found is None else (found.start() + 1, len(place.column) + 2)
        return self._shown(row, span, message, hint)


class _Parquet:
    head = 0

    def __init__(self, file: BinaryIO, location: str) -> None:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        self.location = location
        try:
            self._file = ParquetFile(file)
        except (ArrowException, OSError) as error:
            refuse(location, f"this is not a whole Parquet file: {' '.join(str(error).split())}")
        self.columns = tuple(self._file.schema_arrow.names)

    def chunks(self) -> Iterator[tuple[dict[str, list[Any]], list[int]]]:
        first = 1
        for batch in self._file.iter_batches(CHUNK):
            yield batch.to_pydict(), list(range(first, first + batch.num_rows))
            first += batch.num_rows

    def diagnostic(self, place: Place, message: str, hint: str) -> Diagnostic:
        """Something wrong with a cell."""
        where = f"row {place.row}, column '{place.column}': " if place.row else ""
        return Diagnostic(Source(self.location, ""), NOWHERE, where + message, hint)


def write_cells(
    path: Path,
    form: str,
    columns: Iterable[str],
    chunks: Iterable[list[dict[str, Any]]],
    kept: Container[str] = (),
) -> None:
    """Write a table, a chunk of records at a time.

    Args:
        path: the file.
        form: ``csv``, ``jsonl`` or ``parquet``.
        columns: their names, in order.
        chunks: rows, each by column.
        kept: columns that JSONL names even where the cell is empty.

    Raises:
        OSError: it cannot be written.
    """
    names = list(columns)
    if form == "parquet":
        _write_parquet(path, names, chunks)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if form == "jsonl":
            for chunk in chunks:
                lines = (
                    {k: v for k, v in row.items() if v is not None or k in kept} for row in chunk
                )
                file.writelines(msgspec.json.encode(line).decode() + "\n" for line in lines)
            return
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for chunk in chunks:
            writer.writerows(chunk)


def _write_parquet(path: Path, names: list[str], chunks: Iterable[list[Any]]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {"epoch": pyarrow.int32(), "score": pyarrow.float64()}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in names])
    with ParquetWriter(path, schema, compression="zstd") as writer:
        for chunk in chunks:
            writer.write_table(pyarrow.Table.from_pylist(chunk, schema))
