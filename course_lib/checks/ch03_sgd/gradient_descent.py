"""Gradient descent: the whole path, from the first point to the last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import gradient_descent_mistakes as wrong


def _gradient_descent(grad, w0, lr, steps):
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - lr * grad(w)
        path.append(w)
    return np.array(path)


# ---------------------------------------------------------------------- other right ways


def _filled(grad, w0, lr, steps):
    path = np.empty((steps + 1, len(w0)))
    path[0] = w0
    for t in range(steps):
        path[t + 1] = path[t] - lr * grad(path[t])
    return path


def _as_list(grad, w0, lr, steps):
    path = [1.0 * w0]
    while len(path) <= steps:
        path.append(path[-1] - lr * grad(path[-1]))
    return path


def _copies(grad, w0, lr, steps):
    w = w0.astype(np.float64)
    path = [w.copy()]
    for _ in range(steps):
        w -= lr * grad(w)
        path.append(w.copy())
    return np.stack(path)


def _generator(grad, w0, lr, steps):
    w = np.array(w0, dtype=float)
    yield w
    for _ in range(steps):
        w = w - np.multiply(grad(w), lr)
        yield w


def _recursive(grad, w0, lr, steps):
    def onward(path, left):
        if not left:
            return path
        w = path[-1] - lr * grad(path[-1])
        return onward(np.vstack([path, w]), left - 1)

    return onward(np.array([w0], dtype=float), steps)


# ---------------------------------------------------------------------------- the check


def _bowl(curvatures: tuple[float, ...]) -> Callable[[Any], Any]:
    """Return the gradient of a bowl with its lowest point at zero."""

    def grad(w: Any) -> Any:
        if np.shape(w) != (len(curvatures),):
            raise ValueError(f"grad takes w of shape ({len(curvatures)},), not {np.shape(w)}")
        return np.array(curvatures) * w

    grad.__doc__ = f"grad(w) = [{', '.join(f'{c:g}' for c in curvatures)}] * w"
    return grad


def _valley(w: Any) -> Any:
    """grad(w) = w³ − w, in each coordinate"""
    return w**3 - w


def _numbers(rng: np.random.Generator, n: int, low: float, high: float) -> Any:
    return np.round(rng.choice([-1.0, 1.0], n) * rng.uniform(low, high, n), 2)


def _case(rng: np.random.Generator, n: int, steps: int) -> tuple[Any, ...]:
    """A bowl in n directions. The rate is far from 1 and the path far from its end."""
    curvatures = tuple(np.round(rng.uniform(0.5, 4.0, n), 1).tolist())
    return _bowl(curvatures), _numbers(rng, n, 0.5, 2.0), round(rng.uniform(0.05, 0.2), 2), steps


def _small(rng: np.random.Generator) -> tuple[Any, ...]:
    return _case(rng, 2, 3)


def begins_at_the_start(trial: Trial) -> None:
    """The first row of the path is w0."""
    args = _case(trial.rng(1), 2, 1)
    path, expected = trial.call(*args)[0], trial.reference(*args)[0]
    trial.expect(path[0], expected[0], "path[0]", args)


def first_step(trial: Trial) -> None:
    """The first step leads to w0 − lr · grad(w0)."""
    args = _case(trial.rng(2), 2, 1)
    path, expected = trial.call(*args)[0], trial.reference(*args)[0]
    trial.expect(path[1], expected[1], "path[1]", args)


def later_steps(trial: Trial) -> None:
    """Each further step starts where the one before ended, with the gradient at that point."""
    rng = trial.rng(3)
    trial.compare(*_case(rng, 2, 2), when=" after 2 steps")
    trial.compare(*_case(rng, 2, 6), when=" after 6 steps")
    trial.compare(_valley, _numbers(rng, 2, 0.3, 0.7), 0.1, 5, when=" in a curved valley")
    if trial.hidden:
        trial.compare(*_case(rng, 3, 25), when=" after 25 steps")


def any_size(trial: Trial) -> None:
    """It works for one weight and for several, and for no step at all."""
    rng = trial.rng(4)
    for n, steps in ((1, 2), (5, 3), (2, 0)) + (((1, 0), (9, 4)) if trial.hidden else ()):
        trial.compare(*_case(rng, n, steps), when=f" for {n} weights and {steps} steps")


def one_gradient_a_step(trial: Trial) -> None:
    """grad is called once for each step, no more."""
    rng = trial.rng(5)
    for steps in (2, 5) + ((0, 7) if trial.hidden else ()):
        args = _case(rng, 2, steps)
        trial.call(*args)
        if trial.calls["grad"] != steps:
            raise Failure(
                f"grad was called {trial.calls['grad']} times in {steps} steps.",
                trial.name_arguments(args),
            )


def stays_at_rest(trial: Trial) -> None:
    """Where the gradient is zero it stays, and the path still has steps + 1 rows."""
    trial.compare(_bowl((1.0, 3.0)), np.zeros(2), 0.1, 3, when=" where the gradient is zero")
    trial.compare(_valley, np.array([1.0, -1.0, 0.0]), 0.1, 4, when=" where the gradient is zero")


def whole_numbers(trial: Trial) -> None:
    """It works from a w0 of whole numbers too, and nothing is rounded to them."""
    rng = trial.rng(7)
    grad, _, lr, _ = _case(rng, 2, 3)
    trial.compare(grad, rng.integers(1, 9, 2), lr, 3, when=" from whole numbers")


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        _case(rng, 2, 4),
        _case(rng, 3, 1),
        _case(rng, 2, 0),
        (_valley, _numbers(rng, 2, 0.3, 0.7), 0.1, 5),
        (_bowl((1.0, 3.0)), np.zeros(2), 0.1, 3),
        (_bowl((1.0, 3.0)), np.array([2, -1]), 0.1, 3),
    ]


GRADIENT_DESCENT = exercise(
    "gradient_descent",
    "03_sgd",
    title="Gradient descent",
    points=4,
    section="sec-gradient-descent",
    parameters=("grad", "w0", "lr", "steps"),
    returns=("path",),
    reference=_gradient_descent,
    cases=_cases,
    properties=(
        form_of(
            "It returns the path: steps + 1 rows, each a point with as many numbers as w0.", _small
        ),
        begins_at_the_start,
        prop(first_step, after="begins_at_the_start"),
        prop(later_steps, after="first_step", weight=2.0),
        prop(any_size, after="later_steps"),
        prop(one_gradient_a_step, after="later_steps"),
        prop(stays_at_rest, after="later_steps"),
        prop_after(unchanged_of(_small), "later_steps"),
        prop(whole_numbers, after="inputs_unchanged"),
    ),
    misconceptions=(
        wrong.only_the_end,
        wrong.start_left_out,
        wrong.end_left_out,
        wrong.one_array_for_all,
        wrong.rows_share_an_array,
        wrong.start_overwritten,
        wrong.uphill,
        wrong.rate_left_out,
        wrong.gradient_of_the_start,
        wrong.gradient_computed_once,
        wrong.steps_from_the_start,
        wrong.unit_steps,
        wrong.one_step_more,
        wrong.points_as_columns,
        wrong.gradient_called_twice,
        wrong.stops_early,
        wrong.whole_numbers_kept,
    ),
    correct=(_filled, _as_list, _copies, _generator, _recursive),
)
