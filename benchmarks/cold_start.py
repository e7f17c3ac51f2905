"""How long a command takes from a cold start: a whole process, until it has printed everything.

    python benchmarks/cold_start.py            # median of 15 runs
    python benchmarks/cold_start.py --quick    # median of 3 runs

Each run is a fresh process with its output thrown away; ``python -c pass`` shows what Python takes
by itself. Compiled modules are on disk, as they are after the first start of an installation.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

from conditions import median, state

RUN = "import sys; from ifthen.cli import main; sys.argv[0] = 'ifthen'; main()"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "ifthen --help": ["-c", RUN, "--help"],
    "ifthen rule example:anthropic --at 2026-11-23": [
        *("-c", RUN, "rule", "example:anthropic", "--at", "2026-11-23")
    ],
    "ifthen may deploy example:anthropic --model 'Claude Opus 4' --at 2026-11-23": [
        *("-c", RUN, "may", "deploy", "example:anthropic"),
        *("--model", "Claude Opus 4", "--at", "2026-11-23"),
    ],
}


def measure(arguments: list[str]) -> tuple[float, float]:
    """Seconds of wall clock, and of the process's own time, of one run.

    Raises:
        SystemExit: the command failed.
    """
    start, before = time.perf_counter(), _own()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    seconds, own = time.perf_counter() - start, _own() - before
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr.decode())
    return seconds, own


def _own() -> float:
    """CPU seconds of every child process so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    runs = 3 if parser.parse_args().quick else 15
    state(f"the example that comes with the package; median of {runs} runs", "click")
    print(f"{'seconds':>8} {'own':>8}  command")
    for name, arguments in COMMANDS.items():
        measure(arguments)
        figures = [measure(arguments) for _ in range(runs)]
        wall, own = (median([figure[part] for figure in figures]) for part in (0, 1))
        print(f"{wall:>8.3f} {own:>8.3f}  {name}", flush=True)


if __name__ == "__main__":
    main()
