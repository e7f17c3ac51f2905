"""RSP v3: what it dropped is gone, and its own clocks come out as worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ifthen import Finding, Policy, Record, load_policy, may, parse_record, rule
from ifthen.policy.load import policy_path
from ifthen.policy.model import Cadence, Forbid
from ifthen.policy.source import Source

THIRD = ("3.0", "3.1", "3.2", "3.3", "3.4")
DROPPED = ("growth", "compute(", "weights_deleted", "model_withdrawn", "interim_measures", "drill")
"""Words of version 2 that stand for what version 3 no longer asks."""

WITHOUT_SECURITY = (
    "date: 2025-05-01, id: a, kind: training_started, model: old, effective_compute: 1e26",
    "date: 2025-05-10, id: b, kind: training_ended, model: old, effective_compute: 1e26",
    "date: 2025-06-01, id: c, kind: threshold_decision, model: old, findings: "
    "{cbrn-3: crossed, cbrn-4: below, ai-rd-4: below, ai-rd-5: below, "
    "non-novel-chem-bio: crossed, novel-chem-bio: below, automated-rd: below}",
    "date: 2025-07-01, id: d, kind: training_started, model: new, effective_compute: 1e24",
    "date: 2025-08-01, id: e, kind: training_progress, model: new, effective_compute: 1e26",
)
"""A run reaches 1.0 times a model that requires ASL-3 Security, which is not in place."""


def lab(*facts: str, head: str = "record: Lab") -> Record:
    text = head + "\nfacts:\n" + "".join(f"- {{{fact}}}\n" for fact in facts)
    return parse_record(Source("lab.yaml", text))


def version(number: str) -> Policy:
    return load_policy(f"anthropic/rsp@{number}")


def of(policy: Policy, record: Record, at: str, clause: str, model: str | None) -> list[Finding]:
    return [
        finding
        for finding in rule([policy], record, at, throughout=True).findings
        if finding.clause == f"{policy.id}#{clause}" and finding.subject.model == model
    ]


# --- CRIT-26: the unconditional pause is gone --------------------------------------------------


def test_version_2_holds_the_run_and_calls_its_going_on_a_violation() -> None:
    second = version("2.2")
    asked = may(
        [second], lab(*WITHOUT_SECURITY), "train", "new", "2025-08-01T00:00:00", throughout=True
    )
    assert asked.answer == "held"
    assert {f.clause: f.status for f in asked.clauses}[f"{second.id}#pretraining-pause"] == "held"
    later = (*WITHOUT_SECURITY, "date: 2025-08-20, id: f, kind: training_progress, model: new")
    found = of(second, lab(*later), "2025-09-01", "pretraining-pause", "new")
    assert "violated" in {f.status for f in found}


@pytest.mark.parametrize("number", THIRD)
def test_version_3_holds_no_training_for_it(number: str) -> None:
    policy = version(number)
    record = lab(*WITHOUT_SECURITY, "date: 2025-08-20, id: f, kind: training_progress, model: new")
    for model in ("old", "new"):
        asked = may([policy], record, "train", model, "2025-09-01", throughout=True)
        assert asked.answer == "permitted"
        assert [f.status for f in asked.clauses] == ["open", "open"]
    faults = rule([policy], record, "2025-09-01", throughout=True).faults
    assert [f.clause for f in faults if f.subject.model is not None] == []


@pytest.mark.parametrize("number", THIRD)
def test_only_rivals_hold_anything(number: str) -> None:
    holds = {c.common.id: c.action for c in version(number).clauses if isinstance(c, Forbid)}
    assert holds == {
        "lead-training": "train",
        "lead-deployment": "deploy",
        "rivals-safe-training": "train",
        "rivals-safe-deployment": "deploy",
    }
    lead = (
        "date: 2025-08-10, id: g, kind: threshold_decision, model: new, "
        "findings: {automated-rd: crossed}",
        "date: 2025-08-11, id: h, kind: decision, what: lead, go: true",
    )
    record = lab(*WITHOUT_SECURITY, *lead)
    asked = may([version(number)], record, "train", "new", "2025-09-01", throughout=True)
    assert asked.answer == "held"


@pytest.mark.parametrize("number", THIRD)
def test_what_version_3_dropped_is_absent(number: str) -> None:
    policy = version(number)
    cadences = [c for c in policy.clauses if isinstance(c, Cadence)]
    assert all(c.growth is None and c.gain is None for c in cadences)
    text = policy_path(policy.id).read_text(encoding="utf-8").partition("\nclauses:")[2]
    assert [word for word in DROPPED if word in text] == []
    assert all(word in policy_path("anthropic/rsp@2.2").read_text() for word in DROPPED[:4])


# --- CRIT-25: what rivals do is seldom known ---------------------------------------------------

CAPABLE = (
    "date: 2026-08-01, id: t, kind: threshold_decision, model: m, findings: {automated-rd: crossed}"
)
NO_RIVAL = "date: 2026-08-02, id: r, kind: rival_assessed, rival: R, highly_capable: false"


@pytest.mark.parametrize(
    ("head", "facts", "status"),
    [
        ("record: Lab", (CAPABLE,), "open"),
        ("record: Lab", (CAPABLE, NO_RIVAL), "open"),
        ("developer: Lab\ncomplete: [threshold_decision]", (CAPABLE,), "undetermined"),
        (
            "record: Lab",
            (CAPABLE, "date: 2026-08-02, id: d, kind: decision, what: lead, go: true"),
            "held",
        ),
    ],
    ids=["nothing known", "evidence, no finding", "nothing public", "found"],
)
def test_the_lead_is_three_valued(head: str, facts: tuple[str, ...], status: str) -> None:
    (found,) = of(version("3.4"), lab(*facts, head=head), "2026-09-01", "lead-training", "m")
    assert found.status == status


def test_evidence_of_a_lead_holds_for_whoever_finds_it_clear() -> None:
    record = lab(CAPABLE, NO_RIVAL)
    (found,) = of(version("3.4"), record, "2026-09-01", "lead-training", "m")
    assert [(w.term, w.charitable_status) for w in found.words] == [("clear-evidence", "held")]


# --- CRIT-05: every three to six months --------------------------------------------------------

FIRST = "date: 2026-02-24, id: first, kind: risk_report"


def report(*facts: str, at: str) -> Finding:
    found = of(version("3.4"), lab(FIRST, *facts), at, "risk-report", None)
    return next(f for f in found if f.outcome.instance == "first")


def test_the_outer_date_follows_from_the_first_report() -> None:
    found = report(at="2026-03-01")
    assert (found.status, found.as_json()["due"]) == ("pending", "2026-08-24")
    assert report(at="2026-08-24").status == "pending"
    assert report(at="2026-08-25").status == "breached"
    late = report("date: 2026-08-27, id: second, kind: risk_report", at="2026-09-01")
    assert (late.status, late.as_json()["late_by_days"]) == ("late", 3)


@pytest.mark.parametrize(
    ("second", "statuses"),
    [
        ("2026-05-20", {"lower-bound: binds": "breached", "lower-bound: informs": "met"}),
        ("2026-05-24", {"lower-bound: binds": "met", "lower-bound: informs": "met"}),
    ],
    ids=["four days short of three months", "three months"],
)
def test_whether_three_months_bind_is_for_the_reader(second: str, statuses: dict[str, str]) -> None:
    found = report(f"date: {second}, id: second, kind: risk_report", at="2026-09-01")
    shown = found.as_json()["readings"]
    assert {reading["reading"]: reading["status"] for reading in shown} == statuses
    assert found.status == ("undetermined" if "breached" in statuses.values() else "met")


def test_the_clock_runs_through_all_versions() -> None:
    days = ("2026-02-24", "2026-04-02", "2026-04-29", "2026-05-26", "2026-07-08")
    adopted = [
        f"date: {day}, id: p{n}, kind: policy_amended, policy: 'anthropic/rsp@{n}'"
        for n, day in zip(THIRD, days, strict=True)
    ]
    policies = [version(number) for number in THIRD]
    ruling = rule(policies, lab(*adopted, FIRST), "2026-08-25")
    found = {
        f.clause: (f.status, f.as_json()["due"])
        for f in ruling.findings
        if f.clause.endswith("#risk-report") and f.outcome.instance == "first"
    }
    assert found == {"anthropic/rsp@3.4#risk-report": ("breached", "2026-08-24")}


@pytest.mark.parametrize(("old", "new"), list(pairwise(THIRD)))
def test_every_clause_is_carried_on_or_new(old: str, new: str) -> None:
    before = {clause.common.id for clause in version(old).clauses}
    for clause in version(new).clauses:
        expected = f"anthropic/rsp@{old}#{clause.common.id}"
        assert clause.common.continues == (expected if clause.common.id in before else None)


# --- CRIT-09: neither low nor high -------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "second", "third"),
    [
        ("below", "open", "dormant"),
        ("cannot_rule_out", "held", "undetermined"),
        ("crossed", "held", "breached"),
    ],
)
def test_what_cannot_be_ruled_out_no_longer_counts_by_itself(
    finding: str, second: str, third: str
) -> None:
    decided = (
        "date: 2026-08-01, id: t, kind: threshold_decision, model: m, findings: "
        f"{{cbrn-3: {finding}, cbrn-4: below, ai-rd-4: below, ai-rd-5: below, "
        f"non-novel-chem-bio: {finding}}}"
    )
    released = "date: 2026-08-02, id: r, kind: model_released, model: m"
    found = of(version("2.2"), lab(decided), "2026-09-01", "deploy-gate", "m")
    assert [f.status for f in found] == [second]
    kept = of(version("3.4"), lab(decided, released), "2026-09-01", "asl-3-kept", "m")
    assert kept[-1].status == third
