"""Every assignment goes through plain nbgrader: validate, generate, autograde, feedback.

To run a notebook in a kernel takes longest. So what ``validate`` says of the solutions is asked, but for one,
of the notebooks that ``autograde`` has run.
"""

from __future__ import annotations

import io
import shutil

import pytest
from nbgrader.api import Gradebook
from nbgrader.validator import Validator

from course_lib.checks import EXERCISES

ASSIGNMENTS = sorted({row.chapter for row in EXERCISES.values()})
SHORTEST = "05_schedules"


def test_every_chapter_with_exercises_is_here():
    assert len(ASSIGNMENTS) == 8


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_validate_fails_on_the_release(course_copy, nbgrader, name):
    path = course_copy / "exercises" / name / f"{name}.ipynb"
    assert "VALIDATION FAILED ON" in nbgrader(course_copy, "validate", path).stdout


@pytest.mark.slow
def test_validate_passes_on_a_solution(course_copy, nbgrader):
    path = course_copy / "solutions" / SHORTEST / f"{SHORTEST}.ipynb"
    said = nbgrader(course_copy, "validate", path).stdout
    assert "Success! Your notebook passes all the tests." in said, said[-2000:]


def validated(path):
    """What ``nbgrader validate`` says of a notebook that was run already."""
    validator = Validator(preprocessors=[])
    validator.stream = io.StringIO()
    validator.validate_and_print(str(path))
    return validator.stream.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_right_submission_earns_everything_and_gets_feedback(course_copy, nbgrader, name):
    made = nbgrader(course_copy, "generate_assignment", name, "--force")
    assert made.returncode == 0, made.stderr
    place = course_copy / "submitted" / "ada" / name
    place.mkdir(parents=True)
    shutil.copy(course_copy / "solutions" / name / f"{name}.ipynb", place)
    done = nbgrader(course_copy, "autograde", name)
    assert done.returncode == 0, done.stderr
    points = sum(row.points for row in EXERCISES.values() if row.chapter == name)
    with Gradebook(f"sqlite:///{course_copy}/gradebook.db") as gradebook:
        marked = gradebook.find_submission(name, "ada")
        assert (marked.score, marked.max_score) == (points, points)
    said = validated(course_copy / "autograded" / "ada" / name / f"{name}.ipynb")
    assert "Success! Your notebook passes all the tests." in said, said[-2000:]
    told = nbgrader(course_copy, "generate_feedback", name)
    assert told.returncode == 0, told.stderr
    page = course_copy / "feedback" / "ada" / name / f"{name}.html"
    assert f"Score: {float(points)} / {float(points)}" in page.read_text()
