"""Decision by one role, or by the role that recommends it.

A decision about risk that one person takes, or that the one who recommends it takes, has nobody
whose task it is to disagree. Under RSP v2.0 the RSO's or the CEO's judgement settles an ambiguity;
that a model is not ASL-3 is for both of them, and Board and LTBT are told (CRIT-22, CRIT-23).

Reported for a procedure in which one role suffices to decide, in which nobody is named, or in which
a step before the decision is done by the deciders alone. Where the decision itself is one by a body
("once the Board has decided"), the procedure is about that body, and who decides is said.

    bad                                      repaired
    steps:                                   steps:
      - {id: decide, by: [rso]}                - {id: decide, by: [ceo, rso]}
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import Policy, Procedure
from ifthen.review.lint.parts import patterns
from ifthen.review.lint.rule import Found, Rule


def check(policy: Policy) -> Iterator[Found]:
    """Every decision without a second pair of eyes."""
    for clause in policy.clauses:
        if isinstance(clause, Procedure):
            yield from _procedure(clause)


def _procedure(clause: Procedure) -> Iterator[Found]:
    part = f"clause {clause.common.id}"
    deciding = [step for step in clause.steps if step.by and step.force == "commitment"]
    deciders = {role for step in deciding for role in step.by}
    if not deciding and not _says_who(clause):
        message = "decision without a decider: no step says who decides"
        yield Found(part, clause.common.span, message, "add a step with 'by: [ROLE, ROLE]'")
    elif deciding and all(step.by_least < 2 for step in deciding) and len(deciding) == 1:
        step = deciding[0]
        who = f"{step.by[0]} alone" if len(step.by) == 1 else f"any one of {', '.join(step.by)}"
        yield Found(
            f"step {clause.common.id}/{step.id}",
            step.span,
            f"decision by one role: {who} decides",
            "name two roles, or 'by: {any: 2, of: [...]}'",
        )
    for step in clause.steps:
        recommenders = {
            value
            for pattern in patterns(*step.do)
            for test in pattern.tests
            if test.attribute == "by" and test.operator != "!="
            for value in test.values
        }
        if not step.follows and recommenders and recommenders <= deciders:
            yield Found(
                f"step {clause.common.id}/{step.id}",
                step.span,
                f"recommender equal to the decider: {', '.join(sorted(recommenders))}",
                "let another role write what the decision rests on",
            )


def _says_who(clause: Procedure) -> bool:
    """Whether only decisions by somebody named are meant."""
    decisions = patterns(clause.decision)
    return bool(decisions) and all(
        any(test.attribute == "by" and test.operator != "!=" for test in pattern.tests)
        for pattern in decisions
    )


RULE = Rule(
    "single-decider",
    "warning",
    "Nobody is placed to disagree, so one mistaken or hurried judgement is enough.",
    __doc__ or "",
    check,
)
