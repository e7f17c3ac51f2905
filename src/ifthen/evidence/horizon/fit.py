"""Weighted logistic curves, many at a time, exactly: Newton's method on two numbers each.

Each curve minimises ``sum_t W_t log(1 + exp(z_t)) - S_t z_t + lambda/2 slope^2`` with
``z_t = intercept + slope x_t``, where ``W_t`` is the weight of all runs of a task and ``S_t`` that
of the successes. This is scikit-learn's ``LogisticRegression(C=1/lambda)`` taken to convergence
(its default tolerance leaves up to 0.3 % in METR's point estimates). The function is convex, so
there is one answer; where successes and failures separate and lambda is 0 there is none, and the
curve is reported as not converged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

TOLERANCE = 1e-14
"""A curve is converged when a Newton step promises to lower its loss by less, times its weight."""
_STILL = 1e-5
"""And when that step is shorter, relatively: where outcomes separate, the loss dies out while the
curve steepens for ever. Newton squares the error, so what is left after that is far smaller."""
_QUICK = 12
"""Plain Newton steps before the slower, guarded ones."""
_GUARDED = 200
_HALVINGS = 30
_STEEPEST = 1e4
"""A slope beyond this, per doubling, means that there is no finite one."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Fitted curves: chance of success = 1 / (1 + exp(-(intercept + slope x)))."""

    intercept: Floats
    slope: Floats
    converged: Bools

    def horizon(self, quantile: float) -> Floats:
        """The length, in the unit whose log2 is x, at which success has this chance."""
        with np.errstate(all="ignore"):
            logit = np.log(quantile / (1 - quantile))
            return np.asarray(np.exp2((logit - self.intercept) / self.slope), dtype=np.float64)

    def chance(self, x: float) -> Floats:
        """The chance of success at ``x``."""
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-(self.intercept + self.slope * x))))


def fit(
    x: Floats,
    weight: Floats,
    success: Floats,
    ridge: float,
    start: tuple[Floats, Floats] | None = None,
) -> Curves:
    """Fit one curve per row.

    Args:
        x: of each task, the logarithm of its length; the same for all rows.
        weight: by row and task, the weight of all runs.
        success: by row and task, the weight of the successful ones.
        ridge: lambda, the weight of the penalty on the slope; the intercept bears none.
        start: intercepts and slopes to start from; they change how quickly it is found, not what.
    """
    rows = weight.shape[0]
    centre = float(x.mean())
    shifted = x - centre
    if start is None:
        a, b = np.zeros(rows), np.zeros(rows)
    else:
        b = np.array(start[1], dtype=np.float64)
        a = np.array(start[0], dtype=np.float64) + b * centre
    converged = np.zeros(rows, dtype=np.bool_)
    _newton(shifted, weight, success, ridge, a, b, converged)
    left = np.flatnonzero(~converged)
    if len(left):
        _guarded(shifted, weight, success, ridge, a, b, converged, left)
    return Curves(a - b * centre, b, converged)


def _newton(
    x: Floats,
    weight: Floats,
    success: Floats,
    ridge: float,
    a: Floats,
    b: Floats,
    converged: Bools,
) -> None:
    """Plain steps on all rows still open, in place."""
    total = np.maximum(weight.sum(axis=1), 1e-300)
    s0, s1 = success.sum(axis=1), success @ x
    square = x * x
    rows = np.arange(len(a))
    w = weight
    p = np.empty_like(weight)
    for _ in range(_QUICK):
        at, bt = a[rows], b[rows]
        p = p[: len(rows)]
        np.multiply(bt[:, None], x, out=p)
        p += at[:, None]
        _sigmoid_in_place(p)
        wp = w * p
        g0 = wp.sum(axis=1) - s0[rows]
        g1 = wp @ x - s1[rows] + ridge * bt
        p *= wp
        np.subtract(wp, p, out=wp)
        h00 = wp.sum(axis=1)
        h01 = wp @ x
        h11 = wp @ square + ridge
        da, db, decrement, sound = _step(g0, g1, h00, h01, h11)
        done = sound & (decrement <= TOLERANCE * total[rows]) & _is_still(at, bt, da, db)
        # A long step may overshoot; it is cut here and, if that does not help, left to the guard.
        size = np.maximum(np.abs(da) / 8, np.abs(db) / 4)
        cut = np.where(size > 1, 1 / np.maximum(size, 1), 1.0)
        a[rows] = np.where(sound, at - cut * da, at)
        b[rows] = np.where(sound, bt - cut * db, bt)
        converged[rows[done]] = True
        if done.all():
            return
        if done.sum() * 4 >= len(rows):
            open_ = ~done
            rows, w = rows[open_], w[open_]


def _sigmoid_in_place(z: Floats) -> None:
    np.negative(z, out=z)
    with np.errstate(over="ignore"):
        np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)


def _step(
    g0: Floats, g1: Floats, h00: Floats, h01: Floats, h11: Floats
) -> tuple[Floats, Floats, Floats, Bools]:
    """The Newton step of each row, what it promises, and whether it can be relied on."""
    with np.errstate(all="ignore"):
        det = h00 * h11 - h01 * h01
        da = (h11 * g0 - h01 * g1) / det
        db = (h00 * g1 - h01 * g0) / det
        decrement = g0 * da + g1 * db
    sound = np.isfinite(da) & np.isfinite(db) & (det > 1e-13 * h00 * h11) & (decrement >= 0)
    return da, db, decrement, sound


def _is_still(a: Floats, b: Floats, da: Floats, db: Floats) -> Bools:
    moves = (np.abs(da) <= _STILL * (1 + np.abs(a))) & (np.abs(db) <= _STILL * (1 + np.abs(b)))
    return np.asarray(moves)


def _guarded(
    x: Floats,
    weight: Floats,
    success: Floats,
    ridge: float,
    a: Floats,
    b: Floats,
    converged: Bools,
    rows: NDArray[np.intp],
) -> None:
    """Steps that are halved until the loss falls enough, for the rows that plain ones leave."""
    w, s = weight[rows], success[rows]
    total = np.maximum(w.sum(axis=1), 1e-300)
    at, bt = np.zeros(len(rows)), np.zeros(len(rows))
    loss = _loss(x, w, s, ridge, at, bt)
    done = np.zeros(len(rows), dtype=np.bool_)
    for _ in range(_GUARDED):
        p = bt[:, None] * x + at[:, None]
        _sigmoid_in_place(p)
        wp = w * p
        v = wp * (1 - p)
        g0 = (wp - s).sum(axis=1)
        g1 = (wp - s) @ x + ridge * bt
        da, db, decrement, sound = _step(g0, g1, v.sum(axis=1), v @ x, v @ (x * x) + ridge)
        done |= sound & (decrement <= TOLERANCE * total) & _is_still(at, bt, da, db)
        sound &= np.abs(bt) < _STEEPEST
        moving = sound & ~done
        if not moving.any():
            break
        size = np.where(moving, 1.0, 0.0)
        for _ in range(_HALVINGS):
            tried_a = at - np.where(moving, size * da, 0)
            tried_b = bt - np.where(moving, size * db, 0)
            tried = _loss(x, w, s, ridge, tried_a, tried_b)
            enough = ~moving | (tried <= loss - 0.25 * size * decrement + 1e-15 * total)
            if enough.all():
                break
            size = np.where(enough, size, size / 2)
        at, bt, loss = tried_a, tried_b, tried
    a[rows], b[rows], converged[rows] = at, bt, done


def _loss(x: Floats, w: Floats, s: Floats, ridge: float, a: Floats, b: Floats) -> Floats:
    z = b[:, None] * x + a[:, None]
    return np.asarray((w * np.logaddexp(0, z) - s * z).sum(axis=1) + ridge / 2 * b * b)
