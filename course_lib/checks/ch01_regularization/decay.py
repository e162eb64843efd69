"""Chapter 1: a step with weight decay, and the mistakes people make in it.

Every function below is wrong on purpose, but for those whose names begin with an underscore. The
first line of its docstring names the mistake, the rest is what a student who made it will read.
"""

from __future__ import annotations

import functools

import numpy as np

from ...kernels import policy
from ..rows import exercise, form_of, prop, prop_after, unchanged_of


def decay_without_lr(w, g, lr, lam):
    """lam is not multiplied by lr

    The decay is the gradient of a penalty, and every gradient is multiplied by lr. Without it the
    weights shrink as fast at a tiny learning rate as at a large one. The factor is 1 − lr · lam.
    """
    return (1 - lam) * w - lr * g


def decay_after_step(w, g, lr, lam):
    """the decay acts on the weights after the step

    (1 − lr · lam) multiplies the old weights alone. If it multiplies the new ones, it shortens the step
    along the gradient as well.
    """
    return (1 - lr * lam) * (w - lr * g)


def gradient_without_lr(w, g, lr, lam):
    """the gradient is not multiplied by lr

    Both terms are: w − lr · g − lr · lam · w.
    """
    return (1 - lr * lam) * w - g


def lr_applied_twice(w, g, lr, lam):
    """the decay is multiplied by lr twice

    Adding lr · lam · w to the gradient and then multiplying the sum by lr counts lr twice. Add lam · w
    to the gradient, or multiply the weights by 1 − lr · lam.
    """
    return w - lr * (g + lr * lam * w)


def weights_grow(w, g, lr, lam):
    """the weights grow instead of decaying

    The decay has the wrong sign. Without a gradient the weights are multiplied by 1 − lr · lam, not by
    1 + lr · lam.
    """
    return (1 + lr * lam) * w - lr * g


def steps_uphill(w, g, lr, lam):
    """the step goes uphill

    g points to where the loss grows. Subtract lr · g.
    """
    return (1 - lr * lam) * w + lr * g


def decay_doubled(w, g, lr, lam):
    """the decay is twice too strong

    The penalty is ½ lam ‖w‖², whose gradient is lam · w: the 2 that comes from the square cancels the
    ½.
    """
    return (1 - 2 * lr * lam) * w - lr * g


def decay_halved(w, g, lr, lam):
    """the decay is half as strong as it should be

    The gradient of ½ lam ‖w‖² is lam · w: the ½ goes when the square is differentiated.
    """
    return (1 - 0.5 * lr * lam) * w - lr * g


def no_decay(w, g, lr, lam):
    """there is no decay

    lam is not used: this is a plain gradient step. Multiply the old weights by 1 − lr · lam.
    """
    return w - lr * g


def decay_of_l1(w, g, lr, lam):
    """all weights decay by the same amount

    lr · lam · sign(w) is the slope of an L1 penalty. Weight decay is proportional to the weight:
    lr · lam · w.
    """
    return w - lr * (g + lam * np.sign(w))


def decay_without_w(w, g, lr, lam):
    """the decay does not depend on w

    Subtracting lr · lam moves every weight down by the same amount, negative ones away from zero. Decay
    is proportional to the weight: lr · lam · w.
    """
    return w - lr * (g + lam)


def gradient_decayed(w, g, lr, lam):
    """the gradient decays, not the weight

    (1 − lr · lam) belongs to w: the weights are made smaller, the step along the gradient is not.
    """
    return w - lr * (1 - lr * lam) * g


def stopped_at_zero(w, g, lr, lam):
    """the factor is kept from becoming negative

    For lr · lam above 1 the factor 1 − lr · lam is negative, and the weights change sign. That shows
    that lr is too large, so it must not be hidden: use the formula as it stands.
    """
    return max(1 - lr * lam, 0) * w - lr * g


def writes_into_w(w, g, lr, lam):
    """it writes into the caller's weights

    w *= ... and w -= ... change the array that your function was given. Write w = (1 - lr * lam) * w,
    which makes a new one.
    """
    w *= 1 - lr * lam
    w -= lr * g
    return w


def _decay_step(w, g, lr, lam):
    return (1 - lr * lam) * w - lr * g


def _gradient_of_the_sum(w, g, lr, lam):
    return w - lr * (g + lam * w)


def _in_place_inside(w, g, lr, lam):
    new = w.copy()
    new -= lr * lam * w
    new -= lr * g
    return new


def _three_terms(w, g, lr, lam):
    return np.add(np.subtract(w, np.multiply(lr * lam, w)), -lr * g)


def _as_list(w, g, lr, lam):
    return (w - lr * lam * w - lr * g).tolist()


def _one_by_one(w, g, lr, lam):
    new = np.empty_like(w)
    for index in np.ndindex(w.shape):
        new[index] = w[index] - lr * (lam * w[index] + g[index])
    return new


def _loop(w, g, lr, lam):
    new = np.zeros_like(w)
    for i in range(w.size):
        new[i] = (1 - lr * lam) * w[i] - lr * g[i]
    return new


_JITTED = policy.compile_lazily(_loop)


@functools.wraps(_loop)
def _compiled(w, g, lr, lam):
    return _JITTED(w.reshape(-1), g.reshape(-1), lr, lam).reshape(w.shape)


# ------------------------------------------------------------------------------ checks


def _draw(rng, shape=(2,), lr=(0.1, 0.6), dtype=np.float64):
    """Draw weights and gradients of a size that is neither close to 0 nor to 1."""
    sizes = rng.uniform(1.2, 3.0, size=(2, *shape)) * rng.choice([-1.0, 1.0], size=(2, *shape))
    w, g = (np.asarray(part, dtype=dtype) for part in np.round(sizes, 2))
    return w, g, float(np.round(rng.uniform(*lr), 2)), float(np.round(rng.uniform(0.1, 0.7), 2))


def _cases(rng):
    w, g, _, _ = _draw(rng, (4,))
    return [_draw(rng, (5,)), (w, g, 3.0, 0.6), (w, g, 1.5, 0.4)]


def decay_alone(trial):
    """Without a gradient, every weight is multiplied by 1 − lr · lam."""
    rng = trial.rng(1)
    for n in (1, 3):
        w, g, lr, lam = _draw(rng, (n,))
        trial.compare(w, 0 * g, lr, lam, when=" for a gradient of 0")


def gradient_alone(trial):
    """With lam = 0, it is a gradient step: w − lr · g."""
    rng = trial.rng(2)
    for n in (1, 3):
        w, g, lr, _ = _draw(rng, (n,))
        trial.compare(w, g, lr, 0.0, when=" for lam = 0")


def both(trial):
    """With both, it is (1 − lr · lam) w − lr · g: the decay sees the old weights."""
    rng = trial.rng(3)
    for n in (1, 3):
        trial.compare(*_draw(rng, (n,)), when=" for decay and gradient together")


def five_steps(trial):
    """Five steps in a row are right, each from the weights of the one before."""
    rng = trial.rng(4)
    w, _, lr, lam = _draw(rng)
    for step in range(1, 6):
        _, g, _, _ = _draw(rng)
        (w,) = trial.compare(w, g, lr, lam, when=f" after step {step}")


def large_rates(trial):
    """The formula holds for lr · lam above 1 too, where weights change sign, and above 2."""
    rng = trial.rng(5)
    for lr in (2.5, 8.0):
        w, g, _, _ = _draw(rng)
        trial.compare(w, 0 * g, lr, 0.6, when=f" for lr · lam = {0.6 * lr:g}")
        trial.compare(w, g, lr, 0.6, when=f" for lr · lam = {0.6 * lr:g}")


def every_shape(trial):
    """It works for one weight, a vector, and a matrix that is not square."""
    rng = trial.rng(7)
    shapes = [(), (5,), (2, 3)]
    if trial.hidden:
        shapes += [(3, 1, 2), (0,), (1, 7)]
    for shape in shapes:
        trial.compare(*_draw(rng, shape), when=f" for w of shape {shape}")


def small_numbers(trial):
    """It is right for very small and very large weights and rates."""
    rng = trial.rng(8)
    for scale in (1e-4,) + ((1e-9, 1e5) if trial.hidden else ()):
        w, g, lr, lam = _draw(rng)
        trial.compare(scale * w, g, scale * lr, lam, when=f" for numbers around {scale:g}")


def single_precision(trial):
    """It works on arrays of float32 as well."""
    trial.compare(*_draw(trial.rng(9), (2, 3), dtype=np.float32), when=" for float32 input")


DECAY_STEP = exercise(
    "decay_step",
    "01_regularization",
    title="A step with weight decay",
    points=4,
    section="sec-weight-decay",
    parameters=("w", "g", "lr", "lam"),
    returns=("w",),
    reference=_decay_step,
    cases=_cases,
    properties=(
        form_of("It returns an array shaped like w.", _draw),
        decay_alone,
        gradient_alone,
        prop(both, after=("decay_alone", "gradient_alone")),
        prop(five_steps, after="both"),
        prop(large_rates, after="both"),
        prop(every_shape, after="both"),
        prop(small_numbers, after="both"),
        prop_after(unchanged_of(_draw), "both"),
        prop(single_precision, after="every_shape"),
    ),
    misconceptions=(
        decay_without_lr,
        decay_after_step,
        gradient_without_lr,
        lr_applied_twice,
        weights_grow,
        steps_uphill,
        decay_doubled,
        decay_halved,
        no_decay,
        decay_of_l1,
        decay_without_w,
        gradient_decayed,
        stopped_at_zero,
        writes_into_w,
    ),
    correct=(
        _gradient_of_the_sum,
        _in_place_inside,
        _three_terms,
        _as_list,
        _one_by_one,
        _compiled,
    ),
)
