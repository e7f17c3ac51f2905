"""Whether a failure would be seen: what reaches outsiders while it happens, and 90 days after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ifthen.dates import Day, day_of
from ifthen.policy.model import Policy
from ifthen.review.loopholes.concrete import Plain, spoken
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.stance import Taken

if TYPE_CHECKING:
    from ifthen.review.loopholes.search import Witness

AFTER = 90
"""Days after the last one shown in which something may still be owed to outsiders."""
OUTWARD = frozenset(
    {
        "published",
        "system_card_published",
        "transparency_report",
        "risk_report",
        "government_notice",
        "incident_reported",
        "noncompliance_acknowledged",
    }
)
"""Kinds of fact that reach somebody outside."""


def owed(
    policy: Policy, taken: Taken, facts: Sequence[Plain], end: Day, full: Full
) -> tuple[Plain, ...]:
    """What the policy has a developer tell outsiders in the 90 days after a timeline.

    The developer does its paperwork and nothing else: what goes on is not followed further.
    """
    found, _ = complete(policy, taken, facts, end + AFTER, None, full)
    return tuple(fact for fact in found if fact.kind in OUTWARD and fact.day > end)


def told(witness: Witness) -> tuple[Plain, ...]:
    """What reaches outsiders from the day the harm begins to the last day shown."""
    begins, happens = harm_days(witness)
    start = happens if witness.verdict.harm and witness.verdict.harm.kind == "cadence" else begins
    return tuple(f for f in witness.facts if f.kind in OUTWARD and f.day >= start)


def silent(witness: Witness) -> bool:
    """Whether nothing reaches outsiders while the harm happens, nor is owed them soon after."""
    return not told(witness) and not witness.owed


def harm_days(witness: Witness) -> tuple[Day, Day]:
    """When the clock of the harm begins to run, and the day from which the harm has happened."""
    finding = witness.verdict.harm
    assert finding is not None
    outcome = finding.outcome
    first = witness.end if outcome.triggered is None else day_of(outcome.triggered[0])
    return first, witness.end if outcome.due is None else day_of(outcome.due[1])


def seen(witness: Witness) -> str:
    """The same in words."""
    now, later = told(witness), witness.owed
    if silent(witness):
        return (
            "silent: nothing reaches outsiders while it happens, and nothing falls due to them in "
            f"the {AFTER} days after {spoken(witness.end)}"
        )
    parts = []
    if now:
        parts.append(f"outsiders see {_list(now)}, none of which states the harm")
    if later:
        parts.append(f"in the {AFTER} days after, there falls due to them {_list(later)}")
    return "; ".join(parts)


def _list(facts: Iterable[Plain]) -> str:
    names = []
    for fact in facts:
        what = fact.attributes.get("what")
        name = fact.kind.replace("_", " ") + (f" ({what})" if what and what != "other" else "")
        names.append(f"{name} on {spoken(fact.day)}")
    return ", ".join(dict.fromkeys(names))
