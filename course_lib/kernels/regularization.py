"""Coordinate descent for the lasso and the elastic net.

The loss enters through ``gram`` = XᵀX/N and ``target`` = Xᵀy/N, so a coordinate's step costs one row of
``gram``, and nothing at all where the weight stays at zero, as most do.
"""

from __future__ import annotations

from .policy import Array, elements, kernel


@kernel("i8(f8[:, ::1], f8[::1], f8, f8, f8, i8, f8[::1], f8[::1])")
def coordinate_descent(
    gram: Array, target: Array, l1: float, l2: float, tol: float, max_sweeps: int,
    w: Array, gram_w: Array,
) -> int:  # fmt: skip
    """Minimize ½ wᵀ(gram + l2·I)w − targetᵀw + l1·Σ|w| from ``w``, in place, one weight at a time.

    ``gram_w`` is gram·w before and after. Returns the number of sweeps; stops after ``max_sweeps`` or
    when no coordinate's slope is further than ``tol`` from where it should be.
    """
    for sweep in range(1, max_sweeps + 1):
        for j in range(w.size):
            row = gram[j]
            curvature, old, new = row[j] + l2, w[j], 0.0
            if curvature > 0.0:  # else the column is all zeros, and so is its weight
                slope = target[j] - gram_w[j] + row[j] * old
                new = (slope - min(max(slope, -l1), l1)) / curvature
            if new != old:
                w[j] = new
                change = new - old
                for i in elements(gram_w):
                    gram_w[i] += change * row[i]
        if worst_slope(target, l1, l2, w, gram_w) <= tol:
            return sweep
    return max_sweeps


@kernel("f8(f8[::1], f8, f8, f8[::1], f8[::1])")
def worst_slope(target: Array, l1: float, l2: float, w: Array, gram_w: Array) -> float:
    """Return the largest distance of a slope from the subgradients of l1·|w| at its weight."""
    worst = 0.0
    for j in range(w.size):
        slope = target[j] - gram_w[j] - l2 * w[j]
        if w[j] > 0.0:
            off = abs(slope - l1)
        elif w[j] < 0.0:
            off = abs(slope + l1)
        else:
            off = abs(slope) - l1
        worst = max(worst, off)
    return worst
