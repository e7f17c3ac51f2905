"""How long it takes to load a policy: the generated ones by size, and each that comes along.

    python benchmarks/load_policy.py            # 10 to 1,000 clauses; median of 15 runs
    python benchmarks/load_policy.py --quick    # 10 and 100 clauses; median of 3 runs

A load reads the file, composes its YAML, parses and type-checks every expression.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from conditions import median, state
from made_up import write_policy


def measure(name: str | Path) -> tuple[float, float, int]:
    """Seconds of wall clock and of CPU of one load, and the number of clauses."""
    from ifthen import load_policy

    start, before = time.perf_counter(), time.process_time()
    policy = load_policy(name)
    wall, own = time.perf_counter() - start, time.process_time() - before
    return wall, own, len(policy.clauses)


def main() -> None:
    from ifthen import policy_ids

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs, small policies")
    quick = parser.parse_args().quick
    runs = 3 if quick else 15
    state(f"made-up policies and those of the package; median of {runs} runs", "pyyaml")
    print(f"{'clauses':>8} {'ms':>8} {'own ms':>8}  policy")
    with tempfile.TemporaryDirectory() as folder:
        made = [
            write_policy(Path(folder), n) for n in ((10, 100) if quick else (10, 100, 300, 1000))
        ]
        for name in (*made, *policy_ids()):
            figures = [measure(name) for _ in range(runs + 1)][1:]
            wall, own = (median([figure[part] for figure in figures]) * 1000 for part in (0, 1))
            title = "made up" if isinstance(name, Path) else name
            print(f"{figures[0][2]:>8,} {wall:>8.1f} {own:>8.1f}  {title}", flush=True)


if __name__ == "__main__":
    main()
