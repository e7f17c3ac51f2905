"""The facts of a timeline as the solver sees them: fixed ones, and slots it may fill.

A slot has a kind, a model, a day and the effective compute of its model. Whatever else is asked of
it becomes a variable of its own the first time it is asked: ``says("assessment", "preliminary")``.
What nobody asks cannot matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import z3

from ifthen.policy.model import Policy
from ifthen.review.loopholes.calendar import Date
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg
from ifthen.vocabulary import DEFAULTS, FINDINGS, KINDS, attributes_of

NOBODY = -1
"""The model of a fact about the organisation."""
MOST_MODELS = 4
"""The most models that a timeline may have."""
SINGLE = frozenset({"word", "text"})
"""Types of attributes that have one word."""
UNSAID = -1
"""The rank of a finding or level that a fact does not state."""


class Slot(Protocol):
    """One fact of a timeline."""

    index: int
    date: Date
    compute: Any

    def is_kind(self, kind: str) -> Bit:
        """Whether it is of a kind."""

    def model_is(self, model: int) -> Bit:
        """Whether it names a model; ``NOBODY`` asks whether it names none."""

    def says(self, attribute: str, word: str) -> Bit:
        """Whether an attribute states a word."""

    def unsaid(self, attribute: str) -> Bit:
        """Whether an attribute that no policy tests is left out where nothing sets it."""

    def number(self, attribute: str) -> Fraction | None:
        """The number that an attribute states; None where it states none."""

    def rank(self, attribute: str, name: str) -> Any:
        """The rank of a finding (``findings``) or a level (``levels``), or ``UNSAID``."""


class Fixed:
    """A fact that is given."""

    def __init__(
        self,
        index: int,
        kind: str,
        model: int,
        date: Date,
        compute: int,
        attributes: Mapping[str, Any],
        scale: Sequence[str],
    ) -> None:
        self.index = index
        self.kind = kind
        self.model = model
        self.date = date
        self.compute = compute
        self.attributes = attributes
        self.scale = scale

    def is_kind(self, kind: str) -> Bit:
        """Whether it is of a kind."""
        return self.kind == kind

    def model_is(self, model: int) -> Bit:
        """Whether it names a model."""
        return self.model == model

    def says(self, attribute: str, word: str) -> Bit:
        """Whether an attribute states a word."""
        value = self.attributes.get(attribute, DEFAULTS.get((self.kind, attribute)))
        if isinstance(value, bool):
            return word == ("true" if value else "false")
        return word == value if isinstance(value, str) else word in (value or ())

    def unsaid(self, attribute: str) -> Bit:
        """Whether an attribute is left out."""
        return attribute not in self.attributes and (self.kind, attribute) not in DEFAULTS

    def number(self, attribute: str) -> Fraction | None:
        """The number that an attribute states."""
        value = self.attributes.get(attribute)
        return None if value is None else Fraction(value)

    def rank(self, attribute: str, name: str) -> Any:
        """The rank of a finding or level."""
        said = self.attributes.get(attribute, {}).get(name)
        if said is None:
            return UNSAID
        return (FINDINGS if attribute == "findings" else self.scale).index(said)


class Free:
    """A fact the solver chooses."""

    def __init__(self, index: int, date: Date, kinds: Sequence[str], policy: Policy) -> None:
        self.index = index
        self.date = date
        self.kinds = kinds
        self.policy = policy
        self.kind = z3.Int(f"kind{index}")
        self.model = z3.Int(f"model{index}")
        self.compute = z3.Int(f"compute{index}")
        self.words: dict[tuple[str, str], Any] = {}
        self.ranks: dict[tuple[str, str], Any] = {}
        self._is_kind = {name: self.kind == n for n, name in enumerate(kinds)}
        self._model_is = {n: self.model == n for n in range(NOBODY, MOST_MODELS)}

    def is_kind(self, kind: str) -> Bit:
        """Whether it is of a kind."""
        return self._is_kind.get(kind, False)

    def model_is(self, model: int) -> Bit:
        """Whether it names a model."""
        return self._model_is[model]

    def says(self, attribute: str, word: str) -> Bit:
        """Whether an attribute states a word."""
        if word == "false":
            return neg(self.says(attribute, "true"))
        key = (attribute, word)
        if key not in self.words:
            self.words[key] = z3.Bool(f"says{self.index}.{attribute}.{word}")
        return self.words[key]

    def unsaid(self, attribute: str) -> Bit:
        """What nobody tests is left out where nothing sets it (see ``concrete``)."""
        return neg(disj(var for (name, _), var in self.words.items() if name == attribute))

    def number(self, attribute: str) -> Fraction | None:
        """A solver chooses no numbers: what asks for one is not told of it."""
        del attribute
        return None

    def rank(self, attribute: str, name: str) -> Any:
        """The rank of a finding or level."""
        key = (attribute, name)
        if key not in self.ranks:
            self.ranks[key] = z3.Int(f"{attribute}{self.index}.{name}")
        return self.ranks[key]

    def constraints(self) -> list[Any]:
        """What holds of the words and ranks asked so far: one word where only one is stated."""
        found: list[Any] = [self.kind >= 0, self.kind < len(self.kinds)]
        for attribute in dict.fromkeys(name for name, _ in self.words):
            asked = {word: var for (name, word), var in self.words.items() if name == attribute}
            types = {
                kind: attributes_of(kind)[attribute]
                for kind in self.kinds
                if attribute in attributes_of(kind)
            }
            if any(one.type in SINGLE for one in types.values()):
                found.append(z3.AtMost(*asked.values(), 1))
            for kind, one in types.items():
                told = set(one.options) - {"unstated"}
                if not one.options:
                    continue
                of_kind = self.is_kind(kind)
                found += [z3.Not(z3.And(of_kind, v)) for w, v in asked.items() if w not in told]
                if one.type == "word" and told <= {*asked}:
                    found.append(z3.Implies(of_kind, disj(asked[word] for word in sorted(told))))
        for (attribute, _), rank in self.ranks.items():
            top = len(FINDINGS if attribute == "findings" else self.policy.scale)
            decides = self.is_kind("threshold_decision")
            found += [rank >= UNSAID, rank < top]
            found.append(z3.Implies(neg(decides) if decides is not False else True, rank == UNSAID))
        return found


class Slots:
    """A timeline: given facts, then those the solver chooses, in the order of a record."""

    def __init__(
        self, given: Sequence[Fixed], free: Sequence[Free], models: int, start: Date, end: Date
    ) -> None:
        self.all: tuple[Slot, ...] = (*given, *free)
        self.start = start
        """The day on which the policy is adopted: nothing before it is ruled."""
        self.ruled = range(sum(one.date.key < start.key for one in given), len(given) + len(free))
        """The facts from that day on."""
        self.free = tuple(free)
        self.models = range(models)
        self.end = end
        """The day of the ruling."""
        self.memory: dict[Any, Any] = {}
        """Terms that were made once and serve every clause."""
        self._last_of_day: list[Bit] = [
            neg_equal(one.date, two.date) for one, two in zip(self.all, self.all[1:], strict=False)
        ] + [True]

    def __len__(self) -> int:
        return len(self.all)

    def last_of_day(self, index: int) -> Bit:
        """Whether a fact is the last one of its day."""
        return self._last_of_day[index]

    def until(self, index: int) -> Date:
        """When the state after a fact that is the last of its day ends: the next day with facts."""
        return self.end if index + 1 == len(self) else self.all[index + 1].date

    def about(self, index: int, model: int | None) -> Bit:
        """Whether a fact is about a model: it names it or none. Every fact is about None."""
        if model is None:
            return True
        memory = ("about", index, model)
        if memory not in self.memory:
            slot = self.all[index]
            self.memory[memory] = disj((slot.model_is(model), slot.model_is(NOBODY)))
        return self.memory[memory]

    def names(self, index: int, kinds: Sequence[str], model: int | None) -> Bit:
        """Whether a fact is of some kinds and about a model."""
        slot = self.all[index]
        return conj((disj(slot.is_kind(kind) for kind in kinds), self.about(index, model)))


def neg_equal(one: Date, two: Date) -> Bit:
    """Whether two days differ."""
    if isinstance(one.key, int) and isinstance(two.key, int):
        return one.key != two.key
    return one.key != two.key


def phase(slot: Slot) -> Any:
    """Its place within a day."""
    if isinstance(slot, Fixed):
        return KINDS[slot.kind].phase
    assert isinstance(slot, Free)
    found: Any = z3.IntVal(1)
    for other in (0, 2):
        of_phase = disj(slot.is_kind(kind) for kind in slot.kinds if KINDS[kind].phase == other)
        if of_phase is not False:
            found = z3.If(of_phase, other, found)
    return found
