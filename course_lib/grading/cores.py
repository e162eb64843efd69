"""Two processes that speak in turns, on one core.

A judge and an answer never work at the same time: one waits for the other. To wake a process that sleeps on
another core takes both longer than most of what they have to say, above all on virtual machines. So both stay
where the judge happens to be. Now and then the system may move it: others may have come there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os

ANY = -1
MANY = 64
"""Submissions until the system may choose again."""


class Seat:
    """The core that this thread keeps to.

    Attributes
    ----------
    core : int
        Its number; ``ANY`` where the system has no such calls, or may choose.

    Examples
    --------
    >>> seat = Seat()
    >>> before = seat.take()
    >>> stay(seat.core)
    >>> seat.leave()
    """

    def __init__(self) -> None:
        self.core = ANY
        self._all: set[int] = set()
        self._left = 0

    def take(self) -> int:
        """Keep to a core for one submission more; return its number."""
        if self.core == ANY or not self._left:
            self.leave()
            with contextlib.suppress(AttributeError, OSError):
                self._all, core = os.sched_getaffinity(0), int(ctypes.CDLL(None).sched_getcpu())
                os.sched_setaffinity(0, {core})
                self.core, self._left = core, MANY
        self._left -= 1
        return self.core

    def rest(self) -> None:
        """Let the system choose, if it is time."""
        if not self._left:
            self.leave()

    def leave(self) -> None:
        """Let the system choose."""
        if self.core != ANY:
            self.core = ANY
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, self._all)


def stay(core: int) -> None:
    """Keep this thread, and the processes that it starts from now on, to a core."""
    if core != ANY:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {core})
