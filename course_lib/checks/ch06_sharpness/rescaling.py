"""Other weights of the same network, and the mistakes people make in finding them.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..values import show
from .draws import numbers


def second_layer_untouched(W1, W2, c):
    """the second layer is left as it is

    Then every hidden unit speaks c times as loudly, and the outputs change. The second layer takes the
    factor back: its row for each unit is divided by that unit's c.
    """
    return W1 * c, W2.copy()


def second_layer_multiplied(W1, W2, c):
    """the second layer is multiplied, not divided

    What the first layer gains the second one has to lose: divide each row of W2 by its unit's factor.
    """
    return W1 * c, W2 * c[:, np.newaxis]


def layers_swapped(W1, W2, c):
    """c acts on the second layer and 1 / c on the first

    This keeps the outputs too, but it is the other way round from what is asked: W1 is multiplied by
    c, W2 is divided by it.
    """
    return W1 / c, W2 * c[:, np.newaxis]


def rows_of_first(W1, W2, c):
    """the rows of W1 are multiplied

    The rows of W1 belong to the inputs, its columns to the hidden units. Multiply each column by its
    unit's factor: W1 * c.
    """
    return W1 * c[: len(W1), np.newaxis], W2 / c[:, np.newaxis]


def columns_of_second(W1, W2, c):
    """the columns of W2 are divided

    The columns of W2 belong to the outputs, its rows to the hidden units. Divide each row by its
    unit's factor: W2 / c[:, np.newaxis].
    """
    return W1 * c, W2 / c[: W2.shape[1]]


def both_divided(W1, W2, c):
    """both layers are divided

    The two factors must cancel: multiply the first layer, divide the second.
    """
    return W1 / c, W2 / c[:, np.newaxis]


def one_factor_for_all(W1, W2, c):
    """all units get the factor of the first

    c has one factor for each hidden unit. Use the whole array, one factor a column of W1 and a row of
    W2.
    """
    return W1 * c[0], W2 / c[0]


def mean_factor(W1, W2, c):
    """all units get the mean factor

    The outputs stay the same, but each unit has a factor of its own: use the whole array, one factor a
    column of W1 and a row of W2.
    """
    return W1 * np.mean(c), W2 / np.mean(c)


def _rescale_relu(W1, W2, c):
    return W1 * c, W2 / c[:, np.newaxis]


def _diagonal(W1, W2, c):
    return W1 @ np.diag(c), np.diag(1 / c) @ W2


def _transposed(W1, W2, c):
    return [(W1.T * c.reshape(-1, 1)).T, (W2.T / c).T]


def _in_place(W1, W2, c):
    W1, W2 = W1.copy(), W2.copy()
    W1 *= c
    W2 /= np.expand_dims(c, 1)
    return W1, W2


def _as_lists(W1, W2, c):
    first = [[w * factor for w, factor in zip(row, c, strict=True)] for row in W1]
    second = [[w / factor for w in row] for row, factor in zip(W2, c, strict=True)]
    return first, second


def _loops(W1, W2, c):
    first, second = np.empty_like(W1), np.empty_like(W2)
    for j in range(len(c)):
        for i in range(W1.shape[0]):
            first[i, j] = W1[i, j] * c[j]
        for k in range(W2.shape[1]):
            second[j, k] = W2[j, k] / c[j]
    return first, second


_compiled = policy.compile_lazily(_loops)


def _arguments(rng, shape=(2, 3, 2), dtype=np.float64):
    inputs, units, outputs = shape
    # Factors that differ by more than rounding from each other and from 1, above and below it.
    c = np.array([0.25, 2.5, 0.4, 4.0, 1.6, 0.1, 8.0])[rng.permutation(7)]
    c = np.resize(c, units) * np.round(rng.uniform(0.9, 1.1, size=units), 2)
    parts = numbers(rng, (inputs, units)), numbers(rng, (units, outputs)), c
    return tuple(np.asarray(part, dtype=dtype) for part in parts)


SHAPES = ((1, 1, 1), (2, 3, 2), (3, 2, 4), (2, 2, 2))


def same_outputs(trial):
    """The network max(x W1, 0) W2 gives the same outputs as before, for every x."""
    rng = trial.rng(1)
    for shape in SHAPES:
        args = _arguments(rng, shape)
        X = numbers(rng, (4, shape[0]))
        first, second = trial.call(*args)
        before = np.maximum(X @ args[0], 0.0) @ args[1]
        after = np.maximum(X @ first, 0.0) @ second
        # Sums of a few products of numbers up to 2 · 9: 1e-9 of 100 is far above their rounding.
        change = np.max(np.abs(before - after), axis=1)
        if not np.max(change) <= 1e-7:
            worst = int(np.argmax(change))
            raise Failure(
                f"The outputs of the network have changed, such as those for x = {show(X[worst])}.",
                trial.name_arguments(args),
                before[worst],
                after[worst],
                "outputs",
            )


def right_weights(trial):
    """Each unit's column of W1 is multiplied by its factor, its row of W2 is divided by it."""
    rng = trial.rng(2)
    for shape in SHAPES:
        trial.compare(*_arguments(rng, shape))


def other_shapes(trial):
    """It works for layers of every shape."""
    rng = trial.rng(3)
    shapes = [(5, 1, 3), (1, 4, 1)] + [(6, 20, 3), (3, 7, 7), (4, 4, 4)] * trial.hidden
    for shape in shapes:
        trial.compare(*_arguments(rng, shape), when=f" for {shape[1]} hidden units")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), dtype=np.float32), when=" for float32 input")


def _cases(rng):
    return [_arguments(rng, shape) for shape in ((2, 3, 2), (3, 3, 3), (4, 2, 3))]


RESCALE_RELU = exercise(
    "rescale_relu",
    "06_sharpness",
    title="The same network with other weights",
    points=4,
    section="sec-rescaling",
    parameters=("W1", "W2", "c"),
    returns=("W1", "W2"),
    reference=_rescale_relu,
    cases=_cases,
    properties=(
        form_of("It returns W1 and W2, each in its old shape.", _arguments),
        prop(same_outputs),
        prop(right_weights, after="same_outputs"),
        prop(other_shapes, after="right_weights"),
        prop_after(unchanged_of(_arguments), "right_weights"),
        prop(single_precision, after="right_weights"),
    ),
    misconceptions=(
        second_layer_untouched,
        second_layer_multiplied,
        layers_swapped,
        rows_of_first,
        columns_of_second,
        both_divided,
        one_factor_for_all,
        mean_factor,
    ),
    correct=(_diagonal, _transposed, _in_place, _as_lists, _loops, _compiled),
)
