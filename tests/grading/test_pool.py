"""Processes that die or hang lose their own task and no other."""

import time

import pytest

from course_lib.grading import pool

pytestmark = pytest.mark.slow


def test_results_of_all_tasks():
    tasks = [f"{n} * {n}" for n in range(7)]
    done = dict(pool.run(eval, tasks, workers=2, give_up=60))
    assert done == {task: n * n for n, task in enumerate(tasks)}


def test_one_that_dies_and_one_that_hangs():
    dies, hangs = "__import__('os')._exit(3)", "__import__('time').sleep(600)"
    tasks = ["1 + 1", dies, "2 + 2", hangs, "3 + 3"]
    done = dict(pool.run(eval, tasks, workers=2, give_up=8))
    assert [done[task] for task in ("1 + 1", "2 + 2", "3 + 3")] == [2, 4, 6]
    assert "code 3" in done[dies]
    assert "did not answer" in done[hangs]


def test_what_a_task_started_ends_with_it():
    import psutil

    start = "__import__('subprocess').Popen(['sleep', '600']).pid"
    steps = pool.run(eval, [start, "1"], workers=1, give_up=60)
    _, pid = next(steps)
    assert psutil.pid_exists(pid)
    steps.close()
    for _ in range(200):  # it is told to end; a busy machine gets to it later
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail(f"{pid} goes on")


def test_nothing_to_do():
    assert list(pool.run(eval, [], workers=2, give_up=1)) == []
