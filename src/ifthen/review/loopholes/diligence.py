"""What a developer does on the side to keep every other promise: reports, notices, drills.

A timeline chosen under some clauses may break others that only ask for paperwork. Here that is
added, fact by fact, until ``rule`` is content; training, releases, assessments and findings are
never added, for they decide what the timeline is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ifthen.dates import Day, Duration, add_to_day, day_of
from ifthen.policy.model import Cadence, Clause, Maintain, Pattern, Policy, Test
from ifthen.review.loopholes.arbiter import Verdict, judge
from ifthen.review.loopholes.concrete import Plain
from ifthen.review.loopholes.full import Full, words_of
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.slots import SINGLE
from ifthen.review.loopholes.stance import Taken
from ifthen.review.loopholes.wants import Deed, Statement, told, wants
from ifthen.ruling.finding import Finding
from ifthen.vocabulary import KINDS, attributes_of

ROUTINE = frozenset(
    name
    for name, kind in KINDS.items()
    if kind.group in ("reports", "people told", "outside checks")
    or name
    in (
        "bug_bounty",
        "classification_notified",
        "decision",
        "drill_held",
        "forecast",
        "framework_confirmed",
        "roles",
    )
) - {"documents_destroyed"}
"""Kinds that may be added; an evaluation too, where it is of one named thing."""
_ROUNDS = 40


def complete(
    policy: Policy,
    taken: Taken,
    facts: Sequence[Plain],
    end: Day,
    harm: Harm | None,
    full: Full,
    avoid: frozenset[str] = frozenset(),
) -> tuple[list[Plain], Verdict]:
    """The facts with what else has to be done, and what the whole comes to.

    Args:
        policy: the policy to keep.
        taken: how its words are taken.
        facts: the timeline, in order.
        end: the day of the ruling.
        harm: what happens in it.
        full: what facts of the policy state in full.
        avoid: kinds of fact that the harm is about, and that are not added.
    """
    found = list(facts)
    for _ in range(_ROUNDS):
        verdict = judge(policy, taken, found, end, harm)
        if not verdict.broken:
            return found, verdict
        work = _Work(policy, found, full, avoid)
        for finding in verdict.broken:
            work.mend(finding)
        if not work.changed:
            return found, verdict
        found = work.done()
    return found, judge(policy, taken, found, end, harm)


@dataclass(slots=True)
class _Work:
    """One round of additions."""

    policy: Policy
    facts: list[Plain]
    full: Full
    avoid: frozenset[str]
    before: dict[int, list[Plain]] = field(default_factory=dict)
    """Facts put right before another."""
    besides: list[Plain] = field(default_factory=list)
    """Facts put where their day says."""
    changed: bool = False

    @property
    def _adopted(self) -> Day:
        return next((f.day for f in self.facts if f.kind == "policy_adopted"), self.facts[0].day)

    def mend(self, finding: Finding) -> None:
        """Take up what one broken promise wants."""
        own, _, part = finding.clause.partition("#")[2].partition("/")
        (clause,) = (c for c in self.policy.clauses if c.common.id == own)
        name = finding.outcome.instance
        index = int(name[1:]) - 1 if name is not None and name.startswith("t") else None
        models = dict.fromkeys(fact.model for fact in self.facts if fact.model is not None)
        wanted = wants(self.policy, clause, part, models)
        if finding.status == "undetermined":
            wanted += told(clause)
        for want in wanted:
            if isinstance(want, Statement):
                self._state(want, clause, finding, index)
            else:
                self._do(want, clause, finding, index)

    def done(self) -> list[Plain]:
        """The facts with what was added, in the order of a record."""
        found: list[Plain] = []
        for number, fact in enumerate(self.facts):
            found += [*self.before.get(number, ()), fact]
        return sorted([*found, *self.besides], key=lambda f: (f.day, KINDS[f.kind].phase))

    def _do(self, deed: Deed, clause: Clause, finding: Finding, index: int | None) -> None:
        pattern = next(filter(self._may_add, deed.patterns), None)
        if pattern is None:
            return
        model = finding.subject.model
        if model is None and index is not None and KINDS[pattern.kind].needs_model:
            model = self.facts[index].model
        fact = _fact(pattern, deed, _day(clause, finding, self.facts), model, self.full)
        if fact.kind in FIGURES:
            fact = replace(fact, compute=self._compute(fact))
        about = next((test for test in pattern.tests if test.attribute == "about"), None)
        if index is not None and about is not None:
            said = {**fact.attributes, "about": self._about(about, index)}
            fact = replace(fact, attributes=said)
        if isinstance(clause, Maintain):  # in place when the state begins
            fact = replace(fact, day=max(fact.day - 1, self._adopted))
            self._add(fact, pattern, self.facts, self.besides)
        elif not deed.ahead or index is None:
            self._add(fact, pattern, self.facts, self.besides)
        elif deed.lead is not None:
            fact = replace(fact, day=_earlier(self.facts[index].day, deed.lead))
            self._add(fact, pattern, self.facts, self.besides)
        else:
            later = KINDS[fact.kind].phase > KINDS[self.facts[index].kind].phase
            fact = replace(fact, day=self.facts[index].day - later)
            self._add(fact, pattern, self.facts[:index], self.before.setdefault(index, []))

    def _compute(self, fact: Plain) -> int | None:
        """The last figure of the model of a fact."""
        figures = (
            other.compute
            for other in reversed(self.facts)
            if other.model == fact.model and other.day <= fact.day and other.compute is not None
        )
        return next(figures, None)

    def _about(self, test: Test, index: int) -> tuple[str, Day, str | None]:
        """What a fact is about that is to be about the triggering one, or about the same as it.

        A triggering fact on the side that is about nothing yet is made to be about a report.
        """
        trigger = self.facts[index]
        if not test.bound:
            return trigger.key
        if "about" not in trigger.attributes and trigger.part != "chosen":
            reports = (f for f in reversed(self.facts[:index]) if KINDS[f.kind].group == "reports")
            report = next(reports, trigger)
            said = {**trigger.attributes, "about": report.key}
            self.facts[index] = trigger = replace(trigger, attributes=said)
            self.changed = True
        about: tuple[str, Day, str | None] = trigger.attributes.get("about", trigger.key)
        return about

    def _add(self, fact: Plain, pattern: Pattern, known: Sequence[Plain], to: list[Plain]) -> None:
        """Add a fact, unless one that does the same is there."""
        about = fact.attributes.get("about")
        for other in (*known, *to):
            same = other.key == fact.key and other.attributes.get("about") == about
            if same and _is(other, (pattern,)):
                return
        to.append(fact)
        self.changed = True

    def _may_add(self, pattern: Pattern) -> bool:
        named = pattern.kind == "evaluation_result" and pattern.tests
        return bool((pattern.kind in ROUTINE or named) and pattern.kind not in self.avoid)

    def _state(self, want: Statement, clause: Clause, finding: Finding, index: int | None) -> None:
        """Have the triggering fact, or the last of some events before it, state something."""
        place = index
        if want.of is not None:
            last = len(self.facts)
            if index is not None and not isinstance(clause, Maintain):
                last = index
            patterns = want.of.patterns
            held = (n for n in reversed(range(last)) if _is(self.facts[n], patterns))
            place = next(held, None)
            if place is None:
                self._do(Deed(patterns, index is not None), clause, finding, index)
        if place is None:
            return
        fact = self.facts[place]
        known = attributes_of(fact.kind).get(want.attribute)
        if known is None or (fact.part == "chosen" and known.type != "words"):
            return
        said = dict(fact.attributes)
        if known.type == "words":
            old = [word for word in said.get(want.attribute) or () if word != "other"]
            said[want.attribute] = list(dict.fromkeys([*old, *want.words]))
        elif known.type == "boolean":
            said[want.attribute] = want.words[0] == "true"
        elif known.type in (*SINGLE, "number"):
            said[want.attribute] = want.words[0]
        if said != fact.attributes:
            self.facts[place] = replace(fact, attributes=said)
            self.changed = True


def _is(fact: Plain, patterns: Iterable[Pattern]) -> bool:
    """Whether a fact is of some pattern, by its kind and the words it has to state."""
    for pattern in patterns:
        tests = (t for t in pattern.tests if t.operator != "!=" and not t.bound)
        if pattern.kind == fact.kind and all(
            test.attribute == "model" or _says(fact.attributes, test.attribute, test.values)
            for test in tests
        ):
            return True
    return False


def _says(attributes: Mapping[str, Any], name: str, words: Sequence[str]) -> bool:
    value = attributes.get(name)
    if isinstance(value, bool):
        return str(value).lower() in words
    return any(word in words for word in ([value] if isinstance(value, str) else value or ()))


def _day(clause: Clause, finding: Finding, facts: Sequence[Plain]) -> Day:
    outcome = finding.outcome
    if isinstance(clause, Cadence) and outcome.due is not None:
        return day_of(outcome.due[0])
    if outcome.triggered is not None:
        return day_of(outcome.triggered[0])
    return facts[0].day


def _earlier(day: Day, lead: Duration) -> Day:
    """So long before a day; a length that is counted by the clock is a day at least."""
    if not lead.is_calendar:
        return day - 1
    return add_to_day(day, Duration(-lead.count, lead.unit, lead.calendar), "down")[0]


def _fact(pattern: Pattern, deed: Deed, day: Day, model: str | None, full: Full) -> Plain:
    """A fact that matches a pattern, its lists in full."""
    said: dict[str, Any] = full.lists(pattern.kind)
    known = attributes_of(pattern.kind)
    for test in pattern.tests:
        words = words_of(test, deed.bound)
        if test.attribute == "model":
            model = words[0] if words and words[0] != "any" else model
        if test.attribute in ("model", "about") or not words:
            continue
        type_ = known[test.attribute].type
        if type_ == "boolean":
            said[test.attribute] = words[0] == "true"
        elif type_ in SINGLE:
            said[test.attribute] = words[0]
        elif type_ == "words":
            wanted = words[:1] if test.operator == "in" else words
            said[test.attribute] = list(dict.fromkeys([*said.get(test.attribute, ()), *wanted]))
    if pattern.kind == "feedback_received":
        said.setdefault("from", "external")
    return Plain(pattern.kind, day, model, full.stated(pattern.kind, said), None, "routine")
