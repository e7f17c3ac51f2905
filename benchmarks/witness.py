"""How long the search for loopholes takes: each policy, each harm, each way to begin.

    python benchmarks/witness.py                 # everything, 6 events, 2 stretches; many minutes
    python benchmarks/witness.py --quick         # three policies, 3 events, 1 stretch
    python benchmarks/witness.py --only POLICY   # one policy

For every question three figures: to the first witness, or to "none up to k", with everything that
may be stretched stretched (literally) and with nothing stretched (charitably), each by a search of
its own that has learned nothing before; and from the end of the charitable search to all smallest
stretch sets. Seconds are the processor's, "own", unless they say wall. The
questions of one policy are shared among as many processes as there are cores: their own seconds
added up are those of one core, and the wall clock is that of all of them. Interrupted (SIGINT), it
still tells of the policies that were done.

Beside that: all policies linted, and every policy beside the next version of its family.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

from conditions import median, peak_mib, state
from ifthen import load_policy, policy_ids

QUICK = ("anthropic/rsp@1.0", "anthropic/rsp@2.0", "deepmind/fsf@1.0")
CORES = 4
"""The cores that the aims speak of."""


@dataclass(frozen=True, slots=True)
class Question:
    """One harm of one policy from one beginning."""

    policy: str
    harm: str
    start: str
    events: int
    stretches: int
    timeout: float


@dataclass(frozen=True, slots=True)
class Timed:
    """What one way of asking came to."""

    what: str
    """``literally``, ``charitably`` or ``stretch sets``."""
    status: str
    length: int
    why: str
    own: float
    wall: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to."""

    asked: Question
    timed: tuple[Timed, ...]
    sets: int
    unclear: tuple[str, ...]
    """Why questions on the way to the stretch sets were left open."""

    @property
    def first(self) -> tuple[Timed, ...]:
        """The two searches for a first witness."""
        return self.timed[:2]

    @property
    def blaming(self) -> float:
        """Own seconds to all stretch sets, the charitable search included."""
        return self.timed[1].own + self.timed[2].own


def ask(asked: Question) -> Answer:
    """Answer one question, timed; the policy is read before the clock starts."""
    from ifthen.review.loopholes.blame import blame
    from ifthen.review.loopholes.full import Full
    from ifthen.review.loopholes.harms import choose, load_harms
    from ifthen.review.loopholes.problem import Setting
    from ifthen.review.loopholes.search import Assumed, Outcome, Search, charitably, literally
    from ifthen.review.loopholes.start import beginning
    from ifthen.review.loopholes.study import world_for
    from ifthen.review.loopholes.world import World

    policy = load_policy(asked.policy)
    harms = load_harms(policy)
    (harm,) = choose(harms.harms, (asked.harm,))
    full, world = Full(policy), world_for(policy, harms.margin, World())
    given = beginning(policy, "nothing" if asked.start == "nothing" else "assessed", full)
    setting, lengths = Setting(policy, world, given, 1, asked.timeout), range(asked.events + 1)

    def first(search: Search, what: str, assumed: Assumed) -> tuple[Timed, Outcome]:
        own, wall = time.process_time(), time.perf_counter()
        found = search.run(assumed, lengths)
        spent = time.process_time() - own, time.perf_counter() - wall
        return Timed(what, found.status, found.length, found.why, *spent), found

    literal, _ = first(Search(setting, harm, full), "literally", literally)
    search = Search(setting, harm, full)
    charitable, outcome = first(search, "charitably", charitably)
    own, wall = time.process_time(), time.perf_counter()
    blamed = blame(search, outcome, lengths, asked.stretches)
    spent = time.process_time() - own, time.perf_counter() - wall
    status = "found" if blamed.sets else "undetermined" if blamed.open else "none"
    sets = Timed("stretch sets", status, blamed.length, "", *spent)
    unclear = tuple(one.why for one in blamed.open)
    return Answer(asked, (literal, charitable, sets), len(blamed.sets), unclear)


def questions(policy: str, quick: bool, events: int, timeout: float) -> Iterator[Question]:
    """Every harm from every beginning."""
    from ifthen.review.loopholes.harms import load_harms

    for harm in load_harms(load_policy(policy)).harms:
        for start in ("assessed", "nothing"):
            yield Question(policy, harm.id, start, events, 1 if quick else 2, timeout)


# --- the tables -----------------------------------------------------------------------------------


def by_policy(pool: ProcessPoolExecutor, work: dict[str, list[Question]]) -> list[Answer]:
    """Ask everything, one policy after the other; print a row for each."""
    names = ("own s", "wall s", "on 4", "sets", "found", "none", "open")
    print(f"{'policy':24} {'first own s (worst)':>19} {' '.join(f'{one:>7}' for one in names)}")
    answers: list[Answer] = []
    for policy, asked in work.items():
        start = time.perf_counter()
        try:
            found = list(pool.map(ask, asked))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            print(f"interrupted: what follows leaves out {policy} and what comes after it")
            break
        wall = time.perf_counter() - start
        each = [one.blaming for one in found]
        first = max(timed.own for one in found for timed in one.first)
        came = Counter(one.timed[2].status for one in found)
        counts = (sum(one.sets for one in found), *(came[n] for n in STATUSES))
        split = max(sum(each) / CORES, max(each))
        row = (f"{first:19.2f}", *(f"{n:7.1f}" for n in (sum(each), wall, split)))
        print(f"{policy:24} {' '.join((*row, *(f'{n:7}' for n in counts)))}", flush=True)
        answers += found
    print(
        "own: to all stretch sets, on one core; wall: with all three searches, on every core here,"
    )
    print("under the load stated; on 4: computed from own, as if four cores shared the questions;")
    print("found, none, open: questions with some stretch set, with none, left undetermined\n")
    return answers


STATUSES = ("found", "none", "undetermined")


def by_way(answers: Sequence[Answer]) -> None:
    """Median, 90th percentile and worst for each way of asking."""
    head = " ".join(f"{one:>8}" for one in ("n", "median", "90th", "worst"))
    print(f"{'asked':14} {'came to':13} {head}  (own s) the worst")
    for place, what in enumerate(("literally", "charitably", "stretch sets")):
        for status in (*STATUSES, "all"):
            some = [a for a in answers if status in (a.timed[place].status, "all")]
            if not some:
                continue
            row(f"{what:14} {status:13}", [(a.timed[place].own, a) for a in some])
    both = [(timed.own, a) for a in answers for timed in a.first]
    witnessed = [(t.own, a) for a in answers for t in a.first if t.status == "found"]
    if witnessed:
        row(f"{'first witness':14} {'found':13}", witnessed)
    row(f"{'first witness':14} {'all':13}", both)
    slow = sum(own > 1 for own, _ in both)
    print(f"over 1 s: {slow} of {len(both)} searches for a first witness\n")


def row(label: str, values: Sequence[tuple[float, Answer]]) -> None:
    """One row of the table."""
    own = sorted(value for value, _ in values)
    worst = max(values, key=lambda one: one[0])[1].asked
    ninth = own[max(0, -(-len(own) * 9 // 10) - 1)]
    cells = " ".join(f"{one:8.2f}" for one in (median(own), ninth, own[-1]))
    print(f"{label} {len(own):8} {cells}  {worst.policy} {worst.harm} from {worst.start}")


def reasons(answers: Sequence[Answer]) -> None:
    """Why searches were left undetermined, alike ones together."""
    for what, told in (
        ("a first witness", [t.why for a in answers for t in a.first if t.status == STATUSES[2]]),
        ("the stretch sets", [why for a in answers for why in a.unclear]),
    ):
        print(f"undetermined, {what}: {len(told)}")
        for why, count in Counter(map(_alike, told)).most_common():
            print(f"{count:6}  {why}")
    print()


def _alike(why: str) -> str:
    """A reason without its names and numbers; how the findings stand stays."""
    head, breaks, rest = why.partition("it breaks ")
    if breaks:
        told = sorted(set(re.findall(r"\((\w+)(?:: ([^)]*))?", rest)))
        return f"{head}it breaks something ({'; '.join(': '.join(filter(None, t)) for t in told)})"
    return re.sub(r"\d+", "n", why)


def reading(names: Sequence[str]) -> None:
    """Seconds to lint every policy, and to set each beside the next of its family."""
    from ifthen.review.diff.diff import diff
    from ifthen.review.lint.lint import lint_file

    lint_file(names[0])
    before = time.process_time()
    gaps = sum(len(lint_file(name).gaps) for name in names)
    print(f"lint of {len(names)} policies: {time.process_time() - before:.2f} s own, {gaps} gaps")
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(name.partition("@")[0], []).append(name)
    each = []
    for one, two in (pair for family in families.values() for pair in pairwise(family)):
        old, new = load_policy(one), load_policy(two)
        before = time.process_time()
        diff(old, new)
        each.append((time.process_time() - before, f"{one} beside {two}"))
    if each:
        times, worst = [own for own, _ in each], max(each)
        told = f"median {median(times):.2f} s, worst {worst[0]:.2f} s ({worst[1]})"
        print(f"diff of {len(each)} neighbouring versions, own: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three policies, 3 events, 1 stretch")
    parser.add_argument("--only", metavar="POLICY", help="one policy")
    parser.add_argument("--events", type=int, help="the most events of a timeline (6)")
    parser.add_argument("--timeout", type=float, default=60.0, help="wall s a question to z3 (60)")
    given = parser.parse_args()
    names = (given.only,) if given.only else QUICK if given.quick else policy_ids()
    events = given.events or (3 if given.quick else 6)
    state(f"{len(names)} policies, all harms, both beginnings, {events} events", "z3-solver")
    reading(names if given.only or given.quick else policy_ids())
    print(flush=True)
    work = {name: list(questions(name, given.quick, events, given.timeout)) for name in names}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        answers = by_policy(pool, work)
    if answers:
        by_way(answers)
        reasons(answers)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"load average at the end {load}; peak of this process {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
