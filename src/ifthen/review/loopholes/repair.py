"""Small changes of the text that close a loophole, each checked by searching again.

Three kinds: bound a word (with the loosest bound that is safe), settle a reading, add the clause a
reader would want. "Safe" means none found up to a length at which the harm could happen at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ifthen.dates import Duration
from ifthen.policy.model import Bound, Choice, Policy, TermRef
from ifthen.review.loopholes.blame import Blamed
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import PREFIX, Harm
from ifthen.review.loopholes.problem import Problem, Setting
from ifthen.review.loopholes.search import Outcome, Search
from ifthen.review.loopholes.start import Start, beginning
from ifthen.ruling.variants import below, roots

LONGEST = 365
"""Days up to which a bound on a word is tried."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One change, and what the search came to after it."""

    kind: Literal["bound", "settle", "add"]
    name: str
    """The word, the reading, or the harm whose clause is added."""
    value: str
    """The bound in days, or the parse; empty for a clause."""
    safe: bool
    outcome: Outcome


def repairs(
    setting: Setting,
    start: Start,
    harm: Harm,
    blamed: Blamed,
    clauses: Sequence[str],
    lengths: Sequence[int],
) -> Iterator[Repair]:
    """Changes that may close one loophole, the others of its kind left aside."""
    policy = setting.policy
    stretched = {one.name for one in blamed.stretched}
    left = frozenset(blamed.stretched)
    for name in _words(policy, clauses):
        if left and name not in stretched:
            continue
        yield _loosest(setting, start, harm, name, left, lengths)
    for name in _readings(policy, clauses):
        if left and name not in stretched:
            continue
        for option in policy.readings[name].options:
            changed = _settled(policy, name, option)
            outcome = _search(setting, start, harm, changed, left, name, lengths)
            yield Repair("settle", name, option, outcome.status == "none", outcome)
    if not harm.hidden:
        changed = replace(policy, clauses=(*policy.clauses, _own(harm)))
        outcome = _search(setting, start, harm, changed, left, "", lengths)
        yield Repair("add", harm.id, "", outcome.status == "none", outcome)


def _loosest(
    setting: Setting, start: Start, harm: Harm, name: str, left: Any, lengths: Sequence[int]
) -> Repair:
    """The loosest bound on a word under which nothing is found; safe where that can be said.

    Bisection: a tighter bound lets less through. Where so many events do not last long enough
    under the bound, that nothing is found says nothing, and the repair is not called safe.
    """

    def tried(days: int) -> Outcome:
        changed = _bounded(setting.policy, name, days)
        return _search(setting, start, harm, changed, left, name, lengths)

    low, high = 0, LONGEST + 1  # something is found from ``high`` days on; with ``low``, nothing
    best: Outcome | None = None
    while high - low > 1:
        middle = (low + high) // 2
        outcome = tried(middle)
        if outcome.status == "found":
            high = middle
        else:
            low, best = middle, outcome
    if best is None:
        return Repair("bound", name, "1", False, tried(1))
    return Repair("bound", name, str(low), best.status == "none", best)


def _search(
    setting: Setting,
    start: Start,
    harm: Harm,
    policy: Policy,
    left: Any,
    name: str,
    lengths: Sequence[int],
) -> Outcome:
    """Search the changed policy, what was stretched before still stretched, but for one name."""
    full = Full(policy)
    given = beginning(policy, start, full)
    search = Search(replace(setting, policy=policy, given=given), harm, full)
    allowed = [one for one in left if one.name != name]

    def assumed(problem: Problem) -> list[Any]:
        return problem.only(allowed)

    return search.run(assumed, lengths)


def _bounded(policy: Policy, name: str, days: int) -> Policy:
    bound = Bound("at_most", Duration(days, "day"))
    term = replace(policy.terms[name], literal=bound, charitable=bound)
    return replace(policy, terms={**policy.terms, name: term})


def _words(policy: Policy, clauses: Sequence[str]) -> list[str]:
    """Open lengths of time in some clauses."""
    found = [
        node.term
        for clause in policy.clauses
        if clause.common.id in clauses
        for root in roots(clause)
        for node in below(root)
        if isinstance(node, TermRef) and policy.terms[node.term].type == "duration"
    ]
    return list(dict.fromkeys(found))


def _readings(policy: Policy, clauses: Sequence[str]) -> list[str]:
    found = [
        node.reading
        for clause in policy.clauses
        if clause.common.id in clauses
        for root in roots(clause)
        for node in below(root)
        if isinstance(node, Choice)
    ]
    return list(dict.fromkeys(found))


def _settled(policy: Policy, name: str, option: str) -> Policy:
    """The policy with one reading settled: every parse of it is the one taken."""
    return replace(policy, clauses=tuple(_taken(clause, name, option) for clause in policy.clauses))


def _taken(value: Any, name: str, option: str) -> Any:
    """A part of a clause with one reading settled."""
    if isinstance(value, Choice) and value.reading == name:
        return _taken(value.options[option], name, option)
    if isinstance(value, tuple):
        return tuple(_taken(each, name, option) for each in value)
    if isinstance(value, dict):
        return {key: _taken(each, name, option) for key, each in value.items()}
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None or type(value).__name__ in ("Span", "Common", "Duration"):
        return value
    changed = {n: _taken(getattr(value, n), name, option) for n in fields if n != "kind"}
    kept = {n: v for n, v in changed.items() if v is not getattr(value, n)}
    return replace(value, **kept) if kept else value


def _own(harm: Harm) -> Any:
    """The clause of a harm as one of the policy."""
    common = harm.clause.common
    own = replace(common, id=f"added-{common.id.removeprefix(PREFIX)}", force="commitment")
    return replace(harm.clause, common=own)
