"""Publication that could be silent.

A promise to publish is checked by outsiders, who see that the document is missing. They can only if
they know that it is due: from an event that is public, and by a date they can work out. Where it is
set off by something inside, or the time is left open, a document that never comes breaks nothing
that anyone outside could point to (CRIT-22: would failure be visible?).

Reported for a commitment to publish that is set off by an event outsiders do not see, or that has
no stated time. Public events are releases that are not internal, announcements, publications and
changes of the policy.

    bad                                      repaired
    - id: results                            - id: results
      kind: whenever                           kind: whenever
      when: assessment_completed               when: model_released[stage!=internal]
      then: published[what=results]            then: published[what=results]
      within: 30 days                          within: 30 days
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import (
    Cadence,
    Deadline,
    Expression,
    Maintain,
    Pattern,
    Policy,
    Within,
)
from ifthen.review.lint.parts import open_word, owed, patterns, span_of
from ifthen.review.lint.rule import Found, Rule

_PUBLIC = frozenset({"published", "system_card_published", "transparency_report"})
_SEEN = _PUBLIC | {"model_released", "model_announced", "policy_adopted", "policy_amended"}
_REPAIR = "tie it to an event that outsiders see, with a length of time in numbers"


def check(policy: Policy) -> Iterator[Found]:
    """Every publication whose absence nobody outside could notice."""
    for clause in policy.clauses:
        if clause.common.force != "commitment":
            continue
        name = f"clause {clause.common.id}"
        length = None
        if isinstance(clause, Cadence) and _public(clause.do):
            length = clause.every
        elif isinstance(clause, Maintain) and _public(clause.keep):
            length = clause.grace
        if why := _no_time(policy, length):
            yield _found(name, length, why)
    for duty in owed(policy):
        if duty.clause.common.force != "commitment" or not _public(*duty.duty.then):
            continue
        if why := _silent(policy, duty.trigger, duty.duty.deadlines):
            yield _found(duty.part, duty.duty.then[0], why)


def _silent(policy: Policy, trigger: Expression, deadlines: tuple[Deadline, ...]) -> str:
    seen = patterns(trigger)
    if not seen or not all(map(_visible, seen)):
        return "outsiders do not see what sets it off"
    if not deadlines:
        return "no time is stated"
    words = [open_word(policy, d.duration) if isinstance(d, Within) else None for d in deadlines]
    word = words[0]
    return f"“{word[0].phrase}” states no time" if word is not None and all(words) else ""


def _no_time(policy: Policy, length: Expression | None) -> str:
    word = open_word(policy, length)
    return "" if word is None else f"“{word[0].phrase}” states no time"


def _public(*expressions: Expression) -> bool:
    found = patterns(*expressions)
    return bool(found) and all(pattern.kind in _PUBLIC for pattern in found)


def _visible(pattern: Pattern) -> bool:
    inside = any(
        test.attribute == "stage" and test.operator in ("=", "in") and "internal" in test.values
        for test in pattern.tests
    )
    return pattern.kind in _SEEN and not inside


def _found(part: str, expression: Expression | None, why: str) -> Found:
    return Found(part, span_of(expression), f"publication that could be silent: {why}", _REPAIR)


RULE = Rule(
    "silent-publication",
    "warning",
    "If it never comes, nobody outside can tell that it was due.",
    __doc__ or "",
    check,
)
