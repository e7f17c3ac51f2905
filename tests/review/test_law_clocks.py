"""The clocks of three laws, told as stories through the public interface.

One event can start several clocks, from different moments and in different units; every due date is
shown and the earliest binds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifthen import Finding, Policy, Record, due, load_policy, parse_record, rule
from ifthen.policy.source import Source
from ifthen.ruling.check import check
from ifthen.ruling.explain import explanation, from_json

CALIFORNIA, EUROPE, NEW_YORK = "us-ca/sb53@2025", "eu/gpai-code@2025", "us-ny/raise@2026"
LAWS = (CALIFORNIA, EUROPE, NEW_YORK)
LAB = (
    "id: org, date: 2027-01-02, kind: organisation, revenue: 600e6, signatory: [gpai-code], "
    "operates_in: [new-york]",
    "id: run, date: 2027-01-03, kind: training_started, model: m, flop: 2e26",
)
T0 = "2027-02-01T08:00:00Z"
INCIDENT = f'id: i, date: "{T0}", kind: incident, model: m'
DISCOVERED = f'discovered: "{T0}", aware: "{T0}", determined: "{T0}", model_involved: true'


@cache
def law(name: str) -> Policy:
    return load_policy(name)


@cache
def only(name: str, clause: str) -> Policy:
    """The law with one clause, which is quicker to rule."""
    clauses = tuple(one for one in law(name).clauses if one.common.id == clause)
    return replace(law(name), clauses=clauses)


def lab(*facts: str, start: tuple[str, ...] = LAB) -> Record:
    lines = "".join(f"- {{{fact}}}\n" for fact in (*start, *facts))
    return parse_record(Source("lab.yaml", "record: Lab\nfacts:\n" + lines))


def found(name: str, record: Record, clause: str, at: str, instance: str | None = None) -> Finding:
    ruling = rule([only(name, clause)], record, at, throughout=True)
    fitting = [
        finding
        for finding in ruling.findings
        if finding.clause == f"{name}#{clause}" and instance in (None, finding.outcome.instance)
    ]
    return fitting[-1]


def status(name: str, record: Record, clause: str, at: str, instance: str | None = None) -> str:
    return found(name, record, clause, at, instance).status


def clocks(record: Record, at: str = T0, days: int = 40) -> dict[tuple[str, str], str]:
    """When each report about the incident ``i`` is due, under whichever law."""
    items = due([law(name) for name in LAWS], record, at, days, throughout=True)
    dues = {}
    for item in items:
        finding = item.finding
        if finding.outcome.instance == "i":
            policy, _, clause = finding.clause.partition("#")
            dues[policy, clause] = finding.as_json()["due"]
    return dues


# --- one event, many clocks --------------------------------------------------------------------


def test_weights_taken_and_a_death_start_every_clock() -> None:
    incident = f"{INCIDENT}, limb: [weights, death], {DISCOVERED}"
    dues = clocks(lab(f"{incident}, injury: true, imminent: true"))
    reports = {key: when for key, when in dues.items() if key[1] != "incidents-taken-into-account"}
    assert reports == {
        (CALIFORNIA, "incident-report"): "2027-02-16",
        (CALIFORNIA, "imminent-risk"): "2027-02-02T08:00:00Z",
        (NEW_YORK, "incident-report"): "2027-02-04T08:00:00Z",
        (NEW_YORK, "imminent-risk"): "2027-02-02T08:00:00Z",
        (EUROPE, "security-breach"): "2027-02-06",
        (EUROPE, "death"): "2027-02-11",
    }
    # In the order in which they fall due: the earliest binds.
    assert list(reports.values())[:3] == [
        "2027-02-02T08:00:00Z",
        "2027-02-02T08:00:00Z",
        "2027-02-04T08:00:00Z",
    ]


def test_without_imminent_risk_new_york_is_first() -> None:
    incident = f"{INCIDENT}, limb: [weights, death], {DISCOVERED}"
    dues = clocks(lab(f"{incident}, injury: true, imminent: false"))
    assert (CALIFORNIA, "imminent-risk") not in dues
    assert next(iter(dues.items())) == ((NEW_YORK, "incident-report"), "2027-02-04T08:00:00Z")


def test_each_law_counts_from_its_own_moment() -> None:
    """Discovered, believed, determined and aware on four days."""
    record = lab(
        'id: i, date: "2027-02-01T08:00:00Z", kind: incident, model: m, limb: [death, weights], '
        'injury: true, imminent: false, model_involved: true, discovered: "2027-02-03T08:00:00Z", '
        'reasonable_belief: "2027-02-04T08:00:00Z", determined: "2027-02-06T08:00:00Z", '
        'aware: "2027-02-08T08:00:00Z"'
    )
    at = "2027-02-09"
    assert found(CALIFORNIA, record, "incident-report", at).as_json()["due"] == "2027-02-18"
    assert found(NEW_YORK, record, "incident-report", at).as_json()["due"] == "2027-02-07T08:00:00Z"
    assert found(EUROPE, record, "security-breach", at).as_json()["due"] == "2027-02-13"
    assert found(EUROPE, record, "death", at).as_json()["due"] == "2027-02-18"


def test_a_moment_that_is_not_recorded_leaves_its_clock_undetermined() -> None:
    record = lab(
        f"{INCIDENT}, limb: [death, weights], injury: true, "
        f'imminent: false, model_involved: true, discovered: "{T0}"'
    )
    assert found(CALIFORNIA, record, "incident-report", "2027-02-02").status == "pending"
    missing = found(NEW_YORK, record, "incident-report", "2027-02-02")
    assert missing.status == "undetermined"
    assert missing.unknown == ("i does not state determined or reasonable_belief",)
    assert found(EUROPE, record, "death", "2027-02-02").unknown == ("i does not state aware",)


# --- what is and is not an incident ------------------------------------------------------------


def test_theft_without_injury_is_reported_in_europe_only() -> None:
    record = lab(f"{INCIDENT}, limb: [weights], injury: false, imminent: false, {DISCOVERED}")
    assert {law for law, clause in clocks(record) if clause != "incidents-taken-into-account"} == {
        EUROPE
    }
    assert clocks(record)[EUROPE, "security-breach"] == "2027-02-06"
    assert status(CALIFORNIA, record, "incident-report", "2027-03-01") == "dormant"
    assert status(NEW_YORK, record, "incident-report", "2027-03-01") == "dormant"
    assert status(EUROPE, record, "security-breach", "2027-02-06") == "pending"
    assert status(EUROPE, record, "security-breach", "2027-02-07") == "breached"


@pytest.mark.parametrize(("elicited", "expected"), [("true", "dormant"), ("false", "pending")])
def test_deception_drawn_out_by_a_test_is_left_out(elicited: str, expected: str) -> None:
    record = lab(
        f"{INCIDENT}, limb: [deception], imminent: false, "
        f"increased_risk: true, elicited: {elicited}, {DISCOVERED}"
    )
    assert status(CALIFORNIA, record, "incident-report", "2027-02-03") == expected
    assert status(NEW_YORK, record, "incident-report", "2027-02-03") == expected


def test_whether_deception_was_drawn_out_must_be_known() -> None:
    record = lab(f"{INCIDENT}, limb: [deception], increased_risk: true, {DISCOVERED}")
    unclear = found(CALIFORNIA, record, "incident-report", "2027-02-03")
    assert unclear.status == "undetermined"
    assert "i does not state elicited" in unclear.unknown


def test_reports_go_on_until_resolved_and_end_within_sixty_days() -> None:
    record = lab(
        f"{INCIDENT}, limb: [death], {DISCOVERED}",
        "id: r0, date: 2027-02-10, kind: incident_reported, stage: initial, to: [ai-office], "
        "about: [i]",
        "id: r1, date: 2027-03-10, kind: incident_reported, stage: intermediate, to: [ai-office], "
        "about: [i]",
        "id: done, date: 2027-04-01, kind: incident_resolved, about: [i]",
    )
    steps = [
        ("intermediate-reports", "r0"),
        ("intermediate-reports", "r1"),
        ("final-report", "done"),
    ]
    at = "2027-05-01"
    dues = [found(EUROPE, record, *(clause, at), instance).as_json() for clause, instance in steps]
    assert [(one["due"], one["status"]) for one in dues] == [
        ("2027-03-10", "met"),
        ("2027-04-07", "met"),
        ("2027-05-31", "pending"),
    ]
    assert status(EUROPE, record, "final-report", "2027-06-01", "done") == "breached"


# --- before, or at the same time ---------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-1, 0, 1])
@pytest.mark.parametrize("name", [CALIFORNIA, NEW_YORK])
def test_before_or_concurrently_to_the_second(name: str, seconds: int) -> None:
    when = f"2027-03-10T12:00:{30 + seconds:02d}Z"
    record = lab(
        'id: out, date: "2027-03-10T12:00:30Z", kind: model_released, model: m',
        f'id: report, date: "{when}", kind: transparency_report, model: m',
    )
    expected = "late" if seconds > 0 else "met"
    assert status(name, record, "transparency-report", "2027-04-01") == expected


def test_use_inside_is_no_deployment_but_is_summarised() -> None:
    """CRIT-19: no transparency report; topic ten of the framework and the quarterly summary."""
    record = lab(
        "id: use, date: 2027-02-01, kind: model_released, model: m, stage: internal",
        "id: risk, date: 2027-02-01, kind: risk_report, covers: [internal-use]",
    )
    at = "2027-09-01"
    assert status(CALIFORNIA, record, "transparency-report", at) == "dormant"
    owed = found(CALIFORNIA, record, "internal-use-first", at).as_json()
    assert (owed["status"], owed["due"]) == ("breached", "2027-05-01")
    assert status(NEW_YORK, record, "transparency-report", at) == "dormant"
    assert status(NEW_YORK, record, "internal-use-first", at) == "breached"
    assert status(EUROPE, record, "use-gate", at, "use") == "violated"


def test_a_card_three_weeks_after_a_preview_is_late() -> None:
    """CRIT-15: a preview is made available to third parties, whatever it is called."""
    record = lab(
        "id: out, date: 2027-03-25, kind: model_released, model: m, stage: preview",
        "id: card, date: 2027-04-16, kind: system_card_published, model: m",
    )
    late = found(CALIFORNIA, record, "transparency-report", "2027-05-01").as_json()
    assert (late["status"], late["late_by_days"]) == ("late", 22)


# --- two limits on one deed --------------------------------------------------------------------

NOTIFIED = date(2027, 2, 1)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(0, 60), st.integers(0, 90))
def test_confirmed_within_four_weeks_and_two_weeks_before_placement(
    confirmed: int, placed: int
) -> None:
    confirmation, placement = NOTIFIED + timedelta(confirmed), NOTIFIED + timedelta(placed)
    record = lab(
        f"id: n, date: {NOTIFIED}, kind: classification_notified, model: m",
        f"id: c, date: {confirmation}, kind: framework_confirmed, what: framework",
        f"id: out, date: {placement}, kind: model_released, model: m, market: [eu]",
    )
    both = found(EUROPE, record, "framework-confirmed", "2028-01-01", "n")
    latest = NOTIFIED + timedelta(min(28, placed - 14))
    expected = "met" if confirmation <= latest else "late"
    assert both.status == expected
    assert both.as_json()["due"] == str(latest)


def test_both_limits_are_shown() -> None:
    record = lab(
        "id: n, date: 2027-02-01, kind: classification_notified, model: m",
        "id: out, date: 2027-03-08, kind: model_released, model: m, market: [eu]",
    )
    limits = found(EUROPE, record, "framework-confirmed", "2027-04-01", "n").as_json()["limits"]
    assert sorted(limit["due"] for limit in limits) == ["2027-02-22", "2027-03-01"]
    waiting = lab("id: n, date: 2027-02-01, kind: classification_notified, model: m")
    limits = found(EUROPE, waiting, "framework-confirmed", "2027-02-10", "n").as_json()["limits"]
    assert {limit["due"] for limit in limits} == {"2027-03-01", None}


# --- business days -----------------------------------------------------------------------------


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (8 * b + 13) // 25
    g = (19 * a + b - d - f + 15) % 30
    h, i = divmod(c, 4)
    j = (32 + 2 * e + 2 * h - g - i) % 7
    k = (a + 11 * g + 22 * j) // 451
    month, day = divmod(g + j - 7 * k + 114, 31)
    return date(year, month, day + 1)


def business_day(day: date) -> bool:
    """Whether payments are settled in Europe: no weekend and none of six closing days."""
    closed = {
        date(day.year, 1, 1),
        easter(day.year) - timedelta(2),
        easter(day.year) + timedelta(1),
        date(day.year, 5, 1),
        date(day.year, 12, 25),
        date(day.year, 12, 26),
    }
    return day.weekday() < 5 and day not in closed


@pytest.mark.parametrize(
    ("confirmed", "last"),
    [
        ("2027-03-24", "2027-04-02"),  # Good Friday 26 March, Easter Monday 29 March
        ("2027-12-22", "2027-12-29"),  # Christmas falls on a Saturday
        ("2028-12-20", "2028-12-29"),  # Christmas on a Monday
        ("2028-12-28", "2029-01-05"),  # New Year on a Monday
        ("2027-02-06", "2027-02-12"),  # confirmed on a Saturday
    ],
)
def test_five_business_days_over_easter_and_christmas(confirmed: str, last: str) -> None:
    record = lab(f"id: c, date: {confirmed}, kind: framework_confirmed, what: update")
    shown = found(EUROPE, record, "framework-access", confirmed, "c").as_json()["due"]
    assert shown == last


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.dates(date(2027, 1, 4), date(2035, 12, 31)))
def test_five_business_days_by_another_calendar(confirmed: date) -> None:
    record = lab(f"id: c, date: {confirmed}, kind: framework_confirmed, what: update")
    day, left = confirmed, 5
    while left:
        day += timedelta(1)
        left -= business_day(day)
    shown = found(EUROPE, record, "framework-access", str(confirmed), "c").as_json()["due"]
    assert shown == str(day)


# --- whom the laws reach -----------------------------------------------------------------------

ORGANISATION = LAB[:1]


def asked(name: str, *runs: str) -> str:
    """Whether a deployment calls for a report, after these runs."""
    release = "id: out, date: 2027-06-01, kind: model_released, model: m, market: [eu]"
    record = lab(*runs, release, start=ORGANISATION)
    clause = "model-report" if name == EUROPE else "transparency-report"
    return status(name, record, clause, "2027-07-01")


def run(number: int, flop: str, model: str = "m", more: str = "") -> str:
    day = f"2027-0{number + 1}-03"
    return f"id: r{number}, date: {day}, kind: training_started, model: {model}, flop: {flop}{more}"


@pytest.mark.parametrize("name", [CALIFORNIA, NEW_YORK])
@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([run(0, "1e26")], "dormant"),
        ([run(0, "1.000001e26")], "breached"),
        ([run(0, "9e25"), run(1, "1e25")], "dormant"),
        ([run(0, "9e25"), run(1, "1.01e25")], "breached"),
        ([run(0, "6e25"), run(1, "3e25"), run(2, "2e25")], "breached"),
    ],
)
def test_more_than_ten_to_the_26_with_later_modifications(
    name: str, runs: list[str], expected: str
) -> None:
    assert asked(name, *runs) == expected


def test_the_model_that_another_is_based_on_counts_too() -> None:
    base = run(0, "9e25", model="base")
    small = run(1, "1e25")
    large = run(1, "2e25")
    release = (
        "id: out, date: 2027-06-01, kind: model_released, model: m, market: [eu], based_on: [base]"
    )
    found_ = [
        status(
            CALIFORNIA,
            lab(base, later, release, start=ORGANISATION),
            "transparency-report",
            "2027-07-01",
            "out",
        )
        for later in (small, large)
    ]
    assert found_ == ["dormant", "breached"]


def test_european_duties_begin_above_ten_to_the_25() -> None:
    assert asked(EUROPE, run(0, "1e25")) == "dormant"
    assert asked(EUROPE, run(0, "1.01e25")) == "breached"


def test_compute_that_is_not_recorded_leaves_it_undetermined() -> None:
    silent = "id: r0, date: 2027-01-03, kind: training_started, model: m"
    assert [asked(name, silent) for name in LAWS] == ["undetermined"] * 3


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [("499999999", "dormant"), ("500000000", "dormant"), ("500000001", "breached")],
)
@pytest.mark.parametrize("name", [CALIFORNIA, NEW_YORK])
def test_large_is_more_than_five_hundred_million(name: str, revenue: str, expected: str) -> None:
    start = (
        f"id: org, date: 2027-01-02, kind: organisation, revenue: {revenue}, "
        "operates_in: [new-york]",
        LAB[1],
    )
    record = lab(start=start)
    assert status(name, record, "framework-published", "2027-02-01") == expected


# --- how long papers are kept ------------------------------------------------------------------


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(0, 12 * 366))
def test_papers_are_kept_as_long_as_each_law_says(days: int) -> None:
    made = date(2027, 3, 1)
    gone = made + timedelta(days)
    record = lab(
        f"id: out, date: {made}, kind: model_released, model: m, market: [eu]",
        f"id: a, date: {gone}, kind: documents_destroyed, what: unredacted, dated: {made}",
        f"id: b, date: {gone}, kind: documents_destroyed, what: incident-documents, dated: {made}",
        f"id: c, date: {gone}, kind: documents_destroyed, what: model-documentation, model: m",
    )
    at = "2041-01-01"
    for name, clause, fact, years in (
        (CALIFORNIA, "redaction-retention", "a", 5),
        (NEW_YORK, "redaction-retention", "a", 5),
        (EUROPE, "incident-documents", "b", 5),
        (EUROPE, "model-documentation", "c", 10),
    ):
        kept = gone >= made.replace(year=made.year + years)
        assert status(name, record, clause, at, fact) == ("met" if kept else "breached")


# --- every finding, by the other reader of the language ----------------------------------------

BUSY = (
    f"{INCIDENT}, limb: [weights, death], injury: true, imminent: true, {DISCOVERED}",
    "id: use, date: 2027-02-03, kind: model_released, model: m, stage: internal",
    "id: n, date: 2027-02-01, kind: classification_notified, model: m",
    "id: c, date: 2027-02-10, kind: framework_confirmed, what: framework, parts: [safety-margin]",
    "id: said, date: 2027-02-10, kind: incident_reported, stage: initial, to: [ai-office, oes], "
    "about: [i]",
    "id: gone, date: 2027-02-12, kind: documents_destroyed, what: incident-documents, "
    "dated: 2027-02-01",
    "id: tell, date: 2027-02-20, kind: noncompliance_reported, from: internal",
    "id: back, date: 2027-03-01, kind: internal_report, what: disclosure-status, about: [tell]",
    "id: out, date: 2027-03-08, kind: model_released, model: m, market: [eu]",
)


@pytest.mark.parametrize("name", LAWS)
def test_every_finding_is_confirmed(name: str) -> None:
    adopted = f'id: law, date: 2027-01-01, kind: policy_adopted, policy: "{name}"'
    record = lab(*BUSY, start=(adopted, *LAB))
    ruling = rule([law(name)], record, "2027-06-01")
    assert len({finding.status for finding in ruling.findings}) >= 3
    for finding in ruling.findings:
        kept = from_json(explanation(finding))
        assert check(kept, law(name), record, ruling.at, ruling.known) == ()
