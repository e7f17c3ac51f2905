"""Conditions over a timeline: what each comes to, by the definition of the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.comparisons import Comparisons
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import (
    FALSE,
    TRUE,
    UNKNOWN,
    Bit,
    K,
    conj,
    disj,
    k_and,
    k_if,
    k_not,
    k_or,
    k_otherwise,
    pick,
    sure,
)


class Conditions(Comparisons):
    """Conditions of one policy for one model or the organisation, under one choice of parses."""

    # --- truth -----------------------------------------------------------------------------

    def truth(self, expression: Expression, here: Here) -> K:
        """Whether a condition holds."""
        memory = (id(expression), here.prefix, here.trigger, here.names, here.lenient)
        if memory not in self._truths:
            self._truths[memory] = self._truth(expression, here)
        found: K = self._truths[memory]
        return found

    def _truth(self, expression: Expression, here: Here) -> K:
        match expression:
            case Defined() | Choice():
                return self.truth(self.chosen(expression), here)
            case Constant(value=bool() as value):
                return sure(value)
            case Not(operand=operand):
                return k_not(self.truth(operand, replace(here, lenient=not here.lenient)))
            case Logic(operator=operator, operands=operands):
                parts = [self.truth(one, here) for one in operands]
                return {"and": k_and, "or": k_or, "otherwise": k_otherwise}[operator](parts)
            case Quantified():
                return self._quantified(expression, here)
            case TermRef(term=term):
                found = UNKNOWN
                for bit, value in self._word(term):
                    found = k_if(
                        bit, sure(value if isinstance(value, bool) else here.lenient), found
                    )
                return found
            case Attribute():
                return self.said(expression, "true", here)
            case Compare():
                return self.compared(expression, here)
            case Call():
                return self._call(expression, here)
        raise Unsupported("a condition of this form")

    def _quantified(self, expression: Quantified, here: Here) -> K:
        parts = []
        every = expression.quantifier == "every"
        for member, there in self._domain(expression.domain, here):
            names = (*(n for n in here.names if n[0] != expression.variable),)
            inner = self.truth(
                expression.body, replace(here, names=(*names, (expression.variable, member)))
            )
            parts.append(k_if(there, inner, TRUE if every else FALSE))
        return k_and(parts) if every else k_or(parts)

    def _domain(self, domain: Expression, here: Here) -> list[tuple[str, Bit]]:
        match domain:
            case Words(values=values):
                return [(value, True) for value in values]
            case Call(function="thresholds"):
                return [(t.id, True) for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [(c.id, True) for c in self.policy.categories.values() if c.tracked]
            case Call(function="models"):
                return [(str(m), self.known_by(here, m)) for m in self.slots.models]
            case Call(function="required", arguments=(inner,)):
                name = self.word(inner, here)
                known = self.policy.thresholds.get(name)
                return [(s, True) for s in (known.requires if known else ())]
            case Call(function="criteria", arguments=(inner,)):
                named = self.names.standards(self.word(inner, here))
                found = [self.policy.standards[s] for s in named if s in self.policy.standards]
                return [(c.id, True) for standard in found for c in standard.criteria]
        raise Unsupported("a list of this form")

    def _call(self, call: Call, here: Here) -> K:
        argument = call.arguments[0]
        match call.function:
            case "did":
                return sure(self.did(argument, here))
            case "running":
                action = self.word(argument, here)
                return sure(self.running(action, self.subject(call, 1, here), here.prefix))
            case "in_place" | "approved":
                model = self.subject(call, 1, here) if len(call.arguments) > 1 else self.model
                if isinstance(argument, Call):
                    standards: Sequence[str] = [m for m, _ in self._domain(argument, here)]
                else:
                    standards = self.names.standards(self.word(argument, here))
                ask = self.in_place if call.function == "in_place" else self.approved
                return sure(conj(ask(s, model, here.prefix) for s in standards))
            case "counts":
                return self._counts(self.word(argument, here), here)
        raise Unsupported(f"the primitive {call.function}")

    # --- procedures ------------------------------------------------------------------------

    def _counts(self, name: str, here: Here) -> K:
        (procedure,) = (
            c for c in self.policy.clauses if isinstance(c, Procedure) and c.common.id == name
        )
        found = FALSE
        for index in range(here.prefix):
            made = self.matches(index, procedure.decision, here)
            found = k_if(made, self.decision(procedure, index), found)
        return found

    def decision(self, procedure: Procedure, index: int) -> K:
        """Whether a decision counts: every binding step that precedes it was taken."""
        steps = [s for s in procedure.steps if s.force == "commitment" and not s.follows]
        parts = []
        for step in steps:
            asked = self.asked(step, index)
            parts.append(k_or((k_not(asked), self.step_done(step, index))))
        return k_and(parts)

    def asked(self, step: Step, index: int) -> K:
        """Whether a step is asked for on a decision."""
        if step.if_ is None:
            return TRUE
        return self.truth(step.if_, Here(index + 1, self.slots.all[index].date, index))

    def step_done(self, step: Step, index: int) -> K:
        """Whether a step before a decision was taken."""
        if step.by:
            return sure(self.taken_by(index, step.by, step.by_least))
        here = Here(index, self.slots.all[index].date, index)
        return sure(conj(self.did(events, here) for events in step.do))

    def taken_by(self, index: int, roles: Sequence[str], least: int) -> Bit:
        """Whether so many of some roles took a decision."""
        said = [self.slots.all[index].says("by", role) for role in roles]
        if least == len(roles):
            return conj(said)
        return disj(said) if least == 1 else sum(pick(one, 1, 0) for one in said) >= least
