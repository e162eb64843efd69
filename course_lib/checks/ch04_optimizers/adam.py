"""Chapter 4, continued: Adam, and the mistakes people make in it.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..steps import step_exercise
from .ranges import DECAY_RATE, EPS, RATE


def betas_swapped(w, g, m, v, t, lr, beta1, beta2, eps):
    """beta1 and beta2 are swapped

    beta1 is the memory of m, beta2 that of v, and each is corrected with its own: 1 - beta1**t
    for m, 1 - beta2**t for v.
    """
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def new_weights_swapped(w, g, m, v, t, lr, beta1, beta2, eps):
    """the new gradient's weights are swapped

    If m keeps beta1 of the old, it takes in 1 - beta1 of the new, so that the weights add up to
    one; likewise beta2 for v. With the two swapped and the usual values, the first step is a
    thousand times too short.
    """
    m = beta1 * m + (1 - beta2) * g
    v = beta2 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def one_beta_for_both(w, g, m, v, t, lr, beta1, beta2, eps):
    """m takes in the gradient with 1 - beta2

    Its weights must add up to one: m = beta1 * m + (1 - beta1) * g. Only v uses beta2. With the
    usual values every step is a hundred times too short.
    """
    m = beta1 * m + (1 - beta2) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def beta1_keeps_both(w, g, m, v, t, lr, beta1, beta2, eps):
    """m and v both keep beta1 and take in 1 - beta2

    Each moment has a beta of its own, and its two weights add up to one: beta1 and 1 - beta1 for m,
    beta2 and 1 - beta2 for v. With the usual values, the first step is a hundred times too short.
    """
    m = beta1 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def no_correction(w, g, m, v, t, lr, beta1, beta2, eps):
    """the bias correction is missing

    m and v start at zero, so early on they are too small: at t = 1, m by a factor 1 - beta1 and
    v by 1 - beta2. Divide m by 1 - beta1**t and v by 1 - beta2**t before the step.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * m / (np.sqrt(v) + eps), m, v


def only_m_corrected(w, g, m, v, t, lr, beta1, beta2, eps):
    """only m is corrected

    v starts at zero as well. Divide it by 1 - beta2**t before taking the root, or the first
    steps are far too long.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v) + eps), m, v


def only_v_corrected(w, g, m, v, t, lr, beta1, beta2, eps):
    """only v is corrected

    m starts at zero as well. Divide it by 1 - beta1**t, or the first steps are far too short.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v_hat) + eps), m, v


def t_one_too_large(w, g, m, v, t, lr, beta1, beta2, eps):
    """the step count is one too large

    t is 1 in the first step already, so the correction is 1 - beta1**t. With t + 1 it undoes
    too little of the bias.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def t_one_too_small(w, g, m, v, t, lr, beta1, beta2, eps):
    """the step count is one too small

    t is 1 in the first step. With t - 1 the correction divides by 1 - beta1**0, which is zero.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ** (t - 1))
    v_hat = v / (1 - beta2 ** (t - 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def corrected_moments_returned(w, g, m, v, t, lr, beta1, beta2, eps):
    """the corrected moments are returned as the state

    m_hat and v_hat are for this step only. The running m and v go on uncorrected; otherwise the
    next step corrects them a second time. Return w, m, v.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m_hat, v_hat


def eps_inside_root(w, g, m, v, t, lr, beta1, beta2, eps):
    """eps stands inside the square root

    sqrt(v_hat + eps) is another convention: with eps = 1e-8 it acts like 1e-4 outside. The
    paper and this course use sqrt(v_hat) + eps.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat + eps), m, v


def eps_before_correction(w, g, m, v, t, lr, beta1, beta2, eps):
    """eps is added before v is corrected

    Adding eps to sqrt(v) and correcting afterwards makes eps larger in the first steps. Correct
    v first: sqrt(v_hat) + eps.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * np.sqrt(1 - beta2**t) * m_hat / (np.sqrt(v) + eps), m, v


def eps_missing(w, g, m, v, t, lr, beta1, beta2, eps):
    """eps is missing

    Without it a weight whose gradient has always been zero gets 0 / 0. Divide by sqrt(v_hat) +
    eps.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat), m, v


def not_squared(w, g, m, v, t, lr, beta1, beta2, eps):
    """the gradient is not squared

    v is an average of g squared, so that it measures size whatever the sign. With g itself it
    can be negative, and its root is nan.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def root_missing(w, g, m, v, t, lr, beta1, beta2, eps):
    """the square root is missing

    Dividing by v_hat makes the step grow as 1 / g when gradients shrink. Divide by sqrt(v_hat)
    + eps, which is of the size of g.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (v_hat + eps), m, v


def gradient_instead_of_m(w, g, m, v, t, lr, beta1, beta2, eps):
    """the step follows g, not m

    That is RMSProp with a correction. Adam moves along the averaged gradient, m_hat.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_hat = v / (1 - beta2**t)
    return w - lr * g / (np.sqrt(v_hat) + eps), m, v


def steps_uphill(w, g, m, v, t, lr, beta1, beta2, eps):
    """the step goes uphill

    m points along the gradient, the direction in which the loss grows. Subtract the step from
    w.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w + lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def moments_reset(w, g, m, v, t, lr, beta1, beta2, eps):
    """the old moments are forgotten

    The function computes as if m and v were zero at every step. Use the m and v that are passed
    in.
    """
    m = (1 - beta1) * g
    v = (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def _adam(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def _adam_folded(w, g, m, v, t, lr, beta1, beta2, eps):
    """Both corrections folded into the rate, eps scaled to match: section 2 of the paper."""
    root = np.sqrt(1 - beta2**t)
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    return w - (lr * root / (1 - beta1**t)) * m / (np.sqrt(v) + eps * root), m, v


ADAM_STEP = step_exercise(
    "adam_step",
    "adam",
    title="One step of Adam",
    points=8,
    words={
        "returns": "w, m and v",
        "state": "m and v take in the new gradient: m becomes beta1 · m + (1 − beta1) · g, "
        "and v becomes beta2 · v + (1 − beta2) · g².",
        "move": "The weights move by −lr · m̂ / (√v̂ + eps), with both moments corrected for step t.",
        "epsilon": ", where eps decides",
    },
    ranges={"lr": RATE, "beta1": DECAY_RATE, "beta2": DECAY_RATE, "eps": EPS},
    powers=(1, 2),
    misconceptions=(
        betas_swapped,
        new_weights_swapped,
        one_beta_for_both,
        beta1_keeps_both,
        no_correction,
        only_m_corrected,
        only_v_corrected,
        t_one_too_large,
        t_one_too_small,
        corrected_moments_returned,
        eps_inside_root,
        eps_before_correction,
        eps_missing,
        not_squared,
        root_missing,
        gradient_instead_of_m,
        steps_uphill,
        moments_reset,
    ),
    correct=variants.of(_adam, _adam_folded),
    section="sec-adam",
)
