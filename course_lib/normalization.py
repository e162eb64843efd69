"""Batch normalization, and ghost batch normalization: every part of a batch by its own statistics.

A batch X has one example a row. A *ghost* is ``g`` consecutive rows; if g does not divide the batch, the
last ghost has the rows that are left, even a single one: that one is its own mean, so it is normalized
to 0. With g equal to the batch's size there is one ghost: batch normalization.

================== ================================================ ====================================
question           here                                             PyTorch's ``BatchNorm1d``
================== ================================================ ====================================
where ε stands     inside the root: √(var + ε)                      the same
variance in it     biased: Σ (x − mean)² / m                        the same
running variance   unbiased: times m / (m − 1)                      the same
``momentum``       weight of what is **new**: 0.1                   the same (other libraries: of the old)
several ghosts     one update each, in their order                  the same, if called ghost by ghost
a single example   output β, gradient 0, statistics unchanged       an error in training
================== ================================================ ====================================
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._batch_norm import EPS, BatchNormCache, normalize, normalize_backward
from ._running import (
    batch_norm_inference,
    eps_above_zero,
    examples_of,
    one_a_column,
    update_running_statistics,
)
from ._validate import Array, as_floats, count, finite, of_type, same_shape

__all__ = [
    "BatchNormCache",
    "GhostStatistics",
    "batch_norm_backward",
    "batch_norm_forward",
    "batch_norm_inference",
    "ghost_batch_norm",
    "ghost_batch_norm_forward",
    "ghost_statistics",
    "update_running_statistics",
]


def batch_norm_forward(
    X: npt.ArrayLike, gamma: npt.ArrayLike, beta: npt.ArrayLike, eps: float = EPS
) -> tuple[Array, BatchNormCache]:
    """Normalize every column of a batch: Y = γ (X − mean) / √(var + ε) + β.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
        One example a row; not changed.
    gamma, beta : array_like of float, shape (n,)
        Scale γ and shift β.
    eps : float, above 0

    Returns
    -------
    Y : ndarray, shape (N, n)
        float32 if ``X`` is, else float64.
    cache : BatchNormCache

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    References
    ----------
    S. Ioffe and C. Szegedy (2015). Batch normalization, algorithm 1. arXiv:1502.03167.

    Examples
    --------
    >>> Y, cache = batch_norm_forward([[1], [3]], gamma=[2.0], beta=[10.0])
    >>> Y.round(3).ravel(), cache.mean.ravel(), cache.var.ravel()
    (array([ 8., 12.]), array([2.]), array([1.]))
    """
    examples = examples_of(X)
    return ghost_batch_norm_forward(examples, len(examples), gamma, beta, eps)


def ghost_batch_norm(
    X: npt.ArrayLike, g: int, gamma: npt.ArrayLike, beta: npt.ArrayLike, eps: float = EPS
) -> Array:
    """Normalize every ghost of ``g`` examples by its own mean and variance.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
        One example a row; not changed.
    g : int, from 1 to N
        Examples in a ghost.
    gamma, beta : array_like of float, shape (n,)
        Scale γ and shift β, the same for all ghosts.
    eps : float, above 0

    Returns
    -------
    ndarray, shape (N, n)
        float32 if ``X`` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    References
    ----------
    E. Hoffer, I. Hubara and D. Soudry (2017). Train longer, generalize better, algorithm 1.
    arXiv:1705.08741.

    Examples
    --------
    >>> X = [[1.0], [3.0], [100.0], [300.0], [7.0]]
    >>> ghost_batch_norm(X, 2, [1.0], [0.0]).round(3).ravel()
    array([-1.,  1., -1.,  1.,  0.])
    """
    return ghost_batch_norm_forward(X, g, gamma, beta, eps)[0]


def ghost_batch_norm_forward(
    X: npt.ArrayLike, g: int, gamma: npt.ArrayLike, beta: npt.ArrayLike, eps: float = EPS
) -> tuple[Array, BatchNormCache]:
    """Do what :func:`ghost_batch_norm` does, and keep what :func:`batch_norm_backward` needs.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
    g : int, from 1 to N
    gamma, beta : array_like of float, shape (n,)
    eps : float, above 0

    Returns
    -------
    Y : ndarray, shape (N, n)
    cache : BatchNormCache

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Examples
    --------
    >>> X = np.arange(5.0).reshape(5, 1)
    >>> Y, cache = ghost_batch_norm_forward(X, 2, [1.0], [0.0])
    >>> cache.mean.ravel(), cache.sizes
    (array([0.5, 2.5, 4. ]), array([2, 2, 1]))
    """
    examples = examples_of(X)
    size, eps = _ghost_size(g, len(examples)), eps_above_zero(eps)
    scale, shift = one_a_column(gamma, "gamma", examples), one_a_column(beta, "beta", examples)
    with np.errstate(all="ignore"):
        Y, cache = normalize(examples, size, scale, shift, eps)
    if not np.isfinite(cache.mean).all():  # cheaper than to look at every example beforehand
        finite(X, "X")
    return Y, cache


def batch_norm_backward(dY: npt.ArrayLike, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """Return the gradients of the loss with respect to X, γ and β, from the one with respect to Y.

    Mean and variance are functions of X, so every example's gradient depends on its whole ghost; in
    each ghost and column the gradients with respect to X add up to zero.

    Parameters
    ----------
    dY : array_like of float, shape (N, n)
        Not changed.
    cache : BatchNormCache
        From :func:`batch_norm_forward` or :func:`ghost_batch_norm_forward`.

    Returns
    -------
    dX : ndarray, shape (N, n)
    dgamma, dbeta : ndarray, shape (n,)
        Summed over all ghosts. All in the dtype of the forward pass.

    Raises
    ------
    TypeError, ValueError
        If ``dY`` has the wrong form or shape, or is not finite.

    References
    ----------
    S. Ioffe and C. Szegedy (2015). Batch normalization, section 3. arXiv:1502.03167.

    Examples
    --------
    >>> _, cache = batch_norm_forward([[1.0], [3.0], [5.0]], [1.0], [0.0])
    >>> dX, dgamma, dbeta = batch_norm_backward([[1.0], [0.0], [0.0]], cache)
    >>> dX.ravel().round(4), dbeta
    (array([ 0.1021, -0.2041,  0.1021]), array([1.]))
    """
    of_type(cache, BatchNormCache, "cache", "batch_norm_forward returns")
    kind = cache.X.dtype
    slope = np.asarray(as_floats(dY, "dY"), dtype=kind)
    same_shape(slope, cache.X, "dY", "the batch of the forward pass")
    with np.errstate(all="ignore"):
        gradients = normalize_backward(slope, cache)
    if not np.isfinite(gradients[2]).all():
        finite(dY, "dY")
    return gradients


class GhostStatistics(NamedTuple):
    """Mean and variance of each ghost.

    Attributes
    ----------
    mean, var : ndarray of float64, shape (ghosts, n)
        The variance is the biased one, Σ (x − mean)² / m.
    sizes : ndarray of int64, shape (ghosts,)
        m, the examples in each ghost.
    """

    mean: Array
    var: Array
    sizes: Array


def ghost_statistics(X: npt.ArrayLike, g: int) -> GhostStatistics:
    """Return mean and variance of each ghost of ``g`` examples.

    For independent examples with variance σ², a ghost's mean has the variance σ²/g: halving the ghosts
    doubles the noise of what they are normalized by.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
    g : int, from 1 to N

    Returns
    -------
    GhostStatistics

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range, or is not finite.

    Examples
    --------
    >>> ghost_statistics([[1.0], [3.0], [100.0]], 2).mean.ravel()
    array([  2., 100.])
    """
    examples = examples_of(X)
    ones = np.ones(examples.shape[1])
    cache = ghost_batch_norm_forward(examples, g, ones, 0 * ones)[1]
    return GhostStatistics(cache.mean, cache.var, cache.sizes)


def _ghost_size(g: int, n: int) -> int:
    size = count(g, "g", low=1)
    if size > n:
        raise ValueError(
            f"g is {size}, but a ghost can't be larger than the batch of {n} examples."
        )
    return size
