"""A true explanation is confirmed, a false one refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import get_args

import mutants
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_records import ENDS, records

from ifthen import Finding, Policy, Record, load_policy, load_record, moment, rule
from ifthen.ruling.check import Checker, check
from ifthen.ruling.explain import explanation, from_json
from ifthen.ruling.outcome import Status

HERE = Path(__file__).parent
EXAMPLE_DATES = ("2023-12-01", "2024-06-01", "2024-12-01", "2025-04-01", "2025-06-01", "2025-12-31")
SMALL_DATES = ("2024-04-20", "2024-06-05", "2024-09-30", "2025-01-31")
STATUSES = frozenset(get_args(Status)) - {"available"}


@pytest.fixture(scope="module")
def small() -> Policy:
    return load_policy(HERE / "small.yaml")


@pytest.fixture(scope="module")
def small_record() -> Record:
    return load_record(HERE / "small-record.yaml")


@pytest.fixture(scope="module")
def example() -> tuple[list[Policy], Record]:
    policies = [load_policy(f"anthropic/rsp@{version}") for version in ("1.0", "2.0", "2.1", "2.2")]
    return policies, load_record(str(files("ifthen") / "examples" / "anthropic.yaml"))


def checked(
    policies: list[Policy], record: Record, at: str, known: str, *, throughout: bool = False
) -> Iterator[tuple[Finding, Checker]]:
    """Every finding, with what checks those of its policy."""
    one, other = moment(at), moment(known)
    checkers = {p.id: Checker(p, record, one, other, throughout=throughout) for p in policies}
    for finding in rule(policies, record, one, other, throughout=throughout).findings:
        yield finding, checkers[finding.policy]


# --- true explanations are confirmed -----------------------------------------------------------


@pytest.mark.parametrize("date", EXAMPLE_DATES)
def test_every_finding_of_the_example_record_is_confirmed(
    example: tuple[list[Policy], Record], date: str
) -> None:
    seen = 0
    for finding, checker in checked(*example, date, date):
        assert checker.check(finding) == (), finding.clause
        seen += 1
    assert seen >= 40


def test_the_example_record_is_confirmed_as_it_was_known_before(
    example: tuple[list[Policy], Record],
) -> None:
    for finding, checker in checked(*example, "2025-06-01", "2025-02-01"):
        assert checker.check(finding) == (), finding.clause


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records(), at=st.sampled_from(ENDS), throughout=st.booleans())
def test_every_finding_of_random_records_is_confirmed(
    small: Policy, record: Record, at: str, throughout: bool
) -> None:
    for finding, checker in checked([small], record, at, at, throughout=throughout):
        assert checker.check(finding) == (), finding


def test_the_small_record_brings_up_everything(small: Policy, small_record: Record) -> None:
    found = [
        finding
        for date in SMALL_DATES
        for finding, checker in checked([small], small_record, date, date)
        if checker.check(finding) == ()
    ]
    assert {finding.clause.partition("#")[2].partition("/")[0] for finding in found} == {
        clause.common.id for clause in small.clauses
    }
    assert {finding.status for finding in found} >= STATUSES
    assert any(len({r.outcome.status for r in finding.readings}) > 1 for finding in found)
    assert any("acknowledgement" in text for finding in found for text in finding.assumes)
    assert any("memory" in text for finding in found for text in finding.unknown)
    assert any(finding.outcome.between for finding in found)


# --- false ones are refused --------------------------------------------------------------------

CLASSES = {
    "finding.status": 800,
    "finding.title": 100,
    "finding.readings": 20,
    "reading.option": 20,
    "outcome.status": 1000,
    "outcome.triggered": 200,
    "outcome.due": 200,
    "outcome.done": 100,
    "outcome.late_seconds": 80,
    "outcome.early_seconds": 80,
    "outcome.limits": 200,
    "outcome.between": 80,
    "outcome.instance": 100,
    "outcome.facts": 1000,
    "outcome.unknown": 10,
    "outcome.assumes": 80,
    "outcome.carry": 100,
    "step.rule": 800,
    "step.text": 800,
    "step.value": 800,
    "step.facts": 2000,
    "step.detail": 2000,
    "step.unknown": 400,
    "step.assumes": 400,
    "step.dropped": 400,
    "step.doubled": 400,
}
"""The fewest mutants of each class that a run must refuse."""


def refused(findings: Iterator[tuple[Finding, Checker]], facts: list[str]) -> Counter[str]:
    """How many mutants of each class are refused; none may be confirmed."""
    counted: Counter[str] = Counter()
    for finding, checker in findings:
        for label, mutant in mutants.findings(finding, facts):
            if mutant != finding or repr(mutant) != repr(finding):
                assert checker.check(mutant), (label, finding, mutant)
                counted[label] += 1
    return counted


def test_every_mutant_of_the_small_record_is_refused(small: Policy, small_record: Record) -> None:
    counted: Counter[str] = Counter()
    for date in SMALL_DATES:
        counted += refused(checked([small], small_record, date, date), ["c1", "d1", "unheard-of"])
    assert {name: counted[name] for name, least in CLASSES.items() if counted[name] < least} == {}


def test_mutants_of_the_example_record_are_refused(
    example: tuple[list[Policy], Record],
) -> None:
    every = checked(*example, "2025-12-31", "2025-12-31")
    some = (pair for number, pair in enumerate(every) if number % 24 == 0)
    assert refused(some, ["ant-001", "unheard-of"]).total() >= 8000


def test_a_finding_is_refused_for_another_record_policy_or_moment(
    small: Policy, small_record: Record, example: tuple[list[Policy], Record]
) -> None:
    at = moment("2024-09-30")
    finding = next(f for f in rule([small], small_record, at).findings if f.status == "late")
    assert check(finding, small, small_record, at, at) == ()
    assert check(finding, example[0][0], small_record, at, at)
    assert check(finding, small, replace(small_record, facts=()), at, at)
    assert check(finding, small, small_record, moment("2024-01-31"), at)
    assert check(finding, small, small_record, at, moment("2024-01-31"))


# --- explanations are kept ---------------------------------------------------------------------


def test_an_explanation_can_be_kept_and_checked_later(small: Policy, small_record: Record) -> None:
    for finding, checker in checked([small], small_record, "2024-09-30", "2024-09-30"):
        kept = from_json(json.loads(json.dumps(explanation(finding))))
        assert kept == finding
        assert checker.check(kept) == ()


def test_what_is_no_explanation_is_refused_with_the_place() -> None:
    with pytest.raises(ValueError, match="policy"):
        from_json({"policy": 1})
