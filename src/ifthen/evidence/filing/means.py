"""``mean``: the mean score of an evaluation, bounded whatever its missing attempts would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ifthen.evidence.attempts import Resolved, resolve
from ifthen.evidence.attempts import mean as mean_of
from ifthen.evidence.filing.work import Outcome
from ifthen.evidence.load import Choices, load


def mean(locations: Sequence[str], parameters: Mapping[str, Any]) -> Outcome:
    """The mean of each score over the questions of one evaluation.

    Args:
        locations: its logs.
        parameters: ``scorers``, names of scores; the only one where it is left out.

    Raises:
        InputError: the logs cannot be read, or are not of one evaluation.
    """
    scorers: list[str | None] = list(parameters.get("scorers") or [None])
    measures = []
    said = []
    task = model = ""
    for scorer in scorers:
        rows = load(locations, Choices(scorer=scorer))
        subject = rows.subjects()[0] if rows.logs else None
        resolved = resolve(rows)
        if subject is not None:
            task, model = subject.task, subject.model
            scorer = subject.scorer
        found = measure(scorer or "score", resolved)
        measures.append(found)
        if "value" in found:
            said.append(f"{scorer or 'score'} {found['value']:.4g}{_ends(found)}")
    says = f"{model} on {task}: {', '.join(said) or 'no score'}."
    return Outcome(tuple(measures), says)


def _ends(found: Mapping[str, Any]) -> str:
    """Where the mean lies whatever the missing attempts would have been."""
    low, high = found.get("low"), found.get("high")
    return "" if low == high else f" ({low:.4g} to {high:.4g} whatever is missing)"


def measure(name: str, resolved: Resolved) -> dict[str, Any]:
    """One measured value: the mean over questions, its bounds, and the counts behind it."""
    found = mean_of(resolved.rows)
    counts = resolved.counts
    entry: dict[str, Any] = {"measure": name, "unit": "mean score"}
    if found.mean is not None:
        entry["value"] = found.mean
    if found.low is not None and found.high is not None:
        entry |= {"low": found.low, "high": found.high}
    return entry | {
        "n": found.questions,
        "attempts": found.attempts,
        "errored": counts.errored,
        "unscored": counts.unscored,
        "invalidated": counts.invalidated,
    }
