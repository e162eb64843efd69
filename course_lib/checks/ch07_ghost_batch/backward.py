"""Batch normalization backward. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .backward_mistakes import MISTAKES
from .draws import batch, number, numbers


def _batch_norm_backward(dY, X, gamma, mean, var, eps):
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X) - x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


def _means(dY, X, gamma, mean, var, eps):
    root = (var + eps) ** 0.5
    x_hat = (X - mean) / root
    inner = dY - dY.mean(axis=0) - x_hat * (dY * x_hat).mean(axis=0)
    return gamma * inner / root, np.sum(dY * x_hat, axis=0), np.sum(dY, axis=0)


def _link_by_link(dY, X, gamma, mean, var, eps):
    n = len(X)
    away, root = X - mean, np.sqrt(var + eps)
    dx_hat = dY * gamma
    dvar = np.sum(dx_hat * away, axis=0) * -0.5 / root**3
    dmean = -np.sum(dx_hat, axis=0) / root + dvar * -2.0 * np.sum(away, axis=0) / n
    dX = dx_hat / root + dvar * 2.0 * away / n + dmean / n
    return dX, np.sum(dY * away / root, axis=0), np.sum(dY, axis=0)


def _recomputed(dY, X, gamma, mean, var, eps):
    n = X.shape[0]
    away = X - X.mean(axis=0)
    scale = 1 / np.sqrt(X.var(axis=0) + eps)
    x_hat = away * scale
    dgamma, dbeta = np.einsum("ij,ij->j", dY, x_hat), np.ones(n, dY.dtype) @ dY
    dX = gamma * scale / n * (n * dY - dbeta - x_hat * dgamma)
    return [dX, dgamma.tolist(), dbeta.tolist()]


def _in_place(dY, X, gamma, mean, var, eps):
    x_hat = X - mean
    root = np.sqrt(var + eps)
    x_hat /= root
    dX = dY.copy()
    dbeta = dX.sum(axis=0)
    dgamma = (dX * x_hat).sum(axis=0)
    x_hat *= dgamma / len(X)
    dX -= x_hat
    dX -= dbeta / len(X)
    dX *= gamma / root
    return dX, dgamma, dbeta


def _loops(dY, X, gamma, mean, var, eps):
    n, columns = X.shape
    dX, dgamma, dbeta = np.empty_like(X), np.zeros_like(gamma), np.zeros_like(gamma)
    for j in range(columns):
        root = (var[j] + eps) ** 0.5
        for i in range(n):
            dbeta[j] += dY[i, j]
            dgamma[j] += dY[i, j] * (X[i, j] - mean[j]) / root
        for i in range(n):
            x_hat = (X[i, j] - mean[j]) / root
            dX[i, j] = gamma[j] / root * (dY[i, j] - dbeta[j] / n - x_hat * dgamma[j] / n)
    return dX, dgamma, dbeta


_compiled = policy.compile_lazily(_loops)


def _arguments(rng, n=3, columns=2, dtype=np.float64):
    X = np.asarray(batch(rng, n, columns), dtype=dtype)
    # Its sums are far from zero, alone and with X, so that no term can be left out unseen.
    trend = 0.6 * (X - X.mean(axis=0)) * rng.choice([-1.0, 1.0], size=columns)
    dY = np.round(trend + 1.5 * np.sign(X.mean(axis=0)) + 0.4 * numbers(rng, X.shape), 2)
    dY, gamma = (np.asarray(part, dtype=dtype) for part in (dY, numbers(rng, (columns,))))
    return dY, X, gamma, X.mean(axis=0), X.var(axis=0), number(rng, 0.05, 0.3)


SIZES = ((3, 1), (3, 2), (2, 3), (4, 2))


def _compare(trial, name, args, when):
    results = zip(trial.exercise.returns, trial.call(*args), trial.reference(*args), strict=True)
    for returned, actual, expected in results:
        if returned == name:
            trial.expect(actual, expected, name, args, when)


def gradient_of_beta(trial):
    """dbeta is the sum of dY over the examples."""
    rng = trial.rng(1)
    for n, columns in SIZES:
        _compare(trial, "dbeta", _arguments(rng, n, columns), f" for {n} examples")


def gradient_of_gamma(trial):
    """dgamma is the sum of dY times the normalized X."""
    rng = trial.rng(2)
    for n, columns in SIZES:
        _compare(trial, "dgamma", _arguments(rng, n, columns), f" for {n} examples")


def shift_changes_nothing(trial):
    """Adding one number to a whole column changes no output, so each column of dX adds up to zero."""
    rng = trial.rng(3)
    for n, columns in SIZES:
        args = _arguments(rng, n, columns)
        dX = trial.call(*args)[0]
        sums = dX.sum(axis=0)
        if not np.max(np.abs(sums)) <= 1e-9 * max(1.0, np.max(np.abs(dX))):
            raise Failure(
                "The columns of dX don't add up to zero.",
                trial.name_arguments(args),
                np.zeros(columns),
                sums,
                "column sums of dX",
            )


def gradient_of_x(trial):
    """dX is right: directly, through the mean, and through the variance."""
    rng = trial.rng(4)
    for n, columns in SIZES:
        trial.compare(*_arguments(rng, n, columns), when=f" for {n} examples")


def every_shape(trial):
    """It works for batches of every size."""
    rng = trial.rng(5)
    trial.compare(*_arguments(rng, 6, 1), when=" for one column")
    if trial.hidden:
        trial.compare(*_arguments(rng, 40, 7), when=" for 40 examples")
        dY, X, gamma, mean, var, _ = _arguments(rng, 5, 2)
        for factor in (1e-3, 1e3):
            args = (factor * dY, X, gamma, mean, var, 1e-5)
            trial.compare(*args, when=f" for dY around {factor:g}")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), 4, 2, np.float32), when=" for float32 input")


def _cases(rng):
    return [_arguments(rng, 3, 2), _arguments(rng, 4, 3)]


BATCH_NORM_BACKWARD = exercise(
    "batch_norm_backward",
    "07_ghost_batch",
    title="Batch normalization, backward",
    points=8,
    section="sec-batch-norm",
    parameters=("dY", "X", "gamma", "mean", "var", "eps"),
    returns=("dX", "dgamma", "dbeta"),
    reference=_batch_norm_backward,
    cases=_cases,
    properties=(
        form_of(
            "It returns dX, shaped like X, and dgamma and dbeta, one number a column.", _arguments
        ),
        prop(gradient_of_beta),
        prop(gradient_of_gamma, after="gradient_of_beta"),
        prop(shift_changes_nothing, after="gradient_of_gamma"),
        prop(gradient_of_x, after="shift_changes_nothing", weight=3),
        prop(every_shape, after="gradient_of_x"),
        prop_after(unchanged_of(_arguments), "gradient_of_x"),
        prop(single_precision, after="gradient_of_x"),
    ),
    misconceptions=MISTAKES,
    correct=(_means, _link_by_link, _recomputed, _in_place, _loops, _compiled),
)
