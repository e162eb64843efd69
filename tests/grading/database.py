"""PostgreSQL, started for the tests."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psutil

from course_lib.grading import gradebook

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
