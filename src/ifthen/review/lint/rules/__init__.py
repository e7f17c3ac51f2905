"""The rules, one a file; each is also the page about itself."""

from __future__ import annotations

from ifthen.review.lint.rule import Rule
from ifthen.review.lint.rules import (
    aim_read_as_promise,
    alert_equals_limit,
    clock_without_anchor,
    month_rounding,
    no_consequence,
    no_deadline,
    no_owner,
    open_word,
    power_without_price,
    silent_publication,
    single_decider,
    threshold_without_evaluation,
    unbounded_trigger,
    undefined_safeguard,
)

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        unbounded_trigger,
        clock_without_anchor,
        month_rounding,
        no_deadline,
        threshold_without_evaluation,
        alert_equals_limit,
        undefined_safeguard,
        single_decider,
        aim_read_as_promise,
        open_word,
        no_owner,
        power_without_price,
        no_consequence,
        silent_publication,
    )
)
"""Every rule, in the order in which a policy is read: clocks, duties, thresholds, people, words."""
