"""The mistakes people make in RAdam: the rectified rate, and what it shares with Adam.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def root_missing(w, g, m, v, t, lr, beta1, beta2, eps):
    """the root of the rectification is missing

    The fraction is a ratio of variances. r_t is that of the standard deviations: its square root.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * share * m_hat / (np.sqrt(v_hat) + eps), m, v


def upside_down(w, g, m, v, t, lr, beta1, beta2, eps):
    """the rectification is upside down

    r_t must be below 1 and rise to 1: it shortens the early steps. The factors with rho_t stand above the
    bar and those with rho_inf below it, but for the last one of each.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (longest - 4) * (longest - 2) * length / ((length - 4) * (length - 2) * longest)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def last_factors_swapped(w, g, m, v, t, lr, beta1, beta2, eps):
    """rho_inf and rho_t are swapped in the last factor

    Above the bar stand (rho_t - 4), (rho_t - 2) and rho_inf; below it (rho_inf - 4), (rho_inf - 2) and
    rho_t. In the last pair the two have changed sides.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * length / ((longest - 4) * (longest - 2) * longest)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def not_rectified(w, g, m, v, t, lr, beta1, beta2, eps):
    """the rectification is missing

    After the first steps this is plain Adam. Multiply the step by r_t, the square root of
    (rho_t - 4)(rho_t - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho_t).
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def beta1_in_length(w, g, m, v, t, lr, beta1, beta2, eps):
    """rho is computed from beta1

    rho_t is the length of the average of squares, v, whose memory is beta2. Use beta2 in rho_inf and in
    rho_t.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta1) - 1
    length = longest - 2 * t * beta1**t / (1 - beta1**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def length_without_two(w, g, m, v, t, lr, beta1, beta2, eps):
    """the factor 2 is missing in rho_t

    What is subtracted is 2 * t * beta2**t / (1 - beta2**t). With it, rho_t is 1 at the first step, as long
    as the average of a single number is.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def longest_without_one(w, g, m, v, t, lr, beta1, beta2, eps):
    """the 1 is missing in rho_inf

    rho_inf is 2 / (1 - beta2) - 1. With it, rho_t is 1 at the first step, as long as the average of a
    single number is.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2)
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def v_not_corrected(w, g, m, v, t, lr, beta1, beta2, eps):
    """v is not corrected

    v starts at zero as well as m. Divide it by 1 - beta2**t before taking the root; the rectification does
    not replace that.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v) + eps), m, v


def eps_inside_root(w, g, m, v, t, lr, beta1, beta2, eps):
    """eps stands inside the square root

    sqrt(v_hat + eps) is another convention: with eps = 1e-8 it acts like 1e-4 outside. This course uses
    sqrt(v_hat) + eps, as in Adam.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / np.sqrt(v_hat + eps), m, v


def betas_swapped(w, g, m, v, t, lr, beta1, beta2, eps):
    """beta1 and beta2 are swapped

    beta1 is the memory of m, beta2 that of v, and each is corrected with its own: 1 - beta1**t for m,
    1 - beta2**t for v. rho_t belongs to v.
    """
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta2**t)
    longest = 2 / (1 - beta1) - 1
    length = longest - 2 * t * beta1**t / (1 - beta1**t)
    if length <= 4:
        return w - lr * m_hat, m, v
    v_hat = v / (1 - beta1**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w - lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


def radam_uphill(w, g, m, v, t, lr, beta1, beta2, eps):
    """the step goes uphill

    m points along the gradient, the direction in which the loss grows. Subtract the step from w, in both
    branches.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return w + lr * m_hat, m, v
    v_hat = v / (1 - beta2**t)
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return w + lr * np.sqrt(share) * m_hat / (np.sqrt(v_hat) + eps), m, v


LATER = (
    root_missing,
    upside_down,
    last_factors_swapped,
    not_rectified,
    beta1_in_length,
    length_without_two,
    longest_without_one,
    v_not_corrected,
    eps_inside_root,
    betas_swapped,
    radam_uphill,
)
