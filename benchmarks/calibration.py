"""How often a decision rules out what is true, over many designs; and how often it misses.

    python benchmarks/calibration.py                     # 3,000 repetitions a design; an hour
    python benchmarks/calibration.py --quick             # few repetitions of the smallest
    python benchmarks/calibration.py --only clusters looks

Every design puts the model exactly at the limit, the hardest place for a false rule-out, and
goes through ``decide`` as the command does. Independent tasks that are passed or failed are not
simulated but enumerated. Beside each is what the usual normal bound would have done.
"""

from __future__ import annotations

import argparse
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from scipy import special

from conditions import state
from ifthen.evidence.decide import decide
from ifthen.evidence.elicitation import ITEMS, NO_MARGIN, Elicitation, Margin, fitted_margin
from ifthen.evidence.questions import Question
from ifthen.evidence.rule import Rule
from ifthen.evidence.statistics import bounded, bounds
from ifthen.evidence.statistics.attempts import Scoring, question_rate
from ifthen.evidence.statistics.clusters import units
from ifthen.evidence.statistics.families import parse_families
from ifthen.evidence.statistics.sequential import Looks

SEED = 20260224
ALPHA = 0.05
ONCE = Scoring()
EVERYTHING = Elicitation(frozenset(ITEMS))
Questions: TypeAlias = tuple[Question, ...]
Draw: TypeAlias = Callable[[np.random.Generator], Questions]


@dataclass(frozen=True)
class Design:
    """One way to evaluate a model whose true rate is the limit."""

    name: str
    truth: float
    draw: Draw
    scoring: Scoring = ONCE
    questions: int | None = None
    families: str | None = None
    margin: Margin | Callable[[np.random.Generator], Margin] = NO_MARGIN
    looks: Looks | None = None
    peeks: tuple[int, ...] = ()
    """Numbers of questions at which it is decided; none: once, at the end."""

    def rule(self, rng: np.random.Generator) -> Rule:
        return Rule(
            limit=self.truth,
            confidence=1 - ALPHA,
            scoring=self.scoring,
            questions=self.questions,
            families=None if self.families is None else parse_families(self.families),
            margin=self.margin if isinstance(self.margin, Margin) else self.margin(rng),
            looks=self.looks,
        )


@dataclass(frozen=True)
class Result:
    """What came of many repetitions."""

    repetitions: int
    ruled_out: float
    """Share in which the true rate was ruled out, at any look: false rule-outs."""
    missed_low: float | None
    """Share in which the lower bound lay above the truth; None where that is not its truth."""
    upper: float
    """The mean upper bound, with the margin, at the last look."""
    normal: float | None
    """Share in which the normal bound on the scores seen would have ruled it out."""

    def error(self, share: float) -> float:
        """The Monte-Carlo standard error, at the level itself where the share is below it."""
        rate = max(share, ALPHA)
        return math.sqrt(rate * (1 - rate) / self.repetitions)


def simulate(design: Design, repetitions: int, seed: int = SEED) -> Result:
    rng = np.random.default_rng([seed, zlib.crc32(design.name.encode())])
    ruled_out = low = normal = 0
    total = 0.0
    for _ in range(repetitions):
        rule, questions = design.rule(rng), design.draw(rng)
        false = False
        for peek in design.peeks or (len(questions),):
            decision = decide(questions[:peek], rule, EVERYTHING)
            false = false or decision.finding in ("below", "alert")
        ruled_out += false
        low += decision.whole.lower > design.truth
        total += decision.whole.moved
        normal += _normal(questions, design)
    plain = design.families is None and design.margin == NO_MARGIN
    return Result(
        repetitions,
        ruled_out / repetitions,
        low / repetitions if plain else None,
        total / repetitions,
        normal / repetitions if plain else None,
    )


def _normal(questions: Questions, design: Design) -> bool:
    """Whether the usual bound is too low: normal, robust to clusters, blind to what is missing."""
    scoring = design.scoring
    z = float(special.ndtri(1 - ALPHA))
    for peek in design.peeks or (len(questions),):
        seen = [replace(q, missing=0) for q in questions[:peek] if len(q.scores) >= scoring.of]
        if len(seen) < 2:
            continue
        found = units([scoring.values(q)[0] for q in seen], [q.cluster for q in seen])
        mean, count = found.mean, len(found.values)
        if count < 2:
            continue
        residuals = found.weights * (found.values - mean)
        variance = float((residuals**2).sum() / found.weights.sum() ** 2) * count / (count - 1)
        if mean + z * math.sqrt(variance) < design.truth:
            return True
    return False


# --- designs -----------------------------------------------------------------------------------


def independent(
    scores: Callable[[np.random.Generator, int], Iterable[Iterable[float]]],
    n: int,
    missing: int = 0,
) -> Draw:
    def draw(rng: np.random.Generator) -> Questions:
        found = enumerate(scores(rng, n))
        return tuple(Question(str(i), tuple(map(float, s)), missing) for i, s in found)

    return draw


def attempts_of(a: float, b: float, attempts: int) -> Callable[..., np.ndarray]:
    """Attempts at tasks whose single-attempt rates are spread as Beta(a, b)."""

    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.random((n, attempts)) < rng.beta(a, b, n)[:, None]

    return scores


def passing(a: float, b: float, least: int, of: int) -> float:
    """The rate of passed tasks where single-attempt rates are spread as Beta(a, b)."""
    nodes, weights = special.roots_jacobi(80, b - 1, a - 1)
    rates = (nodes + 1) / 2
    found = sum(w * question_rate(float(r), least, of) for r, w in zip(rates, weights, strict=True))
    return float(found / weights.sum())


def clustered(
    sizes: Callable[[np.random.Generator], Sequence[int]],
    rate: float,
    alike: float,
    lean: float = 0.0,
) -> Draw:
    """Tasks in clusters, passed or failed.

    Args:
        sizes: of the clusters.
        rate: of passed tasks, before ``lean``.
        alike: the correlation within a cluster, from 0 to 1.
        lean: how much higher the rate of a cluster of the largest size is than of the smallest.
    """

    def draw(rng: np.random.Generator) -> Questions:
        found: list[Question] = []
        for cluster, size in enumerate(sizes(rng)):
            mean = min(1.0, max(0.0, rate + (lean if size > 10 else 0.0)))
            if alike >= 1:
                own = float(rng.random() < mean)
            elif alike <= 0 or mean in (0.0, 1.0):
                own = mean
            else:
                spread = 1 / alike - 1
                own = float(rng.beta(mean * spread, (1 - mean) * spread))
            found.extend(
                Question(f"{cluster}-{i}", (float(rng.random() < own),), 0, str(cluster))
                for i in range(size)
            )
        return tuple(found)

    return draw


def with_missing(draw: Draw, chance: Callable[[float], float]) -> Draw:
    """Attempts that go missing with a chance that depends on their score."""

    def drawn(rng: np.random.Generator) -> Questions:
        found = []
        for question in draw(rng):
            kept = tuple(s for s in question.scores if rng.random() >= chance(s))
            found.append(replace(question, scores=kept, missing=len(question.scores) - len(kept)))
        return tuple(found)

    return drawn


def in_families(rates: Sequence[float], n: int) -> Draw:
    def draw(rng: np.random.Generator) -> Questions:
        return tuple(
            Question(f"{family}-{i}", (float(rng.random() < rate),), 0, None, f"family {family}")
            for family, rate in enumerate(rates)
            for i in range(n)
        )

    return draw


def binary(rate: float) -> Callable[..., np.ndarray]:
    return lambda rng, n: rng.random((n, 1)) < rate


def designs() -> Iterator[Design]:
    """Every design, easy ones first."""
    mean = Scoring(None)
    for n in (5, 20, 100, 500):
        for a, b in ((0.05, 0.6), (0.3, 2.0)):
            yield Design(
                f"attempts: 1 of 10, Beta({a:g}, {b:g}) tasks, n={n}",
                passing(a, b, 1, 10),
                independent(attempts_of(a, b, 10), n),
                Scoring(1, 10),
            )
    for n in (5, 20, 100):
        yield Design(
            f"attempts: mean of 4, Beta(0.5, 1.5) tasks, n={n}",
            0.25,
            independent(attempts_of(0.5, 1.5, 4), n),
        )
        yield Design(
            f"attempts: pass@3 from 5, n={n}",
            passing(0.5, 1.5, 1, 3),
            independent(attempts_of(0.5, 1.5, 5), n),
            Scoring(1, 3),
        )
        yield Design(
            f"attempts: pass^3 from 5, n={n}",
            passing(1.5, 0.5, 3, 3),
            independent(attempts_of(1.5, 0.5, 5), n),
            Scoring(3, 3),
        )
    for n in (5, 20, 100, 500):
        for a, b in ((2.0, 6.0), (0.1, 0.9), (30.0, 30.0)):
            yield Design(
                f"scores: Beta({a:g}, {b:g}), n={n}",
                a / (a + b),
                independent(lambda rng, n, a=a, b=b: rng.beta(a, b, (n, 1)), n),
                mean,
            )
        yield Design(
            f"scores: 0 or 1, at rate 0.1, n={n}",
            0.1,
            independent(binary(0.1), n),
            mean,
        )
        yield Design(
            f"scores: rarely 1, else 0.05, n={n}",
            0.05 * 0.95 + 0.05,
            independent(lambda rng, n: np.where(rng.random((n, 1)) < 0.05, 1.0, 0.05), n),
            mean,
        )
    for count in (5, 10, 50):
        for alike in (0.0, 0.3, 1.0):
            yield Design(
                f"clusters: {count} of 10, rate 0.1, alike {alike:g}",
                0.1,
                clustered(lambda rng, c=count: [10] * c, 0.1, alike),
            )
        yield Design(
            f"clusters: {count} of 1 to 20, rate 0.3, alike 0.5",
            0.3,
            clustered(lambda rng, c=count: rng.integers(1, 21, c).tolist(), 0.3, 0.5),
        )
        # Half the clusters have 2 tasks at 0.05, half 18 at 0.45: (2 * 0.05 + 18 * 0.45) / 20.
        yield Design(
            f"clusters: {count} of 2 or 18, large ones easier",
            0.41,
            clustered(lambda rng, c=count: rng.choice([2, 18], c).tolist(), 0.05, 0.3, 0.4),
        )
    for n in (10, 50, 200):
        yield Design(
            f"missing: a tenth by chance, n={n}",
            0.3,
            with_missing(independent(binary(0.3), n), lambda s: 0.1),
        )
        yield Design(
            f"missing: half of the successes, n={n}",
            0.3,
            with_missing(independent(binary(0.3), n), lambda s: 0.5 * s),
        )
        yield Design(
            f"missing: attempts, successes twice as often, 1 of 5, n={n}",
            passing(0.2, 1.5, 1, 5),
            with_missing(independent(attempts_of(0.2, 1.5, 5), n), lambda s: 0.1 + 0.1 * s),
            Scoring(1, 5),
        )
        yield Design(
            f"missing: a tenth of the tasks never run, n={n}",
            0.3,
            independent(binary(0.3), n - n // 10),
            questions=n,
        )
    yield Design(
        "missing: half of the successes, 20 clusters of 5, alike 0.5",
        0.3,
        with_missing(clustered(lambda rng: [5] * 20, 0.3, 0.5), lambda s: 0.5 * s),
    )
    for n in (10, 50, 200):
        yield Design(
            f"elicitation: 10 points short, margin 10 points, n={n}",
            0.4,
            independent(binary(0.3), n),
            margin=Margin(0.1, why="stated"),
        )
        yield Design(
            f"elicitation: a third short, margin of factor 1.5, n={n}",
            0.3,
            independent(binary(0.2), n),
            margin=Margin(0, 1.5, why="stated"),
        )
        yield Design(
            f"elicitation: gain of 0.1 fitted on 200 tasks, n={n}",
            0.4,
            independent(binary(0.3), n),
            margin=_fitted,
        )
    yield Design(
        "elicitation: 10 points short, 20 clusters of 5, alike 0.5",
        0.4,
        clustered(lambda rng: [5] * 20, 0.3, 0.5),
        margin=Margin(0.1, why="stated"),
    )
    looks = (20, 40, 60, 80, 100)
    for shape in ("even", "late"):
        yield Design(
            f"looks: 5 planned, {shape}, passed or failed",
            0.3,
            independent(binary(0.3), 100),
            looks=Looks(looks, shape),
            peeks=looks,
        )
        yield Design(
            f"looks: 5 planned, {shape}, scores",
            0.25,
            independent(lambda rng, n: rng.beta(2, 6, (n, 1)), 100),
            mean,
            looks=Looks(looks, shape),
            peeks=looks,
        )
    often = tuple(range(10, 201, 10))
    yield Design(
        "looks: at any time, after every 10 to 200, passed or failed",
        0.3,
        independent(binary(0.3), 200),
        looks=Looks(),
        peeks=often,
    )
    yield Design(
        "looks: at any time, after every 10 to 200, scores",
        0.25,
        independent(lambda rng, n: rng.beta(2, 6, (n, 1)), 200),
        mean,
        looks=Looks(),
        peeks=often,
    )
    for n in (10, 50):
        yield Design(
            f"families: any of 4, one at the line, others at 0, n=4x{n}",
            0.3,
            in_families((0.3, 0, 0, 0), n),
            families="any",
        )
        yield Design(
            f"families: all of 4, all at the line, n=4x{n}",
            0.3,
            in_families((0.3,) * 4, n),
            families="all",
        )
        yield Design(
            f"families: at least 2 of 4, two at the line, n=4x{n}",
            0.3,
            in_families((0.3, 0.3, 0, 0), n),
            families="at least 2",
        )
        yield Design(
            f"families: at least 50 % of 4, all at the line, n=4x{n}",
            0.3,
            in_families((0.3,) * 4, n),
            families="at least 50 %",
        )


def limits() -> Iterator[Design]:
    """What nothing here can see: assumptions that are false and that the scores do not show."""
    # One in ten clusters has 18 tasks and is passed whole: (0.1 * 18) / (0.1 * 18 + 0.9 * 2).
    for count in (5, 50):
        yield Design(
            f"beyond: {count} clusters of 2 or 18, only the rare large ones passed",
            0.5,
            clustered(
                lambda rng, c=count: rng.choice([2, 18], c, p=[0.9, 0.1]).tolist(), 0.0, 1.0, 1.0
            ),
        )
    undeclared = clustered(lambda rng: [10] * 10, 0.3, 0.5)
    yield Design(
        "beyond: 10 clusters of 10, alike 0.5, not declared",
        0.3,
        lambda rng: tuple(replace(question, cluster=None) for question in undeclared(rng)),
    )
    yield Design(
        "beyond: 20 points short, margin 10 points, n=50",
        0.5,
        independent(binary(0.3), 50),
        margin=Margin(0.1, why="stated"),
    )
    yield Design(
        "beyond: 5 unplanned looks, passed or failed",
        0.3,
        independent(binary(0.3), 100),
        peeks=(20, 40, 60, 80, 100),
    )


def _fitted(rng: np.random.Generator) -> Margin:
    """A margin from another model that gained 0.1 on 200 tasks, of which it is not told."""
    draws = rng.random(200)
    without = [Question(str(i), (float(d < 0.3),), 0) for i, d in enumerate(draws)]
    with_ = [Question(str(i), (float(d < 0.4),), 0) for i, d in enumerate(draws)]
    return fitted_margin(without, with_, Scoring(), (), "fitted")


# --- exact -------------------------------------------------------------------------------------

RATES = (0.01, 0.99)
"""Rates among which the worst is looked for."""
BOUNDS: dict[str, Callable[[int, int, float], float]] = {
    "Clopper-Pearson": bounds.upper,
    "Wilson": bounds.wilson_upper,
    "Jeffreys": lambda s, n, a: bounds.posterior_upper(s, n, a, prior=0.5),
    "uniform": lambda s, n, a: bounds.posterior_upper(s, n, a, prior=1.0),
    "normal": lambda s, n, a: (
        s / n + float(special.ndtri(1 - a)) * math.sqrt(s / n * (1 - s / n) / n)
    ),
}


def worst_miss(bound: Callable[[int, int, float], float], n: int, alpha: float) -> float:
    """The largest chance, over all rates, that an upper bound lies below the truth; exact.

    The chance rises with every result whose bound the rate passes and falls in between, so the
    largest lies just above one of the bounds.
    """
    uppers = np.array([bound(s, n, alpha) for s in range(n + 1)])
    rates = np.unique(
        np.clip(np.concatenate([uppers + 1e-9, np.linspace(0.001, 0.999, 999)]), *RATES)
    )
    passed = np.arange(n + 1)
    worst = 0.0
    for rate in rates:
        chances = np.exp(
            special.gammaln(n + 1)
            - special.gammaln(passed + 1)
            - special.gammaln(n - passed + 1)
            + passed * math.log(rate)
            + (n - passed) * math.log1p(-rate)
        )
        worst = max(worst, float(chances[uppers < rate].sum()))
    return worst


# --- widths -------------------------------------------------------------------------------------

WIDTHS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "none of 5 succeeded": lambda rng: np.zeros(5),
    "none of 20 succeeded": lambda rng: np.zeros(20),
    "20 scores 0 or 1, rate 0.1": lambda rng: (rng.random(20) < 0.1).astype(float),
    "20 scores Beta(3, 7)": lambda rng: rng.beta(3, 7, 20),
    "50 scores Beta(3, 7)": lambda rng: rng.beta(3, 7, 50),
    "20 clusters of 10, rate 0.1, alike 0.3": lambda rng: (
        rng.binomial(10, rng.beta(0.1 / 0.3 * 0.7, 0.9 / 0.3 * 0.7, 20)) / 10
    ),
    "50 clusters of 10, rate 0.3, alike 0.1": lambda rng: (
        rng.binomial(10, rng.beta(0.3 * 9, 0.7 * 9, 50)) / 10
    ),
}


def hinge_upper(values: np.ndarray) -> float:
    """The upper bound by the hinge test alone."""
    low, high = float(values.mean()), 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if bounded.hinge(values, middle) < ALPHA:
            high = middle
        else:
            low = middle
    return high


def _print_widths(draws: int) -> None:
    print(f"Mean upper bounds at {1 - ALPHA:.0%}, {draws} draws:\n")
    print("| scores | hinge | betting | both |\n|---|---|---|---|")
    for name, draw in WIDTHS.items():
        rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
        found = []
        for _ in range(draws):
            values = draw(rng)
            even = np.ones(len(values))
            betting = bounded.upper(values, even, ALPHA, any_time=True)
            found.append((hinge_upper(values), betting, bounded.upper(values, even, ALPHA)))
        print(f"| {name} | {' | '.join(f'{mean:.3f}' for mean in np.mean(found, axis=0))} |")
    print()


# --- output ------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few repetitions of the smallest")
    parser.add_argument("--only", nargs="*", default=[""], help="designs that start with one")
    parser.add_argument("--repetitions", type=int, default=3_000)
    given = parser.parse_args()
    repetitions = 20 if given.quick else given.repetitions
    state(f"made up; seed {SEED}, {repetitions:,} repetitions", "numpy", "scipy")
    if "exact".startswith(given.only[0]):
        _print_exact((5, 20) if given.quick else (5, 10, 20, 50, 100, 200, 500))
    if "widths".startswith(given.only[0]):
        _print_widths(5 if given.quick else 100)
    print("| design | false rule-outs | ± | lower bound misses | mean upper | limit | normal |")
    print("|---|---|---|---|---|---|---|")
    for design in (*designs(), *limits()):
        small = design.name.endswith(("n=5", "n=10", "n=4x10"))
        if not design.name.startswith(tuple(given.only)) or (given.quick and not small):
            continue
        result = simulate(design, repetitions)
        low = "" if result.missed_low is None else f"{result.missed_low:.4f}"
        normal = "" if result.normal is None else f"{result.normal:.3f}"
        print(
            f"| {design.name} | {result.ruled_out:.4f} | {result.error(result.ruled_out):.4f} "
            f"| {low} | {result.upper:.3f} | {design.truth:.3f} | {normal} |",
            flush=True,
        )


def _print_exact(numbers: Sequence[int]) -> None:
    print(
        f"Chance that the upper bound at {1 - ALPHA:.0%} lies below the truth, at the worst rate "
        f"from {RATES[0]:g} to {RATES[1]:g}, exact:\n"
    )
    print(f"| n | {' | '.join(BOUNDS)} |\n|{'---|' * (len(BOUNDS) + 1)}")
    for n in numbers:
        found = (worst_miss(bound, n, ALPHA) for bound in BOUNDS.values())
        print(f"| {n} | {' | '.join(f'{miss:.4f}' for miss in found)} |", flush=True)
    print()


if __name__ == "__main__":
    main()
