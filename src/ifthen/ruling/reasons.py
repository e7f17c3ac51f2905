"""Explanations as data: what was asked, what came out, on which facts.

The evaluator returns these; the independent checker in ``ifthen.ruling.check`` confirms them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool | None


class _Below:
    """Room for what lies below a step, once it was asked for; no part of the explanation."""

    __slots__ = ("_assumes", "_facts")


@dataclass(frozen=True, slots=True)
class Because(_Below):
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
        found: tuple[str, ...] | None = getattr(self, "_facts", None)
        if found is None:
            found = _joined(self.facts, [child.all_facts() for child in self.children])
            object.__setattr__(self, "_facts", found)
        return found

    def all_assumes(self) -> tuple[str, ...]:
        """Every assumption below."""
        found: tuple[str, ...] | None = getattr(self, "_assumes", None)
        if found is None:
            found = _joined(self.assumes, [child.all_assumes() for child in self.children])
            object.__setattr__(self, "_assumes", found)
        return found

    def all_unknown(self) -> tuple[str, ...]:
        """Why this is unknown: the reasons of the steps that are unknown themselves."""
        if self.value is not None:
            return ()
        found = list(self.unknown)
        for child in self.children:
            found.extend(child.all_unknown())
        return tuple(dict.fromkeys(found))


def _joined(own: tuple[str, ...], below: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Words in order of first mention."""
    parts = [part for part in (own, *below) if part]
    if not parts:
        return ()
    if len(parts) == 1 and parts[0] is not own:
        return parts[0]
    return tuple(dict.fromkeys(chain(*parts)))


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
