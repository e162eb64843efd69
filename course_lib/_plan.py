"""How the steps of one array of weights are handed to compiled code; see :mod:`.kernels.steps`."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from ._validate import Array
from .kernels import crew, steps
from .kernels.policy import threads

# In simple operations, of which a thread does some five a nanosecond: where two threads come to be faster
# than one if the second one is awake, and where it pays to wake it.
_SHARED = 3e4
_WORTH_WAKING = 6e5

# A step is worth a second processor if it is a tenth of the time at least, which this many seconds an
# operation stand for. A helper that watches for one step in a long while would be in the way of others.
_SOON = 1.5e-9

_PIECES = 2
_LARGEST_PIECE = 65_536


def parts_and_piece(n: int, work: float) -> tuple[int, int]:
    """Return how many threads share a step on ``n`` weights, and how many weights they take at a time.

    ``work`` says how much the whole is, in simple operations.

    Examples
    --------
    >>> parts_and_piece(1000, 1000.0)
    (1, 1000)
    """
    parts = min(threads(), steps.MOST_PARTS, int(work / _SHARED) + 1)
    if parts == 1:
        return 1, max(n, 1)
    piece = -(-n // (_PIECES * parts))
    return parts, min(-(-piece // steps.ALIGNED) * steps.ALIGNED, _LARGEST_PIECE)


class Plan:
    """What stays the same from step to step, as :mod:`.kernels.steps` reads it.

    Parameters
    ----------
    rule : int
        Its place in ``kernels.optimizers.RULES``.
    w : ndarray, shape (n,)
    state : ndarray, shape (s, n)
    hyper : ndarray of float64, shape (2, k)
    cuts : ndarray of int64
        Where the row of ``hyper`` changes; begins with 0 and ends with n.
    first : int
        The row up to the first cut.
    """

    def __init__(
        self, rule: int, w: Array, state: Array, hyper: Array, cuts: Array, first: int
    ) -> None:
        work = w.size * (1.0 + 2.0 * len(state)) * w.itemsize / 8
        self.parts, piece = parts_and_piece(w.size, work)
        self._soon = work * _SOON if work < _WORTH_WAKING else np.inf
        self._last = 0.0
        self._held = (w, state, hyper, cuts)  # the plan has but their addresses
        self._words = np.zeros(steps.SIZE, dtype=np.int64)
        for place, value in {
            steps.RULE: rule, steps.N: w.size, steps.ITEMSIZE: w.itemsize, steps.W: w.ctypes.data,
            steps.STATE: state.ctypes.data, steps.ROWS: len(state), steps.HYPER: hyper.ctypes.data,
            steps.K: hyper.shape[1], steps.CUTS: cuts.ctypes.data, steps.SLICES: cuts.size - 1,
            steps.FIRST: first, steps.PIECE: piece, steps.PARTS: self.parts, steps.BOARD: crew.BOARD,
        }.items():  # fmt: skip
            self._words[place] = value
        self.address: int = self._words.ctypes.data

    def call_helpers(self) -> None:
        """Wake the helpers if that is worth it: the step is large, or one follows the other."""
        now = perf_counter()
        if now - self._last < self._soon:
            crew.wake(self.parts)
        self._last = now
