"""Values to bytes: plain ones, and a stand-in for anything else."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._wire import BYTES, DEPTH, DTYPE, LONGEST_NAME, NODES, NUMBERS, TEXT, Functions, WireError

_SMALL = 1 << 20
# The very texts of messages; to compare them would take longer.
_RETURN, _CALL = sys.intern("return"), sys.intern("call")
_PACKED = 8  # floats in a list from which on they travel as bytes

_ARRAYS, _ROWS = (np.ndarray, np.generic), (list, tuple, dict)
_PLAIN = frozenset((float, str, bool, type(None)))
_encoder = json.JSONEncoder(check_circular=False, separators=(",", ":"))


def _write_json(value: Any) -> str:
    return "".join(_chunks(value, 0))


def _make_chunks() -> Any:
    """Return what writes JSON: the part in C that the standard library makes anew for every value."""
    make, e = getattr(json.encoder, "c_make_encoder", None), _encoder
    if make is None:
        return lambda value, _level: e.iterencode(value)
    write_text = json.encoder.encode_basestring_ascii
    separators = e.key_separator, e.item_separator
    return make(None, e.default, write_text, None, *separators, False, False, True)


_chunks = _make_chunks()


def encode(value: Any, functions: Functions | None = None) -> tuple[bytes, bytes]:
    """Write a value.

    Parameters
    ----------
    value : object
    functions : Functions, optional
        Where functions in it are offered; without, they travel as unknown objects.

    Returns
    -------
    text, data : bytes

    Raises
    ------
    WireError
        If it has more than ``NODES`` parts, ``TEXT`` characters or ``BYTES`` bytes.

    Examples
    --------
    >>> encode([1, (2.5, None)])
    (b'["l",1,["t",2.5,null]]', b'')
    """
    usual = _encode_usual(value)
    if usual is not None:
        return usual
    writer = _Writer(functions)
    text = _write_json(writer.write(value, 0)).encode()
    if len(text) > TEXT:
        raise WireError(f"its text has {len(text)} characters; at most {TEXT} are taken")
    return text, b"".join(writer.data)


def _encode_usual(value: Any) -> tuple[bytes, bytes] | None:
    """Do the same for the messages that most are; None if it is another.

    A call returned arrays and numbers and did no more, or a function of the judge's is called with them.
    """
    if type(value) is not tuple or len(value) != 4:
        return None
    kind, first, second, last = value
    if kind is _RETURN and type(second) is dict and type(last) is str and not (second or last):
        items, begin, end = first, '["t","return",', ',["d"],""]'
    elif kind is _CALL and type(first) is int and type(second) is tuple and last == {}:
        items, begin, end = second, f'["t","call",{first:d},', ',["d"]]'
    else:
        return None
    data: list[bytes] = []
    if type(items) is not tuple:
        text = _part(items, data)
    elif len(items) > _PACKED:
        return None
    else:
        parts = [_part(item, data) for item in items]
        text = ",".join(['["t"', *parts]) + "]" if all(parts) else ""
    return (f"{begin}{text}{end}".encode(), b"".join(data)) if text else None


def _part(value: Any, data: list[bytes]) -> str:
    """Return the JSON text of an array or a number, and add its bytes; none if it is not as most are."""
    kind = type(value)
    if kind is np.ndarray:
        text = _head(value.dtype, value.shape)
        if not text or value.nbytes > _SMALL:
            return ""
        data.append(value.tobytes())
        return text
    if kind is float and value - value == 0:  # JSON writes no others as Python does
        return repr(value)
    if kind is np.float64:
        data.append(value.tobytes())
        return _FLOAT64
    return ""


_FLOAT64 = _write_json(["s", np.dtype(float).str])


@functools.lru_cache(256)
def _head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> str:
    """Return an array's JSON text; none if it can't travel."""
    text = number_dtype(dtype)
    return _write_json(["a", text, [*shape]]) if text else ""


class _Writer:
    def __init__(self, functions: Functions | None) -> None:
        self.functions = functions
        self.data: list[bytes] = []
        self.nodes = 0
        self.size = 0

    def write(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > NODES:
            raise WireError(f"it has more than {NODES} parts")
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is np.ndarray and (text := number_dtype(value.dtype)):
            self._bytes(value.tobytes())
            return ["a", text, [*value.shape]]
        if isinstance(value, str):
            return str(value)
        if isinstance(value, _ARRAYS):
            return self._array(value, depth)
        if isinstance(value, int):
            return self._int(int(value))
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if isinstance(value, bytes):
            return ["b", self._bytes(value)]
        if depth < DEPTH and isinstance(value, _ROWS):
            return self._row(value, depth)
        return self._other(value, depth)

    def _int(self, value: int) -> Any:
        if abs(value) < 1 << 62:
            return value
        return ["i", hex(value)] if value.bit_length() <= 4096 else ["o", "int"]

    def _row(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return ["d", *[self.write(x, depth + 1) for item in value.items() for x in item]]
        if (
            isinstance(value, list)
            and len(value) >= _PACKED
            and all(type(x) is float for x in value)
        ):
            return ["r", self._bytes(np.array(value).tobytes()) // 8]
        tag = "l" if isinstance(value, list) else "t"
        return [tag, *[self.write(x, depth + 1) for x in value]]

    def _array(self, value: Any, depth: int) -> Any:
        array = np.asarray(value)
        dtype = array.dtype
        text = number_dtype(dtype)
        if text:
            self._bytes(array.tobytes())
            return ["s", text] if isinstance(value, np.generic) else ["a", text, [*array.shape]]
        if dtype.kind == "O" and depth < DEPTH and array.ndim:
            return ["q", list(array.shape), *(self.write(x, depth + 1) for x in array.flat)]
        if DTYPE.fullmatch(dtype.str) and dtype.itemsize and not isinstance(value, np.generic):
            return ["e", dtype.str]
        return ["o", type(value).__name__]

    def _other(self, value: Any, depth: int) -> Any:
        name = str(type(value).__name__)[:LONGEST_NAME]
        if isinstance(value, np.random.Generator) and depth < DEPTH:
            state = value.bit_generator.state
            return ["g", str(state["bit_generator"]), self.write(state, depth + 1)]
        if callable(value) and self.functions is not None:
            home = getattr(value, "__course_number__", None)
            if isinstance(home, int) and value.__course_functions__ is self.functions:
                return ["h", home]
            return ["f", self.functions.offer(value), *about(value)]
        array = _as_array(value)
        return ["o", name] if array is None else ["o", name, self.write(array, depth + 1)]

    def _bytes(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > BYTES:
            raise WireError(f"it is larger than {BYTES >> 20} MB")
        self.data.append(data)
        return len(data)


@functools.lru_cache(64)
def number_dtype(dtype: np.dtype[Any]) -> str:
    """Return the text of a dtype of numbers that can travel; of any other, none."""
    return dtype.str if dtype.kind in NUMBERS and DTYPE.fullmatch(dtype.str) else ""


def about(function: Any) -> tuple[str, str, str]:
    """Return what is told of a function that stays where it is: its type, its name, its docstring."""
    name, doc = getattr(function, "__name__", ""), getattr(function, "__doc__", "")
    return (
        str(type(function).__name__)[:LONGEST_NAME],
        name[:200] if isinstance(name, str) else "",
        doc[:400] if isinstance(doc, str) else "",
    )


def _as_array(value: Any) -> Any:
    """Return an object as an array of numbers where NumPy would take it for one."""
    if not hasattr(value, "__array__") and not isinstance(value, Sequence | memoryview):
        return None
    try:
        array = np.array(value, subok=False)
    except Exception:
        return None
    return array if array.dtype.kind in NUMBERS else None
