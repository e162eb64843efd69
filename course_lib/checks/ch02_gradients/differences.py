"""Central differences: right ways to write them, and what the check looks at."""

from __future__ import annotations

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop
from . import differences_mistakes as mistakes
from .losses import cubes, numbers, waves


def _numerical_gradient(f, x, h):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] = x[i] + h
        up = f(moved)
        moved[i] = x[i] - h
        down = f(moved)
        moved[i] = x[i]
        gradient[i] = (up - down) / (2 * h)
    return gradient


def _unit_vectors(f, x, h):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + step) - f(x - step)) / (2 * h) for step in steps]
    return np.array(slopes, dtype=float).reshape(x.shape)


def _flat(f, x, h):
    flat = x.astype(float).ravel()
    gradient = np.empty(flat.size)
    for i in range(flat.size):
        old = flat[i]
        flat[i] = old + h
        up = f(flat.reshape(x.shape))
        flat[i] = old - h
        gradient[i] = (up - f(flat.reshape(x.shape))) / (2.0 * h)
        flat[i] = old
    return gradient.reshape(x.shape)


def _on_x_itself(f, x, h):
    x = np.asarray(x, dtype=float)
    gradient = np.empty_like(x)
    walk = np.nditer(x, flags=["multi_index", "zerosize_ok"], op_flags=[["readwrite"]])
    for _ in walk:
        i = walk.multi_index
        old = x[i].copy()
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        gradient[i] = (up - f(x)) / h / 2
        x[i] = old
    return gradient


def _as_nested_list(f, x, h):
    slopes = np.array(x, dtype=float)
    for i, old in np.ndenumerate(x):
        up, down = np.array(x, dtype=float), np.array(x, dtype=float)
        up[i] = old + h
        down[i] = old - h
        slopes[i] = f(up) / (2 * h) - f(down) / (2 * h)
    return slopes.tolist()


def _restored_copy_rounds(f, x, h):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += h
        gradient[i] += f(moved) * 0.5 / h
        moved[i] -= 2 * h
        gradient[i] -= f(moved) * 0.5 / h
        moved[i] += h
    return gradient


# --------------------------------------------------------------------------- properties

# Numbers that don't come back when 0.1 is added and subtracted.
DRIFTING = np.array([0.41, 0.43, 0.46, -0.42, 0.44, -0.45])


def _cases(rng):
    return [
        (cubes((3,)), numbers(rng, (3,)), 0.25),
        (cubes((6,)), DRIFTING, 0.1),
        (waves((2, 3)), numbers(rng, (2, 3)), 0.1),
        (cubes((3,)), np.array([2, -1, 3]), 0.3),
    ]


def one_coordinate(trial):
    """For a single number it is (f(x + h) − f(x − h)) / 2h."""
    rng = trial.rng(1)
    for h in (0.5, 0.25, 0.1):
        trial.compare(cubes((1,)), numbers(rng, (1,)), h)


def several_coordinates(trial):
    """Each coordinate is moved by itself, while the others stand at x."""
    rng = trial.rng(2)
    for n in (2, 5):
        for make, h in ((cubes, 0.5), (waves, 0.1), (cubes, 0.01)):
            trial.compare(make((n,)), numbers(rng, (n,)), h, when=f" for {n} coordinates")
    if trial.hidden:
        trial.compare(waves((30,)), numbers(rng, (30,)), 0.02, when=" for 30 coordinates")


def zero_coordinate(trial):
    """The step is h for every coordinate, also where x is 0 or large."""
    rng = trial.rng(3)
    trial.compare(waves((2,)), np.array([0.0, 0.5]), 0.2, when=" where x is 0")
    trial.compare(cubes((3,)), 20 * numbers(rng, (3,)), 0.5, when=" where x is large")


def every_shape(trial):
    """x may be a number, a vector or a matrix that is not square."""
    rng = trial.rng(4)
    shapes = [(2, 3), ()] + ([(3, 1, 2), (1, 4), (0,)] if trial.hidden else [])
    for shape in shapes:
        trial.compare(cubes(shape), numbers(rng, shape), 0.25, when=f" for x of shape {shape}")


def whole_numbers(trial):
    """x may hold integers; the slopes are not rounded to integers."""
    rng = trial.rng(5)
    for n in (1, 3):
        x = rng.choice([-1, 1], n) * rng.integers(2, 6, n)
        trial.compare(cubes((n,)), x, 0.3, when=" for an x of integers")
    if trial.hidden:
        trial.compare(waves((2, 2)), rng.integers(-2, 3, (2, 2)), 0.3, when=" for an x of integers")


def evaluations(trial):
    """It evaluates f no more than 2n times for n coordinates."""
    for n in (1, 4):
        x = numbers(trial.rng(7), (n,))
        trial.call(cubes((n,)), x, 0.25)
        if trial.calls["f"] > 2 * n:
            raise Failure(
                f"f was evaluated {trial.calls['f']} times for n = {n}; twice for each coordinate is enough.",
                trial.name_arguments((cubes((n,)), x, 0.25)),
            )


def x_unchanged(trial):
    """x comes back as it was, to the last bit."""
    for h in (0.1, 1e-5):
        args = (cubes((6,)), trial.rng(6).permutation(DRIFTING), h)
        trial.changed.clear()
        trial.call(*args)
        if trial.changed:
            raise Failure(
                "x came back changed, if only in its last digits. Keep the old value and write it "
                "back, or move a copy: np.array(x, dtype=float).",
                trial.name_arguments(args),
            )


NUMERICAL_GRADIENT = exercise(
    "numerical_gradient",
    "02_gradients",
    title="Central differences",
    points=4,
    section="sec-central-differences",
    parameters=("f", "x", "h"),
    returns=("gradient",),
    # Rounding: a value of f is exact to about 8u|f| (u = 1.1e-16), a moved x to u|x|, so a slope to
    # (8u|f| + 2u|x|·slope) / h. With x up to 2, |f| < 150 and h at least 0.01 that is 1.5e-11; with x up
    # to 40, |f| < 2e5, h = 0.5 and slopes above 100 it is 4e-12 of them. The usual 1e-9 holds.
    reference=_numerical_gradient,
    cases=_cases,
    properties=(
        form_of(
            "It returns one array, shaped like x.",
            lambda rng: (cubes((2,)), numbers(rng, (2,)), 0.25),
        ),
        one_coordinate,
        prop(several_coordinates, after="one_coordinate", weight=2),
        prop(zero_coordinate, after="several_coordinates"),
        prop(every_shape, after="several_coordinates"),
        prop(whole_numbers, after="several_coordinates"),
        prop(evaluations, after="several_coordinates"),
        prop(x_unchanged, after="several_coordinates"),
    ),
    misconceptions=(
        mistakes.forward_difference,
        mistakes.backward_difference,
        mistakes.divided_by_h,
        mistakes.brackets_missing,
        mistakes.sign_swapped,
        mistakes.all_at_once,
        mistakes.moves_stay,
        mistakes.put_back_by_adding,
        mistakes.steps_cut_off,
        mistakes.slopes_cut_off,
        mistakes.all_cut_off,
        mistakes.whole_rows,
        mistakes.relative_step,
        mistakes.middle_evaluated,
    ),
    correct=(
        _unit_vectors,
        _flat,
        _on_x_itself,
        _as_nested_list,
        _restored_copy_rounds,
    ),
)
