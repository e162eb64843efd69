"""Handing jobs to workers, a batch at a time, and again to others when a worker is lost."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from . import pool, zygote
from .jobs import Filed, Job
from .plan import GRACE

if TYPE_CHECKING:
    from .clerk import Clerk

CHANCES = 3  # workers that a job may take down, alone, until it is given up


class Feed:
    """The jobs that are still to do.

    Parameters
    ----------
    jobs : iterator of Job
        Taken as they are needed: a class's files are never in memory all at once.
    size : int
        Jobs in a batch.

    Examples
    --------
    >>> feed = Feed(iter([Job("ada", "x", b""), Job("bob", "x", b"")]), size=2)
    >>> batch = feed.take()
    >>> feed.lost(batch)  # which of the two was it?
    []
    >>> [job.student for job in feed.take()], [job.student for job in feed.take()]
    (['ada'], ['bob'])
    """

    def __init__(self, jobs: Iterator[Job], size: int) -> None:
        self._jobs = jobs
        self._size = size
        self._again: deque[Job] = deque()
        self._losses: Counter[tuple[str, str]] = Counter()

    def take(self) -> list[Job] | None:
        """Return the next batch; None if there is none now."""
        if self._again:
            return [self._again.popleft()]
        batch = [job for _, job in zip(range(self._size), self._jobs, strict=False)]
        return batch or None

    def lost(self, batch: list[Job]) -> list[Job]:
        """Take back a batch whose worker was lost; return the jobs of it that are given up.

        Each is tried again, alone. One that has taken down several workers alone is given up.
        """
        given_up = []
        for job in batch:
            who = job.student, job.assignment
            self._losses[who] += len(batch) == 1
            if self._losses[who] >= CHANCES:
                given_up.append(job)
            else:
                self._again.append(job)
        return given_up


class Crew(Protocol):
    """Whoever does the work: yields what came of each batch, in any order."""

    def __call__(self, clerk: Clerk, feed: Feed) -> Iterator[list[Filed]]:
        """Do all jobs of a feed."""


def cores() -> int:
    """Return the number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def batch_size(jobs: int, workers: int) -> int:
    """Return how many jobs make a batch: few enough that all workers end at about the same time.

    Examples
    --------
    >>> batch_size(4, 2), batch_size(60, 2), batch_size(20_000, 2)
    (1, 7, 8)
    """
    return max(1, min(8, jobs // (4 * workers)))


def give_up(clerk: Clerk, feed: Feed, batch: list[Job], why: str) -> list[Filed]:
    """Return results for the jobs of a lost batch that are not tried again."""
    lost = f"{CHANCES} workers were lost on it, the last one because {why}"
    return [Filed(clerk.lost(job, lost)) for job in feed.lost(batch)]


class Processes:
    """Processes on this machine. The first begins at once, while what it is to do is made ready.

    Parameters
    ----------
    workers : int
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._first: pool.Worker | None = None

    def __enter__(self) -> Processes:
        self._first = pool.start(zygote.begin)
        return self

    def __exit__(self, *_: object) -> None:
        if self._first is not None:
            pool.end(self._first)

    def __call__(self, clerk: Clerk, feed: Feed) -> Iterator[list[Filed]]:
        """Do all jobs of a feed."""
        patience = 8 * (2 * clerk.patience + GRACE)
        first, self._first = self._first, None
        begun = [first] if first is not None else []
        for batch, result in pool.run(
            clerk, feed.take, self.workers, patience, zygote.begin, begun
        ):
            if isinstance(result, str):
                yield give_up(clerk, feed, batch, result)
            else:
                yield result


Open = Callable[[], AbstractContextManager[Crew]]
