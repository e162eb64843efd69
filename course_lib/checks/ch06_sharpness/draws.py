"""Random inputs that can be followed with a calculator, and losses to try the answers on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def bowl(h: Array, c: Array, shift: float = 0.7) -> Callable[..., tuple[float, Array]]:
    """Return ``loss_grad(w, batch=0)``: ½ Σ h (w − c)² and its gradient; each batch has its own c."""

    def loss_grad(w: Any, batch: int = 0) -> tuple[float, Array]:
        if np.shape(w) != c.shape:
            raise ValueError(f"loss_grad got weights of shape {np.shape(w)}, expected {c.shape}")
        if not np.all(np.isfinite(w)):
            raise ValueError("loss_grad got weights that hold nan or inf")
        away = w - (c + c.dtype.type(shift * batch))
        return float(np.sum(0.5 * h * away**2)), h * away

    loss_grad.__doc__ = (
        f"loss ½ Σ h (w − c)² and gradient h (w − c), with h = {_short(h)} and c = {_short(c)}"
    )
    return loss_grad


def product_with(H: Array) -> Callable[[Any], Array]:
    """Return ``hvp(v)``, the product of a symmetric matrix with a vector."""

    def hvp(v: Any) -> Array:
        if np.shape(v) != (len(H),):
            raise ValueError(f"hvp got a vector of shape {np.shape(v)}, expected ({len(H)},)")
        if not np.all(np.isfinite(v)):
            raise ValueError("hvp got a vector that holds nan or inf")
        return np.asarray(H @ v)

    hvp.__doc__ = f"the product H v, with H = {_short(H)}"
    return hvp


def _short(array: Array) -> str:
    if array.size > 9:
        return f"an array of shape {array.shape}"
    return np.array2string(
        array, separator=", ", formatter={"float_kind": lambda x: f"{x:.4g}"}
    ).replace("\n", "")
