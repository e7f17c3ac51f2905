"""Every timeline that ``rule`` finds keeping a clause is a run of the generated system."""

from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import texts
from timelines import timeline

from ifthen import Policy, load_policy, policy_ids, rule
from ifthen.dates import end_of
from ifthen.policy.model import Choice, Clause, Forbid, Power
from ifthen.review.loopholes.calendar import FIRST, Unsupported, day_number
from ifthen.review.loopholes.concrete import MODELS, Plain, record_of
from ifthen.review.loopholes.harms import Harm, choose, load_harms
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.proof import assumptions, monitors, registers
from ifthen.review.loopholes.proof.ages import bounds
from ifthen.review.loopholes.proof.runs import Step, admits, ends_badly
from ifthen.review.loopholes.proof.system import Question, System, system
from ifthen.review.loopholes.stance import Stretch, Taken
from ifthen.review.loopholes.world import World
from ifthen.ruling.finding import FAULTS
from ifthen.ruling.variants import below, roots

ENDS = [month * 31 + day for month in range(18) for day in (1, 2, 15, 28)]
WORLD = World(pauses=True)


@dataclass(frozen=True)
class Told:
    fact: Plain
    gain: int

    def inputs(self, of: System) -> list[tuple[Any, Any]] | None:
        return of.inputs_of(self.fact, self.gain)


def about(model: str, facts: list[Plain]) -> list[Plain]:
    """The facts with a model renamed to be the subject of a proof."""
    names = {model: MODELS[0], MODELS[0]: model}
    return [replace(f, model=names.get(f.model or "", f.model)) for f in facts]


def run_of(facts: list[Plain], end: int) -> list[Step]:
    run: list[Step] = []
    day, compute = FIRST, 0
    for fact in facts:
        if fact.day > day:
            run.append(fact.day - day)
            day = fact.day
        gain = 0
        if fact.model == MODELS[0] and fact.kind in FIGURES:
            gain, compute = (fact.compute or 0) - compute, fact.compute or 0
        run.append(Told(fact, gain))
    return [*run, end - day]


def judged(
    policy: Policy, clause: Clause, facts: list[Plain], end: int, *, wide: bool, model: str | None
) -> tuple[bool, bool]:
    """Whether ``rule`` finds the clause kept about a model under every parse, and a fault."""
    words = frozenset(Stretch("word", name) for name in policy.terms) if wide else frozenset()
    asked = Taken(words, {}).policy(policy)
    only = tuple(c for c in asked.clauses if c is clause or c.kind == "procedure")
    ruling = rule([replace(asked, clauses=only)], record_of(facts), end_of(end))
    kept, fault = True, False
    for finding in ruling.findings:
        if finding.clause.partition("#")[2].partition("/")[0] != clause.common.id:
            continue
        if clause.common.for_each == "model" and finding.subject.model != model:
            continue
        parts = finding.readings or ()
        statuses = [one.outcome.status for one in parts] or [finding.outcome.status]
        stands = isinstance(clause, Forbid | Power) and finding.outcome.key == "now"
        bad = any(one in FAULTS or one == "missed" for one in statuses)
        fault = fault or bad
        kept = kept and not bad and (stands or "undetermined" not in statuses)
    return kept, fault


def has_parses(clause: Clause) -> bool:
    return any(isinstance(n, Choice) for root in roots(clause) for n in below(root))


def disagreement(
    policy: Policy, clause: Clause, random: Random, tally: dict[str, int]
) -> str | None:
    """What a ruling says of a timeline that the systems of the clause do not allow."""
    facts = timeline(policy, clause, random)
    end = max(facts[-1].day, day_number(random.choice(ENDS)))
    taking = random.choice(("words", "charitable"))
    (stale,) = choose(load_harms(policy).harms, ("stale",))
    question = Question(policy, stale, "nothing", taking, WORLD)  # type: ignore[arg-type]
    keeping = system(question, [clause], world=False, given=())
    harming = None
    if not has_parses(clause):
        harming = system(replace(question, harm=Harm(clause)), [], world=False, given=())
    models = (
        sorted({f.model for f in facts if f.model}) if clause.common.for_each == "model" else [None]
    )
    for model in models:
        run = run_of(about(model, facts) if model else facts, end)
        wide = taking == "words"
        kept, fault = judged(policy, clause, facts, end, wide=wide, model=model)
        admitted = admits(keeping, run, 20)
        tally["kept"] = tally.get("kept", 0) + kept
        tally["fault"] = tally.get("fault", 0) + fault
        tally["refused"] = tally.get("refused", 0) + (not admitted)
        if kept and not admitted:
            return f"{clause} {model} {taking}: kept, not admitted: {facts} {end}"
        tally["loose"] = tally.get("loose", 0) + (fault and bool(admitted))
        if harming is None or not fault:
            continue
        if not any(ends_badly(harming, run[: n + 1], 20) for n in range(len(run))):
            return f"{clause} {model} {taking}: no harm: {facts} {end}"
    return None


def rounds(count: int, seed: int, tally: dict[str, int] | None = None) -> list[str]:
    random, found = Random(seed), []
    tally = {} if tally is None else tally
    for _ in range(count):
        policy = texts.policy(random)
        for clause in policy.clauses:
            try:
                found.append(disagreement(policy, clause, random, tally))
            except Unsupported:
                continue
    return [one for one in found if one is not None]


def test_timelines_of_random_policies_are_runs() -> None:
    tally: dict[str, int] = {}
    assert rounds(60, 1, tally) == []
    assert tally["kept"] > 30
    assert tally["fault"] > 15
    assert tally["refused"] > 10
