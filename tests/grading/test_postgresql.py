"""The gradebook in PostgreSQL: the same rows, and the same ways out when it is not there."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psutil
import pytest

from course_lib.grading import gradebook
from course_lib.grading.blueprint import draw
from course_lib.grading.bulk import Book
from course_lib.grading.results import Result
from course_lib.grading.ui import Problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NAME = "05_schedules"
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Server:
    """Debian's PostgreSQL on a port of the loopback interface, in a folder of its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="course-postgresql-"))
        self.user = []
        if os.geteuid() == 0:  # it refuses to run as root
            self.user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(self.folder, "postgres")
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "--auth=trust", "-U", "course", "--no-sync")
        self.start()

    def run(self, program, *args):
        command = [*self.user, PROGRAMS[-1] / program, *args]
        subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd="/", timeout=120,
        )  # fmt: skip

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        log = self.folder / "log"
        self.run("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "90", "-o", options, "start")

    def kill(self):
        """As when the machine goes down."""
        first = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        family = [first, *first.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    psutil.wait_procs([process], timeout=0.05)
        # Where nobody waits for the dead, they seem to be at work.
        for lock in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{self.port}.lock"):
            lock.unlink()

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name):
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "course", name)
        return gradebook.as_url(f"postgresql://course@127.0.0.1:{self.port}/{name}")


@pytest.fixture(scope="module")
def server():
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def blueprint(course):
    return draw(course, NAME)


def results(blueprint, count, mark):
    for number in range(count):
        entries = tuple(
            {"cell": row.cell, "exercise": row.exercise, "mark": mark * (index + number) % 2,
             "max_points": row.points}
            for index, row in enumerate(blueprint.graded.values())
        )  # fmt: skip
        points = sum(entry["mark"] for entry in entries)
        yield Result(f"student{number:03}", NAME, "graded", points, 1.0, entries, unanswered=(
            "step_decay",
        ) if number % 2 else ())  # fmt: skip


def test_the_driver_is_named():
    assert gradebook.as_url("postgresql://a:b@c/d") == "postgresql+psycopg://a:b@c/d"


def test_the_same_rows_as_in_sqlite(server, tmp_path, blueprint):
    urls = server.url("same"), gradebook.as_url(str(tmp_path / "gradebook.db"))
    said = []
    for url in urls:
        gradebook.require(url)
        book = Book(url, "default_course")
        book.prepare(blueprint)
        book.prepare(blueprint)
        book.write(list(results(blueprint, 40, 1.0)))
        book.write(list(results(blueprint, 10, 0.5)))
        book.write([Result("student003", NAME, "failed", None, 1.0)])
        said.append((gradebook.canonical(url), book.digests(), gradebook.read_marks(url)))
        book.close()
    assert said[0] == said[1]
    assert len(said[0][1]) == 40


def test_killed_and_started_again(server, blueprint):
    url = server.url("killed")
    gradebook.require(url)
    book = Book(url, "default_course")
    book.prepare(blueprint)
    book.write(list(results(blueprint, 5, 1.0)))
    before = gradebook.canonical(url)
    server.kill()
    with pytest.raises(Problem, match="can't be used"):
        gradebook.require(url)
    with pytest.raises(Exception, match="connection") as caught:
        book.write(list(results(blueprint, 9, 0.5)))
    assert "is kept" in gradebook.explain(url, caught.value).message
    server.start()
    assert gradebook.canonical(url) == before
    book.write(list(results(blueprint, 9, 0.5)))
    assert len(book.digests()) == 9
    book.close()
