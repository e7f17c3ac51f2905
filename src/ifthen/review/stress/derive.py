"""From the clauses of a policy to what a future can keep of them. Nothing is written by hand.

Every clause ends in one of three places: it is simulated, it is paperwork that changes no
exposure, or it is listed as not simulated with the reason.
"""

from __future__ import annotations

from ifthen.policy.model import Cadence, Clause, Events, Forbid, Maintain, Policy, Whenever
from ifthen.review.hidden import longest_interval, mentions, target
from ifthen.review.loopholes.harms import load_harms
from ifthen.review.stress.circumstance import LOOKS
from ifthen.review.stress.holds import ages, holds_of
from ifthen.review.stress.looks import looks_of
from ifthen.review.stress.promises import Hold, Look, Margin, Promises
from ifthen.ruling.variants import below, roots
from ifthen.vocabulary import Family

_BINDING = ("commitment", "aim")
_MATTER: frozenset[Family] = frozenset(
    {"cadence", "thresholds", "deployment-gate", "training-gate", "internal-use", "security"}
)
_TRIGGERS = LOOKS | {"threshold_decision", "model_released", "training_started"}
"""Kinds that futures have."""


def derive(policy: Policy) -> Promises:
    """What a policy promises about assessments, holds and safeguards."""
    looks: list[Look] = []
    holds: list[Hold] = []
    papers: list[str] = []
    left: list[tuple[str, str]] = []
    margin = _margin(policy)
    for clause in policy.clauses:
        name = clause.common.id
        if clause.common.force not in _BINDING:
            continue
        asked, held = list(looks_of(policy, clause)), list(holds_of(policy, clause))
        looks += asked
        holds += held
        if asked or held or name == margin.clause:
            continue
        why = _why(policy, clause)
        if why is None:
            papers.append(name)
        else:
            left.append((name, why))
    if not any(one.sort == "preliminary" for one in looks):
        left += [(one.clause, "nothing leads to it") for one in looks if one.sort == "follow-up"]
        looks = [one for one in looks if one.sort != "follow-up"]
    lengths = [one for look in looks for one in (*look.every, *look.within)]
    lengths += [one for hold in holds for one in hold.grace]
    words = dict.fromkeys(one.word for one in lengths if one.word is not None)
    return Promises(
        policy.id,
        target(policy),
        tuple(looks),
        tuple(holds),
        margin,
        mentions(policy, "alert"),
        tuple(words),
        tuple(papers),
        tuple(left),
    )


def _margin(policy: Policy) -> Margin:
    stated = load_harms(policy)
    if stated.margin is not None:
        forces = {clause.common.id: clause.common.force for clause in policy.clauses}
        force = forces.get(stated.margin_clause or "")
        return Margin(float(stated.margin), stated.margin_clause, force)
    interval = longest_interval(policy)
    return Margin() if interval is None else Margin(float(interval))


def _why(policy: Policy, clause: Clause) -> str | None:
    """Why a clause that matters is not simulated; None where it is paperwork."""
    if clause.common.family not in _MATTER:
        return None
    match clause:
        case Forbid(action="store"):
            return "where weights are kept is not simulated"
        case Forbid():
            return _hold_why(policy, clause)
        case Cadence():
            return "what is done at its intervals is no look at the threshold"
        case Maintain():
            return "what it keeps does not hang on the finding"
        case Whenever(when=when) if when is not None:
            kinds = {p.kind for n in below(when) if isinstance(n, Events) for p in n.patterns}
            if not kinds & _TRIGGERS:
                return f"no future has its trigger ({', '.join(sorted(kinds))})"
    return "what it asks is no look at the threshold, no hold, and no safeguard that a hold awaits"


def _hold_why(policy: Policy, clause: Forbid) -> str:
    if ages(policy, clause):
        return "it hangs on how old the last assessment is"
    nodes = [node for root in roots(clause) for node in below(root)]
    kinds = sorted({p.kind for n in nodes if isinstance(n, Events) for p in n.patterns})
    asked = f" (it asks about {', '.join(kinds)})" if kinds else ""
    return f"no finding of a future closes it{asked}"
