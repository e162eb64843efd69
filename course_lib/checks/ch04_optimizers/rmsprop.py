"""RMSProp, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..steps import step_exercise
from .ranges import DECAY_RATE, EPS, RATE


def eps_inside_root(w, g, s, lr, rho, eps):
    """eps stands inside the square root

    sqrt(s + eps) is another convention: with eps = 1e-8 it acts like 1e-4 outside, far from
    negligible. This course puts it outside: sqrt(s) + eps.
    """
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / np.sqrt(s + eps), s


def eps_missing(w, g, s, lr, rho, eps):
    """eps is missing

    Without it a gradient of zero gives 0 / 0, and a tiny one is blown up to a full step. Divide by
    sqrt(s) + eps.
    """
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / np.sqrt(s), s


def not_squared(w, g, s, lr, rho, eps):
    """the gradient is not squared

    s is an average of g squared, so that it measures size whatever the sign. With g itself it can be
    negative, and its root is nan.
    """
    s = rho * s + (1 - rho) * g
    return w - lr * g / (np.sqrt(s) + eps), s


def summed_not_averaged(w, g, s, lr, rho, eps):
    """the squares are summed, not averaged

    s + g**2 is AdaGrad: it only grows, and the steps only shrink. RMSProp forgets:
    s = rho * s + (1 - rho) * g**2.
    """
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def decaying_sum(w, g, s, lr, rho, eps):
    """the new square enters whole

    rho * s + g**2 is a decaying sum, 1 / (1 - rho) times as large as the average. Weigh the new
    square with (1 - rho).
    """
    s = rho * s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def rho_swapped(w, g, s, lr, rho, eps):
    """rho and 1 - rho are swapped

    rho says how much of the old average is kept: s = rho * s + (1 - rho) * g**2.
    """
    s = (1 - rho) * s + rho * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def root_missing(w, g, s, lr, rho, eps):
    """the square root is missing

    Dividing by s makes the step grow as 1 / g when gradients shrink. Divide by sqrt(s) + eps, which
    is of the size of g.
    """
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (s + eps), s


def divides_by_old_average(w, g, s, lr, rho, eps):
    """the step divides by the average from before the update

    In the first step that average is zero and the step is lr * g / eps: enormous. Bring s up to date
    first, then divide by the root of the new s.
    """
    return w - lr * g / (np.sqrt(s) + eps), rho * s + (1 - rho) * g**2


def average_reset(w, g, s, lr, rho, eps):
    """the old average is forgotten

    The function computes as if s were zero at every step. Use the s that is passed in:
    s = rho * s + (1 - rho) * g**2.
    """
    s = (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def rmsprop_uphill(w, g, s, lr, rho, eps):
    """the step goes uphill

    The gradient points to where the loss grows. Subtract the step from w.
    """
    s = rho * s + (1 - rho) * g**2
    return w + lr * g / (np.sqrt(s) + eps), s


def _rmsprop(w, g, s, lr, rho, eps):
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def _rmsprop_incremental(w, g, s, lr, rho, eps):
    s = s + (1 - rho) * (g * g - s)
    return w - g * (lr / (eps + s**0.5)), s


RMSPROP_STEP = step_exercise(
    "rmsprop_step",
    "rmsprop",
    title="One step of RMSProp",
    points=4,
    words={
        "returns": "w and s",
        "state": "s is an average of squares: it becomes rho · s + (1 − rho) · g².",
        "move": "The weights move by −lr · g / (√s + eps), with the new s.",
        "epsilon": ", where eps decides",
    },
    ranges={"lr": RATE, "rho": DECAY_RATE, "eps": EPS},
    powers=(2,),
    misconceptions=(
        eps_inside_root,
        eps_missing,
        not_squared,
        summed_not_averaged,
        decaying_sum,
        rho_swapped,
        root_missing,
        divides_by_old_average,
        average_reset,
        rmsprop_uphill,
    ),
    correct=variants.of(_rmsprop, _rmsprop_incremental),
    section="sec-rmsprop",
)
