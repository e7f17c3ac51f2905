"""The cases from the real world that any ruling must get right."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from ifthen import Finding, Policy, Record, Ruling, load_policy, load_record, may, replay, rule
from ifthen import parse_record as parse
from ifthen.policy.source import Source

EXAMPLE = Path(str(files("ifthen") / "examples" / "anthropic.yaml"))
VERSIONS = ("1.0", "2.0", "2.1", "2.2")
THIRD = ("3.0", "3.1", "3.2", "3.3", "3.4")
HEAD = "record: Lab\nfacts:\n"


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    return [load_policy(f"anthropic/rsp@{version}") for version in VERSIONS]


@pytest.fixture(scope="module")
def third() -> list[Policy]:
    return [load_policy(f"anthropic/rsp@{version}") for version in THIRD]


@pytest.fixture(scope="module")
def example() -> Record:
    return load_record(EXAMPLE)


def lab(*facts: str) -> Record:
    return parse(Source("lab.yaml", HEAD + "".join(f"- {{{fact}}}\n" for fact in facts)))


def of(ruling: Ruling, clause: str, model: str | None = None) -> list[Finding]:
    return [
        finding
        for finding in ruling.findings
        if finding.clause.partition("#")[2] == clause
        and (model is None or finding.subject.model == model)
    ]


def without(record: Record, *ids: str) -> Record:
    return replace(record, facts=tuple(fact for fact in record.facts if fact.id not in ids))


# --- CRIT-01: three days late, or in time? -----------------------------------------------------


def test_three_days_late_by_completion_and_in_time_by_start() -> None:
    record = lab(
        "id: t, date: 2024-01-01, kind: training_started, model: m",
        "id: s1, date: 2024-03-01, kind: assessment_started, model: m",
        "id: c1, date: 2024-04-01, kind: assessment_completed, model: m",
        "id: s2, date: 2024-05-25, kind: assessment_started, model: m",
        "id: c2, date: 2024-07-04, kind: assessment_completed, model: m",
    )
    ruling = rule([load_policy("anthropic/rsp@1.0")], record, "2024-07-10", throughout=True)
    found = next(f for f in of(ruling, "time-cadence") if f.status == "undetermined")
    assert {(r.outcome.status, r.as_json()["late_by_days"]) for r in found.readings} == {
        ("met", None),
        ("late", 3),
    }
    assert "late by 3 days" in found.says
    assert "met" in found.says


def test_the_acknowledgement_settles_what_the_days_leave_open(
    policies: list[Policy], example: Record
) -> None:
    settled = [
        f
        for f in of(rule(policies, example, "2024-11-01"), "time-cadence")
        if f.status != "undetermined"
    ]
    assert [(f.status, f.as_json()["late_by_days"]) for f in settled] == [("late", 3)]
    assert settled[0].assumes == ("the developer's own acknowledgement",)
    assert "acknowledgement" in settled[0].says
    alone = of(rule(policies, without(example, "ant-017"), "2024-11-01"), "time-cadence")
    assert {f.status for f in alone} == {"undetermined"}
    assert all("assessment_completed" in " ".join(f.unknown) for f in alone)


# --- CRIT-02: the "routinely" gap --------------------------------------------------------------


@pytest.mark.parametrize(
    ("checks", "first"),
    [
        (("2025-02-15", "2025-04-16", "2025-06-15", "2025-08-15"), "2025-08-15"),
        (("2025-03-01", "2025-05-01", "2025-07-01"), "2025-07-01"),
    ],
    ids=["at 1.5, 3.5, 5.5, 7.5 months", "at 2, 4, 6 months"],
)
@pytest.mark.parametrize("compute", ["", ", effective_compute: 1e25"], ids=["unstated", "stated"])
def test_six_months_are_noticed_only_when_somebody_looks(
    checks: tuple[str, ...], first: str, compute: str
) -> None:
    record = lab(
        f"date: 2025-01-01, id: c, kind: assessment_completed, assessment: comprehensive, "
        f"model: m{compute}",
        *(
            f"date: {day}, id: p{number}, kind: assessment_completed, assessment: preliminary, "
            f"model: m{compute}"
            for number, day in enumerate(checks)
        ),
    )
    ruling = rule([load_policy("anthropic/rsp@2.0")], record, "2025-09-01", throughout=True)
    found = of(ruling, "comprehensive")
    *before, last = [f for f in found if f.outcome.instance != "c"]
    assert {f.status for f in before} == {"dormant"}
    assert (last.status, last.as_json()["triggered"]) == ("pending", first)
    assert last.outcome.due is None
    assert "routinely" in {word.term for word in last.words}
    routine = of(ruling, "preliminary")
    assert not {f.status for f in (*found, *routine)} & {"breached", "late"}
    assert {word.charitable for f in routine for word in f.words} == {"at most 2 months"}


# --- Claude Opus 4, 4.1 and 4.5 ----------------------------------------------------------------


def test_opus_4_was_released_under_an_open_hold(policies: list[Policy], example: Record) -> None:
    ruling = rule(policies, example, "2025-05-22")
    released = next(
        f for f in of(ruling, "deploy-gate", "Claude Opus 4") if f.outcome.instance == "ant-034"
    )
    assert (released.status, released.assumes) == ("open", ("same-day order",))


def test_without_the_activation_it_is_held_for_want_of_two_standards(
    policies: list[Policy], example: Record
) -> None:
    found = may(policies, without(example, "ant-036"), "deploy", "Claude Opus 4", "2025-05-22")
    assert (found.answer, found.exit_code) == ("held", 1)
    gate = [m for m in found.missing if m.clause == "anthropic/rsp@2.2#deploy-gate"]
    assert [(m.kind, m.standard) for m in gate] == [
        ("standard_activated", "asl-3-deployment"),
        ("standard_activated", "asl-3-security"),
    ]
    assert "asl-3-security in place" in found.says


def test_whether_board_and_trust_were_told_before_cannot_be_told(
    policies: list[Policy], example: Record
) -> None:
    ruling = rule(policies, example, "2025-05-22")
    told = of(ruling, "capability-decision/tell", "Claude Opus 4")
    assert [f.status for f in told] == ["undetermined"]
    assert told[0].as_json()["between"] == [
        {"date": "2025-05-01", "status": "met"},
        {"date": "2025-05-22", "status": "late"},
    ]
    assert told[0].unknown == ("the day of ant-040n is not published",)


def test_opus_4_1_needed_no_new_assessment(policies: list[Policy], example: Record) -> None:
    ruling = rule(policies, example, "2025-08-05")
    found = of(ruling, "comprehensive", "Claude Opus 4.1")
    assert [(f.status, f.outcome.instance, f.outcome.triggered) for f in found] == [
        ("dormant", "ant-051", None)
    ]


def test_opus_4_5_cannot_be_told_and_cannot_be_late(
    policies: list[Policy], example: Record
) -> None:
    ruling = rule(policies, example, "2025-11-24")
    (found,) = of(ruling, "comprehensive", "Claude Opus 4.5")
    assert found.status == "undetermined"
    assert any("ant-040 is not published" in reason for reason in found.unknown)
    assert found.says.endswith("The text sets no date, so nothing can be late.")
    assert not [f for f in ruling.faults if f.subject.model == "Claude Opus 4.5"]


# --- Board and Trust, to the minute ------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "status", "late_by"),
    [
        ("2025-03-10T11:59:00", "met", None),
        ("2025-03-10T12:01:00", "late", "1 minute"),
        (None, "breached", None),
    ],
    ids=["a minute before", "a minute after", "never"],
)
def test_board_and_trust_are_told_before_deployment(
    told: str | None, status: str, late_by: str | None
) -> None:
    notice = f"date: {told}, id: n, kind: board_or_trust_notice, model: m, to: [board, ltbt]"
    record = lab(
        "date: 2025-03-01, id: d, kind: threshold_decision, model: m, by: [ceo, rso]",
        "date: 2025-03-10T12:00:00, id: r, kind: model_released, model: m",
        *([notice] if told else []),
    )
    ruling = rule([load_policy("anthropic/rsp@2.2")], record, "2025-04-01", throughout=True)
    (found,) = of(ruling, "capability-decision/tell")
    assert (found.status, found.as_json()["late_by"]) == (status, late_by)
    assert ("notice period" in found.says) == (status == "met")


# --- versions, corrections, what is not encoded ------------------------------------------------


def test_the_thresholds_of_v2_1_are_judged_from_its_first_day(
    policies: list[Policy], example: Record
) -> None:
    before, on = (rule(policies, example, day) for day in ("2025-03-30", "2025-03-31"))
    assert not [f for f in before.findings if f.policy == "anthropic/rsp@2.1"]
    assert [f for f in on.findings if f.policy == "anthropic/rsp@2.1"]


def test_a_correction_changes_what_was_known_from_its_day_on(example: Record) -> None:
    from ifthen.dates import moment
    from ifthen.record.history import visible

    def measures(known: str) -> set[object]:
        facts = {f.id: f for f in visible(example, moment(known), moment(known))}
        values = facts["ant-043"].attributes["values"]
        assert isinstance(values, tuple)
        return {value["measure"] for value in values}

    assert "opus4_impossible_tasks_anti_hack_rate" not in measures("2025-08-04")
    assert "opus4_impossible_tasks_anti_hack_rate" in measures("2025-08-05")


def test_a_version_that_is_not_encoded_leaves_the_rest_undetermined(third: list[Policy]) -> None:
    record = lab(
        "date: 2026-02-24, id: a, kind: policy_amended, policy: anthropic/rsp@3.0",
        "date: 2026-12-01, id: b, kind: policy_amended, policy: anthropic/rsp@9.0",
        "date: 2026-12-02, id: c, kind: training_started, model: m",
    )
    listed = {p.policy: p.as_json() for p in rule(third, record, "2026-12-31").policies}
    assert listed["anthropic/rsp@3.0"]["to"] == "2026-12-01"
    assert listed["anthropic/rsp@9.0"]["encoded"] is False
    asked = may(third, record, "train", "m", "2026-12-31")
    assert asked.answer == "undetermined"
    assert "anthropic/rsp@9.0" in asked.says


# --- the third version -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def at_the_end(third: list[Policy], example: Record) -> Ruling:
    return rule(third, example, "2026-11-22")


def test_from_2026_02_24_the_record_runs_under_the_third_version(at_the_end: Ruling) -> None:
    listed = {p.policy: p.as_json() for p in at_the_end.policies}
    assert [
        (listed[f"anthropic/rsp@{n}"]["from"], listed[f"anthropic/rsp@{n}"]["to"]) for n in THIRD
    ] == [
        ("2026-02-24", "2026-04-02"),
        ("2026-04-02", "2026-04-29"),
        ("2026-04-29", "2026-05-26"),
        ("2026-05-26", "2026-07-08"),
        ("2026-07-08", None),
    ]
    assert all(listed[f"anthropic/rsp@{n}"]["encoded"] for n in THIRD)
    assert at_the_end.faults == ()


def test_the_second_risk_report_came_ten_days_before_it_was_due(
    third: list[Policy], example: Record, at_the_end: Ruling
) -> None:
    (found,) = [f for f in of(at_the_end, "risk-report") if f.outcome.instance == "ant-083"]
    shown = found.as_json()
    assert (found.clause, found.status) == ("anthropic/rsp@3.4#risk-report", "met")
    assert (shown["due"], shown["done"]) == ("2026-08-24", "2026-08-14")
    silent = of(rule(third, without(example, "ant-121"), "2026-11-22"), "risk-report")
    (found,) = [f for f in silent if f.outcome.instance == "ant-083"]
    assert (found.status, found.as_json()["due"]) == ("undetermined", "2026-08-24")


def test_it_describes_the_thirtieth_day_before(
    third: list[Policy], example: Record, at_the_end: Ruling
) -> None:
    (found,) = of(at_the_end, "coverage-date")
    assert (found.outcome.instance, found.status) == ("ant-121", "met")
    report = next(fact for fact in example.facts if fact.id == "ant-121")
    stale = replace(report, attributes={**report.attributes, "coverage_date": (0, 1)})
    facts = tuple(stale if fact is report else fact for fact in example.facts)
    (found,) = of(rule(third, replace(example, facts=facts), "2026-11-22"), "coverage-date")
    assert found.status == "breached"


def test_whether_chosen_customers_are_the_public_decides_what_was_owed(at_the_end: Ruling) -> None:
    under = "anthropic/rsp@3.1"
    preview = next(
        f
        for f in of(at_the_end, "discussion-deployed", "Claude Mythos Preview")
        if f.policy == under and "ant-089" in f.outcome.facts
    )
    assert preview.status == "undetermined"
    assert {r["reading"]: r["status"] for r in preview.as_json()["readings"]} == {
        "publicly: open": "dormant",
        "publicly: outside": "met",
    }
    (opus,) = (
        f for f in of(at_the_end, "discussion-deployed", "Claude Opus 4.7") if f.policy == under
    )
    assert (opus.status, opus.assumes) == ("met", ("same-day order",))


def test_other_documents_do_not_change_as_the_policy_does(at_the_end: Ruling) -> None:
    changes = {f.outcome.instance: f.status for f in of(at_the_end, "policy-change")}
    assert {changes.get(fact, "dormant") for fact in ("ant-012", "ant-014")} == {"dormant"}
    assert {changes[f"ant-{n:03}"] for n in (7, 8, 9, 10)} == {"undetermined"}


def test_the_replay_ends_where_the_ruling_stands(policies: list[Policy], example: Record) -> None:
    whole = replay(policies, example, None, "2025-06-01")
    assert whole.ruling == rule(policies, example, "2025-06-01")
    last = {change.finding.key: change.finding.status for change in whole.changes}
    for finding in whole.ruling.findings:
        assert last.get(finding.key, "dormant") == finding.status


# --- pause, de-deployment ----------------------------------------------------------------------


@pytest.mark.parametrize(("compute", "answer"), [("9.9e25", "permitted"), ("1e26", "held")])
def test_pretraining_pauses_at_1x_of_a_model_whose_security_is_missing(
    compute: str, answer: str
) -> None:
    record = lab(
        "date: 2025-05-01, id: a, kind: training_started, model: old, effective_compute: 1e26",
        "date: 2025-05-10, id: b, kind: training_ended, model: old, effective_compute: 1e26",
        "date: 2025-06-01, id: c, kind: threshold_decision, model: old, "
        "findings: {cbrn-3: cannot_rule_out, cbrn-4: below, ai-rd-4: below}",
        "date: 2025-07-01, id: d, kind: training_started, model: new, effective_compute: 1e24",
        f"date: 2025-08-01, id: e, kind: training_progress, model: new, "
        f"effective_compute: {compute}",
    )
    policy = load_policy("anthropic/rsp@2.2")
    found = may([policy], record, "train", "new", "2025-08-01", throughout=True)
    pause = next(f for f in found.clauses if f.clause.endswith("#pretraining-pause"))
    assert pause.status == ("open" if answer == "permitted" else "held")


# --- a decision that does not count -------------------------------------------------------------

BELOW = "cbrn: below, cbrn-4: below, ai-rd-4: below, ai-rd-5: below, autonomy-checkpoint: below"


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.2"])
@pytest.mark.parametrize(
    ("by", "answer", "decision"),
    [
        (", by: [ceo, rso]", "permitted", "counts"),
        (", by: [ceo]", "held", "void"),
        ("", "undetermined", "undetermined"),
    ],
)
def test_a_void_decision_opens_no_deployment(
    version: str, by: str, answer: str, decision: str
) -> None:
    policy = load_policy(f"anthropic/rsp@{version}")
    record = lab(
        "date: 2025-06-01, id: c, kind: capability_report, model: m",
        f"date: 2025-06-02, id: d, kind: threshold_decision, model: m, findings: {{{BELOW}}}{by}",
        "date: 2025-06-03, id: n, kind: board_or_trust_notice, model: m, to: [board, ltbt]",
    )
    found = may([policy], record, "deploy", "m", "2025-06-10", throughout=True)
    statuses = {f.clause.partition("#")[2]: f.status for f in found.clauses}
    assert found.answer == answer
    assert statuses["deploy-gate"] == "open"
    assert statuses["capability-decision"] == {"permitted": "open"}.get(answer, answer)
    ruling = rule([policy], record, "2025-06-10", throughout=True)
    assert [f.status for f in of(ruling, "capability-decision", "m")] == [decision]
    assert (decision == "void") == any(f.status == "void" for f in ruling.faults)


# --- words that leave room ----------------------------------------------------------------------


def test_a_week_is_late_for_immediately_only_to_a_charitable_reader() -> None:
    record = lab(
        "date: 2024-01-01, id: t, kind: training_started, model: m",
        "date: 2024-03-01, id: d, kind: threshold_decision, model: m, "
        "findings: {misuse: crossed, autonomy: below}",
        "date: 2024-03-08, id: l, kind: weights_locked, model: m",
    )
    ruling = rule([load_policy("anthropic/rsp@1.0")], record, "2024-04-01", throughout=True)
    (found,) = of(ruling, "lock-weights")
    assert (found.status, found.as_json()["due"]) == ("met", None)
    (word,) = found.as_json()["words"]
    assert (word["charitable_status"], word["charitable_due"]) == ("late", "2024-03-02")
