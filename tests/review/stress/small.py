"""Small policies, a house without error, and a world in which all can be reckoned by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from ifthen import Source, parse_policy
from ifthen.evidence.futures import YEAR, Growth
from ifthen.policy.model import Policy
from ifthen.review.stress.derive import derive
from ifthen.review.stress.houses import House, Setting
from ifthen.review.stress.plan import Change
from ifthen.review.stress.run import Futures, case_of, run
from ifthen.review.stress.simulate import Outcome

HEAD = """\
policy: example/small@1
title: A small policy
effective: 2025-01-01
source: made up
rows: []
thresholds:
  harm: {title: Harm, text: Does harm., source: s.1, requires: [guard]}
standards:
  guard: {title: Guard, text: Guards., source: s.2}
"""
CADENCE = """\
  - {id: cadence, kind: cadence, for_each: model, title: assess, source: s.3, encodes: [],
     while: running(train), do: assessment_started, every: %s}
"""
GATES = """\
  - {id: train-gate, kind: forbid, for_each: model, title: train, source: s.4, encodes: [],
     action: train,
     unless: "every t in thresholds: status(t) = below or in_place(required(t))"}
  - {id: deploy-gate, kind: forbid, for_each: model, title: deploy, source: s.4, encodes: [],
     action: deploy,
     unless: "every t in thresholds: status(t) = below or in_place(required(t))"}
  - {id: use-gate, kind: forbid, for_each: model, title: use, source: s.4, encodes: [],
     action: use-inside,
     unless: "every t in thresholds: status(t) = below or in_place(required(t))"}
"""
EXACT = House("exact", "makes no error", "charitable", 1.0, 1.0, "held", 1.0, 1.0, 0.0, 30.0, 30.0)
"""Nothing falls short, no noise, findings at once, assessments of 30 days."""
STEADY = (Growth("all", 10.0, 10.0),)
"""Ten times a year, in every future."""


def policy(clauses: str, head: str = HEAD) -> Policy:
    return parse_policy(Source("small.yaml", f"{head}clauses:\n{clauses}"))


def world(ahead: float, **more: Any) -> Setting:
    """A world whose threshold lies exactly so far off."""
    return replace(Setting(ahead, 120.0, 100.0, 100.0, nearest=ahead), **more)


def live(
    text: Policy | str,
    house: House = EXACT,
    setting: Setting | None = None,
    growth: tuple[Growth, ...] = STEADY,
    *,
    years: float = 2.0,
    count: int = 100,
    seed: int = 0,
    change: Change | None = None,
) -> Outcome:
    """The futures of a policy as one house keeps it."""
    promised = text if isinstance(text, Policy) else policy(text)
    futures = Futures(setting or world(4.0), growth, years, count, seed)
    [outcome] = run([case_of(promised, derive(promised), house, change)], futures)
    return outcome


def reached(factor: float, yearly: float = 10.0) -> int:
    """The first day at whose end growth at so much a year has come so far."""
    return math.ceil(YEAR * math.log(factor) / math.log(yearly))
