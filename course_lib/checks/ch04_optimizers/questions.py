"""Predict, then run: the questions of chapter 4. Each answer is computed, and so is each wrong one."""

from __future__ import annotations

import math

from ..rows import question


def _top_speed() -> float:
    v = 0.0
    for _ in range(1000):
        v = 0.9 * v + 1.0
    return 0.01 * v


def as_descent() -> float:
    """the velocity is taken for the gradient

    0.01 is the first step, when the velocity is still empty. Every later one adds what is left of the
    earlier gradients: 1 + 0.9 + 0.81 + ...
    """
    return 0.01 * 1.0


def only_what_is_kept() -> float:
    """only the old velocity is counted

    momentum is the share of velocity that is kept, 0.9 of it, and then the gradient is added. Ask
    which velocity stays the same under that: v = 0.9 v + 1.
    """
    return 0.01 * 0.9


def two_steps() -> float:
    """only the last two gradients are counted

    After two steps the velocity is 1.9, but it goes on growing: the gradient before those still
    counts 0.81, the next one 0.729. Add up all of them.
    """
    return 0.01 * 1.9


def the_velocity() -> float:
    """the velocity is given, not the step

    The velocity does approach 10. The weight moves by lr times the velocity.
    """
    return 1.0 / (1 - 0.9)


def without_end() -> float:
    """the step is taken to grow without end

    The velocity gains 1 and loses a tenth of itself in each step. Where the two are equal it stops
    growing.
    """
    return math.inf


MOMENTUM_TOP_SPEED = question(
    "momentum_top_speed",
    "04_optimizers",
    title="How fast does momentum get?",
    section="sec-momentum",
    answer=_top_speed,
    wrong=(as_descent, only_what_is_kept, two_steps, the_velocity, without_end),
)


def _first_adam_step() -> float:
    gradient, t = 250.0, 1
    m, v = (1 - 0.9) * gradient, (1 - 0.999) * gradient**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return 0.1 * m_hat / (math.sqrt(v_hat) + 1e-8)


def as_gradient_descent() -> float:
    """the step is taken to be lr times the gradient

    That is gradient descent. Adam divides by the root of the average square, which at the first step
    is the size of the gradient itself: it cancels.
    """
    return 0.1 * 250.0


def without_correction() -> float:
    """the bias correction is left out

    Without it m would be 0.1 times the gradient and the root of v 0.0316 times, and the step 3.16
    times lr. Both corrections undo their share exactly: m_hat = g and v_hat = g**2.
    """
    return 0.1 * 0.1 / math.sqrt(0.001)


def only_m_small() -> float:
    """only m is taken to start small

    m is a tenth of the gradient at the first step, but m_hat is m / (1 - 0.9): the gradient itself.
    """
    return 0.1 * 0.1


def not_rooted() -> float:
    """the root below the bar is left out

    The step is lr * m_hat / (sqrt(v_hat) + eps). The root of the average square has the size of the
    gradient, so the two cancel.
    """
    return 0.1 / 250.0


FIRST_ADAM_STEP = question(
    "first_adam_step",
    "04_optimizers",
    title="How far is Adam's first step?",
    section="sec-adam",
    answer=_first_adam_step,
    wrong=(as_gradient_descent, without_correction, only_m_small, not_rooted),
)
