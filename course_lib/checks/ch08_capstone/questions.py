"""Predict, then run: the questions of chapter 8. Each answer is computed, and so is each wrong one."""

from __future__ import annotations

import numpy as np

from ... import recipes
from ..rows import question

_BATCH_SIZE = 50


def _run_in_epochs() -> float:
    steps = recipes.BUDGET / 2  # SAM computes two gradients a step
    return steps / (recipes.N_TRAIN / _BATCH_SIZE)


def sam_is_free() -> float:
    """SAM's second gradient is not counted

    A step with SAM computes two gradients, so 400 gradients pay for 200 steps and not for 400.
    """
    return recipes.BUDGET / (recipes.N_TRAIN / _BATCH_SIZE)


def counts_steps() -> float:
    """the number of steps is given, not that of epochs

    The budget pays for 200 steps. An epoch takes 8 of them: 400 examples in minibatches of 50.
    """
    return recipes.BUDGET / 2


def counts_gradients_of_examples() -> float:
    """a gradient is taken for a pass over all examples

    Each gradient is that of one minibatch. Eight minibatches make an epoch.
    """
    return float(recipes.BUDGET)


def halves_twice() -> float:
    """the budget is halved twice

    SAM halves the number of steps, once. Then 8 steps make an epoch.
    """
    return recipes.BUDGET / 4 / (recipes.N_TRAIN / _BATCH_SIZE)


RUN_IN_EPOCHS = question(
    "run_in_epochs",
    "08_capstone",
    title="How long is the run?",
    section="sec-capstone",
    answer=_run_in_epochs,
    wrong=(sam_is_free, counts_steps, counts_gradients_of_examples, halves_twice),
)


def _noisy_accuracy() -> float:
    truth = np.arange(10).repeat(30)
    wrong = np.arange(truth.size) % 10 < round(10 * recipes.LABEL_NOISE)
    given = np.where(wrong, (truth + 1) % 10, truth)
    return 100 * float(np.mean(given == truth))


def fits_everything() -> float:
    """every given label is taken to be fitted

    Only a network that learnt them by heart is right on 100 %. This one says which digit it is, and a
    wrong label names another digit.
    """
    return 100.0


def share_of_the_wrong() -> float:
    """the share of the wrong labels is given

    They are the ones on which the network and the label disagree. The question asks for the others.
    """
    return 100 * recipes.LABEL_NOISE


def wrong_by_chance_right() -> float:
    """a tenth of the wrong labels is counted as right

    Labels drawn from all ten digits would be right once in ten. Here a wrong label is always another
    digit, never the right one.
    """
    return 100 * (1 - recipes.LABEL_NOISE + recipes.LABEL_NOISE / 10)


def as_a_fraction() -> float:
    """the number is a fraction, not in %

    The size is right. The question asks for %: multiply by 100.
    """
    return 1 - recipes.LABEL_NOISE


NOISY_ACCURACY = question(
    "noisy_accuracy",
    "08_capstone",
    title="How accurate is the truth?",
    section="sec-capstone",
    answer=_noisy_accuracy,
    wrong=(fits_everything, share_of_the_wrong, wrong_by_chance_right, as_a_fraction),
)
