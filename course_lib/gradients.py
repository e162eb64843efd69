"""Numerical derivatives: differences of a loss, and how they compare with a gradient written by hand.

A *loss* is a function ``f(x)`` that takes an array and returns a number; a *gradient* is a function
``df(x)`` that returns an array shaped like ``x``. Both are given a fresh copy of the point each time, so
what they do to it does no harm.

With a step h, the truncation error of a difference grows with h (like h for forward, h² for central
differences) and its rounding error falls (like ε/h), so the best step lies between: about √ε forward
and ∛ε central. Left out, h is the power of 2 next to that, times that next above |x| where |x| > 1: a
power of 2, because x + h is then rarely rounded.

A loss compiled with numba's ``@njit`` is differenced in a compiled loop, on several threads if it pays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._differences import (
    Counted,
    Gradient,
    best_steps,
    complex_step,
    forward_difference,
    gradient_at,
    numerical_gradient,
    reach,
    relative_error,
)
from ._gradient_check import GradientReport, gradient_check
from ._gradient_errors import DirectionalCheck, ErrorCurve, directional_check, error_curve
from ._validate import Array, finite64, of_type, same_shape
from .kernels import gradients as kernels
from .kernels.policy import jit_enabled, share_out
from .models import Model

__all__ = [
    "Counted",
    "DirectionalCheck",
    "ErrorCurve",
    "GradientReport",
    "complex_step",
    "directional_check",
    "error_curve",
    "forward_difference",
    "gradient_check",
    "hessian",
    "hessian_vector_product",
    "network_gradient",
    "numerical_gradient",
    "relative_error",
]


def hessian_vector_product(
    df: Gradient, x: npt.ArrayLike, v: npt.ArrayLike, h: float | None = None
) -> Array:
    """Return H v by a central difference of the gradient along v: 2 gradients, whatever n is.

    Parameters
    ----------
    df : callable
        The gradient.
    x, v : array_like of float, same shape
        Point and direction, of any length.
    h : float, above 0, optional
        How far to go along v, in units of length. Left out: about ∛ε, relative to the largest |x|
        where that is above 1.

    Returns
    -------
    ndarray of float64, shaped like ``x``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``df`` returns another shape.

    References
    ----------
    B. A. Pearlmutter (1994). Fast exact multiplication by the Hessian, section 2.
    doi:10.1162/neco.1994.6.1.147.

    Examples
    --------
    >>> H = np.array([[2.0, 1.0], [1.0, 3.0]])
    >>> hessian_vector_product(lambda x: H @ x, [1, 1], [1, 0]).round(9)
    array([2., 1.])
    """
    point, along = (finite64(a, s) for a, s in ((x, "x"), (v, "v")))
    same_shape(along, point, "v", "x")
    length = float(np.linalg.norm(along))
    if length == 0:
        return np.zeros_like(point)
    far = reach(point, h)
    step = along / length * far
    difference = gradient_at(df, point + step) - gradient_at(df, point - step)
    return np.asarray(difference * (length / (2.0 * far)))


def hessian(df: Gradient, x: npt.ArrayLike, h: float | None = None) -> Array:
    """Return the Hessian by central differences of the gradient: 2n gradients.

    Parameters
    ----------
    df : callable
        The gradient.
    x : array_like of float, shape (n,)
    h : float, above 0, optional
        Step. Left out: about ∛ε, relative to |x| where that is above 1.

    Returns
    -------
    ndarray of float64, shape (n, n)
        Symmetric: the mean of what was found and its transpose.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``df`` returns another shape.

    References
    ----------
    J. Nocedal and S. J. Wright (2006). Numerical Optimization, section 8.1. Springer.

    Examples
    --------
    >>> def df(x): return np.array([2 * x[0] * x[1], x[0] ** 2])
    >>> hessian(df, [1.0, 3.0]).round(9)
    array([[6., 2.],
           [2., 0.]])
    """
    point = finite64(x, "x")
    if point.ndim != 1:
        raise ValueError(f"x has shape {point.shape}, but must be a vector, (n,).")
    steps = best_steps(point, central=True, h=h)
    H = np.empty((point.size, point.size))
    for i in range(point.size):
        e = np.zeros_like(point)
        e[i] = steps[i]
        H[i] = (gradient_at(df, point + e) - gradient_at(df, point - e)) / (2.0 * steps[i])
    return 0.5 * (H + H.T)


def network_gradient(
    model: Model, w: npt.ArrayLike, X: npt.ArrayLike, y: npt.ArrayLike, h: float | None = None
) -> Array:
    """Central differences of a network's loss, like :func:`numerical_gradient` but far quicker.

    They are the same 2n values of the loss. For a :func:`~course_lib.models.two_layer_network`, each
    is found from one common forward pass and from what one weight can change: one hidden unit, or one
    score. That also saves most rounding errors. Other models are evaluated 2n times.

    Parameters
    ----------
    model : Model
    w : array_like of float, shape (n,)
        Its weights.
    X : array_like of float, shape (N, inputs)
    y : array_like of int, shape (N,)
        Labels.
    h : float, above 0, optional
        Step. Left out: about ∛ε, relative to |w| where that is above 1.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Examples
    --------
    >>> from course_lib.models import two_layer_network
    >>> model = two_layer_network(3, hidden=4, n_out=2, activation="tanh")
    >>> w, X, y = model.init(0), np.eye(3), np.array([0, 1, 1])
    >>> _, gradient = model.loss_and_gradient(w, X, y)
    >>> differences = network_gradient(model, w, X, y)
    >>> bool(np.allclose(differences, gradient, atol=1e-9))
    True
    """
    of_type(model, Model, "model", "two_layer_network()")
    weights = finite64(w, "w")
    inputs, labels = finite64(X, "X"), np.asarray(y)
    here, _ = model.loss_and_gradient(weights, inputs, labels)  # says what is wrong, if anything
    steps = best_steps(weights, central=True, h=h)
    if jit_enabled() and tuple(model.shapes) == ("W1", "b1", "W2", "b2"):  # one hidden layer
        W2 = np.ascontiguousarray(model.unpack(weights)["W2"])
        p = _probabilities(model, weights, inputs)
        # How far a score can move: activations have slopes of at most 1.
        far = max(1.0, float(np.abs(inputs).max())) * max(1.0, float(np.abs(W2).max()))
        hidden = np.abs(_hidden(model, weights, inputs)[1]).max()
        near = steps.max() * max(far, float(hidden)) <= kernels.LARGEST_CHANGE
        # A loss of one's own, with a penalty perhaps, is not this one.
        with np.errstate(divide="ignore"):
            plain = np.isclose(-np.log(p[labels, np.arange(len(inputs))]).mean(), here, rtol=1e-9)
        if near and plain:
            return _network_central(model, weights, inputs, labels, p, steps)

    def loss(v: Array) -> float:
        return model.loss_and_gradient(v, inputs, labels)[0]

    return numerical_gradient(loss, weights, h)


def _hidden(model: Model, w: Array, X: Array) -> tuple[Array, Array]:
    """Return what goes into and comes out of the hidden units, one unit a row."""
    part = model.unpack(w)
    z = np.ascontiguousarray((X @ part["W1"] + part["b1"]).T)
    return z, np.maximum(z, 0.0) if model.activation == "relu" else np.tanh(z)


def _probabilities(model: Model, w: Array, X: Array) -> Array:
    """Return the probability of every class, one class a row."""
    scores = model.scores(w, X).T
    p = np.exp(scores - scores.max(axis=0))
    return np.ascontiguousarray(p / p.sum(axis=0))


def _network_central(model: Model, w: Array, X: Array, y: Array, p: Array, steps: Array) -> Array:
    z, a = _hidden(model, w, X)
    is_label = np.asarray(np.arange(len(p))[:, np.newaxis] == y, dtype=np.float64)
    x = np.ascontiguousarray(np.vstack([X.T, np.ones(len(X))]))
    W2 = np.ascontiguousarray(model.unpack(w)["W2"])
    out = np.empty_like(w)
    work = 4.0 * w.size * len(X) * len(p)
    share_out(
        kernels.network_central, len(a), work,
        x, z, a, p, is_label, W2, model.activation == "relu", steps, out,
    )  # fmt: skip
    return out
