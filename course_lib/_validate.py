"""Turns what a person may pass into what a kernel takes, or into an error that says what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def as_floats(value: npt.ArrayLike, name: str) -> Array:
    """Return ``value`` as a C-contiguous float64 or float32 array (float32 only if it was).

    It is ``value`` itself where that will do; what is read-only is copied, as kernels don't take it.

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
    result = np.asarray(array, dtype=dtype, order="C")
    return result if result.flags.writeable else result.copy()


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
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """Return ``value`` as a finite float within ``[low, high]``; an open end is left out.

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
        if type(value) is not float:  # a text, a complex number and an array of one are refused
            _one_real(value)
        result = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}.") from None
    above = low < result if open_low else low <= result
    below = result < high if open_high else result <= high
    if not (math.isfinite(result) and above and below):
        wanted = "a finite number" + _bounds(low, high, open_low, open_high)
        raise ValueError(f"{name} is {result:g}, but must be {wanted}.")
    return result


def _one_real(value: object) -> None:
    """Raise ``TypeError`` for what ``float`` takes, but is no real number."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError
    if isinstance(value, (np.ndarray, np.generic)) and (
        value.ndim or value.dtype.kind not in "fiub"
    ):
        raise TypeError


def _bounds(low: float, high: float, open_low: bool, open_high: bool) -> str:
    """Return the words for a range, with a space before them if there are any."""
    if math.isinf(low):
        return "" if math.isinf(high) else f" of at most {high:g}"
    if math.isinf(high):
        return f" above {low:g}" if open_low else f" of at least {low:g}"
    start = f" above {low:g}, up" if open_low else f" from {low:g}" + " up" * open_high
    return start + (f" to, but not including, {high:g}" if open_high else f" to {high:g}")


def above_zero(value: float, name: str, why: str = "") -> float:
    """Return ``value`` as a finite float above 0, or raise; ``why`` says what 0 would lead to.

    Raises
    ------
    TypeError, ValueError
        If it is not a real number, not finite or not above 0.

    Examples
    --------
    >>> above_zero(1e-5, "eps")
    1e-05
    """
    result = number(value, name, low=0)
    if result == 0:
        raise ValueError(f"{name} is 0, but must be above 0{why and ': '}{why}.")
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


def finite64(value: npt.ArrayLike, name: str) -> Array:
    """Return ``value`` as a new float64 array, if it holds no NaN and no infinity.

    Raises
    ------
    TypeError, ValueError
        As :func:`finite` does.

    Examples
    --------
    >>> finite64([1, 2], "w")
    array([1., 2.])
    """
    return finite(value, name).astype(np.float64)


def no_negative(array: Array, name: str, what: str = "all") -> Array:
    """Return an array, or raise ``ValueError`` if a number in it is below 0.

    Examples
    --------
    >>> no_negative(np.zeros(2), "var", "a variance")
    array([0., 0.])
    """
    if array.size and array.min() < 0:
        verb = "holds" if array.ndim else "is"
        raise ValueError(f"{name} {verb} {array.min():g}, but {what} must be at least 0.")
    return array


def one_a_row(X: Array, name: str = "X") -> Array:
    """Return examples, shape (N, n), or raise ``ValueError`` if they are no such table or empty.

    Examples
    --------
    >>> one_a_row(np.ones((2, 1))).shape
    (2, 1)
    """
    if X.ndim != 2 or not X.size:
        raise ValueError(
            f"{name} has shape {X.shape}, but must be (N, n): one example a row, at least one."
        )
    return X


def spread(array: Array, name: str, like: Array, like_name: str) -> Array:
    """Return a view of ``array`` in the shape of ``like``, or raise ``ValueError``.

    Examples
    --------
    >>> spread(np.array(2.0), "t", np.zeros(3), "w")
    array([2., 2., 2.])
    """
    try:
        return np.broadcast_to(array, like.shape)
    except ValueError:
        raise ValueError(
            f"{name} has shape {array.shape}, but must be one value or fit {like_name}, {like.shape}."
        ) from None


def known(name: str, table: Iterable[str], what: str) -> str:
    """Return a name that stands in a table, or raise ``ValueError`` with those that do.

    Examples
    --------
    >>> known("l1", ("l1", "l2"), "penalty")
    'l1'
    """
    names = tuple(table)
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"there is no {what} {name!r}; there are {', '.join(names)}.")
    return name


def a_function(value: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``value`` can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, not {type(value).__name__}.")


def of_type(value: Any, kind: type, name: str, such_as: str) -> None:
    """Raise ``TypeError`` unless ``value`` is of a type, and say how one is made.

    Examples
    --------
    >>> of_type(3, int, "n", "3")
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise TypeError(
            f"{name} must be {article} {kind.__name__}, such as {such_as}, not {type(value).__name__}."
        )


def generator(rng: int | np.random.Generator, name: str = "rng") -> np.random.Generator:
    """Return a random generator: the one given, or a new one from a seed.

    Raises
    ------
    TypeError, ValueError
        If ``rng`` is neither, or the seed is negative.

    Examples
    --------
    >>> generator(0).integers(2) in (0, 1)
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)):
        raise TypeError(
            f"{name} must be a seed or a generator, such as 0 or np.random.default_rng(0), "
            f"not {type(rng).__name__}."
        )
    return np.random.default_rng(count(int(rng), name))


def scalar_or_array(values: npt.ArrayLike) -> float | Array:
    """Return a float for a scalar, a float64 array for an array.

    Examples
    --------
    >>> scalar_or_array(np.array(2))
    2.0
    """
    array = np.asarray(values, dtype=np.float64)
    return float(array) if array.ndim == 0 else array
