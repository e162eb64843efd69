"""Moving averages over a window."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import moving_averages_mistakes as wrong
from .jitted import jitted_series


def _moving_averages(g, window, weights):
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values), g.dtype) if weights is None else weights[-len(values) :]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


# ---------------------------------------------------------------------- other right ways


def _by_average(g, window, weights):
    if weights is None:
        weights = np.ones(window)
    starts = [max(0, t + 1 - window) for t in range(len(g))]
    return [
        np.average(g[a : t + 1], axis=0, weights=weights[window - (t + 1 - a) :])
        for t, a in enumerate(starts)
    ]


def _by_shifts(g, window, weights):
    total, sums = np.zeros(g.shape), np.zeros(len(g))
    for age in range(min(window, len(g))):
        weight = 1.0 if weights is None else weights[window - 1 - age]
        total[age:] += weight * g[: len(g) - age]
        sums[age:] += weight
    return (total.T / sums).T


def _by_matrix(g, window, weights):
    weights = np.ones(window) if weights is None else weights
    shares = np.zeros((len(g), len(g)))
    for t in range(len(g)):
        k = min(window, t + 1)
        shares[t, t + 1 - k : t + 1] = weights[window - k :]
    shares /= shares.sum(axis=1, keepdims=True)
    return np.einsum("ts,s...->t...", shares, g)


def _by_convolution(g, window, weights):
    weights = np.ones(window) if weights is None else np.array(weights, dtype=float)
    turned, steps = weights[::-1], len(g)
    columns = np.reshape(g, (steps, -1)).T
    sums = np.convolve(np.ones(steps), turned)[:steps]
    means = [np.convolve(column, turned)[:steps] / sums for column in columns]
    return np.reshape(np.array(means).T, g.shape)


def _with_a_queue(g, window, weights):
    from collections import deque

    latest = deque(maxlen=window)
    for new in g:
        latest.append(new)
        share = [1.0] * len(latest) if weights is None else list(weights)[-len(latest) :]
        yield sum(w * value for w, value in zip(share, latest, strict=True)) / sum(share)


@jitted_series
def _loops_over_columns(g, window, weights):
    averages = np.zeros(g.shape)
    for t in range(g.shape[0]):
        total = 0.0
        for age in range(min(window, t + 1)):
            weight = weights[window - 1 - age]
            total += weight
            for j in range(g.shape[1]):
                averages[t, j] += weight * g[t - age, j]
        for j in range(g.shape[1]):
            averages[t, j] /= total
    return averages


@functools.wraps(_loops_over_columns)
def _loops(g, window, weights):
    weights = np.ones(window) if weights is None else weights.astype(float)
    return _loops_over_columns(g, window, weights)


# ---------------------------------------------------------------------------- the check


def _series(rng: np.random.Generator, *shape: int, whole: bool = False) -> Any:
    """Draw values of both signs, none near zero: the first average, a value itself, sets the scale."""
    values = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 3.0, shape)
    return np.ceil(3 * np.abs(values)).astype(int) if whole else np.round(values, 2)


def _weights(rng: np.random.Generator, window: int) -> Any:
    """Draw weights that rise and fall, and add up to anything but 1 or their number."""
    return np.round(rng.permutation(np.linspace(0.4, 3.0, window)) + rng.uniform(0.1, 0.3), 2)


def _small(rng: np.random.Generator) -> tuple[Any, ...]:
    return _series(rng, 4), 2, None


def _small_weighted(rng: np.random.Generator) -> tuple[Any, ...]:
    return _series(rng, 4), 3, _weights(rng, 3)


def full_window(trial: Trial) -> None:
    """Without weights, it is the mean of the last values, as many as the window has places."""
    rng = trial.rng(1)
    for steps, window in ((3, 2), (6, 3)) + (((40, 9),) if trial.hidden else ()):
        args = (_series(rng, steps), window, None)
        actual, expected = trial.call(*args)[0], trial.reference(*args)[0]
        when = f" once the window of {window} is full"
        trial.expect(actual[window - 1 :], expected[window - 1 :], "average", args, when)


def start_of_the_series(trial: Trial) -> None:
    """Before the window is full, it is the mean of the values that there are."""
    rng = trial.rng(2)
    for steps, window in ((2, 3), (3, 3)) + (((40, 9), (3, 50)) if trial.hidden else ()):
        trial.compare(_series(rng, steps), window, None, when=f" for a window of {window}")


def weighted(trial: Trial) -> None:
    """With weights, it is their weighted mean: weights[-1] is that of the newest value."""
    rng = trial.rng(3)
    for steps, window in ((2, 2), (5, 3)) + (((30, 6),) if trial.hidden else ()):
        args = (_series(rng, steps), window, _weights(rng, window))
        actual, expected = trial.call(*args)[0], trial.reference(*args)[0]
        when = f" once the window of {window} is full"
        trial.expect(actual[window - 1 :], expected[window - 1 :], "average", args, when)


def weighted_start(trial: Trial) -> None:
    """Before the window is full, the weights of the newest values are used, and their sum."""
    rng = trial.rng(4)
    for steps, window in ((2, 3), (4, 4)) + (((30, 6), (2, 9)) if trial.hidden else ()):
        weights = _weights(rng, window)
        trial.compare(_series(rng, steps), window, weights, when=f" for a window of {window}")


def ratios_matter(trial: Trial) -> None:
    """Only the ratios of the weights matter, and an old value's weight may be zero."""
    rng = trial.rng(5)
    for weights in ([2.0, 2.0, 2.0], [0.0, 0.0, 5.0], [0.0, 4e6, 1e6], [1e-9, 2e-9, 4e-9]):
        trial.compare(_series(rng, 5), 3, np.array(weights))


def every_shape(trial: Trial) -> None:
    """It averages along the first axis: a series of vectors or matrices, each number by itself."""
    rng = trial.rng(7)
    for shape in ((4, 2), (3, 5)) + (((3, 2, 4), (5, 1), (1, 3)) if trial.hidden else ()):
        for weights in (None, _weights(rng, 2)):
            trial.compare(_series(rng, *shape), 2, weights, when=f" for g of shape {shape}")


def window_of_one(trial: Trial) -> None:
    """With a window of 1, it is the series itself."""
    rng = trial.rng(8)
    trial.compare(_series(rng, 4), 1, None, when=" for a window of 1")
    trial.compare(_series(rng, 4), 1, _weights(rng, 1), when=" for a window of 1")


def whole_numbers(trial: Trial) -> None:
    """It averages whole numbers too, and nothing is rounded to them."""
    rng = trial.rng(9)
    trial.compare(_series(rng, 5, whole=True), 3, None, when=" for whole numbers")
    trial.compare(_series(rng, 5, whole=True), 3, np.array([1, 2, 4]), when=" for whole numbers")


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    weights = np.array([0.5, 3.0, 1.0, 2.0])
    return [
        (_series(rng, 7, 2), 4, None),
        (_series(rng, 7, 2), 4, weights),
        (np.array([3, 7, 1, 9, 4, 4]), 4, None),
    ]


MOVING_AVERAGES = exercise(
    "moving_averages",
    "03_sgd",
    title="Moving averages",
    points=6,
    section="sec-moving-averages",
    parameters=("g", "window", "weights"),
    returns=("average",),
    reference=_moving_averages,
    cases=_cases,
    properties=(
        form_of("It returns an average for each value: an array shaped like g.", _small),
        full_window,
        prop(start_of_the_series, after="full_window"),
        prop(weighted, after="full_window"),
        prop(weighted_start, after=("start_of_the_series", "weighted")),
        prop(ratios_matter, after="weighted_start"),
        prop(every_shape, after="weighted_start"),
        prop(window_of_one, after="weighted_start"),
        prop(whole_numbers, after="weighted_start"),
        prop_after(unchanged_of(_small_weighted), "weighted_start"),
    ),
    misconceptions=(
        wrong.zeros_before_the_start,
        wrong.first_value_repeated,
        wrong.whole_windows_only,
        wrong.nan_until_full,
        wrong.unaveraged_until_full,
        wrong.centered,
        wrong.looks_ahead,
        wrong.newest_left_out,
        wrong.mean_of_all,
        wrong.weights_ignored,
        wrong.not_normalized,
        wrong.divided_by_count,
        wrong.weights_reversed,
        wrong.oldest_weights_at_the_start,
        wrong.weights_only_when_full,
        wrong.window_too_long,
        wrong.whole_numbers_kept,
    ),
    correct=(_by_average, _by_shifts, _by_matrix, _by_convolution, _with_a_queue, _loops),
)
