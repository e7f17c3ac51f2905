"""Which facts an event pattern means: true, false, or unknown where an attribute is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ifthen.policy.describe import describe
from ifthen.policy.model import Events, Expression, Pattern, Policy, Test
from ifthen.record.model import Fact
from ifthen.ruling.reasons import kleene_and
from ifthen.ruling.timeline import Timeline
from ifthen.vocabulary import DEFAULTS, UNSTATED


def attribute(fact: Fact, name: str) -> object:
    """An attribute of a fact, with the vocabulary's default; None where it is not stated."""
    if name == "date":
        return (fact.earliest, fact.latest)
    value = fact.attributes.get(name)
    return DEFAULTS.get((fact.kind, name)) if value is None else value


Given: TypeAlias = Mapping[str, tuple[str, ...] | None]
"""What bound values of tests stand for; None where the triggering fact does not say."""
NOTHING_GIVEN: Given = {}


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known of events to look up the facts that match them."""

    number: int
    """The same for equal events of one policy."""
    events: Events
    kinds: tuple[str, ...]
    needs_trigger: bool
    names_model: bool
    """Whether a pattern speaks of models itself."""
    bound: tuple[str, ...] = ()
    """The quantified variables, and attributes of the triggering fact, that tests name."""

    def scope(self, subject_model: str | None, given: Given = NOTHING_GIVEN) -> str | None:
        """The model whose facts may match; None for any."""
        if not self.names_model:
            return subject_model
        scopes = {model_scope(pattern, subject_model, given) for pattern in self.events.patterns}
        return scopes.pop() if len(scopes) == 1 else None


class Names:
    """A policy's words: ids of thresholds and standards resolved, expressions as text."""

    def __init__(self, policy: Policy) -> None:
        self._thresholds = {t.id: t.id for t in policy.thresholds.values()}
        for threshold in policy.thresholds.values():
            self._thresholds.update((alias, threshold.id) for alias in threshold.aliases)
        for category in policy.categories.values():
            self._thresholds.update(
                (name, category.id) for name in (category.id, *category.aliases)
            )
        self._standards: dict[str, tuple[str, ...]] = {
            s.id: (s.id,) for s in policy.standards.values()
        }
        for standard in policy.standards.values():
            self._standards.update((alias, (standard.id,)) for alias in standard.aliases)
        self._standards.update(policy.groups)
        self._texts: dict[int, tuple[Expression, str]] = {}
        self._questions: dict[int, Question] = {}
        self._numbers: dict[Events, int] = {}

    def text(self, expression: Expression) -> str:
        """An expression as the policy writes it; remembered, since explanations repeat it."""
        found = self._texts.get(id(expression))
        if found is None:
            found = self._texts[id(expression)] = (expression, describe(expression))
        return found[1]

    def question(self, events: Events) -> Question:
        """What must be known to look events up; found once."""
        found = self._questions.get(id(events))
        if found is None:
            tests = [test for pattern in events.patterns for test in pattern.tests]
            found = self._questions[id(events)] = Question(
                self._numbers.setdefault(events, len(self._numbers)),
                events,
                tuple(dict.fromkeys(pattern.kind for pattern in events.patterns)),
                needs_trigger(events),
                any(test.attribute == "model" for test in tests),
                tuple(dict.fromkeys(name for test in tests for name in test.bound)),
            )
        return found

    def given(
        self, bound: Iterable[str], members: Mapping[str, str], trigger: Fact | None
    ) -> Given:
        """What bound values of tests stand for: members of lists, attributes of the trigger."""
        return {
            name: self._of_trigger(trigger, name.removeprefix("this."))
            if name.startswith("this.")
            else (members[name],)
            for name in bound
        }

    def _of_trigger(self, trigger: Fact | None, name: str) -> tuple[str, ...] | None:
        if trigger is None:
            return None
        value = attribute(trigger, name)
        if isinstance(value, bool):
            return ("true" if value else "false",)
        return (str(value),) if isinstance(value, Fraction) else self.words(trigger, name)

    def threshold(self, name: str) -> str:
        """The policy's id for a threshold or category; the name itself where it has none."""
        return self._thresholds.get(name, name)

    def standards(self, name: str) -> tuple[str, ...]:
        """The standards meant by a standard, an alias or a group."""
        return self._standards.get(name, (name,))

    def words(self, fact: Fact, name: str) -> tuple[str, ...] | None:
        """An attribute as words, ids resolved; None where it is not stated or not of words."""
        value = attribute(fact, name)
        if isinstance(value, str):
            value = (value,)
        if not isinstance(value, tuple) or not all(isinstance(word, str) for word in value):
            return None
        if name == "standard":
            return tuple(s for word in value for s in self.standards(word))
        if name == "threshold":
            return tuple(self.threshold(word) for word in value)
        return value


def model_scope(
    pattern: Pattern, subject_model: str | None, given: Given = NOTHING_GIVEN
) -> str | None:
    """The model a pattern is about: the subject unless ``model=any`` or another is named."""
    for test in pattern.tests:
        if test.attribute == "model":
            name = test.values[0]
            if name in test.bound:
                return (given.get(name) or (None,))[0]
            return None if name == "any" else subject_model if name == "this" else name
    return subject_model


def with_members(events: Events, members: Mapping[str, str]) -> Events:
    """Events with the members of lists in the place of the variables that stand for them."""

    def named(test: Test) -> Test:
        values = tuple(members.get(v, v) if v in test.bound else v for v in test.values)
        left = tuple(name for name in test.bound if name not in members)
        return replace(test, values=values, bound=left) if test.bound else test

    return replace(
        events,
        patterns=tuple(
            replace(pattern, tests=tuple(map(named, pattern.tests))) for pattern in events.patterns
        ),
    )


def needs_trigger(events: Events) -> bool:
    """Whether a pattern speaks of the triggering fact (``about=this``, ``about=this.about``)."""
    return any(
        (test.attribute == "about" and "this" in test.values)
        or any(name.startswith("this.") for name in test.bound)
        for pattern in events.patterns
        for test in pattern.tests
    )


class Matcher:
    """Matches facts against patterns for one subject."""

    def __init__(
        self, names: Names, timeline: Timeline, model: str | None, standard: str | None
    ) -> None:
        self.names = names
        self.timeline = timeline
        self.model = model
        self.standard = standard

    def matches(
        self, fact: Fact, events: Events, trigger: Fact | None, given: Given = NOTHING_GIVEN
    ) -> bool | None:
        """Whether a fact matches any of the patterns."""
        result: bool | None = False
        for pattern in events.patterns:
            verdict = self._pattern(fact, pattern, trigger, given)
            if verdict is True:
                return True
            if verdict is None:
                result = None
        return result

    def _pattern(
        self, fact: Fact, pattern: Pattern, trigger: Fact | None, given: Given
    ) -> bool | None:
        if fact.kind != pattern.kind:
            return False
        scope = model_scope(pattern, self.model, given)
        if scope is not None:
            concerned = self.timeline.concerns(fact)
            if concerned and scope not in concerned:
                return False
        return kleene_and(
            self._test(fact, test, trigger, given)
            for test in pattern.tests
            if test.attribute != "model"
        )

    def _test(self, fact: Fact, test: Test, trigger: Fact | None, given: Given) -> bool | None:
        if test.attribute == "about" and "this" in test.values:
            return self._about(fact, trigger)
        stated = attribute(fact, test.attribute)
        if stated is None or (stated == UNSTATED and UNSTATED not in test.values):
            return None
        wanted: list[str] = []
        for value in test.values:
            meant = given.get(value) if value in test.bound else (value,)
            if meant is None:
                return None
            wanted += [self.standard if w == "this" and self.standard else w for w in meant]
        some_or_all = any if test.operator == "in" else all
        if isinstance(stated, bool):
            found = ("true" if stated else "false") in wanted
        elif isinstance(stated, Fraction):
            found = any(stated == Fraction(value) for value in wanted)
        else:
            words = self.names.words(fact, test.attribute)
            if words is None:
                return None
            said = self._meant(test.attribute, words)
            found = some_or_all(word in said for word in self._meant(test.attribute, wanted))
        return not found if test.operator == "!=" else found

    def _meant(self, name: str, words: Iterable[str]) -> list[str]:
        """What words of an attribute stand for: members of a group, ids for aliases and keys."""
        if name == "standard":
            return [standard for word in words for standard in self.names.standards(word)]
        if name == "threshold":
            return [self.names.threshold(word) for word in words]
        if name == "about":
            by_id = self.timeline.by_id
            return [
                by_id[word].id if word in by_id else self.names.threshold(word) for word in words
            ]
        return list(words)

    def _about(self, fact: Fact, trigger: Fact | None) -> bool | None:
        if trigger is None:
            return None
        about = fact.attributes.get("about")
        if not isinstance(about, tuple):
            return None
        return any(
            (named := self.timeline.by_id.get(name)) is not None and named.id == trigger.id
            for name in about
        )
