"""The weights that sharpness-aware minimization looks at."""

from __future__ import annotations

import math

from .policy import Array, for_floats, jit_enabled, kernel


def perturb(w: Array, g: Array, rho: float, out: Array) -> bool:
    """Out ← w + rho·g/‖g‖; ``w`` and ``g`` are only read.

    Returns False, and leaves ``out`` undefined, if the squares of ``g`` are too large or too small to be
    added up.
    """
    if jit_enabled():
        done: bool = _perturb(w, g, rho, out)
        return done
    total = float((g.astype(float) ** 2).sum())
    if not 1e-280 < total < 1e300:
        return False
    out[:] = w + w.dtype.type(rho / math.sqrt(total)) * g
    return True


@kernel(*for_floats("b1(F[::1], F[::1], f8, F[::1])"))
def _perturb(w: Array, g: Array, rho: float, out: Array) -> bool:
    total = 0.0
    for i in range(g.size):
        total += float(g[i]) * float(g[i])
    if not 1e-280 < total < 1e300:
        return False
    scale = w.dtype.type(rho / math.sqrt(total))
    for i in range(g.size):
        out[i] = w[i] + scale * g[i]
    return True
