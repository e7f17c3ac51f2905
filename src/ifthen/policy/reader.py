"""Reading YAML nodes by the table of fields: the right keys, each of the right form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from ifthen.dates import parse_day
from ifthen.policy.fields import CLAUSES, Form, FormName, Shape
from ifthen.policy.model import Choice
from ifthen.policy.names import Problems
from ifthen.policy.source import InputError, Source, Span
from ifthen.policy.syntax import (
    KEYWORDS,
    parse_bound,
    parse_condition,
    parse_events,
    parse_growth,
    parse_length,
    parse_more,
)
from ifthen.policy.yaml import Mapping, Node, Scalar, Sequence, shorten

_T = TypeVar("_T")

POLICY_ID = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*@[A-Za-z0-9][A-Za-z0-9._-]*")
"""``developer/family@version``."""
ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""A name."""
ROW = re.compile(r"([A-Z][A-Z0-9]*-(?:[A-Z0-9]+-)*[A-Z]?)([0-9]+)[a-z]?")
"""A row of the facts."""
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_MOST_ROWS = 1_000


@dataclass(slots=True)
class Values:
    """What was read of one mapping: by field, the value, or None where it could not be read."""

    span: Span
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    """Where each given key stands."""

    def __contains__(self, name: str) -> bool:
        return name in self.keys

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, or ``default`` where it is missing or could not be read."""
        value = self.values.get(name)
        return default if value is None else value


@dataclass(frozen=True, slots=True)
class ReadingUse:
    """A reading node: which reading, and which options it decides."""

    reading: Scalar
    options: tuple[Scalar, ...]


class Reader:
    """Reads nodes of one source, gathering problems."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.reading_uses: list[ReadingUse] = []
        self._forms: dict[FormName, Callable[[Node, Form], Any]] = {
            "text": self._text,
            "id": self._id,
            "policy id": self._policy_id,
            "clause reference": self._clause_reference,
            "row": self._row,
            "rows": self._rows,
            "date": self._date,
            "boolean": self._boolean,
            "number": self._number,
            "whole": self._whole,
            "option": self._option,
            "condition": self._condition,
            "events": self._events,
            "length": self._length,
            "growth": lambda node, _: self._parsed(node, parse_growth, "a growth such as '>= 4x'"),
            "every": self._every,
            "more": lambda node, _: self._parsed(node, parse_more, "an amount such as '>= 3'"),
            "bound": lambda node, _: self._parsed(node, parse_bound, "a range such as 'any'"),
            "list": self._list,
            "one or list": self._one_or_list,
            "table": self._table,
            "shape": lambda node, form: self.shape(node, form.shape),
            "either": self._either,
            "clauses": self._clauses,
            "node": lambda node, _: node,
        }

    def read(self, node: Node, form: Form) -> Any:
        """The value of a node, or None where it is not of the form (and that is reported)."""
        return self._forms[form.name](node, form)

    def shape(self, node: Node, shape: Shape | None) -> Values | None:
        """The fields of a mapping, or None where the node is no mapping."""
        assert shape is not None
        if not isinstance(node, Mapping):
            self._wrong(node, f"a mapping of keys for the {shape.name}")
            return None
        result = Values(node.span)
        for key, value in node.entries:
            known = shape.get(key.text)
            if known is None:
                self._unknown_key(key, shape)
                continue
            result.keys[key.text] = key.span
            if isinstance(value, Scalar) and _is_missing(value):
                self.problems.add(
                    key.span, f"'{key.text}' is empty", "give it a value or leave it out"
                )
                continue
            if known.form.name == "option":
                what = known.name.replace("_", " ")
                result.values[key.text] = self._option(value, known.form, what)
            else:
                result.values[key.text] = self.read(value, known.form)
        self._rules(result, shape, node)
        return result

    # --- mappings ---

    def _unknown_key(self, key: Scalar, shape: Shape) -> None:
        others = [kind for kind, other in CLAUSES.items() if other.get(key.text)]
        if shape in CLAUSES.values() and others:
            message = f"a {shape.name} has no '{key.text}'"
            self.problems.add(key.span, message, f"{', '.join(others)} has it")
            return
        known = [f.name for f in shape.fields]
        self.problems.unknown(key.span, "key", key.text, known, f"in a {shape.name}")

    def _rules(self, values: Values, shape: Shape, node: Mapping) -> None:
        """Required keys and rules between keys."""
        given = values.keys
        span = node.entries[0][0].span if node.entries else node.span
        subject = f"the {shape.name}"
        for known in shape.fields:
            if known.required and known.name not in given:
                if shape.name == "term" and known.form.name == "bound":
                    message, hint = (
                        f"{subject} has no '{known.name}' range",
                        "write 'any' if it has no bound",
                    )
                else:
                    message, hint = f"{subject} lacks '{known.name}'", known.doc
                self.problems.add(span, message, hint)
        for names in shape.exactly_one:
            present = [name for name in names if name in given]
            if not present:
                self.problems.add(span, f"{subject} needs '{names[0]}' or '{names[1]}'")
            elif len(present) > 1:
                message = f"{subject} has both '{present[0]}' and '{present[1]}'"
                self.problems.add(given[present[1]], message, "give one of them")
        for names in shape.at_least_one:
            if not any(name in given for name in names):
                listed = " or ".join(f"'{name}'" for name in names)
                self.problems.add(span, f"{subject} needs {listed}")
        for name, needed in shape.needs:
            if name in given and needed not in given:
                self.problems.add(given[name], f"'{name}' makes sense only beside '{needed}'")

    def _table(self, node: Node, form: Form) -> list[tuple[Scalar, Any]] | None:
        assert form.item is not None
        if not isinstance(node, Mapping):
            self._wrong(node, "a mapping from names to values")
            return None
        result = []
        for key, value in node.entries:
            self._id(key, form)
            result.append((key, self._item(value, form.item)))
        return result

    def _clauses(self, node: Node, form: Form) -> list[tuple[str, Values]] | None:
        if not isinstance(node, Sequence):
            self._wrong(node, "a list of clauses")
            return None
        result: list[tuple[str, Values]] = []
        for item in node.items:
            if not isinstance(item, Mapping):
                self._wrong(item, "a clause")
                continue
            kind = item.get("kind")
            start = item.entries[0][0].span if item.entries else item.span
            if kind is None:
                self.problems.add(start, "the clause lacks 'kind'", f"known: {', '.join(CLAUSES)}")
            elif not isinstance(kind, Scalar):
                self._wrong(kind, "a kind of clause")
            elif kind.text not in CLAUSES:
                self.problems.unknown(kind.span, "kind of clause", kind.text, CLAUSES)
            else:
                values = self.shape(item, CLAUSES[kind.text])
                if values is not None:
                    result.append((kind.text, values))
        return result

    def _either(self, node: Node, form: Form) -> Any:
        assert form.item is not None
        if isinstance(node, Mapping) and node.get("reading") is None:
            return self.shape(node, form.shape)
        return self.read(node, form.item)

    # --- lists ---

    def _list(self, node: Node, form: Form) -> tuple[Any, ...] | None:
        assert form.item is not None
        if not isinstance(node, Sequence):
            hint = f"write [{shorten(node.text)}]" if isinstance(node, Scalar) else ""
            self._wrong(node, "a list", hint)
            return None
        read = [self._item(item, form.item) for item in node.items]
        return tuple(value for value in read if value is not None)

    def _one_or_list(self, node: Node, form: Form) -> tuple[Any, ...] | None:
        assert form.item is not None
        if isinstance(node, Sequence):
            if not node.items:
                self.problems.add(node.span, "the list is empty")
            return self._list(node, form)
        value = self._item(node, form.item)
        return None if value is None else (value,)

    def _item(self, node: Node, form: Form) -> Any:
        if isinstance(node, Scalar) and _is_missing(node):
            self.problems.add(node.span, "a value is missing here")
            return None
        return self.read(node, form)

    def _rows(self, node: Node, form: Form) -> tuple[str, ...] | None:
        """Rows with ranges written out."""
        if not isinstance(node, Sequence):
            self._wrong(node, "a list of rows")
            return None
        rows: dict[str, None] = {}
        for item in node.items:
            scalar = self._scalar(item, "a row")
            if scalar is None:
                continue
            for row in self._expanded(scalar):
                if row in rows:
                    self.problems.add(scalar.span, f"row {row} is listed twice")
                rows[row] = None
        return tuple(rows)

    def _expanded(self, scalar: Scalar) -> Iterator[str]:
        first_text, dots, last_text = scalar.text.partition("..")
        first, last = ROW.fullmatch(first_text.strip()), ROW.fullmatch(last_text.strip())
        if not dots:
            if self._row(scalar, Form("row")) is not None:
                yield scalar.text
            return
        if first is None or last is None or first[1] != last[1]:
            message = f"'{shorten(scalar.text)}' is no range of rows"
            self.problems.add(scalar.span, message, "write ANT2-01..ANT2-80")
            return
        start, stop = int(first[2][:9]), int(last[2][:9])
        if not 0 <= stop - start < _MOST_ROWS:
            message = "a range of rows runs upwards, over fewer than a thousand rows"
            self.problems.add(scalar.span, message)
            return
        for number in range(start, stop + 1):
            yield f"{first[1]}{number:0{len(first[2])}d}"

    # --- single values ---

    def _scalar(self, node: Node, what: str) -> Scalar | None:
        if isinstance(node, Scalar):
            return node
        self._wrong(node, what)
        return None

    def _wrong(self, node: Node, wanted: str, hint: str = "") -> None:
        found = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}[type(node)]
        self.problems.add(node.span, f"expected {wanted}, but this is {found}", hint)

    def _text(self, node: Node, form: Form) -> str | None:
        scalar = self._scalar(node, "a text")
        return None if scalar is None else scalar.text.strip()

    def _matching(
        self, node: Node, pattern: re.Pattern[str], what: str, hint: str
    ) -> Scalar | None:
        scalar = self._scalar(node, what)
        if scalar is None:
            return None
        if pattern.fullmatch(scalar.text) is None:
            self.problems.add(scalar.span, f"'{shorten(scalar.text)}' is not {what}", hint)
            return None
        return scalar

    def _id(self, node: Node, form: Form) -> Scalar | None:
        hint = "a name is letters, digits, '-' and '_', and starts with a letter"
        return self._matching(node, ID, "a name", hint)

    def _policy_id(self, node: Node, form: Form) -> str | None:
        hint = "write developer/family@version, as in anthropic/rsp@2.0"
        scalar = self._matching(node, POLICY_ID, "the id of a policy", hint)
        return None if scalar is None else scalar.text

    def _clause_reference(self, node: Node, form: Form) -> str | None:
        hint = "write developer/family@version#id"
        pattern = re.compile(POLICY_ID.pattern + "#" + ID.pattern)
        scalar = self._matching(node, pattern, "a clause of another version", hint)
        return None if scalar is None else scalar.text

    def _row(self, node: Node, form: Form) -> Scalar | None:
        return self._matching(node, ROW, "a row of the facts", "a row looks like ANT2-01")

    def _date(self, node: Node, form: Form) -> int | None:
        scalar = self._scalar(node, "a date")
        if scalar is None:
            return None
        try:
            return parse_day(scalar.text)
        except ValueError as error:
            self.problems.add(scalar.span, shorten(str(error), 120), "write YYYY-MM-DD")
            return None

    def _boolean(self, node: Node, form: Form) -> bool | None:
        scalar = self._scalar(node, "true or false")
        if scalar is None:
            return None
        if scalar.text not in ("true", "false"):
            self.problems.add(scalar.span, f"expected true or false, not '{shorten(scalar.text)}'")
            return None
        return scalar.text == "true"

    def _number(self, node: Node, form: Form) -> Fraction | None:
        scalar = self._matching(node, _NUMBER, "a number", "")
        return None if scalar is None else Fraction(scalar.text)

    def _whole(self, node: Node, form: Form) -> int | None:
        pattern = re.compile(r"[1-9][0-9]{0,3}")
        scalar = self._matching(node, pattern, "a whole number above zero", "")
        return None if scalar is None else int(scalar.text)

    def _option(self, node: Node, form: Form, what: str = "word") -> str | None:
        scalar = self._scalar(node, f"one of {', '.join(form.options)}")
        if scalar is None:
            return None
        if scalar.text not in form.options:
            self.problems.unknown(scalar.span, what, scalar.text, form.options)
            return None
        return scalar.text

    # --- the policy language ---

    def _parsed(self, node: Node, parse: Callable[[Source, Scalar], _T], what: str) -> _T | None:
        scalar = self._scalar(node, what)
        if scalar is None:
            return None
        try:
            return parse(self.source, scalar)
        except InputError as error:
            self.problems.take(error.diagnostics)
            return None

    def _condition(self, node: Node, form: Form) -> Any:
        if isinstance(node, Mapping):
            return self._choice(node, form)
        return self._parsed(node, parse_condition, "a condition")

    def _events(self, node: Node, form: Form) -> Any:
        if isinstance(node, Mapping):
            return self._choice(node, form)
        if isinstance(node, Scalar) and node.text in form.options:
            return node.text
        return self._parsed(node, parse_events, "events")

    def _length(self, node: Node, form: Form) -> Any:
        if isinstance(node, Mapping):
            return self._choice(node, form)
        return self._parsed(node, parse_length, "a duration or a term")

    def _every(self, node: Node, form: Form) -> Any:
        """A length of time, or how far apart: a mapping of 'min' and 'max'."""
        if isinstance(node, Mapping) and node.get("reading") is None:
            return self.shape(node, form.shape)
        return self._length(node, form)

    def _choice(self, node: Mapping, form: Form) -> Choice | None:
        """A reading node: several parses of one ambiguous text."""
        reading = node.get("reading")
        if not isinstance(reading, Scalar):
            message = "expected a text, or a mapping with 'reading' and its options"
            self.problems.add(node.span, message)
            return None
        plain = Form(form.name, shape=form.shape)
        options = [(key, value) for key, value in node.entries if key.text != "reading"]
        self.reading_uses.append(ReadingUse(reading, tuple(key for key, _ in options)))
        read = {key.text: self._item(value, plain) for key, value in options}
        if any(value is None for value in read.values()):
            return None
        return Choice(reading.text, read, node.span)


def _is_missing(scalar: Scalar) -> bool:
    if scalar.quoted:
        return not scalar.text.strip()
    return scalar.text in ("", "~", "null", "Null", "NULL")


def is_reserved(word: str) -> bool:
    """Whether a word belongs to the language and cannot name anything."""
    return word in KEYWORDS
