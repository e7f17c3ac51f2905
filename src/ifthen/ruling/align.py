"""Which turns of several readings are the same, where one reading has more of them than another.

The turns of a cadence, the gaps of a ``maintain`` and the times a condition came true are numbered
under each reading by itself, so that one more in between shifts every number after it. What is the
same in all is when they were: a turn is known by the deed that ends it (the open one by none, so
the open turns are one), a gap and a time by the day they began.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from ifthen.dates import Instant
from ifthen.policy.model import Cadence, Clause, Maintain, Whenever
from ifthen.ruling.outcome import Outcome
from ifthen.ruling.timeline import LAST_INSTANT

Place: TypeAlias = tuple[str, str]
"""Key and part of an outcome."""
NEVER_ASKED = "-"
"""Key of the outcome that says that nothing triggered the clause."""
_UNNUMBERED = (NEVER_ASKED, "?", "now")


def aligned(
    clause: Clause, tables: Sequence[Mapping[Place, Outcome]], literal: Sequence[bool]
) -> Sequence[Mapping[Place, Outcome]]:
    """The same outcomes, each at the place of the one it is compared with.

    The places are those of the table with the most. The others keep their order, none is lost or
    taken twice, and together they lie as near as can be; of equally near ones the later count.

    Args:
        clause: whose outcomes they are.
        tables: the outcomes of each variant, by place.
        literal: for each, whether it may lend the others its places.
    """
    if len(tables) == 1 or not _is_numbered(clause):
        return tables
    rows = [[place for place in table if place[0] not in _UNNUMBERED] for table in tables]
    if all(row == rows[0] for row in rows):
        return tables
    frame = max((n for n, may in enumerate(literal) if may), key=lambda n: len(rows[n]))
    when = [_when(clause, tables[frame][place]) for place in rows[frame]]
    result = []
    for table, row in zip(tables, rows, strict=True):
        own = [_when(clause, table[place]) for place in row]
        if len(own) <= len(when):
            pairs = dict(zip(row, nearest(own, when), strict=True))
        else:
            pairs = {row[n]: place for place, n in enumerate(nearest(when, own))}
        moved = {rows[frame][n]: table[place] for place, n in pairs.items()}
        result.append({**moved, **{p: o for p, o in table.items() if p[0] in _UNNUMBERED}})
    return result


def in_order(tables: Sequence[Mapping[Place, Outcome]]) -> Collection[Place]:
    """Every place of aligned tables, beginning with those of the table with the most."""
    longest = max(tables, key=len)
    return dict.fromkeys(place for table in (longest, *tables) for place in table)


def nearest(few: Sequence[Instant], many: Sequence[Instant]) -> list[int]:
    """For each of a few instants the place of its own among many, both in order.

    The sum of the distances is the least; of equal sums the one that takes the later counts.
    """
    spare = len(many) - len(few)
    least = [0] * (spare + 1)
    """The least sum for the few so far, where so many of the many were passed over."""
    paired: list[list[bool]] = []
    for place, own in enumerate(few):
        row = [least[passed] + abs(many[place + passed] - own) for passed in range(spare + 1)]
        last = [True] * (spare + 1)
        for passed in range(1, spare + 1):
            if row[passed - 1] < row[passed]:
                row[passed], last[passed] = row[passed - 1], False
        least = row
        paired.append(last)
    found, passed = [], spare
    for place in range(len(few) - 1, -1, -1):
        while not paired[place][passed]:
            passed -= 1
        found.append(place + passed)
    return found[::-1]


def _is_numbered(clause: Clause) -> bool:
    by_condition = isinstance(clause, Whenever) and clause.when is None
    return by_condition or isinstance(clause, (Cadence, Maintain))


def _when(clause: Clause, outcome: Outcome) -> Instant:
    if isinstance(clause, Cadence):
        lapsed = outcome.carry and outcome.status != "undetermined"
        return LAST_INSTANT if outcome.done is None or lapsed else outcome.done[0]
    assert outcome.triggered is not None
    return outcome.triggered[1]
