"""Effective compute as it shows in a model: a scaling law of a baseline family, turned around.

A run that multiplies effective compute by K gains as much as the baseline does from K times the
training compute (RSP v2.0, footnote 4). So the law is fitted on a family without the improvements,
and the compute at which it gives a model's loss (or its weighted benchmark score) is read off.

Loss: ``E + A C^-alpha``, least squares, ``alpha`` by search and the rest in closed form. Score:
a straight line of its logit on log C. Intervals are by a bootstrap of the residuals, with a
residual added for the model itself; two models share the fitted laws, so their ratio is better
known than either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.compute.ledger import Ledger, Reference, aggregate
from ifthen.evidence.compute.ratio import (
    LEVEL,
    TRIGGERS,
    NothingToCompare,
    Trigger,
    choose,
)
from ifthen.evidence.inputs import Input
from ifthen.evidence.interval import Interval

Floats: TypeAlias = NDArray[np.float64]

REPLICATES = 10_000
_ALPHAS = np.linspace(0.01, 1.0, 397)
"""Exponents tried; published laws of loss lie between 0.05 and 0.5."""
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """The effective compute of one model, in FLOP of the baseline family."""

    model: str
    measure: float
    interval: Interval
    extrapolated: bool
    """Whether it lies outside of the sizes of the family."""
    unreachable: float
    """The share of replicates in which no amount of the baseline's compute gives the measure."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "model": self.model,
            "measure": self.measure,
            "effective_compute": {"unit": "FLOP", **self.interval.as_json()},
            "extrapolated": self.extrapolated,
            "unreachable": self.unreachable,
        }


@dataclass(frozen=True, slots=True)
class MeasuredRatio:
    """The ratio of the effective compute of two models, as it shows in what they can do."""

    measure: str
    law: dict[str, float]
    """The fitted parameters."""
    base: Measured
    now: Measured
    ratio: Interval
    triggers: tuple[Trigger, ...]
    replicates: int
    seed: int
    inputs: tuple[Input, ...]
    draws: Floats = field(repr=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "measure": self.measure,
            "law": self.law,
            "since": self.base.as_json(),
            "model": self.now.as_json(),
            "ratio": self.ratio.as_json(),
            "triggers": [trigger.as_json() for trigger in self.triggers],
            "bootstrap": self.replicates,
            "seed": self.seed,
            "inputs": [found.as_json() for found in self.inputs],
        }


def measured_ratio(
    ledger: Ledger,
    model: str | None = None,
    since: str | None = None,
    *,
    triggers: Sequence[float] = TRIGGERS,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> MeasuredRatio:
    """The growth of effective compute as the reference family measures it.

    Raises:
        NothingToCompare: there is no reference family, or a model was not measured.
    """
    reference = ledger.reference
    if reference is None:
        raise NothingToCompare("the ledger has no reference family")
    base, now = choose(ledger, model, since)
    values = []
    for run in (base, now):
        try:
            values.append(aggregate(run.measured, reference.measure, reference.weights))
        except KeyError as error:
            raise NothingToCompare(f"'{run.model}' has no {error.args[0]}") from None
    law = _Law(reference)
    names = [base.model, now.model]
    targets = law.transformed(np.array(values))
    points = law.invert(*law.fit(law.y[None]), targets)
    drawn = law.replicates(targets, replicates, np.random.default_rng(seed))
    tail = (1 - level) / 2
    found = []
    for place, name in enumerate(names):
        log_low, log_high = _ends(drawn[place], tail)
        low, value, high = (float(np.exp(end)) for end in (log_low, points[place], log_high))
        interval = Interval(low, value, high, level)
        inside = law.x.min() <= points[place] <= law.x.max()
        share = float(np.isinf(drawn[place]).mean())
        found.append(Measured(name, values[place], interval, not inside, share))
    with np.errstate(invalid="ignore"):
        difference = drawn[1] - drawn[0]
    # Where neither can be reached, nothing is known of their ratio: it counts at both ends.
    log_low, _ = _ends(np.where(np.isnan(difference), -np.inf, difference), tail)
    _, log_high = _ends(np.where(np.isnan(difference), np.inf, difference), tail)
    with np.errstate(invalid="ignore", over="ignore"):
        value = float(np.exp(points[1] - points[0]))
        interval = Interval(float(np.exp(log_low)), value, float(np.exp(log_high)), level)
        known = difference[~np.isnan(difference)]
    marks = tuple(
        Trigger(
            factor,
            float((known >= np.log(factor)).mean()) if len(known) else None,
            interval.against(factor),
        )
        for factor in triggers
    )
    return MeasuredRatio(
        reference.measure,
        law.parameters(),
        found[0],
        found[1],
        interval,
        marks,
        replicates,
        seed,
        ledger.inputs,
        difference,
    )


def _ends(values: Floats, tail: float) -> tuple[float, float]:
    ordered = np.sort(values)
    last = len(ordered) - 1
    return float(ordered[int(np.floor(tail * last))]), float(
        ordered[int(np.ceil((1 - tail) * last))]
    )


class _Law:
    """A scaling law of one family; parameters are rows of three: floor, factor, exponent."""

    def __init__(self, reference: Reference) -> None:
        compute, measure = (np.array(values) for values in zip(*reference.runs, strict=True))
        self.is_loss = reference.measure == "loss"
        self.x: Floats = np.log(compute)
        self.y: Floats = measure if self.is_loss else np.log(measure / (1 - measure))
        self.centre = float(self.x.mean())
        # Regressors of every exponent tried: exp(-alpha (x - centre)).
        self.z = np.exp(-_ALPHAS[:, None] * (self.x - self.centre))
        self.zc = self.z - self.z.mean(axis=1, keepdims=True)
        self.zz = (self.zc**2).sum(axis=1)

    def fit(self, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Least squares of each row of y: floor, factor, exponent (0 for scores)."""
        alpha = np.zeros(len(y))
        if self.is_loss:
            alpha = self._exponent(y)
        z = self._regressor(alpha)
        zc = z - z.mean(axis=1, keepdims=True)
        factor = (zc * y).sum(axis=1) / (zc * zc).sum(axis=1)
        return y.mean(axis=1) - factor * z.mean(axis=1), factor, alpha

    def _exponent(self, y: Floats) -> Floats:
        """The best exponent of each row: of those tried, then twice between its neighbours."""
        centred = y - y.mean(axis=1, keepdims=True)
        slopes = centred @ self.zc.T / self.zz
        # What an exponent explains; one with which loss would rise with compute explains nothing.
        alpha = _ALPHAS[np.argmax(np.where(slopes > 0, slopes**2 * self.zz, -np.inf), axis=1)]
        step = _ALPHAS[1] - _ALPHAS[0]
        for size in (step, step / 50):
            below, here, above = (self._explained(centred, alpha + d) for d in (-size, 0, size))
            bend = below - 2 * here + above
            with np.errstate(divide="ignore", invalid="ignore"):
                shift = np.where(bend < 0, (below - above) / (2 * bend), 0.0)
            alpha = np.maximum(alpha + size * np.clip(shift, -1, 1), _ALPHAS[0] / 2)
        return np.asarray(alpha)

    def _explained(self, centred: Floats, alpha: Floats) -> Floats:
        z = self._regressor(alpha)
        zc = z - z.mean(axis=1, keepdims=True)
        return np.asarray((centred * zc).sum(axis=1) ** 2 / (zc * zc).sum(axis=1))

    def _regressor(self, alpha: Floats) -> Floats:
        shifted = self.x - self.centre
        if not self.is_loss:
            return np.broadcast_to(shifted, (len(alpha), len(shifted)))
        return np.asarray(np.exp(-alpha[:, None] * shifted))

    def transformed(self, values: Floats) -> Floats:
        """Measures on the scale of y: losses as they are, scores as logits."""
        return values if self.is_loss else np.asarray(np.log(values / (1 - values)))

    def invert(self, floor: Floats, factor: Floats, alpha: Floats, value: Floats) -> Floats:
        """The logarithm of the compute that gives a measure, on the scale of y."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = (value - floor) / factor
            # A law that does not improve, or a loss at its floor: no amount of compute is enough.
            if self.is_loss:
                reachable = (gap > 0) & (factor > 0)
                return np.asarray(np.where(reachable, self.centre - np.log(gap) / alpha, np.inf))
            return np.asarray(np.where(factor > 0, self.centre + gap, np.inf))

    def replicates(self, values: Floats, count: int, rng: np.random.Generator) -> Floats:
        """By model and replicate, the logarithm of its effective compute."""
        floor, factor, alpha = self.fit(self.y[None])
        shape = (floor[:, None] + factor[:, None] * self._regressor(alpha))[0]
        parameters = 3 if self.is_loss else 2
        # Residuals shrink because the law was fitted to them; stretched back, they are as wide as
        # the errors they stand for.
        residual = (self.y - shape) * np.sqrt(len(self.y) / max(1, len(self.y) - parameters))
        residual = residual - residual.mean()
        drawn = np.empty((len(values), count))
        for first in range(0, count, _BLOCK):
            size = min(_BLOCK, count - first)
            fitted = self.fit(shape + rng.choice(residual, size=(size, len(self.y))))
            for place, target in enumerate(values):
                noisy = target + rng.choice(residual, size=size)
                drawn[place, first : first + size] = self.invert(*fitted, noisy)
        return drawn

    def parameters(self) -> dict[str, float]:
        """The law as fitted, in plain units of compute."""
        floor, factor, alpha = (float(part[0]) for part in self.fit(self.y[None]))
        if self.is_loss:
            at_one = factor * float(np.exp(alpha * self.centre))
            return {"floor": floor, "factor": at_one, "exponent": alpha}
        return {"logit_at_1_flop": floor - factor * self.centre, "logit_per_e_fold": factor}
