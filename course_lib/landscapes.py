"""Loss landscapes to look at, the same ones in every chapter: :data:`LANDSCAPES`.

Each is small enough for its minimum, curvature and picture to be known, so that what a rule does on
it can be compared with what theory says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ._objective import Objective, from_family
from ._validate import Array, above_zero, as_floats, known, number
from .kernels import landscapes as kernels

__all__ = [
    "LANDSCAPES",
    "Objective",
    "as_objective",
    "double_well",
    "quadratic",
    "rosenbrock",
    "saddle",
    "values",
]


def quadratic(eigenvalues: npt.ArrayLike = (1.0, 100.0), angle: float = 0.0) -> Objective:
    """½ wᵀHw, where H has the eigenvalues you choose.

    Parameters
    ----------
    eigenvalues : array_like of float, shape (n,)
        Curvatures λ along the axes; at least one. Negative ones make a saddle, with no minimum.
    angle : float
        Turns the axes of the first two coordinates counterclockwise, in radians.

    Returns
    -------
    Objective
        The start is (1, …, 1): as far from the minimum along every axis.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form.

    Examples
    --------
    >>> bowl = quadratic((1, 10))
    >>> value, gradient = bowl.value_and_gradient(np.array([1.0, 1.0]))
    >>> value, gradient
    (5.5, array([ 1., 10.]))
    """
    spectrum = as_floats(eigenvalues, "eigenvalues").astype(np.float64)
    if spectrum.ndim != 1 or not spectrum.size or not np.isfinite(spectrum).all():
        raise ValueError("eigenvalues must be one or more finite numbers, such as (1, 100).")
    angle = number(angle, "angle")
    n = spectrum.size
    if n == 1 and angle != 0:
        raise ValueError("angle must be 0 in one dimension: there is nothing to turn.")
    return from_family(
        "quadratic",
        kernels.QUADRATIC,
        [np.cos(angle), np.sin(angle), *spectrum],
        np.ones(n),
        minimizer=np.zeros(n) if spectrum.min() >= 0 else None,
        bounds=((-1.5, 1.5), (-1.5, 1.5)) if n == 2 else None,
        lipschitz=float(np.abs(spectrum).max()),
        eigenvalues=spectrum,
        equation="½ wᵀHw",
    )


def rosenbrock(a: float = 1.0, b: float = 100.0) -> Objective:
    """Rosenbrock's valley: (a − x)² + b (y − x²)², a long bent valley with steep walls.

    Parameters
    ----------
    a : float
        The minimum is at (a, a²).
    b : float, at least 0
        Steepness of the walls.

    Returns
    -------
    Objective

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    H. H. Rosenbrock (1960). An automatic method for finding the greatest or least value of a
    function. The Computer Journal 3(3), doi:10.1093/comjnl/3.3.175.

    Examples
    --------
    >>> rosenbrock().minimizer
    array([1., 1.])
    """
    a, b = number(a, "a"), number(b, "b", low=0)
    return from_family(
        "rosenbrock",
        kernels.ROSENBROCK,
        (a, b),
        (-1.2, 1.0),
        minimizer=(a, a * a),
        bounds=((-2.0, 2.0), (-1.0, 3.0)),
        equation="(a − x)² + b (y − x²)²",
    )


def saddle(a: float = 1.0, b: float = 1.0, c: float = 0.25) -> Objective:
    """½ a x² − ½ b y² + ¼ c y⁴: a saddle at the origin, between two minima at y = ±√(b/c).

    Parameters
    ----------
    a : float, at least 0
        Curvature along x, towards the saddle.
    b : float, above 0
        Curvature along y, away from it: steps of plain gradient descent at rate η leave it by a factor
        of 1 + ηb each.
    c : float, at least 0
        Bends the ways out upwards. With 0 it goes down without end, and there is no minimum.

    Returns
    -------
    Objective
        The start is a hair's breadth off the line that leads into the saddle.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> saddle().minimizer, saddle().minimum
    (array([0., 2.]), -1.0)
    """
    a, b, c = number(a, "a", low=0), number(b, "b", low=0), number(c, "c", low=0)
    above_zero(b, "b", "there would be no way down")
    exit_at = float(np.sqrt(b / c)) if c else None
    reach = 1.5 * exit_at if exit_at else 2.0
    return from_family(
        "saddle",
        kernels.SADDLE,
        (a, b, c),
        (-1.5, 0.01),
        minimizer=(0.0, exit_at) if exit_at else None,
        bounds=((-2.0, 2.0), (-reach, reach)),
        lipschitz=None if c else max(a, b),
        eigenvalues=None if c else (a, -b),
        equation="½ a x² − ½ b y² + ¼ c y⁴",
    )


def double_well(barrier: float = -0.25, depth: float = 1.0, across: float = 1.0) -> Objective:
    """Two wells, at x = −1 and x = +1, the sharper one the deeper.

    The slope along x is k (x² − 1)(x − m). So the curvature in the wells is 2k(1 + m) at −1 and
    2k(1 − m) at +1, and the well at +1 is deeper by −4km/3.

    Parameters
    ----------
    barrier : float, from −1 to 1
        m, where the top between the wells is. Below 0 the well at +1 is the sharper and deeper one;
        at 0 both are alike.
    depth : float, above 0
        k, scales everything along x.
    across : float, at least 0
        Curvature along y.

    Returns
    -------
    Objective
        With its minimum at 0; the start is in the flatter well.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> wells = double_well(barrier=-0.5)
    >>> wells.minimizer, wells.minimum
    (array([1., 0.]), 0.0)
    >>> round(wells.value_and_gradient([-1.0, 0.0])[0], 12)  # 4/3 · 1/2
    0.666666666667
    """
    m, c = number(barrier, "barrier", low=-1, high=1), number(across, "across", low=0)
    k = above_zero(depth, "depth", "there would be no wells")
    side = 1.0 if m <= 0 else -1.0
    lowest = k * side * (m + side * (-0.5 + side * (side / 4.0 - m / 3.0)))
    return from_family(
        "double_well",
        kernels.DOUBLE_WELL,
        (k, m, c, -lowest),
        (-1.4 * side, 1.0),
        minimizer=(side, 0.0),
        bounds=((-1.8, 1.8), (-1.4, 1.4)),
        equation="k (x⁴/4 − m x³/3 − x²/2 + m x) + ½ c y²",
    )


LANDSCAPES: Mapping[str, Callable[..., Objective]] = MappingProxyType(
    {
        "quadratic": quadratic,
        "rosenbrock": rosenbrock,
        "saddle": saddle,
        "double_well": double_well,
    }
)
"""The functions that make a landscape, by name."""


def as_objective(objective: str | Objective) -> Objective:
    """Return the objective that is given or named (with its default parameters).

    Parameters
    ----------
    objective : str or Objective
        A name in :data:`LANDSCAPES`, or an objective.

    Returns
    -------
    Objective

    Raises
    ------
    TypeError, ValueError
        If it is neither an objective nor the name of one.

    Examples
    --------
    >>> as_objective("rosenbrock").start
    array([-1.2,  1. ])
    """
    if isinstance(objective, Objective):
        return objective
    if not isinstance(objective, str):
        raise TypeError(
            f"an objective is a name or an Objective, not {type(objective).__name__}. "
            'To use your own function f(w), pass Objective("mine", f, start).'
        )
    return LANDSCAPES[known(objective, LANDSCAPES, "landscape")]()


def values(objective: str | Objective, points: npt.ArrayLike) -> Array:
    """Return the objective's value at many points, as for a contour plot.

    Parameters
    ----------
    objective : str or Objective
    points : array_like of float, shape (..., n)

    Returns
    -------
    ndarray of float64, shape (...)

    Raises
    ------
    ValueError
        If the points don't have the objective's dimension.

    Examples
    --------
    >>> values("quadratic", [[0, 0], [1, 0], [0, 1]])
    array([ 0. ,  0.5, 50. ])
    """
    its = as_objective(objective)
    where = as_floats(points, "points").astype(np.float64)
    n = np.size(its.start)
    if where.ndim == 0 or where.shape[-1] != n:
        raise ValueError(
            f"points has shape {where.shape}, but {its.name} needs (..., {n}): {n} coordinates last."
        )
    rows = where.reshape(-1, n)
    if its.family is None or not len(rows):
        out = np.array([its.value_and_gradient(row)[0] for row in rows], dtype=np.float64)
    else:
        out = np.empty(len(rows))
        kernels.values(its.family, its.params, rows, out)
    return out.reshape(where.shape[:-1])
