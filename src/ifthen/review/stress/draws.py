"""What chance decides in a block of futures, the same for every policy and every house.

Each quantity has a random stream of its own, so that policies, houses and changes of a policy are
compared on the same futures and the comparison is not blurred by chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.futures import RANGE, YEAR, Floats, Growth, course
from ifthen.review.stress.houses import House, Setting

Bits: TypeAlias = NDArray[np.bool_]
BLOCK = 2048
"""Futures drawn from one set of streams; part of what a seed means."""
_HIGH = NormalDist().inv_cdf(0.9)
_STREAMS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """One block of futures before anybody does anything."""

    days: int
    """How many days a future lasts."""
    rate: Floats
    """By future, the smooth growth of what a model can do: natural logarithm, a day."""
    counted: Floats
    """The part of it that growth triggers count."""
    jumps: Floats | None
    """By day and future, growth in jumps; None for none."""
    counted_jumps: Floats | None
    threshold: Floats
    """The natural logarithm of how far off the threshold lies on the first day."""
    shortfall: Floats
    """By how much tests fall short, in medians."""
    error: Floats
    """By assessment and future, its error in standard deviations."""
    length: Floats
    """By assessment and future, how long it takes, in standard deviations."""
    safeguards: Floats
    """Days from the start of work on safeguards until they are in place."""
    release: Floats
    """The day of the first release."""
    aims: Floats
    """Between 0 and 1: aims are kept where a house keeps a larger share."""

    def chosen(self, kept: Bits) -> Draws:
        """Only some of the futures."""
        if kept.all():
            return self
        return Draws(
            self.days,
            self.rate[kept],
            self.counted[kept],
            None if self.jumps is None else self.jumps[:, kept],
            None if self.counted_jumps is None else self.counted_jumps[:, kept],
            self.threshold[kept],
            self.shortfall[kept],
            self.error[:, kept],
            self.length[:, kept],
            self.safeguards[kept],
            self.release[kept],
            self.aims[kept],
        )

    def lengths(self, house: House) -> Floats:
        """Whole days that assessments take, at least one."""
        spread = math.log(house.assessment_high_days / house.assessment_days) / _HIGH
        return np.maximum(1.0, np.ceil(house.assessment_days * np.exp(spread * self.length)))

    def errors(self, house: House) -> Floats:
        """Errors of assessments, as natural logarithms."""
        return self.error * (math.log(house.noise) / RANGE)

    def falls_short(self, house: House) -> Floats:
        """By how much tests fall short, as natural logarithms."""
        return self.shortfall * math.log(house.elicits)


def draw(
    setting: Setting, growth: tuple[Growth, ...], years: float, seed: int, block: int
) -> Draws:
    """One block of futures.

    Args:
        setting: the world.
        growth: what grows.
        years: how long a future lasts.
        seed: of all blocks.
        block: the number of this one.
    """
    root = np.random.SeedSequence(seed, spawn_key=(block,))
    streams = [np.random.default_rng(each) for each in root.spawn(_STREAMS + len(growth))]
    days = math.ceil(years * YEAR)
    rate, counted = np.zeros(BLOCK), np.zeros(BLOCK)
    jumps: Floats | None = None
    counted_jumps: Floats | None = None
    for each, rng in zip(growth, streams[_STREAMS:], strict=True):
        path = course(each, BLOCK, years + 1 / YEAR, rng)
        rate += path.rate
        counted += path.rate if each.counted else 0.0
        if path.times.shape[1]:
            arrived = _by_day(path.times, path.sizes, days)
            jumps = arrived if jumps is None else jumps + arrived
            if each.counted:
                counted_jumps = arrived if counted_jumps is None else counted_jumps + arrived
    near, far = math.log(setting.nearest), math.log(setting.threshold)
    spread = math.log(setting.safeguards_high_days / setting.safeguards_days) / _HIGH
    looks = math.ceil(16 * years) + 1
    return Draws(
        days,
        rate,
        counted,
        jumps,
        counted_jumps,
        near + (far - near) * streams[0].uniform(0, 1, BLOCK),
        np.abs(streams[1].standard_normal(BLOCK)) / NormalDist().inv_cdf(0.75),
        streams[2].standard_normal((looks, BLOCK)),
        streams[3].standard_normal((looks, BLOCK)),
        setting.safeguards_days * np.exp(spread * streams[4].standard_normal(BLOCK)),
        setting.release_days * streams[5].uniform(0, 1, BLOCK),
        streams[6].uniform(0, 1, BLOCK),
    )


def _by_day(times: Floats, sizes: Floats, days: int) -> Floats:
    """Jumps at random times, added up by the day in which they fall."""
    found = np.zeros((days + 1, len(times)))
    day = np.ceil(times).astype(np.int64)
    inside = day <= days
    future = np.broadcast_to(np.arange(len(times))[:, None], times.shape)
    np.add.at(found, (day[inside], future[inside]), sizes[inside])
    return found
