"""The public record of OpenAI under its Preparedness Framework: what is undetermined, and why."""

from collections import Counter
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from ifthen import Finding, Policy, Record, Ruling, load_policy, load_record, rule
from ifthen import parse_record as parse
from ifthen.policy.source import Source

EXAMPLE = Path(str(files("ifthen") / "examples" / "openai.yaml"))
COMPILED = "2026-11-22"
"""The day on which the record was compiled."""
VERSIONS = ("openai/preparedness@beta", "openai/preparedness@2", "openai/governance@1")


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    return [load_policy(version) for version in VERSIONS]


@pytest.fixture(scope="module")
def example() -> Record:
    return load_record(EXAMPLE)


@pytest.fixture(scope="module")
def whole(policies: list[Policy], example: Record) -> Ruling:
    return rule(policies, example, COMPILED)


def of(ruling: Ruling, clause: str, model: str | None = None) -> list[Finding]:
    return [
        finding
        for finding in ruling.findings
        if finding.clause.partition("#")[2] == clause
        and (model is None or finding.subject.model == model)
    ]


def act(
    ruling: Ruling,
    clause: str,
    instance: str,
    model: str | None = None,
    policy: str = "preparedness",
) -> Finding:
    (found,) = (
        f
        for f in of(ruling, clause, model)
        if f.outcome.instance == instance and f.policy.startswith(f"openai/{policy}@")
    )
    return found


def now(ruling: Ruling, clause: str, model: str) -> Finding:
    (found,) = (f for f in of(ruling, clause, model) if f.outcome.instance is None)
    return found


def readings(finding: Finding) -> dict[str, str]:
    return {r["reading"]: r["status"] for r in finding.as_json()["readings"]}


def changed(example: Record, before: str, after: str) -> Record:
    """The record with one line written otherwise."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(before) == 1
    return parse(Source(EXAMPLE.name, text.replace(before, after)))


# --- What can be told at all -------------------------------------------------------------------


def test_nothing_is_found_against_anybody_without_evidence(whole: Ruling) -> None:
    counts = Counter(finding.status for finding in whole.findings)
    share = counts["undetermined"] / len(whole.findings)
    print(f"\nundetermined: {counts['undetermined']} of {len(whole.findings)} ({share:.0%})")
    print(", ".join(f"{status} {count}" for status, count in counts.most_common()))
    assert whole.faults == ()
    assert share > 0.8
    silent = [f.clause for f in whole.findings if f.status == "undetermined" and not f.unknown]
    assert silent == []


def test_why_it_is_undetermined(whole: Ruling) -> None:
    reasons: Counter[str] = Counter()
    for finding in whole.findings:
        if finding.status != "undetermined":
            continue
        said = " ".join(finding.unknown)
        for kind, sign in (
            ("not published", "does not say that it lists"),
            ("never scored or decided", "was never"),
            ("compute", "compute of"),
            ("readings", "the text leaves open"),
            ("memory", "rest on memory"),
        ):
            reasons[kind] += sign in said
    print("\n" + ", ".join(f"{kind} {count}" for kind, count in reasons.most_common()))
    assert min(reasons.values()) > 0
    assert reasons.most_common(1)[0][0] == "not published"


def test_each_model_is_ruled_by_the_version_of_its_day(whole: Ruling) -> None:
    listed = {p.policy: p.as_json() for p in whole.policies}
    assert {version: entry["encoded"] for version, entry in listed.items()} == dict.fromkeys(
        VERSIONS, True
    )
    assert listed["openai/preparedness@beta"]["to"] == "2025-04-15"
    assert listed["openai/preparedness@2"]["to"] is None
    assert act(whole, "deploy-gate", "oai-035").policy == "openai/preparedness@beta"
    assert act(whole, "deploy-gate", "oai-036", "o3").policy == "openai/preparedness@2"


# --- Beta: scores before and after mitigation --------------------------------------------------


def test_o1_was_scored_both_ways_and_released_at_medium(whole: Ruling) -> None:
    released = act(whole, "deploy-gate", "oai-018")
    assert (released.status, released.assumes) == ("open", ("same-day order",))
    assert [f.status for f in of(whole, "scorecard", "o1")] == ["met"]


def test_o3_mini_was_scored_only_before_mitigation(whole: Ruling) -> None:
    released = act(whole, "deploy-gate", "oai-025")
    assert released.status == "undetermined"
    assert readings(released) == {
        "post-score: scored": "undetermined",
        "post-score: as-last-scored": "open",
    }
    assert any("in other words" in reason for reason in released.unknown)


def test_deep_research_its_release_and_its_card(
    policies: list[Policy], example: Record, whole: Ruling
) -> None:
    facts = {fact.id: fact for fact in example.facts}
    assert facts["oai-027"].latest < facts["oai-028"].earliest
    released = act(whole, "deploy-gate", "oai-027")
    assert released.status == "undetermined"
    assert "oai-029 does not say whether it is before or after mitigation" in released.unknown
    # Had the score been dated before the release, the parses would still part.
    dated = changed(
        example, "date: 2025-02-25\n  earliest: 2025-01-01", "date: 2025-01-31\n  known: 2025-02-25"
    )
    early = act(rule(policies, dated, COMPILED), "deploy-gate", "oai-027")
    assert readings(early) == {
        "post-score: scored": "undetermined",
        "post-score: as-last-scored": "open",
    }


def test_gpt_4_5_rests_on_memory_alone(whole: Ruling) -> None:
    released = act(whole, "deploy-gate", "oai-031")
    assert released.status == "undetermined"
    assert any("rest on memory" in reason for reason in released.unknown)


def test_nobody_can_tell_of_audits_and_nothing_could_be_late(
    policies: list[Policy], example: Record
) -> None:
    day = "2025-04-14"
    (public,) = of(rule(policies, example, day), "scorecard-audits")
    assert public.status == "undetermined"
    assert any("external_review" in reason for reason in public.unknown)
    told = replace(example, complete=example.complete | {"external_review"})
    (none,) = of(rule(policies, told, day), "scorecard-audits")
    assert none.status == "pending"
    (word,) = none.words
    assert (word.term, word.as_json()["charitable_status"]) == ("sag-cadence", "breached")


# --- CRIT-15: GPT-4.1 without a report ---------------------------------------------------------


def test_gpt_4_1_was_never_scored_in_public(whole: Ruling) -> None:
    released = act(whole, "deploy-gate", "oai-035")
    assert released.status == "undetermined"
    assert any("never scored for GPT-4.1" in reason for reason in released.unknown)
    assert [f.status for f in of(whole, "scorecard", "GPT-4.1")] == ["undetermined"]


def test_gpt_4_1_under_version_2_turns_on_two_words(
    policies: list[Policy], example: Record
) -> None:
    day = "2025-05-01"
    version_2 = policies[1:2]
    ruling = rule(version_2, example, day, throughout=True)
    assert act(ruling, "capabilities-report", "oai-035").status == "dormant"
    disclosure = act(ruling, "disclosure", "oai-035")
    (word,) = disclosure.words
    assert (disclosure.status, word.term) == ("dormant", "major")
    assert word.as_json()["charitable_status"] == "undetermined"
    frontier = changed(example, "  frontier: false\n", "  frontier: true\n")
    ruling = rule(version_2, frontier, day, throughout=True)
    assert act(ruling, "capabilities-report", "oai-035").status == "undetermined"
    told = replace(frontier, complete=frontier.complete | {"capability_report"})
    ruling = rule(version_2, told, day, throughout=True)
    assert act(ruling, "capabilities-report", "oai-035").status == "breached"


# --- The Frontier Governance Framework: which models it covers is not public -------------------


def test_whether_a_model_is_covered_turns_on_compute_nobody_states(whole: Ruling) -> None:
    gate = act(whole, "deploy-gate", "oai-076", "GPT-5.6", policy="governance")
    assert gate.status == "undetermined"
    assert any("training compute of GPT-5.6 is not stated" in reason for reason in gate.unknown)


# --- Version 2: High, and what it asks ---------------------------------------------------------


def test_chatgpt_agent_had_safeguards_against_misuse_and_nobody_tells_of_security(
    policies: list[Policy], example: Record, whole: Ruling
) -> None:
    released = act(whole, "deploy-gate", "oai-040")
    assert released.status == "undetermined"
    assert "no activation of high-security is recorded for ChatGPT agent" in released.unknown
    assert not any("high-misuse-safeguards" in reason for reason in released.unknown)
    secured = changed(
        example,
        "  model: ChatGPT agent\n  standard: [high-misuse-safeguards]",
        "  model: ChatGPT agent\n  standard: [high-misuse-safeguards, high-security]",
    )
    gate = act(rule(policies, secured, COMPILED), "deploy-gate", "oai-040")
    assert not any("high-security" in reason for reason in gate.unknown)


def test_models_found_below_high_were_released_under_an_open_hold(whole: Ruling) -> None:
    for instance, model in (("oai-036", "o3"), ("oai-046", "gpt-oss-120b")):
        assert act(whole, "deploy-gate", instance, model).status == "open"
        assert now(whole, "halt-at-critical", model).status == "open"


def test_open_weights_were_evaluated_with_fine_tuning(
    policies: list[Policy], example: Record, whole: Ruling
) -> None:
    assert act(whole, "elicitation-weights", "oai-046", "gpt-oss-120b").status == "met"
    less = tuple(fact for fact in example.facts if fact.id != "oai-047e")
    untold = rule(policies, replace(example, facts=less), COMPILED)
    assert act(untold, "elicitation-weights", "oai-046", "gpt-oss-120b").status == "undetermined"


# --- CRIT-20: High in cyber alone, or together with long-range autonomy ------------------------

CODEX = """record: Lab
facts:
- {id: d, date: 2026-02-01, kind: threshold_decision, model: m, by: [sag],
   findings: {cyber-high: crossed, long-range-autonomy: AUTONOMY}}
- {id: i, date: 2026-02-03, kind: model_released, model: m, stage: internal, large_scale: SCALE}
"""


def codex(policies: list[Policy], autonomy: str, scale: str) -> Finding:
    text = CODEX.replace("AUTONOMY", autonomy).replace("SCALE", scale)
    ruling = rule(policies[1:2], parse(Source("lab.yaml", text)), "2026-03-01", throughout=True)
    return act(ruling, "misalignment-gate", "i")


def test_the_parses_of_the_misalignment_clause_disagree(policies: list[Policy]) -> None:
    found = codex(policies, "below", "true")
    assert found.status == "undetermined"
    assert readings(found) == {
        "misalignment-trigger: cyber-high": "violated",
        "misalignment-trigger: with-autonomy": "open",
    }
    (phrase,) = (reason for reason in found.unknown if "the text leaves open" in reason)
    assert "in conjunction with long-range autonomy" in phrase
    assert "Table 1 requires misalignment safeguards" in phrase


@pytest.mark.parametrize(
    ("autonomy", "scale", "status"),
    [
        ("cannot_rule_out", "true", "violated"),
        ("crossed", "true", "violated"),
        ("below", "false", "open"),
        ("crossed", "false", "open"),
    ],
)
def test_elsewhere_they_agree(
    policies: list[Policy], autonomy: str, scale: str, status: str
) -> None:
    assert codex(policies, autonomy, scale).status == status


def test_gpt_5_3_codex_is_open_only_under_the_reading_of_its_developer(whole: Ruling) -> None:
    found = now(whole, "misalignment-gate", "GPT-5.3-Codex")
    assert found.status == "undetermined"
    assert readings(found) == {
        "misalignment-trigger: cyber-high": "undetermined",
        "misalignment-trigger: with-autonomy": "open",
    }
    assert "no model_released[stage=internal] is recorded" in found.unknown
    (alleged,) = of(whole, "noncompliance-investigated")
    assert (alleged.outcome.instance, alleged.status) == ("oai-059r", "undetermined")
