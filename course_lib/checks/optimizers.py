"""Chapter 4, from momentum to AdamW: the exercises and the mistakes people make in them.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from . import variants
from .steps import step_exercise

RATE = (0.05, 0.3)
DECAY_RATE = (0.6, 0.95)
EPS = (1e-4, 1e-3)  # large enough to be seen next to a small gradient

# ---------------------------------------------------------------------------- momentum


def lr_applied_twice(w, g, v, lr, momentum):
    """lr is applied twice

    It multiplies the gradient as it enters the velocity, and the velocity again in the step, so the
    weights move lr times too little. Keep lr in one place: v = momentum * v + g, then w - lr * v.
    """
    v = momentum * v + lr * g
    return w - lr * v, v


def lr_in_velocity(w, g, v, lr, momentum):
    """the velocity already contains lr

    This is a form of momentum too (v = momentum * v + lr * g, then w - v), and at a constant rate its
    weights are the same. This exercise asks for the form whose velocity is a sum of gradients:
    v = momentum * v + g, then w - lr * v. The two differ as soon as lr changes between steps.
    """
    v = momentum * v + lr * g
    return w - v, v


def averaged_velocity(w, g, v, lr, momentum):
    """the gradient enters with weight (1 - momentum)

    That makes the velocity an average instead of a sum, and every step (1 - momentum) times as long:
    ten times too short at momentum 0.9. Here the gradient enters whole: v = momentum * v + g.
    """
    v = momentum * v + (1 - momentum) * g
    return w - lr * v, v


def steps_uphill(w, g, v, lr, momentum):
    """the step goes uphill

    The velocity points along the gradient, the direction in which the loss grows. Subtract it:
    w - lr * v.
    """
    v = momentum * v + g
    return w + lr * v, v


def velocity_subtracts(w, g, v, lr, momentum):
    """the velocity has the opposite sign

    This keeps v = momentum * v - g and adds it to w: the same path, but with the velocity pointing
    downhill. This exercise asks for v = momentum * v + g, then w - lr * v.
    """
    v = momentum * v - g
    return w + lr * v, v


def velocity_reset(w, g, v, lr, momentum):
    """the old velocity is forgotten

    The function computes as if v were zero at every step: this is plain gradient descent. Use the v
    that is passed in: v = momentum * v + g.
    """
    return w - lr * g, g


def moves_by_old_velocity(w, g, v, lr, momentum):
    """the step uses the velocity from before the update

    First bring the velocity up to date with the gradient, then move by the new velocity.
    """
    return w - lr * v, momentum * v + g


def nesterov_instead(w, g, v, lr, momentum):
    """it is Nesterov's step

    It moves by g + momentum * v, which looks one step ahead. Plain momentum moves by v.
    """
    v = momentum * v + g
    return w - lr * (g + momentum * v), v


def gradient_damped(w, g, v, lr, momentum):
    """momentum multiplies the gradient as well

    momentum * (v + g) shrinks the new gradient too. Only the old velocity is multiplied by
    momentum: v = momentum * v + g.
    """
    v = momentum * (v + g)
    return w - lr * v, v


def _momentum(w, g, v, lr, momentum):
    v = momentum * v + g
    return w - lr * v, v


def _momentum_expanded(w, g, v, lr, momentum):
    return w - lr * momentum * v - lr * g, g + v * momentum


# ----------------------------------------------------------------------------- RMSProp


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


MOMENTUM_STEP = step_exercise(
    "momentum_step",
    "momentum",
    title="One step of momentum",
    points=4,
    words={
        "returns": "w and v",
        "state": "The velocity becomes momentum · v + g.",
        "move": "The weights move by −lr times the new velocity.",
        "epsilon": "",
    },
    ranges={"lr": RATE, "momentum": DECAY_RATE},
    powers=(1,),
    misconceptions=(
        lr_applied_twice,
        lr_in_velocity,
        averaged_velocity,
        steps_uphill,
        velocity_subtracts,
        velocity_reset,
        moves_by_old_velocity,
        nesterov_instead,
        gradient_damped,
    ),
    correct=variants.of(_momentum, _momentum_expanded),
    section="sec-momentum",
)

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
