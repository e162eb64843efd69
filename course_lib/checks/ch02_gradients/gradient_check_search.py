"""Mistakes people make in checking a gradient: where they look, and how often.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def few_coordinates(f, df, x, rng, h, tol, jump):
    """only a few coordinates, drawn at random, are checked

    A gradient that is wrong in one coordinate passes unless that one is drawn. A random direction
    moves all coordinates at once, for two evaluations; after that, look at every coordinate.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    here = f(x)
    for k in rng.choice(x.size, size=(x.size + 1) // 2, replace=False):
        i = np.unravel_index(k, x.shape)
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def direction_only(f, df, x, rng, h, tol, jump):
    """it stops after the random direction and blames every coordinate

    The direction says only that something is wrong. Where, and whether a kink is to blame, takes a
    look at each coordinate by itself.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    fails = error(slope, (g * v).sum()) > tol
    return np.full(x.shape, fails), np.zeros(x.shape, dtype=bool)


def direction_skipped(f, df, x, rng, h, tol, jump):
    """it looks at every coordinate without trying a direction first

    That finds everything, but it costs 2n + 1 evaluations even if the gradient is right, which it mostly
    is. Try a random direction first: if the slopes agree there, two evaluations are enough.
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def direction_of_the_gradient(f, df, x, rng, h, tol, jump):
    """the direction is that of the gradient

    Where a wrong gradient is 0, such a direction does not move, so a slope that was forgotten is never
    seen. Draw the direction at random: rng.choice([-1.0, 1.0], size=x.shape).
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    slope = (f(x + h * g) - f(x - h * g)) / (2 * h)
    if error(slope, (g * g).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def direction_of_ones(f, df, x, rng, h, tol, jump):
    """the direction is the same every time

    Along (1, 1, …) two errors of opposite sign cancel, and they would cancel in every check. Draw the
    signs at random: rng.choice([-1.0, 1.0], size=x.shape).
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    slope = (f(x + h) - f(x - h)) / (2 * h)
    if error(slope, g.sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def stops_at_the_first(f, df, x, rng, h, tol, jump):
    """it stops at the first coordinate that is wrong

    The pattern of wrong coordinates is what tells you the mistake: all of one layer, or only the
    biases. Go through all of them.
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
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
        if is_wrong[i]:
            break
    return is_wrong, is_kink


def middle_evaluated_again(f, df, x, rng, h, tol, jump):
    """f(x) is evaluated again for every coordinate

    It is the same number each time. Evaluate it once, before the loop, and each coordinate takes two
    evaluations, not three.
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
        here = f(x)
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def middle_evaluated_twice(f, df, x, rng, h, tol, jump):
    """f(x) is evaluated twice for every coordinate

    It is the same number each time. Evaluate it once, before the loop, and each coordinate takes two
    evaluations, not four.
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
        right, left = (f(x + e) - f(x)) / h, (f(x) - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def gradient_computed_again(f, df, x, rng, h, tol, jump):
    """df is called for every coordinate

    One call returns the whole gradient. Keep it: g = df(x) before the loop, then g[i].
    """

    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    is_wrong, is_kink = np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (df(x) * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right, left = (f(x + e) - here) / h, (here - f(x - e)) / h
        is_kink[i] = error(left, right) > jump
        is_wrong[i] = not is_kink[i] and error((left + right) / 2, df(x)[i]) > tol
    return is_wrong, is_kink
