"""The way back through a network of two layers: right ways, and what the check looks at."""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import two_layer_mistakes as mistakes
from .losses import moderate, numbers


def _two_layer_backward(X, y, W1, b1, W2, b2):
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores).sum(axis=1, keepdims=True))
    log_p = scores - log_sum
    loss = -log_p[np.arange(N), y].mean()
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z > 0)
    return loss, X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def _ones_for_biases(X, y, W1, b1, W2, b2):
    one = np.ones((len(X), 1), dtype=X.dtype)
    A = np.hstack([X, one])
    z = A @ np.vstack([W1, b1])
    B = np.hstack([np.where(z > 0, z, 0), one])
    s = B @ np.vstack([W2, b2])
    top = s.max(axis=1)
    e = np.exp(s - top[:, None])
    total = e.sum(axis=1)
    target = np.equal.outer(y, np.arange(W2.shape[1]))
    loss = np.mean(np.log(total) + top - s[target])
    d = (e / total[:, None] - target) / len(X)
    second = B.T @ d.astype(X.dtype)
    first = A.T @ np.where(z > 0, d @ W2.T, 0)
    return loss, first[:-1], first[-1], second[:-1], second[-1]


def _by_example(X, y, W1, b1, W2, b2):
    loss, slopes = 0.0, [np.zeros(part.shape) for part in (W1, b1, W2, b2)]
    for x, label in zip(X, y, strict=True):
        h = np.maximum(x @ W1 + b1, 0)
        s = h @ W2 + b2
        log_p = s - s.max() - np.log(np.exp(s - s.max()).sum())
        loss -= log_p[label] / len(y)
        d = np.exp(log_p) / len(y)
        d[label] -= 1 / len(y)
        back = W2 @ d
        back[h <= 0] = 0
        for slope, part in zip(slopes, (np.outer(x, back), back, np.outer(h, d), d), strict=True):
            slope += part
    return (loss, *slopes)


def _in_place(X, y, W1, b1, W2, b2):
    h = X @ W1
    h += b1
    h *= h > 0
    d = h.dot(W2)
    d += b2
    d -= d.max(axis=1)[:, np.newaxis]
    mine = d[range(len(y)), y].copy()
    np.exp(d, out=d)
    total = d.sum(axis=1)
    d /= total[:, np.newaxis]
    d[range(len(y)), y] -= 1
    d /= len(y)
    dW2, db2 = h.T.dot(d), d.sum(axis=0)
    back = d.dot(W2.T)
    back[h == 0] = 0
    return [np.mean(np.log(total) - mine), X.T.dot(back), back.sum(0), dW2, db2]


def _einsum(X, y, W1, b1, W2, b2):
    z = np.einsum("ni,ih->nh", X, W1) + b1
    on = np.heaviside(z, 0)
    s = np.einsum("nh,hc->nc", z * on, W2) + b2
    log_p = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    d = (np.exp(log_p) - np.eye(len(b2))[y]) / len(y)
    dz = np.einsum("nc,hc,nh->nh", d, W2, on)
    loss = -np.take_along_axis(log_p, y[:, None], axis=1).mean()
    return (
        float(loss),
        np.einsum("ni,nh->ih", X, dz).tolist(),
        np.einsum("nh->h", dz).tolist(),
        np.einsum("nh,nc->hc", z * on, d).tolist(),
        np.einsum("nc->c", d).tolist(),
    )


def _loops(X, y, W1, b1, W2, b2):
    (N, D), (H, C) = X.shape, W2.shape
    loss = 0.0
    dW1, db1, dW2, db2 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(b2)
    h, s = np.zeros(H), np.zeros(C)
    for n in range(N):
        for j in range(H):
            h[j] = b1[j]
            for k in range(D):
                h[j] += X[n, k] * W1[k, j]
            h[j] = max(h[j], 0.0)
        for c in range(C):
            s[c] = b2[c]
            for j in range(H):
                s[c] += h[j] * W2[j, c]
        top = s.max()
        total = np.exp(s - top).sum()
        loss += (np.log(total) + top - s[y[n]]) / N
        d = np.exp(s - top) / total / N
        d[y[n]] -= 1.0 / N
        for j in range(H):
            back = 0.0
            for c in range(C):
                dW2[j, c] += h[j] * d[c]
                back += d[c] * W2[j, c]
            if h[j] > 0:
                db1[j] += back
                for k in range(D):
                    dW1[k, j] += X[n, k] * back
        for c in range(C):
            db2[c] += d[c]
    return loss, dW1, db1, dW2, db2


@functools.cache
def _jit():
    return policy.compile_lazily(_loops)


@functools.wraps(_loops)
def _compiled(X, y, W1, b1, W2, b2):
    return _jit()(X, y, W1, b1, W2, b2)


# --------------------------------------------------------------------------- properties


def data(rng, N, D, H, C, scale=1.0):
    """Draw a network and examples on which right answers can't differ by more than rounding.

    Some hidden units are on and some are off, but none is undecided: a unit whose input is 0 but for
    rounding would be on in one right answer and off in another. And no slopes cancel to almost nothing.
    """
    while True:
        X, W1, b1 = numbers(rng, (N, D)), numbers(rng, (D, H)), numbers(rng, (H,))
        z = X @ W1 + b1
        W2, b2 = numbers(rng, (H, C)), numbers(rng, (C,)) / 4
        W2 = scale * moderate(W2, np.maximum(z, 0) @ W2)
        y = rng.permutation(np.concatenate([[0, C - 1], rng.integers(0, C, N)])[:N])
        on_and_off = np.any(z > 0) and (z.size == 1 or np.any(z < 0))
        if on_and_off and np.abs(z).min() >= 0.01 and _clear(X, y, W1, b1, W2, b2):
            return X, y, W1, b1, W2, b2


def _clear(*args):
    """Whether each array of slopes has one that is far from 0."""
    return all(np.abs(slopes).max() > 0.02 for slopes in _two_layer_backward(*args)[1:])


def _on_the_kink(rng, N, D, H, C):
    """An example of zeros, and a bias of 0: the input of one hidden unit is exactly 0."""
    while True:
        X, y, W1, b1, W2, b2 = data(rng, N, D, H, C)
        X[0], b1[-1] = 0.0, 0.0
        if N == 1:  # then all slopes of the unit are exactly 0
            return X, y, W1, b1, W2, b2
        if np.abs(X[1:] @ W1 + b1).min() >= 0.01 and _clear(X, y, W1, b1, W2, b2):
            return X, y, W1, b1, W2, b2


def _cases(rng):
    return [
        data(rng, 4, 3, 5, 2),
        data(rng, 3, 2, 4, 5),
        data(rng, 3, 2, 4, 3, 1e3),
        _on_the_kink(rng, 2, 3, 2, 2),
    ]


def _compare(trial, args, only, when=""):
    """Compare some of the results."""
    expected, actual = trial.reference(*args), trial.call(*args)
    for name, a, e in list(zip(trial.exercise.returns, actual, expected, strict=True))[only]:
        trial.expect(a, e, name, args, when)


SIZES = ((1, 1, 1, 2), (1, 2, 3, 2), (3, 2, 4, 3), (4, 3, 2, 5))


def loss(trial):
    """The loss is the mean cross-entropy of the network's scores."""
    for k, sizes in enumerate(SIZES):
        _compare(trial, data(trial.rng(10 + k), *sizes), slice(0, 1), _for(*sizes))


def second_layer(trial):
    """dW2 and db2 are the slopes along the second layer."""
    for k, sizes in enumerate(SIZES):
        _compare(trial, data(trial.rng(10 + k), *sizes), slice(3, 5), _for(*sizes))


def first_layer(trial):
    """dW1 and db1 are the slopes along the first layer, through the ReLU."""
    for k, sizes in enumerate(SIZES):
        _compare(trial, data(trial.rng(10 + k), *sizes), slice(1, 3), _for(*sizes))


def _for(N, D, H, C):
    examples, inputs = ("s" * (k != 1) for k in (N, D))
    units = "s" * (H != 1)
    return f" for {N} example{examples}, {D} input{inputs}, {H} hidden unit{units} and {C} classes"


def kink(trial):
    """The slope of the ReLU at 0 is taken as 0."""
    rng = trial.rng(2)
    for sizes in ((1, 1, 1, 2), (3, 2, 3, 2)):
        trial.compare(*_on_the_kink(rng, *sizes), when=" where the input of a hidden unit is 0")


def large_scores(trial):
    """Scores of a thousand do no harm."""
    rng = trial.rng(3)
    for scale in (1e3, 1e5) if trial.hidden else (1e3,):
        X, _, W1, b1, W2, b2 = data(rng, 5, 3, 4, 3, scale)
        y = (np.maximum(X @ W1 + b1, 0) @ W2 + b2).argmin(axis=1)
        trial.compare(X, y, W1, b1, W2, b2, when=f" for weights W2 around {scale:g}")


def every_size(trial):
    """It works for one hidden unit, for many, and for layers of equal size."""
    rng = trial.rng(4)
    sizes = [(5, 4, 1, 2), (3, 3, 3, 3)]
    sizes += [(30, 6, 12, 10), (2, 1, 7, 4), (4, 4, 4, 4)] if trial.hidden else []
    for size in sizes:
        trial.compare(*data(rng, *size), when=_for(*size))


def single_precision(trial):
    """It works on arrays of float32 as well."""
    args = data(trial.rng(5), 4, 3, 4, 3)
    X, y, *parts = args
    single = [part.astype(np.float32) for part in parts]
    trial.compare(X.astype(np.float32), y, *single, when=" for float32 input")


TWO_LAYER_BACKWARD = exercise(
    "two_layer_backward",
    "02_gradients",
    title="Backward through two layers",
    points=8,
    section="sec-two-layers",
    parameters=("X", "y", "W1", "b1", "W2", "b2"),
    returns=("loss", "dW1", "db1", "dW2", "db2"),
    kinds=("number", "array", "array", "array", "array"),
    # Rounding: scores are off by some 10u of their size (u = 1.1e-16). They stay below 2.7, so that the
    # loss is above 0.01/N, and the largest slope of each array is above 0.02: errors below 1e3 · 10u =
    # 1e-12 of it. Larger scores have the labels of the lowest ones, and a loss of their size. The usual
    # 1e-9 holds, and for float32 (u = 6e-8) the usual 3e-4.
    reference=_two_layer_backward,
    cases=_cases,
    properties=(
        form_of(
            "It returns the loss, a number, and four arrays shaped like W1, b1, W2 and b2.",
            lambda rng: data(rng, 3, 2, 4, 5),
        ),
        loss,
        prop(second_layer, after="loss", weight=2),
        prop(first_layer, after="second_layer", weight=5),
        prop(kink, after="first_layer"),
        prop(large_scores, after="first_layer"),
        prop(every_size, after="first_layer"),
        prop(single_precision, after="first_layer"),
        prop_after(unchanged_of(lambda rng: data(rng, 3, 2, 4, 5)), "first_layer"),
    ),
    misconceptions=mistakes.ALL,
    correct=(_ones_for_biases, _by_example, _in_place, _einsum, _compiled),
)
