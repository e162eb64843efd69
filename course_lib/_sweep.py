"""Grids of hyperparameters for :func:`course_lib.descent.sweep`: what is run, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, finite
from .kernels import descent as descent_kernels
from .kernels import sweep as kernels
from .kernels.policy import jit_enabled, share_out
from .landscapes import Objective
from .optimizers import FAR_AWAY, Optimizer, hyperparameters, learning_rates


class Sweep(NamedTuple):
    """Runs over a grid of hyperparameters. Every array has one axis for each that was varied.

    Attributes
    ----------
    objective, rule : str
        Their names.
    axes : dict of str to ndarray of float64
        The values of each hyperparameter, in the order of the arrays' axes.
    final_losses : ndarray of float64
        The objective at the end of each run; of a run that diverged, before the step where it did.
    lowest_losses : ndarray of float64
        The lowest value on each path.
    steps_to_tolerance : ndarray of int64
        Number of the first step after which the loss was within the tolerance; 0 if it began there, -1
        if it never was.
    diverged_at : ndarray of int64
        Number of the step, counted from 1, that led beyond 1e10 or to a number that is not finite; -1
        if there was none.
    """

    objective: str
    rule: str
    axes: dict[str, Array]
    final_losses: Array
    lowest_losses: Array
    steps_to_tolerance: Array
    diverged_at: Array

    def best(self) -> dict[str, float]:
        """Return the hyperparameters of the run with the lowest final loss that did not diverge.

        Returns
        -------
        dict of str to float
            A value for each name in ``axes``.

        Raises
        ------
        ValueError
            If every run diverged.
        """
        if (self.diverged_at > 0).all():
            raise ValueError("every run diverged: try smaller learning rates.")
        losses = np.where(self.diverged_at > 0, np.inf, self.final_losses)
        place = np.unravel_index(losses.argmin(), losses.shape)
        return {
            name: float(values[k])
            for (name, values), k in zip(self.axes.items(), place, strict=True)
        }


class Grid(NamedTuple):
    """All points of a grid: the axes, and rate and hyperparameters of every point."""

    axes: dict[str, Array]
    rates: Array  # (points,)
    hyper: Array  # (k, points)

    @property
    def shape(self) -> tuple[int, ...]:
        """One number for each axis."""
        return tuple(len(values) for values in self.axes.values())


def make_grid(
    rule: Optimizer, given: Mapping[str, npt.ArrayLike], fixed: Mapping[str, Any], lr: float | None
) -> Grid:
    """Check the axes against the rule and lay out their points."""
    if not isinstance(given, Mapping) or not given:
        raise TypeError(
            "grid must be a dict of the values to try, such as {'lr': [0.01, 0.1]}, "
            f"not {type(given).__name__ if not isinstance(given, Mapping) else 'an empty one'}."
        )
    axes = {}
    for name, values in given.items():
        axis = finite(values, f"grid[{name!r}]").astype(np.float64)
        if axis.ndim != 1 or not axis.size:
            raise ValueError(
                f"grid[{name!r}] has shape {axis.shape}, but must be a list of values."
            )
        if name in fixed or (name == "lr" and lr is not None):
            raise TypeError(f"{name} is given twice: in grid and by itself.")
        for end in (axis.min(), axis.max()):  # ranges have no holes
            if name == "lr":
                learning_rates(rule, float(end), 1)
            else:
                hyperparameters(
                    rule, {**dict.fromkeys(rule.hyper, 0.0), **rule_defaults(rule), name: end}
                )
        axes[name] = axis
    middle = {name: float(axis[0]) for name, axis in axes.items() if name != "lr"}
    base = hyperparameters(rule, {**fixed, **middle})
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    points = dict(zip(axes, (part.reshape(-1) for part in mesh), strict=True))
    size = mesh[0].size
    rate = learning_rates(rule, lr, 1)[0]
    hyper = np.repeat(base[:, np.newaxis], size, axis=1)
    for name, values in points.items():
        if name != "lr":
            hyper[list(rule.hyper).index(name)] = values
    return Grid(axes, points.get("lr", np.full(size, rate)).copy(), hyper)


def rule_defaults(rule: Optimizer) -> dict[str, float]:
    """Return the defaults of those hyperparameters that have one."""
    return {name: value for name, value in rule.hyper.items() if not np.isnan(value)}


def can_be_lanes(objective: Objective, rule: Optimizer) -> bool:
    """Whether both are the library's own."""
    return objective.family is not None and rule.kernel in descent_kernels.RULES


def run_lanes(
    objective: Objective, rule: Optimizer, grid: Grid, start: Array, noise: Array, steps: int,
    target: float,
) -> Array:  # fmt: skip
    """Return last loss, step to target, step that diverged and lowest loss: shape (4, points)."""
    points = grid.rates.size
    out = np.empty((4, points))
    block = kernels.BLOCK if jit_enabled() else max(points, 1)
    share_out(
        kernels.sweep, points, 10.0 * points * steps * start.size, block,
        descent_kernels.RULES.index(rule.kernel), grid.hyper, grid.rates, objective.family,
        objective.params, start, steps, noise, FAR_AWAY, target, out,
    )  # fmt: skip
    return out


def summary(losses: Array, diverged_at: int | None, target: float) -> tuple[float, ...]:
    """Return the same four numbers of one run."""
    hits = np.flatnonzero(losses <= target)
    return (
        float(losses[-1]),
        float(hits[0]) if hits.size else kernels.NEVER,
        float(diverged_at or kernels.NEVER),
        float(losses.min()),
    )
