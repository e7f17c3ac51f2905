"""How long it takes to load, to rule, to decide and to keep up, by number of facts and clauses.

    python benchmarks/decide.py            # up to 10^6 facts and 1,000 clauses
    python benchmarks/decide.py --quick    # 10^3 facts, 10 and 100 clauses
    python benchmarks/decide.py --only 1000 100000

For each size a fresh process loads a policy and a record, rules the record once, and then, with
the session standing:

- asks of every model whether it may be deployed, with the clauses that say so and what is missing;
- adds new facts in date order, one by one, each followed by the findings it changes;
- adds facts that lie in the past, one by one;
- learns of corrections, one by one.

Times are seconds of the processor, which other work on the machine does not lengthen; the wall
clock is printed with ``--wall``. The garbage collector runs once between ruling and asking, and
what is there then is left alone (``gc.freeze``), as a server would do that keeps a session.

The small sizes also check that the session then finds what a new session finds.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conditions import median, p99, peak_mib, state
from made_up import LAST_DAY, MODELS, write_policy, write_record

if TYPE_CHECKING:
    from ifthen import Fact, Policy, Record, Session

NEW, LATE, CORRECTED = 200, 20, 5
"""How many facts are added in date order and in the past, and how many corrections."""
CHECKED = 1000
"""Up to so many facts the session is compared with a new one."""
MOST_MEMORY = 16 * 2**30
LONGEST = 3600
"""Seconds after which a size is given up."""


@dataclass
class Timer:
    """Seconds of each call."""

    wall: list[float]
    own: list[float]

    def call(self, function: Callable[[], object]) -> None:
        """Call once, and note how long it took."""
        start, before = time.perf_counter(), time.process_time()
        function()
        self.wall.append(time.perf_counter() - start)
        self.own.append(time.process_time() - before)

    @classmethod
    def of(cls, calls: Iterable[Callable[[], object]]) -> Timer:
        """The times of several calls."""
        timer = cls([], [])
        for function in calls:
            timer.call(function)
        return timer

    def figures(self, name: str, unit: float) -> dict[str, float]:
        """Median and 99th percentile of the processor's time, median of the wall clock."""
        return {
            name: median(self.own) * unit,
            f"{name} p99": p99(self.own) * unit,
            f"{name} wall": median(self.wall) * unit,
        }


def split(record: Record) -> tuple[Record, list[Fact], list[Fact]]:
    """A record without some of its facts, the last ones and a few from its middle."""
    first = 3 * MODELS + 1
    middle = (len(record.facts) - NEW - first) // (LATE + 1)
    late = [record.facts[first + middle * (number + 1)] for number in range(LATE)]
    new = list(record.facts[-NEW:])
    apart = {fact.id for fact in (*late, *new)}
    kept = tuple(fact for fact in record.facts if fact.id not in apart)
    return replace(record, facts=kept), new, late


def corrected(record: Record) -> Record:
    """A record with corrections of facts from its middle, learned one day after another."""
    from ifthen import moment
    from ifthen.dates import SECONDS_PER_DAY

    last = moment(str(LAST_DAY))
    step = len(record.facts) // (CORRECTED + 1)
    corrections = []
    for number in range(CORRECTED):
        wrong = record.facts[step * (number + 1)]
        known = last + (number + 1) * SECONDS_PER_DAY
        correction = replace(
            wrong,
            id=f"c-{number}",
            order=len(record.facts) + number,
            amends=wrong.id,
            known=known,
            known_stated=True,
            attributes={"note": "corrected"},
        )
        corrections.append(correction)
    return replace(record, facts=(*record.facts, *corrections))


def measure(clauses: int, facts: int, folder: Path) -> dict[str, float]:
    """Every figure of one size, in this process."""
    from ifthen import Session, load_policy, load_record, moment
    from ifthen.dates import SECONDS_PER_DAY
    from ifthen.ruling.may import permission

    policy_file, record_file = write_policy(folder, clauses), write_record(folder, facts)
    loading, reading = Timer([], []), Timer([], [])
    for _ in range(3):
        loading.call(lambda: load_policy(policy_file))
    reading.call(lambda: load_record(record_file))
    policy, whole = load_policy(policy_file), load_record(record_file)
    record, new, late = split(whole)
    session = Session([policy], corrected(record))
    last = moment(str(LAST_DAY))
    ruling = Timer.of([lambda: session.advance(record.facts[-1].latest)])
    gc.collect()
    gc.freeze()
    models = [f"model-{number}" for number in range(MODELS)]
    permission(session, "deploy", models[0])
    deciding = Timer.of(
        lambda model=model: permission(session, "deploy", model) for model in models
    )
    found: list[int] = []
    adding = Timer.of(lambda fact=fact: found.append(len(session.add(fact))) for fact in new)
    backdating = Timer.of(lambda fact=fact: session.add(fact) for fact in late)
    if facts <= CHECKED:
        check(session, policy, whole)
    session.advance(last)
    correcting = Timer.of(
        lambda day=day: session.advance(last + day * SECONDS_PER_DAY)
        for day in range(1, CORRECTED + 1)
    )
    return {
        "groups": len(session.groups),
        "found": median(found),
        **loading.figures("policy", 1),
        **reading.figures("record", 1),
        **ruling.figures("rule", 1),
        **deciding.figures("may", 1000),
        **adding.figures("add", 1000),
        **backdating.figures("past", 1000),
        **correcting.figures("correct", 1000),
        "peak": peak_mib(),
    }


def check(session: Session, policy: Policy, record: Record) -> None:
    """Stop unless a session that kept up finds what a new one finds."""
    from ifthen import Session as New

    new = New([policy], record)
    new.advance(session.at, session.known)
    ours, theirs = (
        {(f.clause, f.subject, f.outcome.key): f.status for f in one.ruling().findings}
        for one in (session, new)
    )
    different = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
    if different:
        raise SystemExit(
            "kept up and ruled anew differ: "
            + "; ".join(f"{key}: {ours.get(key)}, {theirs.get(key)}" for key in different[:3])
        )


def child(clauses: int, facts: int) -> dict[str, float | str]:
    """The figures of one size, or why there are none."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        with tempfile.TemporaryDirectory() as folder:
            return dict(measure(clauses, facts, Path(folder)))
    except MemoryError:
        return {"skipped": "needs more than 16 GB"}


def row(clauses: int, facts: int, *, wall: bool) -> str:
    """One line of the table, measured in a fresh process."""
    command = [sys.executable, __file__, "--one", str(clauses), str(facts)]
    head = f"{clauses:>7,} {facts:>9,}"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return f"{head} skipped: takes more than {LONGEST // 60} minutes"
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    figures = json.loads(done.stdout)
    if "skipped" in figures:
        return f"{head} skipped: {figures['skipped']}"
    if wall:
        figures |= {name: figures[f"{name} wall"] for name in figures if f"{name} wall" in figures}
    cells = [f"{figures[name]:>{len(title)}{form}}" for title, name, form in COLUMNS]
    return f"{head} {' '.join(cells)}"


COLUMNS = (
    ("policy s", "policy", ".3f"),
    ("record s", "record", ".3f"),
    (" rule s", "rule", ".2f"),
    (" may ms", "may", ".2f"),
    ("   p99", "may p99", ".2f"),
    ("findings", "found", ".0f"),
    (" add ms", "add", ".2f"),
    ("   p99", "add p99", ".2f"),
    ("past ms", "past", ".1f"),
    ("correct ms", "correct", ".1f"),
    ("peak MiB", "peak", ".0f"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--only", type=int, nargs=2, metavar=("CLAUSES", "FACTS"))
    parser.add_argument("--wall", action="store_true", help="medians of the wall clock")
    parser.add_argument("--one", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(child(*options.one)))
        return
    sizes = [(10, 1000), (100, 1000)]
    if not options.quick:
        sizes += [(1000, 10**3), (100, 10**4), (1000, 10**4)]
        sizes += [(10, 10**5), (100, 10**5), (1000, 10**5), (10, 10**6), (100, 10**6)]
    if options.only:
        sizes = [tuple(options.only)]
    state(
        f"made-up policies and records of {MODELS} models over 1,000 days; one process a size; "
        f"may: median of {MODELS}, add: of {NEW}, past: of {LATE}, correct: of {CORRECTED}; "
        "rule and record: one run",
        "msgspec",
    )
    print(f"{'clauses':>7} {'facts':>9} {' '.join(title for title, *_ in COLUMNS)}")
    for clauses, facts in sizes:
        print(row(clauses, facts, wall=options.wall), flush=True)


if __name__ == "__main__":
    main()
