"""Forward and backward through the layers of a classifier. Part of :mod:`course_lib.models`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ._batch_norm import EPS, BatchNormCache, normalize, normalize_backward, running_after
from ._validate import Array, count
from .kernels import models as kernels

__all__ = ["MOMENTUM", "Network", "Normalization", "Shapes", "views"]

Shapes = dict[str, tuple[int, ...]]

MOMENTUM = 0.1
"""Weight of a minibatch's statistics in the running ones."""

Normalization = Callable[[Array, int, Array, Array, float], Array]
"""``f(X, g, gamma, beta, eps)`` returns a new array: every ghost normalized, scaled and shifted."""

_Hidden = tuple[Array, BatchNormCache | None]


class Network:
    """Layers of units, fully connected; the last one gives the scores.

    Parameters
    ----------
    sizes : tuple of int
        Units a layer, from inputs to classes.
    activation : ``"relu"`` or ``"tanh"``
    batch_norm : bool
        Whether hidden layers are normalized before the activation; γ and β then stand for the bias.
    """

    def __init__(self, sizes: tuple[int, ...], activation: str, batch_norm: bool = False) -> None:
        self.sizes = sizes
        self.relu = activation == "relu"
        self.batch_norm = batch_norm and len(sizes) > 2
        self._shapes: list[tuple[int, ...]] = []
        for k in range(1, len(sizes)):
            vectors = 2 if self.batch_norm and k < len(sizes) - 1 else 1
            self._shapes += [sizes[k - 1 : k + 1], *[sizes[k : k + 1]] * vectors]

    def scores(self, w: Array, X: Array, statistics: Array | None = None) -> Array:
        """Return the scores (N, classes), normalized by running statistics or by X's own."""
        X = self._inputs(X)
        if statistics is not None:
            self._has_room(statistics, "statistics")
        return self._forward(self._parameters(w), X, len(X), statistics)[1]

    def loss(self, scores: Array, y: Array) -> tuple[float, Array, Array]:
        """Return the loss, its gradient with respect to the scores, and that one's sum."""
        labels = np.asarray(y)
        if labels.shape != (len(scores),):
            raise ValueError(
                f"y has shape {labels.shape}, but X has {len(scores)} examples: expected "
                f"({len(scores)},)."
            )
        d, total = np.empty_like(scores), np.empty(scores.shape[1])
        whole = labels.dtype.kind in "iu"
        if whole:
            labels = _for_kernels(labels, np.int64)
            loss = kernels.cross_entropy(scores, labels, d, total)
        if not whole or loss < 0:
            raise ValueError(f"y must hold labels: whole numbers from 0 to {scores.shape[1] - 1}.")
        return loss, d, total

    def loss_and_gradient(
        self,
        w: Array,
        X: Array,
        y: Array,
        ghost: int | None,
        update: Array | None,
        own: Normalization | None = None,
    ) -> tuple[float, Array]:
        """Return the mean cross-entropy and its gradient; ``update`` is changed in place."""
        X = self._inputs(X)
        parts = self._parameters(w)
        hidden, scores = self._forward(parts, X, self._ghost(ghost, len(X)), own=own)
        if update is not None:
            self._take_in(update, hidden)
        loss, d, total = self.loss(scores, y)
        gradient = np.empty(w.shape)
        slopes = views(gradient, self._shapes)
        slopes[-1][:] = total
        at = len(parts) - 2  # of the weights that the present layer's scores came from
        for h, cache in reversed(hidden):
            np.matmul(h.T, d, out=slopes[at])
            d = d @ parts[at].T
            at -= 3 if self.batch_norm else 2
            if cache is None:
                kernels.activation_backward(d, h, self.relu, slopes[at + 1])
            else:
                kernels.activation_backward(d, h, self.relu, slopes[at + 2])
                d, slopes[at + 1][:], slopes[at + 2][:] = normalize_backward(d, cache)
        np.matmul(X.T, d, out=slopes[0])
        return loss, gradient

    def _forward(
        self,
        parts: list[Array],
        X: Array,
        ghost: int,
        statistics: Array | None = None,
        own: Normalization | None = None,
    ) -> tuple[list[_Hidden], Array]:
        """Return what every hidden layer gave and keeps for the way back, and the scores."""
        hidden: list[_Hidden] = []
        h, at, seen = X, 0, 0
        for units in self.sizes[1:-1]:
            z, cache = h @ parts[at], None
            if not self.batch_norm:
                kernels.add_bias(z, parts[at + 1], self.relu)
                at += 2
            else:
                gamma, beta = parts[at + 1], parts[at + 2]
                if statistics is None:
                    x = z
                    z, cache = normalize(x, ghost, gamma, beta)
                    if own is not None:  # the cache is the library's: see `training.fit`
                        z = own(x, ghost, gamma, beta, EPS)
                else:
                    mean, var = statistics[seen : seen + 2 * units].reshape(2, units)
                    factor = gamma / np.sqrt(var + EPS)
                    z *= factor
                    z += beta - mean * factor
                    seen += 2 * units
                if self.relu:
                    np.maximum(z, 0.0, out=z)
                at += 3
            if not self.relu:
                np.tanh(z, out=z)
            hidden.append((z, cache))
            h = z
        scores = h @ parts[at]
        kernels.add_bias(scores, parts[at + 1], False)
        return hidden, scores

    def _take_in(self, running: Array, hidden: list[_Hidden]) -> None:
        """Update the running statistics, in place."""
        self._has_room(running, "update")
        start = 0
        for h, cache in hidden:
            if cache is not None:
                mean, var = running[start : start + 2 * h.shape[1]].reshape(2, -1)
                mean[:], var[:] = running_after(
                    mean, var, cache.mean, cache.var, cache.sizes, MOMENTUM
                )
                start += 2 * h.shape[1]

    def _parameters(self, w: Array) -> list[Array]:
        """Return the parameters, in double precision."""
        parts = views(w, self._shapes)
        return [_for_kernels(part, np.float64) for part in parts]

    def _inputs(self, X: npt.ArrayLike) -> Array:
        """Return X as an array with one example a row."""
        examples = np.asarray(X)
        if examples.ndim != 2 or examples.shape[1] != self.sizes[0] or not len(examples):
            raise ValueError(
                f"X has shape {examples.shape}, but must be (N, {self.sizes[0]}): one example a row, "
                "at least one."
            )
        return examples

    def _ghost(self, ghost: int | None, n: int) -> int:
        """Return the size of a ghost; all examples are one, if nothing else is asked for."""
        if ghost is None:
            return n
        if not self.batch_norm:
            raise ValueError(
                "ghost needs a model with batch normalization: mlp(…, batch_norm=True)."
            )
        if count(ghost, "ghost", low=1) > n:
            raise ValueError(
                f"ghost is {ghost}, but can't be larger than the batch of {n} examples."
            )
        return int(ghost)

    def _has_room(self, statistics: Array, name: str) -> None:
        """Raise unless these are running statistics of this network."""
        size = 2 * sum(self.sizes[1:-1]) if self.batch_norm else 0
        if not size:
            raise ValueError(
                f"{name} needs a model with batch normalization: mlp(…, batch_norm=True)."
            )
        if not isinstance(statistics, np.ndarray) or statistics.shape != (size,):
            raise ValueError(
                f"{name} has shape {np.shape(statistics)}, but this model's running statistics are an "
                f"array ({size},): model.new_statistics()."
            )


def views(w: npt.ArrayLike, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return the parameters as views of the flat vector."""
    total = sum(math.prod(shape) for shape in shapes)
    if not isinstance(w, np.ndarray):
        raise TypeError(f"w must be an array of shape ({total},), not {type(w).__name__}.")
    if w.shape != (total,):
        raise ValueError(f"w has shape {w.shape}, but this model's weights are ({total},).")
    found, start = [], 0
    for shape in shapes:
        size = math.prod(shape)
        found.append(w[start : start + size].reshape(shape))
        start += size
    return found


def _for_kernels(array: Array, dtype: type) -> Array:
    """Return an array that suits the kernels: contiguous, and writeable although they only read it."""
    usable: Array = np.ascontiguousarray(array, dtype=dtype)
    return usable if usable.flags.writeable else usable.copy()
