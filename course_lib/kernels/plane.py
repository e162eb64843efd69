"""Runs of Adam's family in two dimensions, with every number in a register.

The general loop of :mod:`.descent` hands arrays from function to function, which for two coordinates costs
ten times what the arithmetic does (260 ns a step, and here 26; ``benchmarks/runs.py``). The formulas are
those of :mod:`.optimizers` and :mod:`.landscapes`; the tests compare both loops.
"""

from __future__ import annotations

import numpy as np

from .landscapes import DOUBLE_WELL, ROSENBROCK, SADDLE
from .policy import Array, kernel


@kernel("UniTuple(f8, 3)(i8, f8, f8, f8, f8, f8, f8)")
def value_and_gradient(
    family: int, p0: float, p1: float, p2: float, p3: float, x: float, y: float
) -> tuple[float, float, float]:
    """Return f and both slopes at a point."""
    if family == ROSENBROCK:
        above = y - x * x
        value = (p0 - x) * (p0 - x) + p1 * above * above
        return value, -2.0 * (p0 - x) - 4.0 * p1 * x * above, 2.0 * p1 * above
    if family == SADDLE:
        value = 0.5 * p0 * x * x + (0.25 * p2 * y * y - 0.5 * p1) * y * y
        return value, p0 * x, (p2 * y * y - p1) * y
    if family == DOUBLE_WELL:
        value = p0 * x * (p1 + x * (-0.5 + x * (x / 4.0 - p1 / 3.0))) + 0.5 * p2 * y * y + p3
        return value, p0 * (x * x - 1.0) * (x - p1), p2 * y
    u, v = p0 * x + p1 * y, p0 * y - p1 * x
    du, dv = p2 * u, p3 * v
    return 0.5 * (du * u + dv * v), p0 * du - p1 * dv, p1 * du + p0 * dv


@kernel("i8(f8, f8, f8[::1], i8, f8[::1], f8[::1], f8[:, ::1], f8, f8[:, ::1], f8[::1])")
def adam(
    decay: float, l2: float, hyper: Array, family: int, params: Array, rates: Array, noise: Array,
    far_away: float, path: Array, losses: Array,
) -> int:  # fmt: skip
    """Do what ``descent.descend`` does, for Adam (AdamW with ``decay``, the L2 form with ``l2``)."""
    steps, stride = path.shape[0] - 1, int(rates.size > 1)
    p0, p1 = params[0], params[1]
    p2 = params[2] if params.size > 2 else 0.0
    p3 = params[3] if params.size > 3 else 0.0
    beta1, beta2, eps = hyper[0], hyper[1], hyper[2]
    x, y = path[0, 0], path[0, 1]
    mx, my, vx, vy, power1, power2 = 0.0, 0.0, 0.0, 0.0, 1.0, 1.0
    losses[0], gx, gy = value_and_gradient(family, p0, p1, p2, p3, x, y)
    for t in range(1, steps + 1):
        if noise.shape[0] > 0:
            gx += noise[t - 1, 0]
            gy += noise[t - 1, 1]
        gx += l2 * x
        gy += l2 * y
        power1 *= beta1
        power2 *= beta2
        lr = rates[(t - 1) * stride]
        rate, root = lr / (1.0 - power1), 1.0 / np.sqrt(1.0 - power2)
        keep = 1.0 - lr * decay
        mx, my = beta1 * mx + (1.0 - beta1) * gx, beta1 * my + (1.0 - beta1) * gy
        vx, vy = beta2 * vx + (1.0 - beta2) * gx * gx, beta2 * vy + (1.0 - beta2) * gy * gy
        x = keep * x - rate * mx / (np.sqrt(vx) * root + eps)
        y = keep * y - rate * my / (np.sqrt(vy) * root + eps)
        if not (abs(x) <= far_away and abs(y) <= far_away):  # NaN compares false to everything
            return t
        path[t, 0], path[t, 1] = x, y
        losses[t], gx, gy = value_and_gradient(family, p0, p1, p2, p3, x, y)
    return 0
