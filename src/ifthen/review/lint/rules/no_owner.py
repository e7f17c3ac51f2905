"""Duty that no one owns.

"We will" names nobody. Where no role owes a duty, nobody is asked why it was not done, and whoever
could have done it may think that another would.

Reported for a commitment to do something (a cadence, a whenever with 'then', the price of a power)
that has no 'owner' and whose deed names no role that does it. A hold needs no owner: it binds
whoever acts. Nor does a law, which names the developer that owes it and leaves the rest to it.

    bad                                      repaired
    - id: evaluate                           - id: evaluate
      kind: cadence                            kind: cadence
      ...                                      owner: [rso]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ifthen.policy.model import Cadence, Policy, Power, Whenever
from ifthen.review.lint.parts import asked, patterns
from ifthen.review.lint.rule import Found, Rule

_LAW = re.compile(r"(eu|us|us-[a-z]{2})/")
"""The ids of laws and codes of a state begin with the state."""


def check(policy: Policy) -> Iterator[Found]:
    """Every deed that is owed by nobody in particular."""
    if _LAW.match(policy.id):
        return
    for clause in policy.clauses:
        common = clause.common
        duty = isinstance(clause, Cadence) or (
            isinstance(clause, Whenever) and clause.duty is not None
        )
        if not duty or isinstance(clause, Power) or common.owner or common.force != "commitment":
            continue
        named = any(test.attribute == "by" for p in patterns(*asked(clause)) for test in p.tests)
        if not named:
            yield Found(
                f"clause {common.id}",
                common.span,
                "duty that no one owns: the text names nobody who owes it",
                "name a role with 'owner'",
            )


RULE = Rule(
    "no-owner",
    "note",
    "Nobody is asked why it was not done.",
    __doc__ or "",
    check,
)
