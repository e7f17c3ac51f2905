"""One semantics: the fold finds what its definition finds; see ``benchmarks/agreement.py``."""

from __future__ import annotations

import pytest
from fold_agreement import Tally, case, compare

SHARES = 8
"""The comparisons are divided so that they can be run beside each other."""
EACH = 100_000 // SHARES
REACHED = 40
"""Pairs of a kind of clause and a status that come up in every share."""


@pytest.mark.parametrize("share", range(SHARES))
def test_the_fold_finds_what_its_definition_finds(share: int) -> None:
    tally, number = Tally(), 1000 * share
    while tally.comparisons < EACH:
        tally.add(compare(case(2026, number)))
        number += 1
    assert tally.apart == []
    assert len(tally.statuses) >= REACHED
    assert all(count >= EACH // 50 for count in tally.kinds.values()), tally.kinds


@pytest.mark.parametrize(
    "number",
    [
        830,  # under each of four parses the older version left the clause in another state
        3121,  # and triggered on another day
        3451,
        3941,  # one deed late, another not yet done: it may still be worse than late
    ],
)
def test_what_once_came_apart_agrees(number: int) -> None:
    assert compare(case(2026, number)).apart == []
