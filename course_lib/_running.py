"""Statistics that training collects, and normalizing by them. Part of :mod:`course_lib.normalization`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._batch_norm import EPS, running_after
from ._validate import (
    Array,
    above_zero,
    as_floats,
    finite,
    finite64,
    no_negative,
    number,
    one_a_row,
    same_shape,
)

__all__ = [
    "batch_norm_inference",
    "eps_above_zero",
    "examples_of",
    "one_a_column",
    "update_running_statistics",
]


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
    >>> Y = batch_norm_inference([[1.0], [5.0]], [1.0], [0.0], [1.0], [4.0])
    >>> Y.round(3).ravel()
    array([0., 2.])
    """
    examples, eps = examples_of(X), eps_above_zero(eps)
    scale, shift, mean, var = (
        one_a_column(value, name, examples).astype(np.float64)
        for value, name in (
            (gamma, "gamma"), (beta, "beta"), (running_mean, "running_mean"), (running_var, "running_var"),
        )
    )  # fmt: skip
    no_negative(var, "running_var", "a variance")
    finite(X, "X")
    factor = scale / np.sqrt(var + eps)
    return np.asarray(examples * factor + (shift - mean * factor), dtype=examples.dtype)


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
    >>> mean, var = [[10.0], [20.0]], [[4.0], [4.0]]
    >>> update_running_statistics([0.0], [1.0], mean, var, sizes=[5, 5])
    (array([2.9]), array([1.76]))
    """
    old_mean, new_mean = finite64(running_mean, "running_mean"), _one_a_ghost(mean, "mean")
    old_var = no_negative(finite64(running_var, "running_var"), "running_var", "a variance")
    new_var = no_negative(_one_a_ghost(var, "var"), "var", "a variance")
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
    return running_after(old_mean, old_var, new_mean, new_var, m, share)


def examples_of(X: npt.ArrayLike) -> Array:
    """Return a batch, one example a row; that it is finite is left to the caller."""
    return one_a_row(as_floats(X, "X"))


def eps_above_zero(eps: float) -> float:
    """Return ε, or raise."""
    return above_zero(eps, "eps", "a constant column would be divided by 0")


def one_a_column(value: npt.ArrayLike, name: str, X: Array) -> Array:
    """Return one number a column, in the dtype of X."""
    array = finite(value, name)
    if array.shape != X.shape[1:]:
        raise ValueError(
            f"{name} has shape {array.shape}, but X has {X.shape[1]} columns: expected ({X.shape[1]},)."
        )
    return np.asarray(array, dtype=X.dtype)


def _one_a_ghost(statistics: npt.ArrayLike, name: str) -> Array:
    return np.atleast_2d(finite64(statistics, name))
