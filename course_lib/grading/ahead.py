"""What the judge will say next, handed over at once, each piece sealed by the answers before it.

A check is a conversation of some thirty calls, and most answers in a class say the same in it. To change
from one process to another for each takes longer than to answer. So the judge sends what it said to
others next, as far as that is known. But what it says may hold what would have been the right answer to
the call before: so each piece is sealed with a key made of all that was answered until then, and only
who has given these very answers, to the last bit, can open it. Who answers otherwise goes on without.

An answer that can be guessed, such as a truth or a small number, seals nothing: one could try all until
the next piece opens. There the pieces end (:func:`is_guessable`), but in the check that every notebook can run.
"""

from __future__ import annotations

import hashlib
import math
import os
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ._wire import Functions, WireError
from ._wire_in import decode
from ._wire_short import decode_short, is_short

HEAD = struct.Struct(">II")
"""Before each frame: how long its text is, and its bytes. No text has the length 0."""

MOST_PIECES = 64
MOST_BYTES = 48 << 10
"""Of what is answered to the pieces."""

ENOUGH = 36
"""Bits: who tries a million answers a second needs most of a day, and has some seconds."""

_SIZE = struct.Struct(">I")
_KEY, _TAG = 16, 8


def seal(says: Sequence[bytes], answers: Sequence[bytes]) -> bytes:
    """Make one frame of several.

    Parameters
    ----------
    says : sequence of bytes
        What is said, in this order.
    answers : sequence of bytes
        What has to be answered to each but the last, so that the one after it can be opened.

    Returns
    -------
    bytes

    Examples
    --------
    >>> pieces = Pieces(seal([b"1 + 1?", b"2 + 2?"], [b"two"])[HEAD.size:])
    >>> pieces.first, pieces.open(b"two"), pieces.open(b"four")
    (b'1 + 1?', b'2 + 2?', None)
    """
    key = os.urandom(_KEY)
    parts = [key, _SIZE.pack(len(says[0])), says[0]]
    for say, answer in zip(says[1:], answers, strict=True):
        key, tag, mask = _turn(key, answer, len(say))
        parts += [_SIZE.pack(len(say)), tag, _mixed(say, mask)]
    data = b"".join(parts)
    return HEAD.pack(0, len(data)) + data


class Pieces:
    """What came at once, to be opened one by one.

    Parameters
    ----------
    data : bytes
        A frame of :func:`seal`, without its head.

    Attributes
    ----------
    first : bytes
        What is said first; it is open.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._key = data[:_KEY]
        start = _KEY + _SIZE.size
        self._at = start + _SIZE.unpack_from(data, _KEY)[0]
        self.first = data[start : self._at]

    def open(self, answer: bytes) -> bytes | None:
        """Return what is said after an answer; None if it is not the one expected, or was the last."""
        if self._at >= len(self._data):
            return None
        (size,) = _SIZE.unpack_from(self._data, self._at)
        start = self._at + _SIZE.size + _TAG
        self._key, tag, mask = _turn(self._key, answer, size)
        if self._data[start - _TAG : start] != tag:
            self._at = len(self._data)
            return None
        self._at = start + size
        return _mixed(self._data[start : self._at], mask)


def _turn(key: bytes, answer: bytes, size: int) -> tuple[bytes, bytes, bytes]:
    """Return the key that follows from an answer, what shows that it fits, and what covers the next piece."""
    made = hashlib.shake_128(key + answer).digest(_KEY + _TAG + size)
    return made[:_KEY], made[_KEY : _KEY + _TAG], made[_KEY + _TAG :]


def _mixed(data: bytes, mask: bytes) -> bytes:
    number = int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")
    return number.to_bytes(len(data), "little")


# ---------------------------------------------------------------------------- guessing


def is_guessable(say: bytes, answer: bytes) -> bool:
    """Whether one could come upon an answer by trying.

    It can't if its numbers, without those that were in the question, have many digits together.

    Parameters
    ----------
    say, answer : bytes
        Frames.

    Examples
    --------
    >>> from course_lib.grading._wire_out import encode
    >>> def frame(*message):
    ...     text, data = encode(message)
    ...     return HEAD.pack(len(text), len(data)) + text + data
    >>> ask = frame("call", 1, (0.25, 8), {})
    >>> is_guessable(ask, frame("return", True, {}, "")), is_guessable(ask, frame("return", 0.125, {}, ""))
    (True, True)
    >>> is_guessable(ask, frame("return", 8**0.25, {}, ""))
    False
    """
    asked, answered = _read_own(say), _read(answer)
    if asked[0] == "fetch":  # what it is given there is no secret
        return False
    seen = {number for number, _ in _numbers(asked)}
    digits = 0
    for number, places in _numbers(answered):
        if number not in seen:
            seen.add(number)
            digits += _significant(number, places)
            if digits * math.log2(10) >= ENOUGH:
                return False
    return True


def _read_own(frame: bytes) -> Any:
    """Read what the judge itself said."""
    text, data = _halves(frame)
    return decode_short(text, data, _somebody()) if is_short(text) else _read(frame)


def _halves(frame: bytes) -> tuple[bytes, bytes]:
    split = HEAD.size + HEAD.unpack_from(frame)[0]
    return frame[HEAD.size : split], frame[split:]


def _read(frame: bytes) -> Any:
    try:
        return decode(*_halves(frame), _somebody())
    except WireError:  # of functions at home, or of no value
        return ("",)


def _somebody() -> Functions:
    """Make functions that nobody calls."""
    return Functions(lambda *_about: print)


def _numbers(value: Any) -> Iterator[tuple[float, int]]:
    """Yield the finite floating point numbers in a value, with the decimal places that rounding leaves."""
    if isinstance(value, np.ndarray | np.floating):
        if value.dtype.kind == "f":
            places = 12 if value.dtype.itemsize > 4 else 6
            yield from ((x, places) for x in value.ravel().tolist() if math.isfinite(x))
    elif isinstance(value, float):
        if math.isfinite(value):
            yield value, 12
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        yield from _numbers(list(value.values()))


def _significant(number: float, places: int) -> int:
    """Return how many digits a number has, from its first to its last that is not 0."""
    return len(f"{abs(number):.{places}e}".partition("e")[0].replace(".", "").strip("0"))
