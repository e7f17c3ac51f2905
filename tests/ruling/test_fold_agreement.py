"""One semantics: the fold finds what the definition finds; see ``benchmarks/agreement.py``."""

from __future__ import annotations

import pytest
from fold_agreement import Tally, compare, encoded_case, random_case

SHARES = 8
"""The comparisons are divided so that they can be run beside each other."""
EACH = 100_000 // SHARES
SEED = 2026
REACHED = 40
"""Pairs of a kind of clause and a status that must come up in every share."""


@pytest.mark.parametrize("share", range(SHARES))
def test_the_fold_finds_what_the_definition_finds(share: int) -> None:
    tally = Tally()
    number = 0
    while tally.comparisons < EACH:
        make = encoded_case if number % 20 == 19 else random_case
        tally.add(compare(make(f"{SEED}/{share}/{number}")))
        number += 1
    assert tally.apart == []
    assert len(tally.statuses) >= REACHED
    assert all(count >= EACH // 50 for count in tally.kinds.values()), tally.kinds
