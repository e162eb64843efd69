"""The judge gives every honest submission the marks that plain nbgrader gives it."""

import importlib.util
import json
from pathlib import Path

import nbformat
import pytest

from course_lib.checks import EXERCISES
from course_lib.grading.blueprint import draw
from course_lib.grading.clerk import Clerk, Job
from course_lib.grading.lines import marks_of
from course_lib.grading.task import Limits

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
ASSIGNMENTS = sorted({row.chapter for row in EXERCISES.values()})
_spec = importlib.util.spec_from_file_location("honest", HERE / "honest.py")
honest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(honest)
PATIENT = Limits(cell=60, check=600, total=900)  # on a busy machine too


def recorded(assignment):
    return json.loads((HERE / "marks" / f"{assignment}.json").read_text())


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_recorded_marks_belong_to_this_class(course, assignment):
    made = honest.make(course, assignment)
    again = "answers or seeds have changed since; record the marks again: make marks"
    assert recorded(assignment)["digest"] == honest.digest(course, assignment, made), again


def test_the_class_is_large_and_makes_every_mistake(course):
    count, labels = 0, set()
    for assignment in ASSIGNMENTS:
        made = honest.make(course, assignment)
        count += len(made)
        labels |= {row.case for row in made}
    assert count >= 200
    assert labels == {*honest.CASES, "mistakes", "helper"}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_same_marks_as_plain_nbgrader(course, assignment):
    kept = recorded(assignment)["marks"]
    clerk = Clerk({assignment: draw(course, assignment)}, limits=PATIENT)
    try:
        for row in honest.make(course, assignment):
            data = nbformat.writes(row.notebook).encode()
            result = clerk.work(Job(row.student, assignment, data)).result
            assert result.status == "graded", result
            theirs = kept[row.student]
            if None in theirs.values():  # plain nbgrader gave up on it: too much was printed
                assert row.case == "noisy"
                assert result.points == result.max_points
            else:
                assert marks_of(result) == theirs, (row.case, result.notes)
    finally:
        clerk.close()
