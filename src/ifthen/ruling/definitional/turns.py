"""Which turns of several readings are compared, by definition: of every way the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from ifthen.dates import Instant
from ifthen.policy.model import Cadence, Clause, Maintain, Whenever
from ifthen.ruling.outcome import Outcome

Table = Mapping[tuple[str, str], Outcome]
_NO_END = 1 << 62


def compared(clause: Clause, tables: Sequence[Table]) -> list[Table]:
    """Outcomes under the names of those they are compared with: of the table with the most."""
    if not isinstance(clause, (Cadence, Maintain)) and not (
        isinstance(clause, Whenever) and clause.becomes is not None
    ):
        return list(tables)
    longest = max(tables, key=lambda table: len(_turns(table)))
    names = list(_turns(longest))
    ends = [_end(clause, outcome) for outcome in longest.values() if outcome.key in names]
    found: list[Table] = []
    for table in tables:
        turns = _turns(table)
        places = _nearest([_end(clause, outcome) for outcome in turns.values()], ends)
        renamed = {
            (names[place], ""): replace(outcome, key=names[place])
            for place, outcome in zip(places, turns.values(), strict=True)
        }
        others = {place: outcome for place, outcome in table.items() if place[0] not in turns}
        found.append({**renamed, **others})
    return found


def _turns(table: Table) -> dict[str, Outcome]:
    """Outcomes whose name ends in a number, in order."""
    return {key: outcome for (key, _), outcome in table.items() if key not in ("-", "?", "now")}


def _end(clause: Clause, outcome: Outcome) -> Instant:
    """What tells a turn: the deed that ends it; a gap, or a condition come true: its first day."""
    if not isinstance(clause, Cadence):
        return (outcome.triggered or (0, 0))[1]
    return _NO_END if outcome.done is None else outcome.done[0]


def _nearest(few: Sequence[Instant], many: Sequence[Instant]) -> tuple[int, ...]:
    """Of all ways to find each of a few among many in order, the nearest; of several the latest."""

    @cache
    def best(count: int, below: int) -> tuple[int, tuple[int, ...]]:
        """The distance of the first few, found below a place, and their places from the last."""
        if count == 0:
            return 0, ()

        def ways() -> Iterator[tuple[int, tuple[int, ...]]]:
            for place in range(count - 1, below):
                distance, places = best(count - 1, place)
                yield distance + abs(few[count - 1] - many[place]), (place, *places)

        return min(ways(), key=lambda way: (way[0], [-place for place in way[1]]))

    return best(len(few), len(many))[1][::-1]
