"""Simulated model-years a minute: one core, two cores, and how time and memory grow.

    python benchmarks/stress.py            # a million years of one policy, one core and two
    python benchmarks/stress.py --quick    # a few thousand

A policy with cadences and holds on every action (RSP v1.0), kept by the hurried house, which tells
futures with aims from those without; futures of three years. Each figure is that of a fresh process
without its imports; CPU time is that of the process and of its workers, their start included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from conditions import peak_mib, state

POLICY, HOUSE, YEARS = "anthropic/rsp@1.0", "hurried", 3.0
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def measure(count: int, jobs: int, backend: str | None) -> dict[str, Any]:
    """Time one run, in this process."""
    from ifthen import load_policy
    from ifthen.evidence.forecast import TREND
    from ifthen.review.stress.derive import derive
    from ifthen.review.stress.estimate import estimate
    from ifthen.review.stress.houses import choose, load_houses
    from ifthen.review.stress.run import Futures, Workers, case_of, run

    houses = load_houses()
    policy = load_policy(POLICY)
    [house] = choose(houses, (HOUSE,))
    case = case_of(policy, derive(policy), house)
    futures = Futures(houses.setting, TREND, YEARS, count, 0)
    warm = Futures(houses.setting, TREND, YEARS, 100, 0)
    estimate(run([case], warm, Workers(jobs, backend))[0], YEARS)
    wall, own = time.perf_counter(), _cpu()
    [outcome] = run([case], futures, Workers(jobs, backend))
    found = estimate(outcome, YEARS)
    wall = time.perf_counter() - wall
    if backend == "loky":
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)
    own = _cpu() - own
    return {"wall": wall, "own": own, "peak": peak_mib(), "mean": found.exposed.mean.value}


def _cpu() -> float:
    """CPU seconds of this process and of the workers that have ended."""
    return sum(os.times()[:4])


def fresh(count: int, jobs: int, backend: str | None) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--measure", str(count), str(jobs), backend or ""]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **ONE_THREAD}
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        count, jobs, backend = arguments.measure
        print(json.dumps(measure(int(count), int(jobs), backend or None)))
        return
    state(
        f"{POLICY}, {HOUSE}, futures of {YEARS:g} years", "numpy", "scipy", "joblib", "distributed"
    )
    many = 4_096 if arguments.quick else 333_824
    sizes: list[tuple[int, int, str | None]] = [
        (many // 8, 1, None),
        (many, 1, None),
        (many, 2, "loky"),
        (many, 2, "threading"),
    ]
    print("years      jobs backend      wall     own    years a minute (wall, own)  peak MiB")
    means = set()
    for count, jobs, backend in sizes:
        found = fresh(count, jobs, backend)
        years = count * YEARS
        by_wall, by_own = (years / found[name] * 60 for name in ("wall", "own"))
        print(
            f"{years:<10,.0f} {jobs:<4} {backend or 'none':<10} {found['wall']:6.1f} s"
            f" {found['own']:6.1f} s   {by_wall:12,.0f} {by_own:12,.0f}   {found['peak']:8.0f}",
            flush=True,
        )
        if count == many:
            means.add(found["mean"])
    print(f"the same result whoever does the work: {len(means) == 1}")


if __name__ == "__main__":
    main()
