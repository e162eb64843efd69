"""``course grade`` while parts of it are killed: run again, and the gradebook is as if nothing had been.

Real programs, the real judge, and kills at seeded random moments: of the command, a worker, a zygote,
the Dask scheduler, PostgreSQL. A few of them each time; fifty with ``make proofs``.
"""

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from course_lib.grading import gradebook, journal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes by name"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME = "05_schedules"
STUDENTS = 16
COURSE = [sys.executable, "-c", "from course_lib.grading.cli import main; main()"]
PATIENT = ["--cell-seconds", 120, "--seconds", 900]  # on a busy machine too
AGAIN = "run the same command again", "There is no Dask scheduler", "has no workers"
ENDING = {"command", "scheduler", "postgresql"}  # without them a run can't go on


def start(command, log):
    """Start a program; what it says goes into a file."""
    with open(log, "wb") as said:
        return subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=said, cwd=ROOT,
        )  # fmt: skip


def kill(process):
    """Kill a process; whether it was there."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def below(process, word):
    """Return the processes that a process has started whose command line has a word in it.

    Not their copies: those of a zygote are answers, and one that is killed is the student's own affair.
    """
    try:
        family = psutil.Process(process.pid).children(recursive=True)
        found = {child.pid: child for child in family if word in " ".join(child.cmdline())}
        return [child for child in found.values() if child.ppid() not in found]
    except psutil.NoSuchProcess:  # it ended while we looked
        return []


class Here:
    """Grading on this machine, with SQLite."""

    kinds = "command", "worker", "zygote"

    def __init__(self, home):
        self.home = home
        self.url = f"sqlite:///{home}/gradebook.db"
        self.more = ["--workers", 2]
        self.log = home / "said"
        self.run = None

    def begin(self):
        command = [*COURSE, "--course", ROOT, "grade", "-a", NAME, "--class", self.home]
        command += ["--gradebook", self.url, *PATIENT, *self.more]
        self.run = start(command, self.log)

    def lines(self):
        path = self.home / journal.NAME
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def reach(self, lines):
        """Wait until the journal has so many lines; False if the run ended before."""
        while self.lines() < lines:
            if self.run.poll() is not None:
                return False
            time.sleep(0.002)
        return self.run.poll() is None

    def workers(self):
        return below(self.run, "spawn_main")

    def zygotes(self):
        return below(self.run, "nursery")

    def kill(self, kind, rng):
        """Kill one; whether there was one."""
        if kind == "command":
            self.run.kill()
            return True
        found = self.workers() if kind == "worker" else self.zygotes()
        return bool(found) and kill(found[rng.integers(len(found))])

    def mend(self, kind):
        """Bring back what does not come back by itself."""

    def end(self):
        """Wait until the run has ended; return its code."""
        code = self.run.wait(900)
        said = self.log.read_text()
        assert "Traceback" not in said, said
        assert code in (0, 1, -9) or any(text in said for text in AGAIN), said
        return code

    def close(self):
        if self.run is not None and self.run.poll() is None:
            self.run.kill()
            self.run.wait(60)


class There(Here):
    """A scheduler and two workers, each a program of its own, over TCP; and PostgreSQL."""

    kinds = "command", "worker", "zygote", "scheduler", "postgresql"

    def __init__(self, home, server):
        super().__init__(home)
        self.server = server
        self.url = server.url("class_" + home.name)
        self.address = f"tcp://127.0.0.1:{20_000 + os.getpid() % 20_000}"
        self.more = ["--scheduler", self.address]
        self.scheduler, self.staff = None, []
        self.mend("scheduler")

    def dask(self, *args):
        places = ["--host", "127.0.0.1", "--no-dashboard"]
        command = [sys.executable, "-m", "dask", *args, *places]
        return start(command, self.home / "dask")

    def hire(self):
        worker = self.dask("worker", self.address, "--nthreads", 1, "--no-nanny")
        self.staff.append(worker)

    def workers(self):
        return [psutil.Process(worker.pid) for worker in self.staff if worker.poll() is None]

    def zygotes(self):
        return list(itertools.chain(*(below(worker, "nursery") for worker in self.staff)))

    def kill(self, kind, rng):
        if kind == "scheduler":
            self.scheduler.kill()
            return True
        if kind == "postgresql":
            self.server.kill()
            return True
        return super().kill(kind, rng)

    def mend(self, kind):
        if kind == "postgresql":
            self.server.start()
        elif kind == "scheduler":
            self.dismiss()
            port = self.address.rpartition(":")[2]
            self.scheduler = self.dask("scheduler", "--port", port)
            self.hire()
            self.hire()
            from distributed import Client

            with Client(self.address, timeout="300s", set_as_default=False) as client:
                client.wait_for_workers(2, timeout=300)
        elif kind == "worker":
            self.staff = [worker for worker in self.staff if worker.poll() is None]
            if not self.staff[1:]:
                self.hire()

    def dismiss(self):
        for process in filter(None, [*self.staff, self.scheduler]):
            process.kill()
            process.wait(60)
        self.staff = []

    def close(self):
        super().close()
        self.dismiss()


def survive(stage, rng, kinds, kills):
    """Grade a class while parts are killed, and again, until a run ends by itself; return what was."""
    killed = []
    stage.begin()
    while len(killed) < kills:
        further = rng.integers(0, 4)
        if not stage.reach(stage.lines() + further):
            break
        time.sleep(rng.uniform(0, 0.3 if further else 2.0))
        kind = next(kinds)
        if stage.run.poll() is not None or not stage.kill(kind, rng):
            continue
        killed.append(kind)
        if kind in ENDING:
            stage.end()
            stage.mend(kind)
            stage.begin()
        else:
            stage.mend(kind)
    for _ in range(5):  # a result that the grader failed on is tried again by the next run
        if stage.end() == 0:
            return killed
        stage.begin()
    raise AssertionError(stage.log.read_text())


@pytest.fixture(scope="module")
def hand_in(course, honest):
    made = honest.make(course, NAME)
    step = len(made) / STUDENTS
    some = [made[int(number * step)] for number in range(STUDENTS)]

    def write(home):
        honest.write(some, NAME, home / "submitted")
        return home

    return write


@pytest.fixture(scope="module")
def calm(tmp_path_factory, hand_in):
    """What the gradebook says after a run that nothing has disturbed."""
    stage = Here(hand_in(tmp_path_factory.mktemp("calm")))
    stage.begin()
    assert stage.end() == 0
    said = gradebook.canonical(stage.url)
    assert len({row[0] for row in said}) == STUDENTS
    assert len({row[3] for row in said}) > 3  # their scores differ
    return said


def check(stage, expected):
    assert gradebook.canonical(stage.url) == expected
    results = list(journal.read(stage.home))
    assert len(results) == STUDENTS
    assert not any(result.grader_failed for result in results)
    for result in results:
        assert (stage.home / "autograded" / result.student).is_dir()


@pytest.fixture
def staged():
    """Close what a test has opened, however it ends."""
    stages = []
    yield lambda stage: stages.append(stage) or stage
    for stage in stages:
        stage.close()


def test_a_few_kills_here(tmp_path, hand_in, calm, staged):
    stage = staged(Here(hand_in(tmp_path)))
    kinds = itertools.cycle(["worker", "zygote", "command"])
    killed = survive(stage, np.random.default_rng(3), kinds, 5)
    assert {"worker", "zygote", "command"} <= set(killed)
    check(stage, calm)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask closes some of its own sockets late
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_postgresql_and_the_scheduler_elsewhere(
    tmp_path, hand_in, calm, staged, postgresql
):
    stage = staged(There(hand_in(tmp_path), postgresql))
    killed = survive(
        stage, np.random.default_rng(1), iter(["worker", "postgresql", "scheduler"]), 3
    )
    assert "worker" in killed
    check(stage, calm)


@pytest.mark.proof
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("where", "kills"), [(Here, 30), (There, 20)])
def test_fifty_kills(tmp_path, hand_in, calm, staged, request, where, kills):
    rng = np.random.default_rng(50)
    killed = []
    for chain in itertools.count():
        if len(killed) >= kills:
            break
        home = tmp_path / f"{where.__name__.lower()}{chain}"
        more = [request.getfixturevalue("postgresql")] if where is There else []
        stage = staged(where(hand_in(home), *more))
        kinds = iter(lambda: rng.choice(where.kinds), None)
        killed += survive(stage, rng, kinds, kills - len(killed))
        check(stage, calm)
        stage.close()
    assert set(killed) == set(where.kinds)
