"""What an expression stands for at a point: events, names, lengths of time, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ifthen.dates import SECONDS_PER_DAY, Duration, Instant, MonthEnd, elapsed_at, format_instant
from ifthen.policy.model import (
    Apart,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Pattern,
    Policy,
    TermRef,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.record.model import Fact
from ifthen.ruling.definitional.state import NONE_FORECAST, State
from ifthen.ruling.definitional.view import (
    Found,
    Matching,
    Members,
    Subject,
    View,
    latest,
)
from ifthen.ruling.matching import Names, attribute, needs_trigger
from ifthen.ruling.order import SAME_DAY, Point, precedes
from ifthen.ruling.quantities import Range, Value
from ifthen.ruling.reasons import Because, Scalar, agree, kleene_not
from ifthen.vocabulary import FINDINGS

UNTOLD = ("the record does not tell",)
"""The one reason given here: whether there is one is checked, not its wording."""
_NOBODY: Members = {}
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


class Values:
    """Expressions of one policy for one subject and choice of readings, taken literally."""

    def __init__(
        self,
        policy: Policy,
        names: Names,
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
        self.names = names
        self.matching = Matching(view, names, subject)
        self.state = State(policy, names, view)

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

    def found(
        self, expression: Expression, trigger: Fact | None = None, members: Members = _NOBODY
    ) -> tuple[Found, ...]:
        """The facts that match events, or may, in order."""
        events = self.events(expression)
        return self.matching.find(events, trigger if needs_trigger(events) else None, members)

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
            case Apart(most=most):
                return self.duration(most)
        raise TypeError(f"not a duration: {self.names.text(expression)}")

    def birth(self) -> tuple[Instant, Instant]:
        """When the subject's clocks start where nothing else started them."""
        fact = None if self.subject.model is None else self.view.birth(self.subject.model)
        low, high = (self.view.begins,) * 2 if fact is None else (fact.earliest, fact.latest)
        return max(low, self.floor), max(high, self.floor)

    # --- comparisons -----------------------------------------------------------------------

    def since(self, expression: Compare, events: Expression, here: Here) -> Because:
        """``since(E) >= D``: so long has passed since whichever fact may be the last."""
        text, limit = self.names.text(expression), self.duration(expression.right)
        last = latest(self.found(events, here.trigger, here.names), here.point)
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
        assumes = (*last.assumes, *limit.assumes)
        return Because("since", text, value, last.ids, detail, unknown, assumes)

    def between(self, expression: Compare, call: Call, here: Here) -> Because:
        """``between(A, B) <= D``: B comes no later than so long after A."""
        text, limit = self.names.text(expression), self.duration(expression.right)
        one, other = (self._value(argument, here) for argument in call.arguments)
        facts = _once(one.facts + other.facts)
        if limit is None:
            return Because("between", text, here.lenient, facts, {"limit": "any"})
        verdicts = [
            self._passed(expression.operator, Point(*b.interval), a.interval, limit)
            for a in one.possible
            for b in other.possible
            if isinstance(a, Range) and isinstance(b, Range)
        ]
        value = None if one.unknown or other.unknown else agree(verdicts)
        said = {"from": _shown(one.possible), "to": _shown(other.possible), "limit": str(limit)}
        unknown = UNTOLD if value is None else ()
        assumes = _once(one.assumes + other.assumes + limit.assumes)
        return Because("between", text, value, facts, said, unknown, assumes)

    def _passed(
        self, operator: str, point: Point, anchor: tuple[Instant, Instant], limit: Duration
    ) -> bool | None:
        low, high = elapsed_at(*anchor, limit, self.month_end)
        if operator in (">", "<="):
            more = SECONDS_PER_DAY if limit.is_calendar else 1
            low, high = low + more, high + more
        passed = True if high <= point.earliest else False if point.latest < low else None
        return passed if operator in (">", ">=") else kleene_not(passed)

    def compare(self, expression: Compare, here: Here) -> Because:
        """Two values compared: known where every pair that is possible agrees."""
        a = self._value(self.chosen(expression.left), here)
        b = self._value(expression.right, here)
        value = None
        if not (a.unknown or b.unknown):
            pairs = [(x, y) for x in a.possible for y in b.possible]
            value = agree(self._holds(expression.operator, x, y) for x, y in pairs)
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
                return self.attribute(expression, here)
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

    def _holds(self, operator: str, left: object, right: object) -> bool | None:
        """``left operator right`` of two values: numbers, levels, words or lists of words."""
        if isinstance(left, Range) and isinstance(right, Range):
            return left.compare(operator, right)
        lefts, rights = _listed(left), _listed(right)
        if "unstated" in lefts and left != right:
            known = operator[0] in "i=!" and not set(lefts).isdisjoint(rights)
            return (operator != "!=") if known else None
        if operator == "in":
            return any(word in rights for word in lefts)
        if operator == "includes" or (operator in ("=", "!=") and isinstance(right, str)):
            return (right in lefts) != (operator == "!=")
        if operator in ("=", "!="):
            return (left == right) != (operator == "!=")
        for rising in (FINDINGS, (NONE_FORECAST, *self.policy.scale)):
            if left in rising and right in rising:
                a, b = rising.index(str(left)), rising.index(str(right))
                return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
        return None

    def _number(self, call: Call, here: Here) -> Value:
        argument = call.arguments[0]
        match call.function:
            case "growth":
                what = self.chosen(argument)
                events = _ASSESSED if isinstance(what, Constant) else what
                base = latest(self.found(events, here.trigger, here.names), here.point)
                return self.state.growth(self.subject.model, base, here.point)
            case "gain":
                base = latest(self.found(argument, here.trigger, here.names), here.point)
                measure, *unit = (self.word(each, here) for each in call.arguments[1:])
                gained = self.state.gain(
                    self.subject.model, measure, unit[0] if unit else None, base, here.point
                )
                told = base.surely or self.listed(argument)
                return gained if told else replace(gained, unknown=UNTOLD)
            case "compute":
                return self.state.compute(self.model(call, here, 0), here.point)
            case "flop":
                return self.state.flop(self.model(call, here, 0), here.point)
            case "status":
                threshold = self.names.threshold(self.word(argument, here))
                return self.state.status(threshold, self.model(call, here, 1), here.point)
            case "level":
                when = mitigation_of(call)
                model = self.model(call, here, 1 if when is None else 2)
                return self.state.level(self.word(argument, here), when, model, here.point)
            case "forecast":
                category = self.word(argument, here)
                return self.state.forecast(category, self.subject.model, here.point)
            case "count":
                return self._count(argument, here)
        raise TypeError(f"not a value: {self.names.text(call)}")

    def _count(self, events: Expression, here: Here) -> Value:
        """At least those that certainly happened, at most those that may have."""
        found = self.found(events, here.trigger, here.names)
        orders = [(f, precedes(f.fact, here.point)) for f in found]
        low = sum(each.certain and order.before is True for each, order in orders)
        may = [each.fact.id for each, order in orders if order.before is not False]
        high = Fraction(len(may)) if self.listed(events) else None
        assumes = (SAME_DAY,) if any(order.assumed for _, order in orders) else ()
        return Value((Range(Fraction(low), high),), tuple(may), assumes=assumes)

    def model(self, call: Call, here: Here, place: int) -> str | None:
        """The model that a primitive names at a place, else the subject."""
        given = call.arguments[place:]
        return self.word(given[0], here) if given else self.subject.model

    def attribute(self, expression: Attribute, here: Here) -> Value:
        """An attribute of the triggering fact, or of whichever fact may be the last."""
        if expression.of is None:
            facts: tuple[Fact, ...] = () if here.trigger is None else (here.trigger,)
            surely = bool(facts)
            assumes: tuple[str, ...] = ()
        else:
            last = latest(self.found(expression.of, here.trigger, here.names), here.point)
            facts, surely = last.facts, last.surely
            assumes = last.by_order(lambda fact: attribute(fact, expression.name))
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
