"""Turns that readings number apart are compared by when they were."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifthen import Finding, Policy, parse_policy, parse_record, rule
from ifthen.policy.source import Source
from ifthen.ruling.align import nearest
from ifthen.ruling.check import check

AT = "2025-06-01"
STARTED = "assessment_started"
COMPLETED = "assessment_completed"


def policy(do: str) -> Policy:
    return parse_policy(
        Source(
            "policy.yaml",
            f"""
policy: lab/p@1
title: T
effective: 2024-01-01
source: s
month_end: down
readings:
  anchor: {{phrase: every, source: s, options: {{start: from start, completion: from completion}}}}
clauses:
- {{id: c, kind: cadence, title: t, source: s, for_each: model, do: {do}, every: 3 months}}
""",
        )
    )


def findings(do: str, days: list[tuple[int, str]], recalled: bool = False) -> list[Finding]:
    """What the cadence finds for deeds so many days after the start; each finding is confirmed."""
    facts = "".join(
        f"- {{id: f{n}, date: {date(2024, 1, 1) + timedelta(day)}, kind: {kind}, model: m"
        f"{', confidence: recall' if recalled and n == 0 else ''}}}\n"
        for n, (day, kind) in enumerate(days)
    )
    text = (
        "record: Lab\nfacts:\n"
        "- {id: a, date: 2024-01-01, kind: policy_adopted, policy: lab/p@1}\n"
        "- {id: t, date: 2024-01-01, kind: training_started, model: m}\n" + facts
    )
    record = parse_record(Source("record.yaml", text))
    one = policy(do)
    ruling = rule([one], record, AT)
    for finding in ruling.findings:
        assert check(finding, one, record, ruling.at, ruling.known) == ()
    return list(ruling.findings)


BOTH = f"{{reading: anchor, start: {STARTED}, completion: {COMPLETED}}}"


@pytest.mark.parametrize(
    "days",
    [
        [(4, COMPLETED)],
        [(4, STARTED)],
        [(9, STARTED), (40, STARTED), (55, COMPLETED)],
    ],
)
def test_a_breach_under_every_reading_is_a_breach(days: list[tuple[int, str]]) -> None:
    (breached,) = [f for f in findings(BOTH, days) if f.status == "breached"]
    assert {reading.outcome.status for reading in breached.readings} == {"breached"}
    assert " or " in breached.says
    assert "not done" in breached.says


def test_closed_turns_are_compared_by_the_deeds_that_ended_them() -> None:
    days = [(5, STARTED), (200, STARTED), (203, COMPLETED)]
    _, late, _ = findings(BOTH, days)
    assert late.status == "late"


def test_a_breach_with_and_without_what_rests_on_memory_is_a_breach() -> None:
    assert "breached" in {f.status for f in findings(STARTED, [(4, STARTED)], recalled=True)}


@given(
    st.lists(st.tuples(st.integers(1, 500), st.sampled_from((STARTED, COMPLETED))), max_size=7).map(
        sorted
    )
)
def test_what_is_overdue_under_each_reading_is_so_under_both(days: list[tuple[int, str]]) -> None:
    alone = [findings(do, days)[-1].status for do in (STARTED, COMPLETED)]
    found = findings(BOTH, days)
    assert len({f.key for f in found}) == len(found)
    agreed = alone[0] if len(set(alone)) == 1 else "undetermined"
    assert found[-1].status == agreed


@given(st.data())
def test_the_nearest_are_found(data: st.DataObject) -> None:
    instants = st.lists(st.integers(0, 20), max_size=6).map(sorted)
    few, many = sorted((data.draw(instants), data.draw(instants)), key=len)

    def distance(places: tuple[int, ...]) -> int:
        return sum(abs(many[place] - own) for place, own in zip(places, few, strict=True))

    ways = combinations(range(len(many)), len(few))
    best = min(ways, key=lambda places: (distance(places), [-place for place in places[::-1]]))
    assert tuple(nearest(few, many)) == best
