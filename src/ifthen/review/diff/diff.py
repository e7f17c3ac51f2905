"""What became of every part of a policy in another version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Cadence, Forbid, Maintain, Policy, Power, Procedure, Whenever
from ifthen.review.diff.alphabet import alphabet
from ifthen.review.diff.announce import Announcement, ChangeLog, announcement
from ifthen.review.diff.ask import ask_of, asks_no_more
from ifthen.review.diff.canonical import Canon, TooLarge
from ifthen.review.diff.elements import PROMISES
from ifthen.review.diff.match import Match, match, renamed
from ifthen.review.diff.strength import Change, Direction, clause_changes, part_changes
from ifthen.review.diff.witness import Side, Witness, search
from ifthen.vocabulary import FORCES

Outcome: TypeAlias = Literal[
    "retained", "strengthened", "weakened", "relocated", "removed", "added", "changed"
]
OUTCOMES: tuple[Outcome, ...] = (
    "removed",
    "relocated",
    "weakened",
    "changed",
    "strengthened",
    "added",
    "retained",
)
"""What can become of a part, those that take most from the promise first. ``relocated``: a
commitment that is now an aim or less. ``changed``: neither structure nor a witness tells which way.
"""
Method: TypeAlias = Literal["structural", "witness", "undetermined"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one part."""

    match: Match
    outcome: Outcome
    method: Method
    """How the direction is known."""
    changes: tuple[Change, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    mixed: bool = False
    """Whether it is stronger in one way and weaker in another, which counts as weakened."""
    announcement: Announcement | None = None
    """Whether the developer's own change log tells; None for what promises nothing by itself, for
    what is retained, and where there is no log."""

    @property
    def name(self) -> str:
        """The newest name of the part."""
        return self.match.name

    @property
    def title(self) -> str:
        """Its newest title."""
        element = self.match.new or self.match.old
        assert element is not None
        return element.title

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the facts that either version answers for with it."""
        sides = (self.match.old, self.match.new)
        return tuple(dict.fromkeys(row for s in sides if s is not None for row in s.rows))

    @property
    def promises(self) -> bool:
        """Whether the part promises something by itself."""
        element = self.match.new or self.match.old
        return element is not None and element.part in PROMISES

    def as_json(self) -> dict[str, Any]:
        """The entry in JSON."""
        old, new, told = self.match.old, self.match.new, self.announcement
        return {
            "part": self.name.partition(" ")[0],
            "old": None if old is None else old.id,
            "new": None if new is None else new.id,
            "title": self.title,
            "section": {
                "old": None if old is None else old.source,
                "new": None if new is None else new.source,
            },
            "encodes": list(self.rows),
            "matched": self.match.by,
            "outcome": self.outcome,
            "method": self.method,
            "mixed": self.mixed,
            "changes": [change.as_json() for change in self.changes],
            "witnesses": [witness.as_json() for witness in self.witnesses],
            "announcement": None if told is None else told.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """What became of every part of one version in another."""

    old: str
    new: str
    entries: tuple[Entry, ...]
    log: ChangeLog | None = field(default=None)

    @property
    def changed(self) -> tuple[Entry, ...]:
        """What is not retained, gravest outcome first."""
        order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
        moved = (entry for entry in self.entries if entry.outcome != "retained")
        return tuple(sorted(moved, key=lambda entry: order[entry.outcome]))

    @property
    def silent(self) -> tuple[Entry, ...]:
        """Changed promises of which the change log says nothing, or only a part."""
        return tuple(
            entry
            for entry in self.changed
            if entry.announcement is not None and entry.announcement.told != "announced"
        )

    def count(self, outcome: Outcome, *, promises: bool = True) -> int:
        """How many parts came to it; of those that promise something, or of all."""
        return sum(
            entry.outcome == outcome and (entry.promises or not promises) for entry in self.entries
        )

    def as_json(self) -> dict[str, Any]:
        """The diff in JSON."""
        told = [e.announcement.told for e in self.entries if e.announcement is not None]
        return {
            "old": self.old,
            "new": self.new,
            "log": None if self.log is None else self.log.title,
            "counts": {outcome: self.count(outcome) for outcome in OUTCOMES},
            "announcements": {word: told.count(word) for word in ("announced", "partly", "silent")},
            "entries": [entry.as_json() for entry in self.entries],
        }


def diff(old: Policy, new: Policy, log: ChangeLog | None = None) -> Diff:
    """What became of every part, which way it went, and whether the change log told."""
    matches = match(old, new)
    differ = _Differ(old, new, matches)
    entries = []
    for pair in matches:
        entry = differ.entry(pair)
        if log is not None and entry.promises and entry.outcome != "retained":
            lists = [(c.lost, c.gained) for c in entry.changes if c.lost or c.gained]
            whole = len(lists) == len(entry.changes)
            moved = [word for lost, gained in lists for word in (*lost, *gained)] if whole else []
            entry = _told(entry, announcement(log, pair, moved))
        entries.append(entry)
    return Diff(old.id, new.id, tuple(entries), log)


def _told(entry: Entry, told: Announcement) -> Entry:
    from dataclasses import replace

    return replace(entry, announcement=told)


class _Differ:
    def __init__(self, old: Policy, new: Policy, matches: Iterable[Match]) -> None:
        self._old = old
        self._new = new
        self._names = renamed(matches)
        self._before = Canon(old, self._names)
        self._after = Canon(new, {})

    def entry(self, pair: Match) -> Entry:
        """What became of one part."""
        old, new = pair.old, pair.new
        if new is None:
            return Entry(pair, "removed", "structural")
        if old is None:
            return Entry(pair, "added", "structural")
        if isinstance(old.value, _CLAUSES) and isinstance(new.value, _CLAUSES):
            return self._clause(pair, Side(self._old, old.value), Side(self._new, new.value))
        changes = part_changes(old.value, new.value, self._names)
        return _settled(pair, changes, ())

    def _clause(self, pair: Match, old: Side, new: Side) -> Entry:
        try:
            before = ask_of(old.policy, old.clause, self._before)
            after = ask_of(new.policy, new.clause, self._after)
        except TooLarge:
            change = Change("consequence", None, old.clause.common.title, new.clause.common.title)
            return Entry(pair, "changed", "undetermined", (change,))
        changes = clause_changes(old.clause, new.clause, before, after)
        if not changes:
            return Entry(pair, "retained", "structural")
        same = asks_no_more(before, after) and asks_no_more(after, before)
        if same and all(change.dimension != "actor" for change in changes):
            return Entry(pair, "retained", "structural", changes)
        witnesses: tuple[Witness, ...] = ()
        if any(change.direction is None and change.dimension != "actor" for change in changes):
            letters = alphabet(old.policy, old.clause, self._before) | alphabet(
                new.policy, new.clause, self._after
            )
            witnesses = search(old, new, letters, self._names)
        return _settled(pair, changes, witnesses)


_CLAUSES = (Cadence, Whenever, Forbid, Maintain, Procedure, Power)


def _settled(pair: Match, changes: tuple[Change, ...], witnesses: tuple[Witness, ...]) -> Entry:
    """The outcome of changes whose directions are proved or shown.

    A part that is stronger in one way and weaker in another counts as weakened.
    """
    if not changes:
        return Entry(pair, "retained", "structural")
    proved = {change.direction for change in changes} - {None}
    shown: set[Direction] = {"weaker" if w.offends == "old" else "stronger" for w in witnesses}
    ways = proved | shown
    method: Method = "structural" if proved and not shown else "witness" if ways else "undetermined"
    mixed = len(ways) == 2
    outcome: Outcome = "changed"
    if ways:
        outcome = "weakened" if "weaker" in ways else "strengthened"
    if _fell(changes):
        outcome = "relocated"
    return Entry(pair, outcome, method, changes, witnesses, mixed)


def _fell(changes: Iterable[Change]) -> bool:
    """Whether a commitment became less than that."""
    return any(
        change.dimension == "force" and change.before == FORCES[0] and change.after != FORCES[0]
        for change in changes
    )
