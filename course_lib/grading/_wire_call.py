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

Array = tuple[int, bytes, tuple[int, ...]]
"""Which argument it is, its dtype and shape."""


def encode_call(message: tuple[Any, ...]) -> tuple[bytes, bytes] | None:
    """Write a message if it is a call with numbers and arrays; None if it is another.

    Examples
    --------
    >>> text, data = encode_call(("call", 1, (np.ones(2), 0.5), {}))
    >>> is_call(text), decode_call(text, data)[:3]
    (True, ('short', 1, (array([1., 1.]), 0.5)))
    >>> encode_call(("fetch", "f"))
    """
    if len(message) != 4 or message[0] != "call" or message[3]:
        return None
    values = list(message[2])
    arrays: list[Array] = []
    data: list[bytes] = []
    for i, value in enumerate(values):
        if type(value) is np.ndarray and (text := number_dtype(value.dtype)):
            data.append(value.tobytes())
            arrays.append((i, text.encode(), value.shape))
            values[i] = None
        elif type(value) not in _PLAIN:
            return None
    if sum(map(len, data)) > BYTES:  # the other form says so
        return None
    return marshal.dumps((message[1], values, arrays), _FORM), b"".join(data)


def is_call(text: bytes) -> bool:
    """Whether a message is written in short."""
    return text[0] != _JSON


def decode_call(text: bytes, data: bytes) -> tuple[Any, ...]:
    """Read what :func:`encode_call` wrote, and nothing else: it must be the judge's.

    Returns
    -------
    tuple
        ``short``, the function's number, its arguments, and what :func:`has_changed` needs.
    """
    number, values, arrays = marshal.loads(text)
    fill(values, arrays, data)
    return "short", number, tuple(values), arrays, data


def fill(values: list[Any], arrays: list[Array], data: bytes) -> None:
    """Put new arrays, as they came, in their places among arguments."""
    at = 0
    for i, dtype, shape in arrays:
        values[i] = array = np.ndarray(shape, _dtype(dtype), data, at).copy()
        at += array.nbytes


def has_changed(args: tuple[Any, ...], arrays: list[Array], data: bytes) -> bool:
    """Whether an argument may be another than it came: some of their bytes are others.

    Examples
    --------
    >>> _, _, args, *came = decode_call(*encode_call(("call", 1, (np.ones(2), 0.5), {})))
    >>> before = has_changed(args, *came)
    >>> args[0][1] = 2
    >>> before, has_changed(args, *came)
    (False, True)
    """
    now = []
    for i, dtype, shape in arrays:
        array = args[i]
        if array.dtype is not _dtype(dtype) or array.shape != shape:
            return True
        now.append(array.tobytes())
    return b"".join(now) != data


@functools.cache
def _dtype(text: bytes) -> np.dtype[Any]:
    return np.dtype(text.decode())
