"""A step of sharpness-aware minimization. Functions whose names begin with an underscore are right."""

from __future__ import annotations

import numpy as np

from ..exercise import Failure
from ..rows import exercise, form_of, prop, prop_after, unchanged_of
from ..values import close
from .draws import bowl, number, numbers
from .sam_mistakes import MISTAKES


def _sam_step(loss_grad, w, lr, rho):
    g = loss_grad(w)[1]
    length = np.sqrt(np.sum(g**2))
    e = rho * g / length if length > 0 else np.zeros_like(g)
    return w - lr * loss_grad(w + e)[1]


def _unpacked(loss_grad, w, lr, rho):
    _loss, g = loss_grad(w)
    length = np.linalg.norm(g.ravel())
    nearby = w if length == 0 else w + rho / length * g
    _loss, g = loss_grad(nearby)
    return w - g * lr


def _guarded(loss_grad, w, lr, rho):
    _, g = loss_grad(w)
    e = rho * g / (np.linalg.norm(np.ravel(g)) + 1e-12)
    _, g = loss_grad(w + e)
    return w - lr * g


def _in_place(loss_grad, w, lr, rho):
    new = np.array(w)
    g = loss_grad(new)[1]
    length = float((g * g).sum()) ** 0.5
    if length:
        g *= rho / length
    new += g
    second = loss_grad(new)[1]
    second *= lr
    new[...] = w
    new -= second
    return new


def _loop(loss_grad, w, lr, rho):
    first = loss_grad(w)[1]
    total = 0.0
    for element in np.ravel(first):
        total += element * element
    nearby, new = np.array(w), np.array(w)
    for index in np.ndindex(np.shape(w)):
        if total > 0:
            nearby[index] = w[index] + rho * first[index] / total**0.5
    second = loss_grad(nearby, 0)[1]
    for index in np.ndindex(np.shape(w)):
        new[index] = w[index] - lr * second[index]
    return new


def _as_list(loss_grad, w, lr, rho):
    g = loss_grad(w)[1]
    size = np.sqrt(np.vdot(g, g))
    unit = g / size if size > 0 else g
    return (w - lr * loss_grad(w + rho * unit)[1]).tolist()


def _arguments(rng, shape=(2,), dtype=np.float64):
    h = np.round(rng.uniform(0.5, 3.0, size=shape), 2)
    c = numbers(rng, shape)
    # Away from the minimum by more than rho, so that no gradient comes out near zero.
    w = c + numbers(rng, shape, 0.5, 1.5)
    h, c, w = (np.asarray(part, dtype=dtype) for part in (h, c, np.round(w, 2)))
    return bowl(h, c), w, number(rng, 0.05, 0.3), number(rng, 0.1, 0.4)


def two_calls(trial):
    """loss_grad is called exactly twice."""
    args = _arguments(trial.rng(1))
    trial.call(*args)
    calls = trial.calls["loss_grad"]
    if calls != 2:
        times = "once" if calls == 1 else f"{calls} times"
        raise Failure(f"loss_grad was called {times}.", trial.name_arguments(args))


def where_it_looks(trial):
    """The first call is at w, the second at w + rho · g / ‖g‖, g being the first gradient."""
    rng = trial.rng(2)
    for shape in ((1,), (2,), (2, 2)):
        args = _arguments(rng, shape)
        loss_grad, w, _, rho = args
        trial.call(*args)
        g = loss_grad(w)[1]
        places = w, w + rho * g / np.sqrt(np.sum(g**2))
        for (seen, *_), place, which in zip(
            trial.seen["loss_grad"], places, ("first", "second"), strict=True
        ):
            # The scale is that of what was added up: the sum itself may cancel to almost nothing.
            found, scale = np.asarray(seen, dtype=np.float64), float(np.max(np.abs(w))) + rho
            if not close(found, place, scale=scale):
                raise Failure(
                    f"The {which} call of loss_grad is at another place.",
                    trial.name_arguments(args),
                    place,
                    found,
                    "w in that call",
                )


def same_minibatch(trial):
    """Both calls see the minibatch of this step."""
    args = _arguments(trial.rng(3))
    trial.call(*args)
    if any(batch for seen in trial.seen["loss_grad"] for batch in seen[1:]):
        raise Failure(
            "loss_grad was called for another minibatch than that of this step.",
            trial.name_arguments(args),
        )


def step_taken(trial):
    """The step goes from w, by −lr times the second gradient."""
    rng = trial.rng(4)
    for shape in ((1,), (2,), (3,)):
        trial.compare(*_arguments(rng, shape))


def zero_gradient(trial):
    """Where the gradient is zero, the weights stay where they are."""
    rng = trial.rng(5)
    *_, lr, rho = _arguments(rng)
    c = numbers(rng, (2,))
    args = (bowl(np.array([1.0, 2.0]), c), c, lr, rho)
    trial.compare(*args, when=" at the minimum")


def several_steps(trial):
    """Eight steps in a row are right, down to the minimum and around it."""
    loss_grad, w, lr, rho = _arguments(trial.rng(8))
    for step in range(8):
        args = (loss_grad, w, lr, rho)
        trial.compare(*args, when=f" in step {step + 1}")
        (w,) = trial.reference(*args)


def every_shape(trial):
    """It works for one weight, a vector and a matrix that is not square; the norm is over all."""
    rng = trial.rng(9)
    shapes = [(), (5,), (2, 3)] + [(3, 1, 2), (1, 7), (30, 4)] * trial.hidden
    for shape in shapes:
        trial.compare(*_arguments(rng, shape), when=f" for w of shape {shape}")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_arguments(trial.rng(7), (2, 2), np.float32), when=" for float32 input")


def _cases(rng):
    c = numbers(rng, (2,))
    minimum = (bowl(np.array([1.0, 2.0]), c), c, 0.1, 0.2)
    return [_arguments(rng, (3,)), _arguments(rng, (2, 2)), minimum]


SAM_STEP = exercise(
    "sam_step",
    "06_sharpness",
    title="One step of sharpness-aware minimization",
    points=8,
    section="sec-sam",
    parameters=("loss_grad", "w", "lr", "rho"),
    returns=("w",),
    reference=_sam_step,
    cases=_cases,
    properties=(
        form_of("It returns the new weights, shaped like w.", _arguments),
        prop(two_calls),
        prop(where_it_looks, after="two_calls"),
        prop(same_minibatch, after="where_it_looks"),
        prop(step_taken, after="same_minibatch", weight=4),
        prop(zero_gradient, after="step_taken"),
        prop(several_steps, after="step_taken", weight=2),
        prop(every_shape, after="step_taken"),
        prop_after(unchanged_of(_arguments), "step_taken"),
        prop(single_precision, after="step_taken"),
    ),
    misconceptions=MISTAKES,
    correct=(_unpacked, _guarded, _in_place, _loop, _as_list),
)
