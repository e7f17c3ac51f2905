"""What a finding rests on, as HTML: its explanation as a tree, and its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from ifthen.dates import SECONDS_PER_DAY
from ifthen.policy.describe import number
from ifthen.record.model import Fact
from ifthen.reports.digest import Facts
from ifthen.reports.markup import NOTHING, Html, anchor, join, outside_link, tag
from ifthen.ruling.finding import when
from ifthen.ruling.outcome import Interval
from ifthen.ruling.reasons import Because

_DEEP = 3
"""Steps of an explanation below this depth start folded."""
_ANSWERS: Mapping[bool | None, tuple[str, str]] = {
    True: ("true", "yes"),
    False: ("false", "no"),
    None: ("unknown", "unknown"),
}
_CONFIDENCE = {"seed": "from notes, not checked again", "recall": "from memory, unchecked"}
_LANGUAGE = re.compile(
    r"(?P<code>\b[a-z]+(?:_[a-z]+)+\b(?:\[[^\]]*\])?)|(?P<date>\b\d{4}-\d{2}-\d{2}\b)"
)
"""Kinds of fact with their tests, as sentences name them, and dates."""
_APART = frozenset({"summary", "note", "basis"})
"""Attributes that a fact's entry shows in a place of their own."""


def tree(steps: Iterable[Because], facts: Facts) -> Html:
    """An explanation as nested lists, its deeper steps folded."""
    return tag("ul", *(_step(step, facts, 0) for step in steps), class_="tree")


def _step(step: Because, facts: Facts, depth: int) -> Html:
    line = _step_line(step, facts)
    if not step.children:
        return tag("li", line)
    below = tag("ul", *(_step(child, facts, depth + 1) for child in step.children))
    return tag("li", tag("details", tag("summary", line), below, open=depth < _DEEP))


def _step_line(step: Because, facts: Facts) -> Html:
    word, class_ = _ANSWERS[step.value]
    detail = "; ".join(
        f"{key.replace('_', ' ')}: {'none' if value in (None, '') else value}"
        for key, value in step.detail.items()
    )
    return join(
        (
            tag("span", word, class_=f"answer {class_}"),
            " ",
            tag("span", step.rule.replace("_", " "), class_="rule"),
            " ",
            tag("code", step.text),
            tag("span", detail, class_="detail") if detail else NOTHING,
            join(tag("span", " ", fact_link(name, facts), class_="detail") for name in step.facts),
            *(tag("span", prose(why), class_="why") for why in (*step.unknown, *step.assumes)),
        )
    )


def fact_link(name: str, facts: Facts) -> Html:
    """The id of a fact, leading to its place in the list of facts."""
    fact = facts.find(name)
    if fact is None:
        return tag("span", name, class_="id")
    return anchor(facts.place(fact), name, class_="id")


def fact_lines(names: Iterable[str], facts: Facts) -> Html:
    """The facts a finding rests on: date, what happened, sources."""
    found = {fact.id: fact for name in names if (fact := facts.find(name)) is not None}
    ordered = sorted(found.values(), key=lambda fact: (fact.earliest, fact.order))
    return tag("ul", *(tag("li", fact_line(fact, facts)) for fact in ordered), class_="facts")


def fact_line(fact: Fact, facts: Facts) -> Html:
    """One fact in a line, with its sources."""
    return join(
        (
            tag("span", day_text(fact), class_="date"),
            " ",
            tag("span", fact_says(fact), class_="said"),
            " ",
            fact_link(fact.id, facts),
            sources(fact),
        )
    )


def sources(fact: Fact) -> Html:
    """Where a fact comes from."""
    if not fact.sources:
        return NOTHING
    links = (
        outside_link(source.get("title") or source.get("url") or "source", source.get("url"))
        for source in fact.sources
    )
    return tag("span", join(links, " · "), class_="sources")


def day_text(fact: Fact) -> str:
    """When a fact happened, as exactly as is known."""
    return span_text((fact.earliest, fact.latest))


def span_text(span: Interval | None) -> str:
    """A day, a second, or ``FROM to UNTIL``; empty for nothing."""
    return (when(span, latest=True) or "").replace("/", " to ")


def prose(sentence: str) -> Html:
    """A sentence of the ruling: words of the policy language as code, dates in one piece."""
    parts: list[object] = []
    end = 0
    for match in _LANGUAGE.finditer(sentence):
        found = match.group()
        piece = tag("code", found) if match["code"] else tag("span", found, class_="whole")
        parts += [sentence[end : match.start()], piece]
        end = match.end()
    return join([*parts, sentence[end:]])


def kind_text(kind: str) -> str:
    """``threshold decision`` for ``threshold_decision``."""
    return kind.replace("_", " ")


def fact_says(fact: Fact) -> str:
    """What a fact says: its summary, else its kind and models."""
    summary = fact.attributes.get("summary")
    if isinstance(summary, str) and summary.strip():
        return summary
    whom = ", ".join(fact.models)
    return kind_text(fact.kind).capitalize() + (f": {whom}" if whom else "")


def fact_details(fact: Fact) -> list[tuple[str, str]]:
    """Everything else a fact says, as names and values."""
    found = [("kind", kind_text(fact.kind))]
    if fact.models:
        found.append(("model", ", ".join(fact.models)))
    found += [
        (name.replace("_", " "), _value_text(value))
        for name, value in fact.attributes.items()
        if name not in _APART
    ]
    if fact.known // SECONDS_PER_DAY != fact.latest // SECONDS_PER_DAY and fact.known_stated:
        found.append(("known since", when((fact.known, fact.known)) or ""))
    if fact.confidence in _CONFIDENCE:
        found.append(("confidence", _CONFIDENCE[fact.confidence]))
    basis = fact.attributes.get("basis")
    if isinstance(basis, str):
        found.append(("basis", f"{basis} source"))
    if fact.corrected_by:
        found.append(("corrected by", ", ".join(fact.corrected_by)))
    if isinstance(note := fact.attributes.get("note"), str) and note.strip():
        found.append(("note", note))
    return found


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value_text(item)}" for key, item in value.items())
    if isinstance(value, tuple):
        if len(value) == 2 and all(type(item) is int for item in value):
            return span_text((value[0], value[1]))
        joined = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return joined.join(_value_text(item) for item in value)
    return str(value)
