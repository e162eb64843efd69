"""The line between the judge and an answer: frames of plain values, with a deadline.

The judge trusts no byte that it gets. A frame is two lengths, JSON text, and the bytes of arrays
behind it. The text is checked node by node; nothing in it is ever executed, and nothing is allocated
that was not received.

A value is written as itself if JSON has it, else as a list that begins with a letter:

======  ============================================================
``l``   list, ``t`` tuple, ``d`` dict (key, value, key, value, …)
``r``   list of floats, their bytes behind the text
``a``   array: dtype, shape, its bytes behind the text
``s``   NumPy scalar: dtype, its bytes behind the text
``q``   array of objects: shape, items
``e``   array that can't be numbers: dtype
``c``   complex number, ``i`` large int, ``b`` bytes
``g``   random generator: name, state
``f``   function that stays where it is: number, type, name, docstring
``h``   function of the receiver's own, home again: number
``o``   anything else: name of its type, and as an array if it has that form
======  ============================================================

A call that the judge asks for may come in a shorter form, which only answers read:
:mod:`course_lib.grading._wire_short`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from ._wire import BYTES, TEXT, Functions, WireError
from ._wire_in import Unknown, decode
from ._wire_out import encode
from .ahead import HEAD

if TYPE_CHECKING:
    from .transcript import Tape

__all__ = ["Closed", "Functions", "Late", "Line", "Unknown", "WireError", "decode", "encode"]

_CHUNK = 1 << 16

LOOK = 1.0
"""Seconds after which who waits for longer looks at the clock: to wait to a given time is three calls of the
system, to wait is one."""


class Closed(Exception):  # noqa: N818  # an outcome: the other side is gone
    """The other side has ended."""


class Late(Exception):  # noqa: N818  # an outcome: the time is up
    """The other side did not answer in time."""


class Line:
    """One end of a line.

    Parameters
    ----------
    end : socket.socket
        Of a connected pair of stream sockets; owned from now on.
    functions : Functions, optional
        What may be called across.

    Attributes
    ----------
    deadline : float
        Time (monotonic) after which nothing is waited for.
    size : int
        Bytes of the last message received.
    more : callable or None
        Asked when the time is up: returns how many seconds more to wait, or 0.
    tape : Tape or None
        Takes everything that is said and heard, and says what of it need not happen again.
    """

    def __init__(self, end: socket.socket, functions: Functions | None = None) -> None:
        self.end = end
        self.functions = functions
        self.deadline = float("inf")
        self.size = 0
        self.more: Callable[[], float] | None = None
        self.tape: Tape | None = None
        self._buffer = bytearray()
        self._waits: float | None = None  # as the socket knows it
        end.settimeout(None)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(LOOK), 0))

    def send(self, *message: Any) -> None:
        """Send a message.

        Raises
        ------
        WireError
            If it is too large or has too many parts; nothing was sent then.
        Closed, Late
        """
        frame = self.frame(message)
        if self.tape is None or not self.tape.say(frame):
            self.post(frame)

    def frame(self, message: tuple[Any, ...]) -> bytes:
        """Return a message as it is sent."""
        text, data = self.write(message)
        return HEAD.pack(len(text), len(data)) + text + data

    def write(self, message: tuple[Any, ...]) -> tuple[bytes, bytes]:
        """Return a message's text and the bytes behind it."""
        return encode(message, self.functions)

    def read(self, text: bytes, data: bytes) -> Any:
        """Return the message that was written."""
        return decode(text, data, self.functions)

    def post(self, frame: bytes) -> None:
        """Send a frame.

        Raises
        ------
        Closed, Late
        """
        left, sent = self.left(), 0
        try:
            with contextlib.suppress(BlockingIOError):
                sent = self.end.send(frame, socket.MSG_DONTWAIT)
            if sent < len(frame):
                self._wait(left)
                self.end.sendall(frame[sent:])
        except TimeoutError:  # in the middle of a frame
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, most: int | None = None) -> tuple[Any, ...]:
        """Receive a message of at most ``most`` bytes.

        Raises
        ------
        WireError
            If it is none: the line can't be used any more.
        Closed, Late
        """
        frame = None if self.tape is None else self.tape.old()
        if frame is None:
            frame = self.hear(most)
            if self.tape is not None:
                self.tape.hear(frame)
        self.size = len(frame) - HEAD.size
        split = HEAD.size + HEAD.unpack_from(frame)[0]
        message = self.read(frame[HEAD.size : split], frame[split:])
        if type(message) is not tuple or not message or type(message[0]) is not str:
            raise WireError("it is no message")
        return message

    def hear(self, most: int | None = None) -> bytes:
        """Receive a frame, unread.

        Raises
        ------
        WireError
            If it is larger than ``most`` bytes.
        Closed, Late
        """
        head = self._read(HEAD.size)
        text_size, data_size = HEAD.unpack(head)
        if text_size > TEXT or data_size > BYTES or text_size + data_size > (most or TEXT + BYTES):
            raise WireError("it is too large")
        return head + self._read(text_size + data_size)

    def _read(self, size: int) -> bytes:
        read = self._buffer  # a list of parts would grow without bound if they came byte by byte
        while len(read) < size:
            left = self.left()
            try:
                self._wait(left if left < LOOK else None)
                part = self.end.recv(_CHUNK)
            except (TimeoutError, BlockingIOError):
                continue
            except OSError:
                raise Closed from None
            if not part:
                raise Closed
            read += part
        first = bytes(memoryview(read)[:size])
        del read[:size]
        return first

    def left(self) -> float:
        """Return for how many seconds there may be waited.

        Raises
        ------
        Late
            If there are none.
        """
        left = self.deadline - monotonic()
        if left <= 0:
            left = self.more() if self.more is not None else 0.0
            self.deadline = monotonic() + left
            if left <= 0:
                raise Late
        return left

    def _wait(self, seconds: float | None) -> None:
        if seconds == float("inf"):
            seconds = None
        if seconds != self._waits:  # each is a call of the system
            self._waits = seconds
            self.end.settimeout(seconds)

    def close(self) -> None:
        """Close this end; the other side sees it."""
        self.end.close()
