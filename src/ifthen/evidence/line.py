"""Whether a yellow line is sound: where it must lie for a pass below it to rule the red line out.

Everything is exact: tasks are drawn from the kind of task that the red line speaks of, a task is
passed or not, and the number passed is binomial.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from scipy import special

from ifthen.evidence.statistics import bounds
from ifthen.evidence.statistics.attempts import Scoring, single_rate

MOST_TASKS = 100_000
"""Suites larger than this are not looked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One possible result of the evaluation."""

    passed: int
    upper: float
    """The upper bound of the rate after this result."""
    rules_out: bool
    """Whether it rules the red line out."""
    chance_at_red: float
    """The chance of at most so many passes by a model at the red line."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A number of tasks, and the most passes that rule the red line out."""

    tasks: int
    most: int | None
    """None where no result rules it out."""
    false_pass: float
    """The chance that a model at the red line is ruled out."""
    power: float | None
    """The chance that a model at the supposed rate is ruled out; None where none is supposed."""


@dataclass(frozen=True, slots=True)
class Line:
    """How well an evaluation tells a model at the red line from one below it."""

    red: float
    tasks: int
    scoring: Scoring
    confidence: float
    single: float
    """The rate of one attempt at which a task is passed at the red line, attempts independent."""
    outcomes: tuple[Outcome, ...]
    """Every number of passes, up to the first two that do not rule the red line out."""
    sound: Suite
    """The yellow line that these tasks allow."""
    yellow: int | None
    """The yellow line in question: a model with fewer passes counts as safe."""
    misses: tuple[tuple[float, float], ...]
    """By true rate, the chance of fewer passes than ``yellow``."""
    needed: Suite | None
    """The smallest suite with the wanted power; None where none was wanted or none was found."""

    @property
    def unsound(self) -> bool:
        """Whether fewer passes than the yellow line may fail to rule the red line out."""
        return self.yellow is not None and self.yellow - 1 > (
            -1 if self.sound.most is None else self.sound.most
        )

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "red": self.red,
            "tasks": self.tasks,
            "scoring": str(self.scoring),
            "confidence": self.confidence,
            "single_attempt": self.single,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
            "sound": asdict(self.sound),
            "yellow": self.yellow,
            "unsound": self.unsound,
            "misses": [{"rate": rate, "chance": chance} for rate, chance in self.misses],
            "needed": None if self.needed is None else asdict(self.needed),
        }


def examine(
    red: float,
    tasks: int,
    scoring: Scoring,
    confidence: float,
    *,
    yellow: int | None = None,
    rate: float | None = None,
    power: float | None = None,
    false_pass: float | None = None,
) -> Line:
    """Examine a yellow line.

    Args:
        red: the rate of passed tasks at the red line.
        tasks: in the evaluation.
        scoring: how a task is passed.
        confidence: at which the red line must be ruled out.
        yellow: a yellow line in question: fewer passes count as safe.
        rate: the true rate of a model that should be ruled out.
        power: how often it should be.
        false_pass: how often a model at the red line may be ruled out; default: one minus the
            confidence.

    Raises:
        ValueError: a rate, confidence or number out of range; power without a rate; or scoring by
            the mean, for which passes cannot be counted.
    """
    _check(red, tasks, scoring, confidence, yellow, rate, power, false_pass)
    assert scoring.least is not None
    alpha = 1 - confidence
    sound = suite(tasks, red, alpha, rate)
    shown = min(tasks, (-1 if sound.most is None else sound.most) + 2)
    if yellow is not None:
        shown = min(tasks, max(shown, yellow))
    rates = sorted({red, *(r for r in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9) if r >= red)})
    needed = None
    if rate is not None and power is not None:
        needed = smallest(red, alpha if false_pass is None else false_pass, rate, power)
    return Line(
        red=red,
        tasks=tasks,
        scoring=scoring,
        confidence=confidence,
        single=single_rate(red, scoring.least, scoring.of),
        outcomes=tuple(
            Outcome(
                passed,
                upper := bounds.upper(passed, tasks, alpha),
                upper < red,
                bounds.chance_of_at_most(passed, tasks, red),
            )
            for passed in range(shown + 1)
        ),
        sound=sound,
        yellow=yellow,
        misses=()
        if yellow is None
        else tuple((r, bounds.chance_of_at_most(yellow - 1, tasks, r)) for r in rates),
        needed=needed,
    )


def suite(tasks: int, red: float, alpha: float, rate: float | None = None) -> Suite:
    """The most passes of so many tasks that rule the red line out, and how often that happens."""
    most = _most(tasks, red, alpha)
    if most is None:
        return Suite(tasks, None, 0.0, None if rate is None else 0.0)
    return Suite(
        tasks,
        most,
        bounds.chance_of_at_most(most, tasks, red),
        None if rate is None else bounds.chance_of_at_most(most, tasks, rate),
    )


def smallest(red: float, alpha: float, rate: float, power: float) -> Suite | None:
    """The smallest suite that rules the red line out for a model at ``rate`` often enough.

    Power does not rise evenly with the number of tasks, so every number is tried in turn up to
    where the normal approximation says that twice as many would do.

    Args:
        red: the red line.
        alpha: how often a model at the red line may be ruled out.
        rate: the true rate of the model.
        power: the chance that it is ruled out.
    """
    z = -special.ndtri(alpha), special.ndtri(power)
    spread = z[0] * math.sqrt(red * (1 - red)) + max(0.0, z[1]) * math.sqrt(rate * (1 - rate))
    guess = (spread / (red - rate)) ** 2
    most = -1
    for tasks in range(1, min(MOST_TASKS, int(2 * guess) + 200) + 1):
        while most + 1 < tasks and bounds.upper(most + 1, tasks, alpha) < red:
            most += 1  # what rules out with fewer tasks does so with more
        if most >= 0 and bounds.chance_of_at_most(most, tasks, rate) >= power:
            return suite(tasks, red, alpha, rate)
    return None


def _most(tasks: int, red: float, alpha: float) -> int | None:
    """The most passes whose upper bound lies below the red line; None where not even 0 do."""
    low, high = -1, tasks
    while low < high:
        middle = (low + high + 1) // 2
        if bounds.upper(middle, tasks, alpha) < red:
            low = middle
        else:
            high = middle - 1
    return None if low < 0 else low


def _check(
    red: float,
    tasks: int,
    scoring: Scoring,
    confidence: float,
    yellow: int | None,
    rate: float | None,
    power: float | None,
    false_pass: float | None,
) -> None:
    if not 0 < red < 1:
        raise ValueError(f"a red line is a rate between 0 and 1, not {red:g}")
    if not 1 <= tasks <= MOST_TASKS:
        raise ValueError(f"an evaluation has 1 to {MOST_TASKS} tasks, not {tasks}")
    if scoring.least is None:
        raise ValueError("passes are counted here, and a mean has none: write 'at least 1 of 10'")
    if not 0.5 < confidence < 1:
        raise ValueError(f"a confidence is above 0.5 and below 1, not {confidence:g}")
    if yellow is not None and not 1 <= yellow <= tasks:
        raise ValueError(f"a yellow line is from 1 to {tasks} passes, not {yellow}")
    if rate is not None and not 0 <= rate < red:
        raise ValueError(f"a model to be ruled out has a rate below the red line, not {rate:g}")
    if power is not None and not 0 < power < 1:
        raise ValueError(f"a power is a chance between 0 and 1, not {power:g}")
    if power is not None and rate is None:
        raise ValueError("a power is that for a model at some rate: give the rate as well")
    if false_pass is not None and not 0 < false_pass < 0.5:
        raise ValueError(f"a false-pass rate is between 0 and 0.5, not {false_pass:g}")
