"""What the judge says in short: read in a third of the time, only where the judge is believed.

Most that the judge says is to call a function with arrays and numbers, or what a function of its own
returned. Python's own form for plain values is made for a reader who trusts who wrote it. An answer's
process does; the judge reads its own words only.
"""

from __future__ import annotations

import functools
import marshal
import math
from typing import Any

import numpy as np

from ..checks.guard import Counted
from ._wire import BYTES, Functions
from ._wire_out import about, number_dtype

_PLAIN = frozenset((float, int, bool, type(None)))
_FORM = 2  # of marshal: floats as eight bytes, nothing that depends on who else uses an object
_JSON = b"["[0]  # what every message in the other form begins with
_RETURNED = 0  # where a call has the number of a function; these are counted from 1

Array = tuple[int, bytes, tuple[int, ...] | None]
"""Which argument it is, its dtype and shape; a scalar of NumPy's has none."""


def encode_short(
    message: tuple[Any, ...], functions: Functions | None = None
) -> tuple[bytes, bytes] | None:
    """Write a message if it calls or returns with numbers, arrays and functions of ours; else None.

    Examples
    --------
    >>> text, data = encode_short(("call", 1, (np.ones(2), 0.5), {}))
    >>> is_short(text), decode_short(text, data)[:3]
    (True, ('short', 1, (array([1., 1.]), 0.5)))
    >>> decode_short(*encode_short(("return", 0.25)))
    ('return', 0.25)
    >>> encode_short(("fetch", "f"))
    """
    if message[0] == "call" and len(message) == 4 and not message[3]:
        number, values = message[1], list(message[2])
    elif message[0] == "return" and len(message) == 2:
        number, values = _RETURNED, [message[1]]
    else:
        return None
    arrays: list[Array] = []
    data: list[bytes] = []
    lent: list[tuple[int, Counted]] = []
    for i, value in enumerate(values):
        kind = type(value)
        if kind in _PLAIN:
            continue
        values[i] = None
        is_array = kind is np.ndarray
        if (is_array or isinstance(value, np.generic)) and (text := number_dtype(value.dtype)):
            data.append(value.tobytes())
            arrays.append((i, text.encode(), value.shape if is_array else None))
        elif kind is Counted and functions is not None:
            lent.append((i, value))
        else:
            return None
    if sum(map(len, data)) > BYTES:  # the other form says so
        return None
    offered = [(i, functions.offer(value), *about(value)) for i, value in lent] if functions else []
    return marshal.dumps((number, values, arrays, offered), _FORM), b"".join(data)


def is_short(text: bytes) -> bool:
    """Whether a message is written in short."""
    return text[0] != _JSON


def decode_short(text: bytes, data: bytes, functions: Functions | None = None) -> tuple[Any, ...]:
    """Read what :func:`encode_short` wrote, and nothing else: it must be the judge's.

    Returns
    -------
    tuple
        ``short``, the function's number, its arguments, and what :func:`has_changed` needs; or
        ``return`` and a value.
    """
    number, values, arrays, lent = marshal.loads(text)
    fill(values, arrays, data)
    for i, *one in lent:
        assert functions is not None
        values[i] = functions.make(*one)
    if number == _RETURNED:
        return "return", values[0]
    return "short", number, tuple(values), arrays, data


def fill(values: list[Any], arrays: list[Array], data: bytes) -> None:
    """Put new arrays, as they came, in their places among arguments."""
    begin = at = 0  # bytes, and numbers behind them
    kind, rest = b"", np.empty(0)
    for i, dtype, shape in arrays:
        if dtype != kind:  # most times all are of one: then the bytes are looked at once
            begin += at * rest.itemsize
            of = _dtype(dtype)
            rest = np.ndarray(((len(data) - begin) // of.itemsize,), of, data, begin)
            at, kind = 0, dtype
        if shape is None:
            values[i] = rest[at]
            at += 1
        elif len(shape) == 1:
            values[i] = rest[at : at + shape[0]].copy()
            at += shape[0]
        else:
            size = math.prod(shape)
            values[i] = rest[at : at + size].reshape(shape).copy()
            at += size


def has_changed(args: tuple[Any, ...], arrays: list[Array], data: bytes) -> bool:
    """Whether an argument may be another than it came: some of their bytes are others.

    Examples
    --------
    >>> _, _, args, *came = decode_short(*encode_short(("call", 1, (np.ones(2), 0.5), {})))
    >>> before = has_changed(args, *came)
    >>> args[0][1] = 2
    >>> before, has_changed(args, *came)
    (False, True)
    """
    for i, dtype, shape in arrays:
        if args[i].dtype is not _dtype(dtype) or args[i].shape != (shape or ()):
            return True
    now = b"".join([args[i] for i, _, _ in arrays])
    return now != data


@functools.cache
def _dtype(text: bytes) -> np.dtype[Any]:
    return np.dtype(text.decode())
