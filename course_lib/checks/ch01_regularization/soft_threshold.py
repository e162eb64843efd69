"""Chapter 1: the soft threshold, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of


def no_clip(w, t):
    """small weights are not stopped at zero

    A weight smaller than t is pulled through zero and comes out on the other side. It must stop at
    zero: what is left of its size is max(|w| − t, 0).
    """
    return np.sign(w) * (np.abs(w) - t)


def sign_lost(w, t):
    """the sign is lost

    max(|w| − t, 0) is the size of what is left. A negative weight stays negative: multiply by the
    sign of w.
    """
    return np.maximum(np.abs(w) - t, 0)


def hard_threshold(w, t):
    """it is the hard threshold

    Small weights become zero, as they should, but the others keep their full size. The soft
    threshold takes t off each of them as well, so that nothing jumps at |w| = t.
    """
    return np.where(np.abs(w) > t, w, 0)


def one_sided(w, t):
    """every negative weight becomes zero

    max(w − t, 0) is right for positive weights only. Treat both sides alike: take t off the size |w|,
    then give the sign back.
    """
    return np.maximum(w - t, 0)


def subtracts_from_all(w, t):
    """t is subtracted from negative weights too

    For w < 0, w − t is further away from zero. Take t off the size |w|, then give the sign back.
    """
    return np.where(np.abs(w) > t, w - t, 0)


def returns_what_is_cut_off(w, t):
    """it returns what is cut off, not what is left

    np.clip(w, −t, t) is the part that the threshold takes away. What is left is w minus that part.
    """
    return np.clip(w, -t, t)


def shrinks_like_l2(w, t):
    """it shrinks in proportion, as an L2 penalty does

    w / (1 + t) makes every weight smaller by the same factor and none of them zero. The soft
    threshold takes the same amount t off each size |w|, and stops at zero.
    """
    return w / (1 + t)


def factor_one_minus_t(w, t):
    """it multiplies by 1 − t

    Then large weights lose most and small ones never reach zero. The soft threshold takes the same
    amount t off each size |w|, and stops at zero.
    """
    return w * max(1 - t, 0)


def half_the_threshold(w, t):
    """only half of t is taken off

    No ½ belongs here. The v that minimizes ½ (v − w)² + t |v| is w − t for w > t: the ½ goes when the
    square is differentiated.
    """
    return np.sign(w) * np.maximum(np.abs(w) - t / 2, 0)


def double_threshold(w, t):
    """2 t is taken off

    No factor 2 belongs here. The v that minimizes ½ (v − w)² + t |v| is w − t for w > t.
    """
    return np.sign(w) * np.maximum(np.abs(w) - 2 * t, 0)


def divides_by_size(w, t):
    """it divides by |w|, which may be zero

    w · max(1 − t / |w|, 0) is right for all other weights, but for w = 0 and t = 0 it is 0/0, which is
    nan. The form sign(w) · max(|w| − t, 0) divides by nothing.
    """
    return w * np.maximum(1 - t / np.abs(w), 0)


def in_callers_array(w, t):
    """it writes into the caller's array

    w[small] = 0 and w -= t change the array that your function was given. Begin with w = w.copy(), or
    build a new array.
    """
    w[...] = np.sign(w) * np.maximum(np.abs(w) - t, 0)
    return w


def _soft_threshold(w, t):
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def _both_sides(w, t):
    return np.maximum(w - t, 0) + np.minimum(w + t, 0)


def _without_the_clipped_part(w, t):
    return w - np.clip(w, -t, t)


def _three_cases(w, t):
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0))


def _with_masks(w, t):
    new = np.array(w)
    new[np.abs(w) <= t] = 0
    new[w > t] -= t
    new[w < -t] += t
    return new


def _one_by_one(w, t):
    new = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        if w[index] > t:
            new[index] = w[index] - t
        elif w[index] < -t:
            new[index] = w[index] + t
    return new


def _as_list(w, t):
    return (np.sign(w) * np.maximum(np.abs(w) - t, 0)).tolist()


def _loop(w, t):
    new = np.zeros_like(w)
    for i in range(w.size):
        if abs(w[i]) > t:
            new[i] = w[i] - t if w[i] > 0 else w[i] + t
    return new


@functools.wraps(_loop)
def _compiled(w, t):
    return _JITTED(w.reshape(-1), t).reshape(w.shape)


_JITTED = policy.compile_lazily(_loop)


# ------------------------------------------------------------------------------ checks


def _draw(rng, shape=(2,), signs=(-1, 1)):
    """Draw t, and weights above and below it, with room between them."""
    t = float(np.round(rng.uniform(0.3, 0.8), 2))
    above = t * rng.uniform(1.3, 3.0, size=shape)
    below = t * rng.uniform(0.2, 0.7, size=shape)
    w = np.where(rng.random(shape) < 0.6, above, below) * rng.choice(signs, size=shape)
    return np.asarray(np.round(w, 2)), t


def _cases(rng):
    large, t = _draw(rng, (8,))
    edges = np.array([t, -t, 0.0, 2 * t, -2 * t, 0.3 * t, -0.3 * t])
    return [(large, t), (edges, t), (np.array([0.0, 1.5, -0.5]), 0.0), (large, 1.5)]


def positive(trial):
    """A positive weight above t loses t."""
    rng = trial.rng(1)
    for n in (1, 3):
        t = float(np.round(rng.uniform(0.3, 0.8), 2))
        w = np.round(t * rng.uniform(1.3, 3.0, size=n), 2)
        trial.compare(w, t, when=" for weights above t")


def negative(trial):
    """A negative weight below −t gains t: its size shrinks by t, and it stays negative."""
    rng = trial.rng(2)
    for n in (1, 3):
        t = float(np.round(rng.uniform(0.3, 0.8), 2))
        w = -np.round(t * rng.uniform(1.3, 3.0, size=n), 2)
        trial.compare(w, t, when=" for weights below −t")


def small(trial):
    """A weight from −t to t becomes zero."""
    rng = trial.rng(3)
    t = float(np.round(rng.uniform(0.3, 0.8), 2))
    for share in (0.5, -0.5, 0.0, 1.0, -1.0):
        trial.compare(np.array([share * t]), t, when=" for a weight from −t to t")


def large_threshold(trial):
    """It is right for a threshold above 1 too, and all weights may become zero."""
    rng = trial.rng(4)
    w, _ = _draw(rng, (3,))
    trial.compare(np.round(4 * w, 2), 1.25, when=" for a threshold above 1")
    trial.compare(w, 30.0, when=" for a threshold above all weights")
    if trial.hidden:
        w, t = _draw(rng, (4,))
        trial.compare(1e3 * w, 1e3 * t, when=" for very large numbers")
        trial.compare(1e-6 * w, 1e-6 * t, when=" for very small numbers")


def zero_threshold(trial):
    """With t = 0 every weight stays as it is, and a weight of 0 stays 0."""
    rng = trial.rng(5)
    for w in (_draw(rng)[0], np.array([0.0, 0.5])):
        trial.compare(w, 0.0, when=" for t = 0")


def every_shape(trial):
    """It works for one weight, a vector, and a matrix that is not square."""
    rng = trial.rng(7)
    shapes = [(), (6,), (2, 3)]
    if trial.hidden:
        shapes += [(3, 1, 2), (0,), (1, 9), (40,)]
    for shape in shapes:
        trial.compare(*_draw(rng, shape), when=f" for w of shape {shape}")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    w, t = _draw(trial.rng(8), (2, 4))
    trial.compare(w.astype(np.float32), t, when=" for float32 input")


_KNOWN = ("positive", "negative", "small")

SOFT_THRESHOLD = exercise(
    "soft_threshold",
    "01_regularization",
    title="The soft threshold",
    points=4,
    section="sec-soft-threshold",
    parameters=("w", "t"),
    returns=("w",),
    reference=_soft_threshold,
    cases=_cases,
    properties=(
        form_of("It returns an array shaped like w.", _draw),
        prop(positive, weight=0.5),
        prop(negative, after="positive", weight=0.5),
        prop(small, after="form"),
        prop(large_threshold, after=_KNOWN),
        prop(zero_threshold, after=_KNOWN),
        prop(every_shape, after=_KNOWN),
        prop_after(unchanged_of(_draw), *_KNOWN),
        prop(single_precision, after=_KNOWN),
    ),
    misconceptions=(
        no_clip,
        sign_lost,
        hard_threshold,
        one_sided,
        subtracts_from_all,
        returns_what_is_cut_off,
        shrinks_like_l2,
        factor_one_minus_t,
        half_the_threshold,
        double_threshold,
        divides_by_size,
        in_callers_array,
    ),
    correct=(
        _both_sides,
        _without_the_clipped_part,
        _three_cases,
        _with_masks,
        _one_by_one,
        _as_list,
        _compiled,
    ),
)
