"""Classifiers small enough to read: loss and gradient written out, all parameters in one flat vector.

A model's weights are one float64 vector ``w``, so that every update rule can change them with no
knowledge of layers. :attr:`Model.unpack` gives views of it with names and shapes.

The loss is the mean cross-entropy over the examples. With scores ``s`` (one row an example) and
probabilities ``p = softmax(s)``, the gradient of the loss with respect to the scores is
``(p − onehot(y)) / N``: the chain rule backwards from there is all that is needed.

There is no penalty in these losses. A rule with weight decay shrinks the whole vector, biases
included.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, count

__all__ = ["Model", "softmax_classifier", "two_layer_network"]

Shapes = dict[str, tuple[int, ...]]


class Model(NamedTuple):
    """A classifier as a handful of pure functions of its flat weights.

    Attributes
    ----------
    name : str
    sizes : tuple of int
        Units a layer, from input to output.
    shapes : dict of str to tuple of int
        Shape of each parameter, in their order in ``w``.
    init : callable
        ``init(seed=0)`` returns the starting weights: float64, shape (n,).
    loss_and_gradient : callable
        ``loss_and_gradient(w, X, y)`` returns the mean cross-entropy (a float) and its gradient,
        shaped like ``w``.
    scores : callable
        ``scores(w, X)`` returns shape (N, classes): the larger, the likelier.
    accuracy : callable
        ``accuracy(w, X, y)`` returns the share of right answers, 0 to 1.
    unpack : callable
        ``unpack(w)`` returns a dict of the parameters by name, as views: a change to one changes
        ``w``.
    """

    name: str
    sizes: tuple[int, ...]
    shapes: Shapes
    init: Callable[..., Array]
    loss_and_gradient: Callable[[Array, Array, Array], tuple[float, Array]]
    scores: Callable[[Array, Array], Array]
    accuracy: Callable[[Array, Array, Array], float]
    unpack: Callable[[Array], dict[str, Array]]

    @property
    def n_parameters(self) -> int:
        """Length of ``w``."""
        return sum(math.prod(shape) for shape in self.shapes.values())


def softmax_classifier(n_in: int = 64, n_out: int = 10) -> Model:
    """Scores that are linear in the input: ``s = X W + b``. Its loss is convex.

    Parameters
    ----------
    n_in, n_out : int
        Inputs and classes.

    Returns
    -------
    Model
        Weights start from a normal distribution with variance 1/n_in, biases at zero.

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive whole number.

    Examples
    --------
    >>> model = softmax_classifier(n_in=2, n_out=3)
    >>> model.shapes
    {'W': (2, 3), 'b': (3,)}
    >>> loss, gradient = model.loss_and_gradient(np.zeros(9), np.ones((4, 2)), np.array([0, 1, 2, 0]))
    >>> bool(np.isclose(loss, np.log(3)))
    True
    """
    sizes = count(n_in, "n_in", low=1), count(n_out, "n_out", low=2)
    shapes: Shapes = {"W": sizes, "b": (sizes[1],)}

    def scores(w: Array, X: Array) -> Array:
        W, b = _views(w, shapes)
        return _inputs(X, sizes[0]) @ W + b

    def loss_and_gradient(w: Array, X: Array, y: Array) -> tuple[float, Array]:
        loss, d_scores = _cross_entropy(scores(w, X), y)
        gradient = np.empty_like(d_scores, shape=w.shape)
        dW, db = _views(gradient, shapes)
        dW[:] = X.T @ d_scores
        db[:] = d_scores.sum(axis=0)
        return loss, gradient

    return _model("softmax classifier", sizes, shapes, 1.0, scores, loss_and_gradient)


def two_layer_network(
    n_in: int = 64, hidden: int = 32, n_out: int = 10, activation: str = "relu"
) -> Model:
    """One hidden layer: ``h = φ(X W1 + b1)``, ``s = h W2 + b2``.

    Parameters
    ----------
    n_in, hidden, n_out : int
        Inputs, hidden units and classes.
    activation : {"relu", "tanh"}
        φ. The slope of ReLU at zero is taken as zero.

    Returns
    -------
    Model
        Weights start from a normal distribution with variance 2/inputs of the layer for ReLU [1]_ and
        1/inputs for tanh, biases at zero.

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive whole number, or there is no such activation.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun (2015). Delving deep into rectifiers, section 2.2.
       arXiv:1502.01852.

    Examples
    --------
    >>> model = two_layer_network(hidden=16)
    >>> model.n_parameters
    1210
    >>> model.unpack(model.init(seed=0))["W1"].shape
    (64, 16)
    """
    sizes = (
        count(n_in, "n_in", low=1),
        count(hidden, "hidden", low=1),
        count(n_out, "n_out", low=2),
    )
    if activation not in ("relu", "tanh"):
        raise ValueError(f"activation is {activation!r}, but must be 'relu' or 'tanh'.")
    relu = activation == "relu"
    shapes: Shapes = {
        "W1": sizes[:2], "b1": sizes[1:2], "W2": sizes[1:], "b2": sizes[2:]
    }  # fmt: skip

    def forward(w: Array, X: Array) -> tuple[Array, Array]:
        W1, b1, W2, b2 = _views(w, shapes)
        z = _inputs(X, sizes[0]) @ W1 + b1
        h = np.maximum(z, 0) if relu else np.tanh(z)
        return h, h @ W2 + b2

    def scores(w: Array, X: Array) -> Array:
        return forward(w, X)[1]

    def loss_and_gradient(w: Array, X: Array, y: Array) -> tuple[float, Array]:
        h, s = forward(w, X)
        loss, d_scores = _cross_entropy(s, y)
        gradient = np.empty_like(d_scores, shape=w.shape)
        dW1, db1, dW2, db2 = _views(gradient, shapes)
        dW2[:] = h.T @ d_scores
        db2[:] = d_scores.sum(axis=0)
        dh = d_scores @ _views(w, shapes)[2].T
        dz = dh * (h > 0) if relu else dh * (1 - h * h)
        dW1[:] = X.T @ dz
        db1[:] = dz.sum(axis=0)
        return loss, gradient

    name = f"two-layer network ({activation})"
    return _model(name, sizes, shapes, 2.0 if relu else 1.0, scores, loss_and_gradient)


def _model(
    name: str,
    sizes: tuple[int, ...],
    shapes: Shapes,
    gain: float,
    scores: Callable[[Array, Array], Array],
    loss_and_gradient: Callable[[Array, Array, Array], tuple[float, Array]],
) -> Model:
    """Add what all models have in common; ``gain`` is the starting variance times the inputs."""

    def init(seed: int = 0) -> Array:
        rng = np.random.default_rng(count(seed, "seed"))
        parts = [
            rng.standard_normal(shape) * np.sqrt(gain / shape[0])
            if len(shape) == 2
            else np.zeros(shape)
            for shape in shapes.values()
        ]
        return np.concatenate([part.ravel() for part in parts])

    def accuracy(w: Array, X: Array, y: Array) -> float:
        return float((scores(w, X).argmax(axis=1) == y).mean())

    def unpack(w: Array) -> dict[str, Array]:
        return dict(zip(shapes, _views(w, shapes), strict=True))

    return Model(name, sizes, shapes, init, loss_and_gradient, scores, accuracy, unpack)


def _cross_entropy(scores: Array, y: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of scores (N, classes), and its gradient with respect to them."""
    n, y = len(scores), np.asarray(y)
    if y.shape != (n,):
        raise ValueError(f"y has shape {y.shape}, but X has {n} examples: expected ({n},).")
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= scores.shape[1]:
        raise ValueError(f"y must hold labels: whole numbers from 0 to {scores.shape[1] - 1}.")
    # The largest score of a row becomes 0: exp can't overflow, and the loss is the same.
    shifted = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(n)
    loss = float((np.log(sums[:, 0]) - shifted[rows, y]).mean())
    d_scores = exponentials / sums
    d_scores[rows, y] -= 1
    d_scores /= n
    return loss, d_scores


def _views(w: npt.ArrayLike, shapes: Shapes) -> list[Array]:
    """Return the parameters as views of the flat vector."""
    total = sum(math.prod(shape) for shape in shapes.values())
    if not isinstance(w, np.ndarray) or w.shape != (total,):
        raise ValueError(
            f"w has shape {np.shape(w)}, but this model's weights are an array ({total},)."
        )
    views, start = [], 0
    for shape in shapes.values():
        size = math.prod(shape)
        views.append(w[start : start + size].reshape(shape))
        start += size
    return views


def _inputs(X: Array, n_in: int) -> Array:
    """Return ``X`` if it has one example a row."""
    if np.ndim(X) != 2 or X.shape[1] != n_in or not len(X):
        raise ValueError(
            f"X has shape {np.shape(X)}, but must be (N, {n_in}): one example a row, at least one."
        )
    return X
