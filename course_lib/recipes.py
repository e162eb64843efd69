"""The capstone's problem: a network for noisy digits, trained by your own functions within a budget.

Four tenths of the 400 training labels are wrong. A recipe that fits them all is right on few test
images; one that is held back finds the digits behind the noise. All a recipe may spend is a number of
gradients of a minibatch, and the trainer counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ._validate import count, number
from .datasets import Digits, digits
from .models import Model, mlp
from .training import History, fit

__all__ = ["BUDGET", "LABEL_NOISE", "N_TRAIN", "Recipe", "network", "problem", "train"]

N_TRAIN = 400
"""Training images of the problem."""

LABEL_NOISE = 0.4
"""Share of the training labels that are wrong."""

BUDGET = 400
"""Gradients of a minibatch that a recipe may spend."""

_BETA1, _BETA2, _EPS = 0.9, 0.999, 1e-8


class Recipe(NamedTuple):
    """Your functions, and the numbers that go with them.

    Attributes
    ----------
    rule : callable
        ``rule(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay)`` returns the new w, m and v, as
        ``adamw_step`` does.
    schedule : callable
        ``schedule(t)`` returns the learning rate of step t, counted from 0.
    sam_step : callable
        ``sam_step(loss_grad, w, lr, rho)`` returns the new weights of plain gradient descent with SAM.
    ghost_batch_norm : callable
        ``ghost_batch_norm(X, g, gamma, beta, eps)`` returns every ghost normalized, scaled, shifted.
    batch_size, ghost : int
        Examples in a minibatch (2 to 400) and in a ghost (2 to ``batch_size``).
    rho : float, at least 0
        Radius of SAM; with 0 there is none, and a step costs one gradient instead of two.
    weight_decay : float, at least 0
        Not for biases, nor for γ and β of the normalization.
    """

    rule: Callable[..., Any]
    schedule: Callable[..., Any]
    sam_step: Callable[..., Any]
    ghost_batch_norm: Callable[..., Any]
    batch_size: int
    ghost: int
    rho: float
    weight_decay: float

    def steps(self, budget: int = BUDGET) -> int:
        """Return how many steps a budget of gradients pays for.

        Parameters
        ----------
        budget : int, at least 0

        Returns
        -------
        int
        """
        return count(budget, "budget") // (2 if self.rho else 1)


def problem(seed: int = 0) -> Digits:
    """Return the data: 400 training images with 40 % wrong labels, all test images with right ones.

    Parameters
    ----------
    seed : int
        Which images, and which labels are wrong.

    Returns
    -------
    Digits

    Examples
    --------
    >>> problem(seed=3).X_train.shape
    (400, 64)
    """
    return digits(n_train=N_TRAIN, label_noise=LABEL_NOISE, seed=seed)


def network() -> Model:
    """Return the network: 64 pixels, 32 hidden units with batch normalization, 10 classes.

    Returns
    -------
    Model

    Examples
    --------
    >>> network().n_parameters
    2442
    """
    return mlp((64, 32, 10), batch_norm=True)


def train(recipe: Recipe | Sequence[Any], budget: int = BUDGET, seed: int = 0) -> History:
    """Train the network on the noisy digits by a recipe, and stop when the budget is spent.

    Parameters
    ----------
    recipe : Recipe
        Or its eight parts in their order.
    budget : int, at least 0
        Gradients of a minibatch that may be computed; the trainer counts them.
    seed : int
        Of the data, the starting weights and the order of the examples.

    Returns
    -------
    History
        ``evaluations`` says how many gradients were used, ``stopped`` why the run ended.

    Raises
    ------
    TypeError, ValueError
        If the recipe has another form, or one of its functions returns what can't be used.

    Examples
    --------
    >>> def sgd(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    ...     return w - lr * g, m, v
    >>> def batch_norm(X, g, gamma, beta, eps):
    ...     return gamma * (X - X.mean(0)) / np.sqrt(X.var(0) + eps) + beta
    >>> import numpy as np
    >>> recipe = sgd, lambda t: 0.03, None, batch_norm, 50, 50, 0.0, 0.0
    >>> history = train(recipe, budget=100)
    >>> history.evaluations, history.test_accuracy > 0.5
    (100, True)
    """
    recipe = Recipe(*recipe)
    rates = [_rate(recipe.schedule, t) for t in range(recipe.steps(budget))]
    rho = number(recipe.rho, "rho", low=0)
    return fit(
        network(),
        problem(seed),
        _rule_of(recipe.rule),
        epochs=None,
        batch_size=count(recipe.batch_size, "batch_size", low=2),
        lr=rates,
        seed=seed,
        sam_rho=rho,
        sam_step=recipe.sam_step if rho else None,
        ghost=count(recipe.ghost, "ghost", low=2),
        ghost_batch_norm=recipe.ghost_batch_norm,
        max_evaluations=budget,
        weight_decay=number(recipe.weight_decay, "weight_decay", low=0),
    )


def _rate(schedule: Callable[..., Any], t: int) -> float:
    return number(schedule(t), f"schedule({t})", low=0)


def _rule_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule as the trainer takes it, with Adam's usual hyperparameters."""

    def rule(w: Any, g: Any, m: Any, v: Any, t: int, lr: float, weight_decay: float) -> Any:
        result = function(w, g, m, v, t, lr, _BETA1, _BETA2, _EPS, weight_decay)
        if not isinstance(result, tuple | list) or len(result) != 3:
            raise ValueError("rule must return three arrays: w, m and v, as adamw_step does.")
        return tuple(result)

    return rule
