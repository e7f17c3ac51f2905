"""Records as text: JSONL for size, YAML for people.

What is written loads to an equal record; only free text of the head is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import msgspec
import yaml

from ifthen.dates import SECONDS_PER_DAY, Instant, day_of, format_day
from ifthen.record.head import Head
from ifthen.record.model import Fact, Record
from ifthen.record.values import parse_number
from ifthen.vocabulary import attributes_of

_LAST_SECOND = SECONDS_PER_DAY - 1
_STR = "tag:yaml.org,2002:str"
_PLAIN = re.compile(r"[A-Za-z].*|\d{4}-\d\d-\d\d(T[\d:]+Z)?")
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def to_jsonl(record: Record) -> str:
    """The record as a head line and one line per fact.

    Raises:
        ValueError: a measured value is a number that has no finite decimal form.
    """
    lines = [_head(record), *(fact_fields(fact) for fact in record.facts)]
    return "".join(msgspec.json.encode(_json(line)).decode() + "\n" for line in lines)


def to_yaml(record: Record) -> str:
    """The record as one YAML document."""
    document = {**_head(record), "facts": [fact_fields(fact) for fact in record.facts]}
    text: str = yaml.serialize(
        _yaml(document), Dumper=yaml.BaseDumper, allow_unicode=True, width=100
    )
    return text


def fact_fields(fact: Fact) -> dict[str, object]:
    """A fact as the fields that a record would give for it, in the usual order."""
    fields: dict[str, object] = {
        "id": fact.id,
        "key": fact.key,
        **_times(fact),
        "kind": fact.kind,
        "model": fact.models[0] if len(fact.models) == 1 else list(fact.models) or None,
        "confidence": None if fact.confidence == "found" else fact.confidence,
        "planned": fact.planned or None,
        "supersedes": fact.supersedes,
        "amends": fact.amends,
    }
    known = attributes_of(fact.kind)
    for name, value in fact.attributes.items():
        is_date = name in known and known[name].type == "date" and isinstance(value, tuple)
        fields[name] = _moment(*value) if is_date and isinstance(value, tuple) else value
    fields["sources"] = [dict(source) for source in fact.sources] or None
    return {name: value for name, value in fields.items() if value is not None}


def _head(record: Record) -> dict[str, object]:
    head: dict[str, object] = {"developer" if record.public else "record": record.name}
    default = Head(record.name, record.public, None, None, ()).complete_kinds
    if record.complete != default:
        head["complete"] = sorted(record.complete)
    if record.models is not None:
        head["models"] = list(record.models)
    if record.policies:
        head["policies"] = list(record.policies)
    return head


def _times(fact: Fact) -> dict[str, object]:
    """``date`` and what else it takes to read the same valid time and day of knowing again."""
    fields: dict[str, object] = {}
    if fact.precision == "second":
        fields["date"] = _time(fact.earliest)
    elif fact.precision == "day":
        fields["date"] = format_day(day_of(fact.earliest))
    else:
        # Without a stated `known`, the date itself is where that was read from.
        date = fact.earliest if fact.known_stated else fact.known
        at_end = date % SECONDS_PER_DAY == _LAST_SECOND
        whole_day = fact.known_stated or at_end
        fields["date"] = format_day(day_of(date)) if whole_day else _time(date)
        if fact.precision == "interval":
            fields["earliest"] = _start(fact.earliest)
            fields["latest"] = _end(fact.latest)
        else:
            fields["date_precision"] = fact.precision
    if fact.known_stated:
        fields["known"] = _end(fact.known)
    return fields


def _moment(earliest: Instant, latest: Instant) -> str:
    """The text of a date or datetime attribute."""
    return _time(earliest) if earliest == latest else format_day(day_of(earliest))


def _start(instant: Instant) -> str:
    at_start = instant % SECONDS_PER_DAY == 0
    return format_day(day_of(instant)) if at_start else _time(instant)


def _end(instant: Instant) -> str:
    at_end = instant % SECONDS_PER_DAY == _LAST_SECOND
    return format_day(day_of(instant)) if at_end else _time(instant)


def _time(instant: Instant) -> str:
    """A datetime to the second, midnight included."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _number(value: Fraction) -> str:
    """The shortest exact text: ``3``, ``0.4``, ``3.1e26``.

    Raises:
        ValueError: it has no finite decimal form.
    """
    places = 0
    rest = value.denominator
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest //= factor
            count += 1
        places = max(places, count)
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal form")
    digits = str(abs(value.numerator) * 10**places // value.denominator)
    kept = digits.rstrip("0") or "0"
    sign = "-" if value < 0 else ""
    power = len(digits) - 1 - places
    if not -7 < power < 16:
        tail = f".{kept[1:]}" if len(kept) > 1 else ""
        return f"{sign}{kept[0]}{tail}e{power}"
    if not places:
        return sign + digits
    padded = digits.rjust(places + 1, "0")
    return f"{sign}{padded[:-places]}.{padded[-places:].rstrip('0') or '0'}"


def _json(value: object, *, inside_values: bool = False) -> object:
    """A field as data for JSON, its numbers as they are to be written."""
    if isinstance(value, Fraction):
        try:
            return msgspec.Raw(_number(value).encode())
        except ValueError:
            if inside_values:
                raise
            return str(value)
    if isinstance(value, Mapping):
        return {
            name: _json(item, inside_values=inside_values or name == "values")
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_json(item, inside_values=inside_values) for item in value]
    return value


def _yaml(value: object) -> yaml.Node:
    """A field as a YAML node; text that could be taken for something else is quoted."""
    if isinstance(value, bool):
        return yaml.ScalarNode(_STR, "true" if value else "false")
    if isinstance(value, Fraction):
        try:
            return yaml.ScalarNode(_STR, _number(value))
        except ValueError:
            return yaml.ScalarNode(_STR, str(value))
    if isinstance(value, Mapping):
        return yaml.MappingNode(
            "tag:yaml.org,2002:map", [(_yaml(name), _yaml(item)) for name, item in value.items()]
        )
    if isinstance(value, (list, tuple)):
        short = all(isinstance(item, str) and _is_plain(item) for item in value)
        return yaml.SequenceNode(
            "tag:yaml.org,2002:seq", [_yaml(item) for item in value], flow_style=short
        )
    text = str(value)
    return yaml.ScalarNode(_STR, text, style=None if _is_plain(text) else "'")


def _is_plain(text: str) -> bool:
    """Whether a text reads as text without quotes, for any reader of YAML."""
    if parse_number(text) is not None or text.lower() in _WORDS_OF_YAML:
        return False
    return _PLAIN.fullmatch(text) is not None and text == text.strip()
