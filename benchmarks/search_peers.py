"""The same question asked of z3 (ours), CP-SAT, clingo and hypothesis, side by side.

    python benchmarks/search_peers.py            # three questions, then how each grows
    python benchmarks/search_peers.py --quick    # the shortest answer of each question only

"Is there a timeline of exactly k events that breaks none of these clauses, charitably read, and
ends in this harm?" asked for k = 0, 1, ... until one is found, or up to the bound. Each engine is
told the clauses that our search ends up with (it begins with none and learns them; that is a row
of its own) and, as ours does, learns those that its timelines break. All have the same kinds of
event, one model, the same world and 24 months.

- z3: our encoding and our settings, new terms for every k, as the search makes them.
- CP-SAT: the same terms translated one by one (``peer_cpsat``), days as days, one worker.
- clingo: its own encoding, generated from the clauses (``peer_clingo``), on a grid of days: the 1st
  and 15th of months and, apart, the 1st, 8th, 15th and 22nd; compute in steps of 100 thousandths of
  a doubling. "None" of it means: none on the grid. In steps of 250 there is none of four events
  for the third question, and z3 kept to that grid says so too.
- hypothesis: whole timelines made up and judged by ``rule`` (``peer_hypothesis``). It cannot say
  "none", so it is asked for the length alone at which ours stopped.

Whatever a peer finds is put through what ours goes through: the world (its facts pinned in our
constraints), then ``rule`` under the whole policy, routine reports added. Seconds are the
processor's, one core; making the question and solving it apart. A process that has spent the limit
is stopped.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import z3

import peer_clingo
import peer_cpsat
import peer_hypothesis
from conditions import installed, state
from ifthen import Source, load_policy, parse_policy
from ifthen.dates import Day
from ifthen.policy.model import Policy
from ifthen.review.loopholes.arbiter import judge
from ifthen.review.loopholes.calendar import Date, Unsupported, day_number
from ifthen.review.loopholes.concrete import MODELS, Plain, plain_facts
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.findings import target
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm, choose, load_harms
from ifthen.review.loopholes.problem import Problem, Setting, kinds_of
from ifthen.review.loopholes.search import Search, charitably
from ifthen.review.loopholes.slots import NOBODY
from ifthen.review.loopholes.stance import Taken
from ifthen.review.loopholes.start import beginning
from ifthen.review.loopholes.study import world_for
from ifthen.review.loopholes.world import World
from ifthen.vocabulary import FINDINGS, attributes_of
from made_up import policy_text

QUESTIONS = (
    ("anthropic/rsp@2.0", "stale", 6),
    ("anthropic/rsp@1.0", "stale", 6),
    ("anthropic/rsp@2.0", "deployed", 6),
)
CHARITABLE = Taken(frozenset())
ENGINES = ("z3", "CP-SAT", "clingo 1/15", "clingo 1/8/15/22", "hypothesis")
GRIDS = {"clingo 1/15": (1, 15), "clingo 1/8/15/22": (1, 8, 15, 22)}


@dataclass(frozen=True)
class Question:
    """One policy and harm, with the clauses that are told."""

    policy: Policy
    harm: Harm
    setting: Setting
    full: Full
    names: tuple[str, ...]

    @classmethod
    def about(cls, policy: Policy, harm_id: str, models: int = 1) -> Question:
        """A question from a model at hand, before anything is learned."""
        harms, full = load_harms(policy), Full(policy)
        (harm,) = choose(harms.harms, (harm_id,))
        world, given = world_for(policy, harms.margin, World()), beginning(policy, "assessed", full)
        return cls(policy, harm, Setting(policy, world, given, models, 60.0), full, ())

    @property
    def clauses(self) -> tuple[Any, ...]:
        """The clauses by name."""
        return tuple(c for c in self.policy.clauses if c.common.id in self.names)

    def problem(self, length: int) -> Problem:
        """The question as terms of z3."""
        return Problem(self.setting, length, self.clauses, self.harm)

    def terms(self, problem: Problem) -> list[Any]:
        """Everything that a solution meets."""
        asked = [*problem.terms, problem.harm, *charitably(problem)]
        return [z3.BoolVal(t) if isinstance(t, bool) else t for t in asked]


@dataclass(frozen=True)
class Reply:
    """What an engine answered for one length."""

    status: str
    made: float = 0.0
    """Own seconds to make the question."""
    solved: float = 0.0
    confirmed: str = ""
    note: str = ""
    broken: tuple[str, ...] = ()
    """Clauses that the timeline breaks under ``rule``."""


# --- the engines ----------------------------------------------------------------------------------


def by_z3(asked: Question, length: int, limit: float) -> Reply:
    """Our terms, our solver."""
    before = time.process_time()
    problem = asked.problem(length)
    made = time.process_time() - before
    problem.solver.push()
    problem.solver.add(problem.harm, *charitably(problem))
    answer = problem.solver.check()
    solved = time.process_time() - before - made
    status = {"sat": "found", "unsat": "none"}.get(answer, "undetermined")
    if status != "found":
        return Reply(status, made, solved)
    confirmed, broken = _replayed(asked, problem, problem.solver.model())
    return Reply(status, made, solved, confirmed, "", broken)


def by_cpsat(asked: Question, length: int, limit: float) -> Reply:
    """Our terms in CP-SAT; making them for z3 is not counted, translating them is."""
    problem = asked.problem(length)
    status, model, made, solved = peer_cpsat.solve(asked.terms(problem), limit)
    confirmed, broken = _replayed(asked, problem, model) if model is not None else ("", ())
    return Reply(status, made, solved, confirmed, "", broken)


def by_clingo(grid: Sequence[int]) -> Callable[[Question, int, float], Reply]:
    """An encoding of its own, on a grid."""

    def ask(asked: Question, length: int, limit: float) -> Reply:
        kinds, words = alphabet(asked)
        status, found, made, solved, rules = peer_clingo.solve(
            asked.policy,
            asked.clauses,
            asked.harm,
            asked.setting,
            length,
            grid,
            asked.full,
            kinds,
            words,
        )
        confirmed, broken = _judged(asked, *found) if found is not None else ("", ())
        return Reply(status, made, solved, confirmed, f"{rules:,} rules", broken)

    return ask


def by_hypothesis(asked: Question, length: int, limit: float) -> Reply:
    """Timelines made up."""
    kinds, words = alphabet(asked)
    told = replace(asked.policy, clauses=asked.clauses)

    def wanted(timeline: peer_hypothesis.Timeline) -> bool:
        facts, end = timeline
        whole = [*asked.setting.given, *facts]
        if not judge(told, CHARITABLE, whole, end, asked.harm).confirmed:
            return False
        return allowed(asked, facts, end)

    world = asked.setting.world
    status, found, own, judged = peer_hypothesis.solve(
        length, kinds, words, world.rate, world.months, asked.full, wanted, limit
    )
    confirmed, broken = _judged(asked, *found) if found is not None else ("", ())
    return Reply(status, 0.0, own, confirmed, f"{judged:,} judged", broken)


ASK: dict[str, Callable[[Question, int, float], Reply]] = {
    "z3": by_z3,
    "CP-SAT": by_cpsat,
    **{name: by_clingo(grid) for name, grid in GRIDS.items()},
    "hypothesis": by_hypothesis,
}
NEEDS = {"CP-SAT": "ortools", "hypothesis": "hypothesis", **dict.fromkeys(GRIDS, "clingo")}


# --- the same arbiter for all ---------------------------------------------------------------------


Judged = tuple[str, tuple[str, ...]]
"""What became of a timeline, and the clauses that it breaks."""


def _replayed(asked: Question, problem: Problem, model: Any) -> Judged:
    facts = plain_facts(model, problem.slots, asked.setting.given, asked.full)
    end = day_number(int(model.eval(problem.slots.end.key, True).as_long()))
    return _ruled(asked, facts, end)


def _judged(asked: Question, facts: Sequence[Plain], end: Day) -> Judged:
    if not allowed(asked, facts, end):
        return "not of our world", ()
    return _ruled(asked, [*asked.setting.given, *facts], end)


def alphabet(asked: Question) -> tuple[tuple[str, ...], dict[str, list[dict[str, Any]]]]:
    """The kinds of event that the solver may choose, and by kind what its facts may state.

    A list states one word at a time here, of those that are asked; for z3 any of them together.
    """
    (slot,) = asked.problem(1).slots.free
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in slot.kinds:
        known, choices = attributes_of(kind), []
        for attribute in dict.fromkeys(name for name, _ in slot.words):
            if attribute not in known or (kind, attribute) not in asked.full.tested:
                continue
            options, type_ = known[attribute].options, known[attribute].type
            words = [w for (name, w) in slot.words if name == attribute]
            words = [w for w in words if not options or w in options]
            others = [o for o in options if o not in words and o != "unstated"]
            words += (["comprehensive"] if "comprehensive" in others else others)[:1]
            values: list[Any] = [[w] for w in words] if type_ == "words" else list(words)
            choices.append([(attribute, one) for one in values or [[]]])
        if kind == "threshold_decision" and slot.ranks:
            choices.append([_finding(asked.policy, slot.ranks, high) for high in (False, True)])
        found[kind] = [dict(one) for one in product(*choices)]
    return slot.kinds, found


def _finding(policy: Policy, ranks: Any, high: bool) -> tuple[str, dict[str, str]]:
    hidden = target(policy)
    attribute = "findings" if hidden in policy.thresholds else "levels"
    scale = FINDINGS if attribute == "findings" else policy.scale
    top = "high" if "high" in policy.scale and attribute == "levels" else scale[-1]
    names = [name for which, name in ranks if which == attribute]
    return attribute, {n: top if high and n == hidden else scale[0] for n in names}


def _ruled(asked: Question, facts: Sequence[Plain], end: Day) -> Judged:
    kept_off = frozenset(kinds_of([asked.harm.clause], asked.policy))
    _, verdict = complete(asked.policy, CHARITABLE, facts, end, asked.harm, asked.full, kept_off)
    names = {one.clause.partition("#")[2].partition("/")[0] for one in verdict.broken}
    return ("confirmed" if verdict.confirmed else "not confirmed"), tuple(sorted(names))


def allowed(asked: Question, facts: Sequence[Plain], end: Day) -> bool:
    """Whether our constraints on the world, and our clauses and harm, hold of some facts."""
    problem = asked.problem(len(facts))
    pins = [problem.slots.end.key == Date.at(end).key]
    for slot, fact in zip(problem.slots.free, facts, strict=True):
        if fact.kind not in slot.kinds:
            return False
        model = NOBODY if fact.model is None else MODELS.index(fact.model)
        pins += [
            slot.is_kind(fact.kind),
            slot.model_is(model),
            slot.date.key == Date.at(fact.day).key,
        ]
        pins.append(slot.compute == (fact.compute or 0))
        for (name, word), var in slot.words.items():
            said = fact.attributes.get(name)
            held = word in said if isinstance(said, list) else word == str(said).lower()
            if name in fact.attributes:
                pins.append(var == held)
        for (which, name), rank in slot.ranks.items():
            if name in fact.attributes.get(which, {}):
                scale = FINDINGS if which == "findings" else asked.policy.scale
                pins.append(rank == scale.index(fact.attributes[which][name]))
    problem.solver.add(problem.harm, *charitably(problem), *pins)
    return problem.solver.check() == "sat"


# --- asking, each in a process of its own ---------------------------------------------------------


def learning(engine: str, asked: Question, length: int, limit: float) -> Reply:
    """An answer that is confirmed, or breaks no clause that was not told: told it and asked again.

    As our own search does; seconds add up.
    """
    made, solved, told = 0.0, 0.0, asked
    while True:
        try:
            reply = ASK[engine](told, length, limit)
        except Unsupported as why:
            new = ", ".join(sorted({*told.names} - {*asked.names})) or "the question"
            return Reply("undetermined", made, solved, "", f"{new} cannot be told: {why}")
        made, solved = made + reply.made, solved + reply.solved
        new = {*reply.broken} - {*told.names}
        if reply.confirmed != "not confirmed" or not new:
            more = len(told.names) - len(asked.names)
            note = f"{reply.note}; {more} more told" if more else reply.note
            return replace(reply, made=made, solved=solved, note=note.strip("; "))
        told = replace(told, names=(*told.names, *sorted(new)))


def _child(pipe: Any, engine: str, asked: Question, length: int, limit: float) -> None:
    spent = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (spent + int(limit) + 5, spent + int(limit) + 10))
    pipe.send(learning(engine, asked, length, limit))


def ask(engine: str, asked: Question, length: int, limit: float) -> Reply:
    """One question in a process of its own, stopped at its limit of own seconds."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=_child, args=(theirs, engine, asked, length, limit))
    child.start()
    theirs.close()
    try:
        reply: Reply = ours.recv()
    except EOFError:
        reply = Reply("undetermined", note=f"stopped after {limit:.0f} s")
    child.join()
    return reply


HEAD = f"{'engine':17} {'came to':>14} {'k':>3} {'made s':>8} {'solved s':>9}  witness"


def shortest(engine: str, asked: Question, most: int, limit: float) -> None:
    """The shortest timeline, or that there is none: one row.

    The naive searcher, which cannot say none, is asked for one length alone: the last.
    """
    made, solved, last, length = 0.0, 0.0, Reply("none"), 0
    for length in range(most if engine == "hypothesis" else 0, most + 1):
        last = ask(engine, asked, length, limit)
        made, solved = made + last.made, solved + last.solved
        if last.status != "none":
            break
    told = " ".join(part for part in (last.confirmed, last.note) if part)
    print(f"{engine:17} {last.status:>14} {length:3} {made:8.2f} {solved:9.2f}  {told}", flush=True)


def learned(policy: str, harm: str, most: int) -> tuple[Question, int]:
    """A question with what our search learns, and how far it looked; its row is printed."""
    asked = Question.about(load_policy(policy), harm)
    search = Search(asked.setting, asked.harm, asked.full)
    before = time.process_time()
    outcome = search.run(charitably, range(most + 1))
    own = time.process_time() - before
    names = tuple(search.clauses)
    print(f"\n{policy} {harm}: told {', '.join(names) or 'no clause'}\n{HEAD}")
    witness = "confirmed" if outcome.witness else ""
    row = f"{'ours, learning':17} {outcome.status:>14} {outcome.length:3} {'':8} {own:9.2f}"
    print(f"{row}  {witness} (everything, tidied and replayed)", flush=True)
    return replace(asked, names=names), outcome.length


def growth(engines: Sequence[str], asked: Question, lengths: Sequence[int], limit: float) -> None:
    """Own seconds for exactly so many events; an engine that ran out is not asked for more."""
    print(f"{'engine':17} " + " ".join(f"{f'k={length}':>14}" for length in lengths))
    for engine in engines:
        cells, spent = [], False
        for length in lengths:
            if spent:
                cells.append("-")
                continue
            reply = ask(engine, asked, length, limit)
            spent = reply.status == "undetermined"
            mark = {"found": "+", "none": "", "undetermined": "?"}[reply.status]
            told = f"{reply.made:.2f}+{reply.solved:.2f}{mark}"
            cells.append(f"> {limit:.0f} ?" if reply.note.startswith("stopped") else told)
        print(f"{engine:17} " + " ".join(f"{cell:>14}" for cell in cells), flush=True)


def by_models(asked: Question, limit: float) -> None:
    """Ours, by number of models."""
    print("\nours by models, exactly k events: made+solved own s")
    for models in (1, 2, 3):
        more = replace(asked, setting=replace(asked.setting, models=models))
        replies = [ask("z3", more, length, limit) for length in (2, 4, 6)]
        cells = " ".join(f"{f'{r.made:.2f}+{r.solved:.2f} {r.status}':>24}" for r in replies)
        print(f"{models:3} {cells}", flush=True)


def by_clauses() -> None:
    """Ours, by number of clauses of a made-up policy: those it learns, then all told at once."""
    print("\nours by clauses (made up, of all six kinds), stale, up to 4 events: own s")
    print(f"{'clauses':>8} {'search':>8} {'learned':>8} {'all told':>9}  came to")
    for count in (10, 30, 100, 300):
        policy = parse_policy(Source("made-up.yaml", policy_text(count)))
        asked = Question.about(policy, "stale")
        search = Search(asked.setting, asked.harm, asked.full)
        before = time.process_time()
        outcome = search.run(charitably, range(5))
        own = time.process_time() - before
        every = replace(asked, names=tuple(c.common.id for c in policy.clauses))
        reply = ask("z3", every, 4, 60.0)
        told = f"{outcome.status} {outcome.length}; all told, k=4: {reply.status} {reply.note}"
        whole = reply.made + reply.solved
        print(f"{count:8} {own:8.2f} {len(search.clauses):8} {whole:9.2f}  {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="no growth, 4 events, 5 s a question")
    parser.add_argument("--limit", type=float, default=60.0, help="own seconds a question (60)")
    given = parser.parse_args()
    limit = 5.0 if given.quick else given.limit
    state("questions of the encoded policies", "z3-solver", "ortools", "clingo", "hypothesis")
    absent = {one for one in NEEDS.values() if installed(one) is None}
    for name in sorted(absent):
        print(
            f"{name} is not installed and left out: scripts/environment --group dev --group bench"
        )
    engines = [one for one in ENGINES if NEEDS.get(one) not in absent]
    asked = []
    for policy, harm, most in QUESTIONS:
        question, length = learned(policy, harm, 4 if given.quick else most)
        asked.append(question)
        for engine in engines:
            shortest(engine, question, length, limit)
    if given.quick:
        return
    for one in asked:
        print(f"\n{one.policy.id} {one.harm.id}, exactly k events: made+solved own s (+ found)")
        asked_on = [engine for engine in engines if engine != "hypothesis"]
        growth(asked_on, one, (2, 4, 6, 8, 10, 12), limit)
    by_models(asked[1], limit)
    by_clauses()


if __name__ == "__main__":
    main()
