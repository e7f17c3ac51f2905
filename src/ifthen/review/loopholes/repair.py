"""Small changes of the text that close a loophole, each checked by searching again.

First one change at a time: a word with a bound, a reading settled, a duty with a deadline, a
shorter clock, the clause a reader would want. Where none of the first four is enough, lengths are
changed together, as few as suffice. "Safe" means none found up to a length of timeline at which the
harm could happen at all; of every length the loosest that is safe is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ifthen.policy.model import Policy
from ifthen.review.loopholes.blame import Blamed
from ifthen.review.loopholes.edits import LENGTHS, Edit, candidates, edited
from ifthen.review.loopholes.full import Full, kinds_in
from ifthen.review.loopholes.harms import Harm
from ifthen.review.loopholes.problem import Problem, Setting
from ifthen.review.loopholes.search import Outcome, Search, need
from ifthen.review.loopholes.start import Start, beginning
from ifthen.review.loopholes.wants import Deed, wants
from ifthen.ruling.variants import roots

LONGEST = 365
"""Days up to which a length is tried."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes made together, and what the search came to after them."""

    edits: tuple[Edit, ...]
    """Of several, each length is the loosest that is safe while the others stand as given here."""
    safe: bool
    outcome: Outcome


def repairs(
    setting: Setting,
    start: Start,
    harm: Harm,
    blamed: Blamed,
    clauses: Sequence[str],
    lengths: Sequence[int],
) -> list[Repair]:
    """Changes that may close one loophole.

    Args:
        setting: the policy and the world.
        start: how timelines begin.
        harm: what must not happen.
        blamed: the stretches that let it through; they stay stretched, but for what is changed.
        clauses: the clauses that the answer rests on: others are not changed.
        lengths: how many events.
    """
    return list(_Attempt(setting, start, harm, blamed, lengths).repairs(clauses))


class _Attempt:
    def __init__(
        self,
        setting: Setting,
        start: Start,
        harm: Harm,
        blamed: Blamed,
        lengths: Sequence[int],
    ) -> None:
        self.setting = setting
        self.start = start
        self.harm = harm
        self.stretched = blamed.stretched
        self.lengths = lengths
        self._known: dict[tuple[Edit, ...], Outcome] = {}

    def repairs(self, clauses: Sequence[str]) -> Iterator[Repair]:
        names = {one.name for one in self.stretched}
        closed = False
        for edit in candidates(self.setting.policy, clauses):
            if names and edit.name not in names:
                continue
            found = self._loosest((edit,), 0) if edit.kind in LENGTHS else self._tried((edit,))
            closed = closed or found.safe
            yield found
        if not closed:
            asked = (*clauses, *_related(self.setting.policy, self.harm))
            open_ = [e for e in candidates(self.setting.policy, asked) if e.kind in LENGTHS]
            if len(open_) > 1:
                yield from self._together(open_)
        if not self.harm.hidden:
            yield self._tried((Edit("add", self.harm.id),))

    def _together(self, edits: Sequence[Edit]) -> Iterator[Repair]:
        """Lengths that are safe only together: the harm's own, shared out, and none too many."""
        share = max(1, need(self.harm, self.setting) // (len(edits) + 1))
        taken = tuple(edit.days(share) for edit in edits)
        if not self._tried(taken).safe:
            return
        for edit in taken:
            fewer = tuple(one for one in taken if one != edit)
            if fewer and self._tried(fewer).safe:
                taken = fewer
        for place in range(len(taken)):
            yield self._loosest(taken, place)

    def _tried(self, edits: tuple[Edit, ...]) -> Repair:
        if edits not in self._known:
            self._known[edits] = self._search(edits)
        outcome = self._known[edits]
        return Repair(edits, outcome.status == "none", outcome)

    def _search(self, edits: tuple[Edit, ...]) -> Outcome:
        """Search the changed policy; what was stretched stays so, but for what is changed."""
        policy = edited(self.setting.policy, edits, self.harm)
        full, changed = Full(policy), {edit.name for edit in edits}
        given = beginning(policy, self.start, full)
        search = Search(replace(self.setting, policy=policy, given=given), self.harm, full)
        allowed = [one for one in self.stretched if one.name not in changed]

        def assumed(problem: Problem) -> list[Any]:
            return problem.only(allowed)

        return search.run(assumed, self.lengths)

    def _loosest(self, edits: tuple[Edit, ...], place: int) -> Repair:
        """The loosest value of one length under which nothing is found; safe if that can be said.

        Bisection: a tighter length lets less through. Where so many events do not last long
        enough under it, that nothing is found says nothing, and the repair is not called safe.
        """

        def tried(days: int) -> Repair:
            return self._tried((*edits[:place], edits[place].days(days), *edits[place + 1 :]))

        low, high = (
            0,
            LONGEST + 1,
        )  # something is found from ``high`` days on; with ``low``, nothing
        while high - low > 1:
            middle = (low + high) // 2
            if tried(middle).outcome.status == "found":
                high = middle
            else:
                low = middle
        return tried(low or 1)


def _related(policy: Policy, harm: Harm) -> list[str]:
    """The clauses that ask for deeds of which the harm speaks."""
    kinds = {kind for root in roots(harm.clause) for kind in kinds_in(root)}
    return [
        clause.common.id
        for clause in policy.clauses
        if any(
            isinstance(want, Deed) and kinds & {pattern.kind for pattern in want.patterns}
            for want in wants(policy, clause, "", ())
        )
    ]
