"""What a policy promises about assessments, holds and safeguards, before anyone keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.review.stress.lengths import Length
from ifthen.vocabulary import FINDINGS, Action, Force

Sort: TypeAlias = Literal["cadence", "preliminary", "follow-up", "release"]
Anchor: TypeAlias = Literal["start", "done"]


@dataclass(frozen=True, slots=True)
class Look:
    """A duty to look at what a model can do."""

    clause: str
    force: Force
    sort: Sort
    """``cadence``: at intervals; ``preliminary``: at intervals too, a test that only tells whether
    a ``follow-up`` is due; ``release``: before each release."""
    literally: bool = True
    """Whether the letter asks it too, and not only a charitable reading."""
    every: tuple[Length, ...] = ()
    """The interval, one per parse; empty where growth alone counts."""
    growth: float | None = None
    """The growth in effective compute at which it is due."""
    anchors: tuple[Anchor, ...] = ("done",)
    """Whether intervals count from start to start or from completion to completion, one per
    parse."""
    within: tuple[Length, ...] = ()
    """Of a follow-up: how long it may take to be complete; empty where no date is set."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "clause": self.clause,
            "force": self.force,
            "sort": self.sort,
            "literally": self.literally,
            "every": [one.as_json() for one in self.every],
            "growth": self.growth,
            "anchors": list(self.anchors),
            "within": [one.as_json() for one in self.within],
        }


@dataclass(frozen=True, slots=True)
class Hold:
    """An action that stops where a model is not below and its safeguards are missing."""

    clause: str
    force: Force
    action: Action | None
    """None: nothing stops, but the safeguards are owed."""
    charitably: frozenset[int]
    """The findings, by rank, at which it holds as a charitable house reads it."""
    literally: frozenset[int]
    """The same as the letter has it, every paper that opens it written at once."""
    grace: tuple[Length, ...] = ()
    """How long what goes on may still go on, one per parse; empty for the day itself."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "clause": self.clause,
            "force": self.force,
            "action": self.action,
            "charitably": [FINDINGS[rank] for rank in sorted(self.charitably)],
            "literally": [FINDINGS[rank] for rank in sorted(self.literally)],
            "grace": [one.as_json() for one in self.grace],
        }


@dataclass(frozen=True, slots=True)
class Margin:
    """How far ahead in effective compute a finding of below reaches."""

    ahead: float = 1.0
    clause: str | None = None
    """The clause that promises it; None where it is the longest interval in compute, or nothing."""
    force: Force | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"ahead": self.ahead, "clause": self.clause, "force": self.force}


@dataclass(frozen=True, slots=True)
class Promises:
    """All of a policy that a future can keep or not."""

    policy: str
    threshold: str | None
    """The threshold, or category, whose crossing is hidden."""
    looks: tuple[Look, ...]
    holds: tuple[Hold, ...]
    margin: Margin
    alerts: bool
    """Whether the policy knows a warning before the threshold."""
    words: tuple[str, ...]
    """The words on which lengths of time in all this hang."""
    paperwork: tuple[str, ...]
    """Clauses that ask for reports, notices and the like, and change no exposure."""
    not_simulated: tuple[tuple[str, str], ...]
    """Clauses that matter and that no future knows, each with the reason."""

    @property
    def nothing(self) -> str | None:
        """Why there is nothing to simulate, where there is nothing."""
        if self.looks or self.holds:
            return None
        return "it promises no assessment of a model, and no act waits for a finding"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "threshold": self.threshold,
            "looks": [one.as_json() for one in self.looks],
            "holds": [one.as_json() for one in self.holds],
            "margin": self.margin.as_json(),
            "alerts": self.alerts,
            "words": list(self.words),
            "paperwork": len(self.paperwork),
            "not_simulated": [{"clause": name, "why": why} for name, why in self.not_simulated],
        }
