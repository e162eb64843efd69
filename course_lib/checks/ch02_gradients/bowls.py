"""Losses with known slopes, for checking a check of gradients: where it is wrong is ours to choose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..._validate import Array
from ..exercise import Function
from ..values import show
from .losses import numbers, takes

Index = tuple[int, ...]


class Bowl(NamedTuple):
    """A loss whose slopes are known, and where they can be made wrong.

    Attributes
    ----------
    b : ndarray
        Slopes of its linear part.
    curved : ndarray, shaped like ``b``
        Weights of the squares.
    kinks : tuple of (index, place, jump)
        Where the slope along a coordinate jumps, and by how much.
    errors : tuple of (index, amount)
        What is added to the gradient where it is to be wrong.
    """

    b: Array
    curved: Array
    kinks: tuple[tuple[Index, float, float], ...] = ()
    errors: tuple[tuple[Index, float], ...] = ()

    @property
    def f(self) -> Function:
        """The loss."""

        def f(x: Any) -> Any:
            x = takes(x, self.b.shape)
            value = (self.b * x).sum() + (self.curved * x**2).sum() / 2
            value += sum(jump * max(x[i] - place, 0.0) for i, place, jump in self.kinks)
            return float(value)

        f.__doc__ = "f(x) = sum(b·x) + sum(c·x²)/2" + "".join(
            f" + {jump:.4g}·max(x{_at(i)} {'+' if place < 0 else '−'} {abs(place):.4g}, 0)"
            for i, place, jump in self.kinks
        )
        f.__doc__ += f", where b = {show(self.b)} and c = {show(self.curved)}"
        return f

    @property
    def df(self) -> Function:
        """Its gradient, with the errors."""

        def df(x: Any) -> Any:
            x = takes(x, self.b.shape, "df")
            slopes = np.array(self.b + self.curved * x, dtype=float)
            for i, place, jump in self.kinks:
                slopes[i] += jump * (x[i] > place)
            for i, amount in self.errors:
                slopes[i] += amount
            return slopes

        df.__doc__ = "df(x) = b + c·x" + " + the jump of each term that is above 0" * bool(
            self.kinks
        )
        off = " and by ".join(f"{amount:.4g} at {_at(i)}" for i, amount in self.errors)
        df.__doc__ += f", but off by {off}" if off else ""
        return df


def _at(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]"


def smooth(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    errors: Sequence[tuple[Index, float]] = (),
    scale: float = 1.0,
) -> tuple[Bowl, Array]:
    """A bowl at whose point all slopes are 0.6 to 4 in size, but the first outweighs all others.

    Errors are given as shares of the slopes. They don't cancel along any direction of signs.
    """
    while True:
        x = numbers(rng, shape)
        b = np.array(np.sign(x) * np.round(rng.uniform(0.3, 2.0, shape), 2))
        if x.size:
            b[(0,) * x.ndim] *= 10.0 * x.size
        amounts = tuple((i, float(np.round(part * (b + x)[i], 3))) for i, part in errors)
        if not _can_cancel([amount for _, amount in amounts]):
            made = tuple((i, scale * amount) for i, amount in amounts)
            return Bowl(scale * b, np.full(shape, scale), errors=made), x


def _can_cancel(amounts: list[float]) -> bool:
    signs = itertools.product((-1.0, 1.0), repeat=len(amounts))
    return bool(amounts) and min(abs(np.dot(sign, amounts)) for sign in signs) < 1e-3


def kinked(
    rng: np.random.Generator,
    n: int,
    i: int,
    errors: Sequence[tuple[Index, float]] = (),
    away: float = 0.0,
    jump: float = 1.5,
) -> tuple[Bowl, Array]:
    """A bowl with a kink at coordinate i, or at a distance from it."""
    bowl, x = smooth(rng, (n,), errors)
    return bowl._replace(kinks=(((i,), float(x[i] + away), jump),)), x
