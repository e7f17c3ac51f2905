"""What a house does about a policy, in numbers: when it looks, when it stops, what it builds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ifthen.policy.model import Policy
from ifthen.review.stress.houses import House
from ifthen.review.stress.lengths import Length
from ifthen.review.stress.promises import Anchor, Hold, Look, Promises
from ifthen.vocabulary import Action, Force

NEVER = math.inf
ACTIONS: tuple[Action, ...] = ("train", "deploy", "use-inside")


@dataclass(frozen=True, slots=True)
class Clock:
    """When something is due, counted from the start and from the completion of the last one."""

    start_days: float = NEVER
    done_days: float = NEVER
    start_growth: float = NEVER
    """The natural logarithm of growth."""
    done_growth: float = NEVER

    def sooner(self, other: Clock) -> Clock:
        """Whichever is due first, each way."""
        return Clock(
            min(self.start_days, other.start_days),
            min(self.done_days, other.done_days),
            min(self.start_growth, other.start_growth),
            min(self.done_growth, other.done_growth),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a future needs to know of a policy and a house."""

    looks: Clock
    """When an assessment is due: after ``start_days`` it starts, after ``done_days`` it is done."""
    poll_days: float
    """How often a preliminary test tells whether a follow-up is due."""
    follows: Clock
    """What the preliminary test finds, so that a follow-up is due."""
    within_days: float
    """How long a follow-up may take to be done."""
    before_release: bool
    """Whether each release waits for an assessment of what is released."""
    margin: float
    """The natural logarithm of how far ahead a finding of below reaches."""
    near: int
    """The finding, by rank, where the threshold lies within the margin."""
    stops: Mapping[Action, tuple[float, ...]]
    """By action and finding, after how many days it stops; infinite where it does not."""
    builds: tuple[bool, ...]
    """By finding, whether work on the safeguards starts."""
    house: House


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a policy or of its words, of which the futures are wanted."""

    every_days: float | None = None
    """An assessment at least so often, from start to start."""
    every_growth: float | None = None
    """An assessment whenever effective compute has grown so much."""
    buffer: float | None = None
    """How far ahead a finding of below reaches."""
    words: Mapping[str, float] = field(default_factory=dict)
    """Days for words, whoever takes them."""


def make_plan(
    policy: Policy,
    promises: Promises,
    house: House,
    *,
    aims: bool,
    change: Change | None = None,
) -> Plan:
    """What a house does about a policy.

    Args:
        policy: whose words they are.
        promises: what it promises.
        house: who keeps it.
        aims: whether aims are kept.
        change: what is changed first.
    """
    change = change or Change()
    making = _Making(policy, house, aims, change)
    looks = [look for look in promises.looks if making.bound(look.force, look.literally)]
    own = making.clock(look for look in looks if look.sort == "cadence")
    if change.every_days is not None:
        own = own.sooner(Clock(start_days=change.every_days))
    if change.every_growth is not None:
        own = own.sooner(Clock(start_growth=math.log(change.every_growth)))
    tests = making.clock(look for look in looks if look.sort == "preliminary")
    follow = [look for look in looks if look.sort == "follow-up"]
    within = min((making.longest(look.within) for look in follow), default=NEVER)
    stops = {action: making.stops(promises.holds, action) for action in ACTIONS}
    owed = making.stops(promises.holds, None)
    margin = making.margin(promises)
    return Plan(
        own,
        min(tests.start_days, tests.done_days),
        making.clock(follow),
        NEVER if math.isinf(within) else within * house.uses,
        any(look.sort == "release" for look in looks),
        math.log(margin),
        1 if promises.alerts else 2,
        stops,
        making.builds(promises.holds, [*stops.values(), owed]),
        house,
    )


@dataclass(frozen=True, slots=True)
class _Making:
    policy: Policy
    house: House
    aims: bool
    change: Change

    @property
    def literal(self) -> bool:
        return self.house.words == "literal"

    def bound(self, force: Force | None, literally: bool = True) -> bool:
        """Whether a promise binds this house."""
        kept = force == "commitment" or (force == "aim" and self.aims)
        return kept and (literally or not self.literal)

    def longest(self, parses: Iterable[Length]) -> float:
        """Days, infinite for none: all parses are kept, or the letter's best one is taken."""
        days = [one.taken(self.policy, self.house.words, self.change.words) for one in parses]
        return (max if self.literal else min)(days, default=NEVER)

    def clock(self, looks: Iterable[Look]) -> Clock:
        """All clocks of several looks."""
        found = Clock()
        for look in looks:
            kept: tuple[Anchor, ...] = look.anchors
            if self.literal and "done" in kept:
                kept = ("done",)
            days = self.longest(look.every)
            growth = NEVER if look.growth is None else math.log(look.growth)
            from_start, from_done = "start" in kept, "done" in kept
            found = found.sooner(
                Clock(
                    days if from_start else NEVER,
                    days if from_done else NEVER,
                    growth if from_start else NEVER,
                    growth if from_done else NEVER,
                )
            )
        return found

    def stops(self, holds: Iterable[Hold], action: Action | None) -> tuple[float, ...]:
        """By finding, after how many days an action stops."""
        days = [NEVER] * 4
        for hold in holds:
            if hold.action == action and self.bound(hold.force):
                grace = self.longest(hold.grace) if hold.grace else 0.0
                grace = grace if math.isinf(grace) else grace * self.house.uses
                for rank in hold.literally if self.literal else hold.charitably:
                    days[rank] = min(days[rank], grace)
        return tuple(days)

    def margin(self, promises: Promises) -> float:
        """How far ahead a finding of below reaches: stated and binding, or as meant."""
        if self.change.buffer is not None:
            return self.change.buffer
        stated = promises.margin
        if stated.force is None:  # no more than what a charitable reader concludes
            return 1.0 if self.literal else stated.ahead
        return stated.ahead if self.bound(stated.force) else 1.0

    def builds(self, holds: Iterable[Hold], stops: Iterable[tuple[float, ...]]) -> tuple[bool, ...]:
        """By finding, whether work on safeguards starts."""
        owed = [any(math.isfinite(days[rank]) for days in stops) for rank in range(4)]
        asked = any(self.bound(hold.force) for hold in holds)
        if self.house.prepares == "early" and asked:
            return (False, True, True, True)
        return tuple(owed)


IDLE = Plan(
    Clock(),
    NEVER,
    Clock(),
    NEVER,
    False,
    0.0,
    0,
    dict.fromkeys(ACTIONS, (NEVER,) * 4),
    (False,) * 4,
    House("nobody", "promises nothing", "literal", 0.0, 1.0, "held", 1.0, 1.0, 0.0, 1.0, 1.0),
)
"""The plan of somebody who promises nothing."""
