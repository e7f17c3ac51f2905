"""A permission as text: the answer, what says so, and what is missing."""

from __future__ import annotations

from ifthen.dates import format_instant
from ifthen.reports.page import Page, Tone
from ifthen.reports.ruling_text import write_finding, write_policies
from ifthen.ruling.may import Answer, Permission

_TONES: dict[Answer, Tone] = {"permitted": "good", "held": "bad", "undetermined": "warn"}
_ORDER = ("held", "void", "undetermined", "open")


def write_permission(page: Page, permission: Permission, name: str) -> None:
    """Write a permission, what holds the action first."""
    page.heading(f"{name}, as of {format_instant(permission.at)}")
    write_policies(page, permission.policies, permission.at)
    page.blank()
    page.write(f"{permission.answer.upper()}. {permission.says}", tone=_TONES[permission.answer])
    if permission.missing:
        page.heading("Missing")
        asked: dict[str, list[str]] = {}
        for missing in permission.missing:
            about = f" for {missing.model}" if missing.model else ""
            step = f"/{missing.step}" if missing.step else ""
            asked.setdefault(f"{missing}{about}", []).append(f"{missing.clause}{step}")
        for what, clauses in asked.items():
            page.item("-", what, column=2)
            for clause in clauses:
                page.item("", clause, column=2)
    if permission.clauses:
        page.heading("Clauses that speak to it")
        rank = {status: number for number, status in enumerate(_ORDER)}
        column = max(len(finding.status) for finding in permission.clauses) + 2
        for finding in sorted(
            permission.clauses, key=lambda finding: rank.get(finding.status, len(rank))
        ):
            write_finding(page, finding, finding.status, column)
