"""A few processes that each work on one task at a time, and may die without taking others along."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

# A fresh interpreter: nothing of the parent's threads or caches is inherited, on every platform.
_CONTEXT = multiprocessing.get_context("spawn")


class Worker(NamedTuple):
    """A process, the line to it, and what it is at work on.

    Attributes
    ----------
    process : Process
    line : Connection
    task : object
        None if it is idle.
    overdue : float
        Time (monotonic) at which it is taken to be lost.
    """

    process: Any
    line: Connection
    task: Any = None
    overdue: float = 0.0


def run(
    work: Callable[[Any], Any],
    tasks: Iterable[Any] | Callable[[], Any],
    workers: int,
    give_up: float,
) -> Iterator[tuple[Any, Any]]:
    """Do ``work(task)`` for all tasks in separate processes; yield each with its result as it ends.

    Parameters
    ----------
    work : callable
        Importable by its name, or an object that can be pickled; each process has its own copy.
    tasks : iterable, or callable
        A callable returns the next task, or None if there is none now. It is asked again after each
        result, so that what was lost can be handed out once more.
    workers : int
        How many at a time.
    give_up : float
        Seconds after which a process that does not answer is ended.

    Yields
    ------
    task, result
        The result is a string that says so if the process died or was ended.
    """
    take = tasks if callable(tasks) else functools.partial(next, iter(tasks), None)
    pool: list[Worker] = []
    try:
        while len(pool) < workers and (task := take()) is not None:
            pool.append(_hand_over(_start(work), task, give_up))
        while busy := [worker for worker in pool if worker.task is not None]:
            patience = min(worker.overdue for worker in busy) - time.monotonic()
            ready = wait([worker.line for worker in busy], timeout=max(0.0, patience))
            for index, worker in enumerate(pool):
                late = worker.task is not None and time.monotonic() > worker.overdue
                if worker.line not in ready and not late:
                    continue
                result = _receive(worker, late)
                dead = isinstance(result, str)
                if dead:
                    _end(worker)
                pool[index] = _start(work) if dead else worker._replace(task=None)
                # The next task goes out first: it need not wait for what is done with this one.
                if not dead and (task := take()) is not None:
                    pool[index] = _hand_over(pool[index], task, give_up)
                yield worker.task, result
            for index, worker in enumerate(pool):
                if worker.task is None and (task := take()) is not None:
                    pool[index] = _hand_over(worker, task, give_up)
    finally:
        for worker in pool:
            _end(worker)


def _start(work: Callable[[Any], Any]) -> Worker:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(work, theirs), daemon=False)
    process.start()
    theirs.close()
    return Worker(process, ours)


def _hand_over(worker: Worker, task: Any, give_up: float) -> Worker:
    with contextlib.suppress(OSError):  # it died before it got the task; receiving will say so
        worker.line.send(task)
    return worker._replace(task=task, overdue=time.monotonic() + give_up)


def _receive(worker: Worker, late: bool) -> Any:
    if late and not worker.line.poll():
        return "the process that graded it did not answer and was ended"
    try:
        return worker.line.recv()
    except (EOFError, OSError):
        worker.process.join(5)
        return f"the process that graded it ended unexpectedly (code {worker.process.exitcode})"


def _end(worker: Worker) -> None:
    """End a process and everything that it started."""
    import psutil  # type: ignore[import-untyped]

    worker.line.close()
    try:
        family = psutil.Process(worker.process.pid).children(recursive=True)
    except psutil.Error:
        family = []
    worker.process.terminate()
    for child in family:
        with contextlib.suppress(psutil.Error):
            child.kill()
    worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join(5)


def _serve(work: Callable[[Any], Any], line: Connection) -> None:
    """Work until the line is closed. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What kernels write past Jupyter must not reach the instructor's terminal.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            return
        line.send(work(task))
