"""Cases: for every encoded row of a policy, one short record that keeps it and one that breaks it.

A case file lies beside its policy, as ``NAME-VERSION.cases.yaml``; ``docs/language.md`` gives its
form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence as SequenceType
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ifthen.dates import Instant, parse_moment
from ifthen.policy.fields import ID, ROW, TEXT, Field, Form, Shape
from ifthen.policy.load import policy_path
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import Mapping, Node, Scalar, Sequence, compose, read_source
from ifthen.record.load import parse_facts
from ifthen.record.model import Fact
from ifthen.ruling.outcome import Status

SUFFIX = ".cases.yaml"
Expected: TypeAlias = Status | Literal["none"]
"""The status a case expects of its finding; ``none`` where there is no finding."""
Side: TypeAlias = Literal["keeps", "breaks", "with", "without"]
Part: TypeAlias = Literal[
    "clause", "threshold", "standard", "criterion", "term", "reading", "role", "step"
]
PARTS: tuple[Part, ...] = get_args(Part)
"""What a case can take out of a policy."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One element that a case takes out of the policy."""

    part: Part
    name: str
    """Its id; ``STANDARD/ID`` for a criterion, ``CLAUSE/ID`` for a step."""

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
    source: Source
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
    tuple(
        Field(side, _EXPECTED, "The status of the finding.") for side in get_args(Side)
    ),
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
        Field(
            "status", Form("shape", shape=_STATUS), "The status in each record.", required=True
        ),
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
    return _load(path, ())


def _load(path: Path, extending: tuple[Path, ...]) -> CaseFile:
    source = read_source(path)
    problems = Problems(source)
    reader = Reader(source, problems)
    document = reader.shape(compose(source), _FILE)
    if document is None:
        raise InputError(problems.sorted())
    items = _items(document.get("cases"), "cases", problems)
    builder = _Builder(source, problems, reader)
    cases = [case for item in items if (case := builder.build(item)) is not None]
    if "extends" in document and not problems:
        base = path.parent / document.get("extends")
        if path.resolve() in extending:
            problems.add(document.keys["extends"], "these files of cases extend each other")
        else:
            renamed = {key.text: text for key, text in document.get("rename", [])}
            own = {case.row for case in cases}
            taken = _taken_over(base, renamed, (*extending, path.resolve()))
            cases = [case for case in taken if case.row not in own] + cases
    if problems:
        raise InputError(problems.sorted())
    return CaseFile(document.get("policy", ""), tuple(cases))
