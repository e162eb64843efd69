"""A rule at work on one array. Part of :mod:`course_lib.optimizers`."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._own_rules import as_optimizer
from ._plan import Plan
from ._rules import Rule, hyperparameters
from ._validate import Array, as_floats, number, same_shape
from .kernels.optimizers import RULES
from .kernels.policy import jit_enabled
from .kernels.steps import take

__all__ = ["Stepper"]

# A mask that changes more often than this is followed by indices, not by slices (in Python).
_MOST_SLICES = 64


class _Job(NamedTuple):
    """A part of the weights that one call of the rule takes."""

    where: slice | Array  # an array of indices where the part is scattered
    hyper: Array


class Stepper:
    """A rule at work on one array of weights: it keeps the state and counts the steps.

    Parameters
    ----------
    rule : str, Optimizer or callable
    w : ndarray of float64 or float32, any shape, C-contiguous
        The weights. **Changed in place** by :meth:`update`.
    lr : float, optional
        Learning rate; the rule's own default if left out.
    decay_mask : array_like of bool, shaped like ``w``, optional
        True where ``weight_decay`` acts; everywhere if left out. Only for rules that have it. Biases
        are usually left alone: see :attr:`course_lib.models.Model.decay_mask`.
    **hyper : float
        Hyperparameters that differ from the defaults.

    Attributes
    ----------
    rule : Optimizer
    w : ndarray
        The same array.
    lr : float
    hyper : ndarray of float64
        In the order of ``rule.hyper``.
    state : ndarray, shape (s, w.size), dtype of ``w``
        The running quantities, one a row.
    t : int
        Steps taken.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong form or range; the message says which.

    Notes
    -----
    A step is one pass over the arrays. Several threads share a large one (:mod:`course_lib.kernels.crew`);
    the result is the same to the last bit. One stepper serves one thread at a time.

    Examples
    --------
    >>> w = np.array([1.0, -1.0])
    >>> stepper = Stepper("momentum", w, lr=0.1)
    >>> for _ in range(2):
    ...     stepper.update(np.array([1.0, 0.0]))
    >>> w
    array([ 0.71, -1.  ])
    """

    def __init__(
        self,
        rule: Rule,
        w: Array,
        lr: float | None = None,
        *,
        decay_mask: npt.ArrayLike | None = None,
        **hyper: float,
    ) -> None:
        self.rule = as_optimizer(rule)
        if not (isinstance(w, np.ndarray) and w.flags.carray):
            raise TypeError("w must be a writeable, C-contiguous array: it is changed in place.")
        if w.dtype not in (np.float64, np.float32):
            raise TypeError(f"w must be float64 or float32, not {w.dtype}.")
        self.w = w
        self.lr = number(self.rule.lr if lr is None else lr, "lr", low=0)
        table = np.tile(hyperparameters(self.rule, hyper), (2, 1))  # where decay acts, where not
        self.hyper = table[0]
        self.state = np.zeros((len(self.rule.state), w.size), dtype=w.dtype)
        self.t = 0
        self._flat = w.reshape(-1)
        cuts, first = np.array([0, w.size]), 0
        if decay_mask is not None:
            cuts, first = self._where_decay_acts(decay_mask)
            table[1, list(self.rule.hyper).index("weight_decay")] = 0.0
        self._plan: Plan | None = None
        self._jobs: list[_Job] = []
        if jit_enabled() and self.rule.kernel in RULES:
            number_of_rule = RULES.index(self.rule.kernel)
            self._plan = Plan(number_of_rule, self._flat, self.state, table, cuts, first)
            self._take = take.compiled
            self._address = self._plan.address
            self._shared = self._plan if self._plan.parts > 1 else None
            self._quick = w.ndim == 1
        else:
            self._jobs = self._make_jobs(table, cuts, first)
            self._quick = False

    def update(self, g: Array, lr: float | None = None) -> None:
        """Take one step along a gradient and change the weights in place.

        Parameters
        ----------
        g : array_like of float, shaped like ``w``
            Only read. An array of the same dtype is not copied.
        lr : float, optional
            Rate of this step.

        Raises
        ------
        TypeError, ValueError
            If ``g`` has another shape, holds no real numbers or shares memory with ``w``.
        """
        rate = self.lr if lr is None else number(lr, "lr", low=0)
        # What a caller usually passes goes straight to compiled code, which checks dtype, size and overlap:
        # at 100 weights, checks are the cost. What it does not take comes back here.
        if self._quick and type(g) is np.ndarray and g.dtype is self._flat.dtype:
            if self._shared is not None:
                self._shared.call_helpers()
            try:
                if self._take(g, self._address, self.t + 1, rate):
                    self.t += 1
                    return
            except TypeError:  # read-only or scattered
                pass
        self._update_carefully(g, rate)

    def _update_carefully(self, g: npt.ArrayLike, rate: float) -> None:
        """Do the same for whatever may be passed."""
        flat = as_floats(g, "g")
        same_shape(flat, self.w, "g", "w")
        if np.may_share_memory(flat, self.w):
            raise ValueError(
                "g shares memory with w, which changes while g is read. Pass a copy: g.copy()."
            )
        dtype = self._flat.dtype
        flat = np.require(flat, dtype=dtype, requirements=["C", "A", "W"]).reshape(-1)
        self.t += 1
        if self._plan is not None:
            if self._shared is not None:
                self._shared.call_helpers()
            self._take(flat, self._address, self.t, rate)
        for where, hyper in self._jobs:
            self._call(where, flat[where], rate, hyper)

    def _where_decay_acts(self, mask: npt.ArrayLike) -> tuple[Array, int]:
        """Return where decay begins or ends to act, from 0 to the end, and 1 if it begins without, else 0."""
        if "weight_decay" not in self.rule.hyper:
            raise ValueError(f"decay_mask is given, but {self.rule.name} has no weight_decay.")
        decayed = np.asarray(mask)
        if decayed.dtype != bool:
            raise TypeError(
                f"decay_mask must hold True and False, but its dtype is {decayed.dtype}."
            )
        same_shape(decayed, self.w, "decay_mask", "w")
        decayed = decayed.reshape(-1)
        changes = np.flatnonzero(np.diff(decayed)) + 1
        cuts = np.concatenate([[0], changes, [decayed.size]]).astype(np.int64)
        return cuts, int(decayed.size > 0 and not decayed[0])

    def _make_jobs(self, hyper: Array, cuts: Array, first: int) -> list[_Job]:
        """Return the calls of a rule that is a Python function."""
        if cuts.size <= _MOST_SLICES:
            bounds = itertools.pairwise(cuts.tolist())
            return [_Job(slice(a, b), hyper[(first + j) % 2]) for j, (a, b) in enumerate(bounds)]
        # One call for all that is scattered is cheaper then.
        kinds = (first + np.repeat(np.arange(cuts.size - 1), np.diff(cuts))) % 2
        return [_Job(np.flatnonzero(kinds == kind), hyper[kind]) for kind in (0, 1)]

    def _call(self, where: slice | Array, g: Array, rate: float, hyper: Array) -> None:
        """Call the rule for some of the weights."""
        w, state = self._flat, self.state
        if isinstance(where, slice):
            self.rule.kernel(w[where], g, state[:, where], self.t, rate, hyper)
            return
        part = w[where]
        rows = np.take(state, where, axis=1)  # state[:, where] would scatter the rows
        self.rule.kernel(part, g, rows, self.t, rate, hyper)
        w[where], state[:, where] = part, rows
