"""What a classifier computes besides its matrix products: biases, activations, cross-entropy.

Arrays are (N, units), one example a row. Each function chooses between a compiled loop, one pass over
small arrays with no temporary ones, and the same in NumPy. Matrix products are NumPy's in both: nothing
beats BLAS at them.
"""

from __future__ import annotations

import numpy as np

from .policy import Array, jit_enabled, kernel


def add_bias(z: Array, b: Array, relu: bool) -> None:
    """Z ← z + b, or max(z + b, 0), in place; ``b`` (units,)."""
    if jit_enabled():
        _add_bias(z, b, relu)
        return
    z += b
    if relu:
        np.maximum(z, 0.0, out=z)


@kernel("void(f8[:, ::1], f8[::1], b1)")
def _add_bias(z: Array, b: Array, relu: bool) -> None:
    for r in range(z.shape[0]):
        row = z[r]
        if relu:
            for i in range(b.size):
                value = row[i] + b[i]
                # "not <=": a NaN stays one, and a run that diverged is seen
                row[i] = value if not value <= 0.0 else 0.0
        else:
            for i in range(b.size):
                row[i] += b[i]


def activation_backward(d: Array, h: Array, relu: bool, total: Array) -> None:
    """D ← d·φ′, in place, where h = φ(z); ``total`` (units,) becomes the sum over the examples."""
    if jit_enabled():
        _activation_backward(d, h, relu, total)
        return
    d *= h > 0 if relu else 1.0 - h * h
    d.sum(axis=0, out=total)


@kernel("void(f8[:, ::1], f8[:, ::1], b1, f8[::1])")
def _activation_backward(d: Array, h: Array, relu: bool, total: Array) -> None:
    total[:] = 0.0
    for r in range(d.shape[0]):
        slope, value = d[r], h[r]
        if relu:
            for i in range(total.size):
                slope[i] = slope[i] if value[i] > 0.0 else 0.0
                total[i] += slope[i]
        else:
            for i in range(total.size):
                slope[i] *= 1.0 - value[i] * value[i]
                total[i] += slope[i]


def cross_entropy(scores: Array, y: Array, d: Array, total: Array) -> float:
    """Return the mean cross-entropy of scores (N, classes); −1 if a label is none of the classes.

    ``d`` becomes the gradient with respect to the scores, ``total`` (classes,) its sum over the
    examples.
    """
    if jit_enabled():
        loss: float = _cross_entropy(scores, y, d, total)
        return loss
    if y.min() < 0 or y.max() >= scores.shape[1]:
        return -1.0
    n = len(scores)
    rows = np.arange(n)
    # The largest score of a row becomes 0: exp can't overflow, and the loss is the same.
    shifted = scores - scores.max(axis=1, keepdims=True)
    np.exp(shifted, out=d)
    sums = d.sum(axis=1)
    d /= sums[:, None]
    d[rows, y] -= 1.0
    d /= n
    d.sum(axis=0, out=total)
    mean: float = (np.log(sums) - shifted[rows, y]).mean()
    return mean


@kernel("f8(f8[:, ::1], i8[::1], f8[:, ::1], f8[::1])")
def _cross_entropy(scores: Array, y: Array, d: Array, total: Array) -> float:
    n, classes = scores.shape
    loss = 0.0
    total[:] = 0.0
    for r in range(n):
        label = y[r]
        if label < 0 or label >= classes:
            return -1.0
        row, slope = scores[r], d[r]
        top, all_ = row[0], 0.0
        for c in range(1, classes):
            top = max(top, row[c])
        for c in range(classes):
            slope[c] = np.exp(row[c] - top)
            all_ += slope[c]
        loss += np.log(all_) - (row[label] - top)
        for c in range(classes):
            slope[c] = (slope[c] / all_ - (1.0 if c == label else 0.0)) / n
            total[c] += slope[c]
    mean: float = loss / n
    return mean
