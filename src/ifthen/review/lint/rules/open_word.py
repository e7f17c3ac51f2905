"""Term without a range.

A word that sets no bound by itself lets whoever carries the policy out choose it: read as sparingly
as the words allow, "routinely" is once, and "promptly" is some day. That is the LeCun test
(CRIT-22): hand the policy to someone who thinks the risk is bunk, and see what still binds.

Reported for a term whose words alone allow anything. If the charitable range is 'any' too, no
reader bounds it and the gap is an error; else a reasonable reader would, and it is a warning.

    bad                                      repaired
    routinely:                               routinely:
      literal: any                             literal: at most 1 month
      charitable: any                          charitable: at most 1 month
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import Policy
from ifthen.review.lint.parts import boundless
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.wording import bound_text


def check(policy: Policy) -> Iterator[Found]:
    """Every word that binds to nothing by itself."""
    for term in policy.terms.values():
        if not boundless(term):
            continue
        nobody = term.charitable.kind == "any"
        judged = term.type == "judgement"
        rest = (
            "and no reader bounds it"
            if nobody
            else f"only a charitable reader takes it as {bound_text(term.charitable)}"
        )
        yield Found(
            f"term {term.id}",
            term.span,
            f"term without a range: the words “{term.phrase}” allow anything, {rest}",
            "say what would show it" if judged else "put a number in the text, and in 'literal'",
            "error" if nobody else None,
        )


RULE = Rule(
    "open-word",
    "warning",
    "Read by someone who would rather not, the word asks for nothing.",
    __doc__ or "",
    check,
)
