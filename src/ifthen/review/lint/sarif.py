"""Gaps in SARIF 2.1.0 (OASIS), the format in which code review shows what a tool found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ifthen.review.lint.lint import Linted
from ifthen.review.lint.rule import Gap, Rule
from ifthen.review.lint.rules import RULES

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_sarif(linted: Sequence[Linted], version: str) -> dict[str, Any]:
    """One run: every rule with its page, and every gap with its place.

    Columns count code points, from 1; a gap of the whole policy is placed where the policy is
    named.

    Args:
        linted: what lint says of each policy.
        version: of ifthen.
    """
    driver = {"name": "ifthen", "version": version, "rules": [_rule(rule) for rule in RULES]}
    results = [_result(gap) for one in linted for gap in one.gaps]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.page},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(gap: Gap) -> dict[str, Any]:
    span = gap.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endColumn": span.column + span.length,
    }
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(gap.source.name)},
            "region": region,
        },
        "logicalLocations": [{"fullyQualifiedName": gap.part}],
    }
    return {
        "ruleId": gap.rule.code,
        "ruleIndex": RULES.index(gap.rule),
        "level": gap.severity,
        "message": {"text": f"{gap.message}. Repair: {gap.repair}."},
        "locations": [location],
    }
