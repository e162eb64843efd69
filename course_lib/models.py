"""Classifiers small enough to read: loss and gradient written out, all parameters in one flat vector.

A model's weights are one float64 vector ``w``, so that every update rule can change them with no
knowledge of layers. :attr:`Model.unpack` gives views of it with names and shapes.

The loss is the mean cross-entropy over the examples. With scores ``s`` (one row an example) and
probabilities ``p = softmax(s)``, the gradient of the loss with respect to the scores is
``(p − onehot(y)) / N``: the chain rule backwards from there is all that is needed.

There is no penalty in these losses; decay is a matter of the update rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ._network import Network, Normalization, Shapes, views
from ._validate import Array, count

__all__ = ["Model", "mlp", "softmax_classifier", "two_layer_network"]


class Model(NamedTuple):
    """A classifier as a handful of functions of its flat weights.

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
        shaped like ``w``. With batch normalization the examples are normalized by their own
        statistics; ``ghost=g`` makes them those of ghosts of g examples, and ``update=running`` takes
        the statistics into the array ``running``, **in place**. ``normalize=f`` puts
        ``f(X, g, gamma, beta, eps)`` in the place of the normalization on the way forward.
    scores : callable
        ``scores(w, X)`` returns shape (N, classes): the larger, the likelier. With batch
        normalization ``statistics=running`` normalizes by those; left out, by the examples' own.
    accuracy : callable
        ``accuracy(w, X, y)`` returns the share of right answers, 0 to 1; ``statistics`` as in
        ``scores``.
    unpack : callable
        ``unpack(w)`` returns a dict of the parameters by name, as views: a change to one changes
        ``w``.
    evaluate : callable
        ``evaluate(w, X, y)`` returns loss and accuracy, from one forward pass; ``statistics`` as in
        ``scores``.
    batch_norm : bool
        Whether hidden layers are normalized.
    activation : ``"relu"`` or ``"tanh"``
        φ of the hidden layers.
    """

    name: str
    sizes: tuple[int, ...]
    shapes: Shapes
    init: Callable[..., Array]
    loss_and_gradient: Callable[..., tuple[float, Array]]
    scores: Callable[..., Array]
    accuracy: Callable[..., float]
    unpack: Callable[[Array], dict[str, Array]]
    evaluate: Callable[..., tuple[float, float]]
    batch_norm: bool = False
    activation: str = "relu"

    @property
    def n_parameters(self) -> int:
        """Length of ``w``."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def decay_mask(self) -> Array:
        """Which parameters weight decay acts on: bool, shape (n,).

        True for matrices of weights; False for biases, and for the scales and shifts of normalization.
        """
        return np.concatenate(
            [np.full(math.prod(shape), len(shape) > 1) for shape in self.shapes.values()]
        )

    def new_statistics(self) -> Array | None:
        """Return running statistics as training begins with them: means 0, variances 1.

        Returns
        -------
        ndarray of float64, shape (2 · hidden units,), or None
            Means and variances of the first hidden layer, then of the next. None for a model without
            batch normalization.
        """
        if not self.batch_norm:
            return None
        return np.concatenate([np.repeat([0.0, 1.0], units) for units in self.sizes[1:-1]])


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
    >>> X, y = np.ones((4, 2)), np.array([0, 1, 2, 0])
    >>> loss, gradient = model.loss_and_gradient(np.zeros(9), X, y)
    >>> bool(np.isclose(loss, np.log(3)))
    True
    """
    sizes = count(n_in, "n_in", low=1), count(n_out, "n_out", low=2)
    return _model("softmax classifier", Network(sizes, "tanh"), {"W": sizes, "b": sizes[1:]})


def two_layer_network(
    n_in: int = 64, hidden: int = 32, n_out: int = 10, activation: str = "relu"
) -> Model:
    """One hidden layer: ``h = φ(X W1 + b1)``, ``s = h W2 + b2``.

    Parameters
    ----------
    n_in, hidden, n_out : int
        Inputs, hidden units and classes.
    activation : ``"relu"`` or ``"tanh"``
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
    return mlp(sizes, activation)._replace(name=f"two-layer network ({activation})")


def mlp(
    sizes: Sequence[int] = (64, 32, 32, 10), activation: str = "relu", batch_norm: bool = False
) -> Model:
    """Build a network of any number of layers: ``h ← φ(h W + b)``, and scores linear in the last h.

    Parameters
    ----------
    sizes : sequence of int
        Units a layer, from inputs to classes; at least these two.
    activation : ``"relu"`` or ``"tanh"``
        φ. The slope of ReLU at zero is taken as zero.
    batch_norm : bool
        Normalize before every φ: ``h ← φ(γ · normalized(h W) + β)``. β does what a bias would do, so
        these layers have none. A batch's scores then depend on all its examples; see
        :class:`Model` for running statistics and ghosts.

    Returns
    -------
    Model
        Weights start as in :func:`two_layer_network`; γ at 1, β at 0.

    Raises
    ------
    TypeError, ValueError
        If a size is not a positive whole number, or there is no such activation.

    References
    ----------
    S. Ioffe and C. Szegedy (2015). Batch normalization, section 3.2. arXiv:1502.03167.

    Examples
    --------
    >>> list(mlp((40, 100, 10), batch_norm=True).shapes)
    ['W1', 'gamma1', 'beta1', 'W2', 'b2']
    """
    if isinstance(sizes, str) or not isinstance(sizes, Sequence) or len(sizes) < 2:
        raise TypeError("sizes must be two or more whole numbers, such as (64, 32, 10).")
    lowest = [1] * (len(sizes) - 1) + [2]
    names = ["n_in", *["hidden"] * (len(sizes) - 2), "n_out"]
    units = tuple(count(s, n, low=low) for s, n, low in zip(sizes, names, lowest, strict=True))
    if activation not in ("relu", "tanh"):
        raise ValueError(f"activation is {activation!r}, but must be 'relu' or 'tanh'.")
    if batch_norm and len(units) == 2:
        raise ValueError("batch_norm needs a hidden layer to normalize, but sizes has none.")
    shapes: Shapes = {}
    for k in range(1, len(units)):
        shapes[f"W{k}"] = units[k - 1 : k + 1]
        for name in ("gamma", "beta") if batch_norm and k < len(units) - 1 else ("b",):
            shapes[f"{name}{k}"] = units[k : k + 1]
    name = f"{len(units) - 1}-layer network ({activation}{', batch norm' if batch_norm else ''})"
    return _model(name, Network(units, activation, batch_norm), shapes)


def _model(name: str, network: Network, shapes: Shapes) -> Model:
    """Give a network its parameters' names, a start, and its friendly front."""
    gain = 2.0 if network.relu else 1.0

    def init(seed: int = 0) -> Array:
        rng = np.random.default_rng(count(seed, "seed"))
        parts = [
            rng.standard_normal(shape) * np.sqrt(gain / shape[0])
            if len(shape) == 2
            else np.full(shape, 1.0 if name.startswith("gamma") else 0.0)
            for name, shape in shapes.items()
        ]
        return np.concatenate([part.ravel() for part in parts])

    def loss_and_gradient(
        w: Array,
        X: Array,
        y: Array,
        *,
        ghost: int | None = None,
        update: Array | None = None,
        normalize: Normalization | None = None,
    ) -> tuple[float, Array]:
        return network.loss_and_gradient(w, X, y, ghost, update, normalize)

    def scores(w: Array, X: Array, statistics: Array | None = None) -> Array:
        return network.scores(w, X, statistics)

    def accuracy(w: Array, X: Array, y: Array, statistics: Array | None = None) -> float:
        return evaluate(w, X, y, statistics)[1]

    def evaluate(
        w: Array, X: Array, y: Array, statistics: Array | None = None
    ) -> tuple[float, float]:
        found = network.scores(w, X, statistics)
        return network.loss(found, y)[0], float((found.argmax(axis=1) == y).mean())

    def unpack(w: Array) -> dict[str, Array]:
        return dict(zip(shapes, views(w, list(shapes.values())), strict=True))

    return Model(
        name, network.sizes, shapes, init, loss_and_gradient, scores, accuracy, unpack, evaluate,
        network.batch_norm, "relu" if network.relu else "tanh",
    )  # fmt: skip
