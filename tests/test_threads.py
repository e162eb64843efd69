"""Work on several threads: everything is done, what goes wrong is told, and a fork does no harm."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from course_lib import _plan
from course_lib.kernels import _threads, policy, steps
from course_lib.kernels._threads import together
from course_lib.optimizers import Stepper

needs_jit = pytest.mark.skipif(not policy.jit_enabled(), reason="kernels run as plain Python here")


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
from course_lib import _plan, _stepper
_plan.threads = lambda: 2
def a_step():
    w = np.ones(100_000)
    stepper = _stepper.Stepper("adam", w, lr=0.5)
    for _ in range(20):  # the first is for one thread, the others call a helper
        stepper.update(np.ones(100_000))
    assert abs(w + 9).max() < 1e-6
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


# -- helpers that take pieces of a step --


def plan_in_pieces(w):
    """Return a stepper whose step is cut into many pieces, and its plan's words."""
    stepper = Stepper("radam", w, lr=0.5)
    words = stepper._plan._words
    words[steps.PIECE], words[steps.PARTS] = steps.ALIGNED, 2
    return stepper, words


@needs_jit
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_helper_takes_whatever_is_left_and_rounds_as_the_caller_does(dtype):
    g = np.linspace(-1, 1, 1000, dtype=dtype)
    w, alone = np.ones((2, 1000), dtype=dtype)
    stepper, words = plan_in_pieces(w)
    Stepper("radam", alone, lr=0.5).update(g)
    words[steps.G], words[steps.T] = g.ctypes.data, 1
    words.view(np.float64)[steps.RATE] = 0.5
    words[steps.NEXT : steps.NEXT + 2] = (
        3,
        8,
    )  # the first three pieces are taken; part 1 begins at 8
    words[steps.HELPERS] = 1
    slot = np.array([stepper._address])
    steps.watch(slot.ctypes.data, 1, 10, 1)
    left = slice(3 * steps.ALIGNED, None)
    assert (w[: left.start] == 1).all()
    assert np.array_equal(w[left], alone[left])
    assert words[steps.HELPERS] == 0
    assert slot[0] == steps.ASLEEP


@needs_jit
def test_a_step_is_taken_back_from_a_helper_that_does_not_come():
    w, g = np.ones(1000), np.ones(1000)
    stepper, words = plan_in_pieces(w)
    board = np.full((2, steps.SPACING), steps.WATCHING)
    words[steps.BOARD] = board.ctypes.data
    stepper.update(g)
    np.testing.assert_allclose(w, 0.5)
    assert board[1, 0] == steps.WATCHING
    assert (words[steps.HELPERS], words[steps.BUSY]) == (0, 0)


@needs_jit
def test_two_threads_on_one_plan_do_not_wait_for_each_other():
    w, g = np.ones(1000), np.ones(1000)
    stepper, words = plan_in_pieces(w)
    words[steps.BUSY] = 1
    stepper.update(g)
    np.testing.assert_allclose(w, 0.5)
    assert words[steps.BUSY] == 1  # the other's


@needs_jit
def test_helpers_are_called_for_steps_that_follow_one_another(monkeypatch):
    called = []
    monkeypatch.setattr(_plan, "threads", lambda: 2)
    monkeypatch.setattr(_plan.crew, "wake", called.append)
    clock = iter([10.0, 20.0, 20.0 + 1e-6])
    monkeypatch.setattr(_plan, "perf_counter", lambda: next(clock))
    stepper = Stepper("adam", np.ones(20_000))
    for calls in (0, 0, 1):
        stepper.update(np.ones(20_000))
        assert called == [2] * calls


@needs_jit
def test_helpers_take_part_and_sleep_again(monkeypatch):
    """However the work is divided, the result is the same."""
    monkeypatch.setattr(_plan, "threads", lambda: 3)
    w, alone = np.ones((2, 200_000))
    g = np.linspace(-1, 1, w.size)
    stepper, other = Stepper("adam", w), Stepper("adam", alone)
    other._plan._words[steps.PIECE] = w.size
    for _ in range(50):
        stepper.update(g)
        other.update(g)
    assert np.array_equal(w, alone)
    assert stepper._plan._words[steps.HELPERS] == 0


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


AT_THE_END = """
import atexit

atexit.register(lambda: print(crew._called, crew._board.any()))  # called after those registered later
from course_lib.kernels import crew

crew.wake(2)
"""


@needs_jit
def test_helpers_are_asleep_when_the_interpreter_ends():
    """Else they take what comes where the board was for a plan."""
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set() False\n"
