"""Warmup before any schedule: a function that takes a schedule and returns another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._validate import Array
from ..rows import exercise, form_of, prop
from ..trial import Trial
from .formula import rate
from .warmup_mistakes import MISTAKES


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
    misconceptions=MISTAKES,
    correct=(_clamped_share, _vectorized, _with_masks, _one_at_a_time, _returns_lambda),
)

WITH_WARMUP = dataclasses.replace(_ROW, fingerprint=_fingerprint)
