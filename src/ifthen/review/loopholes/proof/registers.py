"""The past as registers: each what ``conditions`` would find by going through the facts so far.

``Conditions`` answers every question by a fold over a prefix of the timeline. Here the timeline is
one fact, the next; a question about the prefix of none is answered by a register, and about the
prefix of one by what the register becomes. A register exists only where something asks for it, so
that a system holds what its clauses can tell apart and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import z3

from ifthen.policy.describe import describe
from ifthen.policy.model import Attribute, Events, Expression, Pattern, Procedure
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.findings import as_term
from ifthen.review.loopholes.kleene import UNKNOWN, Bit, K, conj, disj, k_if, neg, pick, sure
from ifthen.review.loopholes.models import FIGURES
from ifthen.review.loopholes.proof.ages import Ago
from ifthen.review.loopholes.slots import UNSAID
from ifthen.vocabulary import KINDS, MODEL_EVENTS_OF_ACTION

SUBJECT = 0
"""The model that a proof is about."""
OTHER = 1
"""Any other model: nothing is assumed of what is done with it, so it stands for all of them."""
Update = Callable[[Any], Any]
Since: TypeAlias = Literal["ever", "adopted", "chosen"]
"""All facts; those from the adoption of the policy on, which are ruled; those beyond the given."""


@dataclass(frozen=True, slots=True)
class Register:
    """One part of the state."""

    name: str
    term: Any
    """Its value before a step."""
    blank: Any
    """Its value before any fact; None where it may be anything and never changes."""
    event: Any
    """Its value after a fact."""
    tick: Any
    """Its value after a day has been closed and others have passed."""
    occurs: Any = None
    """Of a clock: whether the fact is what it counts from (rather than the subject's birth)."""
    since: Since = "ever"
    """From when on facts count for it."""


class Bank:
    """The registers of a system, made when they are asked for."""

    def __init__(self) -> None:
        self.registers: dict[str, Register] = {}
        self.elapsed = z3.Int("elapsed")
        """Days that pass after the day that is closed."""
        self.gain = z3.Int("gain")
        """Growth of the subject's compute at a fact, in thousandths of a doubling."""
        self.apart = z3.Int("apart")
        """Compute of the subject over that of another model, or of none."""
        self.choices: list[Any] = []
        """Truth values that the adversary may choose at each step."""
        self.facts: list[Any] = []
        """What is certain of those choices."""

    def choice(self, what: str) -> Any:
        """A truth value that the adversary chooses."""
        found = z3.Bool(f"choice{len(self.choices)}: {what}")
        self.choices.append(found)
        return found

    def ago(self, days: Any) -> Ago:
        """A day so long ago."""
        return Ago(days, self.choice, self.facts)

    def make(
        self,
        name: str,
        blank: Any,
        event: Update,
        tick: Update | None = None,
        *,
        occurs: Any = None,
        since: Since = "ever",
    ) -> Any:
        """The term of a register; its updates are functions of it."""
        if name not in self.registers:
            term = z3.Bool(name) if isinstance(blank, bool) else z3.Int(name)
            after = as_term(event(term))
            later = term if tick is None else as_term(tick(term))
            self.registers[name] = Register(name, term, blank, after, later, occurs, since)
        return self.registers[name].term

    def constant(self, name: str, sort: Any) -> Any:
        """A register that may be anything at first and never changes."""
        if name not in self.registers:
            term = z3.Const(name, sort)
            self.registers[name] = Register(name, term, None, term, term)
        return self.registers[name].term


class Registers(Conditions):
    """Conditions whose past is a bank of registers and whose one fact is the next."""

    bank: Bank

    # --- events ----------------------------------------------------------------------------

    def _at(self, term: Any, here: Here) -> Any:
        return self.bank.registers[term.decl().name()].event if here.prefix else term

    def _whose(self) -> str:
        return "" if self.model is None else " of the model"

    def spell(self, expression: Expression, here: Here) -> str:
        """An event in words, for the name of a register."""
        events = self.chosen(expression)
        assert isinstance(events, Events)
        bound = {v for pattern in events.patterns for test in pattern.tests for v in test.bound}
        given = ", ".join(f"{name}={value}" for name, value in here.names if name in bound)
        return f"{describe(events)}{f' where {given}' if given else ''}{self._whose()}"

    def _match(self, expression: Expression, here: Here) -> Bit:
        return self.matches(0, expression, Here(1, here.date, 0, here.names))

    def did(self, expression: Expression, here: Here) -> Bit:
        """Whether such an event has happened."""
        name = f"did {self.spell(expression, here)}"
        now = self._match(expression, here)
        return self._at(self.bank.make(name, False, lambda old: disj((old, now))), here)

    def last(self, expression: Expression, here: Here, key: str, value: Any, none: Any) -> Any:
        """Not asked: a register holds no fact."""
        raise Unsupported(f"the {key} of an event")

    def age(self, expression: Expression, here: Here) -> Any:
        """Days since the last such event, else since the subject's birth."""
        name = f"days since {self.spell(expression, here)}"
        now, birth = self._match(expression, here), self._birth(expression, here)

        def event(old: Any) -> Any:
            return pick(disj((now, birth)), z3.IntVal(0), old)

        def tick(old: Any) -> Any:
            return old + self.bank.elapsed

        return self._at(self.bank.make(name, 0, event, tick, occurs=as_term(now)), here)

    def _birth(self, expression: Expression, here: Here) -> Bit:
        """Whether this is the subject's first fact, and such an event did not come before it."""
        if self.model is None:
            return False
        first = conj((self.slots.all[0].model_is(self.model), neg(self.alive())))
        events = self.chosen(expression)
        assert isinstance(events, Events)
        if all(self._own(pattern) for pattern in events.patterns):
            return first
        return conj((first, neg(self.did(expression, Here(0, None, None, here.names)))))

    def _own(self, pattern: Pattern) -> bool:
        """Whether a pattern means facts about the subject alone."""
        named = any(test.attribute == "model" for test in pattern.tests)
        return KINDS[pattern.kind].needs_model and not named

    def last_date(self, expression: Expression, here: Here) -> Any:
        """The day of the last such event, else of the subject's birth."""
        return self.bank.ago(self.age(expression, here))

    def alive(self) -> Any:
        """Whether the subject has been mentioned."""
        now = self.slots.all[0].model_is(SUBJECT)
        return self.bank.make("born", False, lambda old: disj((old, now)))

    def born(self, prefix: int, model: int) -> Bit:
        """Whether a model has been mentioned."""
        if model != SUBJECT:
            raise Unsupported("several models at once")
        return self._at(self.alive(), Here(prefix, None))

    def _domain(self, domain: Expression, here: Here) -> list[tuple[str, Bit]]:
        if getattr(domain, "function", None) == "models":
            raise Unsupported("several models at once")
        return super()._domain(domain, here)

    def _count(self, events: Expression, here: Here) -> Any:
        now = self._match(events, here)
        name = f"count {self.spell(events, here)}"
        return self._at(self.bank.make(name, 0, lambda old: old + pick(now, 1, 0)), here)

    # --- the state of models ---------------------------------------------------------------

    def running(self, action: str, model: int, prefix: int) -> Bit:
        """Whether an action is under way."""
        starts, ends = MODEL_EVENTS_OF_ACTION[action]  # type: ignore[index]
        begun = self.concerns(0, starts, action, model)
        over = self.concerns(0, ends, action, model)
        name = f"running {action}"

        def event(old: Any) -> Any:
            return disj((begun, conj((old, neg(over)))))

        return self._at(self.bank.make(name, False, event), Here(prefix, None))

    def in_place(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard is in place, by itself or by another that includes it."""
        slot = self.slots.all[0]
        names = conj((slot.says("standard", standard), self.slots.about(0, model)))
        on = conj((slot.is_kind("standard_activated"), names))
        off = conj((slot.is_kind("standard_lapsed"), names))

        def event(old: Any) -> Any:
            return disj((on, conj((old, neg(off)))))

        whose = "" if model is None else " of the model"
        own = self.bank.make(f"in place {standard}{whose}", False, event)
        others = (self.in_place(one, model, prefix) for one in self._including(standard))
        return disj((self._at(own, Here(prefix, None)), *others))

    def approved(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard has been approved, or another that includes it."""
        slot = self.slots.all[0]
        made = (slot.is_kind("standard_approved"), slot.says("standard", standard))
        now = conj((*made, self.slots.about(0, model)))
        whose = "" if model is None else " of the model"
        own = self.bank.make(f"approved {standard}{whose}", False, lambda old: disj((old, now)))
        others = (self.approved(one, model, prefix) for one in self._including(standard))
        return disj((self._at(own, Here(prefix, None)), *others))

    def status(self, threshold: str, model: int, prefix: int) -> Any:
        """The rank of the last finding, or ``UNSAID`` where it was never decided."""
        rank = self.slots.all[0].rank("findings", threshold)
        decides = conj((self.names_kind(0, "threshold_decision", model), rank != UNSAID))
        own = self.bank.make(f"finding {threshold}", UNSAID, lambda old: pick(decides, rank, old))
        found = self._at(own, Here(prefix, None))
        known = self.policy.thresholds.get(threshold)
        for other in known.above if known else ():
            below = conj((found == UNSAID, self.status(other, model, prefix) == 0))
            found = pick(below, 0, found)
        return found

    def level(self, category: str, mitigation: str | None, model: int, prefix: int) -> Any:
        """The rank of the last score, or ``UNSAID`` where there is none."""
        slot = self.slots.all[0]
        rank = slot.rank("levels", category)
        decides = [self.names_kind(0, "threshold_decision", model), rank != UNSAID]
        if mitigation is not None:
            decides.append(slot.says("mitigation", mitigation))
        name = f"level {category}{'' if mitigation is None else ' ' + mitigation}"
        own = self.bank.make(name, UNSAID, lambda old: pick(conj(decides), rank, old))
        return self._at(own, Here(prefix, None))

    def forecast(self, category: str, model: int | None, prefix: int) -> Any:
        """The rank of the last forecast; lower than every level where there is none."""
        slot = self.slots.all[0]
        rank: Any = z3.IntVal(0)
        for number, level in enumerate(self.policy.scale):
            rank = pick(slot.says("level", level), z3.IntVal(number), rank)
        made = (slot.is_kind("forecast"), slot.says("threshold", category))
        now = conj((*made, self.slots.about(0, model)))
        name = f"forecast {category}{'' if model is None else ' of the model'}"
        own = self.bank.make(name, UNSAID, lambda old: pick(now, rank, old))
        return self._at(own, Here(prefix, None))

    def compute(self, model: int, prefix: int) -> Any:
        """Not asked: only growth is followed."""
        raise Unsupported("effective compute by itself")

    def grown(self, model: int, events: Expression, here: Here) -> tuple[Any, Bit]:
        """Growth in compute since the last such event, in thousandths of a doubling.

        Since one that names no model it may be anything.
        """
        if model != SUBJECT or self.model is None:
            raise Unsupported("several models at once")
        found = self.chosen(events)
        assert isinstance(found, Events)
        now, birth = self._match(events, here), self._birth(events, here)
        name = f"growth since {self.spell(events, here)}"
        mine = True if all(map(self._own, found.patterns)) else self.slots.all[0].model_is(SUBJECT)

        def event(old: Any) -> Any:
            grown = self.growing(old, disj((conj((now, mine)), birth)))
            return pick(conj((now, neg(mine))), self.bank.apart, grown)

        return self._at(self.bank.make(name, 0, event), here), True

    def growing(self, old: Any, afresh: Bit) -> Any:
        """What a growth becomes after a fact: nothing where it counts afresh."""
        own = conj((self.slots.all[0].model_is(SUBJECT), self.states_figure()))
        return pick(afresh, z3.IntVal(0), old + pick(own, self.bank.gain, z3.IntVal(0)))

    def states_figure(self) -> Bit:
        """Whether the fact states the effective compute of its model."""
        return disj(self.slots.all[0].is_kind(kind) for kind in FIGURES)

    # --- what a fact said ------------------------------------------------------------------

    def said(self, attribute: Attribute, word: str, here: Here) -> K:
        """Whether a fact states a word; of the last of some events, a register."""
        if attribute.of is None:
            return super().said(attribute, word, here)
        if attribute.name in ("date", "published") or attribute.name.endswith("_date"):
            raise Unsupported(f"the date {attribute.name} of a fact")
        meant = self._meant(attribute.name, word)
        said = sure(conj(self.slots.all[0].says(attribute.name, w) for w in meant))
        now = self._match(attribute.of, here)
        name = f"last {self.spell(attribute.of, here)} said {attribute.name} {word}"
        return self._kept(name, UNKNOWN, lambda old: k_if(now, said, old), here)

    def _counts(self, name: str, here: Here) -> K:
        (procedure,) = (
            c for c in self.policy.clauses if isinstance(c, Procedure) and c.common.id == name
        )
        now, value = self._match(procedure.decision, here), self.decision(procedure, 0)
        whose = self._whose()
        return self._kept(
            f"counts {name}{whose}", K(False, True), lambda old: k_if(now, value, old), here
        )

    def _kept(self, name: str, blank: K, event: Callable[[K], K], here: Here) -> K:
        """A truth value of three as two registers."""
        make = self.bank.make
        t = make(f"{name}: yes", blank.t, lambda old: event(K(old, False)).t)
        f = make(f"{name}: no", blank.f, lambda old: event(K(False, old)).f)
        return K(self._at(t, here), self._at(f, here))
