"""The table of update rules, and what it says about hyperparameters; see :mod:`course_lib.optimizers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._validate import Array, as_floats, count, number
from .kernels import optimizers as kernels


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
"""What stands for an update rule: its name, a row of :data:`OPTIMIZERS`, or a function of your own."""

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
                "nesterov", kernels.nesterov, 0.01,
                {"momentum": 0.9}, ("v",),
                "v ← ρ v + g;  w ← w − η (g + ρ v)",
                "Nesterov (1983); in this form Bengio et al. (2013), section 3.5, arXiv:1212.0901",
            ),
            _row(
                "adagrad", kernels.adagrad, 0.01, {"eps": 1e-10}, ("s",),
                "s ← s + g²;  w ← w − η g / (√s + ε)",
                "Duchi, Hazan and Singer (2011), JMLR 12, section 1.1",
            ),
            _row(
                "rmsprop", kernels.rmsprop, 0.01,
                {"rho": 0.99, "eps": 1e-8}, ("s",),
                "s ← ρ s + (1 − ρ) g²;  w ← w − η g / (√s + ε)",
                "Tieleman and Hinton (2012), lecture 6.5",
            ),
            _row(
                "adadelta", kernels.adadelta, 1.0,
                {"rho": 0.9, "eps": 1e-6}, ("s", "d"),
                "s ← ρ s + (1 − ρ) g²;  Δ = g √(d + ε) / √(s + ε);  d ← ρ d + (1 − ρ) Δ²;  w ← w − η Δ",
                "Zeiler (2012), algorithm 1, arXiv:1212.5701",
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
            _row(
                "radam", kernels.radam, 0.001, {**_ADAM, "threshold": 4.0}, ("m", "v"),
                "w ← w − η rₜ m̂ / (√v̂ + ε) if ρₜ > threshold, else w ← w − η m̂",
                "Liu et al. (2020), algorithm 2, arXiv:1908.03265",
            ),
        )
    }
)  # fmt: skip
"""Every rule of the library, by name."""

# Open at the top: with a decay rate of 1 nothing new would ever be taken in.
_UNIT = {"momentum", "rho", "beta1", "beta2"}

# RAdam's approximation of the variance exists only for averages longer than 4.
_LOW = {("radam", "threshold"): 4.0}


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
            number(value, name, low=_LOW.get((rule.name, name), 0.0))
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
    count(steps, "steps")
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
