"""Threads that wait for work, so that starting a piece costs 20 µs and not the 100 µs of a new thread.

Who may use them, and from which size on, is decided in :mod:`.policy`.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

Task = tuple[Callable[[], Any], "SimpleQueue[BaseException | None]"]

# Those who have nothing to do. A deque's append and pop are atomic: no lock is needed.
_idle: deque[SimpleQueue[Task]] = deque()

# A child process has a copy of this list, but not the threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)


def together(tasks: Sequence[Callable[[], Any]]) -> None:
    """Run all tasks at the same time, the first in this thread; return when all have ended.

    May be called from several threads at once: each call has helpers of its own.

    Raises
    ------
    BaseException
        What a task raised (the first's own before the others').

    Examples
    --------
    >>> together([lambda: print("done")])
    done
    """
    at_work: list[tuple[SimpleQueue[Task], SimpleQueue[BaseException | None]]] = []
    problems: list[BaseException] = []
    for task in tasks[1:]:
        helper, answer = _helper(), SimpleQueue[BaseException | None]()
        helper.put((task, answer))
        at_work.append((helper, answer))
    try:
        tasks[0]()
    finally:
        for helper, answer in at_work:
            problem = answer.get()
            _idle.append(helper)
            if problem is not None:
                problems.append(problem)
    if problems:
        raise problems[0]


def _helper() -> SimpleQueue[Task]:
    """Return the inbox of a thread that has nothing to do."""
    try:
        return _idle.pop()
    except IndexError:
        inbox: SimpleQueue[Task] = SimpleQueue()
        threading.Thread(target=_work, args=(inbox,), name="course_lib", daemon=True).start()
        return inbox


def _work(inbox: SimpleQueue[Task]) -> None:
    while True:
        task, answer = inbox.get()
        problem: BaseException | None = None
        try:
            task()
        except BaseException as error:
            problem = error
        answer.put(problem)
        del task, answer, problem  # they may hold arrays
