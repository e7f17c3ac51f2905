"""The same facts under several policies, clause families side by side.

Every policy rules the whole record, whatever the record says is in force: the question is what
each would have demanded. A policy is ruled on its own, so that none lends another its clocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ifthen.dates import Instant, Moment, format_moment, moment
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.review.requirements import Requirement, requirements
from ifthen.ruling.finding import STATUSES, Finding, when
from ifthen.ruling.outcome import Status
from ifthen.ruling.rule import rule
from ifthen.vocabulary import FAMILIES, Family

_RANK = {status: rank for rank, status in enumerate(STATUSES)}
SILENT: frozenset[Status] = frozenset({"dormant", "available", "lapsed"})
"""Statuses under which a policy demands nothing of the facts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One family of clauses of one policy, on the record."""

    policy: str
    family: Family
    requirements: tuple[Requirement, ...]
    findings: tuple[Finding, ...]
    """What its clauses come to, gravest first; those that demand nothing are left out."""
    silent: int
    """How many findings demand nothing."""

    @property
    def status(self) -> Status | None:
        """The gravest status; ``dormant`` where nothing is demanded, None without a clause."""
        if self.findings:
            return self.findings[0].status
        return "dormant" if self.requirements else None

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many findings have each status, gravest first."""
        return Counter(finding.status for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The cell in JSON."""
        return {
            "policy": self.policy,
            "status": self.status,
            "counts": dict(self.counts),
            "silent": self.silent,
            "requires": [requirement.as_json() for requirement in self.requirements],
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Limit:
    """What one clause sets for one triggering fact."""

    finding: Finding

    @property
    def due(self) -> Instant | None:
        """The last moment for it; None where no date is set or known."""
        interval = self.finding.outcome.due
        return None if interval is None else interval[1]

    def as_json(self) -> dict[str, Any]:
        """``{"clause", "status", "due", "says"}``."""
        return {
            "clause": self.finding.clause,
            "status": self.finding.status,
            "due": when(self.finding.outcome.due, latest=True),
            "says": self.finding.says,
        }


@dataclass(frozen=True, slots=True)
class Clocks:
    """Every clock that one fact starts, soonest first."""

    fact: str
    """The id of the fact."""
    limits: tuple[Limit, ...]

    @property
    def binding(self) -> tuple[Limit, ...]:
        """The limits that come first: whoever keeps them is in time for all."""
        first = self.limits[0].due
        return tuple(limit for limit in self.limits if first is not None and limit.due == first)

    def as_json(self) -> dict[str, Any]:
        """``{"fact", "binding", "limits"}``."""
        return {
            "fact": self.fact,
            "binding": [limit.finding.clause for limit in self.binding],
            "limits": [limit.as_json() for limit in self.limits],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several policies on one record."""

    record: str
    at: Instant
    known: Instant
    policies: tuple[Policy, ...]
    rows: tuple[tuple[Family, tuple[Cell, ...]], ...]
    """Each family with a cell per policy, in the order of ``policies``."""
    clocks: tuple[Clocks, ...]
    """Facts that start the clocks of two clauses or more, one of another policy."""

    def as_json(self) -> dict[str, Any]:
        """The comparison in the documented JSON form."""
        return {
            "record": self.record,
            "at": format_moment(self.at),
            "known": format_moment(self.known),
            "policies": [policy.id for policy in self.policies],
            "families": [
                {"family": family, "policies": [cell.as_json() for cell in cells]}
                for family, cells in self.rows
            ],
            "clocks": [clocks.as_json() for clocks in self.clocks],
        }


def compare(
    policies: Sequence[Policy],
    record: Record,
    at: Moment,
    known: Moment | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Rule a record under each of several policies, throughout, and align what they find.

    Args:
        policies: encoded policies, each ruled on its own.
        record: the facts.
        at: the moment of the rulings, as for ``rule``.
        known: as for ``rule``.
        progress: called with (policies ruled, policies in all).
    """
    now = moment(at)
    seen = now if known is None else moment(known)
    found: dict[str, list[Finding]] = {}
    for number, policy in enumerate(policies, start=1):
        ruling = rule([policy], record, now, seen, throughout=True)
        found[policy.id] = sorted(ruling.findings, key=lambda finding: _RANK[finding.status])
        if progress is not None:
            progress(number, len(policies))
    required = {policy.id: requirements(policy) for policy in policies}
    families = {policy.id: _families(policy) for policy in policies}
    rows = tuple(
        (
            family,
            tuple(
                _cell(
                    policy.id,
                    family,
                    required[policy.id][family],
                    (f for f in found[policy.id] if families[policy.id][_clause(f)] == family),
                )
                for policy in policies
            ),
        )
        for family in FAMILIES
    )
    all_found = [finding for findings in found.values() for finding in findings]
    shown = tuple(row for row in rows if any(cell.requirements for cell in row[1]))
    return Comparison(record.name, now, seen, tuple(policies), shown, tuple(_clocks(all_found)))


def _families(policy: Policy) -> dict[str, Family]:
    return {f"{policy.id}#{c.common.id}": c.common.family for c in policy.clauses}


def _clause(finding: Finding) -> str:
    """The clause that a finding is of, without its step or price."""
    policy, _, own = finding.clause.partition("#")
    return f"{policy}#{own.partition('/')[0]}"


def _cell(
    policy: str, family: Family, required: tuple[Requirement, ...], findings: Iterable[Finding]
) -> Cell:
    listed = tuple(findings)
    telling = tuple(finding for finding in listed if finding.status not in SILENT)
    return Cell(policy, family, required, telling, len(listed) - len(telling))


def _clocks(findings: Iterable[Finding]) -> Iterator[Clocks]:
    """Facts that oblige under more than one policy, each with every date that follows."""
    started: dict[str, list[Limit]] = {}
    for finding in findings:
        outcome = finding.outcome
        timed = outcome.due is not None and outcome.due != outcome.triggered
        if outcome.instance is not None and timed and finding.kind == "whenever":
            started.setdefault(outcome.instance, []).append(Limit(finding))
    for fact, limits in started.items():
        if len({limit.finding.policy for limit in limits}) > 1:
            yield Clocks(fact, tuple(sorted(limits, key=lambda limit: limit.due or 0)))
