"""The loss of a softmax classifier and its gradient: right ways, and what the check looks at."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import softmax_mistakes as mistakes
from .losses import moderate, numbers


def _softmax_loss(W, X, y, reg):
    N = len(y)
    scores = X @ W
    scores = scores - scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores).sum(axis=1, keepdims=True))
    log_p = scores - log_sum
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    return loss, X.T @ d / N + reg * W


def _one_hot(W, X, y, reg):
    target = np.eye(W.shape[1])[y]
    s = X @ W
    top = np.max(s, axis=1)[:, np.newaxis]
    e = np.exp(s - top)
    total = e.sum(axis=1)[:, np.newaxis]
    each = np.log(total[:, 0]) + top[:, 0] - np.sum(s * target, axis=1)
    slopes = np.dot(X.T, (e / total - target) / X.shape[0])
    return float(np.mean(each) + reg / 2 * np.sum(W * W)), slopes + reg * W


def _by_example(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, y, strict=True):
        s = x @ W
        s = s - s.max()
        p = np.exp(s) / np.exp(s).sum()
        loss += np.log(np.exp(s).sum()) - s[label]
        p[label] -= 1
        dW += np.outer(x, p)
    return [loss / len(y) + reg * np.sum(W**2) / 2, (dW / len(y) + reg * W).tolist()]


def _in_place(W, X, y, reg):
    s = X.dot(W)
    s -= s.max(axis=1, keepdims=True)
    right = s[range(len(y)), y].copy()
    np.exp(s, out=s)
    total = s.sum(axis=1, keepdims=True)
    loss = (np.log(total).ravel() - right).sum() / len(y)
    loss += 0.5 * reg * np.vdot(W, W)
    s /= total
    s[range(len(y)), y] -= 1
    s /= len(y)
    dW = X.T.dot(s)
    dW += reg * W
    return np.asarray(loss), dW


def _logaddexp(W, X, y, reg):
    s = np.einsum("nd,dc->nc", X, W)
    log_p = s - np.logaddexp.reduce(s, axis=1)[:, None]
    loss = -np.mean(np.take_along_axis(log_p, y[:, None], axis=1))
    d = np.exp(log_p) - (np.arange(W.shape[1]) == y[:, None])
    return loss + reg * (W * W).sum() / 2, np.einsum("nd,nc->dc", X, d) / len(X) + reg * W


def _loops(W, X, y, reg):
    (N, D), C = X.shape, W.shape[1]
    loss = 0.0
    dW = np.zeros_like(W)
    s = np.zeros(C)
    for n in range(N):
        for c in range(C):
            s[c] = 0.0
            for k in range(D):
                s[c] += X[n, k] * W[k, c]
        top = s.max()
        total = 0.0
        for c in range(C):
            total += np.exp(s[c] - top)
        loss += (np.log(total) + top - s[y[n]]) / N
        for c in range(C):
            d = np.exp(s[c] - top) / total
            if c == y[n]:
                d -= 1.0
            for k in range(D):
                dW[k, c] += X[n, k] * d / N
    for c in range(C):
        for k in range(D):
            loss += 0.5 * reg * W[k, c] ** 2
            dW[k, c] += reg * W[k, c]
    return loss, dW


@functools.cache
def _jit():
    return policy.compile_lazily(_loops)


@functools.wraps(_loops)
def _compiled(W, X, y, reg):
    return _jit()(W, X, y, reg)


# --------------------------------------------------------------------------- properties


def data(rng, N, D, C):
    """Draw weights, examples, and labels that are not sorted and contain the first and the last class."""
    while True:
        W, X = numbers(rng, (D, C)), numbers(rng, (N, D))
        W = moderate(W, X @ W)
        y = rng.permutation(np.concatenate([[0, C - 1], rng.integers(0, C, N)])[:N])
        # Where all slopes cancel to almost nothing, right answers differ by more than rounding.
        if np.abs(_softmax_loss(W, X, y, 0.0)[1]).max() > 0.005:
            return W, X, y


def _cases(rng):
    far = np.array([[2.0, -1.0], [1.0, 3.0]]), np.array([[300.0, 10.0], [-200.0, 400.0]])
    return [
        (*data(rng, 4, 3, 5), 0.0),
        (*data(rng, 5, 3, 4), 0.3),
        (*far, np.array([1, 0]), 0.1),
        (np.eye(2), np.array([[1e3, 0.0], [0.0, 9e2], [2e3, 1990.0]]), np.array([1, 1, 0]), 0.0),
    ]


def one_example(trial):
    """For one example the loss is −log of the probability of its label."""
    rng = trial.rng(1)
    for D, C in ((1, 2), (2, 3)):
        for label in (0, C - 1):
            W, X, _ = data(rng, 1, D, C)
            trial.compare(W, X, np.array([label]), 0.0, when=" for one example without a penalty")


def mean_of_examples(trial):
    """Loss and gradient are means over the examples."""
    rng = trial.rng(2)
    for N, D, C in ((2, 1, 2), (4, 2, 3), (3, 4, 5)):
        trial.compare(*data(rng, N, D, C), 0.0, when=f" for {N} examples without a penalty")


def penalty(trial):
    """The penalty reg/2 · ΣW² is in the loss, and its slope reg · W in the gradient."""
    rng = trial.rng(3)
    for N, reg in ((1, 0.5), (3, 0.1), (4, 2.0)):
        trial.compare(*data(rng, N, 2, 3), reg, when=f" with a penalty, reg = {reg}")


def large_scores(trial):
    """Scores of a thousand do no harm, nor do probabilities too small for a float."""
    rng = trial.rng(4)
    X, W = np.eye(2), np.array([[0.0, 0.0], [1.0, 0.0]])
    ends = [(0.0, 1e3), (-2e3, -1e3), (1e3, 1.001e3)] + [(0.0, 1e5)] * trial.hidden
    for (low, high), label in itertools.product(ends, (0, 1)):
        # The second example has a loss that is not tiny, so the mean has all of its digits.
        W[0] = low, high
        when = f" where an example has the scores {low:g} and {high:g}"
        trial.compare(W, X, np.array([label, 0]), 0.0, when=when)
    for scale in (1e3, 1e-3):
        W, X, _ = data(rng, 5, 3, 4)
        X = scale * X
        y = (X @ W).argmin(axis=1)  # far from right, so that the loss is large
        trial.compare(W, X, y, 0.0, when=f" for inputs around {scale:g}")


def every_size(trial):
    """It works for one input, for two classes and for many examples."""
    rng = trial.rng(5)
    sizes = [(7, 1, 3), (2, 6, 2)] + ([(60, 5, 10), (3, 3, 3), (1, 9, 2)] if trial.hidden else [])
    for N, D, C in sizes:
        trial.compare(
            *data(rng, N, D, C), 0.2, when=f" for {N} examples of {D} inputs, {C} classes"
        )


def single_precision(trial):
    """It works on arrays of float32 as well."""
    W, X, y = data(trial.rng(7), 4, 3, 3)
    trial.compare(W.astype(np.float32), X.astype(np.float32), y, 0.5, when=" for float32 input")


SOFTMAX_LOSS = exercise(
    "softmax_loss",
    "02_gradients",
    title="Softmax classifier",
    points=6,
    section="sec-softmax",
    parameters=("W", "X", "y", "reg"),
    returns=("loss", "dW"),
    kinds=("number", "array"),
    # Rounding: scores are off by some 10u of their size (u = 1.1e-16). They stay below 2, so that 1 − p
    # is above 0.01 and the loss too: errors below 1e3 · 10u = 1e-12. Larger scores have labels far
    # from the best, and a loss of their size. The largest slope is above 0.005. The usual 1e-9 holds, and
    # for float32 (u = 6e-8) the usual 3e-4.
    reference=_softmax_loss,
    cases=_cases,
    properties=(
        form_of(
            "It returns the loss, a number, and dW, shaped like W.",
            lambda rng: (*data(rng, 3, 2, 4), 0.5),
        ),
        one_example,
        prop(mean_of_examples, after="one_example", weight=2),
        prop(penalty, after="mean_of_examples"),
        prop(large_scores, after="mean_of_examples", weight=2),
        prop(every_size, after="penalty"),
        prop(single_precision, after="penalty"),
        prop_after(unchanged_of(lambda rng: (*data(rng, 3, 2, 4), 0.5)), "mean_of_examples"),
    ),
    misconceptions=mistakes.ALL,
    correct=(_one_hot, _by_example, _in_place, _logaddexp, _compiled),
)
