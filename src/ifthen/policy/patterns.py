"""Checking event patterns against the vocabulary and the names of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from ifthen.policy.model import Choice, Events, Expression, Pattern, Test
from ifthen.policy.names import ANY_EVENT, ROLE_ATTRIBUTES, Context, Names, Problems
from ifthen.policy.source import Span
from ifthen.policy.values import ATTRIBUTE_TYPES, NAMED, Type, attribute_type
from ifthen.vocabulary import KINDS, STATED, Attribute, attributes_of

_NONE: Mapping[str, Type] = {}
_WORDS = frozenset({"word", "words", "text"})
_LISTS = frozenset({"words", "about"})
_UNTESTED = {
    "findings": "write a condition with status(THRESHOLD)",
    "levels": "write a condition with level(CATEGORY)",
    "values": "",
    "date": "dates are for 'within: {time: ..., of: [...]}'",
}
"""Types of attributes that no test can match, and what to write instead."""


def kinds_of(expression: Expression | None) -> tuple[str, ...]:
    """The known kinds of fact that events, or a choice between events, can match."""
    if isinstance(expression, Choice):
        return tuple(dict.fromkeys(k for e in expression.options.values() for k in kinds_of(e)))
    if isinstance(expression, Events):
        return tuple(dict.fromkeys(p.kind for p in expression.patterns if p.kind in KINDS))
    return ()


class PatternChecker:
    """Checks patterns and gives them back with aliases resolved."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names = names
        self.problems = problems

    def events(
        self, events: Events, context: Context, variables: Mapping[str, Type] = _NONE
    ) -> Events:
        """Events with every pattern checked."""
        patterns = tuple(self._pattern(p, context, variables) for p in events.patterns)
        return events if patterns == events.patterns else replace(events, patterns=patterns)

    def word(self, span: Span, label: str, options: tuple[str, ...], word: str) -> str:
        """A word as the value of an attribute, an alias resolved; reports an unknown one."""
        names = self.names
        if label == "threshold":
            known = {**names.categories, **names.thresholds}
            if word not in known:
                self.problems.unknown(span, label, word, known)
            return known.get(word, word)
        if label == "standard":
            if word not in names.standards and word not in names.groups:
                self.problems.unknown(span, label, word, [*names.standards, *names.groups])
            return names.standards.get(word, word)
        if label in ROLE_ATTRIBUTES:
            if word not in names.roles:
                self.problems.unknown(span, "role", word, names.roles)
        elif options and word not in options:
            self.problems.unknown(span, label, word, options)
        return word

    def _pattern(
        self, pattern: Pattern, context: Context, variables: Mapping[str, Type]
    ) -> Pattern:
        if pattern.kind not in (KINDS if self.names.hidden else STATED):
            span = replace(pattern.span, length=len(pattern.kind))
            self.problems.unknown(span, "event", pattern.kind, STATED)
            return pattern
        known = attributes_of(pattern.kind)
        tests = tuple(self._test(pattern.kind, t, known, context, variables) for t in pattern.tests)
        return pattern if tests == pattern.tests else replace(pattern, tests=tests)

    def _test(
        self,
        kind: str,
        test: Test,
        known: Mapping[str, Attribute],
        context: Context,
        variables: Mapping[str, Type],
    ) -> Test:
        members = tuple(v for v in test.values if v in variables and v not in test.bound)
        if members:
            test = replace(test, bound=(*test.bound, *members))
        if test.attribute == "model":
            self._model_test(test, context, variables)
            return test
        attribute = known.get(test.attribute)
        if attribute is None:
            span = replace(test.span, length=len(test.attribute))
            self.problems.unknown(
                span, "attribute", test.attribute, [*known, "model"], f"of {kind}"
            )
            return test
        if attribute.type in _UNTESTED:
            message = f"'{test.attribute}' cannot be tested in a pattern"
            self.problems.add(test.span, message, _UNTESTED[attribute.type])
            return test
        if test.operator == "includes" and attribute.type not in _LISTS:
            message = f"'{test.attribute}' is no list: write '{test.attribute}={test.values[0]}'"
            self.problems.add(test.span, message)
            return test
        values = tuple(self._value(test, v, attribute, context, variables) for v in test.values)
        return test if values == test.values else replace(test, values=values)

    def _model_test(self, test: Test, context: Context, variables: Mapping[str, Type]) -> None:
        if test.operator != "=":
            message = f"'model' cannot be tested with '{test.operator}'"
            self.problems.add(test.span, message, "write model=any, model=this or model=NAME")
        value = test.values[0]
        if value in test.bound and (value not in variables or variables[value].name != "model"):
            message = f"'{value}' names no model"
            self.problems.add(test.span, message, "write model=any, model=this or model=NAME")
        if "this" in test.values and context.subject not in ("model", "any"):
            self._no_subject(test, context, "model")

    def _no_subject(self, test: Test, context: Context, wanted: str) -> None:
        article = "the" if context.subject == "organisation" else "a"
        self.problems.add(
            test.span,
            f"'{test.attribute}=this' needs a subject {wanted}, "
            f"but {context.where} is for {article} {context.subject}",
            f"set 'for_each: {wanted}'",
        )

    def _value(
        self,
        test: Test,
        value: str,
        attribute: Attribute,
        context: Context,
        variables: Mapping[str, Type],
    ) -> str:
        name = test.attribute
        if value in test.bound:
            if value in variables:
                self._member(test, value, attribute, variables[value])
            else:
                self._of_trigger(test, value, attribute, context)
            return value
        if value == "this":
            self._this(test, context)
            return value
        if attribute.type in ("word", "words"):
            return self.word(test.span, name, attribute.options, value)
        if attribute.type == "boolean" and value not in ("true", "false"):
            self.problems.add(test.span, f"'{name}' is either true or false, not '{value}'")
        elif attribute.type == "number":
            try:
                Fraction(value)
            except (ValueError, ZeroDivisionError):
                self.problems.add(test.span, f"'{name}' is a number, not '{value}'")
        return value

    def _member(self, test: Test, value: str, attribute: Attribute, member: Type) -> None:
        """Check that a member of a list may be the value of an attribute."""
        name = test.attribute
        wanted = {"standard": ("standard", "word"), "threshold": ("threshold", "category", "word")}
        fits = member.name in wanted.get(name, (member.name,)) or member.name == "unknown"
        if attribute.type in ("boolean", "number") or not fits:
            message = f"'{value}' is {NAMED[member.name]}, which cannot be a value of '{name}'"
            hint = "give the member another name if a word is meant"
            self.problems.add(test.span, message, hint)
        elif member.name == "word" and attribute.type in ("word", "words"):
            for word in member.options:
                self.word(test.span, name, attribute.options, word)

    def _of_trigger(self, test: Test, value: str, attribute: Attribute, context: Context) -> None:
        """Check that an attribute of the triggering fact may be the value of another."""
        if context.trigger is None:
            message = f"'{value}' needs a triggering event, and there is none here"
            self.problems.add(test.span, message)
            return
        name = value.removeprefix("this.")
        kinds = tuple(KINDS) if context.trigger == ANY_EVENT else context.trigger
        if not kinds:
            return
        type_ = attribute_type(name, kinds)
        if type_ is None:
            known = {known for kind in kinds for known in attributes_of(kind)}
            of = f"of {' or '.join(kinds)}" if len(kinds) <= 3 else "of any event"
            self.problems.unknown(test.span, "attribute", name, known, of)
            return
        mine = ATTRIBUTE_TYPES[attribute.type]
        words = type_.name in _WORDS and mine in _WORDS
        if type_.name not in (mine, "unknown") and not words:
            message = f"'{value}' is {NAMED[type_.name]}, which cannot be a value of "
            self.problems.add(test.span, f"{message}'{test.attribute}'")

    def _this(self, test: Test, context: Context) -> None:
        if test.attribute == "about":
            if context.trigger is None:
                message = "'about=this' needs a triggering event, and there is none here"
                self.problems.add(test.span, message)
        elif test.attribute == "standard":
            if context.subject not in ("standard", "any"):
                self._no_subject(test, context, "standard")
        else:
            message = f"'this' cannot stand for a value of '{test.attribute}'"
            self.problems.add(test.span, message, "it can in model=this, standard=this, about=this")
