"""What says ``unstated`` is unknown, as a word or among the words of a list."""

from __future__ import annotations

import pytest

from ifthen import parse_policy, parse_record, rule
from ifthen.policy.source import Source
from ifthen.ruling.check import check

POLICY = parse_policy(
    Source(
        "policy.yaml",
        """
policy: lab/p@1
title: T
effective: 2024-01-01
source: s
roles: {board: {title: Board}, ceo: {title: CEO}}
clauses:
- {id: test, kind: whenever, title: t, source: s, when: incident,
   then: "board_or_trust_notice[to includes board]", within: 5 days}
- {id: equal, kind: whenever, title: t, source: s, when: incident,
   then: "board_or_trust_notice[to=board]", within: 5 days}
- {id: either, kind: whenever, title: t, source: s, when: incident,
   then: "board_or_trust_notice[to in [board]]", within: 5 days}
- {id: other, kind: whenever, title: t, source: s, when: incident,
   then: "board_or_trust_notice[to!=ceo]", within: 5 days}
- {id: state, kind: whenever, title: t, source: s, when: board_or_trust_notice,
   require: this.to includes board}
- {id: ceo, kind: whenever, title: t, source: s, when: board_or_trust_notice,
   require: this.to includes ceo}
- {id: asked, kind: whenever, title: t, source: s, when: "board_or_trust_notice[to includes board]",
   then: published, within: 5 days}
- {id: passed-on, kind: whenever, title: t, source: s, when: "board_or_trust_notice",
   then: "power_exercised[by=this.to]", within: 5 days}
""",
    )
)


def ruled(to: str) -> dict[str, str]:
    """The status of each clause where a notice says so; each finding is confirmed."""
    text = f"""
record: Lab
facts:
- {{id: a, date: 2024-01-01, kind: policy_adopted, policy: lab/p@1}}
- {{id: i, date: 2024-02-01, kind: incident}}
- {{id: n, date: 2024-02-02, kind: board_or_trust_notice, to: {to}}}
- {{id: p, date: 2024-02-03, kind: power_exercised, by: {to}}}
"""
    record = parse_record(Source("record.yaml", text))
    ruling = rule([POLICY], record, "2024-06-01")
    for finding in ruling.findings:
        assert check(finding, POLICY, record, ruling.at, ruling.known) == ()
    return {f.clause.partition("#")[2]: f.status for f in ruling.findings}


UNKNOWN = {"test", "equal", "either", "state", "asked"}


@pytest.mark.parametrize("to", ["unstated", "[unstated]", "[ceo, unstated]"])
def test_whoever_is_not_stated_may_be_the_one(to: str) -> None:
    found = ruled(to)
    assert {name for name, status in found.items() if status == "undetermined"} >= UNKNOWN
    assert found["passed-on"] == "undetermined"


def test_whoever_is_stated_beside_them_counts() -> None:
    found = ruled("[ceo, unstated]")
    assert found["ceo"] == "met"
    assert found["other"] == "breached"


def test_whoever_is_stated_is_all_there_are() -> None:
    found = ruled("[ceo]")
    assert {found[name] for name in ("test", "equal", "either", "state")} == {"breached"}
    assert found["asked"] == "dormant"
