"""Update rules, from plain gradient descent to AdamW, in one table: :data:`OPTIMIZERS`.

A rule can be named (``"adam"``), taken from the table (``OPTIMIZERS["adam"]``) or be your own Python
function. Everything in the library that takes a rule takes all three.

Libraries differ in small ways. These are the conventions here, next to PyTorch's, with which the tests
compare every rule (``tests/oracles/record.py``):

==================== ======================================== ========================================
question             here                                     PyTorch
==================== ======================================== ========================================
where ε stands       outside the root: √v̂ + ε                 the same
first velocity       v₁ = (1 − τ) g₁: dampened like all       v₁ = g₁: the first step is not dampened;
                     others                                   equal for τ = 0
rate and velocity    w ← w − η v: the rate is applied when    the same
                     the weights move
decay of AdamW       η λ w: scaled by the rate of the step    the same
decay of adam_l2     λ w joins the gradient, with no ½ and    ``Adam(weight_decay=λ)``
                     no 2
correction by t      step 1 is t = 1                          the same
name of RMSProp's ρ  ``rho``                                  ``alpha``
default rates        one for each rule, in the table          SGD 1e-3, RMSprop 1e-2, Adam(W) 1e-3
==================== ======================================== ========================================
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, as_floats, count, number, same_shape
from .kernels import optimizers as kernels

__all__ = [
    "FAR_AWAY",
    "OPTIMIZERS",
    "Optimizer",
    "Rule",
    "Stepper",
    "as_optimizer",
    "from_function",
    "hyperparameters",
    "learning_rates",
    "step",
]

FAR_AWAY = 1e10
"""A run with a weight beyond this, or with one that is no longer finite, has diverged."""


class Optimizer(NamedTuple):
    """One update rule.

    Attributes
    ----------
    name : str
        Name in :data:`OPTIMIZERS`.
    kernel : callable
        ``kernel(w, g, state, t, lr, hyper)``, in place; see :mod:`course_lib.kernels.optimizers`.
    lr : float
        Learning rate used if none is given.
    hyper : mapping of str to float
        The other hyperparameters with their defaults, in the order in which the kernel reads them.
    state : tuple of str
        Names of the running quantities kept for every weight.
    equation : str
        The rule, in the book's notation.
    source : str
        Where it was published.
    """

    name: str
    kernel: Callable[..., Any]
    lr: float
    hyper: Mapping[str, float]
    state: tuple[str, ...]
    equation: str
    source: str


Rule = str | Optimizer | Callable[..., Any]

_ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def _row(
    name: str,
    kernel: Callable[..., Any],
    lr: float,
    hyper: dict[str, float],
    state: tuple[str, ...],
    equation: str,
    source: str,
) -> Optimizer:
    return Optimizer(name, kernel, lr, MappingProxyType(hyper), state, equation, source)


OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        row.name: row
        for row in (
            _row(
                "sgd", kernels.sgd, 0.01, {}, (),
                "w ← w − η g",
                "Robbins and Monro (1951)",
            ),
            _row(
                "momentum", kernels.momentum, 0.01,
                {"momentum": 0.9, "dampening": 0.0}, ("v",),
                "v ← ρ v + (1 − τ) g;  w ← w − η v",
                "Polyak (1964), doi:10.1016/0041-5553(64)90137-5",
            ),
            _row(
                "rmsprop", kernels.rmsprop, 0.01,
                {"rho": 0.99, "eps": 1e-8}, ("s",),
                "s ← ρ s + (1 − ρ) g²;  w ← w − η g / (√s + ε)",
                "Tieleman and Hinton (2012), lecture 6.5",
            ),
            _row(
                "adam", kernels.adam, 0.001, _ADAM, ("m", "v"),
                "w ← w − η m̂ / (√v̂ + ε)",
                "Kingma and Ba (2015), algorithm 1, arXiv:1412.6980",
            ),
            _row(
                "adamw", kernels.adamw, 0.001, {**_ADAM, "weight_decay": 0.01}, ("m", "v"),
                "w ← w − η (m̂ / (√v̂ + ε) + λ w)",
                "Loshchilov and Hutter (2019), algorithm 2, arXiv:1711.05101",
            ),
            _row(
                "adam_l2", kernels.adam_l2, 0.001, {**_ADAM, "weight_decay": 0.01}, ("m", "v"),
                "g ← g + λ w, then Adam",
                "Loshchilov and Hutter (2019), algorithm 2 (the L2 form), arXiv:1711.05101",
            ),
        )
    }
)  # fmt: skip
"""Every rule of the library, by name."""

# Open at the top: with a decay rate of 1 nothing new would ever be taken in.
_UNIT = {"momentum", "rho", "beta1", "beta2"}


def from_function(function: Callable[..., Any]) -> Optimizer:
    """Make a rule of a plain Python function, such as the one a student wrote.

    Parameters
    ----------
    function : callable
        Pure: ``function(w, g, *state, lr, **hyper)`` returns the new weights, followed by the new
        state. The parameters say what it needs: those between ``g`` and ``lr`` are state, one array
        each, all zeros at the start; a parameter ``t`` gets the step number, counted from 1; those
        after ``lr`` are hyperparameters.

    Returns
    -------
    Optimizer

    Raises
    ------
    TypeError
        If the parameters do not have this form.

    Notes
    -----
    When it runs, the result is checked: a wrong number of parts or a wrong shape is a ValueError.

    Examples
    --------
    >>> def heavy_ball(w, g, v, lr, momentum=0.9):
    ...     v = momentum * v + g
    ...     return w - lr * v, v
    >>> rule = from_function(heavy_ball)
    >>> rule.state, dict(rule.hyper)
    (('v',), {'momentum': 0.9})
    """
    title = getattr(function, "__name__", "the function")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        raise TypeError(
            f"{title} can't be used as an update rule: Python can't see its parameters."
        ) from None
    names = [p.name for p in parameters]
    starred = any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)
    if names[:2] != ["w", "g"] or "lr" not in names or starred:
        raise TypeError(
            f"{title}({', '.join(map(str, parameters))}) can't be used as an update rule: its parameters "
            "must be w, g, then the state (and t if it counts steps), then lr, then the other "
            "hyperparameters, each with its own name."
        )
    lr_at = names.index("lr")
    state = tuple(name for name in names[2:lr_at] if name != "t")
    needs_t = "t" in names[2:lr_at]
    hyper = {p.name: _default(p) for p in parameters[lr_at + 1 :]}

    def kernel(w: Array, g: Array, rows: Array, t: int, lr: float, values: Array) -> None:
        # Copies go in, so that a function that works in place inside does no harm.
        named = dict(zip(state, (row.copy() for row in rows), strict=True))
        count_of_steps = {"t": t} if needs_t else {}
        others = dict(zip(hyper, values.tolist(), strict=True))
        new = function(w.copy(), g.copy(), **named, **count_of_steps, lr=lr, **others)
        parts = new if isinstance(new, tuple | list) else (new,)
        if len(parts) != 1 + len(state):
            raise ValueError(
                f"{title} returned {len(parts)} value(s); expected the new weights"
                + (f" and then {', '.join(state)}." if state else ".")
            )
        for name, old, part in zip(("w", *state), (w, *rows), parts, strict=True):
            if np.shape(part) != old.shape:
                raise ValueError(
                    f"{title} returned {name} with shape {np.shape(part)}; expected {old.shape}"
                    + (" (is there a `return`?)." if part is None else ".")
                )
            old[...] = part

    default_lr = _default(parameters[lr_at])
    lr = 0.01 if np.isnan(default_lr) else default_lr
    return Optimizer(title, kernel, lr, MappingProxyType(hyper), state, "", "")


def _default(parameter: inspect.Parameter) -> float:
    """Return a parameter's default; NaN stands for 'must be given'."""
    if parameter.default is parameter.empty:
        return np.nan
    return number(parameter.default, f"the default of {parameter.name}")


def as_optimizer(rule: Rule) -> Optimizer:
    """Return the rule that a name, a table row or a function stands for.

    Raises
    ------
    ValueError
        If there is no rule of that name.

    Examples
    --------
    >>> as_optimizer("adamw").state
    ('m', 'v')
    """
    if isinstance(rule, Optimizer):
        return rule
    if isinstance(rule, str):
        if rule not in OPTIMIZERS:
            raise ValueError(f"there is no rule {rule!r}; there are {', '.join(OPTIMIZERS)}.")
        return OPTIMIZERS[rule]
    if callable(rule):
        return from_function(rule)
    raise TypeError(f"a rule is a name, an Optimizer or a function, not {type(rule).__name__}.")


def hyperparameters(rule: Optimizer, given: Mapping[str, float]) -> Array:
    """Return the rule's hyperparameters as the array its kernel reads, defaults filled in.

    Parameters
    ----------
    rule : Optimizer
    given : mapping of str to float
        Values that differ from the defaults.

    Returns
    -------
    ndarray of float64, shape (k,)

    Raises
    ------
    TypeError
        If the rule has no such hyperparameter, or one without default is missing.
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> hyperparameters(OPTIMIZERS["rmsprop"], {"rho": 0.9})
    array([9.e-01, 1.e-08])
    """
    unknown = sorted(set(given) - set(rule.hyper))
    if unknown:
        known = ", ".join(rule.hyper) or "none besides lr"
        raise TypeError(f"{rule.name} has no hyperparameter {unknown[0]!r}; it has {known}.")
    values = {**rule.hyper, **given}
    for name, value in values.items():
        if name not in given and np.isnan(value):
            raise TypeError(f"{rule.name} needs a value for {name}: it has no default.")
        if name in _UNIT:
            number(value, name, low=0, high=1, open_high=True)
        else:
            number(value, name, low=0)
    return np.array(list(values.values()), dtype=np.float64)


def learning_rates(rule: Optimizer, lr: npt.ArrayLike | None, steps: int) -> Array:
    """Return the learning rate of every step.

    Parameters
    ----------
    rule : Optimizer
    lr : float or array_like of float, shape (steps,), or None
        One rate for the whole run, or one a step; None stands for the rule's default.
    steps : int

    Returns
    -------
    ndarray of float64, shape (steps,)

    Raises
    ------
    TypeError, ValueError
        If a rate is no number, negative or not finite, or there are not ``steps`` of them.

    Examples
    --------
    >>> learning_rates(OPTIMIZERS["sgd"], 0.5, 3)
    array([0.5, 0.5, 0.5])
    """
    if lr is None or np.ndim(lr) == 0:
        rate = number(rule.lr if lr is None else lr, "lr", low=0)  # type: ignore[arg-type]
        return np.full(steps, rate)
    rates = as_floats(lr, "lr").astype(np.float64)
    if rates.shape != (steps,):
        raise ValueError(
            f"lr has shape {rates.shape}, but must be one number or one a step: shape ({steps},)."
        )
    wrong = np.flatnonzero(~(np.isfinite(rates) & (rates >= 0)))
    if wrong.size:
        number(float(rates[wrong[0]]), f"lr[{wrong[0]}]", low=0)
    return rates


class Stepper:
    """A rule at work on one array of weights: it keeps the state and counts the steps.

    Parameters
    ----------
    rule : str, Optimizer or callable
    w : ndarray of float64 or float32, any shape, C-contiguous
        The weights. **Changed in place** by :meth:`update`.
    lr : float, optional
        Learning rate; the rule's own default if left out.
    **hyper : float
        Hyperparameters that differ from the defaults.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range; the message says which.

    Examples
    --------
    >>> w = np.array([1.0, -1.0])
    >>> stepper = Stepper("momentum", w, lr=0.1)
    >>> for _ in range(2):
    ...     stepper.update(np.array([1.0, 0.0]))
    >>> w
    array([ 0.71, -1.  ])
    """

    def __init__(self, rule: Rule, w: Array, lr: float | None = None, **hyper: float) -> None:
        self.rule = as_optimizer(rule)
        if not (isinstance(w, np.ndarray) and w.flags.c_contiguous and w.flags.writeable):
            raise TypeError("w must be a writeable, C-contiguous array: it is changed in place.")
        if w.dtype not in (np.float64, np.float32):
            raise TypeError(f"w must be float64 or float32, not {w.dtype}.")
        self.w = w
        self.lr = number(self.rule.lr if lr is None else lr, "lr", low=0)
        self.hyper = hyperparameters(self.rule, hyper)
        self.state = np.zeros((len(self.rule.state), w.size), dtype=w.dtype)
        self.t = 0

    def update(self, g: Array, lr: float | None = None) -> None:
        """Take one step along gradient ``g`` (same shape as ``w``), at rate ``lr`` if it is given."""
        g = np.asarray(g, dtype=self.w.dtype, order="C")
        same_shape(g, self.w, "g", "w")
        self.t += 1
        rate = self.lr if lr is None else number(lr, "lr", low=0)
        self.rule.kernel(self.w.reshape(-1), g.reshape(-1), self.state, self.t, rate, self.hyper)


def step(
    rule: Rule,
    w: npt.ArrayLike,
    g: npt.ArrayLike,
    state: tuple[npt.ArrayLike, ...] | None = None,
    t: int = 1,
    lr: float | None = None,
    **hyper: float,
) -> tuple[Array, ...]:
    """Take one step and return new arrays; nothing is changed in place.

    Parameters
    ----------
    rule : str, Optimizer or callable
    w, g : array_like of float, same shape
        Weights and the gradient there.
    state : tuple of array_like, optional
        Running quantities from the step before, each shaped like ``w``; zeros if left out.
    t : int
        Number of this step, counted from 1.
    lr : float, optional
        Learning rate.
    **hyper : float
        Hyperparameters that differ from the defaults.

    Returns
    -------
    tuple of ndarray
        The new weights, then the new state, as in ``w, m, v = step("adam", ...)``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form, shape or range.

    Examples
    --------
    >>> w, v = step("momentum", [1.0, 2.0], [1.0, 1.0], lr=0.1)
    >>> w
    array([0.9, 1.9])
    """
    row = as_optimizer(rule)
    weights = as_floats(w, "w").copy()
    stepper = Stepper(row, weights, lr, **hyper)
    stepper.t = count(t, "t", low=1) - 1
    if state is not None:
        if len(state) != len(row.state):
            raise ValueError(
                f"{row.name} keeps {len(row.state)} running quantities "
                f"({', '.join(row.state) or 'none'}), but state has {len(state)}."
            )
        for slot, value, name in zip(stepper.state, state, row.state, strict=True):
            part = as_floats(value, name)
            same_shape(part, weights, name, "w")
            slot[...] = part.reshape(-1)
    stepper.update(as_floats(g, "g"))
    return (weights, *(slot.reshape(weights.shape) for slot in stepper.state))
