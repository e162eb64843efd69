"""Warmup before any schedule, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._validate import Array
from ..rows import exercise, form_of, prop
from ..trial import Trial
from .formula import rate


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


def _with_warmup(schedule, warmup):
    def rate(t):
        t = np.asarray(t)
        ramp = schedule(0) * (t + 1) / max(warmup, 1)
        return np.where(t < warmup, ramp, schedule(t - warmup))

    return rate


def _clamped_share(schedule, warmup):
    if warmup == 0:
        return schedule

    def rate(t):
        share = np.minimum((np.asarray(t) + 1) / warmup, 1)
        return share * schedule(np.maximum(np.asarray(t) - warmup, 0))

    return rate


def _one_at_a_time(schedule, warmup):
    peak = schedule(0)

    def one(t):
        return peak * (t + 1) / warmup if t < warmup else schedule(t - warmup)

    def rate(t):
        if np.ndim(t) == 0:
            return one(t)
        values = [float(one(step)) for step in np.ravel(t).tolist()]
        return np.array(values, dtype=float).reshape(np.shape(t))

    return rate


def _vectorized(schedule, warmup):
    def one(t):
        if t >= warmup:
            return float(schedule(t - warmup))
        return (t + 1) * float(schedule(0)) / warmup

    return np.vectorize(one, otypes=[float])


def _with_masks(schedule, warmup):
    def rate(t):
        t = np.array(t, dtype=float)
        early = t < warmup
        values = np.empty_like(t)
        values[early] = (t[early] + 1) / (warmup or 1) * schedule(0)
        values[~early] = schedule(t[~early] - warmup)
        return values

    return rate


def _returns_lambda(schedule, warmup):
    return lambda t: np.where(
        np.less(t, warmup),
        np.add(t, 1.0) * schedule(0) / (warmup + (warmup == 0)),
        schedule(np.subtract(t, warmup)),
    )


# ------------------------------------------------------------------------------ inputs

PROBES = tuple((t,) for t in range(16))


def _schedule(rng: np.random.Generator, rising: bool = False) -> Callable[[Any], Any]:
    """Return a schedule; its docstring is how it is shown. Below 0 it keeps its first value."""
    lr, factor = rate(rng), round(float(rng.uniform(0.8, 0.9)), 2)
    if rising:
        factor = round(2 - factor, 2)

    def schedule(t: Any) -> Any:
        value: Array = lr * factor ** np.maximum(t, 0)
        return float(value) if np.ndim(t) == 0 else value

    schedule.__doc__ = f"schedule(t) = {lr:g} * {factor:g}**t"
    return schedule


def _draw(rng: np.random.Generator) -> tuple[Any, ...]:
    return _schedule(rng), int(rng.integers(3, 7))


def _fingerprint(trial: Trial, rng: np.random.Generator) -> list[Array]:
    """Return the rates; when the schedule is called is a matter of style."""
    seen = []
    for warmup in (1, 4, 5, 0):
        (warmed,) = trial.call(_schedule(rng), warmup)
        for t in range(12):
            try:
                seen.append(np.asarray(warmed(t)))
            except Exception:
                seen.append(np.array(np.nan))
    return seen


# -------------------------------------------------------------------------- properties


def first_step(trial: Trial) -> None:
    """The first step gets schedule(0) / warmup, not zero."""
    rng = trial.rng(1)
    for _ in range(2):
        trial.compare(*_draw(rng), probes=((0,),))


def ramp(trial: Trial) -> None:
    """Step t of the warmup gets (t + 1) / warmup of schedule(0); the last one gets all of it."""
    rng = trial.rng(2)
    for _ in range(3 if trial.hidden else 2):
        schedule, warmup = _draw(rng)
        trial.compare(schedule, warmup, probes=tuple((t,) for t in range(warmup)))


def seam(trial: Trial) -> None:
    """Then the schedule begins: step t = warmup gets schedule(0)."""
    rng = trial.rng(3)
    for _ in range(2):
        schedule, warmup = _draw(rng)
        trial.compare(schedule, warmup, probes=((warmup,),))


def afterwards(trial: Trial) -> None:
    """From then on, step warmup + k gets schedule(k)."""
    rng = trial.rng(4)
    for _ in range(3 if trial.hidden else 2):
        schedule, warmup = _draw(rng)
        trial.compare(schedule, warmup, probes=tuple((warmup + k,) for k in (1, 2, 3, 10)))


def other_schedules(trial: Trial) -> None:
    """It works for a schedule that rises, and for a warmup of one step or a hundred."""
    rng = trial.rng(5)
    for warmup in (1, 100, *((2, 1000) if trial.hidden else ())):
        for rising in (True, False):
            probes = tuple((warmup + k,) for k in (-1, 0, 1, 5))
            trial.compare(_schedule(rng, rising), warmup, probes=((0,), *probes))


def any_order(trial: Trial) -> None:
    """The function can be called for any step in any order: it remembers nothing."""
    schedule, warmup = _draw(trial.rng(6))
    probes = tuple((t,) for t in (warmup + 3, 0, warmup, 2, warmup + 3, 0, 0))
    trial.compare(schedule, warmup, probes=probes)


def no_warmup(trial: Trial) -> None:
    """With warmup = 0 it is the schedule itself."""
    trial.compare(_schedule(trial.rng(7)), 0, probes=((0,), (1,), (5,)))


def arrays(trial: Trial) -> None:
    """It takes an array of steps, such as all steps of a run, and returns an array like it."""
    rng = trial.rng(8)
    shapes: list[Array] = [np.arange(4), np.arange(12)]
    if trial.hidden:
        shapes += [np.array([]), np.arange(12).reshape(3, 4), np.array([7.5, 0.25])]
    for t in shapes:
        trial.compare(*_draw(rng), probes=((t,),))


_ROW = exercise(
    "with_warmup",
    "05_schedules",
    title="Warmup before any schedule",
    points=6,
    section="sec-warmup",
    parameters=("schedule", "warmup"),
    returns=("rate",),
    kinds=("function",),
    probes=PROBES,
    reference=_with_warmup,
    cases=lambda rng: [_draw(rng)],
    properties=(
        form_of("It returns a function.", _draw),
        first_step,
        prop(ramp, after="first_step", weight=2),
        prop(seam, after="ramp"),
        prop(afterwards, after="seam", weight=2),
        prop(other_schedules, after="afterwards"),
        prop(any_order, after="afterwards"),
        prop(no_warmup, after="afterwards"),
        prop(arrays, after="afterwards"),
    ),
    misconceptions=(
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
    ),
    correct=(_clamped_share, _vectorized, _with_masks, _one_at_a_time, _returns_lambda),
)

WITH_WARMUP = dataclasses.replace(_ROW, fingerprint=_fingerprint)
