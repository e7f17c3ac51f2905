"""What people found by hand in the policies, as questions to the search that must find it again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FORGOTTEN = """
harms:
  - id: forgotten
    kind: cadence
    title: a model goes on with no completed assessment in ten months
    source: longer than any charitable reader would take the text to allow
    encodes: [CRIT-02]
    for_each: model
    while: running(train) or running(deploy)
    do: assessment_completed[assessment!=preliminary] or evaluation_result
    every: 300 days
"""


@dataclass(frozen=True)
class Known:
    """One thing that people found."""

    what: str
    policy: str
    harm: str
    start: str
    more: tuple[str, ...]
    """Further arguments of the command."""
    holds: Callable[[dict[str, Any]], bool]
    """Whether an entry of ``harms`` shows it."""
    slow: bool = False
    harms: str = ""
    """A file of harms of its own."""


def sets(found: dict[str, Any]) -> list[set[str]]:
    """The smallest sets of stretches, by name."""
    return [{one["name"] for one in each["stretches"]} for each in found["blame"]["sets"]]


def chosen(found: dict[str, Any], which: str = "charitable") -> list[dict[str, Any]]:
    """The events of a timeline."""
    timeline = found[which]["timeline"]
    return [fact for fact in timeline["facts"] if fact["part"] == "chosen"] if timeline else []


def months(fact: dict[str, Any]) -> float:
    """Months since the timeline began."""
    _, month, day = map(int, fact["date"].split("-"))
    return month - 1 + (day - 1) / 30


def _gap(found: dict[str, Any]) -> bool:
    """Checks come routinely, every two months; the next comprehensive one after half a year."""
    tests = [fact for fact in chosen(found) if fact["kind"] == "assessment_completed"]
    apart = [months(two) - months(one) for one, two in itertools.pairwise(tests)]
    return found["charitable"]["events"] == 3 and max(apart) <= 2 and months(tests[-1]) < 6


def _grown(found: dict[str, Any]) -> bool:
    """It crosses in training, on a finding that was true when it was made."""
    facts = chosen(found)
    crossed = [fact for fact in facts if fact["hidden"]]
    return bool(crossed) and not any(fact["kind"] == "threshold_decision" for fact in facts)


def _open(found: dict[str, Any]) -> bool:
    return bool(found["verdict"] == "open")


def _same_day(found: dict[str, Any]) -> bool:
    """Deployed no later than the day on which an assessment is complete."""
    kinds = [fact["kind"] for fact in chosen(found)]
    return _open(found) and "model_released" in kinds and "assessment_completed" not in kinds


def _scored(found: dict[str, Any]) -> bool:
    """Deployed on its scores, no safeguard in place, and nobody sees it."""
    facts = chosen(found)
    deployed = any(fact["kind"] == "model_released" for fact in facts)
    secured = any(fact["kind"] == "standard_activated" for fact in facts)
    return _open(found) and deployed and not secured and bool(found["charitable"]["timeline"])


KNOWN = (
    Known(
        "five and a half, then seven and a half months under 'routinely', charitably too",
        "anthropic/rsp@2.0",
        "stale",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _gap,
    ),
    Known(
        "start versus completion",
        "anthropic/rsp@1.0",
        "stale",
        "assessed",
        ("--events", "7", "--stretches", "1"),
        lambda found: sets(found) == [{"interval-anchor"}],
    ),
    Known(
        "the buffer to the yellow line",
        "anthropic/rsp@1.0",
        "trained",
        "assessed",
        ("--events", "3", "--stretches", "1"),
        lambda found: {"margin"} in sets(found),
    ),
    Known(
        "growth in training between assessments",
        "anthropic/rsp@2.0",
        "deployed",
        "assessed",
        ("--events", "4", "--stretches", "0"),
        _grown,
    ),
    Known(
        "an aim that binds nothing",
        "deepmind/fsf@2.0",
        "stale",
        "assessed",
        ("--events", "4", "--stretches", "1"),
        lambda found: {"evaluation"} in sets(found),
    ),
    Known(
        "after a warning, hold or add protocols",
        "anthropic/rsp@1.0",
        "warned",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _open,
    ),
    Known(
        "deployment goes by the score after mitigation, without security",
        "openai/preparedness@beta",
        "deployed",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _scored,
    ),
    Known(
        "the clock is laundered: 'since the last assessment' read as of any model",
        "anthropic/rsp@2.0",
        "forgotten",
        "assessed",
        ("--events", "11", "--models", "2", "--stretches", "1"),
        lambda found: {"clock-model"} in sets(found) and found["charitable"]["status"] == "none",
        slow=True,
        harms=FORGOTTEN,
    ),
    Known(
        "a new model is deployed when its first assessment has only begun",
        "anthropic/rsp@1.0",
        "unassessed",
        "nothing",
        ("--events", "3", "--stretches", "0"),
        _same_day,
    ),
    Known(
        "a response plan gates nothing",
        "deepmind/fsf@1.0",
        "warned",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _open,
    ),
    Known(
        "the exit because of a rival, its price not paid",
        "anthropic/rsp@2.0",
        "exit-unpaid",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _open,
    ),
    Known(
        "the Board told without notice",
        "anthropic/rsp@2.0",
        "untold",
        "assessed",
        ("--events", "3", "--stretches", "0"),
        _open,
    ),
)
"""A relaxation shortly before a trigger is the exit by amendment, which is reported apart."""
