"""What a policy promises is read off its clauses.

``UPDATE_GOLDEN=1 pytest`` writes ``promises.json`` anew: what is derived of some real policies. It
was compared by hand with the texts' encodings; a change of it is a change of what is simulated.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from small import CADENCE, GATES, HEAD, policy

from ifthen import InputError, Source, load_policy, policy_ids
from ifthen.review.loopholes.harms import parse_harms
from ifthen.review.stress.derive import derive
from ifthen.review.stress.promises import Promises

GOLDEN = Path(__file__).parent / "promises.json"
REAL = (
    "anthropic/rsp@1.0",
    "anthropic/rsp@2.0",
    "anthropic/rsp@3.4",
    "openai/preparedness@beta",
    "openai/preparedness@2",
    "deepmind/fsf@1.0",
    "deepmind/fsf@3.0",
    "eu/gpai-code@2025",
)
WORDS = HEAD.replace(
    "thresholds:",
    "terms:\n"
    "  soon: {phrase: soon, type: duration, literal: any, charitable: at most 2 weeks, source: s}\n"
    "  grave: {phrase: grave, type: judgement, literal: any, charitable: true, source: s}\n"
    "readings:\n"
    "  anchor: {phrase: every, options: {start: from the start, done: from the end}, source: s}\n"
    "thresholds:",
)
BASE = (
    "  - {{id: c, kind: {kind}, for_each: model, title: t, source: s, encodes: [],\n     {rest}}}\n"
).format
UNSAFE = "every t in thresholds: status(t) = below or in_place(required(t))"


def of(kind: str, rest: str) -> Promises:
    return derive(policy(BASE(kind=kind, rest=rest), WORDS))


@pytest.mark.parametrize("name", REAL)
def test_real_policies_promise_what_they_did(name: str) -> None:
    found = derive(load_policy(name)).as_json()
    golden = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("UPDATE_GOLDEN"):
        text = json.dumps({**golden, name: found}, indent=1, sort_keys=True) + "\n"
        GOLDEN.write_text(text, encoding="utf-8")
    else:
        assert found == golden[name]


@pytest.mark.parametrize("name", policy_ids())
def test_every_clause_of_every_policy_ends_somewhere(name: str) -> None:
    """It is simulated, or paperwork, or listed with a reason; or it binds nobody."""
    known = load_policy(name)
    found = derive(known)
    simulated = {one.clause for one in (*found.looks, *found.holds)} | {found.margin.clause}
    left = dict(found.not_simulated)
    for clause in known.clauses:
        binds = clause.common.force in ("commitment", "aim")
        places = [
            clause.common.id in simulated,
            clause.common.id in found.paperwork,
            clause.common.id in left,
        ]
        assert sum(places) == binds, clause.common.id
    assert all(left.values())
    assert (found.nothing is None) == bool(found.looks or found.holds)


def test_a_cadence_counts_from_what_its_parses_name() -> None:
    [look] = of(
        "cadence",
        "do: {reading: anchor, start: assessment_started, done: assessment_completed}, "
        "every: soon, growth: '> 3x'",
    ).looks
    assert look.as_json() == {
        "clause": "c",
        "force": "commitment",
        "sort": "cadence",
        "literally": True,
        "every": [{"word": "soon"}],
        "growth": 3.0,
        "anchors": ["start", "done"],
        "within": [],
    }


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("do: drill_held, every: 1 month", None),
        ("do: drill_held, every: 1 month, family: security", "no look at the threshold"),
        ("do: 'evaluation_result[threshold=other]', every: 1 month, family: security", "no look"),
    ],
)
def test_what_is_no_look_at_the_threshold_is_none(rest: str, why: str | None) -> None:
    head = WORDS.replace("  harm:", "  other: {title: O, text: t, source: s}\n  harm:")
    found = derive(policy(BASE(kind="cadence", rest=rest), head))
    assert not found.looks
    if why is None:
        assert found.nothing is not None
    else:
        assert why in dict(found.not_simulated)["c"]


def test_a_hold_knows_the_findings_at_which_it_closes() -> None:
    [hold] = of("forbid", f"action: deploy, unless: '{UNSAFE}', grace: soon").holds
    assert (hold.action, hold.charitably, hold.literally) == ("deploy", {2, 3}, {2, 3})
    assert [length.word for length in hold.grace] == ["soon"]
    crossed = "action: train, if: status(harm) = crossed, unless: in_place(guard)"
    [hold] = of("forbid", crossed).holds
    assert hold.charitably == hold.literally == {3}
    warned = "action: train, if: status(harm) >= alert, unless: in_place(guard)"
    [hold] = of("forbid", warned).holds
    assert hold.charitably == {1, 2, 3}


@pytest.mark.parametrize(
    ("rest", "charitably"),
    [
        (f"unless: '({UNSAFE}) or did(decision[what=fine, go=true])'", {2, 3}),
        (f"if: grave, unless: '{UNSAFE}'", {2, 3}),
        (f"unless: {{reading: anchor, start: '{UNSAFE}', done: true}}", {2, 3}),
        (f"if: 'did(decision[what=bad])', unless: '{UNSAFE}'", {2, 3}),
    ],
)
def test_the_letter_opens_by_a_paper_a_word_or_a_parse(rest: str, charitably: set[int]) -> None:
    [hold] = of("forbid", f"action: deploy, {rest}").holds
    assert hold.charitably == charitably
    assert not hold.literally


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("action: store, unless: in_place(guard)", "where weights are kept"),
        ("action: deploy, unless: 'since(assessment_completed) < 3 months'", "how old the last"),
        ("action: deploy, if: did(rival_passed_threshold), unless: in_place(guard)", "rival"),
    ],
)
def test_a_hold_that_no_finding_closes_is_listed(rest: str, why: str) -> None:
    found = of("forbid", rest)
    assert not found.holds
    assert why in dict(found.not_simulated)["c"]


def test_what_is_kept_while_something_goes_on_holds_it() -> None:
    state = "status(harm) >= cannot_rule_out"
    [hold] = of("maintain", f"while: running(deploy) and {state}, keep: in_place(guard)").holds
    assert (hold.action, hold.charitably) == ("deploy", {2, 3})
    [owed] = of("maintain", f"while: {state}, keep: in_place(guard), grace: soon").holds
    assert (owed.action, owed.charitably) == (None, {2, 3})
    always = of("maintain", "while: running(deploy), keep: in_place(guard)")
    assert not always.holds


def test_a_finding_after_which_a_model_is_withdrawn_holds_deployment() -> None:
    rest = "becomes: status(harm) = crossed, then: model_withdrawn or standard_activated, within: "
    [hold] = of("whenever", f"{rest} 3 days").holds
    assert (hold.action, hold.charitably, hold.grace[0].days) == ("deploy", {3}, 3.0)
    milder = rest.replace("model_withdrawn", "model_restricted")
    assert not of("whenever", f"{milder} 3 days").holds


def test_a_look_before_each_release_binds_by_the_letter_only_where_it_is_asked_again() -> None:
    once = "when: 'model_released[stage!=internal]', then: assessment_completed, before: this"
    assert [(look.sort, look.literally) for look in of("whenever", once).looks] == [
        ("release", False)
    ]
    again = f"{once}, after: model_released"
    assert [look.literally for look in of("whenever", again).looks] == [True]
    excused = f"{again}, if: this.substantially_modified = true"
    assert [look.literally for look in of("whenever", excused).looks] == [False]


def test_a_follow_up_needs_a_test_that_leads_to_it() -> None:
    rest = (
        "when: 'assessment_completed[assessment=preliminary]', "
        "if: 'growth(assessment_completed[assessment=comprehensive]) >= 5x "
        "or since(assessment_completed[assessment=comprehensive]) >= 10 weeks', "
        "then: 'assessment_completed[assessment=comprehensive]', within: soon"
    )
    alone = of("whenever", rest)
    assert not alone.looks
    assert dict(alone.not_simulated)["c"] == "nothing leads to it"
    tested = (
        "  - {id: test, kind: cadence, for_each: model, title: t, source: s, encodes: [],"
        " do: 'assessment_completed[assessment=preliminary]', every: 1 month}\n"
    )
    text = BASE(kind="whenever", rest=rest) + tested
    look = next(one for one in derive(policy(text, WORDS)).looks if one.sort == "follow-up")
    assert (look.growth, look.every[0].days, look.anchors) == (5.0, 70.0, ("done",))


def test_a_margin_comes_from_the_longest_interval_in_compute() -> None:
    growth = (CADENCE % "90 days").replace("every: 90 days", "growth: '>= 5x'")
    assert derive(policy(growth + GATES)).margin.ahead == 5.0
    assert derive(policy(CADENCE % "90 days" + GATES)).margin.ahead == 1.0


def test_a_stated_margin_names_the_clause_that_promises_it() -> None:
    known = policy(CADENCE % "90 days" + GATES)
    harm = "id: h, kind: whenever, title: t, source: s, encodes: [CRIT-02], for_each: model"
    text = (
        f"harms: [{{{harm}, when: model_released, require: 'false'}}]\n"
        "margins: [{policy: example/small@1, ahead: 6x, clause: %s}]\n"
    )
    found = parse_harms(known, Source("harms.yaml", text % "cadence"))
    assert (found.margin, found.margin_clause) == (6, "cadence")
    with pytest.raises(InputError, match="unknown clause 'cadense' in example/small@1"):
        parse_harms(known, Source("harms.yaml", text % "cadense"))
