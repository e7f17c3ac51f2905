"""Loading policies: from a file, from a text, or by the id of one that comes with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from ifthen.policy.build import (
    build_categories,
    build_not_checkable,
    build_readings,
    build_roles,
    build_standards,
    build_terms,
    build_thresholds,
    check_rows,
    entries,
    names_of,
)
from ifthen.policy.clauses import ClauseBuilder
from ifthen.policy.fields import DOCUMENT
from ifthen.policy.model import Clause, Policy
from ifthen.policy.names import Names, Problems
from ifthen.policy.reader import POLICY_ID, Reader, Values
from ifthen.policy.source import (
    NOWHERE,
    Diagnostic,
    InputError,
    Source,
    did_you_mean,
)
from ifthen.policy.types import Checker
from ifthen.policy.yaml import compose, read_source, shorten

_SUFFIX = ".yaml"
_NOT_POLICIES = ".cases.yaml"
_CROSSWALKS = "crosswalks"
"""The folder beside those of developers whose files are no policies."""


def load_policy(name_or_path: str | Path) -> Policy:
    """A policy from a YAML file, or one of the package by id, such as ``anthropic/rsp@2.0``.

    A text is taken for an id where it has the form of one and no file of that name exists.

    Raises:
        InputError: there is no such file or id, or the document has problems: every one of them.

    """
    name = os.fspath(name_or_path)
    policy = parse_policy(read_source(policy_path(name_or_path)))
    if not isinstance(name_or_path, Path) and not _is_file(Path(name)) and is_policy_id(name):
        _check_id(policy, name)
    return policy


def policy_path(name_or_path: str | Path) -> Path:
    """The file of a policy, which need not exist where a path was given.

    Raises:
        InputError: a text is neither a path nor the id of a policy of the package.

    """
    name = os.fspath(name_or_path)
    path = Path(name)
    if isinstance(name_or_path, Path) or _is_file(path):
        return path
    if is_policy_id(name):
        found = _packaged_policies().get(name)
        if found is None:
            raise _unknown_policy(name)
        return found
    if path.suffix in (".yaml", ".yml", ".json") or path.is_dir():
        return path
    raise _unknown_policy(name)


def is_policy_id(text: str) -> bool:
    """Whether a text has the form of the id of a policy: ``developer/family@version``."""
    return POLICY_ID.fullmatch(text) is not None


def parse_policy(source: Source) -> Policy:
    """A policy from the text of its document.

    Raises:
        InputError: the document has problems: every one of them, sorted by place.

    """
    problems = Problems(source)
    reader = Reader(source, problems)
    document = reader.shape(compose(source), DOCUMENT)
    if document is None:
        raise InputError(problems.sorted())
    names = names_of(document, problems)
    _check_readings(reader, names, problems)
    policy = _build(document, names, problems)
    if problems:
        raise InputError(problems.sorted())
    return policy


def policy_ids() -> tuple[str, ...]:
    """Ids of every policy that comes with the package, sorted."""
    return tuple(sorted(_packaged_policies()))


def _build(document: Values, names: Names, problems: Problems) -> Policy:
    checker = Checker(names, problems)
    definitions = {}
    for key, _ in document.get("define", []):
        expression = checker.definition(key.text)
        if expression is not None:
            definitions[key.text] = expression
    month_end = document.get("month_end")
    builder = ClauseBuilder(names, checker, problems, month_end)
    clauses = [builder.build(kind, values) for kind, values in document.get("clauses", [])]
    _check_unique(clauses, problems)
    _check_earlier(document, problems)
    if "rows" not in document or document.get("rows") is not None:
        check_rows(document, _encoding(document), problems)
    return Policy(
        id=document.get("policy", ""),
        title=document.get("title", ""),
        effective=document.get("effective"),
        source=document.get("source", ""),
        supersedes=document.get("supersedes"),
        rows=document.get("rows", ()),
        terms=build_terms(document, problems),
        readings=build_readings(document, problems),
        thresholds=build_thresholds(document, names, problems),
        standards=build_standards(document, names, problems),
        groups=names.groups,
        roles=build_roles(document),
        definitions=definitions,
        clauses=tuple(clauses),
        not_checkable=build_not_checkable(document, problems),
        argument=document.get("argument", ""),
        basis=document.get("basis", "primary"),
        scale=names.scale,
        categories=build_categories(document, names, problems),
    )


def _check_earlier(document: Values, problems: Problems) -> None:
    """A policy replaces, and its clauses carry on, another version than itself."""
    own = document.get("policy", "")
    if own and document.get("supersedes") == own:
        message = f"{own} cannot supersede itself"
        problems.add(document.keys["supersedes"], message, "name the version before it")
    for values in (value for _, value in document.get("clauses", [])):
        continues = values.get("continues")
        if own and continues is not None and continues.partition("#")[0] == own:
            message = f"a clause of {own} cannot continue one of the same version"
            problems.add(values.keys["continues"], message, "name a clause of an earlier version")


def _encoding(document: Values) -> Iterator[Values]:
    """Every element of the document that may encode rows."""
    for table in ("terms", "readings", "thresholds", "categories", "standards", "roles"):
        for _, value in entries(document, table):
            yield value
            for part in ("criteria", "levels"):
                yield from (inner for _, inner in entries(value, part))
    for _, values in document.get("clauses", []):
        yield values
        yield from values.get("steps", ())


def _check_readings(reader: Reader, names: Names, problems: Problems) -> None:
    """Every reading node names a reading and decides each of its options."""
    for use in reader.reading_uses:
        reading = use.reading.text
        if reading not in names.readings:
            problems.unknown(use.reading.span, "reading", reading, names.readings)
            continue
        known = names.readings[reading]
        for option in use.options:
            if option.text not in known:
                where = f"of reading '{reading}'"
                problems.unknown(option.span, "option", option.text, known, where)
        given = {option.text for option in use.options}
        for option_id in known:
            if option_id not in given:
                message = f"the option '{option_id}' of reading '{reading}' is missing"
                problems.add(use.reading.span, message)


def _check_unique(clauses: list[Clause], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for clause in clauses:
        common = clause.common
        if common.id and common.id in seen:
            message = f"the clause '{common.id}' is given twice"
            problems.add(common.span, message, f"it is first given on line {seen[common.id]}")
        seen.setdefault(common.id, common.span.line)


# --- policies of the package -------------------------------------------------------------------


def _packaged_policies() -> dict[str, Path]:
    """Ids to files: ``developer/family-version.yaml`` is ``developer/family@version``."""
    root = Path(str(files("ifthen"))) / "policies"
    found: dict[str, Path] = {}
    for path in root.glob(f"*/*{_SUFFIX}"):
        family, dash, version = path.name.removesuffix(_SUFFIX).rpartition("-")
        known = path.parent.name != _CROSSWALKS and not path.name.endswith(_NOT_POLICIES)
        if dash and known:
            found[f"{path.parent.name}/{family}@{version}"] = path
    return found


def _check_id(policy: Policy, name: str) -> None:
    if policy.id != name:
        message = f"the file of {name} holds the policy {policy.id}"
        raise InputError([Diagnostic(Source(name, ""), NOWHERE, message)])


def _unknown_policy(name: str) -> InputError:
    known = policy_ids()
    listed = f"known: {', '.join(known)}" if known else "no policies are installed"
    hint = " ".join(filter(None, (did_you_mean(shorten(name), known), listed)))
    source = Source(shorten(name), "")
    return InputError([Diagnostic(source, NOWHERE, "there is no such policy", hint)])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
