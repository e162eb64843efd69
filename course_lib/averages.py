"""Averages over time, which trade a little delay for much less noise: windows and exponential weights.

All are causal: the average at step t uses what was seen up to and including step t. All work along the
first axis, so a series of gradients of any shape (steps, ...) is averaged weight by weight.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ._validate import Array, count, finite, finite64, number
from .kernels import averages as kernels

__all__ = [
    "effective_sample_size",
    "effective_window",
    "ewma",
    "ewma_effective_sample_size",
    "ewma_weights",
    "moving_averages",
    "sma",
    "wma",
]


def moving_averages(g: npt.ArrayLike, window: int, weights: npt.ArrayLike | None = None) -> Array:
    """Weighted mean of the last ``window`` values, at every step.

    Parameters
    ----------
    g : array_like of float, shape (steps, ...)
        The series, oldest first; at least one step.
    window : int, at least 1
    weights : array_like of float, shape (window,), optional
        Weights from the oldest value to the newest: at least 0, the last one above 0. Only their
        ratios matter. All alike if left out.

    Returns
    -------
    ndarray, shaped like ``g``
        float32 if ``g`` is, else float64. The first ``window − 1`` averages are over the values that
        there are, with the weights of the newest.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or ``g`` is not finite.

    Examples
    --------
    >>> moving_averages([3, 6, 9, 0], window=2)
    array([3. , 4.5, 7.5, 4.5])
    >>> moving_averages([3, 6, 9, 0], window=2, weights=[1, 2])
    array([3., 5., 8., 3.])
    """
    series, window = _series(g), count(window, "window", low=1)
    if weights is None:
        factors = np.ones(window)
    else:
        factors = _weights(weights)
        if factors.shape != (window,):
            raise ValueError(f"weights has shape {factors.shape}, but window is {window}.")
        if factors[-1] == 0:
            raise ValueError("weights[-1] is 0, but the newest value's weight must be above 0.")
    out = np.empty_like(series)
    if series.size:
        n = series.size // len(series)
        # Sums of weights near the largest float would overflow; only the ratios matter.
        kernels.weighted(series.reshape(-1), n, factors / factors.max(), out.reshape(-1))
    return out


def sma(g: npt.ArrayLike, window: int) -> Array:
    """Simple moving average: the plain mean of the last ``window`` values.

    Parameters
    ----------
    g, window
        See :func:`moving_averages`.

    Returns
    -------
    ndarray, shaped like ``g``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``g`` is not finite.

    Examples
    --------
    >>> sma([1, 2, 3, 4], window=3)
    array([1. , 1.5, 2. , 3. ])
    """
    return moving_averages(g, window)


def wma(g: npt.ArrayLike, window: int) -> Array:
    """Linearly weighted moving average: weights 1, 2, …, window, the newest value's the largest.

    Parameters
    ----------
    g, window
        See :func:`moving_averages`.

    Returns
    -------
    ndarray, shaped like ``g``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``g`` is not finite.

    Examples
    --------
    >>> wma([6, 6, 12], window=3)
    array([6., 6., 9.])
    """
    window = count(window, "window", low=1)
    return moving_averages(g, window, np.arange(1.0, window + 1))


def ewma(g: npt.ArrayLike, beta: float, bias_correct: bool = True) -> Array:
    """Exponentially weighted moving average: v ← β v + (1 − β) g, from v = 0.

    Without correction the average at step t has weights that add up to 1 − βᵗ: it begins near zero.
    Dividing by that sum makes it a true weighted mean; at t = 1 it is g₁.

    Parameters
    ----------
    g : array_like of float, shape (steps, ...)
        The series, oldest first; at least one step.
    beta : float, from 0 up to, but not including, 1
        β, the share of the past that is kept at each step.
    bias_correct : bool
        Whether to divide by 1 − βᵗ.

    Returns
    -------
    ndarray, shaped like ``g``
        float32 if ``g`` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``g`` is not finite.

    References
    ----------
    D. P. Kingma and J. Ba (2015). Adam: a method for stochastic optimization, section 3.
    arXiv:1412.6980.

    Examples
    --------
    >>> ewma([1, 1, 1], beta=0.5, bias_correct=False)
    array([0.5  , 0.75 , 0.875])
    >>> ewma([1, 1, 1], beta=0.5)
    array([1., 1., 1.])
    """
    series, beta = _series(g), _beta(beta)
    out = np.empty_like(series)
    if series.size:
        rows = series.reshape(len(series), -1)
        v = np.zeros_like(rows[0])
        kernels.ewma(
            rows, beta, 1.0 - beta, _log(beta), bool(bias_correct), v, out.reshape(rows.shape)
        )
    return out


def ewma_weights(steps: int, beta: float, bias_correct: bool = True) -> Array:
    """Return the weight of each of ``steps`` values in their EWMA: (1 − β) β^(steps − s).

    Parameters
    ----------
    steps : int, at least 1
    beta : float, from 0 up to, but not including, 1
    bias_correct : bool
        Whether they are divided by their sum, 1 − β^steps.

    Returns
    -------
    ndarray of float64, shape (steps,)
        Oldest first.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> ewma_weights(3, beta=0.5, bias_correct=False)
    array([0.125, 0.25 , 0.5  ])
    """
    steps, beta = count(steps, "steps", low=1), _beta(beta)
    weights = (1.0 - beta) * beta ** np.arange(steps - 1.0, -1.0, -1.0)
    return np.asarray(weights / weights.sum() if bias_correct else weights)


def effective_sample_size(weights: npt.ArrayLike) -> float:
    """Return (Σ w)² / Σ w²: how many equally weighted values average the noise away as well.

    The variance of a weighted mean of independent values of variance σ² is σ² divided by it.

    Parameters
    ----------
    weights : array_like of float, shape (k,)
        At least 0, not all 0.

    Returns
    -------
    float
        From 1 (one value has all the weight) to k (all alike).

    Raises
    ------
    TypeError, ValueError
        If the weights have the wrong form or range.

    References
    ----------
    L. Kish (1965). Survey Sampling, section 11.7. Wiley.

    Examples
    --------
    >>> effective_sample_size([1, 1, 1, 1])
    4.0
    >>> effective_sample_size([1, 1, 2])
    2.6666666666666665
    """
    factors = _weights(weights)
    shares = factors / factors.max()
    return float(shares.sum() ** 2 / (shares @ shares))


def ewma_effective_sample_size(beta: float, steps: int | None = None) -> float:
    """Return how many values an EWMA amounts to: (1 + β)/(1 − β) · (1 − βᵗ)/(1 + βᵗ).

    Parameters
    ----------
    beta : float, from 0 up to, but not including, 1
    steps : int, at least 1, optional
        t, the number of values seen; left out, as many as you like: (1 + β)/(1 − β).

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> round(ewma_effective_sample_size(0.9), 12)
    19.0
    >>> ewma_effective_sample_size(0.9, steps=1)
    1.0
    """
    beta = _beta(beta)
    limit = (1.0 + beta) / (1.0 - beta)
    if steps is None:
        return limit
    steps = count(steps, "steps", low=1)
    if steps == 1:
        return 1.0
    return limit * math.tanh(
        -0.5 * steps * _log(beta)
    )  # (1 − x)/(1 + x) at x = βᵗ, exact near x = 1 too


def effective_window(beta: float) -> float:
    """Return 1 / (1 − β): the steps after which a value's weight has fallen to about 1/e.

    It is the mean age of what an EWMA averages, counting the newest as 1, and the length of the
    window that gives the newest value the same weight.

    Parameters
    ----------
    beta : float, from 0 up to, but not including, 1

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If ``beta`` is no number or out of range.

    Examples
    --------
    >>> effective_window(0.75)
    4.0
    """
    return 1.0 / (1.0 - _beta(beta))


def _beta(beta: float) -> float:
    return number(beta, "beta", low=0, high=1, open_high=True)


def _log(beta: float) -> float:
    """Return log β, −∞ for 0."""
    return math.log(beta) if beta else -math.inf


def _series(g: npt.ArrayLike) -> Array:
    """Return a series of at least one step."""
    series = finite(g, "g")
    if series.ndim == 0 or not len(series):
        raise ValueError(
            f"g has shape {series.shape}, but must be a series: (steps, ...), not empty."
        )
    return series


def _weights(weights: npt.ArrayLike) -> Array:
    """Return weights that can be averaged with, as float64."""
    factors = finite64(weights, "weights")
    if factors.ndim != 1 or not factors.size:
        raise ValueError(f"weights has shape {factors.shape}, but must be one or more numbers.")
    if factors.min() < 0 or factors.max() == 0:
        raise ValueError("weights must be at least 0, and not all 0.")
    return factors
