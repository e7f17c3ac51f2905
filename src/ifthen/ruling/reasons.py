"""Explanations as data: what was asked, what came out, on which facts.

The evaluator returns these; the independent checker in ``ifthen.ruling.check`` confirms them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Because:
    """One step of an explanation."""

    rule: str
    """Which rule of the language was applied: ``and``, ``did``, ``status`` …"""
    text: str
    """The expression, as the policy writes it."""
    value: bool | None
    """True, false, or unknown."""
    facts: tuple[str, ...] = ()
    """Ids of the facts this step itself looked at."""
    detail: Mapping[str, Scalar] = field(default_factory=dict)
    """What was compared: values, dates, limits."""
    unknown: tuple[str, ...] = ()
    """Where the value is unknown: why, in words."""
    assumes: tuple[str, ...] = ()
    children: tuple[Because, ...] = ()

    def all_facts(self) -> tuple[str, ...]:
        """Ids of every fact below, in order of first mention."""
        return tuple(dict.fromkeys(self._walk_facts()))

    def _walk_facts(self) -> Iterable[str]:
        yield from self.facts
        for child in self.children:
            yield from child._walk_facts()

    def all_assumes(self) -> tuple[str, ...]:
        """Every assumption below."""
        found = list(self.assumes)
        for child in self.children:
            found.extend(child.all_assumes())
        return tuple(dict.fromkeys(found))

    def all_unknown(self) -> tuple[str, ...]:
        """Why this is unknown: the reasons of the steps that are unknown themselves."""
        if self.value is not None:
            return ()
        found = list(self.unknown)
        for child in self.children:
            found.extend(child.all_unknown())
        return tuple(dict.fromkeys(found))


def kleene_and(values: Iterable[bool | None]) -> bool | None:
    """Kleene conjunction."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def kleene_or(values: Iterable[bool | None]) -> bool | None:
    """Kleene disjunction."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def kleene_not(value: bool | None) -> bool | None:
    """Kleene negation."""
    return None if value is None else not value


def agree(values: Iterable[bool | None]) -> bool | None:
    """The common value, or unknown where they differ or there is none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
