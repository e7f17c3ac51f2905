"""YAML as nodes with places, every scalar kept as the text that was written.

The reader uses PyYAML only for its events, so no scalar ever turns into a boolean, a date or a
number behind the author's back: ``on``, ``no`` and ``2025-01-31`` stay text until a schema reads
them. Anchors, aliases, tags and several documents in a file are refused, since a policy and a
record are read by people from top to bottom.

Usage::

    source = read_source("rsp-2.0.yaml")     # InputError: missing, a folder, not UTF-8
    node = compose(source)                   # InputError: every problem of the YAML itself
    if isinstance(node, Mapping):
        for key, value in node.entries: ...  # key is a Scalar, value any Node
        value = node.get("title")            # or None
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, Span

MAX_LINE = 1_000_000
"""Longest line that is read, in characters."""
MAX_DEPTH = 64
"""Deepest nesting of lists and mappings that is read."""

Style: TypeAlias = Literal["plain", "single", "double", "literal", "folded"]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STYLES: dict[str | None, Style] = {
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OTHER_BREAKS = {0x85: " ", 0x2028: " ", 0x2029: " "}
"""Characters that YAML 1.1 counts as line breaks and no editor does."""
_MOST_REPORTED = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as the text that was written, quotes and escapes resolved."""

    text: str
    quoted: bool
    """Whether it is anything but plain; an empty plain scalar is a missing value."""
    span: Span
    """Where it starts, the opening quote or block mark included."""
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; keys are unique."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, name: str) -> Node | None:
        """The value under a key, or None where the mapping lacks it."""
        for key, value in self.entries:
            if key.text == name:
                return value
        return None


Node: TypeAlias = Scalar | Sequence | Mapping


def read_source(path: str | Path) -> Source:
    """The text of a file, named by its path as given.

    Raises:
        InputError: the file is missing, is a folder, cannot be read or is not UTF-8.

    """
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise _unreadable(name, "there is no such file") from None
    except IsADirectoryError:
        raise _unreadable(name, "this is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise _unreadable(name, f"the file cannot be read: {reason}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        shown = Source(name, data.decode("utf-8-sig", "replace"))
        span = Span(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise InputError(
            [
                Diagnostic(
                    shown,
                    span,
                    f"this is not UTF-8 text: byte 0x{data[error.start]:02x}",
                    "save the file as UTF-8",
                )
            ]
        ) from None
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def compose(source: Source) -> Node:
    """The one YAML document of a source, as nodes.

    Raises:
        InputError: every problem of the YAML itself: broken syntax, duplicate keys, tabs as
            indentation, anchors, aliases, tags, several documents, an empty text, over-long lines.

    """
    problems = list(_unfit_text(source))
    if problems:
        raise InputError(problems)
    builder = _Builder(source)
    node = builder.build()
    if builder.problems:
        problems = sorted(builder.problems, key=lambda d: (d.span.line, d.span.column))
        raise InputError(problems[:_MOST_REPORTED])
    assert node is not None
    return node


def _unreadable(name: str, message: str) -> InputError:
    return InputError([Diagnostic(Source(name, ""), NOWHERE, message)])


def _unfit_text(source: Source) -> Iterator[Diagnostic]:
    """Reasons for which the text is not even parsed."""
    if not source.text.strip():
        yield Diagnostic(source, Span(1, 1), "the file is empty")
        return
    for number, line in enumerate(source.text.split("\n"), 1):
        if len(line) > MAX_LINE:
            yield Diagnostic(
                source,
                Span(number, 1),
                f"line {number} has {len(line)} characters; at most {MAX_LINE} are read",
                "break the line up",
            )
    for found, match in enumerate(_UNPRINTABLE.finditer(source.text)):
        if found == _MOST_REPORTED:
            return
        before = source.text.count("\n", 0, match.start())
        column = match.start() - source.text.rfind("\n", 0, match.start())
        code = ord(match.group())
        yield Diagnostic(
            source,
            Span(before + 1, column),
            f"the control character U+{code:04X} is not allowed in a text file",
        )


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end is not read yet."""

    is_mapping: bool
    span: Span
    items: list[Node]
    """For a mapping, the values of ``keys``."""
    keys: list[Scalar]
    pending: Scalar | None
    """The key whose value comes next."""
    seen: dict[str, Span]


class _Builder:
    """Turns parser events into nodes, without recursion, collecting problems."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self._stack: list[_Open] = []
        self._root: Node | None = None

    def build(self) -> Node | None:
        """The document, or None where a problem kept it from being read."""
        text = self.source.text.translate(_OTHER_BREAKS)
        documents = 0
        try:
            loader = _LOADER(text)
            try:
                while (event := loader.get_event()) is not None:
                    if isinstance(event, yaml.DocumentStartEvent):
                        documents += 1
                        if documents > 1:
                            message = "a file holds one document; here starts another"
                            self._problem(_start(event), message)
                            return self._root
                    elif not self._take(event):
                        return None
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            self._broken(error)
        except (yaml.YAMLError, RecursionError) as error:
            self._problem(Span(1, 1), f"this is not valid YAML: {error}")
        if self._root is None and not self.problems:
            self._problem(Span(1, 1), "the file is empty: it holds nothing but comments")
        return self._root

    def _problem(self, span: Span, message: str, hint: str = "") -> None:
        self.problems.append(Diagnostic(self.source, span, message, hint))

    def _take(self, event: Any) -> bool:
        """Take one event; False where reading cannot go on."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                self._refuse_extras(event)
            style = _STYLES.get(event.style, "plain")
            self._add(Scalar(event.value, style != "plain", _span(event), style))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._refuse_extras(event)
            if len(self._stack) >= MAX_DEPTH:
                message = f"lists and keys are nested more than {MAX_DEPTH} deep"
                self._problem(_start(event), message)
                return False
            is_mapping = kind is yaml.MappingStartEvent
            self._stack.append(_Open(is_mapping, _start(event), [], [], None, {}))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = self._stack.pop()
            if done.is_mapping:
                self._add(Mapping(tuple(zip(done.keys, done.items, strict=True)), done.span))
            else:
                self._add(Sequence(tuple(done.items), done.span))
        elif kind is yaml.AliasEvent:
            message = f"aliases such as '*{event.anchor}' are not used here"
            self._problem(_span(event), message, _WRITE_OUT)
            self._add(Scalar("", False, _span(event)))
        return True

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._problem(
                _start(event), f"anchors such as '&{event.anchor}' are not used here", _WRITE_OUT
            )
        if event.tag is not None and event.tag != "!":
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(_start(event), f"tags such as '{tag}' are not used here", "leave it out")

    def _add(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.pending is None:
            if not isinstance(node, Scalar):
                self._problem(node.span, "a key must be a word, not a list or a mapping")
                node = Scalar("", True, node.span)
            top.pending = node
        else:
            key, top.pending = top.pending, None
            first = top.seen.get(key.text)
            if first is None:
                top.seen[key.text] = key.span
                top.keys.append(key)
                top.items.append(node)
            else:
                self._problem(
                    key.span,
                    f"the key '{shorten(key.text)}' is given twice",
                    f"it is first given on line {first.line}",
                )

    def _broken(self, error: yaml.MarkedYAMLError) -> None:
        """Report what stopped the parser, in plain words."""
        tabs = list(self._tabs())
        if tabs and self._is_about_tabs(error):
            self.problems.extend(tabs[:_MOST_REPORTED])
            return
        problem, context = error.problem or "", error.context or ""
        mark = error.problem_mark or error.context_mark
        span = Span(mark.line + 1, mark.column + 1) if mark else Span(1, 1)
        opened = error.context_mark
        for wanted, in_context, message, hint, at_opening in _EXPLAINED:
            if wanted in problem and in_context in context:
                if at_opening and opened is not None:
                    span = Span(opened.line + 1, opened.column + 1)
                text = self.source.line(span.line)
                character = text[span.column - 1 : span.column]
                self._problem(span, message.replace("{character}", character), hint)
                return
        self._problem(span, f"this is not valid YAML: {problem or context}")

    def _tabs(self) -> Iterator[Diagnostic]:
        for number, line in enumerate(self.source.text.split("\n"), 1):
            indent = line[: len(line) - len(line.lstrip())]
            if "\t" in indent and line.strip():
                yield Diagnostic(
                    self.source,
                    Span(number, indent.index("\t") + 1),
                    "a tab is used as indentation",
                    "use spaces",
                )

    def _is_about_tabs(self, error: yaml.MarkedYAMLError) -> bool:
        mark = error.problem_mark
        if mark is None:
            return False
        line = self.source.line(mark.line + 1)
        return (
            "\t" in line[: len(line) - len(line.lstrip())]
            or line[mark.column : mark.column + 1] == "\t"
        )


_QUOTE_ITEMS = "put a value that holds brackets or commas in quotes"
_WRITE_OUT = "write the value out where it is meant"

_EXPLAINED: tuple[tuple[str, str, str, str, bool], ...] = (
    (
        "mapping values are not allowed",
        "",
        "': ' stands where no new key may start",
        "put a text that holds ': ' in quotes",
        False,
    ),
    ("unexpected end of stream", "quoted", "this quote is never closed", "", True),
    ("document indicator", "quoted", "this quote is never closed", "", True),
    ("expected ',' or ']'", "", "this list is not closed: expected ',' or ']'", _QUOTE_ITEMS, True),
    (
        "expected ',' or '}'",
        "",
        "this mapping is not closed: expected ',' or '}'",
        _QUOTE_ITEMS,
        True,
    ),
    (
        "expected key",
        "",
        "expected a key here",
        "check the indentation and the quotes above",
        False,
    ),
    (
        "<block end>",
        "mapping",
        "expected a key here",
        "check the indentation and the quotes above",
        False,
    ),
    (
        "'-' indicator",
        "",
        "expected '-' for the next item of the list",
        "check the indentation",
        False,
    ),
    (
        "<block end>",
        "collection",
        "expected '-' for the next item of the list",
        "check the indentation",
        False,
    ),
    ("expected ':'", "", "expected ':' after this key", "", True),
    (
        "cannot start any token",
        "",
        "a value cannot start with '{character}'",
        "put it in quotes",
        False,
    ),
    (
        "escape character",
        "",
        "unknown escape in double quotes",
        "use single quotes, or write \\\\ for \\",
        False,
    ),
    (
        "expected comment or line break",
        "block scalar",
        "a value that starts with '>' or '|' is a block of text",
        "put it in quotes",
        True,
    ),
    ("block sequence entries", "", "a list starts on the line after its key", "", False),
    ("alias", "", "aliases are not used here", _WRITE_OUT, False),
)
"""Parser problem, its context, our message, our hint, and whether to point at what was opened."""


def shorten(text: str, most: int = 60) -> str:
    """A text fit to stand in a message: one line, cut off after ``most`` characters."""
    line = " ".join(text[: 2 * most].split())
    return line if len(line) <= most and len(text) <= 2 * most else line[: most - 1] + "…"


def _start(event: Any) -> Span:
    return Span(event.start_mark.line + 1, event.start_mark.column + 1)


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Span(start.line + 1, start.column + 1, max(1, length))
