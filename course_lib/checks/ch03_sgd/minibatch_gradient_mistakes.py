"""Mistakes in the gradient of a minibatch.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def summed(w, X, y, rows):
    """it is the sum, not the mean

    The loss is a mean over the examples, so its gradient is one too: divide by the number of examples
    in the batch. With the sum, a batch twice as large would make steps twice as long.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs


def divided_by_all(w, X, y, rows):
    """the sum is divided by the number of all examples

    Only those in the batch were added up, so divide by their number: len(rows), not len(X).
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs / len(X)


def divided_by_weights(w, X, y, rows):
    """the sum is divided by the number of weights

    The mean is over the examples in the batch. Divide by len(rows), not by len(w).
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs / len(w)


def half_forgotten(w, X, y, rows):
    """it is twice as large as it should be

    The loss of one example is half the squared error. The half cancels the 2 that the square brings
    down: the gradient is the error times x.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return 2 * errors @ inputs / len(rows)


def half_kept(w, X, y, rows):
    """it is half as large as it should be

    The square brings down a 2, which cancels the half in the loss: the gradient is the error times x.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs / (2 * len(rows))


def sign_turned(w, X, y, rows):
    """the sign is wrong

    The error is prediction minus target: X[rows] @ w - y[rows]. With target minus prediction the
    gradient points downhill, and gradient descent would go up.
    """
    inputs = X[rows]
    errors = y[rows] - inputs @ w
    return errors @ inputs / len(rows)


def all_examples(w, X, y, rows):
    """it is the gradient of all examples

    Only those in the batch count: take X[rows] and y[rows], and divide by len(rows).
    """
    errors = X @ w - y
    return errors @ X / len(X)


def first_examples(w, X, y, rows):
    """it takes the first examples, not those in the batch

    rows holds the numbers of the examples. X[:len(rows)] is always the same batch; X[rows] is the one
    asked for.
    """
    inputs, targets = X[: len(rows)], y[: len(rows)]
    errors = inputs @ w - targets
    return errors @ inputs / len(rows)


def targets_of_others(w, X, y, rows):
    """the targets are those of other examples

    Inputs and targets must belong together: X[rows] with y[rows].
    """
    inputs = X[rows]
    errors = inputs @ w - y[: len(rows)]
    return errors @ inputs / len(rows)


def each_once(w, X, y, rows):
    """an example that is listed twice counts once

    A set or a mask loses the second one. Index with rows itself: X[rows] has a row for each entry.
    """
    rows = np.unique(rows)
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors @ inputs / len(rows)


def errors_left_out(w, X, y, rows):
    """the targets are left out

    This is the gradient for targets of zero. The error is X[rows] @ w - y[rows].
    """
    inputs = X[rows]
    return (inputs @ w) @ inputs / len(rows)


def product_of_means(w, X, y, rows):
    """it is the mean error times the mean input

    The mean of products is not the product of means. Multiply each example's error by its own x
    first, then take the mean.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors.mean() * inputs.mean(axis=0)


def squared_errors(w, X, y, rows):
    """the errors are squared

    The loss has the square; its derivative has the error itself, times x.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors**2 @ inputs / len(rows)


def signs_of_errors(w, X, y, rows):
    """only the signs of the errors count

    That is the gradient of the absolute error. That of half the squared error is the error times x.
    """
    inputs = X[rows]
    errors = np.sign(inputs @ w - y[rows])
    return errors @ inputs / len(rows)


def per_example(w, X, y, rows):
    """the examples are not averaged

    There is a row for each example. Take the mean over the rows: axis 0.
    """
    inputs = X[rows]
    errors = inputs @ w - y[rows]
    return errors[:, np.newaxis] * inputs
