"""Sharpness-aware minimization. Part of :mod:`course_lib.sharpness`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._validate import Array, a_function, as_floats, finite, number, same_shape
from .kernels import sharpness as kernels
from .optimizers import Rule, Stepper

__all__ = [
    "SAM",
    "LossGrad",
    "ascent_perturbation",
    "gradient_nearby",
    "loss_and_gradient_at",
    "norm",
    "perturb",
    "sam_gradient",
    "sam_step",
]

LossGrad = Callable[[Array], tuple[float, Any]]


def norm(g: Array) -> float:
    """Return the Euclidean norm of all elements, in double precision.

    Squares overflow beyond 1e154 and vanish below 1e-162; then, and only then, all is scaled first.

    Examples
    --------
    >>> norm(np.array([[3.0], [4.0]])), norm(np.array([3e-200, 4e-200]))
    (5.0, 5e-200)
    """
    flat = g.reshape(-1)
    if flat.dtype != np.float64:
        flat = flat.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(flat @ flat)
    if 1e-280 < total < 1e300:
        return math.sqrt(total)
    size = float(np.abs(flat).max()) if flat.size else 0.0
    if size == 0 or not np.isfinite(size):
        return size
    flat = flat / size
    return size * math.sqrt(float(flat @ flat))


def ascent_perturbation(grads: Any, rho: float) -> Any:
    """Return ε = ρ g/‖g‖: the step of length ρ that raises the loss most, to first order.

    Of all ε with ‖ε‖ ≤ ρ this one maximizes gᵀε: a vector's best partner under a norm is found by the
    dual norm, and the Euclidean norm is its own.

    Parameters
    ----------
    grads : array_like of float, or list or tuple of them
        The gradient; several arrays, one a layer, are **one** vector: the norm is over all of them.
    rho : float, at least 0
        ρ, the length of ε.

    Returns
    -------
    ndarray, or list or tuple of ndarray as ``grads``
        New arrays; float32 where ``grads`` is. All zeros where the whole gradient is zero.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or is not finite.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021). Sharpness-aware minimization for
    efficiently improving generalization, equation 2 with p = 2. arXiv:2010.01412.

    Examples
    --------
    >>> ascent_perturbation([3.0, 4.0], rho=0.5)
    array([0.3, 0.4])
    >>> ascent_perturbation((np.array([[3.0]]), np.array([4.0])), rho=0.5)
    (array([[0.3]]), array([0.4]))
    """
    rho = number(rho, "rho", low=0)
    if not _is_list_of_arrays(grads):
        g = finite(grads, "grads")
        return _scaled(g, rho, norm(g))
    parts = [finite(part, f"grads[{k}]") for k, part in enumerate(grads)]
    whole = norm(np.array([norm(part) for part in parts]))
    return type(grads)(_scaled(part, rho, whole) for part in parts)


def sam_gradient(loss_grad: LossGrad, w: npt.ArrayLike, rho: float) -> tuple[float, Array]:
    """Return the loss at w and the gradient at w + ρ g/‖g‖: exactly two calls of ``loss_grad``.

    The perturbation is not differentiated: the gradient at the perturbed weights is used as it is, as
    the paper does.

    Parameters
    ----------
    loss_grad : callable
        ``loss_grad(w)`` returns the loss and its gradient, shaped like ``w``. Both calls must see the
        same examples.
    w : array_like of float, any shape
        Weights; not changed.
    rho : float, at least 0
        Radius ρ. With 0 this is the plain gradient (evaluated twice all the same).

    Returns
    -------
    loss : float
        At ``w``.
    gradient : ndarray, shaped like ``w``
        At ``w + ε``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``loss_grad`` returns another form.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021), algorithm 1. arXiv:2010.01412.

    Examples
    --------
    >>> sam_gradient(lambda w: (float(2 * w @ w), 4 * w), [1.0], rho=0.5)
    (2.0, array([6.]))
    """
    weights, rho = as_floats(w, "w"), number(rho, "rho", low=0)
    return gradient_nearby(loss_grad, weights, rho, np.empty_like(weights))


def sam_step(loss_grad: LossGrad, w: npt.ArrayLike, lr: float, rho: float = 0.05) -> Array:
    """Return w − η ∇L(w + ρ g/‖g‖): one step of gradient descent with SAM, on new weights.

    Parameters
    ----------
    loss_grad : callable
        ``loss_grad(w)`` returns the loss and its gradient; called exactly twice.
    w : array_like of float, any shape
        Weights; not changed.
    lr : float, at least 0
        Learning rate η.
    rho : float, at least 0
        Radius ρ.

    Returns
    -------
    ndarray, shaped like ``w``

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``loss_grad`` returns another form.

    See Also
    --------
    SAM : the same with any update rule.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021), algorithm 1. arXiv:2010.01412.

    Examples
    --------
    At the minimum of ½ λ w², SAM does not come to rest. It ends up going to and fro between
    ±ηλρ / (2 − ηλ):

    >>> w = np.array([1.0])
    >>> for _ in range(100):
    ...     w = sam_step(lambda w: (float(2 * w @ w), 4 * w), w, 0.1, 0.5)
    >>> bool(np.isclose(abs(w[0]), 0.4 * 0.5 / (2 - 0.4)))
    True
    """
    weights = as_floats(w, "w").copy()
    rate = number(lr, "lr", low=0)
    SAM("sgd", weights, number(rho, "rho", low=0), rate).update(loss_grad)
    return weights


class SAM:
    """Sharpness-aware minimization around any update rule, at work on one array of weights.

    Parameters
    ----------
    rule : str, Optimizer or callable
        The base rule, which takes the step.
    w : ndarray of float64 or float32, any shape, C-contiguous
        The weights. **Changed in place** by :meth:`update`.
    sam_rho : float, at least 0
        Radius ρ; not called ``rho``, as that is a hyperparameter of RMSProp.
    lr : float, optional
        Learning rate; the rule's own default if left out.
    **hyper : float
        Hyperparameters of the rule that differ from its defaults.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range; the message says which.

    References
    ----------
    P. Foret, A. Kleiner, H. Mobahi and B. Neyshabur (2021), algorithm 1. arXiv:2010.01412.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> sam = SAM("momentum", w, sam_rho=0.1, lr=0.1)
    >>> loss = sam.update(lambda w: (0.5 * float(w @ w), w.copy()))
    >>> w.round(4)
    array([0.8929, 0.8929])
    """

    def __init__(
        self, rule: Rule, w: Array, sam_rho: float = 0.05, lr: float | None = None, **hyper: float
    ) -> None:
        self.sam_rho = number(sam_rho, "sam_rho", low=0)
        self.stepper = Stepper(rule, w, lr, **hyper)
        self._nearby = np.empty_like(w)

    def update(self, loss_grad: LossGrad, lr: float | None = None) -> float:
        """Take one step and return the loss before it.

        The weights are perturbed in an array of their own, so they are where they were when the step
        is taken, even if the second call fails.

        Parameters
        ----------
        loss_grad : callable
            ``loss_grad(w)`` returns the loss and its gradient, shaped like ``w``. Called twice.
        lr : float, optional
            Rate of this step.

        Returns
        -------
        float
        """
        loss, gradient = gradient_nearby(loss_grad, self.stepper.w, self.sam_rho, self._nearby)
        self.stepper.update(gradient, lr)
        return loss


def gradient_nearby(
    loss_grad: LossGrad, w: Array, rho: float, nearby: Array
) -> tuple[float, Array]:
    """Return loss at ``w`` and gradient at the perturbed weights, which are written to ``nearby``."""
    loss, g = loss_and_gradient_at(loss_grad, w)
    perturb(w, g, rho, nearby)
    return loss, loss_and_gradient_at(loss_grad, nearby)[1]


def perturb(w: Array, g: Array, rho: float, nearby: Array) -> None:
    """Write w + ρ g/‖g‖ to ``nearby``; arrays of one shape and dtype, contiguous."""
    rows = w.reshape(-1), g.reshape(-1), nearby.reshape(-1)
    with np.errstate(over="ignore", invalid="ignore"):
        if kernels.perturb(rows[0], rows[1], rho, rows[2]):
            return
        # The gradient is zero, or too small or large to be squared; where it is not finite, the run has
        # diverged, and the second gradient will tell.
        length = norm(g)
        unit = g / length if length > 0 else 0 * g
    nearby[...] = w + w.dtype.type(rho) * unit


def loss_and_gradient_at(loss_grad: LossGrad, w: Array) -> tuple[float, Array]:
    """Call a person's function and check what it returns; the gradient in the dtype of ``w``."""
    a_function(loss_grad, "loss_grad")
    found = loss_grad(w)
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise TypeError(
            f"loss_grad returned {type(found).__name__}, but must return two things: the loss and its "
            "gradient, as in `return loss, gradient`."
        )
    loss, gradient = found
    g = np.asarray(gradient, dtype=w.dtype, order="C")
    same_shape(g, w, "the gradient", "w")
    return float(loss), g


def _is_list_of_arrays(grads: Any) -> bool:
    """Whether this is a list with an array a layer, and not a list of numbers."""
    return isinstance(grads, Sequence) and any(isinstance(part, np.ndarray) for part in grads)


def _scaled(g: Array, rho: float, length: float) -> Array:
    if length == 0:
        return np.zeros_like(g)
    return np.asarray(g.astype(np.float64) / length * rho, dtype=g.dtype)
