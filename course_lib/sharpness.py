"""Sharpness: how the loss rises around the weights, and SAM, which goes where it rises less.

A loss is a function of the weights that returns a float, ``loss(w)``; where a gradient is needed too it
is ``loss_grad(w)``, which returns both. For a model: ``lambda w: model.loss_and_gradient(w, X, y)``.

No measure of sharpness here is a property of the function that a network computes:
:func:`rescale_relu` changes all of them and leaves every output as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from ._power_iteration import PowerIteration, Seed, power_iteration, top_eigenvalue
from ._sam import SAM, ascent_perturbation, sam_gradient, sam_step
from ._sam_objectives import m_sam_gradient, sam_objective
from ._sharpness import AverageSharpness, Loss, average_sharpness, sharpness, value_of
from ._validate import Array, finite, finite64, generator, same_shape

__all__ = [
    "SAM",
    "AverageSharpness",
    "PowerIteration",
    "ascent_perturbation",
    "average_sharpness",
    "filter_normalized_direction",
    "m_sam_gradient",
    "power_iteration",
    "rescale_relu",
    "sam_gradient",
    "sam_objective",
    "sam_step",
    "sharpness",
    "slice_1d",
    "slice_2d",
    "top_eigenvalue",
]


def slice_1d(loss: Loss, w: npt.ArrayLike, direction: npt.ArrayLike, steps: npt.ArrayLike) -> Array:
    """Return L(w + a·d) for many a: the loss along a line.

    Parameters
    ----------
    loss : callable
        ``loss(w)`` returns a float.
    w, direction : array_like of float, same shape
    steps : array_like of float, shape (k,)
        The values of a.

    Returns
    -------
    ndarray of float64, shape (k,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form.

    Examples
    --------
    >>> slice_1d(lambda w: float(w @ w), [0.0, 0.0], [0.0, 1.0], [-1, 0, 2])
    array([1., 0., 4.])
    """
    weights, d = _from(w, direction, "direction")
    return _values(loss, (weights + a * d for a in _steps(steps, "steps")))


def slice_2d(
    loss: Loss,
    w: npt.ArrayLike,
    right: npt.ArrayLike,
    up: npt.ArrayLike,
    a: npt.ArrayLike,
    b: npt.ArrayLike,
) -> Array:
    """Return L(w + a·right + b·up) on a grid: the loss over a plane, ready for ``contour(a, b, …)``.

    Parameters
    ----------
    loss : callable
        ``loss(w)`` returns a float.
    w, right, up : array_like of float, same shape
    a, b : array_like of float, shapes (k,) and (l,)

    Returns
    -------
    ndarray of float64, shape (l, k)
        One row a value of ``b``. Where the loss overflows it is inf, and stays so.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form.

    References
    ----------
    H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein (2018). Visualizing the loss landscape of neural
    nets, section 3. arXiv:1712.09913.

    Examples
    --------
    >>> def loss(w): return float(w[0] + 10 * w[1])
    >>> slice_2d(loss, [0, 0], [1, 0], [0, 1], [0, 1, 2], [0, 1])
    array([[ 0.,  1.,  2.],
           [10., 11., 12.]])
    """
    weights, x = _from(w, right, "right")
    weights, y = _from(w, up, "up")
    across, along = _steps(a, "a"), _steps(b, "b")
    places = (weights + s * x + t * y for t in along for s in across)
    return _values(loss, places).reshape(along.size, across.size)


def filter_normalized_direction(
    w: npt.ArrayLike, shapes: Mapping[str, tuple[int, ...]], rng: Seed = 0
) -> Array:
    """Return a random direction in which every unit's weights are as long as they are in ``w``.

    So slices of two networks can be compared, although one may have large weights and small
    gradients: a step of 1 changes each unit by as much as it weighs.

    Parameters
    ----------
    w : array_like of float, shape (n,)
        Weights of a model.
    shapes : mapping of str to tuple of int
        The model's (``Model.shapes``): where in ``w`` each parameter is. In a matrix (inputs, units)
        each column is a filter. Biases and other vectors stay as they are: their direction is 0.
    rng : int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form.

    References
    ----------
    H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein (2018). Visualizing the loss landscape of neural
    nets, section 4. arXiv:1712.09913.

    Examples
    --------
    >>> shapes = {"W": (2, 1), "b": (1,)}
    >>> d = filter_normalized_direction([3.0, 4.0, 5.0], shapes)
    >>> float(np.linalg.norm(d[:2]).round(9)), float(d[2])
    (5.0, 0.0)
    """
    weights, draws = finite64(w, "w"), generator(rng)
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    if weights.shape != (sum(sizes),):
        raise ValueError(
            f"w has shape {weights.shape}, but the shapes have room for ({sum(sizes)},)."
        )
    direction, start = np.zeros_like(weights), 0
    for shape, size in zip(shapes.values(), sizes, strict=True):
        if len(shape) > 1:
            part = weights[start : start + size].reshape(-1, shape[-1])
            d = draws.standard_normal(part.shape)
            scale = np.linalg.norm(part, axis=0) / np.linalg.norm(d, axis=0)
            direction[start : start + size] = (d * scale).ravel()
        start += size
    return direction


def rescale_relu(
    W1: npt.ArrayLike, W2: npt.ArrayLike, c: npt.ArrayLike, b1: npt.ArrayLike | None = None
) -> tuple[Array, ...]:
    """Return c·W1 and W2/c: other weights of the same ReLU network, sharper or flatter as you like.

    For c > 0, max(c z, 0) = c max(z, 0): what the first layer gains the second one loses, and no output
    changes.

    Parameters
    ----------
    W1 : array_like of float, shape (inputs, units)
    W2 : array_like of float, shape (units, outputs)
    c : float or array_like of float, shape (units,), above 0
        One factor, or one a unit.
    b1 : array_like of float, shape (units,), optional
        The hidden units' bias, if they have one: it is part of z, so it takes the factor too.

    Returns
    -------
    W1, W2 : ndarray
        New arrays; and b1, if it was given.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, or a factor is not above 0.

    References
    ----------
    L. Dinh, R. Pascanu, S. Bengio and Y. Bengio (2017). Sharp minima can generalize for deep nets,
    section 3 and theorem 4. arXiv:1703.04933.

    Examples
    --------
    >>> rescale_relu([[1.0]], [[3.0]], 2.0)
    (array([[2.]]), array([[1.5]]))
    """
    first, second, factor = finite(W1, "W1"), finite(W2, "W2"), finite64(c, "c")
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[0]:
        raise ValueError(
            f"W1 has shape {first.shape} and W2 {second.shape}; expected (inputs, units) and "
            "(units, outputs)."
        )
    units = first.shape[1]
    if factor.shape not in ((), (units,)) or factor.size == 0 or factor.min() <= 0:
        raise ValueError(f"c must be a number above 0, or {units} of them, one a unit.")
    columns = np.broadcast_to(factor, (units,))
    new = [
        np.asarray(first * columns, dtype=first.dtype),
        np.asarray(second / columns[:, None], dtype=second.dtype),
    ]
    if b1 is not None:
        bias = finite(b1, "b1")
        if bias.shape != (units,):
            raise ValueError(f"b1 has shape {bias.shape}, but there are {units} hidden units.")
        new.append(np.asarray(bias * columns, dtype=bias.dtype))
    return tuple(new)


def _from(w: npt.ArrayLike, direction: npt.ArrayLike, name: str) -> tuple[Array, Array]:
    """Return a point and a direction from there."""
    point, d = finite64(w, "w"), finite64(direction, name)
    same_shape(d, point, name, "w")
    return point, d


def _steps(steps: npt.ArrayLike, name: str) -> Array:
    """Return how far to go, each time."""
    far = finite64(steps, name)
    if far.ndim != 1:
        raise ValueError(f"{name} has shape {far.shape}, but must be a list of steps, (k,).")
    return far


def _values(loss: Loss, points: Iterable[Array]) -> Array:
    with np.errstate(over="ignore"):
        return np.array([value_of(loss, point) for point in points], dtype=np.float64)
