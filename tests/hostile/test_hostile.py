"""Every hostile case ends as it must, and nobody else notices."""

import importlib.util
from pathlib import Path

import psutil
import pytest

from course_lib.grading.court import Court
from course_lib.grading.zygote import Lost


def load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cases, ends = load("cases"), load("ends")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def court():
    try:
        with Court("namespaces") as court:
            yield court
    except Lost as problem:
        pytest.skip(f"hostile code is only run in namespaces, and there are none here: {problem}")


@pytest.mark.slow
@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_it_ends_as_it_must(court, case):
    assert not ends.problem(case, ends.judge(court, case.source))


def test_there_are_at_least_100_and_all_differ():
    names = [case.name for case in cases.CASES]
    assert len(set(names)) == len(names) >= 100


def _sockets(process):
    try:
        return process.net_connections(kind="all")
    except psutil.Error:  # it has just ended
        return []


def outside():
    """What of the machine a submission could have changed: mounts, sockets of our processes, files."""
    mounts = Path("/proc/self/mountinfo").read_text()
    own = psutil.Process()
    ports = [
        (process.pid, found.laddr)
        for process in (own, *own.children(recursive=True))
        for found in _sockets(process)
    ]
    files = {path.name for path in Path("/").iterdir()} | {path.name for path in ROOT.iterdir()}
    return mounts, sorted(map(str, ports)), files


def processes():
    """Every process below this one, each by its number and when it began."""
    return {(child.pid, child.create_time()) for child in psutil.Process().children(recursive=True)}


@pytest.mark.slow
def test_nothing_outside_changes(court):
    before, family = outside(), processes()
    for case in cases.LEAKS:
        ends.judge(court, case.source)
    court.zygote().settle()
    assert outside() == before
    assert processes() <= family  # the zygotes that were there; every copy has ended
