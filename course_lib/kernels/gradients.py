"""Differences of a compiled loss; and of a two-layer network's, without running it for each weight.

A change of one weight in the first layer changes one hidden unit; a change of one weight in the second
layer changes one score. So from one forward pass everything else is known, and what is left of a full
evaluation is how the mean cross-entropy changes with the scores:

    change = mean over examples of  log(1 + Σ p (exp(δ) − 1)) − δ of the label

where p are the probabilities and δ the changes of the scores, and the sum is over the classes. In this
form nothing large is subtracted from something large, so the result has fewer rounding errors than two
full evaluations.

Arrays are (units, N), so that the inner loops run over neighboring examples, several at a time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .policy import Array, kernel

LARGEST_CHANGE = 0.01
"""Of a score: up to here the series below are exact to rounding."""


@kernel("void(i8, i8, FunctionType(f8(f8[::1])), f8[::1], f8[::1], b1, f8, f8[::1])", nogil=True)
def differences(
    start: int, stop: int, loss: Callable[[Array], float], x: Array, h: Array, central: bool,
    here: float, out: Array,
) -> None:  # fmt: skip
    """Fill in ``out[start:stop]`` with differences of a compiled loss; ``here`` is its value at x.

    A loss passed as an argument of this type costs a call through a pointer, but the loop is compiled
    once for all losses, and not anew for each in every process.
    """
    point = x.copy()
    for i in range(start, stop):
        point[i] = x[i] + h[i]
        up = loss(point)
        if central:
            point[i] = x[i] - h[i]
            out[i] = (up - loss(point)) / (2.0 * h[i])
        else:
            out[i] = (up - here) / h[i]
        point[i] = x[i]


@kernel("f8(f8)", nogil=True)
def _expm1(x: float) -> float:
    """Return e^x − 1 where x is at most 0.01 in size; a polynomial, so that loops over it vectorize."""
    return x * (
        1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0))))
    )


@kernel("f8(f8)", nogil=True)
def _log1p(x: float) -> float:
    """Return log(1 + x) where x is at most 0.011 in size, by 2 artanh(x / (2 + x))."""
    z = x / (2.0 + x)
    q = z * z
    return 2.0 * z * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q / 7.0)))


@kernel("f8(f8[::1], f8[::1], f8[::1], f8[:, ::1], f8[::1])", nogil=True)
def _unit_changed(unit: Array, out: Array, own: Array, p: Array, u: Array) -> float:
    """Return the change of the loss after a change of one hidden unit, by ``unit`` in each example.

    ``out`` (classes,) are the weights that leave the unit, ``own`` (N,) that to each example's label;
    ``u`` is room to work in.
    """
    for k in range(unit.size):
        u[k] = 0.0
    for c in range(out.size):
        weight, share = out[c], p[c]
        for k in range(unit.size):
            u[k] += share[k] * _expm1(weight * unit[k])
    total = 0.0
    for k in range(unit.size):
        total += _log1p(u[k]) - own[k] * unit[k]
    return total / unit.size


@kernel("f8(f8[::1], f8, f8[::1], f8[::1])", nogil=True)
def _score_changed(a: Array, h: float, p: Array, is_label: Array) -> float:
    """Return the change of the loss after a change of one class's score by h·a."""
    total = 0.0
    for k in range(a.size):
        total += _log1p(p[k] * _expm1(h * a[k])) - h * a[k] * is_label[k]
    return total / a.size


@kernel(
    "void(i8, i8, f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], b1, f8[::1],"
    " f8[::1])",
    nogil=True,
)
def network_central(
    start: int, stop: int, x: Array, z: Array, a: Array, p: Array, is_label: Array, W2: Array,
    relu: bool, h: Array, out: Array,
) -> None:  # fmt: skip
    """Fill in ``out`` for hidden units ``start`` … ``stop``, and for the scores' biases with unit 0.

    ======== ================ ========================================================
    x        (inputs + 1, N)  inputs; the last row is ones, for the bias
    z, a     (hidden, N)      before and after the activation
    p        (classes, N)     probabilities
    is_label (classes, N)     1 where the class is the example's label, else 0
    W2       (hidden, classes)
    h, out   (n,)             step and difference, in the order W1, b1, W2, b2
    ======== ================ ========================================================
    """
    inputs, hidden, classes = x.shape[0] - 1, a.shape[0], p.shape[0]
    n = x.shape[1]
    unit, own, u = np.empty(n), np.empty(n), np.empty(n)
    first_W2 = (inputs + 1) * hidden
    for j in range(start, stop):
        for k in range(n):
            own[k] = 0.0
        for c in range(classes):
            for k in range(n):
                own[k] += W2[j, c] * is_label[c, k]
        for i in range(inputs + 1):
            at = i * hidden + j
            both = 0.0
            for sign in (1.0, -1.0):
                step = sign * h[at]
                for k in range(n):
                    moved = z[j, k] + step * x[i, k]
                    new = max(moved, 0.0) if relu else np.tanh(moved)
                    unit[k] = new - a[j, k]
                both += sign * _unit_changed(unit, W2[j], own, p, u)
            out[at] = both / (2.0 * h[at])
        for c in range(classes):
            at = first_W2 + j * classes + c
            up = _score_changed(a[j], h[at], p[c], is_label[c])
            out[at] = (up - _score_changed(a[j], -h[at], p[c], is_label[c])) / (2.0 * h[at])
    if start == 0:
        for c in range(classes):
            at = first_W2 + hidden * classes + c
            up = _score_changed(x[inputs], h[at], p[c], is_label[c])
            out[at] = (up - _score_changed(x[inputs], -h[at], p[c], is_label[c])) / (2.0 * h[at])
