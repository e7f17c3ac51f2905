"""Attempts that several logs tell of, and the mean whatever is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifthen.evidence.attempts import mean, questions_of, resolve
from ifthen.evidence.load import load
from ifthen.evidence.rows import Counts, Log, Rows, Status, joined, texts
from ifthen.policy.source import InputError

DATA = Path(__file__).parent / "data"
NAN = math.nan


@dataclass(frozen=True)
class Attempt:
    question: str
    epoch: int
    status: Status
    score: float


def log_of(attempts: list[Attempt], **fields: object) -> Rows:
    base = Log(
        location="a.eval",
        digest="sha256:0",
        form="eval",
        version=2,
        task="t",
        task_version="0",
        model="m",
        scorer="s",
        status="success",
        created="2025-01-01T00:00:00Z",
        invalidated=False,
        counts=Counts(),
    )
    return Rows(
        (replace(base, **fields),),  # type: ignore[arg-type]
        np.zeros(len(attempts), np.int32),
        texts([each.question for each in attempts]),
        np.array([each.epoch for each in attempts], np.int32),
        np.array([each.status for each in attempts], np.int8),
        np.array([each.score for each in attempts], np.float64),
    )


def scored(score: float, question: str = "q", epoch: int = 1) -> Attempt:
    return Attempt(question, epoch, Status.SCORED, score)


def errored(question: str = "q", epoch: int = 1) -> Attempt:
    return Attempt(question, epoch, Status.ERRORED, NAN)


def withdrawn(question: str = "q", epoch: int = 1) -> Attempt:
    return Attempt(question, epoch, Status.INVALIDATED, NAN)


def only_score(*logs: Rows) -> float:
    [score] = resolve(joined(logs)).rows.score
    return float(score)


def test_an_attempt_that_errored_and_was_completed_is_the_completed_one() -> None:
    first = log_of([scored(1)], run="a", created="2025-01-01T00:00:00Z")
    retry = log_of([errored()], run="b", created="2025-02-01T00:00:00Z")
    assert only_score(first, retry) == only_score(retry, first) == 1


def test_a_run_that_succeeded_wins_then_the_newest() -> None:
    old = log_of([scored(0)], run="a", location="old", created="2025-01-01T00:00:00Z")
    new = log_of([scored(1)], run="b", location="new", created="2025-02-01T00:00:00Z")
    cancelled = log_of([scored(0.5)], run="c", status="cancelled", created="2025-03-01T00:00:00Z")
    found = resolve(joined([new, cancelled, old]))
    assert found.rows.score.tolist() == [1]
    assert found.superseded == 2
    assert {(each.kept_from, each.dropped) for each in found.conflicts} == {
        ("new", 0),
        ("new", 0.5),
    }
    assert "1 in new counts, 0 in old does not" in " ".join(map(str, found.conflicts))


def test_withdrawn_in_one_copy_is_withdrawn_in_all() -> None:
    before = log_of([scored(1)], run="a")
    after = log_of([withdrawn()], run="a", location="edited.eval")
    found = resolve(joined([before, after]))
    assert len(found.rows) == 0
    assert found.invalidated == 1


def test_a_withdrawn_attempt_that_was_made_again_is_the_new_one() -> None:
    gone = log_of([withdrawn()], run="a")
    again = log_of([scored(0.5)], run="b")
    found = resolve(joined([gone, again]))
    assert found.rows.score.tolist() == [0.5]
    assert found.invalidated == 0


def test_copies_of_one_run_that_disagree_are_refused() -> None:
    one, other = log_of([scored(1)], run="a"), log_of([scored(0)], run="a", location="b.eval")
    with pytest.raises(InputError, match="two copies of run a disagree about 1 attempts"):
        resolve(joined([one, other]))


@pytest.mark.parametrize("created", [None, "2025-01-01T00:00:00Z"])
def test_runs_that_disagree_and_neither_is_newer_are_refused(created: str | None) -> None:
    one = log_of([scored(1)], run="a", created=created)
    other = log_of([scored(0)], run="b", created=created, location="b.eval")
    with pytest.raises(InputError, match="neither run is the newer"):
        resolve(joined([one, other]))
    alike = log_of([scored(1)], run="b", created=created)
    assert only_score(one, alike) == 1
    failed = log_of([scored(0)], run="b", created=created, status="error")
    assert only_score(one, failed) == only_score(failed, one) == 1


@pytest.mark.parametrize("field", ["task", "task_version", "model", "scorer"])
def test_rows_about_different_things_are_refused(field: str) -> None:
    with pytest.raises(InputError, match="about 2 different things"):
        resolve(joined([log_of([scored(1)]), log_of([scored(1)], **{field: "other"})]))


def test_a_score_outside_0_to_1_decides_nothing() -> None:
    rows = log_of([scored(1), scored(3, "q2")])
    assert mean(resolve(rows).rows).high is None
    with pytest.raises(InputError, match="question 'q2', epoch 1 has the score 3"):
        questions_of(resolve(rows))


def test_questions_hold_their_epochs_and_what_is_missing() -> None:
    rows = log_of([scored(1), scored(0.5, epoch=2), errored(epoch=3), withdrawn(epoch=4)])
    [question] = questions_of(resolve(rows))
    assert (question.id, question.scores, question.missing) == ("q", (1, 0.5), 1)


def test_a_question_has_one_cluster() -> None:
    rows = replace(log_of([scored(1), scored(1, epoch=2)]), cluster=texts(["a", "b"]))
    with pytest.raises(InputError, match="two values of cluster: 'a' and 'b'"):
        questions_of(resolve(rows))


def test_a_run_without_a_score_belongs_with_its_retry() -> None:
    rows = load([str(DATA / "error.eval"), str(DATA / "retry.eval")])
    assert resolve(rows).counts == Counts(scored=8)


attempts = st.builds(
    Attempt,
    st.sampled_from(["a", "b", "c"]),
    st.integers(1, 3),
    st.sampled_from(Status),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
runs = st.lists(
    st.lists(attempts, max_size=8, unique_by=lambda each: (each.question, each.epoch)),
    min_size=1,
    max_size=4,
)


def as_rows(run: list[Attempt], number: int) -> Rows:
    clean = [each if each.status is Status.SCORED else replace(each, score=NAN) for each in run]
    day = f"2025-01-{number + 1:02}T00:00:00Z"
    return log_of(clean, run=str(number), location=f"{number}.eval", created=day)


def told(rows: Rows) -> set[tuple[str, int, int, float]]:
    return {
        (question, int(epoch), int(status), -1 if math.isnan(score) else float(score))
        for question, epoch, status, score in zip(
            rows.question, rows.epoch, rows.status, rows.score, strict=True
        )
    }


@given(runs, st.randoms())
def test_the_rule_does_not_depend_on_the_order_of_the_logs(
    made: list[list[Attempt]], random: object
) -> None:
    logs = [as_rows(run, number) for number, run in enumerate(made)]
    found = resolve(joined(logs))
    shuffled = list(logs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = resolve(joined(shuffled))
    assert told(found.rows) == told(other.rows)
    assert (found.superseded, found.invalidated) == (other.superseded, other.invalidated)


@given(runs)
def test_every_attempt_is_told_of_once_and_none_is_lost(made: list[list[Attempt]]) -> None:
    """Against the rule written out attempt by attempt."""
    logs = [as_rows(run, number) for number, run in enumerate(made)]
    expected = set()
    gone = 0
    for key in {(each.question, each.epoch) for run in made for each in run}:
        tellings = [
            (number, each)
            for number, run in enumerate(made)
            for each in run
            if (each.question, each.epoch) == key
        ]
        live = [(n, each) for n, each in tellings if each.status is not Status.INVALIDATED]
        if not live:
            gone += 1
            continue
        rank = {Status.SCORED: 2, Status.ERRORED: 1, Status.UNSCORED: 0}
        _, best = max(live, key=lambda pair: (rank[pair[1].status], pair[0]))
        value = best.score if best.status is Status.SCORED else -1
        expected.add((*key, int(best.status), value))
    found = resolve(joined(logs))
    assert told(found.rows) == expected
    assert found.invalidated == gone


@given(st.lists(attempts, min_size=1, max_size=9), st.data())
def test_the_bounds_hold_whatever_the_missing_attempts_would_have_been(
    made: list[Attempt], data: st.DataObject
) -> None:
    unique = {(each.question, each.epoch): each for each in made}
    rows = resolve(as_rows(list(unique.values()), 0)).rows
    found = mean(rows)
    if not len(rows):
        assert (found.mean, found.low, found.high) == (None, None, None)
        return
    guesses = [
        data.draw(st.floats(0, 1)) if math.isnan(score) else score for score in rows.score.tolist()
    ]
    filled = replace(rows, score=np.array(guesses), status=np.zeros(len(rows), np.int8))
    whole = mean(filled).mean
    assert whole is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low - 1e-12 <= whole <= found.high + 1e-12
