"""How words are taken in a proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import z3

from ifthen.policy.model import Policy
from ifthen.review.loopholes.kleene import Bit, disj
from ifthen.review.loopholes.proof.registers import Bank
from ifthen.review.loopholes.stance import Stance

Taking: TypeAlias = Literal["literal", "words", "charitable"]
TAKINGS: Mapping[Taking, str] = {
    "literal": "every word and parse is the adversary's to choose, and aims bind nothing",
    "words": "every word is the adversary's to choose and aims bind nothing; every parse is kept",
    "charitable": "every word is taken charitably, every parse is kept, and aims bind",
}
"""What each way of taking the words of a policy means, the strongest adversary first."""


class Taken(Stance):
    """A stance whose choices are parts of the state that never change."""

    def __init__(self, policy: Policy, taking: Taking, bank: Bank) -> None:
        super().__init__(policy)
        self.taking = taking
        self.bank = bank

    @property
    def aims(self) -> bool:
        """Whether aims bind."""
        return self.taking == "charitable"

    def stretched(self, sort: Any, name: str) -> Any:
        """Whether something is stretched: nothing of the world ever is."""
        if sort != "word" or self.taking == "charitable":
            return False
        return self.bank.constant(f"stretched {name}", z3.BoolSort())

    def excused(self, readings: Mapping[str, str]) -> Bit:
        """Whether a combination of parses need not be kept: one of them is not the one taken."""
        if self.taking != "literal":
            return False
        found = []
        for reading, option in readings.items():
            options = tuple(self.policy.readings[reading].options)
            parse = self.bank.constant(f"parse of {reading}", z3.IntSort())
            found.append(parse != options.index(option))
        return disj(found)

    def constraints(self) -> list[Any]:
        """The range of every choice."""
        return [
            z3.And(one.term >= 0, one.term < len(self.policy.readings[name].options))
            for name in self.policy.readings
            if (one := self.bank.registers.get(f"parse of {name}")) is not None
        ]
