"""Mistakes people make in a step of sharpness-aware minimization.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def weights_not_restored(loss_grad, w, lr, rho):
    """the step starts at the perturbed weights

    The perturbation is only for the second gradient. The step is taken from the weights as they came
    in: w - lr * (second gradient), not w + epsilon - lr * (second gradient).
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    if length > 0:
        w = w + rho * g / length
    return w - lr * loss_grad(w)[1]


def moved_in_place(loss_grad, w, lr, rho):
    """the weights are moved in place and not moved back

    w += ... writes into the caller's array, and the step then starts at the perturbed weights. Give
    them a name of their own, nearby = w + epsilon, and take the step from w.
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    if length > 0:
        w += rho * g / length
    return w - lr * loss_grad(w)[1]


def first_gradient_used(loss_grad, w, lr, rho):
    """the step uses the first gradient

    The second gradient is computed and then forgotten, so this is plain gradient descent at twice the
    price. The first gradient only finds the perturbation; the step follows the second.
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    loss_grad(w + e)
    return w - lr * g


def no_second_gradient(loss_grad, w, lr, rho):
    """there is no second gradient

    This is plain gradient descent. Call loss_grad again, at w + epsilon, and follow what it returns.
    """
    return w - lr * loss_grad(w)[1]


def next_minibatch(loss_grad, w, lr, rho):
    """the second gradient is taken on another minibatch

    The perturbation is the worst one for the examples that it was found on. For others it is not, so
    the second gradient is that of no worst case. Both calls see the same minibatch:
    loss_grad(w + epsilon).
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    return w - lr * loss_grad(w + e, 1)[1]


def three_calls(loss_grad, w, lr, rho):
    """loss_grad is called more than twice

    Every call costs a pass over the minibatch, and SAM is expensive enough with two. One call returns
    the loss and the gradient together: keep what you need in a variable.
    """
    length = np.sqrt(np.sum(loss_grad(w)[1] ** 2))
    g = loss_grad(w)[1]
    e = rho * g / length if length > 0 else 0 * g
    return w - lr * loss_grad(w + e)[1]


def goes_down(loss_grad, w, lr, rho):
    """the perturbation points downhill

    SAM looks where the loss is highest nearby, so the perturbation is added: w + rho * g / ‖g‖. Only
    the step itself goes against a gradient.
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    return w - lr * loss_grad(w - e)[1]


def not_normalized(loss_grad, w, lr, rho):
    """the perturbation is not brought to the length rho

    rho * g is long where the gradient is long, and next to nothing near a minimum, where sharpness
    matters. Divide by the norm of the gradient.
    """
    g = loss_grad(w)[1]
    return w - lr * loss_grad(w + rho * g)[1]


def root_missing(loss_grad, w, lr, rho):
    """the gradient is divided by its squared norm

    np.sum(g**2) is the square of the norm. Take its root, or the perturbation has the length
    rho / ‖g‖.
    """
    g = loss_grad(w)[1]
    square = np.sum(g**2)
    e = rho * g / square if square > 0 else 0 * g
    return w - lr * loss_grad(w + e)[1]


def zero_divided(loss_grad, w, lr, rho):
    """a gradient of zero is divided by its norm

    0 / 0 is nan. At a point where the gradient is exactly zero, leave the weights where they are.
    """
    g = loss_grad(w)[1]
    e = rho * g / np.sqrt(np.sum(g**2))
    return w - lr * loss_grad(w + e)[1]


def both_gradients(loss_grad, w, lr, rho):
    """the step follows the sum of both gradients

    The first gradient has done its work when the perturbation is known. The step follows the second
    one alone.
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    return w - lr * (g + loss_grad(w + e)[1])


def lr_in_perturbation(loss_grad, w, lr, rho):
    """the perturbation is multiplied by lr as well

    The learning rate belongs to the step alone. The perturbation has the length rho, whatever lr is:
    rho * g / ‖g‖.
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = lr * rho * g / length if length > 0 else 0 * g
    return w - lr * loss_grad(w + e)[1]


def steps_uphill(loss_grad, w, lr, rho):
    """the step goes uphill

    Only the perturbation goes up. The weights move against the second gradient: w - lr * ...
    """
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else 0 * g
    return w + lr * loss_grad(w + e)[1]


MISTAKES = (
    weights_not_restored,
    moved_in_place,
    first_gradient_used,
    no_second_gradient,
    next_minibatch,
    three_calls,
    goes_down,
    not_normalized,
    root_missing,
    zero_divided,
    both_gradients,
    lr_in_perturbation,
    steps_uphill,
)
