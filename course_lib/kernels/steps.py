"""A step of a rule on one array of weights, prepared once and taken many times.

At a hundred weights a step is 0.02 µs of arithmetic; to hand four arrays to compiled code takes ten times
that. A *plan* therefore holds all that stays the same, as numbers in one array, and a step gets its address:
only the gradient is an array that is looked at anew. A hundred thousand weights are cut into pieces, which
helpers take from the plan as well (:mod:`.crew`). The cuts lie at multiples of what the processor
handles at a time, so that the result does not depend on who took which piece.

The numbers of a plan:

============ =================================================================================
RULE         place in ``optimizers.RULES``
N, ITEMSIZE  number of weights, bytes of one
W, STATE     where weights and state are; the state has ROWS rows
HYPER        where the hyperparameters are: two rows of K, the second for weights without decay
CUTS         where the SLICES + 1 places are between which decay acts, or acts not, in turn
FIRST        the row of hyperparameters of the first slice
PIECE        weights in a piece; at least N: the step is not shared
PARTS, BOARD threads that may share it; where the slots of the helpers are
BUSY … NEXT  of the step under way: whether there is one, helpers at work, gradient, number, rate,
             and the next piece in each part
============ =================================================================================
"""

from __future__ import annotations

import numpy as np

from .optimizers import by_number
from .policy import Array, for_floats, kernel
from .words import add, load, memory, nap, replace, store

WORD = 8
MOST_PARTS = 16
RULE, N, ITEMSIZE, W, STATE, ROWS, HYPER, K, CUTS, SLICES, FIRST, PIECE, PARTS, BOARD = range(14)
BUSY, HELPERS, G, T, RATE, NEXT = range(16, 22)
SIZE = NEXT + MOST_PARTS

ASLEEP, WATCHING, AT_WORK = 0, 1, 2
"""What a slot says; anything else is the address of a plan in which a helper may take part."""

SPACING = 16
"""Words from one slot to the next: each in a cache line (or two) of its own."""

ALIGNED = 64
"""Cuts are at multiples of this: four of the widest vectors."""


@kernel(*for_floats("void(F[::1], i8, i8, f8, i8, i8)"))
def _piece(g: Array, address: int, t: int, lr: float, low: int, high: int) -> None:
    """Take the step for the weights from ``low`` to ``high``."""
    plan = memory(address, SIZE, np.int64)
    n, rule, slices = plan[N], plan[RULE], plan[SLICES]
    w = memory(plan[W], n, g.dtype)
    state = memory(plan[STATE], (plan[ROWS], n), g.dtype)
    hyper = memory(plan[HYPER], (2, plan[K]), np.float64)
    if slices == 1:
        kind = hyper[plan[FIRST]]
        by_number(rule, w[low:high], g[low:high], state[:, low:high], t, lr, kind)
        return
    cuts = memory(plan[CUTS], slices + 1, np.int64)
    first, after = 0, slices  # the slice with `low` in it is found by halving
    while after - first > 1:
        middle = (first + after) // 2
        if cuts[middle] <= low:
            first = middle
        else:
            after = middle
    for j in range(first, slices):
        a, b = max(low, cuts[j]), min(high, cuts[j + 1])
        if a >= high:
            return
        kind = hyper[(plan[FIRST] + j) % 2]
        by_number(rule, w[a:b], g[a:b], state[:, a:b], t, lr, kind)


@kernel(*for_floats("void(F[::1], i8, i8)"))
def _share(g: Array, address: int, part: int) -> None:
    """Take pieces until there are none: first those of one's own part, then of the others."""
    plan = memory(address, SIZE, np.int64)
    n, size, parts, t = plan[N], plan[PIECE], plan[PARTS], plan[T]
    lr = memory(address, SIZE, np.float64)[RATE]
    pieces = (n + size - 1) // size
    for offset in range(parts):
        k = (part + offset) % parts
        end = pieces * (k + 1) // parts
        while True:
            if part == 0:
                _offer(address)  # at every piece: a helper may have woken up since
            piece = add(address + (NEXT + k) * WORD, 1)
            if piece >= end:
                break
            _piece(g, address, t, lr, piece * size, min(n, (piece + 1) * size))


@kernel("void(i8)")
def _offer(address: int) -> None:
    """Write the plan's address into the slots of those who watch and have nothing to do."""
    plan = memory(address, SIZE, np.int64)
    for helper in range(1, plan[PARTS]):
        slot = plan[BOARD] + helper * SPACING * WORD
        if load(slot) == WATCHING:
            add(address + HELPERS * WORD, 1)
            if not replace(slot, WATCHING, address):
                add(address + HELPERS * WORD, -1)


@kernel("void(i8)")
def _finish(address: int) -> None:
    """Take back what nobody has seen yet; wait for the others."""
    plan = memory(address, SIZE, np.int64)
    for helper in range(1, plan[PARTS]):
        slot = plan[BOARD] + helper * SPACING * WORD
        if replace(slot, address, WATCHING):
            add(address + HELPERS * WORD, -1)
    while load(address + HELPERS * WORD) > 0:
        pass


@kernel(*for_floats("b1(F[::1], i8, i8, f8)"), nogil=True)
def take(g: Array, address: int, t: int, lr: float) -> bool:
    """Take step ``t`` of the plan at an address; return False if ``g`` does not fit or overlaps ``w``."""
    plan = memory(address, SIZE, np.int64)
    n, w, here = plan[N], plan[W], np.int64(g.ctypes.data)
    length = n * g.itemsize
    if g.size != n or g.itemsize != plan[ITEMSIZE] or (here < w + length and w < here + length):
        return False
    # A second thread that steps the same weights meanwhile is on its own.
    if plan[PIECE] >= n or not replace(address + BUSY * WORD, 0, 1):
        _piece(g, address, t, lr, 0, n)
        return True
    plan[G], plan[T] = here, t
    memory(address, SIZE, np.float64)[RATE] = lr
    pieces = (n + plan[PIECE] - 1) // plan[PIECE]
    for k in range(plan[PARTS]):
        plan[NEXT + k] = pieces * k // plan[PARTS]
    _share(g, address, 0)
    _finish(address)
    store(address + BUSY * WORD, 0)
    return True


@kernel("void(i8, i8, i8, i8)", nogil=True)
def watch(slot: int, part: int, looks: int, naps: int) -> None:
    """Take part in whatever steps are written into a slot.

    Ends when there was nothing for so many looks, one directly after the other, and then for so many more
    with a nap before each.
    """
    replace(slot, ASLEEP, WATCHING)
    left = looks + naps
    while left > 0 or not replace(slot, WATCHING, ASLEEP):
        left -= 1
        address = load(slot)
        if address != WATCHING and replace(slot, address, AT_WORK):
            plan = memory(address, SIZE, np.int64)
            if plan[ITEMSIZE] == WORD:
                _share(memory(plan[G], plan[N], np.float64), address, part)
            else:
                _share(memory(plan[G], plan[N], np.float32), address, part)
            store(slot, WATCHING)
            add(address + HELPERS * WORD, -1)  # from here on the plan may vanish
            left = looks + naps
        elif left < naps:
            nap()
