"""From attempts, as several logs tell of them, to the questions of one evaluation.

The rule for an attempt that several logs tell of (same task, version, model, score, question and
epoch):

1. Copies of one run (the same run id) must agree. An invalidation in one copy withdraws the attempt
   in all; two different scores are refused, because nothing says which is meant.
2. Between runs an attempt with a score wins over one without, so that one that errored and was
   completed in a retry is the completed one. Withdrawn attempts do not take part.
3. Among those, a run that succeeded wins over one that did not, then the newest. Two scores that
   differ are refused where neither run is the newer.

What lost is counted, and named where its score was another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.questions import LeftOut, Question
from ifthen.evidence.rows import Counts, Rows, Status, count
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source

_TELLING = slice(1, 3)
"""Of what decides between rows: the date and the success of the run."""
MOST_NAMED = 10
"""How many conflicts one message names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two runs that score one attempt differently."""

    question: str
    epoch: int
    kept: float
    kept_from: str
    """Location of the log whose score counts."""
    dropped: float
    dropped_from: str

    def __str__(self) -> str:
        return (
            f"question '{self.question}', epoch {self.epoch}: {self.kept:g} in {self.kept_from} "
            f"counts, {self.dropped:g} in {self.dropped_from} does not"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """Attempts of one subject, each told of once, and what that took."""

    rows: Rows
    """Without the invalidated ones."""
    invalidated: int
    """How many attempts were withdrawn and not made again."""
    superseded: int
    """How many rows another log's row stands for."""
    conflicts: tuple[Conflict, ...]
    """The superseded rows whose score was another."""

    @property
    def counts(self) -> Counts:
        """The attempts by status."""
        kept = count(self.rows.status)
        return Counts(kept.scored, kept.errored, self.invalidated, kept.unscored)

    @property
    def left_out(self) -> LeftOut:
        """What is not among the rows."""
        return LeftOut(self.invalidated, self.superseded, len(self.conflicts))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions, and where it lies whatever the missing attempts would have been."""

    questions: int
    attempts: int
    mean: float | None
    """Over the questions with a score, of the mean of their scores; None where there is none."""
    low: float | None
    """Every missing attempt taken as 0; None where a score lies outside 0 to 1."""
    high: float | None
    """Every missing attempt taken as 1."""


def resolve(rows: Rows) -> Resolved:
    """Each attempt once, by the rule above.

    Raises:
        InputError: the rows are about several subjects, or two scores of an attempt differ and
            nothing says which counts.
    """
    subjects = rows.subjects()
    if len(subjects) > 1:
        listed = "; ".join(str(subject) for subject in subjects[:MOST_NAMED])
        more = f"; and {len(subjects) - MOST_NAMED} more" if len(subjects) > MOST_NAMED else ""
        raise _refusal(
            rows,
            f"these rows are about {len(subjects)} different things: {listed}{more}",
            "a mean or a decision is about one task, one version, one model and one score: "
            "name only the logs of one",
        )
    attempt = _attempts(rows)
    status = _withdrawn_in_all_copies(rows, attempt)
    withdrawn = status == Status.INVALIDATED
    live = np.flatnonzero(~withdrawn)
    rank = _preference(rows, status)
    order = live[np.lexsort((*rank[:, live], attempt[live]))]
    ordered = attempt[order]
    last = np.ones(len(order), bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    winners = order[last]
    winner_of = winners[np.cumsum(last) - last]
    losers = order[~last]
    against = winner_of[~last]
    both = (status[losers] == Status.SCORED) & (status[against] == Status.SCORED)
    differ = both & (rows.score[losers] != rows.score[against])
    tied = differ & np.all(rank[_TELLING][:, losers] == rank[_TELLING][:, against], axis=0)
    if tied.any():
        at = int(np.argmax(tied))
        found = _conflict(rows, int(against[at]), int(losers[at]))
        raise _refusal(
            rows,
            f"question '{found.question}', epoch {found.epoch} has the score {found.kept:g} in "
            f"{found.kept_from} and {found.dropped:g} in {found.dropped_from}, and neither run "
            "is the newer",
            "name only the one that counts, or say in 'started' when each began",
        )
    conflicts = tuple(
        _conflict(rows, int(kept), int(dropped))
        for kept, dropped in zip(against[differ], losers[differ], strict=True)
    )
    made_again = np.isin(attempt[withdrawn], attempt[winners])
    gone = len(np.unique(attempt[withdrawn][~made_again]))
    return Resolved(rows.take(np.sort(winners)), gone, len(losers), conflicts)


def questions_of(resolved: Resolved) -> tuple[Question, ...]:
    """The questions of one evaluation, in the order in which they first appear.

    Errored and unscored attempts are counted as missing.

    Raises:
        InputError: a score lies outside 0 to 1, or a question has two clusters or families.
    """
    kept = resolved.rows
    outside = np.flatnonzero((kept.score < 0) | (kept.score > 1))
    if len(outside):
        at = int(outside[0])
        raise _refusal(
            kept.take(np.array([at])),
            f"question '{kept.question[at]}', epoch {kept.epoch[at]} has the score "
            f"{kept.score[at]:g}, and {len(outside)} in all lie outside 0 to 1",
            "a decision needs scores from 0 (failed) to 1 (succeeded): rescale or binarise them",
        )
    places = _codes(kept.question)
    groups: list[list[int]] = [[] for _ in range(int(places.max(initial=-1)) + 1)]
    for at, place in enumerate(places.tolist()):
        groups[place].append(at)
    scored = (kept.status == Status.SCORED).tolist()
    score = kept.score.tolist()
    return tuple(
        Question(
            id=kept.question[group[0]],
            scores=tuple(score[at] for at in group if scored[at]),
            missing=sum(not scored[at] for at in group),
            cluster=_only(kept, "cluster", group),
            family=_only(kept, "family", group),
        )
        for group in groups
    )


def mean(rows: Rows) -> Mean:
    """The mean over questions of rows that tell of every attempt once, bounded both ways."""
    places = _codes(rows.question)
    number = int(places.max(initial=-1)) + 1
    scored = rows.status == Status.SCORED
    attempts = np.bincount(places, minlength=number)
    answered = np.bincount(places[scored], minlength=number)
    total = np.bincount(places[scored], weights=rows.score[scored], minlength=number)
    some = answered > 0
    middle = float(np.mean(total[some] / answered[some])) if some.any() else None
    inside = bool(np.all((rows.score[scored] >= 0) & (rows.score[scored] <= 1)))
    if not number or not inside:
        return Mean(number, len(rows), middle, None, None)
    low = float(np.mean(total / attempts))
    high = float(np.mean((total + (attempts - answered)) / attempts))
    return Mean(number, len(rows), middle, low, high)


def _codes(column: NDArray[np.object_]) -> NDArray[np.intp]:
    """Equal texts as equal numbers, from 0 in the order of first appearance."""
    seen: dict[str, int] = {}
    numbers = (seen.setdefault(text, len(seen)) for text in column)
    return np.fromiter(numbers, np.intp, len(column))


def _attempts(rows: Rows) -> NDArray[np.int64]:
    """A number for each question and epoch."""
    width = int(rows.epoch.max(initial=0)) + 1
    return _codes(rows.question).astype(np.int64) * width + rows.epoch


def _withdrawn_in_all_copies(rows: Rows, attempt: NDArray[np.int64]) -> NDArray[np.int8]:
    """The statuses, an invalidation in one copy of a run carried over to the others.

    Raises:
        InputError: two copies of one run give an attempt different scores.
    """
    by_run: dict[str, list[int]] = {}
    for index, log in enumerate(rows.logs):
        if log.run is not None:
            by_run.setdefault(log.run, []).append(index)
    status = rows.status.copy()
    by_log = np.argsort(rows.log, kind="stable")
    ends = np.searchsorted(rows.log[by_log], np.arange(len(rows.logs) + 1))
    for run, copies in by_run.items():
        if len(copies) < 2:
            continue
        here = np.concatenate([by_log[ends[copy] : ends[copy + 1]] for copy in copies])
        gone = attempt[here[rows.status[here] == Status.INVALIDATED]]
        status[here[np.isin(attempt[here], gone)]] = Status.INVALIDATED
        left = here[status[here] == Status.SCORED]
        left = left[np.argsort(attempt[left], kind="stable")]
        same = attempt[left][1:] == attempt[left][:-1]
        clash = np.flatnonzero(same & (rows.score[left][1:] != rows.score[left][:-1]))
        if len(clash):
            one, other = int(left[clash[0]]), int(left[clash[0] + 1])
            raise _refusal(
                rows,
                f"two copies of run {run} disagree about {len(clash)} attempts, such as "
                f"question '{rows.question[one]}', epoch {rows.epoch[one]}: "
                f"{rows.score[one]:g} in {rows.logs[rows.log[one]].location}, "
                f"{rows.score[other]:g} in {rows.logs[rows.log[other]].location}",
                "one of them was edited after the run: name only the one that counts",
            )
    return status


def _preference(rows: Rows, status: NDArray[np.int8]) -> NDArray[np.int64]:
    """What decides between rows of one attempt, the least important first, higher wins."""
    dates = sorted({log.created or "" for log in rows.logs})
    newest = np.array([dates.index(log.created or "") for log in rows.logs], np.int64)
    success = np.array([log.status == "success" for log in rows.logs], np.int64)
    ran = (status != Status.UNSCORED).astype(np.int64)
    scored = (status == Status.SCORED).astype(np.int64)
    return np.stack([rows.log.astype(np.int64), newest[rows.log], success[rows.log], ran, scored])


def _conflict(rows: Rows, kept: int, dropped: int) -> Conflict:
    return Conflict(
        str(rows.question[kept]),
        int(rows.epoch[kept]),
        float(rows.score[kept]),
        rows.logs[rows.log[kept]].location,
        float(rows.score[dropped]),
        rows.logs[rows.log[dropped]].location,
    )


def _only(rows: Rows, name: str, group: list[int]) -> str | None:
    """The cluster or family of a question, which must be the same in all its attempts."""
    column = getattr(rows, name)
    if column is None:
        return None
    found = {column[at] for at in group if column[at] is not None}
    if len(found) > 1:
        one, other, *_ = sorted(found)
        raise _refusal(
            rows.take(np.array(group)),
            f"question '{rows.question[group[0]]}' has two values of {name}: '{one}' and '{other}'",
            f"every attempt at a question has the same {name}",
        )
    return found.pop() if found else None


def _refusal(rows: Rows, message: str, hint: str) -> InputError:
    """What is wrong with the rows, placed at the first log that they are from."""
    places = rows.log[:1].tolist() or [0]
    name = rows.logs[places[0]].location if rows.logs else "rows"
    return InputError([Diagnostic(Source(name, ""), NOWHERE, message, hint)])
