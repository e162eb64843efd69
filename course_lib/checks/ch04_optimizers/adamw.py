"""Chapter 4, continued: AdamW, and the mistakes people make in it.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np

from .. import variants
from ..steps import step_exercise
from .ranges import DECAY_RATE, EPS, RATE


def decay_in_gradient(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay is added to the gradient

    That is L2 regularization: weight_decay * w then enters m and v and is divided by
    sqrt(v_hat), so weights with large gradients hardly decay. AdamW leaves the gradient alone
    and decays the weights in the step: lr * weight_decay * w.
    """
    g = g + weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def decay_without_lr(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay is not multiplied by lr

    Then the weights shrink as fast when lr is small as when it is large, and a schedule does
    not reach the decay. Here, as in PyTorch, it is lr * weight_decay * w.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps) - weight_decay * w, m, v


def decay_in_m(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay is added to m

    It is then averaged and corrected like a gradient and, worse, divided by sqrt(v_hat). The
    moments must see the gradient only; the decay stands beside the step: lr * weight_decay * w.
    """
    m = beta1 * m + (1 - beta1) * (g + weight_decay * w)
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def decay_rescaled(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay is divided by sqrt(v_hat)

    The bracket closes too late. Only m_hat is divided; the decay is added after the division:
    m_hat / (sqrt(v_hat) + eps) + weight_decay * w.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat + weight_decay * w) / (np.sqrt(v_hat) + eps), m, v


def decay_after_step(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay acts on the weights after the step

    Both terms are taken at the old weights: w - lr * (step + weight_decay * w). Decaying the
    new weights shrinks the step as well.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w - lr * weight_decay * w, m, v


def weights_grow(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the weights grow instead of decaying

    The decay has the wrong sign. Weights are multiplied by 1 - lr * weight_decay, which is a
    little less than one.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) - weight_decay * w), m, v


def no_decay(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """there is no decay

    weight_decay is not used: this is Adam. Add lr * weight_decay * w to what is subtracted.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def decay_without_w(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay does not depend on w

    Subtracting lr * weight_decay moves every weight down by the same amount. Decay is
    proportional to the weight: lr * weight_decay * w.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay), m, v


def decay_doubled(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the decay is twice too strong

    The factor 2 comes from differentiating w**2, but weight decay is stated without it: lr *
    weight_decay * w.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) + 2 * weight_decay * w), m, v


def no_correction(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """the bias correction is missing

    AdamW keeps Adam's correction: divide m by 1 - beta1**t and v by 1 - beta2**t before the
    step.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * (m / (np.sqrt(v) + eps) + weight_decay * w), m, v


def betas_swapped(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """beta1 and beta2 are swapped

    beta1 is the memory of m, beta2 that of v, and each is corrected with its own.
    """
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * w), m, v


def eps_inside_root(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    """eps stands inside the square root

    The paper and this course use sqrt(v_hat) + eps; inside the root, eps = 1e-8 would act like
    1e-4.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat / np.sqrt(v_hat + eps) + weight_decay * w), m, v


def _adamw(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * w), m, v


def _adamw_shrink_first(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    w = w * (1 - lr * weight_decay)
    return w - lr / (1 - beta1**t) * m / (eps + np.sqrt(v / (1 - beta2**t))), m, v


ADAMW_STEP = step_exercise(
    "adamw_step",
    "adamw",
    title="One step of AdamW",
    points=8,
    words={
        "returns": "w, m and v",
        "state": "m and v take in the gradient alone, without any decay, as in Adam.",
        "move": "The weights move by −lr · (m̂ / (√v̂ + eps) + weight_decay · w).",
        "epsilon": ", where eps decides",
    },
    ranges={
        "lr": RATE,
        "beta1": DECAY_RATE,
        "beta2": DECAY_RATE,
        "eps": EPS,
        "weight_decay": (0.05, 0.5),
    },
    powers=(1, 2),
    misconceptions=(
        decay_in_gradient,
        decay_without_lr,
        decay_in_m,
        decay_rescaled,
        decay_after_step,
        weights_grow,
        no_decay,
        decay_without_w,
        decay_doubled,
        no_correction,
        betas_swapped,
        eps_inside_root,
    ),
    correct=variants.of(_adamw, _adamw_shrink_first),
    section="sec-adamw",
)
