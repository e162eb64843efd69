"""Questions of chapter 3: predict, then run."""

from __future__ import annotations

import numpy as np

from ..rows import question

CURVATURES = np.array([1.0, 10.0])


def _largest_rate():
    """Return the rate from which on some direction no longer shrinks: 1 − lr · λ = −1."""
    return 2 / CURVATURES.max()


def one_over_largest():
    """it is 1 / L

    With that rate the steepest direction is done in one step. Beyond it each step overshoots, but as
    long as the error comes out smaller than it was, the steps converge. At which rate does an error of
    1 become -1?
    """
    return 1 / CURVATURES.max()


def fastest():
    """it is the best rate, 2 / (mu + L)

    With that rate the steps converge fastest. They still converge with somewhat larger ones. At which
    rate does an error of 1 in the steepest direction become -1?
    """
    return 2 / CURVATURES.sum()


def limit_of_the_flattest():
    """it is the limit of the flattest direction

    All directions must shrink, and the steepest is the first that does not. In it, at which rate does
    an error of 1 become -1?
    """
    return 2 / CURVATURES.min()


def one_over_smallest():
    """it is made of the smallest curvature

    The flat direction bears large steps. The steep one does not, and one rate serves both. In the
    steepest, at which rate does an error of 1 become -1?
    """
    return 1 / CURVATURES.min()


LARGEST_RATE = question(
    "largest_rate",
    "03_sgd",
    title="How large may the rate be?",
    section="sec-best-step-size",
    answer=_largest_rate,
    wrong=(one_over_largest, fastest, limit_of_the_flattest, one_over_smallest),
)

CHOICES = ("it comes closer to the saddle", "it moves away from the saddle", "it stays where it is")


def _plain_step_near_a_saddle() -> tuple[float, float]:
    """Return the distance from the saddle of ½ x² − ½ y² before and after a plain Newton step."""
    w, H = np.array([0.3, 0.4]), np.diag([1.0, -1.0])
    return float(np.linalg.norm(w)), float(np.linalg.norm(w - np.linalg.solve(H, H @ w)))


def _newton_at_a_saddle():
    before, after = _plain_step_near_a_saddle()
    return CHOICES[0] if after < before else CHOICES[1] if after > before else CHOICES[2]


def away():
    """it would be pushed away, as by gradient descent

    Gradient descent moves down, so it leaves. Newton's step divides each part of the gradient by its
    curvature, and dividing by a negative one turns that part round. Which way does it point then?
    """
    return CHOICES[1]


def stays():
    """it would not move

    At the saddle itself the gradient is zero, but not beside it. Work out g and H at (0.3, 0.4), then
    solve H · step = -g.
    """
    return CHOICES[2]


NEWTON_AT_A_SADDLE = question(
    "newton_at_a_saddle",
    "03_sgd",
    title="Where does Newton's step lead?",
    section="sec-newton",
    answer=_newton_at_a_saddle,
    choices=CHOICES,
    wrong=(away, stays),
)
