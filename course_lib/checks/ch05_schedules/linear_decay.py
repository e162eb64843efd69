"""Linear decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .formula import Inputs, formula_exercise, rate


def not_clamped(t, lr, T, lr_end):
    """the rate goes on falling after T

    The line crosses zero and the steps turn uphill. Keep t within 0 and T first: np.clip(t, 0, T).
    """
    return lr + (lr_end - lr) * np.asarray(t) / T


def clamped_above_only(t, lr, T, lr_end):
    """the rate is higher than lr before step 0

    A step below 0 counts as step 0. np.clip(t, 0, T) takes care of both ends.
    """
    return lr + (lr_end - lr) * np.minimum(t, T) / T


def clamped_at_zero_rate(t, lr, T, lr_end):
    """the rate is cut off at zero instead of lr_end

    np.maximum(rate, 0) stops the line only where the rate is zero. It must stop at t = T, where the
    rate is lr_end.
    """
    return np.maximum(lr + (lr_end - lr) * np.maximum(t, 0) / T, 0)


def zero_after_end(t, lr, T, lr_end):
    """the rate is zero after T

    Beyond its end a schedule keeps the value that it has there: lr_end.
    """
    t = np.asarray(t)
    return np.where(t > T, 0, lr + (lr_end - lr) * np.clip(t, 0, T) / T)


def end_at_last_step(t, lr, T, lr_end):
    """it reaches the end one step early

    T is the number of steps, and the lowest rate belongs to t = T, when the run is over. Divide by T,
    not by T - 1.
    """
    return lr + (lr_end - lr) * np.clip(t, 0, T - 1) / (T - 1)


def counted_from_one(t, lr, T, lr_end):
    """t is counted from 1

    The first step is t = 0, and its rate is lr. No 1 is added to t.
    """
    return lr + (lr_end - lr) * np.clip(np.asarray(t) + 1, 0, T) / T


def lr_end_left_out(t, lr, T, lr_end):
    """lr_end is not used

    The line ends at lr_end, not at zero: lr + (lr_end - lr) * t / T.
    """
    return lr * (1 - np.clip(t, 0, T) / T)


def lr_end_on_top(t, lr, T, lr_end):
    """lr_end is added on top

    Then the rate begins at lr + lr_end. Mix the two ends: (1 - t / T) of lr and t / T of lr_end.
    """
    return lr * (1 - np.clip(t, 0, T) / T) + lr_end


def cut_at_lr_end(t, lr, T, lr_end):
    """the rate falls towards zero and is cut off at lr_end

    That reaches lr_end too early and in a corner. The line itself runs from lr to lr_end:
    lr + (lr_end - lr) * t / T.
    """
    return np.maximum(lr * (1 - np.clip(t, 0, T) / T), lr_end)


def falls_by_lr_end(t, lr, T, lr_end):
    """the rate falls by lr_end instead of to it

    lr - lr_end * t / T ends at lr - lr_end. The way down is lr - lr_end, and it is subtracted from
    lr.
    """
    return lr - lr_end * np.clip(t, 0, T) / T


def ends_swapped(t, lr, T, lr_end):
    """the two ends are swapped

    At t = 0 the rate is lr, at t = T it is lr_end. The share t / T belongs to lr_end.
    """
    share = np.clip(t, 0, T) / T
    return share * lr + (1 - share) * lr_end


def not_divided(t, lr, T, lr_end):
    """t is not divided by T

    The line would be down after one step. The share of the way is t / T.
    """
    return lr + (lr_end - lr) * np.clip(t, 0, T)


def geometric(t, lr, T, lr_end):
    """the rate falls by the same factor at each step

    That is exponential decay from lr to lr_end. On a straight line it falls by the same amount.
    """
    share = np.clip(t, 0, T) / T
    return lr * (lr_end / lr) ** share


def _linear_decay(t, lr, T, lr_end):
    share = np.minimum(np.maximum(t, 0), T) / T
    return (1 - share) * lr + share * lr_end


def _by_interp(t, lr, T, lr_end):
    return np.interp(t, [0, T], [lr, lr_end])


def _from_the_end(t, lr, T, lr_end):
    left = T - np.minimum(np.maximum(t, 0), T)
    return lr_end + (lr - lr_end) * left / T


def _by_where(t, lr, T, lr_end):
    t = np.asarray(t)
    rate = lr - (lr - lr_end) / T * t
    return np.where(t <= 0, lr, np.where(t >= T, lr_end, rate))


def _one_at_a_time(t, lr, T, lr_end):
    def one(step):
        share = min(max(step, 0), T) / T
        return lr + share * (lr_end - lr)

    if np.ndim(t) == 0:
        return one(t)
    return np.array([one(step) for step in np.ravel(t)], dtype=float).reshape(np.shape(t))


def _in_place(t, lr, T, lr_end):
    rate = np.array(t, dtype=float)
    rate[rate < 0] = 0
    rate[rate > T] = T
    rate *= (lr_end - lr) / T
    rate += lr
    return rate


def _draw(rng: np.random.Generator) -> tuple[float, int, float]:
    """Draw lr, T and lr_end, which is a fifth to a third of lr."""
    lr = rate(rng)
    return lr, int(rng.integers(6, 13)), round(lr * float(rng.uniform(0.2, 0.33)), 3)


def _within(_lr: float, T: int, _end: float) -> list[float]:
    return [T / 2, T, 1, 2, T - 1]


def _beyond(_lr: float, T: int, _end: float) -> list[float]:
    return [T + 1, 2 * T, 5 * T + 1, -1, -T]


LINEAR_DECAY = formula_exercise(
    "linear_decay",
    title="Linear decay",
    points=4,
    section="sec-schedules",
    parameters=("lr", "T", "lr_end"),
    inputs=Inputs(
        _draw, _within, _beyond, edges=((0.3, 8, 0.0), (0.3, 1, 0.1), (0.2, 9, 0.2), (0.1, 7, 0.4))
    ),
    words={
        "start": "At t = 0 the rate is lr.",
        "rule": "From there to t = T it follows a straight line, down to lr_end.",
        "ends": "Beyond T the rate stays at lr_end; a step below 0 counts as step 0.",
    },
    reference=_linear_decay,
    misconceptions=(
        not_clamped,
        clamped_above_only,
        clamped_at_zero_rate,
        zero_after_end,
        end_at_last_step,
        counted_from_one,
        lr_end_left_out,
        lr_end_on_top,
        cut_at_lr_end,
        falls_by_lr_end,
        ends_swapped,
        not_divided,
        geometric,
    ),
    correct=(_by_interp, _from_the_end, _by_where, _one_at_a_time, _in_place),
)
