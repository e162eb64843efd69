"""Sharpness, the worst case nearby. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import copy

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..values import close
from .draws import bowl, number, numbers
from .worst_case_mistakes import MISTAKES


def _sharpness(loss_grad, w, rho, rng, steps):
    here = loss_grad(w)[0]
    d = rng.standard_normal(w.shape)
    e = rho * d / np.sqrt(np.sum(d**2))
    highest = here
    for _ in range(steps + 1):
        loss, g = loss_grad(w + e)
        highest = max(highest, loss)
        length = np.sqrt(np.sum(g**2))
        if length > 0:
            e = rho * g / length
    return highest - here


def _all_losses(loss_grad, w, rho, rng, steps):
    def on_sphere(v):
        return v * (rho / np.linalg.norm(v.ravel()))

    places = [w, w + on_sphere(rng.normal(size=w.shape))]
    losses = []
    for place in places:
        loss, g = loss_grad(place)
        losses.append(loss)
        if 2 <= len(losses) <= steps + 1 and np.any(g):
            places.append(w + on_sphere(g))
    return np.max(losses) - losses[0]


def _rises(loss_grad, w, rho, rng, steps):
    here, _ = loss_grad(w)
    e = rng.standard_normal(w.size).reshape(w.shape)
    rise = 0.0
    for _ in range(steps + 1):
        length = np.sqrt(np.vdot(e, e))
        if length == 0:
            break
        loss, e = loss_grad(w + rho / length * e)
        rise = max(rise, loss - here)
    return float(rise)


def _start_first(loss_grad, w, rho, rng, steps):
    e = rng.standard_normal(w.shape)
    e *= rho / np.linalg.norm(e.ravel())
    here = loss_grad(w)[0]
    best, g = loss_grad(w + e)
    best = max(here, best)
    while steps and np.sum(g**2) > 0:
        loss, g = loss_grad(w + rho * g / np.sum(g**2) ** 0.5)
        best, steps = max(best, loss), steps - 1
    return best - here


def _as_array(loss_grad, w, rho, rng, steps):
    seen = np.full(steps + 2, -np.inf)
    seen[0] = loss_grad(w)[0]
    e = rng.standard_normal(w.shape)
    for k in range(1, steps + 2):
        length = np.sqrt(np.sum(e * e))
        if length > 0:
            e = e / length
        else:
            break
        seen[k], e = loss_grad(w + rho * e)
    return np.array(seen.max() - seen[0])


def _recursive(loss_grad, w, rho, rng, steps):
    def climb(e, left):
        loss, g = loss_grad(w + e)
        length = np.linalg.norm(g.ravel())
        if left == 0 or length == 0:
            return loss
        return max(loss, climb(rho * g / length, left - 1))

    start = rng.standard_normal(w.shape)
    here = loss_grad(w)[0]
    return max(0.0, climb(rho * start / np.linalg.norm(start.ravel()), steps) - here)


def _generator(rng):
    return np.random.default_rng(int(rng.integers(1_000_000)))


def _at_minimum(rng, n=2, steps=2):
    """Return arguments where the gradient at w says nothing."""
    h, c = np.round(rng.uniform(0.5, 3.0, size=n), 2), numbers(rng, (n,))
    return bowl(h, c), c, number(rng, 0.1, 0.4), _generator(rng), steps


def _on_slope(rng, shape=(2,), steps=2):
    h, c = np.round(rng.uniform(0.5, 3.0, size=shape), 2), numbers(rng, shape)
    w = np.round(c + numbers(rng, shape, 0.5, 1.5), 2)
    return bowl(h, c), w, number(rng, 0.1, 0.4), _generator(rng), steps


def _beside_a_top(rng, steps=3):
    """Return arguments where ascent steps to and fro over a top: the way there and back."""
    # One of the two places is higher than w by far, the other lower: no rise that is mere rounding.
    away, rho = number(rng, 0.28, 0.35), number(rng, 0.40, 0.48)
    return bowl(np.array([-2.0]), np.zeros(1)), np.array([away]), rho, _generator(rng), steps


def _on_a_top(rng, steps=3):
    h = -np.round(rng.uniform(0.5, 3.0, size=2), 2)
    return bowl(h, np.zeros(2)), np.zeros(2), number(rng, 0.1, 0.4), _generator(rng), steps


def start_only(trial):
    """With steps = 0 it is the rise at the random start, which is rho away from w."""
    rng = trial.rng(1)
    for n in (1, 2, 5):
        args = _at_minimum(rng, n, steps=0)
        _look_at_start(trial, args)
        trial.compare(*args, when=" for steps = 0")


def _look_at_start(trial, args):
    """Raise unless one of the places looked at is the start that the statement asks for."""
    _, w, rho, rng, _ = args
    d = copy.deepcopy(rng).standard_normal(w.shape)
    start = w + rho * d / np.sqrt(np.sum(d**2))
    trial.call(*args)
    places = [np.asarray(seen[0], dtype=np.float64) for seen in trial.seen["loss_grad"]]
    if not any(close(place, start, scale=float(np.max(np.abs(w))) + rho) for place in places):
        raise Failure(
            "loss_grad was never called at the start, w + rho · d / ‖d‖ with "
            "d = rng.standard_normal(w.shape).",
            trial.name_arguments(args),
            start,
            places[-1] if places else None,
            "start",
        )


def ascent(trial):
    """Each step moves epsilon to rho · g / ‖g‖, with the gradient g at w + epsilon."""
    rng = trial.rng(2)
    for steps in (1, 2, 5):
        when = " for steps = 1" if steps == 1 else f" for {steps} steps"
        trial.compare(*_at_minimum(rng, 2, steps), when=when)
        trial.compare(*_on_slope(rng, (3,), steps), when=when)


def highest_counts(trial):
    """The highest loss on the way counts, that at w included: the result is never negative."""
    rng = trial.rng(3)
    trial.compare(*_on_a_top(rng), when=" at a maximum of the loss, where it is zero")
    for steps in (1, 2, 3, 4):
        trial.compare(*_beside_a_top(rng, steps), when=" beside a maximum of the loss")


def flat_ground(trial):
    """Where the gradient is zero, epsilon stays what it is."""
    args = (bowl(np.zeros(2), np.ones(2)), np.ones(2), 0.3, _generator(trial.rng(4)), 3)
    trial.compare(*args, when=" on flat ground")


def finds_the_worst(trial):
    """At the minimum of a bowl it finds ½ · rho² times the largest curvature, given enough steps."""
    rng = trial.rng(5)
    h = np.array([0.4, 0.9, 3.0, 1.2])[rng.permutation(4)]
    rho = number(rng, 0.1, 0.4)
    args = (bowl(h, np.zeros(4)), np.zeros(4), rho, _generator(rng), 60)
    (found,) = trial.call(*args)
    trial.expect(found, np.array(0.5 * rho**2 * 3.0), "sharpness", args)


def few_calls(trial):
    """It calls loss_grad at most steps + 2 times."""
    args = _on_slope(trial.rng(8), (2,), 4)
    trial.call(*args)
    if trial.calls["loss_grad"] > 6:
        raise Failure(
            f"loss_grad was called {trial.calls['loss_grad']} times for 4 steps; 6 are enough: one "
            "call gives the loss and the gradient.",
            trial.name_arguments(args),
        )


def every_shape(trial):
    """It works for one weight and for matrices."""
    rng = trial.rng(9)
    shapes = [(), (1, 3), (2, 2)] + [(2, 1, 3), (8,), (20, 3)] * trial.hidden
    for shape in shapes:
        trial.compare(*_on_slope(rng, shape, steps=3), when=f" for w of shape {shape}")


def _cases(rng):
    return [
        _at_minimum(rng, 3, 1), _on_slope(rng, (2,), 3), _at_minimum(rng, 2, 0), _on_a_top(rng),
        _beside_a_top(rng, 4), _beside_a_top(rng, 3),
    ]  # fmt: skip


SHARPNESS = exercise(
    "sharpness",
    "06_sharpness",
    title="The worst case nearby",
    points=6,
    section="sec-sharpness",
    parameters=("loss_grad", "w", "rho", "rng", "steps"),
    returns=("sharpness",),
    kinds=("number",),
    reference=_sharpness,
    cases=_cases,
    properties=(
        form_of("It returns one number.", _on_slope),
        prop(start_only),
        prop(ascent, after="start_only", weight=2),
        prop(highest_counts, after="ascent"),
        prop(flat_ground, after="ascent"),
        prop(finds_the_worst, after="ascent"),
        prop(few_calls, after="ascent"),
        prop(every_shape, after="ascent"),
        prop_after(unchanged_of(_on_slope), "ascent"),
    ),
    misconceptions=MISTAKES,
    correct=(_all_losses, _rises, _start_first, _as_array, _recursive),
)
