"""Cases: for every encoded row of a policy, one short record that keeps it and one that breaks it.

A case file lies beside its policy, as ``NAME-VERSION.cases.yaml``; ``docs/language.md`` gives its
form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ifthen.dates import Instant, parse_moment
from ifthen.policy.fields import ROW, TEXT, Field, Form, Shape
from ifthen.policy.load import policy_path
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import InputError, Source, Span
from ifthen.policy.yaml import Mapping, Node, Scalar, Sequence, compose, read_source
from ifthen.record.load import parse_facts
from ifthen.record.model import Fact
from ifthen.ruling.outcome import Status

SUFFIX = ".cases.yaml"
Expected: TypeAlias = Status | Literal["none"]
"""The status a case expects of its finding; ``none`` where there is no finding."""
Side: TypeAlias = Literal["keeps", "breaks", "with", "without"]
Part: TypeAlias = Literal[
    "clause",
    "threshold",
    "category",
    "level",
    "standard",
    "criterion",
    "term",
    "reading",
    "role",
    "step",
]
PARTS: tuple[Part, ...] = get_args(Part)
"""What a case can take out of a policy."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One element that a case takes out of the policy."""

    part: Part
    name: str
    """Its id; ``CATEGORY/LEVEL``, ``STANDARD/ID`` of a criterion, ``CLAUSE/ID`` of a step."""

    def __str__(self) -> str:
        return f"{self.part} {self.name}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One record of a case, and what its finding must be."""

    side: Side
    facts: tuple[Fact, ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class Case:
    """Two records that differ in what a row asks, or one record ruled with and without it."""

    row: str
    finding: str
    """``clause``, ``clause/step`` or ``clause/price``."""
    at: Instant
    trials: tuple[Trial, Trial]
    source: Source = field(repr=False)
    span: Span
    without: Removal | None = None
    instance: str | None = None
    """Id of the triggering fact whose finding is meant."""
    model: str | None = None
    inherited: bool = False
    """Whether it was taken over from the cases of another version."""

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.source.name}:{self.span.line}"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one policy."""

    policy: str
    cases: tuple[Case, ...]


_EXPECTED = Form("option", options=(*get_args(Status), "none"))
_NODE = Form("node")
_STATUS = Shape(
    "status of a case",
    "What the finding must be in each record.",
    tuple(Field(side, _EXPECTED, "The status of the finding.") for side in get_args(Side)),
    exactly_one=(("keeps", "with"), ("breaks", "without")),
)
_CASE = Shape(
    "case",
    "Two records that differ in what a row asks.",
    (
        Field("row", ROW, "The row of the facts.", required=True),
        Field("finding", TEXT, "clause, clause/step or clause/price.", required=True),
        Field("at", TEXT, "The date of the ruling.", required=True),
        Field("given", _NODE, "Facts of both records."),
        Field("keeps", _NODE, "Further facts of the record that keeps the row."),
        Field("breaks", _NODE, "Further facts of the record that breaks it."),
        Field("without", TEXT, "The element without which the finding changes."),
        Field("instance", TEXT, "Id of the triggering fact whose finding is meant."),
        Field("model", TEXT, "The model whose finding is meant."),
        Field("status", Form("shape", shape=_STATUS), "The status in each record.", required=True),
    ),
    exactly_one=(("keeps", "without"),),
    needs=(("keeps", "breaks"), ("breaks", "keeps")),
)
_FILE = Shape(
    "file of cases",
    "The cases of one policy.",
    (
        Field("policy", Form("policy id"), "The policy: developer/family@version.", required=True),
        Field("extends", TEXT, "Another file whose cases are taken over."),
        Field("rename", Form("table", TEXT), "Words replaced in the cases taken over."),
        Field("cases", _NODE, "The cases.", required=True),
    ),
    needs=(("rename", "extends"),),
)


def cases_of(name_or_path: str | Path) -> tuple[Case, ...]:
    """The cases of a policy: by the policy's id, its file, or the file of the cases.

    Raises:
        InputError: there are none, or they have problems: every one of them, each with its place.
    """
    path = Path(name_or_path)
    if not path.name.endswith(SUFFIX):
        path = cases_path(policy_path(name_or_path))
    return load_cases(path).cases


def cases_path(policy: Path) -> Path:
    """Where the cases of a policy file lie."""
    return policy.with_name(policy.stem + SUFFIX)


def load_cases(path: Path) -> CaseFile:
    """A file of cases, those it takes over included.

    Raises:
        InputError: the file or one it extends has problems.
    """
    policy, raws = _gather(path, ())
    builder = _Builder()
    cases = [case for raw in raws if (case := builder.build(raw)) is not None]
    found = [problem for problems in builder.problems.values() for problem in problems.sorted()]
    if found:
        raise InputError(found)
    return CaseFile(policy, tuple(cases))


@dataclass(frozen=True, slots=True)
class _Raw:
    """A case as it is written."""

    node: Node
    source: Source
    inherited: bool


def _gather(path: Path, extending: tuple[Path, ...]) -> tuple[str, list[_Raw]]:
    """The policy that a file of cases is for, and its cases, those it takes over first."""
    source = read_source(path)
    problems = Problems(source)
    document = Reader(source, problems).shape(compose(source), _FILE)
    if document is None or problems:
        raise InputError(problems.sorted())
    own = [_Raw(node, source, False) for node in _items(document.get("cases"), "cases", problems)]
    taken: list[_Raw] = []
    if "extends" in document:
        if path.resolve() in extending:
            problems.add(document.keys["extends"], "these files of cases extend each other")
        else:
            _, base = _gather(path.parent / document.get("extends"), (*extending, path.resolve()))
            words = {key.text: text for key, text in document.get("rename", [])}
            renamed = [_Raw(_rename(raw.node, words), raw.source, True) for raw in base]
            given = {_row(raw.node) for raw in own}
            taken = [raw for raw in renamed if _row(raw.node) not in given]
    if problems:
        raise InputError(problems.sorted())
    return document.get("policy", ""), taken + own


def _items(node: Node | None, name: str, problems: Problems) -> tuple[Node, ...]:
    if node is None:
        return ()
    if isinstance(node, Sequence):
        return node.items
    problems.add(node.span, f"'{name}' must be a list")
    return ()


def _row(node: Node) -> str | None:
    row = node.get("row") if isinstance(node, Mapping) else None
    return row.text if isinstance(row, Scalar) else None


def _rename(node: Node, words: MappingType[str, str]) -> Node:
    """A node in which every whole word of ``words`` is replaced."""
    if not words:
        return node
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])")

    def scalar(old: Scalar) -> Scalar:
        return replace(old, text=pattern.sub(lambda match: words[match.group()], old.text))

    def walk(old: Node) -> Node:
        if isinstance(old, Scalar):
            return scalar(old)
        if isinstance(old, Sequence):
            return replace(old, items=tuple(walk(item) for item in old.items))
        return replace(old, entries=tuple((scalar(key), walk(v)) for key, v in old.entries))

    return walk(node)


class _Builder:
    """Builds cases from what was read, gathering problems by source."""

    def __init__(self) -> None:
        self.problems: dict[str, Problems] = {}

    def build(self, raw: _Raw) -> Case | None:
        """A case, or None where something is wrong with it (and that is reported)."""
        problems = self.problems.setdefault(raw.source.name, Problems(raw.source))
        values = Reader(raw.source, problems).shape(raw.node, _CASE)
        if values is None or any(values.values.get(name) is None for name in values.keys):
            return None
        at = self._at(values, problems)
        without = self._without(values, problems)
        trials = self._trials(raw.source, values, without is not None, problems)
        if at is None or trials is None or not {"row", "finding"} <= values.keys.keys():
            return None
        return Case(
            values.get("row").text,
            values.get("finding"),
            at,
            trials,
            raw.source,
            values.keys["row"],
            without,
            values.get("instance"),
            values.get("model"),
            raw.inherited,
        )

    def _at(self, values: Values, problems: Problems) -> Instant | None:
        if "at" not in values:
            return None
        try:
            return parse_moment(values.get("at"))[1]
        except ValueError as error:
            problems.add(values.keys["at"], str(error), "write YYYY-MM-DD")
            return None

    def _without(self, values: Values, problems: Problems) -> Removal | None:
        if "without" not in values:
            return None
        word, _, name = values.get("without").partition(" ")
        for part in PARTS:
            if word == part and name.strip():
                return Removal(part, name.strip())
        problems.unknown(values.keys["without"], "part of a policy", word, PARTS)
        return None

    def _trials(
        self, source: Source, values: Values, removing: bool, problems: Problems
    ) -> tuple[Trial, Trial] | None:
        status: Values | None = values.get("status")
        if status is None:
            return None
        sides: tuple[Side, Side] = ("with", "without") if removing else ("keeps", "breaks")
        for side in sides:
            if side not in status:
                problems.add(values.keys["status"], f"the status lacks '{side}'")
        given = _items(values.get("given"), "given", problems)
        trials = []
        for side in sides:
            more = () if removing else _items(values.get(side), side, problems)
            try:
                facts = parse_facts(source, (*given, *more))
            except InputError as error:
                problems.take(error.diagnostics)
                continue
            if status.get(side) is not None:
                trials.append(Trial(side, facts, status.get(side)))
        return (trials[0], trials[1]) if len(trials) == 2 else None
