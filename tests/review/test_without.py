"""A policy without one of its elements."""

from __future__ import annotations

from pathlib import Path

import pytest

from ifthen.policy.load import load_policy
from ifthen.policy.model import Bound, Power, Procedure
from ifthen.review.cases import Part, Removal
from ifthen.review.without import NoSuchElement, without

POLICY = load_policy("anthropic/rsp@2.0")
FRAMEWORK = Path(__file__).parents[1] / "policy" / "good" / "frameworks.yaml"


def test_a_threshold_leaves_no_trace_among_thresholds() -> None:
    changed = without(POLICY, Removal("threshold", "autonomy-checkpoint"))
    assert "autonomy-checkpoint" not in changed.thresholds
    assert all("autonomy-checkpoint" not in t.above for t in changed.thresholds.values())


def test_a_standard_is_required_no_more() -> None:
    changed = without(POLICY, Removal("standard", "asl-3-security"))
    assert changed.groups["asl-3"] == ("asl-3-deployment",)
    assert all("asl-3-security" not in t.requires for t in changed.thresholds.values())


def test_clause_step_and_criterion_are_gone() -> None:
    changed = without(POLICY, Removal("clause", "deploy-gate"))
    assert len(changed.clauses) == len(POLICY.clauses) - 1
    changed = without(POLICY, Removal("step", "capability-decision/tell"))
    procedure = next(c for c in changed.clauses if c.common.id == "capability-decision")
    assert isinstance(procedure, Procedure)
    assert "tell" not in [step.id for step in procedure.steps]
    changed = without(POLICY, Removal("criterion", "asl-3-deployment/red-teaming"))
    criteria = changed.standards["asl-3-deployment"].criteria
    assert "red-teaming" not in [criterion.id for criterion in criteria]


def test_a_term_has_no_bound_and_a_reading_no_choice() -> None:
    changed = without(POLICY, Removal("term", "promptly"))
    assert changed.terms["promptly"].charitable == Bound("any")
    changed = without(POLICY, Removal("reading", "clock-anchor"))
    assert list(changed.readings["clock-anchor"].options) == ["start"]


def test_without_a_category_or_level_no_model_has_one() -> None:
    policy = load_policy(FRAMEWORK)
    changed = without(policy, Removal("category", "persuasion"))
    assert list(changed.categories) == ["cybersecurity"]
    cyber = without(policy, Removal("level", "cybersecurity/high")).categories["cybersecurity"]
    assert list(cyber.levels) == ["critical"]
    assert cyber.lacks == ("high",)
    changed = without(policy, Removal("standard", "security-2"))
    assert changed.standards["security-3"].includes == ()
    changed = without(policy, Removal("standard", "security-3"))
    assert changed.categories["cybersecurity"].levels["high"].requires == ()


def test_a_role_decides_no_more() -> None:
    changed = without(POLICY, Removal("role", "rso"))
    assert "rso" not in changed.roles
    for clause in changed.clauses:
        if isinstance(clause, Procedure):
            assert all("rso" not in step.by for step in clause.steps)
        if isinstance(clause, Power):
            assert "rso" not in clause.by
    assert "rso" not in repr([c for c in changed.clauses if c.kind == "procedure"])


@pytest.mark.parametrize(
    ("part", "name", "hint"),
    [
        ("clause", "deploy-gat", "deploy-gate"),
        ("step", "capability-decision/tel", "capability-decision/tell"),
        ("threshold", "cbrm", "cbrn"),
        ("standard", "asl-3-securty", "asl-3-security"),
        ("criterion", "asl-3-deployment/red-teeming", "asl-3-deployment/red-teaming"),
        ("term", "promptlie", "promptly"),
        ("reading", "clock-ancor", "clock-anchor"),
        ("role", "rsoo", "rso"),
    ],
)
def test_what_is_not_there_cannot_be_taken_out(part: Part, name: str, hint: str) -> None:
    with pytest.raises(NoSuchElement, match=f"no {part} '{name}'. did you mean '{hint}'?"):
        without(POLICY, Removal(part, name))
