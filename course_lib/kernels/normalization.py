"""Batch normalization of every ghost by its own statistics; one ghost is batch normalization.

Arrays are (N, n), one example a row. Ghost ``k`` is the rows from ``k·g`` up to ``(k + 1)·g``, the last
one as many as there are. The compiled loops run along rows, where neighbors in memory are neighbors in
the loop; without numba whole ghosts are taken at a time instead (:func:`forward` and :func:`backward`
choose).

Sums are made in double precision for both dtypes: in float32 a mean over thousands of examples would
lose digits that the variance needs.
"""

from __future__ import annotations

import numpy as np

from .policy import Array, for_floats, jit_enabled, kernel, share_out


def forward(
    X: Array, g: int, gamma: Array, beta: Array, eps: float, Y: Array, mean: Array, var: Array
) -> None:
    """Fill in Y = gamma·(X − mean) / √(var + eps) + beta, and the ghosts' statistics."""
    if jit_enabled():
        share_out(_forward_loops, len(mean), 8.0 * X.size, X, g, gamma, beta, eps, Y, mean, var)
        return
    for k in range(len(mean)):
        rows = slice(k * g, (k + 1) * g)
        mean[k] = X[rows].mean(axis=0, dtype=np.float64)
        off = X[rows] - mean[k]
        var[k] = (off * off).mean(axis=0)
        Y[rows] = off * (gamma / np.sqrt(var[k] + eps)) + beta


def backward(
    dY: Array, X: Array, g: int, gamma: Array, mean: Array, var: Array, eps: float, dX: Array,
    d_gamma: Array, d_beta: Array,
) -> None:  # fmt: skip
    """Fill in dX, and each ghost's share of the gradients of gamma and beta, a row a ghost.

    With m examples in the ghost, dX = gamma / √(var + eps) · (dY − Σ dY / m − x_hat · Σ (dY·x_hat) / m):
    the mean and the variance depend on every example of the ghost too. The normalized x_hat is computed
    anew: that is quicker than keeping it in memory.
    """
    if jit_enabled():
        share_out(
            _backward_loops, len(var), 8.0 * dY.size,
            dY, X, g, gamma, mean, var, eps, dX, d_gamma, d_beta,
        )  # fmt: skip
        return
    for k in range(len(var)):
        rows = slice(k * g, (k + 1) * g)
        inverse = 1.0 / np.sqrt(var[k] + eps)
        d, x = dY[rows], (X[rows] - mean[k]) * inverse
        d_beta[k] = d.sum(axis=0, dtype=np.float64)
        d_gamma[k] = (d * x).sum(axis=0, dtype=np.float64)
        dX[rows] = gamma * inverse * (d - d_beta[k] / len(d) - x * (d_gamma[k] / len(d)))


@kernel(
    *for_floats(
        "void(i8, i8, F[:, ::1], i8, F[::1], F[::1], f8, F[:, ::1], f8[:, ::1], f8[:, ::1])"
    ),
    nogil=True,
)
def _forward_loops(
    first: int, last: int, X: Array, g: int, gamma: Array, beta: Array, eps: float, Y: Array,
    mean: Array, var: Array,
) -> None:  # fmt: skip
    """Do the ghosts from ``first`` up to ``last``."""
    n = X.shape[1]
    for k in range(first, last):
        start, stop = k * g, min((k + 1) * g, X.shape[0])
        size = stop - start
        m, v = mean[k], var[k]
        m[:] = 0.0
        for r in range(start, stop):
            row = X[r]
            for i in range(n):
                m[i] += row[i]
        for i in range(n):
            m[i] /= size
            v[i] = 0.0
        for r in range(start, stop):
            row = X[r]
            for i in range(n):
                off = row[i] - m[i]
                v[i] += off * off
        for i in range(n):
            v[i] /= size
        center = m.astype(X.dtype)
        scale = (gamma / np.sqrt(v + eps)).astype(X.dtype)
        for r in range(start, stop):
            row, out = X[r], Y[r]
            for i in range(n):
                out[i] = (row[i] - center[i]) * scale[i] + beta[i]


@kernel(
    *for_floats(
        "void(i8, i8, F[:, ::1], F[:, ::1], i8, F[::1], f8[:, ::1], f8[:, ::1], f8, F[:, ::1], "
        "f8[:, ::1], f8[:, ::1])"
    ),
    nogil=True,
)
def _backward_loops(
    first: int, last: int, dY: Array, X: Array, g: int, gamma: Array, mean: Array, var: Array,
    eps: float, dX: Array, d_gamma: Array, d_beta: Array,
) -> None:  # fmt: skip
    """Do the ghosts from ``first`` up to ``last``."""
    n = dY.shape[1]
    for k in range(first, last):
        start, stop = k * g, min((k + 1) * g, dY.shape[0])
        size = stop - start
        along, total = d_gamma[k], d_beta[k]
        along[:] = 0.0
        total[:] = 0.0
        inverse = 1.0 / np.sqrt(var[k] + eps)
        middle = mean[k].astype(dY.dtype)
        for r in range(start, stop):
            d, x = dY[r], X[r]
            for i in range(n):
                total[i] += d[i]
                along[i] += d[i] * (x[i] - middle[i])
        for i in range(n):
            along[i] *= inverse[i]
        scale = (gamma * inverse).astype(dY.dtype)
        center = (total / size).astype(dY.dtype)
        slope = (along * inverse / size).astype(dY.dtype)
        for r in range(start, stop):
            d, x, out = dY[r], X[r], dX[r]
            for i in range(n):
                out[i] = scale[i] * (d[i] - center[i] - (x[i] - middle[i]) * slope[i])
