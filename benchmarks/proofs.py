"""Proofs for any number of events: how long they take to find, and to check again.

    python benchmarks/proofs.py            # certificates of the package: check each again
    python benchmarks/proofs.py --find     # and find each invariant anew
    python benchmarks/proofs.py --file POLICY HARM START TAKING   # prove, and file the certificate
    python benchmarks/proofs.py --again    # file anew what does not hold, after a policy changed

CPU seconds of the process. Checking generates the system from the policy and asks a plain solver
three questions; finding asks the solver of Horn clauses, clause by clause.
"""

from __future__ import annotations

import argparse
import time

from conditions import peak_mib, state
from ifthen import load_policy
from ifthen.review.loopholes.harms import choose, load_harms
from ifthen.review.loopholes.proof.attempt import attempt
from ifthen.review.loopholes.proof.certificate import (
    FOLDER,
    Certificate,
    parse,
    recheck,
)
from ifthen.review.loopholes.proof.prove import prove
from ifthen.review.loopholes.proof.system import Question
from ifthen.review.loopholes.study import world_for
from ifthen.review.loopholes.world import World


def question(policy_id: str, harm: str, start: str, taking: str, *, bounded: bool) -> Question:
    """A question by its names."""
    policy = load_policy(policy_id)
    harms = load_harms(policy)
    (one,) = choose(harms.harms, (harm,))
    world = world_for(policy, harms.margin, World())
    return Question(policy, one, start, taking, world, bounded)  # type: ignore[arg-type]


def measure(found: Certificate, *, find: bool) -> None:
    """Check a certificate again; find it anew where that is asked for."""
    asked = question(found.policy, found.harm, found.start, found.taking, bounded=found.bounded)
    checked = recheck(found, asked)
    line = f"{found.policy:26} {found.harm:11} {found.start:9} {found.taking:10}"
    line += f" {len(found.clauses):>3} {len(found.invariant):>4} {checked.seconds:>7.2f}"
    if find:
        before = time.process_time()
        again = prove(asked, 120)
        line += f" {time.process_time() - before:>7.1f}{'' if again.proved else ' not found'}"
    print(line if checked.holds else f"{line} does not hold: {checked.why}")


def file(names: tuple[str, str, str, str]) -> None:
    """Prove, and file the certificate."""
    asked = question(*names, bounded=False)
    found = attempt(
        asked.policy, asked.harm, asked.start, asked.world, takings=(asked.taking,), timeout=120
    )
    made = found.certificate
    if made is None:
        print(f"not proved: {found.why}")
        return
    (FOLDER / made.name).write_text(made.text(), encoding="utf-8")
    print(f"{made.name}: rests on {', '.join(made.clauses) or 'no clause'}")


def main() -> None:
    """Measure, or file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--file", nargs=4, metavar=("POLICY", "HARM", "START", "TAKING"))
    arguments = parser.parse_args()
    if arguments.file:
        file(tuple(arguments.file))
        return
    if arguments.again:
        for path in sorted(FOLDER.glob("*.json")):
            old = parse(path.read_text(encoding="utf-8"))
            names = (old.policy, old.harm, old.start, old.taking)
            if not recheck(old, question(*names, bounded=old.bounded)).holds:
                file(names)
        return
    state("certificates of the package", "z3-solver")
    print(f"{'policy':26} {'harm':11} {'start':9} {'words':10} cl. parts   check    find")
    for path in sorted(FOLDER.glob("*.json")):
        measure(parse(path.read_text(encoding="utf-8")), find=arguments.find)
    print(f"peak {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
