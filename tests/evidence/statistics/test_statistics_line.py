"""Whether an alert line is sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ifthen.evidence.decide import decide
from ifthen.evidence.elicitation import ITEMS, Elicitation
from ifthen.evidence.line import examine, size, smallest
from ifthen.evidence.questions import Question
from ifthen.evidence.rule import Rule
from ifthen.evidence.statistics.attempts import Scoring, parse_scoring

V1 = (0.5, 5, parse_scoring("at least 1 of 10"), 0.9)


def test_the_checkpoint_of_the_first_policy() -> None:
    """Three of five tasks: a model at the limit stays below half of the time."""
    line = examine(*V1, alert=0.5)
    assert line.unsound
    assert line.sound.most == 0
    assert [round(o.upper, 3) for o in line.outcomes[:3]] == [0.369, 0.584, 0.753]
    assert [o.rules_out for o in line.outcomes[:3]] == [True, False, False]
    assert dict(line.misses) == pytest.approx(
        {0.5: 0.5, 0.6: 0.3174, 0.7: 0.1631, 0.8: 0.0579, 0.9: 0.0086}, abs=5e-5
    )
    assert line.single == pytest.approx(0.0670, abs=5e-5)
    assert not examine(*V1, alert=0.2).unsound
    assert examine(*V1, alert=0.4).unsound


@given(st.integers(1, 80), st.floats(0.05, 0.95), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_sound_line_keeps_the_error_and_the_next_one_does_not(
    tasks: int, limit: float, confidence: float
) -> None:
    line = examine(limit, tasks, Scoring(), confidence)
    most = line.sound.most
    assert line.sound.false_pass <= 1 - confidence
    following = 0 if most is None else most + 1
    if following < tasks:
        assert stats.binom.cdf(following, tasks, limit) > 1 - confidence - 1e-9
    if most is not None:
        assert line.sound.false_pass == pytest.approx(stats.binom.cdf(most, tasks, limit))


@given(st.integers(1, 40), st.integers(0, 40), st.sampled_from([0.3, 0.5, 0.7]))
def test_line_and_decision_agree(tasks: int, passed: int, limit: float) -> None:
    passed = min(passed, tasks)
    found = size(tasks, limit, 0.1)
    questions = [Question(str(i), (float(i < passed),), 0) for i in range(tasks)]
    decision = decide(questions, Rule(limit=limit, confidence=0.9), Elicitation(frozenset(ITEMS)))
    assert (decision.finding == "below") == (found.most is not None and passed <= found.most)


@pytest.mark.parametrize(
    ("limit", "rate", "power"), [(0.5, 0.1, 0.9), (0.5, 0.3, 0.8), (0.1, 0.0, 0.99)]
)
def test_the_smallest_suite(limit: float, rate: float, power: float) -> None:
    """Every smaller number of tasks, one by one, is not enough."""
    found = smallest(limit, 0.05, rate, power)
    assert found is not None
    assert found.power is not None
    assert found.power >= power
    assert found.false_pass <= 0.05
    for tasks in range(1, found.tasks):
        below = [k for k in range(tasks + 1) if stats.binom.cdf(k, tasks, limit) < 0.05]
        assert not below or stats.binom.cdf(max(below), tasks, rate) < power


def test_no_result_may_be_enough() -> None:
    line = examine(0.1, 5, Scoring(), 0.95)
    assert line.sound.most is None
    assert not any(outcome.rules_out for outcome in line.outcomes)
    assert line.as_json()["sound"]["most"] is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"limit": 1.0}, "limit is a rate"),
        ({"tasks": 0}, "tasks"),
        ({"scoring": Scoring(None)}, "mean"),
        ({"confidence": 90.0}, "confidence"),
        ({"alert": 1.1}, "alert"),
        ({"alert": 0.0}, "alert"),
        ({"rate": 0.5}, "below the limit"),
        ({"power": 0.8}, "rate as well"),
        ({"rate": 0.1, "power": 1.0}, "power"),
        ({"false_pass": 0.0}, "false-pass"),
    ],
)
def test_what_cannot_be_examined(wrong: dict[str, object], message: str) -> None:
    given = {"limit": 0.5, "tasks": 5, "scoring": Scoring(), "confidence": 0.9, **wrong}
    with pytest.raises(ValueError, match=message):
        examine(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("alert", "limit"), [(0.3, 0.5), (0.1, 0.5), (0.2, 0.25), (0.07, 0.2)])
def test_how_many_tasks_make_an_alert_line_sound(alert: float, limit: float) -> None:
    """Fewer tasks, one by one, are not enough; at the limit itself no number is."""
    found = examine(limit, 5, Scoring(), 0.9, alert=alert).enough
    assert found is not None
    assert not examine(limit, found, Scoring(), 0.9, alert=alert).unsound
    for tasks in range(1, found):
        assert examine(limit, tasks, Scoring(), 0.9, alert=alert).unsound
    assert examine(limit, 5, Scoring(), 0.9, alert=limit).enough is None


def test_the_alert_line_counts_passes_without_rounding_errors() -> None:
    """0.07 of 100 is 7.000000000000001 to a computer."""
    assert examine(0.5, 100, Scoring(), 0.9, alert=0.07).reached == 7
    assert examine(0.5, 5, Scoring(), 0.9, alert=0.5).reached == 3
