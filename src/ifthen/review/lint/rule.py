"""What a lint rule is, and what it finds: gaps, each at a place in the policy's file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Policy
from ifthen.policy.source import NOWHERE, Diagnostic, Source, Span

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Gravest first. Error: no record can break the promise, or only by its words' good will; warning:
whether it was kept can be disputed, or rests on one person; note: worth a look. The words are
SARIF's levels."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule finds in one part of a policy."""

    part: str
    """Which part: ``clause preliminary``, ``term routinely``, ``policy``."""
    span: Span
    """Where; ``NOWHERE`` for the policy as a whole."""
    message: str
    """What is wrong, in one line."""
    repair: str
    """What to write instead."""
    severity: Severity | None = None
    """Where it differs from that of the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a policy should not leave open."""

    code: str
    """Its name, also of its file and its page: ``unbounded-trigger``."""
    severity: Severity
    why: str
    """Why it matters, in one sentence."""
    page: str
    """The page that ``--explain`` prints; its first line is the title."""
    check: Callable[[Policy], Iterator[Found]]

    @property
    def title(self) -> str:
        """The rule in a few words."""
        return self.page.partition("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a policy leaves room, by one rule."""

    rule: Rule
    part: str
    source: Source
    span: Span
    message: str
    repair: str
    severity: Severity

    @property
    def place(self) -> str:
        """``file:line:column``."""
        return Diagnostic(self.source, self.span, "").place

    def as_json(self) -> dict[str, Any]:
        """The gap in JSON."""
        return {
            "code": self.rule.code,
            "severity": self.severity,
            "part": self.part,
            "file": self.source.name,
            "line": self.span.line,
            "column": self.span.column,
            "length": self.span.length,
            "message": self.message,
            "why": self.rule.why,
            "repair": self.repair,
        }


def whole(source: Source) -> Span:
    """Where the policy gives its own name: the place of what concerns all of it."""
    for number in range(1, source.last_line + 1):
        if source.line(number).startswith("policy:"):
            return Span(number, 1, len(source.line(number)))
    return NOWHERE
