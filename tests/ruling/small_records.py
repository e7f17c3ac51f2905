"""Random small records for ``small.yaml``: few days, so that much falls on the same one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from ifthen.policy.source import Source
from ifthen.record.load import parse_record
from ifthen.record.model import Record
from ifthen.vocabulary import KINDS

MODELS = ("a", "b")
POLICY = "example/small@1.0"
DAYS = (
    "2024-01-01",
    "2024-01-02",
    "2024-01-31",
    "2024-02-29",
    "2024-03-01",
    "2024-03-31",
    "2024-04-01",
    "2024-04-15",
    "2024-05-01",
    "2024-05-31",
    "2024-06-01",
    "2024-06-30",
    "2024-07-01",
    "2024-07-02",
    "2024-08-31",
    "2024-10-01",
)
ENDS = ("2024-04-15", "2024-07-02", "2024-07-02T12:00:00Z", "2024-10-01", "2025-02-01")

_ROLES = st.lists(st.sampled_from(["ceo", "rso", "board"]), min_size=1, max_size=2, unique=True)
_STANDARD = st.sampled_from(["deployment", "security", "sec", "level-3", "best"])
_LEVEL = st.sampled_from(["below", "alert", "crossed"])
_COMPUTE = st.sampled_from([10, 40, 100, 200])
_RATIO = st.sampled_from([2, 5]).map(lambda n: [{"measure": "effective_compute_ratio", "value": n}])
_PROGRESS = st.tuples(st.integers(1, 5), st.sampled_from(["months of progress", "weeks"])).map(
    lambda told: [{"measure": "progress", "value": told[0], "unit": told[1]}]
)
_ABOUT = st.sampled_from(["f1", "f2", "f3", "first", "cbrn-3", "cyber"]).map(lambda name: [name])
_DAY = st.sampled_from(DAYS)

OPTIONAL: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "training_started": {"effective_compute": _COMPUTE, "flop": _COMPUTE},
    "training_progress": {"effective_compute": _COMPUTE, "flop": _COMPUTE, "values": _PROGRESS},
    "training_paused": {},
    "training_ended": {"flop": _COMPUTE},
    "weights_deleted": {},
    "model_announced": {"based_on": st.just(["a"])},
    "model_released": {
        "stage": st.sampled_from(["internal", "preview"]),
        "based_on": st.just(["a"]),
    },
    "model_withdrawn": {"stage": st.just("internal")},
    "assessment_started": {},
    "assessment_completed": {
        "assessment": st.sampled_from(["preliminary", "comprehensive"]),
        "effective_compute": _COMPUTE,
        "values": _RATIO,
        "notably_more_capable": st.booleans(),
    },
    "capability_report": {},
    "risk_report": {"coverage_date": _DAY},
    "threshold_decision": {
        "findings": st.dictionaries(
            st.sampled_from(["cbrn-3", "cyber", "checkpoint"]), _LEVEL, min_size=1
        ),
        "by": _ROLES,
        "significantly_more_capable": st.booleans(),
        "levels": st.dictionaries(
            st.sampled_from(["chem", "chemistry", "persuasion"]),
            st.sampled_from(["low", "medium", "high", "odd"]),
            min_size=1,
        ),
        "mitigation": st.sampled_from(["pre", "post", "unstated"]),
    },
    "forecast": {
        "threshold": st.sampled_from(["chem", "chemistry", "persuasion"]).map(lambda name: [name]),
        "level": st.sampled_from(["medium", "high"]),
    },
    "decision": {"go": st.booleans(), "what": st.sampled_from(["train", "stop"]), "by": _ROLES},
    "standard_activated": {"standard": _STANDARD},
    "standard_approved": {"standard": _STANDARD},
    "standard_lapsed": {"standard": _STANDARD},
    "board_or_trust_notice": {"to": st.just(["board"]), "about": _ABOUT},
    "government_notice": {"direction": st.sampled_from(["to", "from"])},
    "feedback_received": {"from": st.sampled_from(["internal", "external"])},
    "published": {"what": st.sampled_from(["report", "plan", "policy", "risk"]), "about": _ABOUT},
    "incident": {
        "discovered": _DAY,
        "aware": _DAY,
        "imminent": st.booleans(),
        "injury": st.booleans(),
    },
    "incident_reported": {"stage": st.sampled_from(["initial", "final"]), "about": _ABOUT},
    "rival_passed_threshold": {},
    "power_exercised": {"power": st.sampled_from(["lower", "raise"]), "by": _ROLES},
    "bug_bounty": {},
    "drill_held": {},
    "noncompliance_acknowledged": {
        "about": st.sampled_from(["publish", "SM-03", "cadence", f"{POLICY}#incident"]).map(
            lambda name: [name]
        ),
        "values": st.sampled_from([3, 10]).map(lambda n: [{"measure": "days_late", "value": n}]),
    },
}
"""What the facts may say, by kind."""
_ALWAYS_OF_A_MODEL = tuple(kind for kind in OPTIONAL if KINDS[kind].needs_model)
_LISTED = sorted(OPTIONAL)


@st.composite
def dates(draw: st.DrawFn) -> dict[str, str]:
    """A day; less often a second, or something coarse."""
    day = draw(_DAY)
    form = draw(st.sampled_from(["day"] * 6 + ["second", "month", "quarter", "interval"]))
    if form == "second":
        return {"date": f"{day}T{draw(st.sampled_from(['00:00', '09:30']))}:00Z"}
    if form == "interval":
        other = draw(_DAY)
        return {"date": day, "earliest": min(day, other), "latest": max(day, other)}
    return {"date": day} if form == "day" else {"date": day, "date_precision": form}


@st.composite
def facts(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A fact."""
    kind = draw(st.sampled_from(_LISTED))
    found = {"id": f"f{number}", "kind": kind, **draw(dates())}
    if kind in _ALWAYS_OF_A_MODEL or draw(st.booleans()):
        found["model"] = draw(st.sampled_from(MODELS))
    for name, values in OPTIONAL[kind].items():
        if draw(st.sampled_from([True, True, False])):
            found[name] = draw(values)
    if number == 1:
        found["key"] = "first"
    if draw(st.integers(0, 7)) == 0:
        found["confidence"] = "recall"
    if draw(st.integers(0, 7)) == 0:
        found["known"] = "2024-10-01"
    return found


@st.composite
def records(draw: st.DrawFn, most: int = 12) -> Record:
    """A record, complete or public: the policy adopted, perhaps corrected, perhaps replaced."""
    found = [draw(facts(number)) for number in range(1, draw(st.integers(1, most)) + 1)]
    wrong = draw(st.lists(st.sampled_from(found), max_size=2, unique_by=lambda fact: fact["id"]))
    found.extend(_correction(draw, fact, number) for number, fact in enumerate(wrong))
    adopted = {"kind": "policy_adopted", "policy": POLICY, "date": draw(_DAY)}
    found.insert(0, {"id": "p1", **adopted})
    if draw(st.integers(0, 3)) == 0:
        found.append({"id": "p2", **adopted, "policy": "example/small@2.0", "date": draw(_DAY)})
    head: dict[str, Any] = {"record": "Example"}
    if draw(st.booleans()):
        listed = st.lists(st.sampled_from([*_LISTED, "policy_adopted"]), unique=True)
        head = {"developer": "Example", "complete": draw(listed)}
    lines = [json.dumps(line) for line in (head, *found)]
    return parse_record(Source("record.jsonl", "\n".join(lines) + "\n"))


def _correction(draw: st.DrawFn, fact: dict[str, Any], number: int) -> dict[str, Any]:
    """A later fact that amends or replaces another."""
    kind = fact["kind"]
    dated = {"date": "2024-11-05"}
    if draw(st.booleans()):
        dated = {**draw(dates()), "known": "2024-11-05"}
    found: dict[str, Any] = {"id": f"c{number}", "kind": kind, **dated}
    if "model" in fact:
        found["model"] = fact["model"]
    for name, values in OPTIONAL[kind].items():
        if draw(st.booleans()):
            found[name] = draw(values)
    if draw(st.booleans()):
        found["confidence"] = "recall"
    return {**found, draw(st.sampled_from(["amends", "supersedes"])): fact["id"]}
