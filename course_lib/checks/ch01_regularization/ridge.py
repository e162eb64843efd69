"""Chapter 1: ridge regression with an intercept. Its mistakes are in ``ridge_mistakes``."""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import ridge_mistakes


def _ridge_solution(X, y, alpha):
    N, n = X.shape
    mean = X.mean(axis=0)
    C = X - mean
    w = np.linalg.solve(C.T @ C / N + alpha * np.eye(n), C.T @ y / N)
    return w, y.mean(axis=0) - mean @ w


def _ones_without_penalty(X, y, alpha):
    N, n = X.shape
    A = np.hstack([X, np.ones((N, 1))])
    D = np.diag([alpha] * n + [0.0])
    w = np.linalg.solve(A.T @ A / N + D, A.T @ y / N)
    return w[:n], w[n]


def _more_examples(X, y, alpha):
    """A penalty is the same as n more examples that ask for w = 0."""
    N, n = X.shape
    targets = y.reshape(N, -1)
    top = np.sqrt(1 / N) * (X - X.mean(0))
    A = np.vstack([top, np.sqrt(alpha) * np.identity(n)])
    z = np.vstack([np.sqrt(1 / N) * (targets - targets.mean(0)), np.zeros((n, targets.shape[1]))])
    w = np.linalg.lstsq(A, z, rcond=None)[0].reshape((n, *y.shape[1:]))
    return [w, (y - X @ w).mean(0)]


def _singular_values(X, y, alpha):
    N = X.shape[0]
    U, s, Vt = np.linalg.svd(X - X.mean(0), full_matrices=False)
    w = Vt.T @ np.diag(s / (s**2 + N * alpha)) @ U.T @ y
    return w, np.mean(y, axis=0) - np.dot(np.mean(X, axis=0), w)


def _inverse_of_sums(X, y, alpha):
    x_mean, y_mean = np.mean(X, 0), np.mean(y, 0)
    N = len(y)
    inverse = np.linalg.inv((X - x_mean).T.dot(X - x_mean) + N * alpha * np.eye(X.shape[1]))
    w = inverse.dot((X - x_mean).T.dot(y - y_mean))
    return w, y_mean - x_mean.dot(w)


def _covariances(X, y, alpha):
    """In place inside, on arrays of its own."""
    N, n = X.shape
    H = X.T @ X / N
    H -= np.outer(X.mean(0), X.mean(0))
    H[np.arange(n), np.arange(n)] += alpha
    c = X.T @ y / N
    c -= np.multiply.outer(X.mean(0), y.mean(0))
    w = np.linalg.solve(H, c)
    return w, y.mean(0) - X.mean(0) @ w


def _elimination(X, y, alpha):
    """Sums and Gaussian elimination by loops; y has two dimensions."""
    N, n = X.shape
    k = y.shape[1]
    mean, A = np.zeros(n), np.zeros((n, n + k))
    for i in range(N):
        for j in range(n):
            mean[j] += X[i, j] / N
    for i in range(N):
        for j in range(n):
            for m in range(n):
                A[j, m] += (X[i, j] - mean[j]) * (X[i, m] - mean[m]) / N
            for m in range(k):
                A[j, n + m] += (X[i, j] - mean[j]) * y[i, m] / N
    for j in range(n):
        A[j, j] += alpha
    for j in range(n):
        for m in range(n):
            factor = A[m, j] / A[j, j]
            for i in range(j, n + k):
                if m != j:
                    A[m, i] -= factor * A[j, i]
    w, b = np.zeros((n, k)), np.zeros(k)
    for m in range(k):
        for i in range(N):
            b[m] += y[i, m] / N
        for j in range(n):
            w[j, m] = A[j, n + m] / A[j, j]
            b[m] -= mean[j] * w[j, m]
    return w, b


_JITTED = policy.compile_lazily(_elimination)


@functools.wraps(_elimination)
def _compiled(X, y, alpha):
    w, b = _JITTED(X, y.reshape(len(y), -1), alpha)
    return w.reshape((X.shape[1], *y.shape[1:])), b.reshape(y.shape[1:])


# ------------------------------------------------------------------------------ checks

# Where the usual tolerance, 1e-9, stands: the curvatures of the data below lie under 4 n², n ≤ 8, and
# α ≥ 0.1 (or least squares with curvatures from ½ to 8), so condition numbers stay below 10⁴, also
# with a column of ones. Solving by any of the usual ways then loses less than 10⁴ · 100 u ≈ 1e-10.


def _data(rng, N=3, n=2, k=None):
    """Draw X and y whose means are far from 0, and whose w and b can't cancel to nothing.

    The first two examples lie apart, in every column of X and of y; y lies far out.
    """
    X = rng.uniform(-1.5, 1.5, size=(N, n))
    X[:2] = np.array([[1.0], [-1.0]]) * rng.uniform(0.4, 1.5, size=(2, n))
    X = np.round(X + rng.uniform(0.5, 1.5, size=n), 2)
    targets = () if k is None else (k,)
    signs = rng.choice([-1.0, 1.0], size=(n, *targets))
    y = X @ (signs * rng.uniform(0.5, 1.5, size=(n, *targets)))
    y += rng.uniform(-0.1, 0.1, size=y.shape) + 6.0 * n
    y[0] += np.where(y[0] > y[1], 0.5, -0.5)
    return X, np.round(y, 2), _alpha(rng)


def _alpha(rng):
    return float(np.round(rng.uniform(0.1, 0.9), 2))


def _centered(rng, pairs, n):
    """Draw data whose means are 0: every example comes with its mirror image."""
    X = rng.choice([-1.0, 1.0], size=(pairs, n)) * rng.uniform(0.4, 1.6, size=(pairs, n))
    w = rng.choice([-1.0, 1.0], size=n) * rng.uniform(0.5, 1.5, size=n)
    y = X @ w + rng.uniform(-0.1, 0.1, size=pairs)  # so little that no w can come out as 0
    mirrored = np.round(np.vstack([X, -X]), 2), np.round(np.append(y, -y), 2)
    return *mirrored, _alpha(rng)


def _independent(rng, N, n):
    """Draw X with known singular values, so that least squares is well posed for every seed."""
    ones_first = np.column_stack([np.ones(N), rng.normal(size=(N, n))])
    Q, _ = np.linalg.qr(ones_first)  # the columns after the first have mean 0
    X = np.sqrt(N) * Q[:, 1:] * rng.uniform(0.8, 2.5, size=n) + rng.uniform(0.5, 1.5, size=n)
    return X, np.round(
        X @ rng.uniform(0.5, 1.5, size=n) + rng.uniform(-0.2, 0.2, size=N) + 6.0 * n, 2
    )


def _flat(rng, N, n):
    """Draw X with a column of zeros, and targets."""
    X, y, alpha = _data(rng, N, n)
    X[:, n // 2] = 0.0
    return X, y, alpha


def _cases(rng):
    return [
        _data(rng, 5, 1),
        _data(rng, 6, 3),
        _data(rng, 7, 3, 2),
        _flat(rng, 5, 3),
        (*_independent(rng, 6, 2), 0.0),
    ]


def _compare_w(trial, X, y, alpha, when):
    """Compare w alone: the b of centered data is 0 up to rounding."""
    (expected, _), (actual, _) = trial.reference(X, y, alpha), trial.call(X, y, alpha)
    trial.expect(actual, expected, "w", (X, y, alpha), when)


def one_weight(trial):
    """For one column x and y, both with mean 0, w is mean(x · y) / (mean(x²) + α)."""
    rng = trial.rng(1)
    for pairs in (1, 2):
        _compare_w(trial, *_centered(rng, pairs, 1), when=" for one column with mean 0")


def several_weights(trial):
    """For several columns with mean 0, w solves (XᵀX/N + αI) w = Xᵀy/N."""
    rng = trial.rng(2)
    for pairs, n in ((2, 2), (4, 3)):
        _compare_w(trial, *_centered(rng, pairs, n), when=f" for {n} columns with mean 0")


def intercept_goes_free(trial):
    """w and b are right wherever the data lie: b takes up the means and is not penalized."""
    rng = trial.rng(3)
    sizes = [(2, 1), (4, 2)] + ([(9, 4), (30, 8)] if trial.hidden else [])
    for N, n in sizes:
        case = _data(rng, N, n)
        trial.compare(*case, when=f" for {N} examples that are not centered")


def least_squares(trial):
    """With α = 0 it is least squares, no more and no less."""
    rng = trial.rng(4)
    for N, n in ((4, 1), (5, 2)):
        trial.compare(*_independent(rng, N, n), 0.0, when=" for α = 0")


def singular(trial):
    """With α > 0 it works where XᵀX has no inverse: zeros in a column, equal columns, few examples."""
    rng = trial.rng(5)
    trial.compare(*_flat(rng, 4, 2), when=" for a column of zeros")
    X, y, alpha = _data(rng, 5, 2)
    X[:, 1] = X[:, 0]
    trial.compare(X, y, alpha, when=" for two equal columns")
    trial.compare(*_data(rng, 2, 4), when=" for 2 examples and 4 weights")
    if trial.hidden:
        trial.compare(*_flat(rng, 12, 5), when=" for a column of zeros")
        trial.compare(*_data(rng, 3, 8), when=" for 3 examples and 8 weights")


def several_targets(trial):
    """If y has several columns, w has one column, and b one number, for each."""
    rng = trial.rng(7)
    for k in (2, 1) + ((5,) if trial.hidden else ()):
        trial.compare(*_data(rng, 6, 3, k), when=f" for {k} column(s) in y")


RIDGE_SOLUTION = exercise(
    "ridge_solution",
    "01_regularization",
    title="Ridge regression, solved",
    points=6,
    section="sec-ridge",
    parameters=("X", "y", "alpha"),
    returns=("w", "b"),
    reference=_ridge_solution,
    cases=_cases,
    properties=(
        form_of("It returns w, one number for each column of X, and b, one number.", _data),
        one_weight,
        prop(several_weights, after="one_weight"),
        prop(intercept_goes_free, after="several_weights", weight=3),
        prop(least_squares, after="intercept_goes_free"),
        prop(singular, after="intercept_goes_free"),
        prop(several_targets, after="intercept_goes_free"),
        prop_after(unchanged_of(lambda rng: _data(rng, 4, 2)), "intercept_goes_free"),
    ),
    misconceptions=ridge_mistakes.ALL,
    correct=(
        _ones_without_penalty,
        _more_examples,
        _singular_values,
        _inverse_of_sums,
        _covariances,
        _compiled,
    ),
)
