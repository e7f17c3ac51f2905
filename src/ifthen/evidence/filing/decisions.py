"""``decide``: where a model stands against a red line, by the rule that the record keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.evidence.decide import Decision
from ifthen.evidence.decide import decide as decide_by
from ifthen.evidence.elicitation import Elicitation
from ifthen.evidence.filing.work import Outcome, cleaned
from ifthen.evidence.load import Choices, load
from ifthen.evidence.plain import elicitation_as_json, rule_as_json
from ifthen.evidence.rule import Rule
from ifthen.evidence.rule_file import parse_rule
from ifthen.evidence.suite import suite
from ifthen.policy.source import Source


def decide(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Decide from logs.

    Args:
        locations: the logs.
        parameters: as ``parameters_of`` gives them.

    Raises:
        InputError: the logs or the rule cannot be used.
        ValueError: the rule does not fit the questions.
    """
    chosen = Choices(*(parameters.get(name) for name in ("scorer", "cluster", "family")))
    rule = parse_rule(Source("rule", json.dumps(parameters["rule"], indent=1)))
    questions, _ = suite(load(locations, chosen), rule.tasks, parameters.get("model"))
    given = parameters.get("elicitation")
    elicitation = None
    if given is not None:
        elicitation = Elicitation(
            frozenset(given.get("used", ())),
            frozenset(given.get("not_applicable", ())),
            given.get("attempts"),
            given.get("budget"),
        )
    return outcome_of(decide_by(questions, rule, elicitation))


def outcome_of(decision: Decision) -> Outcome:
    """A decision as what a fact says of it."""
    whole = decision.whole
    measure = {
        "measure": "rate",
        "unit": "fraction",
        "value": whole.low if whole.low == whole.high else None,
        "low": whole.low,
        "high": whole.high,
        "lower_bound": whole.lower,
        "upper_bound": whole.upper,
        "upper_bound_with_margin": whole.moved,
        "confidence": decision.rule.confidence,
        "limit": decision.rule.limit,
        "n": whole.questions,
        "missing": whole.missing,
        "method": whole.method,
    }
    return Outcome((cleaned(measure),), decision.says, decision.finding)


def parameters_of(
    rule: Rule, elicitation: Elicitation | None, choices: Choices, model: str | None
) -> dict[str, Any]:
    """The parameters with which ``decide`` makes the same decision again."""
    written = rule_as_json(rule)
    written["task"] = written.pop("tasks") or None
    margin = written["margin"]
    if not margin["why"]:
        written["margin"] = None
    found: dict[str, Any] = cleaned(
        {
            "rule": written,
            "elicitation": elicitation_as_json(elicitation),
            "scorer": choices.scorer,
            "cluster": choices.cluster,
            "family": choices.family,
            "model": model,
        }
    )
    return found
