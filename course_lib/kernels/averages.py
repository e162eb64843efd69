"""Moving averages of a series, one row a step, all columns alike.

The series is read and the averages are written in rows of ``n`` numbers; ``n`` is 1 for a plain series.
"""

from __future__ import annotations

import numpy as np

from .policy import Array, elements, for_floats, kernel


@kernel(*for_floats("void(F[:, ::1], f8, f8, f8, b1, F[::1], F[:, ::1])"))
def ewma(
    g: Array, beta: float, rest: float, log_beta: float, bias_correct: bool, v: Array, out: Array
) -> None:
    """V ← beta·v + rest·g; out: v, or v / (1 − beta^t). ``v`` ends up as the last one.

    ``rest`` is 1 − beta. Were it computed here, the compiler would make g + beta·(v − g) of it, one
    operation less, and lose as many digits as beta has nines.
    """
    keep, new = g.dtype.type(beta), g.dtype.type(rest)
    for t in range(g.shape[0]):
        row, into = g[t], out[t]
        # expm1, because 1 − beta^t would lose those digits too.
        scale = g.dtype.type(-1.0 / np.expm1((t + 1) * log_beta) if bias_correct else 1.0)
        for i in elements(v):
            v[i] = keep * v[i] + new * row[i]
            into[i] = scale * v[i]


@kernel(*for_floats("void(F[::1], i8, f8[::1], F[::1])"))
def weighted(g: Array, n: int, weights: Array, out: Array) -> None:
    """out[t] = Σⱼ weights[−1 − j] · g[t − j] / Σⱼ weights[−1 − j], over the j that there are.

    ``g`` and ``out`` are flat: rows of n numbers. The loop over the window is the outer one, so that
    without numba each pass takes the whole series at a time.
    """
    steps, window = g.size // n, weights.size
    out[:] = 0.0
    for j in range(min(window, steps)):
        older, into = g[: (steps - j) * n], out[j * n :]
        weight = g.dtype.type(weights[window - 1 - j])
        for i in elements(older):
            into[i] += weight * older[i]
    total, full = 0.0, min(window, steps)
    for t in range(full):
        total += weights[window - 1 - t]
        row, share = out[t * n : (t + 1) * n], g.dtype.type(1.0 / total)
        for i in elements(row):
            row[i] *= share
    rest, share = out[full * n :], g.dtype.type(1.0 / total)
    for i in elements(rest):
        rest[i] *= share
