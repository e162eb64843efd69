"""Is a gradient right, coordinate by coordinate? Part of :mod:`course_lib.gradients`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._differences import (
    Counted,
    Gradient,
    Loss,
    best_steps,
    gradient_at,
    numerical_gradient,
    relative_error,
    value_at,
)
from ._validate import Array, a_function, above_zero, finite

__all__ = ["GradientReport", "gradient_check"]


Index = tuple[int, ...]


# Values of a loss are taken to be exact to this many roundings.
_ROUNDINGS = 16


# By how much the step is reduced where a difference and the gradient disagree.
_CLOSER = 16.0


class GradientReport(NamedTuple):
    """What :func:`gradient_check` found.

    Attributes
    ----------
    ok : bool
        Whether the gradient is right wherever that can be judged.
    message : str
        The same in a sentence, with the worst coordinate.
    worst : tuple of int
        Index of the coordinate with the largest error; of a wrong one, if there is one.
    wrong : tuple of tuple of int
        Indices where gradient and difference disagree and no kink explains it.
    kinks : tuple of tuple of int
        Indices where they disagree because the loss has a kink: at ``x``, where no gradient can be
        judged, or within a step of it, where the gradient is right.
    analytic, numerical, errors : ndarray of float64, shaped like ``x``
        Gradient, central differences, and their relative error.
    evaluations : int
        Of the loss.
    """

    ok: bool
    message: str
    worst: Index
    wrong: tuple[Index, ...]
    kinks: tuple[Index, ...]
    analytic: Array
    numerical: Array
    errors: Array
    evaluations: int


def gradient_check(
    f: Loss, df: Gradient, x: npt.ArrayLike, *, h: float | None = None, tol: float | None = None
) -> GradientReport:
    """Compare a gradient with central differences, coordinate by coordinate.

    Parameters
    ----------
    f, df : callable
        The loss and its gradient.
    x : array_like of float, any shape, not empty
        A point that is not special: not all zeros.
    h : float, above 0, optional
        Step. Left out: about ∛ε, relative to |x| where that is above 1.
    tol : float, above 0, optional
        Relative error that still counts as right: 1e-6 for float64, 1e-2 for float32 if left out.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range, ``f`` does not return a number or ``df`` not an
        array shaped like ``x``.

    Notes
    -----
    2n evaluations of the loss, and 5 more for each coordinate that looks wrong: the slopes to the left
    and to the right tell a kink, such as that of ReLU at 0, from an error, as they differ however
    small the step is. What rounding can do to a difference, some ε |f| / h, is never held against the
    gradient.

    Examples
    --------
    >>> def f(x): return float((x**3).sum())
    >>> gradient_check(f, lambda x: 3 * x**2, [1.0, -2.0]).message
    'The gradient is right: its largest relative error is 1.9e-11, at [1].'
    >>> gradient_check(f, lambda x: x**2, [1.0, -2.0]).ok
    False
    >>> def f(x): return float(np.maximum(x, 0).sum())
    >>> relu = gradient_check(f, lambda x: x > 0, [0.0, 1.0])
    >>> relu.ok, relu.kinks
    (True, ((0,),))
    """
    point = finite(x, "x")
    if not point.size:
        raise ValueError("x is empty, but there must be a coordinate to check.")
    single = point.dtype == np.float32
    limit = above_zero((1e-2 if single else 1e-6) if tol is None else tol, "tol")
    a_function(f, "f")
    loss = Counted(f)
    highest = _Highest(loss)
    numerical = numerical_gradient(highest, point, h).astype(np.float64)
    analytic = gradient_at(df, point)
    errors = np.asarray(relative_error(analytic, numerical)).reshape(point.shape)
    steps = best_steps(point, central=True, h=h)
    rounding = _ROUNDINGS * np.finfo(point.dtype).eps * highest.value / steps.astype(np.float64)
    # "not <=": a NaN on either side is an error too
    doubtful = ~(errors <= limit) & ~(np.abs(analytic - numerical) <= rounding)
    wrong: list[Index] = []
    kinks: list[Index] = []
    for row in np.argwhere(doubtful):
        i = tuple(int(k) for k in row)
        kink, closer = _look_closer(
            loss, point, i, float(steps[i]), float(analytic[i]), limit, float(rounding[i])
        )
        if kink:
            kinks.append(i)
        elif closer is None:
            wrong.append(i)
        else:
            numerical[i], errors[i] = closer, relative_error(analytic[i], closer)
            doubtful[i] = False
    worst = _worst(errors, wrong, doubtful)
    message = _message(worst, wrong, kinks, analytic, numerical, errors)
    return GradientReport(
        not wrong, message, worst, tuple(wrong), tuple(kinks), analytic, numerical, errors, loss.calls
    )  # fmt: skip


class _Highest:
    """A loss that remembers its largest size, from which its rounding errors follow."""

    def __init__(self, loss: Loss) -> None:
        self.loss, self.value = loss, 0.0

    def __call__(self, x: Array) -> float:
        value = value_at(self.loss, x)
        self.value = max(self.value, abs(value))
        return value


def _look_closer(
    f: Loss, x: Array, i: Index, h: float, slope: float, tol: float, rounding: float
) -> tuple[bool, float | None]:
    """Return whether a kink explains the disagreement, and a better difference if a smaller step does.

    (False, None) means that the gradient is wrong.
    """
    here = value_at(f, x)

    def sides(step: float) -> tuple[float, float]:
        left, right = x.copy(), x.copy()
        left[i] -= step
        right[i] += step
        return (here - value_at(f, left)) / step, (value_at(f, right) - here) / step

    (left, right), (near_left, near_right) = sides(h), sides(h / _CLOSER)
    wide, near = 0.5 * (left + right), 0.5 * (near_left + near_right)
    slack = tol * max(abs(near_left), abs(near_right), abs(slope)) + _CLOSER * rounding
    jump, near_jump = abs(right - left), abs(near_right - near_left)
    # The sides don't approach each other: the loss has no slope here that could be compared. (Nor need
    # a gradient lie between them: with several kinks at one point, that of ReLU networks does not.)
    if near_jump > max(0.5 * jump, 4.0 * slack):
        return True, None
    if not abs(near - slope) <= slack:
        # Where the second derivative jumps at x, differences are off by as much as the step is long: where
        # they lead to is on the line through the two.
        limit = near + (near - wide) / (_CLOSER - 1.0)
        return False, limit if abs(limit - slope) <= slack else None
    # Right close by. Over a smooth stretch the jump shrinks as the step does, by 16; else a kink lies
    # between the two steps.
    smooth = abs(jump - _CLOSER * near_jump) <= 0.5 * jump + _CLOSER * slack
    return not smooth, near if smooth else None


def _worst(errors: Array, wrong: list[Index], doubtful: Array) -> Index:
    """Return the coordinate to name: a wrong one, else the worst of those that rounding leaves."""
    ranked = np.where(np.isnan(errors), np.inf, errors)
    if wrong:
        return max(wrong, key=lambda i: float(ranked[i]))
    ranked = np.where(doubtful, -1.0, ranked)
    return tuple(int(k) for k in np.unravel_index(int(ranked.argmax()), errors.shape))


def _message(
    worst: Index, wrong: list[Index], kinks: list[Index], analytic: Array, numerical: Array, errors: Array
) -> str:  # fmt: skip
    at = f"[{', '.join(map(str, worst))}]"
    if wrong:
        text = (
            f"The gradient is wrong at {len(wrong)} of {errors.size} coordinates, most at {at}: it is "
            f"{analytic[worst]:.6g} there, but the difference is {numerical[worst]:.6g}."
        )
    elif len(kinks) == errors.size:
        text = "The loss has a kink at every coordinate, so nothing can be said about its gradient."
    else:
        text = f"The gradient is right: its largest relative error is {errors[worst]:.1e}, at {at}."
    if kinks and len(kinks) < errors.size:
        text += f" The loss has a kink at {len(kinks)} coordinate(s); those prove nothing."
    return text
