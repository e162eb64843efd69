"""Chapter 1, continued: the mistakes people make in (H + αI)⁻¹ H w*.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def wrong_matrix_inverted(H, w_star, alpha):
    """the inverse is taken of the wrong matrix

    H⁻¹ (H + αI) w* makes the weights larger, by (λ + α)/λ along each eigenvector. A penalty makes them
    smaller: it is H + αI that is inverted, and H that multiplies.
    """
    return np.linalg.solve(H, (H + alpha * np.eye(len(H))) @ w_star)


def alpha_doubled(H, w_star, alpha):
    """alpha is doubled

    The penalty is ½ α ‖w‖², and the 2 of its derivative cancels the ½. Add αI to H, not 2αI.
    """
    return np.linalg.solve(H + 2 * alpha * np.eye(len(H)), H @ w_star)


def alpha_halved(H, w_star, alpha):
    """alpha is halved

    The penalty is ½ α ‖w‖²; its gradient is α w, without the ½. Add αI to H, not ½αI.
    """
    return np.linalg.solve(H + alpha / 2 * np.eye(len(H)), H @ w_star)


def factor_squared(H, w_star, alpha):
    """the shrinkage is applied twice

    Along each eigenvector the factor is λ/(λ + α), to the first power. Multiply w* by H once, and
    solve once.
    """
    M = np.linalg.solve(H + alpha * np.eye(len(H)), H)
    return M @ M @ w_star


def h_missing(H, w_star, alpha):
    """w* is not multiplied by H

    Setting the gradient H (w − w*) + α w to zero gives (H + αI) w = H w*. With w* alone on the right
    side, directions of large curvature come out much too small.
    """
    return np.linalg.solve(H + alpha * np.eye(len(H)), w_star)


def returns_what_is_lost(H, w_star, alpha):
    """it returns what is lost, not what is left

    α/(λ + α) is the share that the penalty takes away along an eigenvector. What is left is w* minus
    that part, with the factor λ/(λ + α).
    """
    return alpha * np.linalg.solve(H + alpha * np.eye(len(H)), w_star)


def alpha_everywhere(H, w_star, alpha):
    """alpha is added to every element of H

    H + alpha adds the number everywhere. αI has α on the diagonal alone: alpha * np.eye(n).
    """
    return np.linalg.solve(H + alpha, H @ w_star)


def only_the_diagonal(H, w_star, alpha):
    """only the diagonal of H is used

    That treats each weight as if it were an eigenvector. Elements off the diagonal couple the weights:
    solve with the whole matrix.
    """
    h = np.diag(H)
    return h / (h + alpha) * w_star


def factors_on_the_weights(H, w_star, alpha):
    """the factors multiply the weights, not the eigenvectors

    λ/(λ + α) is the factor along the eigenvector of λ. Express w* in the eigenvectors first, Qᵀ w*,
    multiply, and go back with Q.
    """
    eigenvalues = np.linalg.eigvalsh(H)
    return eigenvalues / (eigenvalues + alpha) * w_star


def not_rotated_back(H, w_star, alpha):
    """the result is left in the eigenvectors' coordinates

    Qᵀ w* times the factors is right, but these are components along the eigenvectors. Multiply by Q to
    return to the weights.
    """
    eigenvalues, Q = np.linalg.eigh(H)
    return eigenvalues / (eigenvalues + alpha) * (Q.T @ w_star)


def rotated_the_wrong_way(H, w_star, alpha):
    """Q and its transpose are swapped

    The columns of Q are the eigenvectors, so Qᵀ w* are the components along them. First Qᵀ, then the
    factors, then Q.
    """
    eigenvalues, Q = np.linalg.eigh(H)
    return Q.T @ (eigenvalues / (eigenvalues + alpha) * (Q @ w_star))


def one_factor_for_all(H, w_star, alpha):
    """all directions shrink alike

    w* / (1 + α) is right only if all curvatures are 1. Where the loss is steep it holds on to the
    weight, where it is flat it lets go: the factor is λ/(λ + α).
    """
    return w_star / (1 + alpha)


def elementwise_product(H, w_star, alpha):
    """two matrices are multiplied element by element

    * multiplies numbers in the same place. The product of matrices, and of a matrix and a vector, is @.
    """
    return (np.linalg.inv(H + alpha * np.eye(len(H))) * H) @ w_star


def inverts_h(H, w_star, alpha):
    """H itself is inverted

    (I + αH⁻¹)⁻¹ w* is the same as long as H has an inverse. Where the loss does not change along some
    direction, it has none. H + αI always has one: solve with that.
    """
    identity = np.eye(len(H))
    return np.linalg.solve(identity + alpha * np.linalg.inv(H), w_star)


def writes_into_h(H, w_star, alpha):
    """alpha is added in the caller's H

    H += alpha * np.eye(n) changes the matrix that your function was given. Write
    H + alpha * np.eye(n), which is a new one.
    """
    right = H @ w_star
    H += alpha * np.eye(len(H))
    return np.linalg.solve(H, right)


ALL = (
    wrong_matrix_inverted,
    alpha_doubled,
    alpha_halved,
    factor_squared,
    h_missing,
    returns_what_is_lost,
    alpha_everywhere,
    only_the_diagonal,
    factors_on_the_weights,
    not_rotated_back,
    rotated_the_wrong_way,
    one_factor_for_all,
    elementwise_product,
    inverts_h,
    writes_into_h,
)
