"""The parts of a policy that a diff follows from one version to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ifthen.policy.model import (
    Category,
    Clause,
    Criterion,
    Level,
    NotCheckable,
    Policy,
    Reading,
    Role,
    Standard,
    Term,
    Threshold,
)

Part: TypeAlias = Literal[
    "clause",
    "threshold",
    "category",
    "level",
    "standard",
    "criterion",
    "row",
    "term",
    "reading",
    "role",
]
PROMISES: tuple[Part, ...] = (
    "clause",
    "threshold",
    "category",
    "level",
    "standard",
    "criterion",
    "row",
)
"""Parts that promise something by themselves; the others are what these speak of."""

Value: TypeAlias = (
    Clause
    | Threshold
    | Category
    | Level
    | Standard
    | Criterion
    | NotCheckable
    | Term
    | Reading
    | Role
)


@dataclass(frozen=True, slots=True)
class Element:
    """One part of a policy."""

    part: Part
    id: str
    """Its id; ``STANDARD/ID`` of a criterion, ``CATEGORY/LEVEL`` of a level, a row of the facts."""
    title: str
    source: str
    rows: tuple[str, ...]
    """The rows of the facts that it answers for."""
    about: str
    """The family of a clause or standard, the type of a term; empty for others."""
    continues: str | None
    value: Value

    @property
    def name(self) -> str:
        """``clause deploy-gate``."""
        return f"{self.part} {self.id}"


def elements(policy: Policy) -> tuple[Element, ...]:
    """Every part of a policy, in the order of its document.

    Of the rows that the policy lists as not checkable, those that promise something no record could
    show (``inside``, ``no-test``) are parts too.
    """
    return tuple(_elements(policy))


def _elements(policy: Policy) -> Iterator[Element]:
    for threshold in policy.thresholds.values():
        yield _of("threshold", threshold.id, threshold.title, threshold)
    for category in policy.categories.values():
        yield _of("category", category.id, category.title, category)
        for level in category.levels.values():
            yield _of("level", f"{category.id}/{level.id}", level.text, level)
    for standard in policy.standards.values():
        yield _of("standard", standard.id, standard.title, standard, standard.family)
        for criterion in standard.criteria:
            yield _of("criterion", f"{standard.id}/{criterion.id}", criterion.text, criterion)
    for clause in policy.clauses:
        common = clause.common
        yield Element(
            "clause",
            common.id,
            common.title,
            common.source,
            common.encodes,
            common.family,
            common.continues,
            clause,
        )
    for entry in policy.not_checkable:
        if entry.reason in ("inside", "no-test"):
            yield Element("row", entry.row, entry.why, "", (entry.row,), "", None, entry)
    for term in policy.terms.values():
        yield _of("term", term.id, term.phrase, term, term.type)
    for reading in policy.readings.values():
        yield _of("reading", reading.id, reading.phrase, reading)
    for role in policy.roles.values():
        yield Element("role", role.id, role.title, "", role.encodes, "", None, role)


def _of(
    part: Part,
    id: str,
    title: str,
    value: Threshold | Category | Level | Standard | Criterion | Term | Reading,
    about: str = "",
) -> Element:
    continues = value.continues if isinstance(value, Threshold | Category) else None
    return Element(part, id, title, value.source, value.encodes, about, continues, value)
