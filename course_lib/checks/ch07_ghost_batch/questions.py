"""Questions of chapter 7: predict, then run."""

from __future__ import annotations

import numpy as np

from ..rows import question

CHOICES = ("the same", "twice as noisy", "four times as noisy", "less noisy")


def _four_parts():
    """Measure it: the gradients of 64 examples in parts of 16, and all at once."""
    rows = np.random.default_rng(0).normal(size=(64, 3))
    whole = rows.mean(axis=0)
    parts = np.mean([part.mean(axis=0) for part in np.split(rows, 4)], axis=0)
    return "the same" if np.allclose(whole, parts, rtol=1e-12) else "four times as noisy"


def noise_of_the_parts():
    """the noise of a part is taken for that of their mean

    Each part has a gradient with four times the variance. But the mean over four parts takes that back,
    exactly: it is a sum over the same 64 examples, in another order.
    """
    return "four times as noisy"


def deviation_of_the_parts():
    """the spread of a part is taken for that of their mean

    Each part has a gradient with twice the spread. But the mean over four parts takes that back,
    exactly: it is a sum over the same 64 examples, in another order.
    """
    return "twice as noisy"


def averaged_away():
    """averaging is thought to remove noise that the batch has

    It removes the noise that the parts have on top. What is left is the gradient of the batch of 64: a
    sum over the same examples, in another order.
    """
    return "less noisy"


FOUR_PARTS = question(
    "four_parts",
    "07_ghost_batch",
    title="A batch in four parts",
    section="sec-accumulation",
    answer=_four_parts,
    choices=CHOICES,
    wrong=(noise_of_the_parts, deviation_of_the_parts, averaged_away),
)


def _ghost_noise():
    """Divide the variance of a mean of 8 examples by that of a mean of 32."""
    variance = 2.7  # of single examples; it cancels
    return (variance / 8) / (variance / 32)


def root_of_it():
    """that is the factor for the standard deviation

    The question is about the variance, which goes as one over the number of examples. Its root goes as
    one over the root.
    """
    return np.sqrt(32 / 8)


def square_of_it():
    """the factor is squared

    The variance of a mean of g examples is the variance of one, divided by g, not by its square.
    """
    return (32 / 8) ** 2


def upside_down():
    """the small ghost is taken for the quieter one

    A mean of fewer examples has more noise: the variance grows by the factor by which g falls.
    """
    return 8 / 32


def no_change():
    """the ghosts' noise is thought to average out

    It does in the mean over all ghosts. But every example is normalized by the mean of its own ghost,
    and that mean has the noise of a mean over few examples.
    """
    return 1.0


GHOST_NOISE = question(
    "ghost_noise",
    "07_ghost_batch",
    title="How noisy is the mean of a ghost?",
    section="sec-ghost-noise",
    answer=_ghost_noise,
    wrong=(root_of_it, square_of_it, upside_down, no_change),
)
