"""Mistakes people make in ghost batch normalization.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def one_batch(X, g, gamma, beta, eps):
    """the statistics are those of the whole batch

    This is plain batch normalization, and g is not used. Each ghost, g rows in a row, is normalized by
    its own mean and variance.
    """
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


def shared_mean(X, g, gamma, beta, eps):
    """all ghosts share the mean of the batch

    Each ghost has its own variance here, but the mean is that of all examples. Take the mean of the
    ghost as well.
    """
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[start : start + g] = gamma * (part - X.mean(axis=0)) / root + beta
    return Y


def shared_variance(X, g, gamma, beta, eps):
    """all ghosts share the variance of the batch

    Each ghost has its own mean here, but the variance is that of all examples. Take the variance of the
    ghost as well.
    """
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        root = np.sqrt(X.var(axis=0) + eps)
        Y[start : start + g] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def rest_dropped(X, g, gamma, beta, eps):
    """the rows that don't fill a ghost are left at zero

    If g does not divide the batch, some rows are left over. They form a smaller ghost of their own:
    every row gets a result.
    """
    Y = np.zeros_like(X)
    for k in range(len(X) // g):
        part = X[k * g : (k + 1) * g]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[k * g : (k + 1) * g] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def rest_joined(X, g, gamma, beta, eps):
    """the rows that are left join the ghost before

    They form a ghost of their own, though a smaller one. With range(0, len(X), g) and a slice of g rows
    that comes by itself: a slice ends at the end of the array.
    """
    Y = np.empty_like(X)
    whole = max(1, len(X) // g)
    for k in range(whole):
        end = (k + 1) * g if k < whole - 1 else len(X)
        part = X[k * g : end]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[k * g : end] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def evened_out(X, g, gamma, beta, eps):
    """the batch is cut into ghosts of nearly equal size

    np.array_split evens the sizes out. Here every ghost has exactly g rows, and only the last one has
    what is left.
    """
    Y = np.empty_like(X)
    for rows in np.array_split(np.arange(len(X)), -(-len(X) // g)):
        part = X[rows]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[rows] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def g_is_the_number(X, g, gamma, beta, eps):
    """g is taken for the number of ghosts

    g says how many rows one ghost has. The number of ghosts follows from it.
    """
    Y = np.empty_like(X)
    for rows in np.array_split(np.arange(len(X)), g):
        part = X[rows]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[rows] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def every_other_row(X, g, gamma, beta, eps):
    """a ghost takes rows from all over the batch

    Taking every k-th row makes ghosts too, but other ones. A ghost is g rows that follow each other:
    X[start : start + g].
    """
    Y = np.empty_like(X)
    ghosts = -(-len(X) // g)
    for k in range(ghosts):
        part = X[k::ghosts]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[k::ghosts] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def unbiased_variance(X, g, gamma, beta, eps):
    """the variance is divided by one less than the ghost's size

    Normalization divides by the number of rows (ddof=0). With one less, a ghost of a single row gives
    0 / 0.
    """
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        root = np.sqrt(part.var(axis=0, ddof=1) + eps)
        Y[start : start + g] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def eps_outside_root(X, g, gamma, beta, eps):
    """eps stands outside the square root

    As in plain batch normalization, eps is added to the variance: np.sqrt(var + eps).
    """
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        root = np.sqrt(part.var(axis=0)) + eps
        Y[start : start + g] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def only_whole_batches(X, g, gamma, beta, eps):
    """it works only where g divides the batch

    reshape(-1, g, columns) needs ghosts of one size. If g does not divide the batch, the last ghost has
    what is left: cut with range(0, len(X), g) and slices.
    """
    parts = X.reshape(-1, g, X.shape[1])
    mean, var = parts.mean(axis=1, keepdims=True), parts.var(axis=1, keepdims=True)
    return (gamma * (parts - mean) / np.sqrt(var + eps) + beta).reshape(X.shape)


MISTAKES = (
    one_batch,
    shared_mean,
    shared_variance,
    rest_dropped,
    rest_joined,
    evened_out,
    g_is_the_number,
    every_other_row,
    unbiased_variance,
    eps_outside_root,
    only_whole_batches,
)
