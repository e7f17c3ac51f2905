"""Every finding of a clause by its definition: versions, readings, memory, acknowledgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import TypeAlias

from ifthen.dates import SECONDS_PER_DAY, Instant
from ifthen.policy.model import (
    Cadence,
    Clause,
    Maintain,
    Policy,
    Power,
    Procedure,
    Whenever,
    Within,
)
from ifthen.record.history import History, history_of
from ifthen.record.model import Fact, Record
from ifthen.ruling.definitional.clauses import outcomes
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.settling import Handed, Window, forced, once
from ifthen.ruling.definitional.turns import Table, compared
from ifthen.ruling.definitional.values import UNTOLD
from ifthen.ruling.definitional.view import Subject, View
from ifthen.ruling.finding import NOT_KEPT
from ifthen.ruling.matching import Names
from ifthen.ruling.order import closing, precedes
from ifthen.ruling.outcome import Interval, Outcome, Status
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import ADOPTIONS, Force

ACKNOWLEDGED = "the developer's own acknowledgement"
Place: TypeAlias = tuple[str, str]
"""Key and part of an outcome."""
Handover: TypeAlias = Window
"""A window of a version, with what it may have taken over from an older one."""
_MOST_APART = 500
"""Combinations of what each parse took over that are tried for one finding."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a finding should be."""

    clause: str
    title: str
    section: str
    encodes: tuple[str, ...]
    kind: str
    force: Force
    subject: Subject
    status: Status
    outcome: Outcome
    assumes: tuple[str, ...]
    readings: tuple[tuple[Mapping[str, str], str, Outcome], ...]


class Findings:
    """The findings of one policy's clauses on one record at one moment."""

    def __init__(
        self,
        policy: Policy,
        record: Record,
        at: Instant,
        known: Instant,
        *,
        throughout: bool,
        before: Findings | None = None,
    ) -> None:
        """As for ``rule``.

        Args:
            policy: whose clauses they are.
            record: the facts.
            at: the moment.
            known: nothing learned after this is seen.
            throughout: whether the policy is taken to be in force throughout.
            before: of the same policy and record at another moment: where nothing else is seen
                than then, what conditions came to is not worked out again.
        """
        self.policy = policy
        self.at = at
        self.throughout = throughout
        self.clauses = {clause.common.id: clause for clause in policy.clauses}
        self._history: History = history_of(record) if before is None else before._history
        self._names: Names = Names(policy) if before is None else before._names
        self._assignments: dict[str, Sequence[Mapping[str, str]]] = {}
        self._conditions: dict[tuple[object, ...], Conditions] = {}
        self.view = View(self._history, record.complete, at, known, recall=True)
        self.sure: View | None = None
        """The view without what rests on memory; None where nothing on record does."""
        if any(fact.confidence == "recall" for fact in record.facts):
            self.sure = View(self._history, record.complete, at, known, recall=False)
        if before is not None:
            self._assignments = before._assignments
            if self.view.shows_what(before.view) and (
                self.sure is before.sure is None
                or (self.sure and before.sure and self.sure.shows_what(before.sure))
            ):
                self.view, self.sure = before.view, before.sure
                self._conditions = before._conditions
        self._found: dict[tuple[str, Handover, bool], list[Expected]] = {}

    def of(self, name: str, handover: Handover, *, left: bool = False) -> list[Expected]:
        """Every finding of a clause, about every subject.

        Args:
            name: the clause.
            handover: the version's window, and what it took over.
            left: whether a later version takes over what is not yet due where this one ends.
        """
        key = (name, handover, left)
        if key not in self._found:
            raw = list(self._raw(self.clauses[name], handover, left=left))
            self._found[key] = self._acknowledged(raw, name, handover)
        return self._found[key]

    # --- versions --------------------------------------------------------------------------

    def _adopted(self) -> list[Fact]:
        """Every fact that puts another version of this family in force, in order."""
        found: list[Fact] = []
        for fact in self.view.facts:
            named = str(fact.attributes.get("policy"))
            if (
                fact.kind in ADOPTIONS
                and named.partition("@")[0] == self.policy.family
                and (not found or found[-1].attributes["policy"] != named)
            ):
                found.append(fact)
        return found

    def handovers(
        self, clause: Clause, key: str = "", when: Interval | None = None
    ) -> Iterator[Handover]:
        """When the policy is in force, and what the clause may have taken over then.

        Where a condition triggers, an older version may have left anything that allows for an
        outcome of that key, triggered then.
        """
        if self.throughout:
            yield Window(self.view.begins, None, self.view.begins, takes_over=False)
            return
        adopted: list[Fact | None] = [None, *self._adopted(), None]
        for before, fact, after in zip(adopted, adopted[1:], adopted[2:], strict=False):
            if fact is None or fact.attributes["policy"] != self.policy.id:
                continue
            window = Window(
                fact.earliest,
                None if after is None else after.earliest,
                fact.earliest,
                takes_over=False,
                begun_by=None if before is None else fact.id,
                ended_by=None if after is None else after.id,
            )
            if window.end != window.start:
                yield window
                if clause.common.continues is not None:
                    yield from self._continued(window)
                    if isinstance(clause, Maintain) or (
                        isinstance(clause, Whenever) and clause.becomes is not None
                    ):
                        yield from self._handed(window, key, when)

    def _continued(self, window: Window) -> Iterator[Handover]:
        """What a version may have taken over from any of those before it."""
        starts = {fact.earliest for fact in self._adopted() if fact.earliest <= window.start}
        for floor in sorted(starts, reverse=True):
            for takes_over in (False, True):
                yield replace(window, floor=floor, takes_over=takes_over)

    def _handed(self, window: Window, key: str, when: Interval | None) -> Iterator[Handover]:
        """Every state in which an older version may have left the clause."""
        name, _, digits = key.replace("#", "# ").partition(" ")
        number = int(digits) if name in ("#", "gap") and digits.isdecimal() else 0
        states = [Handed(value, n) for n in range(number + 1) for value in (False, True, None)]
        if number and when is not None and when[1] < window.start:
            values = (True,) if name == "gap" else (False, True, None)
            states += [Handed(value, number, key, when) for value in values]
        for older in self._continued(window):
            if older.takes_over:
                yield from (replace(older, handed=state) for state in states)

    # --- readings --------------------------------------------------------------------------

    def _subjects(self, clause: Clause, handover: Handover) -> Iterator[Subject]:
        match clause.common.for_each:
            case "organisation":
                yield Subject(None, None)
            case "standard":
                yield from (
                    Subject(None, s.id) for s in self.policy.standards.values() if s.defined
                )
            case "model":
                views = [self.view] if self.sure is None else [self.view, self.sure]
                for model in dict.fromkeys(m for view in views for m in view.models()):
                    first = self.view.first(model) or views[-1].first(model)
                    if first is not None and not handover.closed(first.earliest):
                        yield Subject(model, None)

    def _table(
        self,
        clause: Clause,
        subject: Subject,
        readings: Mapping[str, str],
        view: View,
        handover: Handover,
    ) -> dict[Place, Outcome]:
        common = clause.common
        key = (view is self.sure, subject, *readings.items(), common.month_end, handover.floor)
        conditions = self._conditions.get(key)
        if conditions is None:
            conditions = self._conditions[key] = Conditions(
                self.policy,
                self._names,
                view,
                subject,
                readings,
                common.month_end,
                handover.floor,
            )
        table: dict[Place, Outcome] = {}
        for outcome in outcomes(clause, conditions, handover, self.at):
            if outcome.carry and outcome.status != "undetermined":
                outcome = replace(
                    outcome, status="lapsed", done=None, late_seconds=None, between=()
                )
            if not isinstance(clause, Procedure):
                outcome = forced(outcome, "commitment" if outcome.part else common.force)
            table[outcome.key, outcome.part] = outcome
        return table

    def _raw(self, clause: Clause, handover: Handover, *, left: bool = False) -> Iterator[Expected]:
        """The findings before any acknowledgement."""
        assignments = self._assignments.get(clause.common.id)
        if assignments is None:
            assignments = Anatomy(self.policy, clause).assignments
            self._assignments[clause.common.id] = assignments
        for subject in self._subjects(clause, handover):
            views = [self.view] if self.sure is None else [self.view, self.sure]
            asked = [(readings, view) for view in views for readings in assignments]
            tables = [self._table(clause, subject, *each, handover) for each in asked]
            yield from self._merged(clause, subject, tables, left=left)

    def apart(
        self, name: str, subject: Subject, handovers: Sequence[Handover], *, left: bool
    ) -> Iterator[Expected]:
        """Findings of a clause of which each parse took over something else.

        Under each parse an older version left the clause in a state of its own. Where memory is
        asked for too, nothing is tried.
        """
        clause = self.clauses[name]
        assignments = self._assignments.get(name, ())
        if len(assignments) < 2 or self.sure is not None:
            return
        each: list[list[dict[Place, Outcome]]] = []
        for readings in assignments:
            tables: list[dict[Place, Outcome]] = []
            for handover in handovers:
                table = self._table(clause, subject, readings, self.view, handover)
                if table not in tables:
                    tables.append(table)
            each.append(tables)
        for some in islice(product(*each), _MOST_APART):
            yield from self._merged(clause, subject, list(some), left=left)

    def _merged(
        self,
        clause: Clause,
        subject: Subject,
        tables: Sequence[dict[Place, Outcome]],
        *,
        left: bool,
    ) -> Iterator[Expected]:
        """What the outcomes under each parse, with memory and without, come to."""
        assignments = self._assignments[clause.common.id]
        found = compared(clause, tables)
        if left:
            found = [{p: o for p, o in table.items() if not o.carry} for table in found]
        count = len(assignments)
        sures: Sequence[Table | None] = found[count:] or [None] * count
        each_parse = list(zip(assignments, found[:count], sures, strict=True))
        places = [place for _, table, _ in each_parse for place in table]
        places += [
            place
            for _, _, sure in each_parse
            for place, outcome in (sure or {}).items()
            if outcome.status in NOT_KEPT
        ]
        for place in (each := dict.fromkeys(places)):
            told = [
                (readings, _told(_asked(table, place), sure, place), place in table)
                for readings, table, sure in each_parse
            ]
            stated = [(readings, outcome) for readings, outcome, here in told if here]
            if not stated or any(outcome.status != "undetermined" for _, outcome in stated):
                stated = [(readings, outcome) for readings, outcome, _ in told]
            expected = self._expected(clause, subject, stated)
            if place[0] != "-" or len(each) == 1 or expected.status != "dormant":
                yield expected

    def _expected(
        self, clause: Clause, subject: Subject, found: list[tuple[Mapping[str, str], Outcome]]
    ) -> Expected:
        all_ = [outcome for _, outcome in found]
        first = all_[0]
        agreed = all(outcome.status == first.status for outcome in all_)
        same = {
            name: all(getattr(o, name) == getattr(first, name) for o in all_)
            for name in ("due", "done", "late_seconds", "early_seconds", "limits")
        }
        outcome = replace(
            first,
            due=first.due if same["due"] else None,
            done=first.done if same["done"] else None,
            late_seconds=first.late_seconds if same["late_seconds"] and agreed else None,
            early_seconds=first.early_seconds if same["early_seconds"] and agreed else None,
            limits=first.limits if same["limits"] else (),
            facts=first.facts if agreed else once(f for o in all_ for f in o.facts),
        )
        common, suffix = clause.common, f"/{first.part}" if first.part else ""
        title, encodes, force = common.title, common.encodes, common.force
        if isinstance(clause, Procedure) and first.part:
            (step,) = (step for step in clause.steps if step.id == first.part)
            title, encodes, force = step.title, step.encodes, step.force
        elif first.part:
            title, force = f"{title}: its price", "commitment"
        return Expected(
            f"{self.policy.id}#{common.id}{suffix}",
            title,
            common.source,
            encodes,
            clause.kind,
            force,
            subject,
            first.status if agreed else "undetermined",
            outcome,
            once(a for o in all_ for a in o.assumes),
            tuple((r, self._says(r), o) for r, o in found if r),
        )

    def _says(self, readings: Mapping[str, str]) -> str:
        return ", ".join(self.policy.readings[r].options[option] for r, option in readings.items())

    # --- acknowledgements ------------------------------------------------------------------

    def _acknowledged(self, found: list[Expected], name: str, handover: Handover) -> list[Expected]:
        """The findings of a clause with every acknowledgement about it applied, in order."""
        for fact in self.view.of(["noncompliance_acknowledged"], None):
            happened = precedes(fact, closing(self.at)).before
            ours = fact.attributes.get("policy") in (None, self.policy.id)
            if (
                happened
                and ours
                and fact.confidence != "recall"
                and self._means(fact, name, handover)
            ):
                found = _settled(found, fact)
        return found

    def _means(self, fact: Fact, name: str, handover: Handover) -> bool:
        """Whether an acknowledgement is about a clause, by name or as the one open with its row."""
        about = fact.attributes.get("about")
        names = set(about) if isinstance(about, tuple) else set()
        named = [c for c in self.policy.clauses if names & _names(self.policy, c)]
        if named:
            return self.clauses[name] in named
        late = _days_late(fact) is not None
        rows = [
            clause.common.id
            for clause in self.policy.clauses
            if names & set(clause.common.encodes) and (_counts_days(clause) or not late)
        ]
        others = [
            other
            for other in rows
            if other != name
            and any(
                self._open(self.clauses[other], fact, window)
                for window in self.handovers(self.clauses[other])
            )
        ]
        return name in rows and not others

    def _open(self, clause: Clause, fact: Fact, handover: Handover) -> bool:
        """Whether the days alone leave a finding of a clause undetermined."""
        return any(_may_settle(found, fact) for found in self._raw(clause, handover))


def _names(policy: Policy, clause: Clause) -> set[str]:
    return {clause.common.id, f"{policy.id}#{clause.common.id}"}


def _may_settle(found: Expected, fact: Fact) -> bool:
    """Whether an acknowledgement is about a finding that is undetermined."""
    whose = not fact.models or found.subject.model in fact.models
    return found.status == "undetermined" and whose and not found.outcome.part


def _settled(found: list[Expected], fact: Fact) -> list[Expected]:
    """The one open finding settled; where several are open, one more, about the whole clause."""
    open_ = [each for each in found if _may_settle(each, fact)]
    if not open_:
        return found
    if len(open_) == 1:
        return [_by(each, fact) if each is open_[0] else each for each in found]
    subjects = {each.subject for each in open_}
    subject = subjects.pop() if len(subjects) == 1 else Subject(None, None)
    blank = Outcome(fact.id, "undetermined")
    arisen = [
        each
        for each in open_
        if each.outcome.triggered is not None and each.outcome.triggered[0] <= fact.latest
    ]
    general = replace((arisen or open_)[-1], subject=subject, outcome=blank, readings=())
    return [*found, _by(general, fact)]


def _by(found: Expected, fact: Fact) -> Expected:
    """A finding as an acknowledgement settles it: late by the days it states, else breached."""
    days = _days_late(fact)
    outcome = replace(
        found.outcome,
        status="breached" if days is None else "late",
        late_seconds=None if days is None else int(days * SECONDS_PER_DAY),
        instance=found.outcome.instance or fact.id,
        facts=once((*found.outcome.facts, fact.id)),
    )
    outcome = forced(outcome, found.force)
    assumes = once((*found.assumes, ACKNOWLEDGED))
    return replace(found, outcome=outcome, status=outcome.status, assumes=assumes)


def _days_late(fact: Fact) -> Fraction | None:
    values = fact.attributes.get("values")
    for value in values if isinstance(values, tuple) else ():
        if value.get("measure") == "days_late" and isinstance(value.get("value"), Fraction):
            return Fraction(value["value"])
    return None


def _counts_days(clause: Clause) -> bool:
    """Whether a clause has a clock of its own, so that it can be late by days."""
    match clause:
        case Cadence(every=every):
            return every is not None
        case Whenever(duty=duty) | Power(price=duty) if duty is not None:
            return any(isinstance(limit, Within) for limit in duty.deadlines)
    return False


def _asked(table: Mapping[Place, Outcome], place: Place) -> Outcome:
    """What is found at a place: under a reading that knows no such place, nothing is asked."""
    return table.get(place) or Outcome(place[0], "dormant", place[1])


def _told(outcome: Outcome, sure: Mapping[Place, Outcome] | None, place: Place) -> Outcome:
    """An outcome as it stands where what rests on memory decides nothing alone."""
    return outcome if sure is None else _on_memory(outcome, sure.get(place))


def _on_memory(outcome: Outcome, without: Outcome | None) -> Outcome:
    """An outcome that differs without what rests on memory is undetermined."""
    nothing = without is None and outcome.status in ("dormant", "undetermined")
    if nothing or (without is not None and without.status == outcome.status):
        return outcome
    return replace(outcome, status="undetermined", between=(), unknown=UNTOLD)
