"""Several families and several comparisons: what is claimed of all of them together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from ifthen.evidence.statistics.families import (
    AtLeast,
    benjamini_hochberg,
    fewer_than,
    holm,
    parse_families,
    partial_conjunction,
)

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@given(p_values)
def test_holm_and_benjamini_hochberg_are_those_of_statsmodels(found: list[float]) -> None:
    assert holm(found) == pytest.approx(multipletests(found, method="holm")[1])
    assert benjamini_hochberg(found) == pytest.approx(multipletests(found, method="fdr_bh")[1])


@given(p_values)
def test_any_family_needs_no_correction_and_all_families_a_whole_one(found: list[float]) -> None:
    assert fewer_than(1, found) == max(found)
    assert fewer_than(len(found), found) == min(1, len(found) * min(found))


@given(p_values, st.data())
def test_it_is_easier_to_rule_out_that_more_families_reach_the_line(
    found: list[float], data: st.DataObject
) -> None:
    """Up to the correction: with it, ruling out r rules out r + 1 where the p-values are equal."""
    least = data.draw(st.integers(1, len(found)))
    assert fewer_than(least, found) == partial_conjunction(len(found) - least + 1, found)
    lower = [p / 2 for p in found]
    assert fewer_than(least, lower) <= fewer_than(least, found)


@pytest.mark.parametrize(
    ("text", "families", "needed"),
    [
        ("any", 7, 1),
        ("all", 7, 7),
        ("at least 3", 7, 3),
        ("at least 50 %", 7, 4),
        ("at least 50%", 8, 4),
        ("at least 0.1 %", 8, 1),
    ],
)
def test_reading_how_many(text: str, families: int, needed: int) -> None:
    found = parse_families(text)
    assert found.of(families) == needed
    assert parse_families(str(found)) == found


@pytest.mark.parametrize("text", ["", "some", "at least 0", "at least 120 %", "at least 0 %", "3"])
def test_what_is_no_number_of_families(text: str) -> None:
    with pytest.raises(ValueError, match=r"famil|none of any"):
        parse_families(text)


def test_more_than_there_are() -> None:
    with pytest.raises(ValueError, match="at least 5 of 4"):
        AtLeast(count=5).of(4)
