"""Work on several threads: everything is done, what goes wrong is told, and a fork does no harm."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from course_lib.kernels import _threads, policy
from course_lib.kernels._threads import together


def test_all_tasks_are_done_the_first_in_this_thread():
    did = {}
    together([lambda k=k: did.update({k: threading.current_thread()}) for k in range(4)])
    assert sorted(did) == [0, 1, 2, 3]
    assert did[0] is threading.current_thread()
    assert len({thread.name == "course_lib" for thread in did.values()}) == 2


def test_threads_are_kept_and_used_again():
    together([int] * 4)
    before = threading.active_count()
    for _ in range(20):
        together([int] * 4)
    assert threading.active_count() == before


@pytest.mark.parametrize("guilty", [0, 1, 2])
def test_a_tasks_error_is_raised_when_all_have_ended(guilty):
    ended = []

    def task(k):
        if k == guilty:
            raise KeyError("wrong")
        ended.append(k)

    with pytest.raises(KeyError, match="wrong"):
        together([lambda k=k: task(k) for k in range(3)])
    assert len(ended) == 2
    together([int] * 3)  # the helpers are still there


def test_calls_from_several_threads_do_not_meet():
    total = np.zeros(6)

    def one_call(at):
        for _ in range(50):
            together([lambda k=k: total.__setitem__(k, total[k] + 1) for k in (at, at + 1, at + 2)])

    callers = [threading.Thread(target=one_call, args=(at,)) for at in (0, 3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (total == 50).all()


def test_bounds_cover_everything_and_never_more_parts_than_processors(monkeypatch):
    monkeypatch.setattr(policy, "jit_enabled", lambda: True)
    monkeypatch.setattr(policy, "threads", lambda: 3)
    assert policy.bounds_of_parts(10, 1.0) == [0, 10]
    assert policy.bounds_of_parts(10, 1e12) == [0, 3, 6, 10]
    assert policy.bounds_of_parts(2, 1e12) == [0, 1, 2]
    assert policy.bounds_of_parts(0, 1e12) == [0, 0]
    monkeypatch.setattr(policy, "jit_enabled", lambda: False)
    assert policy.bounds_of_parts(10, 1e12) == [0, 10]


FORK = """
import os, numpy as np
from course_lib import _stepper
_stepper.bounds_of_parts = lambda n, operations: [0, n // 2, n]
def a_step():
    w = np.ones(1000)
    _stepper.Stepper("adam", w, lr=0.5).update(np.ones(1000))
    assert abs(w - 0.5).max() < 1e-6
a_step()
child = os.fork()
if child == 0:
    a_step()  # would wait for ever for a thread that is not there
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
a_step()
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_step_on_threads_works_before_and_after_a_fork():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_helpers_hold_no_arrays():
    import gc
    import weakref

    array = np.ones(3)
    seen = weakref.ref(array)
    together([int, array.sum])
    del array
    gc.collect()
    together([int] * (1 + len(_threads._idle)))  # every helper has moved on
    assert seen() is None
