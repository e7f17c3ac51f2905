"""Which facts an event pattern means: true, false, or unknown where an attribute is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ifthen.policy.describe import describe
from ifthen.policy.model import (
    Call,
    Compare,
    Events,
    Expression,
    Logic,
    Pattern,
    Policy,
    Quantified,
    Test,
)
from ifthen.record.model import Fact
from ifthen.ruling.answers import free_variables
from ifthen.ruling.reasons import kleene_and, kleene_not, kleene_or
from ifthen.ruling.sieves import Sieve
from ifthen.ruling.timeline import Timeline
from ifthen.vocabulary import ADOPTIONS, DEFAULTS, UNSTATED


def attribute(fact: Fact, name: str) -> object:
    """An attribute of a fact, with the vocabulary's default; None where it is not stated."""
    if name == "date":
        return (fact.earliest, fact.latest)
    value = fact.attributes.get(name)
    return DEFAULTS.get((fact.kind, name)) if value is None else value


def among(word: str, stated: Iterable[str]) -> bool | None:
    """Whether a word is stated; of what says ``unstated``, no other word is known to be absent."""
    return True if word in stated else None if UNSTATED in stated else False


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
    sieves: Mapping[str, Sieve]
    """By kind, what a fact must state to match at all."""
    bound: tuple[str, ...] = ()
    """The quantified variables, and attributes of the triggering fact, that tests name."""

    def scope(self, subject_model: str | None, given: Given = NOTHING_GIVEN) -> str | None:
        """The model whose facts may match; None for any."""
        if not self.names_model:
            return subject_model
        scopes = {model_scope(pattern, subject_model, given) for pattern in self.events.patterns}
        return scopes.pop() if len(scopes) == 1 else None


@dataclass(frozen=True, slots=True)
class Shared:
    """A condition that several clauses may ask alike."""

    number: int
    """The same for equal conditions of one policy."""
    variables: tuple[str, ...]
    """Quantified variables on which the answer depends."""


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
        self.family = policy.family
        self._texts: dict[int, tuple[Expression, str]] = {}
        self._questions: dict[int, Question] = {}
        self._numbers: dict[Events, int] = {}
        self._shared: dict[int, tuple[Expression, Shared | None]] = {}
        self._shared_numbers: dict[tuple[str, Expression], int] = {}
        self._sieves: dict[tuple[str, tuple[str, ...]], Sieve] = {}

    def text(self, expression: Expression) -> str:
        """An expression as the policy writes it; remembered, since explanations repeat it."""
        found = self._texts.get(id(expression))
        if found is None:
            found = self._texts[id(expression)] = (expression, describe(expression))
        return found[1]

    def shared(self, expression: Expression) -> Shared | None:
        """What tells a question that clauses may share from others; None where it is not such."""
        found = self._shared.get(id(expression))
        if found is None:
            shared = None
            if isinstance(expression, (Logic, Compare, Call, Quantified)):
                variables = free_variables(expression)
                if variables is not None:
                    key = (self.text(expression), expression)
                    number = self._shared_numbers.setdefault(key, len(self._shared_numbers))
                    shared = Shared(number, tuple(sorted(variables)))
            found = self._shared[id(expression)] = (expression, shared)
        return found[1]

    def question(self, events: Events) -> Question:
        """What must be known to look events up; found once."""
        found = self._questions.get(id(events))
        if found is None:
            tests = [test for pattern in events.patterns for test in pattern.tests]
            kinds = tuple(dict.fromkeys(pattern.kind for pattern in events.patterns))
            found = self._questions[id(events)] = Question(
                self._numbers.setdefault(events, len(self._numbers)),
                events,
                kinds,
                needs_trigger(events),
                any(test.attribute == "model" for test in tests),
                {kind: sieve for kind in kinds if (sieve := self._sieve(events, kind))},
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

    def _sieve(self, events: Events, kind: str) -> Sieve | None:
        """What facts of a kind must state to match events; None where no one attribute decides."""
        patterns = [pattern for pattern in events.patterns if pattern.kind == kind]
        for attribute in (test.attribute for test in patterns[0].tests):
            tests = [
                test
                for pattern in patterns
                for test in pattern.tests
                if test.attribute == attribute
            ]
            if len(tests) == len(patterns) and all(map(_decides, tests)):
                values = tuple(value for test in tests for value in test.values)
                return self.sieve(attribute, values)
        return None

    def sieve(self, attribute: str, values: tuple[str, ...]) -> Sieve:
        """What lets through every fact that states one of these values, under any name."""
        found = self._sieves.get((attribute, values))
        if found is None:
            found = Sieve(attribute, self._spellings(attribute, values))
            self._sieves[attribute, values] = found
        return found

    def _spellings(self, attribute: str, values: tuple[str, ...]) -> frozenset[str]:
        """Every word by which a fact may state one of these values."""
        words = set(values)
        if attribute in ("threshold", "findings"):
            words = {self.threshold(word) for word in words}
            words.update(name for name, id in self._thresholds.items() if id in words)
        elif attribute == "standard":
            words = {standard for word in words for standard in self.standards(word)}
            words.update(name for name, ids in self._standards.items() if not words.isdisjoint(ids))
        return frozenset(words)

    def threshold(self, name: str) -> str:
        """The policy's id for a threshold or category; the name itself where it has none."""
        return self._thresholds.get(name, name)

    def is_own(self, fact: Fact) -> bool:
        """Whether a fact is no change of another policy than this one's family."""
        if fact.kind not in ADOPTIONS:
            return True
        named = fact.attributes.get("policy")
        return not isinstance(named, str) or named.partition("@")[0] == self.family

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


def names_policy(pattern: Pattern) -> bool:
    """Whether a pattern says itself of which policy it speaks."""
    return any(test.attribute == "policy" for test in pattern.tests)


def lifts_policy(test: Test) -> bool:
    """Whether a test is ``policy=any``."""
    return test.attribute == "policy" and test.values == ("any",)


def needs_trigger(events: Events) -> bool:
    """Whether a pattern speaks of the triggering fact (``about=this``, ``about=this.about``)."""
    return any(
        (test.attribute == "about" and "this" in test.values)
        or any(name.startswith("this.") for name in test.bound)
        for pattern in events.patterns
        for test in pattern.tests
    )


def _decides(test: Test) -> bool:
    """Whether a fact whose words differ from those of a test cannot match."""
    return (
        test.operator != "!="
        and not test.bound
        and test.attribute not in ("model", "about", "date", "policy")
        and "this" not in test.values
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
        if not self.names.is_own(fact) and not names_policy(pattern):
            return False
        return kleene_and(
            self._test(fact, test, trigger, given)
            for test in pattern.tests
            if test.attribute != "model" and not lifts_policy(test)
        )

    def _test(self, fact: Fact, test: Test, trigger: Fact | None, given: Given) -> bool | None:
        if test.attribute == "about" and "this" in test.values:
            return self._about(fact, trigger)
        stated = attribute(fact, test.attribute)
        if stated is None:
            return None
        wanted: list[str] = []
        for value in test.values:
            meant = given.get(value) if value in test.bound else (value,)
            if meant is None or (value in test.bound and UNSTATED in meant):
                return None
            wanted += [self.standard if w == "this" and self.standard else w for w in meant]
        found: bool | None
        if isinstance(stated, bool):
            found = ("true" if stated else "false") in wanted
        elif isinstance(stated, Fraction):
            found = any(stated == Fraction(value) for value in wanted)
        else:
            words = self.names.words(fact, test.attribute)
            if words is None:
                return None
            said = self._meant(test.attribute, words)
            each = [among(word, said) for word in self._meant(test.attribute, wanted)]
            found = kleene_or(each) if test.operator == "in" else kleene_and(each)
        return kleene_not(found) if test.operator == "!=" else found

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
