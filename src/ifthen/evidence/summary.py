"""What was read: each evaluation, its logs, what became of its attempts, and its mean."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ifthen.evidence.attempts import Mean, Resolved, mean, resolve
from ifthen.evidence.rows import Log, Rows, Subject


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """One task at one version by one model in one score, over all its logs."""

    subject: Subject
    logs: tuple[Log, ...]
    resolved: Resolved
    mean: Mean

    def as_json(self) -> dict[str, Any]:
        """The evaluation as data."""
        return {
            **self.subject._asdict(),
            "logs": [log.digest for log in self.logs],
            "questions": self.mean.questions,
            "attempts": self.mean.attempts,
            "counts": asdict(self.resolved.counts),
            "superseded": self.resolved.superseded,
            "conflicts": [asdict(conflict) for conflict in self.resolved.conflicts],
            "mean": self.mean.mean,
            "low": self.mean.low,
            "high": self.mean.high,
        }


def evaluations(rows: Rows) -> tuple[Evaluation, ...]:
    """Every evaluation that the rows tell of.

    Raises:
        InputError: copies of one run disagree.
    """
    found = []
    for subject in rows.subjects():
        own = rows.about(subject)
        resolved = resolve(own)
        found.append(Evaluation(subject, own.logs, resolved, mean(resolved.rows)))
    return tuple(found)
