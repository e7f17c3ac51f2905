"""Policies side by side as one self-contained page, on a record or on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ifthen.dates import format_instant
from ifthen.policy.model import Policy
from ifthen.reports.compare_text import (
    ELEMENTS,
    chief_reason,
    details,
    family_name,
    summary,
    telling,
    titled,
)
from ifthen.reports.digest import version
from ifthen.reports.document import CAVEAT, document
from ifthen.reports.entries import status_chip
from ifthen.reports.markup import NOTHING, Html, anchor, join, plural, tag
from ifthen.review.compare import Cell, Clocks, Comparison
from ifthen.review.requirements import Requirement
from ifthen.ruling.finding import Finding, when
from ifthen.vocabulary import Family

MOST_FINDINGS = 6
"""Findings of one cell that are shown before the reader unfolds the rest."""
_STYLES = ("style.css", "compare.css")


def write_comparison_page(comparison: Comparison) -> str:
    """What each policy comes to on one record, as a whole HTML document."""
    at = format_instant(comparison.at)
    known = (
        ""
        if comparison.known == comparison.at
        else (f", as known on {format_instant(comparison.known)}")
    )
    ruled = plural(len(comparison.policies), "policy", "policies")
    lead = (
        f"The same facts as of {at}{known}, ruled under {ruled}. "
        "Each rules the whole record, whatever was in force: what would it have demanded?"
    )
    tables = (_family(family, cells) for family, cells in comparison.rows)
    body = join(
        (
            _header("Policies side by side, on one record", comparison.record, lead),
            tag(
                "main",
                _policies(comparison.policies),
                tag("h2", "At a glance", id="glance"),
                _glance(comparison),
                *tables,
                _clocks(comparison.clocks),
            ),
        )
    )
    title = f"{comparison.record}: {len(comparison.policies)} policies, {at}"
    return document(title, body, skip=("#glance", "Skip to the table"), styles=_STYLES)


def write_matrix_page(
    policies: Sequence[Policy], required: Sequence[Mapping[Family, Sequence[Requirement]]]
) -> str:
    """What each policy requires, family by family, as a whole HTML document."""
    lead = (
        "What each asks, how strongly, with its numbers and the words that leave room. "
        "In our own words, with section numbers; the text itself decides."
    )
    families = list(dict.fromkeys(family for table in required for family in table))
    sections = [
        tag(
            "section",
            tag("h2", family_name(family)),
            _table(
                ("Policy", "What it requires"),
                (
                    (version(policy.id), _requirements(table[family]))
                    for policy, table in zip(policies, required, strict=True)
                ),
            ),
            id=family,
            class_="family-table",
        )
        for family in families
    ]
    body = join(
        (
            _header("What frontier safety policies require", "Policies side by side", lead),
            tag("main", _policies(policies), _contents(families), *sections),
        )
    )
    return document("Policies side by side", body, skip=("#contents", "Skip"), styles=_STYLES)


def _header(eyebrow: str, title: str, lead: str) -> Html:
    return tag(
        "header",
        tag("p", eyebrow, class_="eyebrow"),
        tag("h1", title),
        tag("p", lead, class_="lead"),
    )


def _policies(policies: Iterable[Policy]) -> Html:
    items = (
        tag(
            "li",
            tag("b", version(policy.id)),
            f" {titled(policy)} ",
            tag("span", policy.id, class_="id"),
        )
        for policy in policies
    )
    return join((tag("ul", *items, class_="compared"), tag("p", CAVEAT, class_="caveat")))


def _contents(families: Iterable[Family]) -> Html:
    links = (tag("li", anchor(family, family_name(family))) for family in families)
    return tag("ul", *links, class_="chips", id="contents")


def _glance(comparison: Comparison) -> Html:
    head = tag(
        "tr",
        tag("th", tag("span", "Family", class_="unseen"), scope="col"),
        *(tag("th", version(policy.id), scope="col") for policy in comparison.policies),
    )
    rows = (
        tag(
            "tr",
            tag("th", anchor(family, family_name(family)), scope="row"),
            *(tag("td", _mark(cell)) for cell in cells),
        )
        for family, cells in comparison.rows
    )
    return tag(
        "div",
        tag("table", tag("thead", head), tag("tbody", *rows), class_="glance"),
        class_="scroll",
    )


def _mark(cell: Cell) -> Html:
    if cell.status is None:
        return tag("span", "nothing of this kind", class_="none")
    if not cell.findings:
        return tag("span", "nothing demanded", class_="none")
    worst, *others = cell.counts
    rest = ", ".join(f"{cell.counts[status]:,} {status}" for status in others)
    chip = status_chip(worst, f"{cell.counts[worst]:,}")
    return join((chip, tag("span", rest, class_="rest"))) if rest else chip


def _family(family: Family, cells: Sequence[Cell]) -> Html:
    rows = ((version(cell.policy), join((_found(cell), _asks(cell)))) for cell in cells)
    return tag(
        "section",
        tag("h2", family_name(family)),
        _table(("Policy", "On this record"), rows),
        id=family,
        class_="family-table",
    )


def _table(head: Sequence[str], rows: Iterable[tuple[str, Html]]) -> Html:
    first = tag("tr", *(tag("th", name, scope="col") for name in head))
    lines = (tag("tr", tag("th", name, scope="row"), tag("td", cell)) for name, cell in rows)
    return tag("table", tag("thead", first), tag("tbody", *lines), class_="sides")


def _found(cell: Cell) -> Html:
    if not cell.findings:
        return tag("p", summary(cell).capitalize() + ".", class_="none")
    lines = [_finding(finding) for finding in telling(cell)]
    unknown = [finding for finding in cell.findings if finding.status == "undetermined"]
    counts = join((status_chip(status, f"{count:,}") for status, count in cell.counts.items()), " ")
    why = tag("p", f"Chiefly: {chief_reason(unknown)}.", class_="lead") if unknown else NOTHING
    shown = tag("ul", *lines[:MOST_FINDINGS], class_="said-list") if lines else NOTHING
    rest = lines[MOST_FINDINGS:]
    more = (
        tag("details", tag("summary", f"{len(rest)} more"), tag("ul", *rest, class_="said-list"))
        if rest
        else NOTHING
    )
    return join((tag("p", counts), why, shown, more))


def _finding(finding: Finding) -> Html:
    return tag("li", finding.says, " ", tag("span", finding.section, class_="where"))


def _asks(cell: Cell) -> Html:
    if not cell.requirements:
        return NOTHING
    count = plural(len(cell.requirements), "clause")
    return tag(
        "details", tag("summary", f"What it requires: {count}"), _requirements(cell.requirements)
    )


def _requirements(requirements: Sequence[Requirement]) -> Html:
    if not requirements:
        return tag("p", "Says nothing of this kind.", class_="none")
    return tag("ul", *map(_requirement, requirements), class_="required")


def _requirement(requirement: Requirement) -> Html:
    lines = (tag("span", line, class_="detail") for line in details(requirement))
    label = requirement.force if requirement.kind not in ELEMENTS else requirement.kind
    return tag(
        "li",
        tag("span", label, class_=f"force f-{label}"),
        " ",
        requirement.title,
        " ",
        tag("span", requirement.section, class_="where"),
        *lines,
    )


def _clocks(started: Sequence[Clocks]) -> Html:
    if not started:
        return NOTHING
    return tag(
        "section",
        tag("h2", "One event, several clocks"),
        tag(
            "p",
            "Each counts from its own event. The first to end binds: who keeps it keeps all.",
            class_="lead",
        ),
        *_clock_tables(started),
        id="clocks",
        class_="family-table",
    )


def _clock_tables(started: Sequence[Clocks]) -> Iterator[Html]:
    for clocks in started:
        rows = (
            (
                when(limit.finding.outcome.due, latest=True) or "no date",
                join(
                    (
                        status_chip(limit.finding.status),
                        tag("b", " binds ") if limit in clocks.binding else " ",
                        f"{version(limit.finding.policy)}: {limit.finding.title} ",
                        tag("span", limit.finding.clause, class_="id"),
                    )
                ),
            )
            for limit in clocks.limits
        )
        yield tag("h3", clocks.fact)
        yield _table(("Due", "Under"), rows)
