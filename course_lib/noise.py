"""The noise of minibatch gradients: how much there is, and which batch size it asks for.

``per_example_grads`` holds one example's gradient a row, of any shape after that: (N, ...).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ._noise_scale import (
    CriticalBatch,
    NoiseEstimate,
    critical_batch_size,
    gradients_of,
    noise_estimate,
    noise_from_two_batches,
    noise_scale,
)
from ._validate import Array, above_zero, count, finite, finite64, number, same_shape

__all__ = [
    "CriticalBatch",
    "NoiseEstimate",
    "accumulate_gradients",
    "critical_batch_size",
    "minibatch_variance",
    "minibatches",
    "noise_estimate",
    "noise_floor",
    "noise_from_two_batches",
    "noise_scale",
]


def minibatch_variance(
    per_example_grads: npt.ArrayLike, m: int, *, replacement: bool = False
) -> Array:
    """Return the variance of the mean gradient of m of these N examples: (S²/m) (N − m)/(N − 1).

    Parameters
    ----------
    per_example_grads : array_like of float, shape (N, ...)
        Of all the examples there are: S² is their variance, with divisor N.
    m : int, 1 to N (without replacement)
        Batch size.
    replacement : bool
        Whether an example can be drawn twice. Then the last factor is 1.

    Returns
    -------
    ndarray of float64, shape (...)
        One variance a weight.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    References
    ----------
    W. G. Cochran (1977). Sampling Techniques, third edition, theorem 2.2. Wiley.

    Examples
    --------
    >>> [float(minibatch_variance([1.0, 2.0, 3.0], m)) for m in (1, 3)]
    [0.6666666666666666, 0.0]
    """
    grads = finite64(per_example_grads, "per_example_grads")
    rows = gradients_of(grads, at_least=1)
    N, m = len(rows), count(m, "m", low=1)
    left = 1.0
    if not replacement:
        if m > N:
            raise ValueError(
                f"m is {m}, but there are only {N} examples to draw without replacement."
            )
        left = (N - m) / (N - 1) if N > 1 else 0.0
    return np.asarray(rows.var(axis=0) / m * left).reshape(grads.shape[1:])


def noise_floor(lr: float, curvature: float, variance: float) -> float:
    """Return E w² = η σ² / (λ (2 − η λ)): where SGD at a constant rate comes to rest on ½ λ w².

    Parameters
    ----------
    lr, curvature : float, above 0
        η and λ.
    variance : float, at least 0
        σ², of the gradient's noise.

    Returns
    -------
    float
        Infinite from ηλ = 2 on, where even gradient descent without noise does not converge.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    S. Mandt, M. D. Hoffman and D. M. Blei (2017). Stochastic gradient descent as approximate Bayesian
    inference, section 3. JMLR 18(134), for small η; the form here is exact.

    Examples
    --------
    >>> noise_floor(0.5, 2.0, 1.0)
    0.25
    """
    why = "there would be nowhere to come to rest"
    eta, lam = above_zero(lr, "lr", why), above_zero(curvature, "curvature", why)
    variance = number(variance, "variance", low=0)
    return eta * variance / (lam * (2.0 - eta * lam)) if eta * lam < 2.0 else math.inf


def accumulate_gradients(parts: Sequence[npt.ArrayLike], sizes: Sequence[int]) -> Array:
    """Return the mean gradient of a large batch from the mean gradients of its parts: Σ nₖ gₖ / Σ nₖ.

    Parameters
    ----------
    parts : sequence of array_like of float, all of one shape
        gₖ, the mean gradient of each part.
    sizes : sequence of int, each at least 1
        nₖ, the examples in each part.

    Returns
    -------
    ndarray, shaped like each part
        float32 if all parts are, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Examples
    --------
    >>> accumulate_gradients([[1.0, 0.0], [4.0, 3.0]], sizes=[2, 1])
    array([2., 1.])
    """
    if not len(parts) or len(parts) != len(sizes):
        raise ValueError(
            f"there are {len(parts)} parts and {len(sizes)} sizes, but as many of one as of the other "
            "are needed, at least one."
        )
    weights = [count(size, f"sizes[{k}]", low=1) for k, size in enumerate(sizes)]
    grads = [finite(part, f"parts[{k}]") for k, part in enumerate(parts)]
    for k, grad in enumerate(grads):
        same_shape(grad, grads[0], f"parts[{k}]", "parts[0]")
    total = np.zeros(grads[0].shape)
    for grad, weight in zip(grads, weights, strict=True):
        total += weight / sum(weights) * grad
    return np.asarray(total, dtype=np.result_type(*grads))


def minibatches(n: int, m: int, rng: np.random.Generator) -> list[Array]:
    """Split the examples 0 … n − 1 into minibatches of m, in a new random order.

    Parameters
    ----------
    n : int, at least 1
        Examples.
    m : int, 1 to n
        Batch size.
    rng : numpy.random.Generator
        Where the order comes from; it moves on, so the next epoch has another one.

    Returns
    -------
    list of ndarray of int64, shape (m,)
        Every example once. The last is smaller where m does not divide n.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    Examples
    --------
    >>> [len(rows) for rows in minibatches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    n, m = count(n, "n", low=1), count(m, "m", low=1)
    if m > n:
        raise ValueError(f"m is {m}, but there are only {n} examples.")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a generator, such as np.random.default_rng(0), not {type(rng).__name__}."
        )
    shuffled = rng.permutation(n)
    return [shuffled[start : start + m] for start in range(0, n, m)]
