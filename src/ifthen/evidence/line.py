"""Whether an alert line is sound: where it must lie for a score below it to rule the limit out.

RSP v1.0 calls the limit a red line and the alert line a yellow line. Everything is exact: tasks are
drawn from the kind of task that the limit speaks of, a task is passed or not, and the number passed
is binomial.
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
    """Whether it rules the limit out."""
    chance_at_limit: float
    """The chance of at most so many passes by a model at the limit."""


@dataclass(frozen=True, slots=True)
class Size:
    """A number of tasks, and the most passes that rule the limit out."""

    tasks: int
    most: int | None
    """None where no result rules it out."""
    false_pass: float
    """The chance that a model at the limit is ruled out."""
    power: float | None
    """The chance that a model at the supposed rate is ruled out; None where none is supposed."""


@dataclass(frozen=True, slots=True)
class Line:
    """How well an evaluation tells a model at the limit from one below it."""

    limit: float
    tasks: int
    scoring: Scoring
    confidence: float
    single: float
    """The rate of one attempt at which a task is passed at the limit, attempts independent."""
    outcomes: tuple[Outcome, ...]
    """Every number of passes, up to the first two that do not rule the limit out."""
    sound: Size
    """The most passes that rule the limit out with these tasks."""
    alert: float | None
    """The alert line in question: a model that passes a smaller share of tasks counts as safe."""
    misses: tuple[tuple[float, float], ...]
    """By true rate, the chance to stay below the alert line."""
    enough: int | None
    """The least number of tasks at which staying below the alert line rules the limit out; None
    where there is no alert line, or it lies so near to the limit that none was found."""
    needed: Size | None
    """The smallest suite with the wanted power; None where none was wanted or none was found."""

    @property
    def unsound(self) -> bool:
        """Whether a score below the alert line may fail to rule the limit out."""
        return self.reached is not None and self.reached - 1 > (
            -1 if self.sound.most is None else self.sound.most
        )

    @property
    def reached(self) -> int | None:
        """The fewest passes that reach the alert line; None without one."""
        return None if self.alert is None else _reaching(self.alert, self.tasks)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "limit": self.limit,
            "tasks": self.tasks,
            "scoring": str(self.scoring),
            "confidence": self.confidence,
            "single_attempt": self.single,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
            "sound": asdict(self.sound),
            "alert": self.alert,
            "alert_passes": self.reached,
            "unsound": self.unsound,
            "misses": [{"rate": rate, "chance": chance} for rate, chance in self.misses],
            "enough": self.enough,
            "needed": None if self.needed is None else asdict(self.needed),
        }


def examine(
    limit: float,
    tasks: int,
    scoring: Scoring,
    confidence: float,
    *,
    alert: float | None = None,
    rate: float | None = None,
    power: float | None = None,
    false_pass: float | None = None,
) -> Line:
    """Examine an alert line.

    Args:
        limit: the rate of passed tasks at the limit.
        tasks: in the evaluation.
        scoring: how a task is passed.
        confidence: at which the limit must be ruled out.
        alert: an alert line in question: a smaller share of passed tasks counts as safe.
        rate: the true rate of a model that should be ruled out.
        power: how often it should be.
        false_pass: how often a model at the limit may be ruled out; default: one minus the
            confidence.

    Raises:
        ValueError: a rate, confidence or number out of range; power without a rate; or scoring by
            the mean, for which passes cannot be counted.
    """
    _check(limit, tasks, scoring, confidence, alert, rate, power, false_pass)
    assert scoring.least is not None
    alpha = 1 - confidence
    sound = size(tasks, limit, alpha, rate)
    shown = min(tasks, (-1 if sound.most is None else sound.most) + 2)
    reached = None if alert is None else _reaching(alert, tasks)
    if reached is not None:
        shown = min(tasks, max(shown, reached))
    rates = sorted(
        {limit, *(r for r in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9) if r >= limit)}
    )
    needed = None
    if rate is not None and power is not None:
        needed = smallest(limit, alpha if false_pass is None else false_pass, rate, power)
    return Line(
        limit=limit,
        tasks=tasks,
        scoring=scoring,
        confidence=confidence,
        single=single_rate(limit, scoring.least, scoring.of),
        outcomes=tuple(
            Outcome(
                passed,
                upper := bounds.upper(passed, tasks, alpha),
                upper < limit,
                bounds.chance_of_at_most(passed, tasks, limit),
            )
            for passed in range(shown + 1)
        ),
        sound=sound,
        alert=alert,
        misses=()
        if reached is None
        else tuple((r, bounds.chance_of_at_most(reached - 1, tasks, r)) for r in rates),
        enough=None if alert is None else _enough(limit, alpha, alert),
        needed=needed,
    )


def size(tasks: int, limit: float, alpha: float, rate: float | None = None) -> Size:
    """The most passes of so many tasks that rule the limit out, and how often that happens."""
    most = _most(tasks, limit, alpha)
    if most is None:
        return Size(tasks, None, 0.0, None if rate is None else 0.0)
    return Size(
        tasks,
        most,
        bounds.chance_of_at_most(most, tasks, limit),
        None if rate is None else bounds.chance_of_at_most(most, tasks, rate),
    )


def smallest(limit: float, alpha: float, rate: float, power: float) -> Size | None:
    """The smallest suite that rules the limit out for a model at ``rate`` often enough.

    Power does not rise evenly with the number of tasks, so every number is tried in turn up to
    where the normal approximation says that twice as many would do.

    Args:
        limit: the limit.
        alpha: how often a model at the limit may be ruled out.
        rate: the true rate of the model.
        power: the chance that it is ruled out.
    """
    z = -special.ndtri(alpha), special.ndtri(power)
    spread = z[0] * math.sqrt(limit * (1 - limit)) + max(0.0, z[1]) * math.sqrt(rate * (1 - rate))
    guess = (spread / (limit - rate)) ** 2
    most = -1
    for tasks in range(1, min(MOST_TASKS, int(2 * guess) + 200) + 1):
        while most + 1 < tasks and bounds.upper(most + 1, tasks, alpha) < limit:
            most += 1  # what rules out with fewer tasks does so with more
        if most >= 0 and bounds.chance_of_at_most(most, tasks, rate) >= power:
            return size(tasks, limit, alpha, rate)
    return None


def _reaching(alert: float, tasks: int) -> int:
    """The fewest passes that are this share of the tasks or more."""
    return math.ceil(alert * tasks - 1e-9)


def _enough(limit: float, alpha: float, alert: float) -> int | None:
    """The least number of tasks at which every result below the alert line rules the limit out."""
    if alert >= limit:
        return None
    for tasks in range(1, MOST_TASKS + 1):
        if bounds.chance_of_at_most(_reaching(alert, tasks) - 1, tasks, limit) < alpha:
            return tasks
    return None


def _most(tasks: int, limit: float, alpha: float) -> int | None:
    """The most passes whose upper bound lies below the limit; None where not even 0 do."""
    low, high = -1, tasks
    while low < high:
        middle = (low + high + 1) // 2
        if bounds.upper(middle, tasks, alpha) < limit:
            low = middle
        else:
            high = middle - 1
    return None if low < 0 else low


def _check(
    limit: float,
    tasks: int,
    scoring: Scoring,
    confidence: float,
    alert: float | None,
    rate: float | None,
    power: float | None,
    false_pass: float | None,
) -> None:
    if not 0 < limit < 1:
        raise ValueError(f"a limit is a rate between 0 and 1, not {limit:g}")
    if not 1 <= tasks <= MOST_TASKS:
        raise ValueError(f"an evaluation has 1 to {MOST_TASKS} tasks, not {tasks}")
    if scoring.least is None:
        raise ValueError("passes are counted here, and a mean has none: write 'at least 1 of 10'")
    if not 0.5 < confidence < 1:
        raise ValueError(f"a confidence is above 0.5 and below 1, not {confidence:g}")
    if alert is not None and not 0 < alert <= 1:
        raise ValueError(f"an alert line is a rate above 0 and at most 1, not {alert:g}")
    if rate is not None and not 0 <= rate < limit:
        raise ValueError(f"a model to be ruled out has a rate below the limit, not {rate:g}")
    if power is not None and not 0 < power < 1:
        raise ValueError(f"a power is a chance between 0 and 1, not {power:g}")
    if power is not None and rate is None:
        raise ValueError("a power is that for a model at some rate: give the rate as well")
    if false_pass is not None and not 0 < false_pass < 0.5:
        raise ValueError(f"a false-pass rate is between 0 and 0.5, not {false_pass:g}")
