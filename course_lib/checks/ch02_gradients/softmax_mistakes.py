"""Mistakes people make in the loss of a softmax classifier.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def not_averaged(W, X, y, reg):
    """neither the loss nor the gradient is divided by N

    Both are sums over the examples. Divide both by N, or the step of an optimizer would depend on
    how many examples there are.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].sum() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d + reg * W


def gradient_not_averaged(W, X, y, reg):
    """the gradient is not divided by N

    The loss is a mean over the examples, so its gradient is one as well: X.T @ d / N.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d + reg * W


def loss_not_averaged(W, X, y, reg):
    """the loss is not divided by N

    The gradient is that of a mean over the examples, but the loss is their sum. Divide it by N too.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].sum() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d / N + reg * W


def overflows(W, X, y, reg):
    """exp() overflows for large scores

    exp(710) is already infinite, and inf / inf is nan. Subtract from each row of the scores its
    largest one: the probabilities stay the same, and exp() sees nothing above 0.
    """
    N = len(y)
    e = np.exp(X @ W)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean() + 0.5 * reg * (W**2).sum()
    d = p.copy()
    d[np.arange(N), y] -= 1
    return loss, X.T @ d / N + reg * W


def log_of_zero(W, X, y, reg):
    """the logarithm is taken of a probability that has become 0

    A score 750 below the largest has a probability too small for a float: it becomes 0, and -log(0)
    is infinite. Take the logarithm by hand: log p = s - log(sum(exp(s))), with the row's largest
    score subtracted from s.
    """
    N = len(y)
    s = X @ W
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean() + 0.5 * reg * (W**2).sum()
    d = p.copy()
    d[np.arange(N), y] -= 1
    return loss, X.T @ d / N + reg * W


def one_maximum_for_all(W, X, y, reg):
    """the largest score of the whole batch is subtracted

    In a row whose scores all lie far below it, every exp() becomes 0, and so does their sum, whose
    logarithm is infinite. Each row needs its own: s.max(axis=1, keepdims=True).
    """
    N = len(y)
    s = X @ W
    s = s - s.max()
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d / N + reg * W


def penalty_not_in_loss(W, X, y, reg):
    """the penalty is in the gradient, but not in the loss

    The gradient is then not that of the loss, and every gradient check fails. Add
    0.5 * reg * (W**2).sum() to the loss.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    return -log_p[np.arange(N), y].mean(), X.T @ d / N + reg * W


def penalty_not_in_gradient(W, X, y, reg):
    """the penalty is in the loss, but not in the gradient

    An optimizer sees only the gradient, so the penalty would change nothing. Add reg * W to it.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    return -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum(), X.T @ d / N


def penalty_missing(W, X, y, reg):
    """reg is not used

    Add the penalty to both results: 0.5 * reg * (W**2).sum() to the loss, and reg * W to the
    gradient.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    return -log_p[np.arange(N), y].mean(), X.T @ d / N


def half_missing(W, X, y, reg):
    """the penalty lacks its one half

    The gradient of reg * (W**2).sum() would be 2 * reg * W. In this course the penalty is
    0.5 * reg * (W**2).sum(), so that its gradient is reg * W.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + reg * (W**2).sum()
    return loss, X.T @ d / N + reg * W


def penalty_without_half(W, X, y, reg):
    """the penalty is reg · ΣW², with the gradient 2 · reg · W

    That is right in itself, but another convention, twice as strong. In this course the penalty is
    0.5 * reg * (W**2).sum(), and its gradient reg * W.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + reg * (W**2).sum()
    return loss, X.T @ d / N + 2 * reg * W


def penalty_doubled_in_gradient(W, X, y, reg):
    """the penalty's gradient is twice too large

    The one half in 0.5 * reg * (W**2).sum() cancels the 2 that comes from the square: the gradient is
    reg * W.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d / N + 2 * reg * W


def penalty_averaged(W, X, y, reg):
    """the penalty is divided by N as well

    Only the data part is a mean over the examples. The penalty stands beside it, whatever N is.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].sum() + 0.5 * reg * (W**2).sum()
    return loss / N, (X.T @ d + reg * W) / N


def label_not_subtracted(W, X, y, reg):
    """the 1 at the label is not subtracted

    The loss falls as the label's score rises. Its slope along the scores is p, minus 1 at the label:
    d[np.arange(N), y] -= 1.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ np.exp(log_p) / N + reg * W


def label_minus_p(W, X, y, reg):
    """the gradient of the data part points downhill

    The slope along the scores is p minus the label's 1, not the other way round. Its sign matters:
    the optimizer subtracts it.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, -X.T @ d / N + reg * W


def minus_missing(W, X, y, reg):
    """the loss lacks its minus sign

    The logarithm of a probability is negative; the loss is minus that.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d / N + reg * W


def softmax_over_examples(W, X, y, reg):
    """the probabilities are normalized over the examples, not over the classes

    Each example has its own probabilities, one a class, and they add up to 1: sum along axis=1.
    """
    N = len(y)
    s = X @ W
    s = s - s.max(axis=0, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=0, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    loss = -log_p[np.arange(N), y].mean() + 0.5 * reg * (W**2).sum()
    return loss, X.T @ d / N + reg * W


ALL = (
    not_averaged,
    gradient_not_averaged,
    loss_not_averaged,
    overflows,
    log_of_zero,
    one_maximum_for_all,
    penalty_not_in_loss,
    penalty_not_in_gradient,
    penalty_missing,
    half_missing,
    penalty_without_half,
    penalty_doubled_in_gradient,
    penalty_averaged,
    label_not_subtracted,
    label_minus_p,
    minus_missing,
    softmax_over_examples,
)
