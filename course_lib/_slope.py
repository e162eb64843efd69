"""The gradient that training takes a step along. Part of :mod:`course_lib.training`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._sam import perturb
from ._validate import Array, count, number
from .models import Model

__all__ = ["BudgetSpent", "Extras", "Slope"]


class BudgetSpent(Exception):  # noqa: N818  # it is how a run ends, not an error
    """A gradient was asked for, but the budget holds no more."""


class Extras(NamedTuple):
    """What :func:`course_lib.training.fit` takes under these names."""

    sam_rho: float = 0.0
    sam_m: int | None = None
    sam_step: Callable[..., Any] | None = None
    ghost: int | None = None
    ghost_batch_norm: Callable[..., Any] | None = None
    max_evaluations: int | None = None


class Slope:
    """Loss and gradient of a minibatch: with SAM, ghosts, running statistics, and a budget.

    Attributes
    ----------
    evaluations : int
        Gradients of a minibatch that were computed so far.
    cost : int
        How many a step takes: 2 with SAM, else 1.
    """

    def __init__(
        self, model: Model, w: Array, running: Array | None, batch_size: int, extras: Extras
    ) -> None:
        self.model, self.running = model, running
        self.rho, self.nearby = number(extras.sam_rho, "sam_rho", low=0), np.empty_like(w)
        self.m = batch_size if extras.sam_m is None else count(extras.sam_m, "sam_m", low=1)
        self.ghost = batch_size if extras.ghost is None else count(extras.ghost, "ghost", low=1)
        self.sam_step, self.normalize = extras.sam_step, extras.ghost_batch_norm
        self.cost = 2 if self.rho else 1
        self.evaluations = 0
        self.budget = extras.max_evaluations
        _fit_together(extras, self, batch_size)

    def __call__(self, w: Array, X: Array, y: Array) -> tuple[float, Array]:
        """Return the loss at w and the gradient for the step.

        Raises
        ------
        BudgetSpent
            If that takes more gradients than are left.
        """
        if self.sam_step is not None:
            return self._own_sam(self.sam_step, w, X, y)
        if self.budget is not None and self.evaluations + self.cost > self.budget:
            raise BudgetSpent
        self.evaluations += self.cost
        if not self.rho:
            return self._plain(w, X, y, self.running)
        if self.m >= len(X):
            return self._sam(w, X, y)
        total, gradient = 0.0, np.zeros_like(w)
        for start in range(0, len(X), self.m):
            part = slice(start, start + self.m)
            loss, g = self._sam(w, X[part], y[part])
            share = len(y[part]) / len(y)
            total += share * loss
            gradient += share * g
        return total, gradient

    def _sam(self, w: Array, X: Array, y: Array) -> tuple[float, Array]:
        """Two gradients on the same examples; only the first is of the weights' own statistics."""
        loss, g = self._plain(w, X, y, self.running)
        perturb(w, g, self.rho, self.nearby)
        return loss, self._plain(self.nearby, X, y, None)[1]

    def _own_sam(
        self, sam_step: Callable[..., Any], w: Array, X: Array, y: Array
    ) -> tuple[float, Array]:
        """Find the gradient that a person's ``sam_step`` follows: at a rate of 1, it is what w loses.

        So any rule can take the step. What w − (w − g) rounds away is 1e-16 of w.
        """
        oracle = _Oracle(self, X, y)
        try:
            after = sam_step(oracle, w.copy(), 1.0, self.rho)
        except Exception:
            if not oracle.refused:
                raise
        if oracle.refused:  # even if sam_step went on as if nothing had happened
            raise BudgetSpent
        if oracle.first_loss is None:
            raise ValueError(
                "sam_step did not call loss_grad; it must call it twice: at w and at w + ε."
            )
        return oracle.first_loss, w - as_shaped(after, w, "sam_step", "w")

    def _plain(self, w: Array, X: Array, y: Array, update: Array | None) -> tuple[float, Array]:
        if self.running is None:
            return self.model.loss_and_gradient(w, X, y)
        ghost = min(self.ghost, len(X))
        if self.normalize is None:
            return self.model.loss_and_gradient(w, X, y, ghost=ghost, update=update)
        forward = functools.partial(own_normalization, self.normalize)
        return self.model.loss_and_gradient(w, X, y, ghost=ghost, update=update, normalize=forward)


class _Oracle:
    """What a person's ``sam_step`` gets as ``loss_grad``: one minibatch, every call of it counted."""

    def __init__(self, slope: Slope, X: Array, y: Array) -> None:
        self._slope, self._X, self._y = slope, X, y
        self.first_loss: float | None = None
        self.refused = False

    def __call__(self, w: Array) -> tuple[float, Array]:
        slope = self._slope
        if slope.budget is not None and slope.evaluations >= slope.budget:
            self.refused = True
            raise BudgetSpent
        slope.evaluations += 1
        weights = np.array(as_shaped(w, slope.nearby, "w for loss_grad", "the weights"))
        first = self.first_loss is None
        loss, g = slope._plain(weights, self._X, self._y, slope.running if first else None)
        if first:
            self.first_loss = loss
        return loss, g


def own_normalization(
    function: Callable[..., Any], z: Array, g: int, gamma: Array, beta: Array, eps: float
) -> Array:
    """Call a person's ``ghost_batch_norm`` with copies, and look at what it returns."""
    Y = function(z.copy(), g, gamma.copy(), beta.copy(), eps)
    return as_shaped(Y, z, "ghost_batch_norm", "X").copy()


def as_shaped(value: Any, like: Array, what: str, like_name: str) -> Array:
    """Return what a person's function gave as float64, or say what is wrong with it."""
    found = np.asarray(value)
    if found.dtype.kind not in "fiub" or found.shape != like.shape:
        kind = "nothing (is there a return?)" if value is None else f"shape {found.shape}"
        raise ValueError(
            f"{what} gave {kind}; expected real numbers shaped like {like_name}: {like.shape}."
        )
    return np.asarray(found, dtype=np.float64)


def _fit_together(extras: Extras, slope: Slope, batch_size: int) -> None:
    """Raise ``ValueError`` where one argument needs another."""
    for size, name in ((slope.m, "sam_m"), (slope.ghost, "ghost")):
        if size > batch_size:
            raise ValueError(f"{name} is {size}, but a minibatch has {batch_size} examples.")
    if slope.running is None and (extras.ghost is not None or extras.ghost_batch_norm is not None):
        name = "ghost" if extras.ghost is not None else "ghost_batch_norm"
        raise ValueError(
            f"{name} needs a model with batch normalization, mlp(…, batch_norm=True): without it, "
            "the mean over ghosts is the mean over the minibatch."
        )
    if not slope.rho and (extras.sam_m is not None or extras.sam_step is not None):
        name = "sam_m" if extras.sam_m is not None else "sam_step"
        raise ValueError(f"{name} needs SAM: give sam_rho a value above 0.")
    if extras.sam_m is not None and extras.sam_step is not None:
        raise ValueError("sam_step sees whole minibatches: leave sam_m out.")
