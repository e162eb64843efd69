"""The relative error, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .losses import numbers


def zero_by_zero(a, b):
    """where a and b are both 0, it divides 0 by 0

    The result there is nan, and nan spreads: one of them makes every mean and maximum nan. Two zeros
    agree, so the error is 0. Divide by 1 where both are 0.
    """
    return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


def signed(a, b):
    """the difference keeps its sign

    An error of -0.3 would pass any test that asks for less than 1e-6. Take the absolute value of
    a - b.
    """
    size = np.maximum(np.abs(a), np.abs(b))
    return (a - b) / np.where(size > 0, size, 1.0)


def one_number(a, b):
    """it is one number for the whole array, made of norms

    A norm hides a wrong entry among many right ones. Compare element by element: the result has the
    shape of a and b.
    """
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return np.linalg.norm(a - b) / (size if size > 0 else 1.0)


def largest_only(a, b):
    """only the largest error is returned

    The largest error says that something is wrong, not where. Return all of them, in the shape of a
    and b.
    """
    size = np.maximum(np.abs(a), np.abs(b))
    return np.max(np.abs(a - b) / np.where(size > 0, size, 1.0), initial=0.0)


def shared_size(a, b):
    """every difference is divided by the same size

    The largest number of the whole array sets the scale for all, and a small entry that is wrong
    looks right beside it. Each element has a size of its own: np.maximum(np.abs(a), np.abs(b)).
    """
    size = max(np.max(np.abs(a), initial=0.0), np.max(np.abs(b), initial=0.0))
    return np.abs(a - b) / (size if size > 0 else 1.0)


def divided_by_sum(a, b):
    """it divides by |a| + |b|

    This is a relative error too, up to 2 times smaller. This exercise asks for the larger of the two
    in the denominator: np.maximum(np.abs(a), np.abs(b)).
    """
    size = np.abs(a) + np.abs(b)
    return np.abs(a - b) / np.where(size > 0, size, 1.0)


def divided_by_b(a, b):
    """it divides by |b| alone

    Where b is 0 and a is not, this divides by 0; and a and b can't be exchanged. Divide by the larger
    of the two: np.maximum(np.abs(a), np.abs(b)).
    """
    return np.abs(a - b) / np.where(b != 0, np.abs(b), np.where(a != 0, 0.0, 1.0))


def divided_by_a(a, b):
    """it divides by |a| alone

    Where a is 0 and b is not, this divides by 0; and a and b can't be exchanged. Divide by the larger
    of the two: np.maximum(np.abs(a), np.abs(b)).
    """
    return np.abs(a - b) / np.where(a != 0, np.abs(a), np.where(b != 0, 0.0, 1.0))


def smaller_of_the_two(a, b):
    """it divides by the smaller of the two

    Where one of them is 0 this is infinite. Divide by the larger one: np.maximum, not np.minimum.
    """
    size = np.minimum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where((a == 0) & (b == 0), 1.0, size)


def larger_not_by_size(a, b):
    """the sizes are compared with their signs

    np.maximum(a, b) of -3 and -2 is -2. Take the absolute values first: np.maximum(np.abs(a),
    np.abs(b)).
    """
    size = np.abs(np.maximum(a, b))
    return np.abs(a - b) / np.where((a == 0) & (b == 0), 1.0, size)


def sizes_subtracted(a, b):
    """the absolute values are subtracted

    |a| - |b| is 0 for 3 and -3, so a gradient with the wrong sign would pass. Subtract first, then
    take the absolute value: np.abs(a - b).
    """
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(np.abs(a) - np.abs(b)) / np.where(size > 0, size, 1.0)


def floor_of_1e_8(a, b):
    """the denominator is kept above 1e-8

    That avoids 0 / 0, but it also makes any two numbers far below 1e-8 look equal, and gradients can
    be that small. Divide by 1 only where both are exactly 0.
    """
    return np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b)))


def small_number_added(a, b):
    """a small number is added to the denominator

    It avoids 0 / 0, but for a and b of its own size the error comes out too small. Divide by 1 only
    where both are exactly 0, and by the larger size elsewhere.
    """
    return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-12)


# --------------------------------------------------------------------------- right ways


def _relative_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size > 0, size, 1.0)


def _masked(a, b):
    error = np.zeros(np.shape(a))
    size = np.maximum(np.abs(a), np.abs(b))
    np.divide(np.abs(b - a), size, out=error, where=size != 0)
    return error


def _repaired(a, b):
    size = np.stack([np.abs(a), np.abs(b)]).max(axis=0)
    return np.nan_to_num(np.abs(a - b) / size, nan=0.0)


def _smallest_floor(a, b):
    return np.abs(a / 1 - b) / np.fmax(np.fmax(abs(a), abs(b)), np.finfo(float).tiny)


def _as_nested_list(a, b):
    error = np.zeros(np.shape(a))
    for i in np.ndindex(error.shape):
        if a[i] != b[i]:
            error[i] = abs(a[i] - b[i]) / max(abs(a[i]), abs(b[i]))
    return error.tolist()


def _in_place(a, b):
    error = a.copy()
    error -= b
    np.abs(error, out=error)
    size = np.array(np.abs(a))
    np.maximum(size, np.abs(b), out=size)
    size[size == 0] = 1.0
    error /= size
    return error


def _loop(a, b):
    error = np.zeros_like(a)
    for i in range(a.size):
        size = max(abs(a[i]), abs(b[i]))
        if size > 0:
            error[i] = abs(a[i] - b[i]) / size
    return (error,)


# --------------------------------------------------------------------------- properties


def _pair(rng, shape):
    """Two arrays that differ by a few per cent up to all."""
    a = numbers(rng, shape)
    return a, np.asarray(np.round(a * rng.uniform(0.2, 0.9, shape), 3))


def _cases(rng):
    a, b = _pair(rng, (4,))
    return [
        (a, b),
        (np.array([2.0, -1.0, -3.0, 1.5]), np.array([1.0, -4.0, 3.0, -0.5])),
        (np.array([0.0, 0.0, 2.0, 1.0]), np.array([0.0, 3.0, 0.0, 1.0])),
        (np.array([4e-12, -1e-9]), np.array([1e-12, -4e-9])),
    ]


def elementwise(trial):
    """Each element is |a − b| / max(|a|, |b|)."""
    rng = trial.rng(1)
    for n in (1, 3):
        a, b = _pair(rng, (n,))
        trial.compare(a, b, when=" where a is the larger one")
        trial.compare(b, a, when=" where b is the larger one")
    if trial.hidden:
        trial.compare(numbers(rng, (200,)), numbers(rng, (200,)), when=" for 200 numbers")


def signs(trial):
    """Two numbers of opposite sign are far apart: 2 for a and −a."""
    rng = trial.rng(2)
    a, b = _pair(rng, (1,))
    for first, second in ((a, -a), (-a, a), (a, -b), (-b, a), (-np.abs(a), -np.abs(b))):
        trial.compare(first, second, when=" for these signs")


def zeros(trial):
    """It is 0 where both are 0, and 1 where one of them is."""
    a = numbers(trial.rng(3), (1,))
    none = np.zeros(1)
    for first, second in ((none, none), (a, none), (none, a), (a, a)):
        trial.compare(first, second)
    together = np.concatenate([none, a, none]), np.concatenate([none, none, a])
    trial.compare(*together, when=" for an array that holds zeros")
    trial.compare(-none, none, when=" for −0 and 0")


def every_size(trial):
    """It is right for tiny and for huge numbers, beside others and alone."""
    rng = trial.rng(4)
    powers = [1e-12, 1e-6, 1e9] + ([1e-30, 1e-200, 1e100] if trial.hidden else [])
    for power in powers:
        a, b = _pair(rng, (2,))
        trial.compare(power * a, power * b, when=f" for numbers around {power:g}")
    a, b = _pair(rng, (3,))
    scale = np.array([1e-9, 1.0, 1e6])
    trial.compare(scale * a, scale * b, when=" for numbers of different sizes")


def every_shape(trial):
    """a and b may be single numbers, vectors or matrices that are not square."""
    rng = trial.rng(5)
    shapes = [(2, 3), ()] + ([(3, 1, 2), (1, 4), (0,)] if trial.hidden else [])
    for shape in shapes:
        trial.compare(*_pair(rng, shape), when=f" for shape {shape}")


RELATIVE_ERROR = exercise(
    "relative_error",
    "02_gradients",
    title="Relative error",
    points=4,
    section="sec-gradient-check",
    parameters=("a", "b"),
    returns=("error",),
    # Four operations, a rounding u = 1.1e-16 each, and a − b cancels to no less than a tenth of a: below
    # 40u. The usual 1e-9 is far above that.
    reference=_relative_error,
    cases=_cases,
    properties=(
        form_of("It returns one array, shaped like a and b.", lambda rng: _pair(rng, (2,))),
        prop(elementwise, after="form", weight=2),
        prop(signs, after="elementwise"),
        prop(zeros, after="elementwise", weight=2),
        prop(every_size, after="elementwise"),
        prop(every_shape, after="elementwise"),
        prop_after(unchanged_of(lambda rng: _pair(rng, (2,))), "elementwise"),
    ),
    misconceptions=(
        zero_by_zero,
        signed,
        one_number,
        largest_only,
        shared_size,
        divided_by_sum,
        divided_by_b,
        divided_by_a,
        smaller_of_the_two,
        larger_not_by_size,
        sizes_subtracted,
        floor_of_1e_8,
        small_number_added,
    ),
    correct=(
        _masked,
        _repaired,
        _smallest_floor,
        _as_nested_list,
        _in_place,
        variants.compiled(_loop),
    ),
)
