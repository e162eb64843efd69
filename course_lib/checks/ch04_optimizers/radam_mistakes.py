"""The mistakes people make in RAdam: when it begins to divide by the root.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def threshold_five(w, g, m, v, t, lr, beta1, beta2, eps):
    """it waits until rho_t exceeds 5

    Some libraries switch at 5. The paper and this course switch as soon as rho_t is above 4, where the
    approximation of the adaptive rate's variance begins to exist: with beta2 = 0.999 at step 5, where rho_t is 4.996.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 5:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def no_fallback(w, g, m, v, t, lr, beta1, beta2, eps):
    """there is no branch for the first steps

    While rho_t is 4 or less, the rectification would be the root of something negative or meaningless.
    Those steps go without the division: w - lr * m_hat.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def divides_early(w, g, m, v, t, lr, beta1, beta2, eps):
    """the first steps are divided by the root of v_hat as well

    That is plain Adam, whose rate is least reliable in just these steps. While rho_t is 4 or less, RAdam
    does not divide: w - lr * m_hat.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    v_hat = v / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def first_steps_uncorrected(w, g, m, v, t, lr, beta1, beta2, eps):
    """m is not corrected in the first steps

    m starts at zero, so early on it is too small: at t = 1 by a factor 1 - beta1. Correct it in both
    branches: w - lr * m_hat.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def stands_still_early(w, g, m, v, t, lr, beta1, beta2, eps):
    """the weights stand still in the first steps

    While rho_t is 4 or less, RAdam does not divide, but it does move: w - lr * m_hat.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


EARLY = (
    threshold_five,
    no_fallback,
    divides_early,
    first_steps_uncorrected,
    stands_still_early,
)
