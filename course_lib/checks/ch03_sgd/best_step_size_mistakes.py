"""Mistakes in the best constant rate.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def one_over_largest(H):
    """lr is 1 / L

    With 1 / L the steepest direction is done in one step, but the flattest is slower than it need
    be. The best rate makes both equally slow: 2 / (mu + L).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 1 / high, (high - low) / (high + low)


def one_over_largest_and_its_rate(H):
    """both are those of lr = 1 / L

    With 1 / L a step multiplies the error by 1 - mu / L. A larger lr is faster: 2 / (mu + L). It
    multiplies the error in the steepest and in the flattest direction by (L - mu) / (L + mu).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 1 / high, 1 - low / high


def the_limit(H):
    """lr is 2 / L

    That is the limit: from there on, the steepest direction does not shrink at all. The best rate is
    below it: 2 / (mu + L).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / high, (high - low) / (high + low)


def two_left_out(H):
    """lr is half of what it should be

    lr makes 1 - lr * mu and 1 - lr * L equal but for the sign. That gives 2 / (mu + L), with a 2.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 1 / (low + high), (high - low) / (high + low)


def mean_of_all(H):
    """lr is one over the mean of all eigenvalues

    Only the two extreme directions limit the rate; those in between are always faster. Take the
    smallest and the largest eigenvalue: 2 / (mu + L).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 1 / eigenvalues.mean(), (high - low) / (high + low)


def condition_number_squared(H):
    """the rate is made of kappa squared

    The rate is (kappa - 1) / (kappa + 1) with kappa = L / mu, not squared.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    kappa = (high / low) ** 2
    return 2 / (low + high), (kappa - 1) / (kappa + 1)


def rate_of_the_loss(H):
    """the rate is squared

    The loss goes like the square of the error, so this is how much the loss shrinks. Here the rate
    is that of the error: (kappa - 1) / (kappa + 1).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), ((high - low) / (high + low)) ** 2


def rate_of_momentum(H):
    """the rate is made of the root of kappa

    That is how fast momentum can be. Plain gradient descent has (kappa - 1) / (kappa + 1), without
    the root.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    kappa = np.sqrt(high / low)
    return 2 / (low + high), (kappa - 1) / (kappa + 1)


def rate_negative(H):
    """the rate is negative

    mu and L are swapped in it. A step multiplies the error by (L - mu) / (L + mu) or less, which is
    between 0 and 1.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), (low - high) / (high + low)


def condition_number_returned(H):
    """the condition number is returned in place of the rate

    The second number is what a step multiplies the error by: (kappa - 1) / (kappa + 1).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), high / low


def diagonal_only(H):
    """mu and L are taken from the diagonal

    The diagonal holds the curvatures only if everything else is zero. In general they are the
    eigenvalues: np.linalg.eigvalsh(H).
    """
    diagonal = np.sort(np.diag(H))
    low, high = diagonal[0], diagonal[-1]
    return 2 / (low + high), (high - low) / (high + low)


def extreme_entries(H):
    """mu and L are the smallest and the largest entry of H

    Curvatures are the eigenvalues of H: np.linalg.eigvalsh(H).
    """
    low, high = H.min(), H.max()
    return 2 / (low + high), (high - low) / (high + low)


def first_and_last(H):
    """the eigenvalues are taken to be in order, but they are not

    np.linalg.eig returns them in any order. Use np.linalg.eigvalsh, which sorts them, or take min
    and max.
    """
    eigenvalues = np.linalg.eig(H)[0].real
    low, high = eigenvalues[0], eigenvalues[-1]
    return 2 / (low + high), (high - low) / (high + low)


def swapped(H):
    """lr and rate are returned in the wrong order

    Return lr first, then rate: return 2 / (low + high), (high - low) / (high + low).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = eigenvalues[0], eigenvalues[-1]
    return (high - low) / (high + low), 2 / (low + high)
