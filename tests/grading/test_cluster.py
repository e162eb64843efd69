"""A cluster does what processes do, and what takes its workers down takes nothing else along."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import dask
import psutil
import pytest
from distributed.comm import CommClosedError

from course_lib.grading import cluster, pool, schedule, zygote
from course_lib.grading.clerk import Clerk, Job
from course_lib.grading.ui import Problem

pytestmark = [
    pytest.mark.slow,
    # Dask closes some of its own sockets late.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
]


@pytest.fixture(autouse=True)
def actor(monkeypatch):
    """A module that other processes can import too; it needs no zygote, which takes seconds to begin."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(zygote, "begin", pool._nothing)


def jobs(**special):
    names = [f"student{n}" for n in range(9)]
    return [Job(name, "x", special.get(name, "fine").encode()) for name in names]


def run(crew, folder, **special):
    from grading_actor import Actor

    folder.mkdir(exist_ok=True)
    feed = schedule.Feed(iter(jobs(**special)), size=3)
    with crew as open_crew:
        found = [row.result for filed in open_crew(Actor(folder), feed) for row in filed]
    assert sorted(row.student for row in found) == [job.student for job in jobs()]
    return {row.student: row for row in found}


@pytest.mark.parametrize("make", [schedule.Processes, lambda n: cluster.Cluster("", n)])
def test_a_killer_is_named_and_its_neighbors_are_graded(tmp_path, make):
    found = run(make(2), tmp_path / "done", student4="kill", student7="kill once")
    assert found.pop("student4").grader_failed
    assert {row.status for row in found.values()} == {"graded"}
    tried = [path.name for path in (tmp_path / "done").iterdir()]
    assert sum(name.startswith("student4-") for name in tried) == 1 + schedule.CHANCES


class Lost:
    """A client whose scheduler has just gone."""

    def register_plugin(self, _plugin):
        raise CommClosedError("in <TCP (closed)>: Stream is closed")


def test_a_scheduler_that_goes_is_called_so():
    crew = cluster.Cluster("tcp://127.0.0.1:9", 0)
    crew.client = Lost()
    with pytest.raises(Problem, match=r"scheduler is gone\. .* run the same command again"):
        list(crew(Clerk({}), schedule.Feed(iter(jobs()), size=3)))


NEVER_UP = """
import pathlib, time
if pathlib.Path({mark!r}).exists():
    pathlib.Path({seen!r}).touch()
    time.sleep(3600)
"""


def test_a_cluster_closes_while_a_worker_starts(tmp_path):
    mark, seen = tmp_path / "mark", tmp_path / "seen"
    slow = tmp_path / "slow.py"
    slow.write_text(NEVER_UP.format(mark=str(mark), seen=str(seen)))
    local = cluster.local(1, preload=[str(slow)])
    mark.touch()
    psutil.Process(local.workers[0].pid).kill()
    while not seen.exists():
        time.sleep(0.05)
    closing = threading.Thread(target=cluster.close, args=[local], daemon=True)
    closing.start()
    closing.join(120)
    assert not closing.is_alive()
    assert local.status.name == "closed"


def test_workers_that_come_back_late_are_not_given_up(tmp_path):
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "1ms"}):
        found = run(cluster.Cluster("", 1), tmp_path / "done", student4="kill once")
    assert {row.status for row in found.values()} == {"graded"}


def test_a_cluster_without_workers_is_not_waited_for_in_vain(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK", 0.01)
    monkeypatch.setattr(cluster, "_ALONE", 0.05)
    crew = cluster.Cluster("", 0)
    with crew, pytest.raises(Problem, match=r"no worker for 0\.05 seconds.*kept"):
        list(crew(Clerk({}), schedule.Feed(iter(jobs()), size=3)))


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler with two workers, each a program of its own, over TCP."""
    port = 20_000 + os.getpid() % 20_000
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    where = ["--host", "127.0.0.1", "--no-dashboard"]
    worker = ["worker", address, "--nthreads", "1", "--nworkers", "1", *where]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    started = []

    def start(*args):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "PYTHONPATH": path}
        started.append(
            subprocess.Popen([*dask, *map(str, args)], cwd=tmp_path, env=environment, **quiet)
        )

    start("scheduler", "--port", port, *where)
    start(*worker)
    start(*worker)
    yield address
    family = [psutil.Process(process.pid) for process in started]
    family += [child for first in family for child in first.children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    for process in started:
        process.wait(60)


def test_a_scheduler_elsewhere(tmp_path, scheduler):
    crew = cluster.Cluster(scheduler, 0)
    with pytest.raises(Problem, match="no Dask scheduler"):
        cluster.Cluster("tcp://127.0.0.1:9", 0).__enter__()
    wait_for_workers(scheduler)
    found = run(crew, tmp_path / "done", student7="kill once")
    assert {row.status for row in found.values()} == {"graded"}


def wait_for_workers(address):
    from distributed import Client

    with Client(address, timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
