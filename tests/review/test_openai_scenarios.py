"""OpenAI's Beta on its own two examples, and its gates on every combination of levels."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from ifthen import Finding, Policy, Record, load_policy, load_record, may, parse_record, rule
from ifthen.policy.source import Source

RECORDS = Path(__file__).parents[1] / "policies" / "openai"
SCALE = ("low", "medium", "high", "critical")
CATEGORIES = ("cybersecurity", "cbrn", "persuasion", "autonomy")


@pytest.fixture(scope="module")
def beta() -> Policy:
    return load_policy("openai/preparedness@beta")


@pytest.fixture(scope="module")
def persuasion() -> Record:
    return load_record(RECORDS / "persuasion-high.yaml")


@pytest.fixture(scope="module")
def cyber() -> Record:
    return load_record(RECORDS / "cyber-critical-forecast.yaml")


def without(record: Record, *ids: str) -> Record:
    assert {fact.id for fact in record.facts} >= set(ids)
    return replace(record, facts=tuple(fact for fact in record.facts if fact.id not in ids))


def found(policy: Policy, record: Record, at: str, clause: str) -> dict[str | None, Finding]:
    """The findings of one clause, by the fact that triggered them."""
    return {
        finding.outcome.instance: finding
        for finding in rule([policy], record, at).findings
        if finding.clause == f"openai/preparedness@beta#{clause}"
    }


def status(policy: Policy, record: Record, at: str, clause: str, instance: str | None) -> str:
    return found(policy, record, at, clause)[instance].status


# --- The first example: high in persuasion -----------------------------------------------------


def test_the_score_makes_both_baselines_fire(beta: Policy, persuasion: Record) -> None:
    (protection,) = found(beta, persuasion, "2024-05-09", "asset-protection").values()
    assert protection.status == "dormant"
    (protection,) = found(beta, persuasion, "2024-05-11", "asset-protection").values()
    assert (protection.status, protection.as_json()["due"]) == ("breached", "2024-05-10")
    held = may([beta], persuasion, "deploy", "m", "2024-05-11")
    assert held.answer == "held"
    gate = next(f for f in held.clauses if f.clause.endswith("#deploy-gate"))
    assert {r.outcome.status for r in gate.readings} == {"held"}


def test_hardened_security_by_the_day_of_the_score_keeps_it(
    beta: Policy, persuasion: Record
) -> None:
    (late,) = found(beta, persuasion, "2024-08-01", "asset-protection").values()
    assert (late.status, late.as_json()["late_by_days"]) == ("late", 10)
    text = (RECORDS / "persuasion-high.yaml").read_text(encoding="utf-8")
    moved = text.replace("id: hardened, date: 2024-05-20", "id: hardened, date: 2024-05-10")
    assert moved != text
    in_time = parse_record(Source("in-time.yaml", moved))
    (kept,) = found(beta, in_time, "2024-08-01", "asset-protection").values()
    assert kept.status == "met"


def test_the_decision_counts_and_the_board_could_have_overruled_it(
    beta: Policy, persuasion: Record
) -> None:
    at = "2024-05-20"
    assert status(beta, persuasion, at, "leadership-decides", "plan") == "counts"
    assert status(beta, persuasion, at, "case-forwarded", "case") == "met"
    assert status(beta, persuasion, at, "board-informed", "plan") == "met"
    (power,) = found(beta, persuasion, at, "board-reversal").values()
    assert power.status == "available"
    no_chair = without(persuasion, "forwarded")
    assert status(beta, no_chair, at, "case-forwarded", "case") == "pending"
    assert status(beta, no_chair, at, "leadership-decides", "plan") == "counts"


def test_it_opens_at_medium_after_mitigation_and_the_audit_is_what_was_asked_for(
    beta: Policy, persuasion: Record
) -> None:
    assert may([beta], persuasion, "deploy", "m", "2024-06-30").answer == "held"
    assert may([beta], persuasion, "deploy", "m", "2024-07-01").answer == "permitted"
    at = "2024-08-01"
    assert status(beta, persuasion, at, "deploy-gate", "released") == "open"
    assert status(beta, persuasion, at, "audit-on-request", "asked") == "met"
    assert status(beta, persuasion, at, "audit-method", "audit") == "met"
    assert status(beta, without(persuasion, "audit"), at, "audit-on-request", "asked") == "pending"
    unmitigated = without(persuasion, "mitigated")
    assert status(beta, unmitigated, at, "deploy-gate", "released") == "violated"


# --- The second example: critical in cybersecurity is forecast ---------------------------------


def test_the_forecast_halts_training_whatever_was_scored_before(
    beta: Policy, cyber: Record
) -> None:
    assert may([beta], cyber, "train", "m", "2024-03-31").answer == "permitted"
    for day in ("2024-04-02", "2024-06-09"):
        assert may([beta], cyber, "train", "m", day).answer == "held"
    going_on = without(cyber, "paused", "resumed")
    stretches = found(beta, going_on, "2024-05-01", "train-gate").values()
    assert "violated" in {finding.status for finding in stretches}


def test_work_for_safety_alone_goes_on(beta: Policy, cyber: Record) -> None:
    for purpose, expected in (("safety", "open"), ("capability", "violated")):
        text = (RECORDS / "cyber-critical-forecast.yaml").read_text(encoding="utf-8") + (
            f"  - {{id: try, date: 2024-05-15, kind: training_resumed, model: m, "
            f"purpose: {purpose}}}\n"
        )
        tried = parse_record(Source("tried.yaml", text))
        assert status(beta, tried, "2024-05-20", "train-gate", "try") == expected
        assert status(beta, tried, "2024-05-20", "capability-work", "try") == expected


def test_the_fast_track_hardening_and_the_early_warning(beta: Policy, cyber: Record) -> None:
    at = "2024-05-01"
    (fast,) = found(beta, cyber, at, "fast-track").values()
    assert fast.status == "exercised"
    (price,) = found(beta, cyber, at, "fast-track/price").values()
    assert price.status == "met"
    assert status(beta, cyber, at, "early-warning", "forecast") == "met"
    (hardening,) = found(beta, cyber, "2024-04-10", "asset-protection-forecast").values()
    assert (hardening.status, hardening.as_json()["triggered"]) == ("pending", "2024-04-01")
    (hardening,) = found(beta, cyber, at, "asset-protection-forecast").values()
    assert hardening.status == "met"


def test_evaluation_goes_on_every_month_while_training_is_halted(
    beta: Policy, cyber: Record
) -> None:
    evaluated = found(beta, cyber, "2024-06-05", "evaluation")["may"]
    assert (evaluated.status, evaluated.as_json()["done"]) == ("met", "2024-06-01")
    (word,) = evaluated.words
    assert (word.term, word.as_json()["charitable_status"]) == ("continually", "met")
    skipped = found(beta, without(cyber, "june"), "2024-08-01", "evaluation")["may"]
    (word,) = skipped.words
    assert (skipped.status, word.as_json()["charitable_status"]) == ("undetermined", "breached")
    assert skipped.unknown == ("the effective compute of m is not recorded",)


def test_training_goes_on_at_high_after_mitigation_audited_and_judged_safe(
    beta: Policy, cyber: Record
) -> None:
    opened = found(beta, cyber, "2024-06-10", "train-gate")
    assert {f.status for f in opened.values() if f.outcome.instance is None} == {"open"}
    assert may([beta], cyber, "train", "m", "2024-06-10").answer == "held"
    assert may([beta], cyber, "train", "m", "2024-06-28").answer == "permitted"
    at = "2024-08-01"
    assert status(beta, cyber, at, "train-gate", "resumed") == "open"
    assert status(beta, cyber, at, "capability-work", "resumed") == "open"
    assert status(beta, cyber, at, "audit-on-request", "asked") == "met"
    assert status(beta, without(cyber, "safe"), at, "capability-work", "resumed") == "violated"
    assert status(beta, without(cyber, "mitigated"), at, "train-gate", "resumed") == "violated"


# --- The gates on every combination of levels --------------------------------------------------


def scored(mitigation: str, **levels: str) -> str:
    every = ", ".join(f"{name}: {levels.get(name, 'low')}" for name in CATEGORIES)
    return (
        f"- {{date: 2024-03-01, id: {mitigation}, kind: threshold_decision, model: m, "
        f"mitigation: {mitigation}, levels: {{{every}}}}}\n"
    )


def lab(*facts: str) -> Record:
    begun = "- {date: 2024-02-01, id: t, kind: training_started, model: m, purpose: capability}\n"
    return parse_record(Source("lab.yaml", "record: Lab\nfacts:\n" + begun + "".join(facts)))


def standing(policy: Policy, record: Record, clause: str) -> str:
    ruling = rule([policy], record, "2024-03-10", throughout=True)
    *_, last = (f for f in ruling.findings if f.clause.endswith(f"#{clause}"))
    return last.status


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(("pre", "post"), list(product(SCALE, SCALE)))
def test_the_gates_by_level_before_and_after_mitigation(
    beta: Policy, category: str, pre: str, post: str
) -> None:
    record = lab(scored("pre", **{category: pre}), scored("post", **{category: post}))
    assert standing(beta, record, "deploy-gate") == (
        "open" if SCALE.index(post) <= SCALE.index("medium") else "held"
    )
    assert standing(beta, record, "train-gate") == ("held" if post == "critical" else "open")
    assert (standing(beta, record, "asset-protection") == "dormant") == (
        SCALE.index(pre) < SCALE.index("high")
    )
    assert (standing(beta, record, "alignment-evidence") == "dormant") == (pre != "critical")


@pytest.mark.parametrize(("one", "other"), list(product(SCALE, SCALE)))
def test_the_highest_of_the_categories_decides(beta: Policy, one: str, other: str) -> None:
    levels = {"cbrn": one, "persuasion": other}
    highest = max(one, other, key=SCALE.index)
    record = lab(scored("pre", **levels), scored("post", **levels))
    deployable = SCALE.index(highest) <= SCALE.index("medium")
    assert standing(beta, record, "deploy-gate") == ("open" if deployable else "held")
    assert standing(beta, record, "train-gate") == ("held" if highest == "critical" else "open")
    assert (standing(beta, record, "asset-protection") == "dormant") == deployable


@pytest.mark.parametrize("level", SCALE)
def test_a_forecast_hardens_from_high_and_holds_training_at_critical(
    beta: Policy, level: str
) -> None:
    forecast = (
        f"- {{date: 2024-03-05, id: f, kind: forecast, model: m, threshold: cbrn, level: {level}, "
        f"by_date: 2024-09-01}}\n"
    )
    record = lab(scored("pre"), scored("post"), forecast)
    assert standing(beta, record, "asset-protection-forecast") == (
        "pending" if SCALE.index(level) >= SCALE.index("high") else "dormant"
    )
    assert standing(beta, record, "train-gate") == ("held" if level == "critical" else "open")
