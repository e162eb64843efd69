"""Runs of an update rule on a landscape, step by step: :func:`descend`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, as_floats, count, number, same_shape
from .kernels import descent as kernels
from .kernels.policy import jit_enabled
from .landscapes import Objective, as_objective
from .optimizers import FAR_AWAY, Optimizer, Rule, as_optimizer, hyperparameters, learning_rates

__all__ = ["Descent", "descend"]


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
        Standard deviation of the Gaussian noise added to every coordinate of every gradient.
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
    start = as_floats(where.start if w0 is None else w0, "w0").astype(np.float64)
    if w0 is not None:
        same_shape(start, np.asarray(where.start), "w0", f"the start of {where.name}")
    if start.ndim != 1 or not (np.abs(start) <= FAR_AWAY).all():
        raise ValueError("w0 must be a vector of finite numbers, none beyond 1e10.")
    steps = count(steps, "steps")
    spread = number(noise, "noise", low=0)
    rng = np.random.default_rng(count(seed, "seed"))
    run = _Run(
        where,
        how,
        hyperparameters(how, hyper),
        learning_rates(how, lr, steps),
        spread * rng.standard_normal((steps if spread else 0, start.size)),
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
