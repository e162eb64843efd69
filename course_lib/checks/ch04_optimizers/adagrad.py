"""AdaGrad, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..steps import step_exercise
from .ranges import EPS, RATE


def eps_inside_root(w, g, s, lr, eps):
    """eps stands inside the square root

    sqrt(s + eps) is another convention: with eps = 1e-8 it acts like 1e-4 outside, far from
    negligible. This course puts it outside: sqrt(s) + eps.
    """
    s = s + g**2
    return w - lr * g / np.sqrt(s + eps), s


def eps_missing(w, g, s, lr, eps):
    """eps is missing

    A weight whose gradient has always been zero then gets 0 / 0. Divide by sqrt(s) + eps.
    """
    s = s + g**2
    return w - lr * g / np.sqrt(s), s


def not_squared(w, g, s, lr, eps):
    """the gradient is not squared

    s is a sum of g squared, so that it measures size whatever the sign. With g itself it can be
    negative, and its root is nan.
    """
    s = s + g
    return w - lr * g / (np.sqrt(s) + eps), s


def sizes_summed(w, g, s, lr, eps):
    """the sizes are summed, not their squares

    The root of a sum of abs(g) has not the units of g, so the size of the step depends on the scale of
    the loss. Sum g**2: the root of that sum has them, and the scale cancels.
    """
    s = s + np.abs(g)
    return w - lr * g / (np.sqrt(s) + eps), s


def averaged_not_summed(w, g, s, lr, eps):
    """the squares are averaged, not summed

    0.9 * s + 0.1 * g**2 is RMSProp, which forgets. AdaGrad adds up every square it has seen:
    s = s + g**2. That is why its steps shrink like 1 / sqrt(t).
    """
    s = 0.9 * s + 0.1 * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def root_missing(w, g, s, lr, eps):
    """the square root is missing

    Dividing by s makes steps of the size 1 / g: with a loss half as large they would be twice as long.
    Divide by sqrt(s) + eps, which has the units of g, so that the scale of the loss cancels.
    """
    s = s + g**2
    return w - lr * g / (s + eps), s


def divides_by_old_sum(w, g, s, lr, eps):
    """the step divides by the sum from before the update

    In the first step that sum is zero and the step is lr * g / eps: enormous. Add g**2 to s first,
    then divide by the root of the new s.
    """
    return w - lr * g / (np.sqrt(s) + eps), s + g**2


def sum_reset(w, g, s, lr, eps):
    """the old sum is forgotten

    The function computes as if s were zero at every step, so each weight always moves by lr. Use the
    s that is passed in: s = s + g**2.
    """
    s = g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def squared_after_adding(w, g, s, lr, eps):
    """the sum is squared with the gradient

    (s + g)**2 squares once more, at every step, what has been collected. Only the new gradient is squared:
    s = s + g**2.
    """
    s = (s + g) ** 2
    return w - lr * g / (np.sqrt(s) + eps), s


def root_returned(w, g, s, lr, eps):
    """the root of the sum is returned as the state

    The next step would add a square to a root. Keep the sum of squares itself in s, and take its root
    only where the step is computed.
    """
    root = np.sqrt(s + g**2)
    return w - lr * g / (root + eps), root


def eps_collected(w, g, s, lr, eps):
    """eps is added to the sum and stays there

    Then eps counts once more at every step. s holds squares alone; eps stands beside the root:
    sqrt(s) + eps.
    """
    s = s + g**2 + eps
    return w - lr * g / np.sqrt(s), s


def gradient_missing(w, g, s, lr, eps):
    """the step does not contain the gradient

    lr / (sqrt(s) + eps) is the rate of each weight. It multiplies the gradient, which gives the step
    its direction: lr * g / (sqrt(s) + eps).
    """
    s = s + g**2
    return w - lr / (np.sqrt(s) + eps), s


def adagrad_uphill(w, g, s, lr, eps):
    """the step goes uphill

    The gradient points to where the loss grows. Subtract the step from w.
    """
    s = s + g**2
    return w + lr * g / (np.sqrt(s) + eps), s


def _adagrad(w, g, s, lr, eps):
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def _adagrad_root_by_power(w, g, s, lr, eps):
    s = g * g + s
    return w - g * (lr / (eps + s**0.5)), s


ADAGRAD_STEP = step_exercise(
    "adagrad_step",
    "adagrad",
    title="One step of AdaGrad",
    points=4,
    words={
        "returns": "w and s",
        "state": "s is a sum of squares: it becomes s + g².",
        "move": "The weights move by −lr · g / (√s + eps), with the new s.",
        "epsilon": ", where eps decides",
    },
    ranges={"lr": RATE, "eps": EPS},
    powers=(2,),
    misconceptions=(
        eps_inside_root,
        eps_missing,
        not_squared,
        sizes_summed,
        averaged_not_summed,
        root_missing,
        divides_by_old_sum,
        sum_reset,
        squared_after_adding,
        root_returned,
        eps_collected,
        gradient_missing,
        adagrad_uphill,
    ),
    correct=variants.of(_adagrad, _adagrad_root_by_power),
    section="sec-adagrad",
)
