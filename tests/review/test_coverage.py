"""Every policy of the package answers for every row of its text, and every case passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ifthen.policy.load import load_policy, parse_policy, policy_ids
from ifthen.policy.source import Source
from ifthen.review.cases import Case, cases_of, load_cases
from ifthen.review.coverage import MOST_NOT_CHECKABLE, coverage, run_case
from ifthen.ruling.rule import rule


@pytest.mark.parametrize("name", policy_ids())
def test_every_row_is_answered_for(name: str) -> None:
    found = coverage(load_policy(name), cases_of(name))
    share = float(found.share_not_checkable)
    print(f"\n{name}: {len(found.rows)} rows, {share:.1%} not checkable")
    problems = [
        f"{row.row}: {row.why}: "
        + "; ".join(f"{r.case.place}: {r.problem}" for r in row.results if not r.passed)
        for row in found.rows
        if row.state == "missing"
    ]
    assert problems == []
    assert [f"{result.case.place}: {result.problem}" for result in found.stray] == []
    assert found.share_not_checkable <= MOST_NOT_CHECKABLE or found.argument
    assert found.complete


def test_a_case_is_ruled_as_the_whole_policy_would_rule_it() -> None:
    policy = load_policy("anthropic/rsp@2.0")
    cases = cases_of(policy.id)[::12]
    for case in cases:
        result = run_case(policy, case)
        if case.without is None:
            for trial, found in zip(case.trials, result.found, strict=True):
                assert _status(policy, case, trial.facts) == found


def _status(policy: object, case: Case, facts: object) -> str:
    from ifthen.record.model import Record
    from ifthen.vocabulary import KINDS

    record = Record("case", False, frozenset(KINDS), facts)  # type: ignore[arg-type]
    ruling = rule([policy], record, case.at, throughout=True)  # type: ignore[list-item]
    fitting = [
        finding.status
        for finding in ruling.findings
        if finding.clause.partition("#")[2] == case.finding
        and case.instance in (None, finding.outcome.instance)
        and case.model in (None, finding.subject.model)
    ]
    return fitting[-1] if fitting else "none"


POLICY = """
policy: lab/safety@1
title: Safety
source: Safety
rows: [LAB-01..LAB-04]
clauses:
  - id: report
    kind: whenever
    title: Report incidents
    source: s.1
    encodes: [LAB-01, LAB-02]
    when: incident
    then: incident_reported
    within: 3 days
not_checkable:
  - {row: LAB-03, reason: explanation, why: says why}
"""
CASE = """
  - row: LAB-01
    finding: report
    at: 2025-03-01
    given: [{date: 2025-02-01, kind: incident}]
    keeps: [{date: 2025-02-03, kind: incident_reported}]
    breaks: []
    status: {keeps: met, breaks: breached}
"""


def run(tmp_path: Path, cases: str) -> tuple[dict[str, str], dict[str, str], bool]:
    """States by row, problems by row, and whether the coverage is complete."""
    path = tmp_path / "safety-1.cases.yaml"
    path.write_text("policy: lab/safety@1\ncases:" + cases)
    policy = parse_policy(Source("safety-1.yaml", POLICY))
    found = coverage(policy, load_cases(path).cases)
    problems = {
        result.case.row: result.problem
        for row in found.rows
        for result in row.results
        if result.problem
    }
    problems.update({result.case.row: result.problem for result in found.stray})
    return {row.row: row.state for row in found.rows}, problems, found.complete


def test_rows_without_a_case_or_an_element_are_missing(tmp_path: Path) -> None:
    states, problems, complete = run(tmp_path, CASE)
    assert states == {
        "LAB-01": "encoded",
        "LAB-02": "missing",
        "LAB-03": "not_checkable",
        "LAB-04": "missing",
    }
    assert (problems, complete) == ({}, False)


def test_a_failing_case_says_what_was_found(tmp_path: Path) -> None:
    states, problems, _ = run(tmp_path, CASE.replace("breaks: breached", "breaks: late"))
    assert states["LAB-01"] == "missing"
    assert problems["LAB-01"].startswith("breaks: expected late, found breached (Report incidents")


def test_a_case_that_shows_nothing_fails(tmp_path: Path) -> None:
    case = CASE.replace("breaks: []", "breaks: [{date: 2025-02-02, kind: incident_reported}]")
    _, problems, _ = run(tmp_path, case.replace("breaks: breached", "breaks: met"))
    assert problems["LAB-01"] == "both records expect met: the case shows nothing"


def test_unknown_clauses_elements_and_rows_are_named(tmp_path: Path) -> None:
    _, problems, _ = run(tmp_path, CASE.replace("finding: report", "finding: reprot"))
    assert problems["LAB-01"] == "there is no clause 'reprot'. did you mean 'report'?"
    _, problems, complete = run(tmp_path, CASE.replace("LAB-01", "LAB-04"))
    assert problems == {"LAB-04": "row LAB-04 is not encoded by lab/safety@1"}
    assert not complete
    without = CASE.replace("keeps: [{date: 2025-02-03, kind: incident_reported}]", "")
    without = without.replace("breaks: []", "without: clause reprot")
    without = without.replace("keeps: met, breaks: breached", "with: breached, without: none")
    _, problems, _ = run(tmp_path, without)
    assert problems["LAB-01"] == "there is no clause 'reprot'. did you mean 'report'?"
    states, problems, _ = run(tmp_path, without.replace("clause reprot", "clause report"))
    assert (states["LAB-01"], problems) == ("encoded", {})


def test_more_than_a_quarter_needs_an_argument(tmp_path: Path) -> None:
    text = POLICY.replace("LAB-01..LAB-04", "LAB-01, LAB-03").replace(", LAB-02]", "]")
    for argument, needed in (("", True), ("argument: It is all preamble.\n", False)):
        policy = parse_policy(Source("safety-1.yaml", text + argument))
        found = coverage(policy, ())
        assert found.needs_argument is needed
