"""Policies side by side as text: what each demands of a record, or requires in general."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ifthen.dates import format_day
from ifthen.policy.model import Policy
from ifthen.reports.document import CAVEAT
from ifthen.reports.page import Page, Tone
from ifthen.reports.ruling_text import TONES, is_open_between, moment_text, reason_of
from ifthen.review.compare import Cell, Clocks, Comparison
from ifthen.review.requirements import Requirement
from ifthen.ruling.finding import Finding, when
from ifthen.vocabulary import Family

ELEMENTS = ("threshold", "category", "standard")
"""What is no clause and so has no force of its own."""
MOST_FINDINGS = 3
"""Findings of one cell that are written out; the rest are counted."""


def write_comparison(page: Page, comparison: Comparison, *, everything: bool = False) -> None:
    """Write what each policy comes to on the record, family by family."""
    title = f"{comparison.record}, {moment_text(comparison.at, comparison.known)}"
    page.heading(title)
    _write_policies(page, comparison.policies)
    for family, cells in comparison.rows:
        page.heading(family_name(family))
        for cell in cells:
            _write_cell(page, cell, everything=everything)
    for clocks in comparison.clocks:
        _write_clocks(page, clocks)


def _write_policies(page: Page, policies: Sequence[Policy]) -> None:
    page.write(
        "Each rules the whole record, whatever was in force: what would it have demanded?",
        indent=2,
    )
    width = max((len(policy.id) for policy in policies), default=0) + 2
    for policy in policies:
        page.item(policy.id, titled(policy), column=width)
    page.write(CAVEAT, indent=2)


def titled(policy: Policy) -> str:
    """A policy's title, from when it is in effect, and whether it rests on secondary sources."""
    since = "" if policy.effective is None else f", in effect from {format_day(policy.effective)}"
    secondary = "; from secondary sources" if policy.basis == "secondary" else ""
    return f"{policy.title}{since}{secondary}"


def _write_cell(page: Page, cell: Cell, *, everything: bool) -> None:
    status = cell.status
    tone: Tone | None = None if status is None else TONES.get(status)
    page.item(cell.policy, summary(cell), column=len(cell.policy) + 2, tone=tone)
    listed = telling(cell)
    shown = listed if everything else listed[:MOST_FINDINGS]
    for finding in shown:
        page.item("-", finding.says, column=2, indent=4)
    if len(shown) < len(listed):
        page.write(f"and {len(listed) - len(shown)} more; --all shows them", indent=6)


def telling(cell: Cell) -> list[Finding]:
    """The findings worth a line of their own: all but those merely undetermined or permitted."""
    return [
        finding
        for finding in cell.findings
        if finding.status not in ("undetermined", "open", "noted") or is_open_between(finding)
    ]


def summary(cell: Cell) -> str:
    """The cell in one line: ``1 late, 3 undetermined (no day is published)``."""
    if not cell.requirements:
        return "says nothing of this kind"
    if not cell.findings:
        return "demands nothing here"
    parts = [f"{count} {status}" for status, count in cell.counts.items()]
    unknown = [finding for finding in cell.findings if finding.status == "undetermined"]
    why = f"; chiefly {chief_reason(unknown)}" if unknown else ""
    return ", ".join(parts) + why


def chief_reason(findings: Sequence[Finding]) -> str:
    """The reason that most of several undetermined findings share."""
    reasons: dict[str, int] = {}
    for finding in findings:
        reason = reason_of(finding)
        reasons[reason] = reasons.get(reason, 0) + 1
    return max(reasons, key=lambda reason: reasons[reason])


def _write_clocks(page: Page, clocks: Clocks) -> None:
    page.heading(f"Clocks started by {clocks.fact}")
    for limit in clocks.limits:
        due = when(limit.finding.outcome.due, latest=True) or "no date"
        binds = "binds: " if limit in clocks.binding else ""
        page.item(due, f"{binds}{limit.finding.clause}, {limit.finding.status}", column=22)


def write_matrix(
    page: Page,
    policies: Sequence[Policy],
    required: Sequence[Mapping[Family, Sequence[Requirement]]],
) -> None:
    """Write what each policy requires, family by family, without a record."""
    page.heading("What each policy requires")
    width = max((len(policy.id) for policy in policies), default=0) + 2
    for policy in policies:
        page.item(policy.id, titled(policy), column=width)
    page.write(CAVEAT, indent=2)
    for family in dict.fromkeys(family for table in required for family in table):
        page.heading(family_name(family))
        for policy, table in zip(policies, required, strict=True):
            listed = table[family]
            page.write(policy.id, indent=2, tone="strong" if listed else "dim")
            if not listed:
                page.write("says nothing of this kind", indent=4, tone="dim")
            for requirement in listed:
                _write_requirement(page, requirement)


def _write_requirement(page: Page, requirement: Requirement) -> None:
    label = requirement.force if requirement.kind not in ELEMENTS else requirement.kind
    page.item(label, requirement.title, column=16, indent=4)
    for line in details(requirement):
        page.item("", line, column=16, indent=4)


def details(requirement: Requirement) -> list[str]:
    """The numbers of a requirement, its clocks, and the words that leave room."""
    lines = []
    if requirement.clocks:
        lines.append("; ".join(map(str, requirement.clocks)))
    if requirement.numbers:
        lines.append("; ".join(requirement.numbers))
    for word in requirement.words:
        lines.append(f"“{word.phrase}”: {word.literal} by the words alone, {word.charitable} meant")
    for phrase in requirement.readings:
        lines.append(f"two readings of “{phrase}”")
    return lines


def family_name(family: Family) -> str:
    """``Deployment gate`` for ``deployment-gate``."""
    return family.replace("-", " ").capitalize()
