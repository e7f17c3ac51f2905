"""A decision as plain data, for JSON and for filing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ifthen.evidence.decide import Decision
from ifthen.evidence.elicitation import NO_MARGIN, Elicitation
from ifthen.evidence.rule import Rule


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """Everything about a decision, as plain data."""
    return {
        "finding": decision.finding,
        "by_scores": decision.by_scores,
        "rule": rule_as_json(decision.rule),
        "whole": decision.whole.as_json(),
        "families": [estimate.as_json() for estimate in decision.families],
        "left_out": asdict(decision.left_out),
        "elicitation": elicitation_as_json(decision.elicitation),
        "gaps": {name: list(value) for name, value in asdict(decision.gaps).items()},
        "others": dict(decision.others),
        "needed": decision.needed,
        "level": decision.level,
        "says": decision.says,
    }


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """A rule as a rule file has it: without what is None, ``rule_file`` reads the same rule."""
    looks, margin = rule.looks, rule.margin
    return {
        "task": list(rule.tasks) or None,
        "threshold": rule.threshold,
        "source": rule.source,
        "limit": rule.limit,
        "alert": rule.alert,
        "confidence": rule.confidence,
        "scoring": str(rule.scoring),
        "success": rule.scoring.success,
        "questions": rule.questions,
        "families": None if rule.families is None else str(rule.families),
        "looks": None
        if looks is None
        else {}
        if looks.planned is None
        else {"planned": list(looks.planned), "shape": looks.shape},
        "elicitation": {
            "minimum": sorted(rule.asked.minimum),
            "expected": sorted(rule.asked.expected),
            "attempts": rule.asked.attempts,
            "budget": rule.asked.budget,
        },
        "margin": None
        if margin == NO_MARGIN
        else asdict(margin) | {"covers": sorted(margin.covers)},
    }


def elicitation_as_json(elicitation: Elicitation | None) -> dict[str, Any] | None:
    """What an evaluation used."""
    if elicitation is None:
        return None
    return {
        "used": sorted(elicitation.used),
        "not_applicable": sorted(elicitation.not_applicable),
        "attempts": elicitation.attempts,
        "budget": elicitation.budget,
    }
