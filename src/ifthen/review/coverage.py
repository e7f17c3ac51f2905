"""Coverage: does an encoded policy answer for every row of its text.

A row counts as encoded only where an element of the policy names it and its cases pass: the clause
is kept by one record and broken by another, or the finding changes without the element. Every
other row is either listed as not checkable, with a reason from a closed list, or missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from ifthen.policy.model import Policy, Power, Procedure
from ifthen.policy.source import did_you_mean
from ifthen.record.model import Record
from ifthen.review.cases import Case, Expected, Trial
from ifthen.review.without import NoSuchElement, without
from ifthen.ruling.finding import Finding
from ifthen.ruling.rule import rule
from ifthen.vocabulary import KINDS

MOST_NOT_CHECKABLE = Fraction(1, 4)
"""The share of rows that may be not checkable without an argument."""

State: TypeAlias = Literal["encoded", "not_checkable", "missing"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case expected and what the ruling says."""

    case: Case
    found: tuple[Expected, ...]
    """The statuses of both records, as far as they could be ruled."""
    problem: str = ""
    """Why the case fails; empty where it passes."""

    @property
    def passed(self) -> bool:
        """Whether both records come out as the case says."""
        return not self.problem

    def as_json(self) -> dict[str, Any]:
        """``{"finding", "place", "expected", "found", "passed", "problem"}``."""
        case = self.case
        sides = [trial.side for trial in case.trials]
        return {
            "finding": case.finding,
            "without": str(case.without) if case.without else None,
            "place": case.place,
            "inherited": case.inherited,
            "expected": {trial.side: trial.expected for trial in case.trials},
            "found": dict(zip(sides, self.found, strict=False)),
            "passed": self.passed,
            "problem": self.problem or None,
        }


@dataclass(frozen=True, slots=True)
class RowCoverage:
    """How one row of the text is answered for."""

    row: str
    state: State
    by: tuple[str, ...] = ()
    """Elements that encode it: ``clause deploy-gate``, ``threshold cbrn``."""
    results: tuple[CaseResult, ...] = ()
    reason: str = ""
    """Why it is not checkable, a key of ``NOT_CHECKABLE``."""
    why: str = ""
    """The reason in one line; for a missing row, what is missing."""

    def as_json(self) -> dict[str, Any]:
        """``{"row", "state", "by", "cases", "reason", "why"}``."""
        return {
            "row": self.row,
            "state": self.state,
            "by": list(self.by),
            "cases": [result.as_json() for result in self.results],
            "reason": self.reason or None,
            "why": self.why or None,
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a policy answers for its rows."""

    policy: str
    rows: tuple[RowCoverage, ...]
    stray: tuple[CaseResult, ...]
    """Cases for rows that the policy does not encode."""
    argument: str
    """Why more than a quarter is not checkable, where the policy says so."""

    def count(self, state: State) -> int:
        """How many rows are in a state."""
        return sum(row.state == state for row in self.rows)

    @property
    def share_not_checkable(self) -> Fraction:
        """The share of rows that are not checkable."""
        return Fraction(self.count("not_checkable"), max(1, len(self.rows)))

    @property
    def needs_argument(self) -> bool:
        """Whether more than a quarter of the rows is not checkable and nothing says why."""
        return self.share_not_checkable > MOST_NOT_CHECKABLE and not self.argument

    @property
    def complete(self) -> bool:
        """Whether every row is answered for."""
        return not (self.count("missing") or self.stray or self.needs_argument)

    def as_json(self) -> dict[str, Any]:
        """The coverage in JSON."""
        return {
            "policy": self.policy,
            "complete": self.complete,
            "counts": {
                "rows": len(self.rows),
                "encoded": self.count("encoded"),
                "not_checkable": self.count("not_checkable"),
                "missing": self.count("missing"),
                "cases": sum(len(row.results) for row in self.rows) + len(self.stray),
            },
            "share_not_checkable": round(float(self.share_not_checkable), 4),
            "needs_argument": self.needs_argument,
            "rows": [row.as_json() for row in self.rows],
            "stray_cases": [result.as_json() for result in self.stray],
        }


def coverage(policy: Policy, cases: Iterable[Case]) -> Coverage:
    """Run the cases and say of every row of the policy how it is answered for.

    Cases taken over from another version, for rows that this version does not encode, are left out.
    """
    encoding = encoded_rows(policy)
    by_row: dict[str, list[CaseResult]] = {}
    stray = []
    for case in cases:
        if case.row in encoding:
            by_row.setdefault(case.row, []).append(run_case(policy, case))
        elif not case.inherited:
            problem = f"row {case.row} is not encoded by {policy.id}"
            stray.append(CaseResult(case, (), problem))
    reasons = {entry.row: entry for entry in policy.not_checkable}
    rows = []
    for row in policy.rows:
        entry = reasons.get(row)
        if entry is not None:
            rows.append(RowCoverage(row, "not_checkable", reason=entry.reason, why=entry.why))
        else:
            rows.append(_row(row, encoding.get(row, ()), by_row.get(row, ())))
    return Coverage(policy.id, tuple(rows), tuple(stray), policy.argument)


def _row(row: str, by: Sequence[str], results: Sequence[CaseResult]) -> RowCoverage:
    failing = sum(not result.passed for result in results)
    if not by:
        why = "no element of the policy encodes it"
    elif not results:
        why = "it has no case"
    elif failing:
        why = f"{failing} of {len(results)} cases fail" if len(results) > 1 else "its case fails"
    else:
        return RowCoverage(row, "encoded", tuple(by), tuple(results))
    return RowCoverage(row, "missing", tuple(by), tuple(results), why=why)


def encoded_rows(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Every row that an element encodes, with the elements that do."""
    found: dict[str, dict[str, None]] = {}
    for element, rows in _elements(policy):
        for row in rows:
            found.setdefault(row, {})[element] = None
    return {row: tuple(elements) for row, elements in found.items()}


def _elements(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    tables: Mapping[str, Mapping[str, Any]] = {
        "term": policy.terms,
        "reading": policy.readings,
        "threshold": policy.thresholds,
        "category": policy.categories,
        "standard": policy.standards,
        "role": policy.roles,
    }
    for part, table in tables.items():
        for element in table.values():
            yield f"{part} {element.id}", element.encodes
    for category in policy.categories.values():
        for level in category.levels.values():
            yield f"level {category.id}/{level.id}", level.encodes
    for standard in policy.standards.values():
        for criterion in standard.criteria:
            yield f"criterion {standard.id}/{criterion.id}", criterion.encodes
    for clause in policy.clauses:
        yield f"clause {clause.common.id}", clause.common.encodes
        if isinstance(clause, Procedure):
            for step in clause.steps:
                yield f"step {clause.common.id}/{step.id}", step.encodes


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Rule both records of a case and compare."""
    known = _finding_names(policy)
    if case.finding not in known:
        hint = did_you_mean(case.finding, known)
        return CaseResult(case, (), f"there is no clause '{case.finding}'. {hint}".rstrip())
    found: list[Expected] = []
    problems = []
    for trial in case.trials:
        tried = policy
        if trial.side == "without" and case.without is not None:
            try:
                tried = without(policy, case.without)
            except NoSuchElement as error:
                return CaseResult(case, tuple(found), str(error))
        finding = _finding(tried, case, trial)
        status: Expected = "none" if finding is None else finding.status
        found.append(status)
        if status != trial.expected:
            said = f" ({finding.says})" if finding is not None else ""
            problems.append(f"{trial.side}: expected {trial.expected}, found {status}{said}")
    first, second = case.trials
    if first.expected == second.expected:
        problems.append(f"both records expect {first.expected}: the case shows nothing")
    return CaseResult(case, tuple(found), "; ".join(problems))


def _finding_names(policy: Policy) -> list[str]:
    names = []
    for clause in policy.clauses:
        names.append(clause.common.id)
        if isinstance(clause, Procedure):
            names.extend(f"{clause.common.id}/{step.id}" for step in clause.steps)
        if isinstance(clause, Power) and clause.price is not None:
            names.append(f"{clause.common.id}/price")
    return names


def _finding(policy: Policy, case: Case, trial: Trial) -> Finding | None:
    """The finding that a case is about: the last one that fits."""
    record = Record("case", public=False, complete=frozenset(KINDS), facts=trial.facts)
    ruling = rule([_concerned(policy, case)], record, case.at, throughout=True)
    wanted = f"{policy.id}#{case.finding}"
    fitting = [
        finding
        for finding in ruling.findings
        if finding.clause == wanted
        and case.instance in (None, finding.outcome.instance)
        and case.model in (None, finding.subject.model)
    ]
    return fitting[-1] if fitting else None


def _concerned(policy: Policy, case: Case) -> Policy:
    """The policy with only the clauses that the finding can depend on: its own and procedures."""
    own = case.finding.partition("/")[0]
    clauses = (c for c in policy.clauses if c.common.id == own or isinstance(c, Procedure))
    return replace(policy, clauses=tuple(clauses))
