"""Ghost batch normalization. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import batch, number, numbers
from .ghosts_mistakes import MISTAKES


def _ghost_batch_norm(X, g, gamma, beta, eps):
    Y = np.empty_like(X)
    for start in range(0, len(X), g):
        part = X[start : start + g]
        root = np.sqrt(part.var(axis=0) + eps)
        Y[start : start + g] = gamma * (part - part.mean(axis=0)) / root + beta
    return Y


def _concatenated(X, g, gamma, beta, eps):
    def normalize(part):
        away = part - np.mean(part, axis=0)
        return away / (np.mean(away**2, axis=0) + eps) ** 0.5 * gamma + beta

    return np.concatenate([normalize(X[k : k + g]) for k in range(0, X.shape[0], g)])


def _split(X, g, gamma, beta, eps):
    parts = np.split(X, range(g, len(X), g))
    rows = []
    for part in parts:
        mean, var = part.mean(0), part.var(0)
        rows += list(gamma * (part - mean) / np.sqrt(var + eps) + beta)
    return np.array(rows)


def _reshaped(X, g, gamma, beta, eps):
    whole = len(X) // g * g
    parts = X[:whole].reshape(-1, g, X.shape[1])
    mean, var = parts.mean(axis=1, keepdims=True), parts.var(axis=1, keepdims=True)
    Y = (gamma * (parts - mean) / np.sqrt(var + eps) + beta).reshape(whole, -1)
    rest = X[whole:]
    if len(rest) == 0:
        return Y
    last = gamma * (rest - rest.mean(axis=0)) / np.sqrt(rest.var(axis=0) + eps) + beta
    return np.vstack([Y, last]).tolist()


def _by_number(X, g, gamma, beta, eps):
    ghost = np.arange(len(X)) // g
    Y = X.copy()
    for k in np.unique(ghost):
        rows = ghost == k
        Y[rows] -= X[rows].mean(axis=0)
        Y[rows] /= np.sqrt(X[rows].var(axis=0) + eps)
    Y *= gamma
    Y += beta
    return Y


def _loops(X, g, gamma, beta, eps):
    Y = np.empty_like(X)
    start = 0
    while start < X.shape[0]:
        end = min(start + g, X.shape[0])
        for j in range(X.shape[1]):
            mean, var = 0.0, 0.0
            for i in range(start, end):
                mean += X[i, j] / (end - start)
            for i in range(start, end):
                var += (X[i, j] - mean) ** 2 / (end - start)
            for i in range(start, end):
                Y[i, j] = gamma[j] * (X[i, j] - mean) / (var + eps) ** 0.5 + beta[j]
        start = end
    return Y


_compiled = policy.compile_lazily(_loops)


def _arguments(rng, n=6, g=3, columns=2, dtype=np.float64):
    X, gamma, beta = batch(rng, n, columns), numbers(rng, (columns,)), numbers(rng, (columns,))
    X, gamma, beta = (np.asarray(part, dtype=dtype) for part in (X, gamma, beta))
    return X, g, gamma, beta, number(rng, 0.05, 0.3)


def one_ghost(trial):
    """With one ghost, g = N, it is batch normalization."""
    rng = trial.rng(1)
    for n in (2, 3, 5):
        trial.compare(*_arguments(rng, n, n), when=f" for g = N = {n}")


def own_statistics(trial):
    """Every ghost of g rows is normalized by its own mean and its own variance."""
    rng = trial.rng(2)
    for n, g in ((4, 2), (6, 2), (6, 3), (12, 4)):
        trial.compare(*_arguments(rng, n, g), when=f" for {n} examples and g = {g}")


def others_do_not_matter(trial):
    """A row's result depends on no row of another ghost."""
    rng = trial.rng(3)
    X, g, gamma, beta, eps = _arguments(rng, 6, 3)
    changed = X.copy()
    changed[3:] = 5.0 - 2.0 * X[3:]
    before, after = (trial.call(x, g, gamma, beta, eps)[0] for x in (X, changed))
    if not np.max(np.abs(before[:3] - after[:3])) <= 1e-9:
        raise Failure(
            "The second ghost's examples were changed, and the first ghost's results with them.",
            trial.name_arguments((changed, g, gamma, beta, eps)),
            trial.reference(changed, g, gamma, beta, eps)[0][:3],
            after[:3],
            "Y[:3]",
        )


def last_ghost(trial):
    """If g does not divide the batch, the last ghost has the rows that are left, even a single one."""
    rng = trial.rng(4)
    for n, g in ((5, 3), (5, 2), (7, 4), (7, 3)):
        trial.compare(*_arguments(rng, n, g), when=f" for {n} examples and g = {g}")
    trial.compare(*_arguments(rng, 2, 1), when=" for g = 1, where every row becomes beta")


def every_shape(trial):
    """It works for one column and for many."""
    rng = trial.rng(5)
    trial.compare(*_arguments(rng, 5, 2, 1), when=" for one column")
    if trial.hidden:
        trial.compare(*_arguments(rng, 50, 8, 6), when=" for 50 examples and g = 8")
        trial.compare(*_arguments(rng, 64, 16, 3), when=" for 64 examples and g = 16")
        X, g, gamma, beta, _ = _arguments(rng, 9, 4)
        trial.compare(0.01 * X, g, gamma, beta, 1e-5, when=" for examples around 0.01")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), 7, 3, 2, np.float32), when=" for float32 input")


def _cases(rng):
    return [
        _arguments(rng, 6, 3), _arguments(rng, 8, 2), _arguments(rng, 8, 3), _arguments(rng, 7, 3),
    ]  # fmt: skip


GHOST_BATCH_NORM = exercise(
    "ghost_batch_norm",
    "07_ghost_batch",
    title="Ghost batch normalization",
    points=6,
    section="sec-ghost-batch-norm",
    parameters=("X", "g", "gamma", "beta", "eps"),
    returns=("Y",),
    reference=_ghost_batch_norm,
    cases=_cases,
    properties=(
        form_of("It returns one array, shaped like X.", _arguments),
        prop(one_ghost),
        prop(others_do_not_matter, after="one_ghost"),
        prop(own_statistics, after="others_do_not_matter", weight=2),
        prop(last_ghost, after="own_statistics"),
        prop(every_shape, after="last_ghost"),
        prop_after(unchanged_of(_arguments), "own_statistics"),
        prop(single_precision, after="last_ghost"),
    ),
    misconceptions=MISTAKES,
    correct=(_concatenated, _split, _reshaped, _by_number, _loops, _compiled),
)
