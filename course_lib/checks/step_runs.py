"""What update rules are tried with: random runs of steps, as :mod:`course_lib.checks.steps` follows them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .._validate import Array


class Run(NamedTuple):
    """A start, the gradients that follow, and the hyperparameters by name (``lr`` among them)."""

    w: Array
    state: tuple[Array, ...]
    gradients: tuple[Array, ...]
    hyper: dict[str, float]
    t: int = 1


class Plan(NamedTuple):
    """What a run is like: :func:`draw` says what each part means."""

    shape: tuple[int, ...] = (3,)
    steps: int = 1
    scale: float | tuple[float, ...] = 1.0
    state: bool = False
    dtype: type = np.float64


def draw(
    ranges: Mapping[str, tuple[float, float]],
    powers: tuple[int, ...],
    rng: np.random.Generator,
    shape: tuple[int, ...] = (3,),
    steps: int = 1,
    *,
    scale: float | tuple[float, ...] = 1.0,
    state: bool = False,
    dtype: type = np.float64,
    shown: bool = True,
) -> Run:
    """Draw a random run: weights, gradients of size ``scale`` (one for each, or one for all), hyperparameters.

    What is shown is rounded to few digits, so that a case can be followed with a calculator.
    """
    places, digits = (2, ".2g") if shown else (15, ".15g")
    hyper = {name: float(f"{rng.uniform(*bounds):{digits}}") for name, bounds in ranges.items()}
    w = np.round(rng.normal(size=shape), places)
    # Bounded away from zero, so that no two mistakes can agree by accident.
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    size = np.array(scale) if isinstance(scale, tuple) else scale
    gradients = size * np.round(signs * rng.uniform(0.3, 2.0, size=(steps, *shape)), places)
    start = tuple(
        size**power * np.round(rng.uniform(0.1, 1.0, size=shape), places) * state
        for power in powers
    )
    cast = functools.partial(np.asarray, dtype=dtype)
    t = int(rng.integers(3, 9)) if state else 1
    return Run(cast(w), tuple(map(cast, start)), tuple(map(cast, gradients)), hyper, t)


@functools.lru_cache(500)
def runs(make: Callable[..., Run], seed: int, stream: int, *plans: Plan) -> tuple[Run, ...]:
    """Return the runs that one property of a check follows: drawn once, however many are checked.

    Parameters
    ----------
    make : callable
        :func:`draw` for a rule; the same object each time.
    seed, stream : int
        As of :meth:`course_lib.checks.trial.Trial.rng`.
    *plans : Plan
    """
    rng = np.random.default_rng([seed, stream])
    return tuple(make(rng, **plan._asdict()) for plan in plans)


def arguments(run: Run, clock: bool) -> list[Any]:
    """Return the arguments of the first call of a run."""
    time = [run.t] if clock else []
    return [run.w, run.gradients[0], *run.state, *time, *run.hyper.values()]


def follow(
    function: Callable[..., tuple[Array, ...]], run: Run, clock: bool
) -> list[tuple[Array, ...]]:
    """Take every step of a run, each from the function's own results; return all of them."""
    results = []
    for i, g in enumerate(run.gradients):
        now = run._replace(gradients=(g,), t=run.t + i)
        w, *state = function(*arguments(now, clock))
        run = run._replace(w=w, state=tuple(state))
        results.append((w, *state))
    return results
