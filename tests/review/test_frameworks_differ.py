"""The same facts under real frameworks: where they differ, and where they agree."""

from __future__ import annotations

import pytest

from ifthen import compare, load_policy, parse_record, policy_ids, rule
from ifthen.policy.source import Source
from ifthen.review.requirements import requirements
from ifthen.vocabulary import FAMILIES

GROWTH = """
record: Example Lab
facts:
  - {{id: f1, date: 2025-01-01, kind: training_started, model: m, effective_compute: 1e25}}
  - {{id: f2, date: 2025-01-10, kind: assessment_started, model: m, effective_compute: 1e25}}
  - {{id: f3, date: 2025-01-10, kind: assessment_completed, model: m, effective_compute: 1e25}}
  - {{id: f4, date: 2025-02-10, kind: training_progress, model: m, effective_compute: {compute}}}
"""
CLAUSES = {
    "anthropic/rsp@1.0": "growth-cadence",
    "openai/preparedness@beta": "evaluation",
    "deepmind/fsf@1.0": "compute-cadence",
}


@pytest.mark.parametrize(
    ("compute", "statuses"),
    [
        ("1.9e25", ("pending", "pending", "pending")),
        ("2.5e25", ("pending", "breached", "pending")),
        ("6.5e25", ("breached", "breached", "missed")),
    ],
)
def test_growth_since_the_last_evaluation_asks_for_another(
    compute: str, statuses: tuple[str, ...]
) -> None:
    record = parse_record(Source("record.yaml", GROWTH.format(compute=compute)))
    policies = [load_policy(name) for name in CLAUSES]
    compared = compare(policies, record, "2025-02-11")
    (cells,) = (cells for family, cells in compared.rows if family == "cadence")
    found = []
    for cell in cells:
        clause = f"{cell.policy}#{CLAUSES[cell.policy]}"
        about = [finding for finding in cell.findings if finding.clause == clause]
        found.append(about[0].status)
    assert tuple(found) == statuses


def test_every_policy_of_the_package_says_what_each_clause_is_about() -> None:
    for name in policy_ids():
        table = requirements(load_policy(name))
        assert set(table) == set(FAMILIES)
        assert sum(map(len, table.values())) > 0, name


def test_a_policy_is_ruled_alike_alone_and_beside_others() -> None:
    record = parse_record(Source("record.yaml", GROWTH.format(compute="6.5e25")))
    policies = [load_policy(name) for name in CLAUSES]
    compared = compare(policies, record, "2025-02-11")
    for policy in policies:
        alone = rule([policy], record, "2025-02-11", throughout=True)
        beside = [
            finding
            for _, cells in compared.rows
            for cell in cells
            if cell.policy == policy.id
            for finding in cell.findings
        ]
        silent = sum(
            cell.silent for _, cells in compared.rows for cell in cells if cell.policy == policy.id
        )
        assert len(beside) + silent == len(alone.findings)
        assert {finding.key for finding in beside} <= {finding.key for finding in alone.findings}
