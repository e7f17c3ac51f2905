"""Ruling that keeps up with a growing record.

A session holds the timeline and, for every clause in force and every subject, the cells that judge
it. When facts arrive in date order only what they touch is judged again; a back-dated fact or a
correction resets exactly the clauses that could have seen it. ``rule`` is a session asked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ifthen.dates import Instant
from ifthen.policy.model import (
    Cadence,
    Clause,
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
from ifthen.ruling.cells import Cell, Window
from ifthen.ruling.duties import CadenceCell, MaintainCell, WheneverCell
from ifthen.ruling.finding import Finding, InForce, Ruling
from ifthen.ruling.holds import ForbidCell
from ifthen.ruling.interests import interests
from ifthen.ruling.judge import Judge, Meaning, Subject
from ifthen.ruling.matching import Names
from ifthen.ruling.merge import Variant, merge
from ifthen.ruling.order import sort_key
from ifthen.ruling.procedures import PowerCell, ProcedureCell
from ifthen.ruling.timeline import COMPUTE, MODELS, Interest, Timeline
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import KINDS, MODEL_EVENTS_OF_ACTION, Action

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
        carried: frozenset[str],
        floor: Instant,
    ) -> None:
        self.session = session
        self.version = version
        self.clause = clause
        self.anatomy = anatomy
        self.subject = subject
        self.carried = carried
        self.floor = floor
        self.key = (version.policy.id, clause.common.id, subject)
        self.continued = False
        """Whether a later version takes over what is not yet due."""
        self.variants: list[Variant] = []
        self.findings: tuple[Finding, ...] = ()
        self.reset()
        judge = self.variants[0].cell.judge
        self.interests = clause_interests(clause, anatomy, judge)

    def reset(self) -> None:
        """Judge from the start at the next update."""
        meanings: tuple[Meaning, ...] = ("literal",)
        if self.anatomy.terms:
            meanings = ("literal", "charitable")
        self.variants = [
            Variant(readings, meaning, recall, self._cell(readings, meaning, recall))
            for recall in ((True, False) if self.session.rests_on_recall(self) else (True,))
            for readings in self.anatomy.assignments
            for meaning in (meanings if recall else ("literal",))
        ]

    def _cell(self, readings: Mapping[str, str], meaning: Meaning, recall: bool) -> Cell:
        policy = self.version.policy
        judge = Judge(
            policy,
            self.session.names[policy.id],
            self.session.timeline if recall else self.session.sure_timeline(),
            self.subject,
            readings=readings,
            meaning=meaning,
            month_end=self.clause.common.month_end,
            floor=self.floor,
        )
        kind = _CELLS[type(self.clause)]
        return kind(self.clause, judge, self.version.window, self.carried)

    @property
    def wake(self) -> Instant | None:
        """The next instant at which time alone may change something here."""
        wakes = [v.cell.wake for v in self.variants if v.cell.wake is not None]
        return min(wakes, default=None)

    def update(self, at: Instant) -> None:
        """Bring cells and findings up to date."""
        for variant in self.variants:
            variant.cell.update(at)
        self.findings = merge(
            self.version.policy,
            self.clause,
            self.subject,
            self.variants,
            self.anatomy,
            continued=self.continued,
            at=at,
        )

    def carry(self) -> frozenset[str]:
        """Keys of what is not yet due where this version ends."""
        return frozenset(
            outcome.key
            for variant in self.variants
            for outcome in variant.cell.outcomes()
            if outcome.carry
        )


class Session:
    """Rules one record under the versions of its policies, and keeps the ruling up to date.

    Args:
        policies: encoded policies; which is in force when, the record says.
        record: the facts; more may be added with ``add``.
        throughout: rule under all of ``policies`` for the whole record, whatever it adopts.
        planned: whether planned facts are seen.
    """

    def __init__(
        self,
        policies: Sequence[Policy],
        record: Record,
        *,
        throughout: bool = False,
        planned: bool = False,
    ) -> None:
        self.policies = {policy.id: policy for policy in policies}
        self.names = {policy.id: Names(policy) for policy in policies}
        self.record = record
        self.throughout = throughout
        self.planned = planned
        self._history = history_of(record)
        self._anatomy: dict[str, Anatomy] = {}
        self._shown: dict[str, Fact] = {}
        self._sure: Timeline | None = None
        self._recalled: set[Interest] = set()
        self.timeline = Timeline(record.complete, 0)
        self.groups: dict[tuple[str, str, Subject], Group] = {}
        self._watch: dict[Interest, list[Group]] = {}
        self.versions: tuple[Version, ...] = ()
        self.in_force: tuple[InForce, ...] = ()
        self.at: Instant = 0
        self.known: Instant = 0
        self._seen: tuple[Instant, Instant] = (0, 0)
        """The two times at which the record was last looked at."""
        self._recalls = any(fact.confidence == "recall" for fact in record.facts)
        self._started = False

    # --- time and facts --------------------------------------------------------------------

    def advance(self, at: Instant, known: Instant | None = None) -> None:
        """Move to ``at``, knowing what was known at ``known`` (by default the same)."""
        known = at if known is None else known
        visible = self._history.visible(at, known, self.planned)
        if not self._started or at < self.at:
            self._restart(visible, at, known)
            return
        self.at, self.known = self._seen = at, known
        shown = {fact.id: fact for fact in visible}
        gone = [f for id, f in self._shown.items() if shown.get(id) != f]
        new = [f for id, f in shown.items() if self._shown.get(id) != f]
        if any(fact.earliest < self.timeline.begins for fact in new):
            self._restart(visible, at, known)
            return
        stale: dict[int, Group] = {}
        if self._recalls:
            for fact in gone:
                self._recalled.update(self.timeline.interests(fact))
        for fact in gone:
            self._touch(fact, stale, in_order=False)
            self.timeline.remove(fact)
            self._sure = None
        for fact in sorted(new, key=sort_key):
            self._add(fact, stale)
        for name, fact in self._history.resolve(visible, known).items():
            self.timeline.by_id[name] = fact
        self._shown = shown
        if any(KINDS[fact.kind].group == "policy" for fact in (*gone, *new)):
            stale.update(self._change_versions(visible))
        for group in self.groups.values():
            if group.wake is not None and group.wake <= at:
                stale[id(group)] = group
        for group in stale.values():
            if self.groups.get(group.key) is group:
                group.update(at)

    def add(self, fact: Fact) -> tuple[Finding, ...]:
        """Add one fact at its own time and judge again what it touches.

        Returns:
            The findings of every clause that was judged again.
        """
        stale: dict[int, Group] = {}
        self.at = self.known = max(self.at, fact.latest, fact.known)
        self._add(fact, stale)
        self._shown[fact.id] = fact
        for group in stale.values():
            group.update(self.at)
        return tuple(finding for group in stale.values() for finding in group.findings)

    def next_change(self) -> Instant | None:
        """The next instant at which time alone may change a finding."""
        wakes = [w for group in self.groups.values() if (w := group.wake) is not None]
        return min((wake for wake in wakes if wake > self.at), default=None)

    def _add(self, fact: Fact, stale: dict[int, Group]) -> None:
        new_models = [model for model in fact.models if model not in self.timeline.births]
        in_order = self.timeline.add(fact)
        if self._sure is not None:
            for model in new_models:
                self._sure.introduce(model)
            if fact.confidence != "recall":
                self._sure.add(fact)
        if fact.confidence == "recall":
            self._recalled.update(self.timeline.interests(fact))
            in_order = False
        self._touch(fact, stale, in_order)
        if new_models:
            self._touch_all((MODELS, None), stale, in_order)
        for model in new_models:
            for group in self._open_groups(Subject(model=model)):
                stale[id(group)] = group

    def _touch(self, fact: Fact, stale: dict[int, Group], in_order: bool) -> None:
        touched: dict[int, Group] = {}
        for interest in self.timeline.interests(fact):
            self._touch_all(interest, touched, in_order)
        stale.update(touched)
        if "based_on" in fact.attributes:
            self._watch_bases(touched.values())

    def _touch_all(self, interest: Interest, stale: dict[int, Group], in_order: bool) -> None:
        for group in self._watch.get(interest, ()):
            if not in_order:
                group.reset()
            stale[id(group)] = group

    def _restart(self, visible: Sequence[Fact], at: Instant, known: Instant) -> None:
        self._started = True
        self.at, self.known = self._seen = at, known
        begins = min((fact.earliest for fact in visible), default=at)
        self.timeline = Timeline(self.record.complete, begins)
        self._shown = {fact.id: fact for fact in visible}
        self._sure = None
        self._recalled = set()
        for fact in sorted(visible, key=sort_key):
            self.timeline.add(fact)
        for name, fact in self._history.resolve(visible, known).items():
            self.timeline.by_id[name] = fact
        if self._recalls:
            sure = self._without_recall()
            for fact in (*visible, *sure):
                if fact.confidence == "recall" or self._shown.get(fact.id) != fact:
                    self._recalled.update(self.timeline.interests(fact))
        self.versions, self.groups, self._watch = (), {}, {}
        self._change_versions(visible)

    def _change_versions(self, visible: Sequence[Fact]) -> dict[int, Group]:
        """Open the versions now in force, and close those whose window changed."""
        before = {(version.policy.id, version.window) for version in self.versions}
        self.versions, self.in_force = versions(
            self.policies, visible, self.timeline.begins, throughout=self.throughout
        )
        kept = {v.policy.id for v in self.versions if (v.policy.id, v.window) in before}
        self.groups = {key: group for key, group in self.groups.items() if key[0] in kept}
        self._watch = {}
        for group in self.groups.values():
            self._watch_for(group)
        opened: dict[int, Group] = {}
        models = [Subject(model=model) for model in self.timeline.births]
        for version in self.versions:
            if version.policy.id not in kept:
                for group in self._open_version(version, models):
                    group.update(self.at)
                    opened[id(group)] = group
        return opened

    def sure_timeline(self) -> Timeline:
        """The timeline without recalled facts, and with what recalled corrections changed."""
        if self._sure is None:
            self._sure = Timeline(self.record.complete, self.timeline.begins)
            for model in self.timeline.births:
                self._sure.introduce(model)
            for fact in sorted(self._without_recall(), key=sort_key):
                self._sure.add(fact)
            self._sure.by_id = {**self.timeline.by_id, **self._sure.by_id}
        return self._sure

    def _without_recall(self) -> list[Fact]:
        """What is visible without recalled facts and corrections, and what was added since."""
        at, known = self._seen
        visible = self._history.visible(at, known, self.planned, recall=False)
        added = [fact for fact in self._shown.values() if fact.id not in self._history.names]
        return [*visible, *(fact for fact in added if fact.confidence != "recall")]

    def rests_on_recall(self, group: Group) -> bool:
        """Whether a recalled fact could matter to a group."""
        return bool(self._recalled) and not self._recalled.isdisjoint(
            getattr(group, "interests", self._recalled)
        )

    # --- groups ----------------------------------------------------------------------------

    def _open_version(self, version: Version, models: Iterable[Subject]) -> Iterator[Group]:
        for clause in version.policy.clauses:
            for subject in self._subjects(version, clause, models):
                yield self._open(version, clause, subject)

    def _open_groups(self, subject: Subject) -> Iterator[Group]:
        for version in self.versions:
            for clause in version.policy.clauses:
                if clause.common.for_each == "model":
                    for one in self._subjects(version, clause, [subject]):
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
                    birth = self.timeline.births.get(subject.model or "")
                    if end is None or birth is None or birth.earliest < end:
                        yield subject

    def _open(self, version: Version, clause: Clause, subject: Subject) -> Group:
        met = self.groups.get((version.policy.id, clause.common.id, subject))
        if met is not None:
            met.reset()
            return met
        reference = f"{version.policy.id}#{clause.common.id}"
        anatomy = self._anatomy.get(reference)
        if anatomy is None:
            anatomy = self._anatomy[reference] = Anatomy(version.policy, clause)
        before = self._before(clause, subject)
        carried: frozenset[str] = frozenset()
        floor = version.window.start
        if before is not None:
            carried, floor = before.carry(), before.floor
            before.continued = True
            before.update(self.at)
        group = Group(self, version, clause, anatomy, subject, carried, floor)
        self.groups[group.key] = group
        self._watch_for(group)
        return group

    def _watch_for(self, group: Group) -> None:
        for interest in group.interests:
            self._watch.setdefault(interest, []).append(group)

    def _watch_bases(self, groups: Iterable[Group]) -> None:
        """Watch also what is now said to be the base of a model that groups watch."""
        for group in groups:
            judge = group.variants[0].cell.judge
            found = clause_interests(group.clause, group.anatomy, judge) - group.interests
            group.interests |= found
            for interest in found:
                self._watch.setdefault(interest, []).append(group)

    def _before(self, clause: Clause, subject: Subject) -> Group | None:
        """The group of the clause that this one continues, where its policy was in force."""
        if clause.common.continues is None:
            return None
        policy, _, name = clause.common.continues.partition("#")
        return self.groups.get((policy, name, subject))

    def meet(self, model: str) -> None:
        """Judge a model of which nothing is on record yet: it may still be asked about."""
        if model not in self.timeline.births:
            self.timeline.introduce(model)
            for group in self._open_groups(Subject(model=model)):
                group.update(self.at)

    def gating(self, action: Action, subject: Subject) -> Iterator[Group]:
        """Holds on an action, and procedures that gate it, in the versions now in force."""
        for version in self.versions:
            if version.window.holds(self.at):
                for clause in version.policy.clauses:
                    holds = isinstance(clause, Forbid) and clause.action == action
                    gates = isinstance(clause, Procedure) and action in clause.gates
                    if holds or gates:
                        for one in (subject, Subject()):
                            group = self.groups.get((version.policy.id, clause.common.id, one))
                            if group is not None:
                                yield group

    # --- the ruling ------------------------------------------------------------------------

    def ruling(self) -> Ruling:
        """The ruling at the moment the session has reached."""
        findings = [finding for group in self.groups.values() for finding in group.findings]
        return Ruling(
            self.at,
            self.known,
            self.in_force,
            tuple(acknowledged(findings, self.timeline, self.policies, self.at)),
        )


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
            if fact.kind in ("policy_adopted", "policy_amended")
            and isinstance(fact.attributes.get("policy"), str)
        ),
        key=sort_key,
    )
    found: list[Version] = []
    listed: list[InForce] = []
    for fact in adopted:
        name = str(fact.attributes["policy"])
        family = name.partition("@")[0]
        kin = [f for f in adopted if str(f.attributes["policy"]).partition("@")[0] == family]
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
        found.add((COMPUTE, model))
    if model is not None:
        found.add(("training_started", model))
    return found
