"""One future after the other, in plain Python: a second reading of how a future goes.

It keeps a diary of findings and assessments and asks it every day what follows, where the real one
carries arrays along. It shares the plan and the draws with it and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ifthen.review.stress.draws import Draws
from ifthen.review.stress.plan import ACTIONS, Plan


@dataclass
class Assessment:
    start: int
    done: int
    found: int
    rank: int
    past: bool
    """Whether what it looked at was past the threshold."""
    at_start: float
    """Compute that growth triggers count."""
    at_done: float | None = None
    for_release: bool = False


@dataclass
class Diary:
    looks: list[Assessment] = field(default_factory=list)
    findings: list[tuple[int, int]] = field(default_factory=list)
    """Day and rank."""
    safe: float = math.inf


def live_one(plan: Plan, release_days: float, draws: Draws, who: int) -> dict[str, float]:
    """What becomes of one future of a block."""
    lengths, errors = draws.lengths(plan.house), draws.errors(plan.house)
    short = draws.falls_short(plan.house)[who]
    threshold = draws.threshold[who]
    level = counted = 0.0
    names = ("trained", "used_inside", "deployed", "exposed", "paused", "early", "withdrawn")
    days = dict.fromkeys(names, 0.0)
    overshoot, alarms = math.nan, 0
    out_past = waiting = False
    release, follow, poll = math.ceil(draws.release[who]), math.inf, plan.poll_days
    diary = Diary()

    def rank(number: int) -> int:
        seen = level - short + errors[number % len(errors)][who]
        if seen >= threshold:
            return 3
        return plan.near if seen + plan.margin >= threshold else 0

    def taking() -> int:
        return int(lengths[len(diary.looks) % len(lengths)][who])

    def stopped(action: str, day: int) -> bool:
        """Whether some run of findings that close it without a break has lasted its grace."""
        since = [plan.stops[action][r] + d for d, r in _unbroken(plan, action, diary.findings)]
        return bool(since) and min(since) <= day

    def note(finding: int, day: int) -> None:
        nonlocal overshoot
        diary.findings.append((day, finding))
        if plan.builds[finding] and math.isinf(diary.safe):
            diary.safe = day + draws.safeguards[who]
        if finding and math.isinf(overshoot):
            overshoot = level - threshold

    first = Assessment(0, 0, 0, rank(0), False, 0.0, 0.0)
    diary.looks.append(first)
    note(first.rank, 0)
    for day in range(1, draws.days + 1):
        bare = diary.safe > day
        stop = {action: bare and stopped(action, day) for action in ACTIONS}
        if not stop["train"]:
            level += draws.rate[who] + (0 if draws.jumps is None else draws.jumps[day][who])
            counted += draws.counted[who]
        past = level >= threshold
        if past and math.isnan(overshoot):
            overshoot = 0.0 if diary.findings[-1][1] or not bare else math.inf
        exposed = {
            "trained": past and bare and not stop["train"],
            "used_inside": past and bare and not stop["use-inside"],
            "deployed": out_past and bare and not stop["deploy"],
        }
        for name, true in exposed.items():
            days[name] += true
        days["exposed"] += any(exposed.values())
        days["paused"] += stop["train"]
        days["early"] += stop["train"] and not past
        days["withdrawn"] += stop["deploy"]

        last = diary.looks[-1]
        if last.done == day:
            last.at_done = counted
        if last.found == day:
            alarms += last.rank == 3 and not last.past and diary.safe > day
            note(last.rank, day)
            if last.for_release and not stopped("deploy", day):
                out_past = last.past
        if day >= release:
            release += release_days
            if plan.before_release:
                waiting = True
            elif not stopped("deploy", day):
                out_past = past
        done = [each for each in diary.looks if each.at_done is not None][-1]
        idle = last.found <= day
        if day >= poll:
            poll += plan.poll_days
            clock = plan.follows
            due = (
                day - last.start >= clock.start_days
                or day - done.done >= clock.done_days
                or counted - last.at_start >= clock.start_growth
                or counted - done.at_done >= clock.done_growth
            )
            if due and idle and math.isinf(follow):
                follow = day + max(0.0, plan.within_days - taking())
        clock = plan.looks
        due = (
            day >= last.start + clock.start_days
            or day >= done.done + clock.done_days - taking()
            or counted >= last.at_start + clock.start_growth
            or counted >= done.at_done + clock.done_growth
            or day >= follow
            or waiting
        )
        if due and idle and not stop["train"]:
            end = day + taking()
            found = end + math.ceil(plan.house.finding_days)
            new = Assessment(day, end, found, rank(len(diary.looks)), past, counted)
            new.for_release, waiting, follow = waiting, False, math.inf
            diary.looks.append(new)
    if math.isnan(overshoot) and math.isfinite(diary.safe):
        overshoot = 0.0
    return {**days, "overshoot": overshoot, "false_alarms": float(alarms)}


def _unbroken(plan: Plan, action: str, findings: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The findings at the end of the diary that all close an action."""
    found: list[tuple[int, int]] = []
    for day, rank in reversed(findings):
        if math.isinf(plan.stops[action][rank]):
            break
        found.append((day, rank))
    return found
