"""Settings that hold for all tests, and the finished site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# No test depends on the clock: the first call of a kernel may have to compile it.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory, worker_id) -> Path:
    """The folder of the site, built with warnings as errors: once, however many processes run the tests.

    ``COURSE_SITE`` may name one that ``make book`` has just built.
    """
    if os.environ.get("COURSE_SITE"):
        return Path(os.environ["COURSE_SITE"]).resolve()
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent
    with FileLock(folder / "site.lock"):
        if not (folder / "site.done").exists():
            build(folder / "site")
            (folder / "site.done").touch()
    return folder / "site" / "_build" / "html"


def build(folder):
    """Build the site into a folder."""
    program = "from jupyter_book.cli.main import main; main()"
    command = ["build", str(ROOT), "--path-output", str(folder)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", program, *command, "--warningiserror", "--keep-going", "--quiet"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
