"""The question in clingo: an encoding of its own, generated from the clauses, on a grid of days.

Generated: cadences (by time and by growth), states to be kept, holds without grace, duties with a
length, and conditions of ``did``, ``running``, ``in_place`` and the connectives. Anything else is
refused (``Unsupported``). Written by hand: the world of one model that is in training and assessed
on the first day, as ``world.py`` and ``findings.py`` say it, nothing of it stretched.

Each event has a place in the order of the record, a kind, what it states, a day of the grid and,
for some, a step of compute. Lengths are compared in sums over the days chosen, by months where a
clause counts months, so that grounding grows with the days and not with their square. Every reading
must be kept, and every open word means what a charitable reader takes it for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ifthen.dates import Day, Duration
from ifthen.policy.model import (
    Cadence,
    Call,
    Choice,
    Clause,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Forbid,
    Logic,
    Maintain,
    Not,
    Policy,
    TermRef,
    Whenever,
    Within,
)
from ifthen.review.loopholes.calendar import FIRST, Date, Unsupported, day_number, days_of
from ifthen.review.loopholes.concrete import MODELS, Plain
from ifthen.review.loopholes.findings import target
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.problem import Setting
from ifthen.ruling.matching import Names
from ifthen.ruling.variants import Anatomy
from ifthen.vocabulary import DEFAULTS, FINDINGS, KINDS, MODEL_EVENTS_OF_ACTION

COMPUTE = 100
"""Thousandths of a doubling from one step of compute to the next."""
_FOLLOWS, _HIGHEST = 30, 16_000

Statements = Mapping[str, Sequence[Mapping[str, Any]]]
"""By kind, what its facts may state."""

_WORLD = """
1 {{ at(I,S) : step(S) }} 1 :- free(I).
1 {{ at(n+1,S) : step(S) }} 1.
at(0,0).
:- I = 1..n, #sum {{ S,a : at(I,S); -S,b : at(I+1,S) }} > 0.
same(I) :- at(I,S), at(I+1,S), slot(I), slot(I+1).
last(I) :- slot(I), not same(I).
1 {{ kind(I,K) : alphabet(K) }} 1 :- free(I).
1 {{ states(I,N) : statement(K,N) }} 1 :- free(I), kind(I,K).
says(I,A,W) :- states(I,N), kind(I,K), word(K,N,A,W).
:- same(I), free(I+1), kind(I,K), kind(I+1,L), phase(K,P), phase(L,Q), P > Q.
:- free(I), kind(I,training_started).

figure(I) :- kind(I,K), figures(K).
1 {{ stated(I,C) : level(C) }} 1 :- free(I), figure(I).
compute(P,0) :- P = 0..g.
compute(P,C) :- free(P), stated(P,C).
compute(P,C) :- free(P), not figure(P), compute(P-1,C).
before(P,J) :- free(P), figure(J), J < P, not between(P,J).
between(P,J) :- free(P), figure(J), figure(L), J < L, L < P.
:- free(P), figure(P), #sum {{ C,a : compute(P,C); -C,b : compute(P-1,C) }} < 0.
:- free(P), figure(P), before(P,J),
   #sum {{ C,a : compute(P,C); -C,b : compute(P-1,C);
          -{rate}*D,c : at(P,S), day(S,D); {rate}*D,d : at(J,S), day(S,D) }} > 0.

full(I) :- kind(I,assessment_completed), not says(I,assessment,"preliminary").
started(P,J) :- free(P), full(P), kind(J,assessment_started), J < P, not ended(P,J).
ended(P,J) :- free(P), kind(J,assessment_started), kind(L,assessment_completed), J < L, L < P.
taken(P) :- started(P,J),
   #sum {{ D,a : at(P,S), day(S,D); -D,b : at(J,S), day(S,D) }} >= {least}.
:- free(P), full(P), not taken(P){starts}.

reached(P) :- kind(I,capability_reached), I <= P, P = 0..n.
:- free(I), kind(I,capability_reached), reached(I-1).
:- free(I), kind(I,threshold_decision), high(I), not reached(I-1).
:- free(I), kind(I,threshold_decision), not high(I), reached(I-1).
below(I) :- kind(I,threshold_decision), not high(I).
recent(I,J) :- free(I), kind(I,capability_reached), below(J), J < I, not newer(I,J).
newer(I,J) :- free(I), below(J), below(L), J < L, L < I.
:- recent(I,J), #sum {{ C,a : compute(I-1,C); -C,b : compute(J,C) }} < {margin}.
looked(I) :- free(I), full(I).
looked(I) :- free(I), kind(I,evaluation_result).
found(I) :- looked(I), kind(J,threshold_decision), I < J,
   #sum {{ D,a : at(J,S), day(S,D); -D,b : at(I,S), day(S,D) }} <= {follows}.
found(I) :- looked(I), #sum {{ D,a : at(n+1,S), day(S,D); -D,b : at(I,S), day(S,D) }} <= {follows}.
:- looked(I), not found(I), {findings}.
#show at/2. #show kind/2. #show states/2. #show stated/2.
"""


class Encoding:
    """The program for one question."""

    def __init__(
        self, policy: Policy, setting: Setting, kinds: Sequence[str], statements: Statements
    ) -> None:
        self.policy = policy
        self.names = Names(policy)
        self.lines: list[str] = []
        self.readings: Mapping[str, str] = {}
        self._known: dict[Any, str] = {}
        self._clauses = 0
        self._clock = False
        """Whether a condition is asked on the day of its last fact, so that clocks can be read."""
        self._given(setting, statements)
        starts = "" if "assessment_started" in kinds else ", 0 = 1"
        self.lines.append(
            _WORLD.format(
                rate=setting.world.rate,
                least=setting.world.assessment_days,
                starts=starts,
                margin=math.ceil(1000 * math.log2(setting.world.margin)),
                follows=_FOLLOWS,
                findings="0 = 0" if target(policy) else "0 = 1",
            )
        )
        self.lines += [f"alphabet({kind})." for kind in kinds]

    def _given(self, setting: Setting, statements: Statements) -> None:
        add = self.lines.append
        for number, fact in enumerate(setting.given, 1):
            date, step = Date.at(fact.day), 0
            if fact.day >= FIRST:
                add(f"ruled({number}).")
            else:  # a day of its own, before those of the grid
                step = number - len(setting.given) - 1
                add(f"key({step},{date.key}). day({step},{date.day}).")
            add(f"at({number},{step}). kind({number},{fact.kind}).")
            defaults = {a: v for (k, a), v in DEFAULTS.items() if k == fact.kind}
            for name, word in _words({**defaults, **fact.attributes}):
                add(f'says({number},{name},"{word}").')
            if _is_high(self.policy, fact.attributes):
                add(f"high({number}).")
        for kind, said in statements.items():
            for number, one in enumerate(said):
                add(f"statement({kind},{number}).")
                for name, word in _words(one):
                    add(f'word({kind},{number},{name},"{word}").')
                if _is_high(self.policy, one):
                    add(f"high(I) :- kind(I,{kind}), states(I,{number}).")
        for kind, known in KINDS.items():
            add(f"phase({kind},{known.phase}).")
        self.lines += [f"figures({kind})." for kind in FIGURES]

    # --- clauses ---------------------------------------------------------------------------

    def keep(self, clause: Clause) -> None:
        """The clause is not broken, under any of its readings."""
        for readings in Anatomy(self.policy, clause).assignments:
            self.lines.append(f":- {self._broken(clause, readings)}.")

    def happens(self, harm: Harm) -> None:
        """The clause of the harm is broken."""
        self.lines.append(f":- not {self._broken(harm.clause, {})}.")

    def _broken(self, clause: Clause, readings: Mapping[str, str]) -> str:
        self.readings, self._known = readings, {}
        self._clauses += 1
        name = f"broken{self._clauses}"
        match clause:
            case Cadence():
                rules = self._cadence(clause, name)
            case Maintain():
                fails = self._fails(self.condition(clause.while_), self.condition(clause.keep))
                rules = self._stretch(fails, clause.grace, name)
            case Forbid(grace=None):
                rules = self._forbid(clause, name)
            case Whenever(becomes=None):
                rules = self._whenever(clause, name)
            case _:
                raise Unsupported("a clause of this form")
        self.lines += rules
        return name

    def _cadence(self, clause: Cadence, name: str) -> Iterator[str]:
        latest = self._latest(clause.do)
        asked = f"ruled(P), last(P), {self.condition(clause.while_)}(P), {latest}(P,J)"
        if clause.every is not None:
            over = self.longer("J", "P+1", clause.every)
            yield f"{name} :- {asked}, {over}."
        if clause.growth is not None:
            yield f"{name} :- {asked}, {_grown(*clause.growth)}, not {name}_over(P)."
            yield f"{name}_over(n) :- at(n,S), at(n+1,S)."

    def _latest(self, events: Expression) -> str:
        """The last such event after so many facts; fact 0, the first day, where there is none."""
        name, deed = self._new("latest"), self.events(events)
        self.lines += [
            f"{name}_newer(P,J) :- slot(P), {deed}(L), J = 0..n, J < L, L <= P.",
            f"{name}(P,J) :- slot(P), {deed}(J), J <= P, not {name}_newer(P,J).",
            f"{name}(P,0) :- slot(P), not {name}_newer(P,0).",
        ]
        return name

    def _fails(self, active: str, keep: str) -> str:
        name = self._new("fails")
        self.lines.append(f"{name}(P) :- ruled(P), {active}(P), not {keep}(P).")
        return name

    def _stretch(self, fails: str, grace: Expression | None, name: str) -> Iterator[str]:
        if grace is None:
            yield f"{name} :- last(P), {fails}(P)."
            return
        yield f"{name}_on(P) :- last(P), {fails}(P)."
        yield f"{name}_on(P) :- slot(P), {name}_on(P-1), not {name}_off(P)."
        yield f"{name}_off(P) :- ruled(P), last(P), not {fails}(P)."
        yield f"{name}_end(P) :- {name}_on(P), {name}_off(J), P < J, not {name}_late(P,J)."
        over = self.longer("P", "J", grace)
        yield f"{name}_late(P,J) :- {name}_on(P), {name}_off(J), P < J, {over}."
        over = self.longer("P", "n+1", grace)
        yield f"{name} :- last(P), {fails}(P), not {name}_on(P-1), not {name}_end(P), {over}."

    def _forbid(self, clause: Forbid, name: str) -> Iterator[str]:
        starts = MODEL_EVENTS_OF_ACTION[clause.action][0] - {"training_progress"}
        holds = f"not {self.condition(clause.unless)}"
        applies = "" if clause.if_ is None else f", {self.condition(clause.if_)}(Q)"
        act = self._concerns(frozenset(starts), clause.action)
        yield f"{name} :- ruled(P), {act}(P), Q = P-1, {holds}(Q){applies}."
        runs = self.running(clause.action)
        yield f"{name} :- ruled(Q), last(Q), {runs}(Q), {holds}(Q){applies}."

    def _whenever(self, clause: Whenever, name: str) -> Iterator[str]:
        assert clause.when is not None
        trigger = f"ruled(P), {self.events(clause.when)}(P)"
        if clause.if_ is not None:
            self._clock = True
            trigger += f", {self.condition(clause.if_)}(P)"
            self._clock = False
        if clause.require is not None:
            yield f"{name} :- {trigger}, not {self.condition(clause.require)}(P-1)."
            return
        assert clause.duty is not None
        match clause.duty.deadlines:
            case (Within(duration=length, of=()),) if clause.duty.after is None:
                for number, deed in enumerate(map(self.events, clause.duty.then)):
                    over, late = (self.longer("P", end, length) for end in ("n+1", "J"))
                    done = f"{name}_done{number}"
                    yield f"{done}(P) :- {trigger}, {deed}(J), P < J, not {done}_late(P,J)."
                    yield f"{done}_late(P,J) :- {trigger}, {deed}(J), P < J, {late}."
                    yield f"{name} :- {trigger}, not {done}(P), {over}."
            case _:
                raise Unsupported("a deadline of this form")

    def longer(self, start: str, end: str, length: Expression, more: str = ">") -> str:
        """That the time between two facts is longer than a length; never, where it has no bound."""
        found: Any = self.chosen(length)
        value = found.value if isinstance(found, DurationLiteral) else None
        if isinstance(found, TermRef):
            value = self.policy.terms[found.term].charitable.value
        if not isinstance(value, Duration):
            return "0 = 1"
        if value.unit in ("month", "year"):
            measure, most = "key", value.count * 31 * (12 if value.unit == "year" else 1)
        else:
            measure, most = "day", days_of(value)
        spent = f"K,a : at({end},S), {measure}(S,K); -K,b : at({start},S), {measure}(S,K)"
        return f"#sum {{ {spent} }} {more} {most}"

    # --- conditions and events -------------------------------------------------------------

    def chosen(self, expression: Expression) -> Expression:
        """An expression under the readings taken, definitions opened."""
        while isinstance(expression, Choice | Defined):
            expression = (
                expression.expression
                if isinstance(expression, Defined)
                else expression.options[self.readings[expression.reading]]
            )
        return expression

    def _new(self, stem: str) -> str:
        self._known[len(self._known)] = stem
        return f"{stem}{self._clauses}_{len(self._known)}"

    def condition(self, expression: Expression | None) -> str:
        """The predicate of a condition: whether it holds after so many facts."""
        name, add = self._new("cond"), self.lines.append
        match None if expression is None else self.chosen(expression):
            case None | Constant(value=True):
                add(f"{name}(P) :- P = 0..n.")
            case Constant(value=False):
                add(f"{name}(0) :- 0 = 1.")
            case Not(operand=operand):
                add(f"{name}(P) :- P = 0..n, not {self.condition(operand)}(P).")
            case Logic(operator="and", operands=operands):
                parts = ", ".join(f"{self.condition(one)}(P)" for one in operands)
                add(f"{name}(P) :- {parts}.")
            case Logic(operator="or", operands=operands):
                for one in operands:
                    add(f"{name}(P) :- {self.condition(one)}(P).")
            case Logic(operator="otherwise", operands=operands):
                return self.condition(operands[0])  # of what is told here, nothing is unknown
            case Compare(
                operator=">=", left=Call(function="since", arguments=(events,)), right=length
            ) if self._clock:
                passed = self.longer("J", "P", length, ">=")
                add(f"{name}(P) :- {self._latest(events)}(P,J), {passed}.")
            case Compare(
                operator=">=" | ">" as operator,
                left=Call(function="growth", arguments=(events,)),
                right=Constant(value=Fraction() as factor),
            ):
                add(f"{name}(P) :- {self._latest(events)}(P,J), {_grown(operator, factor)}.")
            case Call(function="did", arguments=(events,)):
                add(f"{name}(P) :- {self.events(events)}(I), I <= P, P = 0..n.")
            case Call(function="running", arguments=(Constant(value=action),)):
                return self.running(str(action))
            case Call(function="in_place", arguments=(Constant(value=standard),)):
                parts = ", ".join(f"{self._standing(s)}(P)" for s in self.names.standards(standard))
                add(f"{name}(P) :- {parts}.")
            case _:
                raise Unsupported("a condition of this form")
        return name

    def _standing(self, standard: str) -> str:
        """Whether a standard, or one that includes it, is in place."""
        name = self._new("standing")
        on, off = (
            f'kind(P,standard_{verb}), says(P,standard,"{standard}")'
            for verb in ("activated", "lapsed")
        )
        self.lines += [
            f"{name}_own(P) :- {on}.",
            f"{name}_own(P) :- slot(P), {name}_own(P-1), not {name}_off(P).",
            f"{name}_off(P) :- {off}.",
            f"{name}(P) :- {name}_own(P).",
        ]
        for other in self.policy.standards.values():
            if standard in other.includes:
                self.lines.append(f"{name}(P) :- {self._standing(other.id)}(P).")
        return name

    def running(self, action: str) -> str:
        """The predicate of an action that is under way after so many facts."""
        name = self._new("runs")
        starts, ends = MODEL_EVENTS_OF_ACTION[action]  # type: ignore[index]
        begun, over = self._concerns(starts, action), self._concerns(ends, action)
        self.lines += [
            f"{name}(P) :- {begun}(P).",
            f"{name}(P) :- slot(P), {name}(P-1), not {over}(P).",
        ]
        return name

    def _concerns(self, kinds: frozenset[str], action: str) -> str:
        name = self._new("concerns")
        self.lines.append(f"{name}(0) :- 0 = 1.")
        for kind in sorted(kinds):
            inside = ""
            if kind == "model_released" and action != "store":
                inside = f', {"" if action == "use-inside" else "not "}says(I,stage,"internal")'
            self.lines.append(f"{name}(I) :- kind(I,{kind}){inside}.")
        return name

    def events(self, expression: Expression) -> str:
        """The predicate of the facts that an event means."""
        events, name = self.chosen(expression), self._new("event")
        if not isinstance(events, Events):
            raise Unsupported("an event of this form")
        for pattern in events.patterns:
            bodies = [f"kind(I,{pattern.kind})"]
            for test in pattern.tests:
                if test.attribute == "model" and test.values in (("any",), ("this",)):
                    continue  # there is one
                if test.bound or test.attribute in ("model", "about", "standard", "threshold"):
                    raise Unsupported(f"a test of {test.attribute}")
                said = [f'says(I,{test.attribute},"{word}")' for word in test.values]
                if test.operator == "in":
                    bodies = [f"{body}, {one}" for body in bodies for one in said]
                elif test.operator == "!=":
                    bodies = [f"{body}, not {one}" for body in bodies for one in said]
                else:
                    bodies = [", ".join((body, *said)) for body in bodies]
            self.lines += [f"{name}(I) :- {body}." for body in bodies]
        return name


def _grown(operator: str, factor: Fraction) -> str:
    """That compute has grown by a factor from one fact to another."""
    exact = 1000 * math.log2(factor)
    least = math.ceil(exact - 1e-9) if operator == ">=" else math.floor(exact + 1e-9) + 1
    return f"#sum {{ C,a : compute(P,C); -C,b : compute(J,C) }} >= {least}"


def _words(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        if isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            yield from ((name, one) for one in value if isinstance(one, str))


def _is_high(policy: Policy, said: Mapping[str, Any]) -> bool:
    """Whether a finding says that the hidden threshold is reached."""
    if target(policy) in said.get("findings", {}):
        return FINDINGS.index(said["findings"][target(policy)]) >= 2
    level = said.get("levels", {}).get(target(policy))
    highest = "high" if "high" in policy.scale else (*policy.scale, "")[-1]
    return level is not None and policy.scale.index(level) >= policy.scale.index(highest)


def solve(
    policy: Policy,
    clauses: Sequence[Clause],
    harm: Harm,
    setting: Setting,
    length: int,
    grid: Sequence[int],
    full: Full,
    kinds: Sequence[str],
    statements: Statements,
) -> tuple[str, tuple[list[Plain], Day] | None, float, float, int]:
    """The answer, facts and day of the ruling, seconds to ground and to solve, rules.

    Raises:
        Unsupported: a clause has no encoding here.
    """
    import clingo

    before = time.process_time()
    given, encoding = len(setting.given), Encoding(policy, setting, kinds, statements)
    for clause in clauses:
        encoding.keep(clause)
    encoding.happens(harm)
    keys = [month * 31 + dom for month in range(setting.world.months) for dom in grid]
    lines = [f"#const n = {given + length}. #const g = {given}. slot(1..n). free(g+1..n)."]
    lines += ["ruled(I) :- free(I).", f"level(0). level({COMPUTE}*(1..{_HIGHEST // COMPUTE}))."]
    for step, key in enumerate(keys):
        lines.append(f"step({step}). key({step},{key}). day({step},{day_number(key) - FIRST}).")
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join((*lines, *encoding.lines)))
    control.ground([("base", [])])
    made = time.process_time() - before
    symbols: list[Any] = []
    result = control.solve(on_model=lambda model: symbols.extend(model.symbols(shown=True)))
    solved = time.process_time() - before - made
    rules = int(control.statistics["problem"]["lp"]["rules"])
    if not result.satisfiable:
        return "none", None, made, solved, rules
    at, kind, states, stated = ({} for _ in range(4))
    tables: dict[str, dict[int, Any]] = {"at": at, "kind": kind, "states": states, "stated": stated}
    for symbol in symbols:
        place, value = symbol.arguments
        tables[symbol.name][place.number] = value.name if symbol.name == "kind" else value.number
    facts = []
    for place in range(given + 1, given + length + 1):
        which = kind[place]
        said = {**full.lists(which), **statements[which][states[place]]}
        model = MODELS[0] if KINDS[which].needs_model else None
        day = day_number(keys[at[place]])
        facts.append(
            Plain(which, day, model, full.stated(which, said), stated.get(place), "chosen")
        )
    return "found", (facts, day_number(keys[at[given + length + 1]])), made, solved, rules
