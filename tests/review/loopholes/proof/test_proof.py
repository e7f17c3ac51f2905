"""Proofs of encoded and repaired policies, and the certificates that come with the package."""

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from ifthen import Policy, Source, load_policy, parse_policy, policy_ids
from ifthen.cli.app import app
from ifthen.dates import Duration
from ifthen.policy.model import Cadence, DurationLiteral
from ifthen.reports.loopholes_words import proved
from ifthen.review.loopholes.harms import PREFIX, Harm, choose, load_harms
from ifthen.review.loopholes.proof.attempt import attempt
from ifthen.review.loopholes.proof.certificate import (
    FOLDER,
    Certificate,
    certificate,
    digest,
    parse,
    recheck,
    stored,
)
from ifthen.review.loopholes.proof.prove import Proof, by_siblings, prove
from ifthen.review.loopholes.proof.runs import admits, shortest
from ifthen.review.loopholes.proof.spacer import invariant
from ifthen.review.loopholes.proof.system import Question, system
from ifthen.review.loopholes.study import world_for
from ifthen.review.loopholes.world import World

FILED = sorted(path.name for path in FOLDER.glob("*.json"))


def question(policy: Policy, harm: str, start: Any, taking: Any, **more: Any) -> Question:
    # A margin names its clause, which a policy cut down to a few need not have.
    harms = load_harms(load_policy(policy.id) if policy.id in policy_ids() else policy)
    (one,) = choose(harms.harms, (harm,))
    world = world_for(policy, harms.margin, World())
    return Question(policy, one, start, taking, world, **more)


def asked_by(filed: Certificate, policy: Policy | None = None) -> Question:
    policy = policy or load_policy(filed.policy)
    return question(policy, filed.harm, filed.start, filed.taking, bounded=filed.bounded)


def filed(name: str) -> Certificate:
    return parse((FOLDER / name).read_text(encoding="utf-8"))


# --- certificates ------------------------------------------------------------------------------


def test_there_are_certificates() -> None:
    assert "anthropic-rsp@1.0.stale.assessed.words.json" in FILED


@pytest.mark.parametrize("name", FILED)
def test_a_certificate_holds_of_the_policy_as_it_is(name: str) -> None:
    found = filed(name)
    assert found.name == name
    checked = recheck(found, asked_by(found))
    assert checked.holds, checked.why
    assert stored(asked_by(found)) == found


@pytest.mark.parametrize("name", FILED)
def test_no_part_of_an_invariant_can_be_left_out(name: str) -> None:
    found = filed(name)
    for place in range(len(found.invariant)):
        rest = found.invariant[:place] + found.invariant[place + 1 :]
        less = replace(found, invariant=rest)
        assert recheck(less, asked_by(found)).why in ("consecution", "safety")


@pytest.mark.parametrize("name", FILED)
def test_no_clause_can_be_left_out(name: str) -> None:
    found = filed(name)
    for clause in found.clauses:
        less = replace(found, clauses=tuple(one for one in found.clauses if one != clause))
        assert "has changed" in recheck(less, asked_by(found)).why
        forged = replace(less, digest=digest_of(asked_by(found), less))
        why = recheck(forged, asked_by(found)).why
        assert why in ("consecution", "safety") or "cannot be read" in why  # registers are gone


def test_parts_that_say_too_much_or_too_little_are_refused() -> None:
    found = filed("anthropic-rsp@1.0.stale.assessed.words.json")
    asked = asked_by(found)
    never = replace(found, invariant=(*found.invariant, "false"))
    assert recheck(never, asked).why == "initiation"
    one_day = "(= |days since assessment_completed of the model| 0)"
    assert recheck(replace(found, invariant=(*found.invariant, one_day)), asked).why == (
        "consecution"
    )
    nothing = replace(found, invariant=("true",))
    assert recheck(nothing, asked).why == "safety"
    assert "cannot be read" in recheck(replace(found, invariant=("(oops)",)), asked).why


def test_a_changed_policy_is_another_question() -> None:
    found = filed("anthropic-rsp@1.0.stale.assessed.words.json")
    policy = load_policy(found.policy)
    for every in ("92 days", "7 months"):
        count, unit = every.split()
        length = DurationLiteral(Duration(int(count), unit.rstrip("s")))
        changed = replace(
            policy,
            clauses=tuple(
                replace(c, every=length)
                if isinstance(c, Cadence) and c.common.id == "time-cadence"
                else c
                for c in policy.clauses
            ),
        )
        refused = recheck(found, asked_by(found, changed))
        same = every == "92 days"  # three months are 92 days at most: the same system
        assert refused.holds == same, refused.why
        if not same:
            assert "has changed" in refused.why
            forged = replace(found, digest=digest_of(asked_by(found, changed), found))
            assert recheck(forged, asked_by(found, changed)).why == "safety"
    assert recheck(found, replace(asked_by(found), start="nothing")).why.startswith("it is of")


def digest_of(asked: Question, found: Certificate) -> str:
    clauses = [c for c in asked.policy.clauses if c.common.id in found.clauses]
    return digest(system(asked, clauses))


def test_a_text_that_is_no_certificate_is_refused() -> None:
    for text in ("{", "[]", "{}", '{"policy": "p"}'):
        with pytest.raises(ValueError, match="not a certificate"):
            parse(text)
    with pytest.raises(ValueError, match="nothing is proved"):
        certificate(Proof(asked_by(filed(FILED[0])), "not proved"))


# --- proofs ------------------------------------------------------------------------------------


def test_an_interval_of_three_months_is_proved_and_rests_on_its_clause() -> None:
    for start in ("assessed", "nothing"):
        found = prove(question(load_policy("anthropic/rsp@1.0"), "stale", start, "words"))
        assert found.proved
        assert found.clauses == ("time-cadence",)
        assert not found.question.bounded
        made = certificate(found)
        assert recheck(made, found.question).holds
        assert parse(made.text()) == made


def test_a_parse_by_starts_is_no_proof_and_its_run_breaks_nothing() -> None:
    policy = load_policy("anthropic/rsp@1.0")
    some = ("time-cadence", "growth-cadence", "quarterly-report", "train-gate")
    policy = replace(policy, clauses=tuple(c for c in policy.clauses if c.common.id in some))
    asked = question(policy, "stale", "assessed", "literal")
    found = prove(asked)
    assert not found.proved
    assert found.reason == "run"
    kept = [c for c in asked.policy.clauses if c.common.id in found.clauses]
    assert admits(system(asked, kept), found.run, 20)


def repaired(policy: Policy, every: str) -> Policy:
    """The policy with a completed assessment promised at least every so often."""
    (harm,) = choose(load_harms(policy).harms, ("stale",))
    assert isinstance(harm.clause, Cadence)
    count, unit = every.split()
    length = DurationLiteral(Duration(int(count), unit.rstrip("s")))
    common = replace(harm.clause.common, id=f"added-{harm.clause.common.id.removeprefix(PREFIX)}")
    added = replace(harm.clause, common=common, every=length)
    return replace(policy, clauses=(*policy.clauses, added))


@pytest.mark.parametrize("start", ["assessed", "nothing"])
def test_a_repaired_policy_is_proved_and_one_repaired_too_loosely_is_not(start: str) -> None:
    policy = load_policy("anthropic/rsp@2.0")
    found = prove(question(repaired(policy, "6 months"), "stale", start, "literal"))
    assert found.proved
    assert found.clauses == ("added-stale",)
    late = question(repaired(policy, "7 months"), "stale", start, "charitable")
    whole = system(late, [late.policy.clauses[-1]])
    assert invariant(whole, 20).answer == "no"
    assert shortest(whole, 6, 20) is not None


def test_clauses_that_nobody_can_keep_prove_nothing() -> None:
    text = (
        "policy: lab/impossible@1\ntitle: t\nsource: s\nrows: [X-1, X-2]\nclauses:\n"
        "  - {id: idle, kind: maintain, title: t, source: s, encodes: [X-1], for_each: model,"
        " while: running(train), keep: running(deploy)}\n"
        "  - {id: hold, kind: forbid, title: t, source: s, encodes: [X-2], for_each: model,"
        ' action: deploy, unless: "false"}\n'
    )
    policy = parse_policy(Source("p.yaml", text))
    found = prove(question(policy, "stale", "assessed", "charitable"), 20)
    assert not found.proved
    assert "for long enough" in found.why


def test_a_harm_with_a_count_in_business_days_is_not_attempted() -> None:
    policy = load_policy("anthropic/rsp@1.0")
    asked = question(policy, "stale", "assessed", "words")
    assert isinstance(asked.harm.clause, Cadence)
    length = DurationLiteral(Duration(3, "hour"))
    found = prove(replace(asked, harm=Harm(replace(asked.harm.clause, every=length))))
    assert not found.proved
    assert found.reason == "unsupported"


def test_the_command_says_what_a_proof_rests_on() -> None:
    arguments = ["review", "loopholes", "anthropic/rsp@1.0", "--harm", "stale", "--prove"]
    arguments += ["--start", "assessed", "--events", "1", "--stretches", "0", "--json"]
    (study,) = json.loads(CliRunner().invoke(app, arguments).stdout)
    proof = study["harms"][0]["proof"]
    assert (proof["status"], proof["words"]) == ("proved", "words")
    assert proof["rests_on"] == ["time-cadence"]
    assert proof["on_file"]
    assert len(proof["invariant"]) == 3


def test_the_text_says_what_is_proved_and_what_is_not() -> None:
    asked = asked_by(filed("openai-preparedness@beta.trained.assessed.charitable.json"))
    found = attempt(asked.policy, asked.harm, asked.start, asked.world, takings=("charitable",))
    said = proved(found)
    assert "proved for any number of events" in said
    assert "grows by at most 35x a year; rests on evaluation, which keep" in said
    assert "invariant on file re-checked in" in said
    failed = replace(found, status="not proved", why="time ran out")
    assert proved(failed) == "not proved: time ran out"


def test_what_is_on_file_is_not_used_where_another_world_is_assumed() -> None:
    found = filed("anthropic-rsp@1.0.stale.assessed.words.json")
    other = replace(asked_by(found), world=World(pauses=True))
    assert "has changed" in recheck(found, other).why
    assert not prove(other, 1).proved  # a model that is deployed and no longer trained


def test_the_parts_of_one_proof_prove_another_harm() -> None:
    filed_ = filed("openai-preparedness@beta.trained.assessed.charitable.json")
    policy = load_policy(filed_.policy)
    other = question(policy, "deployed", "assessed", "charitable", bounded=True)
    parts = (*filed_.invariant, "(not born)", "reached")  # what is not preserved is left out
    found = by_siblings(other, filed_.clauses, parts)
    assert found is not None
    assert found.proved
    assert recheck(certificate(found), other).holds
    assert by_siblings(other, (), parts) is None
    assert by_siblings(other, filed_.clauses, filed_.invariant[:2]) is None
