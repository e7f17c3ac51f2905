"""Policies and records made up from a fixed seed, for the benchmarks; nothing in them is real."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2023, 1, 1)
DAYS = 1000
LAST_DAY = FIRST_DAY + timedelta(days=DAYS)
MODELS = 50
THRESHOLDS = 20
TOPICS = 200
"""What reports, decisions and powers are about."""
POLICY_ID = "benchmark/policy@1"

_ACTIONS = ("deploy", "train", "use-inside")
_ASSESSMENTS = ("preliminary", "comprehensive", "follow_up", "safeguards")


# --- policies ------------------------------------------------------------------------------------


def policy_text(clauses: int) -> str:
    """A policy of that many clauses, each for every model.

    They are of all six kinds, about as often as in the policies of the package.
    """
    parts = [_HEAD, "thresholds:\n"]
    parts += [_THRESHOLD.format(n=number) for number in range(THRESHOLDS)]
    parts.append("standards:\n")
    parts += [
        f"  standard-{number}: {{title: Standard {number}, text: Safe enough, source: s.3}}\n"
        for number in range(THRESHOLDS)
    ]
    parts.append(_DEFINITIONS)
    so_far: Counter[str] = Counter()
    for number in range(clauses):
        kind = _KINDS[number % len(_KINDS)]
        body = kind(so_far[kind.__name__])
        so_far[kind.__name__] += 1
        head = f"- id: clause-{number}\n  title: Clause {number}\n  source: s.{number}\n"
        parts.append(f"{head}  for_each: model\n{body}")
    return "".join(parts)


_HEAD = f"""policy: {POLICY_ID}
title: A policy made up for benchmarks
effective: {FIRST_DAY}
month_end: down
source: nothing
terms:
  soon:
    phrase: soon
    type: duration
    literal: any
    charitable: at most 2 months
    source: s.1
roles:
  ceo: {{title: Chief Executive Officer}}
  rso: {{title: Responsible Scaling Officer}}
  board: {{title: Board}}
"""
_THRESHOLD = """  threshold-{n}:
    title: Threshold {n}
    text: Able to do it.
    source: s.2
    requires: [standard-{n}]
"""
_DEFINITIONS = """define:
  notably-more-capable: >-
    growth(assessment_completed[assessment=comprehensive]) >= 4x
    or since(assessment_completed[assessment=comprehensive]) >= 6 months
clauses:
"""


def _of(number: int) -> tuple[int, int, str]:
    return number % THRESHOLDS, number * 7 % TOPICS, _ACTIONS[number % 3]


def _whenever(number: int) -> str:
    t, topic, _ = _of(number)
    bodies = (
        f"""  when: evaluation_result[threshold=threshold-{t}]
  then: internal_report[what=topic-{topic}]
  within: 30 days
""",
        f"""  when: assessment_completed[assessment={_ASSESSMENTS[number % 4]}]
  if: notably-more-capable and status(threshold-{t}) != below
  then: ["capability_report[covers includes topic-{topic}]", "published[what=topic-{topic}]"]
  within: 2 months
""",
        f"""  when: incident[threshold=threshold-{t}]
  then: incident_reported[to includes board]
  within: {{time: 72 hours, of: [discovered, aware]}}
""",
        f"""  when: model_released[stage=general]
  if: status(threshold-{t}) != below
  require: did(safeguards_report[what=topic-{topic}]) and in_place(standard-{t})
""",
        f"""  when: internal_report[what=topic-{topic}]
  then: board_or_trust_notice[what=topic-{topic}, to includes board]
  within: soon
""",
    )
    return "  kind: whenever\n" + bodies[number % len(bodies)]


def _becomes(number: int) -> str:
    t, topic, _ = _of(number)
    return f"""  kind: whenever
  becomes: running(deploy) and status(threshold-{t}) != below
  then: risk_report[what=topic-{topic}]
  within: 3 months
"""


def _cadence(number: int) -> str:
    t, topic, action = _of(number)
    bodies = (
        f"  do: internal_report[what=topic-{topic}]\n  every: {number % 11 + 1} months\n",
        f"  do: evaluation_result[threshold=threshold-{t}]\n  every: 3 months\n",
        "  do: assessment_completed[assessment=comprehensive]\n"
        '  every: 6 months\n  growth: ">= 4x"\n',
    )
    return f"  kind: cadence\n  while: running({action})\n{bodies[number % len(bodies)]}"


def _forbid(number: int) -> str:
    t, topic, action = _of(number)
    bodies = (
        f"  unless: status(threshold-{t}) = below or in_place(required(threshold-{t}))\n",
        f"  if: status(threshold-{t}) != below\n"
        f"  unless: since(assessment_completed[assessment=comprehensive]) <= 182 days\n"
        f"  grace: 1 day\n",
        f"  unless: did(capability_report[covers includes topic-{topic}]) or "
        f"count(evaluation_result[threshold=threshold-{t}]) >= 3\n",
    )
    return f"  kind: forbid\n  action: {action}\n{bodies[number % len(bodies)]}"


def _maintain(number: int) -> str:
    t, topic, action = _of(number)
    bodies = (
        f"  keep: in_place(standard-{t})\n  grace: 2 weeks\n",
        f"  keep: since(internal_report[what=topic-{topic}]) <= 1 year\n",
    )
    body = bodies[number % len(bodies)]
    return (
        f"  kind: maintain\n  while: running({action}) and status(threshold-{t}) != below\n{body}"
    )


def _procedure(number: int) -> str:
    t, topic, action = _of(number)
    return f"""  kind: procedure
  decision: decision[what=topic-{topic}]
  gates: [{action}]
  if: status(threshold-{t}) != below
  steps:
    - {{id: report, title: Report, do: "capability_report[covers includes topic-{topic}]"}}
    - {{id: decide, title: Decide, by: [ceo, rso]}}
    - {{id: consult, title: Consult, do: "feedback_received[from=external]", force: aim}}
    - id: tell
      title: Tell the board
      do: board_or_trust_notice[to includes board]
      before: model_released
"""


def _power(number: int) -> str:
    t, topic, _ = _of(number)
    return f"""  kind: power
  by: [board]
  exercised: power_exercised[power=power-{topic}]
  if: status(threshold-{t}) != below
  price:
    then: published[what=topic-{topic}]
    within: 30 days
"""


_KINDS = (
    *(_whenever, _forbid, _whenever, _cadence, _whenever, _procedure, _whenever, _maintain),
    *(_becomes, _whenever, _forbid, _power, _whenever, _cadence, _whenever, _becomes),
    *(_maintain, _whenever, _forbid, _whenever),
)


# --- records -------------------------------------------------------------------------------------


def fields(count: int, models: int = MODELS) -> Iterator[dict[str, object]]:
    """Facts of a complete record in order of date; the first adopts the policy.

    The first facts of each model begin its training, release it and decide every threshold. The
    rest are of the kinds that a policy asks about, each about one model and one topic or threshold.
    """
    source = random.Random(1)
    yield {"id": "f-0", "date": f"{FIRST_DAY}", "kind": "policy_adopted", "policy": POLICY_ID}
    for number in range(1, count):
        day = FIRST_DAY + timedelta(days=number * DAYS // count)
        yield {"id": f"f-{number}", "date": f"{day}", **_some_fact(source, number, models)}


def _some_fact(source: random.Random, number: int, models: int) -> dict[str, object]:
    if number <= models:
        return {"kind": "training_started", "model": f"model-{number - 1}"}
    if number <= 2 * models:
        return {"kind": "model_released", "model": f"model-{number - models - 1}"}
    if number <= 3 * models:
        model = f"model-{number - 2 * models - 1}"
        return {"kind": "threshold_decision", "model": model, **_findings(source, THRESHOLDS)}
    kind, about = source.choices(_FACTS, _WEIGHTS)[0]
    return {"kind": kind, "model": f"model-{source.randrange(models)}", **about(source)}


def _topic(source: random.Random) -> dict[str, object]:
    return {"what": f"topic-{source.randrange(TOPICS)}"}


def _threshold(source: random.Random) -> dict[str, object]:
    return {"threshold": f"threshold-{source.randrange(THRESHOLDS)}"}


def _standard(source: random.Random) -> dict[str, object]:
    return {"standard": f"standard-{source.randrange(THRESHOLDS)}"}


def _findings(source: random.Random, count: int = 3) -> dict[str, object]:
    found = {
        f"threshold-{number}": source.choice(("below", "below", "alert"))
        for number in source.sample(range(THRESHOLDS), count)
    }
    return {"findings": found, "by": ["ceo", "rso"]}


_FACTS: tuple[tuple[str, Callable[[random.Random], dict[str, object]]], ...] = (
    ("evaluation_result", _threshold),
    ("internal_report", _topic),
    ("training_progress", lambda s: {"effective_compute": s.randrange(1, 10**4) * 1e22}),
    ("assessment_completed", lambda s: {"assessment": s.choice(_ASSESSMENTS)}),
    ("threshold_decision", _findings),
    ("capability_report", lambda s: {"covers": [f"topic-{s.randrange(TOPICS)}"]}),
    ("safeguards_report", _topic),
    ("risk_report", _topic),
    ("published", _topic),
    ("board_or_trust_notice", lambda s: {**_topic(s), "to": ["board"]}),
    ("feedback_received", lambda s: {"from": s.choice(("internal", "external"))}),
    ("decision", lambda s: {**_topic(s), "by": ["ceo", "rso"]}),
    ("standard_activated", _standard),
    ("standard_lapsed", _standard),
    ("incident", _threshold),
    ("incident_reported", lambda _: {"to": ["board"]}),
    ("power_exercised", lambda s: {"power": f"power-{s.randrange(TOPICS)}", "by": ["board"]}),
    ("model_released", lambda s: {"stage": s.choice(("internal", "general"))}),
    ("model_withdrawn", lambda _: {}),
)
_WEIGHTS = (24, 16, 10, 8, 6, 6, 4, 4, 6, 4, 3, 3, 2, 0.5, 1, 1, 0.5, 0.6, 0.4)


def write_policy(folder: Path, clauses: int) -> Path:
    """A policy file of that many clauses."""
    path = folder / f"{clauses}.yaml"
    path.write_text(policy_text(clauses), encoding="utf-8")
    return path


def write_record(folder: Path, facts: int) -> Path:
    """A record file of that many facts."""
    path = folder / f"{facts}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"record": "Benchmark"}\n')
        file.writelines(json.dumps(fact) + "\n" for fact in fields(facts))
    return path
