"""Every hostile case ends as it must, and nobody else notices."""

import importlib.util
from pathlib import Path

import psutil
import pytest

from course_lib.grading.court import Court
from course_lib.grading.task import Limits, Task
from course_lib.grading.zygote import Lost

_spec = importlib.util.spec_from_file_location("hostile_cases", Path(__file__).parent / "cases.py")
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(cell=2.0, check=2.0, total=20.0, memory=256 << 20, output=10_000)
NEIGHBOR = ("scale_learning_rate", "answer", "scale_learning_rate = lambda lr, b, b0: lr * b / b0")
CHECKS = (
    ("hostile", "momentum_step", 0, False, 1.0),
    ("neighbor", "scale_learning_rate", 0, False, 1.0),
    ("hostile-hidden", "momentum_step", 1, True, 1.0),
    ("neighbor-hidden", "scale_learning_rate", 1, True, 1.0),
)


@pytest.fixture(scope="module")
def court():
    try:
        with Court("namespaces") as court:
            yield court
    except Lost as problem:
        pytest.skip(f"hostile code is only run in namespaces, and there are none here: {problem}")


def judge(court, source):
    cells = (
        ("imports", "given", "import numpy as np"),
        NEIGHBOR,
        ("momentum_step", "answer", source),
    )
    return court.run(Task("eve", "04_optimizers", cells, CHECKS, LIMITS))


@pytest.mark.slow
@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_it_ends_as_it_must(court, case):
    outcome = judge(court, case.source)
    assert outcome.status == "graded", outcome.notes
    points = {name: verdict["points"] for name, verdict in outcome.verdicts.items()}
    wanted = outcome.verdicts["hostile"]["max_points"] if case.end == "K" else 0.0
    assert (points["hostile"], points["hostile-hidden"]) == (wanted, wanted), outcome
    most = 0.0 if case.end == "A" else outcome.verdicts["neighbor"]["max_points"]
    assert (points["neighbor"], points["neighbor-hidden"]) == (most, most), outcome
    assert not any("LEAK" in cell.text for cell in outcome.cells), outcome.cells
    assert not any("LEAK" in verdict["printed"] for verdict in outcome.verdicts.values())
    if case.end == "F":
        assert all(outcome.verdicts[name]["cause"] for name in ("hostile", "hostile-hidden"))


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
        judge(court, case.source)
    assert outside() == before
    assert processes() <= family  # the zygotes that were there; every copy has ended
