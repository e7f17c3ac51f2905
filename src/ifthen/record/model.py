"""A record as frozen data: what happened, when, and when it became known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ifthen.dates import Instant, Precision
from ifthen.policy.source import NOWHERE, Source, Span

Confidence: TypeAlias = Literal["found", "seed", "recall"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact.

    Valid time is the interval [``earliest``, ``latest``]: a second for a datetime, a day for a
    date, longer for a coarse date.
    """

    id: str
    kind: str
    earliest: Instant
    latest: Instant
    precision: Precision
    """``second``, ``day``, or a coarser one; ``interval`` for ``earliest:``/``latest:``."""
    known: Instant
    """The last second of the day (or the second) on which the record learned it."""
    models: tuple[str, ...]
    """Empty means the organisation."""
    attributes: Mapping[str, object]
    """What else it says, checked against ``vocabulary``: words as tuples of str, numbers as
    Fraction, booleans, dates as (earliest, latest), ``findings`` and ``levels`` as mappings,
    ``values`` as a tuple of mappings, text as str."""
    order: int
    """Place in the record, from 0."""
    key: str | None = None
    confidence: Confidence = "found"
    planned: bool = False
    supersedes: str | None = None
    amends: str | None = None
    known_stated: bool = False
    """Whether ``known`` was written rather than taken from the date."""
    corrected_by: tuple[str, ...] = ()
    """Ids of the corrections already applied to it (set by ``history``)."""
    sources: tuple[Mapping[str, str], ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def coarse(self) -> bool:
        """Whether the day itself is not known."""
        return self.precision not in ("second", "day")


@dataclass(frozen=True, slots=True)
class Record:
    """Facts about one developer, with what their absence means."""

    name: str
    public: bool
    """True for a public record (``developer:``), false for a complete one (``record:``)."""
    complete: frozenset[str]
    """Kinds whose absence means that it did not happen."""
    facts: tuple[Fact, ...]
    """In record order, corrections included and not yet applied."""
    models: tuple[str, ...] | None = None
    """The strict list of models, where the record gives one."""
    policies: tuple[str, ...] = ()
    """Policy files the record brings along, relative to it."""
    source: Source | None = field(default=None, compare=False, repr=False)
