"""A replay lists every change of status, on its day, and nothing changes in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import (
    LAST_DAY,
    adopted,
    choices,
    close_of,
    differences,
    facts,
    record_of,
    statuses,
)

from ifthen import due, load_policy, parse_record, replay, rule
from ifthen.dates import day_of, end_of, format_day
from ifthen.policy.source import Source

LAST = LAST_DAY + 25


@st.composite
def records(draw):
    found = draw(facts(most=7, recall=True, corrections=True))
    change = draw(st.none() | st.integers(1, LAST_DAY))
    return record_of([adopted(), *found, *([] if change is None else [adopted(change, 2)])])


def told(changes, day):
    """The status each finding was last said to have by the end of a day."""
    return {
        change.finding.key: change.finding.status for change in changes if day_of(change.at) <= day
    }


@given(choices(most=3), records())
def test_the_end_of_a_replay_is_the_ruling_of_that_day(chosen, record):
    end = close_of(LAST)
    assert differences(replay(chosen.policies, record, None, end).ruling,
                       rule(chosen.policies, record, end)) == []  # fmt: skip


@given(choices(most=3), records(), st.lists(st.integers(0, LAST), min_size=1, max_size=6))
def test_between_two_changes_nothing_changes(chosen, record, days):
    changes = replay(chosen.policies, record, None, close_of(LAST)).changes
    for number in (day_of(close_of(day)) for day in days):
        said = told(changes, number)
        for key, status in statuses(rule(chosen.policies, record, end_of(number))).items():
            assert said.get(key, "dormant") == status, (key, number)


@given(choices(most=3), records())
def test_each_change_is_what_was_ruled_on_its_day_as_it_was_known(chosen, record):
    for change in replay(chosen.policies, record, None, close_of(LAST)).changes:
        fresh = rule(chosen.policies, record, change.at)
        assert statuses(fresh)[change.finding.key] == change.finding.status
        assert change.was != change.finding.status


@given(choices(most=3), records(), st.integers(0, LAST_DAY), st.integers(0, 40))
def test_what_comes_next_is_in_order_and_within_the_days_asked(chosen, record, start, days):
    found = due(chosen.policies, record, close_of(start), days)
    listed = [item.day for item in found]
    assert listed == sorted(listed)
    today = day_of(close_of(start))
    for item in found:
        overdue = item.finding.status in ("breached", "missed")
        assert overdue or today <= day_of(item.finding.outcome.due[1]) <= today + days


@pytest.mark.parametrize(
    ("released", "more", "limit"),
    [
        ("2025-09-30", "", "2025-09-16"),
        ("2025-10-20", "", "2025-09-29"),
        ("2025-10-05", "", "2025-09-21"),
        ("2025-09-10", "", "2025-08-27"),
        ("2025-09-30", "framework_confirmed, date: 2025-09-25", "2025-09-16"),
    ],
)
@pytest.mark.parametrize("days", [25, 40])
def test_the_earliest_limit_is_told_also_where_a_plan_sets_it(released, more, limit, days):
    """The code asks for four weeks from notification, and two weeks before placement."""
    text = f"""
record: Lab
facts:
- {{id: p, date: 2025-08-02, kind: policy_adopted, policy: eu/gpai-code@2025}}
- {{id: o, date: 2025-08-02, kind: organisation, signatory: gpai-code}}
- {{id: t, date: 2025-08-05, kind: training_started, model: m, flop: 2e26}}
- {{id: n, date: 2025-09-01, kind: classification_notified, model: m}}
- {{id: r, date: {released}, planned: true, kind: model_released, model: m, market: [eu]}}
"""
    if more:
        text += f"- {{id: f, planned: true, what: framework, kind: {more}}}\n"
    record = parse_record(Source("record.yaml", text))
    found = due([load_policy("eu/gpai-code@2025")], record, "2025-09-05", days)
    (item,) = [i for i in found if i.finding.clause.endswith("#framework-confirmed")]
    assert format_day(item.day) == limit
    assert ("r happens as planned" in item.finding.assumes) == (limit != "2025-09-29")
