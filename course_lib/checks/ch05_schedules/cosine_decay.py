"""Cosine decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .formula import Inputs, formula_exercise, rate


def in_degrees(t, lr, T, lr_end):
    """the angle is in degrees

    np.cos takes radians. Half a turn is np.pi, not 180: np.cos(np.pi * t / T).
    """
    share = np.clip(t, 0, T) / T
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(180 * share))


def pi_missing(t, lr, T, lr_end):
    """pi is missing

    cos(t / T) runs from 1 to cos 1 = 0.54: the rate falls by less than a
    quarter. To go from 1 to -1 the angle must go from
    0 to pi: np.cos(np.pi * t / T).
    """
    share = np.clip(t, 0, T) / T
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(share))


def full_turn(t, lr, T, lr_end):
    """the cosine goes through a full turn

    With 2 * pi the rate is down at t = T / 2 and back at lr at t = T. Half a turn is what falls:
    np.cos(np.pi * t / T).
    """
    share = np.clip(t, 0, T) / T
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(2 * np.pi * share))


def quarter_turn(t, lr, T, lr_end):
    """the cosine goes through a quarter of a turn

    cos(pi t / (2 T)) falls to 0 too, but it is steepest at the end instead of level there. Use half a
    turn, moved up by 1 and halved: (1 + np.cos(np.pi * t / T)) / 2.
    """
    share = np.clip(t, 0, T) / T
    return lr_end + (lr - lr_end) * np.cos(0.5 * np.pi * share)


def not_halved(t, lr, T, lr_end):
    """the one half is missing

    1 + cos is 2 at the start, so the rate begins far above lr. Multiply by 0.5.
    """
    share = np.clip(t, 0, T) / T
    return lr_end + (lr - lr_end) * (1 + np.cos(np.pi * share))


def not_moved_up(t, lr, T, lr_end):
    """the 1 is missing

    cos runs from 1 to -1, so the rate falls far below lr_end. 1 + cos runs from 2 to 0; half of that
    is the share that is left.
    """
    share = np.clip(t, 0, T) / T
    return lr_end + (lr - lr_end) * np.cos(np.pi * share)


def upside_down(t, lr, T, lr_end):
    """it rises instead of falling

    1 - cos is 0 at the start. The share of lr that is left is (1 + cos) / 2, which is 1 at the start.
    """
    share = np.clip(t, 0, T) / T
    return lr_end + 0.5 * (lr - lr_end) * (1 - np.cos(np.pi * share))


def end_at_last_step(t, lr, T, lr_end):
    """it reaches the end one step early

    T is the number of steps, and the lowest rate belongs to t = T, when the run is over. Divide by T,
    not by T - 1.
    """
    share = np.clip(t, 0, T - 1) / (T - 1)
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(np.pi * share))


def not_clamped(t, lr, T, lr_end):
    """the rate rises again after T

    A cosine is periodic: beyond T it comes back up. Keep t within 0 and T first: np.clip(t, 0, T).
    """
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(np.pi * np.asarray(t) / T))


def zero_after_end(t, lr, T, lr_end):
    """the rate is zero after T

    Beyond its end a schedule keeps the value that it has there: lr_end.
    """
    t = np.asarray(t)
    share = np.clip(t, 0, T) / T
    return np.where(t > T, 0, lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(np.pi * share)))


def lr_end_left_out(t, lr, T, lr_end):
    """lr_end is not used

    The rate falls to lr_end, not to zero: what the cosine multiplies is lr - lr_end, and lr_end is
    added.
    """
    return 0.5 * lr * (1 + np.cos(np.pi * np.clip(t, 0, T) / T))


def lr_end_on_top(t, lr, T, lr_end):
    """lr_end is added on top

    Then the rate begins at lr + lr_end. The cosine multiplies only what is to fall, lr - lr_end.
    """
    return lr_end + 0.5 * lr * (1 + np.cos(np.pi * np.clip(t, 0, T) / T))


def cut_at_lr_end(t, lr, T, lr_end):
    """the rate falls towards zero and is cut off at lr_end

    That reaches lr_end too early and in a corner. The whole curve runs from lr to lr_end:
    lr_end + 0.5 * (lr - lr_end) * (1 + cos).
    """
    return np.maximum(0.5 * lr * (1 + np.cos(np.pi * np.clip(t, 0, T) / T)), lr_end)


def line(t, lr, T, lr_end):
    """it is a straight line

    That is linear decay. The cosine stays near lr at first and near lr_end at last.
    """
    share = np.clip(t, 0, T) / T
    return lr + (lr_end - lr) * share


def _cosine_decay(t, lr, T, lr_end):
    share = np.minimum(np.maximum(t, 0), T) / T
    return lr_end + 0.5 * (lr - lr_end) * (1 + np.cos(np.pi * share))


def _by_squared_cosine(t, lr, T, lr_end):
    left = np.cos(0.5 * np.pi * np.minimum(np.maximum(t, 0), T) / T) ** 2
    return left * lr + (1 - left) * lr_end


def _middle_and_swing(t, lr, T, lr_end):
    angle = np.clip(np.pi * np.asarray(t) / T, 0, np.pi)
    return (lr + lr_end) / 2 + np.cos(angle) * (lr - lr_end) / 2


def _by_where(t, lr, T, lr_end):
    t = np.asarray(t)
    rate = lr - (lr - lr_end) * (1 - np.cos(t / T * np.pi)) / 2
    rate = np.where(t < 0, lr, rate)
    return np.where(t > T, lr_end, rate)


def _one_at_a_time(t, lr, T, lr_end):
    def one(step):
        if step <= 0:
            return lr
        if step >= T:
            return lr_end
        return lr_end + (lr - lr_end) * (1 + float(np.cos(np.pi * step / T))) / 2

    if np.ndim(t) == 0:
        return one(t)
    return np.array([one(step) for step in np.ravel(t)], dtype=float).reshape(np.shape(t))


def _in_place(t, lr, T, lr_end):
    rate = np.array(t, dtype=float)
    np.clip(rate, 0, T, out=rate)
    rate *= np.pi / T
    np.cos(rate, out=rate)
    rate += 1
    rate *= 0.5 * (lr - lr_end)
    rate += lr_end
    return rate


def _draw(rng: np.random.Generator) -> tuple[float, int, float]:
    """Draw lr, T and lr_end, which is a quarter to a half of lr."""
    lr = rate(rng)
    return lr, int(rng.integers(6, 13)), round(lr * float(rng.uniform(0.25, 0.5)), 3)


def _within(_lr: float, T: int, _end: float) -> list[float]:
    return [T / 2, T, 1, 2, T - 1, T - 2]


def _beyond(_lr: float, T: int, _end: float) -> list[float]:
    return [T + 1, 1.5 * T, 2 * T, 3 * T + 1, -1, -T]


COSINE_DECAY = formula_exercise(
    "cosine_decay",
    title="Cosine decay",
    points=6,
    section="sec-schedules",
    parameters=("lr", "T", "lr_end"),
    inputs=Inputs(
        _draw, _within, _beyond, edges=((0.3, 8, 0.0), (0.3, 1, 0.1), (0.2, 9, 0.2), (0.1, 7, 0.4))
    ),
    words={
        "start": "At t = 0 the rate is lr.",
        "rule": "From there to t = T it follows half a turn of the cosine, down to lr_end.",
        "ends": "Beyond T the rate stays at lr_end; a step below 0 counts as step 0.",
    },
    reference=_cosine_decay,
    misconceptions=(
        in_degrees,
        pi_missing,
        full_turn,
        quarter_turn,
        not_halved,
        not_moved_up,
        upside_down,
        end_at_last_step,
        not_clamped,
        zero_after_end,
        lr_end_left_out,
        lr_end_on_top,
        cut_at_lr_end,
        line,
    ),
    correct=(_by_squared_cosine, _middle_and_swing, _by_where, _one_at_a_time, _in_place),
)
