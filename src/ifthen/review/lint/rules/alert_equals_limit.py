"""Alert equal to the limit.

An alert is there to fire before the limit is reached. Where both are the same test, either the
alert comes too late or the limit has been passed when it fires. RSP v1.0 made half of five listed
tasks the mark of ASL-3, and the same five served as the early warning, the "yellow line" (CRIT-06).

Reported where a threshold lies in the shadow of another (above:) whose stated numbers are the same,
and where a reading decides whether an alert already counts as the limit.

    bad                                      repaired
    thresholds:                              thresholds:
      early: {numbers: {percent: 50}}          early: {numbers: {percent: 20}}
      limit:                                   limit:
        above: [early]                           above: [early]
        numbers: {percent: 50}                   numbers: {percent: 50}
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.describe import describe, number
from ifthen.policy.model import Call, Choice, Compare, Expression, Policy
from ifthen.review.lint.parts import span_of
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below, roots

_REPAIR = "set the alert below the limit, and state the margin"


def check(policy: Policy) -> Iterator[Found]:
    """Every alert and limit that are one test, and every reading that makes them so."""
    for limit in policy.thresholds.values():
        for alert in (policy.thresholds[name] for name in limit.above):
            if limit.numbers and limit.numbers == alert.numbers:
                said = ", ".join(f"{k} {number(v)}" for k, v in limit.numbers.items())
                message = f"alert equal to the limit: '{alert.id}' and '{limit.id}' are both {said}"
                yield Found(f"threshold {limit.id}", limit.span, message, _REPAIR)
    seen: set[str] = set()
    for node in (n for c in policy.clauses for root in roots(c) for n in below(root)):
        if isinstance(node, Choice) and node.reading not in seen:
            alerts = [_alerts(option) for option in node.options.values()]
            if any(alerts) and not all(alerts):
                seen.add(node.reading)
                reading = policy.readings[node.reading]
                message = (
                    f"alert equal to the limit by one reading of “{reading.phrase}”: "
                    f"{next(filter(None, alerts))} already counts"
                )
                yield Found(f"reading {reading.id}", span_of(node), message, _REPAIR)


def _alerts(expression: Expression) -> str:
    """The comparison that takes an alert for the limit, or nothing."""
    for node in below(expression):
        if (
            isinstance(node, Compare)
            and isinstance(node.left, Call)
            and node.left.function == "status"
            and "alert" in describe(node.right)
        ):
            return describe(node)
    return ""


RULE = Rule(
    "alert-equals-limit",
    "warning",
    "A warning that fires only at the limit leaves no time to act on it.",
    __doc__ or "",
    check,
)
