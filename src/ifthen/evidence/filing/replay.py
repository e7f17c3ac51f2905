"""Every past finding made again from its recorded inputs and parameters.

A correction of data reaches a finding in one of two ways: the file it rests on was changed where it
lies, or a corrected file stands elsewhere and the caller says which it replaces. Either way the
record itself is only read. What changed is told, with the decisions that rest on it, and can be
filed as amendments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ifthen.evidence.files import opened, refusal
from ifthen.evidence.filing.functions import run
from ifthen.evidence.filing.work import Outcome, Work, cleaned, plain, versions, work_of
from ifthen.evidence.inputs import Input
from ifthen.policy.source import InputError
from ifthen.record.history import history_of
from ifthen.record.model import Fact, Record

State: TypeAlias = Literal["same", "moved", "changed", "gone", "failed"]
"""Nothing differs; a measure differs and the finding does not; the finding differs; an input is not
there; the inputs are there and the finding could not be made."""

InputState: TypeAlias = Literal["same", "differs", "replaced", "gone"]

_TOLERANCE = 1e-9
"""Relative difference that rounding may make between machines."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An input as it is now."""

    recorded: Input
    state: InputState
    read: Input | None
    """What was read in its place; None where there is nothing."""


@dataclass(frozen=True, slots=True)
class Again:
    """A finding made again."""

    fact: Fact
    """As it stands in the record, its corrections applied."""
    work: Work
    inputs: tuple[Checked, ...]
    state: State
    now: Outcome | None
    """None where it could not be made."""
    differs: tuple[str, ...]
    """Names of the measures that differ."""
    problem: str
    """Why it could not be made."""
    libraries: tuple[str, ...]
    """Libraries whose version is another now."""
    rests: tuple[Fact, ...]
    """Decisions about the finding."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "fact": self.fact.id,
            "kind": self.fact.kind,
            "model": list(self.fact.models),
            "function": self.work.function,
            "state": self.state,
            "inputs": [
                {
                    **each.recorded.as_json(),
                    "state": each.state,
                    "read": None if each.read is None else each.read.as_json(),
                }
                for each in self.inputs
            ],
            "then": _outcome(self.work.outcome),
            "now": None if self.now is None else _outcome(self.now),
            "differs": list(self.differs),
            "problem": self.problem or None,
            "libraries": list(self.libraries),
            "rests_on_it": [fact.id for fact in self.rests],
        }

    def amended_work(self) -> Work | None:
        """The work as it is now, to be filed as a correction; None where nothing differs."""
        if self.now is None or self.state not in ("moved", "changed"):
            return None
        read = tuple(each.read for each in self.inputs if each.read is not None)
        return Work(self.work.function, self.work.parameters, read, versions(), self.now)


def replay(
    record: Record,
    at: int,
    known: int,
    *,
    folder: Path | None = None,
    replaced: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Again, ...]:
    """Make every finding of a record again.

    Args:
        record: facts, some of which carry the work that made them.
        at: nothing that happened later is replayed.
        known: corrections learned later are not applied.
        folder: where inputs with a relative path lie, if they do not lie where the program runs.
        replaced: for the location or digest of an input, the file to read instead.
        progress: called with findings done and in all.

    Raises:
        InputError: the work that a fact carries cannot be read, or ``replaced`` names no input.
    """
    facts = history_of(record).visible(at, known)
    works = [(fact, work) for fact in facts if (work := _work(fact)) is not None]
    swaps = dict(replaced or {})
    _check_replaced(swaps, [work for _, work in works])
    known_names = {fact.id: fact for fact in facts}
    found = []
    for done, (fact, work) in enumerate(works, 1):
        inputs = tuple(_checked(each, folder, swaps) for each in work.inputs)
        rests = _resting(fact, facts, known_names)
        found.append(_again(fact, work, inputs, rests))
        if progress is not None:
            progress(done, len(works))
    return tuple(found)


def _work(fact: Fact) -> Work | None:
    try:
        return work_of(fact.attributes.get("values"), str(fact.attributes.get("summary", "")))
    except ValueError as error:
        raise refusal(f"fact {fact.id}", str(error)) from None


def _check_replaced(swaps: Mapping[str, str], works: Sequence[Work]) -> None:
    inputs = {name for work in works for each in work.inputs for name in _names(each)}
    for name in swaps:
        if name not in inputs:
            listed = sorted({each.location for work in works for each in work.inputs})
            shown = ", ".join(listed[:5]) + (" …" if len(listed) > 5 else "")
            hint = f"they rest on {shown}" if listed else "the record has no such finding"
            raise refusal("--replace", f"no finding rests on '{name}'", hint)


def _names(found: Input) -> tuple[str, str]:
    return found.location, found.digest


def _checked(found: Input, folder: Path | None, swaps: Mapping[str, str]) -> Checked:
    """What stands in the place of an input now."""
    for name in _names(found):
        if name in swaps:
            read = _read(swaps[name])
            return Checked(found, "gone" if read is None else "replaced", read)
    places = [found.location]
    if folder is not None and "://" not in found.location:
        places.append(str(folder / found.location))
    there = [read for place in places if (read := _read(place)) is not None]
    same = [read for read in there if read.digest == found.digest]
    if same:
        return Checked(found, "same", same[0])
    return Checked(found, "differs", there[0]) if there else Checked(found, "gone", None)


def _read(location: str) -> Input | None:
    try:
        with opened(location) as (_, digest):
            return Input(location, digest)
    except InputError:
        return None


def _again(fact: Fact, work: Work, inputs: tuple[Checked, ...], rests: tuple[Fact, ...]) -> Again:
    now = None
    problem = ""
    differs: tuple[str, ...] = ()
    gone = [each.recorded.location for each in inputs if each.read is None]
    state: State = "gone"
    if gone:
        problem = f"not there: {', '.join(gone)}"
    else:
        try:
            read = [each.read.location for each in inputs if each.read is not None]
            now = run(work.function, read, work.parameters)
            differs = _differing(work.outcome, now)
            state = "moved" if differs else "same"
            if now.finding != work.outcome.finding:
                state = "changed"
        except InputError as error:
            state, problem = "failed", str(error)
        except ValueError as error:
            state, problem = "failed", str(error)
    current = versions()
    libraries = tuple(
        f"{name} {then}, now {current.get(name, 'not installed')}"
        for name, then in work.versions.items()
        if current.get(name) != then
    )
    return Again(fact, work, inputs, state, now, differs, problem, libraries, rests)


def _differing(then: Outcome, now: Outcome) -> tuple[str, ...]:
    """The measures that are not alike."""
    before = {measure["measure"]: cleaned(dict(measure)) for measure in then.measures}
    after = {measure["measure"]: cleaned(dict(measure)) for measure in now.measures}
    names = dict.fromkeys([*before, *after])
    return tuple(name for name in names if not _alike(before.get(name), after.get(name)))


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(left, right) for left, right in pairs)
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers) and not isinstance(one, bool):
        return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-12)
    return bool(one == other)


def _resting(fact: Fact, facts: Sequence[Fact], known: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The facts that say they are about this one, by its id, its key or an amendment's."""
    names = {fact.id, fact.key, *fact.corrected_by}
    return tuple(
        other
        for other in facts
        if other.id != fact.id and names & set(_about(other)) and other.id in known
    )


def _about(fact: Fact) -> tuple[str, ...]:
    about = fact.attributes.get("about", ())
    return about if isinstance(about, tuple) else ()


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "finding": outcome.finding,
        "values": [plain(cleaned(dict(measure))) for measure in outcome.measures],
        "says": outcome.says or None,
    }
