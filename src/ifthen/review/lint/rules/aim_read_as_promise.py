"""Aim that its summary gives as a commitment.

The title is what readers see of a clause: in rulings, in calendars, in a press release. A title
that says "X is done" over a text that only aims or expects to do it promises more than the clause
holds; who relies on it learns so when it is missed.

Reported for an aim (a clause or a step) whose title has no word that tells it from a commitment:
aim, mean, expect, intend, plan, hope, strive, try, likely, ideally, should, would, may, meant,
usually, towards ...

    bad                                      repaired
    title: The list is shared                title: The list is meant to be shared
    force: aim                               force: aim

Or make it a commitment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ifthen.policy.model import Policy, Procedure
from ifthen.policy.source import Span
from ifthen.review.lint.rule import Found, Rule
from ifthen.vocabulary import Force

_TOLD = re.compile(
    r"\b(aim|mean|expect|intend|plan|hope|striv|tr(y|ies)\b|likely|ideal|should|would|could|may\b"
    r"|might|meant|seek|wish|prefer|recommend|encourag|explor|consider|is to\b|are to\b|goal|where "
    r"(possible|appropriate|useful)|as far as"
    r"|usual|normally|typical|towards?\b)",
    re.IGNORECASE,
)
"""Words by which a title says that it is no promise."""


def check(policy: Policy) -> Iterator[Found]:
    """Every aim whose title reads like a commitment."""
    for clause in policy.clauses:
        common = clause.common
        yield from _aim(f"clause {common.id}", common.force, common.title, common.span)
        for step in clause.steps if isinstance(clause, Procedure) else ():
            name = f"step {common.id}/{step.id}"
            yield from _aim(name, step.force, step.title, step.span)


def _aim(part: str, force: Force, title: str, span: Span) -> Iterator[Found]:
    if force == "aim" and not _TOLD.search(title):
        yield Found(
            part,
            span,
            f"aim that its summary gives as a commitment: “{title}”",
            "say in the title that it is an aim, or make it a commitment",
        )


RULE = Rule(
    "aim-read-as-promise",
    "note",
    "Who reads only the summary takes an aim, which cannot be breached, for a promise.",
    __doc__ or "",
    check,
)
