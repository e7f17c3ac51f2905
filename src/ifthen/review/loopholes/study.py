"""A policy put to the test: every harm, literally and charitably, and which words are to blame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Policy
from ifthen.review.hidden import margin_of
from ifthen.review.loopholes import sight, words
from ifthen.review.loopholes.amendment import Exit, amendment
from ifthen.review.loopholes.blame import Blame, blame
from ifthen.review.loopholes.findings import ASSUMPTIONS
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.problem import Setting
from ifthen.review.loopholes.proof.attempt import Attempt, after_search
from ifthen.review.loopholes.repair import Repair, repairs
from ifthen.review.loopholes.search import Outcome, Search, Witness, charitably, literally
from ifthen.review.loopholes.start import SAYS, Start, beginning
from ifthen.review.loopholes.world import World

Verdict: TypeAlias = Literal["open", "stretched", "undetermined", "none"]
CALENDAR = (
    "every timeline begins on 1 January 2025, whatever the day from which the policy is in effect: "
    "only the time between days counts"
)
"""How dates of a timeline are to be read."""
_FURTHER = 4
"""Events beyond the bound where something must be shown to be possible, or a repair to be safe."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a study looks."""

    events: int = 6
    """The most events of a timeline beside those with which it begins."""
    models: int = 1
    """How many models there may be."""
    stretches: int = 2
    """The most stretches together that are tried when blame is laid."""
    timeout: float = 60.0
    """Seconds for one question to the solver."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One harm, from one beginning."""

    harm: Harm
    start: Start
    literal: Outcome
    charitable: Outcome
    blame: Blame
    repairs: tuple[Repair, ...] = ()
    """Changes tried, where that was asked for."""
    proof: Attempt | None = None
    """Whether what was not found is excluded for any number of events, where that was asked for."""

    @property
    def verdict(self) -> Verdict:
        """In one word: ``open`` needs no stretching, ``stretched`` some, ``none`` found none."""
        if self.charitable.status == "found":
            return "open"
        if self.literal.status == "found" or any(one.stretched for one in self.blame.sets):
            return "stretched"
        if "undetermined" in (self.literal.status, self.charitable.status):
            return "undetermined"
        return "none"

    @property
    def witness(self) -> Witness | None:
        """The timeline that needs the least stretching."""
        if self.blame.sets:
            return self.blame.sets[0].witness
        return self.charitable.witness or self.literal.witness


@dataclass(frozen=True, slots=True)
class Study:
    """What a policy leaves open."""

    policy: Policy
    world: World
    bounds: Bounds
    tested: tuple[Tested, ...]
    able: tuple[tuple[Harm, Outcome], ...]
    """What a developer who keeps every word charitably can still do, from a model at hand."""
    exit: Exit
    """The change of the text itself, which is reported apart."""

    def as_json(self) -> dict[str, Any]:
        """The study in JSON."""
        return {
            "policy": self.policy.id,
            "title": self.policy.title,
            "events": self.bounds.events,
            "models": self.bounds.models,
            "stretches": self.bounds.stretches,
            "assumes": [*self.world.says(), CALENDAR, *ASSUMPTIONS.values()],
            "able": [
                {"good": good.id, "title": good.title, **_outcome_json(self.policy, outcome)}
                for good, outcome in self.able
            ],
            "amendment": self.exit.as_json(),
            "harms": [_tested_json(self.policy, one) for one in self.tested],
        }


@dataclass(frozen=True, slots=True)
class Test:
    """One harm, to be tested from one beginning."""

    policy: Policy
    harm: Harm
    start: Start
    world: World
    bounds: Bounds
    repair: bool = False
    """Whether to try changes of the text that close what is found."""
    prove: bool = False
    """Whether to try for a proof where nothing is found charitably."""

    def run(self) -> Tested:
        """Search literally and charitably, and lay the blame."""
        full, lengths = Full(self.policy), range(self.bounds.events + 1)
        given = beginning(self.policy, self.start, full)
        setting = Setting(self.policy, self.world, given, self.bounds.models, self.bounds.timeout)
        search = Search(setting, self.harm, full)
        literal = search.run(literally, lengths)
        charitable = search.run(charitably, lengths)
        blamed = blame(search, charitable, lengths, self.bounds.stretches)
        tried: list[Repair] = []
        for one in blamed.sets[:2] if self.repair else ():
            further = range(self.bounds.events + _FURTHER + 1)
            names = tuple(search.clauses)
            tried += repairs(setting, self.start, self.harm, one, names, further)
        answers = answered(literal, charitable, blamed)
        proof = None
        if self.prove:
            asked = (self.policy, self.harm, self.start, self.world)
            proof = after_search(*asked, *answers, self.bounds.timeout)
        return Tested(self.harm, self.start, *answers, blamed, tuple(tried), proof)


def study(
    policy: Policy,
    harms: Iterable[Harm],
    goods: Iterable[Harm],
    world: World,
    bounds: Bounds,
    starts: Sequence[Start] = ("assessed", "nothing"),
    *,
    repair: bool = False,
    prove: bool = False,
    each: Callable[[Callable[[Test], Tested], Sequence[Test]], Iterable[Tested]] = map,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Test a policy against harms.

    Args:
        policy: the policy; ``Setting`` says under which assumptions it is tested.
        harms: what must not happen.
        goods: what must stay possible.
        world: how the world is bounded.
        bounds: how far to look.
        starts: how timelines begin.
        repair: whether to try changes of the text that close what is found.
        prove: whether to try for a proof where nothing is found charitably.
        each: ``map``, or one that works on several cores; the order is kept.
        progress: called with (harms tested, harms in all).
    """
    tests = [
        Test(policy, harm, start, world, bounds, repair, prove)
        for harm in harms
        for start in starts
    ]
    found = []
    for number, tested in enumerate(each(Test.run, tests)):
        found.append(tested)
        if progress is not None:
            progress(number + 1, len(tests))
    full, able = Full(policy), []
    further = range(bounds.events + _FURTHER + 1)
    for good in goods:
        given = beginning(policy, "assessed", full)
        setting = Setting(policy, world, given, bounds.models, bounds.timeout)
        able.append((good, Search(setting, good, full).run(charitably, further)))
    return Study(policy, world, bounds, tuple(found), tuple(able), amendment(policy))


def answered(literal: Outcome, charitable: Outcome, blamed: Blame) -> tuple[Outcome, Outcome]:
    """Both answers, with what was found when blame was laid, which looks at every length.

    Under other assumptions a solution may be confirmed at a length that was left undetermined.
    """
    free = [one for one in blamed.sets if all(stretch.sort != "world" for stretch in one.stretched)]
    plain = [one.witness for one in free if not one.stretched]
    return _with(literal, [one.witness for one in free]), _with(charitable, plain)


def _with(outcome: Outcome, found: Sequence[Witness]) -> Outcome:
    if outcome.status == "found" or not found:
        return outcome
    witness = min(found, key=lambda one: one.length)
    told = replace(outcome, status="found", length=witness.length, witness=witness)
    return replace(told, why="", span=None, need=0)


def world_for(policy: Policy, margin: Fraction | None, world: World) -> World:
    """A world whose margin is the one stated for a policy, else as long as its longest interval."""
    return replace(world, margin=margin_of(policy) if margin is None else margin)


def _tested_json(policy: Policy, one: Tested) -> dict[str, Any]:
    return {
        "harm": one.harm.id,
        "title": one.harm.title,
        "source": one.harm.clause.common.source,
        "start": one.start,
        "begins": SAYS[one.start],
        "verdict": one.verdict,
        "literal": _outcome_json(policy, one.literal),
        "charitable": _outcome_json(policy, one.charitable),
        "blame": {
            "events": one.blame.length,
            "most": one.blame.most,
            "sets": [
                {
                    "stretches": [
                        {"sort": s.sort, "name": s.name} for s in sorted(blamed.stretched)
                    ],
                    "says": words.stretches(policy, blamed.witness, tuple(blamed.stretched)),
                    "timeline": _witness_json(policy, blamed.witness),
                }
                for blamed in one.blame.sets
            ],
            "undetermined": [outcome.why for outcome in one.blame.open],
        },
        "proof": None if one.proof is None else one.proof.as_json(),
        "repairs": [
            {
                "edits": [edit.as_json() for edit in repair.edits],
                "safe": repair.safe,
                "events": repair.outcome.length,
                "span_days": repair.outcome.span,
                "why": repair.outcome.why or None,
            }
            for repair in one.repairs
        ],
    }


def _outcome_json(policy: Policy, outcome: Outcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "events": outcome.length,
        "why": outcome.why or None,
        "span_days": outcome.span,
        "need_days": outcome.need or None,
        "rests_on": list(outcome.clauses),
        "not_searched": [{"clause": name, "why": why} for name, why in outcome.skipped],
        "timeline": None if outcome.witness is None else _witness_json(policy, outcome.witness),
    }


def _witness_json(policy: Policy, witness: Witness) -> dict[str, Any]:
    harm = witness.verdict.harm
    clock, happens = sight.harm_days(witness)
    return {
        "events": witness.length,
        "clock": words.date_json(clock),
        "happens": words.date_json(happens),
        "end": words.date_json(witness.end),
        "stretched": words.stretches(policy, witness, tuple(witness.taken.stretched)),
        "readings": dict(witness.taken.parses),
        "says": list(words.story(witness)),
        "harm": None if harm is None else harm.says,
        "silent": sight.silent(witness),
        "seen": sight.seen(witness),
        "facts": words.facts_json(witness),
    }
