"""Mistakes in moving averages.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def zeros_before_the_start(g, window, weights):
    """the series is taken to be zero before its start

    The first averages then come out too small. Divide by the weights of the values that there are,
    not by all of them.
    """
    share = np.ones(window) if weights is None else weights
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        averages.append(np.tensordot(share[-len(values) :], values, axes=1) / share.sum())
    return np.array(averages)


def first_value_repeated(g, window, weights):
    """the first value is repeated before the start

    That gives it more weight than its share. Average over the values that there are.
    """
    share = np.ones(window) if weights is None else weights
    padded = np.concatenate([np.repeat(g[:1], window - 1, axis=0), g])
    averages = []
    for t in range(len(g)):
        values = padded[t : t + window]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def whole_windows_only(g, window, weights):
    """the first averages are left out

    There is an average at every step. Before the window is full it is over the values that there are.
    """
    share = np.ones(window) if weights is None else weights
    averages = []
    for t in range(window - 1, len(g)):
        values = g[t + 1 - window : t + 1]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def nan_until_full(g, window, weights):
    """there is no number before the window is full

    There is an average at every step. Before the window is full it is over the values that there are.
    """
    share = np.ones(window) if weights is None else weights
    averages = np.full(g.shape, np.nan)
    for t in range(window - 1, len(g)):
        values = g[t + 1 - window : t + 1]
        averages[t] = np.tensordot(share, values, axes=1) / share.sum()
    return averages


def unaveraged_until_full(g, window, weights):
    """the values are not averaged before the window is full

    Average over the values that there are, even if they are fewer than the window.
    """
    share = np.ones(window) if weights is None else weights
    averages = 1.0 * g
    for t in range(window - 1, len(g)):
        values = g[t + 1 - window : t + 1]
        averages[t] = np.tensordot(share, values, axes=1) / share.sum()
    return averages


def centered(g, window, weights):
    """the window is centered

    It then looks at values that come later. During training they don't exist yet: the average at step
    t is over step t and those before it.
    """
    share = np.ones(window) if weights is None else weights
    averages = []
    for t in range(len(g)):
        first = t - window // 2
        places = [i for i in range(first, first + window) if 0 <= i < len(g)]
        used = share[[i - first for i in places]]
        averages.append(np.tensordot(used, g[places], axes=1) / used.sum())
    return np.array(averages)


def looks_ahead(g, window, weights):
    """the window begins at the step instead of ending there

    It then looks at values that come later. The average at step t is over step t and those before it.
    """
    averages = []
    for t in range(len(g)):
        values = g[t : t + window]
        share = np.ones(len(values)) if weights is None else weights[: len(values)]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def newest_left_out(g, window, weights):
    """the newest value is left out

    A slice ends before its last index. For the values up to and including g[t] it ends at t + 1.
    """
    averages = [1.0 * g[0]]
    for t in range(1, len(g)):
        values = g[max(0, t - window) : t]
        share = np.ones(len(values)) if weights is None else weights[-len(values) :]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def mean_of_all(g, window, weights):
    """the window never moves on

    It is the mean over all values so far. Take only the last ones, as many as the window has places:
    g[max(0, t + 1 - window) : t + 1].
    """
    averages = []
    for t in range(len(g)):
        values = g[: t + 1]
        share = np.ones(window) if weights is None else weights
        share = np.concatenate([np.repeat(share[:1], max(0, t + 1 - window)), share])[
            -len(values) :
        ]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def weights_ignored(g, window, weights):
    """the weights are ignored

    Multiply each value in the window by its weight, and divide by the sum of the weights.
    """
    starts = [max(0, t + 1 - window) for t in range(len(g))]
    return np.array([g[start : t + 1].mean(axis=0) for t, start in enumerate(starts)])


def not_normalized(g, window, weights):
    """it is not divided by the sum of the weights

    Only the ratios of the weights matter: [1, 1] and [2, 2] give the same average. Divide by their
    sum.
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) / len(values) if weights is None else weights[-len(values) :]
        averages.append(np.tensordot(share, values, axes=1))
    return np.array(averages)


def divided_by_count(g, window, weights):
    """it is divided by the number of values

    That is right if all weights are 1. In general, divide by the sum of the weights in use.
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) if weights is None else weights[-len(values) :]
        averages.append(np.tensordot(share, values, axes=1) / len(values))
    return np.array(averages)


def weights_reversed(g, window, weights):
    """the weights are the wrong way round

    weights[-1] belongs to the newest value, weights[0] to the oldest. np.convolve turns its second
    argument round: give it weights[::-1].
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) if weights is None else weights[::-1][-len(values) :]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def oldest_weights_at_the_start(g, window, weights):
    """the first averages use the weights of the oldest values

    The newest value always has the weight weights[-1]. With k values there are, use the last k
    weights: weights[-k:].
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) if weights is None else weights[: len(values)]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def weights_only_when_full(g, window, weights):
    """the weights are not used before the window is full

    With k values there are, use the last k weights: weights[-k:].
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) if weights is None or len(values) < window else weights
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def window_too_long(g, window, weights):
    """the window has one place too many

    g[t - window : t + 1] holds window + 1 values. Begin at t + 1 - window, or at 0 where that is
    negative.
    """
    averages = []
    for t in range(len(g)):
        values = g[max(0, t - window) : t + 1]
        share = np.ones(len(values)) if weights is None else weights[-len(values) :]
        averages.append(np.tensordot(share, values, axes=1) / share.sum())
    return np.array(averages)


def whole_numbers_kept(g, window, weights):
    """averages are rounded to whole numbers

    np.zeros_like(g) and np.empty_like(g) make an array of integers if g is one. Ask for
    dtype=float.
    """
    averages = np.empty_like(g)
    for t in range(len(g)):
        values = g[max(0, t + 1 - window) : t + 1]
        share = np.ones(len(values)) if weights is None else weights[-len(values) :]
        averages[t] = np.tensordot(share, values, axes=1) / share.sum()
    return averages
