"""The two forms of a record file, YAML and JSONL, read into one: a head and plain facts.

A file is read lazily, fact by fact. Places are looked up only when something is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import msgspec

from ifthen.policy.source import Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import MAX_LINE, Node, Scalar, Sequence, compose, shorten
from ifthen.policy.yaml import Mapping as MappingNode
from ifthen.record.values import Bare, Path, shown

JSONL_SUFFIXES = (".jsonl", ".ndjson")
"""Ends of file names that mean one fact per line."""

RawFact: TypeAlias = tuple[object, Span]
"""A fact as plain data, usually a mapping, and its place."""


class RecordFile(Protocol):
    """One file of a record, whatever its form."""

    @property
    def source(self) -> Source:
        """The text."""

    @property
    def head(self) -> RawFact | None:
        """The head as a mapping, without the facts; None where the file has none."""

    @property
    def unreadable(self) -> bool:
        """Whether it is known to be no record, so that a missing head says nothing more."""

    def facts(self) -> Iterator[RawFact | Diagnostic]:
        """The facts in order; a diagnostic in place of one that cannot be read."""

    def locate(self, span: Span, path: Path, on_key: bool) -> Span:
        """The place of something inside the fact or head at ``span``."""


def open_file(source: Source) -> RecordFile:
    """A source as a record file, its form taken from the end of its name.

    Raises:
        InputError: it is empty, or is YAML that cannot be read.
    """
    if source.name.lower().endswith(JSONL_SUFFIXES):
        return open_jsonl(source)
    return open_yaml(source)


# --- YAML --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A record as one YAML document."""

    source: Source
    head: RawFact | None
    items: tuple[Node, ...]
    """The nodes of the facts."""
    nodes: Mapping[Span, Node] = field(repr=False)
    """The facts and the whole document by their places."""
    problems: tuple[Diagnostic, ...] = ()
    """What is wrong with the document as a whole."""

    @property
    def unreadable(self) -> bool:
        """Whether the document is not even a mapping."""
        return self.head is None and bool(self.problems)

    def facts(self) -> Iterator[RawFact | Diagnostic]:
        """The items of ``facts:``."""
        yield from self.problems
        for node in self.items:
            yield plain(node), node.span

    def locate(self, span: Span, path: Path, on_key: bool) -> Span:
        """The key or value at the end of ``path``, or the nearest thing around it."""
        node = self.nodes.get(span)
        return span if node is None else locate_node(node, path, on_key)


def open_yaml(source: Source) -> YamlFile:
    """A YAML source as a record file.

    Raises:
        InputError: the YAML itself cannot be read.
    """
    root = compose(source)
    if not isinstance(root, MappingNode):
        wrong = Diagnostic(
            source,
            root.span,
            f"a record is a mapping, not {shown(plain(root))}",
            "start with 'record: NAME', then 'facts:'",
        )
        return YamlFile(source, None, (), {}, (wrong,))
    listed = root.get("facts")
    items: tuple[Node, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    if isinstance(listed, Sequence):
        items = listed.items
    elif listed is not None and plain(listed) != "":
        problems = (
            Diagnostic(
                source,
                listed.span,
                f"'facts' must be a list, not {shown(plain(listed))}",
                "start every fact with '- id: NAME'",
            ),
        )
    head = {key.text: plain(value) for key, value in root.entries if key.text != "facts"}
    nodes: dict[Span, Node] = {node.span: node for node in items}
    nodes[root.span] = root
    return YamlFile(source, (head, root.span) if head else None, items, nodes, problems)


def plain(node: Node) -> object:
    """A node as plain data; unquoted scalars are ``Bare``."""
    if isinstance(node, Scalar):
        return Bare(node.text) if node.style == "plain" else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def locate_node(node: Node, path: Path, on_key: bool) -> Span:
    """The place of what ``path`` leads to inside a node: its value, or its last key."""
    for index, step in enumerate(path):
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        elif isinstance(node, MappingNode):
            found = next((entry for entry in node.entries if entry[0].text == step), None)
            if found is None:
                break
            if on_key and index == len(path) - 1:
                return found[0].span
            node = found[1]
    return node.span


# --- JSONL -------------------------------------------------------------------------------------

_DECODER: msgspec.json.Decoder[object] = msgspec.json.Decoder(float_hook=Bare)
_ENCODER = msgspec.json.Encoder(enc_hook=str)
_AT_BYTE = re.compile(r" ?\(byte (\d+)\)$")
_FIRST_LINE = 'the first line says whose record it is: {"record": "NAME"}'
_FACT_FIELDS = ("id", "kind", "date")


@dataclass(frozen=True, slots=True)
class JsonlFile:
    """A record as one JSON object per line, the first of which is the head."""

    source: Source
    head: RawFact | None
    first: int
    """Number of the first line that can hold a fact."""
    unreadable: bool = False
    """Whether its first line is not even JSON."""

    def facts(self) -> Iterator[RawFact | Diagnostic]:
        """The facts, one line each; blank lines are passed over."""
        for number, line in _lines(self.source, self.first):
            yield _decode(self.source, line, number)

    def locate(self, span: Span, path: Path, on_key: bool) -> Span:
        """The first of the line's members with the name ``path`` starts with, or the line."""
        if not path or not isinstance(path[0], str):
            return span
        line = self.source.line(span.line)
        wanted = re.compile(re.escape(json.dumps(path[0], ensure_ascii=False)) + r"\s*:\s*")
        match = wanted.search(line)
        if match is None:
            return span
        if on_key:
            return Span(span.line, match.start() + 1, len(path[0]) + 2)
        return Span(span.line, match.end() + 1, _value_length(line, match.end()))


def open_jsonl(source: Source) -> JsonlFile:
    """A JSONL source as a record file.

    Raises:
        InputError: it holds nothing but blank lines.
    """
    for number, line in _lines(source, 1):
        read = _decode(source, line, number)
        if isinstance(read, Diagnostic):
            return JsonlFile(source, None, number, unreadable=True)
        if _is_head(read[0]):
            return JsonlFile(source, read, number + 1)
        return JsonlFile(source, None, number)
    empty = Diagnostic(source, Span(1, 1), "the file is empty", _FIRST_LINE)
    raise InputError([empty])


def _lines(source: Source, first: int) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers, from ``first`` on."""
    for number in range(first, source.text.count("\n") + 2):
        line = source.line(number)
        if line and not line.isspace():
            yield number, line


def _is_head(raw: object) -> bool:
    return isinstance(raw, dict) and not any(name in raw for name in _FACT_FIELDS)


def _value_length(line: str, start: int) -> int:
    """How many characters the JSON value at ``start`` takes, at most 60."""
    try:
        _, end = json.JSONDecoder().raw_decode(line, start)
    except (ValueError, RecursionError):
        return 1
    return min(60, end - start)


def _decode(source: Source, line: str, number: int) -> RawFact | Diagnostic:
    """One line as plain data, or what is wrong with it."""
    if len(line) > MAX_LINE:
        return Diagnostic(
            source,
            Span(number, 1),
            f"line {number} has {len(line)} characters; at most {MAX_LINE} are read",
            "keep bulk evidence in a file of its own and name it in 'sources'",
        )
    try:
        raw = _DECODER.decode(line)
        may_repeat = isinstance(raw, dict) and _may_repeat(raw, line)
        twice = _given_twice(line) if may_repeat else None
    except RecursionError:
        return Diagnostic(source, Span(number, 1), "this line is nested too deeply")
    except (msgspec.MsgspecError, UnicodeError) as error:
        return _malformed(source, line, number, str(error))
    if twice is not None:
        again = line.rfind(json.dumps(twice, ensure_ascii=False))
        return Diagnostic(
            source,
            Span(number, max(0, again) + 1, len(twice) + 2),
            f"the field '{shorten(twice)}' is given twice",
            "keep one of them",
        )
    return raw, Span(number, 1)


def _may_repeat(raw: Mapping[str, object], line: str) -> bool:
    """Whether the line may give a name twice: then it has more names than the data written out."""
    if " :" in line or "\t:" in line:
        return True
    names = line.count('":')
    return names != len(raw) and names != _ENCODER.encode(raw).count(b'":')


def _given_twice(line: str) -> str | None:
    """The first name that one object of the line gives twice."""
    twice: list[str] = []

    def check(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                twice.append(name)
            seen.add(name)

    json.loads(line, object_pairs_hook=check)
    return twice[0] if twice else None


def _malformed(source: Source, line: str, number: int, reason: str) -> Diagnostic:
    """A line that is not JSON, with the column where the decoder gave up."""
    match = _AT_BYTE.search(reason)
    column = 1
    if match is not None:
        before = line.encode("utf-8", "surrogatepass")[: int(match.group(1))]
        column = len(before.decode("utf-8", "ignore")) + 1
        reason = reason[: match.start()]
    elif "truncated" in reason:
        column = len(line)
        reason = "the line ends too early"
    reason = reason.removeprefix("JSON is malformed: ")
    return Diagnostic(
        source,
        Span(number, column),
        f"this line is not JSON: {reason}",
        "write one whole object per line, such as "
        '{"id": "ex-001", "date": "2025-05-22", "kind": "decision"}',
    )
