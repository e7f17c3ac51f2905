"""How the words are taken: each open word, reading and aim may be stretched or not.

A word that is not stretched means what a charitable reader assumes; a reading that is not stretched
must be kept under every parse; an aim that is not stretched binds. Assumptions about the world may
be dropped in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import z3

from ifthen.policy.model import Policy
from ifthen.review.loopholes.kleene import Bit, conj, disj

Sort: TypeAlias = Literal["word", "reading", "aim", "world"]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """One thing that may be stretched."""

    sort: Sort
    name: str
    """A term, a reading, a clause (``clause/step``) whose aim binds nothing, or an assumption."""

    def __str__(self) -> str:
        return f"{self.sort} {self.name}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a solver chose."""

    stretched: frozenset[Stretch]
    parses: Mapping[str, str] = field(default_factory=dict)
    """Of each stretched reading, the option taken."""

    def policy(self, policy: Policy) -> Policy:
        """The policy with its words taken so: literal ranges stand for the meaning taken.

        Readings stay; ``arbiter`` looks at the parse taken.
        """
        terms = {
            name: term if Stretch("word", name) in self.stretched else _charitably(term)
            for name, term in policy.terms.items()
        }
        return replace(policy, terms=terms)

    def aims(self, clause: str) -> bool:
        """Whether the aim of a clause or step binds."""
        return Stretch("aim", clause) not in self.stretched


def _charitably(term: Any) -> Any:
    return replace(term, literal=term.charitable)


class Stance:
    """The choices as variables of the solver."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.stretches: dict[Stretch, Any] = {}
        self.parses: dict[str, Any] = {}

    def stretched(self, sort: Sort, name: str) -> Any:
        """Whether something is stretched."""
        one = Stretch(sort, name)
        if one not in self.stretches:
            self.stretches[one] = z3.Bool(f"stretch.{sort}.{name}")
        return self.stretches[one]

    def excused(self, readings: Mapping[str, str]) -> Bit:
        """Whether a combination of parses need not be kept: one of them is not the one taken."""
        found = []
        for reading, option in readings.items():
            options = tuple(self.policy.readings[reading].options)
            if reading not in self.parses:
                self.parses[reading] = z3.Int(f"parse.{reading}")
            other = self.parses[reading] != options.index(option)
            found.append(conj((self.stretched("reading", reading), other)))
        return disj(found)

    def constraints(self) -> list[Any]:
        """The range of every choice."""
        return [
            z3.And(var >= 0, var < len(self.policy.readings[name].options))
            for name, var in self.parses.items()
        ]

    def taken(self, model: Any) -> Taken:
        """What a solution chose."""
        stretched = frozenset(
            one for one, var in self.stretches.items() if z3.is_true(model.eval(var, True))
        )
        parses = {}
        for name, var in self.parses.items():
            if Stretch("reading", name) in stretched:
                options = tuple(self.policy.readings[name].options)
                parses[name] = options[model.eval(var, True).as_long()]
        return Taken(stretched, parses)
