"""The ruling has the last word: what ``rule`` says of a timeline, its words taken as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ifthen.dates import Day, end_of
from ifthen.policy.model import Forbid, Policy, Power
from ifthen.review.loopholes.concrete import Plain, record_of
from ifthen.review.loopholes.harms import PREFIX, Harm
from ifthen.review.loopholes.stance import Taken
from ifthen.ruling.finding import FAULTS, Finding
from ifthen.ruling.rule import rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a timeline comes to."""

    broken: tuple[Finding, ...]
    """Findings of commitments that are not kept, or cannot be told."""
    harm: Finding | None
    """The harm, where it has happened."""

    @property
    def confirmed(self) -> bool:
        """Whether nothing is broken and the harm has happened."""
        return not self.broken and self.harm is not None


def judge(
    policy: Policy, taken: Taken, facts: Sequence[Plain], end: Day, harm: Harm | None
) -> Verdict:
    """Rule a timeline under a policy, its words, parses and aims taken as they were."""
    asked = taken.policy(policy)
    if harm is not None:
        asked = replace(asked, clauses=(*asked.clauses, harm.clause))
    ruling = rule([asked], record_of(facts), end_of(end))
    kinds = {clause.common.id: clause for clause in asked.clauses}
    broken, happened = [], None
    for finding in ruling.findings:
        own = finding.clause.partition("#")[2]
        if own.startswith(PREFIX):
            if finding.status in FAULTS:
                happened = happened or finding
        elif _broken(finding, own, taken, isinstance(kinds[own.partition("/")[0]], Forbid | Power)):
            broken.append(finding)
    return Verdict(tuple(broken), happened)


def _broken(finding: Finding, own: str, taken: Taken, standing: bool) -> bool:
    """Whether a finding is a fault, or open, under the parses taken."""
    outcomes = [finding.outcome.status] if not finding.readings else []
    for reading in finding.readings:
        if all(
            taken.parses.get(name, option) == option for name, option in reading.readings.items()
        ):
            outcomes.append(reading.outcome.status)
    if finding.readings and not outcomes:
        return False
    stands = standing and finding.outcome.key == "now"
    faulty = any(status in FAULTS or status == "missed" for status in outcomes)
    open_ = not stands and "undetermined" in outcomes
    return (faulty or open_) and (finding.force != "aim" or taken.aims(own))
