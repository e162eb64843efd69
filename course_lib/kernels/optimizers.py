"""Update rules as fused loops: one pass over the arrays, in place.

Every rule has the same signature, ``rule(w, g, state, t, lr, hyper)``:

======== ==================== ====================================================================
w        float, shape (n,)    the weights; changed in place
g        float, shape (n,)    the gradient at ``w``; only read
state    float, shape (s, n)  ``s`` running quantities, one a row; changed in place. Rows are
                              contiguous, but may lie apart: the table of a piece of the weights
t        int                  number of this step, counted from 1
lr       float64              the learning rate
hyper    float64, shape (k,)  the other hyperparameters, in the order of ``Optimizer.hyper``
======== ==================== ====================================================================

Constants are made in double precision and then rounded to the dtype of ``w``, once, before the loop:
``1 - beta`` would lose four digits in float32, and a double inside a float32 loop stops
vectorization.
"""

from __future__ import annotations

import numpy as np

from .policy import Array, apart, elements, for_floats, kernel, row

STEP = for_floats("void(F[::1], F[::1], F[:, :], i8, f8, f8[::1])")


@kernel(*STEP, nogil=True)
def sgd(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """W ← w − lr·g."""
    rate = w.dtype.type(lr)
    for i in elements(w):
        w[i] -= rate * g[i]


@kernel(*STEP, nogil=True)
def momentum(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """V ← momentum·v + (1 − dampening)·g;  w ← w − lr·v."""
    rate = w.dtype.type(lr)
    keep, add = w.dtype.type(hyper[0]), w.dtype.type(1.0 - hyper[1])
    v = row(state, 0)
    for i in elements(w):
        v[i] = keep * v[i] + add * g[i]
        w[i] -= rate * v[i]


@kernel(*STEP, nogil=True)
def nesterov(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """V ← momentum·v + g;  w ← w − lr·(g + momentum·v): w is the point that looks ahead."""
    rate, keep = w.dtype.type(lr), w.dtype.type(hyper[0])
    v = row(state, 0)
    for i in elements(w):
        v[i] = keep * v[i] + g[i]
        w[i] -= rate * (g[i] + keep * v[i])


@kernel(*STEP, nogil=True)
def adagrad(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """S ← s + g²;  w ← w − lr·g / (√s + eps)."""
    rate, eps = w.dtype.type(lr), w.dtype.type(hyper[0])
    s = row(state, 0)
    for i in elements(w):
        s[i] += g[i] * g[i]
        w[i] -= rate * g[i] / (np.sqrt(s[i]) + eps)


@kernel(*STEP, nogil=True)
def adadelta(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """S ← rho·s + (1 − rho)·g²;  Δ = g·√(d + eps) / √(s + eps);  d ← rho·d + (1 − rho)·Δ²;  w ← w − lr·Δ."""
    rate = w.dtype.type(lr)
    rho, new, eps = w.dtype.type(hyper[0]), w.dtype.type(1.0 - hyper[0]), w.dtype.type(hyper[1])
    s, d = row(state, 0), row(state, 1)
    for i in elements(w):
        s[i] = rho * s[i] + new * g[i] * g[i]
        step = g[i] * np.sqrt(d[i] + eps) / np.sqrt(s[i] + eps)
        d[i] = rho * d[i] + new * step * step
        w[i] -= rate * step


@kernel(*STEP, nogil=True)
def rmsprop(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """S ← rho·s + (1 − rho)·g²;  w ← w − lr·g / (√s + eps)."""
    rate = w.dtype.type(lr)
    rho, new, eps = w.dtype.type(hyper[0]), w.dtype.type(1.0 - hyper[0]), w.dtype.type(hyper[1])
    s = row(state, 0)
    for i in elements(w):
        s[i] = rho * s[i] + new * g[i] * g[i]
        w[i] -= rate * g[i] / (np.sqrt(s[i]) + eps)


@kernel(*STEP, nogil=True)
def adam(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """AdamW without decay."""
    _adam(w, g, state, t, lr, hyper, 1.0, 0.0)


@kernel(*STEP, nogil=True)
def adamw(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """W ← (1 − lr·weight_decay)·w, then Adam's step with the gradient left as it is."""
    _adam(w, g, state, t, lr, hyper, 1.0 - lr * hyper[3], 0.0)


@kernel(*STEP, nogil=True)
def adam_l2(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """Adam with weight_decay·w added to the gradient, so that it is rescaled like the gradient."""
    _adam(w, g, state, t, lr, hyper, 1.0, hyper[3])


@kernel(*STEP, nogil=True)
def radam(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """Adam at rate lr·r once the average of squares is long enough; until then w ← w − lr·m̂."""
    power = hyper[1] ** float(t)
    longest = 2.0 / (1.0 - hyper[1]) - 1.0
    length = longest - 2.0 * t * power / (1.0 - power)
    if length > hyper[3]:
        up = (length - 4.0) * (length - 2.0) * longest
        down = (longest - 4.0) * (longest - 2.0) * length
        _adam(w, g, state, t, lr * np.sqrt(up / down), hyper, 1.0, 0.0)
        return
    kind = w.dtype.type
    beta1, new1 = kind(hyper[0]), kind(1.0 - hyper[0])
    beta2, new2 = kind(hyper[1]), kind(1.0 - hyper[1])
    rate = kind(lr / (1.0 - hyper[0] ** float(t)))
    m, v = row(state, 0), row(state, 1)
    for i in elements(w):
        m[i] = beta1 * m[i] + new1 * g[i]
        v[i] = beta2 * v[i] + new2 * g[i] * g[i]
        w[i] -= rate * m[i]


@kernel(*for_floats("void(F[::1], F[::1], F[:, :], i8, f8, f8[::1], f8, f8)"))
def _adam(
    w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array, shrink: float, l2: float
) -> None:
    """Adam on ``shrink·w`` and ``g + l2·w``: all three rules of the family are this loop.

    m ← beta1·m + (1 − beta1)·g;  v ← beta2·v + (1 − beta2)·g²
    w ← w − lr · (m / (1 − beta1ᵗ)) / (√(v / (1 − beta2ᵗ)) + eps)
    """
    kind = w.dtype.type
    beta1, new1 = kind(hyper[0]), kind(1.0 - hyper[0])
    beta2, new2 = kind(hyper[1]), kind(1.0 - hyper[1])
    eps, keep, decay = kind(hyper[2]), kind(shrink), kind(l2)
    rate = kind(lr / (1.0 - hyper[0] ** float(t)))
    root = kind(1.0 / np.sqrt(1.0 - hyper[1] ** float(t)))
    m, v = row(state, 0), row(state, 1)
    for i in elements(w):
        grad = g[i] + decay * w[i]
        m[i] = beta1 * m[i] + new1 * grad
        v[i] = beta2 * v[i] + new2 * grad * grad
        w[i] = keep * w[i] - rate * m[i] / (np.sqrt(v[i]) * root + eps)


RULES = (
    sgd, momentum, rmsprop, adam, adamw, adam_l2, nesterov, adagrad, adadelta, radam
)  # fmt: skip
"""Where a compiled function is told by a number which rule to use, this is its place here."""


@kernel(*for_floats("void(i8, F[::1], F[::1], F[:, :], i8, f8, f8[::1])"))
def by_number(rule: int, w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """Take a step of the rule with this number."""
    apart()  # whoever takes a piece of a step rounds as the others do
    if rule == 0:
        sgd(w, g, state, t, lr, hyper)
    elif rule == 1:
        momentum(w, g, state, t, lr, hyper)
    elif rule == 2:
        rmsprop(w, g, state, t, lr, hyper)
    elif rule == 3:
        adam(w, g, state, t, lr, hyper)
    elif rule == 4:
        adamw(w, g, state, t, lr, hyper)
    elif rule == 5:
        adam_l2(w, g, state, t, lr, hyper)
    elif rule == 6:
        nesterov(w, g, state, t, lr, hyper)
    elif rule == 7:
        adagrad(w, g, state, t, lr, hyper)
    elif rule == 8:
        adadelta(w, g, state, t, lr, hyper)
    elif rule == 9:
        radam(w, g, state, t, lr, hyper)
