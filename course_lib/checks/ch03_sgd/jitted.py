"""Right answers that a student compiled with ``@njit``.

They stand behind a line of Python that gives all calls one form, so that each is compiled once.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...kernels import policy
from ..exercise import Function


def jitted(function: Function) -> Function:
    """Compile a function over arrays of float64 with the course's jit (plain without numba)."""
    compiled = policy.compile_lazily(function)

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        return compiled(*map(_as_float64, args))

    call.__name__ = f"{function.__name__}_compiled"
    return call


def jitted_series(function: Function) -> Function:
    """Compile a function whose first argument is a series, for series of numbers in columns."""
    compiled = jitted(function)

    @functools.wraps(compiled)
    def call(g: Any, *args: Any) -> Any:
        return compiled(g.reshape(len(g), -1).astype(float), *args).reshape(g.shape)

    return call


def _as_float64(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.ascontiguousarray(value, dtype=np.float64)
    return value
