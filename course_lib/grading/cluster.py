"""Workers of a Dask cluster: here, or wherever ``--scheduler tcp://host:port`` leads.

Each worker has a plugin that keeps the clerk, and with it the zygote. No student's code runs in a
worker's own process. A submission that takes a worker down all the same is data: its batch is handed
out again, and one that does so alone, several times, is given up by name.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, get_worker

from .clerk import Clerk, Filed, Job
from .plan import GRACE
from .schedule import Feed, give_up
from .ui import Problem

_SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # who is tried again, and with whom, is our business
    "distributed.comm.timeouts.connect": "10s",
    "distributed.worker.memory.terminate": False,  # the cage limits what a submission may take
    "distributed.worker.memory.pause": False,
    # A worker that is slow to come back is still one: given up, none would be left to wait for.
    "distributed.deploy.lost-worker-timeout": "24h",
}
_GONE = (
    "The Dask scheduler is gone. What was graded is kept: when there is one again, run the same "
    "command again."
)
_ALONE = 300.0  # seconds without any worker until the run is ended
_LOOK = 5.0  # seconds after which one looks whether there are any
_END = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has but the second
_POLITE = 2.0  # seconds that a cluster has to close by itself


class Keeper(WorkerPlugin):  # type: ignore[misc]
    """Keeps a clerk in a worker.

    Parameters
    ----------
    name : str
        One for each run: a cluster may serve several at a time.
    clerk : Clerk
    """

    def __init__(self, name: str, clerk: Clerk) -> None:
        self.name, self.clerk = name, clerk
        self._turn = threading.Lock()

    def __reduce__(self) -> Any:
        """Leave out what belongs to one process."""
        return Keeper, (self.name, self.clerk)

    def setup(self, worker: Any) -> None:
        """Be attached to a worker."""

    def teardown(self, worker: Any) -> None:
        """Close the court."""
        self.clerk.close()

    def work(self, batch: list[Job]) -> list[Filed]:
        """Work on a batch; one at a time, however many threads the worker has."""
        with self._turn:
            return self.clerk(batch)


def work(name: str, batch: list[Job]) -> list[Filed]:
    """Work on a batch, in a worker that has a :class:`Keeper` of that name."""
    keeper: Keeper = get_worker().plugins[name]
    return keeper.work(batch)


class Cluster:
    """A Dask cluster, as a crew.

    Parameters
    ----------
    address : str
        Of a scheduler; empty for a cluster on this machine.
    workers : int
        How many, on this machine.

    Raises
    ------
    Problem
        On entering: if there is no scheduler, or it has no workers.
    """

    def __init__(self, address: str, workers: int) -> None:
        self.address, self.workers = address, workers
        self._stack = contextlib.ExitStack()
        self.client: Any = None

    def __enter__(self) -> Cluster:
        self._stack.enter_context(dask.config.set(_SETTINGS))
        # Some of its loggers have levels of their own, and tell of a lost scheduler by a traceback.
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] == "distributed":
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self.client = self._stack.enter_context(self._connect())
        except (OSError, ValueError) as error:
            self._stack.close()
            raise Problem(
                f"There is no Dask scheduler at {self.address} ({error}). Start one: dask scheduler; "
                "and workers: dask worker tcp://HOST:8786 --nthreads 1."
            ) from None
        if self.address and not self._count():
            self._stack.close()
            raise Problem(
                f"The scheduler at {self.address} has no workers. Start some: "
                f"dask worker {self.address} --nthreads 1."
            )
        return self

    def _connect(self) -> Any:
        if self.address:
            return Client(self.address, timeout="10s", set_as_default=False)
        cluster = local(self.workers)
        self._stack.callback(close, cluster)
        return Client(cluster, set_as_default=False)

    def _count(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def _wait(self, done: queue.SimpleQueue[Any]) -> Any:
        """Return a future that is done, as long as there is somebody to do it."""
        seen = time.monotonic()
        while True:
            try:
                return done.get(timeout=_LOOK)
            except queue.Empty:
                now = time.monotonic()
                seen = now if self._count() else seen
            if now - seen > _ALONE:
                raise Problem(
                    f"The Dask cluster has had no worker for {_ALONE:g} seconds. What was graded is "
                    "kept: start workers, then run the same command again."
                )

    def _forget(self, name: str) -> None:
        with contextlib.suppress(Exception):  # it may be the cluster that is gone
            self.client.unregister_worker_plugin(name)

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, clerk: Clerk, feed: Feed) -> Iterator[list[Filed]]:
        """Do all jobs of a feed."""
        try:
            yield from self._work(clerk, feed)
        except OSError as error:  # Dask's own have no number, unlike a disk's
            if error.errno is not None:
                raise
            raise Problem(_GONE) from None

    def _work(self, clerk: Clerk, feed: Feed) -> Iterator[list[Filed]]:
        name = f"course-{uuid.uuid4().hex}"
        clerk.packs = True
        self.client.register_plugin(Keeper(name, clerk))
        if self.address:  # it lives on
            self._stack.callback(self._forget, name)
        running: dict[Any, list[Job]] = {}
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def hand_out() -> None:
            # As many batches as workers: then what takes a worker down was alone on it.
            while len(running) < max(1, self._count()) and (batch := feed.take()) is not None:
                future = self.client.submit(work, name, batch, pure=False)
                running[future] = batch
                future.add_done_callback(done.put)

        hand_out()
        while running:
            future = self._wait(done)
            batch = running.pop(future)
            result = _result(future)
            future.release()
            if isinstance(result, str):
                yield give_up(clerk, feed, batch, result)
                hand_out()
            else:
                hand_out()  # the next batch goes out first
                yield result


def local(workers: int, **options: Any) -> Any:
    """Return a cluster on this machine; :func:`close` ends it."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        # Its server for health checks would ask for port 8787, which may be another cluster's.
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
        **options,
    )


def close(cluster: Any) -> None:
    """Close a cluster on this machine, however its workers are.

    Dask waits, without a limit, until a worker that is being started is up, only to end it. That is
    not worth the wait: it is ended right away. Once the cluster is closing, no other is started.
    """
    nannies = list(cluster.workers.values())

    def politely() -> None:
        with contextlib.suppress(Exception):  # what it says of workers that were ended
            cluster.close()

    closing = threading.Thread(target=politely, daemon=True)
    closing.start()
    closing.join(_POLITE)
    while closing.is_alive():
        for nanny in nannies:
            with contextlib.suppress(OSError, TypeError):  # it has no number: it is not there
                os.kill(nanny.pid, _END)
        closing.join(_POLITE / 10)


def _result(future: Any) -> list[Filed] | str:
    """Return what a worker found, or why there is nothing."""
    try:
        found: list[Filed] = future.result(timeout=GRACE)
    except KilledWorker:
        return "the worker that graded it was lost"
    except CancelledError:
        raise Problem(_GONE) from None
    except Exception as error:
        return f"the worker that graded it failed: {' '.join(str(error).split())[:200]}"
    return found
