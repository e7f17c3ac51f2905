"""Reports where a condition needs a subject model or standard that its clause does not have."""

from __future__ import annotations

from ifthen.policy.model import Call, Events, Expression, Variable
from ifthen.policy.names import Context, Problems
from ifthen.policy.values import UNKNOWN, Type


def type_of_this(problems: Problems, variable: Variable, context: Context) -> Type:
    """The type of ``this``: the subject model or the subject standard."""
    if context.subject == "any":
        return UNKNOWN
    if context.subject == "organisation":
        message = f"'this' needs a subject, but {context.where} is for the organisation"
        problems.add(variable.span, message, "set 'for_each: model'")
        return UNKNOWN
    return Type(context.subject)


def check_status(problems: Problems, call: Call, context: Context) -> None:
    """A status or level without a model is that of the subject model."""
    if context.subject not in ("model", "any"):
        message = f"{call.function}() needs a model here, since {context.where} is for no model"
        hint = "status(THRESHOLD, MODEL)" if call.function == "status" else "level(CATEGORY, MODEL)"
        problems.add(call.span, message, f"write {hint}")


def check_growth(problems: Problems, call: Call, argument: Expression, context: Context) -> None:
    """Growth is that of the subject model, or of the model that every pattern names."""
    if context.subject in ("model", "any"):
        return
    if isinstance(argument, Events) and all(
        any(test.attribute == "model" and test.values != ("any",) for test in pattern.tests)
        for pattern in argument.patterns
    ):
        return
    message = f"{call.function}() needs a model, but {context.where} is for no model"
    problems.add(call.span, message, "set 'for_each: model'")
