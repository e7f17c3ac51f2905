"""``maintain``: one outcome for each stretch in which it was not kept."""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.dates import SECONDS_PER_DAY, Instant, day_of, end_of, start_of
from ifthen.policy.model import Maintain
from ifthen.ruling.definitional.days import States
from ifthen.ruling.definitional.ruled import Ruled, explained, unsure
from ifthen.ruling.order import Point, closing
from ifthen.ruling.outcome import Outcome, Status
from ifthen.ruling.reasons import kleene_and, kleene_not


class Kept(Ruled):
    """What is to be kept true while a condition holds."""

    def outcomes(self, clause: Maintain) -> Iterator[Outcome]:
        """One outcome for each stretch in which it was not kept; else how it stands."""

        def ask(point: Point) -> States:
            active = self.binds("while", clause.while_, point)
            return (active, self.relieves("keep", clause.keep, point))

        gaps: list[tuple[str, Instant, Instant | None, States]] = []
        handed = self.window.handed
        number, older = handed.number, bool(handed.value) and handed.pending is None
        if handed.pending is not None and handed.since is not None:
            then = ask(self.before_begun(handed.since))
            gaps.append((handed.pending, handed.since[1], None, then))
        held, doubt = False, None
        for point, now in self.days.walk([clause.while_, clause.keep], ask):
            active, keep = (step.value for step in now)
            held = held or active is True
            failing = kleene_and((active, kleene_not(keep)))
            going = bool(gaps) and gaps[-1][2] is None
            if failing is True and not going and not older:
                number += 1
                gaps.append((f"gap {number}", point.latest, None, now))
            elif failing is False and going:
                gaps[-1] = (*gaps[-1][:2], point.latest, now)
            older = older and failing is not False
            doubtful = failing is None or (active is None and not held)
            if doubtful and (doubt is None or (active, keep) != tuple(s.value for s in doubt)):
                doubt = now
        yield from (self._gap(clause, *gap) for gap in gaps)
        if gaps or older:
            return
        if doubt is not None:
            yield explained(unsure(Outcome("now", "undetermined")), doubt)
        else:
            now = ask(closing(self.days.last))
            yield explained(Outcome("now", "met" if held else "dormant"), now)

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
        return self.stretch(found, since, until, steps)
