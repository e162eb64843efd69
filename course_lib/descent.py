"""Runs of an update rule on a landscape: one, :func:`descend`, or a whole grid, :func:`sweep`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._descend import Run, noise_of, one_point, run, start_of
from ._sweep import Sweep, can_be_lanes, make_grid, run_lanes
from ._validate import Array, count, number
from .landscapes import Objective, as_objective
from .optimizers import Rule, as_optimizer, hyperparameters, learning_rates

__all__ = ["Descent", "Sweep", "descend", "sweep"]


class Descent(NamedTuple):
    """A run.

    Attributes
    ----------
    objective, rule : str
        Their names.
    path : ndarray of float64, shape (k + 1, n)
        The weights: where it began, and after each of the k steps.
    losses : ndarray of float64, shape (k + 1,)
        The objective's value at each point of the path (without noise).
    evaluations : int
        Gradients that were used: one a step.
    diverged_at : int or None
        Number of the step, counted from 1, that led beyond 1e10 or to a number that is not finite;
        None if there was none. The path ends before that step.
    """

    objective: str
    rule: str
    path: Array
    losses: Array
    evaluations: int
    diverged_at: int | None


def descend(
    objective: str | Objective,
    w0: npt.ArrayLike | None = None,
    rule: Rule = "sgd",
    steps: int = 100,
    lr: npt.ArrayLike | None = None,
    *,
    noise: float = 0.0,
    batch_size: int = 1,
    examples: int | None = None,
    seed: int = 0,
    **hyper: float,
) -> Descent:
    """Follow an update rule on a landscape.

    Parameters
    ----------
    objective : str or Objective
        Name of a landscape, or one made by :mod:`course_lib.landscapes`, or your own.
    w0 : array_like of float, shape (n,), optional
        Where to begin; the objective's own start if left out.
    rule : str, Optimizer or callable
        Name of an update rule, a row of ``OPTIMIZERS`` or a plain Python function
        ``f(w, g, *state, lr, **hyper)``; see :func:`~course_lib.optimizers.from_function`.
    steps : int
    lr : float or array_like of float, shape (steps,), optional
        Learning rate: one for the run or one for each step. The rule's own default if left out.
    noise : float
        Standard deviation S of every coordinate of one example's gradient. Gaussian noise is added to
        the gradient as it is in the mean over a minibatch: its variance is S²/m, without replacement
        (S²/m)(N − m)/(N − 1) [1]_.
    batch_size : int
        The m of ``noise``. With the default of 1 and no ``examples``, ``noise`` is that of the
        gradient itself.
    examples : int, optional
        The N of ``noise``; endless if left out. A batch of all has no noise.
    seed : int
        Of the noise: the same seed gives the same run.
    **hyper : float
        Hyperparameters of the rule that differ from its defaults.

    Returns
    -------
    Descent
        A run that diverges is a result too (``diverged_at``), not an error.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Notes
    -----
    A rule of the library on a landscape of the library runs as one compiled loop. Everything else,
    and everything where numba is missing, runs step by step in Python, with the same result.

    References
    ----------
    .. [1] W. G. Cochran (1977). Sampling techniques, theorem 2.2.

    Examples
    --------
    >>> from course_lib.landscapes import quadratic
    >>> run = descend(quadratic((1, 10)), rule="sgd", steps=3, lr=0.05)
    >>> run.path.round(4)
    array([[1.    , 1.    ],
           [0.95  , 0.5   ],
           [0.9025, 0.25  ],
           [0.8574, 0.125 ]])
    >>> descend(quadratic((1, 10)), steps=1000, lr=0.21).diverged_at
    242
    """
    where = as_objective(objective)
    how = as_optimizer(rule)
    start = start_of(where, w0)
    steps = count(steps, "steps")
    job = Run(
        where,
        how,
        hyperparameters(how, hyper),
        learning_rates(how, lr, steps if np.ndim(lr) else 1),  # type: ignore[arg-type]
        noise_of(noise, batch_size, examples, seed, steps, start.size),
        np.zeros((len(how.state), start.size)),
        np.empty((steps + 1, start.size)),
        np.empty(steps + 1),
    )
    job.path[0] = start
    # A run on its way to infinity overflows; `diverged_at` tells that, not a warning.
    with np.errstate(all="ignore"):
        stopped = run(job)
    return Descent(
        where.name,
        how.name,
        job.path[:stopped].copy() if stopped else job.path,
        job.losses[:stopped].copy() if stopped else job.losses,
        stopped or steps,
        stopped or None,
    )


def sweep(
    objective: str | Objective,
    w0: npt.ArrayLike | None = None,
    rule: Rule = "sgd",
    steps: int = 100,
    *,
    grid: Mapping[str, npt.ArrayLike],
    lr: float | None = None,
    tolerance: float = 1e-6,
    noise: float = 0.0,
    batch_size: int = 1,
    examples: int | None = None,
    seed: int = 0,
    **hyper: float,
) -> Sweep:
    """Follow an update rule from one start with every combination of some hyperparameters.

    Parameters
    ----------
    objective, w0, rule, steps
        As in :func:`descend`.
    grid : mapping of str to array_like of float
        The values to try: for ``lr``, for hyperparameters of the rule, or both.
    lr : float, optional
        Learning rate, where it is not in the grid.
    tolerance : float
        How far above the objective's minimum (above zero where that is not known) a loss counts as
        arrived.
    noise, batch_size, examples, seed
        As in :func:`descend`. All runs get the same noise, so that they differ by their hyperparameters
        alone.
    **hyper : float
        Hyperparameters that are the same for all.

    Returns
    -------
    Sweep
        Each run is that of :func:`descend`. Those that diverge are results too.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Notes
    -----
    A rule of the library on a landscape of the library runs many at a time, one a lane of the
    processor's vectors, and on several threads; see :mod:`course_lib.kernels.sweep`. Everything else
    runs one by one.

    Examples
    --------
    >>> from course_lib.landscapes import quadratic
    >>> grid = {"lr": [0.05, 0.1, 2 / 11, 0.3]}
    >>> runs = sweep(quadratic((1, 10)), steps=300, grid=grid)
    >>> runs.steps_to_tolerance
    array([128,  63,  39,  -1])
    >>> runs.diverged_at
    array([-1, -1, -1, 34])
    >>> runs.best()
    {'lr': 0.1818...}
    """
    where = as_objective(objective)
    how = as_optimizer(rule)
    start = start_of(where, w0)
    steps = count(steps, "steps")
    points = make_grid(how, grid, hyper, lr)
    target = number(tolerance, "tolerance", low=0) + (where.minimum or 0.0)
    shifts = noise_of(noise, batch_size, examples, seed, steps, start.size)
    with np.errstate(all="ignore"):
        if can_be_lanes(where, how):
            out = run_lanes(where, how, points, start, shifts, steps, target)
        else:
            out = np.array(
                [
                    one_point(where, how, start, steps, rate, values, shifts, target)
                    for rate, values in zip(points.rates, points.hyper.T, strict=True)
                ]
            ).T
    last, reached, diverged, lowest = (part.reshape(points.shape) for part in out)
    return Sweep(
        where.name, how.name, points.axes, last, lowest, reached.astype(np.int64),
        diverged.astype(np.int64),
    )  # fmt: skip
