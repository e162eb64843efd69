"""A large batch in parts, and the mistakes people make in putting it together.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import numbers


def summed(parts, sizes):
    """the parts are added up

    Each part is a mean already, so their sum is as many times too large as there are parts, and the
    step with it. Weigh each part by its share of the examples.
    """
    return sum(parts)


def plain_mean(parts, sizes):
    """all parts count the same

    This is right only if all parts have the same size. The last part of an epoch is often smaller, and
    its few examples would weigh more than the others. Weigh each part by its number of examples.
    """
    return sum(parts) / len(parts)


def not_divided(parts, sizes):
    """the sum is not divided by the number of examples

    size * part is the sum over the examples of a part. Adding these gives the sum over all examples;
    the mean is that, divided by the sum of the sizes.
    """
    return sum(size * part for size, part in zip(sizes, parts, strict=True))


def divided_by_parts(parts, sizes):
    """the sum is divided by the number of parts

    size * part is the sum over the examples of a part. Divide the total by the number of examples, the
    sum of the sizes, not by the number of parts.
    """
    return sum(size * part for size, part in zip(sizes, parts, strict=True)) / len(parts)


def inverse_weights(parts, sizes):
    """small parts weigh more

    A part's weight is its number of examples, not one over it: a mean over many examples stands for
    many.
    """
    weights = [1 / size for size in sizes]
    return sum(weight * part for weight, part in zip(weights, parts, strict=True)) / sum(weights)


def divided_twice(parts, sizes):
    """each part is divided by its size

    The parts are means already: they have been divided. Multiply each by its size to get its sum back,
    and divide the total by the number of all examples.
    """
    return sum(part / size for size, part in zip(sizes, parts, strict=True))


def sums_expected(parts, sizes):
    """the parts are taken for sums

    Dividing by the number of all examples would be right if each part were a sum. It is a mean:
    multiply it by its size first.
    """
    return sum(parts) / sum(sizes)


def last_part(parts, sizes):
    """only the last part is used

    The variable is overwritten in each round of the loop. Add to it instead.
    """
    total = 0.0
    for size, part in zip(sizes, parts, strict=True):
        total = size * part
    return total / size


def largest_size(parts, sizes):
    """the weights are relative to the largest part

    They must add up to one: divide by the number of all examples, the sum of the sizes.
    """
    return sum(size / max(sizes) * part for size, part in zip(sizes, parts, strict=True))


def _accumulate_gradients(parts, sizes):
    total = np.zeros_like(parts[0])
    for part, size in zip(parts, sizes, strict=True):
        total = total + size * part
    return total / sum(sizes)


def _average(parts, sizes):
    return np.average(parts, axis=0, weights=sizes)


def _tensordot(parts, sizes):
    weights = np.array(sizes) / np.sum(sizes)
    return np.tensordot(weights, np.stack(parts), axes=1)


def _running_mean(parts, sizes):
    mean, seen = np.array(parts[0]), sizes[0]
    for k in range(1, len(parts)):
        seen += sizes[k]
        mean += sizes[k] / seen * (parts[k] - mean)
    return mean


def _one_line(parts, sizes):
    return sum(part * (size / sum(sizes)) for part, size in zip(parts, sizes, strict=True))


def _by_example(parts, sizes):
    rows = [part for part, size in zip(parts, sizes, strict=True) for _ in range(size)]
    return np.mean(rows, axis=0).tolist()


def _arguments(rng, count=3, shape=(2,), dtype=np.float64):
    # All of one sign in each place, so that nothing cancels; sizes that differ by far.
    sign = numbers(rng, shape) > 0
    parts = [
        np.asarray(np.where(sign, 1, -1) * np.abs(numbers(rng, shape)), dtype=dtype)
        for _ in range(count)
    ]
    sizes = [int(size) for size in np.array([2, 5, 11, 3, 24, 7, 1])[rng.permutation(7)]]
    return parts, sizes[:count]


def equal_sizes(trial):
    """For parts of one size it is their mean."""
    rng = trial.rng(1)
    for count in (1, 2, 3):
        parts, _ = _arguments(rng, count)
        trial.compare(
            parts, [4] * count, when=f" for {count} part{'s' * (count > 1)} of 4 examples"
        )


def unequal_sizes(trial):
    """Each example counts the same, in whatever part it is."""
    rng = trial.rng(2)
    trial.compare([np.array([1.0]), np.array([4.0])], [2, 1])
    for count in (2, 3, 4):
        trial.compare(*_arguments(rng, count))


def whole_batch(trial):
    """Cut into parts and put together again, a batch has the gradient it had: the same to rounding."""
    rng = trial.rng(3)
    sizes = [5, 3, 1]
    # One gradient a row; of one sign, so that the mean does not cancel.
    rows = np.abs(numbers(rng, (9, 2)))
    parts = [part.mean(axis=0) for part in np.split(rows, np.cumsum(sizes)[:-1])]
    (found,) = trial.call(parts, sizes)
    trial.expect(found, rows.mean(axis=0), "g", (parts, sizes), " for a batch of 9")


def every_shape(trial):
    """It works for gradients of every shape."""
    rng = trial.rng(4)
    shapes = [(), (2, 3), (1,)] + [(3, 1, 2), (40,), (0,)] * trial.hidden
    for shape in shapes:
        trial.compare(*_arguments(rng, 3, shape), when=f" for parts of shape {shape}")
    if trial.hidden:
        trial.compare(*_arguments(rng, 7, (2, 2)), when=" for 7 parts")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), dtype=np.float32), when=" for float32 input")


def _cases(rng):
    parts, _ = _arguments(rng, 3)
    return [_arguments(rng, 3), _arguments(rng, 2, (2, 2)), (parts, [4, 4, 4])]


ACCUMULATE_GRADIENTS = exercise(
    "accumulate_gradients",
    "07_ghost_batch",
    title="A large batch in parts",
    points=2,
    section="sec-accumulation",
    parameters=("parts", "sizes"),
    returns=("g",),
    reference=_accumulate_gradients,
    cases=_cases,
    properties=(
        form_of("It returns one array, shaped like each part.", _arguments),
        prop(equal_sizes),
        prop(unequal_sizes, after="equal_sizes"),
        prop(whole_batch, after="unequal_sizes"),
        prop(every_shape, after="unequal_sizes"),
        prop_after(unchanged_of(_arguments), "unequal_sizes"),
        prop(single_precision, after="unequal_sizes"),
    ),
    misconceptions=(
        summed,
        plain_mean,
        not_divided,
        divided_by_parts,
        inverse_weights,
        divided_twice,
        sums_expected,
        last_part,
        largest_size,
    ),
    correct=(_average, _tensordot, _running_mean, _one_line, _by_example),
)
