"""Mistakes people make in the gradient noise scale.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def biased_square(per_example_grads):
    """the squared length of the mean is taken as it is

    The mean of N noisy gradients is itself noisy, and noise has a length too: its squared length is too
    large by T / N on average, T being the sum of the variances. Take that off.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean
    return trace / square if square > 0 else np.inf


def biased_trace(per_example_grads):
    """the variance is divided by N, not by N − 1

    The mean was computed from the same gradients and lies closer to them than the true one, so the sum
    of squares is too small. Divide by N − 1: ddof=1 in NumPy.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / len(rows)
    square = mean @ mean - trace / len(rows)
    return trace / square if square > 0 else np.inf


def whole_trace_taken_off(per_example_grads):
    """the whole sum of variances is taken off

    The noise of a mean of N gradients is N times smaller than that of one: take off T / N.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace
    return trace / square if square > 0 else np.inf


def negative_returned(per_example_grads):
    """an estimate below zero is used

    Where the noise is large, S can come out at zero or below, and a negative batch size means nothing. Return np.inf there: the gradient is lost in the noise.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return trace / square


def upside_down(per_example_grads):
    """signal is divided by noise

    The noise scale is a batch size: large where there is much noise. Divide T by S.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return square / trace if square > 0 else np.inf


def variance_averaged(per_example_grads):
    """the variances are averaged, not summed

    T is the sum of the variances of all weights, as ‖mean‖² is a sum over all weights. With their mean,
    the noise is too small by the number of weights.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1) / rows.shape[1]
    square = mean @ mean - trace / len(rows)
    return trace / square if square > 0 else np.inf


def not_squared(per_example_grads):
    """the noise is divided by a length, not by its square

    T is a sum of squares, so it is compared with one: S, without a root.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = mean @ mean - trace / len(rows)
    return trace / np.sqrt(square) if square > 0 else np.inf


def mean_over_everything(per_example_grads):
    """the mean is one number

    np.mean and np.var without an axis run over examples and weights together. Every weight has a mean
    of its own, over the examples: axis=0.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean()
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = rows.shape[1] * mean**2 - trace / len(rows)
    return trace / square if square > 0 else np.inf


def lengths_averaged(per_example_grads):
    """the squared lengths of the single gradients are averaged

    That mean holds the noise of single examples in full. The signal is the length of the mean gradient:
    average first, then square.
    """
    rows = per_example_grads.reshape(len(per_example_grads), -1)
    mean = rows.mean(axis=0)
    trace = ((rows - mean) ** 2).sum() / (len(rows) - 1)
    square = (rows**2).sum() / len(rows) - trace / len(rows)
    return trace / square if square > 0 else np.inf


MISTAKES = (
    biased_square,
    biased_trace,
    whole_trace_taken_off,
    negative_returned,
    upside_down,
    variance_averaged,
    not_squared,
    mean_over_everything,
    lengths_averaged,
)
