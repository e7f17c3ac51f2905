"""The arrays against a plain reading of the same plans and draws, future by future."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import live_one
from small import world

from ifthen.evidence.futures import Growth
from ifthen.review.stress.draws import draw
from ifthen.review.stress.houses import House
from ifthen.review.stress.plan import ACTIONS, Clock, Plan
from ifthen.review.stress.simulate import simulate

GROWTH = (
    Growth("compute", 3.0, 6.0),
    Growth("work", 1.5, 6.0, lumps=6, counted=False),
)
NEVER = math.inf


def lengths(least: int, most: int) -> Any:
    return st.sampled_from([NEVER, NEVER, float(least), float((least + most) // 2), float(most)])


@st.composite
def clocks(draw_: Any) -> Clock:
    growths = st.sampled_from([NEVER, NEVER, math.log(1.5), math.log(4)])
    return Clock(draw_(lengths(20, 200)), draw_(lengths(20, 200)), draw_(growths), draw_(growths))


@st.composite
def plans(draw_: Any) -> Plan:
    graces = st.sampled_from([NEVER, 0.0, 3.0, 40.0])
    stops = {action: (NEVER, *(draw_(graces) for _ in range(3))) for action in ACTIONS}
    house = House(
        "any",
        "any",
        "charitable",
        1.0,
        1.0,
        "held",
        draw_(st.sampled_from([1.0, 2.0])),
        draw_(st.sampled_from([1.0, 3.0])),
        draw_(st.sampled_from([0.0, 6.5, 30.0])),
        draw_(st.sampled_from([1.0, 20.0])),
        60.0,
    )
    return Plan(
        draw_(clocks()),
        draw_(lengths(15, 90)),
        draw_(clocks()),
        draw_(lengths(0, 60)),
        draw_(st.booleans()),
        draw_(st.sampled_from([0.0, math.log(3)])),
        draw_(st.sampled_from([1, 2])),
        stops,
        (False, draw_(st.booleans()), draw_(st.booleans()), draw_(st.booleans())),
        house,
    )


@settings(max_examples=40, deadline=None)
@given(plan=plans(), seed=st.integers(0, 50), ahead=st.sampled_from([1.5, 4.0, 12.0]))
def test_arrays_live_through_the_futures_that_a_plain_reading_does(
    plan: Plan, seed: int, ahead: float
) -> None:
    setting = world(ahead, nearest=1.01, safeguards_days=60.0, safeguards_high_days=200.0)
    few = np.arange(2048) < 6
    draws = draw(setting, GROWTH, 1.2, seed, 0).chosen(few)
    found = simulate(plan, 95.0, draws)
    for who in range(6):
        for name, value in live_one(plan, 95.0, draws, who).items():
            got = float(getattr(found, name)[who])
            same = math.isclose(got, value, abs_tol=1e-9) or (math.isnan(got) and math.isnan(value))
            assert same, (who, name, got, value)
