"""Values that pass between a check and an answer: made plain, compared to rounding, shown shortly."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from .._validate import Array

Kind = Literal["array", "number", "text", "truth", "arrays", "function"]
"""What a returned value may be. All but ``function`` are data."""

LONGEST_SHOWN = 400

# Where the tolerance comes from. A check takes at most 12 steps of an update rule; one step rounds
# each number fewer than 15 times. Right answers that order their operations differently can drift
# apart by 12 · 15 · 2 · u ≈ 4e-14 (float64, u = 1.1e-16) or 2e-5 (float32, u = 6e-8), relative to the
# largest number involved; in float32, 1 − β₂ = 0.001 formed in single precision adds another 3e-5.
# Every wrong variant differs by more than 1e-6 in float64, which the tests assert.
TOLERANCE = {"float64": 1e-9, "float32": 3e-4}

_WANTED = {
    "array": "made of real numbers",
    "number": "one real number",
    "text": "a text",
    "truth": "True or False",
    "arrays": "a list of arrays",
    "function": "a function",
}


class NotPlain(ValueError):  # noqa: N818  # it is an outcome, not an error
    """A returned value is not of the kind asked for; the message says what it is."""


def plain(value: Any, kind: Kind) -> Any:
    """Turn a returned value into one of exactly the kind asked for, sharing nothing with it.

    Raises
    ------
    NotPlain
        If it can't be.

    Examples
    --------
    >>> plain([1, 2], "array")
    array([1., 2.])
    >>> plain(np.bool_(True), "truth")
    True
    """
    if kind == "text" and isinstance(value, str):
        return str(value)
    if kind == "truth" and _is_truth(value):
        return bool(value)
    if kind == "function" and callable(value):
        return value
    if kind == "arrays" and _is_row(value):
        return [_array(part, kind) for part in value]
    if kind in ("array", "number"):
        return _array(value, kind)
    raise NotPlain(f"is not {_WANTED[kind]} (it is {describe(value)})")


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool | np.bool_) or (
        isinstance(value, np.ndarray) and value.dtype == bool and value.ndim == 0
    )


def _is_row(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _array(part: Any, kind: Kind) -> Array:
    try:
        array = np.array(part, copy=True, subok=False)
    except (TypeError, ValueError):
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise NotPlain(f"is not {_WANTED[kind]} (it is {describe(part)})")
    if kind == "number" and array.shape != ():
        raise NotPlain(f"has shape {array.shape}, but must be one number")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def describe(value: Any) -> str:
    """Name the type of a value, for a sentence.

    Examples
    --------
    >>> describe(None), describe(np.ones(2, complex))
    ('None', 'an array of complex128')
    """
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return "None" if value is None else f"a {type(value).__name__}"


def close(
    actual: Array, expected: Array, tolerance: float | None = None, scale: float | None = None
) -> bool:
    """Whether two arrays agree to rounding, relative to ``scale`` (the largest number expected).

    Examples
    --------
    >>> close(np.array([1.0, 1e-12]), np.array([1.0, 0.0]))
    True
    """
    if actual.shape != expected.shape:
        return False
    if tolerance is None:
        tolerance = TOLERANCE.get(_name_of_type(expected.dtype), 1e-9)
    if scale is None:
        scale = _largest(expected)
    if not math.isfinite(scale):  # next to infinity everything is small
        return np.array_equal(actual, expected)
    with np.errstate(all="ignore"):
        off = _largest(actual - expected)
    return off <= tolerance * scale


@functools.lru_cache(32)
def _name_of_type(dtype: np.dtype[Any]) -> str:
    return dtype.name  # made anew each time, which takes longer than the comparison


def _largest(numbers: Any) -> float:
    """Return the largest magnitude; 0 of nothing, nan if one is nan."""
    return float(np.maximum.reduce(np.abs(numbers), axis=None, initial=0.0))


def difference(
    actual: Any,
    expected: Any,
    name: str,
    when: str = "",
    before: Any = 0.0,
    tolerance: Mapping[str, float] | None = None,
) -> str:
    """Say in a sentence how a plain value differs from what it should be; nothing if it does not.

    Examples
    --------
    >>> difference(np.array([1.0]), np.array([2.0]), "w", " after the first step")
    'w is not right after the first step.'
    """
    if isinstance(expected, list):
        if len(actual) != len(expected):
            return f"{name} has {len(actual)} arrays{when}; it must have {len(expected)}."
        pairs = enumerate(zip(actual, expected, strict=True))
        found = (_off(a, e, f"{name}[{i}]", when, 0.0, tolerance) for i, (a, e) in pairs)
        return next(filter(None, found), "")
    if isinstance(expected, np.ndarray):
        return _off(actual, expected, name, when, before, tolerance)
    return "" if actual == expected else f"{name} is not right{when}."


def _off(
    actual: Array,
    expected: Array,
    name: str,
    when: str,
    before: Any,
    tolerance: Mapping[str, float] | None,
) -> str:
    if _is_copy(actual, expected):
        return ""
    scale = max(_largest(before), _largest(expected))
    if close(
        actual, expected, tolerance.get(_name_of_type(expected.dtype)) if tolerance else None, scale
    ):
        return ""
    if actual.shape != expected.shape:
        return f"{name} has shape {actual.shape}{when}; it must be {expected.shape}."
    if not np.all(np.isfinite(expected)):
        same_values = np.array_equal(actual, expected, equal_nan=True)
        return "" if same_values else f"{name} is not right{when}."
    if not np.all(np.isfinite(actual)):
        return f"{name} contains {'nan' if np.isnan(actual).any() else 'inf'}{when}."
    if actual.dtype != expected.dtype and close(actual, expected, 1e-3, scale):
        return f"{name} was rounded to {actual.dtype}{when}; the inputs are {expected.dtype}."
    return f"{name} is not right{when}."


def alike(a: Array, b: Array, tolerance: float) -> bool:
    """Whether two results agree, nan and inf in the same places included.

    Examples
    --------
    >>> alike(np.array([1.0, np.nan]), np.array([1.0, np.nan]), 1e-9)
    True
    """
    if a.shape != b.shape:
        return False
    if _is_copy(a, b):
        return True
    finite = np.isfinite(b)
    if not np.array_equal(np.isfinite(a), finite):
        return False
    return np.array_equal(a[~finite], b[~finite], equal_nan=True) and close(
        a[finite], b[finite], tolerance
    )


def same(before: Any, after: Any) -> bool:
    """Whether an argument is still what it was, bit for bit: arrays, and lists of them.

    Examples
    --------
    >>> same([np.ones(2)], [np.ones(2)]), same(np.zeros(1), np.ones(1))
    (True, False)
    """
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and (
                _is_copy(before, after)
                or np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
            )
        )
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same(before[k], after[k]) for k in before)
    return True


def _is_copy(a: Array, b: Array) -> bool:
    """Whether two arrays are the same to the last bit: seen much sooner than that they are close."""
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def as_numbers(value: Any) -> list[Array]:
    """Return a plain value as arrays of numbers, so that any two can be compared.

    Examples
    --------
    >>> as_numbers("ab"), as_numbers(True)
    ([array([97., 98.])], [array(1.)])
    """
    if isinstance(value, str):
        return [np.array([float(ord(letter)) for letter in value])]
    if isinstance(value, list | tuple):
        return [np.array(float(len(value))), *(part for item in value for part in as_numbers(item))]
    return [np.asarray(value, dtype=np.float64)]


def show(value: Any) -> str:
    """Write a value on one short line.

    Examples
    --------
    >>> show(np.array([1.0, 0.25])), show(0.001)
    ('[1, 0.25]', '0.001')
    >>> show([np.ones(2), np.zeros(1)])
    '[[1, 1], [0]]'
    >>> show(np.array([6, 10])), show(np.array([-0.0]))
    ('[6, 10]', '[0]')
    """
    text = _text(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=6, threshold=12, edgeitems=2, floatmode="maxprec"):
            text = np.array2string(value, separator=", ", formatter={"float_kind": _number})
        return " ".join(text.split()).replace("[ ", "[")
    if isinstance(value, list | tuple):
        parts = [_text(part) for part in value[:6]] + ["…"] * (len(value) > 6)
        return f"[{', '.join(parts)}]" if isinstance(value, list) else f"({', '.join(parts)})"
    if isinstance(value, np.random.Generator):
        return "a seeded random generator"
    if callable(value):
        return _name_of(value)
    return _number(value) if isinstance(value, float) else repr(value)


def _number(value: Any) -> str:
    return f"{value + 0.0:.7g}"  # that makes 0 of -0


def _name_of(function: Callable[..., Any]) -> str:
    lines = (function.__doc__ or "").strip().splitlines()
    return lines[0].rstrip(".") if lines else f"the function {getattr(function, '__name__', '')}"
