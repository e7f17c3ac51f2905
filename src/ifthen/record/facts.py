"""One fact, from plain data to a checked ``Fact``, with every problem of it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from ifthen.dates import Instant, Precision, day_of, format_day, widen
from ifthen.policy.source import Span
from ifthen.record.model import Fact
from ifthen.record.values import (
    BadValue,
    Convert,
    Path,
    boolean,
    converter,
    moment,
    option,
    shown,
    sources,
    suggest,
    text,
    words,
)
from ifthen.vocabulary import KINDS, STATED, attributes_of

T = TypeVar("T")

_FRAME: Mapping[str, Convert] = {
    "id": text,
    "key": text,
    "date": moment,
    "date_precision": option(("day", "month", "quarter", "year")),
    "earliest": moment,
    "latest": moment,
    "known": moment,
    "kind": text,
    "model": words(text),
    "confidence": option(("found", "seed", "recall")),
    "planned": boolean,
    "supersedes": text,
    "amends": text,
    "sources": sources,
}
FRAME = tuple(_FRAME)
"""What every fact may say about itself, whatever its kind, in the order it is written."""

_ATTRIBUTES: Mapping[str, Mapping[str, Convert]] = {
    kind: {name: converter(attribute) for name, attribute in attributes_of(kind).items()}
    for kind in STATED
}
_NAMES = {kind: kind for kind in STATED}
_NEEDS_MODEL = frozenset(name for name, kind in KINDS.items() if kind.needs_model)


class Problem(NamedTuple):
    """One thing wrong with a fact or a head, placed by the way to it."""

    path: Path
    """From the fact or head down to the field."""
    on_key: bool
    """Whether the field's name is at fault rather than its value."""
    message: str
    hint: str = ""


def read_field(
    raw: Mapping[str, object],
    name: str,
    convert: Callable[[object], T],
    problems: list[Problem],
) -> T | None:
    """A converted field; None if it is missing, or is bad and was added to ``problems``."""
    if name not in raw:
        return None
    try:
        return convert(raw[name])
    except BadValue as bad:
        problems.append(Problem((name, *bad.path), False, f"'{name}' {bad.message}", bad.hint))
        return None


def build_fact(raw: object, order: int, span: Span, problems: list[Problem]) -> Fact | None:
    """A fact from plain data.

    Args:
        raw: what was read; anything but a mapping is a problem.
        order: its place in the record.
        span: its place in the text.
        problems: everything wrong with it is added here.

    Returns:
        The fact, or None if there was a problem.
    """
    before = len(problems)
    if not isinstance(raw, dict):
        problems.append(
            Problem(
                (),
                False,
                f"a fact is a mapping of fields, not {shown(raw)}",
                "write at least id, date and kind",
            )
        )
        return None
    kind = _kind(raw, problems)
    frame, attributes = _fields(raw, kind, problems)
    if "id" not in raw:
        problems.append(Problem((), False, "the fact has no 'id'", "add 'id:'"))
    if "supersedes" in raw and "amends" in raw:
        problems.append(
            Problem(
                ("amends",),
                True,
                "a fact either supersedes another or amends it, not both",
                "'supersedes' replaces it whole; 'amends' changes only what it names",
            )
        )
    if kind in _NEEDS_MODEL and "model" not in raw and "amends" not in raw:
        problems.append(
            Problem(("kind",), False, f"'{kind}' must name a model", "add 'model: NAME'")
        )
    if "date" not in raw:
        problems.append(Problem((), False, "the fact has no 'date'", "add 'date:'"))
    times = _times(frame, problems)
    if len(problems) > before or kind is None or times is None:
        return None
    earliest, latest, precision, known = times
    get = frame.get
    # By position: half the time of reading a large record goes into making its facts.
    return Fact(
        frame["id"],
        kind,
        earliest,
        latest,
        precision,
        known,
        get("model", ()),
        attributes,
        order,
        get("key"),
        get("confidence", "found"),
        get("planned", False),
        get("supersedes"),
        get("amends"),
        "known" in frame,
        (),
        get("sources", ()),
        span,
    )


def _kind(raw: Mapping[str, object], problems: list[Problem]) -> str | None:
    """The kind, if there is such a kind; a value that is no text at all is left to the frame."""
    written = raw.get("kind")
    if isinstance(written, str):
        kind = _NAMES.get(written)
        if kind is None and written:
            message = f"unknown kind of fact: {shown(written)}"
            problems.append(Problem(("kind",), False, message, suggest(written, STATED)))
        return kind
    if "kind" not in raw:
        problems.append(Problem((), False, "the fact has no 'kind'", "add 'kind:'"))
    return None


def _fields(
    raw: Mapping[str, object], kind: str | None, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, object]]:
    """The converted fields of the frame, and the attributes; bad ones are left out."""
    frame: dict[str, Any] = {}
    attributes: dict[str, object] = {}
    converters = {} if kind is None else _ATTRIBUTES[kind]
    for name, value in raw.items():
        into = frame
        convert = _FRAME.get(name)
        if convert is None:
            into = attributes
            convert = converters.get(name)
            if convert is None:
                if kind is not None:
                    problems.append(_unknown_field(name, kind))
                continue
        try:
            into[name] = convert(value)
        except BadValue as bad:
            problems.append(Problem((name, *bad.path), False, f"'{name}' {bad.message}", bad.hint))
    return frame, attributes


def _unknown_field(name: str, kind: str) -> Problem:
    special = ", ".join(KINDS[kind].attributes)
    says = f"may say: {special}" if special else "says only what every fact may say"
    return Problem(
        (name,),
        True,
        f"unknown field {shown(name)} in a '{kind}'",
        suggest(name, (*FRAME, *_ATTRIBUTES[kind])) or f"'{kind}' {says}",
    )


def _times(
    frame: Mapping[str, Any], problems: list[Problem]
) -> tuple[Instant, Instant, Precision, Instant] | None:
    """Earliest, latest, precision and known; None where the date is missing or bad."""
    date = frame.get("date")
    if date is None:
        return None
    earliest, latest, precision = date
    known = frame["known"][1] if "known" in frame else latest
    if "date_precision" in frame or "earliest" in frame or "latest" in frame:
        before = len(problems)
        earliest, latest, precision = _coarse(frame, problems)
        if len(problems) > before:
            return None
    if known < earliest and not frame.get("planned"):
        problems.append(
            Problem(
                ("known",),
                False,
                f"'known' is {format_day(day_of(known))}, "
                f"before it happened on {format_day(day_of(earliest))}",
                "only a fact with 'planned: true' is known before its date",
            )
        )
    return earliest, latest, precision, known


def _coarse(
    frame: Mapping[str, Any], problems: list[Problem]
) -> tuple[Instant, Instant, Precision]:
    """Valid time of a fact that gives a precision or an interval beside its date."""
    earliest, latest, precision = frame["date"]
    asked = frame.get("date_precision")
    if asked is None:
        start = frame["earliest"][0] if "earliest" in frame else earliest
        end = frame["latest"][1] if "latest" in frame else latest
        if start > end:
            where = "latest" if "latest" in frame else "earliest"
            problems.append(Problem((where,), False, "'earliest' is after 'latest'"))
        elif latest < start or earliest > end:
            message = "'date' lies outside 'earliest' to 'latest'"
            problems.append(Problem(("date",), False, message))
        return start, end, "interval"
    if "earliest" in frame or "latest" in frame:
        problems.append(
            Problem(
                ("date_precision",),
                True,
                "'date_precision' and 'earliest' or 'latest' exclude each other",
                "keep the interval, or the precision",
            )
        )
    elif precision == "second":
        message = "a date with a time of day has no 'date_precision'"
        problems.append(Problem(("date_precision",), True, message))
    elif asked != "day":
        return (*widen(day_of(earliest), asked), asked)
    return earliest, latest, precision
