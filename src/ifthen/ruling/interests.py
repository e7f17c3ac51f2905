"""Which facts can change what a condition comes to: what a clause must be told about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Defined,
    Events,
    Expression,
    Logic,
    Not,
    Procedure,
    Quantified,
    Times,
    mitigation_of,
)
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.matching import model_scope
from ifthen.ruling.order import Point
from ifthen.ruling.timeline import COMPUTE, MODELS, Interest, measure_kind
from ifthen.ruling.training import KINDS as TRAINING_KINDS
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, Action


def interests(expression: Expression | None, judge: Judge) -> set[Interest]:
    """Every (kind, model) whose facts can change what an expression comes to."""
    found: set[Interest] = set()
    _collect(expression, judge, found, judge.subject.model)
    return found


def _collect(
    expression: Expression | None, judge: Judge, found: set[Interest], model: str | None
) -> None:
    match expression:
        case Events(patterns=patterns):
            for pattern in patterns:
                found.add((pattern.kind, model_scope(pattern, judge.subject.model)))
        case Choice(options=options):
            for option in options.values():
                _collect(option, judge, found, model)
        case Defined(expression=inner) | Not(operand=inner) | Times(operand=inner):
            _collect(inner, judge, found, model)
        case Logic(operands=operands):
            for operand in operands:
                _collect(operand, judge, found, model)
        case Compare(left=left, right=right):
            _collect(left, judge, found, model)
            _collect(right, judge, found, model)
        case Quantified(domain=domain, body=body):
            over_models = isinstance(domain, Call) and domain.function == "models"
            if over_models:
                found.add((MODELS, None))
            _collect(body, judge, found, None if over_models else model)
        case Attribute(of=events) if events is not None:
            _collect(events, judge, found, model)
        case Call(function=function, arguments=arguments):
            for argument in arguments:
                _collect(argument, judge, found, model)
            named = 1 + (function == "level" and mitigation_of(expression) is not None)
            scope = None if len(arguments) > named or function in ("compute", "flop") else model
            scopes = _bases(judge, scope) if function in ("in_place", "status") else (scope,)
            found.update((kind, m) for kind in _KINDS_OF_CALL.get(function, ()) for m in scopes)
            if function == "running":
                action = cast(Action, judge.word(arguments[0], Asked(Point(0, 0))))
                found.update((kind, scope) for kind in _about_action(action))
            if function == "growth":
                found.update({(COMPUTE, None), ("assessment_completed", model)})
                found.update((kind, model) for kind in _about_action("train"))
            if function == "gain":
                measure = judge.word(arguments[1], Asked(Point(0, 0)))
                found.add((measure_kind(measure), model))
                found.update((kind, model) for kind in _about_action("train"))
            if function == "counts":
                _collect_procedure(judge, judge.word(arguments[0], Asked(Point(0, 0))), found)


def _about_action(action: Action) -> frozenset[str]:
    starts, ends = MODEL_EVENTS_OF_ACTION[action]
    return starts | ends


def _bases(judge: Judge, model: str | None) -> tuple[str | None, ...]:
    """A model and every model it is based on, directly or not."""
    found: dict[str | None, None] = {model: None}
    waiting = [model] if model is not None else []
    for one in waiting:
        for kind in ("model_released", "model_announced"):
            for fact in judge.timeline.facts(kind, one):
                based = fact.attributes.get("based_on")
                for base in based if isinstance(based, tuple) else ():
                    if base not in found:
                        found[base] = None
                        waiting.append(base)
    return tuple(found)


def _collect_procedure(judge: Judge, name: str, found: set[Interest]) -> None:
    for clause in judge.policy.clauses:
        if isinstance(clause, Procedure) and clause.common.id == name:
            _collect(clause.decision, judge, found, judge.subject.model)
            for step in clause.steps:
                for part in (*step.do, step.before, step.if_):
                    _collect(part, judge, found, judge.subject.model)


_KINDS_OF_CALL: Mapping[str, tuple[str, ...]] = {
    "in_place": ("standard_activated", "standard_lapsed", "model_released", "model_announced"),
    "approved": ("standard_approved",),
    "status": ("threshold_decision", "model_released", "model_announced"),
    "level": ("threshold_decision",),
    "forecast": ("forecast",),
    "compute": (COMPUTE,),
    "flop": (*TRAINING_KINDS, "model_released", "model_announced"),
}
