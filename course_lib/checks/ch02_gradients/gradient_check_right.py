"""Right ways to check a gradient."""

from __future__ import annotations

import numpy as np


def gradient_check(f, df, x, rng, h, tol, jump):
    def error(a, b):
        size = max(abs(a), abs(b))
        return abs(a - b) / size if size > 0 else 0.0

    g = df(x)
    is_wrong = np.zeros(x.shape, dtype=bool)
    is_kink = np.zeros(x.shape, dtype=bool)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if error(slope, (g * v).sum()) <= tol:
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right = (f(x + e) - here) / h
        left = (here - f(x - e)) / h
        if error(left, right) > jump:
            is_kink[i] = True
        else:
            is_wrong[i] = error((left + right) / 2, g[i]) > tol
    return is_wrong, is_kink


def vectorized(f, df, x, rng, h, tol, jump):
    def agree(a, b, limit):
        size = np.maximum(np.abs(a), np.abs(b))
        return np.abs(a - b) / np.where(size > 0, size, 1.0) <= limit

    g = np.ravel(df(x))
    v = rng.integers(0, 2, size=x.shape) * 2.0 - 1.0
    slope = (f(x + h * v) - f(x - h * v)) / (2 * h)
    if agree(slope, g @ np.ravel(v), tol):
        return np.zeros(x.shape, dtype=bool), np.zeros(x.shape, dtype=bool)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    middle = f(x)
    up = np.array([f(x + step) for step in steps])
    down = np.array([f(x - step) for step in steps])
    is_kink = ~agree((up - middle) / h, (middle - down) / h, jump)
    is_wrong = ~agree((up - down) / (2 * h), g, tol) & ~is_kink
    return is_wrong.reshape(x.shape), is_kink.reshape(x.shape)


def normal_direction(f, df, x, rng, h, tol, jump):
    g = np.array(df(x))
    is_wrong = np.zeros(x.shape)
    is_kink = np.zeros(x.shape)
    v = rng.normal(size=x.shape)
    slope = (f(x + h * v) - f(x - h * v)) / 2 / h
    along = np.sum(g * v)
    if abs(slope - along) <= tol * max(abs(slope), abs(along)):
        return is_wrong, is_kink
    here = f(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        down = f(moved)
        right, left = (up - here) / h, (here - down) / h
        both = 0.5 * (left + right)
        if abs(right - left) > jump * max(abs(left), abs(right)):
            is_kink[i] = 1
        elif abs(both - g[i]) > tol * max(abs(both), abs(g[i])):
            is_wrong[i] = 1
    return is_wrong, is_kink


def as_lists(f, df, x, rng, h, tol, jump):
    def differ(a, b, limit):
        return a != b and abs(a - b) / max(abs(a), abs(b)) > limit

    g = df(x)
    none = np.zeros(x.shape, dtype=int)
    v = np.sign(rng.random(x.shape) - 0.5)
    along = (f(x + v * h) - f(x - v * h)) / (h + h)
    if not differ(along, np.sum(v * g), tol):
        return [none.tolist(), none.tolist()]
    here, is_wrong, is_kink = f(x), none.copy(), none.copy()
    for i, value in np.ndenumerate(x):
        up, down = x.copy(), x.copy()
        up[i] = value + h
        down[i] = value - h
        above, below = f(up), f(down)
        is_kink[i] = differ(above - here, here - below, jump)
        is_wrong[i] = not is_kink[i] and differ((above - below) / (2 * h), g[i], tol)
    return [is_wrong.tolist(), is_kink.tolist()]


def unit_direction(f, df, x, rng, h, tol, jump):
    def error(a, b):
        return abs(a - b) / max(abs(a), abs(b), np.finfo(float).tiny)

    x = np.array(x)
    v = rng.choice([-1.0, 1.0], size=x.shape)
    v /= np.linalg.norm(v)
    g = np.asarray(df(x)).reshape(-1)
    is_wrong, is_kink = np.full(x.size, False), np.full(x.size, False)
    rise = f(x + v * h) - f(x - v * h)
    if error(rise / (2 * h), np.dot(g, v.reshape(-1))) > tol:
        here, flat = f(x), x.reshape(-1)
        for i in range(flat.size):
            old = flat[i]
            flat[i] = old + h
            right = (f(x) - here) / h
            flat[i] = old - h
            left = (here - f(x)) / h
            flat[i] = old
            is_kink[i] = error(left, right) > jump
            is_wrong[i] = ~is_kink[i] & (error((left + right) / 2, g[i]) > tol)
    return is_wrong.reshape(x.shape), is_kink.reshape(x.shape)


def in_two_rounds(f, df, x, rng, h, tol, jump):
    g, shape = df(x), x.shape
    v = rng.choice([-1.0, 1.0], size=shape)
    slope, along = (f(x + h * v) - f(x - h * v)) / (2 * h), float(np.sum(g * v))
    is_wrong, is_kink = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    if abs(slope - along) > tol * max(abs(slope), abs(along)):
        around = {}
        for i in np.ndindex(shape):
            step = np.zeros(shape)
            step[i] = h
            around[i] = f(x + step), f(x - step)
        here = f(x)
        for i, (up, down) in around.items():
            right, left, both = up - here, here - down, (up - down) / 2
            if abs(right - left) > jump * max(abs(right), abs(left)):
                is_kink[i] = True
            elif abs(both - h * g[i]) > tol * max(abs(both), abs(h * g[i])):
                is_wrong[i] = True
    return is_wrong, is_kink
