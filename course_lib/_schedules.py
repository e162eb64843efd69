"""Schedules as formulas, in one table. Part of :mod:`course_lib.schedules`, which states the conventions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, above_zero, as_floats, count, known, number, scalar_or_array

__all__ = [
    "SCHEDULES",
    "Rate",
    "Row",
    "Steps",
    "clock",
    "constant",
    "cosine_decay",
    "exponential_decay",
    "inverse_sqrt",
    "inverse_time",
    "linear_decay",
    "satisfies_robbins_monro",
    "step_decay",
]

Steps = npt.ArrayLike
Rate = float | Array


def constant(t: Steps, lr: float) -> Rate:
    """η(t) = η₀.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> constant([0, 1, 2], 0.1)
    array([0.1, 0.1, 0.1])
    """
    return scalar_or_array(np.full_like(clock(t), _lr(lr)))


def step_decay(t: Steps, lr: float, factor: float = 0.1, every: int = 30) -> Rate:
    """η(t) = η₀ · factor^⌊t / every⌋: a fall after every ``every`` steps.

    Parameters
    ----------
    t, lr
        As in :func:`constant`.
    factor : float, 0 to 1
    every : int, at least 1
        Steps between falls. To fall every k epochs, pass k times the steps of an epoch.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> step_decay([0, 9, 10, 20], 1.0, factor=0.5, every=10)
    array([1.  , 1.  , 0.5 , 0.25])
    """
    base, every = _fall(factor, every)
    return scalar_or_array(_lr(lr) * base ** np.floor(clock(t) / every))


def exponential_decay(t: Steps, lr: float, factor: float, every: int = 1) -> Rate:
    """η(t) = η₀ · factor^(t / every): the smooth form of :func:`step_decay`.

    Parameters
    ----------
    t, lr
        As in :func:`constant`.
    factor : float, 0 to 1
    every : int, at least 1
        Steps in which the rate is multiplied by ``factor``.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> exponential_decay([0, 1, 2], 1.0, factor=0.5)
    array([1.  , 0.5 , 0.25])
    """
    base, every = _fall(factor, every)
    return scalar_or_array(_lr(lr) * base ** (clock(t) / every))


def linear_decay(t: Steps, lr: float, T: int, lr_end: float = 0.0) -> Rate:
    """η(t) = η₀ + (η_T − η₀) t / T: a straight line down, then level.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; taken as 0 below 0 and as T beyond T.
    lr, lr_end : float, at least 0
        η₀ and η_T.
    T : int, at least 1
        Steps to the end.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> linear_decay([0, 1, 2, 4, 9], 1.0, T=4)
    array([1.  , 0.75, 0.5 , 0.  , 0.  ])
    """
    share = _share(t, T)
    return scalar_or_array((1.0 - share) * _lr(lr) + share * _lr(lr_end, "lr_end"))


def cosine_decay(t: Steps, lr: float, T: int, lr_end: float = 0.0) -> Rate:
    """η(t) = η_T + ½ (η₀ − η_T)(1 + cos(π t / T)): level at both ends, steepest in the middle.

    Parameters
    ----------
    t, lr, T, lr_end
        As in :func:`linear_decay`.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    I. Loshchilov and F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts,
    equation 5, without restarts. arXiv:1608.03983.

    Examples
    --------
    >>> cosine_decay(50, 0.1, T=100)
    0.05
    >>> cosine_decay([0, 100, 500], 0.1, T=100, lr_end=0.01)
    array([0.1 , 0.01, 0.01])
    """
    fall = 0.5 * (1.0 + np.cos(np.pi * _share(t, T)))
    return scalar_or_array(fall * _lr(lr) + (1.0 - fall) * _lr(lr_end, "lr_end"))


def inverse_sqrt(t: Steps, lr: float, offset: float = 1.0) -> Rate:
    """η(t) = η₀ √(t₀ / (t₀ + t)): begins at η₀ and in the end falls like 1/√t.

    Parameters
    ----------
    t, lr
        As in :func:`constant`.
    offset : float, above 0
        t₀, which keeps the rate finite at t = 0; the larger, the later the fall.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    A. Vaswani et al. (2017). Attention is all you need, equation 3, arXiv:1706.03762: with
    ``offset=W`` behind a warmup of W steps, this is its schedule, η₀ √(W / t) after the warmup.

    Examples
    --------
    >>> inverse_sqrt([0, 3, 8, 99], 1.0)
    array([1.        , 0.5       , 0.33333333, 0.1       ])
    """
    offset = above_zero(offset, "offset", "the rate would be infinite at t = 0")
    return scalar_or_array(_lr(lr) / np.sqrt(1.0 + clock(t) / offset))


def inverse_time(t: Steps, lr: float, decay: float = 1.0) -> Rate:
    """η(t) = η₀ / (1 + k t): the 1/t of Robbins and Monro, finite at t = 0.

    Parameters
    ----------
    t, lr
        As in :func:`constant`.
    decay : float, at least 0
        k: the rate has halved after 1/k steps. On a quadratic of curvature λ under noise, η₀ = 1/λ
        with k = 1 makes the weight the mean of what all gradients so far point to.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    H. Robbins and S. Monro (1951). A stochastic approximation method. Annals of Mathematical
    Statistics 22(3), doi:10.1214/aoms/1177729586.

    Examples
    --------
    >>> inverse_time([0, 1, 3], 1.0)
    array([1.  , 0.5 , 0.25])
    """
    return scalar_or_array(_lr(lr) / (1.0 + number(decay, "decay", low=0) * clock(t)))


class Row(NamedTuple):
    """One schedule.

    Attributes
    ----------
    function : callable
        ``function(t, lr, ...)``.
    power : float
        p where η(t) falls like 1/tᵖ in the long run: 0 for a constant, infinite where it falls
        faster than every power of t or ends.
    equation : str
    """

    function: Callable[..., Rate]
    power: float
    equation: str


SCHEDULES: Mapping[str, Row] = MappingProxyType(
    {
        "constant": Row(constant, 0.0, "η₀"),
        "step_decay": Row(step_decay, math.inf, "η₀ · factor^⌊t / every⌋"),
        "exponential_decay": Row(exponential_decay, math.inf, "η₀ · factor^(t / every)"),
        "linear_decay": Row(linear_decay, math.inf, "η₀ + (η_T − η₀) t / T"),
        "cosine_decay": Row(cosine_decay, math.inf, "η_T + ½ (η₀ − η_T)(1 + cos(π t / T))"),
        "inverse_sqrt": Row(inverse_sqrt, 0.5, "η₀ √(t₀ / (t₀ + t))"),
        "inverse_time": Row(inverse_time, 1.0, "η₀ / (1 + k t)"),
    }
)
"""Every schedule of the library, by name."""


def satisfies_robbins_monro(kind: str, power: float | None = None) -> bool:
    """Whether a schedule's rates are large enough to get anywhere and small enough to come to rest.

    That is: Σ η(t) = ∞ (any distance can be walked) and Σ η(t)² < ∞ (the noise dies out). For rates
    that fall like 1/tᵖ both hold for ½ < p ≤ 1.

    Parameters
    ----------
    kind : str
        A name in :data:`SCHEDULES` (with lr above 0, 0 < factor < 1, decay above 0), or
        ``"power"`` for η₀ / (1 + t)^power.
    power : float, at least 0
        Only for the kind ``"power"``.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        If there is no such kind, or ``power`` is missing or given in vain.

    References
    ----------
    H. Robbins and S. Monro (1951), equations 6 and 26, doi:10.1214/aoms/1177729586.

    Examples
    --------
    >>> [kind for kind in SCHEDULES if satisfies_robbins_monro(kind)]
    ['inverse_time']
    >>> satisfies_robbins_monro("power", power=0.5)
    False
    """
    if known(kind, (*SCHEDULES, "power"), "schedule") == "power":
        if power is None:
            raise TypeError('kind "power" needs a value for power, such as power=0.75.')
        p = number(power, "power", low=0)
    elif power is not None:
        raise TypeError(f'{kind} takes no power; only kind "power" does.')
    else:
        p = SCHEDULES[kind].power
    return 0.5 < p <= 1.0


def clock(t: Steps, end: float | None = None) -> Array:
    """Return the steps as float64, moved to the nearest end of [0, end]."""
    steps = as_floats(t, "t").astype(np.float64)
    if np.isnan(steps).any():
        raise ValueError("t is NaN, but must be a number of steps, counted from 0.")
    return np.asarray(np.clip(steps, 0.0, end))


def _share(t: Steps, T: int) -> Array:
    """Return t / T within [0, 1]."""
    T = count(T, "T", low=1)
    return clock(t, T) / T


def _fall(factor: float, every: int) -> tuple[float, int]:
    return number(factor, "factor", low=0, high=1), count(every, "every", low=1)


def _lr(value: float, name: str = "lr") -> float:
    return number(value, name, low=0)
