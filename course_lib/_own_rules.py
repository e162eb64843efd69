"""Students' functions as update rules; see :mod:`course_lib.optimizers`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from ._rules import OPTIMIZERS, Optimizer, Rule
from ._validate import Array, number


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

    Parameters
    ----------
    rule : str, Optimizer or callable
        A name in :data:`course_lib.optimizers.OPTIMIZERS`, a row of it, or a function as
        :func:`from_function` takes it.

    Returns
    -------
    Optimizer

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
