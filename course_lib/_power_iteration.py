"""The top eigenvalue of a Hessian, from products with it. Part of :mod:`course_lib.sharpness`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._sam import norm
from ._validate import Array, a_function, count, finite64, generator, number, same_shape

__all__ = ["PowerIteration", "Seed", "on_sphere", "power_iteration", "top_eigenvalue"]

Seed = int | np.random.Generator


class PowerIteration(NamedTuple):
    """An eigenvalue and what is known of its quality.

    Attributes
    ----------
    value : float
        Rayleigh quotient vᵀHv: the eigenvalue, with its sign.
    vector : ndarray of float64, shape (n,)
        v, of length 1.
    residual : float
        ‖Hv − value·v‖: an eigenvalue of a symmetric H lies this close to ``value``, or closer.
    products : int
        Hessian-vector products used.
    """

    value: float
    vector: Array
    residual: float
    products: int


def power_iteration(
    hvp: Callable[[Array], Any],
    n: int,
    rng: Seed = 0,
    *,
    shift: float = 0.0,
    tol: float = 1e-8,
    max_products: int = 1000,
) -> PowerIteration:
    """Find the eigenvalue of H that is furthest from ``shift``, by v ← (H − shift·I) v, normalized.

    Parameters
    ----------
    hvp : callable
        ``hvp(v)`` returns H v for a vector v of shape (n,); H is symmetric.
    n : int, at least 1
        Length of v.
    rng : int or numpy.random.Generator
        Of the start, a random direction.
    shift : float
        Of the spectrum: 0 finds the eigenvalue of the largest size, positive or negative.
    tol : float, at least 0
        Stops when the residual is below ``tol`` times the size of the eigenvalue.
    max_products : int, at least 1
        Stops here in any case; look at the residual. Two eigenvalues of one size and opposite signs
        are never told apart.

    Returns
    -------
    PowerIteration

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, or ``hvp`` returns another shape.

    References
    ----------
    G. H. Golub and C. F. Van Loan (2013). Matrix Computations, section 8.2.1. Johns Hopkins.

    Examples
    --------
    >>> found = power_iteration(lambda v: np.array([2.0, -5.0]) * v, n=2)
    >>> round(found.value, 9), found.residual < 1e-6
    (-5.0, True)
    """
    a_function(hvp, "hvp")
    n, most = count(n, "n", low=1), count(max_products, "max_products", low=1)
    shift, tol = number(shift, "shift"), number(tol, "tol", low=0)
    v = on_sphere(generator(rng), (n,), 1.0)
    for done in range(1, most + 1):
        product = finite64(hvp(v.copy()), "hvp(v)")
        same_shape(product, v, "hvp(v)", "v")
        value = float(v @ product)
        residual = norm(product - value * v)
        onward = product - shift * v
        length = norm(onward)
        if residual <= tol * abs(value - shift) or length == 0 or done == most:
            break
        v = onward / length
    return PowerIteration(value, v, residual, done)


def top_eigenvalue(
    hvp: Callable[[Array], Any], n: int, rng: Seed = 0, *, which: str = "magnitude"
) -> float:
    """Return the top eigenvalue of a Hessian, from products with it alone.

    Parameters
    ----------
    hvp : callable
        ``hvp(v)`` returns H v; see :func:`~course_lib.gradients.hessian_vector_product`.
    n : int, at least 1
    rng : int or numpy.random.Generator
    which : ``"magnitude"`` or ``"highest"``
        The one that is furthest from 0, with its sign; or the highest, which differs where a negative
        one is further from 0 (a second power iteration finds it).

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range.

    See Also
    --------
    power_iteration : tells how exact the result is.

    Examples
    --------
    >>> hvp = lambda v: np.array([2.0, -5.0]) * v
    >>> round(top_eigenvalue(hvp, 2), 6)
    -5.0
    >>> round(top_eigenvalue(hvp, 2, which="highest"), 6)
    2.0
    """
    if which not in ("magnitude", "highest"):
        raise ValueError(f"which is {which!r}, but must be 'magnitude' or 'highest'.")
    draws = generator(rng)
    first = power_iteration(hvp, n, draws)
    if which == "magnitude" or first.value >= 0:
        return first.value
    return power_iteration(hvp, n, draws, shift=first.value).value


def on_sphere(rng: np.random.Generator, shape: tuple[int, ...], radius: float) -> Array:
    """Return a direction of that length; all are equally likely."""
    e = np.asarray(rng.standard_normal(shape))
    return np.asarray(e * (radius / norm(e)))
