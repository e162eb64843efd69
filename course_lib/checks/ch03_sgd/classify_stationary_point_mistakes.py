"""Mistakes in classifying stationary points.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def determinant_alone(H, tol):
    """the determinant decides

    It is the product of the eigenvalues, so two negative ones hide each other: a maximum in the plane
    has a positive one. Look at the signs of the eigenvalues themselves.
    """
    determinant = np.linalg.det(H)
    if abs(determinant) <= tol * np.abs(H).max() ** len(H):
        return "undecided"
    return "minimum" if determinant > 0 else "saddle"


def determinant_and_corner(H, tol):
    """the determinant and the first entry decide

    That test is for two weights. With more, a positive determinant may hide two negative eigenvalues,
    and a negative one may be a maximum. Look at the signs of all eigenvalues.
    """
    determinant = np.linalg.det(H)
    if abs(determinant) <= tol * np.abs(H).max() ** len(H):
        return "undecided"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"


def trace_alone(H, tol):
    """the trace decides

    It is the sum of the eigenvalues, and does not show whether some have another sign. Look at all of
    them.
    """
    trace = np.trace(H)
    if abs(trace) <= tol * np.abs(np.linalg.eigvalsh(H)).max():
        return "undecided"
    return "minimum" if trace > 0 else "maximum"


def diagonal_alone(H, tol):
    """the diagonal decides

    It holds the curvatures along the axes only. Those in other directions may have other signs: take
    the eigenvalues, np.linalg.eigvalsh(H).
    """
    eigenvalues = np.diag(H)
    zero = tol * np.abs(eigenvalues).max()
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    return "minimum" if up else "maximum"


def no_tolerance(H, tol):
    """there is no tolerance

    Eigenvalues that should be zero come out as 1e-17, of either sign. Those up to
    tol * np.abs(eigenvalues).max() count as zero.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    up, down = np.any(eigenvalues > 0), np.any(eigenvalues < 0)
    if up and down:
        return "saddle"
    if np.any(eigenvalues == 0):
        return "undecided"
    return "minimum" if up else "maximum"


def tolerance_absolute(H, tol):
    """tol is taken for an absolute number

    It is a share of the largest absolute eigenvalue, so that the answer does not depend on the units
    of the loss: zero = tol * np.abs(eigenvalues).max().
    """
    eigenvalues = np.linalg.eigvalsh(H)
    up, down = np.any(eigenvalues > tol), np.any(eigenvalues < -tol)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= tol):
        return "undecided"
    return "minimum" if up else "maximum"


def largest_with_sign(H, tol):
    """the largest eigenvalue is taken with its sign

    The tolerance is a share of the largest absolute value, or a maximum has a negative tolerance:
    tol * np.abs(eigenvalues).max().
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * eigenvalues[-1]
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    return "minimum" if up else "maximum"


def zeros_forgiven(H, tol):
    """eigenvalues of zero are ignored

    Where some are zero and the others have one sign, the second derivative does not decide: higher
    ones do. Return "undecided".
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if not up and not down:
        return "undecided"
    return "minimum" if up else "maximum"


def zeros_first(H, tol):
    """an eigenvalue of zero decides before the others are looked at

    With eigenvalues of both signs it is a saddle, whatever the others are: it goes up one way and
    down another. Ask for that first.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    return "minimum" if up else "maximum"


def undecided_missing(H, tol):
    """what is not a minimum or a maximum is called a saddle

    A saddle has eigenvalues of both signs. Where some are zero and the others have one sign, it is
    undecided.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    if np.all(eigenvalues > zero):
        return "minimum"
    if np.all(eigenvalues < -zero):
        return "maximum"
    return "saddle"


def signs_swapped(H, tol):
    """minimum and maximum are swapped

    At a minimum the loss curves upwards in all directions: all eigenvalues are positive.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    return "maximum" if up else "minimum"


def any_positive(H, tol):
    """one positive eigenvalue is enough for a minimum

    All of them must be positive. One negative eigenvalue is a way down: then it is a saddle.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    if np.any(eigenvalues > zero):
        return "minimum"
    if np.any(eigenvalues < -zero):
        return "maximum"
    return "undecided"


def maximum_forgotten(H, tol):
    """a maximum is called a saddle

    A saddle has eigenvalues of both signs. If all are negative, it is a maximum.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    zero = tol * np.abs(eigenvalues).max()
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "undecided"
    return "minimum" if up else "saddle"
