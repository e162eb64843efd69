"""The zygote comes up, makes copies that serve, ends them, and says why if it can't."""

import gc
import os
import socket

import pytest

from course_lib.grading.court import Court
from course_lib.grading.proxy import Ended, Proxy
from course_lib.grading.task import Limits, Task
from course_lib.grading.turns import make_slate
from course_lib.grading.zygote import Lost, Zygote


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote("rlimits")
    yield zygote
    zygote.close()


def begin(zygote):
    ours, theirs = socket.socketpair()
    slate = make_slate()
    with theirs:
        return zygote.fork(theirs, slate, Limits()), Proxy(ours, slate=slate)


def test_copies_do_not_see_each_other(zygote):
    (first, one), (second, two) = begin(zygote), begin(zygote)
    tag, (row,) = one.ask("run", (("a", "answer", "x = 1\nx + 1"),))
    assert (tag, row[0]) == ("ran", "2\n")
    assert one.ask("fetch", "x") == ("value", 1)
    assert two.ask("fetch", "x") == ("missing",)
    for number, proxy in ((first, one), (second, two)):
        proxy.line.close()
        used = zygote.finish(number)
        assert used["memory"] > 0
        assert used["cpu"] >= 0


def test_a_copy_that_was_ended_is_gone(zygote):
    number, proxy = begin(zygote)
    assert zygote.finish(number)["memory"] > 0
    zygote.settle()
    with pytest.raises(Ended):
        proxy.ask("fetch", "x")
    proxy.line.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_what_a_copy_used_is_known_even_if_it_ended_by_itself(zygote):
    number, proxy = begin(zygote)
    with pytest.raises(Ended):
        proxy.ask("run", (("a", "answer", "sum(range(10**6))\nimport os\nos._exit(0)"),))
    used = zygote.finish(number)
    assert used["memory"] > 0
    assert used["cpu"] > 0
    proxy.line.close()


def test_many_copies_are_ended_before_the_first_is_gone(zygote):
    numbers = []
    for _ in range(20):
        number, proxy = begin(zygote)
        proxy.line.close()
        zygote.finish(number)
        numbers.append(number)
    zygote.settle()
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_a_level_that_there_is_not():
    gc.collect()
    before = os.listdir("/proc/self/fd")
    with pytest.raises(Lost, match="no sandbox level 'steel'") as problem:
        Zygote("steel")
    assert problem  # the object is held by its traceback, but not what it had opened
    assert os.listdir("/proc/self/fd") == before


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
