"""Bytes to values: nothing is believed, and nothing is allocated that was not received."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ._wire import BYTES, DEPTH, DTYPE, LONGEST_NAME, NODES, NUMBERS, TEXT, Functions, WireError


class Unknown:
    """Stands for an object of a type that does not travel."""


def _nobody(*_args: Any) -> Any:
    raise WireError("a function came where none may")


def decode(text: bytes, data: bytes, functions: Functions | None = None) -> Any:
    """Read a value that :func:`encode` wrote, or anything else.

    Parameters
    ----------
    text, data : bytes
    functions : Functions, optional
        Makes the functions in it; without, there may be none.

    Returns
    -------
    object
        Of exact types: nothing in it has methods of the other side's making.

    Raises
    ------
    WireError
        If it is not a value.

    Examples
    --------
    >>> from course_lib.grading._wire_out import encode
    >>> decode(*encode({"w": np.ones(2), "t": 3}))
    {'w': array([1., 1.]), 't': 3}
    """
    if len(text) > TEXT or len(data) > BYTES:
        raise WireError("it is too large")
    try:
        reader = _Reader(data, functions)
        value = reader.read(json.loads(str(text, "utf-8")), 0)
    except WireError:
        raise
    except (
        ValueError,
        TypeError,
        LookupError,
        RecursionError,
        MemoryError,
        ArithmeticError,
    ) as error:
        raise WireError(f"it is not a value ({type(error).__name__})") from None
    if reader.at != len(data):
        raise WireError("it has bytes that belong to nothing")
    return value


class _Reader:
    def __init__(self, data: bytes, functions: Functions | None) -> None:
        self.data = data
        self.at = 0
        self.nodes = 0
        self.functions = functions

    def read(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > NODES or depth > DEPTH + 2:
            raise WireError("it has too many parts")
        if type(node) is not list:
            if type(node) is dict:
                raise WireError("it has a JSON object in it")
            return node
        tag = node[0]
        read = _READ.get(tag) if type(tag) is str else None
        if read is None:
            raise WireError("it has a part of an unknown kind")
        return read(self, node[1:], depth + 1)

    def items(self, nodes: list[Any], depth: int) -> list[Any]:
        found = []
        for node in nodes:
            if type(node) is list or type(node) is dict:
                node = self.read(node, depth)
            else:
                self.nodes += 1
            found.append(node)
        if self.nodes > NODES:
            raise WireError("it has too many parts")
        return found

    def take(self, count: Any) -> bytes:
        if type(count) is not int or not 0 <= count <= len(self.data) - self.at:
            raise WireError("it has fewer bytes than it says")
        self.at += count
        return self.data[self.at - count : self.at]

    def dictionary(self, nodes: list[Any], depth: int) -> dict[Any, Any]:
        items = self.items(nodes, depth)
        return dict(zip(items[::2], items[1::2], strict=True))

    def array(self, nodes: list[Any], _depth: int) -> Any:
        dtype, shape = _dtype(nodes[0], NUMBERS), _shape(nodes[1])
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.data) - self.at:
            raise WireError("it has fewer bytes than it says")
        self.at += size
        if dtype.kind == "b":  # a byte other than 0 and 1 makes a truth that is neither
            return np.asarray(np.ndarray(shape, np.uint8, self.data, self.at - size) != 0)
        return np.ndarray(shape, dtype, self.data, self.at - size).copy()

    def objects(self, nodes: list[Any], depth: int) -> Any:
        shape, items = _shape(nodes[0]), self.items(nodes[1:], depth)
        array = np.empty(len(items), dtype=object)
        for i, item in enumerate(items):
            array[i] = item
        return array.reshape(shape)

    def large(self, nodes: list[Any], _depth: int) -> int:
        if len(nodes[0]) > 1100:
            raise WireError("it has a number that is too large")
        return int(nodes[0], 16)

    def generator(self, nodes: list[Any], depth: int) -> np.random.Generator:
        if nodes[0] not in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
            raise WireError("it has an unknown random generator")
        bits = getattr(np.random, nodes[0])()
        bits.state = self.read(nodes[1], depth)
        return np.random.Generator(bits)

    def function(self, nodes: list[Any], _depth: int) -> Any:
        number, *texts = nodes
        if type(number) is not int or len(texts) != 3 or any(type(x) is not str for x in texts):
            raise WireError("it has a function that is none")
        make = self.functions.make if self.functions else _nobody
        return make(number, _name(texts[0]), texts[1][:200], texts[2][:400])

    def home(self, nodes: list[Any], _depth: int) -> Any:
        return (self.functions.offered if self.functions else {})[nodes[0]]

    def other(self, nodes: list[Any], depth: int) -> Any:
        name, *array = nodes
        kind = type(_name(name), (Unknown,), {})
        if array:
            value = self.read(array[0], depth)
            if type(value) is not np.ndarray:
                raise WireError("it has an array that is none")
            kind.__array__ = lambda _self, dtype=None, copy=None: np.array(value, dtype)  # type: ignore[attr-defined]
        return kind()


_READ: dict[str, Callable[[_Reader, list[Any], int], Any]] = {
    "l": _Reader.items,
    "t": lambda reader, nodes, depth: tuple(reader.items(nodes, depth)),
    "d": _Reader.dictionary,
    "r": lambda reader, nodes, _depth: np.frombuffer(reader.take(8 * nodes[0])).tolist(),
    "a": _Reader.array,
    "s": lambda reader, nodes, depth: reader.array([nodes[0], []], depth)[()],
    "q": _Reader.objects,
    "e": lambda _reader, nodes, _depth: np.zeros(1, _dtype(nodes[0], "SUmM")),
    "c": lambda _reader, nodes, _depth: complex(float(nodes[0]), float(nodes[1])),
    "i": _Reader.large,
    "b": lambda reader, nodes, _depth: reader.take(nodes[0]),
    "g": _Reader.generator,
    "f": _Reader.function,
    "h": _Reader.home,
    "o": _Reader.other,
}


def _dtype(text: Any, kinds: str) -> np.dtype[Any]:
    return _known_dtype(text if type(text) is str else "", kinds)


@functools.lru_cache(64)  # an error is not remembered
def _known_dtype(text: str, kinds: str) -> np.dtype[Any]:
    if not DTYPE.fullmatch(text) or text[1] not in kinds:
        raise WireError("it has an array of an unknown kind")
    dtype = np.dtype(text)
    if not dtype.itemsize:
        raise WireError("it has an array of nothing")
    return dtype


def _shape(shape: Any) -> tuple[int, ...]:
    if type(shape) is list and len(shape) == 1:  # as most are
        (length,) = shape
        if type(length) is int and 0 <= length < 1 << 40:
            return (length,)
    if type(shape) is not list or len(shape) > 32:
        raise WireError("it has an array without a shape")
    if any(type(length) is not int or not 0 <= length < 1 << 40 for length in shape):
        raise WireError("it has an array of no possible shape")
    return tuple(shape)


def _name(text: Any) -> str:
    """Return the name of a type, safe to show."""
    name = re.sub(r"\W", "", text if type(text) is str else "")[:LONGEST_NAME]
    return name if name.isidentifier() else "object"
