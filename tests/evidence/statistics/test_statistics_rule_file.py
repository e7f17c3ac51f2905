"""Decision rules as YAML, and what is wrong with them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ifthen.evidence.elicitation import ITEMS, Asked, Margin
from ifthen.evidence.plain import rule_as_json
from ifthen.evidence.rule import Rule
from ifthen.evidence.rule_file import load_rule, parse_rule
from ifthen.evidence.statistics.attempts import Scoring
from ifthen.evidence.statistics.families import AtLeast
from ifthen.evidence.statistics.sequential import Looks
from ifthen.policy.source import InputError, Source

WHOLE = """\
task: [autonomy, research]
threshold: asl-3-autonomy
source: anthropic/rsp@1.0, p. 15-16
scoring: at least 1 of 10
success: 0.8
limit: 0.5
alert: 0.3
confidence: 0.9
questions: 40
families: at least 50 %
looks: {planned: [20, 40], shape: late}
elicitation:
  minimum: [low-refusal]
  expected: [low-refusal, tool-use]
  attempts: 10
  budget: 1000
margin: {add: 0.1, factor: 1.2, covers: [tool-use, budget], error: 0.01, why: a fit}
"""


def test_everything_a_rule_may_say(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(WHOLE)
    assert load_rule(path) == Rule(
        limit=0.5,
        alert=0.3,
        confidence=0.9,
        scoring=Scoring(1, 10, 0.8),
        questions=40,
        families=AtLeast(share=Fraction(1, 2)),
        looks=Looks((20, 40), "late"),
        asked=Asked(frozenset({"low-refusal"}), frozenset({"low-refusal", "tool-use"}), 10, 1000),
        margin=Margin(0.1, 1.2, frozenset({"tool-use", "budget"}), 0.01, "a fit"),
        tasks=("autonomy", "research"),
        threshold="asl-3-autonomy",
        source="anthropic/rsp@1.0, p. 15-16",
    )


def test_a_rule_as_json_is_a_rule_file() -> None:
    for text in (WHOLE, "limit: 0.5\nconfidence: 0.95\nlooks: {}\n", "limit: 1\nconfidence: 0.6\n"):
        rule = parse_rule(Source("rule.yaml", text))
        assert parse_rule(Source("rule.json", json.dumps(without_none(rule_as_json(rule))))) == rule


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return value


def test_what_a_rule_leaves_out() -> None:
    rule = parse_rule(Source("rule.yaml", "limit: 0.5\nconfidence: 0.95\nlooks: {}\n"))
    assert rule == Rule(limit=0.5, looks=Looks())
    assert rule.asked.expected == frozenset(ITEMS), "every gap counts unless the rule says less"
    no_elicitation = "limit: 0.5\nconfidence: 0.95\nelicitation: {expected: []}\n"
    assert parse_rule(Source("rule.yaml", no_elicitation)).asked.expected == frozenset()


@pytest.mark.parametrize(
    ("line", "wrong", "place", "message"),
    [
        ("limit: 0.5", "limit: 1.5", "6:1", "a rate above 0 and at most 1"),
        ("limit: 0.5", "limit: 1e400", "6:1", "too large"),
        ("limit: 0.5", "limit: half", "6:8", "is not a number"),
        ("alert: 0.3", "alert: 0.5", "7:1", "warns of nothing"),
        ("confidence: 0.9", "confidence: 95", "8:1", "below 1"),
        ("scoring: at least 1 of 10", "scoring: 11 of 10", "4:1", "at least 11 of 10 is no rule"),
        ("families: at least 50 %", "families: some", "10:1", "none of any, all"),
        ("planned: [20, 40]", "planned: [40, 20]", "11:1", "planned looks rise"),
        ("shape: late", "shape: lat", "11:35", "unknown shape 'lat'"),
        ("minimum: [low-refusal]", "minimum: [low-refusl]", "13:13", "unknown word 'low-refusl'"),
        ("factor: 1.2", "factor: 0.9", "17:1", "at least 1"),
        ("error: 0.01", "error: 0.2", "17:1", "leaves nothing"),
        (", why: a fit", "", "17:10", "lacks 'why'"),
        ("questions: 40", "question: 40", "9:1", "unknown key 'question'"),
    ],
)
def test_each_problem_has_its_place(line: str, wrong: str, place: str, message: str) -> None:
    assert line in WHOLE
    with pytest.raises(InputError) as caught:
        parse_rule(Source("rule.yaml", WHOLE.replace(line, wrong)))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.place == f"rule.yaml:{place}"
    assert message in diagnostic.message


def test_all_problems_at_once() -> None:
    text = "limit: 2\nconfidence: 2\nscoring: none\nextra: 1\n"
    with pytest.raises(InputError) as caught:
        parse_rule(Source("rule.yaml", text))
    assert [d.span.line for d in caught.value.diagnostics] == [1, 2, 3, 4]
    with pytest.raises(InputError, match="lacks 'limit'"):
        parse_rule(Source("rule.yaml", "confidence: 0.9\n"))
