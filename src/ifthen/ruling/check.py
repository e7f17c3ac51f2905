"""Confirms the explanation of a finding, independently of what ruled it.

A finding is a proof: it says what was asked, where, what came out, on which facts. ``check`` works
all of it out again by the definitions in ``ifthen.ruling.definitional``, which quantify over the
whole list of visible facts, and tells every place at which the two differ.

Confirmed, for each choice of readings and the words taken literally:

- every step of ``because``: rule, text, value, facts, detail, assumptions, steps below; and that it
  gives a reason exactly where its value is unknown (the wording of the reason is not confirmed);
- ``triggered``, ``due``, ``done``, ``late_seconds``, ``between``, ``instance``, ``facts``,
  ``assumes``, and the status that follows, with the force of the clause applied;
- that the readings, all of them and no others, agree or leave the finding undetermined;
- that facts which rest on memory decide nothing alone;
- what a developer's own acknowledgement settles: that it is visible, about this clause or one of
  its rows, and of that amount;
- the clause: its title, section, rows, kind and force.

Not confirmed: ``says``, the charitable side of ``words``, and the wording of ``unknown``. Of a
clause that continues one of an older version, whose text is not at hand, only this is confirmed:
that some earlier version of the family may have handed over what arose before this one began, and,
where a condition triggers, that it may have come to the same then.
Whether a newer version takes over what is ``lapsed``, or asked by one reading, is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TypeAlias

from ifthen.dates import Instant
from ifthen.policy.model import Policy
from ifthen.record.model import Record
from ifthen.ruling.definitional.findings import ACKNOWLEDGED, Expected, Findings, Handover
from ifthen.ruling.definitional.view import Subject
from ifthen.ruling.finding import Finding, ReadingStatus
from ifthen.ruling.outcome import Interval, Outcome
from ifthen.ruling.reasons import Because

_Place: TypeAlias = tuple[str, Subject, str, str, tuple[Interval | None, ...]]
"""Clause, subject, key and part of the outcome, and when it was triggered under each parse."""


def check(
    finding: Finding,
    policy: Policy,
    record: Record,
    at: Instant,
    known: Instant,
    *,
    throughout: bool = False,
) -> tuple[str, ...]:
    """The problems found in the explanation of a finding; none means that it is confirmed.

    Args:
        finding: what was found.
        policy: the policy it was found under.
        record: the facts.
        at: the moment of the ruling.
        known: nothing learned after this was seen.
        throughout: whether the policy was taken to be in force throughout, as for ``rule``.
    """
    return Checker(policy, record, at, known, throughout=throughout).check(finding)


class Checker:
    """Confirms the findings of one ruling under one policy, each question worked out once."""

    def __init__(
        self,
        policy: Policy,
        record: Record,
        at: Instant,
        known: Instant,
        *,
        throughout: bool = False,
        before: Checker | None = None,
    ) -> None:
        """As for ``check``; ``before``: of the same policy and record, at another moment."""
        self.findings: Findings = Findings(
            policy,
            record,
            at,
            known,
            throughout=throughout,
            before=None if before is None else before.findings,
        )
        self._places: dict[_Place, tuple[list[Expected], Iterator[Expected]]] = {}

    def check(self, finding: Finding) -> tuple[str, ...]:
        """The problems found in the explanation of a finding."""
        policy, key = self.findings.policy.id, finding.outcome.key
        if finding.policy != policy or _clause_of(finding) not in self.findings.clauses:
            return (f"{finding.clause} is no clause of {policy}",)
        problems: tuple[str, ...] = (f"nothing is found about {finding.subject} at {key}",)
        for number, expected in enumerate(self.expected(finding)):
            found = tuple(_differences(finding, expected))
            problems = found if number == 0 or len(found) < len(problems) else problems
            if not problems:
                break
        return problems

    def expected(self, finding: Finding) -> Iterator[Expected]:
        """What may be found where a finding is, by the definition of its clause.

        That is one thing, but for what an older version handed over.
        """
        outcome = finding.outcome
        subject = Subject(finding.subject.model, finding.subject.standard)
        told = [outcome, *(reading.outcome for reading in finding.readings)]
        whens = tuple(dict.fromkeys(one.triggered for one in told))
        place = (_clause_of(finding), subject, outcome.key, outcome.part, whens)
        if place not in self._places:
            self._places[place] = ([], self._worked_out(place))
        known, more = self._places[place]
        yield from known
        for one in more:
            if one not in known:
                known.append(one)
                yield one

    def _worked_out(self, place: _Place) -> Iterator[Expected]:
        name, subject, key, part, whens = place
        clause = self.findings.clauses[name]
        windows: dict[tuple[Instant, bool], list[Handover]] = {}
        tried = (h for when in whens for h in self.findings.handovers(clause, key, when))
        for handover in dict.fromkeys(tried):
            for left in (False, True) if handover.end is not None else (False,):
                windows.setdefault((handover.start, left), []).append(handover)
                for one in self.findings.of(name, handover, left=left):
                    if (one.subject, one.outcome.key, one.outcome.part) == (subject, key, part):
                        yield one
        for (_, left), handovers in windows.items():
            if len(handovers) > 1:
                for one in self.findings.apart(name, subject, handovers, left=left):
                    if (one.outcome.key, one.outcome.part) == (key, part):
                        yield one


def _clause_of(finding: Finding) -> str:
    return finding.clause.partition("#")[2].partition("/")[0]


def _differences(finding: Finding, expected: Expected) -> Iterator[str]:
    """Every place at which a finding differs from what it should be."""
    for name in ("clause", "title", "section", "encodes", "kind", "force", "status", "assumes"):
        yield from _unlike(name, getattr(finding, name), getattr(expected, name))
    open_ = expected.status == "undetermined" or ACKNOWLEDGED in expected.assumes
    yield from _unlike("reasons", bool(finding.unknown), open_)
    yield from _outcomes("", finding.outcome, expected.outcome)
    stated = [dict(reading.readings) for reading in finding.readings]
    asked = [dict(readings) for readings, _, _ in expected.readings]
    if stated != asked:
        yield from _unlike("readings", stated, asked)
        return
    for reading, (_, says, outcome) in zip(finding.readings, expected.readings, strict=True):
        yield from _reading(reading, says, outcome)


def _reading(reading: ReadingStatus, says: str, expected: Outcome) -> Iterator[str]:
    yield from _unlike(f"{says}: says", reading.says, says)
    yield from _outcomes(f"{says}: ", reading.outcome, expected)


_COMPARED = tuple(f.name for f in fields(Outcome) if f.name not in ("because", "unknown"))


def _outcomes(where: str, given: Outcome, expected: Outcome) -> Iterator[str]:
    for name in _COMPARED:
        yield from _unlike(where + name, getattr(given, name), getattr(expected, name))
    if given.status == "undetermined" and not given.unknown:
        yield f"{where}no reason is given why it is undetermined"
    yield from _trees(f"{where}because", given.because, expected.because)


def _trees(where: str, given: Sequence[Because], expected: Sequence[Because]) -> Iterator[str]:
    if len(given) != len(expected):
        yield from _unlike(f"{where}: number of steps", len(given), len(expected))
        return
    for number, (step, other) in enumerate(zip(given, expected, strict=True)):
        yield from _steps(f"{where}.{number}", step, other)


def _steps(where: str, step: Because, expected: Because) -> Iterator[str]:
    for name in ("rule", "text", "value", "facts", "assumes"):
        yield from _unlike(f"{where} {name}", getattr(step, name), getattr(expected, name))
    yield from _unlike(f"{where} detail", _typed(step.detail), _typed(expected.detail))
    yield from _unlike(f"{where} reasons", bool(step.unknown), bool(expected.unknown))
    yield from _trees(where, step.children, expected.children)


def _typed(detail: Mapping[str, object]) -> list[tuple[str, str, object]]:
    """A detail with the types of its values, so that 1 is not taken for true."""
    return [(name, type(value).__name__, value) for name, value in sorted(detail.items())]


def _unlike(where: str, given: object, expected: object) -> Iterator[str]:
    if given != expected or type(given) is not type(expected):
        yield f"{where} is {given!r}, not {expected!r}"
