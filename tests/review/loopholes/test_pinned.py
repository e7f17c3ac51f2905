"""One semantics: pinned to a record, the solver says of a clause what ``rule`` says of it."""

import pytest
from pinned import Judged, case

SHARES = 4
"""The records are divided so that they can be judged beside each other."""
EACH = 1000 // SHARES


@pytest.mark.parametrize("share", range(SHARES))
def test_a_solver_that_is_told_every_fact_says_the_same(share: int) -> None:
    found: list[Judged] = []
    number = 1000 * share
    while len(found) < EACH:
        found += case(2026, number)
        number += 1
    assert [one.apart for one in found if one.apart is not None] == []
    verdicts = [one.verdict for one in found]
    assert min(verdicts.count(verdict) for verdict in ("kept", "broken", "open")) >= EACH // 20
