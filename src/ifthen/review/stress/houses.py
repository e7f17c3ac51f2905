"""Houses: how a policy is kept, and the world it is kept in. A file of them is data.

What is assumed is written in ``houses.yaml`` beside this module, with the meaning of each field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ifthen.policy.fields import ID, LENGTH, TEXT, Field, Form, Shape
from ifthen.policy.model import DurationLiteral
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, did_you_mean
from ifthen.policy.yaml import compose, read_source
from ifthen.review.stress.lengths import Taken, days_of

Prepares: TypeAlias = Literal["early", "held"]
_HOUSE = Shape(
    "house",
    "How a policy is kept.",
    (
        Field("id", ID, "Its name.", required=True),
        Field("title", TEXT, "One line in our own words.", required=True),
        Field("words", Form("option", options=("charitable", "literal")), "", required=True),
        Field(
            "aims", Form("number"), "The share of futures in which aims are kept.", required=True
        ),
        Field("uses", Form("number"), "The share of a permitted time that is used.", required=True),
        Field("prepares", Form("option", options=("early", "held")), "", required=True),
        Field("elicits", TEXT, "The factor by which tests fall short: 1.25x.", required=True),
        Field("noise", TEXT, "The 90 % range of an error, as a factor: 1.5x.", required=True),
        Field("finding", LENGTH, "From an assessment to its finding.", required=True),
        Field("assessment", LENGTH, "The median length of an assessment.", required=True),
        Field("assessment_high", LENGTH, "Its 90th percentile.", required=True),
    ),
)
_WORLD = Shape(
    "world",
    "What no policy decides.",
    (
        Field("threshold", TEXT, "How far off the threshold may lie: 35x.", required=True),
        Field("release", LENGTH, "How often a model is released.", required=True),
        Field("safeguards", LENGTH, "The median time that safeguards take.", required=True),
        Field("safeguards_high", LENGTH, "Its 90th percentile.", required=True),
    ),
)
_FILE = Shape(
    "file of houses",
    "How policies are kept, and in what world.",
    (
        Field("houses", Form("list", Form("shape", shape=_HOUSE)), "Houses.", required=True),
        Field("world", Form("shape", shape=_WORLD), "The world.", required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class House:
    """How a policy is kept."""

    id: str
    title: str
    words: Taken
    """How words, parses and papers are taken."""
    aims: float
    """The share of futures in which aims are kept."""
    uses: float
    """The share of a permitted time that is used."""
    prepares: Prepares
    """Whether safeguards are begun at the first finding that is not below, or when owed."""
    elicits: float
    """The median factor by which tests fall short."""
    noise: float
    """The 90 % range of the error of one assessment, as a factor either way."""
    finding_days: float
    assessment_days: float
    assessment_high_days: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "house": self.id,
            "title": self.title,
            "words": self.words,
            "aims": self.aims,
            "uses": self.uses,
            "prepares": self.prepares,
            "elicits": self.elicits,
            "noise": self.noise,
            "finding_days": self.finding_days,
            "assessment_days": self.assessment_days,
            "assessment_high_days": self.assessment_high_days,
        }


@dataclass(frozen=True, slots=True)
class Setting:
    """What no policy and no house decides."""

    threshold: float
    """The farthest that the threshold may lie off on the first day, as a factor."""
    release_days: float
    safeguards_days: float
    safeguards_high_days: float
    nearest: float = 1.0
    """The nearest that the threshold may lie."""

    def as_json(self) -> dict[str, float]:
        """Plain data."""
        return {
            "threshold_from": self.nearest,
            "threshold_to": self.threshold,
            "release_days": self.release_days,
            "safeguards_days": self.safeguards_days,
            "safeguards_high_days": self.safeguards_high_days,
        }


@dataclass(frozen=True, slots=True)
class Houses:
    """A file of houses."""

    houses: tuple[House, ...]
    setting: Setting


def load_houses(path: str | Path | None = None) -> Houses:
    """The houses of a file, or those that come with the package.

    Raises:
        InputError: the file has problems: every one of them, each with its place.
    """
    here = Path(str(files("ifthen"))) / "review" / "stress" / "houses.yaml"
    source = read_source(Path(path) if path is not None else here)
    problems = Problems(source)
    document = Reader(source, problems).shape(compose(source), _FILE)
    if document is None:
        raise InputError(problems.sorted())
    read = _Read(problems)
    houses = [read.house(values) for values in document.get("houses", ()) if values is not None]
    setting = read.setting(document.get("world", Values(NOWHERE)))
    names = [house.id for house in houses]
    for values, name in zip(document.get("houses", ()), names, strict=False):
        if names.count(name) > 1:
            problems.add(values.keys["id"], f"there are two houses '{name}'")
    if not houses:
        problems.add(document.span, "there is no house")
    if problems:
        raise InputError(problems.sorted())
    return Houses(tuple(houses), setting)


def choose(houses: Houses, wanted: tuple[str, ...]) -> tuple[House, ...]:
    """The houses that are named; all of them where none is.

    Raises:
        InputError: there is no such house.
    """
    known = [house.id for house in houses.houses]
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
            message = f"there is no house '{name}'"
            raise InputError([Diagnostic(Source("--house", ""), NOWHERE, message, hint)])
    return tuple(house for house in houses.houses if not wanted or house.id in wanted)


@dataclass(frozen=True, slots=True)
class _Read:
    """Values of mappings as numbers, with what is wrong with them."""

    problems: Problems

    def house(self, values: Values) -> House:
        """One house; nonsense in it is reported and stands as 1."""
        identifier = values.get("id")
        house = House(
            "" if identifier is None else identifier.text,
            values.get("title", ""),
            values.get("words", "charitable"),
            self._share(values, "aims"),
            self._share(values, "uses"),
            values.get("prepares", "held"),
            self._factor(values, "elicits"),
            self._factor(values, "noise"),
            self._days(values, "finding"),
            self._days(values, "assessment"),
            self._days(values, "assessment_high"),
        )
        self._order(values, "assessment", house.assessment_days, house.assessment_high_days)
        return house

    def setting(self, values: Values) -> Setting:
        """The world."""
        setting = Setting(
            self._factor(values, "threshold"),
            self._days(values, "release"),
            self._days(values, "safeguards"),
            self._days(values, "safeguards_high"),
        )
        self._order(values, "safeguards", setting.safeguards_days, setting.safeguards_high_days)
        if "release" in values and setting.release_days < 1:
            self.problems.add(values.keys["release"], "no two releases on one day")
        return setting

    def _share(self, values: Values, name: str) -> float:
        number = values.get(name)
        if number is not None and not 0 <= number <= 1:
            self.problems.add(values.keys[name], f"'{name}' is a share from 0 to 1")
        return 1.0 if number is None else float(number)

    def _factor(self, values: Values, name: str) -> float:
        text = values.get(name)
        found = 1.0 if text is None else factor(text)
        if found is None or not 1 <= found <= 1e9:
            self.problems.add(values.keys[name], f"'{name}' is a factor of 1x or more", "write 2x")
        return found or 1.0

    def _days(self, values: Values, name: str) -> float:
        length = values.get(name)
        if length is None:
            return 1.0
        if not isinstance(length, DurationLiteral):
            self.problems.add(values.keys[name], f"'{name}' is a length of time", "write 30 days")
            return 1.0
        return days_of(length.value)

    def _order(self, values: Values, name: str, middle: float, most: float) -> None:
        if f"{name}_high" in values and not 0 < middle <= most:
            message = f"'{name}' is above zero and '{name}_high' is no shorter"
            self.problems.add(values.keys[f"{name}_high"], message)


def factor(text: str) -> float | None:
    """A factor such as ``6x``; None where it is none."""
    number = text.removesuffix("x")
    try:
        value = float(number)
    except ValueError:
        return None
    return value if number != text and math.isfinite(value) else None
