"""Mistakes in exponentially weighted averages.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def weights_swapped(g, beta, bias_correct):
    """beta and 1 - beta are swapped

    beta is the share of the past that is kept: v = beta * v + (1 - beta) * g[t]. With 0.9, much is
    kept and the curve is smooth.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = (1 - beta) * v + beta * new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def weights_swapped_throughout(g, beta, bias_correct):
    """beta is taken for the share of the new value

    It is the share of the past that is kept: v = beta * v + (1 - beta) * g[t], corrected by
    1 - beta**t.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = (1 - beta) * v + beta * new
        averages.append(v / (1 - (1 - beta) ** t) if bias_correct else v)
    return np.array(averages)


def begins_with_the_first(g, beta, bias_correct):
    """the average begins with the first value

    With v = g[0] at the start, the first value keeps far more weight than its share, and what the
    correction divides by is not the sum of the weights. Begin with zero.
    """
    v = 1.0 * g[0]
    averages = [v / (1 - beta) if bias_correct else v]
    for t, new in enumerate(g[1:], start=2):
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def first_value_for_correction(g, beta, bias_correct):
    """the average begins with the first value, in place of a correction

    That is another way to avoid a start near zero, but the first value keeps the weight beta**(t - 1),
    which is far more than its share. Begin with zero, and divide by 1 - beta**t if asked to.
    """
    v = 1.0 * g[0]
    averages = [v]
    for new in g[1:]:
        v = beta * v + (1 - beta) * new
        averages.append(v)
    return np.array(averages)


def begins_one_late(g, beta, bias_correct):
    """the exponent is t - 1

    The first value has t = 1: divide by 1 - beta**1. With exponent 0 that is a division by zero. If
    your loop counts from 0, use t + 1.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g):
        v = beta * v + (1 - beta) * new
        averages.append(np.divide(v, 1 - beta**t) if bias_correct else v)
    return np.array(averages)


def begins_one_early(g, beta, bias_correct):
    """the exponent is t + 1

    The first value has t = 1: divide by 1 - beta**1, so that the first average is the first value.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=2):
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def corrected_again(g, beta, bias_correct):
    """the corrected average goes into the next step

    It is then corrected again and again. Keep v as it is, and put v / (1 - beta**t) into the result
    only.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        if bias_correct:
            v = v / (1 - beta**t)
        averages.append(v)
    return np.array(averages)


def corrected_always(g, beta, bias_correct):
    """the correction is always made

    Only if bias_correct is True. If it is False, return v itself.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta**t))
    return np.array(averages)


def corrected_never(g, beta, bias_correct):
    """the correction is missing

    v begins at zero, so it is too small at first: its weights add up to 1 - beta**t. If bias_correct
    is True, divide by that.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for new in g:
        v = beta * v + (1 - beta) * new
        averages.append(v)
    return np.array(averages)


def choice_turned_round(g, beta, bias_correct):
    """bias_correct is taken the wrong way round

    Divide by 1 - beta**t if it is True; return v itself if it is False.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages.append(v if bias_correct else v / (1 - beta**t))
    return np.array(averages)


def corrected_for_the_end(g, beta, bias_correct):
    """every average is divided by the same number

    The weights add up to 1 - beta**t, which is different at every step. Use the t of the step, not
    the length of the series.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for new in g:
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta ** len(g)) if bias_correct else v)
    return np.array(averages)


def corrected_by_one_share(g, beta, bias_correct):
    """it is divided by 1 - beta at every step

    That is right for the first step only. After t steps the weights add up to 1 - beta**t.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for new in g:
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta) if bias_correct else v)
    return np.array(averages)


def multiplied(g, beta, bias_correct):
    """it is multiplied by 1 - beta**t

    v is too small at first; dividing by the sum of the weights makes it larger.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages.append(v * (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def summed(g, beta, bias_correct):
    """the new value enters with weight 1

    That is a running sum, as in momentum. An average takes in (1 - beta) of the new value.
    """
    v = np.zeros(g.shape[1:])
    averages = []
    for t, new in enumerate(g, start=1):
        v = beta * v + new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def only_the_last(g, beta, bias_correct):
    """only the last average is returned

    There is an average for every step: put each into a list, and return the list as an array.
    """
    v = np.zeros(g.shape[1:])
    for new in g:
        v = beta * v + (1 - beta) * new
    return v / (1 - beta ** len(g)) if bias_correct else v


def start_put_in_front(g, beta, bias_correct):
    """the zero of the start is in the result

    The first average is the one that has seen g[0]. There are as many averages as values.
    """
    v = np.zeros(g.shape[1:])
    averages = [v]
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages.append(v / (1 - beta**t) if bias_correct else v)
    return np.array(averages)


def whole_numbers_kept(g, beta, bias_correct):
    """averages are rounded to whole numbers

    np.zeros_like(g) and np.empty_like(g) make an array of integers if g is one. Ask for
    dtype=float.
    """
    averages = np.empty_like(g)
    v = np.zeros(g.shape[1:])
    for t, new in enumerate(g, start=1):
        v = beta * v + (1 - beta) * new
        averages[t - 1] = v / (1 - beta**t) if bias_correct else v
    return averages
