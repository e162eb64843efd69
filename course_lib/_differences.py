"""Forward, central and complex-step differences. Part of :mod:`course_lib.gradients`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ._validate import Array, a_function, above_zero, as_floats, finite, same_shape, scalar_or_array
from .kernels import gradients as kernels
from .kernels.policy import is_jitted, share_out

__all__ = [
    "Counted",
    "Gradient",
    "Loss",
    "best_steps",
    "complex_step",
    "forward_difference",
    "gradient_at",
    "numerical_gradient",
    "reach",
    "relative_error",
    "value_at",
]

Loss = Callable[[Array], Any]
Gradient = Callable[[Array], Any]


class Counted:
    """A function that counts how often it is called.

    Parameters
    ----------
    function : callable

    Attributes
    ----------
    calls : int

    Raises
    ------
    TypeError
        If ``function`` can't be called.

    Examples
    --------
    >>> loss = Counted(lambda x: float(x @ x))
    >>> _ = numerical_gradient(loss, np.ones(5))
    >>> loss.calls
    10
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        a_function(function, "function")
        self.function = function
        self.calls = 0

    def __call__(self, *args: Any) -> Any:
        """Call the function and add one."""
        self.calls += 1
        return self.function(*args)


def forward_difference(f: Loss, x: npt.ArrayLike, h: float | None = None) -> Array:
    """Return (f(x + h eᵢ) − f(x)) / h for every coordinate: n + 1 evaluations, error of order h.

    Parameters
    ----------
    f : callable
        The loss.
    x : array_like of float, any shape
    h : float, above 0, optional
        Step. Left out: about √ε, relative to |x| where that is above 1.

    Returns
    -------
    ndarray, shaped like ``x``
        float32 if ``x`` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``f`` does not return a number.

    References
    ----------
    J. Nocedal and S. J. Wright (2006). Numerical Optimization, equation 8.1. Springer.

    Examples
    --------
    >>> forward_difference(lambda x: float(x @ x), [1.0, -2.0]).round(6)
    array([ 2., -4.])
    """
    return _differences(f, x, h, central=False)


def numerical_gradient(f: Loss, x: npt.ArrayLike, h: float | None = None) -> Array:
    """Return (f(x + h eᵢ) − f(x − h eᵢ)) / 2h for every coordinate: 2n evaluations, error of order h².

    Parameters
    ----------
    f, x
        As in :func:`forward_difference`.
    h : float, above 0, optional
        Step. Left out: about ∛ε, relative to |x| where that is above 1.

    Returns
    -------
    ndarray, shaped like ``x``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``f`` does not return a number.

    References
    ----------
    J. Nocedal and S. J. Wright (2006). Numerical Optimization, equation 8.7. Springer.

    Examples
    --------
    >>> numerical_gradient(lambda x: float(x @ x), [1.0, -2.0]).round(9)
    array([ 2., -4.])
    """
    return _differences(f, x, h, central=True)


def complex_step(f: Loss, x: npt.ArrayLike, h: float = 1e-20) -> Array:
    """Return Im f(x + i h eᵢ) / h for every coordinate: n evaluations, nothing is subtracted.

    With no difference there is no loss of digits, so h can be as small as you like and the truncation
    error, of order h², vanishes.

    Parameters
    ----------
    f : callable
        The loss. It must work on complex numbers and be analytic: no ``abs``, no ``max``, no
        conjugate (``x @ x``, not ``np.vdot``).
    x : array_like of float, any shape
    h : float, above 0

    Returns
    -------
    ndarray of float64, shaped like ``x``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``f`` returns a real number.

    References
    ----------
    W. Squire and G. Trapp (1998). Using complex variables to estimate derivatives of real functions.
    SIAM Review 40(1), doi:10.1137/S003614459631241X.

    Examples
    --------
    >>> x = [0.0, 1.0]
    >>> complex_step(lambda x: np.exp(x).sum(), x) == np.exp(x)
    array([ True,  True])
    """
    point = finite(x, "x").astype(np.complex128)
    h = above_zero(h, "h")
    out = np.empty(point.shape)
    for i in np.ndindex(point.shape):
        moved = point.copy()
        moved[i] += 1j * h
        value = np.asarray(_call(f, moved))
        if value.shape != () or value.dtype.kind not in "fiuc":
            raise TypeError(f"f must return one number, but it returned {_described(value)}.")
        if value.dtype.kind != "c":
            raise ValueError(
                "f returned a real number for a complex point, so the derivative is lost. Leave out "
                "float(), abs() and .real."
            )
        out[i] = value.imag / h
    return out


def relative_error(a: npt.ArrayLike, b: npt.ArrayLike) -> Any:
    """Return |a − b| / max(|a|, |b|), element by element; 0 where both are 0.

    Parameters
    ----------
    a, b : array_like of float, of shapes that can be broadcast

    Returns
    -------
    float or ndarray of float64
        0 where they are equal, 2 where one is minus the other.

    Raises
    ------
    TypeError, ValueError
        If they are not real numbers, or their shapes don't fit.

    Examples
    --------
    >>> relative_error([0.0, 2.0, 1.0], [0.0, 1.0, -1.0])
    array([0. , 0.5, 2. ])
    """
    first, second = (as_floats(v, s).astype(np.float64) for v, s in ((a, "a"), (b, "b")))
    try:
        size = np.maximum(np.abs(first), np.abs(second))
    except ValueError:
        raise ValueError(
            f"a has shape {first.shape} and b has shape {second.shape}: they don't fit together."
        ) from None
    # Each is divided before the subtraction: a − b of two huge numbers could overflow.
    unit = np.where(size > 0, size, 1.0)
    error = np.abs(first / unit - second / unit)
    return scalar_or_array(error)


def best_steps(x: Array, central: bool, h: float | None = None) -> Array:
    """Return a step for every coordinate, in the dtype of ``x``: ``h`` everywhere if it is given."""
    if h is not None:
        return np.full(x.shape, above_zero(h, "h"), dtype=x.dtype)
    bits = np.finfo(x.dtype).nmant  # ε = 2^−bits
    power = np.ceil(np.log2(np.maximum(np.abs(x), 1.0))) - round(bits / (3 if central else 2))
    return np.asarray(np.exp2(power), dtype=x.dtype)


def value_at(f: Loss, x: Array) -> float:
    """Return f at a copy of ``x`` as a float, or raise ``TypeError`` if it is no real number."""
    value = np.asarray(_call(f, x.copy()))
    if value.size != 1 or value.dtype.kind not in "fiub":
        raise TypeError(f"f must return one real number, but it returned {_described(value)}.")
    return float(value.reshape(()))


def reach(x: Array, h: float | None = None) -> float:
    """Return how far to go along a direction: ``h`` if it is given, else about ∛ε times the largest |x|."""
    largest = np.array([np.abs(x).max(initial=0.0)])
    return float(best_steps(largest, central=True, h=h)[0])


def gradient_at(df: Gradient, x: Array) -> Array:
    """Return the gradient as float64, if it has the shape of ``x``."""
    a_function(df, "df")
    gradient = np.array(df(x), dtype=np.float64)
    same_shape(gradient, x, "what df returned", "x")
    return gradient


def _differences(f: Loss, x: npt.ArrayLike, h: float | None, *, central: bool) -> Array:
    point = finite(x, "x")
    steps = best_steps(point, central, h)
    out = np.empty_like(point)
    here = 0.0 if central else value_at(f, point)
    if is_jitted(f) and point.ndim == 1 and point.dtype == np.float64:
        try:
            # A loss looks at every coordinate at least once: that is the least it can cost.
            work = 4.0 * point.size**2
            share_out(kernels.differences, point.size, work, f, point, steps, central, here, out)
            return out
        except TypeError:  # not a function of one vector that returns a float: let Python call it
            pass
    for i in np.ndindex(point.shape):
        moved = point.copy()
        moved[i] = point[i] + steps[i]
        up = value_at(f, moved)
        if central:
            moved[i] = point[i] - steps[i]
            out[i] = (up - value_at(f, moved)) / (2.0 * float(steps[i]))
        else:
            out[i] = (up - here) / float(steps[i])
    return out


def _call(f: Loss, x: Array) -> Any:
    a_function(f, "f")
    return f(x)


def _described(value: Array) -> str:
    return f"an array of shape {value.shape}" if value.shape else f"{value.dtype} {value[()]!r}"
