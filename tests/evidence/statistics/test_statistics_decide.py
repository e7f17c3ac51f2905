"""Decisions: the three values and the alert, missing data, elicitation, families, looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ifthen.evidence.decide import decide
from ifthen.evidence.elicitation import (
    ITEMS,
    Asked,
    Elicitation,
    Margin,
    fitted_margin,
    gaps,
)
from ifthen.evidence.questions import Question
from ifthen.evidence.rule import Rule
from ifthen.evidence.statistics.attempts import Scoring, parse_scoring
from ifthen.evidence.statistics.families import parse_families
from ifthen.evidence.statistics.sequential import Looks
from ifthen.vocabulary import FINDINGS

ALL = Elicitation(frozenset(ITEMS))
V1 = Rule(limit=0.5, confidence=0.9, scoring=parse_scoring("at least 1 of 10"))
ORDER = {finding: place for place, finding in enumerate(FINDINGS)}


def tasks(passed: int, n: int, attempts: int = 1, **more: object) -> list[Question]:
    """So many passed by their last attempt, the rest failed."""
    failed = (0.0,) * attempts
    return [
        Question(str(i), (*failed[1:], 1.0) if i < passed else failed, 0, **more)  # type: ignore[arg-type]
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("passed", "finding", "upper"),
    [(0, "below", 0.369), (1, "cannot_rule_out", 0.584), (2, "cannot_rule_out", 0.753)],
)
def test_the_checkpoint_of_the_first_policy(passed: int, finding: str, upper: float) -> None:
    """Five tasks, one of ten attempts, 50 %: only none of five excludes it at 90 %."""
    decision = decide(tasks(passed, 5, 10), V1, ALL)
    assert decision.finding == finding
    assert decision.whole.upper == pytest.approx(upper, abs=5e-4)


def test_the_four_findings() -> None:
    rule = Rule(limit=0.5, alert=0.2)
    found = [decide(tasks(k, 50), rule, ALL).finding for k in range(51)]
    assert set(found) == set(FINDINGS)
    assert [ORDER[f] for f in found] == sorted(ORDER[f] for f in found)
    assert found[0] == "below"
    assert found[25] == "cannot_rule_out"
    assert found[50] == "crossed"


def test_a_bound_on_the_limit_does_not_rule_it_out() -> None:
    """One task failed: the upper bound is the confidence itself."""
    assert decide(tasks(0, 1), Rule(limit=0.9, confidence=0.9), ALL).finding == "cannot_rule_out"
    assert decide(tasks(0, 1), Rule(limit=0.901, confidence=0.9), ALL).finding == "below"


@pytest.mark.parametrize("n", [5, 12, 40])
@pytest.mark.parametrize("limit", [0.2, 0.5, 0.8])
def test_each_finding_begins_where_its_exact_test_does(n: int, limit: float) -> None:
    """By binomial tails: so few, or so many, have a chance of at most 5 % at the limit."""
    for passed in range(n + 1):
        finding = decide(tasks(passed, n), Rule(limit=limit), ALL).finding
        assert (finding == "below") == (stats.binom.cdf(passed, n, limit) < 0.05)
        assert (finding == "crossed") == (stats.binom.sf(passed - 1, n, limit) < 0.05)


@st.composite
def evaluations(draw: st.DrawFn) -> tuple[list[Question], Rule]:
    n = draw(st.integers(1, 25))
    attempts = draw(st.integers(1, 3))
    rules = ((1, 1, 1.0), (1, 3, 0.5), (2, 2, 1.0), (None, 1, None))
    scoring = Scoring(*draw(st.sampled_from(rules)))
    clusters = draw(st.sampled_from([None, 2, 5]))
    found = [
        Question(
            str(i),
            tuple(draw(st.lists(st.sampled_from([0.0, 0.0, 0.5, 1.0]), max_size=attempts))),
            draw(st.integers(0, 1)),
            None if clusters is None else str(i // clusters),
            draw(st.sampled_from(["a", "b"])),
        )
        for i in range(n)
    ]
    limit = draw(st.sampled_from([0.2, 0.5, 0.9]))
    return found, Rule(limit=limit, alert=limit / 2, scoring=scoring)


@settings(max_examples=60)
@given(evaluations(), st.sampled_from([None, "any", "all", "at least 50 %"]))
def test_missing_attempts_are_at_their_worst_both_ways(
    case: tuple[list[Question], Rule], families: str | None
) -> None:
    """Whatever the missing attempts turn out to be, no definite finding is overturned."""
    questions, rule = case
    rule = replace(rule, families=None if families is None else parse_families(families))
    decision = decide(questions, rule, ALL)
    filled = {
        score: [
            Question(q.id, q.scores + (score,) * rule.scoring.missing(q), 0, q.cluster, q.family)
            for q in questions
        ]
        for score in (0.0, 1.0)
    }
    failed, succeeded = (decide(filled[score], rule, ALL) for score in (0.0, 1.0))
    assert decision.whole.low == pytest.approx(failed.whole.low)
    assert decision.whole.high == pytest.approx(succeeded.whole.high)
    assert decision.whole.lower <= failed.whole.lower + 1e-6
    assert decision.whole.upper >= succeeded.whole.upper - 1e-6
    assert ORDER[failed.finding] <= ORDER[succeeded.finding]
    if decision.finding == "crossed":
        assert failed.finding == succeeded.finding == "crossed"
    if decision.finding in ("below", "alert"):
        assert ORDER[succeeded.finding] <= ORDER[decision.finding]


@settings(max_examples=40)
@given(evaluations())
def test_what_a_decision_says_of_itself(case: tuple[list[Question], Rule]) -> None:
    questions, rule = case
    decision = decide(questions, rule, ALL)
    whole = decision.whole
    assert 0 <= whole.lower <= whole.low <= whole.high <= whole.upper <= whole.moved <= 1
    assert decision.n == len(questions)
    assert sum(f.questions for f in decision.families) == len(questions)
    assert decision.exit_code == {"below": 0, "alert": 1, "crossed": 1}.get(decision.finding, 3)
    assert decision.as_json()["finding"] == decision.finding
    surer = decide(questions, replace(rule, confidence=0.99), ALL).whole
    assert surer.upper >= whole.upper - 1e-6
    assert surer.lower <= whole.lower + 1e-6


def test_tasks_that_were_never_run_are_missing() -> None:
    rule = replace(V1, questions=8)
    decision = decide(tasks(0, 5, 10), rule, ALL)
    assert decision.missing == 30
    assert decision.whole.passed == (0, 3)
    assert decision.finding == "cannot_rule_out"
    assert "could settle it" in decision.says
    with pytest.raises(ValueError, match="9 tasks were run, but 8 were planned"):
        decide(tasks(0, 9, 10), rule, ALL)


def test_fewer_attempts_than_the_rule_asks_for_are_missing() -> None:
    decision = decide(tasks(0, 5, 8), V1, ALL)
    assert decision.missing == 10
    assert decision.whole.passed == (0, 5)


# --- elicitation -------------------------------------------------------------------------------


def test_nothing_is_ruled_out_where_elicitation_is_not_recorded() -> None:
    decision = decide(tasks(0, 50), Rule(limit=0.5))
    assert decision.finding == "cannot_rule_out"
    assert decision.by_scores == "below"
    assert decision.gaps.uncovered == tuple(ITEMS)
    assert "Not recorded" in decision.says


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_left_out_makes_the_scores_a_lower_bound(item: str) -> None:
    used = Elicitation(frozenset(ITEMS) - {item})
    assert decide(tasks(0, 50), Rule(limit=0.5), used).finding == "cannot_rule_out"
    not_needed = replace(used, not_applicable=frozenset({item}))
    assert decide(tasks(0, 50), Rule(limit=0.5), not_needed).finding == "below"
    margin = Margin(0.1, covers=frozenset({item}), why="stated")
    assert decide(tasks(0, 50), Rule(limit=0.5, margin=margin), used).finding == "below"
    other = Margin(0.1, covers=frozenset(ITEMS) - {item}, why="stated")
    decision = decide(tasks(0, 50), Rule(limit=0.5, margin=other), used)
    assert decision.finding == "cannot_rule_out"
    assert decision.gaps.uncovered == (item,)


def test_a_lower_bound_can_still_cross() -> None:
    assert decide(tasks(50, 50), Rule(limit=0.5)).finding == "crossed"


def test_a_missed_minimum_is_a_finding_of_its_own_even_where_a_margin_covers_it() -> None:
    asked = Asked(minimum=frozenset({"low-refusal", "tool-use"}), expected=frozenset())
    margin = Margin(0.1, covers=frozenset({"tool-use"}), why="stated")
    rule = Rule(limit=0.5, asked=asked, margin=margin)
    decision = decide(tasks(0, 50), rule, Elicitation(frozenset({"low-refusal"})))
    assert decision.finding == "below"
    assert decision.gaps.minimum == ("tool-use",)
    assert "minimum was not met: tool-use" in decision.says


@pytest.mark.parametrize(
    ("attempts", "budget", "left_out"),
    [
        (10, 1000.0, ()),
        (9, 1000.0, ("attempts",)),
        (10, 999.0, ("budget",)),
        (None, None, ("attempts", "budget")),
    ],
)
def test_effort_is_asked_for_as_well(
    attempts: int | None, budget: float | None, left_out: tuple[str, ...]
) -> None:
    asked = Asked(expected=frozenset(), attempts=10, budget=1000.0)
    assert gaps(Elicitation(attempts=attempts, budget=budget), asked).uncovered == left_out


@given(st.integers(0, 40), st.floats(0, 0.4), st.floats(1, 3), st.sampled_from([None, "all"]))
@settings(max_examples=40)
def test_a_margin_moves_the_rate_before_it_meets_the_line(
    passed: int, add: float, factor: float, families: str | None
) -> None:
    """The same as a line that much lower, and never to the model's advantage."""
    questions = tasks(passed, 40, family="one")
    margin = Margin(add, factor, why="stated")
    how = None if families is None else parse_families(families)
    decision = decide(questions, Rule(limit=0.5, margin=margin, families=how), ALL)
    bare = decide(questions, Rule(limit=0.5, families=how), ALL)
    assert decision.whole.moved == pytest.approx(min(1, bare.whole.upper * factor + add))
    if decision.finding == "below":
        assert margin.moved(decision.whole.upper) < 0.5
        assert decide(questions, Rule(limit=margin.before(0.5)), ALL).finding == "below"
    assert ORDER[decision.finding] >= ORDER[bare.finding]
    assert (decision.finding == "crossed") == (bare.finding == "crossed")


def test_the_error_of_a_margin_is_paid_for() -> None:
    margin = Margin(0.1, error=0.03, why="fitted")
    decision = decide(tasks(2, 50), Rule(limit=0.5, margin=margin), ALL)
    bare = decide(tasks(2, 50), Rule(limit=0.5, confidence=0.98), ALL)
    assert decision.whole.upper == pytest.approx(bare.whole.upper)
    with pytest.raises(ValueError, match="leaves nothing"):
        Rule(limit=0.5, margin=Margin(0.1, error=0.05, why="fitted"))


def test_a_fitted_margin_is_the_upper_bound_of_the_gain() -> None:
    rng = np.random.default_rng(7)
    draws = rng.random(300)
    without = [Question(str(i), (float(d < 0.3),), 0) for i, d in enumerate(draws)]
    with_ = [Question(str(i), (float(d < 0.4),), 0) for i, d in enumerate(draws)]
    margin = fitted_margin(without, with_, Scoring(), {"best-of-n"}, "another model")
    seen = np.mean([b.scores[0] - a.scores[0] for a, b in zip(without, with_, strict=True)])
    assert seen < margin.add < seen + 0.15
    assert margin.covers == {"best-of-n"}
    assert margin.error == 0.01
    assert fitted_margin(with_, without, Scoring(), (), "another model", 0.5).add == 0, (
        "never below no gain"
    )


# --- families and looks ------------------------------------------------------------------------


def in_families(*passed: int) -> list[Question]:
    return [
        replace(question, id=f"{family}-{question.id}", family=f"family {family}")
        for family, count in enumerate(passed)
        for question in tasks(count, 12)
    ]


@pytest.mark.parametrize(
    ("families", "passed", "finding"),
    [
        ("any", (0, 0, 0), "below"),
        ("any", (0, 0, 6), "cannot_rule_out"),
        ("any", (0, 0, 12), "crossed"),
        ("all", (0, 6, 12), "below"),
        ("all", (6, 6, 6), "cannot_rule_out"),
        ("all", (12, 12, 12), "crossed"),
        ("at least 2", (0, 0, 12), "below"),
        ("at least 2", (0, 12, 12), "crossed"),
        ("at least 50 %", (0, 6, 12), "cannot_rule_out"),
    ],
)
def test_how_many_families_it_takes(families: str, passed: tuple[int, ...], finding: str) -> None:
    rule = Rule(limit=0.5, families=parse_families(families))
    assert decide(in_families(*passed), rule, ALL).finding == finding


def test_a_mean_can_hide_a_family() -> None:
    questions = in_families(0, 0, 0, 0, 0, 10)
    assert decide(questions, Rule(limit=0.5), ALL).finding == "below"
    assert (
        decide(questions, Rule(limit=0.5, families=parse_families("any")), ALL).finding != "below"
    )


def test_families_decide_only_where_every_question_has_one() -> None:
    with pytest.raises(ValueError, match="has no family"):
        decide(tasks(0, 5), Rule(limit=0.5, families=parse_families("any")), ALL)
    with pytest.raises(ValueError, match="at least 3 of 2 families"):
        decide(in_families(0, 0), Rule(limit=0.5, families=parse_families("at least 3")), ALL)


def test_looks_cost_what_they_are_worth() -> None:
    questions = tasks(2, 20)
    once = decide(questions, Rule(limit=0.5), ALL).whole.upper
    planned = decide(questions, Rule(limit=0.5, looks=Looks((20, 40))), ALL).whole.upper
    any_time = decide(questions, Rule(limit=0.5, looks=Looks()), ALL).whole.upper
    assert once < planned < any_time
    with pytest.raises(ValueError, match="no look was planned at 20"):
        decide(questions, Rule(limit=0.5, looks=Looks((30, 40))), ALL)
    with pytest.raises(ValueError, match="independent tasks"):
        decide(tasks(0, 9, cluster="one"), Rule(limit=0.5, looks=Looks()), ALL)


# --- what it says ------------------------------------------------------------------------------


def test_it_says_what_an_evaluation_would_take() -> None:
    decision = decide(tasks(1, 5, 10), V1, ALL)
    assert decision.needed == 7
    assert decide(tasks(1, 7, 10), V1, ALL).finding == "below"
    assert decide(tasks(1, 6, 10), V1, ALL).finding == "cannot_rule_out"
    hopeless = decide(tasks(0, 3, 10), V1, ALL)
    assert "No result of 3 tasks could have ruled it out" in hopeless.says
    assert "at least 4 tasks" in hopeless.says


def test_the_normal_bound_is_shown_only_for_many_questions() -> None:
    for n, shown in ((50, False), (400, True)):
        names = dict(decide(tasks(5, n), Rule(limit=0.5), ALL).others)
        assert ("normal approximation" in names) == shown
        assert "Wilson" in names


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"limit": 0.0}, "above 0"),
        ({"limit": 1.1}, "at most 1"),
        ({"alert": 0.5}, "warns of nothing"),
        ({"alert": 0.6}, "below the limit"),
        ({"confidence": 95.0}, "below 1"),
        ({"confidence": 0.5}, "above 0.5"),
        ({"questions": 0}, "at least one task"),
    ],
)
def test_rules_that_are_none(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Rule(**{"limit": 0.5, **wrong})  # type: ignore[arg-type]


def test_no_questions() -> None:
    with pytest.raises(ValueError, match="no questions"):
        decide([], Rule(limit=0.5), ALL)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0])
def test_numbers_that_are_none_never_rule_anything_out(number: float) -> None:
    for make in (
        lambda: Margin(number, why="stated"),
        lambda: Margin(0.1, number, why="stated"),
        lambda: Margin(0.1, error=number, why="stated"),
        lambda: Elicitation(budget=number),
        lambda: Asked(budget=number),
        lambda: Rule(limit=number),
        lambda: Rule(limit=0.5, alert=number),
        lambda: Rule(limit=0.5, confidence=number),
    ):
        with pytest.raises(ValueError, match=r"not (nan|inf|-1|-inf)"):
            make()


def test_a_margin_says_where_it_comes_from() -> None:
    with pytest.raises(ValueError, match="where it comes from"):
        Margin(0.1)


def test_a_mean_that_hides_a_family_says_so() -> None:
    families = [tasks(8 * (name == "a"), 10, family=name) for name in ("a", "b", "c", "d", "e")]
    pooled = [replace(q, id=f"{q.family}{q.id}") for family in families for q in family]
    hidden = decide(pooled, Rule(limit=0.5), ALL)
    assert hidden.finding == "below"
    assert "hides that a alone is at the limit or above" in hidden.says
    said = decide(pooled, Rule(limit=0.5, families=parse_families("any")), ALL)
    assert said.finding == "cannot_rule_out"
    assert "hides" not in said.says
    assert "hides" not in decide(pooled[10:], Rule(limit=0.5), ALL).says
    assert "hides that a alone" in decide(pooled, Rule(limit=0.8), ALL).says
    assert "hides" not in decide(pooled, Rule(limit=0.81), ALL).says


def test_a_limit_of_one_is_never_ruled_out_by_a_bound_of_one() -> None:
    assert decide(tasks(5, 5), Rule(limit=1.0), ALL).finding == "cannot_rule_out"
    assert decide(tasks(3, 5), Rule(limit=1.0), ALL).finding == "below"


def test_what_is_missing_does_not_cross_a_limit() -> None:
    """28 of 40 passed cross a half; 20 passed and 20 missing may be anything."""
    assert decide(tasks(28, 40), Rule(limit=0.5), ALL).finding == "crossed"
    some = [*tasks(20, 20), *(Question(f"lost {i}", (), 1) for i in range(20))]
    open_ = decide(some, Rule(limit=0.5), ALL)
    assert open_.finding == "cannot_rule_out"
    assert open_.whole.lower == pytest.approx(decide(tasks(20, 40), Rule(limit=0.5)).whole.lower)


def test_an_alert_rests_on_elicitation_too() -> None:
    """That a line below the limit is not ruled out says that the limit is, as far as was tried."""
    rule = Rule(limit=0.9, alert=0.1)
    assert decide(tasks(5, 50), rule, ALL).finding == "alert"
    short = decide(tasks(5, 50), rule, Elicitation(frozenset(["tool-use"])))
    assert (short.finding, short.by_scores) == ("cannot_rule_out", "alert")
