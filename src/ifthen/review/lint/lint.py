"""Run the rules over policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ifthen.policy.load import parse_policy, policy_path
from ifthen.policy.model import Policy
from ifthen.policy.source import NOWHERE, Source
from ifthen.policy.yaml import read_source
from ifthen.review.lint.rule import Gap, whole
from ifthen.review.lint.rules import RULES


@dataclass(frozen=True, slots=True)
class Linted:
    """What lint says of one policy."""

    policy: str
    file: str
    gaps: tuple[Gap, ...]
    """In the order of the file."""

    @property
    def counts(self) -> dict[str, int]:
        """How many gaps by code, most first."""
        return counts(self.gaps)

    def as_json(self) -> dict[str, Any]:
        """``{"policy", "file", "counts", "gaps"}``."""
        return {
            "policy": self.policy,
            "file": self.file,
            "counts": self.counts,
            "gaps": [gap.as_json() for gap in self.gaps],
        }


def lint(policy: Policy, source: Source) -> Linted:
    """Every gap that a rule finds in a policy, in the order of its file."""
    gaps = [
        Gap(
            rule,
            found.part,
            source,
            whole(source) if found.span == NOWHERE else found.span,
            found.message,
            found.repair,
            found.severity or rule.severity,
        )
        for rule in RULES
        for found in rule.check(policy)
    ]
    gaps.sort(key=lambda gap: (gap.span.line, gap.span.column))
    return Linted(policy.id, source.name, tuple(gaps))


def lint_file(name_or_path: str | Path) -> Linted:
    """The same for a file, or for a policy of the package by its id.

    Raises:
        InputError: there is no such file or id, or the document has problems.
    """
    source = read_source(policy_path(name_or_path))
    return lint(parse_policy(source), _shown(source))


def counts(gaps: Iterable[Gap]) -> dict[str, int]:
    """How many gaps by code, most first, then in the order of the rules."""
    return dict(Counter(gap.rule.code for gap in gaps).most_common())


def _shown(source: Source) -> Source:
    """The source under a name that is the same wherever the package is installed."""
    root = Path(str(files("ifthen"))).parent
    path = Path(source.name)
    if path.is_absolute() and path.is_relative_to(root):
        return Source(path.relative_to(root).as_posix(), source.text)
    return source
