"""What is measured of this library, and how fast memory is (a process of :mod:`_measure`)."""

from __future__ import annotations

from functools import partial

import numpy as np
from tasks import CURVATURES, LR, momenta, rates, weights_and_gradient

from course_lib.descent import descend, sweep
from course_lib.kernels._threads import together
from course_lib.kernels.policy import Array, elements, for_floats, kernel, threads
from course_lib.landscapes import quadratic
from course_lib.optimizers import Stepper

BETA = {"momentum": "momentum", "adam": "beta1"}


@kernel(*for_floats("void(i8, F[::1], F[::1], F[::1])"), nogil=True)
def triad(times: int, a: Array, b: Array, c: Array) -> None:
    """Do what is as fast as memory: a ← b + 2c."""
    two = a.dtype.type(2.0)
    for k in range(times):
        for i in elements(a):
            a[i] = b[i] + two * c[i] + a.dtype.type(k)  # not the same each time


@kernel(*for_floats("void(i8, F[::1], F[::1], F[::1])"), nogil=True)
def roots(times: int, a: Array, b: Array, c: Array) -> None:
    """Do what adaptive rules wait for where memory is fast: a root and a division an element."""
    one = a.dtype.type(1.0)
    for k in range(times):
        for i in elements(a):
            a[i] = b[i] / (np.sqrt(c[i]) + one + a.dtype.type(k))


def prepare(task):
    """Return our way to do a task, and with a step the triad of the same size."""
    return globals()[task["what"]](**{k: v for k, v in task.items() if k != "what"})


def step(rule, n, dtype):
    """One step of a rule."""
    w, g = weights_and_gradient(n, dtype)
    update = Stepper(rule, w, lr=LR).update

    def run(calls):
        for _ in range(calls):
            update(g)

    return {"ours": run, "triad": on_all(triad, n, dtype), "roots": on_all(roots, n, dtype)}


def on_all(kernel, n, dtype):
    """Return a run of a kernel on all processors, each with arrays of its own, without a pause between calls.

    Below 10,000 elements a step has one thread; so has this.
    """
    parts = min(threads(), max(1, n // 10_000))
    arrays = [np.ones((3, n // parts), dtype=dtype) for _ in range(parts)]

    def run(calls):
        together([partial(kernel.compiled, calls, *part) for part in arrays])

    return run


def path(steps):
    """A run that keeps its path."""

    def run(calls):
        for _ in range(calls):
            descend("rosenbrock", rule="adam", steps=steps, lr=1e-3)

    return {"ours": run}


def grid(rule, size, steps):
    """A grid of learning rates and momenta."""
    bowl, axes = quadratic(CURVATURES), {"lr": rates(size), BETA[rule]: momenta(size)}

    def run(calls):
        for _ in range(calls):
            sweep(bowl, rule=rule, steps=steps, grid=axes)

    return {"ours": run}


def grid_result():
    """Return what the small grid comes to, for a comparison with the peers."""
    bowl, axes = quadratic(CURVATURES), {"lr": rates(16), "momentum": momenta(16)}
    runs = sweep(bowl, rule="momentum", steps=200, grid=axes)
    return [runs.final_losses.tolist(), runs.steps_to_tolerance.tolist(), runs.diverged_at.tolist()]
