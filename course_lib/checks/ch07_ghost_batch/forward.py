"""Batch normalization forward, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import batch, number, numbers


def unbiased_variance(X, gamma, beta, eps):
    """the variance is divided by N − 1

    Batch normalization divides by N (ddof=0), so that the result has the variance one. The N − 1 comes
    back only in the running statistics.
    """
    mean, var = X.mean(axis=0), X.var(axis=0, ddof=1)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, mean, var


def eps_outside_root(X, gamma, beta, eps):
    """eps stands outside the square root

    In Adam it stands there. In batch normalization eps is added to the variance, under the root:
    np.sqrt(var + eps).
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mean) / (np.sqrt(var) + eps) + beta, mean, var


def eps_missing(X, gamma, beta, eps):
    """eps is missing

    In a column whose examples are all equal the variance is zero, and 0 / 0 is nan. Divide by
    np.sqrt(var + eps).
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mean) / np.sqrt(var) + beta, mean, var


def root_missing(X, gamma, beta, eps):
    """the square root is missing

    Dividing by the variance leaves a column with the spread 1 / spread. Divide by np.sqrt(var + eps).
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mean) / (var + eps) + beta, mean, var


def whole_table(X, gamma, beta, eps):
    """one mean and one variance are taken for the whole table

    Every column is normalized by itself: mean and variance over the examples, axis=0.
    """
    mean, var = np.full(X.shape[1], X.mean()), np.full(X.shape[1], X.var())
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, mean, var


def rows_normalized(X, gamma, beta, eps):
    """the rows are normalized, not the columns

    That is layer normalization: each example by its own features. Here each column is normalized over
    the examples of the batch: axis=0.
    """
    mean, var = X.mean(axis=1), X.var(axis=1)
    Y = gamma * (X - mean[:, np.newaxis]) / np.sqrt(var[:, np.newaxis] + eps) + beta
    return Y, mean, var


def mean_kept(X, gamma, beta, eps):
    """the mean is not subtracted

    First every column is shifted to the mean zero, then scaled: (X - mean) / np.sqrt(var + eps).
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * X / np.sqrt(var + eps) + beta, mean, var


def gamma_and_beta_swapped(X, gamma, beta, eps):
    """gamma and beta are swapped

    gamma is the new scale and multiplies, beta is the new center and is added.
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return beta * (X - mean) / np.sqrt(var + eps) + gamma, mean, var


def shift_divided(X, gamma, beta, eps):
    """beta is divided as well

    The bracket closes too late. Normalize and scale first, then add beta as it is.
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return (gamma * (X - mean) + beta) / np.sqrt(var + eps), mean, var


def eps_in_variance(X, gamma, beta, eps):
    """the returned variance contains eps

    eps only guards the division. The variance that is returned, and later averaged, is that of the
    examples alone.
    """
    mean, var = X.mean(axis=0), X.var(axis=0) + eps
    return gamma * (X - mean) / np.sqrt(var) + beta, mean, var


def deviation_returned(X, gamma, beta, eps):
    """the standard deviation is returned, not the variance

    The result is right, but the third value must be the variance: np.var, without a root.
    """
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, mean, np.sqrt(var)


def _batch_norm_forward(X, gamma, beta, eps):
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, mean, var


def _by_hand(X, gamma, beta, eps):
    mean = np.sum(X, axis=0) / len(X)
    away = X - mean
    var = np.sum(away**2, axis=0) / len(X)
    return beta + away * (gamma / (var + eps) ** 0.5), mean, var


def _one_pass(X, gamma, beta, eps):
    mean = np.mean(X, axis=0)
    var = np.maximum(np.mean(X**2, axis=0) - mean**2, 0.0)
    scale = gamma / np.sqrt(var + eps)
    return scale * X + (beta - scale * mean), mean, var


def _in_place(X, gamma, beta, eps):
    Y = X.copy()
    mean = Y.mean(axis=0)
    Y -= mean
    var = np.mean(Y * Y, axis=0)
    Y /= np.sqrt(var + eps)
    Y *= gamma
    Y += beta
    return [Y, mean.tolist(), var.tolist()]


def _loops(X, gamma, beta, eps):
    n, columns = X.shape
    Y, mean, var = np.empty_like(X), np.zeros_like(gamma), np.zeros_like(gamma)
    for j in range(columns):
        for i in range(n):
            mean[j] += X[i, j] / n
        for i in range(n):
            var[j] += (X[i, j] - mean[j]) ** 2 / n
        for i in range(n):
            Y[i, j] = gamma[j] * (X[i, j] - mean[j]) / (var[j] + eps) ** 0.5 + beta[j]
    return Y, mean, var


_compiled = policy.compile_lazily(_loops)


def _arguments(rng, n=3, columns=2, dtype=np.float64):
    X, gamma, beta = batch(rng, n, columns), numbers(rng, (columns,)), numbers(rng, (columns,))
    X, gamma, beta = (np.asarray(part, dtype=dtype) for part in (X, gamma, beta))
    # Large enough to be seen next to a variance of about 1.
    return X, gamma, beta, number(rng, 0.05, 0.3)


def statistics(trial):
    """mean and var are those of each column, the variance with divisor N."""
    rng = trial.rng(1)
    for n, columns in ((2, 1), (3, 2), (2, 3)):
        args = _arguments(rng, n, columns)
        for name, a, e in list(
            zip(trial.exercise.returns, trial.call(*args), trial.reference(*args), strict=True)
        )[1:]:
            trial.expect(a, e, name, args, f" for {n} examples")


def normalized(trial):
    """Y is gamma · (X − mean) / √(var + eps) + beta, with eps under the root."""
    rng = trial.rng(2)
    plain = batch(rng, 3, 2)
    trial.compare(plain, np.ones(2), np.zeros(2), number(rng, 0.05, 0.3))
    for n, columns in ((2, 1), (3, 2), (4, 3)):
        trial.compare(*_arguments(rng, n, columns), when=f" for {n} examples")


def constant_column(trial):
    """A column whose examples are all equal becomes beta, and so does a single example."""
    rng = trial.rng(3)
    X, gamma, beta, eps = _arguments(rng, 4, 2)
    X[:, 1] = 0.75
    trial.compare(X, gamma, beta, eps, when=" where a column is constant")
    trial.compare(*_arguments(rng, 1, 2), when=" for a single example")


def every_shape(trial):
    """It works for batches of every size, and for small and large numbers."""
    rng = trial.rng(4)
    trial.compare(*_arguments(rng, 6, 1), when=" for one column")
    X, gamma, beta, _ = _arguments(rng, 5, 2)
    trial.compare(0.01 * X, gamma, beta, 1e-5, when=" for examples around 0.01")
    if trial.hidden:
        trial.compare(*_arguments(rng, 40, 7), when=" for 40 examples")
        trial.compare(100.0 * X, gamma, beta, 1e-3, when=" for examples around 100")
        trial.compare(X + 50.0, gamma, beta, 0.1, when=" for examples around 50")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), 4, 2, np.float32), when=" for float32 input")


def _cases(rng):
    X, gamma, beta, eps = _arguments(rng, 4, 2)
    X[:, 1] = 0.75
    return [_arguments(rng, 3, 2), _arguments(rng, 3, 3), (X, gamma, beta, eps)]


BATCH_NORM_FORWARD = exercise(
    "batch_norm_forward",
    "07_ghost_batch",
    title="Batch normalization, forward",
    points=4,
    section="sec-batch-norm",
    parameters=("X", "gamma", "beta", "eps"),
    returns=("Y", "mean", "var"),
    reference=_batch_norm_forward,
    cases=_cases,
    properties=(
        form_of("It returns Y, shaped like X, and mean and var, one number a column.", _arguments),
        prop(statistics),
        prop(normalized, after="statistics", weight=2),
        prop(constant_column, after="normalized"),
        prop(every_shape, after="normalized"),
        prop_after(unchanged_of(_arguments), "normalized"),
        prop(single_precision, after="normalized"),
    ),
    misconceptions=(
        unbiased_variance,
        eps_outside_root,
        eps_missing,
        root_missing,
        whole_table,
        rows_normalized,
        mean_kept,
        gamma_and_beta_swapped,
        shift_divided,
        eps_in_variance,
        deviation_returned,
    ),
    correct=(_by_hand, _one_pass, _in_place, _loops, _compiled),
)
