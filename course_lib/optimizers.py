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
ε of Adadelta        inside both roots, as in the paper       the same
RAdam switches at    ρₜ > 4, as in the paper                  ρₜ > 5 (``threshold=5``), optax too
ε of RAdam           √v̂ + ε, as in Adam; optax too            √v + ε, corrected afterwards
Nesterov             w is the point that looks ahead;         the same
                     :mod:`course_lib.momentum` has the rest
default rates        one for each rule, in the table          the same, but for SGD: 1e-3
==================== ======================================== ========================================
"""

from __future__ import annotations

import numpy.typing as npt

from ._own_rules import as_optimizer, from_function
from ._rules import OPTIMIZERS, Optimizer, Rule, hyperparameters, learning_rates
from ._stepper import Stepper
from ._validate import Array, as_floats, count, same_shape

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
