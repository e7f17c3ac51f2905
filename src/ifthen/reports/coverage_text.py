"""Coverage as text: a line for every row, then the count."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.reports.page import Page, Tone
from ifthen.review.coverage import CaseResult, Coverage, RowCoverage, State

_LABELS: dict[State, tuple[str, Tone]] = {
    "encoded": ("encoded", "good"),
    "not_checkable": ("not checkable", "dim"),
    "missing": ("MISSING", "bad"),
}
_COLUMN = 26


def write_coverage(page: Page, coverage: Coverage, *, brief: bool = False) -> None:
    """Write how a policy answers for its rows; briefly, only what is missing and the count."""
    page.heading(coverage.policy)
    for row in coverage.rows:
        if not brief or row.state == "missing":
            _write_row(page, row)
    for result in coverage.stray:
        page.item("stray case", result.problem, column=_COLUMN, tone="bad")
        page.item("", result.case.place, column=_COLUMN)
    if coverage.needs_argument:
        page.write(
            "More than a quarter of the rows is not checkable: the policy file must say why under "
            "'argument'.",
            indent=2,
            tone="bad",
        )
    page.write(_count(coverage), indent=2)


def write_totals(page: Page, found: Sequence[Coverage]) -> None:
    """Write the count over several policies and cross-walks."""
    rows = sum(len(one.rows) for one in found)
    missing = sum(one.count("missing") for one in found)
    not_checkable = sum(one.count("not_checkable") for one in found)
    complete = sum(one.complete for one in found)
    policies = sum(map(_is_policy, found))
    walks = len(found) - policies
    counted = f"{policies} policies" + (f" and {walks} cross-walks" if walks else "")
    page.heading(
        f"{counted}, {complete} complete: {rows} rows, {missing} missing, "
        f"{not_checkable} not checkable ({not_checkable / max(1, rows):.0%})."
    )


def _count(coverage: Coverage) -> str:
    if not _is_policy(coverage):
        return (
            f"{len(coverage.rows)} elements: {coverage.count('encoded')} answered, "
            f"{coverage.count('not_checkable')} with a reason not to be, "
            f"{coverage.count('missing')} missing."
        )
    cases = sum(len(row.results) for row in coverage.rows)
    return (
        f"{len(coverage.rows)} rows: {coverage.count('encoded')} encoded, "
        f"{coverage.count('not_checkable')} not checkable "
        f"({float(coverage.share_not_checkable):.0%}), {coverage.count('missing')} missing; "
        f"{cases} cases."
    )


def _is_policy(coverage: Coverage) -> bool:
    """Whether it is the coverage of a policy rather than of a cross-walk, which has no version."""
    return "@" in coverage.policy


def _write_row(page: Page, row: RowCoverage) -> None:
    label, tone = _LABELS[row.state]
    if row.state == "encoded":
        cases = f"{len(row.results)} case{'' if len(row.results) == 1 else 's'}"
        text = f"{', '.join(row.by)} ({cases})"
    elif row.state == "not_checkable":
        text = f"{row.reason}: {row.why}"
    else:
        text = ": ".join(filter(None, (", ".join(row.by), row.why)))
    page.item(f"{row.row:<11}{label}", text, column=_COLUMN, tone=tone)
    for result in row.results:
        if not result.passed:
            _write_failure(page, result)


def _write_failure(page: Page, result: CaseResult) -> None:
    page.item("", f"{result.case.place}: {result.case.finding}", column=_COLUMN)
    page.item("", result.problem, column=_COLUMN)
