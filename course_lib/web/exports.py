"""What the page can call: kernels behind addresses and 32-bit numbers, as WebAssembly has them.

Arrays are addresses in the page's memory, followed by their lengths. These functions are compiled, and
never run by Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels.descent import descend as _descend
from ..kernels.landscapes import value_and_gradient as _value_and_gradient
from ..kernels.optimizers import by_number
from ..kernels.regularization import coordinate_descent as _coordinate_descent
from ..kernels.sharpness import _perturb
from ..kernels.words import memory


def value_and_gradient(family: int, params: int, k: int, w: int, n: int, gradient: int) -> float:
    """Return f at ``w`` and write the gradient."""
    return _value_and_gradient(  # type: ignore[no-any-return]
        family,
        memory(params, k, np.float64),
        memory(w, n, np.float64),
        memory(gradient, n, np.float64),
    )


def values(family: int, params: int, k: int, points: int, count: int, n: int, out: int) -> None:
    """Write f at ``count`` points; the place behind the last value of ``out`` holds n more numbers."""
    numbers = memory(params, k, np.float64)
    where, into = (
        memory(points, (np.int64(count), np.int64(n)), np.float64),
        memory(out, count + n, np.float64),
    )
    gradient = into[count:]
    for j in range(count):
        into[j] = _value_and_gradient(family, numbers, where[j], gradient)


def step(
    rule: int, n: int, rows: int, w: int, g: int, state: int, t: int, lr: float, hyper: int, k: int
) -> None:
    """Take one step of a rule."""
    by_number(
        rule,
        memory(w, n, np.float64),
        memory(g, n, np.float64),
        memory(state, (np.int64(rows), np.int64(n)), np.float64),
        t,
        lr,
        memory(hyper, k, np.float64),
    )


def descend(
    rule: int, hyper: int, k: int, state: int, rows: int, scratch: int, family: int, params: int,
    p: int, rates: int, many_rates: int, noise: int, many_noise: int, far_away: float, path: int,
    losses: int, steps: int, n: int,
) -> int:  # fmt: skip
    """Do a whole run from ``path[0]``; return the number of the step that diverged, or 0."""
    return _descend(  # type: ignore[no-any-return]
        rule,
        memory(hyper, k, np.float64),
        memory(state, (np.int64(rows), np.int64(n)), np.float64),
        memory(scratch, (np.int64(2), np.int64(n)), np.float64),
        family,
        memory(params, p, np.float64),
        memory(rates, many_rates, np.float64),
        memory(noise, (np.int64(many_noise), np.int64(n)), np.float64),
        far_away,
        memory(path, (np.int64(steps + 1), np.int64(n)), np.float64),
        memory(losses, steps + 1, np.float64),
    )


def perturb(w: int, g: int, n: int, rho: float, out: int) -> bool:
    """Write the weights that sharpness-aware minimization looks at; return False if there are none."""
    return _perturb(  # type: ignore[no-any-return]
        memory(w, n, np.float64), memory(g, n, np.float64), rho, memory(out, n, np.float64)
    )


def coordinate_descent(
    gram: int, target: int, n: int, l1: float, l2: float, tol: float, max_sweeps: int, w: int, gram_w: int
) -> int:  # fmt: skip
    """Minimize the elastic net from ``w``; return the number of sweeps."""
    return _coordinate_descent(  # type: ignore[no-any-return]
        memory(gram, (np.int64(n), np.int64(n)), np.float64),
        memory(target, n, np.float64),
        l1,
        l2,
        tol,
        max_sweeps,
        memory(w, n, np.float64),
        memory(gram_w, n, np.float64),
    )


EXPORTS: dict[Callable[..., Any], str] = {
    value_and_gradient: "f8(i4, i4, i4, i4, i4, i4)",
    values: "void(i4, i4, i4, i4, i4, i4, i4)",
    step: "void(i4, i4, i4, i4, i4, i4, i4, f8, i4, i4)",
    descend: "i4(i4, i4, i4, i4, i4, i4, i4, i4, i4, i4, i4, i4, i4, f8, i4, i4, i4, i4)",
    perturb: "i4(i4, i4, i4, f8, i4)",
    coordinate_descent: "i4(i4, i4, i4, f8, f8, f8, i4, i4, i4)",
}
"""Every exported function and its signature, in numba's words."""
