"""Values go there and back, or are refused; nothing that comes can do harm."""

import contextlib
import io
import json
import socket
import struct
import threading
from time import monotonic

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_lib.checks.guard import Counted, LibraryCalled, TimeUp, Told
from course_lib.grading import _wire, _wire_out
from course_lib.grading._wire_short import decode_short, encode_short, has_changed, is_short
from course_lib.grading.proxy import Ended, Proxy
from course_lib.grading.turns import Asked, Asking
from course_lib.grading.wire import (
    Closed,
    Functions,
    Late,
    Line,
    Unknown,
    WireError,
    decode,
    encode,
)

numbers = st.one_of(
    st.integers(-(1 << 200), 1 << 200), st.floats(), st.complex_numbers(), st.booleans()
)
arrays = hnp.arrays(
    st.one_of(hnp.integer_dtypes(endianness="="), hnp.floating_dtypes(), hnp.boolean_dtypes()),
    hnp.array_shapes(min_dims=0, min_side=0),
)
plain = st.one_of(st.none(), numbers, st.text(), st.binary(), arrays)
nested = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=12),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
    ),
    max_leaves=20,
)


def alike(a, b):
    """Of the same types all through, and with the same values, nan included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float | complex):
        return repr(a) == repr(b)
    return a == b


@given(nested)
def test_a_value_goes_there_and_back(value):
    assert alike(decode(*encode(value)), value)


items = st.one_of(arrays, plain, st.floats().map(np.float64), st.just(np.float32(0.1)))


@given(st.one_of(items, st.lists(items, max_size=10).map(tuple), nested), st.booleans())
@example((), False)
@example(np.ones((1 << 20) // 8 + 1), False)
@example((np.array(["a"]),), False)
@example((float("nan"), 1e300, -0.0), False)
def test_what_is_written_as_usual_is_written_the_same(result, more):
    rest = ({0: 1}, "printed") if more else ({}, "")
    other = "".join(["re", "turn"]), "".join(["ca", "ll"])  # not the very texts
    assert encode(("return", result, *rest)) == encode((other[0], result, *rest))
    assert encode(("call", 2, result, rest[0])) == encode((other[1], 2, result, rest[0]))


def test_most_messages_are_written_as_usual(monkeypatch):
    monkeypatch.setattr(_wire_out, "_Writer", None)
    result = np.ones(3), np.zeros((2, 0), np.int32), np.array(True), 0.5, np.float64(2)
    for message in (("return", result, {}, ""), ("call", 2, result, {})):
        assert alike(decode(*encode(message)), message)


@given(st.lists(st.one_of(items, st.just(Counted(print))), max_size=6).map(tuple))
@example((np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.ones((0, 2), ">f4"), 0.5, True, None))
def test_what_is_said_in_short_says_the_same(args):
    """Functions are offered in the same order, and told in the same words."""
    sides = [Functions(lambda *about: about) for _ in range(2)]
    message = ("call", 3, args, {})
    short, usual = encode_short(message, sides[0]), encode(message, sides[1])
    assert not is_short(usual[0])
    if short is None:
        assert any(type(arg) in (str, bytes, complex) for arg in args)
        assert not sides[0].offered
        return
    assert is_short(short[0])
    kind, *said, arrays, data = decode_short(*short, sides[0])
    assert (kind, said[0]) == ("short", 3)
    assert alike(said[1], decode(*usual, sides[1])[2])
    assert sides[0].offered == sides[1].offered
    assert not has_changed(said[1], arrays, data)
    assert encode_short(("call", 3, args, {"t": 1}), sides[0]) is None
    for arg in args:
        if type(arg) is not Counted:
            assert alike(decode_short(*encode_short(("return", arg))), ("return", arg))


@pytest.mark.parametrize(
    "change",
    [
        lambda array: array.fill(2),
        lambda array: array.__setattr__("shape", (4, 1)),
        lambda array: array.__setattr__("dtype", np.int64),
        lambda array: array.sort(),
    ],
)
def test_a_changed_argument_is_seen(change):
    _, _, args, *came = decode_short(*encode_short(("call", 1, (0.5, -np.arange(4.0)), {})))
    assert not has_changed(args, *came)
    change(args[1])
    assert has_changed(args, *came)


def test_only_who_answers_believes_a_call_in_short():
    ours, theirs = socket.socketpair()
    judge, answer = Asking(ours, -1), Asked(theirs, -1)
    call = ("call", 1, (np.ones(2), 0.5), {})
    judge.send(*call)
    assert alike(answer.receive()[:3], ("short", *call[1:3]))
    text, data = encode_short(call)
    theirs.sendall(struct.pack(">II", len(text), len(data)) + text + data)
    with pytest.raises(WireError):
        judge.receive()
    judge.close()
    answer.close()


def test_a_call_with_too_much_is_refused_before_it_is_sent():
    ours, theirs = socket.socketpair()
    judge = Asking(ours, -1)
    with pytest.raises(WireError, match="larger than"):
        judge.send("call", 1, (np.zeros(_wire.BYTES // 8 + 1),), {})
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)
    judge.close()
    theirs.close()


@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int8(3), np.bool_(True), np.float64(0)])
def test_scalars_keep_their_type(scalar):
    back = decode(*encode(scalar))
    assert type(back) is type(scalar)
    assert back == scalar


def test_generators_go_on_where_they_were():
    rng = np.random.default_rng(3)
    rng.random(5)
    assert decode(*encode(rng)).random() == rng.random()


def test_subclasses_arrive_as_plain_values():
    class Number(float):
        def __eq__(self, other):
            return True

        __hash__ = None

    class Array(np.ndarray):
        pass

    back = decode(*encode([Number(2), np.zeros(2).view(Array), np.str_("a")]))
    assert [type(part) for part in back] == [float, np.ndarray, str]


def test_objects_of_other_types_leave_their_name():
    class Odd:
        pass

    back = decode(*encode([Odd(), {1}, range(3), np.array([Odd(), 2], dtype=object)]))
    assert [type(part).__name__ for part in back[:3]] == ["Odd", "set", "range"]
    assert all(isinstance(part, Unknown) for part in back[:3])
    assert np.array_equal(np.array(back[2]), [0, 1, 2])
    assert back[3].dtype == object
    assert back[3][1] == 2


def test_a_value_within_itself_is_cut_and_one_that_grows_is_refused():
    inside = []
    inside.append(inside)
    assert isinstance(decode(*encode(inside)), list)
    wide = []
    for _ in range(_wire.DEPTH - 1):
        wide = [wide, wide]
    with pytest.raises(WireError, match="parts"):
        encode(wide)
    with pytest.raises(WireError, match="MB"):
        encode(np.zeros(_wire.BYTES))


@given(st.binary(), st.binary())
def test_bytes_are_a_value_or_refused(text, data):
    with contextlib.suppress(WireError):
        decode(text, data)


nodes = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
        st.sampled_from([*"ltdrasqecibgfho", "<f8", "|b1", "<U4", "|O", "<f3", "PCG64", "0xff"]),
    ),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@given(nodes, st.binary(max_size=40))
def test_any_json_is_a_value_or_refused(node, data):
    functions = Functions(lambda *_about: None)
    with contextlib.suppress(WireError):
        decode(json.dumps(node).encode(), data, functions)


@pytest.mark.parametrize(
    "node",
    [
        ["a", "<f8", [1 << 39]],
        ["a", "<f8", [1 << 20, 1 << 20, 1 << 20]],
        ["a", "|O8", [1]],
        ["a", "<f8", [-1]],
        ["r", 1 << 60],
        ["b", 1 << 60],
        ["i", "0x" + "f" * 5000],
        ["q", [1 << 39], 1],
        ["f", 1, "x", "y", "z"],
        ["o", "list", ["l"]],
        {"a": 1},
    ],
)
def test_claims_are_refused(node):
    with pytest.raises(WireError):
        decode(json.dumps(node).encode(), b"")


def test_deep_json_is_refused():
    with pytest.raises(WireError):
        decode(b"[" * 1_000_000, b"")


def test_truth_is_one_bit():
    back = decode(b'["a","|b1",[2]]', b"\x02\x00")
    assert back.tobytes() == b"\x01\x00"


def test_functions_are_lent_and_come_home():
    ours = Functions(lambda *_about: None)
    theirs = Functions(lambda number, kind, name, _doc: (number, kind, name))
    text, data = encode([len, max], ours)
    assert decode(text, data, theirs)[0] == (1, "builtin_function_or_method", "len")
    assert decode(b'["h",2]', b"", ours) is max
    with pytest.raises(WireError):
        decode(b'["h",3]', b"", ours)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    line = Line(ours)
    yield line, theirs
    line.close()
    theirs.close()


def test_messages_arrive_one_by_one(ends):
    line, theirs = ends
    other = Line(theirs)
    other.send("a", 1)
    other.send("b", np.ones(2))
    assert line.receive() == ("a", 1)
    assert line.receive()[0] == "b"


@pytest.mark.parametrize(
    "noise",
    [
        b"\xff" * 8,
        struct.pack(">II", 5, 0) + b"[[[[[",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 5, 0) + b'["t"]',
        struct.pack(">II", 9, 0) + b'["t",1.5]',
    ],
)
def test_noise_is_refused(ends, noise):
    line, theirs = ends
    theirs.sendall(noise)
    with pytest.raises(WireError):
        line.receive()


def test_silence_and_the_end(ends):
    line, theirs = ends
    theirs.sendall(struct.pack(">II", 10, 0) + b"half")
    line.deadline = monotonic() + 0.01
    with pytest.raises(Late):
        line.receive()
    line.deadline = float("inf")
    theirs.close()
    with pytest.raises(Closed):
        line.receive()


def test_who_never_reads_is_given_up(ends):
    line, _theirs = ends
    line.deadline = monotonic() + 0.01
    with pytest.raises(Late):
        line.send("x", np.zeros(1 << 21))


def test_byte_by_byte_is_as_good_as_at_once(ends):
    line, theirs = ends
    text, data = encode(("slow", np.arange(3.0)))
    frame = struct.pack(">II", len(text), len(data)) + text + data
    writer = threading.Thread(target=lambda: [theirs.sendall(bytes([byte])) for byte in frame])
    writer.start()
    assert line.receive()[0] == "slow"
    writer.join()


def framed(node, data=b""):
    text = json.dumps(node).encode()
    return struct.pack(">II", len(text), len(data)) + text + data


words = st.sampled_from(["return", "raise", "library", "exit", "call", "value", "ran"])
messages = st.builds(
    lambda word, parts, data: framed(["t", word, *parts], data),
    words,
    st.lists(nodes, max_size=4),
    st.binary(max_size=40),
)


@example([framed(["t", "return", 1, ["d", 0, ["a", "<f4", [3]], 1, ["l"]], "printed"], bytes(12))])
@example([framed(["t", "call", 1, ["t", 5], ["d"]]), framed(["t", "library", "name"])])
@given(st.lists(st.one_of(st.binary(max_size=40), nodes.map(framed), messages), max_size=4))
def test_whatever_an_answer_sends_the_judge_goes_on(frames):
    """Only what a check expects comes out, the arguments stay of their types, and nothing piles up."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(b"".join(frames))
        theirs.shutdown(socket.SHUT_WR)
        proxy = Proxy(ours)
        args = (np.zeros(2), [1, 2], {"a": 1}, lambda *parts: parts)
        with (
            contextlib.suppress(Ended, LibraryCalled, TimeUp, Told),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            proxy.call(1, args, {})
        assert [type(arg) for arg in args[:3]] == [np.ndarray, list, dict]
        assert len(proxy.line._buffer) <= sum(map(len, frames))
        proxy.line.close()


@pytest.mark.parametrize("size", [_wire.TEXT + 1, (1 << 32) - 1])
def test_a_message_that_is_too_large_is_refused_before_it_is_read(ends, size):
    line, theirs = ends
    theirs.sendall(struct.pack(">II", size, 0) + b"x" * 1000)
    with pytest.raises(WireError, match="too large"):
        line.receive()
    assert len(line._buffer) <= 1000


def test_an_endless_stream_of_messages_ends_with_the_time(ends):
    """Calls of a function that was lent, for ever."""
    line, theirs = ends
    proxy = Proxy(line.end)
    proxy.begin(0.2, monotonic() + 0.2)
    call = framed(["t", "call", 1, ["t", 1], ["d"]])

    def flood():
        with contextlib.suppress(OSError):
            while True:
                theirs.sendall(call)

    def drain():
        with contextlib.suppress(OSError):
            while theirs.recv(1 << 16):
                pass

    both = [threading.Thread(target=work) for work in (flood, drain)]
    for thread in both:
        thread.start()
    with pytest.raises(TimeUp):
        proxy.call(1, (lambda x: x,), {})
    assert not proxy.fit
    line.end.shutdown(socket.SHUT_RDWR)
    for thread in both:
        thread.join()
