"""The naive searcher: whole timelines made up by hypothesis and judged by ``rule``, with shrinking.

It is given the same kinds of event, the same bound on events and months, compute that grows no
faster than the world allows, days in order, and attributes from the words that the clauses test. It
aims at nothing else: whether a timeline breaks the clauses, ends in the harm and is one that the
world allows is asked afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ifthen.dates import Day
from ifthen.review.loopholes.calendar import day_number
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.models import FIGURES
from ifthen.vocabulary import KINDS

Timeline = tuple[tuple[Plain, ...], Day]
"""The facts that were chosen, and the day of the ruling."""


def solve(
    length: int,
    kinds: Sequence[str],
    words: Mapping[str, Sequence[Mapping[str, Any]]],
    rate: int,
    months: int,
    full: Full,
    wanted: Callable[[Timeline], bool],
    limit: float,
) -> tuple[str, Timeline | None, float, int]:
    """The answer, the shrunk timeline, own seconds, and how many timelines were judged."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    event = st.tuples(st.sampled_from(sorted(kinds)), st.integers(0, 30), st.integers(0, 2000))
    whole = st.tuples(
        st.lists(
            st.tuples(event, st.integers(0, months * 28 - 1)), min_size=length, max_size=length
        ),
        st.integers(0, months * 28 - 1),
    )
    begun, judged = time.process_time(), 0

    class Spent(Exception):
        """The time is up."""

    def timeline(drawn: Any) -> Timeline:
        facts, compute, last = [], 0, 0
        by_day = sorted(drawn[0], key=lambda one: (one[1], KINDS[one[0][0]].phase))
        for (kind, word, growth), place in by_day:
            month, dom = divmod(place, 28)
            day = day_number(month * 31 + dom + 1)
            said = words.get(kind) or [{}]
            if kind in FIGURES:
                elapsed = max(0, month * 30 + dom - last)
                compute, last = compute + min(growth, rate * elapsed), month * 30 + dom
            model = MODELS[0] if KINDS[kind].needs_model else None
            stated = full.stated(kind, {**full.lists(kind), **said[word % len(said)]})
            figure = compute if kind in FIGURES else None
            facts.append(Plain(kind, day, model, stated, figure, "chosen"))
        month, dom = divmod(max([drawn[1], *(one[1] for one in by_day)]), 28)
        return tuple(facts), day_number(month * 31 + dom + 1)

    def good(drawn: Any) -> bool:
        nonlocal judged
        if time.process_time() - begun > limit:
            raise Spent
        judged += 1
        return wanted(timeline(drawn))

    chosen = settings(
        max_examples=10**9,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        found = find(whole, good, settings=chosen)
    except (Spent, NoSuchExample):
        return "undetermined", None, time.process_time() - begun, judged
    return "found", timeline(found), time.process_time() - begun, judged
