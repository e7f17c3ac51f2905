"""Clauses on which encoding and ruling once differed, each with the shortest timeline found."""

import pytest
import texts
from timelines import Pinned, by_encoding, by_ruling

from ifthen import Source, parse_policy
from ifthen.dates import parse_day
from ifthen.review.loopholes.calendar import FIRST
from ifthen.review.loopholes.concrete import Plain

KEEP = {
    "kind": "maintain",
    "for_each": "model",
    "while": "did(published[what=plan])",
    "keep": "'status(bio) != below otherwise level(talk) = low'",
}
GROWTH = {"kind": "cadence", "for_each": "model", "do": "published[what=plan]", "growth": '"> 2x"'}


def told(day: str, kind: str, model: str | None = "model-a", compute: int | None = None, **said):
    return Plain(kind, parse_day(day), model, said, compute)


def judged(clause: dict[str, str], end: str, *facts: Plain):
    """What the encoding says (kept, broken), and the ruling."""
    common = {"id": "c", "title": "t", "source": "s", "encodes": "[ROW-1]"}
    lines = [f"{name}: {value}" for name, value in (common | clause).items()]
    text = texts.HEAD + "  - " + "\n    ".join(lines) + "\n"
    policy = parse_policy(Source("apart.yaml", text))
    whole = [Plain("policy_adopted", FIRST, None, {"policy": policy.id}), *facts]
    asked = (policy, policy.clauses[0], whole, parse_day(end), Pinned(policy, True, {}), {})
    value = by_encoding(*asked)
    return (value.t, value.f), by_ruling(*asked)


def decided(day: str, bio: str | None, talk: str | None = None) -> Plain:
    findings = {"findings": {"bio": bio}} if bio else {}
    levels = {"levels": {"talk": talk}} if talk else {}
    return told(day, "threshold_decision", mitigation="post", **findings, **levels)


START = told("2025-01-02", "training_started", compute=0)
PLAN = told("2025-01-02", "published", what="plan")


@pytest.mark.parametrize("grace", [{}, {"grace": "1 month"}, {"grace": "soon"}])
def test_a_gap_that_may_have_ended_is_open(grace: dict[str, str]) -> None:
    failing = {**KEEP, "keep": "'did(model_released) and level(talk) = low'", **grace}
    released = told("2025-01-15", "model_released", compute=0, stage="general")
    assert judged(failing, "2025-06-01", START, PLAN, released) == ((False, False), (False, False))


def test_a_gap_that_may_have_ended_late_and_then_ends_is_late_either_way() -> None:
    failing = {**KEEP, "keep": "'did(model_released) and level(talk) = low'", "grace": "1 week"}
    released = told("2025-02-15", "model_released", compute=0, stage="general")
    facts = (START, PLAN, released, decided("2025-03-01", None, "low"))
    assert judged(failing, "2025-06-01", *facts) == ((False, True), (False, True))


def test_what_fails_again_after_a_doubt_is_a_gap_of_its_own() -> None:
    failing = {**KEEP, "keep": "'did(model_released) and level(talk) = low'", "grace": "1 week"}
    released = told("2025-01-08", "model_released", compute=0, stage="general")
    facts = (START, PLAN, released, decided("2025-03-01", None, "high"))
    assert judged(failing, "2025-06-01", *facts) == ((False, True), (False, True))


def test_growth_since_a_fact_of_no_model_is_not_known() -> None:
    plan = told("2025-02-01", "published", None, what="plan")
    more = told("2025-02-02", "training_progress", compute=4000)
    after = told("2025-06-01", "published", what="plan")
    assert judged(GROWTH, "2025-07-01", START, plan, more, after) == (
        (False, False),
        (False, False),
    )


def test_growth_that_is_asked_no_longer_may_be_unknown() -> None:
    plan = told("2025-02-01", "published", None, what="plan")
    ended = told("2025-03-01", "training_ended", compute=4000)
    clause = {**GROWTH, "while": "running(train)"}
    assert judged(clause, "2025-07-01", START, plan, ended) == ((True, False), (True, False))
