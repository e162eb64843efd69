"""What all contenders have in common."""

from __future__ import annotations

import numpy as np

LR = 1e-4
CURVATURES = (1.0, 100.0)
FAR_AWAY, TOLERANCE = 1e10, 1e-6


def weights_and_gradient(n: int, dtype: str):
    """Return the arrays of one step."""
    w, g = np.random.default_rng(0).standard_normal((2, n))
    return w.astype(dtype), g.astype(dtype)


def rates(size: int):
    """Return the learning rates of a grid, from slow to diverging."""
    return np.linspace(1e-3, 0.02, size)


def momenta(size: int):
    """Return the momenta of a grid."""
    return np.linspace(0.0, 0.99, size)
