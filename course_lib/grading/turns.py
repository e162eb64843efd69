"""The two ends of a line when much is said at once: see :mod:`course_lib.grading.ahead`.

The judge sends the pieces and sleeps until something comes: the answer to the last piece, or one that does
not open the next. The answers before it stand on a *slate*, a small file that both ends have. Writing there
wakes nobody up; and what was answered before a call without an end is not lost. While cells run, it has the
number of those that are done.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import socket
import struct
import tempfile
from typing import TYPE_CHECKING, Any

from ._wire import Functions
from ._wire_short import decode_short, encode_short, is_short
from .ahead import HEAD, MOST_BYTES, Pieces
from .wire import Closed, Late, Line, WireError

if TYPE_CHECKING:
    from .transcript import Path

_SIZE = struct.Struct("=I")  # of what is written behind it
_LENGTH = _SIZE.size + MOST_BYTES


def make_slate() -> int:
    """Make a slate; return its descriptor. Where the system can, it keeps its size."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile(buffering=0) as file:
            slate = os.dup(file.fileno())
        os.ftruncate(slate, _LENGTH)
        return slate
    slate = os.memfd_create("slate", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(slate, _LENGTH)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(slate, fcntl.F_ADD_SEALS, seals)
    return slate


class Asked(Line):
    """The answer's end.

    Parameters
    ----------
    end : socket.socket
    slate : int
        Descriptor, or -1; then nothing can be said ahead.
    functions : Functions, optional
    """

    def __init__(self, end: socket.socket, slate: int, functions: Functions | None = None) -> None:
        super().__init__(end, functions)
        self._slate = mmap.mmap(slate, _LENGTH) if slate >= 0 else None
        self._at = 0
        self._pieces: Pieces | None = None
        self._opened: bytes | None = None

    def read(self, text: bytes, data: bytes) -> Any:
        """Return the judge's message."""
        if is_short(text):
            return decode_short(text, data, self.functions)
        return super().read(text, data)

    def receive(self, most: int | None = None) -> tuple[Any, ...]:
        """Return the judge's next message; its own words in a piece are not looked at again."""
        if self._opened is None:
            return super().receive(most)
        frame, self._opened = self._opened, None
        split = HEAD.size + HEAD.unpack_from(frame)[0]
        message: tuple[Any, ...] = self.read(frame[HEAD.size : split], frame[split:])
        return message

    def post(self, frame: bytes) -> None:
        """Send a frame, or write it down if it opens the next of the pieces that came."""
        if self._pieces is not None and self._slate is not None:
            end = self._at + len(frame)
            self._opened = self._pieces.open(frame) if end <= _LENGTH else None
            if self._opened is not None:
                self._slate[self._at : end] = frame
                self._at = end
                _SIZE.pack_into(self._slate, 0, end - _SIZE.size)
                return
            self._pieces = None
        super().post(frame)

    def note(self, count: int) -> None:
        """Write down how much is done: it wakes nobody up, and is there when this process is not any more."""
        if self._slate is not None:
            _SIZE.pack_into(self._slate, 0, count)

    def hear(self, most: int | None = None) -> bytes:
        """Return what is said next: the piece that was opened, or what comes."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            return opened
        frame = super().hear(most)
        if HEAD.unpack_from(frame)[0]:
            return frame
        self._pieces, self._at = Pieces(frame[HEAD.size :]), _SIZE.size
        return self._pieces.first


class Asking(Line):
    """The judge's end.

    Parameters
    ----------
    end : socket.socket
    slate : int
        Descriptor, closed with the line; -1 if there is none, and nothing is said ahead.
    functions : Functions, optional
    """

    def __init__(self, end: socket.socket, slate: int, functions: Functions | None = None) -> None:
        super().__init__(end, functions)
        self._slate = slate

    @property
    def notes(self) -> bool:
        """Whether the other side can write down how much is done."""
        return self._slate >= 0

    def clear(self) -> None:
        """Make the other side's note 0."""
        if self.notes:
            os.pwrite(self._slate, _SIZE.pack(0), 0)

    def noted(self) -> int:
        """Return the other side's note: it may be anything."""
        data = os.pread(self._slate, _SIZE.size, 0) if self.notes else b""
        return int(_SIZE.unpack(data)[0]) if len(data) == _SIZE.size else 0

    def write(self, message: tuple[Any, ...]) -> tuple[bytes, bytes]:
        """Return a message's text and the bytes behind it."""
        return encode_short(message, self.functions) or super().write(message)

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
        ahead = self.notes and len(path.says) > 1
        answers, problem = [], None
        try:
            if ahead:
                self.clear()
            self.post(path.frame if ahead else path.says[0])
            answers.append(self.hear())
        except (Late, Closed, WireError) as error:
            problem = error
        if not ahead:
            return answers, problem
        count = path.count_of(self._written())
        if count < 0:
            return [], WireError("it wrote something else than it said")
        if count == len(path.answers) - 1 and answers == path.answers[-1:]:
            return path.answers, None
        return path.answers[:count] + answers, problem

    def _written(self) -> bytes:
        """Return what stands on the slate: it may be anything."""
        data = os.pread(self._slate, _LENGTH, 0)
        if len(data) < _SIZE.size:
            return b""
        return data[_SIZE.size : _SIZE.size + _SIZE.unpack_from(data)[0]]

    def close(self) -> None:
        """Close this end; the other side sees it."""
        super().close()
        slate, self._slate = self._slate, -1
        if slate >= 0:
            with contextlib.suppress(OSError):
                os.close(slate)
