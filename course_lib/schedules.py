"""Learning-rate schedules: the rate as a pure function of the step, scalar or array.

Steps are counted from 0: the first step of a run is taken with ``t = 0``. ``T`` is the number of steps
over which a rate falls, so a run of T steps uses t = 0, …, T − 1 and the last value is reached at
``t = T``, when the run is over. Every schedule is defined on all of 0 ≤ t, most of them up to T; outside
that domain it keeps the value at the nearest end.

The functions are the formulas. :func:`schedule` fixes their parameters and leaves t open, and such
schedules can be composed: ``with_warmup(schedule("cosine_decay", lr=0.1, T=900), 100)``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._schedules import (
    SCHEDULES,
    Rate,
    Steps,
    clock,
    constant,
    cosine_decay,
    exponential_decay,
    inverse_sqrt,
    inverse_time,
    linear_decay,
    satisfies_robbins_monro,
    step_decay,
)
from ._validate import Array, count, known, number, scalar_or_array

__all__ = [
    "SCHEDULES",
    "Schedule",
    "chain",
    "constant",
    "cosine_decay",
    "exponential_decay",
    "inverse_sqrt",
    "inverse_time",
    "linear_decay",
    "rates",
    "satisfies_robbins_monro",
    "scale_learning_rate",
    "schedule",
    "step_decay",
    "with_warmup",
]


class Schedule(NamedTuple):
    """A schedule with all its parameters fixed: call it with t.

    Attributes
    ----------
    name : str
    function : callable
        ``function(t)`` for an ndarray t of float64 within the domain; returns an array like it.
    steps : int or None
        Where the domain ends; None if it does not. Beyond, the rate stays what it was there.
    """

    name: str
    function: Callable[[Array], Any]
    steps: int | None = None

    def __call__(self, t: Steps) -> Rate:
        """Return the rate at step ``t``: a float, or an array shaped like ``t``."""
        return scalar_or_array(np.asarray(self.function(clock(t, self.steps)), dtype=np.float64))


AnySchedule = str | Schedule | Callable[[Any], Any]


def schedule(kind: str, **parameters: float) -> Schedule:
    """Fix the parameters of a schedule and leave t open.

    Parameters
    ----------
    kind : str
        A name in :data:`SCHEDULES`.
    **parameters : float
        What its function takes besides t: ``lr``, and for some more.

    Returns
    -------
    Schedule

    Raises
    ------
    TypeError, ValueError
        If there is no such schedule, or a parameter is unknown, missing or out of range.

    Examples
    --------
    >>> half = schedule("linear_decay", lr=1.0, T=4, lr_end=0.5)
    >>> half(2), half.steps
    (0.75, 4)
    """
    function = SCHEDULES[known(kind, SCHEDULES, "schedule")].function
    its = list(inspect.signature(function).parameters.values())[1:]
    names = [p.name for p in its]
    for name in parameters:
        if name not in names:
            raise TypeError(f"{kind} has no parameter {name!r}; it has {', '.join(names)}.")
    for p in its:
        if p.default is p.empty and p.name not in parameters:
            raise TypeError(f"{kind} needs a value for {p.name}: it has no default.")
    function(0, **parameters)  # an error in a parameter is reported here, not at the first step
    T = parameters.get("T")
    return Schedule(kind, lambda t: function(t, **parameters), None if T is None else int(T))


def with_warmup(schedule: AnySchedule, warmup: int) -> Schedule:
    """Put a linear warmup in front of a schedule.

    Step t < W uses η(0)·(t + 1)/W, so the first step's rate is not zero and the W-th one's is η(0).
    Then the schedule begins: step W uses η(0), step W + k uses η(k).

    Parameters
    ----------
    schedule : Schedule or callable
        η. A plain function is called with one step at a time.
    warmup : int, at least 0
        W, the steps of the warmup.

    Returns
    -------
    Schedule
        Its domain is W steps longer.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form.

    References
    ----------
    P. Goyal et al. (2017). Accurate, large minibatch SGD: training ImageNet in 1 hour, section 2.2.
    arXiv:1706.02677.

    Examples
    --------
    >>> rate = with_warmup(lambda t: 0.5**t, 4)
    >>> rate([0, 1, 2, 3, 4, 5])
    array([0.25, 0.5 , 0.75, 1.  , 1.  , 0.5 ])
    """
    base, W = _as_schedule(schedule), count(warmup, "warmup")
    if W == 0:
        return base

    def warmed(t: Array) -> Array:
        return np.minimum((t + 1.0) / W, 1.0) * base(t - W)  # base stays at 0 below 0

    steps = None if base.steps is None else base.steps + W
    return Schedule(f"warmup, {base.name}", warmed, steps)


def chain(*pieces: tuple[AnySchedule, int | None]) -> Schedule:
    """Put schedules one behind the other, each beginning at its own t = 0.

    Parameters
    ----------
    *pieces : (schedule, steps)
        A schedule and for how many steps it is followed, at least 1. The last piece's steps may be
        None: to its own end.

    Returns
    -------
    Schedule

    Raises
    ------
    TypeError, ValueError
        If there is no piece, or one has the wrong form or is followed beyond its end.

    Examples
    --------
    >>> fall = schedule("linear_decay", lr=0.8, T=4)
    >>> rate = chain((schedule("constant", lr=1.0), 2), (fall, None))
    >>> rate([0, 1, 2, 4, 6])
    array([1. , 1. , 0.8, 0.4, 0. ])
    """
    if not pieces:
        raise ValueError("chain needs at least one piece, (schedule, steps).")
    schedules, lengths = [], []
    for k, piece in enumerate(pieces):
        if not isinstance(piece, tuple) or len(piece) != 2:
            raise TypeError(f"piece {k} must be (schedule, steps), not {type(piece).__name__}.")
        one, steps = _as_schedule(piece[0]), piece[1]
        if steps is None and k < len(pieces) - 1:
            raise ValueError(f"piece {k} has no number of steps; only the last may go without.")
        steps = one.steps if steps is None else count(steps, f"steps of piece {k}", low=1)
        _within(one, steps)
        schedules.append(one)
        lengths.append(steps)
    starts = np.cumsum([0, *(n or 0 for n in lengths[:-1])])

    def joined(t: Array) -> Array:
        which = np.searchsorted(starts, t, side="right") - 1
        values = np.empty_like(t)
        for k, (one, start) in enumerate(zip(schedules, starts, strict=True)):
            values[which == k] = one(t[which == k] - start)
        return values

    end = None if lengths[-1] is None else int(starts[-1]) + lengths[-1]
    return Schedule(", ".join(one.name for one in schedules), joined, end)


def rates(schedule: AnySchedule, steps: int) -> Array:
    """Return the rate of every step of a run, as ``descend`` and ``fit`` take it for ``lr``.

    Parameters
    ----------
    schedule : Schedule or callable
        A plain function is called with one step at a time.
    steps : int

    Returns
    -------
    ndarray of float64, shape (steps,)
        The rates at t = 0, …, steps − 1.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, the run is longer than the schedule, or a rate is negative
        or not finite.

    Examples
    --------
    >>> rates(schedule("linear_decay", lr=1.0, T=4), 4)
    array([1.  , 0.75, 0.5 , 0.25])
    """
    followed, steps = _as_schedule(schedule), count(steps, "steps")
    _within(followed, steps)
    values = np.atleast_1d(followed(np.arange(steps)))
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if wrong.size:
        k = int(wrong[0])
        raise ValueError(
            f"{followed.name} gives the rate {values[k]:g} at step {k}, but a rate must be finite and "
            "at least 0."
        )
    return values


def scale_learning_rate(lr: float, batch: int, base_batch: int, power: float = 1.0) -> float:
    """Return the rate for another batch size: lr · (batch / base_batch)^power.

    With power 1 (the linear rule) η/B stays the same, and with it the scale of SGD's noise. It holds
    while noise rules a run and breaks past the critical batch size. Adam-type methods follow the
    square root (power ½) more closely.

    Parameters
    ----------
    lr : float, at least 0
        A rate that suits ``base_batch``.
    batch, base_batch : int, at least 1
    power : float, 0 to 1

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    P. Goyal et al. (2017), section 2.1, arXiv:1706.02677 (linear). A. Krizhevsky (2014). One weird
    trick for parallelizing convolutional neural networks, section 5, arXiv:1404.5997 (both).

    Examples
    --------
    >>> scale_learning_rate(0.1, batch=1024, base_batch=256)
    0.4
    >>> scale_learning_rate(0.1, batch=1024, base_batch=256, power=0.5)
    0.2
    """
    ratio = count(batch, "batch", low=1) / count(base_batch, "base_batch", low=1)
    return number(lr, "lr", low=0) * float(ratio ** number(power, "power", low=0, high=1))


def _as_schedule(schedule: AnySchedule) -> Schedule:
    """Return a Schedule for anything that a person may mean by one."""
    if isinstance(schedule, Schedule):
        return schedule
    if not callable(schedule):
        raise TypeError(
            f"a schedule is a Schedule or a function of t, not {type(schedule).__name__}. "
            'Make one with schedule("cosine_decay", lr=0.1, T=100).'
        )
    name = getattr(schedule, "__name__", "function")

    def one_at_a_time(t: Array) -> Array:
        """So that a function with ``if t < …`` in it will do too."""
        values = [schedule(int(step) if step.is_integer() else step) for step in t.ravel().tolist()]
        return np.asarray(values, dtype=np.float64).reshape(t.shape)

    return Schedule(name, one_at_a_time)


def _within(schedule: Schedule, steps: int | None) -> None:
    """Raise ``ValueError`` if a run is longer than its schedule."""
    if schedule.steps is not None and (steps is None or steps > schedule.steps):
        raise ValueError(
            f"{schedule.name} ends after {schedule.steps} steps, but the run has {steps}. "
            "Make its T as long as the run, or put a constant behind it with chain."
        )
