"""Mistakes people make in power iteration.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def not_normalized(hvp, n, rng, steps):
    """the vector is never normalized

    Each product makes it longer by about the eigenvalue, so vᵀ H v is the eigenvalue times a huge
    number, and soon infinite. Divide H v by its norm in every step.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
    return v @ hvp(v)


def normalized_at_the_end(hvp, n, rng, steps):
    """the vector is normalized only at the end

    In exact arithmetic this is right. In a computer the vector grows or shrinks by the eigenvalue in
    each step, and after a few hundred steps it overflows or becomes zero. Divide by the norm in every
    step.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
    if not np.any(v):
        return 0.0
    v = v / np.sqrt(np.sum(v**2))
    return v @ hvp(v)


def normalized_before_the_product(hvp, n, rng, steps):
    """the last vector is not normalized

    Here the vector is normalized before each product, so the one that comes out of the last product
    has another length than one, and vᵀ H v is off by the square of that. Normalize after the product.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        length = np.sqrt(np.sum(v**2))
        if length == 0:
            return 0.0
        v = hvp(v / length)
    return v @ hvp(v)


def sign_lost(hvp, n, rng, steps):
    """the length of H v is returned

    Its length is the size of the eigenvalue without its sign, so a direction that curves downwards
    looks like one that curves upwards. vᵀ H v keeps the sign.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        length = np.sqrt(np.sum(v**2))
        if length == 0:
            return 0.0
        v = v / length
    return np.sqrt(np.sum(hvp(v) ** 2))


def absolute_value(hvp, n, rng, steps):
    """the absolute value is returned

    A negative eigenvalue says that the loss curves downwards in that direction: no minimum. Return
    vᵀ H v as it is.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        length = np.sqrt(np.sum(v**2))
        if length == 0:
            return 0.0
        v = v / length
    return abs(v @ hvp(v))


def squared_length(hvp, n, rng, steps):
    """the vector is divided by its squared length

    The root is missing, so its length is 1 / ‖H v‖ and not one. Divide by np.sqrt(np.sum(v**2)).
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        square = np.sum(v**2)
        if square == 0:
            return 0.0
        v = v / square
    return v @ hvp(v)


def largest_element_one(hvp, n, rng, steps):
    """the vector is scaled to a largest element of one

    This keeps it from overflowing, but vᵀ H v is the eigenvalue only if v has the Euclidean length
    one. Divide by the root of the sum of squares.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        largest = np.max(np.abs(v))
        if largest == 0:
            return 0.0
        v = v / largest
    return v @ hvp(v)


def starts_with_ones(hvp, n, rng, steps):
    """it starts from a vector of ones

    If the ones happen to stand at a right angle to the top direction, power iteration never finds it.
    That a random direction does so has the probability zero: start from rng.standard_normal(n).
    """
    v = np.ones(n)
    for _ in range(steps):
        v = hvp(v)
        length = np.sqrt(np.sum(v**2))
        if length == 0:
            return 0.0
        v = v / length
    return v @ hvp(v)


def no_iteration(hvp, n, rng, steps):
    """there is no iteration

    This is the curvature in a random direction. On average it is the mean of all eigenvalues, in many
    dimensions far below the top one. Replace v by H v / ‖H v‖ steps times first.
    """
    v = rng.standard_normal(n)
    v = v / np.sqrt(np.sum(v**2))
    return v @ hvp(v)


def zero_divided(hvp, n, rng, steps):
    """a product of zero is divided by its norm

    Where H v is zero, as on flat ground, 0 / 0 gives nan. Return 0 there.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        v = hvp(v)
        v = v / np.sqrt(np.sum(v**2))
    return v @ hvp(v)


def one_step_short(hvp, n, rng, steps):
    """the vector from before the last step is used

    The quotient is taken with the product of the step before, so one step is lost. After the loop, ask
    for one more product: vᵀ H v with the last v on both sides.
    """
    v = rng.standard_normal(n)
    v = v / np.sqrt(np.sum(v**2))
    value = 0.0
    for _ in range(steps):
        product = hvp(v)
        value = v @ product
        length = np.sqrt(np.sum(product**2))
        if length == 0:
            return 0.0
        v = product / length
    return value


def product_twice(hvp, n, rng, steps):
    """each product is computed twice

    The result is right, at twice the price: a product costs two gradients. Keep it in a variable, and
    take its norm from there.
    """
    v = rng.standard_normal(n)
    for _ in range(steps):
        length = np.sqrt(np.sum(hvp(v) ** 2))
        if length == 0:
            return 0.0
        v = hvp(v) / length
    return v @ hvp(v)


MISTAKES = (
    not_normalized,
    normalized_at_the_end,
    normalized_before_the_product,
    sign_lost,
    absolute_value,
    squared_length,
    largest_element_one,
    starts_with_ones,
    no_iteration,
    zero_divided,
    one_step_short,
    product_twice,
)
