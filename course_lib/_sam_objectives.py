"""Sharpness-aware minimization in parts and on landscapes. Part of :mod:`course_lib.sharpness`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ._sam import gradient_nearby, sam_gradient
from ._validate import Array, a_function, as_floats, count, number
from .landscapes import Objective, as_objective

__all__ = ["m_sam_gradient", "sam_objective"]


def m_sam_gradient(
    loss_grad: Callable[[Array, Array, Array], tuple[float, Any]],
    w: npt.ArrayLike,
    X: Array,
    y: Array,
    rho: float,
    m: int,
) -> tuple[float, Array]:
    """Return SAM's gradient with a perturbation for every m examples, averaged over the examples.

    With m = N this is :func:`sam_gradient`. The smaller m, the sharper the worst case that each part
    finds for itself.

    Parameters
    ----------
    loss_grad : callable
        ``loss_grad(w, X, y)`` returns the **mean** loss of the examples and its gradient, as
        ``Model.loss_and_gradient`` does. Called twice for every part.
    w : array_like of float
        Weights; not changed.
    X, y : ndarray, shapes (N, ...) and (N,)
        The examples of the minibatch; at least one.
    rho : float, at least 0
        Radius ρ.
    m : int, from 1 to N
        Examples a part; the last part has what is left.

    Returns
    -------
    loss : float
        At ``w``, over all N examples.
    gradient : ndarray, shaped like ``w``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021), section 4.1. arXiv:2010.01412.

    Examples
    --------
    >>> def half_squares(w, X, y):
    ...     off = X @ w - y
    ...     return 0.5 * float(np.mean(off**2)), X.T @ off / len(X)
    >>> X, y = np.eye(2), np.array([1.0, -1.0])
    >>> m_sam_gradient(half_squares, np.zeros(2), X, y, rho=0.1, m=1)
    (0.5, array([-0.55,  0.55]))
    """
    a_function(loss_grad, "loss_grad")
    weights, rho = as_floats(w, "w"), number(rho, "rho", low=0)
    n, m = len(X), count(m, "m", low=1)
    if not n or len(y) != n:
        raise ValueError(f"X has {n} examples and y {len(y)} labels; expected as many, and not 0.")
    if m > n:
        raise ValueError(f"m is {m}, but must be at most {n}, the number of examples.")
    total, gradient, nearby = 0.0, np.zeros_like(weights), np.empty_like(weights)
    for start in range(0, n, m):
        rows = slice(start, start + m)
        part = _Part(loss_grad, X[rows], y[rows])
        loss, g = gradient_nearby(part, weights, rho, nearby)
        share = len(part.y) / n
        total += share * loss
        gradient += weights.dtype.type(share) * g
    return total, gradient


def sam_objective(objective: str | Objective, rho: float) -> Objective:
    """Return an objective whose gradient is SAM's: any rule that descends on it is SAM with that rule.

    Parameters
    ----------
    objective : str or Objective
    rho : float, at least 0
        Radius ρ.

    Returns
    -------
    Objective
        Its value is the loss at w itself, not at the perturbed weights; minimum, bounds and start are
        those of ``objective``. Each evaluation costs two of ``objective``, and
        ``Descent.evaluations`` counts it as one.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> from course_lib.descent import descend
    >>> from course_lib.landscapes import quadratic
    >>> objective = sam_objective(quadratic((4.0,)), rho=0.5)
    >>> run = descend(objective, steps=200, lr=0.1)
    >>> run.path[-2:].ravel().round(6)  # ηλρ / (2 − ηλ) = 0.125
    array([-0.125,  0.125])
    """
    known, rho = as_objective(objective), number(rho, "rho", low=0)

    def value_and_gradient(w: Array) -> tuple[float, Array]:
        return sam_gradient(known.value_and_gradient, w, rho)

    return known._replace(
        name=f"{known.name} seen by SAM (ρ = {rho:g})",
        value_and_gradient=value_and_gradient,
        family=None,
        params=None,
    )


class _Part:
    """The loss of some examples as a function of the weights."""

    def __init__(self, loss_grad: Callable[..., tuple[float, Any]], X: Array, y: Array) -> None:
        self.loss_grad, self.X, self.y = loss_grad, X, y

    def __call__(self, w: Array) -> tuple[float, Any]:
        return self.loss_grad(w, self.X, self.y)
