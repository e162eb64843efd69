"""Other ways to write a right answer. A check that rejects one of them is wrong, not the student."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels import policy
from .exercise import Function


def of(*functions: Function) -> tuple[Function, ...]:
    """Return the functions themselves and rewritings of the first, which must be elementwise."""
    first = functions[0]
    made = tuple(change(first) for change in (in_place, by_element, as_list, with_noise, compiled))
    return (*functions, *made)


def _variant(change: Callable[..., Any]) -> Callable[[Function], Function]:
    """Turn ``change(function, *args)`` into a decorator whose result is named after the change."""

    def decorate(function: Function) -> Function:
        new = functools.partial(change, function)
        functools.update_wrapper(new, function)
        new.__name__ = f"{function.__name__.strip('_')}_{change.__name__}"  # type: ignore[attr-defined]
        return new

    return decorate


@_variant
def in_place(function: Function, *args: Any) -> Any:
    """Work on copies with in-place operators, and return the copies."""
    copies = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
    results = function(*copies)
    arrays = [copy for copy in copies if isinstance(copy, np.ndarray)]
    targets = [arrays[0], *arrays[2:]]  # w and the state; the gradient in between is only read
    for target, result in zip(targets, results, strict=True):
        target[...] = result
    return tuple(targets)


@_variant
def by_element(function: Function, *args: Any) -> Any:
    """Loop over single numbers and fill arrays made beforehand."""
    results: list[Any] = [np.empty_like(args[0]) for _ in range(_count_results(function, args))]
    for index in np.ndindex(args[0].shape):
        single = [arg[index] if isinstance(arg, np.ndarray) else arg for arg in args]
        for result, value in zip(results, function(*single), strict=True):
            result[index] = value
    return tuple(results)


def _count_results(function: Function, args: tuple[Any, ...]) -> int:
    return len(function(*args))


@_variant
def as_list(function: Function, *args: Any) -> Any:
    """Return a list instead of a tuple."""
    return list(function(*args))


@_variant
def with_noise(function: Function, *args: Any) -> Any:
    """Print and warn along the way: untidy, but right."""
    import sys

    print("checking", args[0].shape)
    print("a note", file=sys.stderr)
    return function(*args)


def compiled(function: Function) -> Function:
    """Compile it with the course's jit, as a student may with ``@njit`` (plain without numba)."""
    jitted = policy.compile_lazily(function)

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        # numba has no arrays without dimensions: such a student would use reshape as well.
        flat = [arg.reshape(-1) if isinstance(arg, np.ndarray) else arg for arg in args]
        return tuple(part.reshape(args[0].shape) for part in jitted(*flat))

    call.__name__ = f"{function.__name__.strip('_')}_compiled"
    return call
