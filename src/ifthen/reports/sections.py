"""The parts of the page below the timeline: findings, acknowledgements, changes, facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ifthen.dates import Instant, format_instant
from ifthen.record.model import Fact
from ifthen.reports.digest import (
    KEPT,
    QUIET,
    Digest,
    Entry,
    Facts,
    Reason,
    all_facts,
    begins,
    version,
)
from ifthen.reports.entries import Entries, status_chip
from ifthen.reports.explain import day_text, fact_details, fact_link, fact_says, prose, sources
from ifthen.reports.markup import NOTHING, Html, anchor, join, plural, tag
from ifthen.ruling.acknowledge import ASSUMES
from ifthen.ruling.finding import FAULTS, Finding
from ifthen.ruling.replay import Change

MOST_EXPLAINED = 300
"""Findings that kept their promise and unfold into their explanation; more are only listed."""
MOST_USES = 8
"""Findings listed with a fact that they rest on; the rest are counted."""

_ATTENTION = FAULTS | {"held", "missed", "met", "void", "counts"}
"""Statuses whose changes are listed one by one; the others are counted."""


def sections(digest: Digest, entries: Entries, notices: Html) -> Html:
    """Every finding, in sections; ``notices`` come after what is pending."""
    quiet = tag("ul", *(entries.line(entry) for entry in digest.quiet), class_="quiet")
    unknown = sum(reason.count for reason in digest.undetermined)
    no_fault = "The record shows no fault." + (
        f" That is no clean bill: {plural(unknown, 'finding')} cannot be determined."
        if unknown
        else ""
    )
    parts = [
        _section("faults", "Faults", "", digest.faults, entries, empty=no_fault),
        _section(
            "held",
            "Held",
            "What may not begin, or not go on, as things stand.",
            digest.held,
            entries,
        ),
        _section(
            "missed",
            "Missed aims",
            "The text says that it aims, intends or expects; a missed aim is no breach.",
            digest.missed,
            entries,
        ),
        _section(
            "pending", "Pending", "Asked, and not yet due, or never due.", digest.pending, entries
        ),
        notices,
        _undetermined(digest.undetermined, entries),
        _section("kept", "Kept and permitted", "", digest.kept, entries, folded=True),
        _frame(
            "quiet",
            "Nothing asked",
            "Never set off, ended first, or not used.",
            quiet,
            _count(digest.quiet),
            folded=True,
        )
        if digest.quiet
        else NOTHING,
    ]
    return join(parts)


def place_of(finding: Finding) -> str:
    """The id of the section a status belongs to."""
    status = finding.status
    if status in FAULTS:
        return "faults"
    if status in KEPT:
        return "kept"
    return "quiet" if status in QUIET else status


def _count(entries: Iterable[Entry]) -> int:
    return sum(len(entry.members) for entry in entries)


def _section(
    identifier: str,
    title: str,
    lead: str,
    entries: Sequence[Entry],
    write: Entries,
    *,
    empty: str = "",
    folded: bool = False,
) -> Html:
    if not entries and not empty:
        return NOTHING
    if not entries:
        body = tag("p", empty, class_="empty")
    elif folded and len(entries) > MOST_EXPLAINED:
        body = tag("ul", *(write.line(entry) for entry in entries), class_="quiet")
        lead = "Too many to explain each on this page: ifthen why explains any one."
    else:
        body = join(write.unfolding(entry) for entry in entries)
    return _frame(identifier, title, lead, body, _count(entries), folded=folded)


def _frame(identifier: str, title: str, lead: str, body: Html, count: int, *, folded: bool) -> Html:
    heading = tag("h3", title, " ", tag("span", f"{count:,}", class_="number", data_total=count))
    text = tag("p", lead, class_="lead") if lead else NOTHING
    inside = (
        tag("details", tag("summary", heading), text, body, class_="fold")
        if folded
        else join((heading, text, body))
    )
    return tag("section", inside, id=identifier, class_="group")


def _undetermined(reasons: Sequence[Reason], write: Entries) -> Html:
    if not reasons:
        return NOTHING
    total = sum(reason.count for reason in reasons)
    groups = (
        tag(
            "details",
            tag(
                "summary",
                tag("span", f"{reason.count:,}", class_="number", data_total=reason.count),
                " ",
                tag("span", prose(reason.says), class_="reason-text"),
            ),
            *(write.unfolding(entry) for entry in reason.entries),
            class_="reason",
        )
        for reason in reasons
    )
    lead = "Left open by what is not known; none is a fault. By chief reason, commonest first."
    return _frame("undetermined", "Undetermined", lead, join(groups), total, folded=False)


def acknowledgements(
    facts: Facts,
    findings: Sequence[Finding],
    ids: Mapping[tuple[str, object, str], str],
    encoded: Iterable[str],
) -> Html:
    """What the developer itself said it did not keep, and what the ruling makes of it."""
    own = [fact for fact in facts.visible if fact.kind == "noncompliance_acknowledged"]
    if not own:
        return NOTHING
    ruled = set(encoded)
    items = []
    for fact in own:
        resting = [f for f in findings if fact.id in f.outcome.facts and ASSUMES in f.assumes]
        policy = fact.attributes.get("policy")
        if resting:
            after: object = join(
                (join((status_chip(f.status), " ", anchor(ids[f.key], f.title))) for f in resting),
                "; ",
            )
        elif isinstance(policy, str) and policy not in ruled:
            after = f"{policy} is not encoded, so no finding rests on it."
        else:
            after = "It settles no finding."
        items.append(
            tag(
                "li",
                tag("span", day_text(fact), class_="date"),
                " ",
                tag("span", fact_says(fact), class_="said"),
                " ",
                fact_link(fact.id, facts),
                tag("span", after, class_="after"),
            )
        )
    body = tag("ul", *items, class_="acknowledged")
    lead = "Noncompliance the developer has acknowledged. It never turns a breach into less."
    return tag(
        "section",
        tag("h3", "Acknowledged by the developer ", tag("span", len(own), class_="number")),
        tag("p", lead, class_="lead"),
        body,
        id="acknowledged",
        class_="group unfiltered",
    )


def unfolding(changes: Sequence[Change], ids: Mapping[tuple[str, object, str], str]) -> Html:
    """Every change of status, day by day, as it was known on that day."""
    if not changes:
        return NOTHING
    days: dict[Instant, list[Change]] = {}
    for change in changes:
        days.setdefault(change.at, []).append(change)
    rows = (
        tag("li", tag("span", format_instant(at), class_="date"), tag("div", *_day(day, ids)))
        for at, day in days.items()
    )
    summary = tag(
        "summary",
        tag("h2", "Day by day"),
        " ",
        tag(
            "span",
            plural(len(changes), "change"),
            " of status, as known on each day",
            class_="lead",
        ),
    )
    return tag(
        "details", summary, tag("ol", *rows, class_="days"), id="changes", class_="fold wide"
    )


def _is_told(change: Change) -> bool:
    return change.was in _ATTENTION or change.finding.status in _ATTENTION


def _day(changes: Sequence[Change], ids: Mapping[tuple[str, object, str], str]) -> Iterator[Html]:
    told = [change for change in changes if _is_told(change)]
    for change in told:
        finding = change.finding
        place = ids.get(finding.key)
        whom = "" if finding.subject.model is None else f" ({finding.subject.model})"
        name = f"{finding.title}{whom}, {version(finding.policy)}"
        yield tag(
            "p",
            status_chip(finding.status, f"was {change.was}" if change.was else ""),
            " ",
            name if place is None else anchor(place, name),
        )
    others = Counter((c.was, c.finding.status) for c in changes if not _is_told(c))
    if others:
        listed = (
            f"{count:,} {f'{was} → ' if was else 'new: '}{status}"
            for (was, status), count in others.most_common()
        )
        yield tag("p", "; ".join(listed), class_="others")


def record_section(
    facts: Facts, findings: Iterable[Finding], ids: Mapping[tuple[str, object, str], str]
) -> Html:
    """Every fact of the record, with its sources and the findings that rest on it."""
    uses: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status not in QUIET:
            found = {
                fact.id for name in all_facts(finding) if (fact := facts.find(name)) is not None
            }
            for identifier in found:
                uses.setdefault(identifier, []).append(finding)
    ordered = sorted(facts.visible, key=lambda fact: (fact.earliest, fact.order))
    items = (_fact(fact, facts, uses.get(fact.id, ()), ids) for fact in ordered)
    summary = tag(
        "summary",
        tag("h2", "The record"),
        " ",
        tag("span", plural(len(ordered), "fact"), ", each with its sources", class_="lead"),
    )
    return tag(
        "details", summary, tag("ol", *items, class_="record"), id="record", class_="fold wide"
    )


def _fact(
    fact: Fact, facts: Facts, uses: Sequence[Finding], ids: Mapping[tuple[str, object, str], str]
) -> Html:
    distinct = {(finding.clause, finding.status): finding for finding in reversed(uses)}
    ranked = sorted(distinct.values(), key=lambda f: (f.status not in FAULTS, begins(f), f.clause))
    links = [
        join((status_chip(f.status), " ", anchor(ids[f.key], f"{f.title}, {version(f.policy)}")))
        for f in ranked[:MOST_USES]
    ]
    if len(ranked) > MOST_USES:
        links.append(tag("span", f"and {len(ranked) - MOST_USES} more"))
    used = tag("div", "Findings: ", join(links, "; "), class_="uses") if links else NOTHING
    details = (tag("span", tag("b", f"{name}: "), value) for name, value in fact_details(fact))
    return tag(
        "li",
        tag("span", day_text(fact), class_="date"),
        tag(
            "div",
            tag("span", fact_says(fact), class_="said"),
            " ",
            tag("span", fact.id, class_="id"),
            tag("div", join(details, " · "), class_="detail"),
            sources(fact),
            used,
        ),
        id=facts.place(fact),
    )
