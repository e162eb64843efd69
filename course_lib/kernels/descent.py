"""A whole run of one rule on one landscape as one compiled loop.

Rule and landscape are chosen by number, for the reason given in :mod:`.landscapes`; the rule's number
is its place in :data:`RULES`.
"""

from __future__ import annotations

import numpy as np

from .landscapes import value_and_gradient
from .optimizers import (
    adadelta,
    adagrad,
    adam,
    adam_l2,
    adamw,
    momentum,
    nesterov,
    radam,
    rmsprop,
    sgd,
)
from .policy import Array, kernel

RULES = (
    sgd, momentum, rmsprop, adam, adamw, adam_l2, nesterov, adagrad, adadelta, radam
)  # fmt: skip


@kernel("void(i8, f8[::1], f8[::1], f8[:, ::1], i8, f8, f8[::1])")
def _step(rule: int, w: Array, g: Array, state: Array, t: int, lr: float, hyper: Array) -> None:
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


@kernel("i8(i8, f8[::1], f8[:, ::1], i8, f8[::1], f8[::1], f8[:, ::1], f8, f8[:, ::1], f8[::1])")
def descend(
    rule: int,
    hyper: Array,
    state: Array,
    family: int,
    params: Array,
    rates: Array,
    noise: Array,
    far_away: float,
    path: Array,
    losses: Array,
) -> int:
    """Take ``rates.size`` steps from ``path[0]``; fill in ``path`` and ``losses``.

    ``noise`` is added to the gradient, one row a step; no rows: none. Returns the number of the step
    (from 1) that left the circle ``far_away`` or the numbers, or 0. What it led to is not filled in.
    """
    w, g = path[0].copy(), np.empty(path.shape[1])
    losses[0] = value_and_gradient(family, params, w, g)
    for t in range(1, rates.size + 1):
        if noise.shape[0] > 0:
            for i in range(w.size):
                g[i] += noise[t - 1, i]
        _step(rule, w, g, state, t, rates[t - 1], hyper)
        for i in range(w.size):
            if not abs(w[i]) <= far_away:  # "not <=": NaN compares false to everything
                return t
        path[t] = w
        losses[t] = value_and_gradient(family, params, w, g)
    return 0
