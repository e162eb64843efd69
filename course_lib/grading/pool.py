"""A few processes that each work on one task at a time, and may die without taking others along."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def _nothing() -> None:
    """Prepare nothing."""


def run(
    work: Callable[[Any], Any],
    tasks: Iterable[Any] | Callable[[], Any],
    workers: int,
    give_up: float,
    prepare: Callable[[], Any] = _nothing,
    begun: Sequence[Worker] = (),
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
    prepare : callable, optional
        What each process does first, importable by its name. It need not wait for ``work``.
    begun : sequence of Worker, optional
        Processes that :func:`start` has started. They are ended here.

    Yields
    ------
    task, result
        The result is a string that says so if the process died or was ended.
    """
    take = tasks if callable(tasks) else functools.partial(next, iter(tasks), None)
    pool: list[Worker] = list(begun)
    try:
        for index, worker in enumerate(pool):
            _send(worker, work)
            if (task := take()) is not None:
                pool[index] = _hand_over(worker, task, give_up)
        while len(pool) < workers and (task := take()) is not None:
            pool.append(_hand_over(start(prepare, work), task, give_up))
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
                    end(worker)
                pool[index] = start(prepare, work) if dead else worker._replace(task=None)
                # The next task goes out first: it need not wait for what is done with this one.
                if not dead and (task := take()) is not None:
                    pool[index] = _hand_over(pool[index], task, give_up)
                yield worker.task, result
            for index, worker in enumerate(pool):
                if worker.task is None and (task := take()) is not None:
                    pool[index] = _hand_over(worker, task, give_up)
    finally:
        for worker in pool:
            end(worker)


def start(prepare: Callable[[], Any], *work: Callable[[Any], Any]) -> Worker:
    """Start a process. Without any ``work`` it is told later what that is: it prepares meanwhile.

    Parameters
    ----------
    prepare : callable
    *work : callable

    Returns
    -------
    Worker
        To be ended with :func:`end`, unless it is handed to :func:`run`.
    """
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(prepare, theirs), daemon=False)
    process.start()
    theirs.close()
    worker = Worker(process, ours)
    for what in work:
        _send(worker, what)
    return worker


def _send(worker: Worker, what: Any) -> None:
    with contextlib.suppress(OSError):  # it died before it got it; receiving will say so
        worker.line.send(what)


def _hand_over(worker: Worker, task: Any, give_up: float) -> Worker:
    _send(worker, task)
    return worker._replace(task=task, overdue=time.monotonic() + give_up)


def _receive(worker: Worker, late: bool) -> Any:
    if late and not worker.line.poll():
        return "the process that graded it did not answer and was ended"
    try:
        return worker.line.recv()
    except (EOFError, OSError):
        worker.process.join(5)
        return f"the process that graded it ended unexpectedly (code {worker.process.exitcode})"


def end(worker: Worker) -> None:
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


def _serve(prepare: Callable[[], Any], line: Connection) -> None:
    """Prepare, be told what the work is, and work until the line is closed. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What kernels write past Jupyter must not reach the instructor's terminal.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    prepare()
    work: Any = None
    while True:
        try:
            work = work or line.recv()
            task = line.recv()
        except (EOFError, OSError):
            return
        line.send(work(task))
