"""Questions of chapter 2: which step is best, and what a gradient costs."""

from __future__ import annotations

import numpy as np

from ..rows import question

STEPS = ("1e-2", "1e-5", "1e-8", "1e-15")


def _best_h():
    def error(h):
        return abs((np.exp(1 + h) - np.exp(1 - h)) / (2 * h) - np.e)

    return min(STEPS, key=lambda step: error(float(step)))


def as_small_as_possible():
    """the smallest step is not the best

    The definition of the derivative lets h go to 0, but a computer keeps 16 digits. With h = 1e-15,
    f(x + h) and f(x - h) agree in nearly all of them, and the difference that is left is mostly
    rounding.
    """
    return "1e-15"


def best_of_the_forward_difference():
    """that is the best step of the forward difference

    The forward difference is off by about h, so it needs an h as small as the root of 1e-16. The
    central one is off by about h², so it can stop at a larger h, where rounding does less.
    """
    return "1e-8"


def large_to_avoid_rounding():
    """the step is larger than rounding asks for

    At h = 1e-2 rounding does no harm, but the error of the formula is about h², here some 1e-5. At a
    smaller h both errors are small.
    """
    return "1e-2"


BEST_H = question(
    "best_h",
    "02_gradients",
    title="Which step is best?",
    section="sec-v-curve",
    answer=_best_h,
    choices=STEPS,
    wrong=(as_small_as_possible, best_of_the_forward_difference, large_to_avoid_rounding),
)

INPUTS, HIDDEN, CLASSES = 64, 32, 10


def _gradient_cost():
    shapes = ((INPUTS, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,))
    return 2 * sum(int(np.prod(shape)) for shape in shapes)


def one_for_each_weight():
    """one evaluation is counted for each weight

    A central difference takes two: one on each side.
    """
    return _gradient_cost() // 2


def one_for_each_weight_and_one():
    """these are the evaluations of forward differences

    They share f(x), so they take one for each weight and one more. A central difference takes two for
    each weight: one on each side.
    """
    return _gradient_cost() // 2 + 1


def biases_forgotten():
    """the biases are not counted

    They are weights like all others: one for each hidden unit, and one for each class.
    """
    return 2 * (INPUTS * HIDDEN + HIDDEN * CLASSES)


def units_counted():
    """the units are counted, not the weights

    What is moved are weights. Between two layers there is one for each pair of units, and each unit
    after the inputs has a bias.
    """
    return 2 * (INPUTS + HIDDEN + CLASSES)


GRADIENT_COST = question(
    "gradient_cost",
    "02_gradients",
    title="What does a numerical gradient cost?",
    section="sec-cost",
    answer=_gradient_cost,
    tolerance=1e-5,
    wrong=(one_for_each_weight, one_for_each_weight_and_one, biases_forgotten, units_counted),
)
