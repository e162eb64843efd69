"""A rule at work on one array. Part of :mod:`course_lib.optimizers`."""

from __future__ import annotations

import functools
import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._own_rules import as_optimizer
from ._rules import Rule, hyperparameters
from ._validate import Array, as_floats, number, same_shape
from .kernels._threads import together
from .kernels.policy import Kernel, bounds_of_parts

__all__ = ["Stepper"]

# A mask that changes more often than this is followed by indices, not by slices.
_MOST_SLICES = 64


class _Job(NamedTuple):
    """A part of the weights that one call of the kernel takes."""

    where: slice | Array  # an array of indices where the part is scattered
    w: Array
    state: Array
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
    A step is one pass over the arrays. Large ones are cut into parts that run at the same time;
    :func:`course_lib.kernels.policy.bounds_of_parts` says from which size on.

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
        self.hyper = hyperparameters(self.rule, hyper)
        self.state = np.zeros((len(self.rule.state), w.size), dtype=w.dtype)
        self.t = 0
        self._dtype, self._shape = w.dtype, w.shape
        kernel = self.rule.kernel
        self._kernel = kernel.compiled if isinstance(kernel, Kernel) else kernel
        self._crews = self._plan(decay_mask)
        self._alone = self._crews[0][0] if self._is_one_slice() else None

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
        # What a caller usually passes goes straight to the kernel: at 100 weights, checks are the cost.
        if not (type(g) is np.ndarray and g.dtype is self._dtype and g.flags.carray):
            g = self._usable(g)
        if g.shape != self._shape:
            same_shape(g, self.w, "g", "w")
        if (g.base is not None or self.w.base is not None or g is self.w) and np.may_share_memory(
            g, self.w
        ):
            raise ValueError(
                "g shares memory with w, which changes while g is read. Pass a copy: g.copy()."
            )
        rate = self.lr if lr is None else number(lr, "lr", low=0)
        self.t += 1
        if self._alone is not None:
            _, w, state, hyper = self._alone
            self._kernel(w, g if g.ndim == 1 else g.reshape(-1), state, self.t, rate, hyper)
            return
        flat = g.reshape(-1)
        crews = [functools.partial(self._do, jobs, flat, rate) for jobs in self._crews]
        together(crews)

    def _usable(self, g: npt.ArrayLike) -> Array:
        """Return ``g`` as an array that a kernel takes; copy it only if it must be."""
        return np.require(as_floats(g, "g"), dtype=self._dtype, requirements=["C", "A", "W"])

    def _plan(self, mask: npt.ArrayLike | None) -> list[list[_Job]]:
        """Cut the step into crews that work at the same time, each with its calls of the kernel."""
        groups = [(self.hyper, slice(0, self.w.size))] if mask is None else self._by_decay(mask)
        whole = isinstance(self.rule.kernel, Kernel)
        bounds = bounds_of_parts(self.w.size, self._operations()) if whole else [0, self.w.size]
        flat = self.w.reshape(-1)
        crews = []
        for low, high in itertools.pairwise(bounds):
            jobs = []
            for hyper, where in groups:
                if isinstance(where, slice):
                    where = slice(max(low, where.start), min(high, where.stop))
                    if where.start < where.stop or where.stop == self.w.size == 0:
                        jobs.append(_Job(where, flat[where], self.state[:, where], hyper))
                elif (part := where[(low <= where) & (where < high)]).size:
                    jobs.append(_Job(part, flat, self.state, hyper))
            crews.append(jobs)
        return crews

    def _operations(self) -> float:
        """Return how much work a step is, in the unit of :func:`bounds_of_parts`."""
        return self.w.size * (1.0 + 2.0 * len(self.rule.state)) * self._dtype.itemsize / 8

    def _by_decay(self, mask: npt.ArrayLike) -> list[tuple[Array, slice | Array]]:
        """Return the parts of the weights that are decayed and those that are not."""
        if "weight_decay" not in self.rule.hyper:
            raise ValueError(f"decay_mask is given, but {self.rule.name} has no weight_decay.")
        decayed = np.asarray(mask)
        if decayed.dtype != bool:
            raise TypeError(
                f"decay_mask must hold True and False, but its dtype is {decayed.dtype}."
            )
        same_shape(decayed, self.w, "decay_mask", "w")
        decayed = decayed.reshape(-1)
        undecayed = self.hyper.copy()
        undecayed[list(self.rule.hyper).index("weight_decay")] = 0.0
        cuts = [0, *(np.flatnonzero(np.diff(decayed)) + 1).tolist(), decayed.size]
        if len(cuts) > _MOST_SLICES:  # one call for all that is scattered is cheaper then
            kinds = ((self.hyper, decayed), (undecayed, ~decayed))
            return [(hyper, np.flatnonzero(which)) for hyper, which in kinds]
        return [
            (self.hyper if decayed[a] else undecayed, slice(a, b))
            for a, b in itertools.pairwise(cuts)
            if a < b
        ]

    def _is_one_slice(self) -> bool:
        """Whether one call on everything is the whole step."""
        first = self._crews[0]
        return len(self._crews) == len(first) == 1 and isinstance(first[0].where, slice)

    def _do(self, jobs: list[_Job], g: Array, rate: float) -> None:
        """Call the kernel for some parts of the weights."""
        for where, w, state, hyper in jobs:
            if isinstance(where, slice):
                self._kernel(w, g[where], state, self.t, rate, hyper)
            else:
                part = w[where]
                rows = np.take(state, where, axis=1)  # state[:, where] would scatter the rows
                self._kernel(part, g[where], rows, self.t, rate, hyper)
                w[where], state[:, where] = part, rows
