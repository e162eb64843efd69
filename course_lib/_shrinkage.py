"""By how much a penalty, or stopping early, shrinks weights. Part of :mod:`course_lib.regularization`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._validate import Array, above_zero, count, finite64, no_negative, number

__all__ = [
    "early_stopping_alpha",
    "early_stopping_factors",
    "effective_dof",
    "ridge_shrinkage",
    "shrinkage_factors",
]


def shrinkage_factors(eigenvalues: npt.ArrayLike, alpha: float) -> Array:
    """Return λ / (λ + α): by which an L2 penalty multiplies w* along each eigenvector of H.

    Parameters
    ----------
    eigenvalues : array_like of float, any shape, at least 0
        λ, the curvatures.
    alpha : float, at least 0

    Returns
    -------
    ndarray of float64, shaped like ``eigenvalues``
        From 0 to 1. Where λ = 0 it is 0, even for α = 0: that is the limit α → 0.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> shrinkage_factors([0.0, 1.0, 9.0], 1.0)
    array([0. , 0.5, 0.9])
    """
    spectrum = finite64(eigenvalues, "eigenvalues")
    no_negative(spectrum, "eigenvalues", "curvatures at a minimum")
    alpha = number(alpha, "alpha", low=0)
    total = spectrum + alpha
    return np.divide(spectrum, total, out=np.zeros_like(spectrum), where=total > 0)


def effective_dof(eigenvalues: npt.ArrayLike, alpha: float) -> float:
    """Return Σ λ / (λ + α): how many parameters the penalty leaves free, in effect.

    Parameters
    ----------
    eigenvalues : array_like of float, at least 0
    alpha : float, at least 0

    Returns
    -------
    float
        From 0 to the number of eigenvalues that are not 0.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning, second
    edition, equation 3.50. Springer.

    Examples
    --------
    >>> round(effective_dof([100.0, 1.0, 0.0], 1.0), 3)
    1.49
    """
    return float(shrinkage_factors(eigenvalues, alpha).sum())


def ridge_shrinkage(H: npt.ArrayLike, w_star: npt.ArrayLike, alpha: float) -> Array:
    """Return (H + αI)⁻¹ H w*: where the minimum w* of ½ (w − w*)ᵀH(w − w*) goes under ½ α ‖w‖².

    Parameters
    ----------
    H : array_like of float, shape (n, n)
        Hessian at w*: symmetric, no negative eigenvalue.
    w_star : array_like of float, shape (n,)
    alpha : float, at least 0
        For α = 0 and a singular H this is the limit α → 0: w* projected onto the range of H.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville (2016). Deep Learning, section 7.1.1. MIT Press.

    Examples
    --------
    >>> ridge_shrinkage([[1.0, 0.0], [0.0, 9.0]], [1.0, 1.0], alpha=1.0)
    array([0.5, 0.9])
    """
    hessian, best = finite64(H, "H"), finite64(w_star, "w_star")
    if best.ndim != 1 or hessian.shape != (best.size, best.size):
        raise ValueError(
            f"H has shape {hessian.shape} and w_star {best.shape}, but (n, n) and (n,) are needed."
        )
    largest = np.abs(hessian).max(initial=0.0)
    if (np.abs(hessian - hessian.T) > 1e-10 * largest).any():
        raise ValueError("H must be symmetric, as a Hessian is.")
    spectrum, axes = np.linalg.eigh(hessian)
    rounding = best.size * np.finfo(np.float64).eps * largest
    # What rounding has made of a zero eigenvalue, of either sign, is a zero.
    spectrum = np.where(np.abs(spectrum) <= 4 * rounding, 0.0, spectrum)
    return np.asarray(axes @ (shrinkage_factors(spectrum, alpha) * (axes.T @ best)))


def early_stopping_factors(eigenvalues: npt.ArrayLike, lr: float, steps: int) -> Array:
    """Return 1 − (1 − η λ)^τ: how far τ steps of gradient descent from 0 get along each eigenvector.

    Parameters
    ----------
    eigenvalues : array_like of float, any shape
        λ.
    lr : float, at least 0
        η.
    steps : int, at least 0
        τ.

    Returns
    -------
    ndarray of float64, shaped like ``eigenvalues``
        1 is w* itself.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville (2016). Deep Learning, equation 7.40. MIT Press.

    Examples
    --------
    >>> early_stopping_factors([0.0, 1.0, 10.0], lr=0.1, steps=2).round(6)
    array([0.  , 0.19, 1.  ])
    """
    spectrum = finite64(eigenvalues, "eigenvalues")
    lr, steps = number(lr, "lr", low=0), count(steps, "steps")
    # expm1 and log1p: for ηλ near rounding, 1 − (1 − ηλ)^τ would lose all its digits.
    small = np.minimum(lr * spectrum, 0.5)
    with np.errstate(over="ignore"):  # beyond 2/λ it diverges, and infinity says so
        far = 1.0 - (1.0 - lr * spectrum) ** steps
    return np.where(lr * spectrum <= 0.5, -np.expm1(steps * np.log1p(-small)), far)


def early_stopping_alpha(lr: float, steps: int) -> float:
    """Return 1 / (τ η): the α of the L2 penalty that τ steps of gradient descent from 0 amount to.

    It holds along directions with ηλ ≪ 1 and λ ≪ α, to first order in both.

    Parameters
    ----------
    lr : float, above 0
    steps : int, at least 1

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville (2016). Deep Learning, equation 7.45. MIT Press.

    Examples
    --------
    >>> early_stopping_alpha(lr=0.5, steps=20)
    0.1
    """
    return 1.0 / (above_zero(lr, "lr") * count(steps, "steps", low=1))
