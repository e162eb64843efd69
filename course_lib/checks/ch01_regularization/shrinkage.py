"""Chapter 1: where the minimum goes. The mistakes are in ``shrinkage_mistakes``."""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import shrinkage_mistakes


def _ridge_shrinkage(H, w_star, alpha):
    return np.linalg.solve(H + alpha * np.eye(len(w_star)), H @ w_star)


def _in_eigenvectors(H, w_star, alpha):
    eigenvalues, Q = np.linalg.eigh(H)
    return Q @ (eigenvalues / (eigenvalues + alpha) * (Q.T @ w_star))


def _sum_over_eigenvectors(H, w_star, alpha):
    eigenvalues, Q = np.linalg.eigh(H)
    total = [0.0] * w_star.size
    for k in range(w_star.size):
        factor = eigenvalues[k] / (eigenvalues[k] + alpha)
        along = sum(Q[i, k] * w_star[i] for i in range(w_star.size))
        for i in range(w_star.size):
            total[i] += factor * along * Q[i, k]
    return total


def _other_order(H, w_star, alpha):
    """H and (H + αI)⁻¹ have the same eigenvectors, so their order does not matter."""
    return H.dot(np.linalg.inv(H + alpha * np.identity(H.shape[0]))).dot(w_star)


def _minus_what_is_lost(H, w_star, alpha):
    return w_star - alpha * np.linalg.solve(H + np.diag([alpha] * w_star.size), w_star)


def _diagonal_in_place(H, w_star, alpha):
    A = H.copy()
    A[np.diag_indices(len(A))] += alpha
    return np.linalg.lstsq(A, H @ w_star, rcond=None)[0]


def _elimination(H, w_star, alpha):
    n = w_star.size
    A, w = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        for j in range(n):
            A[i, j] = H[i, j]
            w[i] += H[i, j] * w_star[j]
        A[i, i] += alpha
    for j in range(n):
        for i in range(n):
            if i != j:
                factor = A[i, j] / A[j, j]
                w[i] -= factor * w[j]
                for k in range(n):
                    A[i, k] -= factor * A[j, k]
    for i in range(n):
        w[i] /= A[i, i]
    return w


_JITTED = policy.compile_lazily(_elimination)


@functools.wraps(_elimination)
def _compiled(H, w_star, alpha):
    return _JITTED(H, w_star, alpha)


# ------------------------------------------------------------------------------ checks

# Where the usual tolerance, 1e-9, stands: curvatures are at most 10 and α is at least 1e-3, so the
# condition number of H + αI is at most 10⁴, and solving loses less than 10⁴ · 100 u ≈ 1e-10.


def _alpha(rng):
    return float(np.round(rng.uniform(0.2, 0.9), 2))


def _weights(rng, n):
    return np.round(rng.choice([-1.0, 1.0], size=n) * rng.uniform(0.5, 2.0, size=n), 2)


def _axes(rng, n):
    """Draw a diagonal H, its eigenvalues in the order in which np.linalg.eigh returns them."""
    eigenvalues = np.sort(np.round(rng.uniform(1.2, 5.0, size=n), 2))
    return np.diag(eigenvalues), _weights(rng, n), _alpha(rng)


def _coupled(rng, n=2):
    """Draw an H with elements off the diagonal: smaller, row by row, than the one on it."""
    off = rng.choice([-1.0, 1.0], size=(n, n)) * rng.uniform(0.4, 0.9, size=(n, n))
    H = np.triu(np.round(off * 2 / n, 2), 1)
    H = H + H.T + np.diag(np.round(rng.uniform(2.0, 5.0, size=n), 2))
    return H, _weights(rng, n), _alpha(rng)


def _flat(rng, n):
    """Draw an H that has no curvature along the axis in its middle."""
    H, w_star, alpha = _coupled(rng, n)
    H[n // 2] = H[:, n // 2] = 0.0
    return H, w_star, alpha


def _cases(rng):
    return [_axes(rng, 3), _coupled(rng, 3), _coupled(rng, 4), _flat(rng, 3)]


def one_weight(trial):
    """For one weight with curvature λ, w* is multiplied by λ/(λ + α)."""
    rng = trial.rng(1)
    for _ in range(2):
        trial.compare(*_axes(rng, 1), when=" for a single weight")


def along_the_axes(trial):
    """If H is diagonal, each weight is multiplied by its own λ/(λ + α)."""
    rng = trial.rng(2)
    for n in (2, 3):
        trial.compare(*_axes(rng, n), when=" for a diagonal H")


def coupled_weights(trial):
    """If H is not diagonal, the factors λ/(λ + α) act along its eigenvectors."""
    rng = trial.rng(3)
    for n in (2, 3) + ((4, 7) if trial.hidden else ()):
        trial.compare(*_coupled(rng, n), when=" for an H that is not diagonal")


def flat_directions(trial):
    """Where the curvature is 0 nothing is left of w*; that H has no inverse does not matter."""
    rng = trial.rng(4)
    H = np.diag([float(np.round(rng.uniform(1.2, 5.0), 2)), 0.0])
    trial.compare(H, _weights(rng, 2), _alpha(rng), when=" for a curvature of 0")
    u = np.array([2.0, -1.0])
    w_star = np.abs(_weights(rng, 2)) * [1, -1]
    trial.compare(np.outer(u, u), w_star, _alpha(rng), when=" for an H without inverse")
    if trial.hidden:
        trial.compare(*_flat(rng, 4), when=" for an H without inverse")


def weak_and_strong(trial):
    """A tiny α changes almost nothing, a large one leaves almost nothing."""
    rng = trial.rng(5)
    for alpha in (1e-3, 50.0):
        H, w_star, _ = _coupled(rng, 2)
        trial.compare(H, w_star, alpha, when=f" for α = {alpha:g}")


RIDGE_SHRINKAGE = exercise(
    "ridge_shrinkage",
    "01_regularization",
    title="Where a penalty moves the minimum",
    points=6,
    section="sec-ridge-shrinkage",
    parameters=("H", "w_star", "alpha"),
    returns=("w",),
    reference=_ridge_shrinkage,
    cases=_cases,
    properties=(
        form_of("It returns an array shaped like w_star.", _coupled),
        prop(one_weight, weight=0.5),
        prop(along_the_axes, after="one_weight"),
        prop(coupled_weights, after="along_the_axes", weight=3),
        prop(flat_directions, after="coupled_weights"),
        prop(weak_and_strong, after="coupled_weights"),
        prop_after(unchanged_of(lambda rng: _coupled(rng, 3)), "coupled_weights"),
    ),
    misconceptions=shrinkage_mistakes.ALL,
    correct=(
        _in_eigenvectors,
        _sum_over_eigenvectors,
        _other_order,
        _minus_what_is_lost,
        _diagonal_in_place,
        _compiled,
    ),
)
