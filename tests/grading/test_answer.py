"""The two sides of the line together, in one process: calls there, calls back, changes, errors."""

import socket
import threading

import numpy as np
import pytest

from course_lib.checks.guard import Counted, LibraryCalled, TimeUp, Told
from course_lib.grading import library
from course_lib.grading.answer import Answer, make_error
from course_lib.grading.proxy import Ended, Proxy


class Names:
    """Stands for the cells that have run."""

    def __init__(self, **names):
        self.names = names


@pytest.fixture
def proxy_of(monkeypatch):
    """Serve functions from a thread. The library stays open: it is the judge's as well here."""
    monkeypatch.setattr(library, "close", lambda: None)
    opened = []

    def serve(**names):
        ours, theirs = socket.socketpair()
        answer, proxy = Answer(theirs, Names(**names)), Proxy(ours)
        thread = threading.Thread(target=answer.serve)
        thread.start()
        opened.append((proxy, answer, thread))
        return proxy

    yield serve
    for proxy, answer, thread in opened:
        proxy.line.close()
        thread.join()
        answer.line.close()


def fetch(proxy, name):
    tag, value = proxy.ask("fetch", name)
    assert tag == "value"
    return value


def test_calls_changes_and_calls_back(proxy_of):
    def work(f, x, parts):
        x += 1
        parts.append(3)
        return f(x), f

    proxy = proxy_of(work=work)
    double, x, parts = Counted(lambda x: 2 * x), np.zeros(2), [1]
    result, function = fetch(proxy, "work")(double, x, parts)
    assert np.array_equal(result, [2, 2])
    assert np.array_equal(x, [1, 1])
    assert parts == [1, 3]
    assert double.calls == 1
    assert function is double


def test_a_returned_function_can_be_called(proxy_of):
    proxy = proxy_of(make=lambda f: lambda t: f(t) + 1)
    made = fetch(proxy, "make")(lambda t: 10 * t)
    assert made(3) == 31


def test_errors_are_told_and_those_of_ours_keep_their_type(proxy_of):
    def careful(f):
        try:
            f(1)
        except KeyError as error:
            return str(error)

    def careless(f):
        return f(1)

    def fails(_x):
        raise KeyError("w")

    proxy = proxy_of(careful=careful, careless=careless)
    assert fetch(proxy, "careful")(fails) == "'w'"
    with pytest.raises(Told, match="raised KeyError: 'w'") as told:
        fetch(proxy, "careless")(fails)
    assert told.value.kind == "KeyError"


def test_what_the_library_does_is_seen(proxy_of):
    from course_lib import momentum

    proxy = proxy_of(work=lambda: momentum.__name__ and make_error("ValueError", "x"))
    with pytest.raises(LibraryCalled, match="make_error"):
        fetch(proxy, "work")()


def test_the_clock_runs_only_while_the_answer_does(proxy_of):
    release = threading.Event()
    proxy = proxy_of(patient=lambda: release.wait(20), quick=lambda f: f())
    quick = fetch(proxy, "quick")
    proxy.begin(5.0, float("inf"))

    def ours():
        proxy.left = 5.0  # whatever passes in here is not the answer's
        return 1

    assert quick(ours) == 1
    patient = fetch(proxy, "patient")
    proxy.begin(0.01, float("inf"))
    with pytest.raises(TimeUp):
        patient()
    release.set()
    with pytest.raises(Ended):
        quick(ours)


@pytest.mark.parametrize("reply", [("return", 1), ("raise", 1, 2, 3), ("odd",), ("exit", 1)])
def test_what_is_no_answer_ends_it(reply):
    ours, theirs = socket.socketpair()
    from course_lib.grading.wire import Line

    proxy, other = Proxy(ours), Line(theirs)
    other.send(*reply)
    with pytest.raises(Ended):
        proxy.call(1, (), {})
    proxy.line.close()
    other.close()
