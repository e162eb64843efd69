"""Checking a gradient: what it is tried on, and the words for a coordinate that is judged wrongly."""

from __future__ import annotations

import itertools

import numpy as np

from ..exercise import Failure
from .bowls import kinked, smooth

H, TOL, JUMP = 1e-3, 1e-6, 0.01


def arguments(bowl, x, seed=0, h=H, tol=TOL, jump=JUMP):
    """Return the arguments of one call."""
    return bowl.f, bowl.df, x, np.random.default_rng(seed), h, tol, jump


def _cancelling(rng):
    """Two errors that cancel along (1, 1), and a seed whose signs are not both the same."""
    bowl, x = smooth(rng, (2,))
    errors = (((0,), 0.5), ((1,), -0.5))
    signs = (np.random.default_rng(k).choice([-1.0, 1.0], size=2) for k in itertools.count())
    seed = next(k for k, (a, b) in enumerate(signs) if a != b)
    return arguments(bowl._replace(errors=errors), x, seed)


def cases(rng):
    """Return the calls that tell mistakes apart."""
    one, x1 = smooth(rng, (4,))
    several, x2 = smooth(rng, (2, 3), [((0, 1), 0.5), ((1, 0), -2.0), ((1, 2), 1.0)])
    large, x3 = smooth(rng, (3,), [((0,), 1.0), ((2,), 0.4)])
    forgotten, x4 = smooth(rng, (3,))
    forgotten = forgotten._replace(errors=(((2,), -float(forgotten.b[2] + x4[2])),))
    bent, x5 = kinked(rng, 3, 1, [((0,), 0.5)])
    tiny, x6 = smooth(rng, (2,), [((1,), 1.0)], scale=1e-8)
    steep, x7 = smooth(rng, (2,), [((1,), 1.0)], scale=1e4)
    return [
        arguments(one, x1),
        arguments(several, x2),
        arguments(large, x3, 1),
        arguments(forgotten, x4),
        arguments(bent, x5),
        arguments(tiny, x6),
        arguments(steep, x7),
        _cancelling(rng),
    ]


def same(trial, bowl, x, when="", **options):
    """Compare the two masks, and say in words which coordinate is judged wrongly."""
    args = arguments(bowl, x, **options)
    expected, actual = trial.reference(*args), trial.call(*args)
    for name, a, e in zip(trial.exercise.returns, actual, expected, strict=True):
        if a.shape != e.shape:
            trial.expect(a, e, name, args, when)
    wrong, kink = (np.array(e) for e in expected)
    for i in np.ndindex(x.shape):
        at = f"[{', '.join(map(str, i))}]"
        truth = f"f has a kink at {at}" if kink[i] else f"f is smooth at {at}"
        if not kink[i]:
            truth += f" and df is {'wrong' if wrong[i] else 'right'} there"
        for name, a, e in zip(trial.exercise.returns, actual, expected, strict=True):
            if a[i] != e[i]:
                message = f"{truth}, but {name}{at} is {_word(a[i])}{when}."
                raise Failure(message, trial.name_arguments(args), e, a, name)
    return trial.calls


def _word(value):
    return {0.0: "False", 1.0: "True"}.get(float(value), f"{value:g}")
