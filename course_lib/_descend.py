"""How the runs of :mod:`course_lib.descent` are done: compiled, or step by step for whatever is no kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._sweep import summary
from ._validate import Array, as_floats, count, number, same_shape
from .kernels import descent as kernels
from .kernels import optimizers as optimizer_kernels
from .kernels import plane
from .kernels.policy import jit_enabled
from .landscapes import Objective
from .optimizers import FAR_AWAY, Optimizer

_ADAMS = (optimizer_kernels.adam, optimizer_kernels.adamw, optimizer_kernels.adam_l2)


class Run(NamedTuple):
    """Everything a loop needs; ``rates`` is one for all or one a step, the last three are filled in."""

    objective: Objective
    rule: Optimizer
    hyper: Array
    rates: Array
    noise: Array
    state: Array
    path: Array
    losses: Array


def start_of(where: Objective, w0: npt.ArrayLike | None) -> Array:
    """Return where a run begins, as a float64 vector."""
    start = as_floats(where.start if w0 is None else w0, "w0").astype(np.float64)
    if w0 is not None:
        same_shape(start, np.asarray(where.start), "w0", f"the start of {where.name}")
    if start.ndim != 1 or not (np.abs(start) <= FAR_AWAY).all():
        raise ValueError("w0 must be a vector of finite numbers, none beyond 1e10.")
    return start


def noise_of(
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
    start = count(seed, "seed")
    if not spread:
        return np.empty((0, n))
    added: Array = spread * np.random.default_rng(start).standard_normal((steps, n))
    return added


def run(job: Run) -> int:
    """Do a run; return the number of the step that diverged, or 0."""
    where, how = job.objective, job.rule
    if jit_enabled() and where.family is not None and how.kernel in kernels.RULES:
        return _compiled(job)
    return _in_python(job)


def _compiled(job: Run) -> int:
    """Run the compiled loop; return the number of the step that diverged, or 0."""
    number_of_rule = kernels.RULES.index(job.rule.kernel)
    if job.rule.kernel in _ADAMS and job.path.shape[1] == 2:
        decay, l2 = (job.hyper[3] if job.rule.kernel is k else 0.0 for k in _ADAMS[1:])
        stopped_in_plane: int = plane.adam(
            decay, l2, job.hyper, job.objective.family, job.objective.params, job.rates, job.noise,
            FAR_AWAY, job.path, job.losses,
        )  # fmt: skip
        return stopped_in_plane
    stopped: int = kernels.descend(
        number_of_rule, job.hyper, job.state, np.empty((2, job.path.shape[1])),
        job.objective.family, job.objective.params, job.rates, job.noise, FAR_AWAY, job.path, job.losses,
    )  # fmt: skip
    return stopped


def _in_python(job: Run) -> int:
    """Do the same for any objective and any rule."""
    w = job.path[0].copy()
    job.losses[0], g = _evaluate(job.objective, w)
    steps = len(job.losses) - 1
    for t, rate in enumerate(np.broadcast_to(job.rates, steps).tolist(), start=1):
        if len(job.noise):
            g = g + job.noise[t - 1]
        job.rule.kernel(w, g, job.state, t, rate, job.hyper)
        if not np.abs(w).max() <= FAR_AWAY:
            return t
        job.path[t] = w
        job.losses[t], g = _evaluate(job.objective, w)
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


def one_point(
    where: Objective, how: Optimizer, start: Array, steps: int, rate: float, hyper: Array, noise: Array,
    target: float,
) -> tuple[float, ...]:  # fmt: skip
    """Run one point of a grid in Python."""
    job = Run(
        where, how, np.ascontiguousarray(hyper), np.array([rate]), noise,
        np.zeros((len(how.state), start.size)), np.empty((steps + 1, start.size)),
        np.empty(steps + 1),
    )  # fmt: skip
    job.path[0] = start
    stopped = _in_python(job)
    return summary(job.losses[: stopped or steps + 1], stopped or None, target)
