"""The mistakes people make in warmup.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def zero_at_first_step(schedule, warmup):
    """the first step has the rate zero

    Steps are counted from 0, so t / warmup wastes the first step. Use (t + 1) / warmup: it begins at
    1 / warmup and is 1 at the last step of the warmup.
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * t / max(warmup, 1)
        return np.where(t < warmup, ramp, schedule(t - warmup))

    return rate


def schedule_not_shifted(schedule, warmup):
    """the schedule has begun during the warmup

    At the end of the warmup the rate jumps from schedule(0) down to schedule(warmup). The schedule
    begins when the warmup is over: step t gets schedule(t - warmup).
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * (t + 1) / max(warmup, 1)
        return np.where(t < warmup, ramp, schedule(t))

    return rate


def ramp_of_running_schedule(schedule, warmup):
    """the ramp multiplies a schedule that is running already

    schedule(t) falls while the ramp rises, and when the warmup ends the rate jumps. The ramp leads to
    schedule(0), and only then does the schedule begin.
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(t) * (t + 1) / max(warmup, 1)
        return np.where(t < warmup, ramp, schedule(t - warmup))

    return rate


def factor_on_the_schedule(schedule, warmup):
    """the ramp is a factor on an unshifted schedule

    min(1, (t + 1) / warmup) * schedule(t) loses the first `warmup` steps of the schedule, its highest
    rates. Ramp up to schedule(0) first, then begin it: schedule(t - warmup).
    """

    def rate(t):
        t = np.asarray(t)
        return np.minimum((t + 1) / max(warmup, 1), 1) * schedule(t)

    return rate


def warmup_one_step_longer(schedule, warmup):
    """the warmup lasts one step too long

    Steps 0 to warmup - 1 are `warmup` steps. With t <= warmup the ramp goes one step further, beyond
    schedule(0), and the schedule's own first step is skipped.
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * (t + 1) / max(warmup, 1)
        return np.where(t <= warmup, ramp, schedule(t - warmup))

    return rate


def full_rate_too_late(schedule, warmup):
    """the ramp is divided by warmup + 1

    The last step of the warmup is t = warmup - 1 and has the full rate: (t + 1) / warmup is 1 there.
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * (t + 1) / (warmup + 1)
        return np.where(t < warmup, ramp, schedule(t - warmup))

    return rate


def first_step_skipped(schedule, warmup):
    """the schedule's first step is skipped

    schedule(t - warmup + 1) begins with schedule(1). Step t = warmup gets schedule(0), the same rate
    as the step before it.
    """

    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * (t + 1) / max(warmup, 1)
        return np.where(t < warmup, ramp, schedule(t - warmup + 1))

    return rate


def ramp_to_one(schedule, warmup):
    """the ramp leads to 1 instead of schedule(0)

    (t + 1) / warmup is a share. Multiply it by the rate that the schedule begins with, schedule(0).
    """

    def rate(t):
        t = np.asarray(t)
        return np.where(t < warmup, (t + 1) / max(warmup, 1), schedule(t - warmup))

    return rate


def no_ramp(schedule, warmup):
    """the rate is the same in all of the warmup

    It must rise in equal parts: step t of the warmup gets the share (t + 1) / warmup of schedule(0).
    """

    def rate(t):
        t = np.asarray(t)
        return np.where(t < warmup, schedule(0), schedule(t - warmup))

    return rate


def stays_up(schedule, warmup):
    """the schedule never begins

    After the warmup the rate stays at schedule(0). From step t = warmup on it must be
    schedule(t - warmup).
    """

    def rate(t):
        t = np.asarray(t)
        return schedule(0) * np.minimum((t + 1) / max(warmup, 1), 1)

    return rate


def fails_without_warmup(schedule, warmup):
    """a warmup of 0 steps divides by zero

    With warmup = 0 no step belongs to the warmup, but (t + 1) / warmup is computed all the same.
    Return the schedule itself in that case, or divide by max(warmup, 1).
    """

    def rate(t):
        return np.where(t < warmup, schedule(0) * ((t + 1) / warmup), schedule(t - warmup))

    return rate


MISTAKES = (
    zero_at_first_step,
    schedule_not_shifted,
    ramp_of_running_schedule,
    factor_on_the_schedule,
    warmup_one_step_longer,
    full_rate_too_late,
    first_step_skipped,
    ramp_to_one,
    no_ramp,
    stays_up,
    fails_without_warmup,
)
