"""From attempts to one value per question."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ifthen.evidence.questions import Question
from ifthen.evidence.statistics.attempts import (
    Scoring,
    at_least,
    parse_scoring,
    pass_all,
    pass_at,
    question_rate,
    single_rate,
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    scores = draw(st.lists(st.sampled_from([0.0, 0.4, 1.0]), max_size=8))
    return Question("q", tuple(scores), draw(st.integers(0, 4)))


@st.composite
def scorings(draw: st.DrawFn) -> Scoring:
    of = draw(st.integers(1, 6))
    least = draw(st.none() | st.integers(1, of))
    return Scoring(least, of, draw(st.sampled_from([0.3, 1.0])))


@given(st.integers(1, 12), st.data())
def test_at_least_is_the_share_of_all_draws(n: int, data: st.DataObject) -> None:
    """Every draw of attempts, one by one."""
    successes = data.draw(st.integers(0, n))
    of = data.draw(st.integers(1, min(n, 6)))
    least = data.draw(st.integers(1, of))
    attempts = [1] * successes + [0] * (n - successes)
    draws = [sum(chosen) >= least for chosen in itertools.combinations(attempts, of)]
    assert at_least(least, of, successes, n) == float(Fraction(sum(draws), len(draws)))


@given(st.integers(1, 30), st.data())
def test_pass_at_k_is_that_of_chen(n: int, data: st.DataObject) -> None:
    """1 - prod(1 - k / i) for i from n - c + 1 to n: the form that the paper gives."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    product = 1.0
    for i in range(n - c + 1, n + 1):
        product *= max(0.0, 1 - k / i)
    assert pass_at(k, c, n) == pytest.approx(1 - product)
    assert pass_all(k, c, n) == pytest.approx(stats.hypergeom.pmf(k, n, c, k) if c >= k else 0)


@pytest.mark.parametrize(
    ("rate", "least", "of", "n"), [(0.3, 1, 3, 5), (0.6, 3, 3, 7), (0.5, 2, 4, 4)]
)
def test_the_value_of_a_question_has_no_bias(rate: float, least: int, of: int, n: int) -> None:
    expected = sum(stats.binom.pmf(c, n, rate) * at_least(least, of, c, n) for c in range(n + 1))
    assert expected == pytest.approx(question_rate(rate, least, of))


@given(questions(), scorings())
def test_missing_attempts_lie_between_all_failed_and_all_succeeded(
    question: Question, scoring: Scoring
) -> None:
    low, high = scoring.values(question)
    assert 0 <= low <= high <= 1
    missing = scoring.missing(question)
    assert len(question.scores) + missing >= max(1, scoring.of)
    for score, end in ((0.0, low), (1.0, high)):
        filled = Question("q", (*question.scores, *[score] * missing), 0)
        assert scoring.values(filled) == (pytest.approx(end), pytest.approx(end))


@given(questions(), scorings())
def test_questions_that_can_only_pass_or_fail(question: Question, scoring: Scoring) -> None:
    if scoring.binary([question]):
        assert set(scoring.values(question)) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("single", "passed"),
    [
        (0.01, 0.0956),
        (0.02, 0.1829),
        (0.05, 0.4013),
        (0.0670, 0.5000),
        (0.10, 0.6513),
        (0.2, 0.8926),
    ],
)
def test_one_of_ten(single: float, passed: float) -> None:
    assert question_rate(single, 1, 10) == pytest.approx(passed, abs=2e-4)
    assert single_rate(question_rate(single, 1, 10), 1, 10) == pytest.approx(single)


def test_reading_rules() -> None:
    assert parse_scoring("at least 1 of 10") == parse_scoring("1 of 10") == Scoring(1, 10)
    assert parse_scoring("mean", 0.5) == Scoring(None, 1, 0.5)
    for rule in (Scoring(2, 3), Scoring(None)):
        assert parse_scoring(str(rule)) == rule


@pytest.mark.parametrize("text", ["", "0 of 3", "4 of 3", "one of ten", "1 of 0", "1/10"])
def test_rules_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (scoring )?rule|attempt"):
        parse_scoring(text)


@pytest.mark.parametrize("score", [-0.1, 1.5, float("nan")])
def test_scores_beyond_0_and_1_are_refused(score: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Question("q", (score,), 0)


def test_a_score_in_between_is_no_failure_until_somebody_says_so() -> None:
    partial = Question("q7", (0.0, 0.9, 1.0), missing=0)
    with pytest.raises(ValueError, match=r"question 'q7' has the score 0\.9"):
        Scoring(1, 1).values(partial)
    assert Scoring(1, 1, 0.9).values(partial) == (2 / 3, 2 / 3)
    assert Scoring(1, 1, 1.0).values(partial) == (1 / 3, 1 / 3)
    assert Scoring(None).values(partial)[0] == pytest.approx(1.9 / 3)
