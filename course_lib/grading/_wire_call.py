"""A call of the judge's in short: read in a third of the time, only where the judge is believed.

Most that the judge says is to call a function with arrays and numbers. Python's own form for plain values
is made for a reader who trusts who wrote it. An answer's process does; the judge reads its own words only.
"""

from __future__ import annotations

import functools
import marshal
from typing import Any

import numpy as np

from ._wire import BYTES
from ._wire_out import number_dtype

_PLAIN = frozenset((float, int, bool, type(None)))
_FORM = 2  # of marshal: floats as eight bytes, nothing that depends on who else uses an object
_JSON = b"["[0]  # what every message in the other form begins with


def encode_call(message: tuple[Any, ...]) -> tuple[bytes, bytes] | None:
    """Write a message if it is a call with numbers and arrays; None if it is another.

    Examples
    --------
    >>> text, data = encode_call(("call", 1, (np.ones(2), 0.5), {}))
    >>> is_call(text), decode_call(text, data)
    (True, ('call', 1, (array([1., 1.]), 0.5), {}))
    >>> encode_call(("fetch", "f"))
    """
    if len(message) != 4 or message[0] != "call" or message[3]:
        return None
    parts: list[Any] = [message[1]]
    data: list[bytes] = []
    for value in message[2]:
        if type(value) is np.ndarray and (text := number_dtype(value.dtype)):
            data.append(value.tobytes())
            value = (text.encode(), value.shape)
        elif type(value) not in _PLAIN:
            return None
        parts.append(value)
    if sum(map(len, data)) > BYTES:  # the other form says so
        return None
    return marshal.dumps(tuple(parts), _FORM), b"".join(data)


def is_call(text: bytes) -> bool:
    """Whether a message is written in short."""
    return text[0] != _JSON


def decode_call(text: bytes, data: bytes) -> tuple[Any, ...]:
    """Read what :func:`encode_call` wrote, and nothing else: it must be the judge's."""
    number, *values = marshal.loads(text)
    at = 0
    for i, value in enumerate(values):
        if type(value) is tuple:
            dtype, shape = value
            values[i] = array = np.ndarray(shape, _dtype(dtype), data, at).copy()
            at += array.nbytes
    return "call", number, tuple(values), {}


@functools.cache
def _dtype(text: bytes) -> np.dtype[Any]:
    return np.dtype(text.decode())
