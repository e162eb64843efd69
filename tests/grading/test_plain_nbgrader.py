"""Every assignment goes through plain nbgrader: validate, generate, autograde, feedback."""

from __future__ import annotations

import shutil

import pytest
from nbgrader.api import Gradebook

from course_lib.checks import EXERCISES

ASSIGNMENTS = sorted({row.chapter for row in EXERCISES.values()})


def test_every_chapter_with_exercises_is_here():
    assert len(ASSIGNMENTS) == 8


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_validate_fails_on_the_release_and_passes_on_the_solution(course_copy, nbgrader, name):
    def validate(folder):
        return nbgrader(course_copy, "validate", course_copy / folder / name / f"{name}.ipynb")

    assert "VALIDATION FAILED ON" in validate("exercises").stdout
    solution = validate("solutions")
    assert "Success! Your notebook passes all the tests." in solution.stdout, solution.stdout[
        -2000:
    ]


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
    told = nbgrader(course_copy, "generate_feedback", name)
    assert told.returncode == 0, told.stderr
    page = course_copy / "feedback" / "ada" / name / f"{name}.html"
    assert f"Score: {float(points)} / {float(points)}" in page.read_text()
