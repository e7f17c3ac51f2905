"""Ruling that keeps up with a growing record.

A session holds the timeline and, for every clause in force and every subject, the cells that judge
it. When facts arrive, whether in date order, back-dated or as corrections, the cells that could
see them are brought up to date; each judges again only what rests on something that changed.
``rule`` is a session asked once.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import takewhile

from ifthen.dates import Instant
from ifthen.garbage import no_collection
from ifthen.policy.model import (
    Cadence,
    Call,
    Clause,
    Constant,
    Forbid,
    Maintain,
    Policy,
    Power,
    Procedure,
    Whenever,
)
from ifthen.record.history import history_of
from ifthen.record.model import Fact, Record
from ifthen.ruling.acknowledge import acknowledged
from ifthen.ruling.answers import Answers
from ifthen.ruling.cells import NOTHING, Cell, Handover, Window
from ifthen.ruling.duties import CadenceCell, MaintainCell, WheneverCell
from ifthen.ruling.finding import Finding, InForce, Ruling
from ifthen.ruling.holds import ForbidCell
from ifthen.ruling.interests import interests
from ifthen.ruling.judge import Judge, Meaning, Subject
from ifthen.ruling.matching import Names
from ifthen.ruling.merge import Merged, Variant, merge
from ifthen.ruling.order import sort_key
from ifthen.ruling.procedures import PowerCell, ProcedureCell
from ifthen.ruling.sight import Sight
from ifthen.ruling.timeline import MODELS, Interest, Lane, Timeline
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import ADOPTIONS, KINDS, MODEL_EVENTS_OF_ACTION, Action

_CELLS: dict[type, type[Cell]] = {
    Cadence: CadenceCell,
    Whenever: WheneverCell,
    Forbid: ForbidCell,
    Maintain: MaintainCell,
    Procedure: ProcedureCell,
    Power: PowerCell,
}


@dataclass(frozen=True, slots=True)
class Version:
    """A policy, and when it is in force for this record."""

    policy: Policy
    window: Window
    throughout: bool = False

    @property
    def in_force(self) -> InForce:
        """The version as a ruling lists it."""
        return InForce(
            self.policy.id, None if self.throughout else self.window.start, self.window.end
        )


class Group:
    """One clause about one subject: a cell per variant, and the findings they merge into."""

    def __init__(
        self,
        session: Session,
        version: Version,
        clause: Clause,
        anatomy: Anatomy,
        subject: Subject,
        before: Group | None,
    ) -> None:
        self.session = session
        self.version = version
        self.clause = clause
        self.anatomy = anatomy
        self.subject = subject
        self.before = before
        """The same clause in an earlier version, whose clock and pending duties go on here."""
        self.after: Group | None = None
        """The same clause in a later version, where what is not yet due here goes on."""
        self.floor: Instant = version.window.start if before is None else before.floor
        self.key = (version.policy.id, clause.common.id, subject)
        self.variants: list[Variant] = []
        self.findings: tuple[Finding, ...] = ()
        self._merged: Merged | None = None
        self.reset()

    def reset(self) -> None:
        """Judge from the start at the next update."""
        meanings: tuple[Meaning, ...] = ("literal",)
        if self.anatomy.terms:
            meanings = ("literal", "charitable")
        self.variants = [
            Variant(readings, meaning, True, self._cell(readings, meaning, True))
            for readings in self.anatomy.assignments
            for meaning in meanings
        ]
        self.rests_on_recall = self.session.rests_on_recall(self)
        if self.rests_on_recall:
            self.variants += [
                Variant(readings, "literal", False, self._cell(readings, "literal", False))
                for readings in self.anatomy.assignments
            ]
        self._merged = None

    @cached_property
    def interests(self) -> frozenset[Interest]:
        """Every (kind, model) whose facts can change what is found."""
        judge = self.variants[0].cell.judge
        return frozenset(clause_interests(self.clause, self.anatomy, judge))

    def _judge(self, readings: Mapping[str, str], meaning: Meaning, recall: bool) -> Judge:
        policy = self.version.policy
        return Judge(
            policy,
            self.session.names[policy.id],
            self.session.sight(recall).timeline,
            self.subject,
            readings=readings,
            meaning=meaning,
            month_end=self.clause.common.month_end,
            floor=self.floor,
            answers=self.session.answers(self, recall),
        )

    def _cell(self, readings: Mapping[str, str], meaning: Meaning, recall: bool) -> Cell:
        judge = self._judge(readings, meaning, recall)
        carried = self._carried(readings, meaning, recall)
        return _CELLS[type(self.clause)](self.clause, judge, self.version.window, carried)

    def _carried(self, readings: Mapping[str, str], meaning: Meaning, recall: bool) -> Handover:
        if self.before is None:
            return NOTHING
        return self.before.carry(readings, meaning, recall)

    @property
    def takes_over_anew(self) -> bool:
        """Whether something else is left to do by the version before than when last judged."""
        return any(
            v.cell.carried != self._carried(v.readings, v.meaning, v.recall) for v in self.variants
        )

    @property
    def wake(self) -> Instant | None:
        """The next instant at which time alone may change something here."""
        wakes = [v.cell.wake for v in self.variants if v.cell.wake is not None]
        return min(wakes, default=None)

    def update(self, at: Instant) -> bool:
        """Bring cells and findings up to date; tell whether anything was judged again."""
        continued = self.after is not None
        again = [variant.cell.update(at) for variant in self.variants]
        if not any(again) and self._merged is not None and self._merged.continued == continued:
            return False
        self._merged = merge(
            self.version.policy,
            self.clause,
            self.subject,
            self.variants,
            self.anatomy,
            continued=continued,
            before=self._merged,
        )
        self.findings = self._merged.findings
        for variant in self.variants:
            self.session.watch(variant.cell.newly_read(), self)
        return True

    def carry(self, readings: Mapping[str, str], meaning: Meaning, recall: bool) -> Handover:
        """What is left to do where this version ends, under one variant."""
        same = [
            variant
            for variant in self.variants
            if (variant.readings, variant.meaning) == (readings, meaning)
            and variant.recall in (recall, True)
        ]
        return Handover.joined([v.cell.handover() for v in same[-1:] or self.variants])


class Session:
    """Rules one record under the versions of its policies, and keeps the ruling up to date.

    Args:
        policies: encoded policies; which is in force when, the record says.
        record: the facts; more may be added with ``add``.
        throughout: rule under all of ``policies`` for the whole record, whatever it adopts.
        planned: whether planned facts are seen.
        lazy: judge nothing until it is asked for with ``gating``.
        progress: called with (clauses judged, clauses in all) whenever many are judged at once.
    """

    def __init__(
        self,
        policies: Sequence[Policy],
        record: Record,
        *,
        throughout: bool = False,
        planned: bool = False,
        lazy: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.policies = {policy.id: policy for policy in policies}
        self.names = {policy.id: Names(policy) for policy in policies}
        self.record = record
        self.throughout = throughout
        self.planned = planned
        self._lazy = lazy
        self._gating: dict[tuple[str, Action], tuple[Clause, ...]] = {}
        self._progress = progress
        self.at: Instant = 0
        self.known: Instant = 0
        self.groups: dict[tuple[str, str, Subject], Group] = {}
        self.versions: tuple[Version, ...] = ()
        self.in_force: tuple[InForce, ...] = ()
        self._added: list[Fact] = []
        """Facts that are not yet part of ``record``."""
        self._history = history_of(record)
        self._instants = sorted({i for fact in record.facts for i in instants_of(fact)})
        """When something on record may come into sight."""
        self._remembers = _remembers(record)
        self._all: Sight | None = None
        self._sure: Sight | None = None
        """The same without what rests on memory; None where nothing does."""
        self._recalled: frozenset[Interest] = frozenset()
        """What the two do not share."""
        self._anatomy: dict[str, Anatomy] = {}
        self._places = {
            (policy.id, clause.common.id): place
            for policy in policies
            for place, clause in enumerate(policy.clauses)
        }
        self._readers: dict[Lane, dict[int, tuple[Group, Instant]]] = {}
        """Which groups read a lane, and up to which instant."""
        self._answers: dict[Hashable, Answers] = {}
        self._met: set[str] = set()
        """Models of which every clause in force is asked."""
        self._stale: dict[int, Group] = {}
        """Groups to be judged again."""
        self._judged: dict[int, Group] = {}
        """Groups that were judged again since this was last asked."""
        self._alarms: list[tuple[Instant, int, Group]] = []
        """A heap of groups by the instant at which time alone may change them."""

    @property
    def timeline(self) -> Timeline:
        """Every visible fact."""
        return self.sight(True).timeline

    def sight(self, recall: bool) -> Sight:
        """What is seen, with or without facts that rest on memory."""
        seen = self._all if recall or self._sure is None else self._sure
        assert seen is not None, "a session first advances to a moment"
        return seen

    def _models(self) -> Iterable[str]:
        """Each model that is seen, or would be but for what rests on memory."""
        return dict.fromkeys((*self.timeline.births, *self.sight(False).timeline.births))

    def _birth(self, subject: Subject) -> Fact | None:
        """The first fact of a model."""
        model = subject.model or ""
        seen = self.timeline.births.get(model)
        return seen or self.sight(False).timeline.births.get(model)

    def answers(self, group: Group, recall: bool) -> Answers:
        """What clauses that judge the same subject in the same way share."""
        timeline = self.sight(recall).timeline
        policy, month_end = group.version.policy, group.clause.common.month_end
        key = (id(timeline), policy.id, group.subject, month_end, group.floor)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = Answers(timeline)
        return found

    def rests_on_recall(self, group: Group) -> bool:
        """Whether a recalled fact could matter to a group."""
        if self._sure is None:
            return False
        return self._sure.timeline.begins != self.timeline.begins or not (
            self._recalled.isdisjoint(group.interests)
        )

    # --- time and facts --------------------------------------------------------------------

    def advance(self, at: Instant, known: Instant | None = None) -> None:
        """Move to ``at``, knowing what was known at ``known`` (by default the same)."""
        known = at if known is None else known
        back = at < self.at
        self.at, self.known = at, known
        self._settle_record()
        if self._all is None or back or self._remembers is not (self._sure is not None):
            self._look_anew()
        else:
            turned = [self._turn(self._all, True)]
            if self._sure is not None:
                turned.append(self._turn(self._sure, False))
            found = [fact for some in turned if some is not None for fact in some]
            if None in turned:
                self._look_anew()
            else:
                self._touched(found)
                if any(KINDS[fact.kind].group == "policy" for fact in found):
                    self._change_versions()
        self._refresh()

    def add(self, fact: Fact) -> tuple[Finding, ...]:
        """Put one more fact at the end of the record, and move to where it is known.

        Returns:
            The findings of every clause that was judged again.
        """
        fact = replace(fact, order=len(self.record.facts) + len(self._added))
        self._added.append(fact)
        at = max(self.at, fact.latest, fact.known)
        known = max(self.known, at)
        if self._all is None or not self._is_plain(fact, at, known):
            for instant in instants_of(fact):
                insort(self._instants, instant)
            self.advance(at, known)
        else:
            self.at, self.known = at, known
            self._all.add(fact)
            if self._sure is not None:
                self._sure.add(fact)
            self._touched([fact])
        judged = self._refresh()
        return tuple(finding for group in judged for finding in group.findings)

    def next_change(self) -> Instant | None:
        """The next instant at which time alone may change a finding or show a recorded fact."""
        wakes = [w for group in self.groups.values() if (w := group.wake) is not None]
        later = bisect_right(self._instants, self.at)
        wakes.extend(self._instants[later : later + 1])
        return min((wake for wake in wakes if wake > self.at), default=None)

    def _is_plain(self, fact: Fact, at: Instant, known: Instant) -> bool:
        """Whether a fact only adds to what is seen, and nothing else comes into sight with it."""
        return (
            fact.confidence != "recall"
            and not (fact.planned or fact.amends or fact.supersedes)
            and KINDS[fact.kind].group != "policy"
            and len(instants_of(fact)) == len({fact.earliest, fact.known})
            and self.at == self.known
            and bool(self.sight(True).shown and self.sight(False).shown)
            and bisect_right(self._instants, self.at) == bisect_right(self._instants, known)
            and not self.sight(True).timeline.unsettled_by(fact)
            and not self.sight(False).timeline.unsettled_by(fact)
        )

    def _settle_record(self) -> None:
        if self._added:
            self.record = replace(self.record, facts=(*self.record.facts, *self._added))
            self._added = []
            self._history = history_of(self.record)
            self._remembers = _remembers(self.record)

    def _turn(self, sight: Sight, recall: bool) -> list[Fact] | None:
        visible = self._history.visible(self.at, self.known, self.planned, recall)
        return sight.turn(visible, self._history.resolve(visible, self.known), self.at)

    def _look_anew(self) -> None:
        """See everything for the first time, or again."""

        def look(recall: bool, models: Iterable[str]) -> Sight:
            visible = self._history.visible(self.at, self.known, self.planned, recall)
            named = self._history.resolve(visible, self.known)
            return Sight(self.record.complete, visible, named, self.at, models)

        with no_collection():
            self._all = look(True, ())
            self._sure = look(False, self.timeline.births) if self._remembers else None
            for model in self._models():
                self.timeline.introduce(model)
        self._note_recalled()
        self.versions, self.groups, self._readers, self._stale, self._alarms = (), {}, {}, {}, []
        self._answers = {}
        self._change_versions()

    def _note_recalled(self) -> None:
        """Find what rests on memory alone."""
        if self._sure is None:
            return
        before = self._recalled
        both = (self.sight(True), self.sight(False))
        self._recalled = frozenset(
            interest
            for one, other in (both, both[::-1])
            for fact in one.shown.values()
            if other.shown.get(fact.id) != fact
            or one.timeline.concerns(fact) != other.timeline.concerns(fact)
            for interest in one.timeline.interests(fact)
        )
        for group in self.groups.values() if self._recalled != before else ():
            if group.rests_on_recall != self.rests_on_recall(group):
                group.reset()
                self._stale[id(group)] = group

    def _touched(self, facts: Sequence[Fact]) -> None:
        """Mark what facts that came or went may change."""
        for sight in (self._all, self._sure):
            if sight is not None:
                for lane, since in sight.timeline.changed.items():
                    for key, (group, until) in self._readers.get(lane, {}).items():
                        if until >= since:
                            self._stale[key] = group
                sight.timeline.changed.clear()
        if facts:
            self._note_recalled()
        for model in dict.fromkeys(model for fact in facts for model in fact.models):
            if model not in self._met:
                for recall in (True, False):
                    self.sight(recall).timeline.introduce(model)
                self._meet(model)

    def watch(self, lanes: Iterable[tuple[Lane, Instant]], group: Group) -> None:
        """Judge a group again when one of these lanes changes at or before an instant."""
        for lane, until in lanes:
            readers = self._readers.setdefault(lane, {})
            known = readers.get(id(group))
            if known is None or known[1] < until:
                readers[id(group)] = (group, until)

    def _meet(self, model: str) -> None:
        """Open what is asked of a model that is new."""
        self._met.add(model)
        if self._lazy:
            return
        for group in self._open_groups(Subject(model=model)):
            self._judge(group)

    def _refresh(self) -> list[Group]:
        """Judge again what facts or time may have changed."""
        while self._alarms and self._alarms[0][0] <= self.at:
            _, _, group = heappop(self._alarms)
            if self.groups.get(group.key) is group:
                self._stale[id(group)] = group
        while self._stale:
            stale, self._stale = self._stale, {}
            for group in stale.values():
                if self.groups.get(group.key) is group:
                    self._judge(group)
                    if group.after is not None and group.after.takes_over_anew:
                        group.after.reset()
                        self._stale[id(group.after)] = group.after
        judged, self._judged = list(self._judged.values()), {}
        return judged

    def _judge(self, group: Group) -> None:
        """Bring one group up to date, and wake it when time may change it again."""
        if group.update(self.at):
            self._judged[id(group)] = group
            if group.wake is not None:
                heappush(self._alarms, (group.wake, id(group), group))

    def _change_versions(self) -> None:
        """Open the versions now in force anew, from the first whose window changed."""
        before = self.versions
        visible = tuple(self.sight(True).shown.values())
        self.versions, self.in_force = versions(
            self.policies, visible, self.timeline.begins, throughout=self.throughout
        )
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, self.versions, strict=False))
        kept = {version.policy.id for version, _ in same}
        self.groups = {key: group for key, group in self.groups.items() if key[0] in kept}
        self._stale = {id(g): g for g in self._stale.values() if g.key in self.groups}
        for group in self.groups.values():
            if group.after is not None and group.after.key not in self.groups:
                group.after = None
                self._stale[id(group)] = group
        models = [Subject(model=model) for model in self._models()]
        self._met = set(self._models())
        new = [
            (version, clause)
            for version in self.versions
            if version.policy.id not in kept and not self._lazy
            for clause in version.policy.clauses
        ]
        with no_collection():
            for number, (version, clause) in enumerate(new, start=1):
                for subject in self._subjects(version, clause, models):
                    self._judge(self._open(version, clause, subject))
                if self._progress is not None:
                    self._progress(number, len(new))

    # --- groups ----------------------------------------------------------------------------

    def _open_groups(self, subject: Subject) -> Iterator[Group]:
        for version in self.versions:
            for clause in version.policy.clauses:
                if clause.common.for_each == "model":
                    for one in self._subjects(version, clause, [subject]):
                        if (version.policy.id, clause.common.id, one) not in self.groups:
                            yield self._open(version, clause, one)

    def _subjects(
        self, version: Version, clause: Clause, models: Iterable[Subject]
    ) -> Iterator[Subject]:
        match clause.common.for_each:
            case "organisation":
                yield Subject()
            case "standard":
                for standard in version.policy.standards.values():
                    if standard.defined:
                        yield Subject(standard=standard.id)
            case "model":
                end = version.window.end
                for subject in models:
                    birth = self._birth(subject)
                    if end is None or birth is None or birth.earliest < end:
                        yield subject

    def _open(self, version: Version, clause: Clause, subject: Subject) -> Group:
        reference = f"{version.policy.id}#{clause.common.id}"
        anatomy = self._anatomy.get(reference)
        if anatomy is None:
            anatomy = self._anatomy[reference] = Anatomy(version.policy, clause)
        before = self._before(clause, subject)
        group = Group(self, version, clause, anatomy, subject, before)
        if before is not None:
            before.after = group
            self._judge(before)
        self.groups[group.key] = group
        return group

    def _before(self, clause: Clause, subject: Subject) -> Group | None:
        """The group of the clause that this one continues, where its policy was in force.

        Where every policy is ruled throughout, none comes before another.
        """
        if clause.common.continues is None or self.throughout:
            return None
        policy, _, name = clause.common.continues.partition("#")
        return self.groups.get((policy, name, subject))

    def gating(self, action: Action, model: str) -> Iterator[Group]:
        """Whatever in force may hold an action of a model, even one that is not yet on record.

        Holds on the action, and procedures that come before it; judged now where they were not.
        """
        if model not in self.timeline.births:
            for recall in (True, False):
                self.sight(recall).timeline.introduce(model)
        for version in self.versions:
            in_force = version.window.holds(self.at)
            for clause in self._gates(version.policy, action):
                for subject in self._subjects(version, clause, [Subject(model=model)]):
                    group = self.groups.get((version.policy.id, clause.common.id, subject))
                    if group is None:
                        group = self._open(version, clause, subject)
                        self._judge(group)
                    if in_force:
                        yield group

    def _gates(self, policy: Policy, action: Action) -> tuple[Clause, ...]:
        found = self._gating.get((policy.id, action))
        if found is None:
            found = tuple(clause for clause in policy.clauses if gates(clause, action))
            self._gating[policy.id, action] = found
        return found

    # --- the ruling ------------------------------------------------------------------------

    def ruling(self) -> Ruling:
        """The ruling at the moment the session has reached."""
        groups = sorted(self.groups.values(), key=self._place)
        findings = [finding for group in groups for finding in group.findings]
        return Ruling(
            self.at,
            self.known,
            self.in_force,
            tuple(acknowledged(findings, self.timeline, self.policies, self.at)),
        )

    def _place(self, group: Group) -> tuple[object, ...]:
        """By version, then clause, then subject in order of birth."""
        subject = group.subject
        birth = self._birth(subject)
        born = (0, 0, 0, 0)
        if birth is not None and subject.model is not None:
            born = (*sort_key(birth), birth.models.index(subject.model))
        policy, clause, _ = group.key
        start = group.version.window.start
        return (start, policy, self._places[policy, clause], born, str(subject))


def gates(clause: Clause, action: Action) -> bool:
    """Whether a clause may hold an action: a hold on it, or a procedure that comes before it."""
    if isinstance(clause, Forbid):
        return clause.action == action
    return isinstance(clause, Procedure) and action in clause.gates


def _remembers(record: Record) -> bool:
    """Whether some of a record rests on memory."""
    return any(fact.confidence == "recall" for fact in record.facts)


def instants_of(fact: Fact) -> tuple[Instant, ...]:
    """When a fact, or a date it states, may come into sight."""
    dates = [
        value[0]
        for value in fact.attributes.values()
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int)
    ]
    return tuple({fact.earliest, fact.known, *dates})


def versions(
    policies: dict[str, Policy], visible: Sequence[Fact], begins: Instant, *, throughout: bool
) -> tuple[tuple[Version, ...], tuple[InForce, ...]]:
    """Which version is in force when: each until the next of its own family is adopted."""
    if throughout:
        whole = tuple(Version(p, Window(begins), throughout=True) for p in policies.values())
        return whole, tuple(version.in_force for version in whole)
    adopted = sorted(
        (
            fact
            for fact in visible
            if fact.kind in ADOPTIONS and isinstance(fact.attributes.get("policy"), str)
        ),
        key=sort_key,
    )
    found: list[Version] = []
    listed: list[InForce] = []
    for fact in adopted:
        name = str(fact.attributes["policy"])
        family = name.partition("@")[0]
        kin = adoptions(adopted, family)
        if fact not in kin:
            continue
        place = kin.index(fact)
        after = kin[place + 1] if place + 1 < len(kin) else None
        end = None if after is None else after.earliest
        if end == fact.earliest:
            continue
        policy = policies.get(name)
        if policy is None:
            listed.append(InForce(name, fact.earliest, end, encoded=False))
            continue
        window = Window(fact.earliest, end, fact.id if place else None, after.id if after else None)
        version = Version(policy, window)
        found.append(version)
        listed.append(version.in_force)
    return tuple(found), tuple(listed)


def adoptions(adopted: Sequence[Fact], family: str) -> list[Fact]:
    """The facts that put another version of a family in force; the same again changes nothing."""
    kin: list[Fact] = []
    for fact in adopted:
        name = str(fact.attributes["policy"])
        if name.partition("@")[0] == family and not (kin and kin[-1].attributes["policy"] == name):
            kin.append(fact)
    return kin


def clause_interests(clause: Clause, anatomy: Anatomy, judge: Judge) -> set[Interest]:
    """Every (kind, model) whose facts can change what a clause finds about a subject."""
    model = judge.subject.model
    found: set[Interest] = set()
    for node in anatomy.roots:
        found |= interests(node, judge)
    if isinstance(clause, Forbid):
        starts, ends = MODEL_EVENTS_OF_ACTION[clause.action]
        found.update((kind, model) for kind in starts | ends)
    if isinstance(clause, Cadence) and clause.growth is not None:
        found |= interests(Call("growth", (clause.do,)), judge)
    if isinstance(clause, Cadence) and clause.gain is not None:
        found |= interests(Call("gain", (clause.do, Constant(clause.gain.measure))), judge)
    if model is not None:
        found.update({("training_started", model), (MODELS, model)})
    return found
