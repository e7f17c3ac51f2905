"""Every way to falsify an explanation by one change, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeAlias, TypeVar, get_args

from ifthen.dates import SECONDS_PER_DAY
from ifthen.ruling.finding import Finding, ReadingStatus
from ifthen.ruling.outcome import Limit, Outcome, Status
from ifthen.ruling.reasons import Because

T = TypeVar("T")
Mutants: TypeAlias = Iterator[tuple[str, T]]
"""What was changed, and the result."""
_OTHER = "nobody"


def findings(finding: Finding, facts: Sequence[str]) -> Mutants[Finding]:
    """Mutants of a finding; ``facts`` are ids to put in the place of others."""
    yield from _fields("finding", finding, _FINDING)
    yield "finding.subject", replace(finding, subject=replace(finding.subject, model=_OTHER))
    yield from _inside("reading", finding, "readings", lambda r: readings(r, facts))
    yield from _set("", finding, "outcome", outcomes(finding.outcome, facts))
    if not finding.unknown:
        yield "finding.unknown", replace(finding, unknown=("made up",))
    elif finding.status == "undetermined":
        yield "finding.unknown", replace(finding, unknown=())


def readings(reading: ReadingStatus, facts: Sequence[str]) -> Mutants[ReadingStatus]:
    """Mutants of what one reading comes to."""
    yield "reading.says", replace(reading, says=f"{reading.says}!")
    for key in reading.readings:
        yield "reading.option", replace(reading, readings={**reading.readings, key: _OTHER})
    yield from _set("", reading, "outcome", outcomes(reading.outcome, facts))


def outcomes(outcome: Outcome, facts: Sequence[str]) -> Mutants[Outcome]:
    """Mutants of an outcome."""
    yield from _fields("outcome", outcome, _OUTCOME)
    yield from _set("outcome.facts", outcome, "facts", _ids(outcome.facts, facts))
    yield from _inside("step", outcome, "because", lambda step: steps(step, facts))
    if outcome.status == "undetermined":
        yield "outcome.unknown", replace(outcome, unknown=())


def steps(step: Because, facts: Sequence[str]) -> Mutants[Because]:
    """Mutants of one step of an explanation, and of every step below it."""
    yield from _fields("step", step, _STEP)
    yield from _set("step.facts", step, "facts", _ids(step.facts, facts))
    yield "step.unknown", replace(step, unknown=() if step.unknown else ("made up",))
    yield from _inside("step", step, "children", lambda child: steps(child, facts))


# --- values --------------------------------------------------------------------------------------


def _text(value: str) -> Iterator[object]:
    yield from (f"{value}x", "")


def _name(value: str | None) -> Iterator[object]:
    yield from (_OTHER, None)


def _truth(value: bool | None) -> Iterator[object]:
    yield from (other for other in (True, False, None) if other is not value)


def _status(value: str) -> Iterator[object]:
    yield from (other for other in get_args(Status) if other != value)


def _interval(value: tuple[int, int] | None) -> Iterator[object]:
    if value is None:
        yield (0, SECONDS_PER_DAY - 1)
        return
    low, high = value
    yield None
    for days in (-1, 1):
        yield (low + days * SECONDS_PER_DAY, high + days * SECONDS_PER_DAY)
    yield from ((low - 1, high), (low, high + 1))


def _seconds(value: int | None) -> Iterator[object]:
    yield from ((1,) if value is None else (None, value + 1, value - 1, -value))


def _list(value: tuple[object, ...]) -> Iterator[object]:
    """Something dropped, doubled, added, the order turned round."""
    yield from (value[:n] + value[n + 1 :] for n in range(len(value)))
    yield from (value[: n + 1] + value[n:] for n in range(len(value)))
    yield from ((*value, _OTHER), tuple(reversed(value)))


def _ends(value: tuple[tuple[int, str], ...]) -> Iterator[object]:
    yield from (() if value else (((0, "met"), (1, "late")),))
    for n, (instant, status) in enumerate(value):
        for end in ((instant + 1, status), (instant - SECONDS_PER_DAY, status), (instant, "void")):
            yield (*value[:n], end, *value[n + 1 :])
        yield value[:n] + value[n + 1 :]


def _limits(value: tuple[Limit, ...]) -> Iterator[object]:
    yield (*value, Limit("within 1 day", None, True))
    yield from (value[:n] + value[n + 1 :] for n in range(len(value)))
    for n, limit in enumerate(value):
        others = [replace(limit, text=f"{limit.text}x"), replace(limit, binds=not limit.binds)]
        others += [replace(limit, due=due) for due in _interval(limit.due)]
        yield from ((*value[:n], other, *value[n + 1 :]) for other in others)


def _detail(value: Mapping[str, object]) -> Iterator[object]:
    yield {**value, "more": "x"}
    for key, said in value.items():
        yield {name: other for name, other in value.items() if name != key}
        for other in (None, f"{said}x", not said, 1, 0):
            yield {**value, key: other}


def _ids(value: tuple[str, ...], facts: Sequence[str]) -> Iterator[object]:
    yield from _list(value)
    for n, id in enumerate(value):
        yield from ((*value[:n], other, *value[n + 1 :]) for other in facts if other != id)


_FINDING: Mapping[str, Callable[[Any], Iterator[object]]] = {
    "policy": _text,
    "clause": _text,
    "title": _text,
    "section": _text,
    "encodes": _list,
    "kind": _text,
    "force": _text,
    "status": _status,
    "assumes": _list,
    "readings": lambda value: chain(
        (value[:n] + value[n + 1 :] for n in range(len(value))), ((*value, *value),)
    ),
}
_OUTCOME: Mapping[str, Callable[[Any], Iterator[object]]] = {
    "key": _text,
    "part": _text,
    "status": _status,
    "instance": _name,
    "triggered": _interval,
    "due": _interval,
    "done": _interval,
    "late_seconds": _seconds,
    "early_seconds": _seconds,
    "limits": _limits,
    "between": _ends,
    "assumes": _list,
    "carry": _truth,
}
_STEP: Mapping[str, Callable[[Any], Iterator[object]]] = {
    "rule": _text,
    "text": _text,
    "value": _truth,
    "detail": _detail,
    "assumes": _list,
}


def _fields(
    where: str, whole: Any, made: Mapping[str, Callable[[Any], Iterator[object]]]
) -> Mutants[Any]:
    for name, change in made.items():
        for other in change(getattr(whole, name)):
            yield f"{where}.{name}", replace(whole, **{name: other})


def _set(where: str, whole: Any, name: str, others: Iterator[Any]) -> Mutants[Any]:
    """Mutants of a whole by those of one field; they may bring the name of what was changed."""
    for other in others:
        label, value = (where, other) if where else other
        yield label, replace(whole, **{name: value})


def _inside(
    where: str, whole: Any, name: str, change: Callable[[Any], Iterator[tuple[str, Any]]]
) -> Mutants[Any]:
    """Mutants of a whole by those of each member of a field, by dropping and by doubling one."""
    members = getattr(whole, name)
    for n, member in enumerate(members):
        before, after = members[:n], members[n + 1 :]
        yield f"{where}.dropped", replace(whole, **{name: before + after})
        yield f"{where}.doubled", replace(whole, **{name: (*before, member, member, *after)})
        for label, other in change(member):
            yield label, replace(whole, **{name: (*before, other, *after)})
