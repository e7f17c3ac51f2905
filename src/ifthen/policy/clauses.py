"""From what was read to a policy: the clauses, every expression in them resolved and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from ifthen.policy.build import rows_of, words
from ifthen.policy.model import (
    Apart,
    Before,
    By,
    Cadence,
    Choice,
    Clause,
    Common,
    Deadline,
    Duty,
    Expression,
    Forbid,
    Gain,
    Maintain,
    Power,
    Procedure,
    Step,
    Whenever,
    Within,
)
from ifthen.policy.names import Context, Names, Problems
from ifthen.policy.patterns import kinds_of
from ifthen.policy.reader import Values
from ifthen.policy.types import Checker
from ifthen.policy.yaml import Scalar
from ifthen.vocabulary import Action, Family, acts_of, attributes_of

_ABSENT: Any = None
"""Stands for a value that could not be read; the document is refused before anyone sees it."""


_GATES: Mapping[Action, Family] = {
    "train": "training-gate",
    "deploy": "deployment-gate",
    "use-inside": "internal-use",
    "store": "security",
}
_INCIDENTS = frozenset({"incident", "incident_reported", "incident_resolved"})


def family_of(clause: Clause) -> Family:
    """What a clause that does not say it is about, as far as its kind tells."""
    match clause:
        case Cadence():
            return "cadence"
        case Forbid(action=action):
            return _GATES[action]
        case Procedure():
            return "decision"
        case Whenever(when=when, duty=duty):
            asked = [when, *(duty.then if duty is not None else ())]
            if any(_INCIDENTS.intersection(kinds_of(events)) for events in asked):
                return "incident"
    return "governance"


def _apart(every: Any) -> Expression | None:
    """How often, as an expression; None where it is not given or could not be read."""
    if isinstance(every, Choice):
        options = {key: _apart(option) for key, option in every.options.items()}
        known = {key: option for key, option in options.items() if option is not None}
        return replace(every, options=known) if len(known) == len(options) else None
    if not isinstance(every, Values):
        return cast("Expression | None", every)
    least, most = every.get("min"), every.get("max")
    return None if least is None or most is None else Apart(least, most, every.span)


def _gain(values: Values | None) -> Gain | None:
    if values is None or values.get("measure") is None or values.get("by") is None:
        return None
    operator, by = values.get("by")
    return Gain(values.get("measure").text, operator, by, values.get("unit", ""))


class ClauseBuilder:
    """Builds the clauses of one document."""

    def __init__(
        self, names: Names, checker: Checker, problems: Problems, month_end: str | None
    ) -> None:
        self.names = names
        self.checker = checker
        self.problems = problems
        self.month_end = month_end

    def build(self, kind: str, values: Values) -> Clause:
        """One clause."""
        builders: dict[str, Callable[[Values, Common, Context], Clause]] = {
            "cadence": self._cadence,
            "whenever": self._whenever,
            "forbid": self._forbid,
            "maintain": self._maintain,
            "procedure": self._procedure,
            "power": self._power,
        }
        common = self._common(values)
        where = f"clause '{common.id}'" if common.id else "this clause"
        clause = builders[kind](values, common, Context(common.for_each, None, where))
        family = values.get("family", family_of(clause))
        return replace(clause, common=replace(common, family=family))

    def _common(self, values: Values) -> Common:
        chosen = values.get("month_end", self.month_end)
        identifier: Scalar | None = values.get("id")
        return Common(
            id="" if identifier is None else identifier.text,
            title=values.get("title", ""),
            source=values.get("source", ""),
            encodes=rows_of(values),
            for_each=values.get("for_each", "organisation"),
            force=values.get("force", "commitment"),
            owner=self._roles(values.get("owner", ())),
            continues=values.get("continues"),
            month_end=None if chosen == "none" else chosen,
            remark=values.get("remark", ""),
            span=values.span if identifier is None else identifier.span,
        )

    # --- the six kinds ---

    def _cadence(self, values: Values, common: Common, context: Context) -> Cadence:
        growth = values.get("growth")
        for name in ("growth", "gain"):
            if values.get(name) is not None and context.subject != "model":
                message = f"{name} needs a model, but {context.where} is for no model"
                self.problems.add(values.keys[name], message, "set 'for_each: model'")
        every = _apart(values.get("every"))
        return Cadence(
            common,
            do=self._events(values, "do", context) or _ABSENT,
            every=None if every is None else self.checker.length(every, context),
            growth=growth,
            while_=self._condition(values, "while", context),
            gain=_gain(values.get("gain")),
        )

    def _whenever(self, values: Values, common: Common, context: Context) -> Whenever:
        when = self._events(values, "when", context)
        triggered = self._triggered(context, when, "when" in values)
        return Whenever(
            common,
            when=when,
            becomes=self._condition(values, "becomes", context),
            if_=self._condition(values, "if", triggered),
            duty=self._duty(values, triggered),
            require=self._condition(values, "require", triggered),
        )

    def _forbid(self, values: Values, common: Common, context: Context) -> Forbid:
        action: Action = values.get("action", "deploy")
        if acts := acts_of(action):
            context = Context(context.subject, tuple(sorted(acts)), context.where)
        return Forbid(
            common,
            action=action,
            unless=self._condition(values, "unless", context) or _ABSENT,
            if_=self._condition(values, "if", context),
            grace=self._length(values, "grace", context),
        )

    def _maintain(self, values: Values, common: Common, context: Context) -> Maintain:
        return Maintain(
            common,
            while_=self._condition(values, "while", context) or _ABSENT,
            keep=self._condition(values, "keep", context) or _ABSENT,
            grace=self._length(values, "grace", context),
        )

    def _procedure(self, values: Values, common: Common, context: Context) -> Procedure:
        decision = self._events(values, "decision", context)
        triggered = self._triggered(context, decision, True)
        steps = [self._step(step, decision, triggered) for step in values.get("steps", ())]
        seen: set[str] = set()
        for step in steps:
            if step.id in seen:
                self.problems.add(step.span, f"the step '{step.id}' is given twice")
            seen.add(step.id)
        if "steps" in values and not values.get("steps", ()):
            self.problems.add(values.keys["steps"], "a procedure has one step or more")
        return Procedure(
            common,
            decision=decision or _ABSENT,
            gates=values.get("gates", ()),
            if_=self._condition(values, "if", triggered),
            steps=tuple(steps),
        )

    def _step(self, values: Values, decision: Expression | None, context: Context) -> Step:
        before = self._events(values, "before", context)
        if before is not None and before == decision:
            before = None
        by, least = self._chosen_roles(values)
        identifier: Scalar | None = values.get("id")
        return Step(
            id="" if identifier is None else identifier.text,
            title=values.get("title", ""),
            force=values.get("force", "commitment"),
            by=by,
            by_least=least,
            do=self._each_of_events(values, "do", context),
            before=before,
            follows=before is not None,
            if_=self._condition(values, "if", context),
            encodes=rows_of(values),
            remark=values.get("remark", ""),
            span=values.span if identifier is None else identifier.span,
        )

    def _power(self, values: Values, common: Common, context: Context) -> Power:
        exercised = self._events(values, "exercised", context)
        price: Values | None = values.get("price")
        triggered = self._triggered(context, exercised, True)
        return Power(
            common,
            by=self._roles(values.get("by", ())),
            exercised=exercised or _ABSENT,
            if_=self._condition(values, "if", context),
            price=None if price is None else self._duty(price, triggered),
        )

    # --- parts of clauses ---

    def _triggered(self, context: Context, events: Expression | None, has_event: bool) -> Context:
        """The context in which ``this.NAME`` is an attribute of the triggering events."""
        if not has_event:
            return context
        return Context(context.subject, kinds_of(events), context.where)

    def _duty(self, values: Values, context: Context) -> Duty | None:
        if "then" not in values:
            return None
        then = self._each_of_events(values, "then", context)
        deadlines: list[Deadline] = []
        for within in values.get("within", ()):
            if isinstance(within, Values):
                time = self._length(within, "time", context)
                deadlines.append(Within(time or _ABSENT, self._dates(within, context)))
            else:
                deadlines.append(Within(self.checker.length(within, context)))
        before = values.get("before")
        if isinstance(before, Values):
            ahead = self._length(before, "time", context)
            deadlines.append(Before(self._before(before.get("of"), context), ahead))
        elif before is not None:
            deadlines.append(Before(self._before(before, context)))
        if values.get("by") is not None:
            deadlines.append(By(values.get("by")))
        return Duty(then, tuple(deadlines), self._events(values, "after", context))

    def _before(self, events: Any, context: Context) -> Expression | None:
        """Events; None for ``this``, and for what could not be read."""
        if events is None or events == "this":
            return None
        return self.checker.events(events, context)

    def _dates(self, within: Values, context: Context) -> tuple[str, ...]:
        """Date attributes of the triggering fact."""
        names: tuple[Scalar, ...] = within.get("of", ())
        if context.trigger is None:
            message = "'of' needs a triggering event, and there is none here"
            self.problems.add(within.keys.get("of", within.span), message)
            return ()
        known = {
            name
            for kind in context.trigger
            for name, attribute in attributes_of(kind).items()
            if attribute.type == "date"
        }
        for name in names:
            if context.trigger and name.text not in known:
                of = f"of {' or '.join(context.trigger)}"
                self.problems.unknown(name.span, "date", name.text, known, of)
        if "of" in within and not names:
            self.problems.add(within.keys["of"], "name one date or more")
        return words(names)

    def _roles(self, names: tuple[Scalar, ...]) -> tuple[str, ...]:
        for name in names:
            if name.text not in self.names.roles:
                self.problems.unknown(name.span, "role", name.text, self.names.roles)
        return words(names)

    def _chosen_roles(self, values: Values) -> tuple[tuple[str, ...], int]:
        """The roles of a step, and how many of them suffice."""
        by = values.get("by", ())
        if not isinstance(by, Values):
            if "by" in values and not by:
                self.problems.add(values.keys["by"], "name one role or more")
            return self._roles(by), len(by)
        roles = self._roles(by.get("of", ()))
        least: int = by.get("any", 1)
        if least > len(roles):
            message = f"{least} of {len(roles)} roles can never be reached"
            self.problems.add(by.keys.get("any", by.span), message)
        return roles, least

    def _condition(self, values: Values, name: str, context: Context) -> Expression | None:
        raw = values.get(name)
        return None if raw is None else self.checker.condition(raw, context)

    def _events(self, values: Values, name: str, context: Context) -> Expression | None:
        raw = values.get(name)
        return None if raw is None else self.checker.events(raw, context)

    def _each_of_events(
        self, values: Values, name: str, context: Context
    ) -> tuple[Expression, ...]:
        return tuple(self.checker.events(raw, context) for raw in values.get(name, ()))

    def _length(self, values: Values, name: str, context: Context) -> Expression | None:
        raw = values.get(name)
        return None if raw is None else self.checker.length(raw, context)
