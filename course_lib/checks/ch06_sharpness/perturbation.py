"""SAM's perturbation, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from .draws import number, numbers


def norm_per_layer(grads, rho):
    """every layer has a norm of its own

    The layers are parts of one long vector. Here each part is brought to the length rho by itself, so
    the whole is too long by the root of the number of layers, and layers with small gradients move as
    far as those with large ones. Add up the squares of all layers, then take one root.
    """
    return [rho * g / np.sqrt(np.sum(g**2)) for g in grads]


def norms_added(grads, rho):
    """the norms of the layers are added

    Lengths at right angles don't add up, their squares do: a gradient with layers of lengths 3 and 4
    has the length 5, not 7. Sum the squares of all layers and take one root at the end.
    """
    length = sum(np.sqrt(np.sum(g**2)) for g in grads)
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [rho * g / length for g in grads]


def root_missing(grads, rho):
    """the gradient is divided by its squared norm

    The root is missing. Then the perturbation has the length rho / ‖g‖: the smaller the gradient,
    the further it goes. Divide by the root of the sum of squares.
    """
    square = sum(np.sum(g**2) for g in grads)
    if square == 0:
        return [np.zeros_like(g) for g in grads]
    return [rho * g / square for g in grads]


def goes_down(grads, rho):
    """the perturbation points downhill

    SAM first looks for the place nearby where the loss is highest, so the perturbation goes along the
    gradient, with a plus. Only the weights' own step goes against it.
    """
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [-rho * g / length for g in grads]


def zero_divided(grads, rho):
    """a gradient of zero is divided by its norm

    0 / 0 is nan, and one nan spoils all weights for good. Where the whole gradient is zero, return
    zeros.
    """
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [rho * g / length for g in grads]


def guard_too_large(grads, rho):
    """the small number beside the norm is not small enough

    1e-8 shortens the perturbation as soon as gradients get small, and its length is no longer rho.
    Test for a norm of zero instead, or add no more than 1e-12.
    """
    length = np.sqrt(sum(np.sum(g**2) for g in grads)) + 1e-8
    return [rho * g / length for g in grads]


def mean_of_squares(grads, rho):
    """the squares are averaged, not summed

    That is the root mean square, the size of one element. The length of the vector is the root of the
    sum; the more weights there are, the more the two differ.
    """
    count = sum(g.size for g in grads)
    length = np.sqrt(sum(np.sum(g**2) for g in grads) / count)
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [rho * g / length for g in grads]


def absolute_values_summed(grads, rho):
    """the norm is the sum of absolute values

    The radius rho is measured by the Euclidean norm, the root of the sum of squares. With the sum of
    absolute values the perturbation ends inside the ball.
    """
    length = sum(np.sum(np.abs(g)) for g in grads)
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [rho * g / length for g in grads]


def sign_of_gradient(grads, rho):
    """it is the sign of the gradient

    rho · sign(g) is the answer where no single element may move further than rho (the maximum norm).
    Here the length of the whole vector may be rho: the direction is g itself.
    """
    return [rho * np.sign(g) for g in grads]


def rho_missing(grads, rho):
    """rho is not used

    g / ‖g‖ has the length one. Multiply it by rho.
    """
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [g / length for g in grads]


def _ascent_perturbation(grads, rho):
    length = np.sqrt(sum(np.sum(g**2) for g in grads))
    if length == 0:
        return [np.zeros_like(g) for g in grads]
    return [rho * g / length for g in grads]


def _as_one_vector(grads, rho):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    return [g * (rho / length) if length > 0 else 0.0 * g for g in grads]


def _norm_of_norms(grads, rho):
    lengths = [np.linalg.norm(g.ravel()) for g in grads]
    return tuple(rho * g / (np.linalg.norm(lengths) + 1e-12) for g in grads)


def _loop(grads, rho):
    total = 0.0
    for g in grads:
        for element in g.ravel():
            total += float(element) ** 2
    result = []
    for g in grads:
        new = g.copy()
        if total > 0:
            new *= rho / total**0.5
        result.append(new)
    return result


def _single_precision(grads, rho):
    whole = np.concatenate([np.ravel(g) for g in grads])
    length = float(np.sqrt(whole @ whole))
    new = whole * whole.dtype.type(rho / length if length else 0.0)
    ends = np.cumsum([g.size for g in grads])[:-1]
    return [part.reshape(g.shape) for part, g in zip(np.split(new, ends), grads, strict=True)]


def _two_layers(rng, dtype=np.float64, scale=1.0):
    grads = [scale * numbers(rng, (2,)), scale * numbers(rng, (2, 3))]
    return [g.astype(dtype) for g in grads], number(rng, 0.05, 0.3)


def _large(rng, shape):
    """Draw gradients so large that a small number beside their norm is not seen."""
    return np.round(50.0 * numbers(rng, shape))


def one_layer(trial):
    """For a single array it is rho · g / ‖g‖."""
    rng = trial.rng(1)
    for size in (1, 2, 3):
        trial.compare([_large(rng, (size,))], number(rng, 0.05, 0.3))


def one_norm_for_all(trial):
    """Several arrays are one vector: one norm over all of them, and the whole has the length rho."""
    rng = trial.rng(2)
    trial.compare([np.array([30.0]), np.array([40.0])], 0.5)
    for _ in range(3):
        trial.compare([_large(rng, (2,)), _large(rng, (2, 3))], number(rng, 0.05, 0.3))


def zero_gradient(trial):
    """Where the whole gradient is zero, the perturbation is zero; where a part is, that part is."""
    rng = trial.rng(3)
    trial.compare([np.zeros(2)], 0.1, when=" for a gradient of zero")
    trial.compare([np.zeros((2, 1)), np.zeros(3)], 0.1, when=" for a gradient of zero")
    part = _large(rng, (2,))
    trial.compare([np.zeros(2), part], 0.1, when=" where one layer's gradient is zero")


def every_size(trial):
    """It works for every shape, and for small and large gradients."""
    rng = trial.rng(4)
    for scale in (0.002, 1e3):
        trial.compare(*_two_layers(rng, scale=scale), when=f" for gradients around {scale:g}")
    trial.compare([numbers(rng, ()), numbers(rng, (1, 3))], 0.2, when=" for a single number")
    if trial.hidden:
        shapes = [(3, 1, 2), (0,), (5,), (4, 3), (1,)]
        trial.compare([numbers(rng, shape) for shape in shapes], number(rng, 1.1, 3.0))
        trial.compare([0.003 * numbers(rng, (20, 7)), 0.003 * numbers(rng, (7,))], 0.05)


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_two_layers(trial.rng(7), np.float32), when=" for float32 input")


def _cases(rng):
    zero = ([np.zeros(2), np.zeros((1, 2))], 0.1)
    return [_two_layers(rng), _two_layers(rng), _two_layers(rng, scale=0.01), zero]


ASCENT_PERTURBATION = exercise(
    "ascent_perturbation",
    "06_sharpness",
    title="The step uphill",
    points=4,
    section="sec-sam",
    parameters=("grads", "rho"),
    returns=("epsilon",),
    kinds=("arrays",),
    reference=_ascent_perturbation,
    cases=_cases,
    properties=(
        form_of("It returns a list of arrays, each shaped like its gradient.", _two_layers),
        prop(one_layer),
        prop(one_norm_for_all, after="one_layer", weight=2),
        prop(zero_gradient, after="one_norm_for_all"),
        prop(every_size, after="one_norm_for_all"),
        prop_after(unchanged_of(_two_layers), "one_norm_for_all"),
        prop(single_precision, after="one_norm_for_all"),
    ),
    misconceptions=(
        norm_per_layer,
        norms_added,
        root_missing,
        goes_down,
        zero_divided,
        guard_too_large,
        mean_of_squares,
        absolute_values_summed,
        sign_of_gradient,
        rho_missing,
    ),
    correct=(_as_one_vector, _norm_of_norms, _loop, _single_precision, _ascent_perturbation),
)
