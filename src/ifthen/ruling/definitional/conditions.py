"""What a condition comes to at a point, with the tree of steps that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    Expression,
    Logic,
    Not,
    Procedure,
    Quantified,
    Step,
    TermRef,
    Words,
)
from ifthen.record.model import Fact
from ifthen.ruling.definitional.values import UNTOLD, Here, Values
from ifthen.ruling.definitional.view import latest
from ifthen.ruling.order import after_fact, before_fact
from ifthen.ruling.reasons import Because, agree, kleene_and, kleene_not, kleene_or


class Conditions(Values):
    """Conditions of one policy for one subject and choice of readings, words taken literally.

    What one comes to at a point is worked out once.
    """

    @cached_property
    def _judged(self) -> dict[tuple[str, int, str, str | None, bool], Because]:
        return {}

    # --- truth -----------------------------------------------------------------------------

    def judged(self, role: str, expression: Expression, here: Here) -> Because:
        """A condition of a clause, with where it was asked."""
        trigger = None if here.trigger is None else here.trigger.id
        key = (role, id(expression), str(here.point), trigger, here.lenient)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = self._judge(role, expression, here)
        return found

    def _judge(self, role: str, expression: Expression, here: Here) -> Because:
        child = self.truth(expression, here)
        trigger = None if here.trigger is None else here.trigger.id
        detail = {"at": str(here.point), "trigger": trigger}
        return Because("judged", role, child.value, detail=detail, children=(child,))

    def truth(self, expression: Expression, here: Here) -> Because:
        """Whether a condition holds."""
        text = self.names.text(expression)
        match expression:
            case Defined(expression=inner):
                return _over("definition", text, [self.truth(inner, here)])
            case Choice(reading=reading):
                child = self.truth(self.chosen(expression), here)
                detail = {"reading": reading, "option": self.readings[reading]}
                return replace(_over("reading", child.text, [child]), detail=detail)
            case Not(operand=operand):
                child = self.truth(operand, replace(here, lenient=not here.lenient))
                return replace(_over("not", text, [child]), value=kleene_not(child.value))
            case Logic(operator=operator, operands=operands):
                return _first_to_decide(operator, text, (self.truth(o, here) for o in operands))
            case Quantified(quantifier=quantifier):
                return _first_to_decide(quantifier, text, self._members(expression, here))
            case Compare(left=left):
                clock = self.chosen(left)
                while isinstance(clock, Defined):
                    clock = self.chosen(clock.expression)
                if isinstance(clock, Call) and clock.function == "since":
                    return self.since(expression, clock.arguments[0], here)
                if isinstance(clock, Call) and clock.function == "between":
                    return self.between(expression, clock, here)
                return self.compare(expression, here)
            case Call():
                return self._call(expression, here)
            case Constant(value=bool() as value):
                return Because("constant", text, value)
            case TermRef(term=term):
                bound = self.policy.terms[term].literal.value
                value = bound if isinstance(bound, bool) else here.lenient
                return Because("term", term, value, detail={"term": term, "meaning": "literal"})
            case Attribute():
                said = self.attribute(expression, here)
                values = [v if isinstance(v, bool) else None for v in said.possible]
                flag = None if said.unknown else agree(values)
                unknown = UNTOLD if flag is None else ()
                return Because("attribute", text, flag, said.facts, {}, unknown, said.assumes)
        raise TypeError(f"not a condition: {text}")

    def _members(self, expression: Quantified, here: Here) -> Iterable[Because]:
        for member in self._domain(expression.domain, here):
            names = {**here.names, expression.variable: member}
            child = self.truth(expression.body, replace(here, names=names))
            detail = {"member": member}
            yield replace(
                _over("member", f"{expression.variable} = {member}", [child]), detail=detail
            )

    def _domain(self, expression: Expression, here: Here) -> Sequence[str]:
        match expression:
            case Words(values=values):
                return values
            case Call(function="thresholds"):
                return [t.id for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [name for name, c in self.policy.categories.items() if c.tracked]
            case Call(function="models"):
                firsts = {model: self.view.first(model) for model in self.view.models()}
                latest_ = here.point.latest
                return sorted(
                    m for m, first in firsts.items() if first and first.earliest <= latest_
                )
            case Call(function="required", arguments=given):
                return self._required(*(self.word(each, here) for each in given))
            case Call(function="criteria", arguments=(inner,)):
                named = self.names.standards(self.word(inner, here))
                standards = (self.policy.standards[s] for s in named if s in self.policy.standards)
                return [criterion.id for standard in standards for criterion in standard.criteria]
        raise TypeError(f"not a domain: {self.names.text(expression)}")

    def _required(self, name: str, level: str | None = None) -> tuple[str, ...]:
        if level is None:
            found = self.policy.thresholds.get(name)
            return () if found is None else found.requires
        levels = self.policy.categories[name].levels if name in self.policy.categories else {}
        return levels[level].requires if level in levels else ()

    # --- primitives ------------------------------------------------------------------------

    def _call(self, call: Call, here: Here) -> Because:
        text, argument = self.names.text(call), call.arguments[0]
        match call.function:
            case "did":
                return self.did(argument, here, text)
            case "running":
                model = self.model(call, here, 1)
                return self.state.running(self.word(argument, here), model, here.point, text)
            case "in_place" | "approved":
                model = self.model(call, here, 1)
                if isinstance(argument, Call):
                    names = self._required(*(self.word(each, here) for each in argument.arguments))
                else:
                    names = self.names.standards(self.word(argument, here))
                ask = self.state.in_place if call.function == "in_place" else self.state.approved
                return _every("standards", text, [ask(name, model, here.point) for name in names])
            case "counts":
                return self._counts(self.word(argument, here), text, here)
        raise TypeError(f"not a condition: {text}")

    def did(self, events: Expression, here: Here, text: str) -> Because:
        """Whether such a fact has happened."""
        last = latest(self.found(events, here.trigger, here.names), here.point)
        nothing = not last.facts and self.listed(events)
        value = True if last.surely else False if nothing else None
        unknown = UNTOLD if value is None else ()
        return Because("did", text, value, last.ids, {}, unknown, last.assumes)

    # --- procedures ------------------------------------------------------------------------

    def _counts(self, name: str, text: str, here: Here) -> Because:
        (procedure,) = (
            c for c in self.policy.clauses if isinstance(c, Procedure) and c.common.id == name
        )
        last = latest(self.found(procedure.decision), here.point)
        if not last.facts:
            value = False if self.listed(procedure.decision) else None
            unknown = UNTOLD if value is None else ()
            return Because("counts", text, value, unknown=unknown, assumes=last.assumes)
        children = tuple(self.decision(procedure, fact) for fact in last.facts)
        value = agree(child.value for child in children) if last.surely else None
        unknown = UNTOLD if value is None else ()
        detail = {"procedure": name}
        assumes = last.by_order(lambda fact: self.decision(procedure, fact).value)
        return Because("counts", text, value, last.ids, detail, unknown, assumes, children)

    def decision(self, procedure: Procedure, fact: Fact) -> Because:
        """Whether a decision counts: every binding step that precedes it was taken."""
        steps = []
        for step in procedure.steps:
            if step.force == "commitment" and not step.follows:
                asked = self.asked(step, fact)
                done = self._done(step, fact)
                if asked is None or asked.value is True or (asked.value is None and done.value):
                    steps.append(done)
                elif asked.value is None:
                    steps.append(replace(done, value=None, unknown=UNTOLD))
        return replace(_every("decision", procedure.common.id, steps), facts=(fact.id,))

    def asked(self, step: Step, fact: Fact) -> Because | None:
        """Whether a step is asked for on a decision; None where it always is."""
        if step.if_ is None:
            return None
        return self.judged(f"{step.id}: if", step.if_, Here(after_fact(fact), fact))

    def _done(self, step: Step, fact: Fact) -> Because:
        if step.by:
            return replace(self.taken_by(fact, step.by, step.by_least), text=step.id)
        here = Here(before_fact(fact), fact)
        parts = [self.did(e, here, f"did({self.names.text(self.events(e))})") for e in step.do]
        return _every("step", step.id, parts)

    def taken_by(self, fact: Fact, roles: tuple[str, ...], least: int) -> Because:
        """Whether at least so many of the roles took a decision."""
        by = fact.attributes.get("by")
        every = least == len(roles)
        text = f"by {' and '.join(roles)}" if every else f"by {least} of {', '.join(roles)}"
        if not isinstance(by, tuple):
            return Because("by", text, None, (fact.id,), unknown=UNTOLD)
        enough = sum(role in by for role in roles) >= least
        return Because("by", text, enough, (fact.id,), {"by": ", ".join(map(str, by))})


def _over(rule: str, text: str, children: Sequence[Because]) -> Because:
    return Because(rule, text, children[0].value, children=tuple(children))


def _every(rule: str, text: str, children: Sequence[Because]) -> Because:
    value = kleene_and(child.value for child in children)
    return Because(rule, text, value, children=tuple(children))


def _first_to_decide(rule: str, text: str, steps: Iterable[Because]) -> Because:
    """``and``, ``or``, ``every``, ``some``, ``otherwise``: steps up to the one that decides."""
    taken: list[Because] = []
    for step in steps:
        taken.append(step)
        if _decides(rule, step.value):
            break
    if rule == "otherwise":
        return Because(rule, text, taken[-1].value, children=tuple(taken))
    if rule in ("and", "every"):
        return _every(rule, text, taken)
    return Because(rule, text, kleene_or(step.value for step in taken), children=tuple(taken))


def _decides(rule: str, value: bool | None) -> bool:
    if rule == "otherwise":
        return value is not None
    return value is (rule in ("or", "some"))
