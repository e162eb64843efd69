"""Landscapes and rules over lanes, for :mod:`.sweep`: one value of each hyperparameter a lane.

The formulas are those of :mod:`.optimizers` and :mod:`.landscapes`; the tests compare every lane with a run
of :func:`.descent.descend`. Loops are short on purpose: one that writes and reads many arrays is not
vectorized, because each pair would have to be checked for overlap.
"""

from __future__ import annotations

import numpy as np

from .landscapes import DOUBLE_WELL, QUADRATIC, ROSENBROCK
from .policy import Array, choose, elements, kernel

ROW = "f8[::1]"
TABLE = "f8[:, ::1]"


@kernel(f"void(i8, {ROW}, {TABLE}, {TABLE}, {ROW})")
def gradients(family: int, params: Array, w: Array, g: Array, loss: Array) -> None:
    """Write value (lanes,) and gradient (n, lanes) at ``w``, shape (n, lanes)."""
    if family == QUADRATIC:
        _quadratic(params, w, g, loss)
        return
    x, y, dx, dy = w[0], w[1], g[0], g[1]
    p0, p1, p2 = params[0], params[1], params[2] if params.size > 2 else 0.0
    p3 = params[3] if params.size > 3 else 0.0
    if family == ROSENBROCK:
        for j in elements(x):
            above = y[j] - x[j] * x[j]
            dx[j] = -2.0 * (p0 - x[j]) - 4.0 * p1 * x[j] * above
            dy[j] = 2.0 * p1 * above
        for j in elements(x):
            above = y[j] - x[j] * x[j]
            loss[j] = (p0 - x[j]) * (p0 - x[j]) + p1 * above * above
    elif family == DOUBLE_WELL:
        for j in elements(x):
            dx[j] = p0 * (x[j] * x[j] - 1.0) * (x[j] - p1)
            dy[j] = p2 * y[j]
        for j in elements(x):
            inner = p1 + x[j] * (-0.5 + x[j] * (x[j] / 4.0 - p1 / 3.0))
            loss[j] = p0 * x[j] * inner + 0.5 * p2 * y[j] * y[j] + p3
    else:
        for j in elements(x):
            dx[j] = p0 * x[j]
            dy[j] = (p2 * y[j] * y[j] - p1) * y[j]
        for j in elements(x):
            loss[j] = 0.5 * p0 * x[j] * x[j] + (0.25 * p2 * y[j] * y[j] - 0.5 * p1) * y[j] * y[j]


@kernel(f"void({ROW}, {TABLE}, {TABLE}, {ROW})")
def _quadratic(params: Array, w: Array, g: Array, loss: Array) -> None:
    cos, sin, first = params[0], params[1], 0
    if sin != 0.0:
        l0, l1, first = params[2], params[3], 2
        x, y, dx, dy = w[0], w[1], g[0], g[1]
        for j in elements(x):
            du, dv = l0 * (cos * x[j] + sin * y[j]), l1 * (cos * y[j] - sin * x[j])
            dx[j] = cos * du - sin * dv
            dy[j] = sin * du + cos * dv
        for j in elements(x):
            loss[j] = 0.5 * (x[j] * dx[j] + y[j] * dy[j])
    else:
        x, dx, curvature = w[0], g[0], params[2]
        for j in elements(x):
            dx[j] = curvature * x[j]
            loss[j] = 0.5 * dx[j] * x[j]
        first = 1
    for k in range(first, w.shape[0]):
        x, dx, curvature = w[k], g[k], params[2 + k]
        for j in elements(x):
            dx[j] = curvature * x[j]
            loss[j] += 0.5 * dx[j] * x[j]


# Each rule changes one coordinate of all lanes. `h` holds the hyperparameters, one row each; `rate` what
# the learning rate and the bias corrections come to, `root` the correction of the average of squares.


@kernel(f"void(i8, {ROW}, {ROW}, {ROW}, {ROW}, {TABLE}, {ROW}, {ROW}, {ROW})")
def simple(
    rule: int, w: Array, g: Array, a: Array, b: Array, h: Array, rate: Array, _r: Array, _f: Array
) -> None:
    """The rules that do not count steps: 0 sgd, 1 momentum, 2 rmsprop, 6 nesterov, 7 adagrad, 8 adadelta."""
    if rule == 0:
        for j in elements(w):
            w[j] -= rate[j] * g[j]
    elif rule == 1:
        keep, damp = h[0], h[1]
        for j in elements(w):
            velocity = keep[j] * a[j] + (1.0 - damp[j]) * g[j]
            a[j] = velocity
            w[j] -= rate[j] * velocity
    elif rule == 6:
        keep = h[0]
        for j in elements(w):
            a[j] = keep[j] * a[j] + g[j]
        for j in elements(w):
            w[j] -= rate[j] * (g[j] + keep[j] * a[j])
    elif rule == 8:
        rho, eps = h[0], h[1]
        for j in elements(w):
            a[j] = rho[j] * a[j] + (1.0 - rho[j]) * g[j] * g[j]
        for j in elements(w):
            w[j] -= rate[j] * g[j] * np.sqrt(b[j] + eps[j]) / np.sqrt(a[j] + eps[j])
        for j in elements(w):
            square = g[j] * g[j] * (b[j] + eps[j]) / (a[j] + eps[j])
            b[j] = rho[j] * b[j] + (1.0 - rho[j]) * square
    else:
        eps = h[0] if rule == 7 else h[1]
        if rule == 7:
            for j in elements(w):
                a[j] += g[j] * g[j]
        else:
            rho = h[0]
            for j in elements(w):
                a[j] = rho[j] * a[j] + (1.0 - rho[j]) * g[j] * g[j]
        for j in elements(w):
            w[j] -= rate[j] * g[j] / (np.sqrt(a[j]) + eps[j])


@kernel(f"void(i8, {ROW}, {ROW}, {ROW}, {ROW}, {TABLE}, {ROW}, {ROW}, {ROW})")
def adaptive(
    rule: int,
    w: Array,
    g: Array,
    m: Array,
    v: Array,
    h: Array,
    rate: Array,
    root: Array,
    full: Array,
) -> None:
    """The family of Adam: 3 adam, 4 adamw (its shrinkage is done), 5 adam_l2, 9 radam."""
    beta1, beta2, eps = h[0], h[1], h[2]
    if rule == 5:
        decay = h[3]
        for j in elements(w):
            g[j] += decay[j] * w[j]
    for j in elements(w):
        m[j] = beta1[j] * m[j] + (1.0 - beta1[j]) * g[j]
    for j in elements(w):
        v[j] = beta2[j] * v[j] + (1.0 - beta2[j]) * g[j] * g[j]
    if rule == 9:
        for j in elements(w):
            size = choose(full[j] > 0.0, np.sqrt(v[j]) * root[j] + eps[j], 1.0)
            w[j] -= rate[j] * m[j] / size
    else:
        for j in elements(w):
            w[j] -= rate[j] * m[j] / (np.sqrt(v[j]) * root[j] + eps[j])


@kernel(f"void(i8, i8, {TABLE}, {ROW}, {TABLE}, {ROW}, {ROW}, {ROW})")
def corrections(
    rule: int, t: int, h: Array, lr: Array, powers: Array, rate: Array, root: Array, full: Array
) -> None:
    """Bring the powers of the betas to step ``t``, and what follows from them."""
    p1, p2, beta1, beta2 = powers[0], powers[1], h[0], h[1]
    for j in elements(lr):
        p1[j] *= beta1[j]
        p2[j] *= beta2[j]
    for j in elements(lr):
        rate[j] = lr[j] / (1.0 - p1[j])
        root[j] = 1.0 / np.sqrt(1.0 - p2[j])
    if rule == 9:
        threshold = h[3]
        for j in elements(lr):
            longest = 2.0 / (1.0 - beta2[j]) - 1.0
            length = longest - 2.0 * t * p2[j] / (1.0 - p2[j])
            full[j] = choose(length > threshold[j], 1.0, 0.0)
            up = (length - 4.0) * (length - 2.0) * longest
            down = (longest - 4.0) * (longest - 2.0) * length
            # Where the average is too short, the quotient may have no root; it isn't used there.
            rate[j] *= np.sqrt(choose(length > threshold[j], up / down, 1.0))
