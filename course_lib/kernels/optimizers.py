"""Update rules as fused loops: one pass over the arrays, in place.

Every rule has the same signature, ``rule(w, g, state, t, lr, hyper)``:

======== ==================== ====================================================================
w        float, shape (n,)    the weights; changed in place
g        float, shape (n,)    the gradient at ``w``; only read
state    float, shape (s, n)  ``s`` running quantities, one a row; changed in place
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

from .policy import Array, elements, for_floats, kernel

STEP = for_floats("void(F[::1], F[::1], F[:, ::1], i8, f8, f8[::1])")


@kernel(*STEP)
def sgd(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """W ← w − lr·g."""
    rate = w.dtype.type(lr)
    for i in elements(w):
        w[i] -= rate * g[i]


@kernel(*STEP)
def momentum(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """V ← momentum·v + (1 − dampening)·g;  w ← w − lr·v."""
    rate = w.dtype.type(lr)
    keep, add = w.dtype.type(hyper[0]), w.dtype.type(1.0 - hyper[1])
    v = state[0]
    for i in elements(w):
        v[i] = keep * v[i] + add * g[i]
        w[i] -= rate * v[i]


@kernel(*STEP)
def rmsprop(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """S ← rho·s + (1 − rho)·g²;  w ← w − lr·g / (√s + eps)."""
    rate = w.dtype.type(lr)
    rho, new, eps = w.dtype.type(hyper[0]), w.dtype.type(1.0 - hyper[0]), w.dtype.type(hyper[1])
    s = state[0]
    for i in elements(w):
        s[i] = rho * s[i] + new * g[i] * g[i]
        w[i] -= rate * g[i] / (np.sqrt(s[i]) + eps)


@kernel(*STEP)
def adam(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """AdamW without decay."""
    _adam(w, g, state, t, lr, hyper, 1.0, 0.0)


@kernel(*STEP)
def adamw(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """W ← (1 − lr·weight_decay)·w, then Adam's step with the gradient left as it is."""
    _adam(w, g, state, t, lr, hyper, 1.0 - lr * hyper[3], 0.0)


@kernel(*STEP)
def adam_l2(w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
    """Adam with weight_decay·w added to the gradient, so that it is rescaled like the gradient."""
    _adam(w, g, state, t, lr, hyper, 1.0, hyper[3])


@kernel(*for_floats("void(F[::1], F[::1], F[:, ::1], i8, f8, f8[::1], f8, f8)"))
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
    rate = kind(lr / (1.0 - hyper[0] ** t))
    root = kind(1.0 / np.sqrt(1.0 - hyper[1] ** t))
    m, v = state[0], state[1]
    for i in elements(w):
        grad = g[i] + decay * w[i]
        m[i] = beta1 * m[i] + new1 * grad
        v[i] = beta2 * v[i] + new2 * grad * grad
        w[i] = keep * w[i] - rate * m[i] / (np.sqrt(v[i]) * root + eps)
