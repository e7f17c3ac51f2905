"""A developer's own acknowledgement of noncompliance.

It settles what the days alone would leave undetermined, never turns a breach into less, and the
explanation given with it never changes a status.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from ifthen.dates import SECONDS_PER_DAY, Instant
from ifthen.policy.model import Cadence, Clause, Policy, Power, Whenever, Within
from ifthen.record.model import Fact
from ifthen.ruling.finding import Finding, lateness_text
from ifthen.ruling.judge import Subject
from ifthen.ruling.order import closing, precedes
from ifthen.ruling.outcome import Outcome, Status, with_force
from ifthen.ruling.timeline import Timeline

ASSUMES = "the developer's own acknowledgement"
DAYS_LATE = "days_late"


def acknowledged(
    findings: Iterable[Finding], timeline: Timeline, policies: Mapping[str, Policy], at: Instant
) -> list[Finding]:
    """The findings, with every acknowledgement visible at ``at`` applied."""
    result = list(findings)
    for fact in timeline.facts("noncompliance_acknowledged", None):
        if precedes(fact, closing(at)).before and fact.confidence != "recall":
            for policy in policies.values():
                if fact.attributes.get("policy") in (None, policy.id):
                    _apply(result, fact, policy)
    return result


def _clauses(fact: Fact, policy: Policy) -> tuple[list[Clause], str]:
    """The clauses an acknowledgement is about, and the row it names where it names no clause."""
    about = fact.attributes.get("about")
    names = about if isinstance(about, tuple) else ()
    named = [
        clause
        for clause in policy.clauses
        if not {clause.common.id, f"{policy.id}#{clause.common.id}"}.isdisjoint(names)
    ]
    if named:
        return named, ""
    rows = [row for row in names if any(row in c.common.encodes for c in policy.clauses)]
    late = _days_late(fact) is not None
    return [
        clause
        for clause in policy.clauses
        if not set(rows).isdisjoint(clause.common.encodes) and (_counts_days(clause) or not late)
    ], ", ".join(rows)


def _days_late(fact: Fact) -> Fraction | None:
    values = fact.attributes.get("values")
    for value in values if isinstance(values, tuple) else ():
        if value.get("measure") == DAYS_LATE and isinstance(value.get("value"), Fraction):
            return Fraction(value["value"])
    return None


def _counts_days(clause: Clause) -> bool:
    """Whether a clause can be late by days: it has a clock of its own."""
    if isinstance(clause, Cadence):
        return clause.every is not None
    duty = clause.duty if isinstance(clause, Whenever) else None
    duty = clause.price if isinstance(clause, Power) else duty
    return duty is not None and any(isinstance(limit, Within) for limit in duty.deadlines)


def _apply(findings: list[Finding], fact: Fact, policy: Policy) -> None:
    clauses, row = _clauses(fact, policy)
    open_ = {clause.common.id: _open(findings, fact, policy, clause) for clause in clauses}
    open_ = {name: places for name, places in open_.items() if places}
    if len(open_) > 1 and row:
        doubt = f"{fact.id} acknowledges noncompliance with {row}, which several clauses encode"
        for places in open_.values():
            for place in places:
                found = findings[place]
                findings[place] = replace(found, unknown=_with(found.unknown, doubt))
        return
    for places in open_.values():
        _settle(findings, fact, places)


def _open(findings: list[Finding], fact: Fact, policy: Policy, clause: Clause) -> list[int]:
    """Places of the findings of a clause that the days alone leave undetermined."""
    reference = f"{policy.id}#{clause.common.id}"
    return [
        index
        for index, finding in enumerate(findings)
        if finding.clause == reference
        and finding.status == "undetermined"
        and (not fact.models or finding.subject.model in fact.models)
    ]


def _settle(findings: list[Finding], fact: Fact, places: list[int]) -> None:
    late = _days_late(fact)
    if len(places) == 1:
        findings[places[0]] = _settled(findings[places[0]], fact, late)
        return
    subjects = {findings[place].subject for place in places}
    subject = subjects.pop() if len(subjects) == 1 else Subject()
    begun = [place for place in places if _begun_by(findings[place], fact)]
    last = findings[(begun or places)[-1]]
    general = replace(last, subject=subject, readings=(), words=())
    blank = Outcome(fact.id, "undetermined", facts=())
    findings.append(_settled(replace(general, outcome=blank), fact, late))


def _begun_by(finding: Finding, fact: Fact) -> bool:
    """Whether what an acknowledgement speaks of may be this: it had arisen by then."""
    when = finding.outcome.triggered
    return when is not None and when[0] <= fact.latest


def _settled(finding: Finding, fact: Fact, late: Fraction | None) -> Finding:
    seconds = None if late is None else int(late * SECONDS_PER_DAY)
    status: Status = "breached" if late is None else "late"
    outcome = with_force(
        replace(
            finding.outcome,
            status=status,
            late_seconds=seconds,
            instance=fact.id if finding.outcome.instance is None else finding.outcome.instance,
            facts=_with(finding.outcome.facts, fact.id),
        ),
        finding.force,
    )
    amount = f" by {lateness_text(seconds)}" if seconds is not None else ""
    why = "; ".join(finding.unknown[:2])
    says = (
        f"{finding.title}: {outcome.status}{amount}, by the developer's own acknowledgement "
        f"({fact.id}); the days alone leave it open" + (f": {why}." if why else ".")
    )
    return replace(
        finding,
        outcome=outcome,
        status=outcome.status,
        assumes=_with(finding.assumes, ASSUMES),
        says=says,
    )


def _with(items: Sequence[str], item: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*items, item)))
