"""A policy without one of its elements, to show that the element is what decides a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ifthen.policy.model import Bound, Clause, Policy, Power, Procedure, Test
from ifthen.policy.names import ROLE_ATTRIBUTES
from ifthen.policy.source import did_you_mean
from ifthen.review.cases import Part, Removal

_T = TypeVar("_T")
_NAMES_ROLES = ROLE_ATTRIBUTES | {"to"}
"""Attributes of facts whose words may be roles."""


class NoSuchElement(LookupError):
    """The policy lacks what a case would take out of it; the text says so, with a suggestion."""


def without(policy: Policy, removal: Removal) -> Policy:
    """The policy without an element.

    A clause, a step or a criterion is gone. A threshold or a standard is gone with every mention of
    it among thresholds, categories, standards and groups. Without a category no model has a known
    level in it; without a level, no model that is scored so. A role is gone from steps, powers and
    tests. A term leaves room without bound, for every reader. Of a reading only the first option is
    left.

    Raises:
        NoSuchElement: the policy lacks it.
    """
    return _REMOVERS[removal.part](policy, removal.name)


def _clause(policy: Policy, name: str) -> Policy:
    _require("clause", name, (clause.common.id for clause in policy.clauses))
    kept = tuple(clause for clause in policy.clauses if clause.common.id != name)
    return replace(policy, clauses=kept)


def _step(policy: Policy, name: str) -> Policy:
    places = [
        f"{clause.common.id}/{step.id}"
        for clause in policy.clauses
        if isinstance(clause, Procedure)
        for step in clause.steps
    ]
    _require("step", name, places)
    owner, _, step_id = name.partition("/")

    def shortened(clause: Clause) -> Clause:
        if not isinstance(clause, Procedure) or clause.common.id != owner:
            return clause
        return replace(clause, steps=tuple(step for step in clause.steps if step.id != step_id))

    return replace(policy, clauses=tuple(map(shortened, policy.clauses)))


def _threshold(policy: Policy, name: str) -> Policy:
    _require("threshold", name, policy.thresholds)
    return replace(
        policy,
        thresholds={
            key: replace(threshold, above=_less(threshold.above, name))
            for key, threshold in _removed(policy.thresholds, name).items()
        },
    )


def _category(policy: Policy, name: str) -> Policy:
    _require("category", name, policy.categories)
    return replace(policy, categories=_removed(policy.categories, name))


def _level(policy: Policy, name: str) -> Policy:
    places = [f"{c.id}/{level}" for c in policy.categories.values() for level in c.levels]
    _require("level", name, places)
    owner, _, level = name.partition("/")
    category = policy.categories[owner]
    changed = replace(
        category, levels=_removed(category.levels, level), lacks=(*category.lacks, level)
    )
    return replace(policy, categories={**policy.categories, owner: changed})


def _standard(policy: Policy, name: str) -> Policy:
    _require("standard", name, policy.standards)
    return replace(
        policy,
        standards={
            key: replace(standard, includes=_less(standard.includes, name))
            for key, standard in _removed(policy.standards, name).items()
        },
        groups={key: _less(members, name) for key, members in policy.groups.items()},
        thresholds={
            key: replace(threshold, requires=_less(threshold.requires, name))
            for key, threshold in policy.thresholds.items()
        },
        categories={
            key: replace(
                category,
                levels={
                    word: replace(level, requires=_less(level.requires, name))
                    for word, level in category.levels.items()
                },
            )
            for key, category in policy.categories.items()
        },
    )


def _criterion(policy: Policy, name: str) -> Policy:
    places = [f"{s.id}/{c.id}" for s in policy.standards.values() for c in s.criteria]
    _require("criterion", name, places)
    owner, _, criterion_id = name.partition("/")
    standard = policy.standards[owner]
    kept = tuple(criterion for criterion in standard.criteria if criterion.id != criterion_id)
    changed = replace(standard, criteria=kept)
    return replace(policy, standards={**policy.standards, owner: changed})


def _term(policy: Policy, name: str) -> Policy:
    _require("term", name, policy.terms)
    boundless = replace(policy.terms[name], literal=Bound("any"), charitable=Bound("any"))
    return replace(policy, terms={**policy.terms, name: boundless})


def _reading(policy: Policy, name: str) -> Policy:
    _require("reading", name, policy.readings)
    reading = policy.readings[name]
    first = next(iter(reading.options))
    decided = replace(reading, options={first: reading.options[first]})
    return replace(policy, readings={**policy.readings, name: decided})


def _role(policy: Policy, name: str) -> Policy:
    _require("role", name, policy.roles)

    def forget(node: object) -> object:
        if isinstance(node, Test) and node.attribute in _NAMES_ROLES:
            return replace(node, values=_less(node.values, name))
        return node

    def shortened(clause: Clause) -> Clause:
        if isinstance(clause, Procedure):
            steps = []
            for step in clause.steps:
                by = _less(step.by, name)
                if by or step.do:
                    least = min(step.by_least, len(by))
                    steps.append(replace(step, by=by, by_least=least))
            clause = replace(clause, steps=tuple(steps))
        elif isinstance(clause, Power):
            clause = replace(clause, by=_less(clause.by, name))
        changed: Clause = _mapped(clause, forget)
        return changed

    clauses = tuple(map(shortened, policy.clauses))
    return replace(policy, roles=_removed(policy.roles, name), clauses=clauses)


_REMOVERS: Mapping[Part, Callable[[Policy, str], Policy]] = {
    "clause": _clause,
    "threshold": _threshold,
    "category": _category,
    "level": _level,
    "standard": _standard,
    "criterion": _criterion,
    "term": _term,
    "reading": _reading,
    "role": _role,
    "step": _step,
}


def _mapped(node: Any, change: Callable[[object], object]) -> Any:
    """A syntax tree with every node replaced by what ``change`` makes of it, children first.

    A test left without a value asks nothing and is dropped.
    """
    if isinstance(node, tuple):
        changed = (_mapped(item, change) for item in node)
        return tuple(n for n in changed if not (isinstance(n, Test) and not n.values))
    if isinstance(node, Mapping):
        return {key: _mapped(value, change) for key, value in node.items()}
    if is_dataclass(node) and not isinstance(node, type):
        parts = {f.name: _mapped(getattr(node, f.name), change) for f in fields(node)}
        return change(type(node)(**parts))
    return node


def _removed(table: Mapping[str, _T], name: str) -> dict[str, _T]:
    return {key: value for key, value in table.items() if key != name}


def _less(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)


def _require(part: Part, name: str, known: object) -> None:
    names = list(known)  # type: ignore[call-overload]
    if name not in names:
        raise NoSuchElement(f"there is no {part} '{name}'. {did_you_mean(name, names)}".rstrip())
