"""Random inputs that can be followed with a calculator."""

from __future__ import annotations

import numpy as np

from ..._validate import Array


def numbers(
    rng: np.random.Generator, shape: tuple[int, ...], low: float = 0.3, high: float = 2.0
) -> Array:
    """Draw numbers of both signs, bounded away from zero, so that no two mistakes agree by accident."""
    signs = rng.choice([-1.0, 1.0], size=shape)
    return np.round(signs * rng.uniform(low, high, size=shape), 2)


def number(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw one number, of two digits."""
    return float(f"{rng.uniform(low, high):.2g}")


def batch(rng: np.random.Generator, n: int, columns: int) -> Array:
    """Draw a batch, one example a row; the rows of a column lie apart, and no mean is near zero."""
    spread = np.linspace(-1.5, 1.5, n) if n > 1 else np.zeros(1)
    rows = np.array([rng.permutation(spread) for _ in range(columns)]).reshape(columns, n).T
    center = rng.choice([-1.0, 1.0], size=columns) * rng.uniform(1.0, 2.0, size=columns)
    scale = rng.uniform(0.5, 1.5, size=columns)
    return np.round(center + scale * (rows + rng.uniform(-0.1, 0.1, size=(n, columns))), 2)
