"""``cadence``: one outcome for each turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ifthen.dates import Instant, day_of, deadline, end_of
from ifthen.policy.model import Cadence, Call, Compare, Constant, Expression
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.days import Days
from ifthen.ruling.definitional.ruled import Ruled, elsewhere, explained, unsure
from ifthen.ruling.definitional.settling import Limit, Window, binding, once
from ifthen.ruling.definitional.values import Here
from ifthen.ruling.definitional.view import Found
from ifthen.ruling.order import after_fact, before_fact, closing
from ifthen.ruling.outcome import Interval, Outcome
from ifthen.ruling.reasons import Because


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn of a cadence: from an anchor, or from birth, to the next deed."""

    number: int
    anchor: Fact | None
    since: Interval
    deed: Fact | None
    doubt: Fact | None
    """A fact in between that may be the deed."""


class Turns(Ruled):
    """A cadence, turn by turn."""

    def __init__(
        self, clause: Cadence, conditions: Conditions, window: Window, at: Instant
    ) -> None:
        super().__init__(conditions, window, at)
        self.clause = clause
        self.listed = conditions.listed(clause.do)

    def outcomes(self) -> Iterator[Outcome]:
        """One outcome for each turn that is ruled under this version."""
        for turn in self._turns():
            outcome = self._turn(turn)
            if self._ours(turn, outcome):
                if turn.doubt is not None and outcome.status not in ("met", "dormant"):
                    outcome = unsure(replace(outcome, status="undetermined"))
                yield elsewhere(self._ruled(turn), outcome)

    def _turns(self) -> Iterator[_Turn]:
        found = self.conditions.found(self.clause.do)
        first = next(
            (n for n, each in enumerate(found) if each.fact.latest >= self.window.start), len(found)
        )
        earlier = [each.fact for each in found[:first] if each.certain]
        anchor = earlier[-1] if earlier and earlier[-1].earliest >= self.window.floor else None
        since = self.conditions.birth() if anchor is None else (anchor.earliest, anchor.latest)
        number, doubt = len(earlier), None
        for each in found[first:]:
            if not each.certain:
                doubt = doubt or each.fact
                continue
            yield _Turn(number, anchor, since, each.fact, doubt)
            number, doubt, anchor = number + 1, None, each.fact
            since = (anchor.earliest, anchor.latest)
        yield _Turn(number, anchor, since, None, doubt)

    def _ours(self, turn: _Turn, outcome: Outcome) -> bool:
        """Whether a turn neither began under a later version nor ended under an earlier one."""
        begun, start = turn.since[0], self.window.start
        if self.window.closed(begun) or (outcome.done is not None and outcome.done[1] < start):
            return False
        return turn.since[1] >= start or self.window.takes_over

    def _ruled(self, turn: _Turn) -> bool | None:
        """Whether a turn is ruled under this version; None where its anchor's days do not tell."""
        older = self.window.takes_over and turn.since[0] < self.window.start
        return True if turn.anchor is None or older else self.window.spans(*turn.since)

    def _turn(self, turn: _Turn) -> Outcome:
        by_time, by_growth, steps, in_doubt = self._limits(turn)
        limit = self.settling.taken_over(binding([by_time, by_growth]), turn.since, "")
        outcome = self._outcome(turn, turn.since, limit, self._deeds(turn))
        outcome = explained(outcome, steps)
        if outcome.status == "met" and in_doubt:
            return unsure(replace(outcome, status="undetermined"))
        if outcome.status == "met" or outcome.carry:
            return outcome
        return self._while(turn, outcome, limit, in_doubt)

    def _deeds(self, turn: _Turn) -> list[Found]:
        if turn.deed is not None:
            return [Found(turn.deed, True)]
        return [] if turn.doubt is None else [Found(turn.doubt, False)]

    def _outcome(
        self, turn: _Turn, when: Interval, limit: Limit | None, deeds: Sequence[Found]
    ) -> Outcome:
        key = f"turn {turn.number}"
        found = self.settling.outcome(key, "", None, when, limit, [deeds], self.listed)
        named = () if turn.anchor is None else (turn.anchor.id,)
        return replace(
            found, instance=named[0] if named else None, facts=once((*named, *found.facts))
        )

    def _while(self, turn: _Turn, outcome: Outcome, limit: Limit | None, in_doubt: bool) -> Outcome:
        """Apply the condition under which the clock runs."""
        condition, at = self.clause.while_, self.at
        if condition is not None:
            moment = at if limit is None else min(limit.high, at)
            state = self.binds("while", condition, closing(self.window.last(moment)))
            if state.value is False:
                until = at if outcome.done is None else min(outcome.done[0], at)
                again = self._resumed(condition, state, moment, until)
                state = again[1]
                if again[0] is None:
                    return explained(replace(outcome, status="dormant", due=None), [state])
                outcome = self._deferred(turn, outcome, again[0])
            if state.value is None and (limit is not None or outcome.status == "breached"):
                return explained(unsure(replace(outcome, status="undetermined")), [state])
            outcome = explained(outcome, [state])
        if in_doubt and outcome.status == "pending":
            return unsure(replace(outcome, status="undetermined"))
        return outcome

    def _resumed(
        self, condition: Expression, state: Because, moment: Instant, until: Instant
    ) -> tuple[Instant | None, Because]:
        """When, before the deed, the clock runs again after a moment at which it stood still."""
        days = Days(self.conditions, self.window, until)
        for point, (now,) in days.walk([condition], lambda p: (self.binds("while", condition, p),)):
            if point.latest > moment and now.value is not False:
                return point.latest, now
        return None, state

    def _deferred(self, turn: _Turn, outcome: Outcome, later: Instant) -> Outcome:
        """The duty falls due on the day the clock runs again."""
        end = end_of(day_of(later))
        deeds = [
            each
            for each in self.conditions.found(self.clause.do)
            if outcome.done is not None and each.fact.earliest == outcome.done[0]
        ]
        found = self._outcome(turn, turn.since, Limit(end, end), deeds)
        return replace(found, facts=outcome.facts)

    def _limits(self, turn: _Turn) -> tuple[Limit | None, Limit | None, list[Because], bool]:
        """By time, by growth, what explains the latter, and whether it is in doubt."""
        by_time: Limit | None = None
        length = None if self.clause.every is None else self.conditions.duration(self.clause.every)
        if length is not None:
            by_time = Limit(*deadline(*turn.since, length, self.conditions.month_end))
        if self.clause.growth is None:
            return by_time, None, [], False
        by_growth, state = self._by_growth(turn, *self.clause.growth)
        return by_time, by_growth, [state], by_growth is None and state.value is None

    def _by_growth(
        self, turn: _Turn, operator: str, factor: Fraction
    ) -> tuple[Limit | None, Because]:
        """The end of the day on which compute first reached the factor."""
        test = Compare(
            ">" if operator == ">" else ">=",
            Call("growth", (self.clause.do,)),
            Constant(factor),
        )
        deeds = self._deeds(turn)
        deed = deeds[0].fact if deeds else None
        stop = self.at if deed is None else deed.latest
        state: Because | None = None
        for each in self.conditions.state.figures(self.conditions.subject.model):
            fact = each.fact
            if fact.latest < turn.since[0] or fact.earliest > stop or fact is deed:
                continue
            point = before_fact(deed) if deed and fact.latest >= stop else after_fact(fact)
            state = self.conditions.truth(test, Here(point))
            if state.value is True:
                return Limit(end_of(day_of(fact.earliest)), end_of(day_of(fact.latest))), state
        if state is None:
            state = self.conditions.truth(test, Here(closing(min(self.at, stop))))
        return None, state
