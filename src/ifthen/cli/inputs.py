"""What a command works on: the record, the policies, the moment. Only here is a clock read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ifthen.dates import Instant, parse_moment
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, did_you_mean
from ifthen.vocabulary import ADOPTIONS

if TYPE_CHECKING:
    from ifthen.policy.model import Policy
    from ifthen.record.model import Record

EXAMPLE = "example:"
_EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Inputs:
    """A record and the policies to rule it by."""

    record: Record
    policies: tuple[Policy, ...]
    throughout: bool
    """Whether the user named the policies, so that they rule the whole record."""


def refuse(place: str, message: str, hint: str = "") -> NoReturn:
    """End the command: something is wrong with an option or argument.

    Raises:
        InputError: always.
    """
    raise InputError([Diagnostic(Source(place, ""), NOWHERE, message, hint)])


def load(records: Sequence[str], policies: Sequence[str], until: Instant | None = None) -> Inputs:
    """Load the record and its policies.

    Args:
        records: files of the record, or an example.
        policies: ids or files; none means those that the record adopts.
        until: what the record adopts only later is not loaded, since it cannot be seen.

    Raises:
        InputError: everything wrong with all of them.
    """
    from ifthen.record.load import load_record

    problems: list[Diagnostic] = []
    record: Record | None = None
    loaded: tuple[Policy, ...] = ()
    try:
        record = load_record(*(_record_path(name) for name in records))
    except InputError as error:
        problems.extend(error.diagnostics)
    names: Iterable[str | Path] = policies
    if record is not None and not policies:
        names = _named_policies(record, until)
    try:
        loaded = load_policies(names)
    except InputError as error:
        problems.extend(error.diagnostics)
    if problems or record is None:
        raise InputError(problems)
    return Inputs(record, loaded, throughout=bool(policies))


def load_policies(names: Iterable[str | Path]) -> tuple[Policy, ...]:
    """Load policies by id or file, each once.

    Raises:
        InputError: everything wrong with all of them.
    """
    from ifthen.policy.load import load_policy

    problems: list[Diagnostic] = []
    loaded: dict[str, Policy] = {}
    for name in names:
        try:
            policy = load_policy(name)
            loaded[policy.id] = policy
        except InputError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return tuple(loaded.values())


def _record_path(name: str) -> Path:
    if not name.startswith(EXAMPLE):
        return Path(name)
    known = sorted(path.stem for path in _EXAMPLES.glob("*.yaml"))
    example = name.removeprefix(EXAMPLE)
    if example not in known:
        hint = did_you_mean(example, known) or f"known: {', '.join(known)}"
        refuse(name, f"there is no example '{example}'", hint)
    return _EXAMPLES / f"{example}.yaml"


def _named_policies(record: Record, until: Instant | None) -> list[str | Path]:
    """The policies of the package that the record adopts, then those it brings along."""
    from ifthen.policy.load import is_policy_id, policy_ids

    adopted = {
        fact.attributes.get("policy")
        for fact in record.facts
        if fact.kind in ADOPTIONS
        and (until is None or fact.earliest <= until or fact.amends or fact.supersedes)
    }
    names: list[str | Path] = [name for name in policy_ids() if name in adopted]
    folder = Path(record.source.name).parent if record.source else Path()
    for name in record.policies:
        path = folder / name
        names.append(name if is_policy_id(name) and not path.exists() else path)
    return names


def moment_of(option: str, text: str | None) -> Instant:
    """The moment that an option names, of a date its last second; now where it is not given."""
    return int(time.time()) if text is None else _moments(option, text)[1]


def start_of_option(option: str, text: str | None) -> Instant | None:
    """The first second that an option names, or None where it is not given."""
    return None if text is None else _moments(option, text)[0]


def _moments(option: str, text: str) -> tuple[Instant, Instant]:
    try:
        first, last, _ = parse_moment(text)
    except ValueError as error:
        refuse(option, str(error), "write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ")
    return first, last


def known_of(text: str | None, at: Instant, record: Record) -> Instant:
    """What ``--known`` asks for: by default the moment of the ruling; ``all`` hides nothing."""
    if text is None:
        return at
    if text == "all":
        return max((at, *(fact.known for fact in record.facts)))
    return moment_of("--known", text)


def check_model(record: Record, model: str | None) -> None:
    """Refuse a model that the record never names."""
    names = dict.fromkeys(name for fact in record.facts for name in fact.models)
    names.update(dict.fromkeys(record.models or ()))
    if model is None or model in names:
        return
    hint = did_you_mean(model, names)
    if not hint and names:
        listed = ", ".join(list(names)[:8])
        hint = f"it names {listed}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    refuse("--model", f"the record never names the model '{model}'", hint)
