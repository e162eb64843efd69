"""Exponential decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .formula import Inputs, formula_exercise, rate


def in_stairs(t, lr, factor, every):
    """it falls in stairs

    Rounding t / every down makes it step decay. Here the rate falls a little at every step:
    factor ** (t / every), with a plain division.
    """
    return lr * factor ** np.floor(np.maximum(t, 0) / every)


def every_is_not_used(t, lr, factor, every):
    """every is not used

    factor ** t falls by factor at each step. The rate should take `every` steps for that:
    factor ** (t / every).
    """
    return lr * factor ** (np.maximum(t, 0) * 1.0)


def times_every(t, lr, factor, every):
    """t is multiplied by every

    A larger `every` must make the fall slower: factor ** (t / every).
    """
    return lr * factor ** (np.maximum(t, 0) * 1.0 * every)


def exp_of_factor(t, lr, factor, every):
    """factor stands in the exponent of e

    exp(-factor * t / every) multiplies by exp(-factor) in every interval. What is asked for
    multiplies by factor: factor ** (t / every), which is exp(log(factor) * t / every).
    """
    return lr * np.exp(-factor * np.maximum(t, 0) / every)


def complement_of_factor(t, lr, factor, every):
    """the rate falls by 1 - factor

    factor is what remains of the rate after `every` steps, not what is taken away.
    """
    return lr * (1 - factor) ** (np.maximum(t, 0) / every)


def straight_line(t, lr, factor, every):
    """it falls along a straight line

    The two agree at t = 0 and at t = every. Then the line goes on to zero and below; the exponential
    takes the same share off what is left: factor ** (t / every).
    """
    return lr * (1 - (1 - factor) * np.maximum(t, 0) / every)


def lr_in_the_power(t, lr, factor, every):
    """lr is raised to the power too

    In (lr * factor) ** (t / every) the power belongs to both. At t = 0 the rate must be lr, so lr
    stands outside: lr * factor ** (t / every).
    """
    return (lr * factor) ** (np.maximum(t, 0) / every)


def begins_one_step_late(t, lr, factor, every):
    """t is counted from 1

    The first step is t = 0, and its rate is lr. No 1 is added to t.
    """
    return lr * factor ** ((np.maximum(t, 0) + 1) / every)


def time_constant(t, lr, factor, every):
    """the rate falls like 1 / (1 + t)

    Dividing by something that grows with t is inverse-time decay, which is slow. An exponential
    multiplies by factor again and again: factor ** (t / every).
    """
    return lr / (1 + (1 / factor - 1) * np.maximum(t, 0) / every)


def rises_before_zero(t, lr, factor, every):
    """the rate goes on rising before step 0

    At a negative t the power is larger than 1. A step below 0 counts as step 0: np.maximum(t, 0).
    """
    return lr * factor ** (np.asarray(t) / every)


def _exponential_decay(t, lr, factor, every):
    return lr * factor ** (np.maximum(t, 0) / every)


def _by_exp(t, lr, factor, every):
    return lr * np.exp(np.log(factor) * np.clip(t, 0, None) / every)


def _share_each_step(t, lr, factor, every):
    each = factor ** (1 / every)
    return lr * each ** np.where(np.less(t, 0), 0.0, t)


def _in_a_loop(t, lr, factor, every):
    if np.ndim(t) == 0:
        return lr * factor ** (max(t, 0) / every)
    rates = np.empty(np.shape(t))
    for i, step in np.ndenumerate(t):
        rates[i] = lr * factor ** (max(step, 0) / every)
    return rates


def _in_place(t, lr, factor, every):
    rate = np.array(t, dtype=float)
    np.maximum(rate, 0.0, out=rate)
    rate /= every
    np.power(factor, rate, out=rate)
    rate *= lr
    return rate


def _draw(rng: np.random.Generator) -> tuple[float, float, int]:
    """Draw lr, factor and every; not ½, where factor and 1 − factor are the same."""
    return rate(rng), round(float(rng.uniform(0.2, 0.4)), 2), int(rng.integers(4, 8))


def _within(_lr: float, _factor: float, every: int) -> list[float]:
    return [every, 1, 2, every + 1, 2 * every, 4 * every - 1]


def _beyond(_lr: float, _factor: float, every: int) -> list[float]:
    return [-1, -every, -2.5 * every]


EXPONENTIAL_DECAY = formula_exercise(
    "exponential_decay",
    title="Exponential decay",
    points=2,
    section="sec-schedules",
    parameters=("lr", "factor", "every"),
    inputs=Inputs(_draw, _within, _beyond, edges=((0.3, 1.0, 4), (0.2, 0.5, 1), (0.2, 0.9, 1000))),
    words={
        "start": "At t = 0 the rate is lr.",
        "rule": "The rate is lr · factor^(t / every): it falls a little at every step, by factor in `every` steps.",
        "ends": "A step below 0 counts as step 0.",
    },
    reference=_exponential_decay,
    misconceptions=(
        in_stairs,
        every_is_not_used,
        times_every,
        exp_of_factor,
        complement_of_factor,
        straight_line,
        lr_in_the_power,
        begins_one_step_late,
        time_constant,
        rises_before_zero,
    ),
    correct=(
        _by_exp,
        _share_each_step,
        _in_a_loop,
        _in_place,
    ),
)
