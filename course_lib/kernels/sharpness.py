"""The weights that sharpness-aware minimization looks at: one pass over the arrays."""

from __future__ import annotations

from .policy import Array, elements, for_floats, kernel


@kernel(*for_floats("void(F[::1], F[::1], f8, F[::1])"))
def perturb(w: Array, g: Array, scale: float, out: Array) -> None:
    """Out ← w + scale·g; ``w`` and ``g`` are only read."""
    factor = w.dtype.type(scale)
    for i in elements(w):
        out[i] = w[i] + factor * g[i]
