"""Turns what a person may pass into what a kernel takes, or into an error that says what to do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def as_floats(value: npt.ArrayLike, name: str) -> Array:
    """Return ``value`` as a C-contiguous float64 or float32 array (float32 only if it was).

    Raises
    ------
    TypeError
        If ``value`` is not made of real numbers.

    Examples
    --------
    >>> as_floats([1, 2], "w")
    array([1., 2.])
    """
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} must hold real numbers, but its dtype is {array.dtype}. "
            f"Pass an array of floats, such as np.asarray({name}, dtype=float)."
        )
    dtype = np.float32 if array.dtype == np.float32 else np.float64
    return np.asarray(array, dtype=dtype, order="C")


def same_shape(value: Array, like: Array, name: str, like_name: str) -> None:
    """Raise ``ValueError`` unless the two arrays have one shape."""
    if value.shape != like.shape:
        raise ValueError(
            f"{name} has shape {value.shape}, but {like_name} has shape {like.shape}. "
            f"They must be equal."
        )


def number(
    value: float,
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    open_high: bool = False,
) -> float:
    """Return ``value`` as a finite float within ``[low, high]`` (``[low, high)`` if ``open_high``).

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not finite or not in the range.

    Examples
    --------
    >>> number(0.9, "beta1", low=0, high=1, open_high=True)
    0.9
    """
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}.") from None
    inside = low <= result < high if open_high else low <= result <= high
    if not (math.isfinite(result) and inside):
        bounds = f"from {low:g} " + (
            f"up to, but not including, {high:g}" if open_high else f"to {high:g}"
        )
        wanted = "a finite number" + ("" if (low, high) == (-math.inf, math.inf) else f" {bounds}")
        raise ValueError(f"{name} is {result:g}, but must be {wanted}.")
    return result


def count(value: int, name: str, *, low: int = 0) -> int:
    """Return ``value`` as an int of at least ``low``, or raise ``TypeError`` or ``ValueError``.

    Examples
    --------
    >>> count(np.int64(3), "steps", low=1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, not {type(value).__name__} {value!r}.")
    if value < low:
        raise ValueError(f"{name} is {value}, but must be at least {low}.")
    return int(value)


def finite(value: npt.ArrayLike, name: str) -> Array:
    """Return ``value`` as :func:`as_floats` does, if it holds no NaN and no infinity.

    Raises
    ------
    TypeError
        If ``value`` is not made of real numbers.
    ValueError
        If one of them is not finite; the message says where.

    Examples
    --------
    >>> finite([1, 2], "w")
    array([1., 2.])
    """
    array = as_floats(value, name)
    if not np.isfinite(array).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        at = f"[{', '.join(map(str, where))}]" if where else ""
        raise ValueError(f"{name}{at} is {array[where]}, but every number must be finite.")
    return array
