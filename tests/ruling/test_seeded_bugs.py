"""A bug put into the fold, or into its definition, is noticed when the two are compared.

Each is one change to one line of one function. What the two share (the order of facts, the
arithmetic of dates and of ranges, which facts are visible) is tested elsewhere.
"""

from __future__ import annotations
import __future__

import inspect
from collections.abc import Callable
from textwrap import dedent
from types import CodeType
from typing import Any, NamedTuple

import pytest
from fold_agreement import case, compare

from ifthen.ruling import cells, duties, holds, merge, outcome, procedures, standing
from ifthen.ruling.definitional import (
    cadence,
    conditions,
    findings,
    maintain,
    ruled,
    settling,
    state,
    values,
    view,
)
from ifthen.ruling.definitional import holds as held
from ifthen.ruling.judge import Judge


class Bug(NamedTuple):
    """One line of a function, what stands there instead, and a case that brings it up."""

    where: Callable[..., Any]
    line: str
    wrong: str
    case: int
    """Where to begin; any of the cases that follow may notice it too."""


FOLD = {
    "a deed on the last day is late": Bug(
        outcome.timely, "fact.latest <= due.low", "fact.latest < due.low", 43
    ),
    "a duty is overdue on its last day": Bug(outcome._undone, "at <= due.low", "at < due.low", 67),
    "what is done late is met": Bug(
        outcome.settle, "order.before is not True", "order.before is None", 10
    ),
    "an aim that is missed is a breach": Bug(
        outcome.with_force, 'replace(outcome, status="missed")', "outcome", 3
    ),
    "a grace is ignored": Bug(
        duties.MaintainCell._gap,
        "due = deadline(since, since, length, self.judge.month_end)",
        "due = (since, since)",
        3,
    ),
    "a gap that may have ended has not": Bug(
        duties.MaintainCell.judged, "unsure = unsure or (point.latest, steps)", "pass", 102
    ),
    "months are rounded up": Bug(duties.CadenceCell._dues, "self.judge.month_end", '"up"', 2),
    "holds see the act itself": Bug(
        holds.ForbidCell._act,
        "before_fact(fact), fact",
        "type(before_fact(fact))(fact.earliest, fact.latest, fact, after=True), fact",
        30,
    ),
    "one role is enough": Bug(procedures.taken_by, ">= least", ">= 1", 87),
    "a threshold never decided leaves no doubt": Bug(
        standing.Standing.status,
        'f"threshold {threshold} was never decided for {model} on this record",',
        "",
        16,
    ),
    "an action never ends": Bug(
        standing.Standing.running, "[fact.kind in starts for", "[True for", 1
    ),
    "a clock that never started looks recent": Bug(
        Judge._since, "anchors.append(self.birth())", "anchors.append((asked.point.latest,) * 2)", 4
    ),
    "unknown is false": Bug(
        Judge._logic,
        "value = combine(child.value for child in children)",
        "value = bool(combine(child.value for child in children))",
        1,
    ),
    "memory decides": Bug(merge._without_recall, "other is not None and", "True or", 21),
    "what ended with its version is pending": Bug(
        merge._stated, 'status="lapsed"', 'status="pending"', 2
    ),
    "another version's facts are judged": Bug(cells.Cell.triggers, "is not False", "!= 2", 6),
}
DEFINITION = {
    "a deed on the last day is late": Bug(
        settling.in_time, "fact.latest <= limit.low", "fact.latest < limit.low", 43
    ),
    "a duty is overdue on its last day": Bug(
        settling._undone, "at <= limit.low", "at < limit.low", 13
    ),
    "the first deed that may count is taken": Bug(
        settling.settle, "if deed.certain)", "if deed)", 19
    ),
    "an aim that is missed is a breach": Bug(
        settling.forced, 'replace(outcome, status="missed")', "outcome", 3
    ),
    "a grace is ignored": Bug(
        ruled.Ruled.grace,
        "deadline(since, since, length, self.conditions.month_end)",
        "(since, since)",
        3,
    ),
    "a gap that may have ended has not": Bug(
        maintain.Kept.outcomes, "doubt=last.doubt or (point.latest, now)", "doubt=None", 102
    ),
    "months are rounded up": Bug(cadence.Turns._limits, "self.conditions.month_end", '"up"', 2),
    "holds see the act itself": Bug(
        held.Held._act, "before_fact(fact), fact", "closing(fact.latest), fact", 30
    ),
    "one role is enough": Bug(conditions.Conditions.taken_by, ">= least", ">= 1", 87),
    "a threshold never decided leaves no doubt": Bug(
        state.State.status, 'f"{threshold} was never decided",', "", 16
    ),
    "an action never ends": Bug(
        state.State.running, "fact.kind in starts for fact in last", "True for fact in last", 1
    ),
    "more than so long passes at once": Bug(
        values.Values._passed, "SECONDS_PER_DAY if limit.is_calendar else 1", "0", 4
    ),
    "unknown is false": Bug(
        conditions._first_to_decide,
        "kleene_or(step.value for step in taken)",
        "any(step.value for step in taken)",
        1,
    ),
    "facts of any model count": Bug(view.View.touches, "model in concerned", "True", 5),
    "memory decides": Bug(findings._told, "sure is None", "True", 21),
    "a decision counts whoever took it": Bug(
        conditions.Conditions.decision,
        'step.force == "commitment"',
        'step.force == "commitment" and step.do',
        19,
    ),
}


def with_bug(bug: Bug) -> CodeType:
    """The function with its one line changed."""
    source = dedent(inspect.getsource(bug.where))
    assert source.count(bug.line) == 1, f"{bug.line} stands there {source.count(bug.line)} times"
    made: dict[str, Any] = {}
    flags = __future__.annotations.compiler_flag
    code = compile(source.replace(bug.line, bug.wrong), "bug", "exec", flags, dont_inherit=True)
    exec(code, dict(bug.where.__globals__), made)
    changed: CodeType = made[bug.where.__name__].__code__
    return changed


@pytest.mark.parametrize("bug", FOLD.values(), ids=FOLD)
def test_a_bug_in_the_fold_is_noticed(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.where, "__code__", with_bug(bug))
    assert noticed(bug.case) is not None


@pytest.mark.parametrize("bug", DEFINITION.values(), ids=DEFINITION)
def test_a_bug_in_the_definition_is_noticed(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bug.where, "__code__", with_bug(bug))
    assert noticed(bug.case) is not None


def noticed(first: int, most: int = 60) -> int | None:
    """The first of some cases in which the two come apart."""
    return next((n for n in range(first, first + most) if compare(case(2026, n)).apart), None)
