"""Hessians of every kind, with a gradient, for the checks of second-order exercises.

The least permitted curvature is drawn to be 0.05 of the largest or more. Damped to it, a Hessian has a
condition number below 2 / 0.05 = 40, so that right ways to solve agree to 40 n · 1e-16 of the step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..._validate import Array

Case = tuple[Array, Array, float]


def turned(
    rng: np.random.Generator, eigenvalues: Sequence[float] | Array, digits: int = 16
) -> Array:
    """Return a symmetric matrix with these eigenvalues, turned at random, its entries rounded."""
    n = len(eigenvalues)
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
    H = turn @ np.diag(np.asarray(eigenvalues)) @ turn.T
    return np.asarray(np.round((H + H.T) / 2, digits))


def gradient(rng: np.random.Generator, n: int) -> Array:
    """Draw n numbers, none near zero."""
    return np.asarray(np.round(rng.choice([-1.0, 1.0], n) * rng.uniform(0.5, 2.0, n), 2))


def floor(rng: np.random.Generator) -> float:
    """Draw the share of the largest curvature that is the least permitted."""
    return round(float(rng.uniform(0.05, 0.1)), 3)


def bowl(rng: np.random.Generator, n: int) -> Case:
    """Draw a case in which every curvature is large enough."""
    eigenvalues = np.append(rng.uniform(1.0, 5.0, n - 1), 5.0)
    return gradient(rng, n), turned(rng, eigenvalues, 3), floor(rng)


def saddle(rng: np.random.Generator, n: int, down: int = 1) -> Case:
    """Draw a case with some negative curvatures; the largest is positive."""
    negative, positive = -rng.uniform(0.5, 2.0, down), rng.uniform(1.0, 3.0, n - down - 1)
    eigenvalues = np.concatenate([negative, positive, [5.0]])
    return gradient(rng, n), turned(rng, eigenvalues, 3), floor(rng)


def flat(rng: np.random.Generator, n: int) -> Case:
    """Draw a case with one curvature that is positive but too small."""
    eigenvalues = np.concatenate([[rng.uniform(0.02, 0.1)], rng.uniform(2.0, 3.0, n - 2), [5.0]])
    return gradient(rng, n), turned(rng, eigenvalues, 3), floor(rng)


def hill(rng: np.random.Generator, n: int) -> Case:
    """Draw a case in which the largest curvature is negative."""
    eigenvalues = np.concatenate([[-5.0], rng.uniform(-3.0, 0.5, n - 2), [rng.uniform(0.5, 1.0)]])
    return gradient(rng, n), turned(rng, eigenvalues, 3), floor(rng)
