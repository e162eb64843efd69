"""What a landscape is. Part of :mod:`course_lib.landscapes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, as_floats
from .kernels import landscapes as kernels

__all__ = ["Bounds", "Objective", "from_family"]

Bounds = tuple[tuple[float, float], tuple[float, float]]


class Objective(NamedTuple):
    """A function to minimize, with what is known about it.

    Only the first three are needed; the rest may be None. So ``Objective("mine", f, start)`` is an
    objective too, where ``f(w)`` returns value and gradient.

    Attributes
    ----------
    name : str
    value_and_gradient : callable
        ``value_and_gradient(w)`` returns f(w), a float, and the gradient, a new float64 array of
        shape (n,).
    start : ndarray of float64, shape (n,)
        Where runs begin unless told otherwise.
    minimizer : ndarray of float64, shape (n,)
        A global minimum (``saddle`` has its mirror image too).
    minimum : float
        The value there.
    bounds : tuple of two pairs of float
        Part of the plane worth drawing: x from and to, y from and to (two dimensions only).
    lipschitz : float
        L, the largest slope of the gradient, where it is bounded.
    eigenvalues : ndarray of float64, shape (n,)
        Of the Hessian, where it is the same everywhere.
    equation : str
        In the book's notation.
    family : int
        Number of the family in :mod:`course_lib.kernels.landscapes`; None for your own function.
    params : ndarray of float64
        The family's parameters, in the order its kernel reads them.
    """

    name: str
    value_and_gradient: Callable[[Array], tuple[float, Array]]
    start: Array
    minimizer: Array | None = None
    minimum: float | None = None
    bounds: Bounds | None = None
    lipschitz: float | None = None
    eigenvalues: Array | None = None
    equation: str = ""
    family: int | None = None
    params: Array | None = None


def from_family(
    name: str,
    family: int,
    params: npt.ArrayLike,
    start: npt.ArrayLike,
    *,
    minimizer: npt.ArrayLike | None = None,
    bounds: Bounds | None = None,
    lipschitz: float | None = None,
    eigenvalues: npt.ArrayLike | None = None,
    equation: str,
) -> Objective:
    """Give a family of kernels its friendly front."""
    numbers, first = np.array(params, dtype=np.float64), np.array(start, dtype=np.float64)

    def value_and_gradient(w: Array) -> tuple[float, Array]:
        point = as_floats(w, "w").astype(np.float64)
        if point.shape != first.shape:
            raise ValueError(f"w has shape {point.shape}, but {name} needs {first.shape}.")
        gradient = np.empty_like(point)
        return kernels.value_and_gradient(family, numbers, point, gradient), gradient

    best = None if minimizer is None else np.array(minimizer, dtype=np.float64)
    return Objective(
        name,
        value_and_gradient,
        first,
        best,
        None if best is None else value_and_gradient(best)[0],
        bounds,
        lipschitz,
        None if eigenvalues is None else np.array(eigenvalues, dtype=np.float64),
        equation,
        family,
        numbers,
    )
