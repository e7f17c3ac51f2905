"""Cross-walks: which parts of each policy answer an element that somebody asks of all of them.

A cross-walk lists the elements of a common checklist, such as METR's or the Seoul commitments, and
for each policy the clauses, thresholds, standards and other named parts that answer it. It says
where to look; whether the answer is good enough is for the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from ifthen.policy.fields import ID, ROW, TEXT, Field, Form, Shape
from ifthen.policy.load import load_policy, policy_ids
from ifthen.policy.model import Policy, Procedure
from ifthen.policy.names import Problems
from ifthen.policy.reader import Reader, Values
from ifthen.policy.source import NOWHERE, Diagnostic, InputError, Source, Span, did_you_mean
from ifthen.policy.yaml import Mapping as MappingNode
from ifthen.policy.yaml import Node, Scalar, Sequence, compose, read_source, shorten
from ifthen.review.coverage import Coverage, RowCoverage
from ifthen.vocabulary import NOT_CHECKABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """One named part of a policy."""

    part: str
    """What it is: clause, step, threshold, standard, criterion, category, role, reading, term."""
    id: str
    """Its id; ``CLAUSE/ID`` for a step, ``STANDARD/ID`` for a criterion."""

    def __str__(self) -> str:
        return f"{self.part} {self.id}"


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that a cross-walk asks of policies."""

    row: str
    """Row of the facts, such as ``CE-1``."""
    title: str
    text: str
    """What is asked, in our words."""
    source: str
    answers: Mapping[str, tuple[Answer, ...]]
    """Policy to the parts that answer; none where nothing in it does."""
    note: str = ""
    reason: str = ""
    """Why no policy can answer it, a key of ``NOT_CHECKABLE``."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The element in JSON."""
        return {
            "element": self.row,
            "title": self.title,
            "text": self.text,
            "source": self.source,
            "answers": {
                policy: [{"part": answer.part, "id": answer.id} for answer in answers]
                for policy, answers in self.answers.items()
            },
            "note": self.note or None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A checklist, and how every policy answers it."""

    id: str
    title: str
    source: str
    policies: tuple[str, ...]
    """Policies for which every element says what answers it; empty where each chooses its own."""
    elements: tuple[Element, ...]

    def as_json(self) -> dict[str, Any]:
        """The cross-walk in JSON."""
        return {
            "crosswalk": self.id,
            "title": self.title,
            "source": self.source,
            "policies": list(self.policies),
            "elements": [element.as_json() for element in self.elements],
        }


_ELEMENT = Shape(
    "element",
    "One thing that is asked of policies.",
    (
        Field("element", ROW, "The row of the facts.", required=True),
        Field("title", TEXT, "One line in our own words.", required=True),
        Field("text", TEXT, "What is asked, in our words.", required=True),
        Field("source", TEXT, "Where it is asked.", required=True),
        Field("answers", Form("node"), "Policy to the ids of the parts that answer."),
        Field("note", TEXT, "What the answers leave open."),
        Field("reason", Form("option", options=tuple(NOT_CHECKABLE)), "Why none can answer it."),
    ),
    exactly_one=(("answers", "reason"),),
    needs=(("reason", "note"),),
)
_FILE = Shape(
    "cross-walk",
    "A checklist, and how every policy answers it.",
    (
        Field("crosswalk", ID, "Its name.", required=True),
        Field("title", TEXT, "One line in our own words.", required=True),
        Field("source", TEXT, "The document it is taken from.", required=True),
        Field(
            "policies",
            Form("list", Form("node")),
            "Policies for which every element must say what answers it.",
        ),
        Field("elements", Form("list", Form("shape", shape=_ELEMENT)), "The list.", required=True),
    ),
)


def crosswalk_names() -> tuple[str, ...]:
    """Names of the cross-walks that come with the package, sorted."""
    return tuple(sorted(_packaged()))


def load_crosswalk(name_or_path: str | Path) -> Crosswalk:
    """A cross-walk of the package by its name, or one from a file.

    Raises:
        InputError: there is none, or it has problems, such as a policy or an id that does not
            exist: every one of them, each with its place.
    """
    found = _packaged().get(str(name_or_path))
    path = found or Path(name_or_path)
    if found is None and path.suffix not in (".yaml", ".yml"):
        known = crosswalk_names()
        name = shorten(str(name_or_path))
        hint = " ".join(filter(None, (did_you_mean(name, known), f"known: {', '.join(known)}")))
        problem = Diagnostic(Source(name, ""), NOWHERE, "there is no such cross-walk", hint)
        raise InputError([problem])
    return parse_crosswalk(read_source(path))


def parse_crosswalk(source: Source) -> Crosswalk:
    """A cross-walk from the text of its document.

    Raises:
        InputError: the document has problems: every one of them, sorted by place.
    """
    problems = Problems(source)
    document = Reader(source, problems).shape(compose(source), _FILE)
    if document is None:
        raise InputError(problems.sorted())
    builder = _Builder(problems)
    policies = builder.policies(document)
    elements = tuple(
        builder.element(values, policies)
        for values in document.get("elements") or ()
        if values is not None
    )
    builder.check_unique(elements)
    if problems:
        raise InputError(problems.sorted())
    return Crosswalk(
        document.get("crosswalk").text,
        document.get("title"),
        document.get("source"),
        policies,
        elements,
    )


def coverage_of(crosswalk: Crosswalk) -> Coverage:
    """The elements as rows: answered by some policy, not checkable with a reason, or missing."""
    rows = []
    for element in crosswalk.elements:
        by = tuple(policy for policy, answers in element.answers.items() if answers)
        if element.reason:
            state = RowCoverage(
                element.row, "not_checkable", reason=element.reason, why=element.note
            )
        elif by:
            state = RowCoverage(element.row, "encoded", by)
        else:
            state = RowCoverage(element.row, "missing", why="no policy answers it")
        rows.append(state)
    # The shares of reasons bind the encoding of a policy, not a list of questions.
    return Coverage(crosswalk.id, tuple(rows), (), "a list of questions, not of promises")


class _Builder:
    """Resolves policies and ids, gathering problems."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._parts: dict[str, Mapping[str, tuple[Answer, ...]]] = {}
        self._known = policy_ids()

    def policies(self, document: Values) -> tuple[str, ...]:
        """The policies that every element answers for."""
        found: dict[str, None] = {}
        for node in document.get("policies") or ():
            if isinstance(node, Scalar) and self._exists(node):
                found[node.text] = None
            elif not isinstance(node, Scalar):
                self.problems.add(node.span, "expected the id of a policy")
        return tuple(found)

    def element(self, values: Values, policies: tuple[str, ...]) -> Element:
        """An element with its answers resolved."""
        row = values.get("element")
        answers: dict[str, tuple[Answer, ...]] = {}
        node = values.get("answers")
        if isinstance(node, MappingNode):
            answers = self._answers(node, policies)
        elif node is not None:
            self.problems.add(node.span, "expected a mapping from policies to ids")
        if node is not None:
            given = {key.text for key, _ in getattr(node, "entries", ())}
            for policy in policies:
                if policy not in given:
                    hint = "write [] where nothing in it answers"
                    self.problems.add(values.keys["answers"], f"no answer for {policy}", hint)
        return Element(
            "" if row is None else row.text,
            values.get("title", ""),
            values.get("text", ""),
            values.get("source", ""),
            answers,
            values.get("note", ""),
            values.get("reason", ""),
            values.span,
        )

    def check_unique(self, elements: tuple[Element, ...]) -> None:
        """Report an element that is given twice."""
        seen: set[str] = set()
        for element in elements:
            if element.row in seen:
                self.problems.add(element.span, f"the element {element.row} is given twice")
            seen.add(element.row)

    def _answers(
        self, node: MappingNode, policies: tuple[str, ...]
    ) -> dict[str, tuple[Answer, ...]]:
        given = {key.text: value for key, value in node.entries}
        answers = {}
        for key, value in node.entries:
            if not self._exists(key):
                continue
            if policies and key.text not in policies:
                message = f"{key.text} is not among the policies of this cross-walk"
                self.problems.add(key.span, message, "add it under 'policies'")
            ids = self._ids(value, given)
            answers[key.text] = tuple(
                answer
                for item in ids
                if (answer := self._answer(key.text, item, value)) is not None
            )
        return answers

    def _ids(self, value: Node, given: Mapping[str, Node]) -> tuple[Scalar, ...]:
        """The ids listed, or those of the other policy that is named in place of a list."""
        if isinstance(value, Scalar) and value.text in given:
            other = given[value.text]
            if isinstance(other, Sequence):
                return tuple(item for item in other.items if isinstance(item, Scalar))
        if isinstance(value, Sequence):
            for item in value.items:
                if not isinstance(item, Scalar):
                    self.problems.add(item.span, "expected the id of a part of the policy")
            return tuple(item for item in value.items if isinstance(item, Scalar))
        hint = "write [id, id], or another policy of this element whose ids are the same"
        self.problems.add(value.span, "expected a list of ids", hint)
        return ()

    def _answer(self, policy: str, item: Scalar, value: Node) -> Answer | None:
        """The part of a policy that an id names; ``PART ID`` where the id alone names several."""
        parts = self._parts_of(policy)
        span = item.span if isinstance(value, Sequence) else value.span
        part, space, rest = item.text.partition(" ")
        found = parts.get(rest.strip() if space else part, ())
        if space:
            found = tuple(answer for answer in found if answer.part == part)
        if len(found) == 1:
            return found[0]
        if found:
            listed = " or ".join(f"'{answer}'" for answer in found)
            self.problems.add(span, f"'{item.text}' names several parts", f"write {listed}")
        else:
            self.problems.unknown(span, "part", item.text, parts, f"of {policy}")
        return None

    def _exists(self, scalar: Scalar) -> bool:
        if scalar.text in self._known:
            return True
        self.problems.unknown(scalar.span, "policy", scalar.text, self._known)
        return False

    def _parts_of(self, policy: str) -> Mapping[str, tuple[Answer, ...]]:
        if policy not in self._parts:
            found: dict[str, tuple[Answer, ...]] = {}
            for answer in _parts(load_policy(policy)):
                found[answer.id] = (*found.get(answer.id, ()), answer)
            self._parts[policy] = found
        return self._parts[policy]


def _parts(policy: Policy) -> Iterator[Answer]:
    """Everything in a policy that an answer can name."""
    for clause in policy.clauses:
        yield Answer("clause", clause.common.id)
        if isinstance(clause, Procedure):
            yield from (Answer("step", f"{clause.common.id}/{step.id}") for step in clause.steps)
    for standard in policy.standards.values():
        yield Answer("standard", standard.id)
        for criterion in standard.criteria:
            yield Answer("criterion", f"{standard.id}/{criterion.id}")
    tables = {
        "threshold": policy.thresholds,
        "category": policy.categories,
        "role": policy.roles,
        "reading": policy.readings,
        "term": policy.terms,
    }
    for part, table in tables.items():
        yield from (Answer(part, id) for id in table)


def _packaged() -> dict[str, Path]:
    root = Path(str(files("ifthen"))) / "policies" / "crosswalks"
    return {path.stem: path for path in root.glob("*.yaml")}
