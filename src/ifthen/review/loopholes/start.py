"""How timelines begin: with a model that was assessed that day, or with none."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Call, Constant, Maintain, Policy
from ifthen.review.hidden import assessments
from ifthen.review.loopholes.calendar import BEFORE, FIRST
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.full import Full, kinds_in
from ifthen.review.loopholes.stance import Taken
from ifthen.ruling.variants import below, roots

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
        begun = BEFORE if _long(policy) else FIRST
        for assessment in assessments(policy):
            for kind, day in (("assessment_started", begun), ("assessment_completed", FIRST)):
                said: dict[str, Any] = {**full.lists(kind), "assessment": assessment}
                facts.append(Plain(kind, day, name, said, 0))
        facts += [
            Plain("threshold_decision", FIRST, name, said) for said in _findings(policy, full)
        ]
    developer = full.developer()
    if developer is not None:
        facts.insert(0, Plain("organisation", BEFORE, None, developer))
    facts = [replace(fact, attributes=full.stated(fact.kind, fact.attributes)) for fact in facts]
    taken = Taken(frozenset())
    found, verdict = complete(policy, taken, facts, FIRST, None, full)
    missing = _standards(policy, {f.clause.partition("#")[2] for f in verdict.broken})
    if start == "assessed" and missing:
        said = full.stated("standard_activated", {"standard": missing})
        found.append(Plain("standard_activated", FIRST, MODELS[0], said))
        found, _ = complete(policy, taken, found, FIRST, None, full)
    return tuple(found)


def _standards(policy: Policy, broken: Container[str]) -> list[str]:
    """Standards that have to be in place from the first day, whatever is found."""
    kept = [c.keep for c in policy.clauses if isinstance(c, Maintain) and c.common.id in broken]
    names = [
        str(node.arguments[0].value)
        for keep in kept
        for node in below(keep)
        if isinstance(node, Call)
        and node.function == "in_place"
        and isinstance(node.arguments[0], Constant)
    ]
    return list(dict.fromkeys(names))


def _long(policy: Policy) -> bool:
    """Whether a clause asks how long ago an assessment was started."""
    nodes = (node for c in policy.clauses for root in roots(c) for node in below(root))
    return any(
        isinstance(node, Call)
        and node.function == "since"
        and "assessment_started" in kinds_in(node.arguments[0])
        for node in nodes
    )


def _findings(policy: Policy, full: Full) -> list[dict[str, Any]]:
    lists = full.lists("threshold_decision")
    found: list[dict[str, Any]] = []
    if policy.thresholds:
        found.append({**lists, "findings": dict.fromkeys(policy.thresholds, "below")})
    if policy.categories:
        levels = {c.id: policy.scale[0] for c in policy.categories.values() if c.tracked}
        found += [{**lists, "levels": levels, "mitigation": m} for m in ("pre", "post")]
    return found
