"""Many runs of one rule on one landscape at the same time, laid out so that they vectorize.

One run can't be vectorized: each step needs the one before. But many runs that differ only in their
hyperparameters can: a *lane* is a run, ``w[k, j]`` is coordinate ``k`` of lane ``j``, and every loop goes
over the lanes. A block of lanes is small enough to stay in a fast cache for the whole run. What is done to
the lanes in a step is in :mod:`.lanes`.
"""

from __future__ import annotations

import numpy as np

from .lanes import ROW, TABLE, adaptive, corrections, gradients, simple
from .policy import Array, choose, elements, kernel, total

BLOCK = 1024
"""Lanes in a block: with two coordinates and two running quantities, 200 kB."""

NEVER = -1.0


@kernel(
    f"void(i8, i8, i8, {TABLE}, {ROW}, i8, {ROW}, {ROW}, i8, {TABLE}, f8, f8, {TABLE})", nogil=True
)
def lanes(
    low: int, high: int, rule: int, hyper: Array, rates: Array, family: int, params: Array,
    start: Array, steps: int, noise: Array, far_away: float, target: float, out: Array,
) -> None:  # fmt: skip
    """Run the lanes from ``low`` to ``high``; write their columns of ``out``, shape (4, lanes).

    Its rows: last loss; number of the first step (0: the start) after which the loss was at most
    ``target``, or -1; number of the step that diverged, or -1; lowest loss.
    """
    n, size = start.size, high - low
    w, g = np.empty((n, size)), np.empty((n, size))
    a, b = np.zeros((n, size)), np.zeros((n, size))
    h, lr = hyper[:, low:high].copy(), rates[low:high].copy()
    powers, rate = np.ones((2, size)), rates[low:high].copy()
    root, full, inside, loss = np.ones(size), np.zeros(size), np.ones(size), np.empty(size)
    last, reached = np.empty(size), np.empty(size)
    diverged, lowest = np.empty(size), np.empty(size)
    diverged[:] = NEVER
    for k in range(n):
        w[k] = start[k]
    gradients(family, params, w, g, loss)
    for j in elements(loss):
        last[j] = loss[j]
        lowest[j] = loss[j]
    for j in elements(loss):
        reached[j] = choose(loss[j] <= target, 0.0, NEVER)
    running = float(size)
    counts = rule == 3 or rule == 4 or rule == 5 or rule == 9
    for t in range(1, steps + 1):
        if noise.shape[0] > 0:
            for k in range(n):
                gk, more = g[k], noise[t - 1, k]
                for j in elements(loss):
                    gk[j] += more
        if counts:
            corrections(rule, t, h, lr, powers, rate, root, full)
        for k in range(n):
            wk = w[k]
            if rule == 4:
                decay = h[3]
                for j in elements(loss):
                    wk[j] *= 1.0 - lr[j] * decay[j]
            if counts:
                adaptive(rule, wk, g[k], a[k], b[k], h, rate, root, full)
            else:
                simple(rule, wk, g[k], a[k], b[k], h, rate, root, full)
            for j in elements(loss):  # NaN compares false to everything
                inside[j] = choose(np.abs(wk[j]) <= far_away, inside[j], 0.0)
        gradients(family, params, w, g, loss)
        still, arrived = 0.0, 0.0
        for j in elements(loss):
            now = choose(inside[j] > 0.0, loss[j], last[j])
            last[j] = now
            lowest[j] = choose(now < lowest[j], now, lowest[j])
        for j in elements(loss):
            still += total(inside[j])
            arrived += total(choose((last[j] <= target) & (reached[j] == NEVER), 1.0, 0.0))
        # These happen once a lane: most steps need not look again.
        if arrived > 0.0:
            for j in elements(loss):
                new = (last[j] <= target) & (reached[j] == NEVER)
                reached[j] = choose(new, float(t), reached[j])
        if still < running:
            running = still
            for j in elements(loss):
                new = (inside[j] == 0.0) & (diverged[j] == NEVER)
                diverged[j] = choose(new, float(t), diverged[j])
    out[0, low:high] = last
    out[1, low:high] = reached
    out[2, low:high] = diverged
    out[3, low:high] = lowest


@kernel(
    f"void(i8, i8, i8, i8, {TABLE}, {ROW}, i8, {ROW}, {ROW}, i8, {TABLE}, f8, f8, {TABLE})",
    nogil=True,
)
def sweep(
    low: int, high: int, block: int, rule: int, hyper: Array, rates: Array, family: int, params: Array,
    start: Array, steps: int, noise: Array, far_away: float, target: float, out: Array,
) -> None:  # fmt: skip
    """Run the lanes from ``low`` to ``high``, block by block."""
    for first in range(low, high, block):
        lanes(
            first, min(first + block, high), rule, hyper, rates, family, params, start, steps, noise,
            far_away, target, out,
        )  # fmt: skip
