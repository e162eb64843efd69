"""The complex step, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .losses import cubes, numbers, waves


def real_part_taken(f, x, h):
    """the real part is taken

    The real part of f(x + ih) is about f(x) itself. The slope is in the imaginary part: value.imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).real / h
    return slopes


def absolute_value_taken(f, x, h):
    """the absolute value is taken

    abs() of a complex number mixes its two parts, and for a small h it is about f(x). Only the
    imaginary part holds the slope: value.imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = abs(f(moved)) / h
    return slopes


def not_divided(f, x, h):
    """the imaginary part is not divided by h

    The imaginary part of f(x + ih) is h times the slope. Divide it by h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag
    return slopes


def divided_by_2h(f, x, h):
    """the imaginary part is divided by 2h

    2h belongs to central differences, where the two points are 2h apart. Here there is one point, a
    step h away: divide by h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / (2 * h)
    return slopes


def step_is_real(f, x, h):
    """the point that f is given has no imaginary part

    Then neither has f, and every slope is 0. Either the step lacks its 1j, or it is added to an array
    of floats, which drops it. Make the array complex first, moved = x.astype(complex), and add
    1j * h to one entry.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] += h
        slopes[i] = np.imag(f(moved)) / h
    return slopes


def real_difference(f, x, h):
    """it is a difference along the real axis

    f(x + h) - f(x) subtracts two nearly equal numbers, and for a tiny h nothing is left of them. Step
    along the imaginary axis, x + 1j * h, and subtract nothing.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[i] += h
        slopes[i] = (f(moved) - f(x)) / h
    return slopes


def sign_swapped(f, x, h):
    """the sign is wrong

    With x - ih the imaginary part is -h times the slope. Step upwards: x + 1j * h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] -= 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def all_at_once(f, x, h):
    """all coordinates are moved at the same time

    x + 1j * h moves every coordinate, and what comes out is the sum of all slopes. Move one
    coordinate and hold the others still.
    """
    return np.full(x.shape, f(x + 1j * h).imag / h)


def moves_stay(f, x, h):
    """a coordinate is not put back before the next one is moved

    The imaginary parts pile up, and each slope contains those before it. Begin with a fresh copy for
    each coordinate, or write the old value back.
    """
    moved = x.astype(complex)
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def complex_slopes(f, x, h):
    """the slopes are returned as complex numbers

    The result must hold real numbers: make room for floats with np.zeros(x.shape), and store
    value.imag / h.
    """
    slopes = np.zeros(x.shape, dtype=complex)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


def two_points(f, x, h):
    """f is evaluated at two points for each coordinate

    f(x - ih) is the mirror image of f(x + ih), and f(x) is real: neither tells anything new, and
    nothing needs to be subtracted. One evaluation is enough: f(x + ih).imag / h.
    """
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(complex), x.astype(complex)
        up[i] += 1j * h
        down[i] -= 1j * h
        slopes[i] = (f(up) - f(down)).imag / (2 * h)
    return slopes


def whole_rows(f, x, h):
    """in a matrix, whole rows are moved

    for i in range(len(x)) counts rows, and moved[i] is all of row i. Visit single numbers, in any
    shape, with for i in np.ndindex(x.shape).
    """
    slopes = np.zeros(x.shape)
    for i in range(len(x)):
        moved = x.astype(complex)
        moved[i] += 1j * h
        slopes[i] = f(moved).imag / h
    return slopes


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
        real_part_taken,
        absolute_value_taken,
        not_divided,
        divided_by_2h,
        step_is_real,
        real_difference,
        sign_swapped,
        all_at_once,
        moves_stay,
        complex_slopes,
        two_points,
        whole_rows,
    ),
    correct=(_unit_vectors, _flat, _put_back, _as_nested_list, _turned),
)
