"""Facts of a short record as dated sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ifthen.dates import SECONDS_PER_DAY, Day, to_date
from ifthen.record.model import Fact
from ifthen.record.write import fact_fields

_DOES = {
    "training_started": "training of {model} starts",
    "training_progress": "training of {model} goes on",
    "training_paused": "training of {model} pauses",
    "training_resumed": "training of {model} resumes",
    "training_ended": "training of {model} ends",
    "assessment_started": "an assessment of {model} starts",
    "assessment_completed": "an assessment of {model} is complete",
    "evaluation_result": "an evaluation of {model} gives its result",
    "threshold_decision": "a finding on {model}",
    "model_announced": "{model} is announced",
    "model_released": "{model} is released",
    "model_withdrawn": "{model} is withdrawn",
    "standard_activated": "standards are put in place",
    "standard_approved": "standards are approved",
    "standard_lapsed": "standards lapse",
    "policy_adopted": "a policy is adopted",
    "policy_amended": "the policy is changed",
    "power_exercised": "a power is used",
    "published": "something is published",
}
_FRAME = ("id", "date", "kind", "model", "effective_compute", "flop")


def day_text(value: Day) -> str:
    """A day as people write it: 5 June 2025."""
    date = to_date(value)
    return f"{date.day} {date:%B} {date.year}"


def sentences(facts: Sequence[Fact]) -> Iterator[str]:
    """Each fact as a sentence, compute as a multiple of what the first figure says."""
    figures = [Fraction(str(figure)) for fact in facts for figure in _compute(fact)]
    for fact in facts:
        yield _sentence(fact, figures[0] if figures else None)


def _compute(fact: Fact) -> Iterator[Any]:
    if "effective_compute" in fact.attributes:
        yield fact.attributes["effective_compute"]


def _sentence(fact: Fact, first: Fraction | None) -> str:
    fields = fact_fields(fact)
    model = " and ".join(fact.models) or "the developer"
    text = _DOES.get(fact.kind)
    if text is None:
        text = fact.kind.replace("_", " ") + (" ({model})" if fact.models else "")
    said = [_said(name, value) for name, value in fields.items() if name not in _FRAME]
    for figure in _compute(fact):
        if first and Fraction(str(figure)) != first:
            times = float(Fraction(str(figure)) / first)
            said.append(f"effective compute {times:.3g} times that at first")
    told = f": {'; '.join(said)}" if said else ""
    day = day_text(fact.earliest // SECONDS_PER_DAY)
    return f"{day}: {text.format(model=model)}{told}."


def _said(name: str, value: object) -> str:
    if name in ("findings", "levels") and isinstance(value, Mapping):
        return "; ".join(_findings(value))
    return f"{name.replace('_', ' ')} {_value(value)}"


def _findings(said: Mapping[str, Any]) -> Iterator[str]:
    for word in dict.fromkeys(said.values()):
        names = [name for name, value in said.items() if value == word]
        yield f"{str(word).replace('_', ' ')} for {_listed(names)}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items())
    if isinstance(value, tuple | list):
        return _listed(map(_value, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(words: Iterable[str]) -> str:
    told = list(words)
    return ", ".join(told[:-1]) + f" and {told[-1]}" if len(told) > 1 else "".join(told)
