"""The head of a record: whose it is, and what the absence of a fact means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ifthen.record.facts import Problem, read_field
from ifthen.record.values import BadValue, free_text, option, shown, suggest, text, words
from ifthen.vocabulary import KINDS, STATED

FIELDS = ("record", "developer", "complete", "about", "compiled", "models", "policies")
"""What a head may say, beside ``facts:`` in YAML."""

_HOW = "start with 'record: NAME' (complete) or 'developer: NAME' (public)"


@dataclass(frozen=True, slots=True)
class Head:
    """What a record says about itself."""

    name: str
    public: bool
    """True for ``developer:``, false for ``record:``."""
    complete: frozenset[str] | None
    """Kinds whose absence means that it did not happen; None where it is not stated."""
    models: tuple[str, ...] | None
    """The strict list of models; None where any model may appear."""
    policies: tuple[str, ...]
    """Policy files, relative to the record."""

    @property
    def complete_kinds(self) -> frozenset[str]:
        """``complete``, or its default: every kind for a complete record, none for a public one."""
        if self.complete is not None:
            return self.complete
        return frozenset() if self.public else frozenset(KINDS)


def no_head() -> Problem:
    """The problem of a record that does not say whose it is."""
    return Problem((), False, "the record does not say whose it is", _HOW)


def build_head(raw: Mapping[str, object], problems: list[Problem]) -> Head | None:
    """A head from plain data, or None where a problem was added."""
    before = len(problems)
    for field in raw:
        if field not in FIELDS:
            hint = suggest(field, (*FIELDS, "facts"))
            problems.append(
                Problem(
                    (field,),
                    True,
                    f"unknown field {shown(field)} in the head of a record",
                    hint or f"a head may say: {', '.join(FIELDS)}",
                )
            )
    names = [field for field in ("record", "developer") if field in raw]
    if not names and len(problems) == before:
        problems.append(no_head())
    elif len(names) == 2:
        problems.append(
            Problem(
                ("developer",),
                True,
                "a record is either complete ('record:') or public ('developer:'), not both",
                "keep one of them",
            )
        )
    name = read_field(raw, names[0], text, problems) if names else None
    for free in ("about", "compiled"):
        read_field(raw, free, free_text, problems)
    complete = read_field(raw, "complete", _complete, problems)
    models = read_field(raw, "models", _names, problems)
    policies = read_field(raw, "policies", _names, problems) or ()
    if len(problems) > before or name is None:
        return None
    return Head(
        name,
        names == ["developer"],
        None if complete is None else frozenset(complete),
        models,
        policies,
    )


def disagreements(first: Head, later: Head, raw: Mapping[str, object]) -> list[Problem]:
    """Where the head of a later file contradicts that of the first."""
    found = []
    form = "developer" if later.public else "record"
    if (first.name, first.public) != (later.name, later.public):
        first_form = "developer" if first.public else "record"
        found.append(
            Problem(
                (form,),
                False,
                f"this head disagrees with that of the first file, '{first_form}: {first.name}'",
                "several files make one record: repeat the head, or leave it out",
            )
        )
    same = {
        "complete": first.complete_kinds == later.complete_kinds,
        "models": first.models == later.models,
        "policies": first.policies == later.policies,
    }
    for name, agrees in same.items():
        if name in raw and not agrees:
            found.append(
                Problem(
                    (name,),
                    True,
                    f"'{name}' differs from that of the first file",
                    "repeat it as it is there, or leave it out",
                )
            )
    return found


_names = words(text)
_kinds = words(option(STATED))


def _complete(value: object) -> tuple[str, ...]:
    """A list of kinds, possibly empty."""
    if value == []:
        return ()
    try:
        return _kinds(value)
    except BadValue as bad:
        listed = value if isinstance(value, list) else [value]
        place = bad.path[0] if bad.path else 0
        wrong = listed[place] if isinstance(place, int) and place < len(listed) else value
        if not isinstance(wrong, str) or not wrong:
            raise
        hint = suggest(wrong, STATED)
        raise BadValue(f"names an unknown kind of fact: {shown(wrong)}", hint, bad.path) from None
