"""Chapter 1: the effective number of parameters, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of


def factors_squared(eigenvalues, alpha):
    """the factors are squared

    Each eigenvector counts with λ/(λ + α), the share of w* that is left along it, to the first power.
    """
    return np.sum((eigenvalues[eigenvalues > 0] / (eigenvalues[eigenvalues > 0] + alpha)) ** 2)


def eigenvalues_squared(eigenvalues, alpha):
    """the eigenvalues are squared

    λ²/(λ² + α) is written with singular values of X, whose squares are eigenvalues of XᵀX. You were
    given eigenvalues of H already: λ/(λ + α).
    """
    squares = eigenvalues[eigenvalues > 0] ** 2
    return np.sum(squares / (squares + alpha))


def both_squared(eigenvalues, alpha):
    """λ and α are squared

    The factor is λ/(λ + α), with no squares: a curvature equal to α counts as one half either way, but
    all others come out too near to 0 or to 1.
    """
    squares = eigenvalues[eigenvalues > 0] ** 2
    return np.sum(squares / (squares + alpha**2))


def counts_above_alpha(eigenvalues, alpha):
    """it counts the eigenvalues above alpha

    The penalty has no sharp border. An eigenvalue twice as large as α counts two thirds, one half as
    large counts one third: add up λ/(λ + α).
    """
    return float(np.sum(eigenvalues > alpha))


def counts_nonzero(eigenvalues, alpha):
    """alpha plays no part

    The number of eigenvalues above 0 is the rank: the answer for α = 0. With a penalty each of them
    counts λ/(λ + α), which is less than one.
    """
    return float(np.sum(eigenvalues > 0))


def mean_instead_of_sum(eigenvalues, alpha):
    """it is the mean of the factors, not their sum

    The mean is a share, from 0 to 1. The effective number of parameters is the sum: with α = 0 and n
    eigenvalues above 0, it is n.
    """
    kept = eigenvalues[eigenvalues > 0]
    return np.sum(kept / (kept + alpha)) / len(eigenvalues)


def counts_what_is_lost(eigenvalues, alpha):
    """it counts what is lost

    α/(λ + α) is the share that the penalty takes away. What stays free is λ/(λ + α).
    """
    kept = eigenvalues[eigenvalues > 0]
    return len(eigenvalues) - np.sum(kept / (kept + alpha))


def sums_before_dividing(eigenvalues, alpha):
    """the sums are divided, not the terms

    Σλ / (Σλ + α) is a single share, never above one. Divide each λ by its own λ + α, then add up.
    """
    total = np.sum(eigenvalues)
    return total / (total + alpha)


def alpha_doubled(eigenvalues, alpha):
    """alpha is doubled

    With the penalty ½ α ‖w‖² the curvature that is added to each λ is α, not 2α.
    """
    kept = eigenvalues[eigenvalues > 0]
    return np.sum(kept / (kept + 2 * alpha))


def turned_over(eigenvalues, alpha):
    """the fraction is turned over

    (λ + α)/λ is above one for every eigenvalue. A penalty takes freedom away: λ stands above the bar,
    λ + α below it.
    """
    kept = eigenvalues[eigenvalues > 0]
    return np.sum((kept + alpha) / kept)


def nan_for_nothing(eigenvalues, alpha):
    """0/0 for an eigenvalue of 0 without a penalty

    For λ = 0 and α = 0 the fraction is nan, and so is the sum. A direction without curvature counts 0
    for every α: divide only where λ > 0.
    """
    return np.sum(eigenvalues / (eigenvalues + alpha))


def guarded_by_a_small_number(eigenvalues, alpha):
    """a small number is added below the fraction bar

    It prevents 0/0, but it also acts like a larger α, and is felt wherever λ + α is small. Divide only
    where λ > 0 instead.
    """
    return np.sum(eigenvalues / (eigenvalues + alpha + 1e-8))


def _effective_dof(eigenvalues, alpha):
    kept = eigenvalues[eigenvalues > 0]
    return np.sum(kept / (kept + alpha))


def _where(eigenvalues, alpha):
    total = eigenvalues + alpha
    factors = np.zeros_like(total)
    np.divide(eigenvalues, total, out=factors, where=total > 0)
    return float(factors.sum())


def _one_over(eigenvalues, alpha):
    return sum(1 / (1 + alpha / value) for value in eigenvalues if value != 0)


def _nan_to_zero(eigenvalues, alpha):
    return np.nansum(eigenvalues / (eigenvalues + alpha))


def _minus_what_is_lost(eigenvalues, alpha):
    free = np.count_nonzero(eigenvalues)
    return free - np.sum([alpha / (value + alpha) for value in eigenvalues if value])


def _trace(eigenvalues, alpha):
    kept = np.sort(eigenvalues)[::-1]
    kept = kept[: int((kept > 0).sum())]
    H = np.diag(kept)
    return np.trace(np.linalg.inv(H + alpha * np.eye(len(kept))) @ H)


def _loop(eigenvalues, alpha):
    count = 0.0
    for value in eigenvalues:
        if value > 0:
            count += value / (value + alpha)
    return count


_JITTED = policy.compile_lazily(_loop)


@functools.wraps(_loop)
def _compiled(eigenvalues, alpha):
    return _JITTED(eigenvalues, alpha)


# ------------------------------------------------------------------------------ checks


def _draw(rng, n=3):
    """Draw eigenvalues on both sides of α, none of them close to it, to 0 or to 1."""
    eigenvalues = np.concatenate(
        [rng.uniform(1.5, 9.0, size=n - n // 2), rng.uniform(0.1, 0.3, size=n // 2)]
    )
    return np.round(rng.permutation(eigenvalues), 2), float(np.round(rng.uniform(0.4, 0.8), 2))


def _cases(rng):
    return [_draw(rng, 4), (np.array([3.0, 0.0, 0.5, 0.0]), 0.6), (np.array([2.0, 0.0, 0.5]), 0.0)]


def one_eigenvalue(trial):
    """A single eigenvalue λ counts λ/(λ + α)."""
    rng = trial.rng(1)
    for low, high in ((1.5, 9.0), (0.1, 0.3)):
        value = np.round(rng.uniform(low, high, size=1), 2)
        trial.compare(value, float(np.round(rng.uniform(0.4, 0.8), 2)), when=" for one eigenvalue")


def adds_up(trial):
    """Several eigenvalues add up, each with its own λ/(λ + α)."""
    rng = trial.rng(2)
    for n in (2, 3, 6) + ((1, 40) if trial.hidden else ()):
        trial.compare(*_draw(rng, n), when=f" for {n} eigenvalues")


def zeros_count_nothing(trial):
    """An eigenvalue of 0 counts 0."""
    rng = trial.rng(3)
    eigenvalues, alpha = _draw(rng, 2)
    trial.compare(np.append(eigenvalues, 0.0), alpha, when=" for an eigenvalue of 0")
    trial.compare(np.zeros(2), alpha, when=" for eigenvalues of 0")


def no_penalty(trial):
    """With α = 0 every eigenvalue above 0 counts one, and an eigenvalue of 0 still counts 0."""
    rng = trial.rng(4)
    eigenvalues, _ = _draw(rng, 3)
    trial.compare(eigenvalues, 0.0, when=" for α = 0")
    trial.compare(np.array([1e-4, 0.0, 2.0]), 0.0, when=" for α = 0 and an eigenvalue of 0")


def far_apart(trial):
    """It is right for eigenvalues and α of very different sizes."""
    rng = trial.rng(5)
    eigenvalues = rng.permutation(np.array([1e-5, 1e-2, 1.0, 1e3]))
    alphas = [1e-4, 1e2] + ([1e-8, 1.0, 1e5] if trial.hidden else [])
    for alpha in alphas:
        trial.compare(eigenvalues, alpha, when=f" for α = {alpha:g}")


EFFECTIVE_DOF = exercise(
    "effective_dof",
    "01_regularization",
    title="The effective number of parameters",
    points=4,
    section="sec-effective-dof",
    parameters=("eigenvalues", "alpha"),
    returns=("dof",),
    kinds=("number",),
    reference=_effective_dof,
    cases=_cases,
    properties=(
        form_of("It returns one number.", _draw),
        one_eigenvalue,
        prop(adds_up, after="one_eigenvalue"),
        prop(zeros_count_nothing, after="adds_up"),
        prop(no_penalty, after="zeros_count_nothing"),
        prop(far_apart, after="no_penalty"),
        prop_after(unchanged_of(_draw), "adds_up"),
    ),
    misconceptions=(
        factors_squared,
        eigenvalues_squared,
        both_squared,
        counts_above_alpha,
        counts_nonzero,
        mean_instead_of_sum,
        counts_what_is_lost,
        sums_before_dividing,
        alpha_doubled,
        turned_over,
        nan_for_nothing,
        guarded_by_a_small_number,
    ),
    # A sum of at most 40 shares rounds to 1e-14. But whoever guards 0/0 by adding 1e-12 or less is
    # right as well: the sums λ + α of the checks are at least 1e-5, which makes 1e-7.
    tolerance={"float64": 1e-7},
    correct=(_where, _one_over, _nan_to_zero, _minus_what_is_lost, _trace, _compiled),
)
