"""What became of every part of a policy in another version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

from ifthen.policy.model import (
    Cadence,
    Forbid,
    Maintain,
    Policy,
    Power,
    Procedure,
    Whenever,
)
from ifthen.review.diff.alphabet import alphabet
from ifthen.review.diff.announce import TOLD, Announcement, ChangeLog, announcement
from ifthen.review.diff.ask import Ask, ask_of, asks_no_more, can_offend
from ifthen.review.diff.canonical import Canon, TooLarge
from ifthen.review.diff.directions import Proved, directions
from ifthen.review.diff.elements import PROMISES
from ifthen.review.diff.match import Match, match, renamed
from ifthen.review.diff.replay import Side, Witness
from ifthen.review.diff.strength import Change, Direction, clause_changes, part_changes
from ifthen.review.diff.strength import directions as directions_of
from ifthen.review.diff.tries import search
from ifthen.review.diff.ways import PROVED, PROVED_NOT, Bounds, Evidence, Meaning, Way, Ways, Whole
from ifthen.review.powers import asks_more
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
Method: TypeAlias = Literal["structural", "witness", "bounded", "undetermined"]
METHODS: tuple[Method, ...] = get_args(Method)


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
    follows: str = ""
    """The part whose change this one merely repeats: a clause that lists the attackers whom a
    standard no longer covers. It is not counted."""
    ways: Ways | None = None
    """Both directions, and how each is known; None for what is retained, removed or added."""
    meaning: Meaning = "literal"
    """How words that leave room are taken in them."""
    charitable: Ways | None = None
    """The same for a charitable reader of the words that leave room, where it differs."""
    whole: Whole | None = None
    """Whether the whole new version permits what it no longer asks; None where that was not asked.
    """
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

    @property
    def direction(self) -> Direction | None:
        """What it does to the policy as a whole; None where that is not known, or nothing.

        A power is a way out: the policy is weaker with one more, stronger with one less; but for a
        power that can only ask for more, which promises nothing.
        """
        if not self.promises or self.outcome in ("retained", "changed"):
            return None
        way: Direction = "stronger" if self.outcome in ("strengthened", "added") else "weaker"
        element = self.match.new or self.match.old
        one_sided = self.match.old is None or self.match.new is None
        if one_sided and element is not None and isinstance(element.value, Power):
            if asks_more(element.value):
                return None
            return "weaker" if way == "stronger" else "stronger"
        return way

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
            "direction": self.direction,
            "method": self.method,
            "mixed": self.mixed,
            "follows": self.follows or None,
            "changes": [change.as_json() for change in self.changes],
            "ways": None if self.ways is None else self.ways.as_json(),
            "meaning": self.meaning,
            "charitable": None if self.charitable is None else self.charitable.as_json(),
            "whole": None if self.whole is None else self.whole.as_json(),
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
        """What is not retained and does not merely follow, gravest outcome first."""
        order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
        moved = (e for e in self.entries if e.outcome != "retained" and not e.follows)
        return tuple(sorted(moved, key=lambda entry: order[entry.outcome]))

    @property
    def compared(self) -> tuple[Entry, ...]:
        """Changed promises that either version has: those of which a direction can be told."""
        return tuple(
            e
            for e in self.changed
            if e.promises and e.match.old is not None and e.match.new is not None
        )

    def count(self, outcome: Outcome, *, promises: bool = True) -> int:
        """How many parts came to it, without those that follow; by default only promises."""
        counted = (e for e in self.entries if not e.follows and (e.promises or not promises))
        return sum(entry.outcome == outcome for entry in counted)

    def as_json(self) -> dict[str, Any]:
        """The diff in JSON."""
        told = [e.announcement.told for e in self.entries if e.announcement is not None]
        return {
            "old": self.old,
            "new": self.new,
            "log": None if self.log is None else self.log.title,
            "counts": {outcome: self.count(outcome) for outcome in OUTCOMES},
            "methods": {
                method: sum(e.method == method for e in self.compared) for method in METHODS
            },
            "announcements": {word: told.count(word) for word in TOLD},
            "entries": [entry.as_json() for entry in self.entries],
        }


def diff(
    old: Policy, new: Policy, log: ChangeLog | None = None, bounds: Bounds | None = None
) -> Diff:
    """What became of every part, which way it went, and whether the change log told.

    Args:
        old: the older version.
        new: the newer version.
        log: the developer's own account.
        bounds: how far the solver looks for records.
    """
    matches = match(old, new)
    differ = _Differ(old, new, matches, bounds or Bounds())
    entries = tuple(differ.entry(pair) for pair in matches)
    entries = tuple(differ.following(entry, entries) for entry in entries)
    if log is not None:
        entries = tuple(_told(entry, log) for entry in entries)
    return Diff(old.id, new.id, entries, log)


def lost_in(
    found: Diff,
    old: Policy,
    new: Policy,
    bounds: Bounds,
    progress: Callable[[int, int], None] | None = None,
) -> Diff:
    """The diff, and of every clause that asks less whether the whole new version permits it.

    Args:
        found: the diff.
        old: the older version.
        new: the newer version.
        bounds: how far the solver looks for records.
        progress: called with (clauses asked about, clauses in all).

    Raises:
        ImportError: the solver is not installed.
    """
    from ifthen.review.diff.whole import Successor

    names = renamed([entry.match for entry in found.entries])
    successor, entries, done = Successor(new, names, bounds), [], 0
    total = sum(map(_asks_less, found.entries))
    for entry in found.entries:
        clause = None if entry.match.old is None else entry.match.old.value
        if not _asks_less(entry) or not isinstance(clause, _CLAUSES):
            entries.append(entry)
            continue
        if progress is not None:
            progress(done, total)
        done += 1
        entries.append(replace(entry, whole=successor.keeps(Side(old, clause))))
    return replace(found, entries=tuple(entries))


def _asks_less(entry: Entry) -> bool:
    """Whether a clause is gone, or asks less than before."""
    old = entry.match.old
    less = entry.outcome in ("removed", "relocated", "weakened") and not entry.follows
    return less and old is not None and isinstance(old.value, _CLAUSES)


def _told(entry: Entry, log: ChangeLog) -> Entry:
    """The entry with what the log says of it, if it is a change of a promise."""
    if not entry.promises or entry.outcome == "retained" or entry.follows:
        return entry
    lists = [change for change in entry.changes if change.lost or change.gained]
    only = len(lists) == len(entry.changes)
    moved = [word for change in lists for word in (*change.lost, *change.gained)] if only else []
    return replace(entry, announcement=announcement(log, entry.match, moved))


class _Differ:
    """Two versions, and the forms in which their clauses are compared."""

    def __init__(self, old: Policy, new: Policy, matches: Iterable[Match], bounds: Bounds) -> None:
        self._bounds = bounds
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
        return _settled(pair, part_changes(old.value, new.value, self._names), None)

    def following(self, entry: Entry, entries: Iterable[Entry]) -> Entry:
        """The entry, marked where its change only repeats that of the scope of a standard."""
        old, new = entry.match.old, entry.match.new
        if entry.outcome == "retained" or old is None or new is None:
            return entry
        if not isinstance(old.value, _CLAUSES) or not isinstance(new.value, _CLAUSES):
            return entry
        for other in entries:
            for change in other.changes if other.name.startswith("standard ") else ():
                before = Canon(self._old, self._names, frozenset(change.lost))
                after = Canon(self._new, {}, frozenset(change.gained))
                same = ask_of(self._old, old.value, before) == ask_of(self._new, new.value, after)
                if change.dimension == "scope" and same:
                    return replace(entry, follows=other.name)
        return entry

    def _clause(self, pair: Match, old: Side, new: Side) -> Entry:
        changes, proved = self._structure(old, new)
        if all(change.dimension == "actor" and change.direction is None for change in changes):
            return _settled(pair, changes, None)
        found = directions(
            old, new, proved, self._names, self._bounds, lambda: self._tried(old, new)
        )
        entry = _settled(pair, changes, found.ways)
        return replace(entry, meaning=found.meaning, charitable=found.charitable)

    def _structure(self, old: Side, new: Side) -> tuple[tuple[Change, ...], Proved]:
        """The dimensions in which two clauses differ, and what their structure proves."""
        before, after = self._asks(old, new)
        if before is None or after is None:
            title = old.clause.common.title, new.clause.common.title
            return (Change("consequence", None, *title),), Proved()
        changes = clause_changes(old.clause, new.clause, before, after)
        if not changes:
            return (), Proved()
        no_weaker, no_stronger = asks_no_more(before, after), asks_no_more(after, before)
        if no_weaker and no_stronger:
            changes = tuple(change for change in changes if change.dimension == "actor")
        ways = directions_of(changes)
        able = can_offend(before), can_offend(after)
        proved = Proved("weaker" in ways, "stronger" in ways, no_weaker, no_stronger, *able)
        return changes, proved

    def _tried(self, old: Side, new: Side) -> tuple[Witness, ...]:
        """What trying a few records finds."""
        letters = alphabet(old.policy, old.clause, self._before) | alphabet(
            new.policy, new.clause, self._after
        )
        return search(old, new, letters, self._names)

    def _asks(self, old: Side, new: Side) -> tuple[Ask | None, Ask | None]:
        """Both clauses in the common form; None where one is too large to write out."""
        try:
            return (
                ask_of(old.policy, old.clause, self._before),
                ask_of(new.policy, new.clause, self._after),
            )
        except TooLarge:
            return None, None


_CLAUSES = (Cadence, Whenever, Forbid, Maintain, Procedure, Power)


def _settled(pair: Match, changes: tuple[Change, ...], ways: Ways | None) -> Entry:
    """The outcome of changes whose directions are proved or shown.

    What is weaker in some way counts as weakened, whatever else it is.
    """
    if not changes:
        return Entry(pair, "retained", "structural")
    if ways is None:
        proved = {change.direction for change in changes if change.dimension != "actor"}
        ways = Ways(
            PROVED if "weaker" in proved else PROVED_NOT if None not in proved else _WORDS,
            PROVED if "stronger" in proved else PROVED_NOT if None not in proved else _WORDS,
        )
    weaker, stronger = ways.weaker, ways.stronger
    outcome: Outcome = "changed"
    method: Method = "undetermined"
    if weaker.answer == "yes":
        outcome, method = "weakened", _METHODS[weaker.by]
    elif stronger.answer == "yes":
        outcome, method = "strengthened", _METHODS[stronger.by]
    elif ways.answers == ("no", "no"):
        method = _METHODS[weaker.by if weaker.by == "bounded" else stronger.by]
    if _fell(changes):
        outcome, method = "relocated", "structural"
    mixed = ways.answers == ("yes", "yes")
    return Entry(pair, outcome, method, changes, ways.witnesses, mixed, ways=ways)


_WORDS = Way("open", why="only the words differ, or lists of which neither contains the other")
_METHODS: Mapping[Evidence | None, Method] = {
    "structure": "structural",
    "record": "witness",
    "bounded": "bounded",
    None: "undetermined",
}


def _fell(changes: Iterable[Change]) -> bool:
    """Whether a commitment became less than that."""
    return any(
        change.dimension == "force" and change.before == FORCES[0] and change.after != FORCES[0]
        for change in changes
    )
