"""Mistakes people make in running statistics.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def ghosts_collapsed(running_mean, running_var, mean, var, sizes, momentum):
    """the ghosts are averaged into one update

    Each ghost is a batch of its own and makes an update of its own, one after the other. With one
    update for all, the running values move several times too slowly.
    """
    several = sizes > 1
    if not several.any():
        return running_mean, running_var
    mean, var, m = mean[several], var[several], sizes[several]
    new_var = (var.T * m / (m - 1)).T.mean(axis=0)
    running_mean = (1 - momentum) * running_mean + momentum * mean.mean(axis=0)
    return running_mean, (1 - momentum) * running_var + momentum * new_var


def old_weighed_by_momentum(running_mean, running_var, mean, var, sizes, momentum):
    """momentum is taken for the weight of the old value

    Some libraries mean it so. Here, as in PyTorch, momentum is the weight of what is new:
    (1 - momentum) * old + momentum * new.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = momentum * running_mean + (1 - momentum) * new_mean
            running_var = momentum * running_var + (1 - momentum) * new_var * m / (m - 1)
    return running_mean, running_var


def biased_variance(running_mean, running_var, mean, var, sizes, momentum):
    """the variance is taken in as it is

    It was divided by m, which is right for normalizing this batch, but too small as an estimate for
    other examples. Multiply it by m / (m - 1).
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = (1 - momentum) * running_mean + momentum * new_mean
            running_var = (1 - momentum) * running_var + momentum * new_var
    return running_mean, running_var


def correction_upside_down(running_mean, running_var, mean, var, sizes, momentum):
    """the correction of the variance is upside down

    The variance with divisor m is too small, so the correction makes it larger: m / (m - 1), not
    (m - 1) / m.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = (1 - momentum) * running_mean + momentum * new_mean
            running_var = (1 - momentum) * running_var + momentum * new_var * (m - 1) / m
    return running_mean, running_var


def only_the_last(running_mean, running_var, mean, var, sizes, momentum):
    """only the last ghost is taken in

    Each round of the loop starts again from the values at the beginning and overwrites the round
    before. Start each update from the result of the last one.
    """
    mean_after, var_after = running_mean, running_var
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            mean_after = (1 - momentum) * running_mean + momentum * new_mean
            var_after = (1 - momentum) * running_var + momentum * new_var * m / (m - 1)
    return mean_after, var_after


def only_the_first(running_mean, running_var, mean, var, sizes, momentum):
    """only the first ghost is taken in

    Every row of mean and var is a ghost. Go through all of them.
    """
    m = sizes[0]
    if m == 1:
        return running_mean, running_var
    running_mean = (1 - momentum) * running_mean + momentum * mean[0]
    return running_mean, (1 - momentum) * running_var + momentum * var[0] * m / (m - 1)


def last_ghost_first(running_mean, running_var, mean, var, sizes, momentum):
    """the ghosts are taken in the other way round

    The order matters, as every update shrinks those before it. The first ghost comes first.
    """
    for k in range(len(sizes) - 1, -1, -1):
        m = sizes[k]
        if m > 1:
            running_mean = (1 - momentum) * running_mean + momentum * mean[k]
            running_var = (1 - momentum) * running_var + momentum * var[k] * m / (m - 1)
    return running_mean, running_var


def single_not_left_out(running_mean, running_var, mean, var, sizes, momentum):
    """a ghost of one example is not left out

    Its variance would be 0 · 1 / 0, which is nan, and one nan stays in the running variance for good.
    Skip ghosts with m = 1.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        running_mean = (1 - momentum) * running_mean + momentum * new_mean
        running_var = (1 - momentum) * running_var + momentum * new_var * m / (m - 1)
    return running_mean, running_var


def single_in_the_mean(running_mean, running_var, mean, var, sizes, momentum):
    """a ghost of one example is left out of the variance only

    Mean and variance belong together: a ghost that is too small for one is left out of both.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        running_mean = (1 - momentum) * running_mean + momentum * new_mean
        if m > 1:
            running_var = (1 - momentum) * running_var + momentum * new_var * m / (m - 1)
    return running_mean, running_var


def old_kept_whole(running_mean, running_var, mean, var, sizes, momentum):
    """the old value is not multiplied by 1 − momentum

    The weights of old and new must add up to one, or the running values grow without end.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = running_mean + momentum * new_mean
            running_var = running_var + momentum * new_var * m / (m - 1)
    return running_mean, running_var


def deviations_averaged(running_mean, running_var, mean, var, sizes, momentum):
    """standard deviations are averaged, not variances

    Roots are not additive: the square of a mean root is too small. Average the variances as they are.
    """
    for new_mean, new_var, m in zip(mean, var, sizes, strict=True):
        if m > 1:
            running_mean = (1 - momentum) * running_mean + momentum * new_mean
            root = np.sqrt(new_var * m / (m - 1))
            running_var = ((1 - momentum) * np.sqrt(running_var) + momentum * root) ** 2
    return running_mean, running_var


MISTAKES = (
    ghosts_collapsed,
    old_weighed_by_momentum,
    biased_variance,
    correction_upside_down,
    only_the_last,
    only_the_first,
    last_ghost_first,
    single_not_left_out,
    single_in_the_mean,
    old_kept_whole,
    deviations_averaged,
)
