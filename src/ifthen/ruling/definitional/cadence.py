"""``cadence``: one outcome for each turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ifthen.dates import (
    SECONDS_PER_DAY,
    Instant,
    day_of,
    deadline,
    elapsed_at,
    end_of,
    start_of,
)
from ifthen.policy.describe import describe, describe_gain, describe_growth
from ifthen.policy.model import Apart, Cadence, Call, Compare, Constant, Expression
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.days import Days
from ifthen.ruling.definitional.ruled import Ruled, elsewhere, explained, unsure
from ifthen.ruling.definitional.settling import Limit, Window, binding, listed_limits, once
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
        limits, steps, in_doubt = self._limits(turn)
        stated = binding(each for _, each in limits)
        limit = self.settling.taken_over(stated, turn.since, "")
        outcome = self._outcome(turn, turn.since, limit, self._deeds(turn))
        texts, each = [text for text, _ in limits], [limit for _, limit in limits]
        outcome = replace(outcome, limits=listed_limits(texts, each, stated))
        outcome = explained(outcome, steps)
        if outcome.status == "met" and in_doubt:
            return unsure(replace(outcome, status="undetermined"))
        demanded = any(each is not None for text, each in limits if not text.startswith("every "))
        if outcome.status == "met" and not demanded:
            outcome = self._spaced(turn, outcome)
        if outcome.status == "met" or outcome.carry or outcome.early_seconds is not None:
            return outcome
        return self._while(turn, outcome, limit, in_doubt)

    def _spaced(self, turn: _Turn, outcome: Outcome) -> Outcome:
        """A deed done in time, held against how soon after the last one it may be done."""
        every = None if self.clause.every is None else self.conditions.chosen(self.clause.every)
        if not isinstance(every, Apart) or turn.anchor is None or turn.deed is None:
            return outcome
        length = self.conditions.duration(every.least)
        if length is None:
            return outcome
        outcome = replace(outcome, assumes=once((*outcome.assumes, *length.assumes)))
        first, last = elapsed_at(*turn.since, length, self.conditions.month_end)
        if turn.deed.earliest >= last:
            return outcome
        runs: bool | None = True
        if self.clause.while_ is not None:
            state = self.binds("while", self.clause.while_, before_fact(turn.deed))
            outcome, runs = explained(outcome, [state]), state.value
        if runs is False:
            return outcome
        if runs is None or turn.deed.latest >= first:
            return unsure(replace(outcome, status="undetermined"))
        exact = turn.deed.precision == "second" and first != start_of(day_of(first))
        early = (day_of(first) - day_of(turn.deed.latest)) * SECONDS_PER_DAY
        if exact:
            early = first - turn.deed.earliest
        return replace(outcome, status="breached", early_seconds=early)

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
                    stands = replace(outcome, status="dormant", due=None, limits=())
                    return explained(stands, [state])
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

    def _limits(self, turn: _Turn) -> tuple[list[tuple[str, Limit | None]], list[Because], bool]:
        """The limits in words, what explains growth and gain, and whether one is in doubt."""
        limits: list[tuple[str, Limit | None]] = []
        every = self.clause.every
        length = None if every is None else self.conditions.duration(every)
        by_time: Limit | None = None
        if length is not None:
            low, high = deadline(*turn.since, length, self.conditions.month_end)
            by_time = Limit(low, high, assumes=length.assumes)
        if every is not None:
            limits.append((f"every {describe(self.conditions.chosen(every))}", by_time))
        model, states, in_doubt = self.conditions.subject.model, [], False
        tests: list[tuple[str, Compare, tuple[Found, ...]]] = []
        if self.clause.growth is not None:
            operator, factor = self.clause.growth
            test = Compare(operator, Call("growth", (self.clause.do,)), Constant(factor))
            figures = self.conditions.state.figures(model)
            tests.append((describe_growth(self.clause.growth), test, figures))
        if self.clause.gain is not None:
            gain = self.clause.gain
            named = (Constant(gain.measure), Constant(gain.unit))
            test = Compare(gain.operator, Call("gain", (self.clause.do, *named)), Constant(gain.by))
            figures = self.conditions.state.stating(gain.measure, model)
            tests.append((describe_gain(gain), test, figures))
        for text, test, figures in tests:
            limit, state = self._reached(turn, test, figures)
            limits.append((text, limit))
            states.append(state)
            in_doubt = in_doubt or (limit is None and state.value is None)
        return limits, states, in_doubt

    def _reached(
        self, turn: _Turn, test: Compare, figures: Sequence[Found]
    ) -> tuple[Limit | None, Because]:
        """The end of the day on which compute or progress first came to so much."""
        deeds = self._deeds(turn)
        deed = deeds[0].fact if deeds else None
        stop = self.at if deed is None else deed.latest
        state: Because | None = None
        for each in figures:
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
