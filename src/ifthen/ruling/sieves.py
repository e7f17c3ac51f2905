"""Facts of one kind about one model, sorted by the words they state.

A policy asks for many things that differ in one word only: reports on this topic, results for that
threshold. Whoever asks says which words a fact must state to match at all; so a fact is shown
only to those it may concern, and whoever asks anew looks only at facts that may match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ifthen.record.model import Fact
from ifthen.vocabulary import DEFAULTS, UNSTATED

W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Sieve:
    """What lets a fact through: one of these words, or none at all, as an attribute."""

    attribute: str
    words: frozenset[str]


@dataclass(slots=True)
class _Sorted(Generic[W]):
    """Facts and watchers by the words of one attribute."""

    attribute: str
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    silent: list[Fact] = field(default_factory=list)
    """Facts that do not state words here: they may match anything, or nothing."""
    watchers: dict[str, list[W]] = field(default_factory=dict)
    everyone: list[W] = field(default_factory=list)

    def places(self, fact: Fact) -> Iterator[list[Fact]]:
        """The lists in which a fact belongs."""
        words = _words(fact, self.attribute)
        if words is None:
            yield self.silent
        else:
            for word in dict.fromkeys(words):
                yield self.facts.setdefault(word, [])

    def concerned(self, fact: Fact) -> Iterable[W]:
        """Those whom a fact may concern."""
        words = _words(fact, self.attribute)
        if words is None:
            return self.everyone
        if len(words) == 1:
            return self.watchers.get(words[0], ())
        found = (one for word in words for one in self.watchers.get(word, ()))
        return {id(one): one for one in found}.values()


class Watchers(Generic[W]):
    """Who waits for facts of one kind about one model.

    Args:
        facts: the facts so far; put in and taken out by whoever calls ``put`` and ``remove``.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._any: list[W] = []
        self._sorted: dict[str, _Sorted[W]] = {}

    def put(self, fact: Fact) -> None:
        """Sort a new fact in."""
        for by_word in self._sorted.values():
            for place in by_word.places(fact):
                place.append(fact)

    def remove(self, fact: Fact) -> None:
        """Take a fact out."""
        for by_word in self._sorted.values():
            for place in by_word.places(fact):
                place[:] = (one for one in place if one is not fact)

    def watch(self, watcher: W, sieve: Sieve | None) -> None:
        """Wait for facts that a sieve lets through; for all without one."""
        if sieve is None:
            self._any.append(watcher)
            return
        by_word = self._by_word(sieve.attribute)
        by_word.everyone.append(watcher)
        for word in sieve.words:
            by_word.watchers.setdefault(word, []).append(watcher)

    def watching(self, fact: Fact) -> Iterator[W]:
        """Those who wait for such a fact, or may."""
        yield from self._any
        for by_word in self._sorted.values():
            yield from by_word.concerned(fact)

    def sifted(self, sieve: Sieve | None) -> Iterable[Fact]:
        """The facts that a sieve lets through, in no particular order."""
        if sieve is None:
            return self._facts
        by_word = self._by_word(sieve.attribute)
        found = [by_word.silent, *(by_word.facts.get(word, ()) for word in sieve.words)]
        return {id(fact): fact for facts in found for fact in facts}.values()

    def _by_word(self, attribute: str) -> _Sorted[W]:
        by_word = self._sorted.get(attribute)
        if by_word is None:
            by_word = self._sorted[attribute] = _Sorted(attribute)
            for fact in self._facts:
                for place in by_word.places(fact):
                    place.append(fact)
        return by_word


def _words(fact: Fact, name: str) -> Sequence[str] | None:
    """The words a fact states as an attribute, as written; None where it does not tell."""
    value = fact.attributes.get(name)
    if value is None:
        value = DEFAULTS.get((fact.kind, name))
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, Mapping):
        return tuple(value)
    if isinstance(value, tuple) and all(isinstance(word, str) for word in value):
        return None if UNSTATED in value else value
    return None
