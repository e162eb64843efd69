"""Newton's step with a damped Hessian."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..._validate import Array
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..trial import Trial
from . import hessians as draw
from . import newton_step_mistakes as wrong


def _newton_step(g, H, floor):
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


# ---------------------------------------------------------------------- other right ways


def _by_eigenvectors(g, H, floor):
    curvatures, axes = np.linalg.eigh(H)
    largest = max(abs(curvatures[0]), abs(curvatures[-1]))
    shift = max(floor * largest - curvatures[0], 0)
    return -axes @ ((axes.T @ g) / (curvatures + shift))


def _only_if_needed(g, H, floor):
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.linalg.norm(H, 2)
    if eigenvalues.min() >= lowest:
        return -np.linalg.solve(H, g)
    damped = H + np.diag(np.full(len(g), lowest - eigenvalues.min()))
    return -np.linalg.solve(damped, g)


def _in_place(g, H, floor):
    sizes = np.linalg.eigvalsh(H)
    damped = H.copy()
    damped[np.diag_indices_from(damped)] += max(0, floor * max(abs(sizes)) - min(sizes))
    return np.linalg.solve(damped, np.negative(g)[:, np.newaxis])[:, 0]


def _by_cholesky(g, H, floor):
    eigenvalues = np.linalg.eigvalsh(H)
    shift = max(0.0, floor * np.max(np.abs(eigenvalues)) - eigenvalues[0])
    L = np.linalg.cholesky(H + shift * np.identity(len(g)))
    half, step = np.zeros(len(g)), np.zeros(len(g))
    for i in range(len(g)):
        half[i] = (-g[i] - L[i, :i] @ half[:i]) / L[i, i]
    for i in reversed(range(len(g))):
        step[i] = (half[i] - L[i + 1 :, i] @ step[i + 1 :]) / L[i, i]
    return step


def _by_elimination(g, H, floor):
    eigenvalues = np.linalg.eigvals(H).real
    shift = max(0.0, floor * abs(eigenvalues).max() - eigenvalues.min())
    n = len(g)
    rows = [
        [float(H[i, j]) + shift * (i == j) for j in range(n)] + [-float(g[i])] for i in range(n)
    ]
    for k in range(n):
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    step = [0.0] * n
    for i in range(n - 1, -1, -1):
        step[i] = (rows[i][n] - sum(rows[i][j] * step[j] for j in range(i + 1, n))) / rows[i][i]
    return step


def _least_squares(g, H, floor):
    eigenvalues = np.linalg.eigvalsh(H)
    shift = max(0.0, floor * np.abs(eigenvalues).max() - eigenvalues[0])
    return np.linalg.lstsq(H + shift * np.eye(len(g)), -g, rcond=None)[0]


# ---------------------------------------------------------------------------- the check


def _small(rng: np.random.Generator) -> tuple[Any, ...]:
    return draw.saddle(rng, 2)


def one_weight(trial: Trial) -> None:
    """For one weight with a positive curvature, the step is −g / H."""
    rng = trial.rng(1)
    trial.compare(draw.gradient(rng, 1), np.array([[round(rng.uniform(2.0, 5.0), 1)]]), 0.1)


def in_a_bowl(trial: Trial) -> None:
    """Where no curvature is below floor · max|λ|, it solves H · step = −g."""
    rng = trial.rng(2)
    trial.compare(draw.gradient(rng, 2), np.diag([2.0, 5.0]), 0.1, when=" for a diagonal H")
    for n in (2, 3) + ((8,) if trial.hidden else ()):
        trial.compare(*draw.bowl(rng, n))
    g, H, _ = draw.bowl(rng, 2)
    trial.compare(g, H, 1e-6)


def at_a_saddle(trial: Trial) -> None:
    """Where H has a negative eigenvalue, its diagonal is raised until the smallest is floor · max|λ|."""
    rng = trial.rng(3)
    trial.compare(draw.gradient(rng, 2), np.diag([2.0, -1.0]), 0.1, when=" for a diagonal H")
    trial.compare(*draw.saddle(rng, 2), when=" with one negative eigenvalue")
    trial.compare(*draw.saddle(rng, 3, down=2), when=" with two negative eigenvalues")
    if trial.hidden:
        trial.compare(*draw.saddle(rng, 8, down=4), when=" with four negative eigenvalues")


def in_a_flat_valley(trial: Trial) -> None:
    """An eigenvalue that is positive, but smaller than that, is raised to it as well."""
    rng = trial.rng(4)
    for n in (2, 3) + ((7,) if trial.hidden else ()):
        trial.compare(*draw.flat(rng, n), when=" with one small eigenvalue")


def on_a_hill(trial: Trial) -> None:
    """max|λ| is the largest absolute value, even where the most negative eigenvalue has it."""
    rng = trial.rng(5)
    for n in (2, 3) + ((6,) if trial.hidden else ()):
        trial.compare(*draw.hill(rng, n), when=" where the largest curvature is negative")
    trial.compare(draw.gradient(rng, 1), np.array([[-2.0]]), 0.25, when=" on top of a hill")


def any_units(trial: Trial) -> None:
    """The step does not depend on the units of the loss: g and H times 1000 give the same step."""
    rng = trial.rng(7)
    for scale in (1e3, 1e-3) + ((1e9, 1e-9) if trial.hidden else ()):
        for g, H, floor in (draw.bowl(rng, 2), draw.saddle(rng, 3)):
            trial.compare(scale * g, scale * H, floor, when=f" for a loss times {scale:g}")


def downhill(trial: Trial) -> None:
    """Every step leads downhill: g · step is negative."""
    rng = trial.rng(8)
    for make in (draw.bowl, draw.saddle, draw.flat, draw.hill):
        args = make(rng, 3)
        if not float(args[0] @ trial.call(*args)[0]) < 0:
            raise Failure("This step leads uphill.", trial.name_arguments(args))


def _steep_and_flat(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw equations that are badly conditioned, 1e10, but have a solution of usual size.

    Every good way to solve them leaves H · step + g at about 1e-16 of the terms. With the inverse
    it is some 1e-8: the condition number times 1e-16, as far as it is felt.
    """
    H = draw.turned(rng, np.logspace(0.0, -10.0, 6))
    return -H @ draw.gradient(rng, 6), H, 0.0


def _residual(trial: Trial, args: tuple[Any, ...]) -> float:
    """Return the largest entry of H · step + g, as a share of what is added up in it."""
    (step,) = trial.call(*args)
    g, H, _ = args
    terms = np.abs(H) @ np.abs(step) + np.abs(g)
    return float(np.max(np.abs(H @ step + g)) / np.max(terms))


def solved(trial: Trial) -> None:
    """The equations are solved, without the inverse: H · step + g is zero to rounding."""
    args = _steep_and_flat(trial.rng(9))
    residual = _residual(trial, args)
    if not residual <= 1e-12:
        raise Failure(
            f"With an ill-conditioned H and floor 0, H @ step + g is not zero, but {residual:.1g} of "
            "what is added up in it.",
            trial.name_arguments(args),
        )


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    return [
        draw.bowl(rng, 3),
        draw.saddle(rng, 3, down=1),
        draw.saddle(rng, 3, down=2),
        draw.flat(rng, 3),
        draw.hill(rng, 3),
        (np.array([1.0, -2.0]), np.diag([0.2, 0.5]), 0.1),
    ]


def _fingerprint(trial: Trial, rng: np.random.Generator) -> list[Array]:
    """Return the steps, and whether the ill-conditioned equations are solved: more is rounding."""
    parts = [part for args in _cases(rng) for part in trial.observe(*args)]
    try:
        well = _residual(trial, _steep_and_flat(rng)) <= 1e-12
    except Failure:
        well = False
    return [*parts, np.array(float(well))]


_ROW = exercise(
    "newton_step",
    "03_sgd",
    title="Newton's step",
    points=6,
    section="sec-newton",
    parameters=("g", "H", "floor"),
    returns=("step",),
    reference=_newton_step,
    cases=_cases,
    properties=(
        form_of("It returns step, shaped like g.", _small),
        one_weight,
        prop(in_a_bowl, after="one_weight"),
        prop(at_a_saddle, after="in_a_bowl", weight=2.0),
        prop(in_a_flat_valley, after="at_a_saddle"),
        prop(on_a_hill, after="at_a_saddle"),
        prop(any_units, after="at_a_saddle"),
        prop(downhill, after="at_a_saddle"),
        prop(solved, after="at_a_saddle"),
        prop_after(unchanged_of(_small), "at_a_saddle"),
    ),
    misconceptions=(
        wrong.uphill,
        wrong.explicit_inverse,
        wrong.never_damped,
        wrong.damped_always,
        wrong.floor_added_always,
        wrong.smallest_left_out,
        wrong.only_negative_damped,
        wrong.determinant_asked,
        wrong.largest_with_sign,
        wrong.norm_as_largest,
        wrong.entry_as_largest,
        wrong.floor_absolute,
        wrong.eigenvalues_turned,
        wrong.eigenvalues_cut_off,
        wrong.shift_on_all_entries,
        wrong.shift_subtracted,
        wrong.diagonal_only,
        wrong.multiplied_by_the_hessian,
    ),
    correct=(
        _by_eigenvectors,
        _only_if_needed,
        _in_place,
        _by_cholesky,
        _by_elimination,
        _least_squares,
    ),
)

NEWTON_STEP = dataclasses.replace(_ROW, fingerprint=_fingerprint)
