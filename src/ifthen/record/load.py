"""Records from files: YAML for people, JSONL for size.

Several files make one record: the first says whose it is, the facts follow in the order of the
files. Everything wrong with all of them is reported at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

from ifthen.garbage import no_collection
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, Span
from ifthen.policy.yaml import Node, read_source
from ifthen.record.corrections import check_corrections, check_names
from ifthen.record.facts import Problem, build_fact
from ifthen.record.files import RecordFile, YamlFile, open_file
from ifthen.record.head import Head, build_head, disagreements, no_head
from ifthen.record.model import Fact, Record
from ifthen.record.values import shown, suggest

MOST_REPORTED = 50
"""How many errors are reported in full; the rest are counted."""


def load_record(*paths: str | FilePath) -> Record:
    """The record in one or more files, in the order given.

    Raises:
        InputError: a file cannot be read, or the record is not one; every problem at once.
        ValueError: no path is given.
    """
    if not paths:
        raise ValueError("load_record needs at least one path")
    reports = _Reports()
    sources = []
    for path in paths:
        try:
            sources.append(read_source(path))
        except InputError as error:
            reports.add_all(error.diagnostics)
    reports.raise_if_any()
    return _assemble(sources, reports)


def parse_record(source: Source) -> Record:
    """The record in a text; JSONL if its name ends so, else YAML.

    Raises:
        InputError: the record is not one; every problem at once.
    """
    return _assemble([source], _Reports())


def parse_facts(source: Source, nodes: Sequence[Node]) -> tuple[Fact, ...]:
    """Facts written inside another YAML document, checked as those of a record are.

    A fact without an ``id`` is named ``f1``, ``f2``, … by its place.

    Raises:
        InputError: every problem at once.
    """
    reports = _Reports()
    file = YamlFile(source, None, tuple(nodes), {node.span: node for node in nodes})
    facts: list[Fact] = []
    unread: set[str] = set()
    _read_facts(file, reports, None, facts, unread, number_ids=True)
    _check_together(facts, unread, [file] * len(facts), reports)
    reports.raise_if_any()
    return tuple(facts)


class _Reports:
    """Diagnostics as they are found: the first ones kept, the rest counted."""

    def __init__(self) -> None:
        self.kept: list[Diagnostic] = []
        self.count = 0

    def add_all(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.count += len(diagnostics)
        self.kept.extend(diagnostics[: MOST_REPORTED - len(self.kept)])

    def add(self, file: RecordFile, span: Span, problem: Problem) -> None:
        self.count += 1
        if len(self.kept) < MOST_REPORTED:
            place = file.locate(span, problem.path, problem.on_key)
            self.kept.append(Diagnostic(file.source, place, problem.message, problem.hint))

    def raise_if_any(self) -> None:
        if not self.count:
            return
        names = list(dict.fromkeys(found.source.name for found in self.kept))
        kept = sorted(
            self.kept,
            key=lambda found: (names.index(found.source.name), found.span.line, found.span.column),
        )
        more = self.count - len(self.kept)
        if more:
            last = self.kept[-1].source
            kept.append(Diagnostic(last, NOWHERE, f"… and {more} more"))
        raise InputError(kept)


def _assemble(sources: Sequence[Source], reports: _Reports) -> Record:
    files: list[RecordFile] = []
    for source in sources:
        try:
            files.append(open_file(source))
        except InputError as error:
            reports.add_all(error.diagnostics)
    reports.raise_if_any()
    head: Head | None = None
    facts: list[Fact] = []
    unread: set[str] = set()
    owners: list[RecordFile] = []
    for index, file in enumerate(files):
        own = _read_head(file, reports, head, is_first=index == 0)
        head = head or own
        with no_collection():
            _read_facts(file, reports, head.models if head else None, facts, unread)
        owners.extend([file] * (len(facts) - len(owners)))
    _check_together(facts, unread, owners, reports)
    reports.raise_if_any()
    assert head is not None
    return Record(
        name=head.name,
        public=head.public,
        complete=head.complete_kinds,
        facts=tuple(facts),
        models=head.models,
        policies=head.policies,
        source=sources[0],
    )


def _read_head(
    file: RecordFile, reports: _Reports, first: Head | None, *, is_first: bool
) -> Head | None:
    """The head of a file, checked; only the first file must have one."""
    problems: list[Problem] = []
    head = None
    if file.head is None:
        if is_first and not file.unreadable:
            reports.add(file, Span(1, 1), no_head())
        return None
    raw, span = file.head
    assert isinstance(raw, dict)
    if is_first or "record" in raw or "developer" in raw:
        head = build_head(raw, problems)
        if head is not None and first is not None:
            problems.extend(disagreements(first, head, raw))
    else:
        problems.append(
            Problem(
                (next(iter(raw)),),
                True,
                "this file has a head that does not say whose it is",
                "repeat the head of the first file, or leave it out",
            )
        )
    for problem in problems:
        reports.add(file, span, problem)
    return head


def _read_facts(
    file: RecordFile,
    reports: _Reports,
    models: tuple[str, ...] | None,
    facts: list[Fact],
    unread: set[str],
    *,
    number_ids: bool = False,
) -> None:
    """Append the facts of a file to ``facts``, and the names of the bad ones to ``unread``."""
    allowed = None if models is None else frozenset(models)
    problems: list[Problem] = []
    for place, read in enumerate(file.facts(), 1):
        if isinstance(read, Diagnostic):
            reports.add_all([read])
            continue
        raw, span = read
        if number_ids and isinstance(raw, dict):
            raw.setdefault("id", f"f{place}")
        fact = build_fact(raw, len(facts), span, problems)
        if fact is None:
            unread.update(_names_written(raw))
        else:
            facts.append(fact)
            if allowed is not None and not allowed.issuperset(fact.models):
                problems.extend(_strangers(fact, allowed))
        if problems:
            for problem in problems:
                reports.add(file, span, problem)
            problems.clear()


def _strangers(fact: Fact, allowed: frozenset[str]) -> list[Problem]:
    """The models of a fact that the strict list of the head lacks."""
    return [
        Problem(
            ("model", index),
            False,
            f"the model {shown(model)} is not in the record's list of models",
            suggest(model, sorted(allowed)) or "add it to 'models:' in the head",
        )
        for index, model in enumerate(fact.models)
        if model not in allowed
    ]


def _names_written(raw: object) -> list[str]:
    """The id and key of a fact that could not be read, so that naming it is no second error."""
    if not isinstance(raw, dict):
        return []
    return [name for name in (raw.get("id"), raw.get("key")) if isinstance(name, str)]


def _check_together(
    facts: Sequence[Fact], unread: set[str], owners: Sequence[RecordFile], reports: _Reports
) -> None:
    """Report what is wrong between facts: names used twice, corrections that cannot apply."""

    def report(fact: Fact, problem: Problem) -> None:
        reports.add(owners[fact.order], fact.span, problem)

    check_names(facts, report)
    check_corrections(facts, unread, report)
