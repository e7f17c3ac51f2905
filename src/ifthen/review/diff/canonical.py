"""Expressions in a form in which equal means the same, whatever the policy around them.

Definitions are unfolded, words stand for what they allow, quantifiers over what a policy lists are
written out, and what an atom means by way of its policy (which standards include
this one, which thresholds lie below that one) stands in the atom. Names of the older version are
those of the newer. Two equal forms are then true of the same records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ifthen.policy.describe import describe
from ifthen.policy.model import (
    Apart,
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Policy,
    Procedure,
    Quantified,
    TermRef,
    Test,
    Times,
    Variable,
    Words,
)
from ifthen.policy.syntax import Factor
from ifthen.ruling.variants import below
from ifthen.ruling.wording import bound_text

TRUE, FALSE = Constant(True), Constant(False)
_TURNED = {"!=": "=", "<": ">=", ">": "<="}
_OVER_MODELS = "models"
_MOST = 4_000
"""The most parts an expression may have when it is written out."""


class TooLarge(ValueError):
    """An expression that is too large to write out."""


class Canon:
    """Brings the expressions of one policy into the common form."""

    def __init__(
        self, policy: Policy, names: Mapping[str, str], without: frozenset[str] = frozenset()
    ) -> None:
        """A form for one policy.

        Args:
            policy: whose expressions are brought into the form.
            names: its ids to those of the newer version.
            without: words that a written list is taken not to have.
        """
        self._policy = policy
        self._names = names
        self._without = without
        self._bound: dict[str, str] = {}
        """Quantified variables that stand for a member of a list."""
        self._left = _MOST

    def form(self, expression: Expression) -> Expression:
        """The expression in the common form.

        Raises:
            TooLarge: it has too many parts when written out.
        """
        self._left = _MOST
        return self._form(expression)

    def events(self, expression: Expression | None) -> frozenset[Pattern]:
        """The patterns of events; of a choice between readings those of every reading."""
        if expression is None:
            return frozenset()
        if isinstance(expression, Choice):
            return frozenset().union(*(self.events(o) for o in expression.options.values()))
        assert isinstance(expression, Events)
        return frozenset(map(self._pattern, expression.patterns))

    def words(self, names: Iterable[str]) -> tuple[str, ...]:
        """Names as the newer version has them."""
        return tuple(map(self._name, names))

    def _form(self, expression: Expression) -> Expression:
        self._left -= 1
        if self._left < 0:
            raise TooLarge
        match expression:
            case Constant(value=value) if isinstance(value, str):
                return Constant(self._name(value))
            case Constant(value=value):
                return Constant(value) if not isinstance(expression, Factor) else expression
            case Defined(expression=inner):
                return self._form(inner)
            case TermRef(term=name):
                term = self._policy.terms[name]
                allows = f"{term.type}: {bound_text(term.literal)}, {bound_text(term.charitable)}"
                return TermRef(allows)
            case Variable(name=name):
                member = self._bound.get(name)
                return Variable(name) if member is None else Constant(self._name(member))
            case Attribute(name=name, of=of):
                return Attribute(name, None if of is None else self._pattern_set(of))
            case Events():
                return self._pattern_set(expression)
            case Not(operand=operand):
                return negated(self._form(operand))
            case Logic(operator="otherwise", operands=operands):
                return Logic("otherwise", tuple(map(self._form, operands)))
            case Logic(operator=operator, operands=operands):
                return joined(operator, map(self._form, operands))
            case Compare():
                return self._compare(expression)
            case Words(values=values):
                return Words(tuple(sorted(map(self._name, values))))
            case Times(factor=factor, operand=operand):
                return Times(factor, self._form(operand))
            case Apart(least=least, most=most):
                return Apart(self._form(least), self._form(most))
            case Choice(reading=reading, options=options):
                forms = {key: self._form(option) for key, option in options.items()}
                first = next(iter(forms.values()))
                if all(form == first for form in forms.values()):
                    return first
                return Choice(self._name(reading), forms)
            case Quantified():
                return self._quantified(expression)
            case Call():
                return self._call(expression)
        return expression

    def _compare(self, compare: Compare) -> Expression:
        left, right = self._form(compare.left), self._form(compare.right)
        if compare.operator == "in" and isinstance(right, Words):
            return joined("or", (Compare("=", left, Constant(word)) for word in right.values))
        if isinstance(left, Constant) and isinstance(right, Constant) and compare.operator == "=":
            return TRUE if left.value == right.value else FALSE
        turned = _TURNED.get(compare.operator)
        if turned is not None:
            return negated(Compare(turned, left, right))  # type: ignore[arg-type]
        return Compare(compare.operator, left, right)

    def _quantified(self, quantified: Quantified) -> Expression:
        members = self._members(quantified.domain)
        operator = "and" if quantified.quantifier == "every" else "or"
        if members is None:
            domain = self._form(quantified.domain)
            return replace(quantified, domain=domain, body=self._form(quantified.body))
        outer, bodies = dict(self._bound), []
        for member in members:
            self._bound = {**outer, quantified.variable: member}
            bodies.append(self._form(quantified.body))
        self._bound = outer
        return joined(operator, bodies)

    def _members(self, domain: Expression) -> tuple[str, ...] | None:
        """What a quantifier goes through, in the policy's own names; None where records say."""
        policy = self._policy
        if isinstance(domain, Words):
            return tuple(word for word in domain.values if word not in self._without)
        if not isinstance(domain, Call) or domain.function == _OVER_MODELS:
            return None
        if domain.function == "thresholds":
            return tuple(t.id for t in policy.thresholds.values() if not t.checkpoint)
        if domain.function == "categories":
            return tuple(c.id for c in policy.categories.values() if c.tracked)
        name = self._own(domain.arguments[0])
        if domain.function == "criteria" and name is not None and name in policy.standards:
            return tuple(criterion.id for criterion in policy.standards[name].criteria)
        if domain.function == "required" and len(domain.arguments) == 1:
            known = policy.thresholds.get(name or "")
            return None if known is None else known.requires
        return None

    def _own(self, name: Expression) -> str | None:
        """A name as the policy itself has it."""
        if isinstance(name, Constant):
            return str(name.value)
        return self._bound.get(name.name) if isinstance(name, Variable) else None

    def _call(self, call: Call) -> Expression:
        policy, own = self._policy, self._own(call.arguments[0]) if call.arguments else None
        rest = tuple(map(self._form, call.arguments[1:]))
        if call.function in ("in_place", "approved"):
            names = self._standards(call.arguments[0])
            if names is not None:
                one_by_one = (Call(call.function, (self._including(name), *rest)) for name in names)
                return joined("and", one_by_one)
        if call.function == "status" and own in policy.thresholds:
            return Call("status", (Words(self._shadows(str(own))), *rest))
        if call.function in ("level", "forecast") and own is not None:
            category = Words((self._name(own), *policy.scale))
            return Call(call.function, (category, *rest))
        if call.function == "counts":
            named = [c for c in policy.clauses if c.common.id == own and isinstance(c, Procedure)]
            return Call("counts", (Constant(repr(named)),))
        return Call(call.function, tuple(map(self._form, call.arguments)))

    def _standards(self, named: Expression) -> tuple[str, ...] | None:
        """The standards that an argument stands for, groups and requirements written out."""
        if isinstance(named, Call):
            return self._members(named)
        name = self._own(named)
        if name is None:
            return None
        return self._policy.groups.get(name, (name,))

    def _including(self, name: str) -> Words:
        """A standard, and every one that has it in place wherever it is in place itself."""
        found = {name}
        while True:
            more = {
                other.id for other in self._policy.standards.values() if found & {*other.includes}
            }
            if more <= found:
                return Words((self._name(name), *sorted(map(self._name, found - {name}))))
            found |= more

    def _shadows(self, name: str) -> tuple[str, ...]:
        """A threshold, and every one below which a model is below this one too."""
        found: dict[str, None] = {name: None}
        waiting = [name]
        while waiting:
            for above in self._policy.thresholds[waiting.pop()].above:
                if above not in found:
                    found[above] = None
                    waiting.append(above)
        first, *others = found
        return (self._name(first), *sorted(map(self._name, others)))

    def _pattern_set(self, events: Events) -> Events:
        patterns = {self._pattern(pattern) for pattern in events.patterns}
        return Events(tuple(sorted(patterns, key=describe)))

    def _pattern(self, pattern: Pattern) -> Pattern:
        tests = {self._test(test) for test in pattern.tests}
        return Pattern(pattern.kind, tuple(sorted(tests, key=describe)))

    def _test(self, test: Test) -> Test:
        members = {name: self._bound[name] for name in test.bound if name in self._bound}
        values = tuple(sorted(self._name(members.get(value, value)) for value in test.values))
        bound = tuple(name for name in test.bound if name not in members)
        return Test(test.attribute, test.operator, values, bound)

    def _name(self, name: str) -> str:
        return self._names.get(name, name)


def joined(operator: str, operands: Iterable[Expression]) -> Expression:
    """``and`` or ``or`` of several conditions, flat, each once, in one order."""
    neutral, absorbing = (TRUE, FALSE) if operator == "and" else (FALSE, TRUE)
    flat: dict[str, Expression] = {}
    for operand in operands:
        inner = isinstance(operand, Logic) and operand.operator == operator
        for part in operand.operands if inner and isinstance(operand, Logic) else (operand,):
            if part == absorbing:
                return absorbing
            if part != neutral:
                flat[describe(part)] = part
    if not flat:
        return neutral
    parts = tuple(flat[key] for key in sorted(flat))
    return parts[0] if len(parts) == 1 else Logic("and" if operator == "and" else "or", parts)


def negated(expression: Expression) -> Expression:
    """Kleene negation, moved inwards to the atoms."""
    match expression:
        case Constant(value=bool() as value):
            return FALSE if value else TRUE
        case Not(operand=operand):
            return operand
        case Logic(operator="and", operands=operands):
            return joined("or", map(negated, operands))
        case Logic(operator="or", operands=operands):
            return joined("and", map(negated, operands))
        case Choice(reading=reading, options=options):
            return Choice(reading, {key: negated(option) for key, option in options.items()})
        case Quantified(quantifier=quantifier, body=body):
            body = negated(body)
            if quantifier == "every":
                return replace(expression, quantifier="some", body=body)
            return replace(expression, quantifier="every", body=body)
    return Not(expression)


def readings(expression: Expression) -> dict[str, tuple[str, ...]]:
    """The readings on which a condition depends, each with its options."""
    return {
        node.reading: tuple(node.options) for node in below(expression) if isinstance(node, Choice)
    }


def read(expression: Expression, chosen: Mapping[str, str]) -> Expression:
    """The condition by one reading of each text."""
    match expression:
        case Choice(reading=reading, options=options):
            return read(options[chosen[reading]], chosen)
        case Not(operand=operand):
            return negated(read(operand, chosen))
        case Logic(operator="otherwise", operands=operands):
            return Logic("otherwise", tuple(read(operand, chosen) for operand in operands))
        case Logic(operator=operator, operands=operands):
            return joined(operator, (read(operand, chosen) for operand in operands))
        case Compare(left=left, right=right):
            return replace(expression, left=read(left, chosen), right=read(right, chosen))
        case Quantified(body=body):
            return replace(expression, body=read(body, chosen))
    return expression
