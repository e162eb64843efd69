"""Losses that the exercises of chapter 2 are checked with. Each says so if it is given another shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._validate import Array
from ..exercise import Function


def takes(x: Any, shape: tuple[int, ...], name: str = "f") -> Array:
    """Return ``x`` as an array, if it has the shape that a function takes."""
    point: Array = np.asarray(x)
    if point.shape != shape:
        raise ValueError(
            f"{name} takes an array of shape {shape}, but was given shape {point.shape}"
        )
    return point


def cubes(shape: tuple[int, ...]) -> Function:
    """Return a loss that no coordinate leaves alone: each slope depends on all of x."""

    def f(x: Any) -> Any:
        """f(x) = sum(x³) + sum(x)²"""
        x = takes(x, shape)
        return (x**3).sum() + x.sum() ** 2

    return f


def waves(shape: tuple[int, ...]) -> Function:
    """Return a loss whose derivatives never end."""

    def f(x: Any) -> Any:
        """f(x) = sum(exp(x)) + sin(sum(x))"""
        x = takes(x, shape)
        return np.exp(x).sum() + np.sin(x.sum())

    return f


def numbers(rng: np.random.Generator, shape: tuple[int, ...], low: float = 0.3) -> Array:
    """Draw numbers of few digits, from ``low`` to 2 in size, of either sign."""
    return np.asarray(rng.choice([-1.0, 1.0], shape) * np.round(rng.uniform(low, 2.0, shape), 2))


def moderate(W: Array, scores: Array) -> Array:
    """Return weights scaled so that no score that is linear in them is beyond 2.

    No probability is then so close to 0 or 1 that its distance from it has lost its digits.
    """
    return np.asarray(np.round(W * 2.0 / max(float(np.abs(scores).max()), 2.0), 3))
