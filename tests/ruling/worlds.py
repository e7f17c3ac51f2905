"""Small worlds for the laws of the ruling: random records, and parts of a made-up policy.

Dates are few and close together, so that facts meet on one day, on the day of a deadline and on
the day a policy changes far more often than they do in life.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ifthen import Finding, Policy, Record, Ruling, Source, moment, parse_policy, parse_record
from ifthen.ruling.reasons import Because

HERE = Path(__file__).parent
START = datetime(2025, 1, 1, tzinfo=UTC)
LAST_DAY = 75
END = moment("2025-04-30")
MODELS = ("alpha", "beta")


def day(number: int) -> str:
    """The date so many days after the first of January 2025."""
    return (START + timedelta(days=number)).date().isoformat()


def close_of(number: int) -> int:
    """The last second of that day."""
    return moment(day(number))


# --- policies ----------------------------------------------------------------------------------


@cache
def laws(version: int = 1) -> Policy:
    """The policy of ``laws.yaml``; its second version allows more time."""
    text = (HERE / "laws.yaml").read_text(encoding="utf-8")
    if version == 2:
        text = text.replace("lab/safety@1", "lab/safety@2").replace("2 weeks", "3 weeks")
    return parse_policy(Source(f"laws-{version}.yaml", text))


CLAUSES = tuple(clause.common.id for clause in laws().clauses)


def part(policy: Policy, ids: Iterable[str]) -> Policy:
    """A policy with only some of its clauses, and the procedure that one of them refers to."""
    wanted = set(ids)
    if "counting-gate" in wanted:
        wanted.add("capability-decision")
    clauses = tuple(clause for clause in policy.clauses if clause.common.id in wanted)
    return replace(policy, clauses=clauses)


def continuing(policy: Policy, ids: Iterable[str]) -> Policy:
    """A policy some of whose clauses carry on those of version 1."""
    wanted = set(ids)
    return replace(
        policy,
        clauses=tuple(
            replace(
                clause, common=replace(clause.common, continues=f"lab/safety@1#{clause.common.id}")
            )
            if clause.common.id in wanted
            else clause
            for clause in policy.clauses
        ),
    )


class Chosen(NamedTuple):
    """Which clauses a world has, and which of the second version carry on the first."""

    ids: tuple[str, ...]
    carried: tuple[str, ...]

    @property
    def policies(self) -> list[Policy]:
        """Both versions."""
        return [part(laws(1), self.ids), continuing(part(laws(2), self.ids), self.carried)]


@st.composite
def choices(draw: st.DrawFn, most: int = 4) -> Chosen:
    """Some clauses, some of them carried on by the second version."""
    ids = draw(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=most, unique=True))
    return Chosen(tuple(ids), tuple(draw(st.lists(st.sampled_from(ids), unique=True))))


# --- records -----------------------------------------------------------------------------------

Raw = dict[str, Any]


def record_of(facts: Sequence[Raw], complete: Sequence[str] | None = None) -> Record:
    """A record of plain facts: complete, or public with the kinds that it lists completely."""
    head: Raw = {"record": "lab"} if complete is None else {"developer": "lab"}
    if complete is not None:
        head["complete"] = list(complete)
    lines = [head, *facts]
    return parse_record(Source("world.jsonl", "\n".join(json.dumps(line) for line in lines) + "\n"))


_FINDING = st.sampled_from(["below", "below", "alert", "cannot_rule_out", "crossed"])
_COMPUTE = st.sampled_from([1e24, 2e24, 4e24, 9e24])
_LEVELS = st.dictionaries(
    st.sampled_from(["bio", "cyber", "checkpoint"]), _FINDING, min_size=1, max_size=3
)
_PROGRESS = st.builds(
    lambda value, unit, more: [{"measure": "progress", "value": value, "unit": unit, **more}],
    st.integers(1, 6),
    st.sampled_from(["months", "months", "weeks"]),
    st.sampled_from([{}, {}, {"comparison": "at least"}]),
)
_SCORES = st.dictionaries(
    st.sampled_from(["chem", "chemistry", "persuasion", "nuclear"]),
    st.sampled_from(["low", "medium", "high", "critical", "high", "odd"]),
    min_size=1,
    max_size=3,
)
_BY = st.sampled_from([["ceo", "rso"], ["ceo"], ["board"]])
_STANDARD = st.sampled_from(
    [["strong"], ["strong-security"], ["strong-deployment"], ["basic"], ["strongest"]]
)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    return st.fixed_dictionaries({}, optional=fields)


_ASSESSMENT = _some(
    assessment=st.sampled_from(["comprehensive", "preliminary"]), effective_compute=_COMPUTE
)
KINDS: dict[str, st.SearchStrategy[Raw]] = {
    "training_started": _some(effective_compute=_COMPUTE, flop=_COMPUTE),
    "training_progress": _some(effective_compute=_COMPUTE, flop=_COMPUTE, values=_PROGRESS),
    "training_paused": st.just({}),
    "training_resumed": st.just({}),
    "training_ended": _some(effective_compute=_COMPUTE, flop=_COMPUTE),
    "assessment_started": _ASSESSMENT,
    "assessment_completed": _ASSESSMENT,
    "threshold_decision": _some(
        findings=_LEVELS,
        by=_BY,
        levels=_SCORES,
        mitigation=st.sampled_from(["pre", "post", "post", "unstated"]),
    ),
    "forecast": _some(
        threshold=st.sampled_from([["chem"], ["chemistry"], ["persuasion"]]),
        level=st.sampled_from(["medium", "high", "critical"]),
    ),
    "capability_report": st.just({}),
    "standard_activated": _some(standard=_STANDARD),
    "standard_lapsed": _some(standard=_STANDARD),
    "standard_approved": _some(standard=_STANDARD),
    "model_released": _some(
        stage=st.sampled_from(["internal", "limited", "general"]), based_on=st.just(["alpha"])
    ),
    "model_withdrawn": st.just({}),
    "weights_deleted": st.just({}),
    "system_card_published": st.just({}),
    "board_or_trust_notice": _some(to=st.just(["board"])),
    "feedback_received": _some(**{"from": st.sampled_from(["internal", "external"])}),
    "published": _some(what=st.sampled_from(["risk", "card"])),
    "incident": _some(imminent=st.booleans(), discovered=st.integers(0, LAST_DAY).map(day)),
    "incident_reported": _some(stage=st.sampled_from(["initial", "final"])),
    "risk_report": _some(coverage_date=st.integers(0, LAST_DAY).map(day)),
    "internal_report": st.just({}),
    "drill_held": st.just({}),
    "external_review": st.just({}),
    "bug_bounty": st.just({}),
    "rival_passed_threshold": st.just({}),
    "decision": _some(go=st.booleans(), by=_BY),
    "power_exercised": _some(power=st.sampled_from(["lower", "other"]), by=_BY),
}
_NEEDS_MODEL = {
    "training_started",
    "training_progress",
    "training_paused",
    "training_resumed",
    "training_ended",
    "assessment_started",
    "assessment_completed",
    "threshold_decision",
    "model_released",
    "model_withdrawn",
    "weights_deleted",
}
_ABOUT = {"board_or_trust_notice", "incident_reported", "published", "feedback_received"}


@st.composite
def times(draw: st.DrawFn, coarse: bool = True) -> Raw:
    """When a fact happened: mostly a day; sometimes to the second, a month or an interval."""
    number = draw(st.integers(0, 20).map(lambda n: n * 3) | st.integers(0, LAST_DAY))
    form = draw(st.sampled_from(["day", "day", "day", "second", "month", "interval"]))
    if form == "second":
        clock = draw(st.sampled_from(["00:00:00", "09:30:00", "12:00:00", "23:59:59"]))
        return {"date": f"{day(number)}T{clock}Z"}
    if form == "month" and coarse:
        return {"date": day(number), "date_precision": "month"}
    if form == "interval" and coarse:
        width = draw(st.integers(1, 12))
        return {"date": day(number), "earliest": day(number), "latest": day(number + width)}
    return {"date": day(number)}


@st.composite
def facts(
    draw: st.DrawFn,
    least: int = 1,
    most: int = 9,
    coarse: bool = True,
    recall: bool = False,
    corrections: bool = False,
    kinds: Sequence[str] = tuple(KINDS),
) -> list[Raw]:
    """Facts in any order of date."""
    found: list[Raw] = []
    for number in range(draw(st.integers(least, most))):
        kind = draw(st.sampled_from(kinds))
        fact: Raw = {"id": f"f{number}", "kind": kind, **draw(times(coarse)), **draw(KINDS[kind])}
        if kind in _NEEDS_MODEL or draw(st.booleans()):
            fact["model"] = draw(
                st.sampled_from(MODELS).map(lambda name: [name]) | st.just(list(MODELS))
            )
        if kind in _ABOUT and found and draw(st.booleans()):
            named = [*(one["id"] for one in found), "bio", "cyber"]
            fact["about"] = draw(
                st.lists(st.sampled_from(named), min_size=1, max_size=2, unique=True)
            )
        if recall and draw(st.integers(0, 3)) == 0:
            fact["confidence"] = "recall"
        found.append(fact)
    if corrections and draw(st.booleans()):
        for number in range(draw(st.integers(1, min(2, len(found))))):
            found.append(_correction(draw, found, number))
    return found


def _correction(draw: st.DrawFn, found: Sequence[Raw], number: int) -> Raw:
    corrected = {fact.get("amends") or fact.get("supersedes") for fact in found}
    targets = [fact for fact in found if fact["id"].startswith("f") and fact["id"] not in corrected]
    target = draw(st.sampled_from(targets))
    way = draw(st.sampled_from(["amends", "supersedes"]))
    kind = target["kind"]
    changed = draw(KINDS[kind])
    fact: Raw = {"id": f"c{number}", "kind": kind, way: target["id"], **changed}
    learned = LAST_DAY + 13 + number
    fact["date"] = day(learned)
    if draw(st.booleans()):
        fact["date"] = day(draw(st.integers(0, LAST_DAY)))
        fact["known"] = day(learned)
    if "model" in target and way == "supersedes":
        fact["model"] = target["model"]
    return fact


def adopted(number: int = 0, version: int = 1) -> Raw:
    """A version of the policy comes into force."""
    kind = "policy_adopted" if version == 1 else "policy_amended"
    return {
        "id": f"v{version}",
        "kind": kind,
        "date": day(number),
        "policy": f"lab/safety@{version}",
    }


# --- findings ----------------------------------------------------------------------------------


def plain(finding: Finding) -> Any:
    """A finding, whole, but for the moment at which a standing condition was last judged.

    Of a condition judged at the moment of the ruling the explanation tells that moment; nothing
    that could change the answer happened since, so a session need not judge it again.
    """
    outcome = finding.outcome
    return replace(
        finding,
        outcome=replace(outcome, because=tuple(map(_timeless, outcome.because))),
        readings=tuple(
            replace(
                reading,
                outcome=replace(
                    reading.outcome, because=tuple(map(_timeless, reading.outcome.because))
                ),
            )
            for reading in finding.readings
        ),
    )


def _timeless(step: Because) -> Because:
    detail = dict(step.detail)
    if str(detail.get("at", "")).startswith("close "):
        detail["at"] = "close"
    return replace(step, detail=detail, children=tuple(map(_timeless, step.children)))


def by_key(ruling: Ruling) -> dict[tuple[Any, ...], Any]:
    """The findings of a ruling, whole, by what identifies each."""
    return {(*f.key, f.outcome.part, f.outcome.instance): plain(f) for f in ruling.findings}


def statuses(ruling: Ruling) -> dict[tuple[Any, ...], str]:
    """The status of every finding."""
    return {f.key: f.status for f in ruling.findings}


def differences(one: Ruling, other: Ruling) -> list[str]:
    """What two rulings do not share, in words; empty only if they are the same throughout."""
    mine = {(f.key, f.outcome.part): plain(f) for f in one.findings}
    theirs = {(f.key, f.outcome.part): plain(f) for f in other.findings}
    found = [f"only the first: {key}" for key in mine if key not in theirs]
    found += [f"only the second: {key}" for key in theirs if key not in mine]
    for key in mine.keys() & theirs.keys():
        found += _fields_that_differ(key, mine[key], theirs[key])
    if not found and list(mine) != list(theirs):
        found.append(f"the order differs: {list(mine)} and {list(theirs)}")
    if one.policies != other.policies:
        found.append(f"policies: {one.policies} and {other.policies}")
    return found


def _fields_that_differ(where: Any, one: Any, other: Any) -> list[str]:
    found = []
    for name in (field.name for field in fields(one)):
        a, b = getattr(one, name), getattr(other, name)
        if a != b and name == "outcome":
            found += _fields_that_differ(where, a, b)
        elif a != b:
            found.append(f"{where} {name}: {a} and {b}")
    return found
