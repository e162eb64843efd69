"""Chapter 1, continued: the mistakes people make in ridge regression with an intercept.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def penalty_not_scaled(X, y, alpha):
    """the penalty is not scaled like the loss

    XᵀX + αI belongs to a loss that is a sum over the examples. Here the loss is a mean, so that α
    means the same for 100 examples and for 1,000: divide XᵀX and Xᵀy by N, then add αI.
    """
    n, mean = X.shape[1], X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C + alpha * np.eye(n), C.T @ y)
    return w, y.mean(axis=0) - mean @ w


def right_side_not_scaled(X, y, alpha):
    """Xᵀy is not divided by N

    Both sides of (XᵀX/N + αI) w = Xᵀy/N come from the same mean over the examples. With N on the left
    alone, w is N times too large.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / N + alpha * np.eye(n), C.T @ y)
    return w, y.mean(axis=0) - mean @ w


def divided_by_one_less(X, y, alpha):
    """it divides by N − 1

    That is the unbiased variance, as np.cov computes it. The loss here is the mean over all N
    examples, so divide by N.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / (N - 1) + alpha * np.eye(n), C.T @ y / (N - 1))
    return w, y.mean(axis=0) - mean @ w


def alpha_doubled(X, y, alpha):
    """alpha is doubled

    The 2 of the derivative of w² cancels the ½ of the penalty, and likewise in the loss. What is added
    to XᵀX/N is αI, not 2αI.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / N + 2 * alpha * np.eye(n), C.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


def alpha_halved(X, y, alpha):
    """alpha is halved

    The loss and the penalty both carry a ½, and both lose it when they are differentiated. What is
    added to XᵀX/N is αI, not ½αI.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / N + alpha / 2 * np.eye(n), C.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


def alpha_everywhere(X, y, alpha):
    """alpha is added to every element of the matrix

    XᵀX/N + alpha adds the number everywhere. The penalty has α on the diagonal alone: add
    alpha * np.eye(n).
    """
    N, mean = len(X), X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / N + alpha, C.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


def intercept_penalized(X, y, alpha):
    """the intercept is penalized

    A column of ones turns b into one more weight, and αI then penalizes it with the others: b is
    pulled towards 0, wherever the targets lie. Put 0 in its place on the diagonal, or subtract the
    means of X and y first, which needs no such column.
    """
    N, n = X.shape
    A = np.column_stack([X, np.ones(N)])
    w = np.linalg.solve(A.T @ A / N + alpha * np.eye(n + 1), A.T @ y / N)
    return w[:-1], w[-1]


def intercept_forgotten(X, y, alpha):
    """there is no intercept

    b is 0, so w must explain where the targets lie as well as how they change. Subtract the means of
    the columns from X, solve for w, then take b = mean(y) − mean(X) @ w.
    """
    N, n = X.shape
    w = np.linalg.solve(X.T @ X / N + alpha * np.eye(n), X.T @ y / N)
    return w, 0 * y.mean(axis=0)


def not_centered(X, y, alpha):
    """w is computed before the means are subtracted

    The formula for b is right, but w still belongs to a model without b. Subtract the means of the
    columns from X before you build XᵀX and Xᵀy.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    w = np.linalg.solve(X.T @ X / N + alpha * np.eye(n), X.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


def only_y_centered(X, y, alpha):
    """the mean is subtracted from y, but not from X

    b takes up the means of both. Subtract the means of the columns from X before you build XᵀX and
    Xᵀy.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    w = np.linalg.solve(X.T @ X / N + alpha * np.eye(n), X.T @ (y - y.mean(axis=0)) / N)
    return w, y.mean(axis=0) - mean @ w


def b_is_mean_of_y(X, y, alpha):
    """b is the mean of y alone

    That is right only if the columns of X have mean 0. At the mean of X the model gives the mean of y,
    so b = mean(y) − mean(X) @ w.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    return np.linalg.solve(C.T @ C / N + alpha * np.eye(n), C.T @ y / N), y.mean(axis=0)


def inverts_without_alpha(X, y, alpha):
    """it solves without alpha first

    (H + αI)⁻¹ H w* needs w*, the solution without a penalty, and there may be none: a pixel that is
    white in every image is a column of zeros, and XᵀX has no inverse. Add αI to XᵀX/N, then solve
    once.
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    C = X - mean
    H = C.T @ C / N
    w = np.linalg.solve(H + alpha * np.eye(n), H @ np.linalg.solve(H, C.T @ y / N))
    return w, y.mean(axis=0) - mean @ w


def centers_in_place(X, y, alpha):
    """the means are subtracted in the caller's X

    X -= X.mean(axis=0) writes into the array that your function was given, so the next one who uses
    X gets other data. Write C = X - X.mean(axis=0).
    """
    (N, n), mean = X.shape, X.mean(axis=0)
    X -= mean
    w = np.linalg.solve(X.T @ X / N + alpha * np.eye(n), X.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


ALL = (
    penalty_not_scaled,
    right_side_not_scaled,
    divided_by_one_less,
    alpha_doubled,
    alpha_halved,
    alpha_everywhere,
    intercept_penalized,
    intercept_forgotten,
    not_centered,
    only_y_centered,
    b_is_mean_of_y,
    inverts_without_alpha,
    centers_in_place,
)
