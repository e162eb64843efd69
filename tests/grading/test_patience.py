"""A process that has to wait for the processor gets the time it has not used; one that sleeps does not."""

import socket

import pytest

from course_lib.grading import proxy as proxies
from course_lib.grading.proxy import Proxy


@pytest.fixture
def clock(monkeypatch):
    """Time and processor time that stand still until they are set."""
    now = {"wall": 100.0, "cpu": 1.0}
    monkeypatch.setattr(proxies, "monotonic", lambda: now["wall"])
    monkeypatch.setattr(proxies, "cpu_of", lambda process: now["cpu"])
    return now


@pytest.mark.parametrize(
    ("wall", "cpu", "until", "more"),
    [
        (10.0, 10.0, 1000.0, 0.0),  # it had the processor all the time
        (10.0, 4.0, 1000.0, 6.0),
        (10.0, 4.0, 103.0, 0.0),  # the whole submission's time is over
        (10.0, 4.0, 112.0, 2.0),
        (28.0, 4.0, 1000.0, 2.0),  # never more than three times as long
        (31.0, 4.0, 1000.0, -1.0),
        (10.0, 0.1, 1000.0, 0.0),  # it sleeps
    ],
)
def test_how_long_to_wait_on(clock, wall, cpu, until, more):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        proxy = Proxy(ours, process=1)
        proxy.begin(10.0, until)
        clock["wall"] += wall
        clock["cpu"] += cpu
        assert proxy._more() == pytest.approx(more)


def test_without_its_number_nothing_is_known(clock):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        proxy = Proxy(ours)
        proxy.begin(10.0, 1000.0)
        clock["wall"] += 10.0
        assert proxy._more() == 0.0
