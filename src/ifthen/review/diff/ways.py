"""Whether one version permits what the other does not, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.review.diff.replay import Witness

Answer: TypeAlias = Literal["yes", "no", "open"]
Evidence: TypeAlias = Literal["structure", "record", "bounded"]

Meaning: TypeAlias = Literal["literal", "charitable", "due"]
"""How words are taken: as widely as they allow; as a charitable reader takes them; or as if what
has no deadline were due within 30 days."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a solver looks for records."""

    events: int = 3
    """How many events a record has at most; none means that no solver is asked."""
    timeout: float = 2.0
    """Seconds for one question."""


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: does one version permit what the other does not."""

    answer: Answer
    by: Evidence | None = None
    """``structure``: proved, of every record. ``record``: shown by the witness. ``bounded``: there
    is none among the records of at most so many events. None where it is open."""
    events: int | None = None
    """Of ``bounded``: how many events."""
    witness: Witness | None = None
    why: str = ""
    """Why it is open."""

    def as_json(self) -> dict[str, Any]:
        """The answer in JSON."""
        return {
            "answer": self.answer,
            "by": self.by,
            "events": self.events,
            "why": self.why or None,
        }


BY_PARSE = "it does by one parse of the text and not by another"
UNTOLD = "none was found, but of some records it cannot be told whether they keep both versions"
"""Why it stays open whatever record is found."""
PROVED = Way("yes", "structure")
PROVED_NOT = Way("no", "structure")


@dataclass(frozen=True, slots=True)
class Ways:
    """Both directions."""

    weaker: Way
    """Does the new version permit what the old one does not."""
    stronger: Way
    """Does the old version permit what the new one does not."""

    @property
    def answers(self) -> tuple[Answer, Answer]:
        """Both answers."""
        return self.weaker.answer, self.stronger.answer

    @property
    def decided(self) -> bool:
        """Whether it is known which way it goes, or that it goes neither way."""
        return "yes" in self.answers or self.answers == ("no", "no")

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Every record that shows one of them."""
        found = (self.weaker.witness, self.stronger.witness)
        return tuple(witness for witness in found if witness is not None)

    def as_json(self) -> dict[str, Any]:
        """Both answers in JSON."""
        return {"weaker": self.weaker.as_json(), "stronger": self.stronger.as_json()}


@dataclass(frozen=True, slots=True)
class Whole:
    """Whether the whole new version permits what one clause of the old one does not."""

    way: Way
    rests_on: tuple[str, ...] = ()
    """Clauses of the new version that were taken up; where the answer is no, those that keep it."""

    def as_json(self) -> dict[str, Any]:
        """The answer in JSON."""
        witness = self.way.witness
        return {
            **self.way.as_json(),
            "rests_on": list(self.rests_on),
            "witness": None if witness is None else witness.as_json(),
        }
