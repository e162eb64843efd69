"""Linear models with a penalty, solved exactly: ridge by singular values, lasso by coordinate descent.

Part of :mod:`course_lib.regularization`, which states the conventions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, above_zero, count, finite64, number, one_a_row
from .kernels import regularization as kernels

__all__ = [
    "LassoPath",
    "LinearFit",
    "lasso_alpha_max",
    "lasso_path",
    "lasso_solution",
    "ridge_solution",
    "ridge_with_intercept",
]


def ridge_solution(X: npt.ArrayLike, y: npt.ArrayLike, alpha: float) -> Array:
    """Return the w that minimizes ‖Xw − y‖² / 2N + ½ α ‖w‖²: (XᵀX/N + αI)⁻¹ Xᵀy/N.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
        One example a row. Columns may depend on each other.
    y : array_like of float, shape (N,) or (N, k)
        One target an example, or k.
    alpha : float, at least 0
        α. With 0 this is least squares; if many w fit equally well, the shortest of them, which is
        also where α → 0 leads.

    Returns
    -------
    ndarray of float64, shape (n,) or (n, k)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Notes
    -----
    By singular values, X = U S Vᵀ: w = V diag(s / (s² + Nα)) Uᵀy. The condition number of XᵀX, the
    square of that of X, never enters. Singular values below rounding count as zero.

    References
    ----------
    A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for nonorthogonal
    problems, equation 2.1. doi:10.1080/00401706.1970.10488634.

    Examples
    --------
    >>> X, y = [[1.0, 1.0], [1.0, 1.0]], [2.0, 2.0]  # equal columns
    >>> [ridge_solution(X, y, alpha).round(12).tolist() for alpha in (0, 2)]
    [[1.0, 1.0], [0.5, 0.5]]
    """
    examples, targets = _data(X, y, several=True)
    alpha = number(alpha, "alpha", low=0)
    U, s, Vt = np.linalg.svd(examples, full_matrices=False)
    seen = s > max(examples.shape) * np.finfo(np.float64).eps * s[:1]
    U, s, Vt = U[:, seen], s[seen], Vt[seen]
    return np.asarray(Vt.T @ ((U / (s + len(examples) * alpha / s)).T @ targets))


class LinearFit(NamedTuple):
    """A linear model, y ≈ X w + intercept.

    Attributes
    ----------
    w : ndarray of float64, shape (n,) or (n, k)
    intercept : ndarray of float64, shape () or (k,)
    """

    w: Array
    intercept: Array


def ridge_with_intercept(X: npt.ArrayLike, y: npt.ArrayLike, alpha: float) -> LinearFit:
    """Ridge regression with an intercept, which is not penalized.

    Parameters
    ----------
    X, y, alpha
        See :func:`ridge_solution`. ``X`` has no column of ones.

    Returns
    -------
    LinearFit

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0]], [10.0, 11.0, 12.0]
    >>> fit = ridge_with_intercept(X, y, alpha=0.0)
    >>> fit.w.round(12), float(fit.intercept.round(12))
    (array([1.]), 10.0)
    """
    examples, targets = _data(X, y, several=True)
    mean, middle = examples.mean(axis=0), targets.mean(axis=0)
    w = ridge_solution(examples - mean, targets - middle, alpha)
    return LinearFit(w, np.asarray(middle - mean @ w))


class LassoPath(NamedTuple):
    """Solutions for many α; for one, see :func:`lasso_solution`.

    Attributes
    ----------
    alphas : ndarray of float64, shape (k,)
        From the largest to the smallest.
    w : ndarray of float64, shape (k, n)
        One solution a row.
    sweeps : ndarray of int64, shape (k,)
        Passes over all weights that it took.
    violation : ndarray of float64, shape (k,)
        By how much the worst slope misses the condition of optimality; above the tolerance only
        where ``max_sweeps`` did not suffice.
    """

    alphas: Array
    w: Array
    sweeps: Array
    violation: Array


def lasso_alpha_max(X: npt.ArrayLike, y: npt.ArrayLike, l1_ratio: float = 1.0) -> float:
    """Return max |Xᵀy| / (N r): from this α on all weights of the lasso are exactly zero.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
    y : array_like of float, shape (N,)
    l1_ratio : float, above 0, up to 1
        r; see :func:`lasso_path`.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Examples
    --------
    >>> lasso_alpha_max([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
    4.0
    """
    examples, targets = _data(X, y)
    r = number(l1_ratio, "l1_ratio", low=0, high=1)
    r = above_zero(r, "l1_ratio", "without L1 no weight is ever zero")
    return float(np.abs(examples.T @ targets).max() / len(examples) / r)


def lasso_path(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    alphas: npt.ArrayLike | None = None,
    l1_ratio: float = 1.0,
    *,
    tol: float = 1e-10,
    max_sweeps: int = 100_000,
) -> LassoPath:
    """Minimize ‖Xw − y‖² / 2N + α (r Σ|w| + ½ (1 − r) Σw²) for many α, by coordinate descent.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
        One example a row. No intercept is fitted: center the columns and ``y`` for one.
    y : array_like of float, shape (N,)
    alphas : array_like of float, shape (k,), at least 0, optional
        In any order. Left out: 100 values from :func:`lasso_alpha_max` down to a thousandth of it,
        evenly spaced on a logarithmic scale.
    l1_ratio : float, 0 to 1
        r: 1 is the lasso, 0 is ridge, between them is the elastic net.
    tol : float, at least 0
        How exactly the condition of optimality is met, as a share of max |Xᵀy| / N.
    max_sweeps : int, at least 1
        Passes over all weights for one α.

    Returns
    -------
    LassoPath
        Each solution begins at the one before it. One that is not exact is a result too
        (``violation``), not an error.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Notes
    -----
    Works on XᵀX, so it is made for n up to a few thousand; memory is n² numbers.

    References
    ----------
    J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized linear models
    via coordinate descent, equations 5 and 9. doi:10.18637/jss.v033.i01.

    Examples
    --------
    >>> X, y = [[2.0, 0.0], [0.0, 2.0]], [3.0, 1.0]
    >>> path = lasso_path(X, y, alphas=[0.5, 1.0, 3.0])
    >>> path.alphas, path.w
    (array([3. , 1. , 0.5]), array([[0.  , 0.  ],
           [1.  , 0.  ],
           [1.25, 0.25]]))
    """
    examples, targets = _data(X, y)
    r, tol = number(l1_ratio, "l1_ratio", low=0, high=1), number(tol, "tol", low=0)
    max_sweeps = count(max_sweeps, "max_sweeps", low=1)
    if alphas is None:
        grid = lasso_alpha_max(examples, targets, r) * np.geomspace(1.0, 1e-3, 100)
    else:
        grid = np.sort(finite64(alphas, "alphas"))[::-1].copy()
        if grid.ndim != 1 or not grid.size or grid.min() < 0:
            raise ValueError("alphas must be one or more numbers, each at least 0.")
    N, n = examples.shape
    gram, target = examples.T @ examples / N, examples.T @ targets / N
    path = LassoPath(grid, np.empty((grid.size, n)), np.empty(grid.size, np.int64), grid.copy())
    w, near = np.zeros(n), tol * float(np.abs(target).max())
    for k, alpha in enumerate(grid.tolist()):
        l1, l2, gram_w = alpha * r, alpha * (1.0 - r), gram @ w
        path.sweeps[k] = kernels.coordinate_descent(
            gram, target, l1, l2, near, max_sweeps, w, gram_w
        )
        path.w[k] = w
        path.violation[k] = kernels.worst_slope(target, l1, l2, w, gram @ w)
    return path


def lasso_solution(
    X: npt.ArrayLike, y: npt.ArrayLike, alpha: float, l1_ratio: float = 1.0
) -> Array:
    """Return the w that minimizes ‖Xw − y‖² / 2N + α (r Σ|w| + ½ (1 − r) Σw²).

    Parameters
    ----------
    X : array_like of float, shape (N, n)
    y : array_like of float, shape (N,)
    alpha : float, at least 0
    l1_ratio : float, 0 to 1
        r: 1 is the lasso, below it is the elastic net.

    Returns
    -------
    ndarray of float64, shape (n,)
        See :func:`lasso_path` for how exact it is.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Examples
    --------
    >>> lasso_solution([[2.0, 0.0], [0.0, 2.0]], [3.0, 1.0], alpha=1.0)
    array([1., 0.])
    """
    return np.array(lasso_path(X, y, [number(alpha, "alpha", low=0)], l1_ratio).w[0])


def _data(X: npt.ArrayLike, y: npt.ArrayLike, several: bool = False) -> tuple[Array, Array]:
    """Return examples and targets as float64 arrays that fit together."""
    examples, targets = one_a_row(finite64(X, "X")), finite64(y, "y")
    wanted = (1, 2) if several else (1,)
    if targets.ndim not in wanted or len(targets) != len(examples):
        raise ValueError(
            f"y has shape {targets.shape}, but X has {len(examples)} examples: expected "
            f"({len(examples)},)" + (f" or ({len(examples)}, k)." if several else ".")
        )
    return examples, targets
