"""The zygote comes up, makes copies that serve, ends them, and says why if it can't."""

import os
import socket

import pytest

from course_lib.grading.court import Court
from course_lib.grading.proxy import Ended, Proxy
from course_lib.grading.task import Limits, Task
from course_lib.grading.zygote import Lost, Zygote


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote("rlimits")
    yield zygote
    zygote.close()


def begin(zygote):
    ours, theirs = socket.socketpair()
    with theirs:
        return zygote.fork(theirs, Limits()), Proxy(ours)


def test_copies_do_not_see_each_other(zygote):
    (first, one), (second, two) = begin(zygote), begin(zygote)
    assert one.ask("run", "a", "x = 1\nx + 1")[:2] == ("ran", "2\n")
    assert one.ask("fetch", "x") == ("value", 1)
    assert two.ask("fetch", "x") == ("missing",)
    for number, proxy in ((first, one), (second, two)):
        proxy.line.close()
        used = zygote.finish(number)
        assert used["memory"] > 0
        assert used["cpu"] >= 0


def test_a_copy_that_was_ended_is_gone(zygote):
    number, proxy = begin(zygote)
    assert zygote.finish(number)["signal"] == 9
    with pytest.raises(Ended):
        proxy.ask("fetch", "x")
    proxy.line.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_level_that_there_is_not():
    with pytest.raises(Lost, match="no sandbox level 'steel'"):
        Zygote("steel")


def test_the_court_outlives_its_zygote():
    task = Task("ada", "x", (("a", "answer", "x = 1"),), ())
    with Court("rlimits") as court:
        assert court.run(task).status == "graded"
        court.zygote()._process.kill()
        court.zygote()._process.wait()
        lost = court.run(task)
        assert lost.status == "grader failed"
        assert lost.verdicts == {}
        assert court.run(task).status == "graded"
