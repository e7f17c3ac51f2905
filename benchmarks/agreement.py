"""One semantics: the fold beside its definition, and the solver beside the ruling.

    python benchmarks/agreement.py               # 10^6 clause-instants, 10,000 records in z3
    python benchmarks/agreement.py --quick       # a hundredth of each
    python benchmarks/agreement.py --seed 7      # other policies and records

A *clause-instant* is one clause about one subject (a model, a standard, the organisation) at one
instant (a day, and what was known). Of each, the fold (``ifthen.ruling``, carried on from instant
to instant as ``replay`` does, and every tenth time asked anew as ``rule`` does) and the definition
(``ifthen.ruling.definitional``) must find the same: as many findings, and of each its status,
trigger, due date, deed, lateness, assumptions, and all of that under every reading. A *record in
z3* is one clause told to the solver with every fact, day and word open, then pinned to a random
record: it must answer kept, or broken, as ``rule`` does, and must have no other answer.

Whatever comes out apart is printed with its case, which ``--only NUMBER`` runs again. The tests
run a tenth of each, with the same code.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from conditions import peak_mib, state

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "ruling"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "review" / "loopholes"))

import fold_agreement
import pinned
from fold_agreement import Tally

CHUNK = 40
"""Cases that a process takes at once."""
Compare = Callable[[int, int], Tally]
"""From a seed and a number to what comes of that case."""


def folded(seed: int, number: int) -> Tally:
    """A case of the fold and the definition."""
    return fold_agreement.compare(fold_agreement.case(seed, number))


def solved(seed: int, number: int) -> Tally:
    """A case of the solver and the ruling."""
    found = pinned.case(seed, number)
    kinds = Counter(one.kind for one in found)
    verdicts = Counter((one.kind, one.verdict) for one in found)
    return Tally(len(found), kinds, verdicts, [one.apart for one in found if one.apart is not None])


def chunk(compare: Compare, seed: int, first: int) -> tuple[Tally, float]:
    """Some cases in a row, and the processor's seconds they took."""
    before, tally = time.process_time(), Tally()
    for number in range(first, first + CHUNK):
        found = compare(seed, number)
        found.apart = [f"--seed {seed} --only {number}: {one}" for one in found.apart]
        tally.add(found)
    return tally, time.process_time() - before


def whole(compare: Compare, seed: int, most: int, processes: int) -> None:
    """Cases until so many comparisons are made; the counts by kind of clause and status."""
    tally, own, began, told = Tally(), 0.0, time.monotonic(), 0.0
    with ProcessPoolExecutor(processes) as pool:
        for found, seconds in _in_turn(pool, compare, seed, most, tally, processes):
            tally.add(found)
            own += seconds
            for one in found.apart:
                print(f"  APART {one[:2000]}")
            if time.monotonic() - told > 30:
                told = time.monotonic()
                done = f"{tally.comparisons:,} of {most:,}, {len(tally.apart)} apart"
                print(f"  {done}, {own:.0f} s own", file=sys.stderr, flush=True)
    wall = time.monotonic() - began
    print(
        f"{tally.comparisons:,} comparisons, {len(tally.apart)} apart;"
        f" {own:.0f} s of the processor, {wall:.0f} s by the clock"
    )
    for kind, count in sorted(tally.kinds.items()):
        statuses = Counter({s: n for (of, s), n in tally.statuses.items() if of == kind})
        print(
            f"  {kind:10} {count:9,}  " + ", ".join(f"{s} {n:,}" for s, n in statuses.most_common())
        )


def _in_turn(
    pool: ProcessPoolExecutor,
    compare: Compare,
    seed: int,
    most: int,
    tally: Tally,
    processes: int,
) -> Iterator[tuple[Tally, float]]:
    """Chunks in order, a few of them under way, until enough is tallied."""
    waiting = [pool.submit(chunk, compare, seed, CHUNK * n) for n in range(2 * processes)]
    number = len(waiting)
    while waiting and tally.comparisons < most:
        yield waiting.pop(0).result()
        waiting.append(pool.submit(chunk, compare, seed, CHUNK * number))
        number += 1
    for one in waiting:
        one.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of each")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--part", choices=("fold", "solver"), help="one of the two alone")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one case of --part again")
    asked = parser.parse_args()
    parts = {"fold": (folded, 1_000_000), "solver": (solved, 10_000)}
    if asked.only is not None:
        for one in parts[asked.part or "fold"][0](asked.seed, asked.only).apart or [
            "the two agree"
        ]:
            print(one)
        return
    state(f"random policies and records, and encoded policies; seed {asked.seed}", "z3-solver")
    for name, (compare, most) in parts.items():
        if asked.part in (None, name):
            print(f"{name}:")
            whole(compare, asked.seed, most // 100 if asked.quick else most, asked.processes)
    print(f"peak {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
