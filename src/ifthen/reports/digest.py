"""Findings put in the order in which people want to read them: sections, reasons, entries.

A public record leaves many hundreds of findings undetermined, most of them alike but for the name
of the model: those become one entry with many members. Nothing here writes HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from ifthen.record.history import history_of
from ifthen.record.model import Fact, Record
from ifthen.reports.markup import Identifiers
from ifthen.ruling.finding import FAULTS, STATUSES, Finding, Ruling
from ifthen.ruling.judge import Subject
from ifthen.ruling.outcome import Status
from ifthen.ruling.reasons import Because

KEPT: frozenset[Status] = frozenset({"met", "counts", "open", "exercised", "noted"})
QUIET: frozenset[Status] = frozenset({"available", "lapsed", "dormant"})

READINGS_DIFFER = "the text can be read in several ways, and they come out differently"
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Member:
    """One finding, with the id of its place on the page."""

    id: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Entry:
    """Findings that say the same of several subjects; usually one."""

    members: tuple[Member, ...]
    unknown: tuple[str, ...] = ()
    """Why it is not known, without names where there are several."""

    @property
    def first(self) -> Finding:
        """The finding that stands for all."""
        return self.members[0].finding


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is undetermined, and what is so for this reason."""

    says: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many findings."""
        return sum(len(entry.members) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Digest:
    """A ruling, sorted for reading."""

    faults: tuple[Entry, ...]
    held: tuple[Entry, ...]
    missed: tuple[Entry, ...]
    pending: tuple[Entry, ...]
    undetermined: tuple[Reason, ...]
    kept: tuple[Entry, ...]
    quiet: tuple[Entry, ...]
    ids: dict[tuple[str, object, str], str]
    """Id on the page of every finding, by its key."""


class Facts:
    """The facts a ruling could see, by every id and key, corrections followed."""

    def __init__(self, record: Record, ruling: Ruling) -> None:
        history = history_of(record)
        self.visible: tuple[Fact, ...] = history.visible(ruling.at, ruling.known)
        self._by_name = history.resolve(self.visible, ruling.known)
        identifiers = Identifiers()
        self._ids = {fact.id: identifiers.new("fact", fact.id) for fact in self.visible}

    def find(self, name: str) -> Fact | None:
        """The fact an id or key names."""
        return self._by_name.get(name)

    def place(self, fact: Fact) -> str:
        """The id of a visible fact's place on the page."""
        return self._ids[fact.id]


def digest(ruling: Ruling, facts: Facts) -> Digest:
    """Sort the findings of a ruling."""
    identifiers = Identifiers()
    members = [
        Member(
            identifiers.new(
                "finding",
                finding.clause.partition("/")[2],
                "" if finding.subject == Subject() else str(finding.subject),
                finding.outcome.key,
            ),
            finding,
        )
        for finding in ruling.findings
    ]
    known = Normaliser(facts)

    def single(
        statuses: frozenset[Status], order: Callable[[Finding], object]
    ) -> tuple[Entry, ...]:
        chosen = [member for member in members if member.finding.status in statuses]
        chosen.sort(key=lambda member: order(member.finding))  # type: ignore[arg-type,return-value]
        return tuple(Entry((member,), member.finding.unknown) for member in chosen)

    return Digest(
        single(FAULTS, lambda f: (begins(f), f.clause)),
        single(frozenset({"held"}), lambda f: (f.clause, str(f.subject))),
        single(frozenset({"missed"}), lambda f: (begins(f), f.clause)),
        single(frozenset({"pending"}), lambda f: (f.outcome.due or (_FOREVER, 0), f.clause)),
        _reasons([m for m in members if m.finding.status == "undetermined"], known),
        single(KEPT, lambda f: (STATUSES.index(f.status), begins(f), f.clause)),
        _grouped((m for m in members if m.finding.status in QUIET), _clause_key),
        {member.finding.key: member.id for member in members},
    )


def begins(finding: Finding) -> int:
    """When a finding begins to matter: its due date, else its trigger."""
    interval = finding.outcome.due or finding.outcome.triggered
    return _FOREVER if interval is None else interval[0]


def local_clause(finding: Finding) -> str:
    """The id of the clause without the policy, the same in every version that continues it."""
    return finding.clause.partition("#")[2]


def version(policy: str) -> str:
    """``rsp 2.0`` for ``anthropic/rsp@2.0``."""
    return policy.rpartition("/")[2].replace("@", " ")


def all_facts(finding: Finding) -> tuple[str, ...]:
    """Ids of every fact a finding rests on, its explanation's included."""
    below = (fact for because in finding.outcome.because for fact in because.all_facts())
    return tuple(dict.fromkeys((*finding.outcome.facts, *below)))


class Normaliser:
    """Sentences without the names that make them differ from one model to the next."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def plain(self, finding: Finding, sentence: str) -> str:
        """A sentence with the subject and every fact replaced by what it is."""
        model = finding.subject.model
        if model is not None:
            sentence = re.sub(rf"(?<!\w){re.escape(model)}(?!\w)", "the model", sentence)
        return _WORD.sub(self._word, sentence)

    def _word(self, match: re.Match[str]) -> str:
        return "a recorded fact" if self._facts.find(match.group()) is not None else match.group()

    def reasons(self, finding: Finding) -> tuple[str, ...]:
        """Why a finding is undetermined, chief reason first."""
        if len({reading.outcome.status for reading in finding.readings}) > 1:
            return (READINGS_DIFFER, *(self.plain(finding, why) for why in finding.unknown))
        return tuple(self.plain(finding, why) for why in finding.unknown) or ("not stated",)

    def why(self, entry: Entry) -> tuple[str, ...]:
        """Why an entry is undetermined, in its own words where it is about one finding."""
        first = entry.first
        if len(entry.members) == 1:
            return first.unknown
        return tuple(dict.fromkeys(self.plain(first, why) for why in first.unknown))

    def tree(self, finding: Finding, because: Because) -> Hashable:
        """What makes two explanations alike."""
        return (
            because.rule,
            self.plain(finding, because.text),
            because.value,
            tuple(self.plain(finding, why) for why in because.unknown),
            tuple(self.tree(finding, child) for child in because.children),
        )


_WORD = re.compile(r"[\w][\w.:/-]*[\w]|\w")


def _reasons(members: Sequence[Member], known: Normaliser) -> tuple[Reason, ...]:
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(known.reasons(member.finding)[0], []).append(member)
    found = [
        Reason(
            says,
            tuple(
                replace(entry, unknown=known.why(entry))
                for entry in _grouped(group, lambda finding: _alike(finding, known))
            ),
        )
        for says, group in groups.items()
    ]
    return tuple(sorted(found, key=lambda reason: (-reason.count, reason.says)))


def _grouped(members: Iterable[Member], key: Callable[[Finding], Hashable]) -> tuple[Entry, ...]:
    groups: dict[Hashable, list[Member]] = {}
    for member in members:
        groups.setdefault(key(member.finding), []).append(member)
    return tuple(Entry(tuple(group)) for group in groups.values())


def _clause_key(finding: Finding) -> tuple[Hashable, ...]:
    return (
        local_clause(finding),
        finding.status,
        finding.title,
        finding.section,
        finding.encodes,
        finding.kind,
        finding.force,
    )


def _alike(finding: Finding, known: Normaliser) -> Hashable:
    return (
        _clause_key(finding),
        known.reasons(finding),
        tuple((word.term, word.charitable_status) for word in finding.words),
        tuple((reading.says, reading.outcome.status) for reading in finding.readings),
        finding.assumes,
        tuple(status for _, status in finding.outcome.between),
        tuple(known.tree(finding, because) for because in finding.outcome.because),
    )
