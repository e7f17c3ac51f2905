"""``maintain``: one outcome for each stretch in which it was not kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ifthen.dates import SECONDS_PER_DAY, Instant, day_of, end_of, start_of
from ifthen.policy.model import Maintain
from ifthen.ruling.definitional.days import States
from ifthen.ruling.definitional.ruled import Ruled, explained, unsure
from ifthen.ruling.order import Point, closing
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import kleene_and, kleene_not


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch in which it was not kept."""

    key: str
    since: Instant
    steps: States
    """What it came to at its end, or, where that is not known, at its beginning."""
    until: Instant | None = None
    doubt: tuple[Instant, States] | None = None
    """When it may have ended, and what it came to then."""
    over: bool = False


class Kept(Ruled):
    """What is to be kept true while a condition holds."""

    def outcomes(self, clause: Maintain) -> Iterator[Outcome]:
        """One outcome for each stretch in which it was not kept; else how it stands."""

        def ask(point: Point) -> States:
            active = self.binds("while", clause.while_, point)
            return (active, self.relieves("keep", clause.keep, point))

        gaps: list[_Gap] = []
        handed = self.window.handed
        number, older = handed.number, bool(handed.value) and handed.pending is None
        if handed.pending is not None and handed.since is not None:
            then = ask(self.before_begun(handed.since))
            gaps.append(_Gap(handed.pending, handed.since[1], then))
        held, doubt = False, None
        for point, now in self.days.walk([clause.while_, clause.keep], ask):
            active, keep = (step.value for step in now)
            held = held or active is True
            failing = kleene_and((active, kleene_not(keep)))
            last = gaps[-1] if gaps and not gaps[-1].over else None
            if last is not None and failing is None:
                gaps[-1] = replace(last, doubt=last.doubt or (point.latest, now))
            elif last is not None and (failing is False or last.doubt is not None):
                told = last.steps if last.doubt is not None else now
                end = None if failing else point.latest
                gaps[-1] = replace(last, until=end, steps=told, over=True)
            older = older and failing is True
            if failing is True and (not gaps or gaps[-1].over) and not older:
                number += 1
                gaps.append(_Gap(f"gap {number}", point.latest, now))
            doubtful = failing is None or (active is None and not held)
            if doubtful and (doubt is None or (active, keep) != tuple(s.value for s in doubt)):
                doubt = now
        yield from (self._found(clause, gap) for gap in gaps)
        if gaps or older:
            return
        if doubt is not None:
            yield explained(unsure(Outcome("now", "undetermined")), doubt)
        else:
            now = ask(closing(self.days.last))
            yield explained(Outcome("now", "met" if held else "dormant"), now)

    def _found(self, clause: Maintain, gap: _Gap) -> Outcome:
        found = self._gap(clause, gap.key, gap.since, gap.until, gap.steps)
        if gap.doubt is None:
            return found
        since, steps = gap.doubt
        other = self._gap(clause, gap.key, gap.since, since, gap.steps)
        found = explained(replace(found, late_seconds=None, carry=False), steps)
        if other.status == found.status:
            return found
        return unsure(replace(found, status="undetermined", done=None))

    def _gap(
        self, clause: Maintain, key: str, since: Instant, until: Instant | None, steps: States
    ) -> Outcome:
        due = self.grace(clause.grace, since)
        start = self.window.start
        if key == self.window.handed.pending and due is not None and due[0] < start:
            due = (end_of(day_of(start)),) * 2
        late: int | None = None
        status: Status
        if until is None:
            over = due is not None and (
                self.at > due[1] or (clause.grace is None and self.at == due[1])
            )
            status = "breached" if over else "pending"
        elif due is not None and until > due[1]:
            status, late = "late", (day_of(until) - day_of(due[1])) * SECONDS_PER_DAY
        else:
            when = (start_of(day_of(since)), since)
            kept = Outcome(key, "met", triggered=when, assumes=self.graced(clause.grace))
            return explained(kept, steps)
        beyond = due is None or self.window.closed(due[1])
        carry = until is None and self.window.closed(self.at) and beyond
        assumes = self.graced(clause.grace)
        found = Outcome(key, status, due=due, late_seconds=late, assumes=assumes, carry=carry)
        if carry and due is not None and not self.window.closed(due[0]):
            found = unsure(replace(found, status="undetermined"))
        return self.stretch(found, since, until, steps)
