"""How timelines begin: with a model that was assessed that day, or with none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Policy
from ifthen.review.loopholes.calendar import BEFORE, FIRST
from ifthen.review.loopholes.concrete import MODELS, Full, Plain
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.findings import assessments
from ifthen.review.loopholes.stance import Taken

Start: TypeAlias = Literal["assessed", "nothing"]
SAYS: dict[Start, str] = {
    "assessed": "at the start one model is in training and was assessed and found below that day",
    "nothing": "at the start there is no model",
}


def beginning(policy: Policy, start: Start, full: Full) -> tuple[Plain, ...]:
    """The facts of the first day: what a developer who keeps every promise has on file."""
    if start == "nothing":
        facts = [Plain("policy_adopted", FIRST, None, {"policy": policy.id})]
    else:
        name = MODELS[0]
        facts = [
            Plain("training_started", BEFORE, name, full.lists("training_started"), 0),
            Plain("policy_adopted", FIRST, None, {"policy": policy.id}),
        ]
        for assessment in assessments(policy):
            for kind in ("assessment_started", "assessment_completed"):
                said: dict[str, Any] = {**full.lists(kind), "assessment": assessment}
                facts.append(Plain(kind, FIRST, name, said, 0))
        facts += [
            Plain("threshold_decision", FIRST, name, said) for said in _findings(policy, full)
        ]
    facts = [replace(fact, attributes=full.stated(fact.kind, fact.attributes)) for fact in facts]
    found, _ = complete(policy, Taken(frozenset()), facts, FIRST, None, full)
    return tuple(found)


def _findings(policy: Policy, full: Full) -> list[dict[str, Any]]:
    lists = full.lists("threshold_decision")
    found: list[dict[str, Any]] = []
    if policy.thresholds:
        found.append({**lists, "findings": dict.fromkeys(policy.thresholds, "below")})
    if policy.categories:
        levels = {c.id: policy.scale[0] for c in policy.categories.values() if c.tracked}
        found += [{**lists, "levels": levels, "mitigation": m} for m in ("pre", "post")]
    return found
