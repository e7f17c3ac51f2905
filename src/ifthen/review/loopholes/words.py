"""Timelines in dated plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ifthen.dates import Day, format_day
from ifthen.policy.model import Policy
from ifthen.review.loopholes.concrete import Plain, spoken, written
from ifthen.review.loopholes.findings import ASSUMPTIONS
from ifthen.review.loopholes.search import Witness
from ifthen.review.loopholes.stance import Stretch

_DOES = {
    "policy_adopted": "the policy is adopted",
    "policy_amended": "the policy is amended",
    "training_started": "training of {model} starts",
    "training_progress": "training of {model} goes on",
    "training_paused": "training of {model} pauses",
    "training_resumed": "training of {model} resumes",
    "training_ended": "training of {model} ends",
    "assessment_started": "{a} assessment of {model} starts",
    "assessment_completed": "{a} assessment of {model} is complete",
    "evaluation_result": "an evaluation of {model} gives its result",
    "model_released": "{model} is {released}",
    "model_withdrawn": "{model} is withdrawn",
    "standard_activated": "{standard} is put in place",
    "standard_lapsed": "{standard} lapses",
    "power_exercised": "the developer uses its power to {power}",
    "capability_reached": "(nobody sees it) {model} really passes the threshold",
}


def sentence(fact: Plain) -> str:
    """One fact as a sentence."""
    said = fact.attributes
    if fact.kind == "threshold_decision":
        text = f"the finding on {fact.model}: {_finding(said)}"
    else:
        words = {
            "model": fact.model or "the developer",
            "a": _article(said.get("assessment")),
            "released": "taken into use inside" if said.get("stage") == "internal" else "deployed",
            "power": str(said.get("power", "act")).replace("-", " "),
            "standard": ", ".join(said.get("standard", ())) or "a standard",
        }
        default = fact.kind.replace("_", " ") + (f" about {fact.model}" if fact.model else "")
        text = _DOES.get(fact.kind, default).format(**words)
        what = None if fact.model and fact.kind.startswith("training") else said.get("what")
        text += f" ({what})" if what and what != "other" else ""
    if fact.compute and fact.kind != "training_started":
        text += f", at {2 ** (fact.compute / 1000):.3g} times the compute it began with"
    return f"{spoken(fact.day)}: {text}."


def _article(assessment: str | None) -> str:
    if assessment is None:
        return "an"
    word = assessment.replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _finding(said: Any) -> str:
    found = {**said.get("findings", {}), **said.get("levels", {})}
    values = set(found.values())
    when = said.get("mitigation")
    after = f" ({when}-mitigation)" if when in ("pre", "post") else ""
    if len(values) == 1:
        return f"{values.pop().replace('_', ' ')} everywhere{after}"
    told = [f"{name} {value.replace('_', ' ')}" for name, value in found.items()]
    return f"{', '.join(told)}{after}" if told else f"says of no threshold{after}"


def story(witness: Witness) -> tuple[str, ...]:
    """What was chosen, then the harm, in order."""
    return tuple(sentence(fact) for fact in witness.facts if fact.part == "chosen")


def routine(witness: Witness) -> str:
    """What else is done to keep every other promise, in one line; empty where nothing is."""
    count = sum(fact.part == "routine" for fact in witness.facts)
    if not count:
        return ""
    kinds = dict.fromkeys(f.kind.replace("_", " ") for f in witness.facts if f.part == "routine")
    facts = "1 fact on the side keeps" if count == 1 else f"{count} facts on the side keep"
    return f"Beside these, {facts} every other promise: {', '.join(kinds)}."


def stretch(policy: Policy, one: Stretch, parses: Any) -> str:
    """One stretch in words."""
    if one.sort == "word":
        term = policy.terms[one.name]
        return f'"{term.phrase}" ({one.name}) taken as widely as the words allow'
    if one.sort == "reading":
        reading = policy.readings[one.name]
        option = parses.get(one.name)
        told = f": {reading.options[option]}" if option in reading.options else ""
        return f'"{reading.phrase}" ({one.name}) read one way{told}'
    if one.sort == "aim":
        return f"the aim {one.name} binds nothing"
    return f"not so: {ASSUMPTIONS[one.name]}"


def stretches(policy: Policy, witness: Witness, only: Sequence[Stretch]) -> list[str]:
    """Several stretches in words."""
    return [stretch(policy, one, witness.taken.parses) for one in sorted(only)]


def facts_json(witness: Witness) -> list[dict[str, Any]]:
    """The whole timeline as facts of a record, each with why it is there."""
    return [
        {**row, "part": fact.part, "hidden": fact.hidden}
        for row, fact in zip(written(witness.facts), witness.facts, strict=True)
    ]


def date_json(value: Day) -> str:
    """ISO form of a day."""
    return format_day(value)
