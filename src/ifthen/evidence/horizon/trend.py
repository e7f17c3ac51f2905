"""How the horizon of the best models grows: a line through its logarithm, over release dates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ifthen.dates import Day, format_day, parse_day
from ifthen.evidence.horizon.bootstrap import SOUND, quantile_of_rows
from ifthen.evidence.horizon.estimate import Horizons
from ifthen.evidence.horizon.fit import Floats
from ifthen.evidence.interval import Interval
from ifthen.policy.source import Diagnostic, InputError
from ifthen.policy.yaml import Mapping as Node
from ifthen.policy.yaml import Scalar, compose, read_source, shorten

LEAST = 3
"""Models that a line needs: two always fit."""


@dataclass(frozen=True, slots=True)
class Point:
    """One model on its release date."""

    agent: str
    day: Day
    horizon: Interval
    frontier: bool
    """Whether no model released by then had a longer horizon; only these make the line."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The line log2(horizon in minutes) = intercept + slope (day - origin), least squares."""

    quantile: float
    points: tuple[Point, ...]
    """In order of release."""
    left_out: tuple[tuple[str, str], ...]
    """Agents that are not points, and why."""
    origin: Day
    intercept: float
    slope: float
    """Doublings a day."""
    scatter: float
    """Standard deviation of the models about the line, in doublings."""
    doubling: Interval
    """Days to double, from the same bootstrap as the horizons."""
    used: int
    """Replicates in which every model of the line had a horizon; the others are left out."""
    replicates: int
    lines: tuple[Floats, Floats] = field(repr=False, compare=False)
    """Intercept and slope of every such replicate."""

    def at(self, day: Day) -> Interval:
        """The horizon on the line on a day, in minutes; the scatter of models is not in it."""
        level = self.doubling.level
        lines = self.lines[0] + self.lines[1] * (day - self.origin)
        tail = (1 - level) / 2
        low, high = (float(quantile_of_rows(lines[None], q)[0]) for q in (tail, 1 - tail))
        value = self.intercept + self.slope * (day - self.origin)
        return Interval(2**low, 2**value, 2**high, level)

    def reaches(self, minutes: float) -> Interval:
        """The day, as a number, on which the line reaches a horizon; infinite where it falls."""
        wanted = math.log2(minutes)
        intercepts, slopes = self.lines
        with np.errstate(divide="ignore"):
            days = np.where(slopes > 0, (wanted - intercepts) / slopes, np.inf) + self.origin
        tail = (1 - self.doubling.level) / 2
        low, high = (float(quantile_of_rows(days[None], q)[0]) for q in (tail, 1 - tail))
        rising = self.slope > 0
        value = self.origin + (wanted - self.intercept) / self.slope if rising else math.inf
        return Interval(low, value, high, self.doubling.level)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "chance": self.quantile,
            "doubling_days": self.doubling.as_json(),
            "scatter_doublings": self.scatter,
            "origin": format_day(self.origin),
            "log2_minutes_at_origin": self.intercept,
            "doublings_per_day": self.slope,
            "bootstrap": self.replicates,
            "replicates_used": self.used,
            "points": [
                {
                    "agent": point.agent,
                    "released": format_day(point.day),
                    "frontier": point.frontier,
                    "horizon": {"unit": "minutes", **point.horizon.as_json()},
                }
                for point in self.points
            ],
            "left_out": [{"agent": agent, "why": why} for agent, why in self.left_out],
        }


def trend(
    horizons: Horizons,
    released: Mapping[str, Day],
    quantile: float = 0.5,
    since: Day | None = None,
) -> Trend | None:
    """The line through the models that were the best at their release, or None with fewer than 3.

    Args:
        horizons: with the bootstrap, which gives the interval of the doubling time.
        released: release dates; a model without one (and people) makes no point.
        quantile: the chance of success.
        since: leave out models released before.
    """
    points, left_out = _points(horizons, released, quantile, since)
    best = [point for point in points if point.frontier]
    if len(best) < LEAST or len({point.day for point in best}) < 2:
        return None
    origin = best[0].day
    x = np.array([point.day - origin for point in best], dtype=np.float64)
    y = np.log2([point.horizon.value for point in best])
    intercept, slope = (float(v[0]) for v in _line(x, y[:, None]))
    scatter = math.sqrt(float(((y - intercept - slope * x) ** 2).sum()) / (len(x) - 2))
    places = [horizons.table.agents.index(point.agent) for point in best]
    sound = (horizons.draws.code[places] == SOUND).all(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.log2(horizons.draws.horizon(quantile)[places][:, sound])
    drawn = drawn[:, np.isfinite(drawn).all(axis=0)]
    lines = _line(x, drawn)
    tail = (1 - horizons.level) / 2
    with np.errstate(divide="ignore"):
        times = np.where(lines[1] > 0, 1 / lines[1], np.inf)
    low, high = (float(quantile_of_rows(times[None], q)[0]) for q in (tail, 1 - tail))
    doubling = Interval(low, 1 / slope if slope > 0 else math.inf, high, horizons.level)
    return Trend(
        quantile,
        points,
        left_out,
        origin,
        intercept,
        slope,
        scatter,
        doubling,
        drawn.shape[1],
        horizons.replicates,
        lines,
    )


def _line(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Least squares of each column of y on x."""
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    return np.asarray(y.mean(axis=0) - slope * x.mean()), np.asarray(slope)


def _points(
    horizons: Horizons, released: Mapping[str, Day], quantile: float, since: Day | None
) -> tuple[tuple[Point, ...], tuple[tuple[str, str], ...]]:
    dated, left_out = [], []
    for found in horizons.agents:
        interval = found.at(quantile)
        day = released.get(found.agent)
        if day is None:
            left_out.append((found.agent, "no release date"))
        elif since is not None and day < since:
            left_out.append((found.agent, f"released before {format_day(since)}"))
        elif not (math.isfinite(interval.value) and interval.value > 0):
            left_out.append((found.agent, "no horizon above zero"))
        else:
            dated.append((day, found.agent, interval))
    points = []
    for day, agent, interval in sorted(dated, key=lambda entry: entry[:2]):
        longest = max(other.value for when, _, other in dated if when <= day)
        points.append(Point(agent, day, interval, interval.value >= longest))
    return tuple(points), tuple(left_out)


def read_release_dates(path: str | Path) -> dict[str, Day]:
    """Release dates from YAML: names and dates, by themselves or under ``date:``.

    Raises:
        InputError: the file cannot be read, or holds something else; every problem at once.
    """
    source = read_source(path)
    node = compose(source)
    inner = node.get("date") if isinstance(node, Node) else None
    node = inner if isinstance(inner, Node) else node
    if not isinstance(node, Node):
        message = "expected names of models and their release dates"
        raise InputError([Diagnostic(source, node.span, message, "write 'o1: 2024-12-05'")])
    found: dict[str, Day] = {}
    problems = []
    for name, value in node.entries:
        try:
            if not isinstance(value, Scalar):
                raise ValueError(f"the release date of '{shorten(name.text)}' is no date")
            found[name.text] = parse_day(value.text)
        except ValueError as error:
            problems.append(Diagnostic(source, value.span, str(error), "write YYYY-MM-DD"))
    if problems:
        raise InputError(problems)
    return found
