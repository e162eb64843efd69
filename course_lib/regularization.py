"""Penalties on weights, what each does to one weight, and linear models that they regularize.

Conventions, kept everywhere: the loss of a linear model is ½ the *mean* squared error,
J(w) = ‖Xw − y‖² / 2N, so that its Hessian is H = XᵀX/N; the L2 penalty has the ½ as well, ½ α ‖w‖²,
so that its gradient is αw.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ._linear import (
    LassoPath,
    LinearFit,
    lasso_alpha_max,
    lasso_path,
    lasso_solution,
    ridge_solution,
    ridge_with_intercept,
)
from ._shrinkage import (
    early_stopping_alpha,
    early_stopping_factors,
    effective_dof,
    ridge_shrinkage,
    shrinkage_factors,
)
from ._validate import Array, above_zero, finite, known, no_negative, number, same_shape, spread

__all__ = [
    "PENALTIES",
    "LassoPath",
    "LinearFit",
    "decay_step",
    "early_stopping_alpha",
    "early_stopping_factors",
    "effective_dof",
    "lasso_alpha_max",
    "lasso_path",
    "lasso_solution",
    "penalty",
    "proximal",
    "ridge_shrinkage",
    "ridge_solution",
    "ridge_with_intercept",
    "shrinkage_factors",
    "soft_threshold",
]


PENALTIES: Mapping[str, str] = MappingProxyType(
    {
        "l2": "½ λ Σ w²",
        "l2_without_half": "λ Σ w²",
        "l1": "λ Σ |w|",
        "elastic_net": "λ Σ (r |w| + ½ (1 − r) w²)",
        "huber": "λ Σ (w² / 2δ where |w| ≤ δ, |w| − δ/2 elsewhere)",
    }
)
"""Every kind of penalty, with its equation."""


def penalty(
    W: npt.ArrayLike,
    lam: float,
    kind: str = "l2",
    *,
    l1_ratio: float = 0.5,
    delta: float = 0.01,
    penalized: npt.ArrayLike | None = None,
) -> tuple[float, Array]:
    """Return a penalty and its gradient.

    Parameters
    ----------
    W : array_like of float, any shape
        Weights.
    lam : float, at least 0
        λ.
    kind : str
        A name in :data:`PENALTIES`.
    l1_ratio : float, 0 to 1
        r, the share of L1 in an elastic net.
    delta : float, above 0
        δ, where Huber's penalty goes over from a parabola to a straight line.
    penalized : array_like of bool, broadcast to the shape of ``W``, optional
        False where a weight goes free, as a bias should. All are penalized if left out.

    Returns
    -------
    R : float
    dR : ndarray, shaped like ``W``
        float32 if ``W`` is, else float64. |w| has no slope at 0; there it is taken as 0.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    R. Tibshirani (1996). Regression shrinkage and selection via the lasso, JRSS B 58(1). H. Zou and
    T. Hastie (2005). Regularization and variable selection via the elastic net, JRSS B 67(2).
    P. J. Huber (1964). Robust estimation of a location parameter, doi:10.1214/aoms/1177703732.

    Examples
    --------
    >>> penalty([3.0, -4.0], 0.1)
    (1.25, array([ 0.3, -0.4]))
    >>> penalty([3.0, -4.0], 0.1, "l1", penalized=[True, False])
    (0.30000000000000004, array([0.1, 0. ]))
    """
    weights, lam = finite(W, "W"), number(lam, "lam", low=0)
    known(kind, PENALTIES, "penalty")
    mask = _mask(penalized, weights)
    counted = weights.astype(np.float64) * mask
    size = np.abs(counted)
    if kind == "l2":
        R, slope = 0.5 * counted**2, counted
    elif kind == "l2_without_half":
        R, slope = counted**2, 2.0 * counted
    elif kind == "l1":
        R, slope = size, np.sign(counted)
    elif kind == "elastic_net":
        r = number(l1_ratio, "l1_ratio", low=0, high=1)
        R = r * size + 0.5 * (1.0 - r) * counted**2
        slope = r * np.sign(counted) + (1.0 - r) * counted
    else:
        d = above_zero(delta, "delta")
        slope = np.clip(counted / d, -1.0, 1.0)
        R = slope * (counted - 0.5 * d * slope)
    return lam * float(R.sum()), (lam * slope).astype(weights.dtype)


def soft_threshold(w: npt.ArrayLike, t: npt.ArrayLike) -> Array:
    """Return sign(w) · max(|w| − t, 0): what an L1 penalty of weight t leaves of each weight.

    Parameters
    ----------
    w : array_like of float, any shape
    t : float or array_like of float, at least 0
        One threshold, or one a weight.

    Returns
    -------
    ndarray, shaped like ``w``
        float32 if ``w`` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    D. L. Donoho (1995). De-noising by soft-thresholding, equation 3, doi:10.1109/18.382009.

    Examples
    --------
    >>> soft_threshold([-3.0, 0.5, 2.0], 1.0)
    array([-2.,  0.,  1.])
    """
    weights, threshold = finite(w, "w"), no_negative(finite(t, "t"), "t", "a threshold")
    limit = spread(threshold, "t", weights, "w").astype(weights.dtype)
    return np.asarray(weights - np.clip(weights, -limit, limit))


def proximal(
    w: npt.ArrayLike, t: float, kind: str = "l1", *, l1_ratio: float = 0.5, delta: float = 0.01
) -> Array:
    """Return the v that minimizes ½ ‖v − w‖² + penalty(v, t, kind): what the penalty does to a weight.

    Parameters
    ----------
    w : array_like of float, any shape
    t : float, at least 0
        Weight of the penalty (a step's learning rate times λ, in proximal gradient descent).
    kind : str
        A name in :data:`PENALTIES`.
    l1_ratio, delta : float
        See :func:`penalty`.

    Returns
    -------
    ndarray, shaped like ``w``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    N. Parikh and S. Boyd (2014). Proximal algorithms, sections 6.1 and 6.5. doi:10.1561/2400000003.

    Examples
    --------
    >>> proximal([-3.0, 0.5], 1.0, "l1"), proximal([-3.0, 0.5], 1.0, "l2")
    (array([-2.,  0.]), array([-1.5 ,  0.25]))
    """
    weights, t = finite(w, "w"), number(t, "t", low=0)
    known(kind, PENALTIES, "penalty")
    if kind == "l2":
        new = weights / (1.0 + t)
    elif kind == "l2_without_half":
        new = weights / (1.0 + 2.0 * t)
    elif kind == "l1":
        new = soft_threshold(weights, t)
    elif kind == "elastic_net":
        r = number(l1_ratio, "l1_ratio", low=0, high=1)
        new = soft_threshold(weights, t * r) / (1.0 + t * (1.0 - r))
    else:
        d = above_zero(delta, "delta")
        new = weights - t * np.clip(weights / (d + t), -1.0, 1.0)
    return np.asarray(new, dtype=weights.dtype)


def decay_step(w: npt.ArrayLike, g: npt.ArrayLike, lr: float, lam: float) -> Array:
    """Return (1 − η λ) w − η g: a gradient step with weight decay.

    The decay acts on the weight before the step. It keeps the sign only while ηλ < 1; beyond,
    the weight changes its sign, and beyond ηλ = 2 it grows.

    Parameters
    ----------
    w, g : array_like of float, same shape
        Weights and the gradient there.
    lr, lam : float, at least 0
        η and λ.

    Returns
    -------
    ndarray, shaped like ``w``
        float32 if ``w`` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    References
    ----------
    S. J. Hanson and L. Y. Pratt (1988). Comparing biases for minimal network construction with
    back-propagation. NIPS 1.

    Examples
    --------
    >>> decay_step([1.0, 2.0], [0.0, 1.0], lr=0.1, lam=0.5)
    array([0.95, 1.8 ])
    """
    weights, slope = finite(w, "w"), finite(g, "g")
    same_shape(slope, weights, "g", "w")
    lr, lam = number(lr, "lr", low=0), number(lam, "lam", low=0)
    return np.asarray((1.0 - lr * lam) * weights - lr * slope, dtype=weights.dtype)


def _mask(penalized: npt.ArrayLike | None, weights: Array) -> Array:
    """Return True where a weight is penalized."""
    mask = np.asarray(True if penalized is None else penalized)
    if mask.dtype != bool:
        raise TypeError(f"penalized must hold True and False, but its dtype is {mask.dtype}.")
    return spread(mask, "penalized", weights, "W")
