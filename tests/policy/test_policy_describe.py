"""Describing an expression and parsing the text gives the expression back."""

import contextlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifthen.dates import BUSINESS_DAY, CALENDARS, UNITS, Duration
from ifthen.policy.describe import describe, describe_deadline, describe_gain, number
from ifthen.policy.load import load_policy
from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Quantified,
    Times,
    Variable,
    Words,
)
from ifthen.policy.model import Test as PatternTest
from ifthen.policy.source import InputError
from ifthen.policy.syntax import (
    KEYWORDS,
    Factor,
    Name,
    parse_bound,
    parse_condition,
    parse_events,
    parse_growth,
    parse_length,
    text_of,
)

GOOD = Path(__file__).parent / "good"

words = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda word: word not in KEYWORDS and word not in ("every", "some")
)
texts = st.one_of(words, st.text(st.characters(codec="utf-8", exclude_characters='"\n\r')))
decimals = st.decimals(0, 10**12, places=3).map(Fraction)
numbers = st.one_of(st.integers(0, 10**30).map(Fraction), decimals)
values = st.one_of(words, texts, st.just("true"), st.just("2025-01-31"), st.just("3.5e10"))
durations = st.one_of(
    st.builds(Duration, st.integers(0, 1_000), st.sampled_from(UNITS)),
    st.builds(
        Duration,
        st.integers(0, 1_000),
        st.just(BUSINESS_DAY),
        st.sampled_from(sorted(CALENDARS)),
    ),
)
tests = st.one_of(
    words.map(lambda name: PatternTest("about", "=", (f"this.{name}",), (f"this.{name}",))),
    st.builds(PatternTest, words, st.sampled_from(["=", "!=", "includes"]), st.tuples(values)),
    st.builds(
        PatternTest, words, st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple)
    ),
)
patterns = st.builds(Pattern, words, st.lists(tests, max_size=2).map(tuple))
events = st.builds(Events, st.lists(patterns, min_size=1, max_size=2).map(tuple))


def constant(text: str) -> Constant:
    """A word as the parser gives it: bare where it can be, else quoted."""
    (source, scalar) = text_of(text)
    try:
        parsed = parse_length(source, scalar)
    except InputError:
        return Constant(text)
    return parsed if isinstance(parsed, Name) and parsed.value == text else Constant(text)


leaves: st.SearchStrategy[Expression] = st.one_of(
    words.map(Name),
    texts.map(constant),
    st.booleans().map(Constant),
    numbers.map(Constant),
    numbers.map(Factor),
    durations.map(DurationLiteral),
    st.builds(lambda e, w: Call("gain", (e, Name(w))), events, words),
    st.just(Variable("this")),
    words.map(Attribute),
    st.builds(Attribute, words, events),
    st.sampled_from(["did", "count", "since", "growth"]).flatmap(
        lambda f: events.map(lambda e: Call(f, (e,)))
    ),
    st.just(Call("growth", (Constant("result"),))),
    st.builds(Words, st.lists(values, min_size=1, max_size=3).map(tuple)),
)
domains = st.one_of(
    st.sampled_from([Call("thresholds"), Call("categories"), Call("models")]),
    words.map(lambda word: Call("required", (Name(word),))),
    st.builds(Words, st.lists(values, min_size=1, max_size=3).map(tuple)),
)


def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.builds(Words, st.lists(values, min_size=1, max_size=3).map(tuple))
    return st.one_of(
        inner.map(Not),
        st.builds(
            Logic,
            st.sampled_from(["and", "or", "otherwise"]),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
        ),
        st.builds(
            Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "includes"]), inner, inner
        ),
        st.builds(Compare, st.just("in"), inner, listed),
        st.builds(Times, numbers, inner),
        st.builds(Quantified, st.sampled_from(["every", "some"]), words, domains, inner),
        st.builds(Call, st.just("status"), st.tuples(inner, inner)),
        st.builds(Call, st.sampled_from(["level", "between"]), st.tuples(inner, inner)),
        st.builds(Call, st.just("level"), st.tuples(inner, inner, inner)),
        st.builds(
            Call,
            st.sampled_from(["in_place", "compute", "counts", "level", "forecast", "flop"]),
            st.tuples(inner),
        ),
    )


expressions = st.recursive(leaves, grow, max_leaves=8)


def beside_growth(expression: Any) -> bool:
    """Whether a plain number is compared with a growth: only a factor may stand there."""
    if isinstance(expression, Compare):
        for side, other in (
            (expression.left, expression.right),
            (expression.right, expression.left),
        ):
            is_growth = isinstance(other, Call) and other.function == "growth"
            if is_growth and type(side) is Constant and isinstance(side.value, Fraction):
                return True
    parts = [getattr(expression, name) for name in getattr(expression, "__slots__", ())]
    for part in parts:
        if any(beside_growth(p) for p in (part if isinstance(part, tuple) else (part,))):
            return True
    return False


@settings(max_examples=500, deadline=None)
@given(expressions.filter(lambda e: not beside_growth(e)))
def test_expressions_come_back(expression: Expression) -> None:
    assert parse_condition(*text_of(describe(expression))) == expression


@settings(deadline=None)
@given(events)
def test_events_come_back(expression: Events) -> None:
    assert parse_events(*text_of(describe(expression))) == expression


@given(numbers)
def test_numbers_come_back(value: Fraction) -> None:
    assert Fraction(number(value)) == value


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (parse_condition, parse_events, parse_length, parse_growth, parse_bound):
        with contextlib.suppress(InputError):
            parse(*text_of(text))


TOKENS = [
    "did",
    "count",
    "since",
    "growth",
    "last",
    "status",
    "level",
    "between",
    "gain",
    "business-days",
    "eu",
    "every",
    "some",
    "in",
    "and",
    "or",
    "not",
    "otherwise",
    "includes",
    "of",
    "this",
    "true",
    "4x",
    "1e26",
    "6",
    "months",
    "t",
    "thresholds",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    "decision",
    "word",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*TOKENS, '"a b"']), max_size=25))
def test_any_row_of_tokens_is_parsed_or_refused(tokens: list[str]) -> None:
    try:
        expression = parse_condition(*text_of(" ".join(tokens)))
    except InputError:
        return
    assert parse_condition(*text_of(describe(expression))) == expression


def test_resolved_expressions_read_as_written() -> None:
    policy = load_policy(GOOD / "whole.yaml")
    by_id: dict[str, Any] = {clause.common.id: clause for clause in policy.clauses}
    assert describe(by_id["deploy-gate"].unless) == (
        "every t in thresholds: status(t) = below or in_place(required(t))"
    )
    assert describe(by_id["relative-gate"].unless) == (
        "not (some m in models: status(cbrn, m) != below and not in_place(asl-3-security, m)"
        " and compute(this) >= 1x of compute(m))"
    )
    assert describe(policy.definitions["grown"]) == (
        "growth(assessment_completed[assessment=comprehensive, model=any]) >= 4x"
    )
    assert describe(by_id["comprehensive"].if_) == (
        "notably-more-capable and not this.notably_more_capable otherwise stale"
    )
    assert describe(by_id["turned"].duty.then[0]) == 'published[what="overall risk"]'


def test_what_frameworks_need_reads_as_written() -> None:
    policy = load_policy(GOOD / "frameworks.yaml")
    by_id: dict[str, Any] = {clause.common.id: clause for clause in policy.clauses}
    assert describe(by_id["gate"].unless) == (
        "every c in categories: level(c, post) <= medium and not level(c) >= worrying"
        " or in_place(required(c, high))"
    )
    assert describe(by_id["progress"].every) == (
        "binds: 3 months to 6 months; informs: 6 months (lower-bound)"
    )
    assert describe_gain(by_id["progress"].gain) == "gain >= 3 months of fine-tuning progress"
    assert [describe_deadline(limit) for limit in by_id["report"].duty.deadlines] == [
        "within 10 days of aware",
        "within 72 hours of determined or reasonable_belief",
        "within timely",
        "2 weeks before model_released[market=eu]",
        "by 2026-01-31",
    ]
    assert describe(by_id["report"].duty.then[0]) == (
        "incident_reported[about=this.about, stage=final]"
    )


def test_a_choice_reads_option_by_option() -> None:
    choice = Choice("anchor", {"start": Name("a"), "end": Not(Name("b"))})
    assert describe(choice) == "start: a; end: not b (anchor)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(4), "4"),
        (Fraction(1, 2), "0.5"),
        (Fraction(10**26), "1e26"),
        (Fraction(31 * 10**25), "31e25"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(0), "0"),
    ],
)
def test_numbers_read_well(value: Fraction, text: str) -> None:
    assert number(value) == text
