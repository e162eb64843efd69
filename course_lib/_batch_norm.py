"""Passes of batch normalization on arrays that are known to fit. Part of :mod:`course_lib.normalization`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._validate import Array
from .kernels import normalization as kernels

__all__ = ["EPS", "BatchNormCache", "normalize", "normalize_backward", "running_after"]

EPS = 1e-5
"""What keeps the variance of a constant column from being 0."""


class BatchNormCache(NamedTuple):
    """What the forward pass keeps for :func:`batch_norm_backward`.

    Attributes
    ----------
    X : ndarray, shape (N, n)
        The batch itself, not a copy: leave it as it is until the backward pass.
    gamma : ndarray, shape (n,)
    mean, var : ndarray of float64, shape (ghosts, n)
        Statistics of each ghost; the variance is the biased one.
    sizes : ndarray of int64, shape (ghosts,)
        Examples in each ghost.
    eps : float
    """

    X: Array
    gamma: Array
    mean: Array
    var: Array
    sizes: Array
    eps: float


def normalize(
    X: Array, g: int, gamma: Array, beta: Array, eps: float = EPS
) -> tuple[Array, BatchNormCache]:
    """Do what :func:`course_lib.normalization.ghost_batch_norm_forward` does."""
    sizes = np.full(-(-len(X) // g), g)
    sizes[-1] = len(X) - g * (len(sizes) - 1)
    stats = np.empty((2, len(sizes), X.shape[1]))
    cache = BatchNormCache(X, gamma, stats[0], stats[1], sizes, eps)
    Y = np.empty_like(X)
    kernels.forward(X, g, gamma, beta, eps, Y, cache.mean, cache.var)
    return Y, cache


def normalize_backward(dY: Array, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """Do what :func:`course_lib.normalization.batch_norm_backward` does."""
    dX = np.empty_like(dY)
    shares = np.empty((2, *cache.var.shape))
    kernels.backward(
        dY, cache.X, int(cache.sizes[0]), cache.gamma, cache.mean, cache.var, cache.eps, dX, shares[0],
        shares[1],
    )  # fmt: skip
    dgamma, dbeta = shares.sum(axis=1).astype(dY.dtype)
    return dX, dgamma, dbeta


def running_after(
    old_mean: Array, old_var: Array, mean: Array, var: Array, sizes: Array, momentum: float
) -> tuple[Array, Array]:
    """Do what :func:`course_lib.normalization.update_running_statistics` does."""
    several = sizes > 1
    if not several.all():
        sizes, mean, var = sizes[several], mean[several], var[several]
    # One update after the other: the k-th from the end has been multiplied by (1 − momentum) k times.
    kept = (1.0 - momentum) ** sizes.size
    weights = momentum * (1.0 - momentum) ** np.arange(sizes.size)[::-1]
    return kept * old_mean + weights @ mean, kept * old_var + (weights * sizes / (sizes - 1)) @ var
