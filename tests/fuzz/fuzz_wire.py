"""Let a coverage-guided fuzzer be the answer's side of the line.

The judge may say that what came can't be used; it may not raise anything else, hang, or fill its memory.
"""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["course_lib.grading"]):
    from course_lib.grading import batches, wire
    from course_lib.grading.proxy import Ended, LibraryCalled, Proxy, TimeUp, Told
    from course_lib.grading.task import Limits

import numpy as np

TAGS = list("ltdrasqecibgfho")
DTYPES = [
    "<f8",
    "<f4",
    "|b1",
    "<i8",
    "<U4",
    "|O",
    "<c16",
    ">f8",
    "<f3",
    "|V8",
    "PCG64",
    "<M8[s]",
    "|S4",
]
WORDS = ["return", "raise", "library", "exit", "ran", "call", "value", "odd"]
OUTCOMES = (Ended, LibraryCalled, TimeUp, Told)


def seeds():
    """Yield messages in the right form, to begin with."""
    values = (1, 2.5, "a", b"b", None, True, [1.0, 2.0], (1, [2]), {"a": 1}, 1 << 90, 1j)
    arrays = (np.zeros(2), np.array([1, "a"], dtype=object), np.float32(1), np.zeros((2, 0), bool))
    functions = wire.Functions(lambda *_about: None)
    for value in (*values, *arrays, np.random.default_rng(0), len, {1, 2}):
        for message in (("return", value, {0: value}, "text"), ("call", 1, (value,), {"a": value})):
            yield wire._HEAD.pack(*map(len, parts := wire.encode(message, functions))) + b"".join(
                parts
            )
    yield from (
        wire._HEAD.pack(*map(len, parts := wire.encode(message))) + b"".join(parts)
        for message in (
            ("raise", "ValueError", "text", "printed"),
            ("library", "name"),
            ("exit", "text"),
            ("ran", (("text", "", (b"png",), 0.5, ""),)),
        )
    )


def node(more, depth=0):
    """Make JSON of the fuzzer's bytes, mostly of the wire's own forms."""
    kind = more.ConsumeIntInRange(0, 9)
    if kind > 4 and depth < 6:
        parts = [node(more, depth + 1) for _ in range(more.ConsumeIntInRange(0, 5))]
        return [more.PickValueInList(TAGS), *parts] if kind > 5 else parts
    match kind:
        case 0:
            return more.PickValueInList(DTYPES)
        case 1:
            return more.ConsumeIntInRange(-2, 9)
        case 2:
            return more.ConsumeInt(8)
        case 3:
            return more.ConsumeFloat()
    return more.PickValueInList([None, True, "", "0", "0xff", "a", 0, 1, *TAGS])


def framed(data):
    """Make a message of the fuzzer's bytes that has the right form from outside."""
    more = atheris.FuzzedDataProvider(data)
    parts = [node(more) for _ in range(more.ConsumeIntInRange(1, 4))]
    text = json.dumps(["t", more.PickValueInList(WORDS), *parts]).encode()
    rest = more.ConsumeBytes(64)
    return wire._HEAD.pack(len(text), len(rest)) + text + rest


def target(data):
    """Take bytes as they are, or made into a message."""
    if data[:1] < b"\x80":
        data = framed(data[1:])
    size = wire._HEAD.size
    with contextlib.suppress(wire.WireError):
        wire.decode(data[size:], data, wire.Functions(lambda *_about: None))
    answer(data)


def answer(data):
    """Give bytes as the answer to a call, and as what a cell led to."""
    for run in (call, cell):
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        theirs.send(data)
        theirs.shutdown(socket.SHUT_WR)
        proxy = Proxy(ours)
        proxy.line.deadline = 10.0
        with contextlib.suppress(*OUTCOMES):
            run(proxy)
        proxy.line.close()
        theirs.close()


def call(proxy):
    """Call a function of the answer with things that it may change, and that it may call."""
    proxy.call(1, (np.zeros(2), [1, 2], {"a": 1}, lambda *args: args), {})


def cell(proxy):
    """Run a cell."""
    for row in batches.rows_of(proxy.ask("run", (("name", "answer", "text"),)), 1):
        batches.checked(row, Limits())


if __name__ == "__main__":
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
