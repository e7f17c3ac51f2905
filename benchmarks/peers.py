"""The same decision asked of ifthen and of two peers, in one run.

    python benchmarks/peers.py            # three years of days, 1 to 1,000 policies
    python benchmarks/peers.py --quick    # half a year, 1 and 10 policies

"A model may be trained only if an assessment was completed in the last 182 days", asked at the
end of every day of a made-up record. The three must give the same answer on every day.

- ifthen is asked with `permission` and gives the clauses, with their explanation, and what is
  missing; the session keeps the record, so that moving it to the next day is measured apart.
- cedarpy is asked with `is_authorized`, policies and entities parsed once; it names the policies
  that decided. It keeps no record: the caller counts the days, which is not measured.
- reelay monitors a stream of one event a day in past temporal logic; it gives true or false, and
  no explanation. It judges one property, so it has one row.

The other policies are holds of the same form: a third on training, for other kinds of assessment
of which the last is always recent, and two thirds on other actions.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta

from conditions import installed, median, state

LIMIT = 182
FIRST_DAY = date(2023, 1, 1)
MODEL = "model-0"
ASSESSMENTS = ("preliminary", "follow_up", "safeguards", "lighter")
OTHERS = ("train", "deploy", "use-inside")


def assessed(days: int) -> list[bool]:
    """Whether a comprehensive assessment was completed on each day."""
    source = random.Random(1)
    found = [False] * days
    day = 20
    while day < days:
        found[day] = True
        day += source.randrange(120, 260)
    return found


# --- ifthen ---------------------------------------------------------------------------------------


def policy_text(policies: int) -> str:
    """As many holds, the first of which is the property in question."""
    head = f"""policy: benchmark/peers@1
title: Holds
effective: {FIRST_DAY}
month_end: down
source: nothing
clauses:
"""
    return head + "".join(
        f"""- id: hold-{number}
  kind: forbid
  title: Hold {number}
  source: s.{number}
  for_each: model
  action: {_action(number)}
  unless: did({_event(number)}) and since({_event(number)}) <= {LIMIT} days
"""
        for number in range(policies)
    )


def _action(number: int) -> str:
    return OTHERS[number % 3]


def _assessment(number: int) -> str:
    return "comprehensive" if number == 0 else ASSESSMENTS[number % 4]


def _event(number: int) -> str:
    return f"assessment_completed[assessment={_assessment(number)}]"


def record_text(days: list[bool]) -> str:
    """The record: training from the first day, and every assessment."""
    lines = [
        "record: Benchmark",
        "facts:",
        f"- {{id: adopted, date: {FIRST_DAY}, kind: policy_adopted, policy: benchmark/peers@1}}",
        f"- {{id: started, date: {FIRST_DAY}, kind: training_started, model: {MODEL}}}",
    ]
    for place, comprehensive in enumerate(days):
        recent = ASSESSMENTS if place % 90 == 0 else ()
        for assessment in (*recent, *(("comprehensive",) if comprehensive else ())):
            day = FIRST_DAY + timedelta(days=place)
            what = f"kind: assessment_completed, assessment: {assessment}, model: {MODEL}"
            lines.append(f"- {{id: {assessment}-{place}, date: {day}, {what}}}")
    return "\n".join(lines) + "\n"


def ask_ifthen(policies: int, days: list[bool]) -> tuple[list[bool], list[float], list[float]]:
    """Answers, seconds per decision, and seconds to move on to each day."""
    from ifthen import Session, Source, moment, parse_policy, parse_record
    from ifthen.ruling.may import permission

    policy = parse_policy(Source("policy.yaml", policy_text(policies)))
    session = Session([policy], parse_record(Source("record.yaml", record_text(days))))
    answers, deciding, moving = [], [], []
    for place in range(len(days)):
        at = moment(str(FIRST_DAY + timedelta(days=place)))
        start = time.perf_counter()
        session.advance(at)
        moved = time.perf_counter()
        found = permission(session, "train", MODEL)
        deciding.append(time.perf_counter() - moved)
        moving.append(moved - start)
        answers.append(found.answer == "permitted")
    return answers, deciding, moving


# --- cedarpy --------------------------------------------------------------------------------------


def cedar_text(policies: int) -> str:
    """The same holds in Cedar: everything is permitted that no hold forbids."""
    return "permit(principal, action, resource);\n" + "".join(
        f"""@id("hold-{number}")
forbid(principal, action == Action::"{_action(number)}", resource)
unless {{ context has {_assessment(number)} && context.{_assessment(number)} <= {LIMIT} }};
"""
        for number in range(policies)
    )


def ask_cedar(policies: int, days: list[bool]) -> tuple[list[bool], list[float]]:
    """Answers, and seconds per decision."""
    from cedarpy import Entities, PolicySet, is_authorized

    parsed, entities = PolicySet.from_str(cedar_text(policies)), Entities.from_json_str("[]")
    answers, deciding = [], []
    for ages in _ages(days):
        request = {
            "principal": 'User::"lab"',
            "action": 'Action::"train"',
            "resource": f'Model::"{MODEL}"',
            "context": ages,
        }
        start = time.perf_counter()
        found = is_authorized(request, parsed, entities)
        deciding.append(time.perf_counter() - start)
        answers.append(found.allowed)
    return answers, deciding


def _ages(days: list[bool]) -> Iterator[dict[str, int]]:
    """Days since the last assessment of each kind, at the end of each day."""
    last: dict[str, int] = {}
    for place, comprehensive in enumerate(days):
        if place % 90 == 0:
            last.update(dict.fromkeys(ASSESSMENTS, place))
        if comprehensive:
            last["comprehensive"] = place
        yield {name: place - day for name, day in last.items()}


# --- reelay ---------------------------------------------------------------------------------------


def ask_reelay(days: list[bool]) -> tuple[list[bool], list[float]]:
    """Answers, and seconds per event."""
    from reelay import discrete_timed_monitor

    pattern = f"once[0:{LIMIT}]{{assessed: true}}"
    monitor = discrete_timed_monitor(pattern=pattern, condense=False)
    answers, deciding = [], []
    for comprehensive in days:
        start = time.perf_counter()
        found = monitor.update({"assessed": comprehensive})
        deciding.append(time.perf_counter() - start)
        answers.append(found["value"])
    return answers, deciding


# --- the table ------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer days and policies")
    quick = parser.parse_args().quick
    days = assessed(183 if quick else 1096)
    absent = [name for name in ("cedarpy", "reelay") if installed(name) is None]
    state(
        f"{len(days)} days with {sum(days)} assessments; median over the days", "cedarpy", "reelay"
    )
    for name in absent:
        print(f"{name} is not installed and left out (pip install {name})")
    print(f"{'policies':>8} {'us each':>9} {'us a day':>9}  {'asked':<8} returns")
    for policies in (1, 10) if quick else (1, 10, 100, 1000):
        ours, deciding, moving = ask_ifthen(policies, days)
        whole = [sum(both) for both in zip(deciding, moving, strict=True)]
        _row(policies, deciding, whole, "ifthen", "answer, clauses, explanation, what is missing")
        if "cedarpy" not in absent:
            theirs, deciding = ask_cedar(policies, days)
            _row(policies, deciding, deciding, "cedarpy", "answer, ids of the deciding policies")
            _same("cedarpy", ours, theirs)
        if "reelay" not in absent and policies == 1:
            theirs, deciding = ask_reelay(days)
            _row(policies, deciding, deciding, "reelay", "answer; no explanation")
            _same("reelay", ours, theirs)
    asked = [name for name in ("ifthen", "cedarpy", "reelay") if name not in absent]
    held = ours.count(False)
    print(f"\n{', '.join(asked)} agree on every day: held on {held} of {len(days)}")


def _row(policies: int, each: list[float], day: list[float], name: str, returns: str) -> None:
    a, b = (median(seconds) * 1e6 for seconds in (each, day))
    print(f"{policies:>8,} {a:>9.1f} {b:>9.1f}  {name:<8} {returns}", flush=True)


def _same(name: str, ours: list[bool], theirs: list[bool]) -> None:
    """Stop where two answers differ."""
    for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if one != other:
            day = FIRST_DAY + timedelta(days=place)
            raise SystemExit(f"on {day} ifthen says {one} and {name} says {other}")


if __name__ == "__main__":
    main()
