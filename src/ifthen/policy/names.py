"""The names a policy gives to its own things, and how an unknown one is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ifthen.policy.model import Expression
from ifthen.policy.source import Diagnostic, Source, Span, did_you_mean
from ifthen.policy.yaml import shorten
from ifthen.vocabulary import ACTIONS, KINDS

TermType: TypeAlias = Literal["duration", "factor", "level", "rung", "judgement"]
"""What a term stands for; a ``rung`` is a level of the policy's scale."""
Subject: TypeAlias = Literal["organisation", "model", "standard", "any"]

ROLE_ATTRIBUTES = frozenset({"by", "approved_by", "proposed_by", "consulted"})
"""Attributes of facts whose words are roles of the policy."""


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a condition of one policy may refer to."""

    terms: Mapping[str, TermType] = field(default_factory=dict)
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Reading to its options."""
    thresholds: Mapping[str, str] = field(default_factory=dict)
    """Threshold or alias of one, to its id."""
    scale: tuple[str, ...] = ()
    """Levels of risk, lowest first."""
    categories: Mapping[str, str] = field(default_factory=dict)
    """Category or alias of one, to its id."""
    standards: Mapping[str, str] = field(default_factory=dict)
    """Standard or alias of one, to its id."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()
    definitions: Mapping[str, Expression | None] = field(default_factory=dict)
    """Definition to its unresolved expression; None where that could not be read."""
    hidden: bool = False
    """Whether it may ask for what nobody sees, as the harms of a study do."""

    def what_is(self, word: str) -> str:
        """What a word names, with its article, or the empty string: ``a threshold``."""
        if word in KINDS:
            return "an event"
        for known, what in (
            (self.thresholds, "a threshold"),
            (self.categories, "a category"),
            (self.scale, "a level"),
            (self.standards, "a standard"),
            (self.groups, "a group of standards"),
            (self.roles, "a role"),
            (self.readings, "a reading"),
            (self.procedures, "a procedure"),
            (ACTIONS, "an action"),
        ):
            if word in known:
                return what
        return ""


ANY_EVENT = ("any event",)
"""Stands for a trigger of unknown kind, where a definition is checked on its own."""


@dataclass(frozen=True, slots=True)
class Context:
    """What ``this`` means where an expression stands."""

    subject: Subject = "organisation"
    """What the clause is for; ``any`` where a definition is checked on its own."""
    trigger: tuple[str, ...] | None = None
    """Kinds of the triggering fact; None where nothing triggers."""
    where: str = "this"
    """The clause, for messages."""


class Problems:
    """Diagnostics gathered for one source, each reported once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: dict[tuple[Span, str], Diagnostic] = {}

    def add(self, span: Span, message: str, hint: str = "") -> None:
        """Report something wrong."""
        self._found.setdefault((span, message), Diagnostic(self.source, span, message, hint))

    def take(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take over diagnostics made elsewhere."""
        for diagnostic in diagnostics:
            self._found.setdefault((diagnostic.span, diagnostic.message), diagnostic)

    def unknown(
        self, span: Span, what: str, word: str, known: Iterable[str], where: str = ""
    ) -> None:
        """Report an unknown name, with the nearest known one or the short list of them all."""
        choices = sorted(set(known))
        word = shorten(word)
        hint = did_you_mean(word, choices)
        if not hint and 0 < len(choices) <= 12:
            hint = f"known: {', '.join(choices)}"
        self.add(span, f"unknown {what} '{word}' {where}".rstrip(), hint)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Every diagnostic, by place."""
        found = self._found.values()
        return tuple(sorted(found, key=lambda d: (d.span.line, d.span.column, d.message)))

    def __bool__(self) -> bool:
        return bool(self._found)
