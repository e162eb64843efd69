"""Mistakes in Newton's step.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def uphill(g, H, floor):
    """the sign is wrong

    The step is added to the weights, so it must lead downhill: solve for -g.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), g)


def explicit_inverse(g, H, floor):
    """the inverse is formed

    np.linalg.inv takes more work than solving, and where H is ill-conditioned its rounding errors are
    far larger: the step does not solve the equations. Use np.linalg.solve.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return -np.linalg.inv(H + shift * np.eye(len(g))) @ g


def never_damped(g, H, floor):
    """nothing is done about curvatures that are negative or too small

    Where H has a negative eigenvalue, the plain step leads to a saddle or a maximum. Add
    shift = max(0, lowest - smallest eigenvalue) to the diagonal first.
    """
    return np.linalg.solve(H, -g)


def damped_always(g, H, floor):
    """H is damped where it need not be

    Where the smallest eigenvalue is large enough, the shift is 0 and the step is the plain one. Take
    max(0, ...).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    return np.linalg.solve(H + (lowest - eigenvalues[0]) * np.eye(len(g)), -g)


def floor_added_always(g, H, floor):
    """floor times the largest curvature is added to the diagonal, always

    The shift depends on the smallest eigenvalue: none if that is large enough, and else as much as it
    takes to lift it there: max(0, lowest - smallest).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    return np.linalg.solve(H + lowest * np.eye(len(g)), -g)


def smallest_left_out(g, H, floor):
    """the shift does not make up for the negative curvature

    Adding the lowest permitted value lifts a negative eigenvalue, but not high enough. Subtract the
    smallest eigenvalue in the shift: lowest - eigenvalues[0].
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = lowest if eigenvalues[0] < lowest else 0.0
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def only_negative_damped(g, H, floor):
    """only negative curvatures are lifted

    A curvature that is positive but tiny makes a step far too long. Lift it too: the shift is
    max(0, lowest - smallest), whatever the sign of the smallest.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = lowest - eigenvalues[0] if eigenvalues[0] < 0 else 0.0
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def determinant_asked(g, H, floor):
    """the determinant decides whether H is damped

    It is positive too where two eigenvalues are negative. Look at the smallest eigenvalue.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = lowest - eigenvalues[0] if np.linalg.det(H) <= 0 else 0.0
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def largest_with_sign(g, H, floor):
    """the largest eigenvalue is taken with its sign

    The scale is the largest absolute value. Where the most negative eigenvalue is the largest in
    size, the two differ: take np.abs(eigenvalues).max().
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * eigenvalues[-1]
    shift = max(0.0, lowest - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def norm_as_largest(g, H, floor):
    """the norm of H is taken for its largest eigenvalue

    np.linalg.norm(H) is the root of the sum of all squares. The scale is the largest absolute
    eigenvalue: np.abs(eigenvalues).max(), or np.linalg.norm(H, 2).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    shift = max(0.0, floor * np.linalg.norm(H) - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def entry_as_largest(g, H, floor):
    """the largest entry of H is taken for its largest eigenvalue

    The entries of H are not its curvatures. The scale is the largest absolute eigenvalue:
    np.abs(eigenvalues).max().
    """
    eigenvalues = np.linalg.eigvalsh(H)
    shift = max(0.0, floor * np.abs(H).max() - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def floor_absolute(g, H, floor):
    """floor is taken for the lowest curvature itself

    It is a share of the largest absolute eigenvalue, so that the step does not depend on the units of
    the loss: lowest = floor * np.abs(eigenvalues).max().
    """
    eigenvalues = np.linalg.eigvalsh(H)
    shift = max(0.0, floor - eigenvalues[0])
    return np.linalg.solve(H + shift * np.eye(len(g)), -g)


def eigenvalues_turned(g, H, floor):
    """negative eigenvalues are made positive one by one

    That is another way to damp. Here all eigenvalues are shifted alike: the same number is added to
    the whole diagonal.
    """
    eigenvalues, vectors = np.linalg.eigh(H)
    lowest = floor * np.abs(eigenvalues).max()
    curvatures = np.maximum(np.abs(eigenvalues), lowest)
    return -vectors @ (vectors.T @ g / curvatures)


def eigenvalues_cut_off(g, H, floor):
    """only the eigenvalues that are too small are lifted

    That is another way to damp. Here all eigenvalues are shifted alike: the same number is added to
    the whole diagonal.
    """
    eigenvalues, vectors = np.linalg.eigh(H)
    lowest = floor * np.abs(eigenvalues).max()
    return -vectors @ (vectors.T @ g / np.maximum(eigenvalues, lowest))


def shift_on_all_entries(g, H, floor):
    """the shift is added to every entry of H

    H + shift adds it everywhere. To shift the eigenvalues, add it to the diagonal only:
    H + shift * np.eye(n).
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return np.linalg.solve(H + shift, -g)


def shift_subtracted(g, H, floor):
    """the shift is subtracted

    The eigenvalues must be lifted: add the shift to the diagonal.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return np.linalg.solve(H - shift * np.eye(len(g)), -g)


def diagonal_only(g, H, floor):
    """only the diagonal of H is used

    Dividing by the diagonal is right if all else is zero. In general, solve the linear equations.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return -g / (np.diag(H) + shift)


def multiplied_by_the_hessian(g, H, floor):
    """the gradient is multiplied by H

    The step is what H has to be multiplied by to give -g: solve the equations, with
    np.linalg.solve.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    lowest = floor * np.abs(eigenvalues).max()
    shift = max(0.0, lowest - eigenvalues[0])
    return -(H + shift * np.eye(len(g))) @ g
