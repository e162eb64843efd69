"""What kind of stationary point it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exercise import Failure
from ..rows import exercise, prop, prop_after, unchanged_of
from ..trial import Trial
from . import classify_stationary_point_mistakes as wrong
from .hessians import turned


def _classify_stationary_point(H, tol):
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    return "minimum" if up else "maximum"


# ---------------------------------------------------------------------- other right ways


def _by_extremes(H, tol):
    eigenvalues = np.linalg.eigvalsh(H)
    lowest, highest = eigenvalues[0], eigenvalues[-1]
    zero = tol * max(abs(lowest), abs(highest))
    if lowest < -zero and highest > zero:
        return "saddle"
    if lowest > zero:
        return "minimum"
    return "maximum" if highest < -zero else "undecided"


def _by_signs(H, tol):
    eigenvalues = np.linalg.eigh(H)[0]
    zero = tol * np.linalg.norm(eigenvalues, np.inf)
    signs = {int(np.sign(value)) if abs(value) > zero else 0 for value in eigenvalues}
    if {-1, 1} <= signs:
        return "saddle"
    return (
        {1: "minimum", -1: "maximum"}.get(signs.pop(), "undecided")
        if len(signs) == 1
        else "undecided"
    )


def _by_counts(H, tol):
    values = np.linalg.eigvals(H).real
    zero = tol * np.max(np.abs(values))
    positive, negative = np.sum(values > zero), np.sum(values < -zero)
    if positive and negative:
        return np.str_("saddle")
    kinds = {(len(H), 0): "minimum", (0, len(H)): "maximum"}
    return kinds.get((int(positive), int(negative)), "undecided")


def _in_place(H, tol):
    values = np.linalg.eigvalsh(H.copy())
    largest = np.abs(values).max()
    if largest == 0:
        return "undecided"
    values /= largest
    values[np.abs(values) <= tol] = 0
    if values.min() < 0 < values.max():
        return "saddle"
    if values.min() > 0:
        return "minimum"
    return "maximum" if values.max() < 0 else "undecided"


def _one_by_one(H, tol):
    eigenvalues = list(np.linalg.eigvalsh(H))
    zero = tol * max(abs(value) for value in eigenvalues)
    found = ["up" if v > zero else "down" if v < -zero else "flat" for v in eigenvalues]
    if "up" in found and "down" in found:
        kind = "saddle"
    elif "flat" in found:
        kind = "undecided"
    else:
        kind = "minimum" if "up" in found else "maximum"
    return kind


# ---------------------------------------------------------------------------- the check

_KINDS = ("minimum", "maximum", "saddle", "undecided")


def _hessian(rng: np.random.Generator, *eigenvalues: float) -> Any:
    """Return a symmetric matrix with these eigenvalues, none of them near the tolerance."""
    return turned(rng, eigenvalues)


def _ask(trial: Trial, H: Any, tol: float = 1e-8) -> None:
    """Compare, and show the eigenvalues too: they are what decides."""
    expected, actual = trial.reference(H, tol)[0], trial.call(H, tol)[0]
    if actual == expected:
        return
    shown = [*trial.name_arguments((H, tol)), ("eigenvalues", np.linalg.eigvalsh(H))]
    raise Failure(f'For this H the answer is "{expected}".', shown, expected, actual, "kind")


def form(trial: Trial) -> None:
    """It returns "minimum", "maximum", "saddle" or "undecided"."""
    args = (np.diag([1.0, 2.0]), 1e-8)
    (kind,) = trial.call(*args)
    if kind not in _KINDS:
        raise Failure(
            f"It returned {kind!r}; it must be one of {', '.join(map(repr, _KINDS))}.",
            trial.name_arguments(args),
        )


def extremum(trial: Trial) -> None:
    """Where all eigenvalues are positive, it is a minimum; where all are negative, a maximum."""
    rng = trial.rng(1)
    _ask(trial, np.diag([2.0, 1.0]))
    _ask(trial, np.diag([-1.0, -3.0]))
    for sign in (1.0, -1.0):
        _ask(trial, sign * _hessian(rng, 1.0, 4.0, 2.0))
        _ask(trial, sign * _hessian(rng, 0.1, 9.0))


def saddle(trial: Trial) -> None:
    """Where there are eigenvalues of both signs, it is a saddle."""
    rng = trial.rng(2)
    _ask(trial, np.diag([1.0, -2.0]))
    _ask(trial, np.array([[1.0, 3.0], [3.0, 2.0]]))
    for eigenvalues in ((-1.0, -2.0, 3.0), (1.0, 2.0, -3.0), (-0.1, 2.0, 3.0), (-5.0, -4.0, 0.2)):
        _ask(trial, _hessian(rng, *eigenvalues))


def undecided(trial: Trial) -> None:
    """Where some eigenvalues are zero and all others have one sign, it is undecided."""
    rng = trial.rng(3)
    _ask(trial, np.diag([1.0, 0.0]))
    _ask(trial, np.diag([0.0, -1.0]))
    _ask(trial, np.zeros((2, 2)))
    for eigenvalues in ((0.0, 2.0, 3.0), (-3.0, 0.0, -1.0), (0.0, 0.0, 1.0)):
        _ask(trial, _hessian(rng, *eigenvalues))


def saddle_with_zero(trial: Trial) -> None:
    """With eigenvalues of both signs it is a saddle, even if another one is zero."""
    rng = trial.rng(4)
    _ask(trial, np.diag([1.0, 0.0, -1.0]))
    _ask(trial, _hessian(rng, 0.0, -2.0, 1.0))


def tolerance(trial: Trial) -> None:
    """Eigenvalues up to tol times the largest absolute one count as zero, on either side."""
    rng = trial.rng(5)
    for sign in (1.0, -1.0):  # exactly at the border; these numbers are not rounded anywhere
        _ask(trial, sign * np.diag([0.5, -2.0]), 0.25)
    for tol in (0.01, 1e-4) + ((0.1, 1e-6) if trial.hidden else ()):
        for small in (0.3 * tol, -0.3 * tol, 3.0 * tol, -3.0 * tol):
            _ask(trial, np.diag([2.0, 2.0 * small]), tol)
            _ask(trial, np.diag([2.0 * small, -2.0]), tol)
            _ask(trial, _hessian(rng, 2.0, 1.0, 2.0 * small), tol)
            _ask(trial, _hessian(rng, -2.0, 2.0 * small, -1.0), tol)
            _ask(trial, _hessian(rng, 1.0, -2.0, 2.0 * small), tol)


def any_units(trial: Trial) -> None:
    """The answer does not depend on the units of the loss: H times any positive number gives the same."""
    rng = trial.rng(7)
    for scale in (1e-12, 1e12):
        for eigenvalues in ((1.0, 2.0), (-1.0, -2.0), (1.0, -1.0), (1.0, 0.0), (-1.0, 0.0)):
            _ask(trial, scale * _hessian(rng, *eigenvalues))


def any_size(trial: Trial) -> None:
    """It works for one weight and for several."""
    rng = trial.rng(8)
    for value in (3.0, -0.5, 0.0):
        _ask(trial, np.array([[value]]))
    for n in (4, 5) + ((2, 9) if trial.hidden else ()):
        sizes = rng.uniform(1.0, 4.0, n)
        signs = np.ones(n)
        signs[rng.integers(n)] = -1.0
        for eigenvalues in (sizes, -sizes, signs * sizes, -signs * sizes, (signs + 1) * sizes):
            _ask(trial, _hessian(rng, *eigenvalues))


def _cases(rng: np.random.Generator) -> list[tuple[Any, ...]]:
    spectra = (
        (1.0, 2.0),
        (-1.0, -2.0),
        (1.0, -2.0),
        (-1.0, -2.0, 3.0),
        (1.0, 2.0, -9.0),
        (-1.0, -2.0, -3.0),
        # Small enough to count as zero, but far from rounding, whose sign is chance.
        (1e-5, 1.0, 2.0),
        (-1e-5, -1.0, -2.0),
        (1e-5, 1.0, -2.0),
        (1e-4, 2.0),
        (-1e-4, 2.0),
        (1e-4, -2.0),
        (-1e-4, -2.0),
        (1e-4, 1e-5),
    )
    turned = [(_hessian(rng, *eigenvalues), 1e-3) for eigenvalues in spectra]
    return [*turned, (np.array([[1.0, 3.0], [3.0, 2.0]]), 1e-3), (np.zeros((2, 2)), 1e-3)]


CLASSIFY_STATIONARY_POINT = exercise(
    "classify_stationary_point",
    "03_sgd",
    title="What kind of stationary point",
    points=4,
    section="sec-stationary-points",
    parameters=("H", "tol"),
    returns=("kind",),
    kinds=("text",),
    reference=_classify_stationary_point,
    cases=_cases,
    properties=(
        prop(form, weight=0.0),
        extremum,
        prop(saddle, after="extremum"),
        prop(undecided, after="saddle", weight=2),
        prop(saddle_with_zero, after="undecided"),
        prop(tolerance, after="saddle_with_zero"),
        prop(any_units, after="undecided"),
        prop(any_size, after="undecided"),
        prop_after(unchanged_of(lambda rng: (_hessian(rng, 1.0, 2.0), 1e-8)), "undecided"),
    ),
    misconceptions=(
        wrong.determinant_alone,
        wrong.determinant_and_corner,
        wrong.trace_alone,
        wrong.diagonal_alone,
        wrong.no_tolerance,
        wrong.tolerance_absolute,
        wrong.largest_with_sign,
        wrong.zeros_forgiven,
        wrong.zeros_first,
        wrong.undecided_missing,
        wrong.signs_swapped,
        wrong.any_positive,
        wrong.maximum_forgotten,
    ),
    correct=(_by_extremes, _by_signs, _by_counts, _in_place, _one_by_one),
)
