"""What a condition of a policy means at a point of a record: true, false or unknown, and why.

One ``Judge`` serves one policy, subject, choice of readings and meaning of the words that leave
room. It never searches the record: every question goes to a lane of the timeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias, cast

from ifthen.dates import Duration, Instant, MonthEnd
from ifthen.policy.describe import describe
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
    Logic,
    Not,
    Pattern,
    Policy,
    Procedure,
    Quantified,
    TermRef,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.record.model import Fact
from ifthen.ruling.answers import Answers
from ifthen.ruling.comparing import elapsed, holds, interval_text, passing, shown, unpublished
from ifthen.ruling.compute import Compute
from ifthen.ruling.matching import NOTHING_GIVEN, Matcher, Names, attribute, with_members
from ifthen.ruling.order import SAME_DAY, Point, precedes
from ifthen.ruling.outcome import Absent
from ifthen.ruling.progress import Progress
from ifthen.ruling.quantities import Range, Value
from ifthen.ruling.reasons import Because, agree, kleene_and, kleene_not, kleene_or
from ifthen.ruling.standing import NO_FORECAST, Standing
from ifthen.ruling.timeline import Lane, Timeline
from ifthen.ruling.training import Training
from ifthen.vocabulary import Action

Meaning: TypeAlias = Literal["literal", "charitable"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: a model, a standard, or the organisation."""

    model: str | None = None
    standard: str | None = None

    def as_json(self) -> dict[str, str]:
        """``{"model": …}``, ``{"standard": …}`` or ``{"organisation": "the developer"}``."""
        if self.model is not None:
            return {"model": self.model}
        if self.standard is not None:
            return {"standard": self.standard}
        return {"organisation": "the developer"}

    def __str__(self) -> str:
        return self.model or self.standard or "organisation"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where and for what a condition is judged."""

    point: Point
    trigger: Fact | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Quantified variables."""
    lenient: bool = False
    """Whether truth relieves the developer (a hold's ``unless``) rather than binds it."""


_NO_MEMBERS: Mapping[str, str] = {}


class Judge:
    """Judges conditions for one policy, subject, choice of readings and meaning of terms."""

    def __init__(
        self,
        policy: Policy,
        names: Names,
        timeline: Timeline,
        subject: Subject,
        *,
        readings: Mapping[str, str],
        meaning: Meaning,
        month_end: MonthEnd | None,
        floor: Instant,
        answers: Answers,
    ) -> None:
        self.policy = policy
        self.names = names
        self.timeline = timeline
        self.subject = subject
        self.readings = readings
        self.meaning: Meaning = meaning
        self.month_end: MonthEnd | None = month_end
        self.floor = floor
        """No clock of this clause starts before this instant."""
        self.answers = answers
        """Shared by all who judge the same subject under this policy, month end and floor."""
        self.scale = (NO_FORECAST, *policy.scale)
        self.standing = Standing(policy, names, timeline)
        self.compute = Compute(timeline, self.standing)
        self.training = Training(timeline)
        self.progress = Progress(timeline, self.compute)
        self.matcher = Matcher(names, timeline, subject.model, subject.standard)

    # --- events ----------------------------------------------------------------------------

    def choose(self, expression: Expression) -> Expression:
        """The parse of an expression under this judge's readings."""
        while isinstance(expression, Choice):
            expression = expression.options[self.readings[expression.reading]]
        return expression

    def events(self, expression: Expression) -> Events:
        """An expression known by its type to be events, under this judge's readings."""
        return cast(Events, self.choose(expression))

    def lane(
        self,
        expression: Expression,
        trigger: Fact | None = None,
        members: Mapping[str, str] = _NO_MEMBERS,
    ) -> Lane:
        """The facts that match events; ``members`` are what quantified variables stand for."""
        events = self.events(expression)
        question = self.names.question(events)
        own = trigger if question.needs_trigger else None
        subject = self.subject
        given = NOTHING_GIVEN
        if question.bound:
            given = self.names.given(question.bound, members, own)
        key = (
            question.number,
            subject.model,
            subject.standard,
            own.id if own else None,
            self.policy.id,
            *given.items(),
        )
        return self.timeline.lane(
            key,
            question.kinds,
            question.scope(subject.model, given),
            lambda fact: self.matcher.matches(fact, events, own, given),
            question.sieves,
        )

    def listed(self, expression: Expression) -> bool:
        """Whether the record lists every such event, so that absence tells."""
        kinds = self.names.question(self.events(expression)).kinds
        return all(kind in self.timeline.complete for kind in kinds)

    # --- truth -----------------------------------------------------------------------------

    def truth(self, expression: Expression, asked: Asked) -> Because:
        """Whether a condition holds, with the explanation."""
        shared, point = self.names.shared(expression), asked.point
        if shared is None or (point.fact is None and not point.closing):
            return self._truth(expression, asked)
        key = (shared.number, *(asked.names[name] for name in shared.variables))
        return self.answers.ask(key, point, lambda: self._truth(expression, asked))

    def _truth(self, expression: Expression, asked: Asked) -> Because:
        match expression:
            case Defined(name=name, expression=inner):
                child = self.truth(inner, asked)
                return Because("definition", name, child.value, children=(child,))
            case Choice(reading=reading):
                child = self.truth(self.choose(expression), asked)
                return Because(
                    "reading",
                    child.text,
                    child.value,
                    detail={"reading": reading, "option": self.readings[reading]},
                    children=(child,),
                )
            case Not(operand=operand):
                flipped = Asked(asked.point, asked.trigger, asked.names, not asked.lenient)
                child = self.truth(operand, flipped)
                return Because(
                    "not", self.names.text(expression), kleene_not(child.value), children=(child,)
                )
            case Logic():
                return self._logic(expression, asked)
            case Compare():
                return self._compare(expression, asked)
            case Quantified():
                return self._quantified(expression, asked)
            case Call():
                return self._call(expression, asked)
            case Constant(value=bool() as value):
                return Because("constant", "true" if value else "false", value)
            case TermRef(term=term):
                return self._judgement(term, asked)
            case Attribute():
                return self._flag(expression, asked)
        raise TypeError(f"not a condition: {self.names.text(expression)}")

    def _logic(self, expression: Logic, asked: Asked) -> Because:
        children: list[Because] = []
        if expression.operator == "otherwise":
            for operand in expression.operands:
                children.append(self.truth(operand, asked))
                if children[-1].value is not None:
                    break
            value = children[-1].value
        else:
            decisive = expression.operator == "or"
            for operand in expression.operands:
                children.append(self.truth(operand, asked))
                if children[-1].value is decisive:
                    break
            combine = kleene_or if decisive else kleene_and
            value = combine(child.value for child in children)
        return Because(
            expression.operator, self.names.text(expression), value, children=tuple(children)
        )

    def _quantified(self, expression: Quantified, asked: Asked) -> Because:
        members = self.domain(expression.domain, asked)
        children = []
        decisive = expression.quantifier == "some"
        for member in members:
            names = {**asked.names, expression.variable: member}
            inner = Asked(asked.point, asked.trigger, names, asked.lenient)
            child = self.truth(expression.body, inner)
            children.append(
                Because(
                    "member",
                    f"{expression.variable} = {member}",
                    child.value,
                    detail={"member": member},
                    children=(child,),
                )
            )
            if child.value is decisive:
                break
        combine = kleene_or if decisive else kleene_and
        return Because(
            expression.quantifier,
            self.names.text(expression),
            combine(child.value for child in children),
            children=tuple(children),
        )

    def domain(self, expression: Expression, asked: Asked) -> Sequence[str]:
        """What a quantifier ranges over."""
        match expression:
            case Words(values=values):
                return values
            case Call(function="thresholds"):
                return [t.id for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [c.id for c in self.policy.categories.values() if c.tracked]
            case Call(function="models"):
                return self.timeline.models(asked.point.latest)
            case Call(function="required"):
                return self._required(expression, asked)
            case Call(function="criteria", arguments=(inner,)):
                return [
                    criterion.id
                    for standard in self.names.standards(self.word(inner, asked))
                    if standard in self.policy.standards
                    for criterion in self.policy.standards[standard].criteria
                ]
        raise TypeError(f"not a domain: {self.names.text(expression)}")

    def _required(self, call: Call, asked: Asked) -> tuple[str, ...]:
        """The standards that a threshold, or a level of a category, requires."""
        name = self.word(call.arguments[0], asked)
        if len(call.arguments) > 1:
            category = self.policy.categories.get(name)
            level = self.word(call.arguments[1], asked)
            found = None if category is None else category.levels.get(level)
            return () if found is None else found.requires
        threshold = self.policy.thresholds.get(name)
        return () if threshold is None else threshold.requires

    def _judgement(self, term: str, asked: Asked) -> Because:
        found = self.policy.terms.get(term)
        bound = None if found is None else getattr(found, self.meaning)
        if bound is not None and isinstance(bound.value, bool):
            value = bound.value
        else:
            value = asked.lenient
        return Because("term", term, value, detail={"term": term, "meaning": self.meaning})

    def _flag(self, expression: Attribute, asked: Asked) -> Because:
        found = self._attribute(expression, asked)
        values = [value if isinstance(value, bool) else None for value in found.possible]
        value = agree(values) if values and not found.unknown else None
        text = self.names.text(expression)
        unknown = found.unknown or (f"{text} is only known as {shown(found.possible)}",)
        return Because(
            "attribute",
            text,
            value,
            found.facts,
            unknown=unknown if value is None else (),
            assumes=found.assumes,
        )

    # --- words and attributes --------------------------------------------------------------

    def word(self, expression: Expression, asked: Asked) -> str:
        """The threshold, standard, model or action that an expression names."""
        match self.choose(expression):
            case Constant(value=str() as value):
                return value
            case Variable(name="this"):
                return self.subject.model or self.subject.standard or ""
            case Variable(name=name):
                return asked.names[name]
        raise TypeError(f"not a name: {self.names.text(expression)}")

    def _model(self, call: Call, asked: Asked, position: int) -> str | None:
        if len(call.arguments) > position:
            return self.word(call.arguments[position], asked)
        return self.subject.model

    def _attribute(self, expression: Attribute, asked: Asked) -> Value:
        name = expression.name
        if expression.of is None:
            if asked.trigger is None:
                return Value((), unknown=(f"there is no event here that could state {name}",))
            value = attribute(asked.trigger, name)
            if value is None:
                return Value(
                    (), (asked.trigger.id,), (f"{asked.trigger.id} does not state {name}",)
                )
            return Value((self._plain(asked.trigger, name, value),), (asked.trigger.id,))
        last = self.lane(expression.of, asked.trigger, asked.names).last(asked.point)
        ids = tuple(fact.id for fact in last.candidates)
        missing = [f.id for f in last.candidates if attribute(f, name) is None]
        unknown = tuple(f"{id} does not state {name}" for id in missing)
        if not last.surely:
            unknown += (f"no {self.names.text(expression.of)} is recorded",)
        return Value(
            tuple(
                self._plain(fact, name, value)
                for fact in last.candidates
                if (value := attribute(fact, name)) is not None
            ),
            ids,
            unknown,
            last.assumed(lambda fact: attribute(fact, name)),
        )

    def _plain(self, fact: Fact, name: str, value: object) -> object:
        if isinstance(value, Fraction):
            return Range.exactly(value)
        if isinstance(value, tuple) and value and isinstance(value[0], int):
            return Range(Fraction(value[0]), Fraction(value[1]), instants=True)
        if isinstance(value, (bool, str)):
            return value
        words = self.names.words(fact, name)
        return value if words is None else words

    # --- comparisons -----------------------------------------------------------------------

    def _compare(self, expression: Compare, asked: Asked) -> Because:
        left = self.choose(expression.left)
        while isinstance(left, Defined):
            left = self.choose(left.expression)
        if isinstance(left, Call) and left.function == "since":
            return self._since(expression, left, asked)
        if isinstance(left, Call) and left.function == "between":
            return self._between(expression, left, asked)
        a = self._value(left, asked)
        b = self._value(expression.right, asked)
        unknown = a.unknown + b.unknown
        if unknown:
            value = None
        else:
            value = agree(
                holds(expression.operator, x, y, self.scale) for x in a.possible for y in b.possible
            )
        if value is None and not unknown:
            unknown = (f"{self.names.text(left)} is only known as {shown(a.possible)}",)
        return Because(
            "compare",
            self.names.text(expression),
            value,
            tuple(dict.fromkeys(a.facts + b.facts)),
            {"left": shown(a.possible), "right": shown(b.possible)},
            unknown if value is None else (),
            tuple(dict.fromkeys(a.assumes + b.assumes)),
        )

    def _value(self, expression: Expression, asked: Asked) -> Value:
        expression = self.choose(expression)
        match expression:
            case Constant(value=Fraction() as number):
                return Value((Range.exactly(number),))
            case Constant(value=value):
                return Value((value,))
            case Words(values=values):
                return Value((values,))
            case Variable():
                return Value((self.word(expression, asked),))
            case Times(factor=factor, operand=operand):
                inner = self._value(operand, asked)
                return Value(
                    tuple(v.times(factor) for v in inner.possible if isinstance(v, Range)),
                    inner.facts,
                    inner.unknown,
                    inner.assumes,
                )
            case Attribute():
                return self._attribute(expression, asked)
            case TermRef(term=term):
                bound = getattr(self.policy.terms[term], self.meaning)
                if isinstance(bound.value, Fraction):
                    return Value((Range.exactly(bound.value),))
                return Value((bound.value,)) if bound.value is not None else Value(())
            case Defined(expression=inner_expression):
                return self._value(inner_expression, asked)
            case Call(function="growth", arguments=(what,)):
                events = self.choose(what)
                if isinstance(events, Constant):
                    events = _RESULT
                base = self.lane(events, asked.trigger, asked.names).last(asked.point)
                return self.compute.growth(self.subject.model, base, asked.point)
            case Call(function="compute"):
                return self.compute.of(self._model(expression, asked, 0), asked.point)
            case Call(function="gain", arguments=arguments):
                return self._gain(arguments, asked)
            case Call(function="flop"):
                return self.training.flop(self._model(expression, asked, 0), asked.point)
            case Call(function="status", arguments=arguments):
                threshold = self.names.threshold(self.word(arguments[0], asked))
                model = self._model(expression, asked, 1)
                return self.standing.status(threshold, model, asked.point)
            case Call(function="level", arguments=arguments):
                category, mitigation = self.word(arguments[0], asked), mitigation_of(expression)
                model = self._model(expression, asked, 1 if mitigation is None else 2)
                return self.standing.level(category, mitigation, model, asked.point)
            case Call(function="forecast", arguments=(what,)):
                category = self.word(what, asked)
                return self.standing.forecast(category, self.subject.model, asked.point)
            case Call(function="count", arguments=(events,)):
                return self._count(events, asked)
        raise TypeError(f"not a value: {self.names.text(expression)}")

    def _gain(self, arguments: Sequence[Expression], asked: Asked) -> Value:
        events, measure, *unit = arguments
        lane = self.lane(events, asked.trigger, asked.names)
        base = lane.last(asked.point)
        in_unit = self.word(unit[0], asked) if unit else None
        gained = self.progress.gain(
            self.subject.model, self.word(measure, asked), in_unit, base, asked.point
        )
        if base.surely or lane.complete:
            return gained
        why = self.not_recorded(lane, events, asked.names)
        return replace(gained, unknown=(*gained.unknown, why))

    def _count(self, events: Expression, asked: Asked) -> Value:
        lane = self.lane(events, asked.trigger, asked.names)
        low = 0
        ids: list[str] = []
        assumed = False
        for fact, certain in zip(lane.facts, lane.certain, strict=True):
            if fact.earliest > asked.point.latest:
                break
            happened = precedes(fact, asked.point)
            assumed = assumed or happened.assumed
            if happened.before is not False:
                ids.append(fact.id)
                low += certain and happened.before is True
        top = Fraction(len(ids)) if lane.complete else None
        assumes = (SAME_DAY,) if assumed else ()
        return Value((Range(Fraction(low), top),), tuple(ids), assumes=assumes)

    def _since(self, expression: Compare, call: Call, asked: Asked) -> Because:
        limit = self.duration(expression.right)
        text = self.names.text(expression)
        lane = self.lane(call.arguments[0], asked.trigger, asked.names)
        last = lane.last(asked.point)
        ids = tuple(fact.id for fact in last.candidates)
        if limit is None:
            return Because("since", text, asked.lenient, ids, {"limit": "any"})
        anchors = [(fact.earliest, fact.latest) for fact in last.candidates]
        unknown: tuple[str, ...] = ()
        from_birth = False
        if not last.surely:
            if lane.complete:
                anchors.append(self.birth())
                from_birth = True
            else:
                unknown = (self.not_recorded(lane, call.arguments[0], asked.names),)
        verdicts = {
            elapsed(expression.operator, asked.point, anchor, limit, self.month_end)
            for anchor in anchors
        }
        for anchor in anchors:
            for turn in passing(expression.operator, anchor, limit, self.month_end):
                self.timeline.turn(turn)
        value = verdicts.pop() if len(verdicts) == 1 and not unknown else None
        if value is None and not unknown:
            unknown = unpublished(last, limit)
        return Because(
            "since",
            text,
            value,
            ids,
            {
                "from": " or ".join(
                    dict.fromkeys(interval_text(low, high) for low, high in anchors)
                ),
                "birth": from_birth,
                "limit": str(limit),
            },
            unknown if value is None else (),
            (*last.assumes, *limit.assumes),
        )

    def _between(self, expression: Compare, call: Call, asked: Asked) -> Because:
        """The time from one date to another, compared with a length of time."""
        limit = self.duration(expression.right)
        text = self.names.text(expression)
        start, end = (self._value(date, asked) for date in call.arguments)
        facts = tuple(dict.fromkeys(start.facts + end.facts))
        if limit is None:
            return Because("between", text, asked.lenient, facts, {"limit": "any"})
        unknown = start.unknown + end.unknown
        verdicts = [
            elapsed(expression.operator, Point(*b.interval), a.interval, limit, self.month_end)
            for a in start.possible
            for b in end.possible
            if isinstance(a, Range) and isinstance(b, Range)
        ]
        value = None if unknown else agree(verdicts)
        if value is None and not unknown:
            unknown = (f"the dates do not tell whether {limit} lay between them",)
        return Because(
            "between",
            text,
            value,
            facts,
            {"from": shown(start.possible), "to": shown(end.possible), "limit": str(limit)},
            unknown if value is None else (),
            tuple(dict.fromkeys(start.assumes + end.assumes + limit.assumes)),
        )

    def duration(self, expression: Expression) -> Duration | None:
        """A duration under this judge's readings and meaning; None where the word has no bound."""
        match self.choose(expression):
            case DurationLiteral(value=value):
                return value
            case TermRef(term=term):
                bound = getattr(self.policy.terms[term], self.meaning)
                return bound.value if isinstance(bound.value, Duration) else None
            case Defined(expression=inner):
                return self.duration(inner)
            case Apart(most=most):
                return self.duration(most)
        raise TypeError(f"not a duration: {self.names.text(expression)}")

    def least(self, expression: Expression) -> Duration | None:
        """How long must lie between deeds at least; None where the text sets no such length."""
        chosen = self.choose(expression)
        return self.duration(chosen.least) if isinstance(chosen, Apart) else None

    def birth(self) -> tuple[Instant, Instant]:
        """When the subject's clocks start where nothing started them, not before the policy."""
        if self.subject.model is not None:
            fact = self.timeline.birth(self.subject.model)
            if fact is not None:
                return max(fact.earliest, self.floor), max(fact.latest, self.floor)
        start = max(self.timeline.begins, self.floor)
        return start, start

    def not_recorded(
        self, lane: Lane, events: Expression, members: Mapping[str, str] = _NO_MEMBERS
    ) -> str:
        """Why absence proves nothing here; ``members`` are what quantified variables stand for."""
        named = self.events(events)
        text = describe(with_members(named, members)) if members else self.names.text(named)
        return f"no {text} is recorded, and {self._not_listed(lane)}"

    def absent(self, lane: Lane, events: Expression) -> Absent:
        """Why absence proves nothing here, whether or not there was a late deed."""
        text = self.names.text(self.events(events))
        return Absent(
            self.not_recorded(lane, events),
            f"an earlier {text} may have gone unrecorded, as {self._not_listed(lane)}",
        )

    def _not_listed(self, lane: Lane) -> str:
        missing = [kind for kind in lane.kinds if kind not in self.timeline.complete]
        return f"the record does not say that it lists every {' and '.join(missing)}"

    # --- primitives over the record --------------------------------------------------------

    def _call(self, call: Call, asked: Asked) -> Because:
        match call.function:
            case "did":
                return self.did(call.arguments[0], asked, self.names.text(call))
            case "in_place" | "approved":
                return self._standards(call, asked)
            case "running":
                action = cast(Action, self.word(call.arguments[0], asked))
                return self.standing.running(
                    action, self._model(call, asked, 1), asked.point, self.names.text(call)
                )
            case "counts":
                return self._counts(call, asked)
        raise TypeError(f"not a condition: {self.names.text(call)}")

    def did(self, events: Expression, asked: Asked, text: str) -> Because:
        """Whether such a fact has happened."""
        lane = self.lane(events, asked.trigger, asked.names)
        last = lane.last(asked.point)
        ids = tuple(fact.id for fact in last.candidates)
        if last.surely:
            return Because("did", text, True, ids, assumes=last.assumes)
        if last.candidates:
            why = tuple(
                f"whether {fact.id} counts, or came in time, is not known"
                for fact in last.candidates
            )
            return Because("did", text, None, ids, unknown=why, assumes=last.assumes)
        if lane.complete:
            return Because("did", text, False, assumes=last.assumes)
        why = (self.not_recorded(lane, events, asked.names),)
        return Because("did", text, None, unknown=why, assumes=last.assumes)

    def _standards(self, call: Call, asked: Asked) -> Because:
        argument = call.arguments[0]
        if isinstance(argument, Call) and argument.function == "required":
            names = self._required(argument, asked)
        else:
            names = self.names.standards(self.word(argument, asked))
        model = self._model(call, asked, 1)
        check = self.standing.in_place if call.function == "in_place" else self.standing.approved
        children = tuple(check(name, model, asked.point) for name in names)
        return Because(
            "standards",
            self.names.text(call),
            kleene_and(c.value for c in children),
            children=children,
        )

    # --- procedures ------------------------------------------------------------------------

    def _counts(self, call: Call, asked: Asked) -> Because:
        from ifthen.ruling.procedures import decision_counts

        name = self.word(call.arguments[0], asked)
        procedure = next(
            c for c in self.policy.clauses if isinstance(c, Procedure) and c.common.id == name
        )
        last = self.lane(procedure.decision).last(asked.point)
        text = self.names.text(call)
        if not last.candidates:
            complete = self.lane(procedure.decision).complete
            why = () if complete else (f"no decision under {name} is recorded",)
            value = False if complete else None
            return Because("counts", text, value, unknown=why, assumes=last.assumes)
        children = tuple(decision_counts(self, procedure, fact) for fact in last.candidates)
        value = agree(child.value for child in children) if last.surely else None
        why = (f"which decision under {name} is the last, or whether it counts, is not known",)
        return Because(
            "counts",
            text,
            value,
            tuple(fact.id for fact in last.candidates),
            {"procedure": name},
            why if value is None else (),
            last.assumed(lambda fact: decision_counts(self, procedure, fact).value),
            children,
        )


_RESULT = Events((Pattern("assessment_completed"),))
