"""The fold beside the definition: one clause, one subject and one instant at a time.

A *comparison* is of one clause about one subject (a model, a standard, the organisation) at one
instant (a day ``at`` and what was ``known``). The same must be found on both sides: as many
findings, and of each its key, status, trigger, due date, deed, lateness, both ends of what is
not known, assumptions, and all of that under every reading. The explanations are compared
elsewhere (``test_check.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from random import Random
from typing import Any, NamedTuple

import random_policies
from random_records import Lives, moments

from ifthen import Finding, Policy, Record, Session, load_policy, policy_ids, rule
from ifthen.dates import format_instant
from ifthen.garbage import no_collection
from ifthen.policy.model import Clause
from ifthen.ruling.check import Checker
from ifthen.ruling.definitional.findings import Expected
from ifthen.ruling.outcome import Outcome

Said = tuple[Any, ...]
"""What one side says of one finding."""
_Subject = tuple[str | None, str | None]


class Case(NamedTuple):
    """What is ruled: the policies of a family, a record, the moments."""

    policies: list[Policy]
    record: Record
    moments: list[tuple[int, int]]
    """Pairs of ``at`` and ``known``, ``at`` in order."""
    throughout: bool


@dataclass
class Tally:
    """What was compared, and what came out apart."""

    comparisons: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """Comparisons by kind of clause."""
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Findings by kind of clause and status."""
    apart: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Put another tally with this one."""
        self.comparisons += other.comparisons
        self.kinds += other.kinds
        self.statuses += other.statuses
        self.apart += other.apart


def case(seed: int, number: int) -> Case:
    """A random policy, or two versions of one, and a random record of it.

    One in twenty is of policies that come with the package; they have many more clauses.
    """
    random = Random(f"{seed}/{number}")
    if number % 20:
        return _case(random_policies.family(random), random, 32)
    names = random.choice(_families())
    first = random.randrange(len(names))
    policies = [_loaded(name) for name in names[first : first + random.choice((1, 1, 2))]]
    return _case(policies, random, 8)


@cache
def _families() -> list[list[str]]:
    return [[*names] for _, names in groupby(policy_ids(), lambda name: name.partition("@")[0])]


_loaded = cache(load_policy)


def _case(policies: list[Policy], random: Random, instants: int) -> Case:
    """A random record of given policies; now and then, known is not what was known then."""
    record = Lives(policies).record(random)
    ats = moments(random, record, instants)
    way = random.random()
    if way < 0.2:  # all that was ever learned
        pairs = [(at, ats[-1] + 10**9) for at in ats]
    elif way < 0.3:  # some of it
        pairs = [(at, random.choice(ats)) for at in ats]
    else:
        pairs = [(at, at) for at in ats]
    return Case(policies, record, pairs, random.random() < 0.1)


def compare(case: Case) -> Tally:
    """Every clause about every subject at every moment of a case."""
    with no_collection():
        return _compare(case)


def _compare(case: Case) -> Tally:
    tally = Tally()
    session = Session(case.policies, case.record, throughout=case.throughout)
    checkers: dict[str, Checker] = {}
    continued = {c.common.continues for p in case.policies for c in p.clauses}
    for number, (at, known) in enumerate(case.moments):
        if number % 10 == 9:  # asked once, and not carried on from the moment before
            ruling = rule(case.policies, case.record, at, known, throughout=case.throughout)
        else:
            session.advance(at, known)
            ruling = session.ruling()
        ruled: dict[tuple[str, str], dict[_Subject, list[Finding]]] = {}
        for finding in ruling.findings:
            name = finding.clause.partition("#")[2].partition("/")[0]
            subjects = ruled.setdefault((finding.policy, name), {})
            subjects.setdefault((finding.subject.model, finding.subject.standard), []).append(
                finding
            )
        for policy in case.policies:
            checker = checkers[policy.id] = Checker(
                policy,
                case.record,
                at,
                known,
                throughout=case.throughout,
                before=checkers.get(policy.id),
            )
            for clause in policy.clauses:
                found = ruled.get((policy.id, clause.common.id), {})
                left = f"{policy.id}#{clause.common.id}" in continued
                for subject, why in _clause(checker, clause, found, left):
                    tally.comparisons += 1
                    tally.kinds[clause.kind] += 1
                    for one in found.get(subject, ()):
                        tally.statuses[clause.kind, one.status] += 1
                    if why is not None:
                        place = f"{clause.common.id} of {policy.id} about {subject}"
                        when = f"at {format_instant(at)} ({at}), known {known}"
                        tally.apart.append(f"{place} {when}: {why}")
    return tally


def _clause(
    checker: Checker, clause: Clause, ruled: dict[_Subject, list[Finding]], left: bool
) -> Iterator[tuple[_Subject, str | None]]:
    """Each subject of a clause, and how the two sides differ about it; None where they agree."""
    findings = checker.findings
    if clause.common.continues is not None:
        yield from _carried_on(checker, ruled)
        return
    ways = [
        _by_subject(findings.of(clause.common.id, handover, left=way))
        for handover in findings.handovers(clause)
        for way in ((False, True) if left else (False,))
    ]
    for subject in dict.fromkeys((*ruled, *(one for way in ways for one in way))):
        said = Counter(map(_said, ruled.get(subject, ())))
        meant = [Counter(map(_said, way.get(subject, ()))) for way in ways] or [Counter[Said]()]
        yield subject, None if said in meant else _apart(said, meant[0])


def _carried_on(
    checker: Checker, ruled: dict[_Subject, list[Finding]]
) -> Iterator[tuple[_Subject, str | None]]:
    """What the older version left is not at hand: each finding must be one that may be found.

    Under each reading it may have left something else, or nothing that is asked here.
    """
    for subject, found in ruled.items():
        why = None
        for one in found:
            may = [_said(other) for other in checker.expected(one)]
            said = _said(one)
            blank = _outcome(Outcome(one.outcome.key, "dormant", one.outcome.part))
            options = [reading for other in may for reading in other[-1]]
            each = all(reading in options or reading[1] == blank for reading in said[-1])
            if said not in may and not (said[-1] and each):
                why = f"{said} is none of {may}"
        yield subject, why


def _by_subject(found: Sequence[Expected]) -> dict[_Subject, list[Expected]]:
    subjects: dict[_Subject, list[Expected]] = {}
    for one in found:
        subjects.setdefault((one.subject.model, one.subject.standard), []).append(one)
    return subjects


def _said(one: Finding | Expected) -> Said:
    if isinstance(one, Expected):
        readings = tuple(
            (tuple(taken.items()), _outcome(found)) for taken, _, found in one.readings
        )
    else:
        readings = tuple(
            (tuple(each.readings.items()), _outcome(each.outcome)) for each in one.readings
        )
    return (one.clause, one.status, one.force, one.assumes, _outcome(one.outcome), readings)


def _outcome(one: Outcome) -> Said:
    return (
        *(one.key, one.part, one.status, one.instance, one.triggered, one.due, one.done),
        *(one.late_seconds, one.early_seconds, one.between),
    )


def _apart(said: Counter[Said], meant: Counter[Said]) -> str:
    return f"the fold finds {[*(said - meant)]}, the definition {[*(meant - said)]}"
