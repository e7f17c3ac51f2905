"""Which standard a threshold requires is content: put another there, and some case fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ifthen.policy.load import load_policy, policy_ids
from ifthen.policy.model import Policy
from ifthen.review.cases import Case, cases_of
from ifthen.review.coverage import run_case

REQUIRING = [
    name for name in policy_ids() if any(t.requires for t in load_policy(name).thresholds.values())
]


@pytest.mark.parametrize("name", REQUIRING)
def test_no_other_standard_would_pass(name: str) -> None:
    policy = load_policy(name)
    cases = cases_of(name)
    unnoticed = [
        f"{threshold}: {list(policy.thresholds[threshold].requires)} -> {list(others)}"
        for threshold, others in _mutants(policy)
        if not _noticed(policy, threshold, others, cases)
    ]
    assert unnoticed == []


def _mutants(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every threshold that requires something, with each other set it might require."""
    sets = {(), *((one,) for one in policy.standards), *policy.groups.values()}
    for threshold in policy.thresholds.values():
        if threshold.requires:
            for others in sorted(sets):
                if set(others) != set(threshold.requires):
                    yield threshold.id, others


def _noticed(
    policy: Policy, threshold: str, others: tuple[str, ...], cases: tuple[Case, ...]
) -> bool:
    """Whether a case that finds something of this threshold fails with these standards."""
    changed = replace(policy.thresholds[threshold], requires=others)
    mutant = replace(policy, thresholds={**policy.thresholds, threshold: changed})
    return any(not run_case(mutant, case).passed for case in cases if _about(case, threshold))


def _about(case: Case, threshold: str) -> bool:
    return any(
        fact.attributes.get("findings", {}).get(threshold, "below") != "below"
        for trial in case.trials
        for fact in trial.facts
    )
