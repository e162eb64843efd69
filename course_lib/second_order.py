"""What the Hessian tells: the best constant rate, Newton's step, and what kind of point a point is.

Dense matrices, for up to about 2,000 weights: a Hessian takes n² numbers, a step n³/3 and more
operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, a_function, count, finite64, number

__all__ = [
    "Newton",
    "best_step_size",
    "classify_stationary_point",
    "newton",
    "newton_step",
]

# The smallest curvature that a damped Hessian keeps, as a share of its largest.
_FLOOR = 1e-6
_ROUNDING = 1e-12
_LARGEST = 2000


class Newton(NamedTuple):
    """A run of :func:`newton`.

    Attributes
    ----------
    path : ndarray of float64, shape (k + 1, n)
        Where it began, and after each of the k steps.
    losses : ndarray of float64, shape (k + 1,)
        Value at each point of the path.
    rates : ndarray of float64, shape (k,)
        Share of the full step that was taken.
    evaluations : int
        Values and gradients that were computed; those of the line search count.
    converged : bool
        Whether the gradient's norm fell to the tolerance.
    """

    path: Array
    losses: Array
    rates: Array
    evaluations: int
    converged: bool


def best_step_size(H: npt.ArrayLike) -> tuple[float, float]:
    """Return the constant rate with which gradient descent is fastest on a bowl, and how fast that is.

    Parameters
    ----------
    H : array_like of float, shape (n, n)
        The Hessian: symmetric, with positive eigenvalues from μ to L.

    Returns
    -------
    lr : float
        2 / (μ + L).
    rate : float
        (κ − 1) / (κ + 1), κ = L / μ: what a step multiplies the error by in the worst directions.

    Raises
    ------
    TypeError, ValueError
        If ``H`` is not such a matrix.

    References
    ----------
    .. [1] B. T. Polyak (1987). Introduction to optimization, section 1.4, theorem 3.

    Examples
    --------
    >>> lr, rate = best_step_size([[1.0, 0.0], [0.0, 3.0]])
    >>> round(lr, 12), round(rate, 12)
    (0.5, 0.5)
    """
    eigenvalues = np.linalg.eigvalsh(_hessian(H))
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    if low <= 0:
        raise ValueError(
            f"H has the eigenvalue {low:g}: there is no best rate unless all are positive."
        )
    return 2.0 / (low + high), (high - low) / (high + low)


def newton_step(g: npt.ArrayLike, H: npt.ArrayLike, damping: float = 0.0) -> Array:
    """Return the step Δ that Newton's method adds to the weights: (H + τ I) Δ = −g.

    Parameters
    ----------
    g : array_like of float, shape (n,)
        Gradient.
    H : array_like of float, shape (n, n)
        Hessian: symmetric, at most 2,000 rows.
    damping : float
        τ, at least 0. If H + τ I is not positive definite (beyond rounding), τ is raised until its
        smallest eigenvalue is 10⁻⁶ of the largest absolute one of H: the step then leads downhill; the
        plain one would lead to the nearest stationary point, saddles and maxima included.

    Returns
    -------
    ndarray of float64, shape (n,)
        The new weights are ``w + newton_step(g, H)``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Notes
    -----
    The system is solved; the inverse is never formed.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright (2006). Numerical optimization, equation 2.15; section 3.4 on the
       shift by a multiple of the identity.

    Examples
    --------
    >>> newton_step([2.0, 2.0], [[2.0, 0.0], [0.0, 4.0]])
    array([-1. , -0.5])
    >>> downhill = newton_step([1.0, 1.0], [[1.0, 0.0], [0.0, -1.0]])
    >>> bool(downhill @ [1.0, 1.0] < 0)
    True
    """
    matrix = _hessian(H)
    gradient = finite64(g, "g")
    if gradient.shape != matrix.shape[:1]:
        raise ValueError(
            f"g has shape {gradient.shape}, but must be ({len(matrix)},): H has shape {matrix.shape}."
        )
    shift = number(damping, "damping", low=0)
    damped = _shifted(matrix, shift)
    # Singular to rounding counts as singular: the solution would be noise.
    margin = _ROUNDING * float(np.abs(matrix).max()) or _ROUNDING
    if not _positive_definite(_shifted(damped, -margin)):
        eigenvalues = np.linalg.eigvalsh(matrix)
        floor = _FLOOR * float(np.abs(eigenvalues[[0, -1]]).max()) or 1.0
        damped = _shifted(matrix, max(shift, floor - float(eigenvalues[0])))
    step: Array = np.linalg.solve(damped, -gradient)
    return step


def newton(
    value_and_gradient: Callable[[Array], tuple[float, Array]],
    hessian: Callable[[Array], npt.ArrayLike],
    w0: npt.ArrayLike,
    steps: int = 50,
    *,
    damping: float = 0.0,
    line_search: bool = True,
    tolerance: float = 1e-10,
) -> Newton:
    """Follow Newton's method; with a line search and a damped Hessian it goes downhill everywhere.

    Parameters
    ----------
    value_and_gradient : callable
        ``value_and_gradient(w)`` returns f(w) and ∇f(w), shape (n,).
    hessian : callable
        ``hessian(w)`` returns the Hessian, shape (n, n).
    w0 : array_like of float, shape (n,)
        Where to begin.
    steps : int
        At most.
    damping : float
        See :func:`newton_step`.
    line_search : bool
        Whether a step is halved until it lowers f enough (Armijo's condition) or, where f is flat to
        rounding, halves the gradient. False: full steps, which may go up and away.
    tolerance : float
        Norm of the gradient at which to stop.

    Returns
    -------
    Newton
        A run that does not converge is a result too (``converged``), not an error. It ends early where
        no step lowers f any more or a number is not finite.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    References
    ----------
    .. [1] S. Boyd and L. Vandenberghe (2004). Convex optimization, algorithm 9.5.

    Examples
    --------
    >>> from course_lib.landscapes import quadratic
    >>> f, H = quadratic((1, 100)).value_and_gradient, np.diag([1.0, 100.0])
    >>> run = newton(f, lambda w: H, [1, 1])
    >>> len(run.path) - 1, run.converged
    (1, True)
    """
    a_function(value_and_gradient, "value_and_gradient")
    a_function(hessian, "hessian")
    w = finite64(w0, "w0")
    if w.ndim != 1:
        raise ValueError(f"w0 has shape {w.shape}, but must be a vector.")
    tolerance = number(tolerance, "tolerance", low=0)
    value, g = value_and_gradient(w.copy())
    path, losses, rates, evaluations = [w], [float(value)], [], 1
    for _ in range(count(steps, "steps")):
        if np.linalg.norm(g) <= tolerance:
            break
        step = newton_step(g, hessian(w.copy()), damping)
        rate = 1.0
        while True:
            new = w + rate * step
            value, new_g = value_and_gradient(new.copy())
            evaluations += 1
            enough = value <= losses[-1] + 1e-4 * rate * float(g @ step)
            # Close to the end, differences of f are rounding; the gradient still tells.
            flat = value <= losses[-1] + 1e-8 * (1.0 + abs(losses[-1]))
            enough = enough or (flat and np.linalg.norm(new_g) <= 0.5 * np.linalg.norm(g))
            if enough or not line_search or rate < 1e-12:
                break
            rate /= 2
        if not (np.isfinite(value) and np.isfinite(new_g).all()) or (line_search and not enough):
            break
        w, g = new, new_g
        path.append(w)
        losses.append(float(value))
        rates.append(rate)
    converged = bool(np.linalg.norm(g) <= tolerance)
    return Newton(np.array(path), np.array(losses), np.array(rates), evaluations, converged)


def classify_stationary_point(H: npt.ArrayLike, tol: float = 1e-8) -> str:
    """Say what kind of stationary point has this Hessian.

    Parameters
    ----------
    H : array_like of float, shape (n, n)
        Symmetric.
    tol : float
        Eigenvalues up to this share of the largest absolute one count as zero.

    Returns
    -------
    ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"undecided"``
        A saddle has eigenvalues of both signs, whatever else; undecided: some are zero and the others
        have one sign, so that higher derivatives decide.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Notes
    -----
    The determinant alone does not tell: that of −I is positive in two dimensions.

    Examples
    --------
    >>> classify_stationary_point([[-1.0, 0.0], [0.0, -1.0]])
    'maximum'
    """
    eigenvalues = np.linalg.eigvalsh(_hessian(H))
    zero = number(tol, "tol", low=0) * np.abs(eigenvalues).max()
    up, down = (eigenvalues > zero).any(), (eigenvalues < -zero).any()
    if up and down:
        return "saddle"
    if (np.abs(eigenvalues) <= zero).any():
        return "undecided"
    return "minimum" if up else "maximum"


def _hessian(H: npt.ArrayLike) -> Array:
    """Return ``H`` as a symmetric float64 matrix, or raise."""
    matrix = finite64(H, "H")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"H has shape {matrix.shape}, but must be square: (n, n).")
    if len(matrix) > _LARGEST:
        raise ValueError(
            f"H has {len(matrix)} rows, but dense second-order methods are for at most {_LARGEST}."
        )
    skew = np.abs(matrix - matrix.T).max()
    if skew > 1e-8 * np.abs(matrix).max():
        raise ValueError(
            f"H is not symmetric: entries differ from their mirror images by up to {skew:g}. "
            "If that is rounding, pass (H + H.T) / 2."
        )
    return matrix


def _shifted(matrix: Array, shift: float) -> Array:
    if shift == 0:
        return matrix
    shifted = matrix.copy()
    np.fill_diagonal(shifted, matrix.diagonal() + shift)
    return shifted


def _positive_definite(matrix: Array) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
