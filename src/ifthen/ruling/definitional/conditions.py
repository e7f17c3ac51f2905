"""What a condition comes to at a point, with the tree of steps that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ifthen.dates import SECONDS_PER_DAY, Duration, Instant, MonthEnd, elapsed_at, format_instant
from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Policy,
    Procedure,
    Quantified,
    Step,
    TermRef,
    Times,
    Variable,
    Words,
)
from ifthen.record.model import Fact
from ifthen.ruling.definitional.state import State
from ifthen.ruling.definitional.view import Found, Matching, Subject, View, latest
from ifthen.ruling.matching import Names, attribute, needs_trigger
from ifthen.ruling.order import SAME_DAY, Point, after_fact, before_fact, precedes
from ifthen.ruling.quantities import Range, Value
from ifthen.ruling.reasons import Because, Scalar, agree, kleene_and, kleene_not, kleene_or
from ifthen.vocabulary import FINDINGS

UNTOLD = ("the record does not tell",)
"""The one reason given here: whether there is one is checked, not its wording."""
_ASSESSED = Events((Pattern("assessment_completed"),))


@dataclass(frozen=True, slots=True)
class Here:
    """Where and for what a condition is asked."""

    point: Point
    trigger: Fact | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Quantified variables."""
    lenient: bool = False
    """Whether truth relieves the developer rather than binds it."""


class Conditions:
    """Conditions of one policy for one subject and choice of readings, words taken literally."""

    def __init__(
        self,
        policy: Policy,
        view: View,
        subject: Subject,
        readings: Mapping[str, str],
        month_end: MonthEnd | None,
        floor: Instant,
    ) -> None:
        self.policy = policy
        self.view = view
        self.subject = subject
        self.readings = readings
        self.month_end: MonthEnd | None = month_end
        self.floor = floor
        """No clock starts before this instant."""
        self.names = Names(policy)
        self.matching = Matching(view, self.names, subject)
        self.state = State(policy, self.names, view)

    # --- events and words ------------------------------------------------------------------

    def chosen(self, expression: Expression) -> Expression:
        """An expression under the readings taken."""
        while isinstance(expression, Choice):
            expression = expression.options[self.readings[expression.reading]]
        return expression

    def events(self, expression: Expression) -> Events:
        """An expression that stands for events."""
        found = self.chosen(expression)
        if not isinstance(found, Events):
            raise TypeError(f"not events: {self.names.text(found)}")
        return found

    def found(self, expression: Expression, trigger: Fact | None = None) -> tuple[Found, ...]:
        """The facts that match events, or may, in order."""
        events = self.events(expression)
        return self.matching.find(events, trigger if needs_trigger(events) else None)

    def listed(self, expression: Expression) -> bool:
        """Whether the absence of such events means that there were none."""
        return self.view.lists(pattern.kind for pattern in self.events(expression).patterns)

    def word(self, expression: Expression, here: Here) -> str:
        """The name an expression stands for."""
        match self.chosen(expression):
            case Constant(value=str() as value):
                return value
            case Variable(name="this"):
                return self.subject.model or self.subject.standard or ""
            case Variable(name=name):
                return here.names[name]
        raise TypeError(f"not a name: {self.names.text(expression)}")

    def duration(self, expression: Expression) -> Duration | None:
        """A length of time; None for a word without a bound."""
        match self.chosen(expression):
            case DurationLiteral(value=value):
                return value
            case TermRef(term=term):
                bound = self.policy.terms[term].literal.value
                return bound if isinstance(bound, Duration) else None
            case Defined(expression=inner):
                return self.duration(inner)
        raise TypeError(f"not a duration: {self.names.text(expression)}")

    def birth(self) -> tuple[Instant, Instant]:
        """When the subject's clocks start where nothing else started them."""
        fact = None if self.subject.model is None else self.view.birth(self.subject.model)
        low, high = (self.view.begins,) * 2 if fact is None else (fact.earliest, fact.latest)
        return max(low, self.floor), max(high, self.floor)

    # --- truth -----------------------------------------------------------------------------

    def judged(self, role: str, expression: Expression, here: Here) -> Because:
        """A condition of a clause, with where it was asked."""
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
                since = self.chosen(left)
                if isinstance(since, Call) and since.function == "since":
                    return self._since(expression, since.arguments[0], here)
                return self._compare(expression, here)
            case Call():
                return self._call(expression, here)
            case Constant(value=bool() as value):
                return Because("constant", text, value)
            case TermRef(term=term):
                bound = self.policy.terms[term].literal.value
                value = bound if isinstance(bound, bool) else here.lenient
                return Because("term", term, value, detail={"term": term, "meaning": "literal"})
            case Attribute():
                said = self._attribute(expression, here)
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
            case Call(function="models"):
                firsts = {model: self.view.first(model) for model in self.view.models()}
                latest_ = here.point.latest
                return sorted(
                    m for m, first in firsts.items() if first and first.earliest <= latest_
                )
            case Call(function="required", arguments=(inner,)):
                return self._required(self.word(inner, here))
            case Call(function="criteria", arguments=(inner,)):
                named = self.names.standards(self.word(inner, here))
                standards = (self.policy.standards[s] for s in named if s in self.policy.standards)
                return [criterion.id for standard in standards for criterion in standard.criteria]
        raise TypeError(f"not a domain: {self.names.text(expression)}")

    def _required(self, threshold: str) -> tuple[str, ...]:
        found = self.policy.thresholds.get(threshold)
        return () if found is None else found.requires

    # --- comparisons -----------------------------------------------------------------------

    def _since(self, expression: Compare, events: Expression, here: Here) -> Because:
        """``since(E) >= D``: so long has passed since whichever fact may be the last."""
        text, limit = self.names.text(expression), self.duration(expression.right)
        last = latest(self.found(events, here.trigger), here.point)
        if limit is None:
            return Because("since", text, here.lenient, last.ids, {"limit": "any"})
        anchors = [(fact.earliest, fact.latest) for fact in last.facts]
        birth = not last.surely and self.listed(events)
        if birth:
            anchors.append(self.birth())
        verdicts = [self._passed(expression.operator, here.point, a, limit) for a in anchors]
        value = agree(verdicts) if last.surely or birth else None
        shown = dict.fromkeys(_span(low, high) for low, high in anchors)
        detail: dict[str, Scalar] = {
            "from": " or ".join(shown),
            "birth": birth,
            "limit": str(limit),
        }
        unknown = UNTOLD if value is None else ()
        return Because("since", text, value, last.ids, detail, unknown, last.assumes)

    def _passed(
        self, operator: str, point: Point, anchor: tuple[Instant, Instant], limit: Duration
    ) -> bool | None:
        low, high = elapsed_at(*anchor, limit, self.month_end)
        if operator in (">", "<="):
            more = SECONDS_PER_DAY if limit.is_calendar else 1
            low, high = low + more, high + more
        passed = True if high <= point.earliest else False if point.latest < low else None
        return passed if operator in (">", ">=") else kleene_not(passed)

    def _compare(self, expression: Compare, here: Here) -> Because:
        a = self._value(self.chosen(expression.left), here)
        b = self._value(expression.right, here)
        value = None
        if not (a.unknown or b.unknown):
            value = agree(_holds(expression.operator, x, y) for x in a.possible for y in b.possible)
        return Because(
            "compare",
            self.names.text(expression),
            value,
            _once(a.facts + b.facts),
            {"left": _shown(a.possible), "right": _shown(b.possible)},
            UNTOLD if value is None else (),
            _once(a.assumes + b.assumes),
        )

    def _value(self, expression: Expression, here: Here) -> Value:
        expression = self.chosen(expression)
        match expression:
            case Constant(value=value):
                return Value((Range.exactly(value) if isinstance(value, Fraction) else value,))
            case Words(values=values):
                return Value((values,))
            case Variable():
                return Value((self.word(expression, here),))
            case Times(factor=factor, operand=operand):
                one = self._value(operand, here)
                ranges = [v.times(factor) for v in one.possible if isinstance(v, Range)]
                return replace(one, possible=tuple(ranges))
            case Attribute():
                return self._attribute(expression, here)
            case TermRef(term=term):
                bound = self.policy.terms[term].literal.value
                if bound is None:
                    return Value(())
                return Value((Range.exactly(bound) if isinstance(bound, Fraction) else bound,))
            case Defined(expression=inner):
                return self._value(inner, here)
            case Call():
                return self._number(expression, here)
        raise TypeError(f"not a value: {self.names.text(expression)}")

    def _number(self, call: Call, here: Here) -> Value:
        argument = call.arguments[0]
        match call.function:
            case "growth":
                what = self.chosen(argument)
                events = _ASSESSED if isinstance(what, Constant) else what
                base = latest(self.found(events, here.trigger), here.point)
                return self.state.growth(self.subject.model, base, here.point)
            case "compute":
                return self.state.compute(self._model(call, here, 0), here.point)
            case "status":
                threshold = self.names.threshold(self.word(argument, here))
                return self.state.status(threshold, self._model(call, here, 1), here.point)
            case "count":
                return self._count(argument, here)
        raise TypeError(f"not a value: {self.names.text(call)}")

    def _count(self, events: Expression, here: Here) -> Value:
        """At least those that certainly happened, at most those that may have."""
        orders = [(f, precedes(f.fact, here.point)) for f in self.found(events, here.trigger)]
        low = sum(each.certain and order.before is True for each, order in orders)
        may = [each.fact.id for each, order in orders if order.before is not False]
        high = Fraction(len(may)) if self.listed(events) else None
        assumes = (SAME_DAY,) if any(order.assumed for _, order in orders) else ()
        return Value((Range(Fraction(low), high),), tuple(may), assumes=assumes)

    def _model(self, call: Call, here: Here, place: int) -> str | None:
        given = call.arguments[place:]
        return self.word(given[0], here) if given else self.subject.model

    def _attribute(self, expression: Attribute, here: Here) -> Value:
        """An attribute of the triggering fact, or of whichever fact may be the last."""
        if expression.of is None:
            facts: tuple[Fact, ...] = () if here.trigger is None else (here.trigger,)
            surely = bool(facts)
            assumes: tuple[str, ...] = ()
        else:
            last = latest(self.found(expression.of, here.trigger), here.point)
            facts, surely, assumes = last.facts, last.surely, last.assumes
        said = [self._plain(fact, expression.name) for fact in facts]
        unknown = UNTOLD if not surely or None in said else ()
        ids = tuple(fact.id for fact in facts)
        return Value(tuple(v for v in said if v is not None), ids, unknown, assumes)

    def _plain(self, fact: Fact, name: str) -> object:
        value = attribute(fact, name)
        if isinstance(value, Fraction):
            return Range.exactly(value)
        if isinstance(value, tuple) and value and isinstance(value[0], int):
            return Range(Fraction(value[0]), Fraction(value[1]), instants=True)
        if isinstance(value, (bool, str)) or value is None:
            return value
        return self.names.words(fact, name) or value

    # --- primitives ------------------------------------------------------------------------

    def _call(self, call: Call, here: Here) -> Because:
        text, argument = self.names.text(call), call.arguments[0]
        match call.function:
            case "did":
                return self.did(argument, here, text)
            case "running":
                model = self._model(call, here, 1)
                return self.state.running(self.word(argument, here), model, here.point, text)
            case "in_place" | "approved":
                model = self._model(call, here, 1)
                if isinstance(argument, Call):
                    names = self._required(self.word(argument.arguments[0], here))
                else:
                    names = self.names.standards(self.word(argument, here))
                ask = self.state.in_place if call.function == "in_place" else self.state.approved
                return _every("standards", text, [ask(name, model, here.point) for name in names])
            case "counts":
                return self._counts(self.word(argument, here), text, here)
        raise TypeError(f"not a condition: {text}")

    def did(self, events: Expression, here: Here, text: str) -> Because:
        """Whether such a fact has happened."""
        last = latest(self.found(events, here.trigger), here.point)
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
        return Because("counts", text, value, last.ids, detail, unknown, last.assumes, children)

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


def _holds(operator: str, left: object, right: object) -> bool | None:
    """``left operator right`` of two values: numbers, levels, words or lists of words."""
    if isinstance(left, Range) and isinstance(right, Range):
        return left.compare(operator, right)
    lefts, rights = _listed(left), _listed(right)
    if operator == "in":
        return any(word in rights for word in lefts)
    if operator == "includes" or (operator in ("=", "!=") and isinstance(right, str)):
        return (right in lefts) != (operator == "!=")
    if operator in ("=", "!="):
        return (left == right) != (operator == "!=")
    if left in FINDINGS and right in FINDINGS:
        a, b = FINDINGS.index(str(left)), FINDINGS.index(str(right))
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
    return None


def _listed(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _shown(values: tuple[object, ...]) -> str:
    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    return " or ".join(dict.fromkeys(map(text, values)))


def _span(low: Instant, high: Instant) -> str:
    return " to ".join(dict.fromkeys((format_instant(low), format_instant(high))))


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
