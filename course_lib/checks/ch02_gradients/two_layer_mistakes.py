"""Mistakes people make on the way back through a network of two layers.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def mask_missing(X, y, W1, b1, W2, b2):
    """the way back does not pass through the ReLU

    Where a hidden unit is off (its input is not above 0), a small change of its input changes
    nothing: its slope is 0. Multiply by (z > 0) before you go on to W1 and b1.
    """
    N = len(y)
    h = np.maximum(X @ W1 + b1, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dh = d @ W2.T
    return -log_p[np.arange(N), y].mean(), X.T @ dh, dh.sum(axis=0), h.T @ d, d.sum(axis=0)


def mask_from_slopes(X, y, W1, b1, W2, b2):
    """the ReLU is applied to the slopes

    On the way back a slope passes or not according to the unit's input on the way forward, not
    according to its own sign: dh * (z > 0), not np.maximum(dh, 0).
    """
    N = len(y)
    h = np.maximum(X @ W1 + b1, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = np.maximum(d @ W2.T, 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def mask_of_the_scores(X, y, W1, b1, W2, b2):
    """the mask is that of the wrong layer

    The scores did not go through a ReLU, so nothing is masked there. The hidden layer did: its slopes
    are multiplied by (z > 0), with the z that went into it.
    """
    N = len(y)
    h = np.maximum(X @ W1 + b1, 0)
    scores = h @ W2 + b2
    s = scores - scores.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N * (scores > 0)
    dh = d @ W2.T
    return -log_p[np.arange(N), y].mean(), X.T @ dh, dh.sum(axis=0), h.T @ d, d.sum(axis=0)


def mask_without_bias(X, y, W1, b1, W2, b2):
    """the mask is made without the bias

    A unit is on where X @ W1 + b1 is above 0. The bias is part of what goes into the ReLU.
    """
    N = len(y)
    h = np.maximum(X @ W1 + b1, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (X @ W1 > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def slope_1_at_zero(X, y, W1, b1, W2, b2):
    """the slope of the ReLU at 0 is taken as 1

    At 0 it has a kink, and any slope from 0 to 1 could be defended. This course takes 0, as most
    software does: z > 0, not z >= 0.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z >= 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def bias_before_the_mask(X, y, W1, b1, W2, b2):
    """db1 is taken before the mask

    b1 is added before the ReLU, as X @ W1 is. Its slope is the sum of the masked ones.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dh = d @ W2.T
    dz = dh * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dh.sum(axis=0), h.T @ d, d.sum(axis=0)


def biases_not_summed(X, y, W1, b1, W2, b2):
    """the slopes of the biases are not summed over the examples

    One bias serves every example, so its slope is the sum of all of theirs: d.sum(axis=0), shaped
    like the bias.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz, h.T @ d, d


def biases_averaged(X, y, W1, b1, W2, b2):
    """the slopes of the biases are divided by N twice

    The slopes of the scores are divided by N already, so those of the biases are sums: use
    sum(axis=0), not mean(axis=0).
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.mean(axis=0), h.T @ d, d.mean(axis=0)


def biases_summed_over_units(X, y, W1, b1, W2, b2):
    """the slopes of the biases are summed over the wrong axis

    Rows are examples, columns are units. A unit's bias collects its column: sum(axis=0).
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=1), h.T @ d, d.sum(axis=1)


def gradient_not_averaged(X, y, W1, b1, W2, b2):
    """the gradient is not divided by N

    The loss is a mean over the examples. Divide its slopes along the scores by N, once, and the rest
    of the way back needs no more of it.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def not_averaged(X, y, W1, b1, W2, b2):
    """neither the loss nor the gradient is divided by N

    Both are sums over the examples here. Divide both by N.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].sum(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def before_the_relu(X, y, W1, b1, W2, b2):
    """dW2 is made with what goes into the ReLU, not with what comes out

    W2 is multiplied by h = max(z, 0), so its slope is h.T @ d.
    """
    N = len(y)
    z = X @ W1 + b1
    s = np.maximum(z, 0) @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), z.T @ d, d.sum(axis=0)


def relu_on_scores(X, y, W1, b1, W2, b2):
    """the scores go through a ReLU as well

    Scores may be negative. Only the hidden layer has a ReLU: scores = h @ W2 + b2.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    scores = np.maximum(h @ W2 + b2, 0)
    s = scores - scores.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N * (scores > 0)
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def relu_missing(X, y, W1, b1, W2, b2):
    """the hidden layer has no ReLU

    Without it the two layers are one linear map. h = np.maximum(X @ W1 + b1, 0).
    """
    N = len(y)
    h = X @ W1 + b1
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), y] -= 1
    d = d / N
    dh = d @ W2.T
    return -log_p[np.arange(N), y].mean(), X.T @ dh, dh.sum(axis=0), h.T @ d, d.sum(axis=0)


def overflows(X, y, W1, b1, W2, b2):
    """exp() overflows for large scores

    exp(710) is already infinite, and inf / inf is nan. Subtract from each row of the scores its
    largest one, and take the logarithm of the sum, not of the quotient.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    e = np.exp(h @ W2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).mean()
    p[np.arange(N), y] -= 1
    d = p / N
    dz = d @ W2.T * (z > 0)
    return loss, X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


def label_not_subtracted(X, y, W1, b1, W2, b2):
    """the 1 at the label is not subtracted

    The slope of the loss along the scores is p, minus 1 at the label: d[np.arange(N), y] -= 1.
    """
    N = len(y)
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(log_p) / N
    dz = d @ W2.T * (z > 0)
    return -log_p[np.arange(N), y].mean(), X.T @ dz, dz.sum(axis=0), h.T @ d, d.sum(axis=0)


ALL = (
    mask_missing,
    mask_from_slopes,
    mask_of_the_scores,
    mask_without_bias,
    slope_1_at_zero,
    bias_before_the_mask,
    biases_not_summed,
    biases_averaged,
    biases_summed_over_units,
    gradient_not_averaged,
    not_averaged,
    before_the_relu,
    relu_on_scores,
    relu_missing,
    overflows,
    label_not_subtracted,
)
