"""What people found by hand in the policies, found again by the search: what, whether, seconds.

    python benchmarks/rediscover.py             # all of it, two minutes
    python benchmarks/rediscover.py --quick     # without what takes long

The tests run the quick ones. Seconds are the processor's, of the whole command without its imports.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from conditions import state

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "review" / "loopholes"))

from found_by_hand import KNOWN, Known

from ifthen.cli.app import app


def asked(known: Known, folder: Path) -> tuple[bool, float]:
    """Whether it is found again, and how long that takes."""
    arguments = [known.policy, "--harm", known.harm, "--start", known.start, *known.more]
    if known.harms:
        path = folder / "harms.yaml"
        path.write_text(known.harms, encoding="utf-8")
        arguments += ["--harms", str(path)]
    before = time.process_time()
    result = CliRunner().invoke(app, ["review", "loopholes", *arguments, "--json"])
    seconds = time.process_time() - before
    (found,) = json.loads(result.stdout)[0]["harms"]
    return known.holds(found), seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without what takes long")
    quick = parser.parse_args().quick
    state("what people found by hand", "z3-solver")
    with tempfile.TemporaryDirectory() as folder:
        for known in KNOWN:
            if known.slow and quick:
                continue
            found, seconds = asked(known, Path(folder))
            print(f"{'found' if found else 'NOT FOUND':10} {seconds:6.1f} s  {known.what}")


if __name__ == "__main__":
    main()
