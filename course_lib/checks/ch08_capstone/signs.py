"""What is wrong with a recipe, as far as it shows without training: the capstone's diagnosis."""

from __future__ import annotations

import numpy as np

from ..._validate import Array
from ...recipes import BUDGET, Recipe
from ..guard import Counted

_TYPICAL = 0.02  # of a weight's gradient early in training, root of the mean square


def signs(recipe: Recipe) -> list[Array]:
    """Return one whole number for each thing that can be wrong; 0 where it is not."""
    steps = recipe.steps(BUDGET)
    rates = np.array([recipe.schedule(t) for t in np.linspace(0, steps - 1, 21).astype(int)])
    peak = float(rates.max()) or 1.0
    move = _length_of_a_step(recipe, float(rates.max()))
    found = [
        int(np.searchsorted([0.1, 0.7], rates[-1] / peak)),  # does not fall, or only half way
        rates[10] / peak < 0.1,  # has fallen before half time
        _sam(recipe),
        _normalization(recipe),
        1 - int(np.searchsorted([5e-4, 0.15], move)),  # too short a step, or too long
        rates.max() * recipe.weight_decay >= 2,
        recipe.rho > 2,
        recipe.rho < 0.1 and recipe.weight_decay < 3,
        recipe.batch_size >= 200,
    ]
    return [np.array(found, dtype=np.float64)]


def _length_of_a_step(recipe: Recipe, rate: float) -> float:
    """Return how far a weight moves in a step, for gradients of the usual size."""
    w, m, v = np.zeros((3, 4))
    g = _TYPICAL * np.array([1.0, -1.0, 0.5, -0.5])
    for t in range(1, 6):
        w, m, v = recipe.rule(w.copy(), g, m.copy(), v.copy(), t, rate, 0.9, 0.999, 1e-8, 0.0)
    return float(np.abs(w).mean()) / 5


def _sam(recipe: Recipe) -> int:
    """0 right or not used, 1 one gradient, 2 follows the first of two, 3 three or more, 4 other."""
    if not recipe.rho:
        return 0
    curvature, w = np.array([1.0, 3.0, 0.5]), np.array([1.0, -0.5, 2.0])
    loss_grad = Counted(lambda w: (0.5 * float(w @ (curvature * w)), curvature * w))
    moved = w - recipe.sam_step(loss_grad, w, 0.1, 0.5)
    g = curvature * w
    nearby = curvature * (w + 0.5 * g / np.linalg.norm(g))
    first, second = (np.allclose(moved, 0.1 * slope, rtol=1e-6) for slope in (g, nearby))
    if loss_grad.calls == 2:
        return 0 if second else 2 if first else 4
    return 1 if loss_grad.calls == 1 else 3 if loss_grad.calls > 2 else 4


def _normalization(recipe: Recipe) -> int:
    """0 right, 1 by the statistics of the whole minibatch, 2 other."""
    X = np.array([[1.0, 2.0], [3.0, -1.0], [10.0, 0.0], [12.0, 5.0]])
    gamma, beta, eps = np.array([1.5, 0.5]), np.array([0.1, -0.2]), 1e-5
    made = recipe.ghost_batch_norm(X, 2, gamma, beta, eps)

    def normal(part: Array) -> Array:
        made: Array = gamma * (part - part.mean(axis=0)) / np.sqrt(part.var(axis=0) + eps) + beta
        return made

    if np.allclose(made, np.concatenate([normal(X[:2]), normal(X[2:])]), rtol=1e-6):
        return 0
    return 1 if np.allclose(made, normal(X), rtol=1e-6) else 2
