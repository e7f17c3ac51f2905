"""Gaps as text: each with its place, the line and a caret, why it matters, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ifthen.policy.source import Diagnostic
from ifthen.reports.page import Page
from ifthen.review.lint.lint import Linted, counts
from ifthen.review.lint.rule import Gap

_COLUMN = 9
_BY_CODE = 30


def write_gaps(page: Page, linted: Sequence[Linted]) -> None:
    """Write every gap of every policy, then how many there are."""
    for one in linted:
        for gap in one.gaps:
            _write_gap(page, gap)
    page.blank()
    for one in linted:
        page.write(f"{one.policy}: {_total(one.counts)}", tone=None if one.gaps else "good")
    together = counts(gap for one in linted for gap in one.gaps)
    for code, count in together.items():
        page.item(f"{count:>4}  {code}", "", column=_BY_CODE)


def _write_gap(page: Page, gap: Gap) -> None:
    page.blank()
    message = f"{gap.message} [{gap.rule.code}]"
    said = Diagnostic(gap.source, gap.span, message, severity=gap.severity)
    page.verbatim(said.render())
    page.item("Why:", gap.rule.why, column=_COLUMN)
    page.item("Repair:", f"{gap.repair}.", column=_COLUMN)


def _total(by_code: Mapping[str, int]) -> str:
    total = sum(by_code.values())
    return f"{total} gap{'' if total == 1 else 's'}." if total else "no gaps."
