"""A diff of two versions as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ifthen.dates import format_day
from ifthen.policy.model import Policy
from ifthen.reports.diff_text import (
    HEADINGS,
    announced,
    evidence,
    same_words,
    sections,
    summary,
    told_of,
)
from ifthen.reports.document import document
from ifthen.reports.markup import NOTHING, Html, anchor, join, tag
from ifthen.review.diff.diff import OUTCOMES, Diff, Entry, Outcome
from ifthen.review.diff.strength import Change


def write_diff_page(diff: Diff, old: Policy, new: Policy) -> str:
    """What became of every part, as a whole HTML document."""
    changed = [entry for entry in diff.changed if entry.promises]
    groups = [
        (outcome, [entry for entry in changed if entry.outcome == outcome]) for outcome in OUTCOMES
    ]
    present = [(outcome, entries) for outcome, entries in groups if entries]
    body = join(
        (
            tag(
                "header",
                tag("p", "What became of a promise", class_="eyebrow"),
                tag("h1", f"{old.title} → {new.title}"),
                tag("p", f"{_dated(old)} → {_dated(new)}", class_="lead"),
            ),
            tag(
                "main",
                tag("div", *(tag("p", line) for line in summary(diff)), class_="summary"),
                _contents(present),
                *(_group(diff, outcome, entries) for outcome, entries in present),
                _spoken(diff),
            ),
        ),
        "\n",
    )
    return document(
        f"{diff.old} → {diff.new}",
        body,
        skip=("#changes", "Skip to the changes"),
        styles=("style.css", "diff.css"),
    )


def _dated(policy: Policy) -> str:
    since = "" if policy.effective is None else f", from {format_day(policy.effective)}"
    return f"{policy.id}{since}"


def _contents(present: Sequence[tuple[Outcome, Sequence[Entry]]]) -> Html:
    links = (
        tag("li", anchor(outcome, f"{HEADINGS[outcome]}: {len(entries)}"))
        for outcome, entries in present
    )
    return tag("ul", *links, class_="chips", id="changes")


def _group(diff: Diff, outcome: Outcome, entries: Sequence[Entry]) -> Html:
    heading = tag("h2", f"{HEADINGS[outcome]}: {len(entries)}")
    return tag("section", heading, *(_entry(diff, entry) for entry in entries), id=outcome)


def _entry(diff: Diff, entry: Entry) -> Html:
    told = told_of(entry)
    chip = tag("span", told, class_=f"told told-{told}") if told else NOTHING
    followers = [other for other in diff.entries if other.follows == entry.name]
    return tag(
        "article",
        tag("h3", chip, " ", entry.title, " ", tag("span", entry.name, class_="id")),
        tag("p", sections(entry), class_="where"),
        tag("table", tag("tbody", *map(_change, entry.changes)), class_="changes")
        if entry.changes
        else NOTHING,
        _evidence(entry),
        *(tag("p", f"So too {other.name}: {other.title}", class_="log") for other in followers),
        *(
            tag("p", f"Change log: {line}", class_="log")
            for line in (() if entry.announcement is None else announced(entry.announcement))
        ),
        class_="entry",
    )


def _change(change: Change) -> Html:
    way = change.direction or "which way is open"
    if change.lost or change.gained:
        lost = (
            tag("td", tag("del", f"without {', '.join(change.lost)}")) if change.lost else NOTHING
        )
        more = (
            tag("td", tag("ins", f"with {', '.join(change.gained)}")) if change.gained else NOTHING
        )
        sides = join((lost or tag("td"), more or tag("td")))
    elif same_words(change):
        before = tag("td", change.before)
        sides = join((before, tag("td", "the same words, about other things than before")))
    else:
        before = tag("td", tag("del", change.before or "nothing"))
        sides = join((before, tag("td", tag("ins", change.after or "nothing"))))
    return tag(
        "tr",
        tag("th", change.dimension, scope="row"),
        sides,
        tag("td", way, class_=f"way-{change.direction}"),
    )


def _evidence(entry: Entry) -> Html:
    """How each direction is known, each record as dated sentences."""
    parts: list[tuple[str, str, list[str]]] = []
    for label, line in evidence(entry):
        if label:
            parts.append((label, line, []))
        else:
            parts[-1][2].append(line)
    rows: list[Html] = []
    for label, line, lines in parts:
        told = tag("ul", *(tag("li", sentence) for sentence in lines)) if lines else NOTHING
        rows += [tag("dt", label), tag("dd", line, told)]
    return tag("dl", *rows, class_="ways") if parts else NOTHING


def _spoken(diff: Diff) -> Html:
    spoken = [entry for entry in diff.changed if not entry.promises]
    if not spoken:
        return NOTHING
    items = (tag("li", f"{entry.outcome}: {entry.name} ({entry.title})") for entry in spoken)
    heading = tag("h2", "Words, readings and roles")
    return tag("section", heading, tag("ul", *items, class_="spoken"), id="spoken")
