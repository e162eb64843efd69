"""How sharp a loss is around the weights, in numbers. Part of :mod:`course_lib.sharpness`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._differences import numerical_gradient
from ._power_iteration import Seed, on_sphere
from ._sam import ascent_perturbation
from ._validate import Array, a_function, count, finite, finite64, generator, number, same_shape

__all__ = ["AverageSharpness", "Loss", "average_sharpness", "sharpness", "value_of"]

Loss = Callable[[Array], Any]


def sharpness(
    loss: Loss,
    w: npt.ArrayLike,
    rho: float,
    rng: Seed = 0,
    *,
    gradient: Callable[[Array], Any] | None = None,
    starts: int = 4,
    steps: int = 30,
) -> float:
    """Return max L(w + ε) − L(w) over ‖ε‖ ≤ ρ: the worst that can happen nearby.

    Found by conditional gradient ascent: from ε towards ρ ∇L/‖∇L‖, all the way or, if that is no
    higher, half the way, a quarter, … It starts from SAM's first-order step and from random directions,
    since at a minimum the gradient says nothing. A maximum found this way is a lower bound.

    Parameters
    ----------
    loss : callable
        ``loss(w)`` returns a float.
    w : array_like of float, any shape
        Weights; not changed.
    rho : float, at least 0
        Radius ρ of the ball.
    rng : int or numpy.random.Generator
        Of the random starts.
    gradient : callable, optional
        ``gradient(w)``, shaped like ``w``. Left out: central differences, at 2n losses each.
    starts, steps : int, at least 1
        Random starts; steps from each.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021), equation 1. arXiv:2010.01412. M. Frank and
    P. Wolfe (1956). An algorithm for quadratic programming, doi:10.1002/nav.3800030109.

    Examples
    --------
    On ½ wᵀHw at its minimum this is ½ ρ² λ, with the largest eigenvalue λ:

    >>> curvatures = np.array([1.0, 100.0])
    >>> def loss(w): return 0.5 * float(curvatures @ w**2)
    >>> value = sharpness(loss, [0.0, 0.0], rho=0.1)
    >>> round(value, 6)
    0.5
    """
    weights, radius = finite64(w, "w"), number(rho, "rho", low=0)
    starts, steps = count(starts, "starts", low=1), count(steps, "steps", low=1)
    if gradient is not None:
        a_function(gradient, "gradient")
    slope = gradient or (lambda v: numerical_gradient(loss, v))
    draws = generator(rng)
    here = value_of(loss, weights)
    if radius == 0 or not weights.size:
        return 0.0
    firsts = [ascent_perturbation(_slope(slope, weights), radius)]
    firsts += [on_sphere(draws, weights.shape, radius) for _ in range(starts)]
    return max(0.0, *(_climb(loss, slope, weights, e, radius, steps) - here for e in firsts))


def _climb(
    loss: Loss, slope: Callable[[Array], Any], w: Array, e: Array, radius: float, steps: int
) -> float:
    """Return the highest loss that ascent from ``w + e`` within the ball comes to."""
    best = value_of(loss, w + e)
    for _ in range(steps):
        aim = ascent_perturbation(_slope(slope, w + e), radius)
        for share in 0.5 ** np.arange(12):
            trial = e + share * (aim - e)  # between two points of a ball lies the ball
            value = value_of(loss, w + trial)
            if value > best:
                break
        else:
            return best
        gained, best, e = value - best, value, trial
        if gained <= 1e-12 * abs(best):
            return best
    return best


class AverageSharpness(NamedTuple):
    """A mean over random directions, and how far it may be off.

    Attributes
    ----------
    mean : float
        Average rise of the loss.
    standard_error : float
        Of the mean, from the spread of the samples.
    """

    mean: float
    standard_error: float


def average_sharpness(
    loss: Loss, w: npt.ArrayLike, rho: float, rng: Seed = 0, samples: int = 100
) -> AverageSharpness:
    """Return the mean of L(w + ε) − L(w) over random ε of length ρ.

    Directions come in pairs ±ε, so that the slope at ``w`` cancels and what is left is curvature:
    to second order the mean is ½ ρ² tr(H) / n: ½ ρ² times the mean of all curvatures.

    Parameters
    ----------
    loss : callable
        ``loss(w)`` returns a float.
    w : array_like of float, any shape
        Weights; not changed.
    rho : float, at least 0
        Length of ε.
    rng : int or numpy.random.Generator
    samples : int, at least 2
        Pairs; the loss is evaluated 2·samples + 1 times.

    Returns
    -------
    AverageSharpness

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> def loss(w): return 1.5 * float(w @ w)
    >>> found = average_sharpness(loss, [0.0, 0.0], rho=0.1)
    >>> round(found.mean, 6)
    0.015
    """
    weights, radius = finite64(w, "w"), number(rho, "rho", low=0)
    samples = count(samples, "samples", low=2)
    draws = generator(rng)
    here = value_of(loss, weights)
    rises = np.empty(samples)
    for k in range(samples):
        e = on_sphere(draws, weights.shape, radius)
        rises[k] = 0.5 * (value_of(loss, weights + e) + value_of(loss, weights - e)) - here
    return AverageSharpness(float(rises.mean()), float(rises.std(ddof=1) / samples**0.5))


def value_of(loss: Loss, w: Array) -> float:
    """Call a person's loss and return its value as a float."""
    a_function(loss, "loss")
    value = loss(w)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"loss(w) returned {type(value).__name__}, but must return one number: the loss alone."
        ) from None


def _slope(gradient: Callable[[Array], Any], w: Array) -> Array:
    g = finite(gradient(w), "gradient(w)")
    same_shape(g, w, "gradient(w)", "w")
    return np.asarray(g)
