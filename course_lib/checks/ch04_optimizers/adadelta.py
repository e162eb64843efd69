"""Adadelta, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..steps import step_exercise
from .ranges import DECAY_RATE, EPS, RATE


def d_of_this_step(w, g, s, d, lr, rho, eps):
    """the step uses the d of this step, not the last

    The size of this step can't be known before it is made, so the root above the bar is that of the
    old d. Compute the step first, then bring d up to date with it.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * g * np.sqrt(d + eps) / np.sqrt(s + eps), s, d


def eps_missing_above(w, g, s, d, lr, rho, eps):
    """eps is missing above the bar

    d starts at zero, so the first step is zero, d stays zero, and nothing ever moves. The eps in
    sqrt(d + eps) starts the motion.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def eps_missing_below(w, g, s, d, lr, rho, eps):
    """eps is missing below the bar

    A weight whose gradient has always been zero then gets 0 / 0. Divide by sqrt(s + eps).
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def eps_missing(w, g, s, d, lr, rho, eps):
    """eps is missing in both roots

    d starts at zero, so without eps the first step is zero, and so is every other. Use sqrt(d + eps)
    above the bar and sqrt(s + eps) below it.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d) / np.sqrt(s)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def eps_outside_roots(w, g, s, d, lr, rho, eps):
    """eps stands outside the roots

    Adadelta is the exception of this course: as in the paper, eps stands inside both roots,
    sqrt(d + eps) and sqrt(s + eps). It sets the length of the first steps, so the place matters.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * (np.sqrt(d) + eps) / (np.sqrt(s) + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def d_collects_gradients(w, g, s, d, lr, rho, eps):
    """d averages the squared gradient

    Then d is the s of the step before, the two roots nearly cancel, and the step is about as long as
    the gradient. d is the average of the squared steps, so that the root above the bar has the units of
    a weight: d = rho * d + (1 - rho) * step**2.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * g**2
    return w - lr * step, s, d


def lr_in_d(w, g, s, d, lr, rho, eps):
    """d averages steps that already contain lr

    step is what the rule proposes, g * sqrt(d + eps) / sqrt(s + eps), and d averages its square.
    lr multiplies it only as the weights move.
    """
    s = rho * s + (1 - rho) * g**2
    step = lr * g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - step, s, d


def lr_missing(w, g, s, d, lr, rho, eps):
    """lr is not used

    The paper has no learning rate. This course keeps one, 1 by default, so that a schedule can lower
    it: the weights move by lr * step.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - step, s, d


def step_not_squared(w, g, s, d, lr, rho, eps):
    """the step is not squared in d

    d is an average of the step squared, so that it measures size whatever the sign. With the step
    itself it can be negative, and its root is nan.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step
    return w - lr * step, s, d


def upside_down(w, g, s, d, lr, rho, eps):
    """the fraction is upside down

    The steps' root stands above the bar, the gradients' root below it:
    g * sqrt(d + eps) / sqrt(s + eps). Then gradient cancels gradient and what is left has the units
    of a step.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(s + eps) / np.sqrt(d + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def numerator_missing(w, g, s, d, lr, rho, eps):
    """there is no root above the bar

    g / sqrt(s + eps) is RMSProp's step. Adadelta multiplies it by sqrt(d + eps), the size of its
    recent steps.
    """
    s = rho * s + (1 - rho) * g**2
    step = g / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def roots_missing(w, g, s, d, lr, rho, eps):
    """the square roots are missing

    s and d are averages of squares; their roots have the size of a gradient and of a step. The step is
    g * sqrt(d + eps) / sqrt(s + eps).
    """
    s = rho * s + (1 - rho) * g**2
    step = g * (d + eps) / (s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def divides_by_old_average(w, g, s, d, lr, rho, eps):
    """the step divides by the s from before the update

    Only d has to be the old one, because this step is not known yet. The gradient is known already, so
    bring s up to date first, then divide by sqrt(s + eps) with the new s.
    """
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    s = rho * s + (1 - rho) * g**2
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def rho_swapped(w, g, s, d, lr, rho, eps):
    """rho and 1 - rho are swapped

    rho says how much of the old averages is kept: s = rho * s + (1 - rho) * g**2, and likewise for d.
    """
    s = (1 - rho) * s + rho * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = (1 - rho) * d + rho * step**2
    return w - lr * step, s, d


def adadelta_uphill(w, g, s, d, lr, rho, eps):
    """the step goes uphill

    The gradient points to where the loss grows. Subtract the step from w.
    """
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w + lr * step, s, d


def _adadelta(w, g, s, d, lr, rho, eps):
    s = rho * s + (1 - rho) * g**2
    step = g * np.sqrt(d + eps) / np.sqrt(s + eps)
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def _adadelta_one_root(w, g, s, d, lr, rho, eps):
    s = s + (1 - rho) * (g * g - s)
    step = g * ((d + eps) / (s + eps)) ** 0.5
    return w - lr * step, s, d + (1 - rho) * (step * step - d)


ADADELTA_STEP = step_exercise(
    "adadelta_step",
    "adadelta",
    title="One step of Adadelta",
    points=6,
    words={
        "returns": "w, s and d",
        "state": "s averages the squared gradients, d the squared steps Δ, each with weights rho and 1 − rho.",
        "move": "The weights move by −lr · Δ, where Δ = g · √(d + eps) / √(s + eps) with the new s and the old d.",
        "epsilon": ", where eps decides",
    },
    ranges={"lr": RATE, "rho": DECAY_RATE, "eps": EPS},
    powers=(2, 0),
    misconceptions=(
        d_of_this_step,
        eps_missing_above,
        eps_missing_below,
        eps_missing,
        eps_outside_roots,
        d_collects_gradients,
        lr_in_d,
        lr_missing,
        step_not_squared,
        upside_down,
        numerator_missing,
        roots_missing,
        divides_by_old_average,
        rho_swapped,
        adadelta_uphill,
    ),
    correct=variants.of(_adadelta, _adadelta_one_root),
    section="sec-adadelta",
)
