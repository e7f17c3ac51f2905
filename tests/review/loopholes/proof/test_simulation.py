"""Every timeline that ``rule`` finds keeping a clause is a run of the generated system."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

import pytest
import texts
from hypothesis import given
from hypothesis import strategies as st
from timelines import Stock, timeline

from ifthen import Policy, Source, load_policy, parse_policy, rule
from ifthen.dates import Duration, add_to_day, end_of, from_date
from ifthen.policy.model import Choice, Clause, Forbid, Power
from ifthen.review.loopholes.calendar import FIRST, Unsupported, day_number
from ifthen.review.loopholes.concrete import MODELS, Full, Plain, plain_facts, record_of
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.harms import Harm, choose, load_harms
from ifthen.review.loopholes.kleene import K, conj, disj, k_not, k_or, sure
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.problem import Problem, Setting
from ifthen.review.loopholes.proof import ages, monitors, registers
from ifthen.review.loopholes.proof.runs import Step, admits, ends_badly
from ifthen.review.loopholes.proof.system import Question, System, system
from ifthen.review.loopholes.stance import Stretch, Taken
from ifthen.review.loopholes.start import beginning
from ifthen.review.loopholes.study import world_for
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
    facts = timeline(Stock(policy), clause, random)
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
    assert rounds(30, 1, tally) == []
    assert tally["kept"] > 20
    assert tally["fault"] > 10
    assert tally["refused"] >= tally["fault"]  # of these clauses, none that is broken is a run


@pytest.mark.parametrize(
    "name", ["anthropic/rsp@1.0", "anthropic/rsp@2.0", "openai/preparedness@beta"]
)
def test_timelines_of_encoded_policies_are_runs(name: str) -> None:
    policy, random, judged_ = load_policy(name), Random(name), 0
    tally: dict[str, int] = {}
    clauses = [c for c in policy.clauses if c.common.force in ("commitment", "aim")]
    for clause in random.sample(clauses, 10):
        try:
            assert disagreement(policy, clause, random, tally) is None
        except Unsupported:
            continue
        judged_ += 1
    assert judged_ >= 3


@pytest.mark.parametrize(
    ("name", "harm", "start"),
    [
        ("anthropic/rsp@1.0", "deployed", "assessed"),
        ("anthropic/rsp@2.0", "deployed", "nothing"),
        ("openai/preparedness@beta", "trained", "assessed"),
    ],
)
def test_what_the_search_may_choose_is_a_run(name: str, harm: str, start: str) -> None:
    """Timelines that hold to all that is assumed of the world, chosen by the solver."""
    policy, random = load_policy(name), Random(name)
    harms = load_harms(policy)
    (one,) = choose(harms.harms, (harm,))
    full, world = Full(policy), world_for(policy, harms.margin, WORLD)
    facts_given = beginning(policy, start, full)  # type: ignore[arg-type]
    problem = Problem(Setting(policy, world, facts_given, 2, 60), 6, (), one)
    question = Question(policy, one, start, "charitable", world, bounded=True)  # type: ignore[arg-type]
    whole, kinds = system(question, ()), set()
    for _ in range(6):
        wanted = [slot.kind == random.randrange(len(slot.kinds)) for slot in problem.slots.free]
        wanted += [slot.compute > random.randrange(4000) for slot in problem.slots.free]
        stretched = problem.only(())
        problem.solver.push()
        problem.solver.add(*stretched)
        for each in random.sample(wanted, len(wanted)):
            problem.solver.push()
            problem.solver.add(each)
            if problem.solver.check() != "sat":
                problem.solver.pop()
        assert problem.solver.check() == "sat"
        model = problem.solver.model()
        problem.solver.clear()
        facts = plain_facts(model, problem.slots, facts_given, full)[len(facts_given) :]
        kinds |= {fact.kind for fact in facts}
        end = day_number(model.eval(problem.slots.end.key, True).as_long())
        assert admits(whole, run_of(facts, end), 20), facts
    assert len(kinds) > 4


def make_with(change: Any) -> Any:
    """``Bank.make`` with the updates of some registers changed."""
    whole = registers.Bank.make

    def made(bank: Any, name: str, blank: Any, event: Any, tick: Any = None, **more: Any) -> Any:
        event, tick = change(name, event, tick)
        return whole(bank, name, blank, event, tick, **more)

    return made


def on(pattern: str, event: Any = None, tick: Any = None) -> Any:
    """``Bank.make`` with the updates of the registers of a name changed."""

    def change(name: str, was: Any, later: Any) -> Any:
        if not re.search(pattern, name):
            return was, later
        return (event(was) if event else was), (tick(later) if tick else later)

    return (registers.Bank, "make", make_with(change))


def sticky(update: Any) -> Any:
    return lambda old: disj((old, update(old)))


def thirty(days: Any, lengths: Any, *, by: bool = True) -> K:
    del by
    sizes = [(bit, n.count * (30 if n.unit == "month" else 1)) for bit, n in lengths]
    return K(disj(conj((bit, days <= size)) for bit, size in sizes), False)


REPORT = "kind: whenever, when: model_released, then: published, within: "
BUGS: dict[str, tuple[str, Any]] = {
    "a month is 30 days": (f"{REPORT}1 month", (monitors, "in_time", thirty)),
    "harms are never a matter of time": (
        f"{REPORT}10 days",
        (monitors, "in_time", lambda days, lengths, by=True: K(True, False)),
    ),
    "whatever triggers asks": (
        "kind: whenever, when: model_released, if: did(drill_held), require: did(published)",
        (
            monitors,
            "owing",
            lambda trigger, asked, state: k_or((k_not(sure(trigger)), state)),
        ),
    ),
    "holds see the act itself": (
        "kind: forbid, action: train, unless: did(training_started), grace: 1 month",
        (
            monitors._Monitor,
            "before",
            lambda s, *, lenient=False: Here(1, s.today, 0, lenient=lenient),
        ),
    ),
    "what was done earlier that day does not count": (
        f"{REPORT}10 days",
        on("done today", lambda _: lambda __: False),
    ),
    "a duty is never done": (f"{REPORT}10 days", on(": owed 0$", sticky)),
    "a stretch never ends": (
        "kind: maintain, while: running(train), keep: did(published), grace: 2 months",
        on(": failing$", None, sticky),
    ),
    "clocks never start again": (
        "kind: cadence, do: published, every: 2 months",
        on("days since", lambda _: lambda old: old),
    ),
    "growth counts from the first fact": (
        'kind: cadence, do: assessment_completed, growth: ">= 4x"',
        (registers.Registers, "growing", lambda s, old, afresh: old + s.bank.gain),
    ),
    "what runs never ends": (
        "kind: cadence, do: published, every: 3 weeks, while: running(train)",
        on("running train", sticky),
    ),
}


def timelines_of(clause: str, seed: int, count: int) -> Iterator[str | None]:
    """What random timelines of one clause come to."""
    random = Random(seed)
    head = "id: c, title: t, source: s.1, encodes: [ROW-1], for_each: model"
    policy = parse_policy(Source("p.yaml", f"{texts.HEAD}  - {{{head}, {clause}}}\n"))
    for _ in range(count):
        yield disagreement(policy, policy.clauses[0], random, {})


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clause, (where, name, wrong) = BUGS[bug]
    assert not any(timelines_of(clause, 1, 6))
    monkeypatch.setattr(where, name, wrong)
    assert any(timelines_of(clause, 1, 300))


@given(
    day=st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    length=st.builds(Duration, st.integers(1, 30), st.sampled_from(("day", "week", "month"))),
)
def test_the_days_of_a_length_are_within_its_bounds(day: date, length: Duration) -> None:
    start = from_date(day)
    first, _ = add_to_day(start, length, "down")
    least, most = ages.bounds(length)
    assert least <= first - start <= most
    if day.day <= 28:
        assert add_to_day(start, length, None) == (first, first)
