"""Records ruled under two versions of a clause: a witness offends against one and not the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ifthen.dates import SECONDS_PER_DAY, end_of, format_day
from ifthen.policy.model import Clause, Forbid, Policy, Power, Procedure
from ifthen.policy.source import NOWHERE
from ifthen.record.facts import Problem, build_fact
from ifthen.record.model import Fact, Record
from ifthen.record.write import fact_fields
from ifthen.ruling.finding import Finding
from ifthen.ruling.rule import rule
from ifthen.vocabulary import KINDS, attributes_of

OFFENCES = frozenset({"breached", "late", "missed", "violated", "void", "abused"})
START = 20_089  # 2025-01-01
"""The day from which the days of a record are counted."""
_FRAME = ("kind", "date", "model", "$act")
"""What no fact can do without."""

Plain = dict[str, Any]
"""A fact as plain data, its date in days from the start."""


@dataclass(frozen=True, slots=True)
class Side:
    """One version of the clause, with the policy it stands in."""

    policy: Policy
    clause: Clause

    def charitably(self) -> Side:
        """The same, its words that leave room taken as a charitable reader takes them."""
        terms = {n: replace(t, literal=t.charitable) for n, t in self.policy.terms.items()}
        return replace(self, policy=replace(self.policy, terms=terms))

    def alone(self) -> Side:
        """The policy with nothing but the clause, and what it counts decisions by."""
        return replace(self, policy=replace(self.policy, clauses=self.with_counted()))

    def with_counted(self) -> tuple[Clause, ...]:
        """The clause, and the procedures whose decisions it may count."""
        if "function='counts'" not in repr(self.clause):
            return (self.clause,)
        own, clauses = self.clause.common.id, self.policy.clauses
        counted = (c for c in clauses if isinstance(c, Procedure) and c.common.id != own)
        return (self.clause, *counted)


@dataclass(frozen=True, slots=True)
class Witness:
    """A record that one version permits and the other does not."""

    record: Record
    at: int
    """The moment of the ruling."""
    offends: Literal["old", "new"]
    """The version against which it offends."""
    old: str
    """Its status under the old version; empty where there is no finding."""
    new: str

    def as_json(self) -> dict[str, Any]:
        """The record and both statuses."""
        return {
            "offends": self.offends,
            "at": format_day(self.at // SECONDS_PER_DAY),
            "old": self.old or None,
            "new": self.new or None,
            "facts": [_plain(fact_fields(fact)) for fact in self.record.facts],
        }


class Pair:
    """Two versions of one clause, ruled on the same records."""

    def __init__(self, old: Side, new: Side, names: Mapping[str, str]) -> None:
        """Versions of a clause, each ruled with no other clause.

        Args:
            old: the clause in the old version.
            new: the clause in the new version.
            names: old ids to new ones, so that one record speaks to both versions.
        """
        self._old = old.alone()
        self._new = new.alone()
        self._names = former(names)

    def differ(self, facts: Sequence[Plain], days: int) -> Witness | None:
        """A witness, if the record offends against one version and surely not the other."""
        built = built_of(facts, self._names)
        if built is None:
            return None
        record, at = Record("witness", False, frozenset(KINDS), built), end_of(START + days)
        old, new = status_of(self._old, record, at), status_of(self._new, record, at)
        if "undetermined" in (old, new) or (old in OFFENCES) == (new in OFFENCES):
            return None
        return Witness(record, at, "old" if old in OFFENCES else "new", old, new)

    def smallest(self, facts: Sequence[Plain], days: int, witness: Witness) -> Witness:
        """The witness without any fact, or any saying of a fact, that it can do without.

        The start of the training of a model of which it tells stays, so that it can be read.
        """
        kept = list(facts)

        def do_without(fewer: list[Plain]) -> bool:
            nonlocal kept, witness
            smaller = self.differ(fewer, days)
            if smaller is None or smaller.offends != witness.offends:
                return False
            kept, witness = fewer, smaller
            return True

        index = 0
        while index < len(kept):
            rest = kept[:index] + kept[index + 1 :]
            if begins(kept[index], rest) or not do_without(rest):
                index += 1
        for index in range(len(kept)):
            for name in [name for name in kept[index] if name not in _FRAME]:
                less = {key: value for key, value in kept[index].items() if key != name}
                do_without([*kept[:index], less, *kept[index + 1 :]])
        return witness


def begins(fact: Plain, rest: Iterable[Plain]) -> bool:
    """Whether a fact is the start of the training of a model that others are about."""
    own = fact.get("model")
    return fact["kind"] == "training_started" and any(other.get("model") == own for other in rest)


def former(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """New ids to all the older ones that they stand for."""
    found: dict[str, tuple[str, ...]] = {}
    for old, new in names.items():
        found[new] = (*found.get(new, ()), old)
    return found


def built_of(
    facts: Sequence[Plain], old_names: Mapping[str, Sequence[str]]
) -> tuple[Fact, ...] | None:
    """Facts from plain data, with both names of whatever was renamed; None if one is none."""
    ordered = sorted(facts, key=lambda fact: fact["date"])
    about = next((f"w{n}" for n, fact in enumerate(ordered, 1) if fact.get("$act")), None)
    problems: list[Problem] = []
    built = []
    for n, fact in enumerate(ordered, 1):
        plain = {"id": f"w{n}", **_both_names(fact, old_names)}
        plain.pop("$act", None)
        for name, value in list(plain.items()):
            if value == "$trigger":
                plain[name] = [about] if about is not None else None
            elif value == "$before":
                plain[name] = format_day(START + fact["date"] - 1)
            elif isinstance(value, tuple):
                plain[name] = list(value)
        if None in plain.values():
            return None
        plain["date"] = format_day(START + fact["date"])
        one = build_fact(plain, n - 1, NOWHERE, problems)
        if one is None or problems:
            return None
        built.append(one)
    return tuple(built)


def _both_names(fact: Plain, names: Mapping[str, Sequence[str]]) -> Plain:
    both = dict(fact)
    known = attributes_of(fact["kind"])
    for name, value in fact.items():
        if isinstance(value, dict):
            both[name] = {**{old: v for k, v in value.items() for old in names.get(k, ())}, **value}
        elif isinstance(value, tuple | list) and name in known and name != "values":
            both[name] = tuple(dict.fromkeys(w for v in value for w in (v, *names.get(v, ()))))
    return both


def status_of(side: Side, record: Record, at: int) -> str:
    """The gravest status of the clause, its steps and its price."""
    name = f"{side.policy.id}#{side.clause.common.id}"
    standing = isinstance(side.clause, Forbid | Power)
    found = [
        finding
        for finding in rule([side.policy], record, at, throughout=True).findings
        if finding.clause == name or finding.clause.startswith(f"{name}/")
    ]
    return gravest(found, lambda finding: standing and finding.outcome.key == "now")


def gravest(findings: Iterable[Finding], stands: Callable[[Finding], bool]) -> str:
    """An offence if any is; else undetermined if any is, but for what merely ``stands``.

    Whether one might act now is open where the act would have to say more: nothing was done.
    """
    told = [f for f in findings if not (f.status == "undetermined" and stands(f))]
    statuses: list[str] = [finding.status for finding in told]
    offences = [status for status in statuses if status in OFFENCES]
    undetermined = [status for status in statuses if status == "undetermined"]
    return (offences or undetermined or statuses or [""])[0]


def _plain(value: object) -> Any:
    """Plain data for JSON: numbers as they print, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | bool | int | None) else str(value)
