"""The gradient noise scale. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import numbers
from .noise_mistakes import MISTAKES


def _noise_scale(per_example_grads):
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return trace / square if square > 0 else np.inf


def _variance(per_example_grads):
    trace = np.sum(np.var(per_example_grads, axis=0, ddof=1))
    g = np.mean(per_example_grads, axis=0)
    square = np.sum(g**2) - trace / per_example_grads.shape[0]
    if square <= 0:
        return float("inf")
    return float(trace / square)


def _pairs(per_example_grads):
    rows = np.array([np.ravel(g) for g in per_example_grads])
    n, products = len(rows), rows @ rows.T
    square = (products.sum() - np.trace(products)) / (n * (n - 1))
    trace = np.trace(products) / n - square
    return np.array(trace / square if square > 0 else np.inf)


def _covariance(per_example_grads):
    rows = np.reshape(per_example_grads, (len(per_example_grads), -1))
    covariance = np.atleast_2d(np.cov(rows.T))
    g = rows.sum(axis=0) / len(rows)
    square = np.linalg.norm(g) ** 2 - np.trace(covariance) / len(rows)
    return np.trace(covariance) / square if square > 0 else np.inf


def _loops(per_example_grads):
    n = len(per_example_grads)
    rows = per_example_grads.reshape((n, per_example_grads.size // n))
    trace, square = 0.0, 0.0
    for j in range(rows.shape[1]):
        mean = 0.0
        for i in range(n):
            mean += rows[i, j] / n
        for i in range(n):
            trace += (rows[i, j] - mean) ** 2 / (n - 1)
        square += mean**2
    square -= trace / n
    if square > 0.0:
        return trace / square
    return np.inf


_jitted = policy.compile_lazily(_loops)


@functools.wraps(_loops)
def _compiled(per_example_grads):
    # Compiled for one shape: each number of axes would be compiled anew.
    return _jitted(per_example_grads.reshape(len(per_example_grads), -1))


def _arguments(rng, n=4, shape=(2,)):
    """Draw gradients whose mean is well above its noise."""
    mean = numbers(rng, shape, 1.0, 3.0)
    apart = np.linspace(-1.0, 1.0, n).reshape(-1, *(1,) * len(shape))
    noise = apart * np.abs(numbers(rng, shape, 0.2, 0.6)) + rng.uniform(-0.1, 0.1, (n, *shape))
    return (np.round(mean + noise, 2),)


def signal_and_noise(trial):
    """It is T / S: T is the sum of the variances (with N − 1), S is ‖mean‖² − T / N."""
    rng = trial.rng(1)
    trial.compare(np.array([[1.0], [3.0]]))
    for n, columns in ((2, 2), (3, 1), (5, 3)):
        trial.compare(*_arguments(rng, n, (columns,)), when=f" for {n} examples")


def lost_in_noise(trial):
    """Where S is not above zero, it is infinite."""
    rng = trial.rng(2)
    half = numbers(rng, (2, 2))
    for grads in (np.concatenate([half, -half]), np.zeros((3, 2))):
        (found,) = trial.call(grads)
        if not np.isposinf(found):
            raise Failure(
                "S is not above zero, so the result must be np.inf.",
                trial.name_arguments((grads,)),
                np.array(np.inf),
                found,
                "scale",
            )


def no_noise(trial):
    """Where all examples agree there is no noise: it is zero."""
    grads = np.tile(np.array([0.5, -1.25]), (4, 1))
    trial.compare(grads, when=" for four equal gradients")


def every_shape(trial):
    """After the first axis, that of the examples, gradients may have any shape."""
    rng = trial.rng(3)
    shapes = [(2, 3), (), (1, 1)] + [(3, 1, 2), (30,)] * trial.hidden
    for shape in shapes:
        trial.compare(*_arguments(rng, 4, shape), when=f" for gradients of shape {shape}")
    if trial.hidden:
        trial.compare(*_arguments(rng, 200, (5,)), when=" for 200 examples")


def units_cancel(trial):
    """Gradients a thousand times as large, or as small, have the same noise scale."""
    (grads,) = _arguments(trial.rng(4))
    for factor in (1000.0, 0.001):
        trial.compare(factor * grads, when=f" for gradients multiplied by {factor:g}")


def _cases(rng):
    half = numbers(rng, (2, 2))
    return [_arguments(rng, 3, (3,)), _arguments(rng, 4, (2, 2)), (np.concatenate([half, -half]),)]


NOISE_SCALE = exercise(
    "noise_scale",
    "07_ghost_batch",
    title="The gradient noise scale",
    points=4,
    section="sec-noise-scale",
    parameters=("per_example_grads",),
    returns=("scale",),
    kinds=("number",),
    reference=_noise_scale,
    cases=_cases,
    properties=(
        form_of("It returns one number.", _arguments),
        prop(signal_and_noise, weight=2),
        prop(lost_in_noise, after="signal_and_noise"),
        prop(no_noise, after="signal_and_noise"),
        prop(every_shape, after="signal_and_noise"),
        prop(units_cancel, after="signal_and_noise"),
        prop_after(unchanged_of(_arguments), "signal_and_noise"),
    ),
    misconceptions=MISTAKES,
    correct=(_variance, _pairs, _covariance, _loops, _compiled),
)
