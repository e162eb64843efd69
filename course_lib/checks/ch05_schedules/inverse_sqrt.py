"""Inverse square root decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .formula import Inputs, formula_exercise, rate


def singular_at_zero(t, lr, offset):
    """the rate is infinite at t = 0

    lr / sqrt(t) divides by zero at the first step. The offset is there to prevent that:
    lr * np.sqrt(offset / (offset + t)).
    """
    return lr / np.sqrt(np.maximum(t, 0))


def singular_and_scaled(t, lr, offset):
    """the offset is missing below the bar

    sqrt(offset / t) is infinite at t = 0. With offset + t below the bar the rate begins at lr.
    """
    return lr * np.sqrt(offset / np.maximum(t, 0))


def offset_of_one(t, lr, offset):
    """the offset is always 1

    lr / sqrt(1 + t) begins to fall at once. The offset says when: divide t by it,
    lr / np.sqrt(1 + t / offset).
    """
    return lr / np.sqrt(1 + np.maximum(t, 0))


def not_scaled_to_lr(t, lr, offset):
    """the rate does not begin at lr

    lr / sqrt(offset + t) is lr / sqrt(offset) at t = 0. Multiply by the root of the offset:
    lr * np.sqrt(offset / (offset + t)).
    """
    return lr / np.sqrt(offset + np.maximum(t, 0))


def root_missing(t, lr, offset):
    """the square root is missing

    That falls like 1 / t, much faster. Take the root of offset / (offset + t).
    """
    t = np.maximum(t, 0)
    return lr * offset / (offset + t)


def root_below_only(t, lr, offset):
    """the root is taken below the bar only

    The root belongs to the whole fraction. Without it above, the rate begins at
    lr * sqrt(offset).
    """
    return lr * offset / np.sqrt(offset + np.maximum(t, 0))


def root_of_t_alone(t, lr, offset):
    """the root is taken of t alone

    lr / (1 + sqrt(t / offset)) falls steeply at once. The 1 belongs under the root:
    lr / np.sqrt(1 + t / offset).
    """
    return lr / (1 + np.sqrt(np.maximum(t, 0) / offset))


def level_until_offset(t, lr, offset):
    """the rate stays level until t = offset

    max(t, offset) is used in some libraries, behind a warmup of offset steps. Here the rate falls
    from the start: offset + t stands below the bar.
    """
    return lr * np.sqrt(offset / np.maximum(t, offset))


def upside_down(t, lr, offset):
    """the fraction is upside down

    (offset + t) / offset grows with t, and so does its root. The larger number belongs below the
    bar.
    """
    return lr * np.sqrt((offset + np.maximum(t, 0)) / offset)


def offset_multiplied(t, lr, offset):
    """t is multiplied by the offset

    A larger offset must make the rate fall later: 1 + t / offset below the bar.
    """
    return lr / np.sqrt(1 + np.maximum(t, 0) * offset)


def squared(t, lr, offset):
    """the fraction is squared

    The rule takes the root of the fraction, which makes the fall slower. Squaring it makes the fall
    faster: like 1 / t**2.
    """
    return lr * (offset / (offset + np.maximum(t, 0))) ** 2


def not_clamped_below(t, lr, offset):
    """the rate rises before step 0

    A step below 0 counts as step 0: np.maximum(t, 0). Otherwise offset + t comes near zero, and then
    the root has no value.
    """
    return lr * np.sqrt(offset / (offset + np.asarray(t)))


def _inverse_sqrt(t, lr, offset):
    return lr * np.sqrt(offset / (offset + np.maximum(t, 0)))


def _one_plus(t, lr, offset):
    return lr / np.sqrt(1 + np.clip(t, 0, None) / offset)


def _by_power(t, lr, offset):
    t = np.where(np.greater(t, 0), t, 0)
    return lr * (1 + t / offset) ** -0.5


def _two_roots(t, lr, offset):
    return np.sqrt(offset) * lr / np.sqrt(np.maximum(np.asarray(t) + offset, offset))


def _one_at_a_time(t, lr, offset):
    def one(step):
        return lr * (offset / (offset + max(step, 0))) ** 0.5

    if np.ndim(t) == 0:
        return one(t)
    return np.array([one(step) for step in np.ravel(t)], dtype=float).reshape(np.shape(t))


def _in_place(t, lr, offset):
    rate = np.array(t, dtype=float)
    np.maximum(rate, 0, out=rate)
    rate += offset
    np.divide(offset, rate, out=rate)
    np.sqrt(rate, out=rate)
    rate *= lr
    return rate


def _draw(rng: np.random.Generator) -> tuple[float, float]:
    """Draw lr and an offset far from 1, whose root is not itself."""
    return rate(rng), float(rng.integers(5, 16))


def _within(_lr: float, offset: float) -> list[float]:
    return [3 * offset, 8 * offset, 1, offset, 2]


def _beyond(_lr: float, offset: float) -> list[float]:
    return [-1, -offset / 2, -offset, -2 * offset]


INVERSE_SQRT = formula_exercise(
    "inverse_sqrt",
    title="Inverse square root",
    points=4,
    section="sec-schedules",
    parameters=("lr", "offset"),
    inputs=Inputs(_draw, _within, _beyond, edges=((0.3, 1.0), (0.3, 0.25), (0.2, 1000.0))),
    words={
        "start": "At t = 0 the rate is lr.",
        "rule": "The rate is lr · √(offset / (offset + t)): after 3 · offset steps a half, after 8 · offset a third.",
        "ends": "A step below 0 counts as step 0.",
    },
    reference=_inverse_sqrt,
    misconceptions=(
        singular_at_zero,
        singular_and_scaled,
        offset_of_one,
        not_scaled_to_lr,
        root_missing,
        root_below_only,
        root_of_t_alone,
        level_until_offset,
        upside_down,
        offset_multiplied,
        squared,
        not_clamped_below,
    ),
    correct=(_one_plus, _by_power, _two_roots, _one_at_a_time, _in_place),
)
