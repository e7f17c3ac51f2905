"""From written values to typed ones: words, numbers, dates, findings, measured values.

The readers of YAML and of JSONL hand over the same plain data: text, truth values, whole numbers,
lists and mappings, with ``Bare`` for text that was written without quotes. What each attribute
makes of it is decided here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from typing import TypeAlias

from ifthen.dates import Instant, Precision, parse_moment
from ifthen.policy.source import did_you_mean
from ifthen.policy.yaml import MAX_DEPTH, shorten
from ifthen.vocabulary import FINDINGS, Attribute

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value inside a fact: field names and list positions."""

Convert: TypeAlias = Callable[[object], object]
"""Turns a written value into a typed one; raises ``BadValue``."""

_NUMBER = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?|([+-]?\d+)/(\d+)")
_LONGEST_NUMBER = 400
_LONGEST_SHOWN = 60


class Bare(str):
    """Text written without quotes, which may be meant as a number or a truth value."""

    __slots__ = ()


class BadValue(ValueError):
    """A value that its attribute cannot take.

    ``message`` completes a sentence that begins with the name of the field.
    """

    def __init__(self, message: str, hint: str = "", path: Path = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path


def shown(value: object) -> str:
    """A short form of a written value for a message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value == "":
        return "nothing"
    return f"'{shorten(str(value))}'"


def suggest(word: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` or nothing; nothing at all for a word too long to be a misspelling."""
    return did_you_mean(word, known) if len(word) <= _LONGEST_SHOWN else ""


def text(value: object) -> str:
    """Free text; a number is taken as it is written.

    Raises:
        BadValue: nothing, a truth value, a list or a mapping.
    """
    if type(value) is str and value and not value.isspace():
        return value
    if isinstance(value, str) or type(value) is int:
        result = str(value)
        if result and not result.isspace():
            return result
        raise BadValue("is empty", "give it a value, or leave it out")
    if value is None:
        raise BadValue("is empty", "give it a value, or leave it out")
    raise BadValue(f"must be text, not {shown(value)}")


def free_text(value: object) -> str:
    """Text that may be empty, if it is quoted.

    Raises:
        BadValue: as ``text``.
    """
    return "" if type(value) is str and not value else text(value)


def option(options: tuple[str, ...]) -> Callable[[object], str]:
    """A converter to one word of a closed list; of any word if the list is empty."""
    if not options:
        return text

    known = {word: word for word in options}

    def convert(value: object) -> str:
        word = known.get(value) if isinstance(value, str) else None
        if word is not None:
            return word
        word = text(value)
        raise BadValue(
            f"must be one of {', '.join(options)}, not {shown(word)}", suggest(word, options)
        )

    return convert


def words(one: Callable[[object], str]) -> Callable[[object], tuple[str, ...]]:
    """A converter to a tuple of words, from one word or a list of them."""

    def convert(value: object) -> tuple[str, ...]:
        if type(value) is not list:
            return (one(value),)
        if not value:
            raise BadValue("is an empty list", "leave it out, or name something")
        found = []
        for index, item in enumerate(value):
            try:
                found.append(one(item))
            except BadValue as bad:
                raise BadValue(bad.message, bad.hint, (index, *bad.path)) from None
        return tuple(dict.fromkeys(found))

    return convert


def boolean(value: object) -> bool:
    """``true`` or ``false``.

    Raises:
        BadValue: anything else; ``yes`` and ``no`` are not truth values.
    """
    if value is True or value == "true":
        return True
    if value is False or value == "false":
        return False
    raise BadValue(f"must be true or false, not {shown(value)}")


@lru_cache(maxsize=4096)
def parse_number(written: str) -> Fraction | None:
    """The exact number of a text such as ``3``, ``0.4``, ``3.1e26`` or ``1/3``, or None."""
    if len(written) > _LONGEST_NUMBER:
        return None
    match = _NUMBER.fullmatch(written)
    if match is None:
        return None
    sign, whole, part, exponent, over, under = match.groups()
    if over is not None:
        return Fraction(int(over), int(under)) if int(under) else None
    part = part or ""
    digits = int(sign + whole + part)
    power = int(exponent or 0) - len(part)
    return Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)


def number(value: object) -> Fraction:
    """An exact number, quoted or not.

    Raises:
        BadValue: not a number, or one with an exponent of more than three digits.
    """
    if isinstance(value, str):
        found = parse_number(value.strip())
        if found is not None:
            return found
    elif type(value) is int:
        return Fraction(value)
    raise BadValue(f"must be a number, not {shown(value)}", "write it as 3, 0.4 or 3.1e26")


@lru_cache(maxsize=4096)
def _moment(written: str) -> tuple[Instant, Instant, Precision]:
    return parse_moment(written)


def moment(value: object) -> tuple[Instant, Instant, Precision]:
    """First and last second, and precision, of a date or a datetime.

    Raises:
        BadValue: neither, or a day that the calendar does not have.
    """
    hint = "write a date as 2025-05-22, a time as 2025-05-22T17:30:00Z"
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_SHOWN:
        raise BadValue(f"must be a date, not {shown(value)}", hint)
    try:
        return _moment(value)
    except (ValueError, OverflowError) as error:
        raise BadValue(f"cannot be read: {error}", hint) from None


def date(value: object) -> tuple[Instant, Instant]:
    """A date attribute, as the interval of instants it covers.

    Raises:
        BadValue: as ``moment``.
    """
    earliest, latest, _ = moment(value)
    return earliest, latest


def _entry(name: str, value: object, convert: Convert) -> object:
    """A converted member of a mapping, its errors placed at the member."""
    try:
        return convert(value)
    except BadValue as bad:
        raise BadValue(f"for '{name}' {bad.message}", bad.hint, (name, *bad.path)) from None


def mapping_of(one: Convert, example: str) -> Convert:
    """A converter of every member of a mapping."""

    def convert(value: object) -> Mapping[str, object]:
        if type(value) is not dict or not value:
            raise BadValue(f"must be a mapping, not {shown(value)}", f"for example {example}")
        return {str(name): _entry(name, item, one) for name, item in value.items()}

    return convert


def _open(value: object, depth: int = 0) -> object:
    """A member of ``values``: unquoted numbers and truth values become such, lists tuples."""
    if type(value) is str:
        return value
    if isinstance(value, Bare):
        found = parse_number(value)
        if found is not None:
            return found
        if value in ("true", "false"):
            return value == "true"
        if value in ("", "~", "null"):
            raise BadValue("is empty", "leave it out")
        return str(value)
    if type(value) is int:
        return Fraction(value)
    if value is None:
        raise BadValue("is empty", "leave it out")
    if depth > MAX_DEPTH:
        raise BadValue(f"is nested more than {MAX_DEPTH} deep")
    if type(value) is list:
        return tuple(_open(item, depth + 1) for item in value)
    if type(value) is dict:
        inner = partial(_open, depth=depth + 1)
        return {str(name): _entry(name, item, inner) for name, item in value.items()}
    return value


_VALUES_EXAMPLE = "write a list such as [{measure: pass_rate, value: 0.4, unit: fraction}]"
_VALUE_TEXTS = frozenset({"measure", "unit", "comparison"})


def values(value: object) -> tuple[Mapping[str, object], ...]:
    """Measured values: mappings that name at least their ``measure``.

    Raises:
        BadValue: not a list of such mappings.
    """
    if type(value) is not list:
        raise BadValue(f"must be a list of mappings, not {shown(value)}", _VALUES_EXAMPLE)
    found = []
    for index, item in enumerate(value):
        if type(item) is not dict:
            raise BadValue(f"must list mappings, not {shown(item)}", _VALUES_EXAMPLE, (index,))
        if "measure" not in item:
            raise BadValue("has an entry without a 'measure'", _VALUES_EXAMPLE, (index,))
        try:
            found.append(
                {
                    str(name): _entry(name, part, text if name in _VALUE_TEXTS else _open)
                    for name, part in item.items()
                }
            )
        except BadValue as bad:
            raise BadValue(bad.message, bad.hint, (index, *bad.path)) from None
    return tuple(found)


_SOURCE_FIELDS = ("title", "url")


def sources(value: object) -> tuple[Mapping[str, str], ...]:
    """Where a fact is from: mappings of ``title`` and ``url``, either of which may be missing.

    Raises:
        BadValue: not a list of such mappings.
    """
    example = "write a list such as [{title: System card, url: https://…}]"
    if type(value) is not list:
        raise BadValue(f"must be a list of mappings, not {shown(value)}", example)
    found = []
    for index, item in enumerate(value):
        if type(item) is not dict or not item:
            raise BadValue(f"must list mappings, not {shown(item)}", example, (index,))
        source = {}
        for name, part in item.items():
            if name not in _SOURCE_FIELDS:
                raise BadValue(
                    f"may say {' and '.join(_SOURCE_FIELDS)}, not {shown(name)}",
                    suggest(name, _SOURCE_FIELDS),
                    (index, name),
                )
            try:
                source[str(name)] = text(part)
            except BadValue as bad:
                raise BadValue(f"for '{name}' {bad.message}", bad.hint, (index, name)) from None
        found.append(source)
    return tuple(found)


def converter(attribute: Attribute) -> Convert:
    """The converter for an attribute of the vocabulary."""
    match attribute.type:
        case "text":
            return free_text
        case "word":
            return option(attribute.options)
        case "words":
            return words(option(attribute.options))
        case "about":
            return words(text)
        case "boolean":
            return boolean
        case "number":
            return number
        case "date":
            return date
        case "findings":
            return mapping_of(option(FINDINGS), "{cbrn-3: below}")
        case "levels":
            return mapping_of(text, "{cbrn: medium}")
        case "values":
            return values
