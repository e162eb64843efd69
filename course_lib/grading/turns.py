"""The two ends of a line when much is said at once: see :mod:`course_lib.grading.ahead`.

The judge sends the pieces, and sleeps until a bell rings: when all are answered, or one is answered so that
the next can't be opened. Each answer is on the line as soon as it is there, so that what was answered
before a call without an end is not lost.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from typing import TYPE_CHECKING

from ._wire import Functions
from .ahead import HEAD, Pieces
from .wire import Closed, Late, Line, WireError

if TYPE_CHECKING:
    from .transcript import Path

_LARGE = 32 << 10  # bytes of a frame for which the socket may have no room
_MOST = 1 << 17  # bytes that are taken at once, above what a path and one more frame have


class Asked(Line):
    """The answer's end.

    Parameters
    ----------
    end : socket.socket
    bell : int
        A descriptor to write to.
    functions : Functions, optional
    """

    def __init__(self, end: socket.socket, bell: int, functions: Functions | None = None) -> None:
        super().__init__(end, functions)
        self._bell = bell
        self._pieces: Pieces | None = None
        self._opened: bytes | None = None

    def post(self, frame: bytes) -> None:
        """Send a frame; ring if it opens none of the pieces that came."""
        if self._pieces is None:
            super().post(frame)
            return
        self._opened = self._pieces.open(frame)
        if self._opened is not None:
            super().post(frame)
            return
        self._pieces = None
        large = len(frame) > _LARGE  # then there is room when the judge reads
        if large:
            os.write(self._bell, b"!")
        super().post(frame)
        if not large:
            os.write(self._bell, b"!")

    def hear(self, most: int = 0) -> bytes:
        """Return what is said next: the piece that was opened, or what comes."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            return opened
        frame = super().hear(most) if most else super().hear()
        if HEAD.unpack_from(frame)[0]:
            return frame
        self._pieces = Pieces(frame[HEAD.size :])
        return self._pieces.first


class Asking(Line):
    """The judge's end.

    Parameters
    ----------
    end : socket.socket
    bell : int
        A descriptor to read from, closed with the line; -1 if there is none, and nothing is said ahead.
    functions : Functions, optional
    """

    def __init__(self, end: socket.socket, bell: int, functions: Functions | None = None) -> None:
        super().__init__(end, functions)
        self._bell = bell

    def follow(self, path: Path) -> tuple[list[bytes], Exception | None]:
        """Say what a path says, and hear what is answered: to its end, or to the first other answer.

        Parameters
        ----------
        path : Path

        Returns
        -------
        answers : list of bytes
            ``path.answers`` itself if these came.
        problem : Late, Closed, WireError or None
            What came instead of the next one.
        """
        answers: list[bytes] = []
        try:
            if self._bell < 0 or len(path.says) == 1:
                self.post(path.says[0])
                return [self.hear()], None
            self.post(path.frame)
            self._sleep()
            if self._came(path.whole):
                return path.answers, None
            self._compare(path, answers)
        except Late as problem:
            self._come()
            with contextlib.suppress(Late, Closed, WireError):
                self._compare(path, answers)
            return answers, problem
        except (Closed, WireError) as problem:
            return answers, problem
        return answers, None

    def _sleep(self) -> None:
        """Wait for the bell; also the end of the other side rings it."""
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        while not poll.poll(1000 * min(self.left(), 60.0)):
            pass
        os.read(self._bell, 1 << 12)

    def _come(self) -> None:
        """Take what is there."""
        self.end.setblocking(False)
        self._waits = 0.0
        with contextlib.suppress(OSError):
            while len(self._buffer) < _MOST and (part := self.end.recv(_MOST)):
                self._buffer += part

    def _came(self, whole: bytes) -> bool:
        """Take what is there; return whether it is this."""
        self._come()
        same = self._buffer == whole
        if same:
            self._buffer.clear()
        return same

    def _compare(self, path: Path, answers: list[bytes]) -> None:
        """Hear answers, to the first that is not the path's."""
        for expected in path.answers[len(answers) :]:
            answers.append(self.hear())
            if answers[-1] != expected:
                break

    def close(self) -> None:
        """Close this end; the other side sees it."""
        super().close()
        if self._bell >= 0:
            os.close(self._bell)
            self._bell = -1
