"""A policy for readers: as text, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ifthen.dates import format_day
from ifthen.policy.describe import describe, describe_deadline, number
from ifthen.policy.model import (
    Before,
    By,
    Cadence,
    Category,
    Clause,
    Duty,
    Expression,
    Forbid,
    Maintain,
    Policy,
    Power,
    Procedure,
    Step,
    Whenever,
    Within,
)
from ifthen.reports.page import Page
from ifthen.ruling.wording import bound_text


def summary(policy: Policy) -> dict[str, Any]:
    """A policy in one line, as data."""
    return {
        "policy": policy.id,
        "title": policy.title,
        "effective": None if policy.effective is None else format_day(policy.effective),
        "supersedes": policy.supersedes,
        "basis": policy.basis,
        "clauses": len(policy.clauses),
        "rows": len(policy.rows),
    }


def clauses_of(policy: Policy) -> str:
    """How many clauses a policy has, in words."""
    return f"{len(policy.clauses)} clause{'' if len(policy.clauses) == 1 else 's'}"


def write_list(page: Page, policies: Sequence[Policy]) -> None:
    """Write one line for each policy."""
    column = max((len(policy.id) for policy in policies), default=0) + 2
    for policy in policies:
        since = "" if policy.effective is None else f", from {format_day(policy.effective)}"
        text = f"{policy.title}{since}; {clauses_of(policy)}"
        if policy.basis == "secondary":
            text += "; from secondary sources, not the text itself"
        page.item(policy.id, text, column=column, indent=0)


def write_policy(page: Page, policy: Policy) -> None:
    """Write what a policy promises."""
    page.heading(policy.title)
    since = None if policy.effective is None else format_day(policy.effective)
    for label, text in (
        ("id", policy.id),
        ("effective", since),
        ("supersedes", policy.supersedes),
        ("source", policy.source),
        ("basis", "secondary: not the text itself" if policy.basis == "secondary" else None),
    ):
        if text:
            page.item(label, text, column=12)
    for clause in policy.clauses:
        common = clause.common
        page.heading(f"{common.id}: {common.title}")
        force = "" if common.force == "commitment" else f", {common.force}"
        rows = f"; {', '.join(common.encodes)}" if common.encodes else ""
        each = "" if common.for_each == "organisation" else f", for each {common.for_each}"
        what = f"{clause.kind} ({common.family}){force}{each}"
        page.write(f"{what}; {common.source}{rows}", indent=2)
        for label, text in clause_lines(clause):
            page.item(label, text, column=12)
    _write_elements(page, policy)


def _write_elements(page: Page, policy: Policy) -> None:
    tables = {
        "Definitions": {key: describe(value) for key, value in policy.definitions.items()},
        "Thresholds": {
            t.id: t.title + (f"; requires {', '.join(t.requires)}" if t.requires else "")
            for t in policy.thresholds.values()
        },
        "Scale": {"levels": " < ".join(policy.scale)} if policy.scale else {},
        "Categories": {
            name: text for c in policy.categories.values() for name, text in _category(c)
        },
        "Standards": {
            s.id: s.title + (f"; includes {', '.join(s.includes)}" if s.includes else "")
            for s in policy.standards.values()
        },
        "Roles": {r.id: r.title for r in policy.roles.values()},
        "Words that leave room": {
            t.id: f'"{t.phrase}": {bound_text(t.literal)} by the words alone, '
            f"{bound_text(t.charitable)} to a charitable reader"
            for t in policy.terms.values()
        },
        "Readings": {
            r.id: f'"{r.phrase}": {"; or ".join(r.options.values())}'
            for r in policy.readings.values()
        },
    }
    for title, table in tables.items():
        if table:
            page.heading(title)
            for name, text in table.items():
                page.item(name, text, column=26)


def _category(category: Category) -> Iterable[tuple[str, str]]:
    yield category.id, category.title + ("" if category.tracked else "; not tracked")
    for level in category.levels.values():
        requires = f"; requires {', '.join(level.requires)}" if level.requires else ""
        yield f"{category.id}/{level.id}", level.text + requires


def clause_lines(clause: Clause) -> list[tuple[str, str]]:
    """What a clause asks, as pairs of a keyword of the language and an expression."""
    return [(label, text) for label, text in _lines(clause) if text]


def _lines(clause: Clause) -> Iterable[tuple[str, str]]:
    match clause:
        case Cadence():
            yield "do", _text(clause.do)
            yield "every", _text(clause.every)
            if clause.growth is not None:
                yield "growth", f"{clause.growth[0]} {clause.growth[1]}x"
            if clause.gain is not None:
                gain = f"{clause.gain.operator} {number(clause.gain.by)} {clause.gain.unit}"
                yield "gain", f"{gain} ({clause.gain.measure})"
            yield "while", _text(clause.while_)
        case Whenever():
            yield "when", _text(clause.when)
            yield "becomes", _text(clause.becomes)
            yield "if", _text(clause.if_)
            yield from _duty(clause.duty)
            yield "require", _text(clause.require)
        case Forbid():
            yield "action", clause.action
            yield "if", _text(clause.if_)
            yield "unless", _text(clause.unless)
            yield "grace", _text(clause.grace)
        case Maintain():
            yield "while", _text(clause.while_)
            yield "keep", _text(clause.keep)
            yield "grace", _text(clause.grace)
        case Procedure():
            yield "decision", _text(clause.decision)
            yield "gates", ", ".join(clause.gates)
            yield "if", _text(clause.if_)
            for step in clause.steps:
                yield step.id, _step(step)
        case Power():
            yield "by", ", ".join(clause.by)
            yield "exercised", _text(clause.exercised)
            yield "if", _text(clause.if_)
            yield from _duty(clause.price)


def _step(step: Step) -> str:
    if step.by:
        all_of = step.by_least == len(step.by)
        what = (
            f"by {' and '.join(step.by)}"
            if all_of
            else (f"by {step.by_least} of {', '.join(step.by)}")
        )
    else:
        what = "; ".join(describe(events) for events in step.do)
    before = f", before {describe(step.before)}" if step.before is not None else ""
    condition = f", if {describe(step.if_)}" if step.if_ is not None else ""
    return f"{step.title}: {what}{before}{condition}"


def _duty(duty: Duty | None) -> Iterable[tuple[str, str]]:
    if duty is None:
        return
    for events in duty.then:
        yield "then", _text(events)
    for limit in duty.deadlines:
        word = {Within: "within", Before: "before", By: "by"}[type(limit)]
        yield word, describe_deadline(limit).removeprefix(f"{word} ")
    yield "after", _text(duty.after)


def _text(expression: Expression | None) -> str:
    return "" if expression is None else describe(expression)


def as_json(policy: Policy) -> dict[str, Any]:
    """A policy in JSON, its expressions as the policy language writes them."""
    return {
        **summary(policy),
        "source": policy.source,
        "rows": list(policy.rows),
        "clauses": [
            {
                "id": clause.common.id,
                "kind": clause.kind,
                "title": clause.common.title,
                "source": clause.common.source,
                "encodes": list(clause.common.encodes),
                "for_each": clause.common.for_each,
                "family": clause.common.family,
                "force": clause.common.force,
                "continues": clause.common.continues,
                "asks": [{"key": key, "text": text} for key, text in clause_lines(clause)],
            }
            for clause in policy.clauses
        ],
        "thresholds": [
            {"id": t.id, "title": t.title, "text": t.text, "requires": list(t.requires)}
            for t in policy.thresholds.values()
        ],
        "scale": list(policy.scale),
        "categories": [
            {
                "id": c.id,
                "title": c.title,
                "text": c.text,
                "tracked": c.tracked,
                "levels": [
                    {"id": level.id, "text": level.text, "requires": list(level.requires)}
                    for level in c.levels.values()
                ],
            }
            for c in policy.categories.values()
        ],
        "standards": [
            {
                "id": s.id,
                "title": s.title,
                "text": s.text,
                "defined": s.defined,
                "family": s.family,
                "includes": list(s.includes),
                "criteria": [{"id": c.id, "text": c.text} for c in s.criteria],
            }
            for s in policy.standards.values()
        ],
        "roles": [{"id": role.id, "title": role.title} for role in policy.roles.values()],
        "terms": [
            {
                "id": term.id,
                "phrase": term.phrase,
                "literal": bound_text(term.literal),
                "charitable": bound_text(term.charitable),
            }
            for term in policy.terms.values()
        ],
        "readings": [
            {"id": r.id, "phrase": r.phrase, "options": dict(r.options)}
            for r in policy.readings.values()
        ],
        "definitions": {key: describe(value) for key, value in policy.definitions.items()},
        "not_checkable": [
            {"row": entry.row, "reason": entry.reason, "why": entry.why}
            for entry in policy.not_checkable
        ],
    }
