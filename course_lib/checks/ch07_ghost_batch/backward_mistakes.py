"""Mistakes people make in the backward pass of batch normalization.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def mean_forgotten(dY, X, gamma, mean, var, eps):
    """the gradient through the mean is missing

    The mean depends on every example, so moving one moves what is subtracted from all. That takes the
    mean of the gradients off: − dbeta / N in the bracket.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


def variance_forgotten(dY, X, gamma, mean, var, eps):
    """the gradient through the variance is missing

    The variance depends on every example too: moving one outwards makes the divisor of all larger. That
    takes x_hat · dgamma / N off in the bracket.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X))
    return dX, dgamma, dbeta


def statistics_constant(dY, X, gamma, mean, var, eps):
    """mean and variance are treated as constants

    They are functions of the batch, and every example has a part in them. Two terms are missing in the
    bracket: − dbeta / N, through the mean, and − x_hat · dgamma / N, through the variance.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    return gamma / np.sqrt(var + eps) * dY, dgamma, dbeta


def gamma_forgotten(dY, X, gamma, mean, var, eps):
    """gamma is missing in dX

    Y = gamma · x_hat + beta, so on the way from Y to x_hat the gradient is multiplied by gamma.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = (dY - dbeta / len(X) - x_hat * dgamma / len(X)) / np.sqrt(var + eps)
    return dX, dgamma, dbeta


def sums_not_means(dY, X, gamma, mean, var, eps):
    """sums are taken off, not means

    Each example has one N-th part in the mean and in the variance: divide dbeta and dgamma by N in the
    bracket.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta - x_hat * dgamma)
    return dX, dgamma, dbeta


def unbiased_divisor(dY, X, gamma, mean, var, eps):
    """the term of the variance is divided by N − 1

    The forward pass divides the sum of squares by N, so the backward pass does the same.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X) - x_hat * dgamma / (len(X) - 1))
    return dX, dgamma, dbeta


def x_not_normalized(dY, X, gamma, mean, var, eps):
    """dgamma is formed with X, not with the normalized X

    Y = gamma · x_hat + beta: what gamma multiplies is x_hat = (X − mean) / √(var + eps).
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * X).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X) - x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


def parameters_averaged(dY, X, gamma, mean, var, eps):
    """dgamma and dbeta are means

    gamma and beta act on every example, so their gradients are sums over the examples. Whatever mean
    the loss takes is in dY already.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).mean(axis=0), dY.mean(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta - x_hat * dgamma)
    return dX, dgamma, dbeta


def eps_outside_root(dY, X, gamma, mean, var, eps):
    """eps stands outside the square root

    The forward pass divides by np.sqrt(var + eps), and so must the backward pass.
    """
    x_hat = (X - mean) / (np.sqrt(var) + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / (np.sqrt(var) + eps) * (dY - dbeta / len(X) - x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


def root_missing(dY, X, gamma, mean, var, eps):
    """dX is divided by the variance, not by its root

    x_hat = (X − mean) / √(var + eps): on the way from x_hat to X the gradient is divided by that root,
    once. Its square, the variance, does not appear.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / (var + eps) * (dY - dbeta / len(X) - x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


def gamma_and_beta_swapped(dY, X, gamma, mean, var, eps):
    """dgamma and dbeta are returned in the other order

    Return dX, dgamma, dbeta. dbeta is the plain sum of dY, dgamma the sum of dY · x_hat.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X) - x_hat * dgamma / len(X))
    return dX, dbeta, dgamma


def sign_of_variance(dY, X, gamma, mean, var, eps):
    """the term of the variance has the wrong sign

    A larger variance makes the outputs smaller: the term is taken off, like that of the mean.
    """
    x_hat = (X - mean) / np.sqrt(var + eps)
    dgamma, dbeta = (dY * x_hat).sum(axis=0), dY.sum(axis=0)
    dX = gamma / np.sqrt(var + eps) * (dY - dbeta / len(X) + x_hat * dgamma / len(X))
    return dX, dgamma, dbeta


MISTAKES = (
    mean_forgotten,
    variance_forgotten,
    statistics_constant,
    gamma_forgotten,
    sums_not_means,
    unbiased_divisor,
    x_not_normalized,
    parameters_averaged,
    eps_outside_root,
    root_missing,
    gamma_and_beta_swapped,
    sign_of_variance,
)
