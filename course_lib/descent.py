"""Runs of an update rule on a landscape: one, :func:`descend`, or a whole grid, :func:`sweep`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._sweep import Sweep, can_be_lanes, make_grid, run_lanes, summary
from ._validate import Array, as_floats, count, number, same_shape
from .kernels import descent as kernels
from .kernels import optimizers as optimizer_kernels
from .kernels import plane
from .kernels.policy import jit_enabled
from .landscapes import Objective, as_objective
from .optimizers import FAR_AWAY, Optimizer, Rule, as_optimizer, hyperparameters, learning_rates

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
        ``f(w, g, *state, lr, **hyper)``; see :func:`course_lib.optimizers.from_function`.
    steps : int
    lr : float or array_like of float, shape (steps,), optional
        Learning rate: one for the run or one for each step. The rule's own default if left out.
    noise : float
        Standard deviation S of every coordinate of one example's gradient. Gaussian noise is added to
        the gradient as it is in the mean over a minibatch: its variance is S²/m, without replacement
        (S²/m)(N − m)/(N − 1) [1]_.
    batch_size : int
        m. With the default of 1 and no ``examples``, ``noise`` is that of the gradient itself.
    examples : int, optional
        N; endless if left out. A batch of all has no noise.
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
    start = _start(where, w0)
    steps = count(steps, "steps")
    run = _Run(
        where,
        how,
        hyperparameters(how, hyper),
        learning_rates(how, lr, steps),
        _noise(noise, batch_size, examples, seed, steps, start.size),
        np.zeros((len(how.state), start.size)),
        np.empty((steps + 1, start.size)),
        np.empty(steps + 1),
    )
    run.path[0] = start
    compiled = jit_enabled() and where.family is not None and how.kernel in kernels.RULES
    # A run on its way to infinity overflows; `diverged_at` tells that, not a warning.
    with np.errstate(all="ignore"):
        stopped = _compiled(run) if compiled else _in_python(run)
    done = stopped if stopped else steps + 1
    return Descent(
        where.name,
        how.name,
        run.path[:done].copy(),
        run.losses[:done].copy(),
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
    >>> runs = sweep(quadratic((1, 10)), steps=300, grid={"lr": [0.05, 0.1, 2 / 11, 0.3]})
    >>> runs.steps_to_tolerance
    array([128,  63,  39,  -1])
    >>> runs.diverged_at
    array([-1, -1, -1, 34])
    >>> runs.best()
    {'lr': 0.1818...}
    """
    where = as_objective(objective)
    how = as_optimizer(rule)
    start = _start(where, w0)
    steps = count(steps, "steps")
    points = make_grid(how, grid, hyper, lr)
    target = number(tolerance, "tolerance", low=0) + (where.minimum or 0.0)
    shifts = _noise(noise, batch_size, examples, seed, steps, start.size)
    with np.errstate(all="ignore"):
        if can_be_lanes(where, how):
            out = run_lanes(where, how, points, start, shifts, steps, target)
        else:
            out = np.array(
                [
                    _one_point(where, how, start, steps, rate, values, shifts, target)
                    for rate, values in zip(points.rates, points.hyper.T, strict=True)
                ]
            ).T
    last, reached, diverged, lowest = (part.reshape(points.shape) for part in out)
    return Sweep(
        where.name, how.name, points.axes, last, lowest, reached.astype(np.int64),
        diverged.astype(np.int64),
    )  # fmt: skip


def _one_point(
    where: Objective, how: Optimizer, start: Array, steps: int, rate: float, hyper: Array, noise: Array,
    target: float,
) -> tuple[float, ...]:  # fmt: skip
    """Run one point of a grid in Python."""
    run = _Run(
        where, how, np.ascontiguousarray(hyper), np.full(steps, rate), noise,
        np.zeros((len(how.state), start.size)), np.empty((steps + 1, start.size)),
        np.empty(steps + 1),
    )  # fmt: skip
    run.path[0] = start
    stopped = _in_python(run)
    return summary(run.losses[: stopped or steps + 1], stopped or None, target)


def _start(where: Objective, w0: npt.ArrayLike | None) -> Array:
    """Return where a run begins, as a float64 vector."""
    start = as_floats(where.start if w0 is None else w0, "w0").astype(np.float64)
    if w0 is not None:
        same_shape(start, np.asarray(where.start), "w0", f"the start of {where.name}")
    if start.ndim != 1 or not (np.abs(start) <= FAR_AWAY).all():
        raise ValueError("w0 must be a vector of finite numbers, none beyond 1e10.")
    return start


def _noise(
    noise: float, batch_size: int, examples: int | None, seed: int, steps: int, n: int
) -> Array:
    """Return what is added to each step's gradient: shape (steps, n), or (0, n) for nothing."""
    spread = number(noise, "noise", low=0)
    m = count(batch_size, "batch_size", low=1)
    share = 1.0 / m
    if examples is not None:
        total = count(examples, "examples", low=1)
        if m > total:
            raise ValueError(f"batch_size is {m}, but there are only {total} examples.")
        share *= (total - m) / max(total - 1, 1)
    spread *= share**0.5
    rng = np.random.default_rng(count(seed, "seed"))
    added: Array = spread * rng.standard_normal((steps if spread else 0, n))
    return added


_ADAMS = (optimizer_kernels.adam, optimizer_kernels.adamw, optimizer_kernels.adam_l2)


class _Run(NamedTuple):
    """Everything a loop needs; the last three are filled in."""

    objective: Objective
    rule: Optimizer
    hyper: Array
    rates: Array
    noise: Array
    state: Array
    path: Array
    losses: Array


def _compiled(run: _Run) -> int:
    """Run the compiled loop; return the number of the step that diverged, or 0."""
    number_of_rule = kernels.RULES.index(run.rule.kernel)
    if run.rule.kernel in _ADAMS and run.path.shape[1] == 2:
        decay, l2 = (run.hyper[3] if run.rule.kernel is k else 0.0 for k in _ADAMS[1:])
        stopped_in_plane: int = plane.adam(
            decay, l2, run.hyper, run.objective.family, run.objective.params, run.rates, run.noise,
            FAR_AWAY, run.path, run.losses,
        )  # fmt: skip
        return stopped_in_plane
    stopped: int = kernels.descend(
        number_of_rule, run.hyper, run.state, run.objective.family, run.objective.params,
        run.rates, run.noise, FAR_AWAY, run.path, run.losses,
    )  # fmt: skip
    return stopped


def _in_python(run: _Run) -> int:
    """Do the same for any objective and any rule."""
    w = run.path[0].copy()
    run.losses[0], g = _evaluate(run.objective, w)
    for t, rate in enumerate(run.rates.tolist(), start=1):
        if len(run.noise):
            g = g + run.noise[t - 1]
        run.rule.kernel(w, g, run.state, t, rate, run.hyper)
        if not np.abs(w).max() <= FAR_AWAY:
            return t
        run.path[t] = w
        run.losses[t], g = _evaluate(run.objective, w)
    return 0


def _evaluate(objective: Objective, w: Array) -> tuple[float, Array]:
    """Return value and gradient of any objective, the gradient as a new float64 array."""
    value, gradient = objective.value_and_gradient(w.copy())
    g = np.array(gradient, dtype=np.float64)
    if g.shape != w.shape:
        raise ValueError(
            f"{objective.name} returned a gradient of shape {g.shape} for weights of shape {w.shape}."
        )
    return float(value), g
