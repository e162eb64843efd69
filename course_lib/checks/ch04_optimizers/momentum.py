"""Momentum, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

from .. import variants
from ..steps import step_exercise
from .ranges import DECAY_RATE, RATE


def lr_applied_twice(w, g, v, lr, momentum):
    """lr is applied twice

    It multiplies the gradient as it enters the velocity, and the velocity again in the step, so
    every step is too short by a factor lr. Keep lr in one place: v = momentum * v + g, then w - lr * v.
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
