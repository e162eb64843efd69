"""Chapter 1: a penalty and its slope. The mistakes people make in it stand in two files beside it."""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..exercise import Failure
from ..rows import blame_change, exercise, form_of, prop
from . import penalty_l1_mistakes, penalty_l2_mistakes

KINDS = ("l2", "l2_without_half", "l1", "elastic_net")


def _penalty(W, lam, kind):
    w = W.copy()
    w[-1] = 0  # biases go free
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def _rows_without_the_last(W, lam, kind):
    weights = W[:-1]
    squares, sizes = (weights * weights).sum(), np.abs(weights).sum()
    value = {
        "l2": squares / 2,
        "l2_without_half": squares,
        "l1": sizes,
        "elastic_net": (sizes + squares / 2) / 2,
    }
    slope = {
        "l2": weights,
        "l2_without_half": weights + weights,
        "l1": np.sign(weights),
        "elastic_net": (np.sign(weights) + weights) / 2,
    }
    dR = np.zeros_like(W)
    dR[:-1] = lam * slope[kind]
    return lam * value[kind], dR


def _one_by_one(W, lam, kind):
    R, dR = 0.0, np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        if index[0] == len(W) - 1:
            continue
        w = W[index]
        sign = 0.0 if w == 0 else (1.0 if w > 0 else -1.0)
        if kind == "l2":
            R, dR[index] = R + lam * w * w / 2, lam * w
        elif kind == "l2_without_half":
            R, dR[index] = R + lam * w * w, lam * 2 * w
        elif kind == "l1":
            R, dR[index] = R + lam * abs(w), lam * sign
        else:
            R, dR[index] = R + lam * (abs(w) + w * w / 2) / 2, lam * (sign + w) / 2
    return float(R), dR


def _shares(W, lam, kind):
    """Everything is a share of |w| and a share of w²."""
    l1, l2 = {
        "l2": (0, 0.5),
        "l2_without_half": (0, 1),
        "l1": (1, 0),
        "elastic_net": (0.5, 0.25),
    }[kind]
    keep = np.ones(W.shape)
    keep[-1] = 0
    R = (keep * lam * (l1 * abs(W) + l2 * W**2)).sum()
    return [R.item(), keep * lam * (l1 * np.sign(W) + 2 * l2 * W)]


def _in_place_inside(W, lam, kind):
    dR = np.array(W)
    dR[-1] *= 0
    size = lam * np.abs(dR).sum()
    square = lam * np.vdot(dR, dR)
    sign = (dR > 0).astype(dR.dtype) - (dR < 0)
    if kind == "l1":
        return size, lam * sign
    dR *= lam
    if kind == "l2":
        return square / 2, dR
    if kind == "l2_without_half":
        dR *= 2
        return square, dR
    dR += lam * sign
    dR *= 0.5
    return 0.5 * size + 0.25 * square, dR


def _loop(w, lam, l1, l2):
    """Add up shares of |w| and w², and their slopes."""
    R, dR = 0.0, np.zeros_like(w)
    for i in range(w.size):
        sign = (w[i] > 0) * 1.0 - (w[i] < 0) * 1.0
        R += lam * (l1 * abs(w[i]) + l2 * w[i] ** 2)
        dR[i] = lam * (l1 * sign + 2 * l2 * w[i])
    return R, dR


_JITTED = policy.compile_lazily(_loop)


@functools.wraps(_loop)
def _compiled(W, lam, kind):
    w = np.array(W)
    w[-1] = 0
    l1 = {"l1": 1.0, "elastic_net": 0.5}.get(kind, 0.0)
    l2 = {"l2": 0.5, "l2_without_half": 1.0, "elastic_net": 0.25}.get(kind, 0.0)
    R, dR = _JITTED(w.reshape(-1), lam, l1, l2)
    return R, dR.reshape(W.shape)


# ------------------------------------------------------------------------------ checks


def _weights(rng, shape, biases=0.0):
    """Draw weights whose size is never close to 0, 1 or 2, where w², |w| and 2w could be mixed up."""
    W = rng.choice([-1.0, 1.0], size=shape) * np.round(rng.uniform(1.1, 1.9, size=shape), 2)
    W[-1] *= biases
    return W


def _strength(rng):
    return float(np.round(rng.uniform(0.1, 0.8), 2))


def _case(rng, kind="l2", shape=(3,), biases=0.0):
    return _weights(rng, shape, biases), _strength(rng), kind


def _cases(rng):
    cases = [_case(rng, kind, shape, 1.0) for kind in KINDS for shape in ((4,), (3, 2))]
    with_zeros = _weights(rng, (4, 2), 1.0)
    with_zeros[1] = 0
    return [*cases, *((with_zeros, 0.5, kind) for kind in KINDS)]


def l2_with_half(trial):
    """For "l2", R is ½ λ times the sum of the squared weights, and dR is its slope, λ w."""
    rng = trial.rng(1)
    for n in (2, 3):
        trial.compare(*_case(rng, "l2", (n,)), when=' for "l2"')


def l2_without_half(trial):
    """For "l2_without_half" both are twice as large: λ times the sum of squares, and 2 λ w."""
    rng = trial.rng(2)
    for n in (2, 3):
        trial.compare(*_case(rng, "l2_without_half", (n,)), when=' for "l2_without_half"')


def l1(trial):
    """For "l1", R is λ times the sum of the sizes |w|, and dR is λ times the sign of each weight."""
    rng = trial.rng(3)
    for signs in ([1], [-1], [1, -1, 1]):
        size = np.round(rng.uniform(1.1, 1.9, size=len(signs)), 2)
        W = np.append(size * signs, 0.0)
        trial.compare(W, _strength(rng), "l1", when=' for "l1"')


def elastic_net(trial):
    """For "elastic_net", R and dR are half of those for "l1" plus half of those for "l2"."""
    rng = trial.rng(4)
    for n in (2, 4):
        trial.compare(*_case(rng, "elastic_net", (n,)), when=' for "elastic_net"')


def weight_at_zero(trial):
    """A weight of exactly 0 adds nothing to R, and its slope is taken as 0."""
    rng = trial.rng(5)
    for kind in KINDS:
        W, lam, _ = _case(rng, kind, (4,))
        W[1] = 0.0
        trial.compare(W, lam, kind, when=f" for {kind!r} with a weight of 0")


def biases_go_free(trial):
    """The last row of W holds biases: they add nothing to R, and their slopes are 0."""
    rng = trial.rng(7)
    for kind in KINDS:
        case = _case(rng, kind, (2,), 1.0)
        trial.compare(*case, when=f" for {kind!r} and a bias that is not 0")


def every_shape(trial):
    """It works for a vector and for a matrix; of a matrix, the whole last row is biases."""
    rng = trial.rng(8)
    shapes = [(2, 2), (3, 2), (6,)]
    if trial.hidden:
        shapes += [(1,), (1, 3), (2, 5), (7, 1)]
    for shape in shapes:
        for kind in KINDS:
            case = _case(rng, kind, shape, 1.0)
            trial.compare(*case, when=f" for {kind!r} and W of shape {shape}")


def inputs_unchanged(trial):
    """W is left unchanged, for every kind."""
    rng = trial.rng(6)
    for kind in KINDS:
        case = _case(rng, kind, (3, 2), 1.0)
        trial.changed.clear()
        trial.call(*case)
        if trial.changed:
            raise Failure(blame_change(trial.changed), trial.name_arguments(case))


def single_precision(trial):
    """It works on arrays of float32 as well."""
    rng = trial.rng(9)
    for kind in KINDS:
        W, lam, _ = _case(rng, kind, (3, 2), 1.0)
        trial.compare(W.astype(np.float32), lam, kind, when=f" for {kind!r} and float32 input")


PENALTY = exercise(
    "penalty",
    "01_regularization",
    title="A penalty and its slope",
    points=4,
    section="sec-penalty",
    parameters=("W", "lam", "kind"),
    returns=("R", "dR"),
    kinds=("number", "array"),
    reference=_penalty,
    cases=_cases,
    properties=(
        form_of("It returns R, one number, and dR, shaped like W.", _case),
        l2_with_half,
        l2_without_half,
        l1,
        prop(elastic_net, after=("l2_with_half", "l1")),
        prop(weight_at_zero, after=("l2_without_half", "elastic_net")),
        prop(biases_go_free, after=("l2_without_half", "elastic_net"), weight=2),
        prop(every_shape, after=("biases_go_free", "weight_at_zero")),
        prop(inputs_unchanged, after=("l2_without_half", "elastic_net")),
        prop(single_precision, after="every_shape"),
    ),
    misconceptions=penalty_l2_mistakes.ALL + penalty_l1_mistakes.ALL,
    correct=(
        _rows_without_the_last,
        _one_by_one,
        _shares,
        _in_place_inside,
        _compiled,
    ),
)
