"""The gradient noise scale, and the mistakes people make in estimating it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import numbers


def biased_square(per_example_grads):
    """the squared length of the mean is taken as it is

    The mean of N noisy gradients is itself noisy, and noise has a length too: its squared length is too
    large by T / N on average, T being the sum of the variances. Take that off.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean
    return trace / square if square > 0 else np.inf


def biased_trace(per_example_grads):
    """the variance is divided by N, not by N − 1

    The mean was computed from the same gradients and lies closer to them than the true one, so the sum
    of squares is too small. Divide by N − 1: ddof=1 in NumPy.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / len(rows)
    square = mean @ mean - trace / len(rows)
    return trace / square if square > 0 else np.inf


def whole_trace_taken_off(per_example_grads):
    """the whole sum of variances is taken off

    The noise of a mean of N gradients is N times smaller than that of one: take off T / N.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace
    return trace / square if square > 0 else np.inf


def negative_returned(per_example_grads):
    """an estimate below zero is used

    Where the noise is large, S can come out at zero or below, and a negative batch size means nothing. Return np.inf there: the gradient is lost in the noise.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return trace / square


def upside_down(per_example_grads):
    """signal is divided by noise

    The noise scale is a batch size: large where there is much noise. Divide T by S.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return square / trace if square > 0 else np.inf


def variance_averaged(per_example_grads):
    """the variances are averaged, not summed

    T is the sum of the variances of all weights, as ‖mean‖² is a sum over all weights. With their mean,
    the noise is too small by the number of weights.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1) / rows.shape[1]
    square = mean @ mean - trace / len(rows)
    return trace / square if square > 0 else np.inf


def not_squared(per_example_grads):
    """the noise is divided by a length, not by its square

    T is a sum of squares, so it is compared with one: S, without a root.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return trace / np.sqrt(square) if square > 0 else np.inf


def mean_over_everything(per_example_grads):
    """the mean is one number

    np.mean and np.var without an axis run over examples and weights together. Every weight has a mean
    of its own, over the examples: axis=0.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean()
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = rows.shape[1] * mean**2 - trace / len(rows)
    return trace / square if square > 0 else np.inf


def lengths_averaged(per_example_grads):
    """the squared lengths of the single gradients are averaged

    That mean holds the noise of single examples in full. The signal is the length of the mean gradient:
    average first, then square.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = (rows**2).sum() / len(rows) - trace / len(rows)
    return trace / square if square > 0 else np.inf


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
    misconceptions=(
        biased_square,
        biased_trace,
        whole_trace_taken_off,
        negative_returned,
        upside_down,
        variance_averaged,
        not_squared,
        mean_over_everything,
        lengths_averaged,
    ),
    correct=(_variance, _pairs, _covariance, _loops, _compiled),
)
