"""The gradient of a minibatch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import minibatch_gradient_mistakes as wrong
from .jitted import jitted


def _minibatch_gradient(w, X, y, rows):
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs / len(rows)


# ---------------------------------------------------------------------- other right ways


def _mean_of_rows(w, X, y, rows):
    errors = X[rows] @ w - y[rows]
    return np.mean(errors[:, None] * X[rows], axis=0)


def _one_by_one(w, X, y, rows):
    total = np.zeros(len(w))
    for i in rows:
        error = X[i].dot(w) - y[i]
        total += error * X[i]
    return total / len(rows)


def _by_plain_numbers(w, X, y, rows):
    gradient = []
    for j in range(len(w)):
        parts = [(sum(X[i] * w) - y[i]) * X[i, j] for i in rows]
        gradient.append(float(sum(parts) / len(parts)))
    return gradient


def _weighted(w, X, y, rows):
    times = np.bincount(rows, minlength=len(X))
    errors = (X @ w - y) * times / times.sum()
    return X.T @ errors


def _in_place(w, X, y, rows):
    errors = X[rows] @ w
    errors -= y[rows]
    errors /= errors.size
    return np.einsum("i,ij->j", errors, X[rows])


@jitted
def _loops(w, X, y, rows):
    gradient = np.zeros(w.size)
    for i in rows:
        error = -y[i]
        for j in range(w.size):
            error += w[j] * X[i, j]
        for j in range(w.size):
            gradient[j] += error * X[i, j] / rows.size
    return gradient


# ---------------------------------------------------------------------------- the check


def _data(
    rng: np.random.Generator, examples: int, weights: int, batch: int, dtype: type = np.float64
) -> tuple[Any, ...]:
    """Draw examples, and a batch of them without the first.

    All predictions X @ w are positive, and all targets lie on one side of them. So nothing cancels in
    the mean, and rounding stays below (batch + weights) · u of the result.
    """
    signs = rng.choice([-1.0, 1.0], weights)
    X = np.round(signs * rng.uniform(0.4, 2.0, (examples, weights)), 2)
    w = np.round(signs * rng.uniform(0.3, 1.0, weights), 2)
    y = np.round(rng.uniform(0.5, 2.0, examples), 2)
    y = y + 2.0 * weights if rng.random() < 0.5 else -y
    rows = np.roll(np.arange(examples), 1)
    if batch < examples:
        rows = 1 + rng.permutation(examples - 1)[:batch]
    return w.astype(dtype), X.astype(dtype), y.astype(dtype), rows


def _small(rng: np.random.Generator) -> tuple[Any, ...]:
    return _data(rng, 4, 3, 2)


def one_example(trial: Trial) -> None:
    """For a batch of one example it is that example's gradient, (x·w − y) x."""
    rng = trial.rng(1)
    trial.compare(*_data(rng, 3, 2, 1), when=" for a batch of one example")
    trial.compare(*_data(rng, 5, 3, 1), when=" for a batch of one example")


def mean_over_the_batch(trial: Trial) -> None:
    """For more examples it is the mean of their gradients."""
    rng = trial.rng(2)
    for n, k, m in ((4, 2, 2), (6, 4, 3)) + (((40, 7, 25),) if trial.hidden else ()):
        trial.compare(*_data(rng, n, k, m), when=f" for a batch of {m}")


def others_dont_matter(trial: Trial) -> None:
    """Examples outside the batch make no difference."""
    w, X, y, rows = _data(trial.rng(3), 7, 3, 2)
    outside = np.ones(len(X), dtype=bool)
    outside[rows] = False
    before = trial.compare(w, X, y, rows)[0]
    X[outside], y[outside] = 1000.0, -1000.0
    trial.expect(trial.call(w, X, y, rows)[0], before, "g", (w, X, y, rows))


def every_shape(trial: Trial) -> None:
    """It works for one weight, for more weights than examples, and for a batch of all examples."""
    rng = trial.rng(4)
    shapes = [(5, 1, 2), (3, 6, 2), (4, 3, 4), (1, 2, 1)]
    for n, k, m in shapes + ([(1, 1, 1), (9, 30, 9), (200, 2, 150)] if trial.hidden else []):
        trial.compare(*_data(rng, n, k, m), when=f" for {m} of {n} examples and {k} weights")


def listed_twice(trial: Trial) -> None:
    """An example that is listed twice counts twice."""
    rng = trial.rng(5)
    w, X, y, _ = _data(rng, 4, 2, 2)
    trial.compare(w, X, y, np.array([2, 1, 2]))
    trial.compare(w, X, y, np.array([3, 3]))


def unbiased(trial: Trial) -> None:
    """Over the batches of an epoch, its mean is the gradient of all examples."""
    w, X, y, _ = _data(trial.rng(7), 12, 3, 4)
    everyone = np.arange(12)
    parts = [
        trial.call(w, X, y, rows)[0] for rows in (everyone[1::3], everyone[::3], everyone[2::3])
    ]
    full = trial.reference(w, X, y, everyone)[0]
    if not np.allclose(np.mean(parts, axis=0), full, rtol=1e-9, atol=0.0):
        raise Failure(
            "The mean over three batches, which share all examples among them, is not the gradient "
            "of all.",
            trial.name_arguments((w, X, y)),
            full,
            np.mean(parts, axis=0),
            "mean",
        )


def single_precision(trial: Trial) -> None:
    """It works on arrays of float32 as well."""
    trial.compare(*_data(trial.rng(8), 5, 3, 2, np.float32), when=" for float32 input")


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    w, X, y, _ = _data(rng, 6, 2, 3)
    return [
        _data(rng, 7, 3, 4),
        _data(rng, 5, 3, 1),
        (w, X, y, np.array([4, 1, 4])),
        _data(rng, 3, 5, 2),
    ]


MINIBATCH_GRADIENT = exercise(
    "minibatch_gradient",
    "03_sgd",
    title="The gradient of a minibatch",
    points=4,
    section="sec-minibatches",
    parameters=("w", "X", "y", "rows"),
    returns=("g",),
    reference=_minibatch_gradient,
    cases=_cases,
    properties=(
        form_of("It returns g, shaped like w.", _small),
        one_example,
        prop(mean_over_the_batch, after="one_example", weight=2.0),
        prop(others_dont_matter, after="mean_over_the_batch"),
        prop(every_shape, after="mean_over_the_batch"),
        prop(listed_twice, after="mean_over_the_batch"),
        prop(unbiased, after="mean_over_the_batch"),
        prop(single_precision, after="mean_over_the_batch"),
        prop_after(unchanged_of(_small), "mean_over_the_batch"),
    ),
    misconceptions=(
        wrong.summed,
        wrong.divided_by_all,
        wrong.divided_by_weights,
        wrong.half_forgotten,
        wrong.half_kept,
        wrong.sign_turned,
        wrong.all_examples,
        wrong.first_examples,
        wrong.targets_of_others,
        wrong.each_once,
        wrong.errors_left_out,
        wrong.product_of_means,
        wrong.squared_errors,
        wrong.signs_of_errors,
        wrong.per_example,
    ),
    correct=(_mean_of_rows, _one_by_one, _by_plain_numbers, _weighted, _in_place, _loops),
)
