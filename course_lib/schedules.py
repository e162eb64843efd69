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
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, as_floats, count, number

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

Steps = npt.ArrayLike
Rate = float | Array


def constant(t: Steps, lr: float) -> Rate:
    """η(t) = η₀.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> constant([0, 1, 2], 0.1)
    array([0.1, 0.1, 0.1])
    """
    return _shaped(np.full_like(_clock(t), _lr(lr)))


def step_decay(t: Steps, lr: float, factor: float = 0.1, every: int = 30) -> Rate:
    """η(t) = η₀ · factor^⌊t / every⌋: a fall after every ``every`` steps.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.
    factor : float, 0 to 1
    every : int, at least 1
        Steps between falls. To fall every k epochs, pass k times the steps of an epoch.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> step_decay([0, 9, 10, 20], 1.0, factor=0.5, every=10)
    array([1.  , 1.  , 0.5 , 0.25])
    """
    base, every = number(factor, "factor", low=0, high=1), count(every, "every", low=1)
    return _shaped(_lr(lr) * base ** np.floor(_clock(t) / every))


def exponential_decay(t: Steps, lr: float, factor: float, every: int = 1) -> Rate:
    """η(t) = η₀ · factor^(t / every): the smooth form of :func:`step_decay`.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.
    factor : float, 0 to 1
    every : int, at least 1
        Steps in which the rate falls by ``factor``.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> exponential_decay([0, 1, 2], 1.0, factor=0.5)
    array([1.  , 0.5 , 0.25])
    """
    base, every = number(factor, "factor", low=0, high=1), count(every, "every", low=1)
    return _shaped(_lr(lr) * base ** (_clock(t) / every))


def linear_decay(t: Steps, lr: float, T: int, lr_end: float = 0.0) -> Rate:
    """η(t) = η₀ + (η_T − η₀) t / T: a straight line down, then level.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; taken as 0 below 0 and as T beyond T.
    lr, lr_end : float, at least 0
        η₀ and η_T.
    T : int, at least 1
        Steps to the end.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    Examples
    --------
    >>> linear_decay([0, 1, 2, 4, 9], 1.0, T=4)
    array([1.  , 0.75, 0.5 , 0.  , 0.  ])
    """
    share = _share(t, T)
    return _shaped((1.0 - share) * _lr(lr) + share * _lr(lr_end, "lr_end"))


def cosine_decay(t: Steps, lr: float, T: int, lr_end: float = 0.0) -> Rate:
    """η(t) = η_T + ½ (η₀ − η_T)(1 + cos(π t / T)): level at both ends, steepest in the middle.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; taken as 0 below 0 and as T beyond T.
    lr, lr_end : float, at least 0
        η₀ and η_T.
    T : int, at least 1
        Steps to the end.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    I. Loshchilov and F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts,
    equation 5, without restarts. arXiv:1608.03983.

    Examples
    --------
    >>> cosine_decay(50, 0.1, T=100)
    0.05
    >>> cosine_decay([0, 100, 500], 0.1, T=100, lr_end=0.01)
    array([0.1 , 0.01, 0.01])
    """
    fall = 0.5 * (1.0 + np.cos(np.pi * _share(t, T)))
    return _shaped(fall * _lr(lr) + (1.0 - fall) * _lr(lr_end, "lr_end"))


def inverse_sqrt(t: Steps, lr: float, offset: float = 1.0) -> Rate:
    """η(t) = η₀ √(t₀ / (t₀ + t)): begins at η₀ and in the end falls like 1/√t.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.
    offset : float, above 0
        t₀, which keeps the rate finite at t = 0; the larger, the later the fall.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    A. Vaswani et al. (2017). Attention is all you need, equation 3, arXiv:1706.03762: with
    ``offset=W`` behind a warmup of W steps, this is its schedule, η₀ √(W / t) after the warmup.

    Examples
    --------
    >>> inverse_sqrt([0, 3, 8, 99], 1.0)
    array([1.        , 0.5       , 0.33333333, 0.1       ])
    """
    offset = number(offset, "offset", low=0)
    if offset == 0:
        raise ValueError("offset is 0, but must be above 0: the rate would be infinite at t = 0.")
    return _shaped(_lr(lr) / np.sqrt(1.0 + _clock(t) / offset))


def inverse_time(t: Steps, lr: float, decay: float = 1.0) -> Rate:
    """η(t) = η₀ / (1 + k t): the 1/t of Robbins and Monro, finite at t = 0.

    Parameters
    ----------
    t : float or array_like of float
        The step, counted from 0; below 0 taken as 0.
    lr : float, at least 0
        η₀.
    decay : float, at least 0
        k: the rate has halved after 1/k steps. On a quadratic of curvature λ under noise, η₀ = 1/λ
        with k = 1 makes the weight the mean of what all gradients so far point to.

    Returns
    -------
    float or ndarray of float64, shaped like ``t``

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of range.

    References
    ----------
    H. Robbins and S. Monro (1951). A stochastic approximation method. Annals of Mathematical
    Statistics 22(3), doi:10.1214/aoms/1177729586.

    Examples
    --------
    >>> inverse_time([0, 1, 3], 1.0)
    array([1.  , 0.5 , 0.25])
    """
    return _shaped(_lr(lr) / (1.0 + number(decay, "decay", low=0) * _clock(t)))


class Row(NamedTuple):
    """One schedule.

    Attributes
    ----------
    function : callable
        ``function(t, lr, ...)``.
    power : float
        p where η(t) falls like t^−p in the long run: 0 for a constant, infinite where it falls
        faster than every power of t or ends.
    equation : str
    """

    function: Callable[..., Rate]
    power: float
    equation: str


SCHEDULES: Mapping[str, Row] = MappingProxyType(
    {
        "constant": Row(constant, 0.0, "η₀"),
        "step_decay": Row(step_decay, math.inf, "η₀ · factor^⌊t / every⌋"),
        "exponential_decay": Row(exponential_decay, math.inf, "η₀ · factor^(t / every)"),
        "linear_decay": Row(linear_decay, math.inf, "η₀ + (η_T − η₀) t / T"),
        "cosine_decay": Row(cosine_decay, math.inf, "η_T + ½ (η₀ − η_T)(1 + cos(π t / T))"),
        "inverse_sqrt": Row(inverse_sqrt, 0.5, "η₀ √(t₀ / (t₀ + t))"),
        "inverse_time": Row(inverse_time, 1.0, "η₀ / (1 + k t)"),
    }
)
"""Every schedule of the library, by name."""


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
        return _shaped(np.asarray(self.function(_clock(t, self.steps)), dtype=np.float64))


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
    if kind not in SCHEDULES:
        raise ValueError(f"there is no schedule {kind!r}; there are {', '.join(SCHEDULES)}.")
    function = SCHEDULES[kind].function
    known = list(inspect.signature(function).parameters.values())[1:]
    names = [p.name for p in known]
    for name in parameters:
        if name not in names:
            raise TypeError(f"{kind} has no parameter {name!r}; it has {', '.join(names)}.")
    for p in known:
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
        W.

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
    >>> rate = chain((schedule("constant", lr=1.0), 2), (schedule("linear_decay", lr=0.8, T=4), None))
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
    known, steps = _as_schedule(schedule), count(steps, "steps")
    _within(known, steps)
    values = np.atleast_1d(known(np.arange(steps)))
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if wrong.size:
        k = int(wrong[0])
        raise ValueError(
            f"{known.name} gives the rate {values[k]:g} at step {k}, but a rate must be finite and "
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
    return _lr(lr) * float(ratio ** number(power, "power", low=0, high=1))


def satisfies_robbins_monro(kind: str, power: float | None = None) -> bool:
    """Whether a schedule's rates are large enough to get anywhere and small enough to come to rest.

    That is: Σ η(t) = ∞ (any distance can be walked) and Σ η(t)² < ∞ (the noise dies out). For rates
    that fall like t^−p both hold for ½ < p ≤ 1.

    Parameters
    ----------
    kind : str
        A name in :data:`SCHEDULES` (with lr above 0, 0 < factor < 1, decay above 0), or "power" for
        η₀ (1 + t)^−power.
    power : float, at least 0
        Only for kind "power".

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        If there is no such kind, or ``power`` is missing or given in vain.

    References
    ----------
    H. Robbins and S. Monro (1951), equations 6 and 26, doi:10.1214/aoms/1177729586.

    Examples
    --------
    >>> [kind for kind in SCHEDULES if satisfies_robbins_monro(kind)]
    ['inverse_time']
    >>> satisfies_robbins_monro("power", power=0.5)
    False
    """
    if kind == "power":
        if power is None:
            raise TypeError('kind "power" needs a value for power, such as power=0.75.')
        p = number(power, "power", low=0)
    elif kind not in SCHEDULES:
        raise ValueError(f"there is no schedule {kind!r}; there are {', '.join(SCHEDULES)}, power.")
    elif power is not None:
        raise TypeError(f'{kind} takes no power; only kind "power" does.')
    else:
        p = SCHEDULES[kind].power
    return 0.5 < p <= 1.0


def _clock(t: Steps, end: float | None = None) -> Array:
    """Return the steps as float64, moved to the nearest end of [0, end]."""
    steps = as_floats(t, "t").astype(np.float64)
    if np.isnan(steps).any():
        raise ValueError("t is NaN, but must be a number of steps, counted from 0.")
    return np.asarray(np.clip(steps, 0.0, end))


def _share(t: Steps, T: int) -> Array:
    """Return t / T within [0, 1]."""
    T = count(T, "T", low=1)
    return _clock(t, T) / T


def _lr(value: float, name: str = "lr") -> float:
    return number(value, name, low=0)


def _shaped(values: npt.ArrayLike) -> Rate:
    """Return a float for a scalar, an array for an array."""
    array = np.asarray(values, dtype=np.float64)
    return float(array) if array.ndim == 0 else array


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
