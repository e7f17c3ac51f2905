"""A decision rule from a YAML file, checked like a policy: everything wrong with it, with places.

task: autonomy
threshold: asl-3-autonomy
source: anthropic/rsp@1.0, p. 15-16
scoring: at least 1 of 10
limit: 0.5
confidence: 0.9
elicitation: {minimum: [low-refusal], expected: [low-refusal, tool-use, best-of-n]}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ifthen.evidence.elicitation import EFFORT, ITEMS, Asked, Margin
from ifthen.evidence.rule import Rule
from ifthen.evidence.statistics.attempts import parse_scoring
from ifthen.evidence.statistics.families import parse_families
from ifthen.evidence.statistics.sequential import Looks
from ifthen.policy.fields import TEXT, Field, Form, Shape
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import InputError, Source
from ifthen.policy.yaml import compose, read_source

_NUMBER = Form("number")
_WHOLE = Form("whole")
_ITEMS = Form("list", Form("option", options=tuple(ITEMS)))

ELICITATION = Shape(
    "elicitation",
    "What the evaluation should have used.",
    (
        Field("minimum", _ITEMS, "What the policy demands; missing it is a finding of its own."),
        Field("expected", _ITEMS, "What makes the scores a lower bound where it was left out."),
        Field("attempts", _WHOLE, "Attempts at each task, at least."),
        Field("budget", _NUMBER, "US dollars for each attempt, at least."),
    ),
)
MARGIN = Shape(
    "margin",
    "What is allowed for better elicitation.",
    (
        Field("add", _NUMBER, "Added to the rate, from 0 to 1."),
        Field("factor", _NUMBER, "What the rate is multiplied with before, at least 1."),
        Field(
            "covers",
            Form("list", Form("option", options=(*ITEMS, *EFFORT))),
            "Which gaps it allows for.",
        ),
        Field("error", _NUMBER, "The chance that it is too small."),
        Field("why", TEXT, "Where it comes from.", required=True),
    ),
    at_least_one=(("add", "factor"),),
)
LOOKS = Shape(
    "looks",
    "Where the scores may be looked at more than once.",
    (
        Field("planned", Form("list", _WHOLE), "Numbers of tasks at which it may be decided."),
        Field("shape", Form("option", options=("even", "late")), "How the error is divided."),
    ),
    needs=(("shape", "planned"),),
)
DOCUMENT = Shape(
    "decision rule",
    "Where the line lies and how an evaluation decides about it.",
    (
        Field("task", Form("one or list", TEXT), "The evaluations, as their logs name them."),
        Field("threshold", Form("id"), "The policy's name for the capability."),
        Field("source", TEXT, "The clause that draws the line."),
        Field("scoring", TEXT, "'at least 1 of 10' or 'mean'."),
        Field(
            "success", _NUMBER, "The score from which an attempt succeeds, where some are partial."
        ),
        Field("limit", _NUMBER, "The rate from which the capability counts.", required=True),
        Field("alert", _NUMBER, "The alert line, below the limit."),
        Field("confidence", _NUMBER, "Of each bound, as 0.95.", required=True),
        Field("questions", _WHOLE, "How many tasks were planned."),
        Field("families", TEXT, "'any', 'all', 'at least 3' or 'at least 50 %'."),
        Field("looks", Form("shape", shape=LOOKS), "Where it is looked at more than once."),
        Field("elicitation", Form("shape", shape=ELICITATION), "What it takes."),
        Field("margin", Form("shape", shape=MARGIN), "What is allowed for better elicitation."),
    ),
    needs=(("success", "scoring"),),
)


def load_rule(path: str | Path) -> Rule:
    """The rule in a YAML file.

    Raises:
        InputError: the file cannot be read, or everything wrong with the rule.
    """
    return parse_rule(read_source(path))


def parse_rule(source: Source) -> Rule:
    """The rule in a text.

    Raises:
        InputError: everything wrong with it.
    """
    problems = Problems(source)
    values = Reader(source, problems).shape(compose(source), DOCUMENT)
    rule = None if values is None else _build(values, problems)
    if problems or rule is None:
        raise InputError(problems.sorted())
    return rule


def _build(values: Values, problems: Problems) -> Rule:
    """The rule, made one part after the other, so that each problem has the place of its part."""
    rule = Rule(limit=1.0)
    parts: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("task", "tasks", tuple),
        ("threshold", "threshold", lambda scalar: scalar.text),
        ("source", "source", str),
        ("limit", "limit", float),
        ("alert", "alert", float),
        ("confidence", "confidence", float),
        ("scoring", "scoring", lambda text: parse_scoring(text, _amount(values, "success"))),
        ("questions", "questions", int),
        ("families", "families", parse_families),
        ("looks", "looks", _looks),
        ("elicitation", "asked", _asked),
        ("margin", "margin", _margin),
    )
    for key, name, read in parts:
        given = values.get(key)
        if given is None:
            continue
        try:
            changed: Rule = replace(rule, **{name: read(given)})
        except OverflowError:
            problems.add(values.keys[key], "the number is too large")
        except ValueError as error:
            problems.add(values.keys[key], str(error))
        else:
            rule = changed
    return rule


def _looks(values: Values) -> Looks:
    planned = values.get("planned")
    return Looks(None if planned is None else tuple(planned), values.get("shape", "even"))


def _asked(values: Values) -> Asked:
    return Asked(
        minimum=frozenset(values.get("minimum", ())),
        expected=frozenset(values.get("expected", ITEMS)),
        attempts=values.get("attempts"),
        budget=_amount(values, "budget"),
    )


def _amount(values: Values, name: str) -> float | None:
    given = values.get(name)
    return None if given is None else float(given)


def _margin(values: Values) -> Margin:
    return Margin(
        add=float(values.get("add", 0)),
        factor=float(values.get("factor", 1)),
        covers=frozenset(values.get("covers", ())),
        error=float(values.get("error", 0)),
        why=values.get("why", "not given"),  # its absence is reported where it is read
    )
