from hypothesis import given
from hypothesis import strategies as st

from ifthen.dates import Duration, add_months, add_to_day
from ifthen.review.loopholes.calendar import BEFORE, FIRST, Date, day_number, month_start

KEYS = st.builds(
    lambda month, day: month * 31 + day,
    st.integers(0, 40),
    st.integers(1, 28),
)
LENGTHS = st.builds(Duration, st.integers(0, 14), st.sampled_from(("day", "week", "month", "year")))


@given(KEYS)
def test_a_key_stands_for_the_day_it_was_made_from(key: int) -> None:
    assert Date.at(day_number(key)).key == key


@given(KEYS, KEYS, LENGTHS)
def test_lengths_end_on_the_day_the_ruling_counts(start: int, end: int, length: Duration) -> None:
    first, last = day_number(start), day_number(end)
    (due, same) = add_to_day(first, length, None)
    assert due == same
    assert Date.at(last).by(Date.at(first), length) == (last <= due)
    assert Date.at(last).passed(Date.at(first), length) == (last >= due)


@given(st.integers(0, 40))
def test_months_start_where_the_ruling_has_them(number: int) -> None:
    assert FIRST + month_start(number) == add_months(FIRST, number, None)[0]


def test_the_day_before_the_first_lies_before_it() -> None:
    assert Date.at(BEFORE).before(Date.at(FIRST))
