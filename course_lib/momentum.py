"""Momentum in its three forms, Nesterov's in its two, and the exact maps between them.

All three forms of momentum take the same steps if their rates fit. They are numbered as in the book:

====== ========================= =========== ==================
form   velocity                  weights     the velocity is
====== ========================= =========== ==================
1      v ← ρ v + g               w ← w − η v a sum of gradients
2      v ← ρ v + η g             w ← w − v   the step itself
3      v ← ρ v + (1 − ρ) g       w ← w − η v an average
====== ========================= =========== ==================

The rule ``momentum`` of :mod:`course_lib.optimizers` is form 1, and with ``dampening=ρ`` form 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy.typing as npt

from ._validate import Array, a_function, as_floats, count, number, same_shape

__all__ = [
    "MomentumRates",
    "convert_momentum",
    "convert_velocity",
    "lookahead",
    "momentum_step",
    "nesterov_step",
]


class MomentumRates(NamedTuple):
    """Learning rates with which the three forms take the same steps.

    Attributes
    ----------
    form1, form2, form3 : float
    """

    form1: float
    form2: float
    form3: float


def convert_momentum(form: int, lr: float, rho: float) -> MomentumRates:
    """Return the rates of all three forms that take the same steps as this one.

    Parameters
    ----------
    form : {1, 2, 3}
        The form that ``lr`` belongs to.
    lr : float
        Its learning rate, 0 or more.
    rho : float
        The momentum, in [0, 1): the same in all forms.

    Returns
    -------
    MomentumRates
        Forms 1 and 2 have one rate; that of form 3 is 1/(1 − ρ) times as large.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Notes
    -----
    Exact while the rate is constant. When it changes, forms 1 and 3 apply the new rate to the whole
    velocity; in form 2, old gradients keep the rate of their own time.

    References
    ----------
    .. [1] B. T. Polyak (1964). Some methods of speeding up the convergence of iteration methods.
       doi:10.1016/0041-5553(64)90137-5 (form 2).

    Examples
    --------
    >>> convert_momentum(3, lr=0.1, rho=0.75)
    MomentumRates(form1=0.025, form2=0.025, form3=0.1)
    """
    form, lr, rho = _setting(form, lr, rho)
    first = lr * (1.0 - rho) if form == 3 else lr
    return MomentumRates(first, first, lr if form == 3 else lr / (1.0 - rho))


def convert_velocity(velocity: npt.ArrayLike, form: int, to: int, lr: float, rho: float) -> Array:
    """Return the velocity with which another form goes on where this one stopped.

    Parameters
    ----------
    velocity : array_like of float, any shape
    form, to : {1, 2, 3}
        The form it belongs to, and the one it is wanted for.
    lr, rho : float
        Learning rate and momentum of ``form``.

    Returns
    -------
    ndarray of float, the same shape
        Use it with ``convert_momentum(form, lr, rho)[to - 1]`` as the rate.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range. From form 2, a rate of 0 leaves no way back.

    Examples
    --------
    >>> convert_velocity([4.0], form=1, to=3, lr=0.1, rho=0.75)
    array([1.])
    """
    form, lr, rho = _setting(form, lr, rho)
    to = _form(to, "to")
    v = as_floats(velocity, "velocity")
    if form == to:
        return v.copy()
    if form == 2 and lr == 0:
        raise ValueError("lr is 0: with form 2, the velocity then holds no gradients to convert.")
    rate = convert_momentum(form, lr, rho).form2
    size = {1: 1.0, 2: rate, 3: 1.0 - rho}  # of each form's velocity, that of form 1 being 1
    converted: Array = v * v.dtype.type(size[to] / size[form])
    return converted


def momentum_step(
    form: int,
    w: npt.ArrayLike,
    g: npt.ArrayLike,
    velocity: npt.ArrayLike,
    lr: float,
    rho: float = 0.9,
) -> tuple[Array, Array]:
    """Take one step with momentum in the form that is asked for.

    Parameters
    ----------
    form : {1, 2, 3}
    w, g, velocity : array_like of float, same shape
        Weights, gradient there, velocity; zeros before the first step. Not changed.
    lr : float
        Learning rate of this form, 0 or more.
    rho : float
        Momentum, in [0, 1).

    Returns
    -------
    w, velocity : ndarray
        New arrays.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Examples
    --------
    >>> momentum_step(3, [1.0], [2.0], [0.0], lr=0.5, rho=0.5)
    (array([0.5]), array([1.]))
    """
    form, lr, rho = _setting(form, lr, rho)
    w, v = as_floats(w, "w"), as_floats(velocity, "velocity")
    g = as_floats(g, "g")
    same_shape(g, w, "g", "w")
    same_shape(v, w, "velocity", "w")
    v = rho * v + {1: 1.0, 2: lr, 3: 1.0 - rho}[form] * g
    return w - (1.0 if form == 2 else lr) * v, v


def lookahead(w: npt.ArrayLike, velocity: npt.ArrayLike, lr: float, rho: float = 0.9) -> Array:
    """Return the point at which Nesterov's method takes the gradient: w − η ρ v.

    Parameters
    ----------
    w, velocity : array_like of float, same shape
        The velocity is that of form 1: a sum of gradients.
    lr : float
        Learning rate, 0 or more.
    rho : float
        Momentum, in [0, 1).

    Returns
    -------
    ndarray, the same shape

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Notes
    -----
    The rule ``nesterov`` keeps this point as its weights. Followed from ``lookahead(w, v)``, it visits
    exactly the lookahead points of :func:`nesterov_step` from ``w`` [1]_.

    References
    ----------
    .. [1] Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu (2013). Advances in optimizing recurrent
       networks, section 3.5. arXiv:1212.0901.

    Examples
    --------
    >>> lookahead([1.0], [2.0], lr=0.5, rho=0.5)
    array([0.5])
    """
    _, lr, rho = _setting(1, lr, rho)
    w, v = as_floats(w, "w"), as_floats(velocity, "velocity")
    same_shape(v, w, "velocity", "w")
    ahead: Array = w - lr * rho * v
    return ahead


def nesterov_step(
    gradient: Callable[[Array], npt.ArrayLike],
    w: npt.ArrayLike,
    velocity: npt.ArrayLike,
    lr: float,
    rho: float = 0.9,
) -> tuple[Array, Array]:
    """Take one of Nesterov's steps: the gradient is taken where the velocity is about to lead.

    v ← ρ v + ∇f(w − η ρ v);  w ← w − η v

    Parameters
    ----------
    gradient : callable
        ``gradient(w)`` returns ∇f(w), shaped like ``w``. Called once.
    w, velocity : array_like of float, same shape
        Not changed.
    lr : float
        Learning rate, 0 or more.
    rho : float
        Momentum, in [0, 1).

    Returns
    -------
    w, velocity : ndarray
        New arrays.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    References
    ----------
    .. [1] Y. Nesterov (1983). A method for solving the convex programming problem with convergence rate
       O(1/k²).
    .. [2] I. Sutskever, J. Martens, G. Dahl and G. Hinton (2013). On the importance of initialization and
       momentum in deep learning, equations 3 and 4 (there in form 2).

    Examples
    --------
    >>> nesterov_step(lambda w: w, [1.0], [1.0], lr=0.5, rho=0.5)
    (array([0.375]), array([1.25]))
    """
    a_function(gradient, "gradient")
    ahead = lookahead(w, velocity, lr, rho)
    g = as_floats(gradient(ahead.copy()), "the gradient")
    same_shape(g, ahead, "the gradient", "w")
    v = rho * as_floats(velocity, "velocity") + g
    return as_floats(w, "w") - lr * v, v


def _form(form: int, name: str) -> int:
    if count(form, name) not in (1, 2, 3):
        raise ValueError(f"{name} is {form}, but must be 1, 2 or 3.")
    return int(form)


def _setting(form: int, lr: float, rho: float) -> tuple[int, float, float]:
    """Return the three, if they make sense."""
    return (
        _form(form, "form"),
        number(lr, "lr", low=0),
        number(rho, "rho", low=0, high=1, open_high=True),
    )
