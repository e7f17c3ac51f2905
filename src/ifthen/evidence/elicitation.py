"""How hard a model was tried: what an evaluation used, what was asked for, and what a gap costs.

A score is what a model showed, not what it can do. Where something that would have brought out more
was left out, the score is a lower bound (OpenAI's Preparedness Framework 2, section 3.1, says so of
any one-time elicitation), and a lower bound rules nothing out, unless a margin with a stated reason
covers the gap. RSP v2.0 to v2.2, section 3.2.3, names a minimum: instruction following, tool use
and low refusal. A minimum that was missed is a finding of its own, whatever the scores say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ifthen.evidence.questions import Question
    from ifthen.evidence.statistics.attempts import Scoring

ITEMS: Mapping[str, str] = {
    "low-refusal": "a helpful-only variant, or one that hardly refuses",
    "tool-use": "tools, and training to use them",
    "instruction-following": "training to follow instructions",
    "chain-of-thought": "prompts to reason before answering",
    "best-of-n": "the best of several samples",
    "scaffolding": "an agent loop or expert prompting around the model",
    "fine-tuning": "fine-tuning on the task, where those feared could do it",
}
"""What brings out more of a model, in the words of the record's ``elicitation``."""
EFFORT: Mapping[str, str] = {
    "attempts": "attempts at each task",
    "budget": "money spent on each attempt",
}
"""What is counted instead of being used or not."""


def check_items(names: Iterable[str]) -> None:
    """Refuse what is none of ``ITEMS``.

    Raises:
        ValueError: an unknown item.
    """
    for name in names:
        if name not in ITEMS:
            raise ValueError(f"'{name}' is no item of elicitation: {', '.join(ITEMS)}")


@dataclass(frozen=True, slots=True)
class Elicitation:
    """What an evaluation used."""

    used: frozenset[str] = frozenset()
    """Of ``ITEMS``."""
    not_applicable: frozenset[str] = frozenset()
    """Of ``ITEMS``: could not have mattered here."""
    attempts: int | None = None
    """Attempts at each task; None where it is not stated."""
    budget: float | None = None
    """US dollars spent on each attempt at most; None where it is not stated."""

    def __post_init__(self) -> None:
        check_items((*self.used, *self.not_applicable))
        if self.budget is not None and not 0 <= self.budget < math.inf:
            raise ValueError(f"a budget is an amount of money, not {self.budget:g}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an evaluation should have used."""

    minimum: frozenset[str] = frozenset()
    """What the policy demands."""
    expected: frozenset[str] = frozenset(ITEMS)
    """What would have brought out more; a gap makes the score a lower bound."""
    attempts: int | None = None
    budget: float | None = None
    """US dollars."""

    def __post_init__(self) -> None:
        check_items((*self.minimum, *self.expected))
        if self.budget is not None and not 0 <= self.budget < math.inf:
            raise ValueError(f"a budget is an amount of money, not {self.budget:g}")


@dataclass(frozen=True, slots=True)
class Margin:
    """How much more better elicitation could bring out, and who says so."""

    add: float = 0.0
    """Added to the rate, from 0 to 1."""
    factor: float = 1.0
    """What the rate is multiplied with before, at least 1."""
    covers: frozenset[str] = frozenset()
    """Which gaps it allows for: ``ITEMS`` and ``EFFORT``."""
    error: float = 0.0
    """The chance that it is too small; taken from the error of the decision."""
    why: str = ""
    """Its source, a statement or a fit; needed by every margin that allows for anything."""

    def __post_init__(self) -> None:
        check_items(name for name in self.covers if name not in EFFORT)
        if not 0 <= self.add < 1:
            raise ValueError(f"a margin adds from 0 to below 1, not {self.add:g}")
        if not 1 <= self.factor < math.inf:
            raise ValueError(f"the factor of a margin is at least 1, not {self.factor:g}")
        if (self.add or self.factor > 1 or self.covers) and not self.why:
            raise ValueError("a margin says where it comes from")
        if not 0 <= self.error < 1:
            raise ValueError(f"the error of a margin is a probability, not {self.error:g}")

    def moved(self, rate: float) -> float:
        """The rate that better elicitation could have shown."""
        return min(1.0, rate * self.factor + self.add)

    def before(self, rate: float) -> float:
        """The rate that had to be shown for better elicitation to reach this one."""
        return (rate - self.add) / self.factor


NO_MARGIN = Margin()


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was left out."""

    minimum: tuple[str, ...] = ()
    """Of what the policy demands."""
    expected: tuple[str, ...] = ()
    """Of everything that would have brought out more, the minimum included."""
    uncovered: tuple[str, ...] = ()
    """Of those, what no margin allows for."""

    @property
    def lower_bound_only(self) -> bool:
        """Whether the score says only what the model can do at least."""
        return bool(self.uncovered)


def gaps(done: Elicitation | None, asked: Asked, margin: Margin = NO_MARGIN) -> Gaps:
    """What was left out of what was asked for; what is not stated was left out.

    Args:
        done: what the evaluation used; None where nothing is stated.
        asked: what it should have used.
        margin: what allows for gaps.
    """
    used = done or Elicitation()
    satisfied = used.used | used.not_applicable
    short = [
        name
        for name, want, have in (
            ("attempts", asked.attempts, used.attempts),
            ("budget", asked.budget, used.budget),
        )
        if want is not None and (have is None or not have >= want)
    ]
    missing = [i for i in ITEMS if i in asked.minimum | asked.expected and i not in satisfied]
    missing.extend(short)
    return Gaps(
        tuple(i for i in ITEMS if i in asked.minimum and i not in satisfied),
        tuple(missing),
        tuple(name for name in missing if name not in margin.covers),
    )


def fitted_margin(
    without: Sequence[Question],
    with_: Sequence[Question],
    scoring: Scoring,
    covers: Iterable[str],
    why: str,
    error: float = 0.01,
) -> Margin:
    """A margin from a model that was tried both ways on the same questions.

    It is the upper bound of the mean gain, question by question, at confidence ``1 - error``. That
    the gain of that model carries over to this one is an assumption; ``why`` should argue for it.

    Args:
        without: the questions as attempted without what ``covers`` names.
        with_: the same questions, attempted with it.
        scoring: how attempts become values.
        covers: which gaps the gain allows for.
        why: where the two evaluations come from.
        error: the chance that the margin is too small for that model.

    Raises:
        ValueError: they share no question.
    """
    from ifthen.evidence.statistics.paired import compare

    gain = compare(without, with_, scoring, 1 - error)
    return Margin(max(0.0, gain.upper), 1.0, frozenset(covers), error, why)
