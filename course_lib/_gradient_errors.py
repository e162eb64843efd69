"""How far differences are from a gradient: along one direction, and for many steps.

Part of :mod:`course_lib.gradients`.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._differences import (
    Counted,
    Gradient,
    Loss,
    complex_step,
    forward_difference,
    gradient_at,
    numerical_gradient,
    reach,
    relative_error,
    value_at,
)
from ._validate import Array, a_function, finite64, generator, same_shape

__all__ = ["DirectionalCheck", "ErrorCurve", "directional_check", "error_curve"]


class DirectionalCheck(NamedTuple):
    """What :func:`directional_check` found.

    Attributes
    ----------
    analytic, numerical : float
        Slope of the loss along the direction: by the gradient, and by a central difference.
    error : float
        Their relative error.
    direction : ndarray of float64, shaped like ``x``
        Of length 1.
    evaluations : int
        Of the loss: 2.
    """

    analytic: float
    numerical: float
    error: float
    direction: Array
    evaluations: int


def directional_check(
    f: Loss,
    df: Gradient,
    x: npt.ArrayLike,
    direction: npt.ArrayLike | None = None,
    *,
    h: float | None = None,
    seed: int = 0,
) -> DirectionalCheck:
    """Compare a gradient with a difference along one direction: 2 evaluations, whatever n is.

    Parameters
    ----------
    f, df : callable
        The loss and its gradient.
    x : array_like of float, any shape, not empty
    direction : array_like of float, shaped like ``x``, optional
        Of any length but 0. Left out: drawn at random, evenly over all directions. A gradient that is
        wrong in one coordinate is then off by about 1/√n of that error.
    h : float, above 0, optional
        How far to go, in units of length. Left out: about ∛ε, relative to the largest |x| where that is
        above 1.
    seed : int
        Of the direction.

    Returns
    -------
    DirectionalCheck

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> x = np.arange(1000.0)
    >>> check = directional_check(lambda x: float(x @ x), lambda x: 2 * x, x)
    >>> check.evaluations, check.error < 1e-6
    (2, True)
    """
    point = finite64(x, "x")
    if direction is None:
        along = generator(seed, "seed").standard_normal(point.shape)
    else:
        along = finite64(direction, "direction")
        same_shape(along, point, "direction", "x")
    length = float(np.linalg.norm(along))
    if length == 0:
        raise ValueError("direction has length 0, but must point somewhere.")
    along = along / length
    step = reach(point, h)
    up, down = value_at(f, point + step * along), value_at(f, point - step * along)
    numerical = (up - down) / (2.0 * step)
    analytic = float((gradient_at(df, point) * along).sum())
    return DirectionalCheck(
        analytic, numerical, float(relative_error(analytic, numerical)), along, 2
    )


class ErrorCurve(NamedTuple):
    """Errors of the differences against their step: the V-curve.

    Attributes
    ----------
    h : ndarray of float64, shape (k,)
    forward, central, complex_step : ndarray of float64, shape (k,)
        ‖difference − gradient‖ / ‖gradient‖ for each step; ``complex_step`` is all NaN if the loss does
        not take complex numbers.
    evaluations : int
        Of the loss, in all.
    """

    h: Array
    forward: Array
    central: Array
    complex_step: Array
    evaluations: int


def error_curve(
    f: Loss, df: Gradient, x: npt.ArrayLike, h: npt.ArrayLike | None = None
) -> ErrorCurve:
    """Measure how wrong forward, central and complex-step differences are for many steps.

    Parameters
    ----------
    f, df : callable
        The loss and its gradient, which is taken as the truth.
    x : array_like of float, any shape
    h : array_like of float, shape (k,), above 0, optional
        Steps. Left out: from 1 down to 10⁻¹⁶, four in each factor of 10.

    Returns
    -------
    ErrorCurve

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or the gradient is 0 at ``x``.

    Examples
    --------
    >>> h = [1e-2, 1e-5, 1e-12]
    >>> curve = error_curve(lambda x: np.exp(x).sum(), np.exp, [1.0], h)
    >>> bool(curve.central[1] < 1e-9 < curve.central[0])
    True
    >>> curve.evaluations  # (2 + 2 + 1) for each of 3 steps
    15
    """
    point = finite64(x, "x")
    steps = np.geomspace(1.0, 1e-16, 65) if h is None else finite64(h, "h")
    if steps.ndim != 1 or not steps.size or steps.min() <= 0:
        raise ValueError("h must be one or more steps, each above 0.")
    truth = gradient_at(df, point)
    size = float(np.linalg.norm(truth))
    if not size > 0:
        raise ValueError(
            "the gradient is 0 at x, so there is no relative error. Take another point."
        )
    a_function(f, "f")
    loss = Counted(f)
    errors = np.full((3, steps.size), np.nan)
    analytic = _takes_complex(loss, point)
    loss.calls = 0
    for k, step in enumerate(steps.tolist()):
        errors[0, k] = np.linalg.norm(forward_difference(loss, point, step) - truth) / size
        errors[1, k] = np.linalg.norm(numerical_gradient(loss, point, step) - truth) / size
        if analytic:
            errors[2, k] = np.linalg.norm(complex_step(loss, point, step) - truth) / size
    return ErrorCurve(steps, errors[0], errors[1], errors[2], loss.calls)


def _takes_complex(f: Loss, x: Array) -> bool:
    """Whether the loss returns a complex number for a complex point."""
    try:
        with warnings.catch_warnings():  # float(z) only warns that it drops the imaginary part
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            return bool(np.iscomplexobj(f(x + 1e-20j)))
    except (TypeError, ValueError, np.exceptions.ComplexWarning):
        return False
