"""The visible facts as one list: which are about a model, which match, which is the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ifthen.dates import Instant
from ifthen.policy.model import Events, Pattern, Test
from ifthen.record.history import History
from ifthen.record.model import Fact
from ifthen.ruling.matching import Names, attribute
from ifthen.ruling.order import SAME_DAY, Point, ordered, precedes, sort_key
from ifthen.ruling.reasons import kleene_and, kleene_not, kleene_or
from ifthen.vocabulary import ADOPTIONS


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose conditions are asked."""

    model: str | None
    standard: str | None


Members: TypeAlias = Mapping[str, str]
"""What quantified variables stand for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that matches, or may match."""

    fact: Fact
    certain: bool


@dataclass(frozen=True, slots=True)
class Latest:
    """The facts of which each may be the last one at a point."""

    facts: tuple[Fact, ...]
    """Latest first."""
    surely: bool
    """Whether some fact has certainly happened."""
    assumes: tuple[str, ...]
    rivals: tuple[Fact, ...] = ()
    """The facts that are not the last one only because of the order within a day."""

    def by_order(self, said: Callable[[Fact], object]) -> tuple[str, ...]:
        """What is assumed where something is read off the last fact."""
        told = [said(fact) for fact in (*self.facts, *self.rivals)] if self.rivals else []
        return self.assumes or ((SAME_DAY,) if any(one != told[0] for one in told) else ())

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(fact.id for fact in self.facts)


def latest(found: Iterable[Found], point: Point) -> Latest:
    """The last one at a point: not certainly later than it, not certainly followed by another."""
    orders = [(each, precedes(each.fact, point)) for each in found]
    sure = [each.fact for each, order in orders if order.before and each.certain]
    happened = [each.fact for each, order in reversed(orders) if order.before is not False]
    followed = {
        fact.id: [o for s in sure if (o := ordered(fact, s)).before is True] for fact in happened
    }
    overtaken = [fact for fact in happened if followed[fact.id]]
    return Latest(
        tuple(fact for fact in happened if not followed[fact.id]),
        bool(sure),
        (SAME_DAY,) if any(order.assumed for _, order in orders) else (),
        tuple(fact for fact in overtaken if all(o.assumed for o in followed[fact.id])),
    )


class View:
    """What a record shows at a moment, in order; with or without what rests on memory."""

    def __init__(
        self, history: History, complete: frozenset[str], at: Instant, known: Instant, recall: bool
    ) -> None:
        self.shown = shown = history.visible(at, known, recall=recall)
        """The visible facts, as the record has them."""
        self.facts: tuple[Fact, ...] = tuple(sorted(shown, key=sort_key))
        self.begins = min((fact.earliest for fact in shown), default=at)
        """When the record begins."""
        self.named = history.resolve(shown, known)
        """Every id and key, and the visible fact it stands for."""
        self.complete = complete

    def shows_what(self, other: View) -> bool:
        """Whether all is seen as another view of the same record shows it."""
        return bool(self.shown) and (self.shown, self.named) == (other.shown, other.named)

    def concerns(self, fact: Fact) -> tuple[str, ...]:
        """The models a fact is about: its own, else those of the facts it names; () for all."""
        about = fact.attributes.get("about")
        if fact.models or not isinstance(about, tuple):
            return fact.models
        named = [self.named[name] for name in about if name in self.named]
        return tuple(dict.fromkeys(model for other in named for model in other.models))

    def touches(self, fact: Fact, model: str | None) -> bool:
        """Whether a fact is about a model; every fact is about none in particular."""
        concerned = self.concerns(fact)
        return model is None or not concerned or model in concerned

    def of(self, kinds: Iterable[str], model: str | None) -> list[Fact]:
        """Facts of some kinds about a model, in order."""
        wanted = frozenset(kinds)
        return [f for f in self.facts if f.kind in wanted and self.touches(f, model)]

    def find(
        self, kinds: Iterable[str], model: str | None, test: Callable[[Fact], bool | None]
    ) -> tuple[Found, ...]:
        """Facts of some kinds about a model that pass a test, or may."""
        verdicts = ((fact, test(fact)) for fact in self.of(kinds, model))
        return tuple(
            Found(fact, verdict is True) for fact, verdict in verdicts if verdict is not False
        )

    def lists(self, kinds: Iterable[str]) -> bool:
        """Whether the absence of these kinds means that it did not happen."""
        return self.complete.issuperset(kinds)

    def first(self, model: str) -> Fact | None:
        """The first fact about a model by name."""
        return next((fact for fact in self.facts if model in fact.models), None)

    def birth(self, model: str) -> Fact | None:
        """A model's start of training where that is recorded, else the first fact about it."""
        started = self.of(["training_started"], model)
        return started[0] if started else self.first(model)

    def models(self) -> tuple[str, ...]:
        """Every model, in the order of its first fact."""
        return tuple(dict.fromkeys(model for fact in self.facts for model in fact.models))


class Matching:
    """Which facts an event pattern means, for one policy and subject."""

    def __init__(self, view: View, names: Names, subject: Subject) -> None:
        self.view = view
        self.names = names
        self.subject = subject

    def find(self, events: Events, trigger: Fact | None, members: Members) -> tuple[Found, ...]:
        """The facts that match events, or may."""
        kinds = {pattern.kind for pattern in events.patterns}
        return self.view.find(
            kinds,
            None,
            lambda fact: kleene_or(
                self._is(fact, pattern, trigger, members) for pattern in events.patterns
            ),
        )

    def scope(self, pattern: Pattern, members: Members) -> str | None:
        """The model a pattern is about: the subject, another that it names, or any."""
        named = [test for test in pattern.tests if test.attribute == "model"]
        if not named or named[0].values == ("this",):
            return self.subject.model
        (name,) = named[0].values
        if name in named[0].bound:
            return members.get(name)
        return None if name == "any" else name

    def _is(
        self, fact: Fact, pattern: Pattern, trigger: Fact | None, members: Members
    ) -> bool | None:
        scope = self.scope(pattern, members)
        if fact.kind != pattern.kind or not self.view.touches(fact, scope):
            return False
        policies = [test.values for test in pattern.tests if test.attribute == "policy"]
        if not policies and not self._of_own_family(fact):
            return False
        lifted = ("policy",) if policies == [("any",)] else ()
        tests = (test for test in pattern.tests if test.attribute not in ("model", *lifted))
        return kleene_and(self._passes(fact, test, trigger, members) for test in tests)

    def _of_own_family(self, fact: Fact) -> bool:
        """Whether a change of policy is one of this policy; other facts are everybody's."""
        named = fact.attributes.get("policy")
        if fact.kind not in ADOPTIONS or not isinstance(named, str):
            return True
        return named.startswith(f"{self.names.family}@")

    def _passes(
        self, fact: Fact, test: Test, trigger: Fact | None, members: Members
    ) -> bool | None:
        if test.attribute == "about" and "this" in test.values:
            return self._answers(fact, trigger)
        said = self._said(fact, test.attribute)
        if said is None:
            return None
        wanted: list[object] = []
        for value in test.values:
            named = self._bound(value, trigger, members) if value in test.bound else [value]
            if named is None or (value in test.bound and "unstated" in named):
                return None
            wanted += [meant for word in named for meant in self._meant(test.attribute, word)]
        if said and isinstance(said[0], Fraction):
            wanted = [Fraction(str(word)) for word in wanted]
        elif test.attribute == "about":
            said = [meant for word in said for meant in self._meant("about", str(word))]
        silent: bool | None = None if "unstated" in said else False
        verdicts = [True if word in said else silent for word in wanted]
        if test.operator == "in":
            return kleene_or(verdicts)
        every = kleene_and(verdicts)
        return kleene_not(every) if test.operator == "!=" else every

    def _bound(self, value: str, trigger: Fact | None, members: Members) -> Sequence[object] | None:
        """What a name in a test stands for; None where that is not known."""
        if value.startswith("this."):
            return None if trigger is None else self._said(trigger, value.removeprefix("this."))
        return [members[value]] if value in members else None

    def _answers(self, fact: Fact, trigger: Fact | None) -> bool | None:
        about = fact.attributes.get("about")
        if trigger is None or not isinstance(about, tuple):
            return None
        named = [self.view.named[name] for name in about if name in self.view.named]
        return any(other.id == trigger.id for other in named)

    def _said(self, fact: Fact, name: str) -> Sequence[object] | None:
        value = attribute(fact, name)
        if isinstance(value, bool):
            return ("true" if value else "false",)
        if isinstance(value, Fraction):
            return (value,)
        return None if value is None else self.names.words(fact, name)

    def _meant(self, name: str, value: object) -> Sequence[object]:
        """What a word of a test stands for: the members of a group, a fact, or itself."""
        word = str(value)
        if word == "this" and self.subject.standard is not None:
            word = self.subject.standard
        if name == "standard":
            return self.names.standards(word)
        if name == "about" and word in self.view.named:
            return (self.view.named[word].id,)
        return (self.names.threshold(word) if name in ("threshold", "about") else word,)
