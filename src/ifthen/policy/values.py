"""Types of the values that conditions are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ifthen.vocabulary import FINDINGS, attributes_of


@dataclass(frozen=True, slots=True)
class Type:
    """What kind of value an expression has."""

    name: str
    options: tuple[str, ...] = ()
    """The closed list of its words; empty means open."""
    label: str = ""
    """The attribute it comes from, for the words it may hold and for messages."""


TRUTH = Type("truth")
NUMBER = Type("number")
FACTOR = Type("factor")
DURATION = Type("duration")
LEVEL = Type("level", FINDINGS, "level")
WORD = Type("word")
MITIGATIONS = ("pre", "post")
"""Whether a score is before or after mitigation, as ``level(c, post)`` says it."""
UNKNOWN = Type("unknown")
"""The type of something already reported; it fits everywhere."""

NAMED = {
    "truth": "a condition",
    "number": "a number",
    "factor": "a factor such as 4x",
    "duration": "a length of time",
    "level": "a level",
    "word": "a word",
    "words": "a list",
    "text": "a text",
    "date": "a date",
    "mapping": "a mapping",
    "rung": "a level of the scale",
    "mitigation": "'pre' or 'post'",
    "threshold": "a threshold",
    "category": "a category",
    "standard": "a standard",
    "standards": "a list of standards",
    "model": "a model",
    "criterion": "a criterion",
    "action": "an action",
    "procedure": "a procedure",
    "events": "an event",
}
"""Each type in words, for messages."""
ATTRIBUTE_TYPES = {
    "text": "text",
    "word": "word",
    "words": "words",
    "boolean": "truth",
    "number": "number",
    "date": "date",
    "findings": "mapping",
    "levels": "mapping",
    "values": "mapping",
    "about": "words",
}
"""Types of attributes in the vocabulary, as types of values."""
TERM_TYPES: dict[str, Type] = {
    "duration": DURATION,
    "factor": FACTOR,
    "level": LEVEL,
    "rung": Type("rung", label="level"),
    "judgement": TRUTH,
}
RESULTS = {
    "did": TRUTH,
    "count": NUMBER,
    "since": DURATION,
    "between": DURATION,
    "growth": FACTOR,
    "status": LEVEL,
    "level": Type("rung", label="level"),
    "forecast": Type("rung", label="level"),
    "in_place": TRUTH,
    "approved": TRUTH,
    "compute": NUMBER,
    "gain": NUMBER,
    "flop": NUMBER,
    "running": TRUTH,
    "counts": TRUTH,
}
"""What each primitive gives."""
CLOCKS = frozenset({"since", "between"})
"""Primitives that give a length of time."""
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "level": ("category", "mitigation", "model"),
    "required": ("category", "rung"),
}
"""What the arguments of a primitive name, where it takes more than a thing and a model."""
FIRST_ARGUMENT = {
    "status": "threshold",
    "level": "category",
    "forecast": "category",
    "required": "threshold",
    "in_place": "standard",
    "approved": "standard",
    "criteria": "standard",
    "compute": "model",
    "flop": "model",
    "running": "action",
    "counts": "procedure",
}
"""What the first argument of each primitive names; a second one names a model."""
ORDERED = frozenset({"number", "factor", "duration", "level", "rung", "date"})
WORDLIKE = frozenset(
    {"word", "text", "level", "rung", "threshold", "category"}
    | {"standard", "model", "criterion", "action"}
)
ADVICE = {
    "events": "write did(EVENTS)",
    "duration": "compare it, as in since(EVENTS) >= 6 months",
    "factor": "compare it, as in growth(EVENTS) >= 4x",
    "number": "compare it, as in count(EVENTS) >= 2",
    "level": "compare it, as in status(t) = below",
    "rung": "compare it, as in level(CATEGORY, post) <= medium",
    "category": "write level(CATEGORY, post) <= medium",
    "standards": "write in_place(required(t))",
    "standard": "write in_place(STANDARD)",
    "words": "write 'LIST includes WORD'",
}
"""How to turn a value of each type into a condition."""


def attribute_type(name: str, kinds: tuple[str, ...]) -> Type | None:
    """The type of an attribute over several kinds of fact; None where none of them carries it."""
    if name == "date":
        return Type("date")
    found = [attributes_of(kind)[name] for kind in kinds if name in attributes_of(kind)]
    if not found:
        return None
    types = {ATTRIBUTE_TYPES[attribute.type] for attribute in found}
    if len(types) > 1:
        return UNKNOWN
    closed = all(attribute.options for attribute in found)
    options = dict.fromkeys(option for a in found for option in a.options) if closed else ()
    return Type(types.pop(), tuple(options), name)
