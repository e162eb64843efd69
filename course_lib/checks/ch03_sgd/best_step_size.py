"""The best constant rate on a bowl."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import best_step_size_mistakes as wrong
from .hessians import turned


def _best_step_size(H):
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), (high - low) / (high + low)


# ---------------------------------------------------------------------- other right ways


def _by_condition_number(H):
    values = np.linalg.eigvals(H).real
    kappa = max(values) / min(values)
    return [2 / (min(values) + max(values)), (kappa - 1) / (kappa + 1)]


def _by_error_factor(H):
    values, _ = np.linalg.eigh(H)
    lr = 2.0 / (values.min() + values.max())
    return lr, 1.0 - lr * values.min()


def _by_singular_values(H):
    sizes = np.linalg.svd(H, compute_uv=False)
    total, difference = sizes[0] + sizes[-1], sizes[0] - sizes[-1]
    return [np.asarray(2.0 / total), np.asarray(difference / total)]


def _by_norms(H):
    steepest, flattest = np.linalg.norm(H, 2), 1 / np.linalg.norm(np.linalg.inv(H), 2)
    lr = 1 / (0.5 * (steepest + flattest))
    return np.float64(lr), np.asarray(abs(1 - lr * steepest))


def _in_place(H):
    values = np.linalg.eigvalsh(H.copy())
    total = float(values[0])
    total += float(values[-1])
    values /= total
    return 2 / total, float(values[-1]) - float(values[0])


# ---------------------------------------------------------------------------- the check


def _bowl(rng: np.random.Generator, n: int, on_axes: bool = False) -> tuple[Any, ...]:
    """Return a Hessian whose eigenvalues are well apart, smallest and largest not at the ends.

    The condition number stays below 100: then right ways to compute the rate, rounded at 1e-16 of L
    each, agree to 1e-13.
    """
    curvatures = np.round(rng.uniform(1.5, 2.5, n), 1)
    if n > 1:
        places = [1, 0] if n == 2 else [n - 1, 1]
        curvatures[places] = np.round([rng.uniform(0.3, 0.8), rng.uniform(5.0, 20.0)], 1)
    if on_axes:
        return (np.diag(curvatures),)
    return (turned(rng, curvatures, digits=2),)


def _two(rng: np.random.Generator) -> tuple[Any, ...]:
    """A bowl in the plane, turned by 17 to 40 degrees: its diagonal is far from its eigenvalues."""
    low, high, angle = rng.uniform(0.5, 1.5), rng.uniform(4.0, 9.0), rng.uniform(0.3, 0.7)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    H = np.round(turn @ np.diag([low, high]) @ turn.T, 2)
    return ((H + H.T) / 2,)


def _expect(trial: Trial, which: int, args: tuple[Any, ...], when: str) -> None:
    """Compare one of the two numbers. The rate is a difference, whose terms are of size 1."""
    name = trial.exercise.returns[which]
    actual, expected = trial.call(*args)[which], trial.reference(*args)[which]
    if which == 1 and abs(float(actual) - float(expected)) <= 1e-9:
        return
    trial.expect(actual, expected, name, args, when)


def rate_on_the_axes(trial: Trial) -> None:
    """If H is diagonal, lr is 2 / (μ + L), with its smallest and its largest entry there."""
    rng = trial.rng(1)
    for n in (2, 3):
        _expect(trial, 0, _bowl(rng, n, on_axes=True), " for a diagonal H")


def rate_anywhere(trial: Trial) -> None:
    """For any H, lr is 2 / (μ + L), with its smallest and its largest eigenvalue."""
    rng = trial.rng(2)
    _expect(trial, 0, _two(rng), "")
    _expect(trial, 0, _bowl(rng, 3), "")


def shrinking(trial: Trial) -> None:
    """rate is (κ − 1) / (κ + 1), with κ = L / μ."""
    rng = trial.rng(3)
    _expect(trial, 1, _bowl(rng, 2, on_axes=True), " for a diagonal H")
    _expect(trial, 1, _two(rng), "")
    _expect(trial, 1, _bowl(rng, 3), "")


def what_rate_means(trial: Trial) -> None:
    """A step at lr multiplies the error by at most rate, and by exactly that in some direction."""
    (H,) = args = _bowl(trial.rng(4), 3)
    lr, rate = (float(part) for part in trial.call(*args))
    factor = np.linalg.norm(np.eye(3) - lr * H, 2)
    if abs(factor - rate) > 1e-9:
        raise Failure(
            f"With this lr, a step multiplies the error in the worst direction by {factor:.7g}, "
            "which is not the rate.",
            trial.name_arguments(args),
        )


def any_size(trial: Trial) -> None:
    """It works for one weight and for several, steep or flat."""
    rng = trial.rng(5)
    for n in (1, 3, 6) + ((2, 9) if trial.hidden else ()):
        for scale in (1.0, 1e-3, 1e4) if trial.hidden else (1.0, 100.0):
            args = (scale * _bowl(rng, n)[0],)
            for which in (0, 1):
                _expect(trial, which, args, f" for {n} weights")


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        _two(rng),
        _bowl(rng, 4),
        (np.diag([2.0, 7.0, 0.5, 1.0]),),
    ]


BEST_STEP_SIZE = exercise(
    "best_step_size",
    "03_sgd",
    title="The best constant rate",
    points=4,
    section="sec-best-step-size",
    parameters=("H",),
    returns=("lr", "rate"),
    kinds=("number", "number"),
    reference=_best_step_size,
    cases=_cases,
    properties=(
        form_of("It returns two numbers, lr and rate.", _two),
        rate_on_the_axes,
        prop(rate_anywhere, after="rate_on_the_axes"),
        prop(shrinking, after="rate_anywhere"),
        prop(what_rate_means, after="shrinking"),
        prop(any_size, after="shrinking"),
        prop_after(unchanged_of(_two), "shrinking"),
    ),
    misconceptions=(
        wrong.one_over_largest,
        wrong.one_over_largest_and_its_rate,
        wrong.the_limit,
        wrong.two_left_out,
        wrong.mean_of_all,
        wrong.condition_number_squared,
        wrong.rate_of_the_loss,
        wrong.rate_of_momentum,
        wrong.rate_negative,
        wrong.condition_number_returned,
        wrong.diagonal_only,
        wrong.extreme_entries,
        wrong.first_and_last,
        wrong.swapped,
    ),
    correct=(_by_condition_number, _by_error_factor, _by_singular_values, _by_norms, _in_place),
)
