"""Chapter 1, continued: mistakes in a penalty: the corner of |w|, and the mixture.

Every function below is wrong on purpose. The first line of its docstring names the mistake, the rest
is what a student who made it will read.
"""

from __future__ import annotations

import numpy as np


def zero_slopes_up(W, lam, kind):
    """the slope of |w| at w = 0 is not 0

    At 0, |w| has a corner and no slope of its own. The course takes 0, in the middle between −1
    and 1, as np.sign does. With >= a weight that is 0 counts as positive, and is pushed off 0 again.
    """
    w = W.copy()
    w[-1] = 0
    sign = np.where(w >= 0, 1.0, -1.0)
    sign[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), sign
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * sign + 0.5 * w
    return lam * R, lam * dR


def zero_slopes_down(W, lam, kind):
    """the slope of |w| at w = 0 is not 0

    At 0, |w| has a corner and no slope of its own. The course takes 0, in the middle between −1
    and 1, as np.sign does. If all that is not above 0 counts as negative, a weight that is 0 is
    pushed off 0 again.
    """
    w = W.copy()
    w[-1] = 0
    sign = np.where(w > 0, 1.0, -1.0)
    sign[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), sign
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * sign + 0.5 * w
    return lam * R, lam * dR


def sign_by_division(W, lam, kind):
    """the sign is computed as w / |w|

    That is 0/0 for a weight of 0, and one nan spoils every number it meets. np.sign(w) gives
    −1, 0 or 1.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), w / np.abs(w)
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * w / np.abs(w) + 0.5 * w
    return lam * R, lam * dR


def l1_slope_constant(W, lam, kind):
    """the slope of |w| has lost its sign

    |w| grows to both sides: its slope is 1 for positive weights and −1 for negative ones. With
    1 everywhere, a step downhill pushes negative weights away from 0. Use np.sign.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(np.abs(w)), np.abs(np.sign(w))
    else:
        R = np.sum(0.5 * np.abs(w) + 0.25 * w**2)
        dR = 0.5 * np.abs(np.sign(w)) + 0.5 * w
    return lam * R, lam * dR


def l1_without_abs(W, lam, kind):
    """ "l1" adds up w instead of |w|

    Positive and negative weights then cancel, and a large negative weight earns a reward. Take
    np.abs(W) before you sum.
    """
    w = W.copy()
    w[-1] = 0
    if kind == "l2":
        R, dR = 0.5 * np.sum(w**2), w
    elif kind == "l2_without_half":
        R, dR = np.sum(w**2), 2 * w
    elif kind == "l1":
        R, dR = np.sum(w), np.sign(w)
    else:
        R = np.sum(0.5 * w + 0.25 * w**2)
        dR = 0.5 * np.sign(w) + 0.5 * w
    return lam * R, lam * dR


def net_adds_both(W, lam, kind):
    """ "elastic_net" adds the two penalties in full

    Here each takes part with a share of ½: R = ½ λ Σ|w| + ½ · ½ λ Σ w². The second ½ is the one
    that "l2" carries already.
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
        R = np.sum(np.abs(w) + 0.5 * w**2)
        dR = np.sign(w) + w
    return lam * R, lam * dR


def net_one_half_missing(W, lam, kind):
    """the quadratic part of "elastic_net" has only one ½

    Half of the "l2" penalty is ½ · ½ λ Σ w² = ¼ λ Σ w²: one ½ is the share, the other belongs
    to "l2" itself. Its slope is ½ λ w.
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
        R = np.sum(0.5 * np.abs(w) + 0.5 * w**2)
        dR = 0.5 * np.sign(w) + w
    return lam * R, lam * dR


ALL = (
    zero_slopes_up,
    zero_slopes_down,
    sign_by_division,
    l1_slope_constant,
    l1_without_abs,
    net_adds_both,
    net_one_half_missing,
)
