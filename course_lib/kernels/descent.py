"""A whole run of one rule on one landscape as one compiled loop.

Rule and landscape are chosen by number, for the reason given in :mod:`.landscapes`; the rule's number
is its place in :data:`.optimizers.RULES`.
"""

from __future__ import annotations

from .landscapes import value_and_gradient
from .optimizers import RULES, by_number
from .policy import Array, kernel

__all__ = ["RULES", "descend"]


@kernel(
    "i8(i8, f8[::1], f8[:, ::1], f8[:, ::1], i8, f8[::1], f8[::1], f8[:, ::1], f8, f8[:, ::1], f8[::1])"
)
def descend(
    rule: int,
    hyper: Array,
    state: Array,
    scratch: Array,
    family: int,
    params: Array,
    rates: Array,
    noise: Array,
    far_away: float,
    path: Array,
    losses: Array,
) -> int:
    """Take steps from ``path[0]``; fill in ``path`` and ``losses``, which have a row more.

    ``rates`` holds one for each step or one for all (to fill an array that long costs as much as the steps).
    ``noise`` is added to the gradient, one row a step; no rows: none. Returns the number of the step
    (from 1) that left the circle ``far_away`` or the numbers, or 0. What it led to is not filled in.
    ``scratch``, shape (2, n), is overwritten. (Made here, it would take the code that makes arrays along, and
    a first call twice as long.)
    """
    steps, stride = path.shape[0] - 1, int(rates.size > 1)
    w, g = scratch[0], scratch[1]
    w[:] = path[0]
    losses[0] = value_and_gradient(family, params, w, g)
    for t in range(1, steps + 1):
        if noise.shape[0] > 0:
            for i in range(w.size):
                g[i] += noise[t - 1, i]
        by_number(rule, w, g, state, t, rates[(t - 1) * stride], hyper)
        for i in range(w.size):
            if not abs(w[i]) <= far_away:  # "not <=": NaN compares false to everything
                return t
        path[t] = w
        losses[t] = value_and_gradient(family, params, w, g)
    return 0
