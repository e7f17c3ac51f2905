"""What each primitive and limit that other frameworks need comes to, worked out by hand."""

from __future__ import annotations

from functools import cache

import pytest
from worlds import record_of

from ifthen import Finding, Policy, Source, may, moment, parse_policy, rule
from ifthen.ruling.check import check

HEAD = """
policy: lab/one@1
title: One clause
source: made up
month_end: down
terms:
  loosely: {phrase: loosely, type: duration, literal: any, charitable: at most 1 week, source: "1"}
scale: [low, medium, high, critical]
categories:
  cyber:
    title: Cyber
    source: "1"
    aliases: [hacking]
    levels: {high: {text: t, source: "1", requires: [guard]}}
  talk: {title: Talk, source: "1", tracked: false}
thresholds:
  bio: {title: Biology, source: "1", aliases: [b]}
  nuclear: {title: Nuclear, source: "1"}
standards:
  guard-1: {title: One, source: "1"}
  guard: {title: Guard, source: "1", includes: [guard-1]}
  guard-3: {title: Three, source: "1", includes: [guard]}
clauses:
  - {id: c, source: "1", title: The clause, CLAUSE}
"""
BORN = {"id": "m0", "kind": "evaluation_result", "date": "2025-01-01", "model": "m"}


@cache
def policy(clause: str) -> Policy:
    return parse_policy(Source("one.yaml", HEAD.replace("CLAUSE", clause)))


def ruled(clause: str, facts, at="2025-06-30", complete=None) -> list[Finding]:
    """The findings of one clause, each confirmed by the independent checker."""
    record = record_of([BORN, *facts], complete)
    one = policy(clause)
    findings = rule([one], record, at, throughout=True).findings
    for finding in findings:
        when = moment(at)
        assert check(finding, one, record, when, when, throughout=True) == ()
    return list(findings)


def truth(condition: str, facts, at="2025-06-30", complete=None) -> bool | None:
    """What a condition comes to for the model ``m`` at the end of a day."""
    clause = f'kind: forbid, for_each: model, action: deploy, unless: "{condition}"'
    (now,) = [
        f
        for f in ruled(clause, facts, at, complete)
        if f.outcome.key == "now" and f.subject.model == "m"
    ]
    return {"open": True, "held": False, "undetermined": None}[now.status]


def status(clause: str, facts, at="2025-06-30", complete=None) -> str:
    return ruled(clause, facts, at, complete)[-1].status


def scored(date, mitigation=None, **levels):
    said = {} if mitigation is None else {"mitigation": mitigation}
    fact = {"id": f"d{date}{mitigation}", "kind": "threshold_decision", "date": date, "model": "m"}
    return {**fact, "levels": levels, **said}


# --- levels and forecasts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("level(cyber) <= medium", [], None),
        ("level(cyber) <= medium", [scored("2025-02-01", cyber="medium")], True),
        ("level(cyber) <= medium", [scored("2025-02-01", hacking="high")], False),
        ("level(cyber) in [low, high]", [scored("2025-02-01", cyber="high")], True),
        ("level(cyber) != high", [scored("2025-02-01", cyber="high")], False),
        ("level(cyber) <= medium", [scored("2025-02-01", cyber="dreadful")], None),
        ("level(cyber, post) <= medium", [scored("2025-02-01", "post", cyber="low")], True),
        ("level(cyber, post) <= medium", [scored("2025-02-01", "pre", cyber="low")], None),
        ("level(cyber, post) <= medium", [scored("2025-02-01", "unstated", cyber="low")], None),
        ("level(cyber, post) <= medium", [scored("2025-02-01", cyber="low")], None),
        ("every c in categories: level(c) = low", [scored("2025-02-01", cyber="low")], True),
        ("every c in [cyber, talk]: level(c) = low", [scored("2025-02-01", cyber="low")], None),
    ],
)
def test_a_level_is_the_last_score_of_its_kind(condition, facts, expected):
    assert truth(condition, facts) is expected


def test_of_two_scores_the_later_counts_and_each_mitigation_by_itself():
    facts = [
        scored("2025-02-01", "pre", cyber="high"),
        scored("2025-02-02", "post", cyber="medium"),
        scored("2025-03-01", "pre", cyber="critical"),
    ]
    assert truth("level(cyber, pre) = critical", facts) is True
    assert truth("level(cyber, post) = medium", facts) is True
    assert truth("level(cyber) = critical", facts) is True
    assert truth("level(cyber, pre) = high", facts, at="2025-02-15") is True


def test_a_score_that_does_not_say_when_leaves_open_only_what_differs():
    sure = scored("2025-02-01", "post", cyber="medium")
    same, other = scored("2025-03-01", cyber="medium"), scored("2025-03-01", cyber="high")
    assert truth("level(cyber, post) = medium", [sure, same]) is True
    assert truth("level(cyber, post) = medium", [sure, other]) is None
    assert truth("level(cyber, post) <= high", [sure, other]) is True


@pytest.mark.parametrize(
    ("complete", "levels", "expected"),
    [(None, [], False), ([], [], None), ([], ["medium"], False), (None, ["medium", "high"], True)],
)
def test_a_forecast_never_made_lies_below_every_level(complete, levels, expected):
    facts = [
        {"id": f"f{n}", "kind": "forecast", "date": f"2025-02-0{n}", "threshold": "hacking",
         "level": level, "by_date": "2025-12-31"}
        for n, level in enumerate(levels, 1)
    ]  # fmt: skip
    assert truth("forecast(cyber) >= high", facts, complete=complete) is expected


def test_a_level_requires_its_standards():
    on = {"id": "s", "kind": "standard_activated", "date": "2025-02-01", "standard": ["guard"]}
    condition = "in_place(required(cyber, high))"
    assert truth(condition, []) is False
    assert truth(condition, [on]) is True
    assert truth("in_place(required(cyber, critical))", []) is True


def test_what_is_missing_is_the_score_that_would_open_the_hold():
    text = "every c in categories: level(c, post) <= medium or in_place(required(c, high))"
    clause = f'kind: forbid, for_each: model, action: deploy, unless: "{text}"'
    answer = may([policy(clause)], record_of([BORN]), "deploy", "m", "2025-06-30", throughout=True)
    (missing,) = answer.missing
    assert str(missing) == "a decision that cyber is at most medium after mitigation"
    assert missing.as_json() == {
        "kind": "threshold_decision",
        "model": "m",
        "category": "cyber",
        "level": "at most medium",
        "mitigation": "post",
        "clause": "lab/one@1#c",
    }


# --- standards that include others ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "expected"), [("guard-1", True), ("guard", True), ("guard-3", True)]
)
def test_a_standard_holds_wherever_one_that_includes_it_does(named, expected):
    on = {"id": "s", "kind": "standard_activated", "date": "2025-02-01", "standard": [named]}
    yes = {**on, "kind": "standard_approved"}
    assert truth("in_place(guard-1)", [on]) is expected
    assert truth("approved(guard-1)", [yes]) is expected
    off = {"id": "o", "kind": "standard_lapsed", "date": "2025-03-01", "standard": [named]}
    assert truth("in_place(guard-1)", [on, off]) is False
    assert truth("in_place(guard-3)", [on]) is (named == "guard-3")


# --- dates compared, names in tests --------------------------------------------------------------

COVERED = 'kind: whenever, when: risk_report, require: "between(this.coverage_date, this.date) {}"'


@pytest.mark.parametrize(
    ("operator", "covered", "expected"),
    [
        ("<= 30 days", "2025-03-01", "met"),
        ("<= 30 days", "2025-02-28", "breached"),
        ("< 30 days", "2025-03-02", "met"),
        ("< 30 days", "2025-03-01", "breached"),
        (">= 1 month", "2025-02-28", "met"),
        ("> 1 month", "2025-02-28", "met"),
        ("> 1 month", "2025-03-01", "breached"),
        ("<= 30 days", "2025-05-01", "met"),
        ("<= 20 business-days(eu)", "2025-03-03", "met"),
        ("<= 19 business-days(eu)", "2025-03-03", "breached"),
        ("<= loosely", "2020-01-01", "met"),
    ],
)
def test_the_time_between_two_dates_is_counted_like_any_other(operator, covered, expected):
    report = {"id": "r", "kind": "risk_report", "date": "2025-03-31", "coverage_date": covered}
    assert status(COVERED.format(operator), [report]) == expected


def test_a_date_that_is_not_stated_leaves_the_time_between_unknown():
    report = {"id": "r", "kind": "risk_report", "date": "2025-03-31"}
    assert status(COVERED.format("<= 30 days"), [report]) == "undetermined"


def test_business_days_are_named_as_an_assumption():
    report = {"id": "r", "kind": "risk_report", "date": "2025-03-31", "coverage_date": "2025-03-03"}
    (finding,) = ruled(COVERED.format("<= 20 business-days(eu)"), [report])
    assert [a for a in finding.assumes if "TARGET" in a]


def published(about):
    return {"id": f"p{about[0]}", "kind": "published", "date": "2025-02-01", "about": about}


def test_a_member_of_a_list_stands_in_a_test():
    condition = "every t in thresholds: did(published[about=t])"
    assert truth(condition, [published(["b"])]) is False
    assert truth(condition, [published(["b"]), published(["nuclear"])]) is True
    about = "some n in models: did(incident[model=n, imminent=true])"
    hurt = {"id": "i", "kind": "incident", "date": "2025-02-01", "model": "other", "imminent": True}
    assert truth(about, [hurt]) is True
    assert truth(about, [{**hurt, "imminent": False}]) is False
    intended = "every n in models: last(training_started[model=n]).intended_flop > 1e25"
    run = {"id": "t", "kind": "training_started", "date": "2025-02-01", "model": "m"}
    assert truth(intended, [{**run, "intended_flop": 1e26}]) is True
    assert truth(intended, [{**run, "intended_flop": 1e24}]) is False


FINAL = (
    'kind: whenever, when: "incident_reported[stage=initial]", within: 2 weeks, '
    'then: "incident_reported[about=this.about, stage=final]"'
)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (["i1"], ["i1"], "met"),
        (["i1"], ["key"], "met"),
        (["i1"], ["i2"], "breached"),
        (["i1", "i2"], ["i1"], "breached"),
        (["i1"], ["i1", "i2"], "met"),
        (None, ["i1"], "undetermined"),
    ],
)
def test_what_the_trigger_says_stands_in_a_test(first, last, expected):
    facts = [
        {"id": "i1", "key": "key", "kind": "incident", "date": "2025-02-01"},
        {"id": "i2", "kind": "incident", "date": "2025-02-01"},
        {"id": "r1", "kind": "incident_reported", "date": "2025-02-02", "stage": "initial"},
        {"id": "r2", "kind": "incident_reported", "date": "2025-02-12", "stage": "final"},
    ]
    for fact, about in ((facts[2], first), (facts[3], last)):
        if about is not None:
            fact["about"] = about
    assert status(FINAL, facts) == expected


def test_an_act_is_judged_by_what_it_says_of_itself():
    clause = (
        "kind: forbid, for_each: model, action: train, "
        'unless: "this.purpose = safety otherwise false"'
    )
    run = {"id": "t", "kind": "training_started", "date": "2025-02-01", "model": "m"}

    def act(**said):
        return next(f.status for f in ruled(clause, [{**run, **said}]) if f.outcome.key == "t")

    assert act(purpose="safety") == "open"
    assert act(purpose="capability") == "violated"
    assert act() == "violated"


# --- limits --------------------------------------------------------------------------------------

SEVERAL = (
    'kind: whenever, when: incident, then: "incident_reported[about=this]", within: '
    "[{time: 10 days, of: [aware]}, {time: 72 hours, of: [determined]}], "
    "before: {time: 2 weeks, of: model_released}"
)
INCIDENT = {"id": "i", "kind": "incident", "date": "2025-03-01", "aware": "2025-03-01",
            "determined": "2025-03-05T12:00:00Z"}  # fmt: skip
RELEASE = {"id": "r", "kind": "model_released", "date": "2025-03-20", "model": "m"}


def answered(date):
    return {"id": "a", "kind": "incident_reported", "date": date, "about": ["i"]}


def test_the_earliest_of_several_limits_counts_and_all_are_listed():
    (finding,) = ruled(SEVERAL, [INCIDENT, answered("2025-03-09")])
    assert finding.status == "late"
    assert finding.as_json()["limits"] == [
        {"limit": "within 10 days of aware", "due": "2025-03-11", "binds": False},
        {"limit": "within 72 hours of determined", "due": "2025-03-08T12:00:00Z", "binds": True},
        {"limit": "2 weeks before model_released", "due": None, "binds": False},
    ]
    assert finding.says.endswith(
        " What counts is within 72 hours of determined (2025-03-08T12:00:00Z); beside it: within "
        "10 days of aware (2025-03-11); 2 weeks before model_released."
    )


def test_two_weeks_before_an_event_are_counted_back_from_it():
    (finding,) = ruled(SEVERAL, [INCIDENT, RELEASE, answered("2025-03-07")])
    assert finding.status == "late"
    assert finding.as_json()["limits"][2] == {
        "limit": "2 weeks before model_released", "due": "2025-03-06", "binds": True,
    }  # fmt: skip
    (finding,) = ruled(SEVERAL, [INCIDENT, RELEASE, answered("2025-03-06")])
    assert finding.status == "met"


def test_so_long_before_the_trigger_itself():
    clause = (
        "kind: whenever, for_each: model, when: model_released, then: drill_held, "
        "before: {time: 3 business-days(us), of: this}"
    )
    drill = {"id": "d", "kind": "drill_held", "date": "2025-03-17"}
    assert status(clause, [RELEASE, drill]) == "met"
    assert status(clause, [RELEASE, {**drill, "date": "2025-03-18"}]) == "late"
    assert status(clause, [RELEASE]) == "breached"


SPACED = "kind: cadence, do: published, every: {min: 3 months, max: 6 months}, force: FORCE"


def turns(dates, force="commitment"):
    facts = [{"id": f"p{n}", "kind": "published", "date": date} for n, date in enumerate(dates)]
    return ruled(SPACED.replace("FORCE", force), facts, at="2026-12-31")


def test_a_deed_sooner_than_the_least_distance_is_a_breach():
    first, second, third, _ = turns(["2025-02-01", "2025-04-01", "2025-07-01"])
    assert first.status == "met"
    assert second.status == "breached"
    assert second.as_json()["early_by_days"] == 30
    assert "done 2025-04-01, 30 days too early" in second.says
    assert third.status == "met"
    assert turns(["2025-02-01", "2025-04-01"], "aim")[1].status == "missed"
    assert turns(["2025-02-01", "2025-08-02"])[1].status == "late"


# --- progress and compute ------------------------------------------------------------------------


def trained(kind, date, **said):
    return {"id": f"{kind}{date}{len(said)}", "kind": kind, "date": date, "model": "m", **said}


def told(date, value, unit="months"):
    values = [{"measure": "progress", "value": value, "unit": unit}]
    return trained("training_progress", date, values=values)


ASSESSED = trained("assessment_completed", "2025-03-01")


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("gain(assessment_completed, progress) >= 3", [], None),
        ("gain(assessment_completed, progress) >= 3", [told("2025-02-01", 4)], True),
        ("gain(assessment_completed, progress) >= 3", [told("2025-02-01", 4), ASSESSED], False),
        ("gain(assessment_completed, progress) >= 3",
         [told("2025-02-01", 4), ASSESSED, told("2025-04-01", 7)], True),
        ("gain(assessment_completed, progress) >= 3", [ASSESSED, told("2025-04-01", 7)], None),
        ("gain(assessment_completed, progress) >= 3", [ASSESSED], False),
        ("gain(assessment_completed, progress, 'months') >= 3", [told("2025-02-01", 4)], True),
        ("gain(assessment_completed, progress, 'weeks') >= 3", [told("2025-02-01", 4)], None),
    ],
)  # fmt: skip
def test_gain_is_the_measure_now_less_that_at_the_last_event(condition, facts, expected):
    assert truth(condition, facts) is expected


def test_an_absence_that_proves_nothing_leaves_the_gain_unknown():
    condition = "gain(assessment_completed, progress) >= 3"
    assert truth(condition, [told("2025-02-01", 4)], complete=[]) is None


GAIN = (
    "kind: cadence, for_each: model, do: assessment_completed, every: 1 year, "
    'gain: {measure: progress, by: ">= 3", unit: months}'
)


def test_a_cadence_falls_due_on_the_day_its_measure_has_grown_by_so_much():
    facts = [told("2025-02-01", 1), ASSESSED, told("2025-04-01", 3), told("2025-05-01", 4)]
    (_, finding) = ruled(GAIN, facts)
    assert finding.status == "breached"
    assert finding.as_json()["due"] == "2025-05-01"
    assert [(limit["limit"], limit["binds"]) for limit in finding.as_json()["limits"]] == [
        ("every 1 year", False),
        ("gain >= 3 months", True),
    ]


@pytest.mark.parametrize(
    ("limit", "facts", "expected"),
    [
        ("> 1e25", [], None),
        ("> 1e25", [trained("training_started", "2025-02-01")], None),
        ("> 1e25", [trained("training_started", "2025-02-01", flop=2e25)], True),
        ("> 2e25", [trained("training_started", "2025-02-01", flop=2e25)], False),
        ("= 3e25", [trained("training_started", "2025-02-01", flop=2e25),
                    trained("training_ended", "2025-03-01", flop=3e25)], True),
        ("= 5e25", [trained("training_ended", "2025-02-01", flop=3e25),
                    trained("training_started", "2025-03-01", flop=2e25)], True),
        ("> 1e25", [trained("training_started", "2025-02-01", flop=2e25),
                    trained("training_started", "2025-03-01")], True),
        ("> 2e25", [trained("training_started", "2025-02-01", flop=2e25),
                    trained("training_started", "2025-03-01")], None),
    ],
)  # fmt: skip
def test_flop_add_up_over_the_runs_of_a_model(limit, facts, expected):
    assert truth(f"flop(this) {limit}", facts) is expected


def test_flop_of_a_model_include_those_it_is_based_on():
    base = {"id": "t", "kind": "training_started", "date": "2025-01-05", "model": "b", "flop": 8e25}
    derived = {"id": "r", "kind": "model_released", "date": "2025-03-01", "model": "m",
               "based_on": ["b"]}  # fmt: skip
    tuned = trained("training_started", "2025-02-01", flop=3e25)
    assert truth("flop(this) = 11e25", [base, derived, tuned]) is True
    assert truth("flop(this) = 8e25", [base, derived]) is True
    assert truth("flop(this) = 3e25", [base, derived, tuned], at="2025-02-15") is True
    assert truth("flop(this) > 2e25", [derived, tuned]) is True
    assert truth("flop(this) > 3e25", [derived, tuned]) is None


@pytest.mark.parametrize(
    ("named", "own", "lifted", "other"),
    [
        ("lab/one@2", True, True, False),
        ("lab/other@1", False, True, True),
        ("lab/one-more@1", False, True, False),
        (None, True, True, None),
    ],
)
def test_a_change_of_policy_is_one_of_this_policy_unless_the_clause_says_so(
    named, own, lifted, other
):
    change = {"kind": "policy_amended", "date": "2025-02-01", "id": "p"}
    facts = [change if named is None else {**change, "policy": named}]
    assert truth("did(policy_amended)", facts) is own
    assert truth("did(policy_amended[policy=any])", facts) is lifted
    assert truth("did(policy_amended[policy='lab/other@1'])", facts) is other
