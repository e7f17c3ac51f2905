"""A replay as one self-contained page: a timeline above, every finding below.

The page loads nothing from anywhere. Without JavaScript everything but the filters works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ifthen.dates import format_instant
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.reports.digest import Facts, digest, version
from ifthen.reports.document import CAVEAT, document, resource
from ifthen.reports.entries import Entries, Index
from ifthen.reports.lanes import chart
from ifthen.reports.markup import NOTHING, Html, anchor, join, plural, tag
from ifthen.reports.sections import (
    acknowledgements,
    place_of,
    record_section,
    sections,
    unfolding,
)
from ifthen.reports.timeline import draw
from ifthen.ruling.finding import FAULTS, STATUSES, Finding, InForce, Ruling
from ifthen.ruling.outcome import Status
from ifthen.ruling.replay import Replay
from ifthen.vocabulary import FORCES


def write_page(replay: Replay, record: Record, policies: Sequence[Policy]) -> str:
    """The page, as a whole HTML document.

    Args:
        replay: the history of a ruling, and the ruling at its end.
        record: the record that was ruled.
        policies: the policies it was ruled under, for their sources.
    """
    ruling = replay.ruling
    facts = Facts(record, ruling)
    sorted_ = digest(ruling, facts)
    index = Index(ruling.findings)
    entries = Entries({policy.id: policy for policy in policies}, facts, index, replay.changes)
    encoded = [policy.policy for policy in ruling.policies if policy.encoded]
    notices = acknowledgements(facts, ruling.findings, sorted_.ids, encoded)
    body = join(
        (
            tag(
                "header",
                tag("p", "If-then commitments, ruled on the record", class_="eyebrow"),
                tag("h1", record.name),
                tag("p", _dates(replay, record), class_="dates"),
                _verdict(ruling),
                tag("p", CAVEAT, class_="caveat"),
            ),
            tag(
                "main",
                tag("h2", "Timeline", class_="unseen"),
                draw(chart(replay, facts, sorted_.ids)),
                _not_encoded(ruling.policies),
                tag("h2", "Findings", id="findings"),
                _filters(ruling.findings, index),
                sections(sorted_, entries, notices),
                unfolding(replay.changes, sorted_.ids),
                record_section(facts, ruling.findings, sorted_.ids),
            ),
        )
    )
    title = f"{record.name}: {format_instant(ruling.at)}"
    return document(
        title, body, skip=("#findings", "Skip the timeline"), script=resource("page.js")
    )


# --- heading -----------------------------------------------------------------------------------


def _dates(replay: Replay, record: Record) -> Html:
    ruling = replay.ruling
    first = min((fact.earliest for fact in record.facts), default=replay.start)
    kind = "Public record" if record.public else "Complete record"
    known = (
        "as known that day"
        if ruling.known == ruling.at
        else f"as known on {format_instant(ruling.known)}"
    )
    encoded = [version(policy.policy) for policy in ruling.policies if policy.encoded]
    return join(
        (
            f"{kind}, ",
            tag("b", format_instant(max(first, min(replay.start, ruling.at)))[:10]),
            " to ",
            tag("b", format_instant(ruling.at)),
            f", {known}. Ruled under {', '.join(encoded) or 'no encoded policy'}.",
        )
    )


def _verdict(ruling: Ruling) -> Html:
    counts = Counter(finding.status for finding in ruling.findings)
    places = {finding.status: place_of(finding) for finding in ruling.findings}
    chips = (
        tag(
            "li",
            anchor(
                places[status],
                tag("b", f"{counts[status]:,}"),
                f" {status}",
                class_=f"status s-{status}",
            ),
        )
        for status in STATUSES
        if counts[status]
    )
    return join(
        (
            tag("p", _summary(counts), class_="verdict"),
            tag("ul", *chips, class_="chips", aria_label="Findings by status"),
        )
    )


def _summary(counts: Mapping[Status, int]) -> str:
    faults = [
        (status, counts[status]) for status in STATUSES if status in FAULTS and counts[status]
    ]
    total = sum(count for _, count in faults)
    kinds = ", ".join(f"{count} {status}" for status, count in faults)
    first = f"{plural(total, 'fault')}: {kinds}." if faults else "No fault is shown by this record."
    rest = []
    if counts["held"]:
        rest.append(f"{plural(counts['held'], 'hold')} closed")
    if counts["pending"]:
        rest.append(f"{counts['pending']:,} pending")
    if counts["undetermined"]:
        rest.append(f"{counts['undetermined']:,} undetermined")
    listed = ", ".join(rest)
    return f"{first} {listed[0].upper()}{listed[1:]}." if listed else first


def _not_encoded(policies: Iterable[InForce]) -> Html:
    missing = [policy for policy in policies if not policy.encoded]
    if not missing:
        return NOTHING
    families: dict[str, list[InForce]] = {}
    for policy in missing:
        families.setdefault(policy.policy.partition("@")[0], []).append(policy)
    listed = "; ".join(
        f"{family} {', '.join(p.policy.rpartition('@')[2] for p in versions)}"
        f" (from {format_instant(min(p.start or 0 for p in versions))})"
        for family, versions in families.items()
    )
    return tag(
        "p",
        tag("b", "Not encoded, so nothing is ruled under them: "),
        listed,
        ".",
        class_="not-encoded",
    )


# --- filters -----------------------------------------------------------------------------------


def _filters(findings: Sequence[Finding], index: Index) -> Html:
    present = {finding.status for finding in findings}
    statuses = (
        tag(
            "label",
            tag("input", type="checkbox", name="status", value=status),
            tag("span", status, " ", tag("span", class_="live"), class_=f"status s-{status}"),
        )
        for status in STATUSES
        if status in present
    )
    clauses: dict[str, set[str]] = {}
    for finding in findings:
        family = finding.clause.partition("#")[2].partition("/")[0]
        clauses.setdefault(finding.kind, set()).add(family)
    forces = {finding.force for finding in findings}
    return tag(
        "form",
        tag("fieldset", tag("legend", "Status"), *statuses, class_="statuses"),
        _select(
            "Policy", "policy", ((number, version(name)) for name, number in index.policies.items())
        ),
        _select("About", "subject", ((number, name) for name, number in index.subjects.items())),
        tag(
            "label",
            "Clause",
            tag("select", tag("option", "any", value=""), *_clause_options(clauses), name="clause"),
        ),
        _select("Force", "force", ((force, force) for force in FORCES if force in forces)),
        tag(
            "label",
            "Words",
            tag("input", type="search", name="words", placeholder="any words", autocomplete="off"),
        ),
        tag(
            "div",
            tag("output", plural(len(findings), "finding"), name="shown", aria_live="polite"),
            tag("button", "Unfold all", type="button", data_do="open"),
            tag("button", "Fold all", type="button", data_do="close"),
            tag("button", "Clear", type="reset"),
            class_="actions",
        ),
        id="filters",
        role="search",
        aria_label="Filter the findings",
    )


def _select(label: str, name: str, options: Iterable[tuple[int | str, str]]) -> Html:
    choices = (tag("option", title, value=value) for value, title in options)
    return tag("label", label, tag("select", tag("option", "any", value=""), *choices, name=name))


def _clause_options(clauses: dict[str, set[str]]) -> Iterable[Html]:
    for kind, names in sorted(clauses.items()):
        every = tag("option", f"every {kind}", value=f"kind:{kind}")
        each = (tag("option", name, value=f"clause:{name}") for name in sorted(names))
        yield tag("optgroup", every, *each, label=kind)
