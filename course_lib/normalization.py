"""Batch normalization, and ghost batch normalization: every part of a batch by its own statistics.

A batch X has one example a row. A *ghost* is ``g`` consecutive rows; if g does not divide the batch, the
last ghost has the rows that are left, even a single one: that one is its own mean, so it is normalized
to 0. With g equal to the batch's size there is one ghost: batch normalization.

================== ================================================ ====================================
question           here                                             PyTorch's ``BatchNorm1d``
================== ================================================ ====================================
where ε stands     inside the root: √(var + ε)                      the same
variance used to   biased: Σ (x − mean)² / m                        the same
normalize
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

from ._validate import Array, as_floats, count, finite, number, same_shape
from .kernels import normalization as kernels

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

EPS = 1e-5


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
    >>> Y, cache = batch_norm_forward([[1.0], [3.0]], gamma=[2.0], beta=[10.0])
    >>> Y.round(3).ravel(), cache.mean.ravel(), cache.var.ravel()
    (array([ 8., 12.]), array([2.]), array([1.]))
    """
    examples = _examples(X)
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
    >>> ghost_batch_norm([[1.0], [3.0], [100.0], [300.0], [7.0]], 2, [1.0], [0.0]).round(3).ravel()
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
    >>> Y, cache = ghost_batch_norm_forward(np.arange(5.0).reshape(5, 1), 2, [1.0], [0.0])
    >>> cache.mean.ravel(), cache.sizes
    (array([0.5, 2.5, 4. ]), array([2, 2, 1]))
    """
    examples = _examples(X)
    size, eps = _ghost_size(g, len(examples)), _above_zero(eps)
    scale, shift = _a_column(gamma, "gamma", examples), _a_column(beta, "beta", examples)
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
    kind = cache.X.dtype
    slope = np.asarray(as_floats(dY, "dY"), dtype=kind, order="C")
    same_shape(slope, cache.X, "dY", "the batch of the forward pass")
    with np.errstate(all="ignore"):
        gradients = normalize_backward(slope, cache)
    if not np.isfinite(gradients[2]).all():
        finite(dY, "dY")
    return gradients


def batch_norm_inference(
    X: npt.ArrayLike,
    gamma: npt.ArrayLike,
    beta: npt.ArrayLike,
    running_mean: npt.ArrayLike,
    running_var: npt.ArrayLike,
    eps: float = EPS,
) -> Array:
    """Normalize by statistics from training, so that an example's output depends on no other example.

    Parameters
    ----------
    X : array_like of float, shape (N, n)
    gamma, beta : array_like of float, shape (n,)
    running_mean, running_var : array_like of float, shape (n,)
        The variance at least 0.
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
    S. Ioffe and C. Szegedy (2015). Batch normalization, algorithm 2, step 11. arXiv:1502.03167.

    Examples
    --------
    >>> batch_norm_inference([[1.0], [5.0]], [1.0], [0.0], [1.0], [4.0]).round(3).ravel()
    array([0., 2.])
    """
    examples, eps = _examples(X), _above_zero(eps)
    scale, shift, mean, var = (
        _a_column(value, name, examples).astype(np.float64)
        for value, name in (
            (gamma, "gamma"), (beta, "beta"), (running_mean, "running_mean"), (running_var, "running_var"),
        )
    )  # fmt: skip
    _no_negative(var, "running_var")
    finite(X, "X")
    factor = scale / np.sqrt(var + eps)
    return np.asarray(examples * factor + (shift - mean * factor), dtype=examples.dtype)


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
    examples = _examples(X)
    ones = np.ones(examples.shape[1])
    cache = ghost_batch_norm_forward(examples, g, ones, 0 * ones)[1]
    return GhostStatistics(cache.mean, cache.var, cache.sizes)


def update_running_statistics(
    running_mean: npt.ArrayLike,
    running_var: npt.ArrayLike,
    mean: npt.ArrayLike,
    var: npt.ArrayLike,
    sizes: npt.ArrayLike,
    momentum: float = 0.1,
) -> tuple[Array, Array]:
    """Take a batch's statistics into the running ones: one update for each ghost, in their order.

    running ← (1 − momentum) · running + momentum · new, where the new variance is the unbiased one,
    var · m / (m − 1). A ghost of one example has no variance and is left out.

    Parameters
    ----------
    running_mean, running_var : array_like of float, shape (n,)
        Not changed. Training begins with 0 and 1.
    mean, var : array_like of float, shape (ghosts, n), or (n,) for one ghost
        Biased variances, as the forward pass uses them.
    sizes : array_like of int, shape (ghosts,), or int
        m, the examples in each ghost.
    momentum : float, 0 to 1
        Weight of what is new.

    Returns
    -------
    running_mean, running_var : ndarray of float64, shape (n,)

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
    >>> update_running_statistics([0.0], [1.0], [[10.0], [20.0]], [[4.0], [4.0]], [5, 5])
    (array([2.9]), array([1.76]))
    """
    old_mean, old_var = (
        finite(value, name).astype(np.float64)
        for value, name in ((running_mean, "running_mean"), (running_var, "running_var"))
    )
    new_mean, new_var = (
        np.atleast_2d(finite(value, name).astype(np.float64))
        for value, name in ((mean, "mean"), (var, "var"))
    )
    m, share = np.atleast_1d(np.asarray(sizes)), number(momentum, "momentum", low=0, high=1)
    same_shape(old_var, old_mean, "running_var", "running_mean")
    same_shape(new_var, new_mean, "var", "mean")
    if old_mean.ndim != 1 or new_mean.shape[1:] != old_mean.shape:
        raise ValueError(
            f"mean has shape {new_mean.shape} and running_mean {old_mean.shape}; expected (ghosts, n) "
            "and (n,)."
        )
    if m.dtype.kind not in "iu" or m.shape != new_mean.shape[:1] or (m.size and m.min() < 1):
        raise ValueError(
            f"sizes must be {len(new_mean)} whole number(s), each at least 1: the examples in each ghost."
        )
    _no_negative(old_var, "running_var")
    _no_negative(new_var, "var")
    return running_after(old_mean, old_var, new_mean, new_var, m, share)


# Without a look at the arguments, for those who have had it: --------------------------------------


def normalize(
    X: Array, g: int, gamma: Array, beta: Array, eps: float = EPS
) -> tuple[Array, BatchNormCache]:
    """Do what :func:`ghost_batch_norm_forward` does, on arrays that are known to fit."""
    sizes = np.full(-(-len(X) // g), g)
    sizes[-1] = len(X) - g * (len(sizes) - 1)
    stats = np.empty((2, len(sizes), X.shape[1]))
    cache = BatchNormCache(X, gamma, stats[0], stats[1], sizes, eps)
    Y = np.empty_like(X)
    kernels.forward(X, g, gamma, beta, eps, Y, cache.mean, cache.var)
    return Y, cache


def normalize_backward(dY: Array, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """Do what :func:`batch_norm_backward` does, on arrays that are known to fit."""
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
    """Do what :func:`update_running_statistics` does, on arrays that are known to fit."""
    several = sizes > 1
    if not several.all():
        sizes, mean, var = sizes[several], mean[several], var[several]
    # One update after the other: the k-th from the end has been multiplied by (1 − momentum) k times.
    kept = (1.0 - momentum) ** sizes.size
    weights = momentum * (1.0 - momentum) ** np.arange(sizes.size)[::-1]
    return kept * old_mean + weights @ mean, kept * old_var + (weights * sizes / (sizes - 1)) @ var


def _examples(X: npt.ArrayLike) -> Array:
    examples = as_floats(X, "X")
    if examples.ndim != 2 or not examples.size:
        raise ValueError(
            f"X has shape {examples.shape}, but must be (N, n): one example a row, at least one."
        )
    return examples


def _ghost_size(g: int, n: int) -> int:
    size = count(g, "g", low=1)
    if size > n:
        raise ValueError(
            f"g is {size}, but a ghost can't be larger than the batch of {n} examples."
        )
    return size


def _above_zero(eps: float) -> float:
    if number(eps, "eps", low=0) == 0:
        raise ValueError("eps is 0, but must be above 0: a constant column would be divided by 0.")
    return float(eps)


def _a_column(value: npt.ArrayLike, name: str, X: Array) -> Array:
    """Return one number a column, in the dtype of X."""
    array = finite(value, name)
    if array.shape != X.shape[1:]:
        raise ValueError(
            f"{name} has shape {array.shape}, but X has {X.shape[1]} columns: expected ({X.shape[1]},)."
        )
    return np.asarray(array, dtype=X.dtype, order="C")


def _no_negative(var: Array, name: str) -> None:
    if var.size and var.min() < 0:
        raise ValueError(f"{name} holds {var.min():g}, but a variance is at least 0.")
