"""``decide``: where a model stands against a limit, by the rule that the record keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.evidence.decide import Decision
from ifthen.evidence.decide import decide as decide_by
from ifthen.evidence.elicitation import Elicitation
from ifthen.evidence.filing.work import Outcome, Work, cleaned, versions
from ifthen.evidence.inputs import Input
from ifthen.evidence.load import Choices, load
from ifthen.evidence.plain import elicitation_as_json, rule_as_json
from ifthen.evidence.rows import Log, Subject
from ifthen.evidence.rule_file import parse_rule
from ifthen.evidence.suite import suite
from ifthen.policy.source import Source


def decide(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Decide from logs.

    Args:
        locations: the logs.
        parameters: as ``work_of`` gives them.

    Raises:
        InputError: the logs or the rule cannot be used.
        ValueError: the rule does not fit the questions.
    """
    chosen = Choices(*(parameters.get(name) for name in ("scorer", "cluster", "family")))
    rule = parse_rule(Source("rule", json.dumps(parameters["rule"], indent=1)))
    found = suite(load(locations, chosen), rule.tasks, parameters.get("model"))
    given = parameters.get("elicitation")
    elicitation = None
    if given is not None:
        elicitation = Elicitation(
            frozenset(given.get("used", ())),
            frozenset(given.get("not_applicable", ())),
            given.get("attempts"),
            given.get("budget"),
        )
    return outcome_of(decide_by(found.questions, rule, elicitation, found.left_out))


def outcome_of(decision: Decision) -> Outcome:
    """A decision as what a fact says of it."""
    whole, left_out = decision.whole, decision.left_out
    measure: dict[str, Any] = {
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
        "invalidated": left_out.invalidated or None,
        "superseded": left_out.superseded or None,
        "scored_otherwise": left_out.scored_otherwise or None,
        "method": whole.method,
    }
    measures = [measure]
    gaps = decision.gaps
    if gaps.expected:
        # A minimum that was missed is a finding of its own, whatever the scores say.
        measures.append(
            {
                "measure": "elicitation_gaps",
                "minimum": list(gaps.minimum),
                "expected": list(gaps.expected),
                "uncovered": list(gaps.uncovered),
            }
        )
    return Outcome(tuple(map(cleaned, measures)), decision.says, decision.finding)


def work_of(
    decision: Decision,
    elicitation: Elicitation | None,
    choices: Choices,
    subjects: Sequence[Subject],
    logs: Sequence[Log],
) -> Work:
    """A decision with what it takes to make it again.

    Args:
        decision: as it was made.
        elicitation: what the evaluation used.
        choices: how the logs were read.
        subjects: the tasks of one model that decided together.
        logs: theirs.
    """
    parameters = {
        "rule": rule_as_json(decision.rule) | {"task": [subject.task for subject in subjects]},
        "elicitation": elicitation_as_json(elicitation),
        "scorer": choices.scorer,
        "cluster": choices.cluster,
        "family": choices.family,
        "model": subjects[0].model,
    }
    inputs = dict.fromkeys(Input(log.location, log.digest) for log in logs)
    return Work("decide", cleaned(parameters), tuple(inputs), versions(), outcome_of(decision))
