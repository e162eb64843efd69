"""Mistakes people make in checking a gradient: what they compare, and kinks.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def kinks_called_wrong(f, df, x, rng, h, tol, jump):
    """a kink is called an error

    At a kink the slopes to the left and to the right differ, and no number is the gradient. That is
    no fault of df. Where the two slopes differ by more than jump, set is_kink and leave is_wrong.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        is_wrong[i] = error((f(x + e) - f(x - e)) / (2 * h), g[i]) > tol
    return is_wrong, is_kink


def kinks_in_both(f, df, x, rng, h, tol, jump):
    """a kink is reported, but as an error too

    At a kink no number is the gradient, so df can't be wrong there. Look for the kink first, and
    compare with df only where there is none.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def kinks_passed_over(f, df, x, rng, h, tol, jump):
    """a kink is passed over in silence

    That df is not to blame at a kink is right, but whoever asked must learn that nothing was checked
    there. Set is_kink.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        if error(left, right) <= jump:
            is_wrong[i] = error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def jump_is_absolute(f, df, x, rng, h, tol, jump):
    """the jump of the slope is not divided by its size

    With slopes of 1000 the slightest bend counts as a kink, with slopes of 1e-8 nothing does. Use the
    relative error of the two slopes.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = abs(right - left) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def error_is_absolute(f, df, x, rng, h, tol, jump):
    """the difference is not divided by the size of the slopes

    Where slopes are about 1e-8, a gradient that is twice too large differs by only 1e-8 and passes.
    Use the relative error, along the direction and for each coordinate.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if abs(slope - (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and abs((left + right) / 2 - g[i]) > tol
    return is_wrong, is_kink


def error_keeps_its_sign(f, df, x, rng, h, tol, jump):
    """the error keeps its sign

    A gradient that is too large gives a negative error, and that is never above tol. Take the absolute
    value of the difference.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return (a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def compared_with_one_side(f, df, x, rng, h, tol, jump):
    """the gradient is compared with the slope on one side

    (f(x + h) - f(x)) / h is off by about h times half the curvature, and right gradients fail. Compare
    with the mean of the two slopes, which is the central difference.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error(right, g[i]) > tol
    return is_wrong, is_kink
