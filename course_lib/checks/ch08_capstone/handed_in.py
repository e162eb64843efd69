"""The recipe that an answer hands in: its numbers looked at, its functions under the eyes of the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import recipes
from ..exercise import Failure
from ..guard import Counted
from ..trial import Trial

PARTS = ("rule", "schedule", "sam_step", "ghost_batch_norm")
NUMBERS = ("batch_size", "ghost", "rho", "weight_decay")


def recipe_of(trial: Trial, budget: int) -> recipes.Recipe:
    """Ask the answer for its recipe; its functions stay under the eyes of the check.

    Raises
    ------
    Failure
        If a number is out of range.
    """
    values = trial.call(budget)
    functions = [_named(f, name) for f, name in zip(values, PARTS, strict=False)]
    batch_size, ghost, rho, decay = (float(value) for value in values[len(PARTS) :])
    for value, name, low, high in (
        (batch_size, "batch_size", 2, recipes.N_TRAIN),
        (ghost, "ghost", 2, batch_size),
    ):
        if not (low <= value <= high and value.is_integer()):
            raise Failure(f"{name} is {value:g}; it must be a whole number from {low} to {high:g}.")
    for value, name in ((rho, "rho"), (decay, "weight_decay")):
        if not 0 <= value < np.inf:
            raise Failure(f"{name} is {value:g}; it must be a number of at least 0.")
    rule, schedule, sam_step, normalization = functions
    return recipes.Recipe(
        lambda *args: _three(rule(*args)),
        lambda t: _one_number(schedule(t), t),
        lambda loss_grad, *rest: sam_step(Counted(loss_grad), *rest),
        normalization,
        int(batch_size), int(ghost), rho, decay,
    )  # fmt: skip


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function of the answer whose failures say which one it was, and not with what."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except Failure as failure:
            if failure.kind:  # it raised something: the message has the line
                raise Failure(f"In {name}: {failure.message}", kind=failure.kind) from None
            raise Failure(
                f"{name} did not return numbers, or not in arrays of one shape."
            ) from None

    return call


def _three(result: Any) -> tuple[Any, ...]:
    if result.ndim < 1 or len(result) != 3:
        raise Failure("rule must return three arrays: w, m and v, as adamw_step does.")
    return tuple(result)


def _one_number(rate: Any, t: int) -> float:
    if rate.shape != () or not 0 <= rate < np.inf:
        raise Failure(f"schedule({t}) is {rate}; it must be one number of at least 0.")
    return float(rate)


def numbers_of(recipe: recipes.Recipe) -> list[tuple[str, Any]]:
    """Return the numbers of a recipe by name, to be shown."""
    return [(name, getattr(recipe, name)) for name in NUMBERS]
