"""The exit that every policy has: change the text first. Reported apart from the loopholes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ifthen.dates import Day
from ifthen.policy.model import Policy
from ifthen.review.loopholes.arbiter import judge
from ifthen.review.loopholes.calendar import FIRST
from ifthen.review.loopholes.concrete import Plain, written
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.full import Full, triggers
from ifthen.review.loopholes.stance import Taken


@dataclass(frozen=True, slots=True)
class Exit:
    """A weaker text, adopted in time."""

    possible: bool
    """Whether ``rule`` finds nothing broken in it."""
    asked: tuple[str, ...]
    """The clauses that speak of a change of the policy."""
    day: Day
    facts: tuple[Plain, ...]
    broken: tuple[str, ...]
    """The clauses it breaks, where it is not possible."""

    def as_json(self) -> dict[str, Any]:
        """The exit in JSON."""
        return {
            "possible": self.possible,
            "clauses": list(self.asked),
            "published_days_before": 1,
            "broken": list(self.broken),
            "facts": written(self.facts),
        }


def amendment(policy: Policy) -> Exit:
    """Adopt another version a month after this one, announced the day before, roles as asked."""
    full, day = Full(policy), FIRST + 31
    said = full.stated("policy_amended", full.lists("policy_amended"))
    said |= {name: True for name in said if name == "change_log"}
    said["policy"] = f"{policy.family}@next"
    facts = [
        Plain("policy_adopted", FIRST, None, {"policy": policy.id}),
        Plain("policy_amended", day, None, said, None, "chosen"),
    ]
    taken = Taken(frozenset())
    found, _ = complete(policy, taken, facts, day + 1, None, full)
    verdict = judge(policy, taken, found, day + 1, None)
    broken = tuple(dict.fromkeys(f.clause.partition("#")[2] for f in verdict.broken))
    asked = tuple(
        clause.common.id for clause in policy.clauses if "policy_amended" in triggers(clause)
    )
    return Exit(not broken, asked, day, tuple(found), broken)
