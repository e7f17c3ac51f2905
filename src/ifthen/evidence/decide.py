"""Where a model stands against a limit, by an evaluation: below, alert, not known, or crossed.

``decide`` is a pure function of the questions, the rule and the elicitation. It rules a line out
only if the upper bound of the rate lies below it, with every missing attempt taken for a success,
after the margin for elicitation, and with nothing left out that the margin does not cover. It calls
a line crossed only if the lower bound reaches it with every missing attempt taken for a failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ifthen.evidence.elicitation import Elicitation, Gaps, gaps
from ifthen.evidence.finding import EXIT_CODES, Finding
from ifthen.evidence.questions import NOTHING_LEFT_OUT, LeftOut, Question
from ifthen.evidence.rule import Rule
from ifthen.evidence.statistics import bounded, bounds
from ifthen.evidence.statistics.clusters import Units, units
from ifthen.evidence.statistics.families import fewer_than, partial_conjunction

WHOLE = "all tasks"
"""The name of the estimate over every question."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate: of all questions, or of those of one family."""

    name: str
    questions: int
    units: int
    """Independent ones: questions, or clusters of them."""
    missing: int
    """Attempts that errored or never ran."""
    passed: tuple[int, int] | None
    """Questions passed where missing attempts fail, and where they succeed; None for means."""
    low: float
    """The rate seen where every missing attempt fails."""
    high: float
    """The rate seen where every missing attempt succeeds."""
    lower: float
    """The lower bound, missing attempts failing."""
    upper: float
    """The upper bound, missing attempts succeeding."""
    moved: float
    """The upper bound after the margin for elicitation."""
    method: str
    """How the bounds were made."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "questions": self.questions,
            "units": self.units,
            "missing": self.missing,
            "passed": None if self.passed is None else list(self.passed),
            "estimate": [self.low, self.high],
            "lower": self.lower,
            "upper": self.upper,
            "upper_with_margin": self.moved,
            "method": self.method,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that is needed to read a decision, to file it, and to make it again."""

    finding: Finding
    by_scores: Finding
    """What it would be if nothing had been left out of the elicitation; the margin counts."""
    rule: Rule
    whole: Estimate
    """Over every question."""
    families: tuple[Estimate, ...]
    """By family, where the questions name any."""
    left_out: LeftOut
    """What the logs tell of besides; it is said and decides nothing."""
    elicitation: Elicitation | None
    gaps: Gaps
    others: tuple[tuple[str, float], ...]
    """Other upper bounds, by name, for comparison; they decide nothing."""
    needed: int | None
    """The least number of tasks at which as many passes would rule the limit out; None where that
    is no question: it is ruled out or crossed, attempts are missing, or passes are not counted."""
    level: float
    """The confidence of each bound here; higher than the rule's where error is spent elsewhere."""
    says: str
    """One paragraph, for the people who answer for it."""

    @property
    def exit_code(self) -> int:
        """0 below, 1 alert or crossed, 3 cannot rule out."""
        return EXIT_CODES[self.finding]

    @property
    def n(self) -> int:
        """Questions, the missing ones included."""
        return self.whole.questions

    @property
    def missing(self) -> int:
        """Attempts that errored or never ran."""
        return self.whole.missing

    @property
    def method(self) -> str:
        """How the bounds were made."""
        return self.whole.method

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        from ifthen.evidence.plain import decision_as_json

        return decision_as_json(self)


def decide(
    questions: Sequence[Question],
    rule: Rule,
    elicitation: Elicitation | None = None,
    left_out: LeftOut = NOTHING_LEFT_OUT,
) -> Decision:
    """Decide where the model stands.

    Args:
        questions: as they were attempted.
        rule: what the line is and how it is decided.
        elicitation: what the evaluation used; None where nothing is stated.
        left_out: what the logs tell of besides the questions, to be said.

    Raises:
        ValueError: no questions, more than planned, none planned at this look, clusters looked at
            at any time, or a question without a family where families decide.
    """
    from ifthen.evidence.says import says

    whole_set = rule.complete(tuple(questions))
    alpha = 1 - rule.confidence
    if rule.looks is not None:
        alpha = rule.looks.alpha(len(whole_set), alpha)
    spare = alpha * rule.margin.error / (1 - rule.confidence)
    judge = _Judge(rule, alpha - spare)
    exact = rule.scoring.binary(whole_set)
    whole, sides = judge.estimate(WHOLE, whole_set, exact)
    members: dict[str, list[Question]] = {}
    for question in whole_set:
        if question.family is not None:
            members.setdefault(question.family, []).append(question)
        elif rule.families is not None:
            raise ValueError(f"question '{question.id}' has no family, and families decide")
    families = [judge.estimate(name, found, exact) for name, found in members.items()]
    if rule.families is None:
        by_scores = judge.by_bounds(whole.moved, whole.lower)
    else:
        by_scores = judge.by_families(
            [sides for _, sides in families], rule.families.of(len(families))
        )
    lacking = gaps(elicitation, rule.asked, rule.margin)
    finding = by_scores
    if lacking.lower_bound_only and finding in ("below", "alert"):
        finding = "cannot_rule_out"
    decision = Decision(
        finding=finding,
        by_scores=by_scores,
        rule=rule,
        whole=whole,
        families=tuple(estimate for estimate, _ in families),
        left_out=left_out,
        elicitation=elicitation,
        gaps=lacking,
        others=judge.others(whole, sides),
        needed=judge.needed(whole) if by_scores == "cannot_rule_out" else None,
        level=1 - judge.alpha,
        says="",
    )
    return says(decision)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both ends of what missing attempts leave open."""

    low: Units
    high: Units
    exact: bool


@dataclass(frozen=True, slots=True)
class _Judge:
    """The rule, and the error that a bound may spend."""

    rule: Rule
    alpha: float

    @property
    def any_time(self) -> bool:
        return self.rule.looks is not None and self.rule.looks.planned is None

    def estimate(
        self, name: str, questions: Sequence[Question], binary: bool
    ) -> tuple[Estimate, _Sides]:
        """The rate of some questions, with its bounds."""
        scoring = self.rule.scoring
        values = [scoring.values(question) for question in questions]
        clusters = [question.cluster for question in questions]
        low, high = (units([value[side] for value in values], clusters) for side in (0, 1))
        if self.any_time and low.clustered:
            raise ValueError("looks at any time need independent tasks: plan the looks instead")
        exact = binary and not low.clustered and not self.any_time
        sides = _Sides(low, high, exact)
        passed = None
        if binary:
            passed = (round(sum(v[0] for v in values)), round(sum(v[1] for v in values)))
        if exact:
            assert passed is not None
            lower = bounds.lower(passed[0], len(values), self.alpha)
            upper = bounds.upper(passed[1], len(values), self.alpha)
        else:
            lower = bounded.lower(low.values, low.weights, self.alpha, any_time=self.any_time)
            upper = bounded.upper(high.values, high.weights, self.alpha, any_time=self.any_time)
        return (
            Estimate(
                name=name,
                questions=len(values),
                units=len(low.values),
                missing=sum(scoring.missing(question) for question in questions),
                passed=passed,
                low=low.mean,
                high=high.mean,
                lower=min(lower, low.mean),
                upper=max(upper, high.mean),
                moved=self.rule.margin.moved(max(upper, high.mean)),
                method=self._method(sides),
            ),
            sides,
        )

    def _method(self, sides: _Sides) -> str:
        if sides.exact:
            return "exact (Clopper-Pearson)"
        name = "betting, valid at any time" if self.any_time else "bounded scores"
        return f"{name}, clusters as units" if sides.low.clustered else name

    def by_bounds(self, upper: float, lower: float) -> Finding:
        """Where a rate with these bounds stands."""
        if lower >= self.rule.limit:
            return "crossed"
        if not upper < self.rule.limit:
            return "cannot_rule_out"
        if self.rule.alert is not None and not upper < self.rule.alert:
            return "alert"
        return "below"

    def by_families(self, families: Sequence[_Sides], least: int) -> Finding:
        """Where the model stands if it takes ``least`` families to reach a line."""
        rule = self.rule
        reached = partial_conjunction(
            least, [self._p(s.low.mirrored(), s.exact, 1 - rule.limit) for s in families]
        )
        if reached <= self.alpha:
            return "crossed"

        def ruled_out(line: float) -> bool:
            bar = rule.margin.before(line)
            return fewer_than(least, [self._p(s.high, s.exact, bar) for s in families]) < self.alpha

        if not ruled_out(rule.limit):
            return "cannot_rule_out"
        return "below" if rule.alert is None or ruled_out(rule.alert) else "alert"

    def _p(self, side: Units, exact: bool, mean: float) -> float:
        """The p-value of *the mean is at least this*."""
        if mean <= 0:
            return 1.0
        if exact:
            n = len(side.values)
            return bounds.chance_of_at_most(round(float(side.values.sum())), n, min(1.0, mean))
        return bounded.p_value(side.values, side.weights, mean, any_time=self.any_time)

    def others(self, whole: Estimate, sides: _Sides) -> tuple[tuple[str, float], ...]:
        """Upper bounds that others use, on the same worst case."""
        found: list[tuple[str, float]] = []
        if sides.exact:
            assert whole.passed is not None
            counts = whole.passed[1], whole.questions, self.alpha
            found = [
                ("Wilson", bounds.wilson_upper(*counts)),
                ("Beta posterior, Jeffreys prior", bounds.posterior_upper(*counts, prior=0.5)),
                ("Beta posterior, uniform prior", bounds.posterior_upper(*counts, prior=1.0)),
            ]
        high = sides.high
        if len(high.values) > 1 and not self.any_time and bool((high.weights == 1).all()):
            spread = float(np.std(high.values, ddof=1))
            normal = bounds.normal_upper(high.mean, spread, len(high.values), self.alpha)
            if normal is not None:
                found.append(("normal approximation", normal))
        return tuple(found)

    def needed(self, whole: Estimate) -> int | None:
        """The least number of tasks at which as many passes rule the limit out."""
        rule = self.rule
        bar = rule.margin.before(rule.limit)
        counted = whole.passed is not None and whole.units == whole.questions
        if not counted or whole.missing or rule.families is not None or self.any_time or bar <= 0:
            return None
        assert whole.passed is not None
        return bounds.least_tasks(whole.passed[1], bar, self.alpha)
