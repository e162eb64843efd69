"""Exponentially weighted moving averages."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import ewma_mistakes as wrong
from .jitted import jitted_series


def _ewma(g, beta, bias_correct):
    v = 0.0 * g[0]
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


# ---------------------------------------------------------------------- other right ways


def _by_difference(g, beta, bias_correct):
    averages = np.empty(g.shape)
    v = 0.0
    for t in range(len(g)):
        v = v + (1 - beta) * (g[t] - v)
        averages[t] = v
    if bias_correct:
        shares = 1 - beta ** np.arange(1, len(g) + 1)
        averages = (averages.T / shares).T
    return averages


def _by_weights(g, beta, bias_correct):
    steps = np.arange(len(g))
    age = steps[:, None] - steps
    weights = np.where(age >= 0, (1 - beta) * float(beta) ** np.abs(age), 0.0)
    if bias_correct:
        weights = weights / weights.sum(axis=1, keepdims=True)
    return np.tensordot(weights, g, axes=1)


def _with_sum_of_weights(g, beta, bias_correct):
    v, total = np.zeros_like(g[0], dtype=float), 0.0
    for new in g:
        v, total = v * beta + new * (1 - beta), total * beta + (1 - beta)
        yield v / total if bias_correct else v


def _in_place(g, beta, bias_correct):
    v = np.zeros(g.shape[1:])
    averages, power = [], 1.0
    for new in g:
        v *= beta
        v += (1 - beta) * new
        power *= beta
        averages.append(v.copy())
        if bias_correct:
            averages[-1] /= 1 - power
    return averages


def _recursive(g, beta, bias_correct):
    def plain(t):
        if t == 0:
            return [0.0 * g[0]]
        before = plain(t - 1)
        return [*before, beta * before[-1] + (1 - beta) * g[t - 1]]

    averages = plain(len(g))
    if bias_correct:
        averages[1:] = [v / (1 - beta**t) for t, v in enumerate(averages[1:], start=1)]
    return averages[1:]


@jitted_series
def _loops(g, beta, bias_correct):
    steps, columns = g.shape
    averages = np.zeros((steps, columns))
    for j in range(columns):
        v = 0.0
        for t in range(steps):
            v = beta * v + (1 - beta) * g[t, j]
            averages[t, j] = v / (1 - beta ** (t + 1)) if bias_correct else v
    return averages


# ---------------------------------------------------------------------------- the check


def _series(rng: np.random.Generator, *shape: int, whole: bool = False) -> Any:
    """Draw values of both signs, none near zero: the first average is far from zero then."""
    values = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 3.0, shape)
    return np.ceil(np.abs(values)).astype(int) if whole else np.round(values, 2)


def _beta(rng: np.random.Generator) -> float:
    """Draw β away from ½, where it is 1 − β, and from 0 and 1."""
    return round(float(rng.uniform(0.6, 0.9)), 2)


def _small(rng: np.random.Generator) -> tuple[Any, ...]:
    return _series(rng, 3), _beta(rng), False


def first_value(trial: Trial) -> None:
    """The average begins at zero: without correction, the first one is (1 − β) g[0]."""
    rng = trial.rng(1)
    trial.compare(_series(rng, 1), _beta(rng), False, when=" after one value")


def later_values(trial: Trial) -> None:
    """Each further value enters with weight 1 − β, and β of the average before is kept."""
    rng = trial.rng(2)
    trial.compare(_series(rng, 2), _beta(rng), False, when=" after two values")
    trial.compare(_series(rng, 6), _beta(rng), False, when=" after six values")
    zero_first = np.append(0.0, _series(rng, 2))
    trial.compare(zero_first, _beta(rng), False, when=" if the first value is 0")
    if trial.hidden:
        trial.compare(_series(rng, 60), 0.97, False, when=" after 60 values")


def first_corrected(trial: Trial) -> None:
    """With correction, the first average is g[0]."""
    rng = trial.rng(3)
    trial.compare(_series(rng, 1), _beta(rng), True, when=" after one value, with correction")


def later_corrected(trial: Trial) -> None:
    """With correction, the average after t values is divided by 1 − βᵗ."""
    rng = trial.rng(4)
    trial.compare(_series(rng, 2), _beta(rng), True, when=" after two values, with correction")
    trial.compare(_series(rng, 6), _beta(rng), True, when=" after six values, with correction")
    if trial.hidden:
        trial.compare(_series(rng, 60), 0.97, True, when=" after 60 values, with correction")


def every_shape(trial: Trial) -> None:
    """It averages along the first axis: a series of vectors or matrices, each number by itself."""
    rng = trial.rng(5)
    for shape in ((4, 2), (3, 5)) + (((3, 2, 4), (5, 1), (1, 3)) if trial.hidden else ()):
        for correct in (False, True):
            trial.compare(
                _series(rng, *shape), _beta(rng), correct, when=f" for g of shape {shape}"
            )


def extreme_memory(trial: Trial) -> None:
    """It is right for β = 0, which forgets at once, and for a β close to 1."""
    rng = trial.rng(7)
    for beta in (0.0, 0.999) + ((0.5, 0.99999) if trial.hidden else ()):
        for correct in (False, True):
            trial.compare(_series(rng, 4), beta, correct, when=f" for beta = {beta:g}")


def whole_numbers(trial: Trial) -> None:
    """It averages whole numbers too, and nothing is rounded to them."""
    rng = trial.rng(8)
    for correct in (False, True):
        trial.compare(_series(rng, 4, whole=True), _beta(rng), correct, when=" for whole numbers")


def single_precision(trial: Trial) -> None:
    """It works on arrays of float32 as well."""
    rng = trial.rng(9)
    for correct in (False, True):
        g = _series(rng, 4, 2).astype(np.float32)
        trial.compare(g, _beta(rng), correct, when=" for float32 input")


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    g, beta = _series(rng, 5, 3), _beta(rng)
    whole = _series(rng, 4, whole=True)
    return [(g, beta, False), (g, beta, True), (whole, beta, False), (whole, beta, True)]


EWMA = exercise(
    "ewma",
    "03_sgd",
    title="Exponentially weighted average",
    points=6,
    section="sec-ewma",
    parameters=("g", "beta", "bias_correct"),
    returns=("average",),
    reference=_ewma,
    cases=_cases,
    properties=(
        form_of("It returns an average for each value: an array shaped like g.", _small),
        first_value,
        prop(later_values, after="first_value"),
        prop(first_corrected, after="later_values"),
        prop(later_corrected, after="first_corrected"),
        prop(every_shape, after="later_corrected"),
        prop(extreme_memory, after="later_corrected"),
        prop(whole_numbers, after="later_corrected"),
        prop(single_precision, after="later_corrected"),
        prop_after(unchanged_of(_small), "later_corrected"),
    ),
    misconceptions=(
        wrong.weights_swapped,
        wrong.weights_swapped_throughout,
        wrong.begins_with_the_first,
        wrong.first_value_for_correction,
        wrong.begins_one_late,
        wrong.begins_one_early,
        wrong.corrected_again,
        wrong.corrected_always,
        wrong.corrected_never,
        wrong.choice_turned_round,
        wrong.corrected_for_the_end,
        wrong.corrected_by_one_share,
        wrong.multiplied,
        wrong.summed,
        wrong.only_the_last,
        wrong.start_put_in_front,
        wrong.whole_numbers_kept,
    ),
    correct=(_by_difference, _by_weights, _with_sum_of_weights, _in_place, _recursive, _loops),
)
