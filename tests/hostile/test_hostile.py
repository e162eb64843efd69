"""Every hostile case ends as it must, and nobody else notices."""

import hashlib
import os
import runpy
from pathlib import Path

import psutil
import pytest

from course_lib.grading.court import Court
from course_lib.grading.zygote import Lost

load = runpy.run_path(str(Path(__file__).with_name("run.py")))["load"]  # tests are no package
corpus, ends = load("corpus"), load("ends")
ROOT = Path(__file__).resolve().parents[2]
SPREADING = (
    "orphan daemon",
    "fork bomb",
    "bomb of threads",
    "kills all it can",
    "folders in folders",
)


@pytest.fixture(scope="module")
def court():
    try:
        with Court("namespaces") as court:
            ends.teach(court, corpus.RIGHT)
            yield court
    except Lost as problem:
        pytest.skip(f"hostile code is only run in namespaces, and there are none here: {problem}")


@pytest.mark.slow
@pytest.mark.parametrize("case", corpus.CASES, ids=lambda case: case.name)
def test_it_ends_as_it_must(court, case):
    assert not ends.found(court, case)


def test_there_are_at_least_100_and_all_differ():
    names = [case.name for case in corpus.CASES]
    assert len(set(names)) == len(names) >= 190


def _sockets(process):
    try:
        return process.net_connections(kind="all")
    except psutil.Error:  # it has just ended
        return []


def _files(folder):
    """Name, size and time of all below a folder, as one number: a hash of it."""
    digest = hashlib.sha256()
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"__pycache__", ".git", ".venv", "_build"})
        for name in sorted(names):
            about = os.lstat(os.path.join(top, name))
            digest.update(f"{top}/{name} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()


def outside(place):
    """What of the machine a submission could have changed: mounts, sockets of our processes, files."""
    own = psutil.Process()
    ports = [
        (process.pid, found.laddr)
        for process in (own, *own.children(recursive=True))
        for found in _sockets(process)
    ]
    return {
        "mounts": Path("/proc/self/mountinfo").read_text(),
        "ports": sorted(map(str, ports)),
        "library": _files(ROOT / "course_lib"),
        "place": _files(place),
        "names": sorted(path.name for path in (*Path("/").iterdir(), *ROOT.iterdir())),
    }


def processes():
    """Every process below this one, each by its number and when it began."""
    return {(child.pid, child.create_time()) for child in psutil.Process().children(recursive=True)}


@pytest.mark.slow
def test_nothing_outside_changes(court, tmp_path):
    (tmp_path / "gradebook.db").write_text("not to be touched")
    before, family = outside(tmp_path), processes()
    spreading = [case for case in corpus.CASES if case.name in SPREADING]
    assert len(spreading) == len(SPREADING)
    for case in (*corpus.LEAKS, *spreading):
        ends.judge(court, case, ends.QUICK)
    court.zygote().settle()
    assert outside(tmp_path) == before
    assert processes() <= family  # the zygotes that were there; every copy has ended
