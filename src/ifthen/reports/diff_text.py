"""A diff of two versions as text: what is weaker first, and whether the developer said so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ifthen.dates import SECONDS_PER_DAY
from ifthen.reports.page import Page, Tone
from ifthen.reports.sentences import day_text, sentences
from ifthen.review.diff.announce import Announcement, Told
from ifthen.review.diff.diff import OUTCOMES, Diff, Entry, Outcome
from ifthen.review.diff.replay import Witness
from ifthen.review.diff.strength import Change
from ifthen.review.diff.ways import Meaning, Way

HEADINGS: dict[Outcome, str] = {
    "removed": "Removed",
    "relocated": "Moved to where it binds less",
    "weakened": "Weakened",
    "changed": "Changed, and neither way shown",
    "strengthened": "Strengthened",
    "added": "Added",
    "retained": "Retained",
}
METHODS = {
    "structural": "proved by structure",
    "witness": "shown by a record",
    "bounded": "without a difference on records of a few events",
    "undetermined": "of undetermined direction",
}
MEANINGS: dict[Meaning, str] = {
    "literal": "",
    "charitable": "for a charitable reader: by the words alone neither can be broken",
    "due": "as if both were due within 30 days: neither has a deadline",
}
_TONES: dict[Outcome, Tone] = {
    "removed": "bad",
    "relocated": "bad",
    "weakened": "bad",
    "changed": "warn",
    "strengthened": "good",
    "added": "good",
}
_TOLD_WORDS: dict[Told, str] = {
    "announced": "announced",
    "partly": "announced in part",
    "silent": "silent",
    "undetermined": "undetermined",
}
_COLUMN = 15
_MOST = 300
"""Characters of one side of a change that are shown."""


def write_diff(page: Page, diff: Diff) -> None:
    """Write what became of every part that is not retained, then the counts."""
    page.heading(f"{diff.old} → {diff.new}")
    for line in summary(diff):
        page.write(line)
    changed = [entry for entry in diff.changed if entry.promises]
    for outcome in OUTCOMES:
        entries = [entry for entry in changed if entry.outcome == outcome]
        if entries:
            page.heading(f"{HEADINGS[outcome]}: {len(entries)}")
        for entry in entries:
            _write_entry(page, entry, _followers(diff, entry))
    spoken = [entry for entry in diff.changed if not entry.promises]
    if spoken:
        page.heading("Words, readings and roles")
        for entry in spoken:
            told = "; ".join(_one_line(change) for change in entry.changes)
            page.item(entry.outcome, f"{entry.name}{': ' if told else ''}{told}", column=_COLUMN)


def summary(diff: Diff) -> Iterator[str]:
    """What it comes to, in a few sentences."""
    counted = [f"{diff.count(outcome)} {outcome}" for outcome in OUTCOMES if diff.count(outcome)]
    yield f"What is promised: {', '.join(counted)}."
    weaker = [entry for entry in diff.changed if entry.direction == "weaker"]
    stronger = [entry for entry in diff.changed if entry.direction == "stronger"]
    yield f"Of the changes {len(weaker)} make the policy weaker and {len(stronger)} stronger."
    compared = diff.compared
    ways = [
        f"{n} {words}"
        for method, words in METHODS.items()
        if (n := sum(entry.method == method for entry in compared))
    ]
    if ways:
        yield f"Of the {len(compared)} that both versions have: {', '.join(ways)}."
    asked = [entry.whole for entry in diff.entries if entry.whole is not None]
    if asked:
        answers = [whole.way.answer for whole in asked]
        yield (
            f"Of {len(asked)} clauses that are gone or ask less, the whole new version permits "
            f"what {answers.count('yes')} forbade, still keeps {answers.count('no')}, and of "
            f"{answers.count('open')} it is undetermined."
        )
    if diff.log is None:
        yield "No change log of this pair was given, so nothing is said of what was announced."
        return
    told = [entry.announcement.told for entry in diff.changed if entry.announcement is not None]
    silently = sum(told_of(entry) == "silent" for entry in weaker)
    counted = [
        f"{told.count(word)} {words}" for word, words in _TOLD_WORDS.items() if told.count(word)
    ]
    weaker_ones = f", {silently} of the silent ones weaker" if silently else ""
    yield f"{diff.log.title}: {', '.join(counted) or 'nothing to tell'}{weaker_ones}."
    if not diff.log.complete:
        yield "Only some of what this account says is known, so what it does not cover stays open."


def _followers(diff: Diff, entry: Entry) -> list[Entry]:
    return [other for other in diff.entries if other.follows == entry.name]


def _write_entry(page: Page, entry: Entry, followers: Sequence[Entry]) -> None:
    label = {"partly": "PARTLY", "silent": "SILENT"}.get(told_of(entry), "")
    page.item(label, f"{entry.name}: {entry.title}", column=8, tone=_TONES.get(entry.outcome))
    page.write(sections(entry), indent=10, tone="dim")
    for change in entry.changes:
        page.item(change.dimension, _one_line(change), column=_COLUMN, indent=10)
    for label, line in evidence(entry):
        page.item(label, line, column=_COLUMN, indent=10)
    for other in followers:
        page.item("so too", f"{other.name}: {other.title}", column=_COLUMN, indent=10)
    if entry.announcement is not None:
        for line in announced(entry.announcement):
            page.item("log", line, column=_COLUMN, indent=10)


def told_of(entry: Entry) -> str:
    """Whether the log tells of it; empty where there is no log."""
    return "" if entry.announcement is None else entry.announcement.told


def sections(entry: Entry) -> str:
    """Where it stands in either version, how it was matched, how its direction is known."""
    old, new = entry.match.old, entry.match.new
    places = [side.source for side in (old, new) if side is not None and side.source]
    matched = {"continues": "carried on", "id": "same id", "alike": "alike", None: ""}
    renamed = f"was {old.name}" if old and new and old.name != new.name else ""
    method = METHODS[entry.method] if old and new else ""
    if entry.mixed:
        method += "; stronger in one way, weaker in another"
    if entry.direction == "weaker" and old is None:
        method = "a way out: the policy asks less with it"
    said = (" → ".join(places), renamed, matched[entry.match.by], method, MEANINGS[entry.meaning])
    return "; ".join(filter(None, said))


def evidence(entry: Entry) -> Iterator[tuple[str, str]]:
    """How each direction of a clause is known: a label, and a line."""
    yield from _directions(entry)
    if entry.whole is not None:
        way, rests = entry.whole.way, ", ".join(entry.whole.rests_on)
        if way.answer == "yes" and way.witness is not None:
            day = day_text(way.witness.at // SECONDS_PER_DAY)
            yield (
                "whole",
                f"lost: by {day} this is {way.witness.old} under the old version and breaks "
                "no commitment in all of the new:",
            )
            yield from (("", line) for line in sentences(way.witness.record.facts))
        elif way.answer == "no" and rests:
            yield "whole", f"still kept, on records of up to {way.events} events, by {rests}"
        elif way.answer == "no":
            yield "whole", f"not lost: {way.why}"
        else:
            yield "whole", f"undetermined: {way.why}"


def _directions(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.ways is None or not entry.name.startswith("clause "):
        return
    for label, way in (("weaker", entry.ways.weaker), ("stronger", entry.ways.stronger)):
        yield label, known(way) + (":" if way.witness is not None else "")
        if way.witness is not None:
            yield from (("", line) for line in sentences(way.witness.record.facts))
    if entry.charitable is not None:
        ways = entry.charitable
        yield (
            "charitably",
            f"weaker: {known(ways.weaker)}; stronger: {known(ways.stronger)}",
        )


def known(way: Way) -> str:
    """How one direction is known, in a line."""
    if way.answer == "open":
        return f"undetermined: {way.why}"
    if way.answer == "no":
        if way.by == "structure":
            return f"no, proved{f': {way.why}' if way.why else ''}"
        return f"no, on records of up to {way.events} events"
    shown = "" if way.witness is None else shown_by(way.witness)
    if way.by == "structure":
        return f"yes, proved{f'; {shown}' if shown else ''}"
    return f"yes, {shown}"


def _one_line(change: Change) -> str:
    way = f" ({change.direction})" if change.direction else ""
    if change.lost or change.gained:
        moved = [f"without {', '.join(change.lost)}"] if change.lost else []
        moved += [f"with {', '.join(change.gained)}"] if change.gained else []
        return f"{'; '.join(moved)}{way}"
    if same_words(change):
        return f"{_cut(change.before)}: the same words, about other things than before{way}"
    return f"{_cut(change.before) or 'nothing'} → {_cut(change.after) or 'nothing'}{way}"


def same_words(change: Change) -> bool:
    """Whether only what the words refer to differs: thresholds, standards, definitions."""
    return change.before == change.after


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def shown_by(witness: Witness) -> str:
    """What a witness shows."""
    faulted, other = ("old", "new") if witness.offends == "old" else ("new", "old")
    status = witness.old if witness.offends == "old" else witness.new
    rest = (witness.new if witness.offends == "old" else witness.old) or "no finding"
    day = day_text(witness.at // SECONDS_PER_DAY)
    return f"by {day} this is {status} under the {faulted} version, {rest} under the {other}"


def announced(told: Announcement) -> Iterator[str]:
    """What the log says of it, and what it leaves out."""
    for says in told.by:
        yield f"“{says}”"
    if told.untold and told.told == "partly":
        yield f"says nothing of {', '.join(told.untold)}"
