"""Futures lived through day by day, all of a block at once.

Every future begins on the day on which an assessment is done: its finding is made by the rules of
the house, the model is deployed, used inside, and trained on. What a model can do grows only while
it is trained. A day goes in this order: growth, what the day is counted as, assessments that are
done, findings and what follows from them, releases, assessments that start. Nothing that happens
after the safeguards are in place counts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ifthen.evidence.futures import Floats
from ifthen.review.stress.draws import Bits, Draws
from ifthen.review.stress.plan import NEVER, Plan

CROSSED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of each future. Days are of the future as a whole."""

    trained: Floats
    """Days trained while really past the threshold and without its safeguards."""
    used_inside: Floats
    """The same for use inside: of the newest model, trained or not."""
    deployed: Floats
    """The same for deployment: of the model last released."""
    exposed: Floats
    """Days of any of the three."""
    overshoot: Floats
    """How far past the threshold, as a natural logarithm, the model is on the day of the first
    finding that is not below; 0 where that was found out before, infinite where it is not found
    out to the end, not a number where the threshold was neither crossed nor found out."""
    false_alarms: Floats
    """Findings of crossed about a model that really was below."""
    paused: Floats
    """Days on which training was held."""
    early: Floats
    """Of these, the days on which the model really was below."""
    withdrawn: Floats
    """Days on which deployment was held."""


def joined(parts: list[Outcome]) -> Outcome:
    """The futures of several outcomes in their order."""
    return Outcome(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Outcome))
    )


def simulate(plan: Plan, release_days: float, draws: Draws) -> Outcome:
    """Live through one block of futures."""
    life = _Life(plan, release_days, draws)
    life.find(np.arange(len(draws.rate)), 0)
    for day in range(1, draws.days + 1):
        life.live(day)
        if day % 32 == 0 and not (life.safe > day).any():
            break
    return life.outcome()


class _Life:
    """The state of every future of a block."""

    def __init__(self, plan: Plan, release_days: float, draws: Draws) -> None:
        size = len(draws.rate)
        self.plan, self.draws, self.size = plan, draws, size
        self.release_days = release_days
        self.lengths = draws.lengths(plan.house)
        self.errors = draws.errors(plan.house)
        self.short = draws.falls_short(plan.house)
        # What a model can do, and the part of its growth that triggers count.
        self.level, self.counted = np.zeros(size), np.zeros(size)
        self.past, self.deployed_past = np.zeros(size, bool), np.zeros(size, bool)
        # Findings and what follows from them.
        self.rank = np.zeros(size, np.int8)
        self.stops = {action: np.full(size, NEVER) for action in plan.stops}
        self.by_rank = {action: np.array(days) for action, days in plan.stops.items()}
        self.builds = np.array(plan.builds)
        self.safe = np.full(size, NEVER)
        # Assessments. The first was done on the first day.
        self.looks = np.zeros(size, np.int64)
        self.found_at, self.done_at = np.full(size, NEVER), np.full(size, NEVER)
        self.pending = self._measured(np.arange(size))
        self.pending_past = np.zeros(size, bool)
        self.looks += 1
        self.start_day, self.done_day = np.zeros(size), np.zeros(size)
        self.start_counted, self.done_counted = np.zeros(size), np.zeros(size)
        self.due_day, self.due_counted = np.full(size, NEVER), np.full(size, NEVER)
        self.follow_day = np.full(size, NEVER)
        self.next_poll = plan.poll_days
        self._reckon(np.arange(size))
        # Releases.
        self.next_release = np.ceil(draws.release)
        self.waiting, self.for_release = np.zeros(size, bool), np.zeros(size, bool)
        # What is counted.
        self.days = {
            name: np.zeros(size, np.int32)
            for name in ("trained", "inside", "deployed", "exposed", "paused", "early", "withdrawn")
        }
        self.false_alarms = np.zeros(size)
        self.overshoot = np.full(size, np.nan)

    def live(self, day: int) -> None:
        """One day of every future."""
        bare = self.safe > day
        trains = (self.stops["train"] > day) | ~bare
        self._grow(day, trains)
        self._count(day, bare, trains)
        done = np.flatnonzero(self.done_at <= day)
        if len(done):
            self.done_at[done] = NEVER
            self.done_day[done] = day
            self.done_counted[done] = self.counted[done]
            self._reckon(done)
        found = np.flatnonzero(self.found_at <= day)
        if len(found):
            self.found_at[found] = NEVER
            self.find(found, day)
        self._release(day)
        if day >= self.next_poll:
            self.next_poll += self.plan.poll_days
            self._poll(day)
        self._start(day, trains)

    def _grow(self, day: int, trains: Bits) -> None:
        draws = self.draws
        grown = draws.rate if draws.jumps is None else draws.rate + draws.jumps[day]
        self.level += grown * trains
        counted = draws.counted
        if draws.counted_jumps is not None:
            counted = counted + draws.counted_jumps[day]
        self.counted += counted * trains

    def _count(self, day: int, bare: Bits, trains: Bits) -> None:
        past = self.level >= self.draws.threshold
        new = past & ~self.past
        if new.any():
            self.past = past
            seen = (self.rank > 0) | ~bare
            self.overshoot[new] = np.where(seen, 0.0, NEVER)[new]
        exposed = past & bare
        trained = exposed & trains
        inside = exposed & (self.stops["use-inside"] > day)
        serves = self.stops["deploy"] > day
        deployed = self.deployed_past & bare & serves
        held = ~trains
        days = self.days
        days["trained"] += trained
        days["inside"] += inside
        days["deployed"] += deployed
        days["exposed"] += trained | inside | deployed
        days["paused"] += held
        days["early"] += held & ~past
        days["withdrawn"] += bare & ~serves

    def _measured(self, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        """What an assessment that starts now will come to, by rank."""
        number = self.looks[which] % len(self.errors)
        seen = self.level[which] - self.short[which] + self.errors[number, which]
        limit = self.draws.threshold[which]
        near = np.where(seen + self.plan.margin >= limit, self.plan.near, 0)
        return np.asarray(np.where(seen >= limit, CROSSED, near), dtype=np.int8)

    def find(self, which: np.ndarray[tuple[int], np.dtype[np.int64]], day: int) -> None:
        """Findings are made, and what hangs on them follows."""
        rank = self.pending[which]
        self.rank[which] = rank
        if day:  # the first finding lies before the time that is counted
            wrong = (rank == CROSSED) & ~self.pending_past[which] & (self.safe[which] > day)
            self.false_alarms[which] += wrong
        for action, by_rank in self.by_rank.items():
            after = by_rank[rank]
            stop = np.minimum(self.stops[action][which], day + after)
            self.stops[action][which] = np.where(np.isfinite(after), stop, NEVER)
        begin = self.builds[rank] & np.isinf(self.safe[which])
        self.safe[which] = np.where(begin, day + self.draws.safeguards[which], self.safe[which])
        seen = (rank > 0) & np.isinf(self.overshoot[which])
        ahead = self.level[which] - self.draws.threshold[which]
        self.overshoot[which] = np.where(seen, ahead, self.overshoot[which])
        out = which[self.for_release[which]]
        if len(out):
            self.for_release[out] = False
            goes = out[self.stops["deploy"][out] > day]
            self.deployed_past[goes] = self.pending_past[goes]

    def _reckon(self, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """When the next assessment has to start, so far as that is known."""
        looks = self.plan.looks
        taking = self.lengths[self.looks[which] % len(self.lengths), which]
        self.due_day[which] = np.minimum(
            self.start_day[which] + looks.start_days,
            self.done_day[which] + looks.done_days - taking,
        )
        self.due_counted[which] = np.minimum(
            self.start_counted[which] + looks.start_growth,
            self.done_counted[which] + looks.done_growth,
        )

    def _poll(self, day: int) -> None:
        """A preliminary test, which takes no time, tells whether a follow-up is due."""
        follows = self.plan.follows
        due = (
            (day - self.start_day >= follows.start_days)
            | (day - self.done_day >= follows.done_days)
            | (self.counted - self.start_counted >= follows.start_growth)
            | (self.counted - self.done_counted >= follows.done_growth)
        )
        due &= np.isinf(self.found_at) & np.isinf(self.follow_day)
        which = np.flatnonzero(due)
        taking = self.lengths[self.looks[which] % len(self.lengths), which]
        self.follow_day[which] = day + np.maximum(0.0, self.plan.within_days - taking)

    def _release(self, day: int) -> None:
        which = np.flatnonzero(self.next_release <= day)
        if not len(which):
            return
        self.next_release[which] += self.release_days
        if self.plan.before_release:
            self.waiting[which] = True
        else:
            goes = which[self.stops["deploy"][which] > day]
            self.deployed_past[goes] = self.past[goes]

    def _start(self, day: int, trains: Bits) -> None:
        """One assessment at a time, its finding included, and only while training goes on."""
        due = (self.due_day <= day) | (self.counted >= self.due_counted) | (self.follow_day <= day)
        due |= self.waiting
        due &= np.isinf(self.found_at) & trains
        which = np.flatnonzero(due)
        if not len(which):
            return
        self.pending[which] = self._measured(which)
        self.pending_past[which] = self.past[which]
        taking = self.lengths[self.looks[which] % len(self.lengths), which]
        self.looks[which] += 1
        self.start_day[which] = day
        self.start_counted[which] = self.counted[which]
        self.done_at[which] = day + taking
        self.found_at[which] = day + taking + np.ceil(self.plan.house.finding_days)
        self._reckon(which)
        self.follow_day[which] = NEVER
        self.for_release[which] = self.waiting[which]
        self.waiting[which] = False

    def outcome(self) -> Outcome:
        """What was counted."""
        days = {name: found.astype(np.float64) for name, found in self.days.items()}
        # Safeguards are begun on a finding only: whoever has begun them has found it out.
        in_time = np.isnan(self.overshoot) & np.isfinite(self.safe)
        return Outcome(
            days["trained"],
            days["inside"],
            days["deployed"],
            days["exposed"],
            np.where(in_time, 0.0, self.overshoot),
            self.false_alarms,
            days["paused"],
            days["early"],
            days["withdrawn"],
        )
