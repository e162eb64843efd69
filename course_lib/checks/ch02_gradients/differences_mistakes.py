"""Mistakes people make in central differences.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def forward_difference(f, x, h):
    """it is a forward difference

    (f(x + h) - f(x)) / h looks to one side only, and its error shrinks with h, not with h². Look to
    both sides: (f(x + h) - f(x - h)) / (2 * h).
    """
    here = f(x)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x + e) - here) / h
    return gradient


def backward_difference(f, x, h):
    """it is a backward difference

    (f(x) - f(x - h)) / h looks to one side only, and its error shrinks with h, not with h². Look to
    both sides: (f(x + h) - f(x - h)) / (2 * h).
    """
    here = f(x)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (here - f(x - e)) / h
    return gradient


def divided_by_h(f, x, h):
    """the difference is divided by h, not by 2h

    From x - h to x + h it is 2h, so dividing by h doubles the slope. If you did write the 2, look at
    the brackets: / 2 * h multiplies by h. It must be / (2 * h).
    """
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x + e) - f(x - e)) / h
    return gradient


def brackets_missing(f, x, h):
    """the division by 2h lacks its brackets

    Python reads d / 2 * h from left to right, as (d / 2) * h. Write d / (2 * h).
    """
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x + e) - f(x - e)) / 2 * h
    return gradient


def sign_swapped(f, x, h):
    """the sign is wrong

    The slope is what f gains on the way up: take f(x + h) first and subtract f(x - h) from it.
    """
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x - e) - f(x + e)) / (2 * h)
    return gradient


def all_at_once(f, x, h):
    """all coordinates are moved at the same time

    f(x + h) with an array x moves every coordinate, and what comes out is the sum of all slopes. For
    a partial derivative, move one coordinate and hold the others still.
    """
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


def moves_stay(f, x, h):
    """a coordinate is not put back before the next one is moved

    After the two evaluations it still stands at x[i] - h, so from the second coordinate on, f is
    taken at another point. Keep the old value, and write it back before you go on.
    """
    moved = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        gradient[i] = (up - f(moved)) / (2 * h)
    return gradient


def put_back_by_adding(f, x, h):
    """x is put back by adding and subtracting h, which rounds

    x[i] += h, then x[i] -= 2 * h, then x[i] += h does not always end where it began: each line rounds,
    and the last digit of x may change. Keep the old value in a variable and write that back, or work
    on a copy.
    """
    point = x if x.dtype.kind == "f" else x.astype(float)
    gradient = np.zeros(point.shape)
    for i in np.ndindex(point.shape):
        point[i] += h
        up = f(point)
        point[i] -= 2 * h
        down = f(point)
        point[i] += h
        gradient[i] = (up - down) / (2 * h)
    return gradient


def steps_cut_off(f, x, h):
    """in an array of whole numbers, x[i] + h is cut off

    A copy of an array of integers holds integers, so 2 + 0.3 is stored as 2 and 2 - 0.3 as 1. Make
    the copy with floats: np.array(x, dtype=float).
    """
    moved = x.copy()
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        gradient[i] = (up - f(moved)) / (2 * h)
        moved[i] = x[i]
    return gradient


def slopes_cut_off(f, x, h):
    """for an x of whole numbers, the slopes are cut off to whole numbers

    np.zeros_like(x) has the type of x: with integers, 3.7 is stored as 3. Make room for floats:
    np.zeros(x.shape).
    """
    moved = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        gradient[i] = (up - f(moved)) / (2 * h)
        moved[i] = x[i]
    return gradient


def all_cut_off(f, x, h):
    """for an x of whole numbers, the steps and the slopes are cut off

    x.copy() and np.zeros_like(x) hold integers if x does: 2 + 0.3 is stored as 2, and a slope of 3.7
    as 3. Make both arrays of floats: np.array(x, dtype=float) and np.zeros(x.shape).
    """
    moved = x.copy()
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        gradient[i] = (up - f(moved)) / (2 * h)
        moved[i] = x[i]
    return gradient


def whole_rows(f, x, h):
    """in a matrix, whole rows are moved

    for i in range(len(x)) counts rows, and x[i] is all of row i. Visit single numbers, in any shape,
    with for i in np.ndindex(x.shape).
    """
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x + e) - f(x - e)) / (2 * h)
    return gradient


def relative_step(f, x, h):
    """the step is h times x

    That is another method, and it divides 0 by 0 where x is 0. Here h is the step itself, the same
    for every coordinate.
    """
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h * x[i]
        gradient[i] = (f(x + e) - f(x - e)) / (2 * h * x[i])
    return gradient


def middle_evaluated(f, x, h):
    """f is evaluated at x as well

    The mean of a forward and a backward difference is the central difference, but f(x) cancels in it,
    so its evaluation is for nothing. (f(x + h) - f(x - h)) / (2 * h) does without.
    """
    here = f(x)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = 0.5 * ((f(x + e) - here) / h + (here - f(x - e)) / h)
    return gradient
