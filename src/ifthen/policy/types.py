"""Name resolution and type checking.

Every expression is checked against the vocabulary and the names of its policy, and given back
with each bare word turned into what it means: a term, a definition, a variable or a constant.
Nothing is evaluated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

from ifthen.policy.comparisons import check_apart, check_comparable, operator_fits
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
    Quantified,
    TermRef,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.policy.names import ANY_EVENT, Context, Names, Problems
from ifthen.policy.patterns import PatternChecker
from ifthen.policy.source import Span
from ifthen.policy.subjects import check_growth, check_status, type_of_this
from ifthen.policy.syntax import Factor, Name
from ifthen.policy.values import (
    ADVICE,
    ARGUMENTS,
    DURATION,
    FACTOR,
    FIRST_ARGUMENT,
    NAMED,
    NUMBER,
    RESULTS,
    TERM_TYPES,
    TRUTH,
    UNKNOWN,
    WORD,
    WORDLIKE,
    Type,
    attribute_type,
)
from ifthen.policy.words import named, no_condition, word_domain
from ifthen.vocabulary import KINDS, attributes_of

MAX_DEPTH = 100
"""Deepest nesting of a condition, the definitions it uses included."""

_DEFINABLE = frozenset({"truth", "number", "factor", "duration", "level", "rung", "unknown"})
"""Types of the values that a definition may stand for."""

Variables = Mapping[str, Type]


class Checker:
    """Resolves and checks the expressions of one policy."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names = names
        self.problems = problems
        self.patterns = PatternChecker(names, problems)
        self._depth = 0
        self._deepest = 0
        self._heights: dict[str, int] = {}
        self._open: list[str] = []
        self._defined: dict[tuple[str, str, tuple[str, ...] | None], tuple[Defined, Type]] = {}

    # --- what the loader asks for ---

    def condition(self, expression: Expression, context: Context) -> Expression:
        """A resolved condition; reports whatever is not one."""
        return self._truth(expression, context, {})

    def events(self, expression: Expression, context: Context) -> Expression:
        """Resolved events, or a choice between events."""
        if isinstance(expression, Choice):
            options = {k: self.events(e, context) for k, e in expression.options.items()}
            return replace(expression, options=options)
        assert isinstance(expression, Events)
        return self.patterns.events(expression, context)

    def length(self, expression: Expression, context: Context) -> Expression:
        """A resolved duration, duration term, or choice between them."""
        if isinstance(expression, Choice):
            options = {k: self.length(e, context) for k, e in expression.options.items()}
            return replace(expression, options=options)
        if isinstance(expression, Apart):
            least, most = (self.length(one, context) for one in (expression.least, expression.most))
            check_apart(self.problems, expression)
            return replace(expression, least=least, most=most)
        if isinstance(expression, Name) and self._meaning(expression, context, {}) is None:
            known = [t for t, kind in self.names.terms.items() if kind == "duration"]
            self.problems.unknown(expression.span, "duration or term", str(expression.value), known)
            return expression
        resolved, type_ = self._value(expression, context, {})
        if type_ not in (DURATION, UNKNOWN):
            message = f"expected a length of time, but this is {NAMED[type_.name]}"
            self.problems.add(expression.span, message, "write a duration such as '6 months'")
        return resolved

    def definition(self, name: str) -> Expression | None:
        """A definition, resolved without a clause around it; None where it cannot be read."""
        if self.names.definitions[name] is None:
            return None
        context = Context("any", ANY_EVENT, f"the definition '{name}'")
        resolved, type_ = self._definition(Name(name), context)
        return resolved.expression if type_ is not UNKNOWN else None

    # --- values ---

    def _truth(self, expression: Expression, context: Context, variables: Variables) -> Expression:
        if isinstance(expression, Choice):
            options = {
                key: self._truth(option, context, variables)
                for key, option in expression.options.items()
            }
            return replace(expression, options=options)
        if isinstance(expression, Name) and self._meaning(expression, context, variables) is None:
            no_condition(self.names, self.problems, expression, variables)
            return expression
        resolved, type_ = self._value(expression, context, variables)
        if type_.name not in ("truth", "unknown"):
            message = f"expected a condition, but this is {NAMED[type_.name]}"
            self.problems.add(expression.span, message, ADVICE.get(type_.name, ""))
        return resolved

    def _value(
        self, expression: Expression, context: Context, variables: Variables
    ) -> tuple[Expression, Type]:
        """The resolved expression and its type."""
        if self._too_deep(expression.span, 1):
            return expression, UNKNOWN
        self._depth += 1
        result = self._dispatch(expression, context, variables)
        self._depth -= 1
        return result

    def _too_deep(self, span: Span, levels: int) -> bool:
        """Whether so many levels more are too many; reports it, and keeps the deepest reached."""
        reached = self._depth + levels
        if reached > MAX_DEPTH:
            message = f"this is nested more than {MAX_DEPTH} deep, definitions included"
            self.problems.add(span, message)
            return True
        self._deepest = max(self._deepest, reached)
        return False

    def _dispatch(
        self, expression: Expression, context: Context, variables: Variables
    ) -> tuple[Expression, Type]:
        match expression:
            case Name():
                meaning = self._meaning(expression, context, variables)
                if meaning is None:
                    no_condition(self.names, self.problems, expression, variables)
                    return expression, UNKNOWN
                return meaning
            case Factor():
                return Constant(expression.value, expression.span), FACTOR
            case Constant():
                if isinstance(expression.value, bool):
                    return expression, TRUTH
                return expression, WORD if isinstance(expression.value, str) else NUMBER
            case DurationLiteral():
                return expression, DURATION
            case Variable():
                return expression, type_of_this(self.problems, expression, context)
            case Attribute():
                return self._attribute(expression, context, variables)
            case Events():
                return self.patterns.events(expression, context, variables), Type("events")
            case Call():
                return self._call(expression, context, variables)
            case Not():
                operand = self._truth(expression.operand, context, variables)
                return replace(expression, operand=operand), TRUTH
            case Logic():
                operands = tuple(self._truth(o, context, variables) for o in expression.operands)
                return replace(expression, operands=operands), TRUTH
            case Compare():
                return self._compare(expression, context, variables), TRUTH
            case Times():
                operand, type_ = self._value(expression.operand, context, variables)
                self._fits(expression.operand.span, type_, "number")
                return replace(expression, operand=operand), NUMBER
            case Quantified():
                return self._quantified(expression, context, variables), TRUTH
            case Choice():
                return self._choice(expression, context, variables)
            case Words():
                return expression, Type("words")
            case _:
                return expression, UNKNOWN

    def _fits(self, span: Span, type_: Type, wanted: str, hint: str = "") -> None:
        if type_.name not in (wanted, "unknown"):
            message = f"expected {NAMED[wanted]}, but this is {NAMED[type_.name]}"
            self.problems.add(span, message, hint)

    def _meaning(
        self, name: Constant, context: Context, variables: Variables
    ) -> tuple[Expression, Type] | None:
        """What a bare word means: a variable, a definition or a term; None for a plain word."""
        word = str(name.value)
        if not isinstance(name, Name):
            return None
        if word in variables:
            return Variable(word, name.span), variables[word]
        if word in self.names.definitions:
            defined, type_ = self._definition(name, context)
            if type_.name in ("truth", "unknown"):
                return defined, type_
            return defined.expression, type_
        if word in self.names.terms:
            return TermRef(word, name.span), TERM_TYPES[self.names.terms[word]]
        return None

    def _definition(self, name: Constant, context: Context) -> tuple[Defined, Type]:
        word = str(name.value)
        raw = self.names.definitions[word]
        key = (word, context.subject, context.trigger)
        if key in self._defined:
            defined, type_ = self._defined[key]
            if self._too_deep(name.span, self._heights[word]):
                return defined, UNKNOWN
            return replace(defined, span=name.span), type_
        if word in self._open:
            circle = " → ".join([*self._open[self._open.index(word) :], word])
            message = f"the definition '{word}' rests on itself: {circle}"
            self.problems.add(name.span, message)
            return Defined(word, name, name.span), UNKNOWN
        if raw is None:
            return Defined(word, name, name.span), UNKNOWN
        self._open.append(word)
        outer, self._deepest = self._deepest, self._depth
        expression, type_ = self._value(raw, context, {})
        self._heights[word] = self._deepest - self._depth
        self._deepest = max(outer, self._deepest)
        self._open.pop()
        if type_.name not in _DEFINABLE:
            message = f"a definition is a condition or a measure, but this is {NAMED[type_.name]}"
            self.problems.add(raw.span, message, ADVICE.get(type_.name, ""))
            type_ = UNKNOWN
        defined = Defined(word, expression, name.span)
        self._defined[key] = (defined, type_)
        return defined, type_

    def _attribute(
        self, expression: Attribute, context: Context, variables: Variables
    ) -> tuple[Expression, Type]:
        kinds: tuple[str, ...]
        if expression.of is None:
            if context.trigger is None:
                message = (
                    f"'this.{expression.name}' needs a triggering event, and there is none here"
                )
                self.problems.add(expression.span, message)
                return expression, UNKNOWN
            kinds = tuple(KINDS) if context.trigger == ANY_EVENT else context.trigger
            resolved = expression
        else:
            events = self.patterns.events(expression.of, context, variables)
            kinds = tuple(p.kind for p in events.patterns if p.kind in KINDS)
            resolved = replace(expression, of=events)
        if not kinds:
            return resolved, UNKNOWN
        type_ = attribute_type(expression.name, kinds)
        if type_ is None:
            length = len(expression.name)
            at = Span(
                expression.span.line,
                expression.span.column + expression.span.length - length,
                length,
            )
            of = " or ".join(kinds) if len(kinds) <= 3 else "any event"
            known = {name for kind in kinds for name in attributes_of(kind)}
            self.problems.unknown(at, "attribute", expression.name, [*known, "date"], f"of {of}")
            return resolved, UNKNOWN
        return resolved, type_

    def _choice(
        self, expression: Choice, context: Context, variables: Variables
    ) -> tuple[Expression, Type]:
        options: dict[str, Expression] = {}
        agreed = UNKNOWN
        for key, option in expression.options.items():
            options[key], type_ = self._value(option, context, variables)
            if agreed is UNKNOWN:
                agreed = type_
            elif type_.name not in (agreed.name, "unknown"):
                message = f"expected {NAMED[agreed.name]} as in the option above"
                self.problems.add(option.span, message)
        return replace(expression, options=options), agreed

    # --- calls ---

    def _call(self, call: Call, context: Context, variables: Variables) -> tuple[Expression, Type]:
        if call.function in ("required", "criteria", "thresholds", "categories", "models"):
            arguments = self._arguments(call, context, variables)
            return replace(call, arguments=arguments), Type(
                "standards" if call.function == "required" else "words"
            )
        if call.function in ("did", "count", "since", "growth", "gain"):
            argument, *more = call.arguments
            if isinstance(argument, Events):
                argument = self.patterns.events(argument, context, variables)
            if call.function in ("growth", "gain"):
                check_growth(self.problems, call, argument, context)
            words = (self._plain_word(word) for word in more)
            return replace(call, arguments=(argument, *words)), RESULTS[call.function]
        if call.function == "between":
            arguments = tuple(self._date(each, context, variables) for each in call.arguments)
            return replace(call, arguments=arguments), DURATION
        arguments = self._arguments(call, context, variables)
        named_model = 1 + (call.function == "level" and mitigation_of(call) is not None)
        if call.function in ("status", "level") and len(arguments) == named_model:
            check_status(self.problems, call, context)
        return replace(call, arguments=arguments), RESULTS[call.function]

    def _plain_word(self, word: Expression) -> Expression:
        """The name of a measure, or its unit."""
        if isinstance(word, Constant) and isinstance(word.value, str):
            return Constant(word.value, word.span)
        message = "expected the name of a measure, and perhaps its unit"
        self.problems.add(word.span, message, "write gain(EVENTS, MEASURE)")
        return word

    def _date(self, argument: Expression, context: Context, variables: Variables) -> Expression:
        if isinstance(argument, Name) and argument.value in KINDS:
            message = f"expected a date, but '{argument.value}' is an event"
            self.problems.add(argument.span, message, f"write last({argument.value}).date")
            return argument
        date, type_ = self._value(argument, context, variables)
        self._fits(argument.span, type_, "date", "write this.date or last(EVENTS).date")
        return date

    def _arguments(
        self, call: Call, context: Context, variables: Variables
    ) -> tuple[Expression, ...]:
        wanted: tuple[str, ...] = (FIRST_ARGUMENT.get(call.function, ""), "model")
        if len(call.arguments) > 1:
            wanted = ARGUMENTS.get(call.function, wanted)
        if call.function == "level" and mitigation_of(call) is None and len(call.arguments) == 2:
            wanted = ("category", "model" if _is_model(call.arguments[1], variables) else wanted[1])
        return tuple(
            self._argument(argument, want, context, variables)
            for argument, want in zip(call.arguments, wanted, strict=False)
        )

    def _argument(
        self, argument: Expression, wanted: str, context: Context, variables: Variables
    ) -> Expression:
        if isinstance(argument, Constant) and isinstance(argument.value, str):
            word = argument.value
            if isinstance(argument, Name) and word in variables:
                self._fits(argument.span, variables[word], wanted)
                return Variable(word, argument.span)
            return named(self.names, self.problems, argument, wanted, variables)
        resolved, type_ = self._value(argument, context, variables)
        is_list = type_.name == "standards" and wanted == "standard"
        if not is_list and not isinstance(argument, Variable):
            message = f"expected {NAMED[wanted]}, but this is {NAMED.get(type_.name, 'not one')}"
            self.problems.add(argument.span, message)
        elif not is_list:
            self._fits(argument.span, type_, wanted)
        return resolved

    # --- logic and comparisons ---

    def _is_word(
        self, expression: Expression, context: Context, variables: Variables
    ) -> TypeGuard[Constant]:
        """Whether an operand is a plain word, whose meaning the other operand gives."""
        if not isinstance(expression, Constant) or not isinstance(expression.value, str):
            return False
        return self._meaning(expression, context, variables) is None

    def _word(self, word: Constant, other: Type) -> Constant:
        """A plain word where a value of type ``other`` is expected."""
        text = str(word.value)
        if other.name in ("threshold", "category", "standard", "action", "rung"):
            return named(self.names, self.problems, word, other.name, {})
        if other.name in WORDLIKE or other.name == "words":
            return Constant(
                self.patterns.word(word.span, other.label, other.options, text), word.span
            )
        if other.name != "unknown":
            if isinstance(word, Name):
                known = [*self.names.definitions, *self.names.terms]
                self.problems.unknown(word.span, "name", text, known)
            else:
                message = f"{NAMED[other.name]} cannot be compared with a text"
                self.problems.add(word.span, message)
        return Constant(text, word.span)

    def _compare(self, compare: Compare, context: Context, variables: Variables) -> Expression:
        left, right, operator = compare.left, compare.right, compare.operator
        if self._is_word(left, context, variables):
            if self._is_word(right, context, variables) or isinstance(right, Words):
                known = [*variables, *self.names.definitions, *self.names.terms]
                self.problems.unknown(left.span, "name", str(left.value), known)
                return compare
            resolved, type_ = self._value(right, context, variables)
            operator_fits(self.problems, compare, type_, type_)
            return replace(compare, left=self._word(left, type_), right=resolved)
        first, type_ = self._value(left, context, variables)
        if isinstance(right, Words):
            return replace(compare, left=first, right=self._listed(compare, type_, right))
        if self._is_word(right, context, variables):
            if operator_fits(self.problems, compare, type_, type_):
                return replace(compare, left=first, right=self._word(right, type_))
            return compare
        second, other = self._value(right, context, variables)
        if operator_fits(self.problems, compare, type_, other):
            check_comparable(self.problems, compare, type_, other)
        if operator == "in":
            self.problems.add(right.span, "expected a list such as [below, alert]")
        return replace(compare, left=first, right=second)

    def _listed(self, compare: Compare, type_: Type, words: Words) -> Expression:
        """The list on the right of a comparison, each word checked against the left."""
        if compare.operator != "in":
            message = f"a list cannot be compared with '{compare.operator}'"
            self.problems.add(compare.span, message, "use 'in'")
            return words
        if type_.name not in WORDLIKE:
            if type_.name != "unknown":
                message = f"'in' needs a word on its left, but this is {NAMED[type_.name]}"
                self.problems.add(compare.left.span, message)
            return words
        checked = (self._word(Constant(value, words.span), type_) for value in words.values)
        return replace(words, values=tuple(str(word.value) for word in checked))

    # --- quantifiers ---

    def _quantified(
        self, expression: Quantified, context: Context, variables: Variables
    ) -> Expression:
        domain, member = self._domain(expression.domain, context, variables)
        if expression.variable in variables:
            message = f"'{expression.variable}' already names a member of an outer list"
            self.problems.add(expression.span, message, "choose another name")
        inner = {**variables, expression.variable: member}
        body = self._truth(expression.body, context, inner)
        return replace(expression, domain=domain, body=body)

    def _domain(
        self, domain: Expression, context: Context, variables: Variables
    ) -> tuple[Expression, Type]:
        if isinstance(domain, Words):
            return word_domain(self.names, domain)
        if isinstance(domain, Call):
            members = {
                "thresholds": Type("threshold", label="threshold"),
                "categories": Type("category", label="category"),
                "models": Type("model"),
                "required": Type("standard", label="standard"),
                "criteria": Type("criterion"),
            }
            if domain.function in members:
                resolved, _ = self._call(domain, context, variables)
                return resolved, members[domain.function]
        word = (
            str(domain.value) if isinstance(domain, Constant) else getattr(domain, "function", "")
        )
        known = ("thresholds", "categories", "models", "required", "criteria")
        self.problems.unknown(domain.span, "domain", word, known)
        return domain, UNKNOWN


def _is_model(argument: Expression, variables: Variables) -> bool:
    """Whether an argument can only name a model: ``this``, or a member of ``models``."""
    if isinstance(argument, Constant):
        return str(argument.value) in variables
    return True
