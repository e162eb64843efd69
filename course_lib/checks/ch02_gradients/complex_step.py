"""The complex step."""

from __future__ import annotations

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from . import complex_step_mistakes as mistakes
from .losses import cubes, numbers, waves

# --------------------------------------------------------------------------- right ways


def _complex_step(f, x, h):
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = np.array(x, dtype=complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def _unit_vectors(f, x, h):
    steps = 1j * h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.imag(f(x + step)) / h for step in steps], dtype=float).reshape(x.shape)


def _flat(f, x, h):
    flat = x.ravel() + 0j
    slopes = np.empty(flat.size)
    for i in range(flat.size):
        flat[i] = complex(flat[i].real, h)
        slopes[i] = f(flat.reshape(x.shape)).imag
        flat[i] = flat[i].real
    return (slopes / h).reshape(x.shape)


def _put_back(f, x, h):
    moved = np.array(x, dtype=np.complex128)
    slopes = np.zeros(x.shape)
    for i, old in np.ndenumerate(x):
        moved[i] = old + h * 1j
        slopes[i] = (f(moved) / h).imag
        moved[i] = old
    return slopes


def _as_nested_list(f, x, h):
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape, dtype=complex)
        step[i] = h * 1j
        slopes[i] = np.divide(np.imag(f(step + x)), h)
    return slopes.tolist()


def _turned(f, x, h):
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = np.zeros(x.shape, dtype=complex)
        moved.real = x
        moved.imag[i] = h
        slopes[i] = (-1j * f(moved)).real / h
    return slopes


# --------------------------------------------------------------------------- properties


def _cases(rng):
    return [
        (cubes((3,)), numbers(rng, (3,)), 0.5),
        (waves((3,)), numbers(rng, (3,)), 1e-20),
        (cubes((2, 3)), numbers(rng, (2, 3)), 0.25),
    ]


def one_coordinate(trial):
    """For a single number it is the imaginary part of f(x + ih), divided by h."""
    rng = trial.rng(1)
    for h in (0.5, 0.25, 0.1):
        trial.compare(cubes((1,)), numbers(rng, (1,)), h)


def several_coordinates(trial):
    """Each coordinate is moved by itself, while the others stand at x."""
    rng = trial.rng(2)
    for n in (2, 5):
        for make, h in ((cubes, 0.5), (waves, 0.1)):
            trial.compare(make((n,)), numbers(rng, (n,)), h, when=f" for {n} coordinates")
    if trial.hidden:
        trial.compare(waves((30,)), numbers(rng, (30,)), 0.02, when=" for 30 coordinates")


def tiny_steps(trial):
    """With h = 1e-20 it is the gradient to the last digits."""
    rng = trial.rng(3)
    for h in (1e-20, 1e-8) + ((1e-100, 1e-150) if trial.hidden else ()):
        for make in (cubes, waves):
            trial.compare(make((3,)), numbers(rng, (3,)), h, when=f" for h = {h:g}")


def every_shape(trial):
    """x may be a number, a vector or a matrix that is not square."""
    rng = trial.rng(4)
    shapes = [(2, 3), ()] + ([(3, 1, 2), (1, 4), (0,)] if trial.hidden else [])
    for shape in shapes:
        trial.compare(cubes(shape), numbers(rng, shape), 0.25, when=f" for x of shape {shape}")


def evaluations(trial):
    """It evaluates f no more than n times for n coordinates."""
    for n in (1, 4):
        args = (cubes((n,)), numbers(trial.rng(7), (n,)), 0.25)
        trial.call(*args)
        if trial.calls["f"] > n:
            raise Failure(
                f"f was evaluated {trial.calls['f']} times for n = {n}; once for each coordinate is enough.",
                trial.name_arguments(args),
            )


COMPLEX_STEP = exercise(
    "complex_step",
    "02_gradients",
    title="The complex step",
    points=4,
    section="sec-complex-step",
    parameters=("f", "x", "h"),
    returns=("gradient",),
    # Rounding: nothing is subtracted but within f, whose imaginary part is a sum of at most 30 terms,
    # each of a few roundings u = 1.1e-16. They cancel to no less than 1e-3 of their size: 30 · 8u / 1e-3 =
    # 3e-11. The usual 1e-9 holds.
    reference=_complex_step,
    cases=_cases,
    properties=(
        form_of(
            "It returns one array of real numbers, shaped like x.",
            lambda rng: (cubes((2,)), numbers(rng, (2,)), 0.25),
        ),
        one_coordinate,
        prop(several_coordinates, after="one_coordinate", weight=2),
        prop(tiny_steps, after="several_coordinates"),
        prop(every_shape, after="several_coordinates"),
        prop(evaluations, after="several_coordinates"),
        prop_after(
            unchanged_of(lambda rng: (cubes((2,)), numbers(rng, (2,)), 0.25)), "several_coordinates"
        ),
    ),
    misconceptions=(
        mistakes.real_part_taken,
        mistakes.absolute_value_taken,
        mistakes.not_divided,
        mistakes.divided_by_2h,
        mistakes.step_is_real,
        mistakes.real_difference,
        mistakes.sign_swapped,
        mistakes.all_at_once,
        mistakes.moves_stay,
        mistakes.complex_slopes,
        mistakes.two_points,
        mistakes.whole_rows,
    ),
    correct=(_unit_vectors, _flat, _put_back, _as_nested_list, _turned),
)
