"""Small records on which the ruling once differed from its definition."""

from __future__ import annotations

from pathlib import Path

from ifthen import Finding, load_policy, moment, parse_record, rule
from ifthen.dates import day_of, format_day
from ifthen.policy.source import Source
from ifthen.ruling.check import check

POLICY = load_policy(Path(__file__).parent / "small.yaml")
ADOPTED = "- {id: p, kind: policy_adopted, policy: example/small@1.0, date: 2024-01-01}\n"
COMPLETE = "record: Example"


def found(
    clause: str, facts: str, at: str, model: str | None = None, head: str = COMPLETE
) -> list[Finding]:
    """What a clause finds about a subject; every finding is confirmed."""
    record = parse_record(Source("record.yaml", f"{head}\nfacts:\n{ADOPTED}{facts}"))
    findings = rule([POLICY], record, moment(at)).findings
    for finding in findings:
        assert check(finding, POLICY, record, moment(at), moment(at)) == ()
    return [f for f in findings if f.clause.endswith(f"#{clause}") and f.subject.model == model]


def day(instant: int) -> str:
    return format_day(day_of(instant))


def test_more_than_so_many_hours_have_passed_a_second_later_not_a_day() -> None:
    (finding,) = found("aged", "", "2024-02-01")
    assert finding.outcome.triggered is not None
    assert day(finding.outcome.triggered[0]) == "2024-01-03"


def test_what_a_model_is_based_on_turns_a_condition() -> None:
    facts = (
        "- {id: m, kind: model_announced, model: b, date: 2024-02-01, based_on: [a]}\n"
        "- {id: d, kind: threshold_decision, model: a, date: 2024-03-01,"
        " findings: {cyber: crossed, cbrn: below}}\n"
    )
    (finding,) = found("turned", facts, "2024-10-01", "b")
    assert finding.outcome.triggered is not None
    assert day(finding.outcome.triggered[0]) == "2024-03-01"


def test_the_first_mention_of_a_model_turns_a_condition_over_all_models() -> None:
    facts = (
        "- {id: t, kind: training_started, model: b, date: 2024-01-02, effective_compute: 40}\n"
        "- {id: e, kind: training_ended, model: a, date: 2024-07-02}\n"
        "- {id: n, kind: model_announced, model: b, date: 2024-10-01}\n"
    )
    doubt = next(f for f in found("store-gate", facts, "2024-10-01", "b") if f.outcome.because)
    assert doubt.outcome.because[0].detail["at"] == f"close {moment('2024-07-02')}"


def test_a_notice_may_come_before_the_first_fact_it_is_about() -> None:
    facts = (
        "- {id: n, kind: board_or_trust_notice, date: 2024-02-01, to: [board], about: [m]}\n"
        "- {id: m, kind: model_released, model: a, date: 2024-03-01}\n"
    )
    (finding,) = found("noticed-before", facts, "2024-04-01", "a")
    assert (finding.status, finding.outcome.facts) == ("met", ("m", "n"))


def test_a_recalled_correction_leaves_the_fact_it_corrects() -> None:
    facts = (
        "- {id: m, kind: model_released, model: a, date: 2024-03-01}\n"
        "- {id: c, kind: model_released, model: a, date: 2024-03-02, amends: m,"
        " known: 2024-03-02, confidence: recall}\n"
    )
    statuses = {f.status for f in found("kept", facts, "2024-10-01", "a")}
    assert statuses == {"breached"}


def test_what_the_organisation_did_counts_for_a_model_known_from_memory() -> None:
    facts = (
        "- {id: r, kind: capability_report, date: 2024-03-01}\n"
        "- {id: m, kind: model_announced, model: a, date: 2024-02-01, confidence: recall}\n"
    )
    assert found("promptly-report", facts, "2024-04-01", "a")[0].status == "met"


def test_done_is_the_day_of_what_certainly_counts() -> None:
    facts = (
        "- {id: maybe, kind: published, date: 2024-02-01}\n"
        "- {id: sure, kind: published, what: policy, date: 2024-03-01}\n"
    )
    (finding,) = found("dated", facts, "2024-10-01")
    assert finding.outcome.done is not None
    assert day(finding.outcome.done[0]) == "2024-03-01"


def test_a_count_cites_nothing_that_came_later() -> None:
    facts = "".join(
        f"- {{id: k{n}, kind: risk_report, model: a, date: 2024-0{n}-01,"
        f" coverage_date: 2024-0{n}-01}}\n"
        for n in (2, 3, 4)
    )
    cited = {f.outcome.key: f.outcome.facts for f in found("coverage", facts, "2024-10-01", "a")}
    assert cited == {"k2": ("k2",), "k3": ("k3", "k2"), "k4": ("k4", "k2", "k3")}


def test_whatever_is_undetermined_says_why() -> None:
    facts = (
        "- {id: d, kind: threshold_decision, model: a, date: 2024-02-01,"
        " findings: {cyber: crossed}}\n"
        "- {id: g, kind: decision, date: 2024-03-01, by: [board]}\n"
        "- {id: x, kind: power_exercised, date: 2024-03-01, by: [board]}\n"
        "- {id: w, kind: rival_passed_threshold, date: 2024-02-01}\n"
    )
    for clause, model in (("turned", "a"), ("go", None), ("go/by", None), ("exit", None)):
        for finding in found(clause, facts, "2024-10-01", model):
            assert finding.status != "undetermined" or finding.unknown, clause


def test_what_memory_would_change_under_one_reading_is_open_under_every_place() -> None:
    facts = (
        "- {id: f1, kind: assessment_started, model: a, date: 2024-01-02, confidence: recall}\n"
        "- {id: f2, kind: assessment_started, model: a, date: 2024-02-01}\n"
    )
    first, *_ = found("cadence", facts, "2024-04-15", "a")
    assert first.status == "undetermined"
    assert any("memory" in reason for reason in first.unknown)
