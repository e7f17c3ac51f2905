"""From what was read to a policy: the parts that clauses refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ifthen.dates import Duration
from ifthen.policy.model import (
    Bound,
    Category,
    Criterion,
    Level,
    NotCheckable,
    Reading,
    Role,
    Standard,
    Term,
    Threshold,
)
from ifthen.policy.names import Names, Problems
from ifthen.policy.reader import Values, is_reserved
from ifthen.policy.source import Span
from ifthen.policy.syntax import FUNCTIONS
from ifthen.policy.yaml import Scalar
from ifthen.vocabulary import FINDINGS

Entries = list[tuple[Scalar, Any]]


def entries(document: Values, name: str) -> Entries:
    """The entries of a table of the document that could be read."""
    return [(key, value) for key, value in document.get(name, []) if value is not None]


def rows_of(values: Values) -> tuple[str, ...]:
    """The rows an element encodes."""
    return words(values.get("encodes", ()))


def words(scalars: Iterable[Scalar]) -> tuple[str, ...]:
    """The texts of several scalars."""
    return tuple(scalar.text for scalar in scalars)


def names_of(document: Values, problems: Problems) -> Names:
    """Every name of the document; reports names that are taken twice or belong to the language."""
    scale = words(document.get("scale", ()))
    terms = {key.text: _term_type(value, scale) for key, value in entries(document, "terms")}
    readings = {
        key.text: tuple(option.text for option, _ in value.get("options", []))
        for key, value in entries(document, "readings")
    }
    definitions = {key.text: value for key, value in document.get("define", [])}
    for key, _ in [*document.get("define", []), *document.get("terms", [])]:
        if is_reserved(key.text) or key.text in FUNCTIONS:
            problems.add(
                key.span, f"'{key.text}' is a word of the policy language", "choose another name"
            )
    for key, _ in document.get("define", []):
        if key.text in terms:
            problems.add(key.span, f"'{key.text}' already names a term", "choose another name")
    standards = _with_aliases(entries(document, "standards"), "standard", problems)
    groups: dict[str, tuple[str, ...]] = {}
    for key, value in entries(document, "standards"):
        group: Scalar | None = value.get("group")
        if group is None:
            continue
        if group.text in standards:
            problems.add(
                group.span, f"'{group.text}' already names a standard", "choose another name"
            )
        groups[group.text] = (*groups.get(group.text, ()), key.text)
    thresholds = _with_aliases(entries(document, "thresholds"), "threshold", problems)
    _check_scale(document, problems)
    return Names(
        terms=terms,
        readings=readings,
        thresholds=thresholds,
        scale=scale,
        categories=_with_aliases(entries(document, "categories"), "category", problems, thresholds),
        standards=standards,
        groups=groups,
        roles=frozenset(key.text for key, _ in document.get("roles", [])),
        procedures=frozenset(
            values.get("id").text
            for kind, values in document.get("clauses", [])
            if kind == "procedure" and values.get("id") is not None
        ),
        definitions=definitions,
    )


def _term_type(term: Values, scale: tuple[str, ...]) -> Any:
    """The type of a term; a level is a rung where a word of the scale bounds it."""
    bounds = (term.get(name, Bound("any")) for name in ("literal", "charitable"))
    if term.get("type") == "level" and any(bound.value in scale for bound in bounds):
        return "rung"
    return term.get("type", "judgement")


def _check_scale(document: Values, problems: Problems) -> None:
    """Report a scale of fewer than two levels, or with a word that is taken."""
    seen: set[str] = set()
    for level in document.get("scale", ()):
        if level.text in seen:
            problems.add(level.span, f"the level '{level.text}' is given twice")
        elif level.text in FINDINGS:
            message = f"'{level.text}' is a standing against a threshold"
            problems.add(level.span, message, "choose another word for the level")
        seen.add(level.text)
    if "scale" in document and document.get("scale") is not None and len(seen) < 2:
        problems.add(document.keys["scale"], "a scale has two levels or more, lowest first")


def _with_aliases(
    table: Entries, what: str, problems: Problems, thresholds: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Ids and aliases to ids; a fact may name either a threshold or a category, so they differ."""
    ids = {key.text: key.text for key, _ in table}
    for key, value in table:
        for name in (key, *value.get("aliases", ())):
            if thresholds is not None and name.text in thresholds:
                problems.add(
                    name.span, f"'{name.text}' already names a threshold", "choose another name"
                )
        for alias in value.get("aliases", ()):
            if alias.text in ids:
                problems.add(
                    alias.span, f"'{alias.text}' already names a {what}", "choose another alias"
                )
            ids[alias.text] = key.text
    return ids


def build_terms(document: Values, problems: Problems) -> dict[str, Term]:
    """The terms, each range checked against the type."""
    result: dict[str, Term] = {}
    for key, value in entries(document, "terms"):
        kind = value.get("type", "judgement")
        for name in ("literal", "charitable"):
            bound: Bound | None = value.get(name)
            if bound is not None and value.get("type") is not None:
                _check_bound(bound, kind, value.keys[name], name, problems)
        result[key.text] = Term(
            key.text,
            value.get("phrase", ""),
            kind,
            value.get("literal", Bound("any")),
            value.get("charitable", Bound("any")),
            value.get("source", ""),
            rows_of(value),
            key.span,
        )
    return result


def _check_bound(bound: Bound, kind: str, span: Span, name: str, problems: Problems) -> None:
    """Report a range whose value is not of the type of its term."""
    if bound.kind == "any":
        return
    value = bound.value
    fits, wanted = {
        "duration": (isinstance(value, Duration), "any, at most 2 months or at least 1 week"),
        "factor": (isinstance(value, Fraction), "any, at most 4x or at least 2x"),
        "level": (isinstance(value, str), "any, at most medium or at least high"),
        "judgement": (isinstance(value, bool) and bound.kind == "value", "any, true or false"),
    }[kind]
    if not fits:
        problems.add(
            span, f"the '{name}' range does not fit a term of type {kind}", f"write {wanted}"
        )


def build_readings(document: Values, problems: Problems) -> dict[str, Reading]:
    """The readings."""
    result: dict[str, Reading] = {}
    for key, value in entries(document, "readings"):
        options = {option.text: text or "" for option, text in value.get("options", [])}
        if "options" in value and len(options) < 2:
            problems.add(value.keys["options"], "a reading has two options or more")
        if "reading" in options:
            problems.add(value.keys["options"], "an option cannot be called 'reading'")
        result[key.text] = Reading(
            key.text,
            value.get("phrase", ""),
            options,
            value.get("source", ""),
            rows_of(value),
            key.span,
        )
    return result


def build_thresholds(document: Values, names: Names, problems: Problems) -> dict[str, Threshold]:
    """The thresholds, with groups of standards expanded and aliases resolved."""
    result: dict[str, Threshold] = {}
    for key, value in entries(document, "thresholds"):
        above = []
        for name in value.get("above", ()):
            if name.text not in names.thresholds:
                problems.unknown(name.span, "threshold", name.text, names.thresholds)
            above.append(names.thresholds.get(name.text, name.text))
        numbers = {name.text: n for name, n in value.get("numbers", []) if n is not None}
        result[key.text] = Threshold(
            key.text,
            value.get("title", ""),
            value.get("text", ""),
            value.get("source", ""),
            _standards(value, "requires", names, problems),
            tuple(above),
            value.get("checkpoint", False),
            numbers,
            words(value.get("aliases", ())),
            rows_of(value),
            value.get("continues"),
            key.span,
        )
    _refuse_circles(result, problems)
    return result


def _standards(value: Values, field: str, names: Names, problems: Problems) -> tuple[str, ...]:
    """The standards that a field of an element lists, groups expanded."""
    required: dict[str, None] = {}
    for name in value.get(field, ()):
        if name.text in names.groups:
            required.update(dict.fromkeys(names.groups[name.text]))
        elif name.text in names.standards:
            required[names.standards[name.text]] = None
        else:
            known = [*names.standards, *names.groups]
            problems.unknown(name.span, "standard", name.text, known)
    return tuple(required)


def build_categories(document: Values, names: Names, problems: Problems) -> dict[str, Category]:
    """The categories with what each level means in them."""
    result: dict[str, Category] = {}
    for key, value in entries(document, "categories"):
        levels: dict[str, Level] = {}
        for name, level in entries(value, "levels"):
            if name.text not in names.scale:
                problems.unknown(name.span, "level", name.text, names.scale, "of the scale")
            levels[name.text] = Level(
                name.text,
                level.get("text", ""),
                level.get("source", ""),
                _standards(level, "requires", names, problems),
                rows_of(level),
                name.span,
            )
        result[key.text] = Category(
            key.text,
            value.get("title", ""),
            value.get("text", ""),
            value.get("source", ""),
            levels,
            value.get("tracked", True),
            words(value.get("aliases", ())),
            rows_of(value),
            value.get("continues"),
            span=key.span,
        )
    return result


def _refuse_circles(thresholds: Mapping[str, Threshold], problems: Problems) -> None:
    """Report thresholds that lie above themselves."""
    above = {threshold.id: threshold.above for threshold in thresholds.values()}
    for start in thresholds.values():
        if _in_circle(start.id, above):
            problems.add(start.span, f"the threshold '{start.id}' lies above itself")


def _in_circle(start: str, links: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a name leads back to itself."""
    seen: set[str] = set()
    waiting = list(links[start])
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(links.get(name, ()))
    return False


def build_standards(document: Values, names: Names, problems: Problems) -> dict[str, Standard]:
    """The standards with their criteria."""
    result = {
        key.text: Standard(
            key.text,
            value.get("title", ""),
            value.get("text", ""),
            value.get("source", ""),
            tuple(
                Criterion(name.text, c.get("text", ""), c.get("source", ""), rows_of(c), name.span)
                for name, c in entries(value, "criteria")
            ),
            value.get("in_scope", ()),
            value.get("out_of_scope", ()),
            value.get("defined", True),
            value.get("family", "security"),
            _standards(value, "includes", names, problems),
            words(value.get("aliases", ())),
            rows_of(value),
            key.span,
        )
        for key, value in entries(document, "standards")
    }
    above = {key: standard.includes for key, standard in result.items()}
    for key, standard in result.items():
        if _in_circle(key, above):
            problems.add(standard.span, f"the standard '{key}' includes itself")
    return result


def build_roles(document: Values) -> dict[str, Role]:
    """The roles."""
    return {
        key.text: Role(key.text, value.get("title", ""), rows_of(value), key.span)
        for key, value in entries(document, "roles")
    }


def build_not_checkable(document: Values, problems: Problems) -> tuple[NotCheckable, ...]:
    """The rows that are not checkable; reports a row given twice."""
    result: dict[str, NotCheckable] = {}
    for value in document.get("not_checkable", ()):
        row: Scalar | None = value.get("row")
        if row is None:
            continue
        if row.text in result:
            problems.add(row.span, f"row {row.text} is given twice under 'not_checkable'")
        result[row.text] = NotCheckable(
            row.text, value.get("reason", ""), value.get("why", ""), row.span
        )
    return tuple(result.values())


def check_rows(document: Values, encoding: Iterable[Values], problems: Problems) -> None:
    """Report rows that are encoded or not checkable but not listed, and rows that are both."""
    listed = frozenset(document.get("rows", ()))
    not_checkable = {
        value.get("row").text
        for value in document.get("not_checkable", ())
        if value.get("row") is not None
    }
    scalars = [row for values in encoding for row in values.get("encodes", ())]
    for row in scalars:
        if row.text in not_checkable:
            problems.add(row.span, f"row {row.text} is encoded here and listed as not checkable")
    for value in document.get("not_checkable", ()):
        if value.get("row") is not None:
            scalars.append(value.get("row"))
    for row in scalars:
        if row.text not in listed:
            problems.add(row.span, f"row {row.text} is not listed in 'rows'", "add it to 'rows'")
