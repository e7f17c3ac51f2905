"""``ratio``: how far a model's compute has grown since the last assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.dates import format_day, parse_day
from ifthen.evidence.compute.ledger_file import load_ledger
from ifthen.evidence.compute.ratio import Ratio
from ifthen.evidence.compute.ratio import ratio as ratio_of
from ifthen.evidence.filing.work import Outcome, Work, cleaned, versions
from ifthen.vocabulary import RATIO_MEASURE


def ratio(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """Compare two models of a ledger.

    Args:
        locations: the files of the ledger.
        parameters: as ``work_of`` gives them.

    Raises:
        InputError: the ledger cannot be used.
        ValueError: a parameter is out of its range, or there is nothing to compare.
    """
    trigger = float(parameters["trigger"])
    found = ratio_of(
        load_ledger(*locations).until(parse_day(parameters["at"])),
        parameters["model"],
        parameters["since"],
        of=parameters["of"],
        triggers=[trigger],
        level=parameters["level"],
        seed=parameters["seed"],
        draws=parameters["draws"],
    )
    return outcome_of(found, trigger)


def outcome_of(found: Ratio, trigger: float) -> Outcome:
    """A ratio as what a fact says of it: rulings read ``effective_compute_ratio``.

    Raises:
        ValueError: the trigger was not asked about.
    """
    asked = next((each for each in found.triggers if each.factor == trigger), None)
    if asked is None:
        raise ValueError(f"growth by {trigger:g} times was not asked about")
    answer, probability = asked.answer, asked.probability
    interval = found.interval
    # Without a multiplier it is no ratio of effective compute, and no ruling may read it as one.
    # Post-training is no part of what RSP v2.0 (note 4) calls effective compute.
    effective = found.of != "training" and not found.unknown
    measure = {
        "measure": RATIO_MEASURE if effective else f"{found.of}_ratio",
        "of": found.of,
        "versus": found.since,
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
        "trigger": trigger,
        "probability": probability,
    }
    if found.unknown:
        measure["without"] = list(found.unknown)
    if effective:
        measure["ci95" if interval.level == 0.95 else "interval"] = [interval.low, interval.high]
    words = {"below": "is below", "crossed": "has reached", "cannot_rule_out": "may have reached"}
    says = (
        f"{found.model} {words[answer]} {trigger:g} times the compute of {found.since}: "
        f"{interval.value:.3g} ({interval.low:.3g} to {interval.high:.3g})."
    )
    return Outcome((cleaned(measure),), says, answer)


def work_of(found: Ratio, trigger: float) -> Work:
    """A ratio with what it takes to find it again.

    Raises:
        ValueError: the trigger was not asked about.
    """
    parameters = {
        "model": found.model,
        "since": found.since,
        # Snapshots that are added to the ledger later are not what was asked about.
        "at": format_day(found.runs[1].day),
        "of": found.of,
        "trigger": trigger,
        "level": found.interval.level,
        "seed": found.seed,
        "draws": found.draws,
    }
    return Work("ratio", parameters, found.inputs, versions(), outcome_of(found, trigger))
