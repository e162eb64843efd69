"""Step decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .formula import Inputs, formula_exercise, rate


def not_floored(t, lr, factor, every):
    """the number of falls is not rounded down

    factor ** (t / every) falls a little at every step: that is exponential decay. Between two falls
    the rate stays level, so count only whole ones: np.floor(t / every).
    """
    return lr * factor ** (np.maximum(t, 0) / every)


def rounded_to_nearest(t, lr, factor, every):
    """the number of falls is rounded to the nearest

    That brings every fall half an interval early. Round down: np.floor(t / every).
    """
    return lr * factor ** np.round(np.maximum(t, 0) / every)


def every_left_out(t, lr, factor, every):
    """it falls at every step

    That takes t for a count of epochs, with a fall after each. t counts steps, and the rate falls
    once in every `every` of them: the number of falls is t / every, rounded down.
    """
    return lr * factor ** np.floor(np.maximum(t, 0))


def every_multiplied(t, lr, factor, every):
    """t is multiplied by every

    A larger `every` must make the falls rarer: the number of falls is t / every, rounded down.
    """
    return lr * factor ** np.floor(np.maximum(t, 0) * every)


def one_step_early(t, lr, factor, every):
    """it falls one step early

    Steps are counted from 0, so the first `every` steps are 0 to every - 1, and the first fall comes
    at t = every. No 1 is added to t.
    """
    return lr * factor ** np.floor((np.maximum(t, 0) + 1) / every)


def one_step_late(t, lr, factor, every):
    """it falls one step late

    At t = every the first `every` steps are over, and that step already has the lower rate.
    """
    return lr * factor ** np.maximum(np.ceil(np.maximum(t, 0) / every) - 1, 0)


def falls_once(t, lr, factor, every):
    """it falls only once

    The rate falls again after every `every` steps: factor is raised to the number of falls so far.
    """
    return np.where(np.asarray(t) >= every, lr * factor, lr) * 1.0


def falls_by_factor_times_lr(t, lr, factor, every):
    """each fall subtracts the same amount

    After two falls the rate is lr * factor * factor. Subtracting makes it negative sooner or later;
    multiply instead, by factor to the power of the number of falls.
    """
    return lr - lr * (1 - factor) * np.floor(np.maximum(t, 0) / every)


def factor_times_falls(t, lr, factor, every):
    """factor is multiplied by the number of falls

    Before the first fall that is zero, and so is the rate. factor is raised to the power of the
    number of falls: factor ** 0 is 1.
    """
    return lr * factor * np.floor(np.maximum(t, 0) / every)


def one_minus_factor(t, lr, factor, every):
    """the rate falls by 1 - factor

    factor is what remains of the rate after a fall, not what is taken away: factor = 0.1 leaves a
    tenth.
    """
    return lr * (1 - factor) ** np.floor(np.maximum(t, 0) / every)


def not_clamped_below(t, lr, factor, every):
    """the rate goes on rising before step 0

    At t = -1 the floor of t / every is -1, and the rate comes out larger than lr. A step below 0
    counts as step 0: np.maximum(t, 0).
    """
    return lr * factor ** np.floor(np.asarray(t) / every)


def _step_decay(t, lr, factor, every):
    return lr * factor ** np.floor(np.maximum(t, 0) / every)


def _whole_division(t, lr, factor, every):
    falls = np.clip(t, 0, None) // every
    return factor**falls * lr


def _by_masks(t, lr, factor, every):
    steps = np.asarray(t, dtype=float)
    rate = np.full(steps.shape, float(lr))
    for falls in range(1, int(np.max(steps, initial=0) // every) + 1):
        rate[steps >= falls * every] *= factor
    return rate


def _step_by_step(t, lr, factor, every):
    def one(step):
        falls = int(max(step, 0) // every)
        return lr * factor**falls

    if np.ndim(t) == 0:
        return one(t)
    return np.array([one(step) for step in np.ravel(t)], dtype=float).reshape(np.shape(t))


def _by_logarithm(t, lr, factor, every):
    return lr * np.exp(np.log(factor) * np.floor_divide(np.maximum(0, t), every))


def _draw(rng: np.random.Generator) -> tuple[float, float, int]:
    """Draw lr, factor and every; not ½, where factor and 1 − factor are the same."""
    return rate(rng), round(float(rng.uniform(0.2, 0.4)), 2), int(rng.integers(4, 8))


def _within(_lr: float, _factor: float, every: int) -> list[float]:
    return [1, every - 1, every, every + 1, 2 * every - 1, 2 * every, 3 * every, 5 * every + 2]


def _beyond(_lr: float, _factor: float, every: int) -> list[float]:
    return [-1, -every, -2.5 * every]


STEP_DECAY = formula_exercise(
    "step_decay",
    title="Step decay",
    points=4,
    section="sec-schedules",
    parameters=("lr", "factor", "every"),
    inputs=Inputs(_draw, _within, _beyond, edges=((0.3, 1.0, 4), (0.2, 0.5, 1))),
    words={
        "start": "At t = 0 the rate is lr.",
        "rule": "The rate is multiplied by factor at t = every, again at t = 2 · every, and so on; in between it stays level.",
        "ends": "A step below 0 counts as step 0.",
    },
    reference=_step_decay,
    misconceptions=(
        not_floored,
        rounded_to_nearest,
        every_left_out,
        every_multiplied,
        one_step_early,
        one_step_late,
        falls_once,
        falls_by_factor_times_lr,
        factor_times_falls,
        one_minus_factor,
        not_clamped_below,
    ),
    correct=(
        _whole_division,
        _by_masks,
        _step_by_step,
        _by_logarithm,
    ),
)
