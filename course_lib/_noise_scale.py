"""Estimates of how noisy gradients are, and of the batch size to choose. Part of :mod:`course_lib.noise`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, count, finite64, number, same_shape

__all__ = [
    "CriticalBatch",
    "NoiseEstimate",
    "critical_batch_size",
    "gradients_of",
    "noise_estimate",
    "noise_from_two_batches",
    "noise_scale",
]


class NoiseEstimate(NamedTuple):
    """Noise and signal of a gradient.

    Attributes
    ----------
    trace : float
        tr Σ: variance of one example's gradient, summed over all weights.
    square : float
        ‖g‖²: squared length of the true gradient. An unbiased estimate can come out below 0; then the
        gradient is lost in the noise.
    scale : float
        tr Σ / ‖g‖², the gradient noise scale, in examples; infinite where ``square`` is not above 0.
    """

    trace: float
    square: float
    scale: float


def noise_estimate(per_example_grads: npt.ArrayLike) -> NoiseEstimate:
    """Estimate tr Σ and ‖g‖² without bias, from the gradients of a sample of examples.

    The squared length of the sample's mean is too large by tr Σ / N on average, as noise has a length
    too; that is taken off. (The ratio of two unbiased estimates is still a little biased.)

    Parameters
    ----------
    per_example_grads : array_like of float, shape (N, ...)
        At least two examples.

    Returns
    -------
    NoiseEstimate

    Raises
    ------
    TypeError, ValueError
        If the gradients have the wrong form or are not finite.

    References
    ----------
    S. McCandlish, J. Kaplan and D. Amodei (2018). An empirical model of large-batch training, equation
    2.9 and appendix A. arXiv:1812.06162.

    Examples
    --------
    >>> noise_estimate([[1.0, 0.0], [3.0, 0.0]])
    NoiseEstimate(trace=2.0, square=3.0, scale=0.6666666666666666)
    """
    rows = gradients_of(per_example_grads, at_least=2)
    mean = rows.mean(axis=0)
    trace = float(((rows - mean) ** 2).sum()) / (len(rows) - 1)
    return _estimate(trace, float(mean @ mean) - trace / len(rows))


def noise_scale(per_example_grads: npt.ArrayLike) -> float:
    """Return tr Σ / ‖g‖², both estimated without bias: the batch size where noise equals signal.

    Parameters
    ----------
    per_example_grads : array_like of float, shape (N, ...)
        At least two examples.

    Returns
    -------
    float
        In examples; infinite where the gradient is lost in the noise.

    Raises
    ------
    TypeError, ValueError
        If the gradients have the wrong form or are not finite.

    See Also
    --------
    noise_estimate : numerator and denominator too, and where they come from.

    Examples
    --------
    >>> noise_scale([[1.0, 0.0], [3.0, 0.0]])
    0.6666666666666666
    """
    return noise_estimate(per_example_grads).scale


def noise_from_two_batches(
    small_square: float, large_square: float, small: int, large: int
) -> NoiseEstimate:
    """Estimate tr Σ and ‖g‖² without bias from the gradients' lengths at two batch sizes.

    A batch of B has E ‖g_B‖² = ‖g‖² + tr Σ / B: two batch sizes, two equations. No gradients of single
    examples are needed.

    Parameters
    ----------
    small_square, large_square : float, at least 0
        ‖g_B‖² of the small and of the large batches; average each over many batches.
    small, large : int, at least 1
        The batch sizes.

    Returns
    -------
    NoiseEstimate

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    S. McCandlish, J. Kaplan and D. Amodei (2018), appendix A.1, arXiv:1812.06162.

    Examples
    --------
    >>> noise_from_two_batches(5.0, 3.5, small=2, large=8)
    NoiseEstimate(trace=4.0, square=3.0, scale=1.3333333333333333)
    """
    b, B = count(small, "small", low=1), count(large, "large", low=1)
    if b >= B:
        raise ValueError(f"small is {b} and large is {B}, but small must be below large.")
    s, S = number(small_square, "small_square", low=0), number(large_square, "large_square", low=0)
    return _estimate((s - S) / (1.0 / b - 1.0 / B), (B * S - b * s) / (B - b))


class CriticalBatch(NamedTuple):
    """What :func:`critical_batch_size` found.

    Attributes
    ----------
    batch : float
        B_crit, where a run takes twice the fewest steps and twice the fewest examples.
    steps : float
        S_min, what even the largest batches need.
    examples : float
        E_min = S_min · B_crit, what even the smallest batches need.
    """

    batch: float
    steps: float
    examples: float

    def steps_at(self, batch: npt.ArrayLike) -> Array:
        """Return the steps that a run with this batch size needs: S_min (1 + B_crit / B).

        Parameters
        ----------
        batch : array_like of float, any shape, above 0
            Batch sizes.

        Returns
        -------
        ndarray of float64, shaped like ``batch``

        Raises
        ------
        TypeError, ValueError
            If a batch size is no number, not finite or not above 0.
        """
        return np.asarray(self.steps * (1.0 + self.batch / _above_zero(batch, "batch")))


def critical_batch_size(batches: npt.ArrayLike, steps: npt.ArrayLike) -> CriticalBatch:
    """Find the knee of steps against batch size: fit S = S_min (1 + B_crit / B).

    Parameters
    ----------
    batches : array_like of float, shape (k,), above 0
        At least two different batch sizes.
    steps : array_like of float, shape (k,), above 0
        Steps to the same target with each, the rate tuned for each.

    Returns
    -------
    CriticalBatch
        The fit weighs relative errors alike. The batch is 0 or infinite where the measurements show no
        knee: steps that don't fall with the batch, or fall in proportion to it.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    References
    ----------
    S. McCandlish, J. Kaplan and D. Amodei (2018), equation 2.11, arXiv:1812.06162.

    Examples
    --------
    >>> found = critical_batch_size([32, 128, 512], [500, 200, 125])
    >>> [round(number, 6) for number in found]
    [128.0, 100.0, 12800.0]
    """
    sizes, needed = _above_zero(batches, "batches"), _above_zero(steps, "steps")
    same_shape(needed, sizes, "steps", "batches")
    if sizes.ndim != 1 or np.unique(sizes).size < 2:
        raise ValueError("batches must hold at least two different batch sizes.")
    # S / S_measured = 1 for S = a + b / B, by least squares; a and b can't be below 0.
    columns = np.column_stack([np.ones_like(sizes), 1.0 / sizes]) / needed[:, np.newaxis]
    unit = np.abs(columns).max(axis=0)
    a, b = np.linalg.lstsq(columns / unit, np.ones_like(sizes), rcond=None)[0] / unit
    if b <= 0.0:
        a, b = float(columns[:, 0].sum() / (columns[:, 0] @ columns[:, 0])), 0.0
    elif a <= 0.0:
        a, b = 0.0, float(columns[:, 1].sum() / (columns[:, 1] @ columns[:, 1]))
    return CriticalBatch(float(b / a) if a > 0.0 else math.inf, float(a), float(b))


def _above_zero(values: npt.ArrayLike, name: str) -> Array:
    array = finite64(values, name)
    if array.size and array.min() <= 0:
        raise ValueError(f"{name} holds {array.min():g}, but all must be above 0.")
    return array


def _estimate(trace: float, square: float) -> NoiseEstimate:
    return NoiseEstimate(trace, square, trace / square if square > 0.0 else math.inf)


def gradients_of(per_example_grads: npt.ArrayLike, at_least: int) -> Array:
    """Return the gradients as float64, one example a row, shape (N, n)."""
    grads = finite64(per_example_grads, "per_example_grads")
    if grads.ndim == 0 or len(grads) < at_least:
        raise ValueError(
            f"per_example_grads has shape {grads.shape}, but must be (N, ...) with N at least "
            f"{at_least}: one example's gradient a row."
        )
    return grads.reshape(len(grads), -1)
