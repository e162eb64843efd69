"""Judge and answer keep to one core, and leave it again."""

import os

import pytest

from course_lib.grading import cores
from course_lib.grading.court import Court
from course_lib.grading.task import Task

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system has no such calls"
)


def test_a_seat_is_kept_for_many_submissions_and_left_then(monkeypatch):
    monkeypatch.setattr(cores, "MANY", 3)
    all_ = os.sched_getaffinity(0)
    seat = cores.Seat()
    for turn in range(6):
        core = seat.take()
        assert os.sched_getaffinity(0) == {core}
        seat.rest()
        assert os.sched_getaffinity(0) == (all_ if turn in (2, 5) else {core})
    seat.leave()
    assert os.sched_getaffinity(0) == all_


def test_the_answer_is_where_the_judge_is():
    all_ = os.sched_getaffinity(0)
    source = "import os\nprint(sorted(os.sched_getaffinity(0)))"
    with Court() as court:
        for _ in range(2):
            outcome = court.run(Task("ada", "05_schedules", (("a", "answer", source),), ()))
            assert outcome.cells[0].text == f"[{court._seat.core}]\n"
            assert os.sched_getaffinity(0) == {court._seat.core}
    assert os.sched_getaffinity(0) == all_


def test_where_the_system_has_no_such_calls(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    seat = cores.Seat()
    assert seat.take() == seat.take() == cores.ANY
    seat.rest()
    seat.leave()
    cores.stay(cores.ANY)
