"""The search for loopholes: whether it agrees with the ruling, how long it takes, how it grows.

    python benchmarks/loopholes.py             # 40 timelines a clause, 5,000 random policies
    python benchmarks/loopholes.py --quick     # 2 timelines a clause, 200 random policies

Agreement: every clause of every encoded policy, and clauses of random policies, on random
timelines, judged by the encoding that the solver is given and by ``rule``. The tests run a share
of it. Growth: one harm that is not found, by number of events, in CPU seconds of the process.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random

from conditions import peak_mib, state

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "review" / "loopholes"))

import texts
from test_agreement import disagreement

from ifthen import load_policy, policy_ids
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import choose, load_harms
from ifthen.review.loopholes.problem import Setting
from ifthen.review.loopholes.search import Search, charitably, literally
from ifthen.review.loopholes.start import beginning
from ifthen.review.loopholes.study import world_for
from ifthen.review.loopholes.world import World

GROWTH = (("anthropic/rsp@1.0", "stale"), ("anthropic/rsp@1.0", "trained"))


def agreement(rounds: int, made_up: int) -> None:
    """Judge clauses in both ways; print how many differ."""
    random, judged, apart, told = Random(2026), 0, [], set()
    work = [
        (policy, clause)
        for policy in map(load_policy, policy_ids())
        for clause in policy.clauses
        if clause.common.for_each != "standard"
        for _ in range(rounds)
    ]
    work += [
        (policy, clause)
        for policy in (texts.policy(random) for _ in range(made_up))
        for clause in policy.clauses
    ]
    before = time.process_time()
    for policy, clause in work:
        try:
            found = disagreement(policy, clause, random)
        except Unsupported:
            told.add((policy.id, clause.common.id))
            continue
        judged += 1
        if found is not None:
            apart.append(found)
    seconds = time.process_time() - before
    print(f"agreement: {judged} judged in {seconds:.0f} s, {len(apart)} apart")
    print(f"  {len({one for one in told if one[0] != 'lab/random@1'})} encoded clauses not told")
    for one in apart[:5]:
        print(f"  {one[:300]}")


def growth(most: int) -> None:
    """Seconds to find none, by number of events and of models."""
    print(f"{'policy':22} {'harm':9} {'models':>6} {'events':>6} {'own s':>7}  status")
    for name, harm_id in GROWTH:
        policy = load_policy(name)
        harms = load_harms(policy)
        (harm,) = choose(harms.harms, (harm_id,))
        full, world = Full(policy), world_for(policy, harms.margin, World())
        for models in (1, 2):
            setting = Setting(policy, world, beginning(policy, "assessed", full), models, 120.0)
            search = Search(setting, harm, full)
            for events in range(2, most + 1, 2):
                before = time.process_time()
                outcome = search.at(events, charitably)
                own = time.process_time() - before
                print(f"{name:22} {harm_id:9} {models:6} {events:6} {own:7.2f}  {outcome.status}")


def speed() -> None:
    """Seconds to the shortest timeline, literally and charitably."""
    print(f"{'policy':26} {'harm':12} {'literally':>20} {'charitably':>22}")
    for name in policy_ids():
        policy = load_policy(name)
        harms = load_harms(policy)
        full, world = Full(policy), world_for(policy, harms.margin, World())
        given = beginning(policy, "assessed", full)
        for harm in harms.harms:
            search = Search(Setting(policy, world, given, 1, 60.0), harm, full)
            cells = []
            for assumed in (literally, charitably):
                before = time.process_time()
                outcome = search.run(assumed, range(7))
                own = time.process_time() - before
                cells.append(f"{outcome.status} {outcome.length} {own:6.2f} s")
            print(f"{name:26} {harm.id:12} {cells[0]:>20} {cells[1]:>22}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    quick = parser.parse_args().quick
    state("the policies that come with the package, and random ones", "z3-solver")
    agreement(2 if quick else 40, 200 if quick else 5_000)
    growth(6 if quick else 12)
    if not quick:
        speed()
    print(f"peak {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
