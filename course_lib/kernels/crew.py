"""Threads that wait for pieces of a step, so that even steps of 10 µs can be shared.

To wake a thread takes 20 to 50 µs. Therefore a helper that has been called stays awake for a while: it
watches its slot on the board, in compiled code and without the interpreter's lock. A step that finds it
watching writes the address of its list of pieces there (:mod:`.steps`), and the helper takes pieces from it,
as the caller does. Nobody waits for a helper that is asleep or busy with something else: whoever is there
does the work.

Without numba nobody is ever called.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

import numpy as np

from .steps import ASLEEP, MOST_PARTS, SPACING, WORD, watch

LOOKS, NAPS = 60_000, 100
"""How often a helper looks at its slot before it goes back to sleep: for about 20 µs at once, then every
0.1 ms for 10 ms. To fall asleep and to wake up it needs the interpreter's lock, which a quick loop of steps
hardly ever leaves to it."""


_board = np.full(MOST_PARTS * SPACING, ASLEEP, dtype=np.int64)
BOARD: int = _board.ctypes.data
"""Address of the board."""

_inboxes: dict[int, SimpleQueue[None]] = {}
_called: set[int] = set()
_lock = threading.Lock()
_closed = threading.Event()


def slot(helper: int) -> int:
    """Return the address of a helper's slot; they count from 1, the caller being 0."""
    return BOARD + helper * SPACING * WORD


def wake(parts: int) -> None:
    """Call the helpers that a step in so many parts can use, if they are asleep."""
    if _closed.is_set():
        return
    for helper in range(1, parts):
        if helper not in _called:
            _called.add(helper)
            _inbox(helper).put(None)


def _inbox(helper: int) -> SimpleQueue[None]:
    with _lock:
        if helper not in _inboxes:
            inbox = _inboxes[helper] = SimpleQueue()
            order = (helper, inbox, watch.compiled)
            threading.Thread(target=_help, args=order, name="course_lib", daemon=True).start()
        return _inboxes[helper]


def _help(helper: int, inbox: SimpleQueue[None], watching: Callable[..., None]) -> None:
    place = slot(helper)
    while True:
        inbox.get()
        watching(place, helper, LOOKS, NAPS)
        _called.discard(helper)


@atexit.register
def _close() -> None:
    """Wait until every helper is asleep, for 10 ms at most: the interpreter is about to end.

    It takes the board away, and a helper that watched on would take what comes there for a plan.
    """
    _closed.set()
    for _ in range(1000):
        if not _called:
            return
        time.sleep(0.0005)


def _forget() -> None:
    """Forget the threads: a child process has a copy of the board, but nobody who watches it."""
    global _lock
    _lock = threading.Lock()
    _inboxes.clear()
    _called.clear()
    _board.fill(ASLEEP)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
