"""Chapter 1: questions to answer before the experiment that shows the answer.

Each function after the first of a question is a wrong answer; its docstring says what helps.
"""

from __future__ import annotations

import numpy as np

from ..rows import question

H = np.diag([4.0, 0.0])
W_STAR = np.array([3.0, 4.0])
LAM = 0.4


def _flat_direction():
    alpha = 1e-9
    return float(np.linalg.norm(np.linalg.solve(H + alpha * np.eye(2), H @ W_STAR)))


def nothing_is_lost():
    """a tiny penalty is taken for none at all

    Without a penalty w* = (3, 4), of length 5, is a minimum. But H has no curvature along the second
    axis, so there the loss says nothing, and even the smallest penalty decides: 0/(0 + α) = 0.
    """
    return float(np.linalg.norm(W_STAR))


def everything_is_lost():
    """all of w* is lost

    Along the first axis the curvature is 4, far above α: the factor 4/(4 + α) goes to 1, and this part
    of w* stays.
    """
    return 0.0


def the_wrong_part_is_kept():
    """the flat direction is kept

    It is the other way round. Where the loss is steep it holds on to the weight, where it is flat the
    penalty takes it: the factor is λ/(λ + α).
    """
    return float(W_STAR[1])


FLAT_DIRECTION = question(
    "flat_direction",
    "01_regularization",
    title="What does a vanishing penalty leave?",
    section="sec-ridge-shrinkage",
    answer=_flat_direction,
    wrong=(nothing_is_lost, everything_is_lost, the_wrong_part_is_kept),
)


def _growing_rate():
    rates = np.arange(1, 1001) / 100
    sizes = np.abs(1 - rates * LAM) ** 100  # after 100 steps from a weight of 1
    return float(rates[sizes >= 1][0])


def where_the_sign_changes():
    """it is where the sign begins to change

    Beyond lr = 1/lam the weight changes its sign at every step, but its size still shrinks. It grows
    when the factor 1 − lr · lam is below −1.
    """
    return 1 / LAM


def without_lam():
    """lam is left out

    2 is the border for lr · lam, not for lr. Divide it by lam.
    """
    return 2.0


def times_lam():
    """2 is multiplied by lam instead of divided by it

    The size of 1 − lr · lam reaches 1 where lr · lam = 2. The larger lam, the smaller the rate at which
    that happens.
    """
    return 2 * LAM


GROWING_RATE = question(
    "growing_rate",
    "01_regularization",
    title="When does decay make weights grow?",
    section="sec-weight-decay",
    answer=_growing_rate,
    wrong=(where_the_sign_changes, without_lam, times_lam),
)
