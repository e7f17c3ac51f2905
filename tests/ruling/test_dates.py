"""Months that lack a day, deadlines, and the forms of a date."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import day, laws, part, record_of

from ifthen import due, moment, parse_policy, parse_record, rule
from ifthen.dates import (
    CALENDARS,
    Duration,
    add_business_days,
    add_months,
    ahead_of,
    deadline,
    elapsed_at,
    end_of,
    format_day,
    format_instant,
    from_date,
    is_business_day,
    parse_day,
    parse_duration,
    parse_moment,
    start_of,
    to_date,
    widen,
)
from ifthen.policy.source import Source

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31)).map(from_date)
MONTHS = st.integers(0, 60)
DURATIONS = st.builds(
    Duration,
    st.integers(0, 40),
    st.sampled_from(["second", "minute", "hour", "day", "week", "month", "year"]),
)
MONTH_END = st.sampled_from(["down", "up", None])
INSTANTS = st.integers(from_date(date(1990, 1, 1)) * 86_400, from_date(date(2090, 1, 1)) * 86_400)


@given(DAYS, MONTHS)
def test_rounding_differs_by_one_day_and_only_where_the_day_is_missing(start, months):
    (down, _), (up, _) = add_months(start, months, "down"), add_months(start, months, "up")
    assert add_months(start, months, None) == (down, up)
    value = to_date(start)
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    missing = value.day > calendar.monthrange(year, month + 1)[1]
    assert up - down == missing
    assert (to_date(down).day == value.day) is not missing


@given(DAYS, MONTHS)
def test_months_there_and_back_come_home_where_every_month_has_the_day(start, months):
    there, other = add_months(start, months, None)
    if there == other:
        assert add_months(there, -months, None) == (start, start)


@given(DAYS, DAYS, MONTHS, st.sampled_from(["down", "up"]))
def test_a_later_day_is_never_due_earlier(one, other, months, month_end):
    low, high = sorted((one, other))
    assert add_months(low, months, month_end) <= add_months(high, months, month_end)


@given(INSTANTS, INSTANTS, DURATIONS, MONTH_END)
def test_deadlines_are_monotone_and_no_earlier_than_what_starts_them(one, other, length, month_end):
    low, high = sorted((one, other))
    due, later = deadline(low, low, length, month_end), deadline(high, high, length, month_end)
    assert due <= later
    assert low <= due[0] <= due[1]
    passed = elapsed_at(low, low, length, month_end)
    assert passed <= elapsed_at(high, high, length, month_end)
    assert deadline(low, high, length, month_end) == (due[0], later[1])
    if length.is_calendar:
        assert [end - start for end, start in zip(due, passed, strict=True)] == [86_399, 86_399]
    else:
        assert due == passed


@given(DAYS)
def test_a_day_reads_as_it_is_written(value):
    text = format_day(value)
    assert parse_day(text) == value
    assert parse_moment(text) == (start_of(value), end_of(value), "day")
    assert format_instant(start_of(value)) == format_instant(end_of(value)) == text
    assert moment(text) == end_of(value)


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_a_moment_reads_as_it_is_written_in_any_zone(instant, minutes):
    text = format_instant(instant)
    if "T" in text:
        assert parse_moment(text) == (instant, instant, "second")
        sign = "-" if minutes < 0 else "+"
        zone = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        assert moment(text.replace("Z", zone)) == instant - minutes * 60


@given(DAYS, st.sampled_from(["month", "quarter", "year"]))
def test_coarse_dates_hold_the_day_and_begin_where_the_last_ended(value, precision):
    low, high = widen(value, precision)
    assert low <= start_of(value) <= high
    assert widen((high + 1) // 86_400, precision)[0] == high + 1


@pytest.mark.parametrize(
    "text", ["2025-02-29", "2025-13-01", "2025-00-10", "2025-06-31", "0000-01-01", "2025-6-1"]
)
def test_days_that_do_not_exist_are_refused(text):
    with pytest.raises(ValueError, match=r"2025|0000"):
        parse_day(text)


@pytest.mark.parametrize(
    ("done", "status"),
    [("2025-01-13", "met"), ("2025-01-13T23:59:59Z", "met"), ("2025-01-14", "late")],
)
def test_the_day_of_the_event_is_not_counted_and_the_last_day_runs_to_its_end(done, status):
    facts = [
        {"id": "i", "kind": "incident", "date": day(9)},
        {"id": "r", "kind": "incident_reported", "date": done, "about": ["i"]},
    ]
    policy = part(laws(), ["report-incident"])
    found = rule([policy], record_of(facts), moment("2025-02-01"), throughout=True).findings
    assert [(f.status, f.as_json()["due"]) for f in found] == [(status, "2025-01-13")]


@pytest.mark.parametrize(
    ("done", "status"),
    [
        ("2025-01-11T09:30:00Z", "met"),
        ("2025-01-11T09:30:01Z", "late"),
        ("2025-01-11", "undetermined"),
    ],
)
def test_hours_run_to_the_second(done, status):
    facts = [
        {"id": "i", "kind": "incident", "date": "2025-01-10T10:00:00Z", "imminent": True,
         "discovered": "2025-01-10T09:30:00Z"},
        {"id": "r", "kind": "incident_reported", "date": done, "about": ["i"]},
    ]  # fmt: skip
    policy = part(laws(), ["report-in-hours"])
    found = rule([policy], record_of(facts), moment("2025-02-01"), throughout=True).findings
    assert [f.status for f in found] == [status]


# --- business days -------------------------------------------------------------------------------

TARGET_2025 = ("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-01", "2025-12-25", "2025-12-26")


def test_target_is_closed_on_six_days_of_the_year_beside_weekends():
    first, last = parse_day("2025-01-01"), parse_day("2025-12-31")
    weekdays = [d for d in range(first, last + 1) if to_date(d).weekday() < 5]
    closed = [format_day(d) for d in weekdays if not is_business_day(d, "eu")]
    assert tuple(closed) == TARGET_2025


@pytest.mark.parametrize(
    ("where", "day", "open_"),
    [
        ("us", "2025-07-04", False),
        ("us", "2025-11-28", True),
        ("us-ca", "2025-03-31", False),
        ("us-ca", "2025-11-28", False),
        ("gb", "2025-04-21", False),
        ("gb", "2025-07-04", True),
    ],
)
def test_other_calendars_have_their_own_holidays(where, day, open_):
    assert is_business_day(parse_day(day), where) is open_


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2025-04-16", 1, "2025-04-17"),
        ("2025-04-17", 1, "2025-04-22"),
        ("2025-12-24", 5, "2026-01-05"),
        ("2025-07-05", 5, "2025-07-11"),
        ("2025-07-04", 0, "2025-07-04"),
    ],
)
def test_business_days_pass_over_easter_christmas_and_weekends(start, count, due):
    length = parse_duration(f"{count} business-days(eu)")
    found = deadline(*parse_moment(start)[:2], length, None)
    assert found == (end_of(parse_day(due)),) * 2


@given(DAYS, st.integers(1, 40), st.sampled_from(sorted(CALENDARS)))
def test_as_many_business_days_lie_after_the_start_as_are_counted(start, count, where):
    last = add_business_days(start, count, where)
    assert is_business_day(last, where)
    assert sum(is_business_day(d, where) for d in range(start + 1, last + 1)) == count


@pytest.mark.parametrize("text", ["5 business-days", "5 business-days(xx)", "5 days(eu)"])
def test_business_days_are_those_of_a_known_calendar(text):
    with pytest.raises(ValueError, match=r"business-days\(eu\)"):
        parse_duration(text)


@pytest.mark.parametrize(
    "when",
    ["9999-12-31", "0001-01-01", date(9999, 12, 31), datetime(1, 1, 1), 10**12, -(10**12)],
)
def test_a_moment_too_far_away_is_refused_with_the_span(when):
    for ask in (moment, partial(rule, [], record_of([]))):
        with pytest.raises(ValueError, match="between 1001-01-01 and 2999-12-31"):
            ask(when)
    with pytest.raises(ValueError, match="between 1001-01-01 and 2999-12-31"):
        due([], record_of([]), "2999-01-01", 400)


@pytest.mark.parametrize(
    ("day", "at"), [("2999-12-30", "2999-12-31"), ("1001-01-01", "1001-01-01")]
)
def test_every_limit_of_an_allowed_day_can_be_told(day, at):
    text = f"record: L\nfacts:\n- {{id: a, date: {day}, kind: incident}}\n"
    clauses = "".join(
        f"- {{id: c{n}, kind: whenever, title: t, source: s, when: incident, then: published,"
        f" {limit}}}\n"
        for n, limit in enumerate(("within: 1000 years", "within: 12000 months"))
    )
    policy = parse_policy(
        Source(
            "p", f"policy: lab/p@1\ntitle: T\neffective: 2024-01-01\nsource: s\nclauses:\n{clauses}"
        )
    )
    ruling = rule([policy], parse_record(Source("r", text)), at, throughout=True)
    assert all(finding.as_json()["due"] for finding in ruling.findings)
    assert format_instant(ahead_of(moment(day), moment(day), Duration(1000, "year"), None)[0])
