"""Predict, then run: the questions of chapter 5. Each answer is computed, and so is each wrong one."""

from __future__ import annotations

import numpy as np

from ..rows import question


def _floor_after_halving() -> float:
    def floor(lr: float) -> float:
        """Mean of w² in the long run: w ← w − lr (w + noise), noise of variance 1."""
        return lr / (2 - lr)

    return floor(0.05) / floor(0.1)


def same_floor() -> float:
    """the floor is taken to be the same

    Only the way there would be slower then. But each step adds noise of size lr, and what it adds is
    taken back at a rate of lr: in balance, the squared distance is proportional to lr.
    """
    return 1.0


def quarter() -> float:
    """the noise of one step is taken for the floor

    One step does add a quarter of the squared noise. But it also takes back only half as much of what
    was there, so that twice as much piles up: a half is left.
    """
    return 0.25


def root_of_half() -> float:
    """the distance is given, not the loss

    The distance from the minimum does fall to the root of a half, 0.71 of what it was. The loss goes
    with its square.
    """
    return float(np.sqrt(0.5))


def doubled() -> float:
    """the floor is taken to rise

    Smaller steps make less noise, not more. The ratio is that of the new floor to the old one, below
    1.
    """
    return 2.0


FLOOR_AFTER_HALVING = question(
    "floor_after_halving",
    "05_schedules",
    title="How much lower is the floor at half the rate?",
    section="sec-schedules",
    answer=_floor_after_halving,
    wrong=(same_floor, quarter, root_of_half, doubled),
    tolerance=0.05,  # the rule of thumb, one half, is good to 3 % here
)


def _longer_way() -> str:
    t, T = np.arange(100), 100
    line, cosine = np.sum(1 - t / T), np.sum(0.5 * (1 + np.cos(np.pi * t / T)))
    if np.isclose(line, cosine):
        return "the same"
    return "linear" if line > cosine else "cosine"


def cosine_longer() -> str:
    """only the first half is looked at

    In the first half the cosine is above the line. In the second half it is as far below it: the two
    halves mirror each other.
    """
    return "cosine"


def linear_longer() -> str:
    """only the second half is looked at

    In the second half the line is above the cosine. In the first half it is as far below it: the two
    halves mirror each other.
    """
    return "linear"


LONGER_WAY = question(
    "longer_way",
    "05_schedules",
    title="Which schedule adds up to more?",
    section="sec-schedules",
    choices=("cosine", "linear", "the same"),
    answer=_longer_way,
    wrong=(cosine_longer, linear_longer),
)
