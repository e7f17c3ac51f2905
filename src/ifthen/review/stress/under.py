"""What would bring exposure under a stated level: one change of a policy at a time.

Every value of a ladder is tried on the same futures, from the loosest to the tightest. The loosest
that suffices is given with the next looser one, which does not: whether something between them
would, is not asked. A tighter cadence alone need not help in every future, so nothing is inferred
from one value about another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ifthen.dates import parse_duration
from ifthen.evidence.interval import Interval
from ifthen.policy.model import Policy
from ifthen.review.stress.estimate import Days, exposure
from ifthen.review.stress.houses import House
from ifthen.review.stress.lengths import days_of
from ifthen.review.stress.plan import Change
from ifthen.review.stress.promises import Promises
from ifthen.review.stress.run import Futures, Workers, case_of, run

Verdict: TypeAlias = Literal["under", "over", "undetermined"]
EVERY_DAYS = (365.0, 180.0, 90.0, 60.0, 30.0, 14.0, 7.0, 1.0)
EVERY_GROWTH = (8.0, 4.0, 2.0, 1.5, 1.25, 1.1)
BUFFER = (2.0, 4.0, 6.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
WORD_DAYS = (180.0, 90.0, 60.0, 30.0, 14.0, 7.0, 1.0)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Level:
    """A level that exposure is to stay under.

    Exposure is any of the three: trained, used inside or deployed past the threshold without its
    safeguards. A level in days is about the 95 % quantile of such days per simulated model-year; a
    level in percent is about the probability that a future has such a day at all.
    """

    days: float | None = None
    share: float | None = None

    def of(self, days: Days) -> Interval:
        """The figure that the level is about."""
        return days.any if self.share is not None else days.upper

    def verdict(self, days: Days) -> Verdict:
        """Under only if all of the interval is, over only if none of it is."""
        limit = self.share if self.share is not None else self.days
        assert limit is not None
        figure = self.of(days)
        if figure.high <= limit:
            return "under"
        return "over" if figure.low > limit else "undetermined"

    def __str__(self) -> str:
        if self.share is not None:
            return f"a probability of {self.share * 100:g} %"
        unit = "day" if self.days == 1 else "days"
        return f"{self.days:g} {unit} a year in 95 % of futures"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"days": self.days, "probability": self.share}


def parse_level(text: str) -> Level:
    """A level such as ``1 day`` or ``5 %``.

    Raises:
        ValueError: it is neither a length of time nor a percentage under 100.
    """
    percent = _PERCENT.fullmatch(text.strip())
    if percent is not None:
        share = float(percent[1]) / 100
        if share >= 1:
            raise ValueError("a probability is under 100 %")
        return Level(share=share)
    return Level(days=days_of(parse_duration(text)))


@dataclass(frozen=True, slots=True)
class Tried:
    """One value of a change, and what it comes to."""

    value: float
    figure: Interval
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"value": self.value, "figure": self.figure.as_json(), "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One kind of change, and the loosest value of it that suffices."""

    kind: Literal["cadence", "growth", "buffer", "word"]
    word: str | None
    """Of a word, which."""
    tried: tuple[Tried, ...]
    """From the loosest value on to the first that suffices, or to the tightest."""

    @property
    def suffices(self) -> Tried | None:
        """The loosest value that surely suffices."""
        return next((one for one in self.tried if one.verdict == "under"), None)

    @property
    def verdict(self) -> Verdict:
        """Under: some value suffices; over: surely none does."""
        if self.suffices is not None:
            return "under"
        return "over" if all(one.verdict == "over" for one in self.tried) else "undetermined"

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        found = self.suffices
        return {
            "change": self.kind,
            "word": self.word,
            "suffices": None if found is None else found.value,
            "verdict": self.verdict,
            "tried": [one.as_json() for one in self.tried],
        }


def changes(promises: Promises) -> list[tuple[Remedy, tuple[Change, ...]]]:
    """The kinds of change that are tried, and the changes of each from the loosest on."""
    found: list[tuple[Remedy, tuple[Change, ...]]] = [
        (Remedy("cadence", None, ()), tuple(Change(every_days=d) for d in EVERY_DAYS)),
        (Remedy("growth", None, ()), tuple(Change(every_growth=f) for f in EVERY_GROWTH)),
        (Remedy("buffer", None, ()), tuple(Change(buffer=f) for f in BUFFER)),
    ]
    for word in promises.words:
        bound = tuple(Change(words={word: days}) for days in WORD_DAYS)
        found.append((Remedy("word", word, ()), bound))
    return found


def remedies(
    policy: Policy,
    promises: Promises,
    houses: Sequence[House],
    level: Level,
    futures: Futures,
    workers: Workers | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[list[Remedy]]:
    """By house, what would bring exposure under a level.

    Args:
        policy: what is changed.
        promises: what it promises.
        houses: who keeps it.
        level: the level.
        futures: the futures, the same for every change.
        workers: who does the work.
        progress: called with kinds of change tried and in all.
    """
    kinds = changes(promises)
    found: list[list[Remedy]] = [[] for _ in houses]
    for number, (kind, values) in enumerate(kinds):
        cases = [case_of(policy, promises, h, change) for h in houses for change in values]
        outcomes = iter(run(cases, futures, workers))
        for own in found:
            tried: list[Tried] = []
            for change in values:
                days = exposure(next(outcomes), futures.years)
                tried.append(Tried(_value(change), level.of(days), level.verdict(days)))
            own.append(Remedy(kind.kind, kind.word, _needed(tried)))
        if progress is not None:
            progress(number + 1, len(kinds))
    return found


def _needed(tried: Sequence[Tried]) -> tuple[Tried, ...]:
    for number, one in enumerate(tried):
        if one.verdict == "under":
            return tuple(tried[: number + 1])
    return tuple(tried)


def _value(change: Change) -> float:
    values = (change.every_days, change.every_growth, change.buffer, *change.words.values())
    return next(value for value in values if value is not None)
