"""Chapter 1, continued: mistakes in a penalty: the ½, λ, and what is penalized.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def half_missing(W, lam, kind):
    """the ½ of "l2" is missing in the value

    R must be ½ λ Σ w², so that its slope is λ w without any factor. Your dR has that slope, but
    your R belongs to another function, whose slope is 2 λ w. Put the 0.5 back.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def slope_doubled(W, lam, kind):
    """the slope of "l2" has a factor 2

    The derivative of ½ w² is w: the 2 that comes down from the exponent cancels the ½. So dR is
    lam * W for this kind. The factor 2 belongs to the kind without the ½.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), 2 * w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def no_half_anywhere(W, lam, kind):
    """ "l2" is computed without its ½

    This is right for "l2_without_half", where R = λ Σ w² and dR = 2 λ w. In this course "l2"
    carries a ½, in both places: R = ½ λ Σ w² and dR = λ w.
    """
    w = W.copy()
    w[-1] = 0
    if kind in ("l2", "l2_without_half"):
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def slope_keeps_half(W, lam, kind):
    """the ½ of "l2" is kept in the slope

    Differentiating ½ w² brings down a 2, which cancels the ½. The slope is λ w, not ½ λ w.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), 0.5 * w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def norm_not_squared(W, lam, kind):
    """the norm is not squared

    R uses ‖w‖, the root of the sum of squares. The L2 penalty is ½ λ ‖w‖², with no root: only
    then is its slope λ w.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sqrt(np.sum(w**2)), w
    elif kind == "l2_without_half":
        R, dR = np.sqrt(np.sum(w**2)), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def mean_instead_of_sum(W, lam, kind):
    """R is a mean over the weights

    A penalty is a sum: its slope for one weight must not depend on how many others there are.
    Replace np.mean by np.sum.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.mean(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.mean(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.mean(np.abs(w)), np.sign(w)
    else:
        R = np.mean(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def lam_missing_in_slope(W, lam, kind):
    """lam is left out of the gradient

    lam multiplies the whole penalty, so it multiplies its slope as well. Without it, the dial
    that sets the strength of the penalty turns nothing: training only ever sees dR.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, dR


def lam_missing_in_value(W, lam, kind):
    """lam is left out of the value

    R is the penalty as it is added to the loss: lam times the sum. With lam in the slope alone,
    R and dR belong to different functions.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return R, lam * dR


def biases_penalized(W, lam, kind):
    """the biases are penalized

    The last row of W holds biases. A bias shifts an output by the same amount for every example
    and can't follow the noise of single ones, so nothing is gained by making it small. Leave
    W[-1] out of R, and give it slope 0.
    """
    w = W.copy()
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def biases_in_value(W, lam, kind):
    """the biases are penalized in the value, but not in the gradient

    The slopes of W[-1] are 0, as they should be, but its numbers are still in the sum. Leave
    the last row out of R too: sum over W[:-1].
    """
    w = W.copy()
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    dR = 1.0 * dR
    dR[-1] = 0
    return lam * R, lam * dR


def biases_in_slope(W, lam, kind):
    """the biases are penalized in the gradient, but not in the value

    R leaves the last row out, as it should, so R does not change with the biases: their slopes
    are 0. Set dR[-1] to 0.
    """
    w = W.copy()
    w[-1] = 0
    v = W
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), v
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * v
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(v)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(v) + 0.5 * v
    return lam * R, lam * dR


def erases_the_biases(W, lam, kind):
    """the biases are set to 0 in the caller's W

    W[-1] = 0 writes into the array that your function was given, so the model loses its biases
    each time you ask for the penalty. Work on a copy, w = W.copy(), or sum over W[:-1].
    """
    w = W
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w.copy()
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.sign(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


ALL = (
    half_missing,
    slope_doubled,
    no_half_anywhere,
    slope_keeps_half,
    norm_not_squared,
    mean_instead_of_sum,
    lam_missing_in_slope,
    lam_missing_in_value,
    biases_penalized,
    biases_in_value,
    biases_in_slope,
    erases_the_biases,
)
