"""Mistakes people make with the complex step.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def real_part_taken(f, x, h):
    """the real part is taken

    The real part of f(x + ih) is about f(x) itself. The slope is in the imaginary part: value.imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).real / h
    return slopes


def absolute_value_taken(f, x, h):
    """the absolute value is taken

    abs() of a complex number mixes its two parts, and for a small h it is about f(x). Only the
    imaginary part holds the slope: value.imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = abs(f(moved)) / h
    return slopes


def not_divided(f, x, h):
    """the imaginary part is not divided by h

    The imaginary part of f(x + ih) is h times the slope. Divide it by h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag
    return slopes


def divided_by_2h(f, x, h):
    """the imaginary part is divided by 2h

    2h belongs to central differences, where the two points are 2h apart. Here there is one point, a
    step h away: divide by h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / (2 * h)
    return slopes


def step_is_real(f, x, h):
    """the point that f is given has no imaginary part

    Then neither has f, and every slope is 0. Either the step lacks its 1j, or it is added to an array
    of floats, which drops it. Make the array complex first, moved = x.astype(complex), and add
    1j * h to one entry.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] += h
        slopes[i] = np.imag(f(moved)) / h
    return slopes


def real_difference(f, x, h):
    """it is a difference along the real axis

    f(x + h) - f(x) subtracts two nearly equal numbers, and for a tiny h nothing is left of them. Step
    along the imaginary axis, x + 1j * h, and subtract nothing.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] += h
        slopes[i] = (f(moved) - f(x)) / h
    return slopes


def sign_swapped(f, x, h):
    """the sign is wrong

    With x - ih the imaginary part is -h times the slope. Step upwards: x + 1j * h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] -= 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def all_at_once(f, x, h):
    """all coordinates are moved at the same time

    x + 1j * h moves every coordinate, and what comes out is the sum of all slopes. Move one
    coordinate and hold the others still.
    """
    return np.full(x.shape, f(x + 1j * h).imag / h)


def moves_stay(f, x, h):
    """a coordinate is not put back before the next one is moved

    The imaginary parts pile up, and each slope contains those before it. Begin with a fresh copy for
    each coordinate, or write the old value back.
    """
    moved = x.astype(complex)
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def complex_slopes(f, x, h):
    """the slopes are returned as complex numbers

    The result must hold real numbers: make room for floats with np.zeros(x.shape), and store
    value.imag / h.
    """
    slopes = np.zeros(x.shape, dtype=complex)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def two_points(f, x, h):
    """f is evaluated at two points for each coordinate

    f(x - ih) is the mirror image of f(x + ih), and f(x) is real: neither tells anything new, and
    nothing needs to be subtracted. One evaluation is enough: f(x + ih).imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(complex), x.astype(complex)
        up[i] += 1j * h
        down[i] -= 1j * h
        slopes[i] = (f(up) - f(down)).imag / (2 * h)
    return slopes


def whole_rows(f, x, h):
    """in a matrix, whole rows are moved

    for i in range(len(x)) counts rows, and moved[i] is all of row i. Visit single numbers, in any
    shape, with for i in np.ndindex(x.shape).
    """
    slopes = np.zeros(x.shape)
    for i in range(len(x)):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes
